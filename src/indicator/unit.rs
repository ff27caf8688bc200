//! Judges units: which there are for one member, which are left out, which are met.

use std::cell::OnceCell;

use super::care::{CareEpisode, Exit};
use super::criterion::{applies, is_met, met, plan_says, return_in};
use super::rule::{Around, Criterion, Exclusion, Index, ReferralTest, Share, Unit};
use super::unit_value::unit_value;
use super::{record_unit, signal, stay_unit};
use crate::terms::Day;
use crate::timeline::{CarePlan, EdVisit, Referral, Spell, Timeline};

/// What became of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Left out, under the exclusion at this place of the definition.
    Excluded(usize),
    /// In the denominator only.
    NotMet,
    /// In the numerator, so many days after the index (0 where no single day decides).
    Met(i32),
    /// Of this value, where units have one.
    Value(i64),
}

/// A unit and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The index day.
    pub day: Day,
    /// What became of it.
    pub outcome: Outcome,
    /// Of a discharge or an admission, the place of the first stay of its spell.
    pub stay: Option<usize>,
}

/// What a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The member.
    pub timeline: &'a Timeline,
    /// For each filter of the definition, its place among the filters of the timeline.
    pub filters: &'a [usize],
    /// Episodes of care for the gap of the rule, if it has one.
    pub care: &'a [CareEpisode],
    /// Place of the treatment filter among the filters of the timeline.
    pub treatment: usize,
    /// Place of the filter of all qualifying contacts.
    pub qualifying: usize,
    /// The data-through date.
    pub data_through: Day,
    /// First and last index day that anyone asks for.
    pub asked: (Day, Day),
    /// Whether anyone asks for the day that decides; without it, units are met 0 days after the index.
    pub decides: bool,
}

/// A unit before it is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) day: Day,
    pub(super) of: Subject<'a>,
}

impl Candidate<'_> {
    fn first_stay(self) -> Option<usize> {
        match self.of {
            Subject::Spell(spell) => Some(spell.first),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    Spell(&'a Spell),
    /// With how many seconds it took, by the first row of the index's diagnoses that says it.
    Ed(EdVisit, Option<i64>),
    Assessment {
        recommended: u8,
    },
    Lost {
        last_contact: Day,
    },
    /// An episode of care, on the day it ended.
    Episode {
        start: Day,
    },
    /// An agency with a contact that passes the filter of the timeline.
    Agency {
        key: u32,
        filter: usize,
    },
    Referral(Referral),
    Plan(CarePlan),
    /// A thing of the index's list, of the kind at this place.
    Signal {
        kind: usize,
    },
    /// A planned service class, as a bit.
    Service {
        classes: u32,
    },
    /// A sector, as a bit.
    Sector {
        bit: u32,
    },
    /// Two quarters.
    Pair {
        changed: bool,
    },
    Day,
}

/// A unit that is met and not left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The index day.
    pub day: Day,
    /// Its first day: of a stay the admission, of a visit the arrival, of an episode its beginning, else
    /// the index day.
    pub first: Day,
    /// Its last day: of a stay the discharge (or the end of all days while it is open), else the index
    /// day.
    pub last: Day,
}

/// Every unit of one member that is met and not left out.
pub fn met_units(rule: &Share, scene: Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for_each_unit(rule, scene, &mut |unit| {
        let left_out = || rule.exclusions.iter().any(|one| applies(&one.test, rule, scene, unit));
        if !left_out() && is_decided(rule, scene, unit) {
            found.push(span_of(rule.index.unit, unit));
        }
    });
    found
}

/// First and last day of a unit.
fn span_of(kind: Unit, unit: Candidate<'_>) -> Found {
    let day = unit.day;
    let (first, last) = match (unit.of, kind) {
        (Subject::Spell(spell), Unit::Admission(_)) => {
            (day, spell.discharge.unwrap_or(Day(i32::MAX / 4)))
        }
        (Subject::Spell(spell), _) => (spell.admit, day),
        (Subject::Episode { start }, _) => (start, day),
        (Subject::Ed(visit, _), _) => (visit.start, day),
        _ => (day, day),
    };
    Found { day, first, last }
}

/// Judges every unit of one member whose index day is asked for.
pub fn judge(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Judged)) {
    let judge = || Judge { rule, scene, tests: &[] };
    judge_together(1, |_| judge(), &mut |_, _, judged| each(judged));
}

/// A rule that judges units, among others that look at the same.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// The rule.
    pub rule: &'a Share,
    /// What it may look at.
    pub scene: Scene<'a>,
    /// For each of its exclusions, the place of its test among those of all these rules, where equal
    /// tests have the same; nothing if there is no other rule.
    pub tests: &'a [usize],
}

/// The same by several rules that look at the same units: each unit by one rule after the other, told with
/// the rule and its place. `of` gives the rules.
pub fn judge_together<'a>(
    count: usize,
    of: impl Fn(usize) -> Judge<'a>,
    each: &mut impl FnMut(usize, &'a Share, Judged),
) {
    let judges: OnceCell<Vec<Judge<'a>>> = OnceCell::new();
    let first = of(0);
    for_each_unit(first.rule, first.scene, &mut |unit| {
        let judges = judges.get_or_init(|| (0..count).map(&of).collect());
        let mut asked = Asked::default();
        for (place, judge) in judges.iter().enumerate() {
            let outcome = judge
                .left_out(unit, &mut asked)
                .map_or_else(|| outcome(judge.rule, judge.scene, unit), Outcome::Excluded);
            let judged = Judged { day: unit.day, outcome, stay: unit.first_stay() };
            each(place, judge.rule, judged);
        }
    });
}

/// What was asked of a unit: which tests, and which of them apply, as bits by place.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    known: u64,
    applies: u64,
}

impl Judge<'_> {
    /// The exclusion, by its place in the definition, under which a unit is left out, if it is.
    fn left_out(&self, unit: Candidate<'_>, asked: &mut Asked) -> Option<usize> {
        let mut applies = |place: usize, exclusion: &Exclusion| {
            let ask = || applies(&exclusion.test, self.rule, self.scene, unit);
            let place = self.tests.get(place).and_then(|test| u32::try_from(*test).ok());
            let Some(bit) = place.and_then(|place| 1_u64.checked_shl(place)) else {
                return ask();
            };
            if asked.known & bit == 0 {
                asked.known |= bit;
                asked.applies |= if ask() { bit } else { 0 };
            }
            asked.applies & bit != 0
        };
        let mut exclusions = self.rule.exclusions.iter().enumerate();
        exclusions.position(|(place, exclusion)| applies(place, exclusion))
    }
}

/// What becomes of a unit that is not left out.
fn outcome(rule: &Share, scene: Scene<'_>, unit: Candidate<'_>) -> Outcome {
    match rule.value {
        Some(value) => Outcome::Value(unit_value(value, rule, scene, unit)),
        None if scene.decides => decided(rule, scene, unit).map_or(Outcome::NotMet, Outcome::Met),
        None if is_decided(rule, scene, unit) => Outcome::Met(0),
        None => Outcome::NotMet,
    }
}

/// Days from the index to the event that decides the numerator. Where members are followed until they die,
/// death comes before any row that is dated after it.
pub(super) fn decided(rule: &Share, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    let decided = met(&rule.numerator, scene, unit)?;
    let is_late = |death: Day| unit.day + decided > death && rule.follows_until_death();
    (!scene.timeline.death.is_some_and(is_late)).then_some(decided)
}

fn is_decided(rule: &Share, scene: Scene<'_>, unit: Candidate<'_>) -> bool {
    match scene.timeline.death {
        None => is_met(&rule.numerator, scene, unit),
        Some(_) => decided(rule, scene, unit).is_some(),
    }
}

/// Every unit of one member whose index day is asked for.
fn for_each_unit(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Candidate<'_>)) {
    match rule.index.unit {
        Unit::Discharge(set) => stay_unit::discharges(rule, set, scene, each),
        Unit::EdVisit => stay_unit::ed_visits(rule, scene, each),
        Unit::Assessment => assessments(rule, scene, each),
        Unit::Disengagement { .. } | Unit::Reengagement { .. } => disengagements(rule, scene, each),
        Unit::EpisodeEnd { .. } => episode_ends(rule, scene, each),
        Unit::Admission(set) => stay_unit::admissions_of(rule, set, scene, each),
        Unit::Contact { filter } => {
            let days = &scene.timeline.contact_days[scene.filters[filter]];
            on_days(rule, days.iter().copied(), scene, each);
        }
        Unit::AgencyDay { filter } => record_unit::agency_days(rule, filter, scene, each),
        Unit::Event(types) => {
            let events = scene.timeline.events.iter().filter(|event| types.has(event.what));
            on_days(rule, events.map(|event| event.start), scene, each);
        }
        Unit::PlannedEnd => {
            on_days(rule, scene.timeline.planned_ends.iter().copied(), scene, each);
        }
        Unit::PositiveScreen => {
            let positive = scene.timeline.outcomes.iter().filter(|one| one.screen == Some(true));
            on_days(rule, positive.map(|record| record.day), scene, each);
        }
        Unit::NeedFound => {
            let found = scene.timeline.outcomes.iter().filter(|one| one.need == Some(true));
            on_days(rule, found.map(|record| record.day), scene, each);
        }
        Unit::Referral | Unit::Request => {
            let is_request = rule.index.unit == Unit::Request;
            for referral in &scene.timeline.referrals {
                let day = if is_request { referral.requested } else { Some(referral.day) };
                let Some(day) = day else { continue };
                let unit = Candidate { day, of: Subject::Referral(*referral) };
                if is_known(&rule.numerator, referral) && !is_ruled_out(&rule.index, scene, unit) {
                    conclude(rule, scene, unit, each);
                }
            }
        }
        Unit::Signal => signal::signals(rule, scene, each),
        Unit::Month => signal::months(rule, scene, each),
        Unit::PlannedService => record_unit::planned_services(rule, scene, each),
        Unit::SectorNeed(wanted) => record_unit::sector_needs(rule, wanted, scene, each),
        Unit::QuarterPair(kind) => record_unit::quarter_pairs(rule, kind, scene, each),
        Unit::Birthday(age) => {
            let day = scene.timeline.birth.map(|birth| birth.months_later(12 * age));
            on_days(rule, day.into_iter(), scene, each);
        }
        Unit::Plan => {
            for plan in &scene.timeline.plans {
                let unit = Candidate { day: plan.day, of: Subject::Plan(*plan) };
                if plan_says(&rule.numerator, plan).is_some()
                    && !is_ruled_out(&rule.index, scene, unit)
                {
                    conclude(rule, scene, unit, each);
                }
            }
        }
    }
}

/// Units that are nothing but a day; of those too close to one another, the first.
fn on_days(
    rule: &Share,
    days: impl Iterator<Item = Day>,
    scene: Scene<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    let mut kept: Option<Day> = None;
    for day in days.take(if rule.index.first { 1 } else { usize::MAX }) {
        let apart = rule.index.apart.unwrap_or(0);
        if !is_ruled_out(&rule.index, scene, Candidate { day, of: Subject::Day })
            && kept.is_none_or(|last| day - last >= apart)
        {
            kept = Some(day);
            conclude(rule, scene, Candidate { day, of: Subject::Day }, each);
        }
    }
}

/// True if a member is too young, a contact lies where a unit must not have one, or none where it must,
/// or the unit does not meet what all units have to.
pub(super) fn is_ruled_out(index: &Index, scene: Scene<'_>, unit: Candidate<'_>) -> bool {
    let has = |around: &Around| {
        let days = around.days.around(unit.day);
        scene.timeline.has_contact_within(scene.filters[around.filter], days)
    };
    !old_enough(index, scene.timeline, unit.day)
        || index.without.iter().any(has)
        || !index.with.iter().all(has)
        || !index.when.iter().all(|criterion| is_met(criterion, scene, unit))
}

/// True if a referral says whether it is met.
fn is_known(criterion: &Criterion, referral: &Referral) -> bool {
    match criterion {
        Criterion::Referral(ReferralTest::Warm) => referral.warm.is_some(),
        Criterion::Referral(ReferralTest::Declined) => referral.status.is_some(),
        _ => true,
    }
}

pub(super) fn conclude(
    rule: &Share,
    scene: Scene<'_>,
    unit: Candidate<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    let (first, last) = scene.asked;
    let last = if rule.leaves_out_later() { last } else { last.min(scene.data_through) };
    if unit.day < first || unit.day > last || !in_calendar(&rule.index, unit.day) {
        return;
    }
    each(unit);
}

fn in_calendar(index: &Index, day: Day) -> bool {
    index.until.is_none_or(|last| (day.month(), day.day_of_month()) <= last)
}

fn old_enough(index: &Index, timeline: &Timeline, day: Day) -> bool {
    index.age_min.is_none_or(|least| timeline.age_on(day).is_none_or(|age| age >= least))
}

fn assessments(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Candidate<'_>)) {
    let mut kept: Option<Day> = None;
    for assessment in &scene.timeline.assessments {
        let apart = rule.index.apart.unwrap_or(1);
        let of = Subject::Assessment { recommended: assessment.recommended };
        let unit = Candidate { day: assessment.day, of };
        if kept.is_none_or(|last| assessment.day - last >= apart)
            && !is_ruled_out(&rule.index, scene, unit)
        {
            kept = Some(assessment.day);
            conclude(rule, scene, unit, each);
        }
    }
}

/// Episodes of care that have ended, on the day of their end.
fn episode_ends(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Candidate<'_>)) {
    for episode in scene.care {
        let (Exit::Planned(day) | Exit::Disengaged { on: day, .. }) = episode.exit else {
            continue;
        };
        let unit = Candidate { day, of: Subject::Episode { start: episode.entry } };
        if !is_ruled_out(&rule.index, scene, unit) {
            conclude(rule, scene, unit, each);
        }
    }
}

fn disengagements(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Candidate<'_>)) {
    for episode in scene.care {
        let Exit::Disengaged { on, last_contact } = episode.exit else { continue };
        let returned = match rule.index.unit {
            Unit::Reengagement { days, .. } => return_in(scene, on, days).is_some(),
            _ => true,
        };
        let unit = Candidate { day: on, of: Subject::Lost { last_contact } };
        if returned && !is_ruled_out(&rule.index, scene, unit) {
            conclude(rule, scene, unit, each);
        }
    }
}
