//! Two estimates of which only the values and limits are known: their ratio and difference, by the
//! method of variance estimates recovery (Zou and Donner, Statistics in Medicine 27 (2008)): each
//! limit's distance from its value stands for the standard error on that side.

use super::Limits;

/// A value and its limits.
pub type Estimated = (f64, Limits);

/// `first` ÷ `second` with its limits, on the scale of logarithms, where the distances add up as
/// squares. Nothing unless both values are above 0.
///
/// ```
/// use throughline::statistics::{Limits, ratio_of, wilson};
/// // 56 of 70 against 48 of 80.
/// let of = |met: f64, units: f64| (met / units, wilson(met, units, 0.95).expect("units"));
/// let (ratio, limits) = ratio_of(of(56.0, 70.0), of(48.0, 80.0)).expect("shares above 0");
/// assert!((ratio - 4.0 / 3.0).abs() < 1e-12);
/// assert!(limits.low > 1.0 && limits.high < 1.7);
/// ```
pub fn ratio_of(first: Estimated, second: Estimated) -> Option<Estimated> {
    let ((a, of_a), (b, of_b)) = (first, second);
    if !(a > 0.0 && b > 0.0) {
        return None;
    }
    // The logarithm of a lower limit of 0 is as far away as can be.
    let apart = |high: f64, low: f64| if low > 0.0 { libm::log(high / low) } else { f64::INFINITY };
    let ratio = a / b;
    let down = libm::hypot(apart(a, of_a.low), apart(of_b.high, b));
    let up = libm::hypot(apart(of_a.high, a), apart(b, of_b.low));
    Some((ratio, Limits { low: ratio * libm::exp(-down), high: ratio * libm::exp(up) }))
}

/// `first` − `second` with its limits. Of two shares with Wilson's limits it is Newcombe's interval.
pub fn difference_of(first: Estimated, second: Estimated) -> Estimated {
    let ((a, of_a), (b, of_b)) = (first, second);
    let difference = a - b;
    let down = libm::hypot(a - of_a.low, of_b.high - b);
    let up = libm::hypot(of_a.high - a, b - of_b.low);
    (difference, Limits { low: difference - down, high: difference + up })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{newcombe, wilson};

    fn share(met: f64, units: f64) -> Estimated {
        (met / units, wilson(met, units, 0.95).expect("units"))
    }

    #[test]
    fn differences_of_shares_are_newcombes() {
        let (difference, limits) = difference_of(share(56.0, 70.0), share(48.0, 80.0));
        let (known, expected) = newcombe((56.0, 70.0), (48.0, 80.0), 0.95).expect("units");
        assert!((difference - known).abs() < 1e-15);
        assert!((limits.low - expected.low).abs() < 1e-15);
        assert!((limits.high - expected.high).abs() < 1e-15);
    }

    #[test]
    fn a_ratio_and_its_inverse_have_inverse_limits() {
        let (ratio, limits) = ratio_of(share(56.0, 70.0), share(48.0, 80.0)).expect("above 0");
        let (inverse, other) = ratio_of(share(48.0, 80.0), share(56.0, 70.0)).expect("above 0");
        assert!((ratio * inverse - 1.0).abs() < 1e-12);
        assert!((limits.low * other.high - 1.0).abs() < 1e-12);
        assert!((limits.high * other.low - 1.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_met_has_no_ratio_below_and_no_upper_end_above() {
        assert_eq!(ratio_of(share(0.0, 70.0), share(48.0, 80.0)), None);
        let open = (0.1, Limits { low: 0.0, high: 0.3 });
        let (_, limits) = ratio_of(open, share(48.0, 80.0)).expect("above 0");
        assert!(limits.low.abs() < 1e-300);
        let (_, limits) = ratio_of(share(48.0, 80.0), open).expect("above 0");
        assert!(limits.high.is_infinite());
    }
}
