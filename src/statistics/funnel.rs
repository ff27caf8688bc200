//! Funnel plots: where units of different size would lie if they differed by chance alone, and, for
//! many units that differ by more, by chance and an ordinary variation between units (Spiegelhalter,
//! Statistics in Medicine 24 (2005)).
//!
//! A rate is a ratio whose expected events are person-time × the overall rate.

use std::f64::consts::FRAC_PI_2;

use super::bootstrap::at;
use super::distribution::{chi_squared_quantile, normal_quantile};
use super::{Limits, Part, exact_poisson};

/// Confidences of the two pairs of limits that a funnel shows.
pub const FUNNEL_CONFIDENCES: [f64; 2] = [0.95, 0.998];

/// Units below which the variation between them is too poorly known to widen limits by it.
pub const LEAST_UNITS: usize = 10;

/// What a funnel compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelScale {
    /// Shares of units: the variance-stabilising angle asin√p, with standard error 1/(2√n).
    Proportion,
    /// Observed ÷ expected events on the square-root scale, with standard error 1/(2√E): extreme
    /// units are pulled in.
    RatioRoot,
    /// Observed ÷ expected events on the logarithmic scale, with standard error 1/√E: extreme units
    /// are left out, as NHS England's hospital mortality indicator does.
    RatioLog,
}

impl FunnelScale {
    fn transform(self, value: f64) -> f64 {
        match self {
            Self::Proportion => libm::asin(value.sqrt()),
            Self::RatioRoot => value.sqrt(),
            Self::RatioLog => libm::log(value),
        }
    }

    fn back(self, value: f64) -> f64 {
        match self {
            Self::Proportion => {
                let sine = libm::sin(value.clamp(0.0, FRAC_PI_2));
                sine * sine
            }
            Self::RatioRoot => value.max(0.0) * value.max(0.0),
            Self::RatioLog => libm::exp(value),
        }
    }

    fn error(self, size: f64) -> f64 {
        match self {
            Self::Proportion | Self::RatioRoot => 0.5 / size.sqrt(),
            Self::RatioLog => 1.0 / size.sqrt(),
        }
    }
}

/// How much units differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispersion {
    /// Each unit's distance from the centre in standard errors.
    pub z_scores: Vec<f64>,
    /// Mean square of the z-scores after extremes were pulled in or left out: 1 if units differ by
    /// chance alone.
    pub phi: f64,
    /// Variance between units on the scale of the funnel; 0 if chance alone explains the spread.
    pub tau_squared: f64,
}

/// A funnel plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// What is compared.
    pub scale: FunnelScale,
    /// The centre: the overall share, or a ratio of 1.
    pub centre: f64,
    /// How much units differ.
    pub dispersion: Dispersion,
}

/// The share of extreme units at each end that is pulled in or left out.
const EXTREMES: f64 = 0.1;

/// The funnel of units, with the method of moments for the variance between them (`DerSimonian` and
/// Laird's, as `FunnelPlotR` 0.6 computes it). For a proportion, parts are units met and units; for
/// a ratio, observed and expected events. Nothing for no units, for a size of 0 or less, or, on the
/// logarithmic scale, for a unit without events.
pub fn funnel(units: &[Part], scale: FunnelScale) -> Option<Funnel> {
    let whole = units
        .iter()
        .fold((0.0, 0.0), |sum, unit| (sum.0 + unit.numerator, sum.1 + unit.denominator));
    let centre = if scale == FunnelScale::Proportion { whole.0 / whole.1 } else { 1.0 };
    let middle = scale.transform(centre);
    let z_scores: Vec<f64> = units
        .iter()
        .map(|unit| {
            (scale.transform(unit.numerator / unit.denominator) - middle)
                / scale.error(unit.denominator)
        })
        .collect();
    if z_scores.is_empty() || !z_scores.iter().all(|z| z.is_finite()) {
        return None;
    }
    let dispersion = disperse(units, scale, z_scores);
    Some(Funnel { scale, centre, dispersion })
}

fn disperse(units: &[Part], scale: FunnelScale, z_scores: Vec<f64>) -> Dispersion {
    let mut sorted = z_scores.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let (low, high) = (at(&sorted, EXTREMES), at(&sorted, 1.0 - EXTREMES));
    let (mut k, mut squares, mut weights, mut weights_squared) = (0.0, 0.0, 0.0, 0.0);
    for (unit, z) in units.iter().zip(&z_scores) {
        if scale == FunnelScale::RatioLog && !(*z > low && *z < high) {
            continue;
        }
        let z = z.clamp(low, high);
        let error = scale.error(unit.denominator);
        let weight = 1.0 / (error * error);
        k += 1.0;
        squares += z * z;
        weights += weight;
        weights_squared += weight * weight;
    }
    let phi = if k > 0.0 { squares / k } else { 0.0 };
    let spread = weights - weights_squared / weights;
    let tau_squared = if spread > 0.0 { ((squares - (k - 1.0)) / spread).max(0.0) } else { 0.0 };
    Dispersion { z_scores, phi, tau_squared }
}

impl Funnel {
    /// True if there are units enough, and chance alone does not explain their spread.
    pub fn is_overdispersed(&self) -> bool {
        self.dispersion.z_scores.len() >= LEAST_UNITS && self.dispersion.tau_squared > 0.0
    }

    /// Limits for a unit of a size (units of a share, or expected events), widened by the variance
    /// between units where [`Funnel::is_overdispersed`]; otherwise those of chance.
    pub fn adjusted_limits(&self, size: f64, confidence: f64) -> Limits {
        if self.is_overdispersed() {
            self.limits(size, confidence, self.dispersion.tau_squared)
        } else {
            self.chance_limits(size, confidence)
        }
    }

    /// Limits for a unit of a size by chance alone: on the angle scale for a proportion; exact
    /// Poisson limits of the expected events for a ratio.
    pub fn chance_limits(&self, size: f64, confidence: f64) -> Limits {
        match self.scale {
            FunnelScale::Proportion => self.limits(size, confidence, 0.0),
            FunnelScale::RatioRoot | FunnelScale::RatioLog => {
                let tail = (1.0 - confidence) / 2.0;
                let low = chi_squared_quantile(tail, 2.0 * size) / 2.0 / size;
                let high = chi_squared_quantile(1.0 - tail, 2.0 * (size + 1.0)) / 2.0 / size;
                Limits { low, high }
            }
        }
    }

    fn limits(&self, size: f64, confidence: f64, between: f64) -> Limits {
        let error = self.scale.error(size);
        let reach =
            normal_quantile(f64::midpoint(1.0, confidence)) * (error * error + between).sqrt();
        let middle = self.scale.transform(self.centre);
        Limits { low: self.scale.back(middle - reach), high: self.scale.back(middle + reach) }
    }
}

/// Control limits of a share of `units` around an overall share p, as Public Health England's funnels
/// draw them: p ± z√(p(1 − p)/n), the shares whose Wilson interval just reaches p, kept within 0 and 1.
/// Nothing for no units or a share outside 0 to 1.
pub fn share_control_limits(overall: f64, units: f64, confidence: f64) -> Option<Limits> {
    if !(units > 0.0 && (0.0..=1.0).contains(&overall)) {
        return None;
    }
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let reach = z * (overall * (1.0 - overall) / units).sqrt();
    Some(Limits { low: overall - reach, high: overall + reach }.within(0.0, 1.0))
}

/// Where a count of observed events lies on the two lines of a funnel of ratios or rates, as Public
/// Health England's funnels draw them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountOnFunnel {
    /// Expected events at which the count lies on the lower line, and at which on the upper.
    pub expected: Limits,
    /// The ratio there: below 1 on the lower line, above 1 on the upper.
    pub ratio: Limits,
}

/// The lines at a count of observed events: more expected events than the upper exact Poisson limit
/// of the count make it low, fewer than the lower limit make it high. Nothing for no events.
pub fn count_on_funnel(events: f64, confidence: f64) -> Option<CountOnFunnel> {
    let limits = exact_poisson(events, confidence).filter(|_| events > 0.0)?;
    Some(CountOnFunnel {
        expected: Limits { low: limits.high, high: limits.low },
        ratio: Limits { low: events / limits.high, high: events / limits.low },
    })
}
