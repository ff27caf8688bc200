//! When a unit is left out, and when it is met.

use super::amount::{how_much_holds, how_much_met};
use super::assessed::{assessed_level_met, delivered_level};
use super::course::{comes_first, course_met, followed_met, happens_met, joined_met};
use super::own::own_met;
use super::rule::{Criterion, ExclusionTest, PlanTest, ReferralTest, Share};
use super::score::pairs_met;
use super::unit::{Candidate, Scene, Subject};
use crate::terms::codes::{Disposition, ReferralStatus};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Day, Window};
use crate::timeline::{CarePlan, Spell, SpellSet, Timeline};

/// True if the groups of a diagnosis meet the wanted ones, or none are wanted.
pub(super) fn in_groups(wanted: &[DiagnosisGroup], groups: u32) -> bool {
    wanted.is_empty() || groups & DiagnosisGroup::bits(wanted) != 0
}

/// Spells of a set that begin from one day to another.
pub(super) fn admissions(
    timeline: &Timeline,
    set: SpellSet,
    (from, to): (Day, Day),
) -> impl Iterator<Item = &Spell> {
    let spells = timeline.spells(set);
    let at = spells.partition_point(|spell| spell.admit < from);
    spells[at..].iter().take_while(move |spell| spell.admit <= to)
}

/// The first treatment contact in a window after a disengagement.
pub(super) fn return_in(scene: Scene<'_>, lost: Day, days: Window) -> Option<Day> {
    scene.timeline.nth_contact_within(scene.treatment, days.around(lost), 0)
}

pub(super) fn applies(
    test: &ExclusionTest,
    rule: &Share,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> bool {
    let timeline = scene.timeline;
    match test {
        ExclusionTest::NotEnrolled { days, known_until, until_death, one_span } => {
            let (from, to) = days.around(unit.day);
            let to = known_until.map_or(to, |last| to.min(last));
            !is_enrolled(timeline, (from, to), *until_death, *one_span)
        }
        ExclusionTest::NotObservable(days) => unit.day + *days > scene.data_through,
        ExclusionTest::Died(days) => {
            // A row dated after the death of its member is no unit that could have been met.
            let (_, to) = days.around(unit.day);
            timeline.death.is_some_and(|death| death <= to)
        }
        ExclusionTest::Hospice(days) => {
            let (from, to) = days.around(unit.day);
            timeline.enrolled.hospice.meets(from, to)
        }
        ExclusionTest::Disposition(wanted) => {
            let found = dispositions(timeline, unit);
            wanted.iter().any(|to| found & to.bit() != 0)
        }
        ExclusionTest::Admission { set, not_in, days } => {
            let (from, to) = days.around(unit.day);
            let from =
                if let Subject::Ed(visit, _) = unit.of { from.min(visit.start) } else { from };
            admissions(timeline, *set, (from, to)).any(|spell| {
                let diagnosis = timeline.stays[spell.first].diagnosis;
                !is_own(unit, *set, spell) && (not_in.is_empty() || !in_groups(not_in, diagnosis))
            })
        }
        ExclusionTest::EdAdmitted => matches!(unit.of, Subject::Ed(visit, _) if visit.admitted),
        ExclusionTest::NoService(days) => {
            delivered_level(timeline, days.around(unit.day)).is_none()
        }
        ExclusionTest::When(criterion) => is_met(criterion, scene, unit),
        ExclusionTest::ComesFirst { any, days } => comes_first(any, *days, rule, scene, unit),
        // Tests of members do not apply to units; the reader of definitions refuses them there.
        ExclusionTest::NotEnrolledYear { .. }
        | ExclusionTest::NotEnrolledThroughout { .. }
        | ExclusionTest::DiedInYear
        | ExclusionTest::HospiceInYear
        | ExclusionTest::NoEligibleMonth
        | ExclusionTest::NoEligibleDay => false,
    }
}

/// True if a member is enrolled on every day (before death), and in one span where that is asked.
pub(super) fn is_enrolled(
    timeline: &Timeline,
    (from, to): (Day, Day),
    until_death: bool,
    one_span: bool,
) -> bool {
    let alive = timeline.death.filter(|_| until_death).map_or(to, |death| to.min(death - 1));
    if one_span {
        timeline.enrolled.is_one_span(from, alive)
    } else {
        timeline.enrolled.days.covers(from, alive)
    }
}

/// True if a spell of a set is the unit itself; of single stays, the one with which the unit began.
fn is_own(unit: Candidate<'_>, set: SpellSet, spell: &Spell) -> bool {
    let Subject::Spell(own) = unit.of else { return false };
    std::ptr::eq(own, spell) || (set.is_single() && own.first == spell.first)
}

/// Where a unit's member went, as bits in the order of the code list.
fn dispositions(timeline: &Timeline, unit: Candidate<'_>) -> u32 {
    match unit.of {
        Subject::Spell(spell) => timeline.stays[spell.last].disposition.map_or(0, Disposition::bit),
        Subject::Ed(visit, _) => visit.dispositions,
        _ => 0,
    }
}

/// True if a criterion is met, whatever the day; of several, no more are asked than needed.
pub(super) fn is_met(criterion: &Criterion, scene: Scene<'_>, unit: Candidate<'_>) -> bool {
    match criterion {
        Criterion::Joined { at_least, at_most, of } if *at_most == of.len() => {
            let mut met = of.iter().filter(|one| is_met(one, scene, unit));
            at_least.checked_sub(1).is_none_or(|others| met.nth(others).is_some())
        }
        Criterion::Joined { at_most: 0, of, .. } => !of.iter().any(|one| is_met(one, scene, unit)),
        Criterion::HowMuch(wanted) => how_much_holds(wanted, scene, unit),
        _ => met(criterion, scene, unit).is_some(),
    }
}

/// Days from the index to the event that decides, if the unit is met.
pub(super) fn met(criterion: &Criterion, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    let timeline = scene.timeline;
    match criterion {
        Criterion::Contact { .. }
        | Criterion::ContactOrPlan { .. }
        | Criterion::NoContact { .. }
        | Criterion::ContactDuringStay { .. }
        | Criterion::ContactBeforeReturn { .. } => contact_met(criterion, scene, unit),
        Criterion::NightsOver(nights) => {
            let Subject::Spell(spell) = unit.of else { return None };
            spell.nights().filter(|found| found - spell.leave > *nights).map(|_| 0)
        }
        Criterion::NoService(days) => {
            delivered_level(timeline, days.around(unit.day)).is_none().then_some(0)
        }
        Criterion::EdVisit { diagnosis, days } => {
            let next = ed_visit_in(timeline, diagnosis, days.around(unit.day));
            next.map(|start| start - unit.day)
        }
        Criterion::NoAcuteCare(days) => {
            let days = days.around(unit.day);
            let acute = ed_visit_in(timeline, &[], days).is_some()
                || admissions(timeline, SpellSet::Inpatient, days).next().is_some();
            (!acute).then_some(0)
        }
        Criterion::Event { types, days } => {
            let (from, to) = days.around(unit.day);
            let mut events = timeline.events.iter();
            let next = events
                .find(|event| types.has(event.what) && from <= event.start && event.start <= to);
            next.map(|event| event.start - unit.day)
        }
        Criterion::Referral(_) | Criterion::Plan(_) => record_met(criterion, unit),
        Criterion::Admission { set, diagnosis, days } => {
            admissions(timeline, *set, days.around(unit.day))
                .find(|spell| {
                    let first = &timeline.stays[spell.first];
                    !is_own(unit, *set, spell)
                        && !first.planned
                        && in_groups(diagnosis, first.diagnosis)
                })
                .map(|spell| spell.admit - unit.day)
        }
        Criterion::DeliveredLevel { compares, of, days } => {
            let (delivered, recommended) = of.beside_recommended(*days, scene, unit)?;
            compares.holds(delivered, recommended).then_some(0)
        }
        Criterion::AssessedLevel { compares, days } => {
            assessed_level_met(*compares, *days, scene, unit)
        }
        Criterion::HowMuch(wanted) => how_much_met(wanted, scene, unit),
        Criterion::Happens(happens) => happens_met(happens, scene, unit),
        Criterion::Joined { at_least, at_most, of } => {
            joined_met((*at_least, *at_most), of, scene, unit)
        }
        Criterion::Followed { first, then } => followed_met(first, then, scene, unit),
        Criterion::Own(test) => own_met(*test, scene, unit),
        Criterion::Course(course) => course_met(course, scene, unit),
        Criterion::Scores(test) => pairs_met(*test, scene, unit),
        Criterion::Always => Some(0),
    }
}

/// As [`met`], for criteria about contacts.
fn contact_met(criterion: &Criterion, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    let timeline = scene.timeline;
    match criterion {
        Criterion::Contact { filter, days, at_least, then } => {
            let days = days.around(unit.day);
            let nth = |place| timeline.nth_contact_within(scene.filters[*filter], days, place);
            let decides = nth(at_least.saturating_sub(1))?;
            let goes_on = then.is_empty() || {
                let first = nth(0)?;
                then.iter().all(|next| {
                    let filter = scene.filters[next.filter];
                    timeline.has_contact_within(filter, next.days.around(first))
                })
            };
            goes_on.then(|| decides - unit.day)
        }
        Criterion::ContactOrPlan { filter, days } => {
            let (from, to) = days.around(unit.day);
            let contact = timeline.nth_contact_within(scene.filters[*filter], (from, to), 0);
            let plans = timeline.plans.iter().map(|plan| plan.day);
            let plan = plans.filter(|day| from <= *day && *day <= to).min();
            contact.into_iter().chain(plan).min().map(|day| day - unit.day)
        }
        Criterion::NoContact { filter, days } => {
            let days = days.around(unit.day);
            let found = timeline.has_contact_within(scene.filters[*filter], days);
            (!found).then_some(0)
        }
        Criterion::ContactDuringStay { filter } => {
            let Subject::Spell(spell) = unit.of else { return None };
            let last = spell.discharge.unwrap_or(unit.day);
            let days = (spell.admit, last);
            timeline.has_contact_within(scene.filters[*filter], days).then_some(0)
        }
        Criterion::ContactBeforeReturn { filter } => {
            let Subject::Lost { last_contact } = unit.of else { return None };
            let back = return_in(scene, unit.day, Window { from: 1, to: i32::MAX / 4 })?;
            let days = (last_contact + 1, back - 1);
            timeline.has_contact_within(scene.filters[*filter], days).then_some(0)
        }
        _ => None,
    }
}

/// As [`met`], for what a referral or a care plan says.
fn record_met(criterion: &Criterion, unit: Candidate<'_>) -> Option<i32> {
    match criterion {
        Criterion::Referral(test) => {
            let Subject::Referral(referral) = unit.of else { return None };
            let within = |day: Option<Day>, days: &Window| {
                let (from, to) = days.around(unit.day);
                day.filter(|day| from <= *day && *day <= to).map(|day| day - unit.day)
            };
            match test {
                ReferralTest::Warm => (referral.warm == Some(true)).then_some(0),
                ReferralTest::Declined => {
                    (referral.status == Some(ReferralStatus::Declined)).then_some(0)
                }
                ReferralTest::Attended(days) => within(referral.attended, days),
                ReferralTest::Reported(days) => within(referral.reported, days),
                ReferralTest::Offered(days) => within(referral.offered, days),
            }
        }
        Criterion::Plan(_) => {
            let Subject::Plan(plan) = unit.of else { return None };
            plan_says(criterion, &plan)?.then_some(0)
        }
        _ => None,
    }
}

/// Every day with a qualifying contact or in an institution, at its highest level, as runs of days
/// at one level: `each(first, last, level)`.
pub fn for_each_level_run(
    timeline: &Timeline,
    from: Day,
    to: Day,
    each: &mut impl FnMut(Day, Day, u8),
) {
    let institution = timeline.institution(SpellSet::Any24Hour);
    let inpatient = timeline.institution(SpellSet::Inpatient);
    let start = timeline.level_days.partition_point(|day| day.day < from);
    for day in timeline.level_days[start..].iter().take_while(|day| day.day <= to) {
        if !institution.has(day.day) {
            each(day.day, day.day, day.level);
        }
    }
    for (first, last) in institution.within(from, to) {
        let mut next = first;
        for (admitted, left) in inpatient.within(first, last) {
            if next < admitted {
                each(next, admitted - 1, 5);
            }
            each(admitted, left, 6);
            next = left + 1;
        }
        if next <= last {
            each(next, last, 5);
        }
    }
}

/// The first day of the first visit to an emergency department that begins in a window.
fn ed_visit_in(
    timeline: &Timeline,
    diagnosis: &[DiagnosisGroup],
    (from, to): (Day, Day),
) -> Option<Day> {
    let mut visits = timeline.ed_visits.iter();
    let next = visits.find(|visit| {
        from <= visit.start && visit.start <= to && in_groups(diagnosis, visit.diagnosis)
    });
    next.map(|visit| visit.start)
}

/// What a care plan says, if it says anything.
pub(super) fn plan_says(criterion: &Criterion, plan: &CarePlan) -> Option<bool> {
    match criterion {
        Criterion::Plan(PlanTest::Signed) => plan.signed,
        Criterion::Plan(PlanTest::Family) => plan.family,
        _ => Some(true),
    }
}
