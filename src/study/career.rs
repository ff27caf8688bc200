//! The course of one member after the index: eras, the state of each month and of each day.

use super::care_state::CareState;
use super::description::Delivered;
use super::era::{Era, Intervention, eras_of_contacts};
use super::monthly::{Course, Months, StateSpan, monthly_states};
use super::pathway::History;
use super::person::Reading;
use super::sequence::Sequence;
use crate::terms::{Day, Level};
use crate::timeline::{Phase, SpellSet, Timeline};

/// Days after a qualifying contact on which a member is still in community care.
const IN_CARE: i32 = 30;

/// Where a member is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CareerState {
    /// In jail, prison or detention.
    Custody,
    /// In 24-hour inpatient care.
    Inpatient,
    /// In 24-hour residential care.
    Residential,
    /// At home, with a qualifying contact in the last 30 days.
    Community,
    /// At home, without one.
    NoContact,
    /// Dead: absorbing.
    Dead,
}

impl CareerState {
    /// All states; a day with several has the first of them.
    pub const ALL: [Self; 6] = [
        Self::Custody,
        Self::Inpatient,
        Self::Residential,
        Self::Community,
        Self::NoContact,
        Self::Dead,
    ];

    /// What it is called in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Custody => "Custody",
            Self::Inpatient => "24-hour inpatient",
            Self::Residential => "24-hour residential",
            Self::Community => "Community care",
            Self::NoContact => "No contact for 30 days",
            Self::Dead => "Dead",
        }
    }
}

/// The phase of recovery that a member is in on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhaseState {
    /// A need is seen, but the member is not engaged yet, or not any more.
    PreRecovery,
    /// In treatment, and not stable for 90 days yet.
    Initiation,
    /// Stable.
    Maintenance,
    /// No need is seen, or care ended as planned.
    None,
    /// Dead: absorbing.
    Dead,
}

impl PhaseState {
    /// All states.
    pub const ALL: [Self; 5] =
        [Self::PreRecovery, Self::Initiation, Self::Maintenance, Self::None, Self::Dead];

    /// What it is called in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::PreRecovery => "Pre-recovery",
            Self::Initiation => "Initiation and stabilisation",
            Self::Maintenance => "Maintenance",
            Self::None => "No phase",
            Self::Dead => "Dead",
        }
    }

    fn of(phase: Option<Phase>) -> Self {
        match phase {
            Some(Phase::PreRecovery) => Self::PreRecovery,
            Some(Phase::Initiation) => Self::Initiation,
            Some(Phase::Maintenance) => Self::Maintenance,
            None => Self::None,
        }
    }
}

/// The phase on a day, if the member is in one.
pub(super) fn phase_on(timeline: &Timeline, day: Day) -> Option<Phase> {
    let runs = &timeline.phases;
    let at = runs.partition_point(|run| run.last < day);
    runs.get(at).filter(|run| run.first <= day).map(|run| run.phase)
}

/// The phase on time zero and on each day of follow-up after it.
pub(super) fn phases(timeline: &Timeline, zero: Day, follow_up: i32) -> Vec<u8> {
    let state = |day: Day| {
        if timeline.is_alive(day) {
            PhaseState::of(phase_on(timeline, day))
        } else {
            PhaseState::Dead
        }
    };
    (0..=follow_up.max(0)).map(|after| state(zero + after) as u8).collect()
}

/// The state on time zero and on each day of follow-up after it.
pub(super) fn days(
    reading: &Reading<'_>,
    timeline: &Timeline,
    zero: Day,
    follow_up: i32,
) -> Vec<u8> {
    let state = |day: Day| {
        if !timeline.is_alive(day) {
            CareerState::Dead
        } else if timeline.custody.has(day) {
            CareerState::Custody
        } else if timeline.institution(SpellSet::Inpatient).has(day) {
            CareerState::Inpatient
        } else if timeline.institution(SpellSet::Any24Hour).has(day) {
            CareerState::Residential
        } else if timeline.contacts_within(reading.qualifying, day - IN_CARE, day).is_empty() {
            CareerState::NoContact
        } else {
            CareerState::Community
        }
    };
    (0..=follow_up.max(0)).map(|after| state(zero + after) as u8).collect()
}

/// The eras of every intervention from the index on.
pub(super) fn history(
    reading: &Reading<'_>,
    timeline: &Timeline,
    (index, last): (Day, Day),
) -> History {
    let study = reading.study;
    let mut events: Vec<Era> = Vec::new();
    for (number, delivered) in (0..).zip(&study.interventions) {
        let Some(intervention) = Intervention::new(number) else { break };
        match delivered {
            Delivered::Contacts { gap, tail, .. } => {
                let filter = study.received[usize::from(number)];
                let days = filter.map_or(&[][..], |filter| {
                    timeline.contacts_within(reading.filters[filter], index, last)
                });
                events.extend(eras_of_contacts(intervention, days, *gap, *tail));
            }
            Delivered::Stays { levels } => {
                let stays = timeline.stays.iter().filter(|stay| {
                    stay.level.is_some_and(|level| levels.contains(&level))
                        && index <= stay.admit
                        && stay.admit <= last
                });
                events.extend(stays.filter_map(|stay| {
                    let end = stay.discharge.unwrap_or(last).min(last).max(stay.admit);
                    Era::new(intervention, stay.admit, end)
                }));
            }
        }
    }
    events.sort_unstable();
    let end = last.min(index + study.follow_up);
    History { targets: vec![(index, end)], events, exits: Vec::new() }
}

/// The state of each full month after that of the index, as far as is seen.
pub(super) fn months(
    reading: &Reading<'_>,
    timeline: &Timeline,
    index: Day,
    seen: Day,
) -> Sequence {
    let Some(rules) = &reading.study.sequences else { return Sequence::new(Vec::new()) };
    let first = index.months_later(1);
    let unseen_from = match timeline.death.filter(|death| *death <= seen) {
        // Death is absorbing: what comes after it is known as far as the data go.
        Some(_) => reading.settings.data_through + 1,
        None => seen + 1,
    };
    let months =
        Months { first, count: rules.months, unseen_from, priority: CareState::priority() };
    let until = first.months_later(i32::from(rules.months));
    let course = Course {
        spans: spans(reading, timeline, (first, until - 1)),
        absorbed: timeline.death.map(|day| (day, CareState::Dead.state())),
    };
    monthly_states(&course, &months)
}

/// States from one day to another.
fn spans(reading: &Reading<'_>, timeline: &Timeline, (from, to): (Day, Day)) -> Vec<StateSpan> {
    let mut found = Vec::new();
    let mut add = |state: CareState, start: Day, end: Day| {
        if start <= to && end >= from {
            found.push(StateSpan { state: state.state(), start, end: end + 1 });
        }
    };
    for (start, end) in timeline.custody.iter() {
        add(CareState::Custody, start, end);
    }
    for (set, state) in
        [(SpellSet::Inpatient, CareState::Level6), (SpellSet::Residential, CareState::Level5)]
    {
        for (start, end) in timeline.institution(set).iter() {
            add(state, start, end);
        }
    }
    for day in &timeline.level_days {
        if let Some(state) = Level::new(day.level.into()).and_then(CareState::of_level) {
            add(state, day.day, day.day);
        }
    }
    for day in timeline.contacts_within(reading.outreach, from, to) {
        add(CareState::OutreachOnly, *day, *day);
    }
    for (start, end) in timeline.alive_enrolled.iter() {
        add(CareState::NoContact, start, end);
    }
    found
}
