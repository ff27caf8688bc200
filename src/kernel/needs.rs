//! What rules need of the rows of a member, besides contacts that pass filters.

use crate::indicator::{
    Candidates, Course, Criterion, Happening, Indicator, MemberValue, OwnTest, Rule, Share, Thing,
    Unit, UnitValue,
};
use crate::timeline::{ContactFilter, Needs};

/// What rules about units need.
pub(super) fn of_units(needs: &mut Needs, indicators: &[Indicator]) {
    for indicator in indicators {
        let Rule::Share(share) = &indicator.rule else { continue };
        let happenings = share.happenings();
        let asks = |wanted: fn(&Happening) -> bool| happenings.iter().any(wanted);
        needs.referrals |= matches!(share.index.unit, Unit::Referral | Unit::Request)
            || asks(|one| matches!(one, Happening::Referral { .. }));
        needs.plans |= matches!(share.index.unit, Unit::Plan | Unit::PlannedService)
            || asks(|one| matches!(one, Happening::PlanEnd { .. }));
        needs.outcomes |= matches!(share.index.unit, Unit::PositiveScreen | Unit::NeedFound);
        let criteria = share.criteria();
        needs.scores |= asks(|one| matches!(one, Happening::Deterioration));
        needs.outcomes |= asks(|one| matches!(one, Happening::NeedFound));
        needs.phases |= asks(|one| matches!(one, Happening::PhaseBegins(_)))
            || criteria.iter().any(|one| matches!(one, Criterion::Course(Course::InPhase { .. })));
        needs.scores |= asks(|one| matches!(one, Happening::Scored { .. }))
            || criteria.iter().any(|one| matches!(one, Criterion::Scores(_)));
        needs.plans |= criteria.iter().any(|one| matches!(one, Criterion::ContactOrPlan { .. }));
        let tests = |wanted: fn(&OwnTest) -> bool| {
            criteria.iter().any(|one| matches!(one, Criterion::Own(test) if wanted(test)))
        };
        needs.stays |=
            share.value == Some(UnitValue::Nights) || tests(|test| *test == OwnTest::Involuntary);
        let courses = |wanted: fn(&Course) -> bool| {
            criteria.iter().any(|one| matches!(one, Criterion::Course(course) if wanted(course)))
        };
        needs.visits |= matches!(share.index.unit, Unit::QuarterPair(_) | Unit::AgencyDay { .. })
            || courses(|course| matches!(course, Course::SameAgency { .. }));
        needs.referrals |= courses(|course| matches!(course, Course::Linked { .. }));
        needs.sectors |= matches!(share.index.unit, Unit::SectorNeed(_));
        needs.times |= tests(|test| matches!(test, OwnTest::HoursOver(_) | OwnTest::TimesKnown));
    }
}

/// What rules about members need, and filters that look at the lead clinician.
pub(super) fn of_members(needs: &mut Needs, indicators: &[Indicator]) {
    for indicator in indicators {
        let by_lead = |filter: &ContactFilter| filter.parts().iter().any(|part| part.by_lead);
        if indicator.filters.iter().any(by_lead) {
            needs.leads = true;
            needs.plans = true;
        }
        let Rule::Member(rule) = &indicator.rule else { continue };
        needs.phases |= rule.in_phase.is_some();
        needs.homes |= matches!(rule.candidates, Candidates::Living(_));
        needs.visits |= rule.agencies.is_some() || rule.value == MemberValue::SharedPlan;
        needs.outcomes |= matches!(rule.candidates, Candidates::Answered(_));
        needs.scores |= matches!(rule.candidates, Candidates::Scored(_))
            || rule.value == MemberValue::ScoredQuarters;
        needs.leads |= rule.value == MemberValue::HasLead;
        needs.plans |= matches!(
            rule.value,
            MemberValue::HasLead | MemberValue::PlanCurrent { .. } | MemberValue::SharedPlan
        );
    }
}

/// What rates need.
pub(super) fn of_things(needs: &mut Needs, things: impl Iterator<Item = Thing>) {
    for thing in things {
        match thing {
            Thing::PatientDays(_) | Thing::WaitingNights(_) => needs.stays = true,
            Thing::Minutes { .. } => needs.times = true,
            Thing::Cost { .. } => needs.costs = true,
            Thing::Goals { .. } => needs.plans = true,
            Thing::PhaseDays(_) | Thing::PhaseContacts { .. } => needs.phases = true,
            _ => {}
        }
    }
}

/// What phases and homes are made of.
pub(super) fn of_states(needs: &mut Needs) {
    needs.outcomes |= needs.homes;
    if needs.phases {
        needs.scores = true;
        needs.outcomes = true;
        needs.referrals = true;
    }
}

/// The filters whose contacts a rule about units counts as rows.
pub(super) fn counted_rows(share: &Share) -> Vec<usize> {
    let rows = |criterion: &&Criterion| match criterion {
        Criterion::Course(Course::Rows { filter, .. }) => Some(*filter),
        _ => None,
    };
    share.criteria().iter().filter_map(rows).collect()
}

/// Filters whose contacts are added up, or looked at with their agencies.
pub(super) fn of_contacts(needs: &mut Needs, indicators: &[Indicator], filters: &[Vec<usize>]) {
    needs.summed = vec![false; needs.filters.len()];
    needs.agencies = vec![false; needs.filters.len()];
    for (indicator, places) in indicators.iter().zip(filters) {
        match &indicator.rule {
            Rule::Share(share) => {
                if let Some(UnitValue::MinutesUntil { filter }) = share.value {
                    needs.summed[places[filter]] = true;
                }
                if let Unit::AgencyDay { filter } = share.index.unit {
                    needs.agencies[places[filter]] = true;
                }
            }
            Rule::Rate(rate) => {
                for thing in std::iter::once(rate.of).chain(rate.to) {
                    if let Thing::ContactSum { filter, .. } = thing {
                        needs.summed[places[filter]] = true;
                    }
                }
            }
            _ => {}
        }
    }
}
