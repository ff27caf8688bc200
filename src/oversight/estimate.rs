//! From the sums of a cell to its value and interval.

use crate::indicator::{Display, Interval, Measure, Scale, Shape};
use crate::kernel::Tally;
use crate::statistics::{
    CONFIDENCE, Limits, MemberSums, Resampling, accelerated_bootstrap, byar, cluster_ratio,
    design_effect, exact_poisson, t_interval, wilson,
};
use crate::terms::Period;

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Estimate {
    pub(super) value: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) interval: &'static str,
}

impl Estimate {
    pub(super) fn new(value: f64, limits: Option<Limits>, interval: &'static str) -> Self {
        Self {
            value: Some(value),
            low: limits.map(|limits| limits.low),
            high: limits.map(|limits| limits.high),
            interval: if limits.is_some() { interval } else { "" },
        }
    }
}

/// The factor from quotient to value.
pub(super) fn factor(measure: &Measure, period: Period) -> f64 {
    match measure.scale {
        Scale::Times(factor) => factor,
        Scale::DaysOfPeriod(factor) => factor * f64::from(period.days()),
    }
}

/// Counts that fit an f64 exactly, and sums of squares that need not.
#[expect(clippy::cast_precision_loss, reason = "floats begin here, after the last addition")]
fn float(sum: i128) -> f64 {
    sum as f64
}

/// Scale × numerator ÷ denominator, and the interval that the measure asks for.
pub(super) fn estimate(measure: &Measure, period: Period, tally: &Tally) -> Estimate {
    if tally.denominator <= 0 {
        return Estimate::default();
    }
    let parts = float(i128::from(measure.numerator_parts.max(1)));
    let per_unit = float(i128::from(measure.denominator_parts()));
    let (met, units) = (float(tally.numerator) / parts, float(tally.denominator) / per_unit);
    let factor = factor(measure, period);
    let value = factor * met / units;
    let sums = member_sums(tally, (parts, per_unit));
    let (limits, name) = match measure.interval {
        Interval::Wilson => {
            // Of days the units are as many as there are days in the period.
            let days = match measure.scale {
                Scale::Times(_) => 1.0,
                Scale::DaysOfPeriod(_) => f64::from(period.days()),
            };
            let limits = wilson(met, units / days, CONFIDENCE).filter(|_| met <= units / days);
            (limits.map(|limits| limits.times(1.0 / days)), "wilson")
        }
        Interval::WilsonCluster => {
            let effect = design_effect(sums);
            (wilson(met / effect, units / effect, CONFIDENCE), "wilson_cluster")
        }
        Interval::Byar if tally.numerator < 10 * i128::from(measure.numerator_parts) => (
            exact_poisson(met, CONFIDENCE).map(|limits| limits.times(1.0 / units)),
            "exact_poisson",
        ),
        Interval::Byar => (byar(met, CONFIDENCE).map(|limits| limits.times(1.0 / units)), "byar"),
        Interval::Mean if is_drawn_again(tally) => (by_drawing_again(tally, parts), "bootstrap"),
        Interval::Mean => {
            let deviations = squared_deviations(tally) / (parts * parts);
            (t_interval(units, met / units, deviations, CONFIDENCE), "t")
        }
        Interval::RatioCluster => (cluster_ratio(sums, CONFIDENCE), "ratio_cluster"),
        Interval::None => (None, ""),
    };
    let least_most = bounds(measure);
    // Where all members are alike, their spread says nothing of how far the next may lie.
    let limits = limits.filter(|limits| limits.low < limits.high);
    let limits = limits.map(|limits| limits.within(least_most.0, least_most.1).times(factor));
    Estimate::new(value, limits, name)
}

/// How many times as many units a share needs because units repeat within members; 1 where its interval
/// does not allow for that.
pub(super) fn effect(measure: &Measure, tally: &Tally) -> f64 {
    match measure.interval {
        Interval::WilsonCluster => {
            let parts = float(i128::from(measure.numerator_parts.max(1)));
            let per_unit = float(i128::from(measure.denominator_parts()));
            design_effect(member_sums(tally, (parts, per_unit))).max(1.0)
        }
        _ => 1.0,
    }
}

fn member_sums(tally: &Tally, (parts, per_unit): (f64, f64)) -> MemberSums {
    MemberSums {
        members: float(i128::from(tally.members)),
        n: float(tally.numerator) / parts,
        d: float(tally.denominator) / per_unit,
        nn: float(tally.nn) / (parts * parts),
        nd: float(tally.nd) / (parts * per_unit),
        dd: float(tally.dd) / (per_unit * per_unit),
    }
}

/// Σx² − (Σx)²/n in parts², exactly where the products fit an i128: the difference of two large
/// floats would lose the digits that matter.
fn squared_deviations(tally: &Tally) -> f64 {
    let exact = || {
        let total = tally.nn.checked_mul(tally.denominator)?;
        let square = tally.numerator.checked_mul(tally.numerator)?;
        Some(float(total.checked_sub(square)?) / float(tally.denominator))
    };
    exact()
        .unwrap_or_else(|| {
            let sum = float(tally.numerator);
            float(tally.nn) - sum * sum / float(tally.denominator)
        })
        .max(0.0)
}

/// Means of so many members have limits by drawing them again, if their values are known; of more, a
/// t-interval is as good, and fewer are too few for either.
const DRAWN_AGAIN: std::ops::Range<i128> = 10..30;

fn is_drawn_again(tally: &Tally) -> bool {
    let known: i64 = tally.values.counts().iter().map(|(_, count)| count).sum();
    DRAWN_AGAIN.contains(&tally.denominator) && i128::from(known) == tally.denominator
}

/// Limits of a mean by drawing its members again.
fn by_drawing_again(tally: &Tally, parts: f64) -> Option<Limits> {
    const RESAMPLING: Resampling = Resampling { samples: 1000, seed: 30, confidence: CONFIDENCE };
    let counts = tally.values.counts().iter();
    let values: Vec<f64> = counts
        .flat_map(|(value, count)| (0..*count).map(move |_| float(i128::from(*value)) / parts))
        .collect();
    let members = float(tally.denominator);
    let mean = |drawn: &[&f64]| Some(drawn.iter().copied().sum::<f64>() / members);
    // One member fewer changes every mean by the same factor, which no limit depends on.
    accelerated_bootstrap(&values, RESAMPLING, mean).map(|found| found.limits)
}

/// What a quotient can be at all: an interval that says less than 0 % helps nobody.
fn bounds(measure: &Measure) -> (f64, f64) {
    let share =
        matches!(measure.shape, Shape::Share | Shape::MemberShare | Shape::Mix | Shape::Top { .. })
            || measure.display == Display::Percent;
    match (share, measure.shape) {
        (true, _) => (0.0, 1.0),
        (false, Shape::Rate) => (0.0, f64::INFINITY),
        (false, _) => (f64::NEG_INFINITY, f64::INFINITY),
    }
}

/// True if one member may hold more than half of a sum, from what members' squares add up to. The largest
/// share s of a sum obeys s² ≤ Σn² ÷ (Σn)², so that a quarter is the most at which half is ruled out.
pub(super) fn may_be_dominated(sum: i128, squares: i128) -> bool {
    sum != 0 && squares.saturating_mul(4) > sum.saturating_mul(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_that_overflow_fall_back_to_floats() {
        let tally = Tally {
            numerator: 14 * 10_i128.pow(18),
            denominator: 2,
            nn: 10_i128.pow(38),
            ..Tally::default()
        };
        let expected = 1e38 - 1.96e38 / 2.0;
        assert!((squared_deviations(&tally) / expected - 1.0).abs() < 1e-12);
    }
}
