//! Where tallies are added up while members go by.

use super::Group;
use super::block::Block;
use super::joint::Joint;
use super::ledger::{EVERYONE, Ledger, Line};
use super::part::{Parts, band_of};
use super::plan::Plan;
use super::spread::Spread;
use super::steady::Run;
use super::teams::Teams;
use super::volume::VolumeSums;
use crate::indicator::member_outcome::MemberOutcome;
use crate::terms::Day;
use crate::timeline::{Interner, Timeline};

/// All sums, and what their places mean.
///
/// Nearly every member belongs to one organisation throughout. Such a member is counted once, in
/// the row of that organisation's own members, and everyone's sums are these rows added up. Only a
/// member of several organisations is counted once in the row of each and once, as one person, in
/// the row of everyone.
#[derive(Debug)]
pub(super) struct Board<'p> {
    pub(super) plan: &'p Plan,
    /// Place of a group by the interner's key of its organisation.
    group_of: Vec<Option<usize>>,
    /// Everyone, then organisations.
    pub(super) groups: Vec<Group>,
    pub(super) parts: Parts,
    pub(super) joint: Joint,
    pub(super) teams: Teams,
    pub(super) volumes: VolumeSums,
    pub(super) rows: Vec<Row>,
    /// Where the reasons of each measure begin.
    pub(super) reasons_from: Vec<usize>,
    /// The current member: its profiles, its age band if that stays the same, or else at each end of
    /// a window, and its groups at each end, by how members belong to them.
    profiles: Vec<usize>,
    one_age: Option<usize>,
    ages: Vec<usize>,
    pub(super) ends: Vec<Vec<usize>>,
    runs: Vec<Run>,
    birth: Option<(i32, (u32, u32))>,
    /// Parts of the providers that the current unit belongs to.
    pub(super) providers: Vec<usize>,
}

/// A member whose entries lie in several groups.
#[derive(Debug)]
pub(super) struct SeveralGroups;

/// The sums of one row: by part, and for all of its members.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) parts: Vec<Option<Box<Block>>>,
    pub(super) spread: Spread,
}

/// The row of a group's members who belong to no other.
pub(super) fn own_row(group: usize) -> usize {
    2 * group - 1
}

/// The row of what members of several groups have in one (or, for everyone, in all).
pub(super) fn shared_row(group: usize) -> usize {
    2 * group
}

impl Row {
    pub(super) fn block(&mut self, part: usize) -> &mut Block {
        if self.parts.len() <= part {
            self.parts.resize_with(part + 1, || None);
        }
        self.parts[part].get_or_insert_default()
    }

    pub(super) fn merge(&mut self, plan: &Plan, other: &Self, place_of: impl Fn(usize) -> usize) {
        for (part, block) in other.parts.iter().enumerate() {
            if let Some(block) = block {
                self.block(place_of(part)).merge(block);
            }
        }
        self.spread.merge(plan, &other.spread);
    }
}

impl<'p> Board<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let mut reasons_from = Vec::new();
        let mut reasons = 0;
        for indicator in &plan.indicators {
            reasons_from.push(reasons);
            reasons += indicator.measure.exclusions.len();
        }
        Self {
            plan,
            group_of: Vec::new(),
            groups: vec![Group::All],
            parts: Parts::new(plan),
            joint: Joint::new(plan),
            teams: Teams::new(plan),
            volumes: VolumeSums::default(),
            rows: vec![Row::default()],
            reasons_from,
            profiles: Vec::new(),
            one_age: None,
            ages: Vec::new(),
            ends: vec![Vec::new(); plan.alike.belongings.len()],
            runs: Vec::new(),
            birth: None,
            providers: Vec::new(),
        }
    }

    /// Goes on to the next member.
    pub(super) fn begin(&mut self, timeline: &Timeline) {
        self.birth =
            timeline.birth.map(|birth| (birth.year(), (birth.month(), birth.day_of_month())));
        let (first, last) = self.plan.span;
        self.one_age = None;
        self.one_age = Some(self.age_on(first)).filter(|band| *band == self.age_on(last));
    }

    /// The place of an organisation.
    pub(super) fn group(&mut self, bho: u32, interner: &Interner) -> usize {
        let key = bho as usize;
        if self.group_of.len() <= key {
            self.group_of.resize(key + 1, None);
        }
        if let Some(group) = self.group_of[key] {
            return group;
        }
        let group = self.group_named(&Group::Bho(interner.text(bho).to_owned()));
        self.group_of[key] = Some(group);
        group
    }

    pub(super) fn group_named(&mut self, group: &Group) -> usize {
        let place = self.groups.iter().position(|known| known == group).unwrap_or_else(|| {
            self.groups.push(group.clone());
            self.groups.len() - 1
        });
        self.rows.resize_with(self.rows.len().max(shared_row(place) + 1), Row::default);
        place
    }

    /// The place of a measure's reason among all reasons.
    pub(super) fn reason(&self, measure: usize, reason: usize) -> usize {
        self.reasons_from[measure] + reason
    }

    /// True if anything is counted by age.
    fn knows_ages(&self) -> bool {
        self.parts.by_age || self.plan.joined.by_age()
    }

    /// True if the current member is in one age band throughout, as far as anyone asks.
    pub(super) fn has_one_age(&self) -> bool {
        !self.knows_ages() || self.one_age.is_some()
    }

    /// The current member's age band on a day of a period.
    pub(super) fn age_on(&self, day: Day) -> usize {
        if !self.knows_ages() {
            return 0;
        }
        self.one_age.unwrap_or_else(|| {
            let (year, date) = self.plan.calendar.date(day);
            age_band(self.birth, year, date)
        })
    }

    /// The current member's age band at an end of a window.
    pub(super) fn age_at(&self, end: usize) -> usize {
        self.ages.get(end).copied().unwrap_or(0)
    }

    /// Adds what the current member contributes.
    ///
    /// # Errors
    ///
    /// Nothing is added if the member belongs to several groups and nothing is entered for everyone.
    pub(super) fn post(
        &mut self,
        ledger: &mut Ledger,
        timeline: &Timeline,
        interner: &Interner,
    ) -> Result<(), SeveralGroups> {
        self.see_ends(ledger, timeline, interner);
        if !ledger.has_entries() {
            return Ok(());
        }
        let row_of = self.rows_of(ledger);
        if row_of.several && !ledger.for_everyone {
            return Err(SeveralGroups);
        }
        let plan = self.plan;
        let mut profiles = std::mem::take(&mut self.profiles);
        self.parts.profiles(timeline, interner, &mut profiles);
        self.profiles = profiles;
        self.ages.clear();
        if let Some(age) = self.one_age {
            self.ages.resize(plan.ends.len(), age);
        } else if self.knows_ages() {
            let birth = self.birth;
            self.ages
                .extend(plan.end_dates.iter().map(|(year, date)| age_band(birth, *year, *date)));
        }
        self.post_units(ledger, row_of);
        self.post_providers(ledger, row_of);
        self.post_rates(ledger, row_of);
        self.post_spread(ledger, row_of);
        self.post_outcomes(ledger, row_of);
        self.post_outcomes_by_agency(ledger, row_of, timeline, interner);
        self.joint.post((plan, ledger), (&self.ages, &self.ends), timeline, interner);
        Ok(())
    }

    fn post_units(&mut self, ledger: &Ledger, row_of: RowOf) {
        let (plan, by_age) = (self.plan, self.parts.by_age);
        for unit in &ledger.left_out {
            let Some(row) = row_of.row(unit.group) else { continue };
            let row = &mut self.rows[row];
            for part in self.profiles.iter().copied().chain(by_age.then_some(unit.age)) {
                row.block(part).leave_out(plan, unit);
            }
        }
        for units in ledger.units.chunk_by(|a, b| (a.group, a.cell) == (b.group, b.cell)) {
            let Some(row) = row_of.row(units[0].group) else { continue };
            let row = &mut self.rows[row];
            let whole = sum(units);
            for part in &self.profiles {
                row.block(*part).add(plan, &whole);
            }
            if by_age {
                for units in units.chunk_by(|a, b| a.age == b.age) {
                    row.block(units[0].age).add(plan, &sum(units));
                }
            }
        }
    }

    fn post_rates(&mut self, ledger: &Ledger, row_of: RowOf) {
        let (plan, by_age) = (self.plan, self.parts.by_age);
        let periods = plan.periods.len();
        let denominators = ledger.denominators();
        for (over, (group, days)) in
            denominators.flat_map(|(over, days)| days.groups().iter().map(move |own| (over, own)))
        {
            let Some(row) = row_of.row(*group) else { continue };
            let row = &mut self.rows[row];
            for part in &self.profiles {
                row.block(*part).add_days(over, days);
            }
            if by_age {
                for (period, own) in days.iter().enumerate().filter(|(_, own)| **own != 0) {
                    let part = self.ages[plan.end_of[period]];
                    row.block(part).add_days_of(over, (period, periods), *own);
                }
            }
        }
        for line in &ledger.rates {
            let Some(row) = row_of.row(line.group) else { continue };
            let row = &mut self.rows[row];
            for part in &self.profiles {
                row.block(*part).add(plan, line);
            }
            if by_age {
                let part = self.ages[plan.end_of[line.cell % periods]];
                row.block(part).add(plan, line);
            }
        }
    }

    fn post_spread(&mut self, ledger: &Ledger, row_of: RowOf) {
        for wait in &ledger.waits {
            if let Some(row) = row_of.row(wait.group) {
                self.rows[row].spread.wait(self.plan, wait);
            }
        }
        for own in &ledger.amounts {
            if let Some(row) = row_of.row(own.group) {
                self.rows[row].spread.amount(own);
            }
        }
        for days in &ledger.levels {
            if let Some(row) = row_of.row(days.group) {
                self.rows[row].spread.level_days(self.plan, days);
            }
        }
    }

    fn post_outcomes(&mut self, ledger: &Ledger, row_of: RowOf) {
        let mut runs = std::mem::take(&mut self.runs);
        for (measure, outcomes) in ledger.outcomes() {
            self.find_runs(measure, outcomes, &mut runs);
            self.post_values(measure, &runs, row_of);
            let of_values = self.sums_are_of_values(measure);
            let is_posted = of_values && runs.iter().all(Run::has_value);
            let profiles = if is_posted { 0 } else { self.profiles.len() };
            for at in 0..profiles {
                let part = self.profiles[at];
                let is_summed = |run: &Run| !(of_values && run.has_value());
                self.post_steps(measure, &runs, row_of, |run| is_summed(run).then_some(part));
            }
            if self.parts.by_age {
                self.post_steps(measure, &runs, row_of, |run| Some(run.age));
            }
        }
        self.runs = runs;
    }

    /// True if the sums of all members of a group are made in the end, of how often each value occurs;
    /// values are not counted by attribute.
    pub(super) fn sums_are_of_values(&self, measure: usize) -> bool {
        self.plan.keeps_values(measure) && self.parts.facets.iter().all(Vec::is_empty)
    }

    /// Adds a measure's outcomes to the blocks of the parts that they are counted in.
    fn post_steps(
        &mut self,
        measure: usize,
        runs: &[Run],
        row_of: RowOf,
        part_of: impl Fn(&Run) -> Option<usize>,
    ) {
        let plan = self.plan;
        let at = (plan.row_of[measure], self.reasons_from[measure]);
        let rows = if row_of.several { [true, false].as_slice() } else { &[false] };
        for everyone in rows {
            let mut before: Option<(usize, Place)> = None;
            for run in runs {
                let group = if *everyone { EVERYONE } else { run.group };
                let place = row_of.row(group).zip(part_of(run));
                let now = place.map(|(row, part)| (row, part, run.outcome));
                let left = before.filter(|(to, _)| *to < run.from);
                if let Some((to, place)) = left {
                    self.step(plan, at, to, Some(place), None);
                }
                let before_now = before.filter(|(to, _)| *to == run.from).map(|(_, place)| place);
                self.step(plan, at, run.from, before_now, now);
                before = now.map(|now| (run.to, now));
            }
            if let Some((to, place)) = before {
                self.step(plan, at, to, Some(place), None);
            }
        }
    }

    /// Counts a change from one row, part and outcome to another at an end of a window.
    fn step(
        &mut self,
        plan: &Plan,
        at: (usize, usize),
        end: usize,
        before: Option<Place>,
        now: Option<Place>,
    ) {
        match (before, now) {
            (before, now) if before == now => {}
            (Some((row, part, old)), Some((same_row, same_part, new)))
                if (row, part) == (same_row, same_part) =>
            {
                self.rows[row].block(part).change_outcome(plan, at, end, old, new);
            }
            _ => {
                if let Some((row, part, old)) = before {
                    self.rows[row].block(part).add_outcome(plan, at, end, old, -1);
                }
                if let Some((row, part, new)) = now {
                    self.rows[row].block(part).add_outcome(plan, at, end, new, 1);
                }
            }
        }
    }

    /// Counts how often values occur, for means over members.
    fn post_values(&mut self, measure: usize, runs: &[Run], row_of: RowOf) {
        let plan = self.plan;
        if !plan.keeps_values(measure) {
            return;
        }
        for run in runs {
            let MemberOutcome::Value(value) = run.outcome else { continue };
            for row in [EVERYONE, run.group].into_iter().filter_map(|group| row_of.row(group)) {
                self.rows[row].spread.value(plan, plan.row_of[measure], value, (run.from, run.to));
            }
        }
    }

    /// Counts everything that still waits.
    pub(super) fn settle(&mut self) {
        let plan = self.plan;
        for row in &mut self.rows {
            row.spread.settle(plan);
            row.parts.iter_mut().flatten().for_each(|block| block.settle(plan));
        }
    }
}

/// The age band on a date of someone born on another.
fn age_band(birth: Option<(i32, (u32, u32))>, year: i32, date: (u32, u32)) -> usize {
    band_of(birth.map(|(born, birthday)| year - born - i32::from(date < birthday)))
}

/// A row, a part of its members, and what one of them contributes.
type Place = (usize, usize, MemberOutcome);

/// The rows of one member.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowOf {
    pub(super) several: bool,
}

impl RowOf {
    pub(super) fn row(self, group: usize) -> Option<usize> {
        match (self.several, group) {
            (false, EVERYONE) => None,
            (false, group) => Some(own_row(group)),
            (true, group) => Some(shared_row(group)),
        }
    }
}

pub(super) fn sum(lines: &[Line]) -> Line {
    let mut whole = lines[0];
    for line in &lines[1..] {
        whole.n += line.n;
        whole.d += line.d;
    }
    whole
}
