//! Ratios of sums whose units repeat within members, with the member as the cluster.

use super::Limits;
use super::distribution::t_quantile;

/// Sums over members of each member's own numerator n and denominator d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemberSums {
    /// Members.
    pub members: f64,
    /// Σ n.
    pub n: f64,
    /// Σ d.
    pub d: f64,
    /// Σ n².
    pub nn: f64,
    /// Σ n·d.
    pub nd: f64,
    /// Σ d².
    pub dd: f64,
}

impl MemberSums {
    fn ratio(self) -> f64 {
        self.n / self.d
    }

    /// Variance of Σn ÷ Σd by linearisation (Cochran, Sampling Techniques, 1977, 6.4):
    /// m/(m − 1) · Σ(n − r·d)² ÷ (Σd)².
    fn variance(self) -> f64 {
        let ratio = self.ratio();
        let residual = self.nn - 2.0 * ratio * self.nd + ratio * ratio * self.dd;
        // What differences of large sums leave over where every member has the same ratio is rounding.
        let residual = if residual > 1e-12 * self.nn { residual } else { 0.0 };
        self.members / (self.members - 1.0) * residual / (self.d * self.d)
    }
}

/// Student's interval of a ratio of sums, with one degree of freedom less than there are members.
/// Nothing for fewer than two members.
pub fn cluster_ratio(sums: MemberSums, confidence: f64) -> Option<Limits> {
    if sums.members < 2.0 || sums.d.is_nan() || sums.d <= 0.0 {
        return None;
    }
    let reach =
        t_quantile(f64::midpoint(1.0, confidence), sums.members - 1.0) * sums.variance().sqrt();
    Some(Limits { low: sums.ratio() - reach, high: sums.ratio() + reach })
}

/// How much the variance of a share grows because units repeat within members: the linearised
/// variance ÷ the binomial one, never below 1 and never above the number of units.
///
/// Where the share is 0 or 1 both variances vanish, and where there is one member neither says
/// anything; there the units of a member are taken as one: Σd² ÷ Σd (Kish, Survey Sampling, 1965,
/// with an intra-class correlation of 1).
pub fn design_effect(sums: MemberSums) -> f64 {
    let ratio = sums.ratio();
    let binomial = ratio * (1.0 - ratio) / sums.d;
    let effect = if binomial > 0.0 && sums.members >= 2.0 {
        sums.variance() / binomial
    } else {
        sums.dd / sums.d
    };
    effect.clamp(1.0, sums.d.max(1.0))
}
