//! The sums of one group and one part of its members.

use super::Tally;
use super::ledger::{LeftOut, Line};
use super::plan::Plan;
use super::sums::{Gain, SumRows, Sums, merge_rows, row};
use crate::indicator::Rule;
use crate::indicator::member_outcome::MemberOutcome;

/// Days (or things) of one period that rates are divided by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Days {
    days: i64,
    squares: i128,
    members: i64,
}

/// Something to be counted.
#[derive(Debug, Clone, Copy)]
enum Entry {
    Cell { cell: u32, n: i64, d: i64 },
    LeftOut { reason: u16, period: u16, units: i64 },
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
    cells: SumRows,
    /// What a measure of members gains (or loses) at an end of a window, compared with the end
    /// before: a member's outcome changes little from one month to the next, and only changes are
    /// counted. By measure, then end of the window, and one more.
    members: SumRows,
    /// By reason, then period.
    left_out: Vec<Vec<i64>>,
    /// By reason of a member measure, then end of the window, and one more.
    left_out_steps: Vec<Vec<i64>>,
    /// By denominator of rates, then period.
    over: Vec<Vec<Days>>,
}

impl Days {
    pub(super) fn add(&mut self, days: i64) {
        self.days += days;
        self.squares += i128::from(days) * i128::from(days);
        self.members += i64::from(days > 0);
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
                    let (at, period) = (cell / periods, cell % periods);
                    self.cells.add(at, period, periods, Gain::Member { n, d });
                }
                Entry::LeftOut { reason, period, units } => {
                    row(&mut self.left_out, reason.into(), periods)[usize::from(period)] += units;
                }
                Entry::Value { row: at, end, value, sign } => {
                    let gain = Gain::Value { value, sign };
                    self.members.add(at.into(), end.into(), ends, gain);
                }
                Entry::Change { row: at, end, old, new } => {
                    let gain = Gain::Change { old, new };
                    self.members.add(at.into(), end.into(), ends, gain);
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

    /// Counts units that are left out.
    pub(super) fn leave_out(&mut self, plan: &Plan, one: &LeftOut) {
        let (reason, period) = (small(one.reason), small(one.period));
        self.post(plan, Entry::LeftOut { reason, period, units: one.units });
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

    /// Adds a member's days that rates are divided by, by period.
    pub(super) fn add_days(&mut self, over: usize, days: &[i64]) {
        let totals = row(&mut self.over, over, days.len());
        totals.iter_mut().zip(days).for_each(|(total, own)| total.add(*own));
    }

    /// Adds such days of one of so many periods.
    pub(super) fn add_days_of(
        &mut self,
        over: usize,
        (period, periods): (usize, usize),
        days: i64,
    ) {
        row(&mut self.over, over, periods)[period].add(days);
    }

    /// Adds the sums of another block, which has settled.
    pub(super) fn merge(&mut self, other: &Self) {
        debug_assert!(other.waiting.is_empty(), "what waits would be lost");
        self.cells.merge(&other.cells);
        self.members.merge(&other.members);
        merge_rows(&mut self.left_out, &other.left_out, |own, other| *own += other);
        merge_rows(&mut self.left_out_steps, &other.left_out_steps, |own, other| *own += other);
        merge_rows(&mut self.over, &other.over, |own, other| {
            own.days += other.days;
            own.squares += other.squares;
            own.members += other.members;
        });
    }

    /// The tallies of a measure, by period, once everything was added.
    pub(super) fn tallies(&self, plan: &Plan, measure: usize, reasons_from: usize) -> Vec<Tally> {
        let indicator = &plan.indicators[measure];
        let of_members = matches!(indicator.rule, Rule::Member(_));
        let (sums, left_out) = if of_members {
            (&self.members, &self.left_out_steps)
        } else {
            (&self.cells, &self.left_out)
        };
        let mut sums = sums.of(plan.row_of[measure]);
        let reasons = reasons_from..reasons_from + indicator.measure.exclusions.len();
        let mut left_out: Vec<Vec<i64>> =
            reasons.map(|reason| left_out.get(reason).cloned().unwrap_or_default()).collect();
        if of_members {
            add_up_steps(&mut sums, Sums::add);
            for steps in &mut left_out {
                add_up_steps(steps, |sum, before| *sum += before);
            }
        }
        let over = plan.alike.denominators[measure];
        let tally = |period: usize| {
            let column = if of_members { plan.end_of[period] } else { period };
            let mut tally = sums.get(column).map(Sums::tally).unwrap_or_default();
            let counts = left_out.iter().map(|counts| counts.get(column).copied().unwrap_or(0));
            tally.excluded = counts.collect();
            if let Some(over) = over {
                let days = self.over.get(over).and_then(|days| days.get(period));
                let days = days.copied().unwrap_or_default();
                tally.denominator = days.days.into();
                tally.dd = days.squares;
                tally.members = days.members;
            }
            tally
        };
        (0..plan.periods.len()).map(tally).collect()
    }
}

/// Turns changes from one place to the next into what holds at each.
fn add_up_steps<T: Copy>(steps: &mut [T], add: impl Fn(&mut T, &T)) {
    for at in 1..steps.len() {
        let before = steps[at - 1];
        add(&mut steps[at], &before);
    }
}
