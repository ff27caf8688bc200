//! Activities that belong to no member, added to rates that ask for them.

use std::collections::BTreeMap;

use super::part::band_name;
use super::plan::{Plan, StratumKind};
use super::{Cell, Fate, Group, Stratum, Tally, Unit};
use crate::indicator::{Activity, RateRule, Rule};

/// The organisation of what has none.
const UNKNOWN: &str = "unknown";

impl Plan {
    /// The same plan, with activities of the community for the rates that count them.
    #[must_use]
    pub fn with_activities(mut self, activities: Vec<Activity>) -> Self {
        self.activities = activities;
        self
    }
}

/// True for a measure that counts activities, if there are any: nobody knows how many of them are an
/// organisation's or an age band's, and without them its number would be too small. It is told for
/// everyone alone.
fn is_of_everyone(plan: &Plan, measure: usize) -> bool {
    let counts = |rate: &RateRule| rate.activities[0].is_some();
    !plan.activities.is_empty()
        && matches!(&plan.indicators[measure].rule, Rule::Rate(rate) if counts(rate))
}

/// Leaves out what is not told of a unit, or the unit.
pub(super) fn told(plan: &Plan, mut unit: Unit) -> Option<Unit> {
    if is_of_everyone(plan, unit.measure) {
        unit.strata.clear();
        return Some(unit).filter(|unit| unit.group == Group::All);
    }
    Some(unit)
}

/// Adds activities to tallies, each as a member of its own of whom nothing is known. They have no
/// enrolment and so no organisation, and are no people, so that `members` stays.
pub(super) fn add(plan: &Plan, cells: &mut BTreeMap<Cell, Tally>) {
    if plan.activities.is_empty() {
        return;
    }
    let everyone = Stratum::everyone();
    cells.retain(|cell, _| {
        cell.group == Group::All && cell.stratum == everyone || !is_of_everyone(plan, cell.measure)
    });
    for unit in units(plan) {
        let Fate::Counted { numerator, denominator, .. } = unit.fate else { continue };
        for stratum in unit.strata.into_iter().chain([Stratum::everyone()]) {
            let Unit { measure, period, ref group, .. } = unit;
            let tally =
                cells.entry(Cell { measure, period, group: group.clone(), stratum }).or_default();
            tally.numerator += i128::from(numerator);
            tally.nobodys += i128::from(numerator);
            tally.denominator += i128::from(denominator);
            tally.add_squares(numerator, denominator);
        }
    }
}

/// What activities add, as units: for everyone and for the organisation that is not known.
pub(super) fn units(plan: &Plan) -> Vec<Unit> {
    let strata: Vec<Stratum> = plan.strata.iter().filter_map(unknown).collect();
    let mut found = Vec::new();
    for &measure in &plan.computable {
        let Rule::Rate(rate) = &plan.indicators[measure].rule else { continue };
        let [of, to] = rate.activities;
        for activity in &plan.activities {
            let numerator = of.map_or(0, |sum| sum.of(*activity));
            let denominator = to.map_or(0, |sum| sum.of(*activity));
            if (numerator, denominator) == (0, 0) {
                continue;
            }
            for period in plan.calendar.periods(activity.day) {
                for group in [Group::All, Group::Bho(UNKNOWN.to_owned())] {
                    let unit = Unit {
                        member: None,
                        measure,
                        period: plan.periods[*period],
                        group,
                        strata: strata.clone(),
                        day: Some(activity.day),
                        fate: Fate::Counted { numerator, denominator, decided: None },
                    };
                    found.extend(told(plan, unit));
                }
            }
        }
    }
    found
}

/// The part of those of whom an attribute is not known. Activities are not broken down by provider.
fn unknown(kind: &StratumKind) -> Option<Stratum> {
    let value = match kind {
        StratumKind::AgeBand => band_name(usize::MAX).to_owned(),
        StratumKind::Attribute(_) => UNKNOWN.to_owned(),
        StratumKind::Provider(_) => return None,
    };
    Some(Stratum { kind: kind.name().to_owned(), value })
}
