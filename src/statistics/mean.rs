//! Means of member values.

use super::Limits;
use super::distribution::t_quantile;

/// Student's interval of a mean, from the number of values, their mean and the sum of their squared
/// deviations from it. Nothing for fewer than two values.
pub fn t_interval(n: f64, mean: f64, squared_deviations: f64, confidence: f64) -> Option<Limits> {
    if n < 2.0 || squared_deviations.is_nan() || squared_deviations < 0.0 {
        return None;
    }
    let error = (squared_deviations / (n - 1.0) / n).sqrt();
    let reach = t_quantile(f64::midpoint(1.0, confidence), n - 1.0) * error;
    Some(Limits { low: mean - reach, high: mean + reach })
}
