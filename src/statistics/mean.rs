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

/// The geometric mean of values in order, each with its count: the exponential of the mean of their
/// logarithms. Values that are not above 0 have no logarithm and are left out; nothing where there are no
/// others.
#[expect(clippy::cast_precision_loss, reason = "values and counts are far below 2^53")]
pub fn geometric_mean(counts: &[(i64, i64)]) -> Option<f64> {
    let above = || counts.iter().filter(|(value, _)| *value > 0);
    let total: i64 = above().map(|(_, count)| count).sum();
    let logarithms: f64 =
        above().map(|(value, count)| *count as f64 * libm::log(*value as f64)).sum();
    (total > 0).then(|| libm::exp(logarithms / total as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_weigh_less_in_a_geometric_mean() {
        let mean = geometric_mean(&[(1, 2), (10, 1), (1000, 1)]).expect("values");
        assert!((mean - 10.0).abs() < 1e-12, "{mean}");
        assert_eq!(geometric_mean(&[(0, 3), (8, 5)]).map(f64::round), Some(8.0));
        assert_eq!(geometric_mean(&[(0, 3)]), None);
    }
}
