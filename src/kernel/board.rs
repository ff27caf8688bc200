//! Where tallies are added up while members go by: dense arrays, one block for each group and
//! stratum that occurs.

use std::collections::BTreeMap;

use super::block::Block;
use super::plan::{Plan, StratumKind};
use super::{Cell, Group, Stratum, Tallies};
use crate::indicator::Shape;
use crate::indicator::member_value::MemberOutcome;
use crate::terms::Day;
use crate::timeline::{Interner, Timeline, UNKNOWN};

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
    /// Age stratum of the current member at each end of a window.
    own_ages: Vec<Option<usize>>,
    /// Group of the current member at each end of a window, once it is needed.
    own_ends: Vec<usize>,
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
            own_ages: Vec::new(),
            own_ends: Vec::new(),
            age_from,
            level_from,
            member: 0,
        }
    }

    /// Goes on to the next member.
    pub(super) fn begin(&mut self, timeline: &Timeline, interner: &Interner) {
        self.member += 1;
        self.see_ages(timeline);
        self.own_ends.clear();
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
        Some(self.age_from? + band_of(timeline.age_on(day)))
    }

    fn block(&mut self, group: usize, stratum: usize) -> &mut Block {
        let row = &mut self.blocks[group];
        if row.len() <= stratum {
            row.resize_with(stratum + 1, || None);
        }
        let (plan, reasons) = (self.plan, self.reasons);
        row[stratum].get_or_insert_with(|| Box::new(Block::new(plan, reasons, stratum == 0)))
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

    fn cell(&self, measure: usize, period: usize) -> usize {
        self.plan.row_of[measure] * self.plan.periods.len() + period
    }

    /// Where the current member belongs at each end of a window.
    fn see_ends(&mut self, timeline: &Timeline, interner: &Interner) {
        if !self.own_ends.is_empty() {
            return;
        }
        let plan = self.plan;
        for (start, end) in plan.window_starts.iter().zip(&plan.ends) {
            let last = timeline.enrolled.days.last_within(*start, *end);
            let bho = last.and_then(|day| timeline.enrolled.bho_on(day)).unwrap_or(UNKNOWN);
            let group = self.group(bho, interner);
            self.own_ends.push(group);
        }
    }

    /// Ages at all ends from one look at the birth: this is asked of every member.
    fn see_ages(&mut self, timeline: &Timeline) {
        self.own_ages.clear();
        let Some(from) = self.age_from else {
            self.own_ages.resize(self.plan.ends.len(), None);
            return;
        };
        let birth =
            timeline.birth.map(|birth| (birth.year(), (birth.month(), birth.day_of_month())));
        let ages = self.plan.end_dates.iter().map(|(year, day)| {
            let age = birth.map(|(born, birthday)| year - born - i32::from(*day < birthday));
            Some(from + band_of(age))
        });
        self.own_ages.extend(ages);
    }

    fn age_at_end(&self, period: usize) -> Option<usize> {
        self.own_ages[self.plan.end_of[period]]
    }

    /// Adds what a member contributes to a measure of members at each end of a window: nothing, an
    /// exclusion, or a value.
    pub(super) fn add_member(
        &mut self,
        measure: usize,
        outcomes: &[Option<MemberOutcome>],
        timeline: &Timeline,
        interner: &Interner,
    ) {
        self.see_ends(timeline, interner);
        let ends = std::mem::take(&mut self.own_ends);
        let strata = std::mem::take(&mut self.own_strata);
        for stratum in std::iter::once(0).chain(strata.iter().copied()) {
            self.sweep(measure, outcomes, |_| Some((0, stratum)));
            self.sweep(measure, outcomes, |place| Some((ends[place], stratum)));
        }
        if self.age_from.is_some() {
            let ages = std::mem::take(&mut self.own_ages);
            self.sweep(measure, outcomes, |place| ages[place].map(|age| (0, age)));
            self.sweep(measure, outcomes, |place| ages[place].map(|age| (ends[place], age)));
            self.own_ages = ages;
        }
        self.own_ends = ends;
        self.own_strata = strata;
    }

    /// Adds outcomes to the blocks they belong to, looking a block up only when it changes.
    fn sweep(
        &mut self,
        measure: usize,
        outcomes: &[Option<MemberOutcome>],
        block_of: impl Fn(usize) -> Option<(usize, usize)>,
    ) {
        let ends = outcomes.len();
        let row = self.plan.row_of[measure];
        let is_mean = self.plan.indicators[measure].measure.shape == Shape::MemberMean;
        let reasons = self.reasons_from[measure];
        let stride = self.stride();
        let mut place = 0;
        while place < ends {
            let Some((group, stratum)) = block_of(place).filter(|_| outcomes[place].is_some())
            else {
                place += 1;
                continue;
            };
            let block = self.block(group, stratum);
            let cells = &mut block.members[row * ends..(row + 1) * ends];
            let mut values = block.member_values.get_mut(row).filter(|_| is_mean);
            while place < ends && block_of(place) == Some((group, stratum)) {
                match outcomes[place] {
                    Some(MemberOutcome::Value(value)) => {
                        cells[place].add(value);
                        if let Some(values) = &mut values {
                            values.add(value, place);
                        }
                    }
                    Some(MemberOutcome::Excluded(reason)) => {
                        block.excluded[(reasons + reason) * stride + place] += 1;
                    }
                    None => {}
                }
                place += 1;
            }
        }
    }

    /// Entries of the table of exclusions per reason: there are never more ends than periods.
    fn stride(&self) -> usize {
        self.plan.periods.len()
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
        let at = self.cell(to.measure, to.period);
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
        let at = self.cell(measure, period);
        let total = days.iter().sum();
        let member = self.member;
        for (level, n) in days.iter().enumerate() {
            let stratum = self.level_from + level;
            self.block(group, stratum).cells[at].add(member, *n, total);
        }
    }

    /// Adds a member's enrolled days, by period, in one group.
    pub(super) fn add_days(&mut self, group: usize, days: &[i64]) {
        self.each_block(group, None, |block, _| {
            for (total, own) in block.days.iter_mut().zip(days) {
                total.add(*own);
            }
        });
        for (place, own) in days.iter().enumerate().filter(|(_, own)| **own > 0) {
            if let Some(stratum) = self.age_at_end(place) {
                self.block(group, stratum).days[place].add(*own);
            }
        }
    }

    /// Adds what a member contributes to a rate in one period and group: `n` things in `d` days.
    /// Where the days are the enrolled days, which [`Board::add_days`] has, `d` only weighs `n`.
    pub(super) fn add_rate(&mut self, at: Place, n: i64, d: i64) {
        let cell = self.cell(at.measure, at.period);
        let age = self.age_at_end(at.period);
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
                block.settle();
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

/// The place of an age among the bands; the last is for ages that are not known.
fn band_of(age: Option<i32>) -> usize {
    let band = age.and_then(|age| AGE_BANDS.iter().position(|(_, most)| age <= *most));
    band.unwrap_or(AGE_BANDS.len())
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
