//! Counts of events.

use super::Limits;
use super::distribution::{chi_squared_quantile, normal_quantile};

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
