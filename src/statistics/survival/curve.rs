//! The Kaplan–Meier curve, its limits, and its quantiles.

use super::super::Limits;
use super::super::distribution::normal_quantile;
use super::follow_up::{FollowUp, days, sound};

/// A survival curve: every day on which somebody's follow-up ends.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurve {
    /// The days, in order.
    pub steps: Vec<SurvivalStep>,
}

/// One day of a survival curve. Numbers are sums of weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// Days after time zero.
    pub time: u32,
    /// Members at risk on the day.
    pub at_risk: f64,
    /// Events on the day.
    pub events: f64,
    /// Members whose follow-up ends on the day without the event.
    pub censored: f64,
    /// The share without the event after the day.
    pub survival: f64,
    /// The Nelson–Aalen cumulative hazard up to and with the day.
    pub cumulative_hazard: f64,
    /// Greenwood's sum Σ d ÷ n(n − d): the variance of the logarithm of `survival`; infinite once
    /// nobody is left.
    pub greenwood: f64,
}

/// The scale on which limits of a survival curve are even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveLimits {
    /// ln(−ln S): within 0 and 1 by itself, and best where few are left.
    LogLog,
    /// ln S, at most 1: the default of R's survival.
    Log,
    /// S itself, kept within 0 and 1.
    Plain,
}

impl SurvivalStep {
    /// The standard error of `survival` by Greenwood's formula.
    pub fn standard_error(&self) -> f64 {
        if self.survival > 0.0 { self.survival * self.greenwood.sqrt() } else { f64::NAN }
    }

    /// Limits of `survival`. Nothing where nobody is left, for want of a variance.
    pub fn limits(&self, scale: CurveLimits, confidence: f64) -> Option<Limits> {
        if self.survival <= 0.0 {
            return None;
        }
        if self.survival >= 1.0 {
            return Some(Limits { low: 1.0, high: 1.0 });
        }
        let reach = normal_quantile(f64::midpoint(1.0, confidence)) * self.greenwood.sqrt();
        let (survival, log) = (self.survival, libm::log(self.survival));
        let limits = match scale {
            CurveLimits::LogLog => {
                let power = libm::exp(-reach / log);
                Limits { low: libm::exp(log * power), high: libm::exp(log / power) }
            }
            CurveLimits::Log => {
                Limits { low: libm::exp(log - reach), high: libm::exp(log + reach) }
            }
            CurveLimits::Plain => {
                Limits { low: survival - survival * reach, high: survival + survival * reach }
            }
        };
        Some(limits.within(0.0, 1.0))
    }
}

/// The time by which a share of members had the event, and its limits: where the limits of the curve
/// reach the same share. An end is empty where its curve does not fall that far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// Days after time zero.
    pub time: Option<f64>,
    /// The lower limit.
    pub low: Option<f64>,
    /// The upper limit.
    pub high: Option<f64>,
}

/// The Kaplan–Meier curve (JASA 53 (1958)); every event counts, whatever its kind. With weights that
/// are not counts, Greenwood's variance is no longer right and wants a bootstrap by member. Nothing
/// for no stretches, or for one that ends before it begins.
pub fn kaplan_meier(follow_ups: &[FollowUp]) -> Option<SurvivalCurve> {
    if !sound(follow_ups) {
        return None;
    }
    let (mut survival, mut cumulative_hazard, mut greenwood) = (1.0, 0.0, 0.0);
    let steps = days::<1>(follow_ups, |event| (event != super::CENSORED).then_some(0))
        .into_iter()
        .map(|day| {
            let (n, d) = (day.at_risk, day.events[0]);
            if d > 0.0 {
                // What sums of weights leave over when everybody has the event is rounding.
                let left = if n - d > 1e-9 * n { n - d } else { 0.0 };
                survival *= left / n;
                cumulative_hazard += d / n;
                greenwood += d / (n * left);
            }
            SurvivalStep {
                time: day.time,
                at_risk: n,
                events: d,
                censored: day.censored,
                survival,
                cumulative_hazard,
                greenwood,
            }
        })
        .collect();
    Some(SurvivalCurve { steps })
}

impl SurvivalCurve {
    /// The share without the event after a day.
    pub fn survival_at(&self, day: u32) -> f64 {
        self.step_at(day).map_or(1.0, |step| step.survival)
    }

    /// The last step on or before a day, if there is one.
    pub fn step_at(&self, day: u32) -> Option<&SurvivalStep> {
        let after = self.steps.partition_point(|step| step.time <= day);
        after.checked_sub(1).map(|index| &self.steps[index])
    }

    /// Members at risk on a day: those whose follow-up has begun and not ended before it. A curve
    /// knows this at its steps; with late entry between steps it says what the next step says.
    pub fn at_risk_on(&self, day: u32) -> f64 {
        let next = self.steps.partition_point(|step| step.time < day);
        self.steps.get(next).map_or(0.0, |step| step.at_risk)
    }

    /// The time by which a share of members had the event: 0.5 for the median. Where the curve runs
    /// level at that share, the middle of the level stretch, as in R's survival.
    pub fn quantile(&self, share: f64, scale: CurveLimits, confidence: f64) -> Quantile {
        let left = 1.0 - share;
        let limits = |step: &SurvivalStep| step.limits(scale, confidence);
        Quantile {
            time: self.crossing(left, |step| step.survival),
            low: self.crossing(left, |step| limits(step).map_or(f64::NAN, |limits| limits.low)),
            high: self.crossing(left, |step| limits(step).map_or(f64::NAN, |limits| limits.high)),
        }
    }

    fn crossing(&self, left: f64, height: impl Fn(&SurvivalStep) -> f64) -> Option<f64> {
        const NEAR: f64 = 1e-9;
        let below = |step: &&SurvivalStep| height(step) < left + NEAR;
        let first = self.steps.iter().find(below)?;
        let time = f64::from(first.time);
        if height(first) < left - NEAR {
            return Some(time);
        }
        let next = self.steps.iter().find(|step| height(step) < left - NEAR);
        let end = next.or(self.steps.last()).map_or(time, |step| f64::from(step.time));
        Some(f64::midpoint(time, end))
    }
}
