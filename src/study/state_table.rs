//! Tables over all sequences: which states when, and what follows what.

use super::distinct::Distinct;
use super::sequence_index::entropy_of_shares;

/// How many people are in which state at one position.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// People by state.
    pub people: Vec<u64>,
    /// People with a known state.
    pub known: u64,
    /// Entropy of the shares, 0 (all in one state) to 1; 0 where nobody's state is known.
    pub entropy: f64,
}

/// The distribution over states at each position, to the length of the longest sequence.
pub fn state_distribution(distinct: &Distinct, states: usize) -> Vec<Distribution> {
    let length = longest(distinct);
    let mut people = vec![vec![0; states]; length];
    for (sequence, count) in distinct.sequences.iter().zip(&distinct.people) {
        for (position, state) in sequence.positions().iter().enumerate() {
            if let Some(state) = state {
                people[position][state.index()] += count;
            }
        }
    }
    people.into_iter().map(distribution).collect()
}

fn distribution(people: Vec<u64>) -> Distribution {
    let known: u64 = people.iter().sum();
    let shares: Vec<f64> = people.iter().map(|count| share(*count, known)).collect();
    Distribution { entropy: entropy_of_shares(&shares), people, known }
}

/// How often each state follows each other one, from one position to the next. Pairs with an empty
/// position do not count.
#[derive(Debug, Clone, PartialEq)]
pub struct TransitionRates {
    states: usize,
    /// Person-positions by state before and state after.
    counts: Vec<u64>,
}

impl TransitionRates {
    /// Over all positions.
    pub fn new(distinct: &Distinct, states: usize) -> Self {
        let mut rates = Self::none(states);
        for position in 1..longest(distinct) {
            rates.add(distinct, position);
        }
        rates
    }

    /// From each position to the next: one fewer than the longest sequence has positions.
    pub fn by_position(distinct: &Distinct, states: usize) -> Vec<Self> {
        (1..longest(distinct))
            .map(|position| {
                let mut rates = Self::none(states);
                rates.add(distinct, position);
                rates
            })
            .collect()
    }

    fn none(states: usize) -> Self {
        Self { states, counts: vec![0; states * states] }
    }

    /// Adds the transitions into a position.
    fn add(&mut self, distinct: &Distinct, position: usize) {
        for (sequence, count) in distinct.sequences.iter().zip(&distinct.people) {
            if let Some([Some(before), Some(after)]) =
                sequence.positions().get(position - 1..=position)
            {
                self.counts[before.index() * self.states + after.index()] += count;
            }
        }
    }

    /// How often `after` follows `before`, in person-positions.
    pub fn count(&self, before: usize, after: usize) -> u64 {
        self.counts[before * self.states + after]
    }

    /// The share of positions in `before` that `after` follows, of those that a known state follows;
    /// 0 where there are none.
    pub fn rate(&self, before: usize, after: usize) -> f64 {
        let row = &self.counts[before * self.states..(before + 1) * self.states];
        share(row[after], row.iter().sum())
    }
}

pub(super) fn longest(distinct: &Distinct) -> usize {
    distinct.sequences.iter().map(super::Sequence::len).max().unwrap_or(0)
}

/// 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
fn share(n: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { n as f64 / of as f64 }
}
