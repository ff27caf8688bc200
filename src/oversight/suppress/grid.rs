//! The counts of measures that share their cells, as one block of integers.

use super::hierarchy::{Hierarchy, Move};

/// A count that the reader knows to be zero because its row is not there.
pub(super) const ABSENT: i64 = -1;
/// No count is shown at this place, whatever the table holds.
pub(super) const NOT_SHOWN: i64 = -2;

/// What a count is, and hence how it is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A number of people or events: 1 to threshold − 1 is small.
    Count,
    /// A sum that names nobody by being small, such as days or dollars.
    Sum,
}

/// One kind of count: a numerator, a denominator, an excluded count …
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub(super) role: Role,
    /// True if a person may be counted in several parts, so that parts add up to more than the
    /// total.
    pub(super) distinct: bool,
    /// What else is hidden with it in the same cell.
    pub(super) takes_along: Vec<usize>,
    /// How much is lost by hiding it, per unit.
    pub(super) weight: i64,
    /// Ways to raise it by one.
    pub(super) moves: Vec<VariableMove>,
}

/// A way for the counts of one cell to change together.
#[derive(Debug, Clone)]
pub(super) struct VariableMove {
    pub(super) changes: Move,
    /// Pairs (part, whole) whose part may not outgrow the whole, and by how much a step closes in.
    pub(super) gaps: Vec<(usize, usize, i64)>,
}

/// How the strata of a cell change: some for certain, and one of each list of options.
#[derive(Debug, Clone)]
pub(super) struct StratumMove {
    pub(super) certain: Vec<usize>,
    pub(super) options: Vec<Vec<(usize, i8)>>,
}

/// The counts of measures that share their cells, by period, group, stratum and variable.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) periods: Hierarchy,
    pub(super) groups: Hierarchy,
    /// The first stratum is everyone.
    pub(super) strata: Hierarchy,
    pub(super) variables: Vec<Variable>,
    /// Cells: numbers of periods, groups and strata.
    pub(super) size: [usize; 3],
    pub(super) counts: Vec<i64>,
    pub(super) hidden: Vec<bool>,
}

impl Grid {
    /// Where a cell's variables begin.
    pub(super) fn cell(&self, period: usize, group: usize, stratum: usize) -> usize {
        ((period * self.size[1] + group) * self.size[2] + stratum) * self.variables.len()
    }

    /// Every cell, coarse periods and totals first: their choices are the fewest.
    pub(super) fn cells(&self) -> Vec<[usize; 3]> {
        let [periods, groups, strata] = self.size;
        let mut cells = Vec::new();
        for period in (0..periods).rev() {
            for stratum in 0..strata {
                cells.extend((0..groups).map(|group| [period, group, stratum]));
            }
        }
        cells
    }

    /// Hides a count, and what its cell must hide with it.
    pub(super) fn hide(&mut self, cell: usize, variable: usize) {
        self.hidden[cell + variable] = true;
        for other in 0..self.variables[variable].takes_along.len() {
            let other = self.variables[variable].takes_along[other];
            self.hidden[cell + other] = true;
        }
    }

    /// What is lost by hiding a count.
    pub(super) fn cost(&self, cell: usize, variable: usize) -> i64 {
        let weight = self.variables[variable].weight;
        weight.saturating_mul(self.counts[cell + variable].max(1))
    }

    /// Ways to raise a stratum by one while every breakdown adds up.
    pub(super) fn stratum_moves(&self, stratum: usize) -> Vec<StratumMove> {
        let parts_except = |except: Option<usize>| -> Vec<Vec<(usize, i8)>> {
            let kinds = self
                .strata
                .splits()
                .iter()
                .filter(|(_, parts)| except.is_none_or(|own| !parts.contains(&own)));
            kinds.map(|(_, parts)| parts.iter().map(|part| (*part, 1)).collect()).collect()
        };
        let Some(total) = self.strata.total(stratum) else {
            return vec![StratumMove { certain: vec![stratum], options: parts_except(None) }];
        };
        let own = self.strata.splits().iter().find(|(_, parts)| parts.contains(&stratum));
        let siblings: Vec<(usize, i8)> = own
            .map(|(_, parts)| {
                parts.iter().filter(|part| **part != stratum).map(|part| (*part, -1)).collect()
            })
            .unwrap_or_default();
        let rise =
            StratumMove { certain: vec![stratum, total], options: parts_except(Some(stratum)) };
        if siblings.is_empty() {
            return vec![rise];
        }
        vec![StratumMove { certain: vec![stratum], options: vec![siblings] }, rise]
    }
}
