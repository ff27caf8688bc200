//! Change on an instrument: how much is more than its error of measurement, for one member and for a
//! group.

use super::distribution::normal_quantile;
use super::{Limits, t_interval};

/// What is known about an instrument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Instrument {
    /// Standard deviation of first scores, in points; above 0.
    pub deviation: f64,
    /// Reliability r, from 0 to below 1.
    pub reliability: f64,
    /// True if a higher score is better.
    pub higher_is_better: bool,
}

/// What a member's two scores say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReliableChange {
    /// Better by more than the error of measurement.
    Improved,
    /// Worse by more than the error of measurement.
    Deteriorated,
    /// Within it.
    NoChange,
}

impl Instrument {
    /// The standard error of measurement, SD√(1 − r), in points.
    pub fn error_of_measurement(self) -> f64 {
        self.deviation * (1.0 - self.reliability).sqrt()
    }

    /// The standard error of a difference of two scores, √2 times that of one.
    pub fn error_of_difference(self) -> f64 {
        std::f64::consts::SQRT_2 * self.error_of_measurement()
    }

    /// The smallest change of one member that is more than error at a confidence: z times the
    /// standard error of a difference; for the mean of n members, this ÷ √n.
    pub fn detectable_change(self, confidence: f64) -> f64 {
        normal_quantile(f64::midpoint(1.0, confidence)) * self.error_of_difference()
    }

    /// The reliable change index (last − first) ÷ standard error of a difference (Jacobson and
    /// Truax, Journal of Consulting and Clinical Psychology 59 (1991)).
    pub fn reliable_change_index(self, first: f64, last: f64) -> f64 {
        (last - first) / self.error_of_difference()
    }

    /// Whether the index lies beyond the normal quantile of the confidence, and on which side.
    pub fn reliable_change(self, first: f64, last: f64, confidence: f64) -> ReliableChange {
        let change = if self.higher_is_better { last - first } else { first - last };
        let least = self.detectable_change(confidence);
        if change > least {
            ReliableChange::Improved
        } else if change < -least {
            ReliableChange::Deteriorated
        } else {
            ReliableChange::NoChange
        }
    }
}

/// Mean and standard deviation of scores in a population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norm {
    /// Mean score.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

/// The score at which a member is as far from the clinical mean as from the general one, in standard
/// deviations of each (Jacobson and Truax's criterion c).
pub fn clinical_cut_off(clinical: Norm, general: Norm) -> f64 {
    (clinical.deviation * general.mean + general.deviation * clinical.mean)
        / (clinical.deviation + general.deviation)
}

/// The change of a group between two scores of each member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanChange {
    /// Mean of last − first, in points.
    pub mean: f64,
    /// Student's limits of the mean.
    pub limits: Limits,
    /// The mean ÷ the standard deviation of first scores (Glass's Δ); none if all first scores are
    /// alike.
    pub standardised: Option<f64>,
}

/// Mean change of pairs `(first, last)`, one pair for each member. Nothing for fewer than two.
pub fn mean_change(pairs: &[(f64, f64)], confidence: f64) -> Option<MeanChange> {
    #[expect(clippy::cast_precision_loss, reason = "members are far below 2^53")]
    let n = pairs.len() as f64;
    let moments = |value: &dyn Fn(&(f64, f64)) -> f64| {
        let mean = pairs.iter().map(value).sum::<f64>() / n;
        let squares = pairs.iter().map(|pair| (value(pair) - mean) * (value(pair) - mean));
        (mean, squares.sum::<f64>())
    };
    let (mean, squares) = moments(&|pair| pair.1 - pair.0);
    let limits = t_interval(n, mean, squares, confidence)?;
    let deviation = (moments(&|pair| pair.0).1 / (n - 1.0)).sqrt();
    let standardised = (deviation > 0.0).then(|| mean / deviation);
    Some(MeanChange { mean, limits, standardised })
}

/// The smallest difference of two shares near `share`, from `units` in each of two periods, that a
/// two-sided test at a confidence finds with a given power: (z + z′)√(2p(1 − p)/n), z′ the normal quantile of the
/// power.
pub fn detectable_difference(share: f64, units: f64, confidence: f64, power: f64) -> Option<f64> {
    if !(units > 0.0 && (0.0..=1.0).contains(&share)) {
        return None;
    }
    let z = normal_quantile(f64::midpoint(1.0, confidence)) + normal_quantile(power);
    Some(z * (2.0 * share * (1.0 - share) / units).sqrt())
}
