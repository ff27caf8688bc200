//! Pure functions on numbers: intervals, quantiles, control charts and their signals. Nothing here
//! knows what is counted.
//!
//! | question | functions |
//! |---|---|
//! | how sure is a share? | [`wilson`], [`clopper_pearson`], [`design_effect`], [`newcombe`] |
//! | how sure is a count? | [`byar`], [`exact_poisson`], [`dispersion`], [`rate_ratio`] |
//! | how sure is a mean, or a ratio of sums? | [`t_interval`], [`cluster_ratio`], [`cluster_bootstrap`], [`accelerated_bootstrap`] |
//! | where does the middle lie? | [`quantile()`], [`median_interval`] |
//! | did members change? | [`Instrument`], [`clinical_cut_off`], [`mean_change`], [`detectable_difference`] |
//! | do groups of another mix differ? | [`directly_standardised_rate`], [`standardised_ratio`], [`indirectly_standardised_rate`], [`grouped_model()`] |
//! | how far are two estimates apart? | [`ratio_of`], [`difference_of`] |
//! | is a unit unlike the others? | [`funnel()`], [`share_control_limits`], [`count_on_funnel`], [`benjamini_hochberg`] |
//! | is a month unlike the others? | [`p_chart`], [`p_prime_chart`], [`u_chart`], [`u_prime_chart`], [`c_chart`], [`g_chart`], [`t_chart`], [`xmr_chart`], [`moving_range_chart`] |
//! | by which rule, and since which change? | [`nhs_signals`], [`anhoej`], [`rebased`] |
//! | is a month complete? | [`chain_ladder`] |
//! | are compared members alike, and could a hidden cause explain it? | [`logistic()`], [`stabilised_weights`], [`standardised_difference`], [`e_value`] |
//! | when does something happen? | [`survival`] |

mod attribute_chart;
mod bootstrap;
mod chart;
mod cluster;
mod completion;
mod contrast;
mod count;
mod distribution;
mod funnel;
mod grouped_model;
mod logistic;
mod matrix;
mod mean;
mod multiplicity;
mod proportion;
mod quantile;
mod rare_event_chart;
mod rebase;
mod reliable_change;
mod signal;
mod standardisation;
pub mod survival;
mod weighting;
mod xmr;

pub use attribute_chart::{
    Part, asks_for_laney, c_chart, p_chart, p_prime_chart, u_chart, u_prime_chart,
};
pub use bootstrap::{
    Bootstrap, Resampling, accelerated_bootstrap, cluster_bootstrap, sorted_quantile,
};
pub use chart::Chart;
pub use cluster::{MemberSums, cluster_ratio, design_effect};
pub use completion::{ChainLadder, chain_ladder};
pub use contrast::{Estimated, difference_of, ratio_of};
pub use count::{byar, dispersion, exact_poisson, rate_ratio};
pub use distribution::{
    chi_squared_quantile, chi_squared_tail, normal_probability, normal_quantile, t_quantile,
};
pub use funnel::{
    CountOnFunnel, Dispersion, FUNNEL_CONFIDENCES, Funnel, FunnelScale, LEAST_UNITS,
    count_on_funnel, funnel, share_control_limits,
};
pub use grouped_model::{
    GroupedError, GroupedFamily, GroupedFit, GroupedRow, concordance, grouped_model,
};
pub use logistic::{LogisticData, LogisticError, LogisticFit, logistic};
pub use mean::{geometric_mean, t_interval};
pub use multiplicity::benjamini_hochberg;
pub use proportion::{clopper_pearson, newcombe, wilson};
pub use quantile::{median_interval, quantile};
pub use rare_event_chart::{g_chart, t_chart};
pub use rebase::{BASELINE_POINTS, ChangePoint, RebaseError, Segment, rebased};
pub use reliable_change::{
    Instrument, MeanChange, Norm, ReliableChange, clinical_cut_off, detectable_difference,
    mean_change,
};
pub use signal::{RunTest, Signal, anhoej, nhs_signals};
pub use standardisation::{
    LEAST_EVENTS, ReferenceStratum, StandardStratum, Standardised, directly_standardised_rate,
    expected_events, indirectly_standardised_rate, standardised_ratio,
};
pub use weighting::{
    EValue, e_value, effective_sample_size, risk_ratio_of_hazard_ratio, stabilised_weights,
    standardised_difference, truncated_weights,
};
pub use xmr::{Xmr, moving_range_chart, xmr_chart};

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
