//! Quantiles of values that are held as a count for each value.

/// The quantile of values in order, each with its count, by linear interpolation between order statistics: type 7 of Hyndman and Fan (1996),
/// the default of R. Nothing where there are no values.
pub fn quantile(counts: &[(i64, i64)], probability: f64) -> Option<f64> {
    let total: i64 = counts.iter().map(|(_, count)| count).sum();
    if total < 1 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^53")]
    let rank = (total - 1) as f64 * probability;
    let (whole, part) = (rank.floor(), rank.fract());
    let below = at_rank(counts, whole)?;
    let above = if part > 0.0 { at_rank(counts, whole + 1.0)? } else { below };
    Some(below + part * (above - below))
}

/// The value at a rank, counted from 0.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts are far below 2^53; values lose below 1e-15"
)]
fn at_rank(counts: &[(i64, i64)], rank: f64) -> Option<f64> {
    let mut seen = 0_i64;
    for (value, count) in counts {
        seen += count;
        if rank < seen as f64 {
            return Some(*value as f64);
        }
    }
    counts.last().map(|(value, _)| *value as f64)
}
