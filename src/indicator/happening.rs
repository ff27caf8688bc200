//! Things that happen to a member on a day, of several kinds, asked together: the first contact,
//! visit, admission or event of a list.

use super::assessed::highest_level;
use super::rule::EventSet;
use super::score::{Known, scored_from};
use crate::terms::Day;
use crate::terms::codes::{Disposition, EndReason};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::instrument::Domains;
use crate::timeline::{Assessment, EdVisit, Phase, SpellSet, Stay, Timeline};

/// The bit of a facility class that is not known.
pub(super) const UNKNOWN_FACILITY: u32 = 1 << 31;

/// A kind of thing that happens on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A contact that passes a filter.
    Contact {
        /// The filter.
        filter: usize,
    },
    /// A visit to an emergency department, on its index day (the day of discharge, or the first day
    /// where that is not known).
    EdVisit {
        /// Groups of the principal diagnosis, as bits; 0 = any.
        diagnosis: u32,
        /// True if only visits count that are not known to have ended in an admission: see
        /// [`Happening::first_from`].
        not_admitted: bool,
    },
    /// The first day of a spell.
    Admission {
        /// The set.
        set: SpellSet,
        /// Groups of the first stay's principal diagnosis, as bits; 0 = any.
        diagnosis: u32,
        /// Facility classes of the first stay, as those of a discharge.
        facility: u32,
    },
    /// The last day of a spell of at least one night, of a member then alive.
    Discharge {
        /// The set.
        set: SpellSet,
        /// Groups of the last stay's principal diagnosis, as bits; 0 = any.
        diagnosis: u32,
        /// Facility classes of the last stay, as bits in the order of the code list, where
        /// the highest bit stands for a class that is not known; 0 = any.
        facility: u32,
        /// Dispositions that do not count, as bits in the order of the code list.
        not_to: u32,
        /// True if a spell counts as its admission does: also without a night, with the principal
        /// diagnosis and the facility class of its first stay.
        as_admitted: bool,
    },
    /// The first day of an event.
    Event(EventSet),
    /// A referral to one of these sectors, as bits in the order of the code list; 0 = any.
    Referral {
        /// The sectors.
        sectors: u32,
    },
    /// The end of a care plan for one of these reasons, as bits in the order of the code list.
    PlanEnd {
        /// The reasons.
        reasons: u32,
    },
    /// A score on an instrument.
    Scored {
        /// Its domain.
        domains: Domains,
        /// What has to be known of it.
        known: Known,
    },
    /// A score that is worse than the one before by more than error.
    Deterioration,
    /// A check-up that found a need for treatment.
    NeedFound,
    /// An assessment that recommends a higher level than any delivered in so many days before it.
    AssessedAbove {
        /// Days before the assessment.
        days: i32,
    },
    /// The first day of a phase of recovery.
    PhaseBegins(Phase),
    /// The day of death.
    Death,
}

impl Happening {
    /// The set of stays that it looks at, if it does.
    pub(super) fn spell_set(self) -> Option<SpellSet> {
        match self {
            Self::Admission { set, .. } | Self::Discharge { set, .. } => Some(set),
            _ => None,
        }
    }

    /// The filter that it asks, if it does.
    pub(super) fn filter(self) -> Option<usize> {
        match self {
            Self::Contact { filter } => Some(filter),
            _ => None,
        }
    }

    /// The first day from `from` on. `filters` holds, for each filter of the definition, its place
    /// among those of the timeline.
    pub fn first_from(self, timeline: &Timeline, filters: &[usize], from: Day) -> Option<Day> {
        let in_groups = |wanted: u32, found: u32| wanted == 0 || wanted & found != 0;
        match self {
            Self::Contact { filter } => {
                let days = &timeline.contact_days[filters[filter]];
                days.get(days.partition_point(|day| *day < from)).copied()
            }
            Self::EdVisit { diagnosis, not_admitted } => {
                let at = timeline.ed_visits.partition_point(|visit| visit.index < from);
                let mut visits = timeline.ed_visits[at..].iter();
                let counts = |visit: &&EdVisit| {
                    in_groups(diagnosis, visit.diagnosis)
                        && !(not_admitted && ended_in_admission(timeline, visit))
                };
                visits.find(counts).map(|visit| visit.index)
            }
            Self::Admission { set, diagnosis, facility } => {
                let spells = timeline.spells(set);
                let at = spells.partition_point(|spell| spell.admit < from);
                let wanted = spells[at..].iter().find(|spell| {
                    let first = &timeline.stays[spell.first];
                    in_groups(diagnosis, first.diagnosis)
                        && in_groups(facility, facility_bit(first))
                });
                wanted.map(|spell| spell.admit)
            }
            Self::Discharge { set, diagnosis, facility, not_to, as_admitted } => {
                let wanted = timeline.spells(set).iter().filter(|spell| {
                    let last = &timeline.stays[spell.last];
                    let of = if as_admitted { &timeline.stays[spell.first] } else { last };
                    let to = last.disposition.map_or(0, Disposition::bit);
                    spell.discharge.is_some_and(|day| {
                        day >= from && (as_admitted || day > spell.admit) && timeline.is_alive(day)
                    }) && in_groups(diagnosis, of.diagnosis)
                        && in_groups(facility, facility_bit(of))
                        && not_to & to == 0
                });
                wanted.filter_map(|spell| spell.discharge).min()
            }
            Self::Event(types) => {
                let mut events = timeline.events.iter();
                events.find(|event| types.has(event.what) && event.start >= from).map(|e| e.start)
            }
            Self::Referral { sectors } => {
                let at = timeline.referrals.partition_point(|referral| referral.day < from);
                let wanted = timeline.referrals[at..].iter().find(|referral| {
                    sectors == 0 || referral.sector.is_some_and(|one| sectors & (1 << one) != 0)
                });
                wanted.map(|referral| referral.day)
            }
            Self::PlanEnd { reasons } => {
                let ends = timeline.plans.iter().filter_map(|plan| {
                    let wanted = reasons & EndReason::bit(plan.end_reason?) != 0;
                    plan.ended.filter(|day| wanted && *day >= from)
                });
                ends.min()
            }
            Self::Scored { domains, known } => scored_from((domains, known), timeline, from),
            Self::Deterioration => {
                let days = &timeline.deteriorations;
                days.get(days.partition_point(|day| *day < from)).copied()
            }
            Self::NeedFound => {
                let at = timeline.outcomes.partition_point(|record| record.day < from);
                let mut records = timeline.outcomes[at..].iter();
                records.find(|record| record.need == Some(true)).map(|record| record.day)
            }
            Self::AssessedAbove { days } => assessed_above(timeline, days, from),
            Self::PhaseBegins(phase) => timeline.phase_begins_from(phase, from),
            Self::Death => timeline.death.filter(|day| *day >= from),
        }
    }
}

/// The facility class of a stay as a bit.
fn facility_bit(stay: &Stay) -> u32 {
    stay.facility.map_or(UNKNOWN_FACILITY, |class| 1 << class)
}

/// True if a visit is known to have ended in an admission: by what was recorded of it, or by a stay that
/// begins while it lasts.
fn ended_in_admission(timeline: &Timeline, visit: &EdVisit) -> bool {
    let begins = |set: SpellSet| {
        let spells = timeline.spells(set);
        let at = spells.partition_point(|spell| spell.admit < visit.start);
        spells.get(at).is_some_and(|spell| spell.admit <= visit.index)
    };
    visit.admitted
        || visit.dispositions & Disposition::InpatientTransfer.bit() != 0
        || begins(SpellSet::Inpatient)
        || begins(SpellSet::Residential)
}

/// The first assessment that recommends more than was delivered in so many days before it.
fn assessed_above(timeline: &Timeline, days: i32, from: Day) -> Option<Day> {
    let at = timeline.assessments.partition_point(|one| one.day < from);
    let mut later = timeline.assessments[at..].iter();
    let above = |one: &&Assessment| {
        let delivered = highest_level(timeline, (one.day - days, one.day));
        delivered.is_none_or(|level| one.recommended > level)
    };
    later.find(above).map(|one| one.day)
}

/// The first day from `from` on of any of these.
pub(super) fn first_of(
    any: &[Happening],
    timeline: &Timeline,
    filters: &[usize],
    from: Day,
) -> Option<Day> {
    any.iter().filter_map(|one| one.first_from(timeline, filters, from)).min()
}

/// The distinct days of any of these from one day to another, in order, each with the place of the first
/// that happens on it.
pub(super) fn days_of<'a>(
    any: &'a [Happening],
    timeline: &'a Timeline,
    filters: &'a [usize],
    (from, to): (Day, Day),
) -> impl Iterator<Item = (Day, usize)> + 'a {
    let of = |one: &Happening| Upcoming::of(*one, timeline, filters, from);
    let mut upcoming: Vec<Upcoming> = any.iter().map(of).collect();
    std::iter::from_fn(move || {
        let day = upcoming.iter().filter_map(|one| one.day).min().filter(|day| *day <= to)?;
        let on_day = |one: &Upcoming| one.day == Some(day);
        let first = upcoming.iter().position(on_day)?;
        for one in upcoming[first..].iter_mut().filter(|one| on_day(one)) {
            one.go_on(timeline, filters, day);
        }
        Some((day, first))
    })
}

/// One of a list, and the next day on which it happens.
#[derive(Debug)]
struct Upcoming<'a> {
    what: Happening,
    day: Option<Day>,
    /// Of contacts, the days after that.
    later: &'a [Day],
}

impl<'a> Upcoming<'a> {
    fn of(what: Happening, timeline: &'a Timeline, filters: &[usize], from: Day) -> Self {
        let Happening::Contact { filter } = what else {
            return Self { what, day: what.first_from(timeline, filters, from), later: &[] };
        };
        let days = &timeline.contact_days[filters[filter]];
        let later = &days[days.partition_point(|day| *day < from)..];
        Self { what, day: later.first().copied(), later: later.get(1..).unwrap_or_default() }
    }

    /// Goes on to the first day after one.
    fn go_on(&mut self, timeline: &Timeline, filters: &[usize], day: Day) {
        self.day = if let Happening::Contact { .. } = self.what {
            self.later.split_off_first().copied()
        } else {
            self.what.first_from(timeline, filters, day + 1)
        };
    }
}

impl EndReason {
    /// The reason as a bit, in the order of the code list.
    pub fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// Groups of bits that [`DiagnosisGroup::bits`] made.
pub(super) fn groups_of_bits(bits: u32) -> Vec<DiagnosisGroup> {
    let has = |group: &DiagnosisGroup| bits & (1 << (*group as u32)) != 0;
    DiagnosisGroup::ALL.iter().copied().filter(has).collect()
}
