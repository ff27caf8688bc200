//! Cox's model of proportional hazards.

use nalgebra::{DMatrix, DVector};

use super::super::Limits;
use super::super::distribution::{normal_probability, normal_quantile};
use super::super::matrix::factor;
use super::cox_pass::{Likelihood, likelihood};
use super::follow_up::FollowUp;
use super::robust::robust_covariance;
use super::sorted::Sorted;

/// Follow-up with covariates.
#[derive(Debug, Clone, Copy)]
pub struct CoxData<'a> {
    /// Follow-up, one stretch a row; every event counts, whatever its kind (see [`FollowUp::only`]).
    pub follow_ups: &'a [FollowUp],
    /// Covariates, row by row.
    pub covariates: &'a [f64],
    /// Covariates of a row.
    pub width: usize,
    /// The stratum of each row: strata have hazards of their own and share coefficients. None for a
    /// single stratum.
    pub strata: Option<&'a [u32]>,
    /// The cluster of each row, such as the member: standard errors are then robust (Lin and Wei, JASA
    /// 84 (1989)) with residuals added up in each cluster. None for standard errors of the model.
    pub clusters: Option<&'a [u32]>,
}

/// What events on the same day are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// Efron's approximation (JASA 72 (1977)): close to exact also where many share a day.
    #[default]
    Efron,
    /// Breslow's: every event of a day against the whole risk set.
    Breslow,
}

/// Why a model cannot be fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoxError {
    /// Covariates, strata or clusters do not have one entry for each row.
    #[error("follow-up, covariates, strata and clusters do not have the same number of rows")]
    Shape,
    /// A stretch ends before it begins, or a weight or covariate is not a usable number.
    #[error("a stretch ends before it begins, or a weight or covariate is not usable")]
    Values,
    /// Nobody has the event.
    #[error("there are no events")]
    NoEvents,
    /// A covariate, counted from 0, is constant or a combination of those before it.
    #[error("covariate {0} says nothing that the ones before it do not say")]
    Collinear(usize),
    /// The likelihood has no maximum: some covariate tells all events from the rest.
    #[error("the likelihood has no maximum, as when a group has no events")]
    NoMaximum,
}

/// A fitted coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// The logarithm of the hazard ratio for one unit of the covariate.
    pub estimate: f64,
    /// Its standard error: robust with clusters, of the model without.
    pub standard_error: f64,
    /// The standard error of the model.
    pub model_error: f64,
}

impl Coefficient {
    /// The hazard ratio for one unit.
    pub fn hazard_ratio(self) -> f64 {
        libm::exp(self.estimate)
    }

    /// Limits of the hazard ratio (Wald's, even on the logarithmic scale).
    pub fn limits(self, confidence: f64) -> Limits {
        let reach = normal_quantile(f64::midpoint(1.0, confidence)) * self.standard_error;
        Limits { low: libm::exp(self.estimate - reach), high: libm::exp(self.estimate + reach) }
    }

    /// The two-sided p-value of Wald's test.
    pub fn p(self) -> f64 {
        2.0 * normal_probability(-(self.estimate / self.standard_error).abs())
    }
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxFit {
    /// Coefficients, in the order of the covariates.
    pub coefficients: Vec<Coefficient>,
    /// Their covariance: robust with clusters, of the model without; row by row.
    pub covariance: Vec<Vec<f64>>,
    /// Log partial likelihood without covariates.
    pub null_log_likelihood: f64,
    /// Log partial likelihood at the coefficients.
    pub log_likelihood: f64,
    /// The score test of all coefficients: a chi-squared with as many degrees of freedom. With one
    /// covariate of two groups and no ties it is the log-rank test.
    pub score: f64,
    /// Rows with an event.
    pub events: usize,
    /// Newton's steps.
    pub steps: u32,
    /// How ties were taken.
    pub ties: Ties,
}

impl CoxFit {
    /// The likelihood-ratio test of all coefficients.
    pub fn likelihood_ratio(&self) -> f64 {
        2.0 * (self.log_likelihood - self.null_log_likelihood)
    }

    /// Events for each coefficient; below ten, coefficients are biased away from 0.
    pub fn events_per_coefficient(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "events are far below 2^53")]
        let (events, width) = (self.events as f64, self.coefficients.len() as f64);
        events / width
    }

    pub(super) fn estimates(&self) -> Vec<f64> {
        self.coefficients.iter().map(|coefficient| coefficient.estimate).collect()
    }
}

/// Fits Cox's model (JRSS B 34 (1972)) by Newton's method. With stretches that start late it takes
/// covariates that change and events that repeat (Andersen and Gill, Annals of Statistics 10 (1982));
/// for the latter the member is the cluster.
pub fn cox(data: &CoxData, ties: Ties) -> Result<CoxFit, CoxError> {
    let sorted = Sorted::new(data)?;
    let null = likelihood(&sorted, &vec![0.0; data.width], ties);
    let covariance = invert(&null.information)?;
    let score = null.gradient.dot(&(covariance * &null.gradient));
    let null_log_likelihood = null.log;
    let (beta, at, steps) = climb(&sorted, null, ties)?;
    let model = invert(&at.information)?;
    let used = match data.clusters {
        Some(clusters) => robust_covariance(&sorted, beta.as_slice(), ties, &model, clusters),
        None => model.clone(),
    };
    let scale = &sorted.scale;
    let coefficients = (0..data.width)
        .map(|j| Coefficient {
            estimate: beta[j] / scale[j],
            standard_error: used[(j, j)].sqrt() / scale[j],
            model_error: model[(j, j)].sqrt() / scale[j],
        })
        .collect();
    let row = |i: usize| (0..data.width).map(|j| used[(i, j)] / (scale[i] * scale[j])).collect();
    Ok(CoxFit {
        coefficients,
        covariance: (0..data.width).map(row).collect(),
        null_log_likelihood,
        log_likelihood: at.log,
        score,
        events: sorted.event.iter().filter(|event| **event).count(),
        steps,
        ties,
    })
}

/// Newton's steps, halved where they overshoot, until the likelihood stands still.
fn climb(
    sorted: &Sorted,
    start: Likelihood,
    ties: Ties,
) -> Result<(DVector<f64>, Likelihood, u32), CoxError> {
    let mut beta = DVector::zeros(sorted.width);
    let mut at = start;
    for step in 1..=40 {
        let mut change = solve(&at)?;
        let mut next = likelihood(sorted, (&beta + &change).as_slice(), ties);
        let mut halvings = 0;
        while (next.log.is_nan() || next.log < at.log - 1e-9 * at.log.abs()) && halvings < 20 {
            change *= 0.5;
            next = likelihood(sorted, (&beta + &change).as_slice(), ties);
            halvings += 1;
        }
        beta += &change;
        let gain = (next.log - at.log).abs();
        at = next;
        // A coefficient that runs away while nothing is gained has its maximum at infinity.
        if beta.amax() > 50.0 {
            return Err(CoxError::NoMaximum);
        }
        if gain <= 1e-10 * at.log.abs() && change.amax() <= 1e-5 * (1.0 + beta.amax()) {
            // The gradient is at hand: one more step costs no pass and doubles the digits.
            beta += solve(&at)?;
            return Ok((beta, at, step));
        }
    }
    Err(CoxError::NoMaximum)
}

fn solve(at: &Likelihood) -> Result<DVector<f64>, CoxError> {
    let factor = factor(&at.information).ok_or(CoxError::NoMaximum)?;
    Ok(factor.solve(&at.gradient))
}

/// The inverse of an information matrix, or the first covariate that cannot be told from those before
/// it.
pub(super) fn invert(information: &DMatrix<f64>) -> Result<DMatrix<f64>, CoxError> {
    if let Some(factor) = factor(information) {
        return Ok(factor.inverse());
    }
    let lacking = |size: &usize| factor(&information.view((0, 0), (*size, *size)).into()).is_none();
    let first = (1..=information.nrows()).find(lacking).unwrap_or(information.nrows());
    Err(CoxError::Collinear(first - 1))
}
