//! Where tallies are added up while members go by: dense arrays, one block for each group and
//! stratum that occurs.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::plan::{Plan, StratumKind};
use super::{Cell, Group, Stratum, Tallies, Tally};
use crate::indicator::{RateRule, Rule, Shape};
use crate::terms::Day;
use crate::timeline::{Interner, Timeline, UNKNOWN};

/// Spreads whole numbers over a table. Only counts come out of such a table, never an order.
#[derive(Debug, Default, Clone)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }
    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }
}

type Values = HashMap<i64, i64, BuildHasherDefault<NumberHasher>>;

/// One cell while members go by. What the current member adds is held back until the next member
/// comes, so that sums over members see each member once.
#[derive(Debug, Clone, Copy, Default)]
struct Acc {
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
    fn add(&mut self, member: u32, n: i64, d: i64) {
        if self.member != member {
            self.settle();
            self.member = member;
        }
        self.own_n += n;
        self.own_d += d;
    }

    fn settle(&mut self) {
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

/// Enrolled days of one period, which all rates over enrolled days share.
#[derive(Debug, Clone, Copy, Default)]
struct Days {
    days: i64,
    squares: i64,
    members: i64,
}

#[derive(Debug, Clone)]
struct Block {
    /// By measure, then period.
    cells: Vec<Acc>,
    /// By reason of a measure, then period.
    excluded: Vec<i64>,
    days: Vec<Days>,
    /// By measure, then period; only measures with values, and only stratum `all`.
    values: Vec<Values>,
}

/// All blocks, and what their places mean.
#[derive(Debug)]
pub(super) struct Board<'p> {
    plan: &'p Plan,
    /// Place of a group's blocks by the interner's key of its organisation; 0 is everyone.
    group_of: Vec<Option<usize>>,
    groups: Vec<Group>,
    /// Place of a stratum by the interner's key of its value, one table per attribute.
    stratum_of: Vec<Vec<Option<usize>>>,
    strata: Vec<Stratum>,
    blocks: Vec<Vec<Option<Box<Block>>>>,
    /// Where the reasons of each measure begin.
    reasons_from: Vec<usize>,
    reasons: usize,
    /// Strata of the current member.
    own_strata: Vec<usize>,
    /// Where the age bands begin, and the levels.
    age_from: Option<usize>,
    level_from: usize,
    member: u32,
}

const AGE_BANDS: [(&str, i32); 8] = [
    ("0-5", 5),
    ("6-12", 12),
    ("13-17", 17),
    ("18-20", 20),
    ("21-25", 25),
    ("26-44", 44),
    ("45-64", 64),
    ("65+", i32::MAX),
];

impl<'p> Board<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let mut reasons_from = Vec::new();
        let mut reasons = 0;
        for indicator in &plan.indicators {
            reasons_from.push(reasons);
            reasons += indicator.measure.exclusions.len();
        }
        let stratum =
            |kind: &str, value: &str| Stratum { kind: kind.to_owned(), value: value.to_owned() };
        let mut strata = vec![stratum("all", "all")];
        let level_from = strata.len();
        strata.extend((0..7).map(|level| stratum("level", &level.to_string())));
        let age_from = plan.strata.contains(&StratumKind::AgeBand).then_some(strata.len());
        if age_from.is_some() {
            let bands = AGE_BANDS.iter().map(|(band, _)| *band).chain(["unknown"]);
            strata.extend(bands.map(|band| stratum("age_band", band)));
        }
        Self {
            plan,
            group_of: Vec::new(),
            groups: vec![Group::All],
            stratum_of: vec![Vec::new(); plan.needs.attributes.len()],
            strata,
            blocks: vec![Vec::new()],
            reasons_from,
            reasons,
            own_strata: Vec::new(),
            age_from,
            level_from,
            member: 0,
        }
    }

    /// Goes on to the next member.
    pub(super) fn begin(&mut self, timeline: &Timeline, interner: &Interner) {
        self.member += 1;
        self.own_strata.clear();
        for place in 0..timeline.attributes.len() {
            let key = timeline.attributes[place];
            let stratum = self.attribute_stratum(place, key, interner);
            self.own_strata.push(stratum);
        }
    }

    fn attribute_stratum(&mut self, place: usize, key: u32, interner: &Interner) -> usize {
        let table = &mut self.stratum_of[place];
        let key = key as usize;
        if table.len() <= key {
            table.resize(key + 1, None);
        }
        *table[key].get_or_insert_with(|| {
            let kind = self.plan.needs.attributes[place].to_owned();
            let value = interner.text(u32::try_from(key).unwrap_or(UNKNOWN)).to_owned();
            place_of(&mut self.strata, Stratum { kind, value })
        })
    }

    /// Forgets what the interner's keys stood for.
    pub(super) fn forget_keys(&mut self) {
        self.group_of.clear();
        self.stratum_of.iter_mut().for_each(Vec::clear);
    }

    /// The place of an organisation's blocks.
    pub(super) fn group(&mut self, bho: u32, interner: &Interner) -> usize {
        let key = bho as usize;
        if self.group_of.len() <= key {
            self.group_of.resize(key + 1, None);
        }
        if let Some(group) = self.group_of[key] {
            return group;
        }
        let group = place_of(&mut self.groups, Group::Bho(interner.text(bho).to_owned()));
        self.blocks.resize_with(self.groups.len(), Vec::new);
        self.group_of[key] = Some(group);
        group
    }

    fn age_stratum(&self, timeline: &Timeline, day: Day) -> Option<usize> {
        let from = self.age_from?;
        let band = timeline.age_on(day).map_or(AGE_BANDS.len(), |age| {
            AGE_BANDS.iter().position(|(_, most)| age <= *most).unwrap_or(AGE_BANDS.len())
        });
        Some(from + band)
    }

    fn block(&mut self, group: usize, stratum: usize) -> &mut Block {
        let row = &mut self.blocks[group];
        if row.len() <= stratum {
            row.resize_with(stratum + 1, || None);
        }
        let (periods, measures) = (self.plan.periods.len(), self.plan.indicators.len());
        let values = if stratum == 0 { measures * periods } else { 0 };
        let reasons = self.reasons;
        row[stratum].get_or_insert_with(|| {
            Box::new(Block {
                cells: vec![Acc::default(); measures * periods],
                excluded: vec![0; reasons * periods],
                days: vec![Days::default(); periods],
                values: vec![Values::default(); values],
            })
        })
    }

    /// Calls `each` for the block of every stratum of the current member, in a group.
    fn each_block(
        &mut self,
        group: usize,
        age: Option<usize>,
        mut each: impl FnMut(&mut Block, bool),
    ) {
        each(self.block(group, 0), true);
        for place in 0..self.own_strata.len() {
            let stratum = self.own_strata[place];
            each(self.block(group, stratum), false);
        }
        if let Some(stratum) = age {
            each(self.block(group, stratum), false);
        }
    }

    /// Adds to a measure in one period and group (and in everyone's), with age on `age_day`.
    pub(super) fn add(
        &mut self,
        to: Place,
        timeline: &Timeline,
        age_day: Day,
        n: i64,
        d: i64,
        value: Option<i64>,
    ) {
        let at = to.measure * self.plan.periods.len() + to.period;
        let age = self.age_stratum(timeline, age_day);
        let member = self.member;
        for group in [0, to.group] {
            self.each_block(group, age, |block, whole| {
                block.cells[at].add(member, n, d);
                if let Some(value) = value.filter(|_| whole) {
                    *block.values[at].entry(value).or_insert(0) += 1;
                }
            });
        }
    }

    /// Counts an excluded unit under the reason at a place of the definition.
    pub(super) fn exclude(&mut self, to: Place, timeline: &Timeline, age_day: Day, reason: usize) {
        let at = (self.reasons_from[to.measure] + reason) * self.plan.periods.len() + to.period;
        let age = self.age_stratum(timeline, age_day);
        for group in [0, to.group] {
            self.each_block(group, age, |block, _| block.excluded[at] += 1);
        }
    }

    /// Adds a member's days at each level in one period and group.
    pub(super) fn add_levels(
        &mut self,
        measure: usize,
        period: usize,
        group: usize,
        days: &[i64; 7],
    ) {
        let at = measure * self.plan.periods.len() + period;
        let total = days.iter().sum();
        let member = self.member;
        for (level, n) in days.iter().enumerate() {
            let stratum = self.level_from + level;
            self.block(group, stratum).cells[at].add(member, *n, total);
        }
    }

    /// Adds a member's enrolled days, by period, in one group.
    pub(super) fn add_days(&mut self, group: usize, timeline: &Timeline, days: &[i64]) {
        let plan = self.plan;
        self.each_block(group, None, |block, _| {
            for (total, own) in block.days.iter_mut().zip(days) {
                total.add(*own);
            }
        });
        for (place, own) in days.iter().enumerate().filter(|(_, own)| **own > 0) {
            if let Some(stratum) = self.age_stratum(timeline, plan.periods[place].end) {
                self.block(group, stratum).days[place].add(*own);
            }
        }
    }

    /// Adds what a member contributes to a rate in one period and group: `n` things in `d` days.
    /// Where the days are the enrolled days, which [`Board::add_days`] has, `d` only weighs `n`.
    pub(super) fn add_rate(&mut self, at: Place, timeline: &Timeline, n: i64, d: i64) {
        let cell = at.measure * self.plan.periods.len() + at.period;
        let age = self.age_stratum(timeline, self.plan.periods[at.period].end);
        let member = self.member;
        self.each_block(at.group, age, |block, _| block.cells[cell].add(member, n, d));
    }

    /// Adds the sums of another board.
    pub(super) fn merge(&mut self, mut other: Self) {
        for (group, row) in other.blocks.iter_mut().enumerate() {
            let group = place_of(&mut self.groups, other.groups[group].clone());
            self.blocks.resize_with(self.groups.len(), Vec::new);
            for (stratum, block) in row.iter_mut().enumerate() {
                let Some(block) = block.take() else { continue };
                let stratum = place_of(&mut self.strata, other.strata[stratum].clone());
                self.block(group, stratum).merge(*block);
            }
        }
    }

    /// The tallies of all cells with at least one unit.
    pub(super) fn tallies(self) -> Tallies {
        let plan = self.plan;
        let mut cells = BTreeMap::new();
        for (group, row) in self.blocks.into_iter().enumerate() {
            for (stratum, block) in row.into_iter().enumerate() {
                let Some(mut block) = block else { continue };
                block.cells.iter_mut().for_each(Acc::settle);
                for measure in 0..plan.indicators.len() {
                    for period in 0..plan.periods.len() {
                        let tally = block.tally(plan, measure, period, self.reasons_from[measure]);
                        let counted = tally.denominator != 0
                            || tally.numerator != 0
                            || tally.excluded.iter().any(|n| *n != 0);
                        if counted && plan.indicators[measure].measure.missing.is_empty() {
                            let (group, stratum) =
                                (self.groups[group].clone(), self.strata[stratum].clone());
                            cells.insert(
                                Cell { measure, period: plan.periods[period], group, stratum },
                                tally,
                            );
                        }
                    }
                }
            }
        }
        Tallies { measures: plan.measures(), periods: plan.periods.clone(), cells }
    }
}

/// The place of an item in a list; it is added if it is not there.
fn place_of<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

/// A measure in a period and group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub measure: usize,
    pub period: usize,
    pub group: usize,
}

impl Days {
    fn add(&mut self, days: i64) {
        self.days += days;
        self.squares += days * days;
        self.members += i64::from(days > 0);
    }
}

impl Block {
    fn merge(&mut self, mut other: Self) {
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
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
            for (value, count) in theirs {
                *mine.entry(*value).or_insert(0) += count;
            }
        }
    }

    fn tally(&self, plan: &Plan, measure: usize, period: usize, reasons_from: usize) -> Tally {
        let periods = plan.periods.len();
        let acc = &self.cells[measure * periods + period];
        let reasons = plan.indicators[measure].measure.exclusions.len();
        let excluded = (0..reasons)
            .map(|reason| self.excluded[(reasons_from + reason) * periods + period])
            .collect();
        let mut tally = Tally {
            numerator: acc.numerator,
            denominator: acc.denominator.into(),
            members: acc.members,
            excluded,
            nn: acc.nn,
            nd: acc.nd,
            dd: acc.dd,
            values: BTreeMap::new(),
        };
        if let Some(values) = self.values.get(measure * periods + period) {
            tally.values = values.iter().map(|(value, count)| (*value, *count)).collect();
        }
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
