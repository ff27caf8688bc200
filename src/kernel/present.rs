//! What a member has, and what a measure looks at: most members have little, and a measure of what a
//! member does not have is not asked at all.

use crate::indicator::care::CareEpisode;
use crate::indicator::{Candidates, Happening, Indicator, Rule, Share, Thing, Unit};
use crate::timeline::Timeline;

/// Kinds of things, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds(u16);

impl Kinds {
    /// Every member has this.
    const ANYONE: Self = Self(1);
    /// Any row besides those of the register and of enrolment.
    const RECORDS: Self = Self(1 << 1);
    const SPELLS: Self = Self(1 << 2);
    const ED_VISITS: Self = Self(1 << 3);
    const EVENTS: Self = Self(1 << 4);
    const REFERRALS: Self = Self(1 << 5);
    const PLANS: Self = Self(1 << 6);
    const OUTCOMES: Self = Self(1 << 7);
    const SCORES: Self = Self(1 << 8);
    const ASSESSMENTS: Self = Self(1 << 9);
    const VISITS: Self = Self(1 << 10);
    const CARE: Self = Self(1 << 11);
    const INSTITUTION: Self = Self(1 << 12);
    const DEATH: Self = Self(1 << 13);

    /// What a member has; `care` are its episodes of care for each gap.
    pub(super) fn of(timeline: &Timeline, care: &[Vec<CareEpisode>]) -> Self {
        let has = [
            (Self::ANYONE, true),
            (Self::RECORDS, timeline.has_records),
            (Self::SPELLS, has_spells(timeline)),
            (Self::ED_VISITS, !timeline.ed_visits.is_empty()),
            (Self::EVENTS, !timeline.events.is_empty()),
            (Self::REFERRALS, !timeline.referrals.is_empty()),
            (Self::PLANS, !timeline.plans.is_empty()),
            (Self::OUTCOMES, !timeline.outcomes.is_empty()),
            (Self::SCORES, !timeline.scores.is_empty()),
            (Self::ASSESSMENTS, !timeline.assessments.is_empty()),
            (Self::VISITS, !timeline.visits.is_empty()),
            (Self::CARE, care.iter().any(|episodes| !episodes.is_empty())),
            (Self::INSTITUTION, has_days_of_stays(timeline)),
            (Self::DEATH, timeline.death.is_some()),
        ];
        Self(has.iter().filter(|(_, has)| *has).fold(0, |bits, (kind, _)| bits | kind.0))
    }

    /// True if a member with these has any of what a measure looks at.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What a measure looks at: without any of it, a member is not in its counts. `gives_days` is true
    /// for the rate that adds up its denominator for others as well.
    pub(super) fn looked_at(indicator: &Indicator, gives_days: bool) -> Self {
        match &indicator.rule {
            Rule::Share(share) => of_units(share),
            Rule::Member(rule) => of_candidates(rule.candidates),
            Rule::Rate(_) if gives_days => Self::ANYONE,
            Rule::Rate(rate) => match rate.of {
                Thing::Units { place, .. } => of_units(&rate.units[place].share),
                thing => of_thing(thing),
            },
            Rule::LevelMix | Rule::Contacts(_) => Self::RECORDS,
        }
    }
}

fn has_spells(timeline: &Timeline) -> bool {
    let own = timeline.own_sets.iter().map(|own| &own.spells);
    timeline.spells.iter().chain(own).any(|spells| !spells.is_empty())
}

fn has_days_of_stays(timeline: &Timeline) -> bool {
    let own = timeline.own_sets.iter().map(|own| &own.days);
    timeline.institution.iter().chain(own).any(|days| !days.is_empty())
}

fn of_units(share: &Share) -> Kinds {
    match share.index.unit {
        Unit::Birthday(_) => Kinds::ANYONE,
        Unit::Admission(_) | Unit::Discharge(_) => Kinds::SPELLS,
        Unit::EdVisit => Kinds::ED_VISITS,
        Unit::Event(_) => Kinds::EVENTS,
        Unit::Referral | Unit::Request => Kinds::REFERRALS,
        Unit::Plan | Unit::PlannedService => Kinds::PLANS,
        Unit::PositiveScreen | Unit::NeedFound => Kinds::OUTCOMES,
        Unit::Assessment => Kinds::ASSESSMENTS,
        Unit::QuarterPair(_) => Kinds::VISITS,
        Unit::Disengagement { .. } | Unit::Reengagement { .. } | Unit::EpisodeEnd { .. } => {
            Kinds::CARE
        }
        Unit::Contact { .. } | Unit::AgencyDay { .. } | Unit::PlannedEnd | Unit::SectorNeed(_) => {
            Kinds::RECORDS
        }
        // A death may stand in the register alone.
        Unit::Signal | Unit::Month if share.index.any.contains(&Happening::Death) => {
            Kinds::RECORDS.or(Kinds::DEATH)
        }
        Unit::Signal | Unit::Month => Kinds::RECORDS,
    }
}

fn of_candidates(candidates: Candidates) -> Kinds {
    match candidates {
        Candidates::Visits { visits, at_least } if at_least > 0 => {
            visits.filter.map_or(Kinds::VISITS, |_| Kinds::RECORDS)
        }
        Candidates::Enrolled | Candidates::Visits { .. } => Kinds::ANYONE,
        Candidates::EdVisits { .. } => Kinds::ED_VISITS,
        Candidates::Events(_) => Kinds::EVENTS,
        Candidates::Institution(_) => Kinds::INSTITUTION,
        Candidates::InCareSince { .. } => Kinds::CARE,
        Candidates::Answered(_) => Kinds::OUTCOMES,
        Candidates::Scored(_) => Kinds::SCORES,
        Candidates::ActiveBefore { .. }
        | Candidates::InCare { .. }
        | Candidates::HasContactIn24Months { .. }
        | Candidates::HasContact { .. }
        | Candidates::Living(_) => Kinds::RECORDS,
    }
}

fn of_thing(thing: Thing) -> Kinds {
    match thing {
        Thing::CommunityDays | Thing::Units { .. } => Kinds::ANYONE,
        Thing::Deaths => Kinds::DEATH,
        Thing::Admissions(_) => Kinds::SPELLS,
        Thing::Nights(_) | Thing::PatientDays(_) | Thing::WaitingNights(_) => Kinds::INSTITUTION,
        Thing::Events(_) | Thing::Minutes { .. } => Kinds::EVENTS,
        Thing::EdVisits { .. } => Kinds::ED_VISITS,
        Thing::Waiting { .. } => Kinds::REFERRALS,
        Thing::Goals { .. } => Kinds::PLANS,
        Thing::Disengagements { .. } | Thing::CareDays { .. } => Kinds::CARE,
        Thing::Served { .. }
        | Thing::Contacts { .. }
        | Thing::ContactSum { .. }
        | Thing::PhaseContacts { .. }
        | Thing::PhaseDays(_)
        | Thing::Cost { .. }
        | Thing::CustodyDays
        | Thing::UnitMoney => Kinds::RECORDS,
    }
}
