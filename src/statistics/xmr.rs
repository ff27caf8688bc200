//! Individual values with moving ranges.

use std::ops::Range;

use super::chart::mean;
use super::{Chart, Limits};

/// An `XmR` chart: the values' limits, and the upper limit of the moving ranges.
#[derive(Debug, Clone, PartialEq)]
pub struct Xmr {
    /// Centre line and limits of the values.
    pub chart: Chart,
    /// Mean of the moving ranges that the limits rest on.
    pub mean_range: f64,
    /// Upper limit of moving ranges.
    pub range_high: f64,
}

/// Limits x̄ ± 2.66 × the mean moving range of the baseline (2.66 is 3 ÷ 1.128). With `screened`,
/// moving ranges above 3.267 × their mean are left out, once, as NHS England's charts do.
/// Nothing for a baseline of fewer than two points.
pub fn xmr_chart(values: &[f64], baseline: Range<usize>, screened: bool) -> Option<Xmr> {
    let base = values.get(baseline)?;
    let centre = mean(base)?;
    let mut ranges: Vec<f64> = base.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let mut mean_range = mean(&ranges)?;
    if screened {
        let limit = 3.267 * mean_range;
        ranges.retain(|range| *range <= limit);
        mean_range = mean(&ranges).unwrap_or(mean_range);
    }
    let reach = 2.66 * mean_range;
    let limits = Limits { low: centre - reach, high: centre + reach };
    let chart = Chart { centre, limits: vec![limits; values.len()] };
    Some(Xmr { chart, mean_range, range_high: 3.267 * mean_range })
}

/// The moving ranges themselves as a chart: the distances of each value from the one before it (so
/// there is one fewer than there are values), with the mean range of the baseline as centre, 0 below
/// and 3.267 × the centre above.
///
/// The baseline is one of ranges: `0..n − 1` for n values. Nothing for an empty baseline.
pub fn moving_range_chart(values: &[f64], baseline: Range<usize>) -> Option<(Vec<f64>, Chart)> {
    let ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let centre = mean(ranges.get(baseline)?)?;
    let limits = vec![Limits { low: 0.0, high: 3.267 * centre }; ranges.len()];
    Some((ranges, Chart { centre, limits }))
}
