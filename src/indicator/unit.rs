//! Judges units: which there are for one member, which are left out, which are met.

use super::care::{CareEpisode, Exit};
use super::rule::{Chain, Comparison, Criterion, ExclusionTest, Index, Share, Unit};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Day, Window};
use crate::timeline::{EdVisit, Spell, SpellSet, Timeline};

/// What became of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Left out, under the exclusion at this place of the definition.
    Excluded(usize),
    /// In the denominator only.
    NotMet,
    /// In the numerator, so many days after the index (0 where no single day decides).
    Met(i32),
}

/// A unit and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The index day.
    pub day: Day,
    /// What became of it.
    pub outcome: Outcome,
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
    /// The data-through date.
    pub data_through: Day,
    /// First and last index day that anyone asks for.
    pub asked: (Day, Day),
}

/// A unit before it is judged.
#[derive(Debug, Clone, Copy)]
struct Candidate<'a> {
    day: Day,
    of: Subject<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Subject<'a> {
    Spell(&'a Spell),
    Ed(EdVisit),
    Assessment { recommended: u8 },
    Lost { last_contact: Day },
}

/// Judges every unit of one member whose index day is asked for.
pub fn judge(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Judged)) {
    match rule.index.unit {
        Unit::Discharge(set) => discharges(rule, set, scene, each),
        Unit::EdVisit => ed_visits(rule, scene, each),
        Unit::Assessment => assessments(rule, scene, each),
        Unit::Disengagement { .. } | Unit::Reengagement { .. } => disengagements(rule, scene, each),
    }
}

fn conclude(rule: &Share, scene: Scene<'_>, unit: Candidate<'_>, each: &mut impl FnMut(Judged)) {
    let (first, last) = scene.asked;
    if unit.day < first || unit.day > last || !in_calendar(&rule.index, unit.day) {
        return;
    }
    let excluded =
        rule.exclusions.iter().position(|exclusion| applies(&exclusion.test, scene, unit));
    let outcome = match excluded {
        Some(place) => Outcome::Excluded(place),
        None => met(&rule.numerator, scene, unit).map_or(Outcome::NotMet, Outcome::Met),
    };
    each(Judged { day: unit.day, outcome });
}

fn in_calendar(index: &Index, day: Day) -> bool {
    index.until.is_none_or(|last| (day.month(), day.day_of_month()) <= last)
}

fn old_enough(index: &Index, timeline: &Timeline, day: Day) -> bool {
    index.age_min.is_none_or(|least| timeline.age_on(day).is_none_or(|age| age >= least))
}

/// True if the groups of a diagnosis meet the wanted ones, or none are wanted.
fn in_groups(wanted: &[DiagnosisGroup], groups: u32) -> bool {
    wanted.is_empty() || wanted.iter().any(|group| groups & (1 << (*group as u32)) != 0)
}

fn discharges(rule: &Share, set: SpellSet, scene: Scene<'_>, each: &mut impl FnMut(Judged)) {
    let timeline = scene.timeline;
    for spell in timeline.spells(set) {
        let Some(day) = spell.discharge else { continue };
        let last = &timeline.stays[spell.last];
        let facility = last.facility.map(usize::from);
        let right_place =
            rule.index.or_facility.iter().any(|class| Some(*class as usize) == facility);
        let wanted = in_groups(&rule.index.diagnosis, last.diagnosis) || right_place;
        if day > spell.admit
            && timeline.is_alive(day)
            && wanted
            && old_enough(&rule.index, timeline, day)
            && !rule.index.chain.as_ref().is_some_and(|chain| is_chained(chain, set, timeline, day))
        {
            conclude(rule, scene, Candidate { day, of: Subject::Spell(spell) }, each);
        }
    }
}

fn is_chained(chain: &Chain, set: SpellSet, timeline: &Timeline, discharge: Day) -> bool {
    admissions(timeline, set, chain.days.around(discharge)).any(|spell| {
        spell.discharge != Some(discharge)
            && in_groups(&chain.diagnosis, timeline.stays[spell.first].diagnosis)
    })
}

/// Spells of a set that begin from one day to another.
fn admissions(
    timeline: &Timeline,
    set: SpellSet,
    (from, to): (Day, Day),
) -> impl Iterator<Item = &Spell> {
    let spells = timeline.spells(set);
    let at = spells.partition_point(|spell| spell.admit < from);
    spells[at..].iter().take_while(move |spell| spell.admit <= to)
}

fn ed_visits(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Judged)) {
    let mut merged: Option<EdVisit> = None;
    let mut kept: Option<Day> = None;
    let mut keep = |visit: EdVisit| {
        let apart = rule.index.apart.unwrap_or(1);
        if kept.is_none_or(|last| visit.index - last >= apart) {
            kept = Some(visit.index);
            conclude(rule, scene, Candidate { day: visit.index, of: Subject::Ed(visit) }, each);
        }
    };
    let eligible = |visit: &&EdVisit| {
        in_groups(&rule.index.diagnosis, visit.diagnosis)
            && old_enough(&rule.index, scene.timeline, visit.index)
    };
    for visit in scene.timeline.ed_visits.iter().filter(eligible) {
        match &mut merged {
            Some(same) if same.index == visit.index => {
                same.start = same.start.min(visit.start);
                same.admitted |= visit.admitted;
                same.disposition = same.disposition.or(visit.disposition);
            }
            _ => {
                if let Some(done) = merged.replace(*visit) {
                    keep(done);
                }
            }
        }
    }
    if let Some(done) = merged {
        keep(done);
    }
}

fn assessments(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Judged)) {
    let mut kept: Option<Day> = None;
    for assessment in &scene.timeline.assessments {
        let apart = rule.index.apart.unwrap_or(1);
        if kept.is_none_or(|last| assessment.day - last >= apart) {
            kept = Some(assessment.day);
            let of = Subject::Assessment { recommended: assessment.recommended };
            conclude(rule, scene, Candidate { day: assessment.day, of }, each);
        }
    }
}

fn disengagements(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Judged)) {
    for episode in scene.care {
        let Exit::Disengaged { on, last_contact } = episode.exit else { continue };
        let returned = match rule.index.unit {
            Unit::Reengagement { days, .. } => return_in(scene, on, days).is_some(),
            _ => true,
        };
        if returned && old_enough(&rule.index, scene.timeline, on) {
            conclude(rule, scene, Candidate { day: on, of: Subject::Lost { last_contact } }, each);
        }
    }
}

/// The first treatment contact in a window after a disengagement.
fn return_in(scene: Scene<'_>, lost: Day, days: Window) -> Option<Day> {
    let (from, to) = days.around(lost);
    scene.timeline.contacts_within(scene.treatment, from, to).first().copied()
}

fn applies(test: &ExclusionTest, scene: Scene<'_>, unit: Candidate<'_>) -> bool {
    let timeline = scene.timeline;
    match test {
        ExclusionTest::NotEnrolled { days, until_death } => {
            let (from, to) = days.around(unit.day);
            let to = if *until_death {
                timeline.death.map_or(to, |death| to.min(death - 1))
            } else {
                to
            };
            !timeline.enrolled.days.covers(from, to)
        }
        ExclusionTest::NotObservable(days) => unit.day + *days > scene.data_through,
        ExclusionTest::Died(days) => {
            let (from, to) = days.around(unit.day);
            timeline.death.is_some_and(|death| from <= death && death <= to)
        }
        ExclusionTest::Hospice(days) => {
            let (from, to) = days.around(unit.day);
            timeline.enrolled.hospice.meets(from, to)
        }
        ExclusionTest::Disposition(wanted) => {
            disposition(timeline, unit).is_some_and(|found| wanted.contains(&found))
        }
        ExclusionTest::Admission { set, not_in, days } => {
            let (from, to) = days.around(unit.day);
            let from = if let Subject::Ed(visit) = unit.of { from.min(visit.start) } else { from };
            admissions(timeline, *set, (from, to)).filter(|spell| !is_own(unit, spell)).any(
                |spell| {
                    not_in.is_empty() || !in_groups(not_in, timeline.stays[spell.first].diagnosis)
                },
            )
        }
        ExclusionTest::EdAdmitted => matches!(unit.of, Subject::Ed(visit) if visit.admitted),
        ExclusionTest::NoService(days) => {
            delivered_level(timeline, days.around(unit.day)).is_none()
        }
        // Tests of members do not apply to units; the reader of definitions refuses them there.
        ExclusionTest::NotEnrolledYear { .. }
        | ExclusionTest::DiedInYear
        | ExclusionTest::HospiceInYear
        | ExclusionTest::NoEligibleMonth
        | ExclusionTest::NoEligibleDay => false,
    }
}

fn is_own(unit: Candidate<'_>, spell: &Spell) -> bool {
    matches!(unit.of, Subject::Spell(own) if std::ptr::eq(own, spell))
}

fn disposition(
    timeline: &Timeline,
    unit: Candidate<'_>,
) -> Option<crate::terms::codes::Disposition> {
    match unit.of {
        Subject::Spell(spell) => timeline.stays[spell.last].disposition,
        Subject::Ed(visit) => visit.disposition,
        _ => None,
    }
}

/// Days from the index to the event that decides, if the unit is met.
fn met(criterion: &Criterion, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    let timeline = scene.timeline;
    match criterion {
        Criterion::Contact { filter, days, at_least } => {
            let (from, to) = days.around(unit.day);
            let found = timeline.contacts_within(scene.filters[*filter], from, to);
            found.get(at_least.saturating_sub(1)).map(|day| *day - unit.day)
        }
        Criterion::Admission { set, diagnosis, days } => {
            admissions(timeline, *set, days.around(unit.day))
                .find(|spell| {
                    let first = &timeline.stays[spell.first];
                    !is_own(unit, spell) && !first.planned && in_groups(diagnosis, first.diagnosis)
                })
                .map(|spell| spell.admit - unit.day)
        }
        Criterion::DeliveredLevel { compares, days } => {
            let Subject::Assessment { recommended } = unit.of else { return None };
            let delivered = delivered_level(timeline, days.around(unit.day))?;
            let holds = match compares {
                Comparison::Equal => delivered == recommended,
                Comparison::Under => delivered < recommended,
                Comparison::Over => delivered > recommended,
            };
            holds.then_some(0)
        }
        Criterion::ContactBeforeReturn { filter } => {
            let Subject::Lost { last_contact } = unit.of else { return None };
            let back = return_in(scene, unit.day, Window { from: 1, to: i32::MAX / 4 })?;
            let tries =
                timeline.contacts_within(scene.filters[*filter], last_contact + 1, back - 1);
            tries.first().map(|_| 0)
        }
    }
}

/// The level with most days of care; the lower on a tie; nothing without any day of care.
fn delivered_level(timeline: &Timeline, (from, to): (Day, Day)) -> Option<u8> {
    let mut days = [0_i32; 7];
    for_each_level_day(timeline, from, to, &mut |_, level| days[usize::from(level.min(6))] += 1);
    let most = *days.iter().max().filter(|most| **most > 0)?;
    days.iter().position(|count| *count == most).and_then(|level| u8::try_from(level).ok())
}

/// Every day with a qualifying contact or in an institution, at its highest level.
pub fn for_each_level_day(timeline: &Timeline, from: Day, to: Day, each: &mut impl FnMut(Day, u8)) {
    let institution = timeline.institution(SpellSet::Any24Hour);
    let inpatient = timeline.institution(SpellSet::Inpatient);
    let start = timeline.level_days.partition_point(|day| day.day < from);
    for day in timeline.level_days[start..].iter().take_while(|day| day.day <= to) {
        if !institution.has(day.day) {
            each(day.day, day.level);
        }
    }
    for (first, last) in institution.iter() {
        for number in first.0.max(from.0)..=last.0.min(to.0) {
            each(Day(number), if inpatient.has(Day(number)) { 6 } else { 5 });
        }
    }
}
