//! Mean time without the event within a horizon: the area under a survival curve.

use super::super::Limits;
use super::super::distribution::{normal_probability, normal_quantile};
use super::curve::SurvivalCurve;

/// A restricted mean survival time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestrictedMean {
    /// The horizon τ, in days.
    pub horizon: u32,
    /// Mean days without the event within the horizon.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl RestrictedMean {
    /// Normal limits of the mean, kept within 0 and the horizon.
    pub fn limits(&self, confidence: f64) -> Limits {
        let reach = normal_quantile(f64::midpoint(1.0, confidence)) * self.standard_error;
        let limits = Limits { low: self.mean - reach, high: self.mean + reach };
        limits.within(0.0, f64::from(self.horizon))
    }
}

impl SurvivalCurve {
    /// The area under the curve up to a horizon, with variance Σ A² d ÷ n(n − d), A the area from the
    /// day of the events to the horizon (Irwin 1949; as R's survival and survRM2). Nothing where the
    /// curve ends before the horizon with members left, because its further course is unknown.
    pub fn restricted_mean(&self, horizon: u32) -> Option<RestrictedMean> {
        let last = self.steps.last()?;
        if horizon == 0 || (last.time < horizon && last.survival > 0.0) {
            return None;
        }
        let within = self.steps.partition_point(|step| step.time < horizon);
        let (mut area, mut variance) = (0.0, 0.0);
        let mut until = horizon;
        for step in self.steps[..within].iter().rev() {
            area += step.survival * f64::from(until - step.time);
            until = step.time;
            let left = step.at_risk - step.events;
            if step.events > 0.0 && area > 0.0 {
                variance += area * area * step.events / (step.at_risk * left);
            }
        }
        let mean = area + f64::from(until);
        Some(RestrictedMean { horizon, mean, standard_error: variance.sqrt() })
    }
}

/// Two restricted means with the same horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestrictedMeans {
    /// First − second, in days.
    pub difference: f64,
    /// Limits of the difference.
    pub difference_limits: Limits,
    /// Two-sided p-value of the difference.
    pub difference_p: f64,
    /// First ÷ second.
    pub ratio: f64,
    /// Limits of the ratio, even on the logarithmic scale.
    pub ratio_limits: Limits,
    /// Two-sided p-value of the ratio.
    pub ratio_p: f64,
}

/// Difference and ratio of two restricted means (Uno and others, Journal of Clinical Oncology 32
/// (2014)). Nothing for different horizons, or where both are known without error.
pub fn compare_restricted_means(
    first: &RestrictedMean,
    second: &RestrictedMean,
    confidence: f64,
) -> Option<RestrictedMeans> {
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let error = libm::hypot(first.standard_error, second.standard_error);
    if first.horizon != second.horizon || error.is_nan() || error <= 0.0 {
        return None;
    }
    let difference = first.mean - second.mean;
    let relative =
        libm::hypot(first.standard_error / first.mean, second.standard_error / second.mean);
    let ratio = first.mean / second.mean;
    let factor = libm::exp(z * relative);
    let p = |z: f64| 2.0 * normal_probability(-z.abs());
    Some(RestrictedMeans {
        difference,
        difference_limits: Limits { low: difference - z * error, high: difference + z * error },
        difference_p: p(difference / error),
        ratio,
        ratio_limits: Limits { low: ratio / factor, high: ratio * factor },
        ratio_p: p(libm::log(ratio) / relative),
    })
}
