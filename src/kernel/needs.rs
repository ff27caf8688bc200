//! What rules need of the rows of a member, besides contacts that pass filters.

use crate::indicator::{
    Amount, Candidates, Course, Criterion, Happening, HowMuch, Indicator, MemberValue, OwnTest,
    Rule, Thing, Unit, UnitMoney, UnitValue, happenings_of,
};
use crate::timeline::{Needs, OwnSet};

/// What rules about units need, and criteria about members.
pub(super) fn of_units(needs: &mut Needs, indicators: &[Indicator]) {
    for indicator in indicators {
        let shares = indicator.rule.shares();
        let criteria = indicator.rule.criteria();
        let mut happenings = happenings_of(&criteria);
        for share in &shares {
            happenings.extend(share.happenings());
            of_index(needs, share.index.unit);
            needs.further_diagnoses |= !share.index.or_further.is_empty();
            needs.stays |= share.value == Some(UnitValue::Nights);
            needs.costs |= matches!(share.value, Some(UnitValue::Cost { .. }));
        }
        let asks = |wanted: fn(&Happening) -> bool| happenings.iter().any(wanted);
        needs.referrals |= asks(|one| matches!(one, Happening::Referral { .. }));
        needs.plans |= asks(|one| matches!(one, Happening::PlanEnd { .. }));
        needs.scores |=
            asks(|one| matches!(one, Happening::Deterioration | Happening::Scored { .. }));
        needs.outcomes |= asks(|one| matches!(one, Happening::NeedFound));
        needs.phases |= asks(|one| matches!(one, Happening::PhaseBegins(_)));
        for criterion in criteria {
            of_criterion(needs, criterion);
        }
    }
}

fn of_index(needs: &mut Needs, unit: Unit) {
    match unit {
        Unit::Referral | Unit::Request => needs.referrals = true,
        Unit::Plan | Unit::PlannedService => needs.plans = true,
        Unit::PositiveScreen | Unit::NeedFound => needs.outcomes = true,
        Unit::QuarterPair(_) | Unit::AgencyDay { .. } => needs.ask_visits(),
        Unit::SectorNeed(_) => needs.sectors = true,
        _ => {}
    }
}

fn of_criterion(needs: &mut Needs, criterion: &Criterion) {
    match criterion {
        Criterion::ContactOrPlan { .. } => needs.plans = true,
        Criterion::NightsOver(_) | Criterion::Own(OwnTest::Involuntary) => needs.stays = true,
        Criterion::Own(OwnTest::Led) => {
            needs.leads = true;
            needs.plans = true;
        }
        Criterion::Own(OwnTest::FurtherDiagnosis(_)) => needs.further_diagnoses = true,
        Criterion::Own(OwnTest::HoursOver(_) | OwnTest::TimesKnown) => needs.times = true,
        Criterion::Course(Course::SameAgency { .. })
        | Criterion::HowMuch(HowMuch { of: Amount::Agencies, .. }) => needs.ask_visits(),
        Criterion::Course(Course::Linked { .. }) => needs.referrals = true,
        Criterion::Course(Course::InPhase { .. }) => needs.phases = true,
        Criterion::Scores(_) => needs.scores = true,
        _ => {}
    }
}

/// The sets of stays that rules name by their levels.
pub(super) fn of_sets(needs: &mut Needs, indicators: &[Indicator]) {
    needs.sets = OwnSet::among(indicators.iter().flat_map(|one| one.rule.spell_sets()));
}

/// What rules about members need.
pub(super) fn of_members(needs: &mut Needs, indicators: &[Indicator]) {
    for indicator in indicators {
        let Rule::Member(rule) = &indicator.rule else { continue };
        needs.phases |= rule.in_phase.is_some();
        needs.homes |= matches!(rule.candidates, Candidates::Living(_));
        if rule.agencies.is_some()
            || matches!(rule.value, MemberValue::SharedPlan | MemberValue::Disruptions)
        {
            needs.ask_visits();
        }
        if let Candidates::Visits { visits, .. } = rule.candidates {
            needs.visits |= visits.filter.is_none();
            needs.visits_to[visits.provider] = true;
        }
        needs.outcomes |= matches!(rule.candidates, Candidates::Answered(_));
        needs.scores |= matches!(rule.candidates, Candidates::Scored(_))
            || rule.value == MemberValue::ScoredQuarters;
        let with_lead = matches!(rule.value, MemberValue::QuartersInCare { lead: true, .. });
        needs.visits_to[0] |= with_lead;
        let is_led = with_lead || rule.value == MemberValue::HasLead;
        needs.leads |= is_led;
        needs.plans |= is_led
            || matches!(rule.value, MemberValue::PlanCurrent { .. } | MemberValue::SharedPlan);
    }
}

/// What rates need.
pub(super) fn of_things(needs: &mut Needs, things: impl Iterator<Item = Thing>) {
    for thing in things {
        match thing {
            Thing::PatientDays(_) | Thing::WaitingNights(_) => needs.stays = true,
            Thing::Minutes { .. } => needs.times = true,
            Thing::Cost { .. } | Thing::UnitMoney => needs.costs = true,
            Thing::Waiting { .. } => needs.referrals = true,
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

/// The filters whose contacts a rule counts as rows.
pub(super) fn counted_rows(rule: &Rule) -> Vec<usize> {
    let rows = |criterion: &&Criterion| match criterion {
        Criterion::Course(Course::Rows { filter, .. }) => Some(*filter),
        _ => None,
    };
    rule.criteria().iter().filter_map(rows).collect()
}

/// The place of agencies among the kinds of providers.
const AGENCY: usize = 2;

/// The filters whose contacts a rule looks for at the agency of a stay.
fn at_own_agency(rule: &Rule) -> Vec<usize> {
    let filter = |criterion: &&Criterion| match criterion {
        Criterion::Course(Course::OwnAgency { filter, .. }) => Some(*filter),
        _ => None,
    };
    rule.criteria().iter().filter_map(filter).collect()
}

/// Filters whose contacts are added up, or looked at with their agencies or organisations.
pub(super) fn of_contacts(
    needs: &mut Needs,
    indicators: &[Indicator],
    filters: &[Vec<usize>],
    (treatment, qualifying): (usize, usize),
) {
    needs.summed = vec![false; needs.filters.len()];
    needs.agencies = vec![false; needs.filters.len()];
    needs.organisations = vec![false; needs.filters.len()];
    needs.providers = vec![false; needs.filters.len()];
    let same_agency = |one: &Criterion| matches!(one, Criterion::Course(Course::SameAgency { .. }));
    for (indicator, places) in indicators.iter().zip(filters) {
        for filter in at_own_agency(&indicator.rule) {
            needs.agencies[places[filter]] = true;
            needs.visits_to[AGENCY] = true;
        }
        needs.providers[qualifying] |= indicator.rule.criteria().into_iter().any(same_agency);
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
                    if let Some(filter) = thing.filter_by_row() {
                        needs.organisations[places[filter]] = true;
                    }
                }
                for one in &rate.units {
                    if let Some(UnitMoney::Paid { filter }) = one.money {
                        needs.summed[places[filter]] = true;
                    }
                    if let Unit::AgencyDay { filter } = one.share.index.unit {
                        needs.agencies[places[filter]] = true;
                    }
                }
            }
            Rule::Member(rule) => {
                if let Candidates::Visits { visits, .. } = rule.candidates
                    && let Some(filter) = visits.filter
                {
                    needs.providers[places[filter]] = true;
                }
                if let MemberValue::QuartersInCare { filter, lead: true } = rule.value {
                    needs.providers[places[filter]] = true;
                }
                let by_contact = rule.belongs.by_contact(treatment, |filter| places[filter]);
                if let Some(filter) = by_contact {
                    needs.organisations[filter] = true;
                }
            }
            Rule::LevelMix | Rule::Contacts(_) => {}
        }
    }
}
