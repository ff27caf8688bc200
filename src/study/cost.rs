//! What it costs to turn one state into another.

use super::distinct::Distinct;
use super::state_table::{TransitionRates, longest};

/// The cost of a substitution that no transition makes cheaper (Hollister 2009 and others).
const FULL_SUBSTITUTION: f64 = 2.0;

/// A table of costs that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// Not as many rows or columns as states.
    #[error("row {row} of the costs has {width} numbers, but there are {states} states")]
    Shape {
        /// The row, from 1.
        row: usize,
        /// Its numbers.
        width: usize,
        /// The states.
        states: usize,
    },
    /// Negative, infinite or not a number; or a state that costs something to keep.
    #[error("the cost from state {from} to state {to} has to be {expected}")]
    Value {
        /// The state before, from 1.
        from: usize,
        /// The state after, from 1.
        to: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// There and back cost differently.
    #[error("the costs between state {from} and state {to} differ by direction")]
    Asymmetric {
        /// The one state, from 1.
        from: usize,
        /// The other, from 1.
        to: usize,
    },
    /// Negative, infinite or not a number.
    #[error("the cost of an insertion or deletion has to be a positive number")]
    Indel,
}

/// Costs of substitutions and of insertions and deletions. Symmetric, not negative, 0 for the same
/// state. An empty position counts as one more state, the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    /// States and the empty one.
    size: usize,
    substitution: Vec<f64>,
    indel: f64,
}

impl Costs {
    /// The same cost for every substitution.
    pub fn constant(states: usize, substitution: f64, indel: f64) -> Result<Self, CostError> {
        let row = |from| move |to| if from == to { 0.0 } else { substitution };
        let rows: Vec<Vec<f64>> =
            (0..=states).map(|from| (0..=states).map(row(from)).collect()).collect();
        Self::given(&rows, Some(indel))
    }

    /// Cheaper where transitions are frequent: 2 − p(i→j) − p(j→i), and 2 for an empty position. An
    /// insertion or deletion costs half of the dearest substitution between states.
    pub fn transition_rates(distinct: &Distinct, states: usize) -> Self {
        let rates = TransitionRates::new(distinct, states);
        let substitution = table(states, FULL_SUBSTITUTION, |from, to| {
            FULL_SUBSTITUTION - rates.rate(from, to) - rates.rate(to, from)
        });
        let indel = half_of_dearest(&substitution, states + 1);
        Self { size: states + 1, substitution, indel }
    }

    /// Costs of the site's own, a row for each state in order of the alphabet and one for the empty
    /// position. An insertion or deletion costs half of the dearest substitution between states unless given.
    pub fn given(rows: &[Vec<f64>], indel: Option<f64>) -> Result<Self, CostError> {
        let size = rows.len();
        for (from, row) in rows.iter().enumerate() {
            if row.len() != size {
                return Err(CostError::Shape { row: from + 1, width: row.len(), states: size });
            }
        }
        for from in 0..size {
            for to in 0..size {
                check_cost(rows, from, to)?;
            }
        }
        let substitution: Vec<f64> = rows.iter().flatten().copied().collect();
        let indel = indel.unwrap_or_else(|| half_of_dearest(&substitution, size));
        if !indel.is_finite() || indel <= 0.0 {
            return Err(CostError::Indel);
        }
        Ok(Self { size, substitution, indel })
    }

    /// How many states it knows, the empty one included.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The cost of an insertion or a deletion.
    pub fn indel(&self) -> f64 {
        self.indel
    }

    /// The cost of a substitution.
    pub fn substitution(&self, from: usize, to: usize) -> f64 {
        self.substitution[from * self.size + to]
    }

    /// The costs from one state to all.
    pub(super) fn row(&self, from: usize) -> &[f64] {
        &self.substitution[from * self.size..(from + 1) * self.size]
    }

    /// The most that one position can cost, with or without empty positions.
    pub(super) fn dearest(&self, with_empty: bool) -> f64 {
        dearest(&self.substitution, self.size, with_empty)
    }
}

fn check_cost(rows: &[Vec<f64>], from: usize, to: usize) -> Result<(), CostError> {
    let cost = rows[from][to];
    let value = |expected| Err(CostError::Value { from: from + 1, to: to + 1, expected });
    if from == to && cost != 0.0 {
        return value("0");
    }
    if !cost.is_finite() || cost < 0.0 {
        return value("a number that is not negative");
    }
    if cost.to_bits() != rows[to][from].to_bits() {
        return Err(CostError::Asymmetric { from: from + 1, to: to + 1 });
    }
    Ok(())
}

/// Substitution costs by position, for comparing sequences month by month.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionCosts {
    size: usize,
    /// A table for each position.
    tables: Vec<Vec<f64>>,
}

impl PositionCosts {
    /// The costs of the dynamic Hamming distance (Lesnard 2010): 4 less the transition rates into
    /// and out of the position, both ways; at the first and last position, 4 less twice the rates on
    /// the one side. Never negative.
    pub fn transition_rates(distinct: &Distinct, states: usize) -> Self {
        let full = 2.0 * FULL_SUBSTITUTION;
        let by_position = TransitionRates::by_position(distinct, states);
        let tables = (0..longest(distinct)).map(|position| {
            let into = position.checked_sub(1).and_then(|before| by_position.get(before));
            let out = by_position.get(position);
            table(states, full, |from, to| {
                let both = |rates: &TransitionRates| rates.rate(from, to) + rates.rate(to, from);
                let rates = match (into.map(both), out.map(both)) {
                    (Some(into), Some(out)) => into + out,
                    (Some(one), None) | (None, Some(one)) => 2.0 * one,
                    (None, None) => 0.0,
                };
                (full - rates).max(0.0)
            })
        });
        Self { size: states + 1, tables: tables.collect() }
    }

    /// How many states it knows, the empty one included.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many positions it has.
    pub fn positions(&self) -> usize {
        self.tables.len()
    }

    /// The cost of a substitution at a position.
    pub fn substitution(&self, position: usize, from: usize, to: usize) -> f64 {
        self.tables[position][from * self.size + to]
    }

    /// The most that two sequences can differ, with or without empty positions.
    pub(super) fn dearest(&self, with_empty: bool) -> f64 {
        self.tables.iter().map(|table| dearest(table, self.size, with_empty)).sum()
    }
}

/// A square table over the states and the empty one, which costs the same from and to any.
fn table(states: usize, empty: f64, cost: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let size = states + 1;
    let mut table = vec![0.0; size * size];
    for from in 0..size {
        for to in 0..from {
            let cost = if from == states { empty } else { cost(from, to) };
            table[from * size + to] = cost;
            table[to * size + from] = cost;
        }
    }
    table
}

/// Half of the dearest substitution between states, or, if those are free, of the empty one.
fn half_of_dearest(table: &[f64], size: usize) -> f64 {
    let between_states = dearest(table, size, false);
    let dearest = if between_states > 0.0 { between_states } else { dearest(table, size, true) };
    dearest / 2.0
}

/// The greatest of a square table, with or without its last row and column.
fn dearest(table: &[f64], size: usize, with_empty: bool) -> f64 {
    let states = if with_empty { size } else { size.saturating_sub(1) };
    let rows = table.chunks(size.max(1)).take(states);
    rows.flat_map(|row| &row[..states]).copied().fold(0.0, f64::max)
}
