//! Quantiles of values that are held as a count for each value.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::Limits;

/// The quantile of values in order, each with its count, by linear interpolation between order
/// statistics: type 7 of Hyndman and Fan (1996),
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

/// Limits of the median from order statistics: the ranks l and n + 1 − l with the largest l whose
/// binomial tail P(X < l), X ~ Binomial(n, ½), is at most half of 1 − confidence (Conover, Practical
/// Nonparametric Statistics, 3.2). Nothing where there are too few values for such a rank: fewer than
/// six at 95 %.
pub fn median_interval(counts: &[(i64, i64)], confidence: f64) -> Option<Limits> {
    let total: i64 = counts.iter().map(|(_, count)| count).sum();
    let values = u64::try_from(total).ok().filter(|values| *values > 0)?;
    let chance = Binomial::new(0.5, values).ok()?;
    let tail = (1.0 - confidence) / 2.0;
    // The first count whose distribution function reaches the tail is the rank, counted from 0.
    let quantile = chance.inverse_cdf(tail);
    let reaches = chance.cdf(quantile) <= tail;
    let rank = (if reaches { quantile + 1 } else { quantile }).checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^53")]
    let (low, high) = (rank as f64, (values - 1 - rank) as f64);
    Some(Limits { low: at_rank(counts, low)?, high: at_rank(counts, high)? })
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
