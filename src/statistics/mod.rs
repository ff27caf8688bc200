//! Pure functions on numbers: intervals, quantiles, control charts and their signals. Nothing here
//! knows what is counted.
//!
//! | question | functions |
//! |---|---|
//! | how sure is a share? | [`wilson`], [`clopper_pearson`], [`design_effect`], [`newcombe`] |
//! | how sure is a count? | [`byar`], [`exact_poisson`] |
//! | how sure is a mean, or a ratio of sums? | [`t_interval`], [`cluster_ratio`] |
//! | where does the middle lie? | [`quantile()`] |
//! | is a month unlike the others? | [`p_chart`], [`p_prime_chart`], [`u_chart`], [`u_prime_chart`], [`xmr_chart`] |
//! | by which rule? | [`nhs_signals`], [`anhoej`] |

mod attribute_chart;
mod chart;
mod cluster;
mod count;
mod distribution;
mod mean;
mod proportion;
mod quantile;
mod signal;
mod xmr;

pub use attribute_chart::{Part, p_chart, p_prime_chart, u_chart, u_prime_chart};
pub use chart::Chart;
pub use cluster::{MemberSums, cluster_ratio, design_effect};
pub use count::{byar, exact_poisson};
pub use distribution::{chi_squared_quantile, normal_quantile, t_quantile};
pub use mean::t_interval;
pub use proportion::{clopper_pearson, newcombe, wilson};
pub use quantile::quantile;
pub use signal::{RunTest, Signal, anhoej, nhs_signals};
pub use xmr::{Xmr, xmr_chart};

/// The confidence of every interval that the program prints.
pub const CONFIDENCE: f64 = 0.95;

/// The two ends of an interval or of a chart's limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Limits {
    /// Both ends times a positive factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }

    /// Both ends kept within `least..=most`.
    #[must_use]
    pub fn within(self, least: f64, most: f64) -> Self {
        Self { low: self.low.clamp(least, most), high: self.high.clamp(least, most) }
    }
}
