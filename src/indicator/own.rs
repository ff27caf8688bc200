//! Criteria about a unit itself and the member it is of.

use super::member_course::lead;
use super::member_value::has_smi;
use super::score::is_favourable;
use super::unit::{Candidate, Scene, Subject};
use super::year::two_years_to;
use crate::terms::instrument::Domains;
use crate::terms::{Day, Window};
use crate::timeline::{Spell, Stay, Timeline};

/// What a unit itself is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnTest {
    /// A principal diagnosis in one of these groups, as bits: of the last stay for discharges, of
    /// the first for admissions, of the visit for emergency departments.
    Diagnosis(u32),
    /// A facility of one of these classes, as bits in the order of the code list: the last stay's
    /// for discharges, the first's for admissions.
    Facility(u32),
    /// The kind of thing at this place of the index's list; where several fall on one day, the
    /// unit is of the first in the list.
    Kind(usize),
    /// Of a member with a serious mental illness so many days after the index: recorded, or by
    /// diagnosis in the 24 months before.
    Smi {
        /// The filter of contacts for severe mental illness.
        severe: usize,
        /// Days after the index.
        on: i32,
    },
    /// Of a member whose register records a serious emotional disturbance.
    Sed,
    /// Of a member with a lead on the index day: in the register, or in a plan that runs.
    Led,
    /// Of a member of this age (least and greatest) on the index day; an unknown age passes.
    Age(i32, i32),
    /// Of a member whose row in the register passes a filter.
    Member(usize),
    /// An admission that was planned.
    Planned,
    /// A stay with a further diagnosis in one of these groups, as bits.
    FurtherDiagnosis(u32),
    /// A spell whose first stay is recorded as involuntary or, where that is not recorded, that has
    /// an involuntary event on the day of admission or the day after.
    Involuntary,
    /// A visit to an emergency department of more than so many hours.
    HoursOver(i64),
    /// A visit to an emergency department of which both instants are known.
    TimesKnown,
    /// A stay of which the agency is known.
    AgencyKnown,
    /// A pair of quarters with different providers.
    Changed,
    /// A day on which the last score of these domains with a known cut-off is no case.
    Favourable(Domains),
}

/// As [`super::criterion::met`], for what a unit itself is.
pub(super) fn own_met(test: OwnTest, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    let timeline = scene.timeline;
    let holds = match test {
        OwnTest::Diagnosis(groups) => match unit.of {
            Subject::Spell(spell) => own_stay(timeline, spell, unit.day).diagnosis & groups != 0,
            Subject::Ed(visit, _) => visit.diagnosis & groups != 0,
            _ => false,
        },
        OwnTest::Facility(classes) => match unit.of {
            Subject::Spell(spell) => own_stay(timeline, spell, unit.day)
                .facility
                .is_some_and(|class| classes & (1 << u32::from(class)) != 0),
            _ => false,
        },
        OwnTest::Kind(place) => matches!(unit.of, Subject::Signal { kind } if kind == place),
        OwnTest::Involuntary => {
            matches!(unit.of, Subject::Spell(spell) if is_involuntary(timeline, spell))
        }
        OwnTest::HoursOver(hours) => {
            matches!(unit.of, Subject::Ed(_, Some(seconds)) if seconds > 3_600 * hours)
        }
        OwnTest::Changed => matches!(unit.of, Subject::Pair { changed: true }),
        OwnTest::TimesKnown => matches!(unit.of, Subject::Ed(_, Some(_))),
        OwnTest::AgencyKnown => own_agency(timeline, unit).is_some(),
        OwnTest::Favourable(domains) => is_favourable(domains, timeline, unit.day),
        OwnTest::Smi { severe, on } => {
            let day = unit.day + on;
            has_smi(timeline, scene.filters[severe], || two_years_to(day), day)
        }
        OwnTest::Sed => timeline.sed,
        OwnTest::Led => lead(timeline, unit.day).is_some(),
        OwnTest::Age(least, most) => is_of_age(timeline.age_on(unit.day), (least, most)),
        OwnTest::Member(filter) => !timeline.contact_days[scene.filters[filter]].is_empty(),
        OwnTest::Planned => {
            matches!(unit.of, Subject::Spell(spell) if timeline.stays[spell.first].planned)
        }
        OwnTest::FurtherDiagnosis(groups) => matches!(unit.of,
            Subject::Spell(spell) if own_stay(timeline, spell, unit.day).further & groups != 0),
    };
    holds.then_some(0)
}

/// True if a range of ages, both ends included, is one of children or of youth.
pub fn are_young((least, most): (i32, i32)) -> bool {
    const ADULT: i32 = 18;
    const NO_MOST: i32 = 120;
    least < ADULT && most < NO_MOST
}

/// An age that is not known passes as an adult's: nobody is a child for want of a date.
pub(super) fn is_of_age(age: Option<i32>, ages: (i32, i32)) -> bool {
    age.map_or(!are_young(ages), |age| (ages.0..=ages.1).contains(&age))
}

fn is_involuntary(timeline: &Timeline, spell: &Spell) -> bool {
    timeline.stays[spell.first].involuntary.unwrap_or_else(|| {
        timeline.events.iter().any(|event| {
            event.what.is_involuntary() && (spell.admit..=spell.admit + 1).contains(&event.start)
        })
    })
}

/// The agency of a stay.
fn own_agency(timeline: &Timeline, unit: Candidate<'_>) -> Option<u32> {
    let Subject::Spell(spell) = unit.of else { return None };
    own_stay(timeline, spell, unit.day).agency
}

/// As [`super::criterion::met`], for a contact at the agency of the stay.
pub(super) fn at_own_agency(
    filter: usize,
    days: Window,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> Option<i32> {
    let own = own_agency(scene.timeline, unit)?;
    let (from, to) = days.around(unit.day);
    let known = &scene.timeline.contact_agencies[scene.filters[filter]];
    let at = known.partition_point(|(day, _)| *day < from);
    let mut within = known[at..].iter().take_while(|(day, _)| *day <= to);
    within.find(|(_, agency)| *agency == own).map(|(day, _)| *day - unit.day)
}

/// The stay that speaks for a spell on its first or last day.
fn own_stay<'t>(timeline: &'t Timeline, spell: &Spell, day: Day) -> &'t Stay {
    let is_end = spell.discharge == Some(day);
    &timeline.stays[if is_end { spell.last } else { spell.first }]
}
