//! One member in a study: when followed, what was received, what happened and what was known before.

use super::description::Study;
use super::design::{Happening, OutcomeMeasure};
use super::pathway::History;
use super::sequence::Sequence;
use super::{career, observe};
use crate::indicator::care::{self, CareEpisode};
use crate::indicator::population::keep_contact;
use crate::indicator::unit::Scene;
use crate::terms::{Day, ServiceClass};
use crate::timeline::{Basis, ContactFilter, Interner, Needs, Settings, Timeline};

/// What a study reads of timelines, and by which settings.
#[derive(Debug, Clone)]
pub struct Reading<'s> {
    /// The study.
    pub study: &'s Study,
    /// What the reader of timelines has to keep.
    pub needs: Needs,
    /// How timelines are read.
    pub settings: Settings,
    /// For each filter of the study, its place among those of the reader.
    pub(super) filters: Vec<usize>,
    pub(super) treatment: usize,
    pub(super) qualifying: usize,
    pub(super) outreach: usize,
}

impl<'s> Reading<'s> {
    /// Prepares the reading of a study.
    pub fn new(study: &'s Study, settings: Settings) -> Self {
        let mut filters = Vec::new();
        let treatment = keep_contact(&mut filters, ContactFilter::of(Basis::Treatment));
        let qualifying = keep_contact(&mut filters, ContactFilter::of(Basis::Qualifying));
        let attempts = ContactFilter {
            classes: vec![ServiceClass::Outreach],
            ..ContactFilter::of(Basis::Attempt)
        };
        let outreach = keep_contact(&mut filters, attempts);
        let places =
            study.filters.iter().map(|filter| keep_contact(&mut filters, filter.clone())).collect();
        let needs = Needs {
            counted: vec![false; filters.len()],
            filters,
            levels: true,
            costs: true,
            referrals: true,
            plans: true,
            outcomes: true,
            phases: true,
            scores: study.reads_scores(),
            sets: study.population.own_sets(),
            attributes: study.attributes.clone(),
            ..Needs::default()
        };
        Self { study, needs, settings, filters: places, treatment, qualifying, outreach }
    }
}

/// Why a member is not compared although the index fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// Had the first outcome before time zero.
    Outcome,
    /// Died before time zero.
    Died,
    /// Was not enrolled, or the data end, before time zero.
    NotObserved,
}

/// When a strategy was met and when it was broken, in days after the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Followed {
    /// The day on which all that it asks for had been received.
    pub met: Option<i32>,
    /// The first day with something that it rules out.
    pub broken: Option<i32>,
}

/// What was seen of an outcome after time zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Observed {
    /// Days after time zero on which it first happened, within follow-up.
    First(Option<i32>),
    /// How much there was, and over how many days.
    Amount {
        /// In the unit of the outcome: days, dollars, admissions.
        total: f64,
        /// Days observed.
        days: i32,
    },
    /// Not known: the member was not scored before and after.
    Unmeasured,
}

/// One member of a study, without a name.
#[derive(Debug, Clone)]
pub struct Person {
    /// The index day.
    pub index: Day,
    /// Why the member is not compared, if so.
    pub lost: Option<Lost>,
    /// Days observed after time zero, at most the study's.
    pub follow_up: i32,
    /// Days from time zero to death, if it ended follow-up.
    pub death: Option<i32>,
    /// Each strategy.
    pub followed: Vec<Followed>,
    /// Each outcome; none for a member who is lost.
    pub outcomes: Vec<Observed>,
    /// For each outcome that happens on a day, every day after time zero on which it does.
    pub again: Vec<Vec<i32>>,
    /// Each covariate; nothing where it is not known.
    pub covariates: Vec<Option<f64>>,
    /// What was received.
    pub history: History,
    /// The state of each month after the index.
    pub months: Sequence,
    /// The state of each day from time zero on, by the numbers of [`super::CareerState`].
    pub career: Vec<u8>,
    /// The phase of each of these days, by the numbers of [`super::PhaseState`].
    pub phases: Vec<u8>,
}

impl Person {
    /// What people are put in order by, so that nothing depends on how members are stored. Who is
    /// alike in all of it can be exchanged.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let outcomes: Vec<(i64, u64)> = self
            .outcomes
            .iter()
            .map(|outcome| match outcome {
                Observed::First(day) => (day.map_or(-1, i64::from), 0),
                Observed::Amount { total, days } => (i64::from(*days), total.to_bits()),
                Observed::Unmeasured => (-2, 0),
            })
            .collect();
        let covariates: Vec<u64> =
            self.covariates.iter().map(|value| value.map_or(u64::MAX, f64::to_bits)).collect();
        (
            (self.index, self.lost, self.follow_up, self.death),
            self.followed.clone(),
            (outcomes, covariates),
            self.history.events.clone(),
            (self.months.clone(), self.career.clone(), self.phases.clone(), self.again.clone()),
        )
    }
}

/// What one member brings to a study: units with the place of the exclusion that leaves them out, and
/// the member with the first unit that stays.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// For each unit, the exclusion.
    pub units: Vec<Option<usize>>,
    /// The member, if any unit stays.
    pub person: Option<Person>,
}

/// Looks at one member.
pub fn enter(reading: &Reading<'_>, timeline: &Timeline, interner: &Interner) -> Entry {
    let study = reading.study;
    let scene_care = study.population.gap().map(|gap| episodes(reading, timeline, gap));
    let scene = Scene {
        timeline,
        filters: &reading.filters,
        care: scene_care.as_deref().unwrap_or(&[]),
        treatment: reading.treatment,
        qualifying: reading.qualifying,
        data_through: reading.settings.data_through,
        asked: (Day(i32::MIN / 2), Day(i32::MAX / 2)),
        decides: false,
    };
    let units = study.population.units(scene);
    let first = units.iter().find(|(_, excluded)| excluded.is_none()).map(|(day, _)| *day);
    let person = first.map(|index| person(reading, timeline, interner, index));
    Entry { units: units.into_iter().map(|(_, excluded)| excluded).collect(), person }
}

/// Episodes of care up to the end of the data.
pub(super) fn episodes(reading: &Reading<'_>, timeline: &Timeline, gap: i32) -> Vec<CareEpisode> {
    let mut found = Vec::new();
    let days = |filter: usize| timeline.contact_days[filter].as_slice();
    let end = reading.settings.data_through;
    let (treatment, qualifying) = (days(reading.treatment), days(reading.qualifying));
    care::episodes(timeline, treatment, qualifying, gap, end, &mut found);
    found
}

/// The last day on which a member enrolled on the index day is seen, alive or dying.
fn seen_until(reading: &Reading<'_>, timeline: &Timeline, index: Day) -> Option<Day> {
    let span = timeline.enrolled.days.iter().find(|(start, end)| *start <= index && index <= *end);
    span.map(|(_, end)| end.min(reading.settings.data_through))
}

fn person(reading: &Reading<'_>, timeline: &Timeline, interner: &Interner, index: Day) -> Person {
    let study = reading.study;
    let zero = index + study.analysis.as_ref().map_or(0, |analysis| analysis.timing.zero());
    let seen = seen_until(reading, timeline, index);
    let last = seen.map_or(index, |seen| seen.min(zero + study.follow_up));
    // Enrolment ends with death, so that a death on the day after it is no loss to follow-up.
    let known = |death: &Day| {
        *death <= reading.settings.data_through.min(zero + study.follow_up)
            && seen.is_some_and(|seen| *death <= seen + 1)
    };
    let death = timeline.death.filter(known);
    let follow_up = death.unwrap_or(last) - zero;
    let lost = if seen.is_none() {
        Some(Lost::NotObserved)
    } else {
        lost(reading, timeline, (index, zero), (last, death))
    };
    let from = observe::Span { zero, follow_up };
    let asked = if lost.is_some() { &[][..] } else { study.outcomes.as_slice() };
    let outcomes =
        asked.iter().map(|one| observe::observed(reading, timeline, one, index, from)).collect();
    let again = asked.iter().map(|one| match &one.measure {
        OutcomeMeasure::First(happening) => observe::each_day(reading, timeline, happening, from),
        OutcomeMeasure::Amount(_) => Vec::new(),
    });
    let seen_to = death.unwrap_or(last).max(index);
    Person {
        index,
        lost,
        follow_up: follow_up.max(0),
        death: death.map(|day| day - zero),
        followed: observe::followed(reading, timeline, index),
        outcomes,
        again: again.collect(),
        covariates: observe::covariates(reading, timeline, interner, (index, zero)),
        history: career::history(reading, timeline, (index, seen_to)),
        months: career::months(reading, timeline, index, seen.unwrap_or(index)),
        career: if lost.is_some() {
            Vec::new()
        } else {
            career::days(reading, timeline, zero, follow_up)
        },
        phases: if lost.is_some() { Vec::new() } else { career::phases(timeline, zero, follow_up) },
    }
}

/// What happened first between the index and time zero.
fn lost(
    reading: &Reading<'_>,
    timeline: &Timeline,
    (index, zero): (Day, Day),
    (last, death): (Day, Option<Day>),
) -> Option<Lost> {
    let waiting = observe::Span { zero: index, follow_up: zero - index };
    let first = reading.study.outcomes.first().map(|outcome| &outcome.measure);
    let had = match first {
        Some(OutcomeMeasure::First(happening)) if *happening != Happening::Death => {
            observe::first_day(reading, timeline, happening, waiting)
        }
        _ => None,
    };
    if had.is_some_and(|day| index + day <= death.unwrap_or(last)) {
        return Some(Lost::Outcome);
    }
    if death.is_some_and(|death| death <= zero) {
        return Some(Lost::Died);
    }
    (last <= zero).then_some(Lost::NotObserved)
}
