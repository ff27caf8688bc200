//! What every control chart has.

use super::Limits;

/// A centre line and, for each point, the limits of common variation.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The mean of the baseline; its median on a chart of rare events.
    pub centre: f64,
    /// Limits, one for each point.
    pub limits: Vec<Limits>,
}

/// Mean absolute difference of neighbours ÷ 1.128: the standard deviation of points that follow
/// each other, estimated without the shifts between distant ones.
pub(super) fn sigma_of_neighbours(values: &[f64]) -> Option<f64> {
    let ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    Some(mean(&ranges)? / 1.128)
}

/// The mean, if there is anything to average.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a chart has few points")]
    let n = values.len() as f64;
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / n)
}
