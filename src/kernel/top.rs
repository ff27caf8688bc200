//! How much of something falls on the members with most of it.

use super::count::Counter;
use super::ledger::{Line, PersonDays, Wait};
use super::plan::Plan;
use super::{Tally, Values};
use crate::indicator::RateRule;
use crate::timeline::{Interner, Timeline};

/// What members have, one number each, by measure and period.
#[derive(Debug, Clone, Default)]
pub(super) struct Amounts {
    cells: Vec<Vec<i64>>,
}

impl Amounts {
    pub(super) fn add(&mut self, cell: usize, amount: i64) {
        if self.cells.len() <= cell {
            self.cells.resize(cell + 1, Vec::new());
        }
        self.cells[cell].push(amount);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if self.cells.len() < other.cells.len() {
            self.cells.resize(other.cells.len(), Vec::new());
        }
        for (own, other) in self.cells.iter_mut().zip(&other.cells) {
            own.extend_from_slice(other);
        }
    }

    /// How often each amount occurs.
    pub(super) fn values(&self, plan: &Plan, measure: usize) -> Vec<Values> {
        let of = |period: usize| {
            let amounts = self.cells.get(plan.cell(measure, period));
            let mut amounts = amounts.cloned().unwrap_or_default();
            amounts.sort_unstable();
            let count = |same: &[i64]| (same[0], i64::try_from(same.len()).unwrap_or(i64::MAX));
            Values::sorted(amounts.chunk_by(|a, b| a == b).map(count).collect())
        };
        (0..plan.periods.len()).map(of).collect()
    }
}

impl Counter<'_> {
    /// What the member has of something, in each group and period. Numerator and denominator are the
    /// same until all members are there: see [`Top`].
    pub(super) fn top(
        &mut self,
        measure: usize,
        rule: &RateRule,
        into: &mut PersonDays,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        self.add_up(measure, rule.of, into, timeline, interner);
        for (group, amounts) in into.groups() {
            let plan = self.plan;
            let counted = |(period, n): &(usize, i64)| *n != 0 && plan.counts_in(measure, *period);
            for (period, n) in amounts.iter().copied().enumerate().filter(counted) {
                let (group, cell) = (*group, self.plan.cell(measure, period));
                self.ledger.rates.push(Line { group, cell, age: 0, n, d: n });
                self.ledger.amounts.push(Wait { group, cell, days: n });
            }
        }
    }
}

/// The members with most, and what they and all members have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Top {
    /// How many members are in the top.
    pub members: i64,
    /// What they have together.
    pub sum: i128,
    /// What all members have together.
    pub total: i128,
    /// What the one with most has.
    pub most: i64,
}

impl Tally {
    /// The top so many per cent of the members who have any (more than nothing: a member whose money
    /// was taken back has none), rounded up to a whole member. Of members with the same amount at the
    /// border it makes no difference who is taken, so that no order matters.
    pub fn top(&self, percent: u8) -> Top {
        let counts = self.values.counts();
        let positive = || counts.iter().filter(|(value, _)| *value > 0);
        let members: i64 = positive().map(|(_, count)| count).sum();
        let of = |value: i64, count: i64| i128::from(value) * i128::from(count);
        let mut top = Top {
            members: (members * i64::from(percent) + 99) / 100,
            total: positive().map(|(value, count)| of(*value, *count)).sum(),
            most: positive().map(|(value, _)| *value).max().unwrap_or(0),
            sum: 0,
        };
        let mut left = top.members;
        for (value, count) in positive().rev() {
            let taken = left.min(*count);
            top.sum += of(*value, taken);
            left -= taken;
        }
        top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(amounts: &[(i64, i64)], percent: u8) -> Top {
        let values = amounts.iter().copied().collect();
        Tally { values, ..Tally::default() }.top(percent)
    }

    #[test]
    fn five_of_a_hundred_are_five_and_a_hundred_and_first_makes_six() {
        let found = top(&[(1, 90), (10, 6), (1_000, 4)], 5);
        assert_eq!(found, Top { members: 5, sum: 4_010, total: 4_150, most: 1_000 });
        assert_eq!(top(&[(1, 91), (10, 6), (1_000, 4)], 5).members, 6);
        assert_eq!(top(&[(1, 91), (10, 6), (1_000, 4)], 5).sum, 4_020);
    }

    #[test]
    fn whose_money_was_taken_back_has_none() {
        let found = top(&[(-500, 30), (0, 50), (7, 20)], 5);
        assert_eq!(found, Top { members: 1, sum: 7, total: 140, most: 7 });
        assert_eq!(top(&[(-500, 3)], 5), Top::default());
    }
}
