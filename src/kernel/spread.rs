//! What is kept for whole groups only: how often each value occurs, and days by level of care.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::ledger::{LevelDays, Wait};
use super::plan::Plan;
use super::sums::{merge_rows, row};
use super::top::Amounts;
use super::{Tally, Values};
use crate::indicator::{Rule, Shape};

/// Spreads whole numbers over a table. Only counts come out of such a table, never an order.
#[derive(Debug, Default, Clone)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }
}

/// How many more (or fewer) members have a value at one end of a window than at the end before.
#[derive(Debug, Clone, Default)]
struct ValueSteps {
    known: HashMap<i64, Steps, BuildHasherDefault<NumberHasher>>,
    /// Rows of steps, one after the other: one for each end and one more.
    rows: Vec<i32>,
    /// Values not counted yet, with the ends they hold for. Members of all groups and measures take
    /// turns; counting many values of one table at a time keeps that table near.
    waiting: Vec<(i64, u16, u16)>,
}

/// The steps of one value. Many values are one member's alone.
#[derive(Debug, Clone, Copy)]
enum Steps {
    /// Of one member, at the ends `from..to`.
    Once { from: u16, to: u16 },
    /// The row at a place.
    Row(u32),
}

impl ValueSteps {
    fn add(&mut self, value: i64, (from, to): (usize, usize), length: usize) {
        const MOST_WAITING: usize = 2048;
        let place = |end: usize| u16::try_from(end).expect("fewer than 65,536 periods");
        self.waiting.push((value, place(from), place(to)));
        if self.waiting.len() >= MOST_WAITING {
            self.settle(length);
        }
    }

    fn settle(&mut self, length: usize) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for (value, from, to) in waiting.drain(..) {
            self.count(value, (from, to), length);
        }
        self.waiting = waiting;
    }

    fn count(&mut self, value: i64, (from, to): (u16, u16), length: usize) {
        match self.known.entry(value) {
            Entry::Vacant(entry) => {
                entry.insert(Steps::Once { from, to });
            }
            Entry::Occupied(mut entry) => {
                let row = row_of(entry.get_mut(), &mut self.rows, length);
                step(row, (from, to));
            }
        }
    }

    fn merge(&mut self, other: &Self, length: usize) {
        #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
        for (value, theirs) in &other.known {
            match *theirs {
                Steps::Once { from, to } => self.count(*value, (from, to), length),
                Steps::Row(place) => {
                    let theirs = &other.rows[place as usize * length..][..length];
                    let rows = &mut self.rows;
                    let own = self
                        .known
                        .entry(*value)
                        .or_insert_with(|| Steps::Row(new_row(rows, length)));
                    let own = row_of(own, rows, length);
                    own.iter_mut().zip(theirs).for_each(|(own, theirs)| *own += theirs);
                }
            }
        }
    }

    /// The values at each of so many ends.
    fn by_end(&self, ends: usize) -> Vec<Values> {
        let mut known: Vec<(i64, Steps)> =
            self.known.iter().map(|(value, steps)| (*value, *steps)).collect();
        known.sort_unstable_by_key(|(value, _)| *value);
        let mut found = vec![Vec::new(); ends];
        for (value, steps) in known {
            match steps {
                Steps::Once { from, to } => {
                    for found in &mut found[usize::from(from)..usize::from(to)] {
                        found.push((value, 1));
                    }
                }
                Steps::Row(place) => {
                    let mut count = 0;
                    let row = &self.rows[place as usize * (ends + 1)..];
                    for (step, found) in row.iter().zip(&mut found) {
                        count += i64::from(*step);
                        if count > 0 {
                            found.push((value, count));
                        }
                    }
                }
            }
        }
        found.into_iter().map(Values::sorted).collect()
    }
}

fn step(row: &mut [i32], (from, to): (u16, u16)) {
    row[usize::from(from)] += 1;
    row[usize::from(to)] -= 1;
}

/// A new row, by its place.
fn new_row(rows: &mut Vec<i32>, length: usize) -> u32 {
    let place = rows.len() / length;
    rows.resize(rows.len() + length, 0);
    u32::try_from(place).expect("fewer than 2³² different values")
}

/// The row of a value, which it gets if it has none.
fn row_of<'r>(steps: &mut Steps, rows: &'r mut Vec<i32>, length: usize) -> &'r mut [i32] {
    let at = |place: u32| place as usize * length..(place as usize + 1) * length;
    match *steps {
        Steps::Row(place) => &mut rows[at(place)],
        Steps::Once { from, to } => {
            let place = new_row(rows, length);
            *steps = Steps::Row(place);
            let row = &mut rows[at(place)];
            step(row, (from, to));
            row
        }
    }
}

/// Days by level of care in one period.
#[derive(Debug, Clone, Copy, Default)]
struct Levels {
    days: i64,
    squares: i64,
    members: i64,
    n: [i64; 7],
    nn: [i64; 7],
    nd: [i64; 7],
}

impl Levels {
    fn add(&mut self, days: &[i64; 7]) {
        let total: i64 = days.iter().sum();
        self.days += total;
        self.squares += total * total;
        self.members += i64::from(total > 0);
        for (level, own) in days.iter().enumerate().filter(|(_, own)| **own > 0) {
            self.n[level] += own;
            self.nn[level] += own * own;
            self.nd[level] += own * total;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.days += other.days;
        self.squares += other.squares;
        self.members += other.members;
        for level in 0..self.n.len() {
            self.n[level] += other.n[level];
            self.nn[level] += other.nn[level];
            self.nd[level] += other.nd[level];
        }
    }
}

/// Values and levels of one group.
#[derive(Debug, Clone, Default)]
pub(super) struct Spread {
    /// By measure (of all but members), then period and days.
    waits: Vec<HashMap<(usize, i64), i64, BuildHasherDefault<NumberHasher>>>,
    /// By measure (of all but members) and period.
    amounts: Amounts,
    /// By measure of members.
    values: Vec<ValueSteps>,
    /// By measure (of all but members), then period.
    levels: Vec<Vec<Levels>>,
}

impl Spread {
    pub(super) fn wait(&mut self, plan: &Plan, wait: &Wait) {
        let (at, period) = (wait.cell / plan.periods.len(), wait.cell % plan.periods.len());
        if self.waits.len() <= at {
            self.waits.resize(at + 1, HashMap::default());
        }
        *self.waits[at].entry((period, wait.days)).or_insert(0) += 1;
    }

    /// Counts what a member has of something.
    pub(super) fn amount(&mut self, own: &Wait) {
        self.amounts.add(own.cell, own.days);
    }

    /// Counts a member's value at the ends `from..to` of windows. `at` is the place of the measure
    /// among those of members.
    pub(super) fn value(&mut self, plan: &Plan, at: usize, value: i64, run: (usize, usize)) {
        if self.values.len() <= at {
            self.values.resize(at + 1, ValueSteps::default());
        }
        self.values[at].add(value, run, plan.ends.len() + 1);
    }

    pub(super) fn level_days(&mut self, plan: &Plan, own: &LevelDays) {
        let periods = plan.periods.len();
        row(&mut self.levels, own.cell / periods, periods)[own.cell % periods].add(&own.days);
    }

    /// Counts everything that still waits.
    pub(super) fn settle(&mut self, plan: &Plan) {
        self.values.iter_mut().for_each(|values| values.settle(plan.ends.len() + 1));
    }

    fn is_settled(&self) -> bool {
        self.values.iter().all(|values| values.waiting.is_empty())
    }

    /// Adds the sums of another group's, which has settled.
    pub(super) fn merge(&mut self, plan: &Plan, other: &Self) {
        if self.waits.len() < other.waits.len() {
            self.waits.resize(other.waits.len(), HashMap::default());
        }
        for (own, other) in self.waits.iter_mut().zip(&other.waits) {
            #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
            for (key, count) in other {
                *own.entry(*key).or_insert(0) += count;
            }
        }
        self.amounts.merge(&other.amounts);
        if self.values.len() < other.values.len() {
            self.values.resize(other.values.len(), ValueSteps::default());
        }
        debug_assert!(other.is_settled(), "values that wait would be lost");
        for (own, other) in self.values.iter_mut().zip(&other.values) {
            own.merge(other, plan.ends.len() + 1);
        }
        merge_rows(&mut self.levels, &other.levels, Levels::merge);
    }

    /// How often each value of a measure occurs, by period.
    pub(super) fn values(&self, plan: &Plan, measure: usize) -> Vec<Values> {
        let at = plan.row_of[measure];
        if matches!(plan.indicators[measure].rule, Rule::Member(_)) {
            let Some(values) = self.values.get(at) else {
                return vec![Values::default(); plan.periods.len()];
            };
            let by_end = values.by_end(plan.ends.len());
            return plan.end_of.iter().map(|end| by_end[*end].clone()).collect();
        }
        if matches!(plan.indicators[measure].measure.shape, Shape::Top { .. }) {
            return self.amounts.values(plan, measure);
        }
        let mut found = vec![Vec::new(); plan.periods.len()];
        let waits: BTreeMap<_, _> = self.waits.get(at).into_iter().flatten().collect();
        for ((period, days), count) in waits {
            found[*period].push((*days, *count));
        }
        found.into_iter().map(Values::sorted).collect()
    }

    /// The tally of a measure and period at a level of care.
    pub(super) fn level(&self, plan: &Plan, measure: usize, period: usize, level: usize) -> Tally {
        let levels = self.levels.get(plan.row_of[measure]).and_then(|levels| levels.get(period));
        let levels = levels.copied().unwrap_or_default();
        Tally {
            numerator: levels.n[level].into(),
            denominator: levels.days.into(),
            members: levels.members,
            nn: levels.nn[level].into(),
            nd: levels.nd[level].into(),
            dd: levels.squares.into(),
            ..Tally::default()
        }
    }
}
