//! What a Cox model says about somebody with given covariates: the absolute side of a hazard ratio.

use super::cox::{CoxData, CoxError, CoxFit};
use super::cox_pass::each_event_day;
use super::sorted::Sorted;

/// One day of an expected survival curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedStep {
    /// Days after time zero.
    pub time: u32,
    /// The share expected to be without the event after the day.
    pub survival: f64,
}

/// Survival exp(−Λ₀(t) r) of members with given covariates, by the Breslow–Efron estimate of the
/// cumulative hazard, on every day with events of a stratum (any stratum id where the model has
/// none). The fit must come from the same data.
pub fn expected_survival(
    data: &CoxData,
    fit: &CoxFit,
    covariates: &[f64],
    stratum: u32,
) -> Result<Vec<ExpectedStep>, CoxError> {
    let sorted = Sorted::new(data)?;
    let estimates = fit.estimates();
    if estimates.len() != data.width || covariates.len() != data.width {
        return Err(CoxError::Shape);
    }
    let risk = sorted.risk_of(covariates, &estimates);
    let mut hazards = Vec::new();
    each_event_day(&sorted, &sorted.scaled(&estimates), fit.ties, |day| {
        let row = sorted.order[sorted.days[day.day].start];
        if data.strata.is_none_or(|strata| strata[row] == stratum) {
            hazards.push((day.time, day.hazard().0));
        }
    });
    let mut sum = 0.0;
    let steps = hazards.into_iter().rev().map(|(time, hazard)| {
        sum += hazard * risk;
        ExpectedStep { time, survival: libm::exp(-sum) }
    });
    Ok(steps.collect())
}
