//! Charts of rare events: of the units between two events (g) and of the time between them (t).

use std::ops::Range;

use super::chart::mean;
use super::{Chart, Limits, xmr_chart};

/// Units without an event between two events, such as discharges between two deaths.
///
/// Limits m ± 3√(m(m + 1)) around the mean m of a geometric count, kept above 0; the centre is the
/// median of the baseline, because the counts are skewed (Benneyan, Health Care Management Science 4
/// (2001); as qicharts2 draws it). Nothing for an empty baseline or a negative count.
pub fn g_chart(between: &[f64], baseline: Range<usize>) -> Option<Chart> {
    let base = between.get(baseline)?;
    let level = mean(base)?;
    if between.iter().any(|count| count.is_nan() || *count < 0.0) {
        return None;
    }
    let reach = 3.0 * (level * (level + 1.0)).sqrt();
    let limits = Limits { low: (level - reach).max(0.0), high: level + reach };
    Some(Chart { centre: median(base), limits: vec![limits; between.len()] })
}

/// Time between two events, in any unit.
///
/// The times to the power 1/3.6 are nearly normal; their `XmR` limits (x̄ ± 3 × mean moving range ÷
/// 1.128) are taken back by the power 3.6, and a lower limit below 0 is 0 (Nelson, Journal of Quality
/// Technology 26 (1994)). Nothing for times of 0 or less, or a baseline of fewer than two.
pub fn t_chart(between: &[f64], baseline: Range<usize>) -> Option<Chart> {
    if between.iter().any(|time| time.is_nan() || *time <= 0.0) {
        return None;
    }
    let roots: Vec<f64> = between.iter().map(|time| libm::pow(*time, 1.0 / 3.6)).collect();
    let xmr = xmr_chart(&roots, baseline, false)?;
    let reach = 3.0 * xmr.mean_range / 1.128;
    let back = |root: f64| if root > 0.0 { libm::pow(root, 3.6) } else { 0.0 };
    let centre = xmr.chart.centre;
    let limits = Limits { low: back(centre - reach), high: back(centre + reach) };
    Some(Chart { centre: back(centre), limits: vec![limits; between.len()] })
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}
