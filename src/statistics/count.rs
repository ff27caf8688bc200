//! Counts of events.

use super::distribution::{chi_squared_quantile, normal_quantile};
use super::{Limits, Part};

/// Byar's approximation to the exact Poisson interval of a count (Breslow and Day 1987, vol. II,
/// p. 69); good from ten events on.
pub fn byar(events: f64, confidence: f64) -> Option<Limits> {
    if events.is_nan() || events < 0.0 {
        return None;
    }
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let end = |count: f64, sign: f64| {
        let root = 1.0 - 1.0 / (9.0 * count) + sign * z / (3.0 * count.sqrt());
        count * root * root * root
    };
    let low = if events > 0.0 { end(events, -1.0).max(0.0) } else { 0.0 };
    Some(Limits { low, high: end(events + 1.0, 1.0) })
}

/// The exact Poisson interval of a count by chi-squared quantiles (Garwood, Biometrika 28 (1936)).
pub fn exact_poisson(events: f64, confidence: f64) -> Option<Limits> {
    if events.is_nan() || events < 0.0 {
        return None;
    }
    let tail = (1.0 - confidence) / 2.0;
    let low = if events > 0.0 { chi_squared_quantile(tail, 2.0 * events) / 2.0 } else { 0.0 };
    Some(Limits { low, high: chi_squared_quantile(1.0 - tail, 2.0 * events + 2.0) / 2.0 })
}

/// The ratio of two rates `events ÷ person-time` and its limits by the logarithm: ln of the ratio
/// ± z√(1/a + 1/b) (Rothman, Greenland and Lash, Modern Epidemiology, 3rd edition, p. 250). Nothing
/// where either has no events or no time.
pub fn rate_ratio(first: Part, second: Part, confidence: f64) -> Option<(f64, Limits)> {
    let usable = |part: Part| part.numerator > 0.0 && part.denominator > 0.0;
    if !(usable(first) && usable(second)) {
        return None;
    }
    let ratio = first.numerator / first.denominator * second.denominator / second.numerator;
    let error = (1.0 / first.numerator + 1.0 / second.numerator).sqrt();
    let factor = libm::exp(normal_quantile(f64::midpoint(1.0, confidence)) * error);
    Some((ratio, Limits { low: ratio / factor, high: ratio * factor }))
}

/// How much counts vary beyond chance: Pearson's chi-squared of counts against one common rate ÷ its
/// degrees of freedom. Standard errors of such counts grow by its root. Nothing for fewer than two
/// counts, or where none is expected.
pub fn dispersion(counts: &[Part]) -> Option<f64> {
    let (events, time) = counts
        .iter()
        .fold((0.0, 0.0), |sum, count| (sum.0 + count.numerator, sum.1 + count.denominator));
    let usable = counts.iter().all(|count| count.denominator > 0.0);
    if counts.len() < 2 || events.is_nan() || events <= 0.0 || !usable {
        return None;
    }
    let miss = |count: &Part| {
        let expected = events / time * count.denominator;
        (count.numerator - expected) * (count.numerator - expected) / expected
    };
    #[expect(clippy::cast_precision_loss, reason = "counts are few")]
    let freedom = (counts.len() - 1) as f64;
    Some(counts.iter().map(miss).sum::<f64>() / freedom)
}
