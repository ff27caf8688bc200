//! Quantiles of the normal, Student, chi-squared and beta distributions. The distribution functions
//! come from `statrs`; its own inverses stop at fewer digits than 1e-9, so they are solved here.

use statrs::function::beta::{beta_reg, ln_beta};
use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::{gamma_lr, gamma_ur, ln_gamma};

/// The normal quantile: 1.959964 for 0.975.
pub fn normal_quantile(probability: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * probability)
}

/// The probability below a normal value: 0.975 for 1.959964.
pub fn normal_probability(value: f64) -> f64 {
    0.5 * erfc(-value / std::f64::consts::SQRT_2)
}

/// The probability that a chi-squared variable exceeds a value: the p-value of a test.
pub fn chi_squared_tail(value: f64, freedom: f64) -> f64 {
    if value <= 0.0 { 1.0 } else { gamma_ur(freedom / 2.0, value / 2.0) }
}

/// The quantile of Student's t for a probability above one half. From a thousand degrees of freedom
/// on by Fisher and Cornish's series (Abramowitz and Stegun 26.7.5), where it is better than 1e-11
/// and the logarithms of large gamma functions are not.
pub fn t_quantile(probability: f64, freedom: f64) -> f64 {
    let z = normal_quantile(probability);
    let z2 = z * z;
    let first = z * (z2 + 1.0) / 4.0;
    let second = z * (3.0 + z2 * (16.0 + z2 * 5.0)) / 96.0;
    let third = z * (-15.0 + z2 * (17.0 + z2 * (19.0 + z2 * 3.0))) / 384.0;
    let series = z + (first + (second + third / freedom) / freedom) / freedom;
    if freedom >= 1000.0 {
        return series;
    }
    let tail = 1.0 - probability;
    let above = |t: f64| 0.5 * beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t));
    let scale = -ln_beta(freedom / 2.0, 0.5) - 0.5 * libm::log(freedom);
    let density =
        |t: f64| libm::exp(scale - f64::midpoint(freedom, 1.0) * libm::log1p(t * t / freedom));
    solve(|t| tail - above(t), density, series, (0.0, 1e9))
}

/// The quantile of the chi-squared distribution.
pub fn chi_squared_quantile(probability: f64, freedom: f64) -> f64 {
    let shape = freedom / 2.0;
    let scale = ln_gamma(shape);
    let density = |x: f64| libm::exp((shape - 1.0) * libm::log(x) - x - scale);
    // Wilson and Hilferty's cube is near enough to start from.
    let ninth = 2.0 / (9.0 * freedom);
    let cube = 1.0 - ninth + normal_quantile(probability) * ninth.sqrt();
    let start = (freedom * cube * cube * cube / 2.0).max(1e-8);
    2.0 * solve(|x| gamma_lr(shape, x) - probability, density, start, (0.0, 1e9 + 10.0 * shape))
}

/// The quantile of the beta distribution.
pub(super) fn beta_quantile(probability: f64, a: f64, b: f64) -> f64 {
    let scale = ln_beta(a, b);
    let density =
        |x: f64| libm::exp((a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x) - scale);
    solve(|x| beta_reg(a, b, x) - probability, density, a / (a + b), (0.0, 1.0))
}

/// The root of an increasing function with a known slope: Newton's steps, and a bisection wherever
/// a step would leave the bracket.
fn solve(
    function: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
    start: f64,
    bracket: (f64, f64),
) -> f64 {
    let (mut low, mut high) = bracket;
    let mut at = if start > low && start < high { start } else { f64::midpoint(low, high) };
    for _ in 0..200 {
        let miss = function(at);
        if miss < 0.0 {
            low = at;
        } else {
            high = at;
        }
        let newton = at - miss / slope(at);
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - at).abs() <= 1e-15 * next.abs() {
            return next;
        }
        at = next;
    }
    at
}
