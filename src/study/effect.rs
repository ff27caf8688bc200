//! How two groups of people differ on one outcome, with or without weights.

use super::design::{Outcome, OutcomeMeasure};
use super::person::{Observed, Person};
use crate::statistics::Limits;
use crate::statistics::survival::{
    CENSORED, CoxData, CoxError, FollowUp, Ties, cox, cumulative_incidence, kaplan_meier,
};

/// The event code of the outcome itself.
pub(super) const HAPPENED: u8 = 1;
/// The event code of a death that came first.
pub(super) const DIED: u8 = 2;

/// A number with its limits, if it has any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its limits at 95 %.
    pub limits: Option<Limits>,
}

impl Estimate {
    /// A number without limits.
    pub(super) fn bare(value: f64) -> Self {
        Self { value, limits: None }
    }
}

/// How the first of two groups differs from the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The risk by the horizon, or the mean amount, of the first and of the second group.
    pub values: [f64; 2],
    /// First less second.
    pub difference: Estimate,
    /// First ÷ second, if the second is above 0.
    pub ratio: Option<Estimate>,
    /// The difference of mean days alive and without the outcome, for what happens on a day.
    pub days: Option<Estimate>,
    /// The hazard ratio of the outcome, for what happens on a day.
    pub hazard: Option<Estimate>,
}

/// Stretches of follow-up and amounts of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) follow_ups: Vec<FollowUp>,
    /// Totals, days and weights.
    pub(super) amounts: Vec<(f64, f64, f64)>,
}

impl Group {
    /// One person with a weight above 0.
    pub(super) fn add(&mut self, person: &Person, place: usize, weight: f64) {
        match person.outcomes[place] {
            Observed::First(_) => {
                self.follow_ups.extend(follow_up(person, place).map(|one| one.weighing(weight)));
            }
            Observed::Amount { total, days } => self.amounts.push((total, f64::from(days), weight)),
            Observed::Unmeasured => {}
        }
    }
}

/// A person's follow-up for an outcome that happens on a day.
pub(super) fn follow_up(person: &Person, place: usize) -> Option<FollowUp> {
    let Some(Observed::First(day)) = person.outcomes.get(place) else { return None };
    let stop = |day: i32| u32::try_from(day).ok().filter(|day| *day > 0);
    let until = match (day, person.death) {
        (Some(day), _) => FollowUp::until(stop(*day)?, HAPPENED),
        (None, Some(death)) => FollowUp::until(stop(death)?, DIED),
        (None, None) => FollowUp::until(stop(person.follow_up)?, CENSORED),
    };
    Some(until)
}

/// The last day that both groups reach, at most `longest`.
pub(super) fn horizon(groups: [&Group; 2], longest: u32) -> u32 {
    let last = |group: &Group| group.follow_ups.iter().map(|one| one.stop).max().unwrap_or(0);
    groups.into_iter().map(last).min().unwrap_or(0).min(longest)
}

/// The values of both groups, and the mean days without the outcome if it happens on a day.
pub(super) fn points(
    outcome: &Outcome,
    groups: [&Group; 2],
    horizon: u32,
) -> Option<([f64; 2], Option<[f64; 2]>)> {
    match &outcome.measure {
        OutcomeMeasure::First(_) => {
            let risk = |group: &Group| {
                let curve = cumulative_incidence(&group.follow_ups, HAPPENED)?;
                Some(curve.incidence_at(horizon))
            };
            let days = |group: &Group| {
                let curve = kaplan_meier(&group.follow_ups)?;
                curve.restricted_mean(horizon).map(|found| found.mean)
            };
            let risks = [risk(groups[0])?, risk(groups[1])?];
            let means = days(groups[0]).zip(days(groups[1]));
            Some((risks, means.map(|(one, other)| [one, other])))
        }
        OutcomeMeasure::Amount(amount) => {
            let scale = amount.scale();
            let mean = |group: &Group| {
                let total: f64 = group.amounts.iter().map(|(total, _, w)| total * w).sum();
                let days: f64 = group.amounts.iter().map(|(_, days, w)| days * w).sum();
                (days > 0.0).then(|| scale * total / days)
            };
            Some(([mean(groups[0])?, mean(groups[1])?], None))
        }
    }
}

/// The effect without limits.
pub(super) fn effect(outcome: &Outcome, groups: [&Group; 2], horizon: u32) -> Option<Effect> {
    let (values, days) = points(outcome, groups, horizon)?;
    // What differs by a rounding does not differ.
    let less = |one: f64, other: f64| {
        let difference = one - other;
        if difference.abs() > 1e-12 * one.abs().max(other.abs()) { difference } else { 0.0 }
    };
    Some(Effect {
        values,
        difference: Estimate::bare(less(values[0], values[1])),
        ratio: (values[1] > 0.0).then(|| Estimate::bare(values[0] / values[1])),
        days: days.map(|days| Estimate::bare(less(days[0], days[1]))),
        hazard: None,
    })
}

/// The same effect with limits from the variances of both groups' curves, for people who are in one
/// group each and weigh 1. Amounts get none.
pub(super) fn with_variance(effect: Effect, groups: [&Group; 2], horizon: u32) -> Effect {
    let z = crate::statistics::normal_quantile(f64::midpoint(1.0, crate::statistics::CONFIDENCE));
    let variance = |group: &Group| {
        let curve = cumulative_incidence(&group.follow_ups, HAPPENED)?;
        curve.step_at(horizon).map(|step| step.variance)
    };
    let mean = |group: &Group| kaplan_meier(&group.follow_ups)?.restricted_mean(horizon);
    let around = |value: f64, reach: f64| Limits { low: value - reach, high: value + reach };
    let risks = variance(groups[0]).zip(variance(groups[1]));
    let error = risks.map(|(one, other)| (one + other).sqrt()).filter(|error| *error > 0.0);
    let difference = Estimate {
        limits: error.map(|error| around(effect.difference.value, z * error)),
        ..effect.difference
    };
    let means = mean(groups[0]).zip(mean(groups[1]));
    let spread = means.map(|(one, other)| libm::hypot(one.standard_error, other.standard_error));
    let days = effect.days.map(|days| Estimate {
        limits: spread.filter(|error| *error > 0.0).map(|error| around(days.value, z * error)),
        ..days
    });
    Effect { difference, days, ..effect }
}

/// The hazard ratio of the outcome, deaths taken as the end of follow-up, with limits that hold for
/// weights: each person is a cluster. `members` says whose each stretch is, group by group.
pub(super) fn hazard(groups: [&Group; 2], members: [&[u32]; 2]) -> Result<Estimate, CoxError> {
    let stretches = || groups.iter().flat_map(|group| &group.follow_ups);
    let follow_ups: Vec<FollowUp> = stretches().map(|one| one.only(HAPPENED)).collect();
    let first = groups[0].follow_ups.len();
    let covariates: Vec<f64> =
        (0..follow_ups.len()).map(|row| f64::from(u8::from(row < first))).collect();
    let clusters = members.concat();
    let has_event = |group: &Group| group.follow_ups.iter().any(|one| one.event == HAPPENED);
    if !groups.into_iter().all(has_event) {
        return Err(CoxError::NoMaximum);
    }
    let data = CoxData {
        follow_ups: &follow_ups,
        covariates: &covariates,
        width: 1,
        strata: None,
        clusters: Some(&clusters),
    };
    let fit = cox(&data, Ties::Efron)?;
    let found = fit.coefficients[0];
    let limits = found.limits(crate::statistics::CONFIDENCE);
    let sound = limits.low.is_finite() && limits.high.is_finite();
    Ok(Estimate { value: found.hazard_ratio(), limits: sound.then_some(limits) })
}
