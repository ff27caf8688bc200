//! One member's events in order.

use std::sync::Arc;

use super::{
    ContactSum, DaySpans, Enrolled, HomeRun, Interner, LivingSpan, OrganisationDay, OutcomeRecord,
    OwnSet, PhaseRun, Score, Spell, SpellSet, Stay,
};
use crate::terms::Day;
use crate::terms::codes::{EndReason, EventType, ReferralStatus};
use crate::terms::instrument::{Instrument, Instruments};

/// A visit with its providers, as keys of the interner; nothing where not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The day.
    pub day: Day,
    /// Clinician, team and agency.
    pub providers: [Option<u32>; 3],
    /// How many visits of the same day are to a clinician, team and agency whose id comes before.
    pub ranks: [u32; 3],
}

/// Ranks the providers of visits, which are in the order of days.
pub(super) fn rank(visits: &mut [Visit], interner: &Interner) {
    for day in visits.chunk_by_mut(|a, b| a.day == b.day).filter(|day| day.len() > 1) {
        for kind in 0..3 {
            let known: Vec<u32> = day.iter().filter_map(|visit| visit.providers[kind]).collect();
            for visit in day.iter_mut() {
                let Some(own) = visit.providers[kind] else { continue };
                let before = known.iter().filter(|other| interner.compare(**other, own).is_lt());
                visit.ranks[kind] = u32::try_from(before.count()).unwrap_or(u32::MAX);
            }
        }
    }
}

/// A visit to an emergency department; one a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdVisit {
    /// First day.
    pub start: Day,
    /// Index day: the day of discharge, or the first day where that is not known.
    pub index: Day,
    /// Diagnosis groups of the principal diagnoses.
    pub diagnosis: u32,
    /// Diagnosis groups of the further diagnoses, where they are needed.
    pub further: u32,
    /// True if it is known to have ended in an admission.
    pub admitted: bool,
    /// Where the member went, as its rows say: bits in the order of the code list.
    pub dispositions: u32,
}

/// How long a row says that a visit to an emergency department lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdTime {
    /// Index day of the visit.
    pub index: Day,
    /// Diagnosis groups of the row's principal diagnosis.
    pub diagnosis: u32,
    /// Diagnosis groups of its further diagnoses, where they are needed.
    pub further: u32,
    /// Seconds from arrival to departure.
    pub seconds: i64,
}

impl EdVisit {
    /// Takes in a later row if it has the same index day: a member has one visit a day, of all diagnoses
    /// and dispositions of its rows.
    pub(super) fn takes_in(&mut self, later: &Self) -> bool {
        if later.index == self.index {
            self.start = self.start.min(later.start);
            self.diagnosis |= later.diagnosis;
            self.further |= later.further;
            self.admitted |= later.admitted;
            self.dispositions |= later.dispositions;
        }
        later.index == self.index
    }
}

/// An assessment that recommends a level of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessment {
    /// The day.
    pub day: Day,
    /// The recommended level, 0–6.
    pub recommended: u8,
}

/// An event of the events table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// First day.
    pub start: Day,
    /// Last day, if recorded.
    pub end: Option<Day>,
    /// What it was.
    pub what: EventType,
    /// First and last instant in seconds since 1970, if both are known.
    pub times: Option<(i64, i64)>,
}

/// A referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Referral {
    /// The day.
    pub day: Day,
    /// True for a warm referral; nothing if not recorded.
    pub warm: Option<bool>,
    /// What became of it.
    pub status: Option<ReferralStatus>,
    /// First day attended after it.
    pub attended: Option<Day>,
    /// The day on which the receiver reported back.
    pub reported: Option<Day>,
    /// The sector it goes to, as its place in the code list.
    pub sector: Option<u8>,
    /// The day on which the request came in.
    pub requested: Option<Day>,
    /// The first day that was offered.
    pub offered: Option<Day>,
}

/// A care plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarePlan {
    /// The day of its creation.
    pub day: Day,
    /// True if the member signed it; nothing if not recorded.
    pub signed: Option<bool>,
    /// True if family took part in it; nothing if not recorded.
    pub family: Option<bool>,
    /// Goals closed, and those of them attained.
    pub goals: Option<(i64, i64)>,
    /// The day it ended; nothing while it runs, or if that is not known.
    pub ended: Option<Day>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// The day of its last review.
    pub reviewed: Option<Day>,
    /// Planned service classes, as bits in the order of the code list.
    pub services: u32,
    /// The lead clinician, as a key of the interner.
    pub lead: Option<u32>,
}

/// A line of cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The day of service.
    pub day: Day,
    /// The level of care, if recorded.
    pub level: Option<u8>,
    /// The first present of paid, allowed and standard price, in cents.
    pub cents: i64,
}

/// A day of ambulatory care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelDay {
    /// The day.
    pub day: Day,
    /// The highest level of its qualifying contacts.
    pub level: u8,
    /// Their service classes, as bits in the order of the code list.
    pub classes: u32,
}

/// The stays of a set that a rule names by their levels.
#[derive(Debug, Clone)]
pub struct OwnSpells {
    /// The set.
    pub set: OwnSet,
    /// Its spells in order of admission; where each stay stands by itself, its stays.
    pub spells: Vec<Spell>,
    /// Its institution days, of a member then alive.
    pub days: DaySpans,
}

/// Everything known of one member, checked, in the order of days.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// The member's id.
    pub member: String,
    /// First day of the month of birth.
    pub birth: Option<Day>,
    /// The earliest recorded day of death; the member is alive on the days before.
    pub death: Option<Day>,
    /// True if the register of members records a serious mental illness.
    pub smi: bool,
    /// True if the register of members records a serious emotional disturbance.
    pub sed: bool,
    /// Enrolment.
    pub enrolled: Enrolled,
    /// Days enrolled and alive.
    pub alive_enrolled: DaySpans,
    /// Days enrolled, alive, not in 24-hour care and not in custody.
    pub at_risk: DaySpans,
    /// For each filter of the reader, the distinct days of contacts that pass it; of a filter of the
    /// register of members one day, which says nothing, if the member passes it.
    pub contact_days: Vec<Vec<Day>>,
    /// For each filter whose contacts are counted, how many there are on each of these days.
    pub contact_counts: Vec<Vec<i64>>,
    /// For each filter of pharmacy fills, the fills with their days of supply.
    pub supplies: Vec<Vec<(Day, i32)>>,
    /// For each filter whose contacts are added up, their minutes and money on each of these days.
    pub contact_sums: Vec<Vec<ContactSum>>,
    /// For each filter whose agencies are needed, the distinct agencies of each day in order, as keys
    /// of the interner.
    pub contact_agencies: Vec<Vec<(Day, u32)>>,
    /// For each filter of which it is needed, the organisations that the contacts of each day name, in
    /// the order of days.
    pub contact_organisations: Vec<Vec<OrganisationDay>>,
    /// For each filter whose providers are needed, a visit for each contact, in order of days.
    pub contact_visits: Vec<Vec<Visit>>,
    /// Treatment visits in order of days.
    pub visits: Vec<Visit>,
    /// Days with a qualifying contact, and their level.
    pub level_days: Vec<LevelDay>,
    /// Stays, in order of admission.
    pub stays: Vec<Stay>,
    /// Spells of each [`SpellSet`] that has a name, in the order of [`SpellSet::NAMED`].
    pub spells: [Vec<Spell>; 3],
    /// Institution days of each of them, of a member then alive.
    pub institution: [DaySpans; 3],
    /// Further sets, where they are needed.
    pub own_sets: Vec<OwnSpells>,
    /// Days in custody.
    pub custody: DaySpans,
    /// Emergency-department visits in order of their index day.
    pub ed_visits: Vec<EdVisit>,
    /// How long visits to emergency departments lasted, one for each row that says it, in order of the
    /// rows' first days; where times are needed.
    pub ed_times: Vec<EdTime>,
    /// Events in order.
    pub events: Vec<Event>,
    /// Planned ends of care, in order: however many plans end on a day, care ends once.
    pub planned_ends: Vec<Day>,
    /// Assessments that recommend a level, in order, the smallest id first within a day.
    pub assessments: Vec<Assessment>,
    /// Outcome records in order, where they are needed; the smallest id first within a day.
    pub outcomes: Vec<OutcomeRecord>,
    /// Scores on instruments of the registry in order, where they are needed; the smallest id first
    /// within a day.
    pub scores: Vec<Score>,
    /// Days with a score that is worse than the one before, on the same instrument by the same rater in
    /// the 365 days before, by more than error; in order.
    pub deteriorations: Vec<Day>,
    /// Spans of living in one setting, in order of their begin, where they are needed.
    pub living: Vec<LivingSpan>,
    /// Where the member lives on each day, in order, where it is needed.
    pub homes: Vec<HomeRun>,
    /// Phases of recovery in order, where they are needed.
    pub phases: Vec<PhaseRun>,
    /// The registry that scores name instruments of.
    pub instruments: Arc<Instruments>,
    /// Costs in order.
    pub costs: Vec<Cost>,
    /// Referrals in order.
    pub referrals: Vec<Referral>,
    /// Care plans in order of their creation.
    pub plans: Vec<CarePlan>,
    /// Days on which help from sectors was found to be needed, and the sectors as bits.
    pub sector_needs: Vec<(Day, u32)>,
    /// The agencies that care plans name: place of the plan, and key of the interner.
    pub plan_agencies: Vec<(usize, u32)>,
    /// The member's lead clinician, as a key of the interner.
    pub lead: Option<u32>,
    /// One key of the interner per attribute of the reader.
    pub attributes: Vec<u32>,
    /// The first dated row.
    pub first_row: Option<Day>,
    /// Whether there is any row besides those of the register and of enrolment.
    pub has_records: bool,
}

impl Timeline {
    /// The instrument of a score.
    pub fn instrument(&self, score: &Score) -> &Instrument {
        self.instruments.at(score.instrument)
    }

    /// The spells of a set.
    pub fn spells(&self, set: SpellSet) -> &[Spell] {
        match set {
            SpellSet::Own(own) => &self.own_set(own).spells,
            named => &self.spells[named.place()],
        }
    }

    /// The institution days of a set.
    pub fn institution(&self, set: SpellSet) -> &DaySpans {
        match set {
            SpellSet::Own(own) => &self.own_set(own).days,
            named => &self.institution[named.place()],
        }
    }

    fn own_set(&self, wanted: OwnSet) -> &OwnSpells {
        let found = self.own_sets.iter().find(|own| own.set == wanted);
        found.expect("what a reader needs has every set that its rules name")
    }

    /// True if the member is alive on this day, as far as is known.
    pub fn is_alive(&self, day: Day) -> bool {
        self.death.is_none_or(|death| day < death)
    }

    /// Age in completed years, if the birth is known.
    pub fn age_on(&self, day: Day) -> Option<i32> {
        self.birth.map(|birth| day.age_from(birth))
    }

    /// The days of a filter's contacts from `start` to `end`.
    pub fn contacts_within(&self, filter: usize, start: Day, end: Day) -> &[Day] {
        days_within(&self.contact_days[filter], start, end)
    }

    /// The day of the contact of a filter at a place (from 0) among those from `start` to `end`.
    pub fn nth_contact_within(
        &self,
        filter: usize,
        (start, end): (Day, Day),
        place: usize,
    ) -> Option<Day> {
        let nth = days_from(&self.contact_days[filter], start).get(place);
        nth.copied().filter(|day| *day <= end)
    }

    /// True if there is a contact of a filter from `start` to `end`.
    pub fn has_contact_within(&self, filter: usize, days: (Day, Day)) -> bool {
        self.nth_contact_within(filter, days, 0).is_some()
    }

    /// Forgets everything but whose it is, keeping memory.
    pub(super) fn clear(&mut self) {
        self.birth = None;
        self.death = None;
        self.smi = false;
        self.sed = false;
        self.lead = None;
        self.plan_agencies.clear();
        self.sector_needs.clear();
        self.first_row = None;
        self.has_records = false;
        self.contact_days.iter_mut().for_each(Vec::clear);
        self.contact_counts.iter_mut().for_each(Vec::clear);
        self.supplies.iter_mut().for_each(Vec::clear);
        self.contact_sums.iter_mut().for_each(Vec::clear);
        self.contact_agencies.iter_mut().for_each(Vec::clear);
        self.contact_organisations.iter_mut().for_each(Vec::clear);
        self.contact_visits.iter_mut().for_each(Vec::clear);
        self.referrals.clear();
        self.plans.clear();
        self.visits.clear();
        self.level_days.clear();
        self.stays.clear();
        self.ed_visits.clear();
        self.ed_times.clear();
        self.events.clear();
        self.planned_ends.clear();
        self.assessments.clear();
        self.outcomes.clear();
        self.scores.clear();
        self.deteriorations.clear();
        self.phases.clear();
        self.living.clear();
        self.homes.clear();
        self.costs.clear();
        self.attributes.fill(super::UNKNOWN);
    }
}

/// So many days are looked through one by one faster than by halves.
const FEW: usize = 12;

/// The days from `start` on of days in order.
fn days_from(days: &[Day], start: Day) -> &[Day] {
    // Most members have few days of a filter, and all of them on one side.
    if days.first().is_none_or(|first| *first >= start) {
        return days;
    }
    if days.len() <= FEW {
        let before = days.iter().take_while(|day| **day < start).count();
        return &days[before..];
    }
    &days[days.partition_point(|day| *day < start)..]
}

/// The days from `start` to `end` of days in order.
pub fn days_within(days: &[Day], start: Day, end: Day) -> &[Day] {
    // Most members have few days of a filter, and most windows none of them.
    if days.last().is_none_or(|last| *last < start) || days[0] > end {
        return &[];
    }
    if days.len() <= FEW {
        let from = days.iter().take_while(|day| **day < start).count();
        let within = days[from..].iter().take_while(|day| **day <= end).count();
        return &days[from..from + within];
    }
    let from = days.partition_point(|day| *day < start);
    let to = from + days[from..].partition_point(|day| *day <= end);
    &days[from..to]
}
