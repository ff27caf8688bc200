//! The sums of one group and one part of its members.

use super::Tally;
use super::ledger::Line;
use super::plan::Plan;
use crate::indicator::member_value::MemberOutcome;
use crate::indicator::{RateRule, Rule};

/// Sums over the members of one cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    numerator: i128,
    denominator: i64,
    nn: i128,
    nd: i128,
    dd: i64,
    members: i64,
}

/// What a member measure gains (or loses) at one end of a window, compared with the end before: a
/// member's outcome changes little from one month to the next, and only changes are counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MemberSteps {
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

/// Something to be counted.
#[derive(Debug, Clone, Copy)]
enum Entry {
    Cell { cell: u32, n: i64, d: i64 },
    LeftOut { reason: u16, period: u16 },
    Value { row: u16, end: u16, value: i64, sign: i64 },
    Change { row: u16, end: u16, old: i64, new: i64 },
    LeftOutFrom { reason: u16, end: u16, sign: i64 },
}

/// Tallies of one group and part, in arrays; a measure has them once it has anything in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// What is not counted yet. Members of all groups and parts take turns; counting much of one
    /// block at a time keeps that block near.
    waiting: Vec<Entry>,
    /// By measure (of all but members), then period.
    cells: Vec<Vec<Sums>>,
    /// By measure of members, then end of the window, and one more.
    members: Vec<Vec<MemberSteps>>,
    /// By reason, then period.
    left_out: Vec<Vec<i64>>,
    /// By reason of a member measure, then end of the window, and one more.
    left_out_steps: Vec<Vec<i64>>,
    days: Vec<Days>,
}

impl Days {
    pub(super) fn add(&mut self, days: i64) {
        self.days += days;
        self.squares += days * days;
        self.members += i64::from(days > 0);
    }
}

impl Sums {
    pub(super) fn add(&mut self, n: i64, d: i64) {
        let (wide_n, wide_d) = (i128::from(n), i128::from(d));
        self.numerator += wide_n;
        self.denominator += d;
        self.nn += wide_n * wide_n;
        self.nd += wide_n * wide_d;
        self.dd += d * d;
        self.members += i64::from(d > 0);
    }

    fn merge(&mut self, other: &Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.nn += other.nn;
        self.nd += other.nd;
        self.dd += other.dd;
        self.members += other.members;
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            numerator: self.numerator,
            denominator: self.denominator.into(),
            members: self.members,
            nn: self.nn,
            nd: self.nd,
            dd: self.dd.into(),
            ..Tally::default()
        }
    }
}

impl MemberSteps {
    fn step(&mut self, value: i64, sign: i64) {
        let (value, signed) = (i128::from(value), i128::from(sign));
        self.sum += signed * value;
        self.squares += signed * value * value;
        self.members += sign;
    }

    fn change(&mut self, old: i64, new: i64) {
        let (old, new) = (i128::from(old), i128::from(new));
        self.sum += new - old;
        self.squares += new * new - old * old;
    }

    fn merge(&mut self, other: &Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.members += other.members;
    }

    fn tally(&self) -> Tally {
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

/// The row at a place; all rows have the same length once they have any.
pub(super) fn row<T: Clone + Default>(
    rows: &mut Vec<Vec<T>>,
    at: usize,
    length: usize,
) -> &mut [T] {
    if rows.len() <= at {
        rows.resize(at + 1, Vec::new());
    }
    if rows[at].is_empty() {
        rows[at].resize(length, T::default());
    }
    &mut rows[at]
}

pub(super) fn merge_rows<T: Clone + Default>(
    mine: &mut Vec<Vec<T>>,
    theirs: &[Vec<T>],
    add: fn(&mut T, &T),
) {
    for (at, other) in theirs.iter().enumerate().filter(|(_, other)| !other.is_empty()) {
        let own = row(mine, at, other.len());
        own.iter_mut().zip(other).for_each(|(own, other)| add(own, other));
    }
}

fn small(place: usize) -> u16 {
    u16::try_from(place).expect("fewer than 65,536 periods, measures and reasons")
}

impl Block {
    fn post(&mut self, plan: &Plan, entry: Entry) {
        const MOST_WAITING: usize = 2048;
        self.waiting.push(entry);
        if self.waiting.len() >= MOST_WAITING {
            self.settle(plan);
        }
    }

    /// Counts everything that still waits.
    pub(super) fn settle(&mut self, plan: &Plan) {
        let (periods, ends) = (plan.periods.len(), plan.ends.len() + 1);
        let mut waiting = std::mem::take(&mut self.waiting);
        for entry in waiting.drain(..) {
            match entry {
                Entry::Cell { cell, n, d } => {
                    let cell = cell as usize;
                    row(&mut self.cells, cell / periods, periods)[cell % periods].add(n, d);
                }
                Entry::LeftOut { reason, period } => {
                    row(&mut self.left_out, reason.into(), periods)[usize::from(period)] += 1;
                }
                Entry::Value { row: at, end, value, sign } => {
                    row(&mut self.members, at.into(), ends)[usize::from(end)].step(value, sign);
                }
                Entry::Change { row: at, end, old, new } => {
                    row(&mut self.members, at.into(), ends)[usize::from(end)].change(old, new);
                }
                Entry::LeftOutFrom { reason, end, sign } => {
                    row(&mut self.left_out_steps, reason.into(), ends)[usize::from(end)] += sign;
                }
            }
        }
        self.waiting = waiting;
    }

    /// Adds one member's things in a cell.
    pub(super) fn add(&mut self, plan: &Plan, line: &Line) {
        let cell = u32::try_from(line.cell).expect("fewer than 2³² cells");
        self.post(plan, Entry::Cell { cell, n: line.n, d: line.d });
    }

    /// Counts a unit that is left out.
    pub(super) fn leave_out(&mut self, plan: &Plan, reason: usize, period: usize) {
        self.post(plan, Entry::LeftOut { reason: small(reason), period: small(period) });
    }

    /// From an end of a window on, counts a member's outcome (`sign` 1) or no longer counts it
    /// (−1). `at` is the place of the measure among those of members, and of its first reason.
    pub(super) fn add_outcome(
        &mut self,
        plan: &Plan,
        at: (usize, usize),
        end: usize,
        outcome: MemberOutcome,
        sign: i64,
    ) {
        let end = small(end);
        let entry = match outcome {
            MemberOutcome::Value(value) => Entry::Value { row: small(at.0), end, value, sign },
            MemberOutcome::Excluded(reason) => {
                Entry::LeftOutFrom { reason: small(at.1 + reason), end, sign }
            }
        };
        self.post(plan, entry);
    }

    /// From an end of a window on, counts another outcome of a member.
    pub(super) fn change_outcome(
        &mut self,
        plan: &Plan,
        at: (usize, usize),
        end: usize,
        old: MemberOutcome,
        new: MemberOutcome,
    ) {
        if let (MemberOutcome::Value(old), MemberOutcome::Value(new)) = (old, new) {
            let entry = Entry::Change { row: small(at.0), end: small(end), old, new };
            self.post(plan, entry);
        } else {
            self.add_outcome(plan, at, end, old, -1);
            self.add_outcome(plan, at, end, new, 1);
        }
    }

    /// Adds a member's enrolled days by period.
    pub(super) fn add_days(&mut self, days: &[i64]) {
        if self.days.is_empty() {
            self.days.resize(days.len(), Days::default());
        }
        self.days.iter_mut().zip(days).for_each(|(total, own)| total.add(*own));
    }

    /// Adds a member's enrolled days of one of so many periods.
    pub(super) fn add_days_of(&mut self, periods: usize, period: usize, days: i64) {
        if self.days.is_empty() {
            self.days.resize(periods, Days::default());
        }
        self.days[period].add(days);
    }

    /// Adds the sums of another block, which has settled.
    pub(super) fn merge(&mut self, other: &Self) {
        debug_assert!(other.waiting.is_empty(), "what waits would be lost");
        merge_rows(&mut self.cells, &other.cells, Sums::merge);
        merge_rows(&mut self.members, &other.members, MemberSteps::merge);
        merge_rows(&mut self.left_out, &other.left_out, |own, other| *own += other);
        merge_rows(&mut self.left_out_steps, &other.left_out_steps, |own, other| *own += other);
        if self.days.len() < other.days.len() {
            self.days.resize(other.days.len(), Days::default());
        }
        for (own, other) in self.days.iter_mut().zip(&other.days) {
            own.days += other.days;
            own.squares += other.squares;
            own.members += other.members;
        }
    }

    /// Turns steps into sums, once everything was added.
    pub(super) fn add_up(&mut self) {
        for steps in &mut self.members {
            for at in 1..steps.len() {
                let before = steps[at - 1];
                steps[at].merge(&before);
            }
        }
        for steps in &mut self.left_out_steps {
            for at in 1..steps.len() {
                steps[at] += steps[at - 1];
            }
        }
    }

    /// The tally of a measure and period, after [`Block::add_up`].
    pub(super) fn tally(
        &self,
        plan: &Plan,
        measure: usize,
        period: usize,
        reasons_from: usize,
    ) -> Tally {
        let indicator = &plan.indicators[measure];
        let of_members = matches!(indicator.rule, Rule::Member(_));
        let at = plan.row_of[measure];
        let (column, left_out) = if of_members {
            (plan.end_of[period], &self.left_out_steps)
        } else {
            (period, &self.left_out)
        };
        let mut tally = if of_members {
            let steps = self.members.get(at).and_then(|steps| steps.get(column));
            steps.map(MemberSteps::tally).unwrap_or_default()
        } else {
            let cell = self.cells.get(at).and_then(|cells| cells.get(column));
            cell.map(Sums::tally).unwrap_or_default()
        };
        tally.excluded = (0..indicator.measure.exclusions.len())
            .map(|reason| {
                let counts = left_out.get(reasons_from + reason);
                counts.and_then(|counts| counts.get(column)).copied().unwrap_or(0)
            })
            .collect();
        if matches!(indicator.rule, Rule::Rate(RateRule { to: None, .. })) {
            let days = self.days.get(period).copied().unwrap_or_default();
            tally.denominator = days.days.into();
            tally.dd = days.squares.into();
            tally.members = days.members;
        }
        tally
    }
}
