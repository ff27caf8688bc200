//! Shares of units.

use super::Limits;
use super::distribution::{beta_quantile, normal_quantile};

/// Wilson's score interval of `met` of `units`. Both may be fractional, as an effective sample is.
///
/// (2x + z² ± z√(z² + 4x(1 − x/n))) / 2(n + z²): Wilson, JASA 22 (1927), as written by Public
/// Health England.
///
/// ```
/// let limits = throughline::statistics::wilson(45.0, 60.0, 0.95).expect("45 of 60");
/// assert!((limits.low - 0.6277).abs() < 5e-5 && (limits.high - 0.8422).abs() < 5e-5);
/// ```
pub fn wilson(met: f64, units: f64, confidence: f64) -> Option<Limits> {
    if !(units > 0.0 && met >= 0.0 && met <= units) {
        return None;
    }
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let root = z * (z * z + 4.0 * met * (1.0 - met / units)).sqrt();
    let (middle, below) = (2.0 * met + z * z, 2.0 * (units + z * z));
    Some(Limits { low: (middle - root) / below, high: (middle + root) / below }.within(0.0, 1.0))
}

/// The exact interval of Clopper and Pearson, Biometrika 26 (1934), by beta quantiles.
pub fn clopper_pearson(met: f64, units: f64, confidence: f64) -> Option<Limits> {
    if !(units > 0.0 && met >= 0.0 && met <= units) {
        return None;
    }
    let (tail, unmet) = ((1.0 - confidence) / 2.0, units - met);
    let low = if met > 0.0 { beta_quantile(tail, met, unmet + 1.0) } else { 0.0 };
    let high = if unmet > 0.0 { beta_quantile(1.0 - tail, met + 1.0, unmet) } else { 1.0 };
    Some(Limits { low, high })
}

/// The difference of two shares `(met, units)` and its interval: Newcombe's hybrid of two Wilson
/// intervals, Statistics in Medicine 17 (1998), method 10.
pub fn newcombe(first: (f64, f64), second: (f64, f64), confidence: f64) -> Option<(f64, Limits)> {
    let one = wilson(first.0, first.1, confidence)?;
    let two = wilson(second.0, second.1, confidence)?;
    let (share, other) = (first.0 / first.1, second.0 / second.1);
    let difference = share - other;
    let low = difference - libm::hypot(share - one.low, two.high - other);
    let high = difference + libm::hypot(one.high - share, other - two.low);
    Some((difference, Limits { low, high }))
}
