//! From the rows of boards to the tallies of every group and stratum.

use std::collections::BTreeMap;

use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator,
};
use rayon::slice::ParallelSliceMut;

use super::block::Block;
use super::board::{Board, Row, own_row, shared_row};
use super::ledger::EVERYONE;
use super::part::{Part, band_name};
use super::teams::{Teams, fill};
use super::{Cell, Group, Stratum, Tallies, Tally};
use crate::indicator::Rule;

impl Board<'_> {
    /// Adds the sums of another board.
    pub(super) fn merge(&mut self, mut other: Self) {
        other.settle();
        let parts: Vec<usize> =
            other.parts.all().iter().map(|part| self.parts.place_of(part)).collect();
        let groups: Vec<usize> = other.groups.iter().map(|name| self.group_named(name)).collect();
        let Board { rows: mut theirs, joint, teams, volumes, .. } = other;
        self.volumes.merge(&volumes, &groups);
        let mut matched: Vec<Option<Row>> = self.rows.iter().map(|_| None).collect();
        for (group, mine) in groups.iter().enumerate() {
            matched[shared_row(*mine)] = Some(std::mem::take(&mut theirs[shared_row(group)]));
            if group != EVERYONE {
                matched[own_row(*mine)] = Some(std::mem::take(&mut theirs[own_row(group)]));
            }
        }
        let plan = self.plan;
        let add = |(row, theirs): (&mut Row, Option<Row>)| {
            if let Some(theirs) = theirs {
                row.merge(plan, &theirs, |part| parts[part]);
            }
        };
        let (rows, own_joint, own_teams) = (&mut self.rows, &mut self.joint, &mut self.teams);
        rayon::join(
            || {
                own_joint.merge(joint, &groups);
                own_teams.merge(&teams, &groups);
            },
            || rows.par_iter_mut().zip(matched).for_each(add),
        );
    }

    /// The tallies of all cells with at least one unit, and teams with what the groups are called.
    pub(super) fn tallies(mut self) -> (Tallies, Teams, Vec<Group>) {
        self.settle();
        let plan = self.plan;
        let teams = std::mem::replace(&mut self.teams, Teams::new(plan));
        let (teams, cells) = rayon::join(
            || {
                let teams = teams.in_order();
                let sums = teams.sums();
                (teams, sums)
            },
            || (0..self.groups.len()).into_par_iter().map(|group| self.of_group(group)).collect(),
        );
        let ((teams, sums), of_groups): (_, Vec<Vec<(Cell, Tally)>>) = (teams, cells);
        let mut cells: Vec<(Cell, Tally)> = of_groups.into_iter().flatten().collect();
        cells.extend(self.joint.cells(plan, &self.groups));
        // A map is made faster of what is in order.
        cells.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut cells: BTreeMap<Cell, Tally> = cells.into_iter().collect();
        fill(plan, (&sums, &self.groups), &mut cells);
        let volumes = self.volumes.named(plan, &self.groups);
        let (measures, periods) = (plan.measures(), plan.periods.clone());
        (Tallies { measures, periods, cells, volumes }, teams, self.groups)
    }

    /// The tallies of a group.
    fn of_group(&self, place: usize) -> Vec<(Cell, Tally)> {
        let (plan, group) = (self.plan, &self.groups[place]);
        let mut cells = Vec::new();
        let mut row = self.rows[shared_row(place)].clone();
        let own = if place == EVERYONE { 1..self.groups.len() } else { place..place + 1 };
        for group in own {
            row.merge(plan, &self.rows[own_row(group)], |part| part);
        }
        for (stratum, block) in self.strata(&row) {
            let whole = stratum.kind == "all";
            for &measure in &plan.computable {
                if !whole && plan.indicators[measure].rule.is_of_whole_groups() {
                    continue;
                }
                let values = if whole { row.spread.values(plan, measure) } else { Vec::new() };
                let of_values = whole && self.sums_are_of_values(measure);
                let tallies = block.tallies(plan, measure, self.reasons_from[measure]);
                let counted = |(period, _): &(usize, Tally)| plan.counts_in(measure, *period);
                for (period, mut tally) in tallies.into_iter().enumerate().filter(counted) {
                    tally.values = values.get(period).cloned().unwrap_or_default();
                    if of_values {
                        tally.add_members_with_values();
                    }
                    keep(&mut cells, || self.cell(measure, period, group, &stratum), tally);
                }
            }
        }
        for &measure in &plan.computable {
            if plan.indicators[measure].rule != Rule::LevelMix {
                continue;
            }
            for level in 0..7 {
                let stratum = Stratum { kind: "level".to_owned(), value: level.to_string() };
                let periods = 0..plan.periods.len();
                for period in periods.filter(|period| plan.counts_in(measure, *period)) {
                    let tally = row.spread.level(plan, measure, period, level);
                    keep(&mut cells, || self.cell(measure, period, group, &stratum), tally);
                }
            }
        }
        cells
    }

    /// A row's blocks by stratum: profiles are added up for each value of each attribute.
    fn strata(&self, row: &Row) -> BTreeMap<Stratum, Block> {
        let stratum =
            |kind: &str, value: &str| Stratum { kind: kind.to_owned(), value: value.to_owned() };
        let mut strata: BTreeMap<Stratum, Block> = BTreeMap::new();
        strata.insert(stratum("all", "all"), Block::default());
        let mut add = |stratum: Stratum, block: &Block| {
            strata.entry(stratum).or_default().merge(block);
        };
        for (part, block) in row.parts.iter().enumerate() {
            let Some(block) = block else { continue };
            match &self.parts.all()[part] {
                Part::Age(band) => add(stratum("age_band", band_name(*band)), block),
                Part::Provider { kind, id } => {
                    add(stratum(self.plan.strata[*kind].name(), id), block);
                }
                Part::Profile { facet, values } => {
                    if *facet == 0 {
                        add(stratum("all", "all"), block);
                    }
                    for (place, value) in self.parts.facets[*facet].iter().zip(values) {
                        add(stratum(self.plan.needs.attributes[*place], value), block);
                    }
                }
            }
        }
        strata
    }

    fn cell(&self, measure: usize, period: usize, group: &Group, stratum: &Stratum) -> Cell {
        let period = self.plan.periods[period];
        Cell { measure, period, group: group.clone(), stratum: stratum.clone() }
    }
}

/// Keeps a tally that counts anything. Sums that cancel are kept: those of other members may be added.
fn keep(cells: &mut Vec<(Cell, Tally)>, cell: impl FnOnce() -> Cell, tally: Tally) {
    let counted = tally.denominator != 0
        || tally.numerator != 0
        || tally.nn != 0
        || tally.excluded.iter().any(|count| *count != 0);
    if counted {
        cells.push((cell(), tally));
    }
}
