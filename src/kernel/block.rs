//! The tallies of one group and stratum, in dense arrays.

use super::Tally;
use super::plan::Plan;
use super::values::{ValueCounts, Values};
use crate::indicator::{RateRule, Rule, Shape};

/// One cell while members go by. What the current member adds is held back until the next member
/// comes, so that sums over members see each member once.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Acc {
    numerator: i128,
    denominator: i64,
    nn: i128,
    nd: i128,
    dd: i128,
    members: i64,
    member: u32,
    own_n: i64,
    own_d: i64,
}

impl Acc {
    pub(super) fn add(&mut self, member: u32, n: i64, d: i64) {
        if self.member != member {
            self.settle();
            self.member = member;
        }
        self.own_n += n;
        self.own_d += d;
    }

    pub(super) fn settle(&mut self) {
        let (n, d) = (i128::from(self.own_n), i128::from(self.own_d));
        self.numerator += n;
        self.denominator += self.own_d;
        self.nn += n * n;
        self.nd += n * d;
        self.dd += d * d;
        self.members += i64::from(self.own_d > 0);
        self.own_n = 0;
        self.own_d = 0;
    }
}

/// One cell of a member measure: each member comes once, with one value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MemberAcc {
    sum: i128,
    squares: i128,
    members: i64,
}

/// Enrolled days of one period, which all rates over enrolled days share.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Days {
    days: i64,
    squares: i64,
    members: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Block {
    /// By measure (of all but members), then period.
    pub(super) cells: Vec<Acc>,
    /// By measure of members, then end of the window.
    pub(super) members: Vec<MemberAcc>,
    /// By reason of a measure, then period, or end of the window for members.
    pub(super) excluded: Vec<i64>,
    pub(super) days: Vec<Days>,
    /// By measure (of all but members), then period; only stratum `all`.
    pub(super) values: Vec<Values>,
    /// By measure of members; only stratum `all`.
    pub(super) member_values: Vec<ValueCounts>,
}

impl Days {
    pub(super) fn add(&mut self, days: i64) {
        self.days += days;
        self.squares += days * days;
        self.members += i64::from(days > 0);
    }
}

impl MemberAcc {
    pub(super) fn add(&mut self, value: i64) {
        let value = i128::from(value);
        self.sum += value;
        self.squares += value * value;
        self.members += 1;
    }
}

impl Block {
    pub(super) fn new(plan: &Plan, reasons: usize, with_values: bool) -> Self {
        let (periods, ends) = (plan.periods.len(), plan.ends.len());
        let (others, members) = (plan.rows(false) * periods, plan.rows(true) * ends);
        let sized = |n: usize| if with_values { n } else { 0 };
        Self {
            cells: vec![Acc::default(); others],
            members: vec![MemberAcc::default(); members],
            excluded: vec![0; reasons * periods],
            days: vec![Days::default(); periods],
            values: vec![Values::default(); sized(others)],
            member_values: vec![ValueCounts::new(ends); sized(plan.rows(true))],
        }
    }

    /// Counts what the last member added.
    pub(super) fn settle(&mut self) {
        for cell in &mut self.cells {
            cell.settle();
        }
    }

    /// Adds the sums of another block.
    pub(super) fn merge(&mut self, mut other: Self) {
        for (mine, theirs) in self.cells.iter_mut().zip(&mut other.cells) {
            mine.settle();
            theirs.settle();
            mine.numerator += theirs.numerator;
            mine.denominator += theirs.denominator;
            mine.nn += theirs.nn;
            mine.nd += theirs.nd;
            mine.dd += theirs.dd;
            mine.members += theirs.members;
            mine.member = u32::MAX;
        }
        self.excluded.iter_mut().zip(&other.excluded).for_each(|(mine, theirs)| *mine += theirs);
        for (mine, theirs) in self.days.iter_mut().zip(&other.days) {
            mine.days += theirs.days;
            mine.squares += theirs.squares;
            mine.members += theirs.members;
        }
        for (mine, theirs) in self.members.iter_mut().zip(&other.members) {
            mine.sum += theirs.sum;
            mine.squares += theirs.squares;
            mine.members += theirs.members;
        }
        for (mine, theirs) in self.member_values.iter_mut().zip(&other.member_values) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
            for (value, count) in theirs {
                *mine.entry(*value).or_insert(0) += count;
            }
        }
    }

    pub(super) fn tally(
        &self,
        plan: &Plan,
        measure: usize,
        period: usize,
        reasons_from: usize,
    ) -> Tally {
        let periods = plan.periods.len();
        let of_members = matches!(plan.indicators[measure].rule, Rule::Member(_));
        let row = plan.row_of[measure];
        let (at, column) = if of_members {
            (row * plan.ends.len() + plan.end_of[period], plan.end_of[period])
        } else {
            (row * periods + period, period)
        };
        let reasons = plan.indicators[measure].measure.exclusions.len();
        let excluded = (0..reasons)
            .map(|reason| self.excluded[(reasons_from + reason) * periods + column])
            .collect();
        let mut tally = if of_members { self.members[at].tally() } else { self.cells[at].tally() };
        tally.excluded = excluded;
        tally.values = if of_members {
            self.member_values.get(row).map(|values| values.at(column)).unwrap_or_default()
        } else {
            self.values
                .get(at)
                .map(|values| values.iter().map(|(value, count)| (*value, *count)).collect())
                .unwrap_or_default()
        };
        let indicator = &plan.indicators[measure];
        let own_days = matches!(indicator.rule, Rule::Rate(RateRule::Disengagements { .. }));
        if indicator.measure.shape == Shape::Rate && !own_days {
            let days = self.days[period];
            tally.denominator = days.days.into();
            tally.dd = days.squares.into();
            tally.members = days.members;
        }
        tally
    }
}

impl Acc {
    pub(super) fn tally(&self) -> Tally {
        Tally {
            numerator: self.numerator,
            denominator: self.denominator.into(),
            members: self.members,
            nn: self.nn,
            nd: self.nd,
            dd: self.dd,
            ..Tally::default()
        }
    }
}

impl MemberAcc {
    pub(super) fn tally(&self) -> Tally {
        let members = self.members.into();
        Tally {
            numerator: self.sum,
            denominator: members,
            members: self.members,
            nn: self.squares,
            nd: self.sum,
            dd: members,
            ..Tally::default()
        }
    }
}
