//! Comparisons of members who did and did not get something: weights that balance what was known
//! before, what they cost, and how strong a hidden cause would have to be.

use super::Limits;
use super::bootstrap::at;

/// Stabilised inverse-probability weights (Robins, Hernán and Brumback, Epidemiology 11 (2000)): the
/// share of treated ÷ the chance of treatment for the treated, and the same of the untreated. They
/// add up to the number of members if the chances are right. Nothing for chances that are not inside
/// 0 and 1, or for rows that do not fit each other.
pub fn stabilised_weights(treated: &[bool], chances: &[f64]) -> Option<Vec<f64>> {
    let usable = |chance: &f64| *chance > 0.0 && *chance < 1.0;
    if treated.is_empty() || treated.len() != chances.len() || !chances.iter().all(usable) {
        return None;
    }
    let share = count(treated.iter().filter(|treated| **treated).count()) / count(treated.len());
    let weight = |(treated, chance): (&bool, &f64)| {
        if *treated { share / chance } else { (1.0 - share) / (1.0 - chance) }
    };
    Some(treated.iter().zip(chances).map(weight).collect())
}

/// Weights pulled in to their own quantiles (type 7), such as 0.01 and 0.99.
pub fn truncated_weights(weights: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut sorted = weights.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    if sorted.is_empty() {
        return sorted;
    }
    let (least, most) = (at(&sorted, low), at(&sorted, high.max(low)));
    weights.iter().map(|weight| weight.clamp(least, most)).collect()
}

/// As many members without weights as would say as much: (Σw)² ÷ Σw² (Kish, Survey Sampling, 1965).
pub fn effective_sample_size(weights: &[f64]) -> f64 {
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    let sum: f64 = weights.iter().sum();
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// The standardised difference of a covariate: weighted mean of the treated less that of the
/// untreated, ÷ the root of the mean of both variances without weights (Austin, Statistics in
/// Medicine 34 (2015)); the unit is the same before and after weighting. Below 0.1 a covariate counts
/// as balanced. Nothing for fewer than two members on a side, or if nobody differs.
pub fn standardised_difference(values: &[f64], treated: &[bool], weights: &[f64]) -> Option<f64> {
    if values.len() != treated.len() || values.len() != weights.len() {
        return None;
    }
    let side = |wanted: bool| {
        let rows = || (0..values.len()).filter(move |row| treated[*row] == wanted);
        let n = count(rows().count());
        let mean = rows().map(|row| values[row]).sum::<f64>() / n;
        let squares: f64 = rows().map(|row| (values[row] - mean) * (values[row] - mean)).sum();
        let weight: f64 = rows().map(|row| weights[row]).sum();
        let weighted = rows().map(|row| weights[row] * values[row]).sum::<f64>() / weight;
        (n >= 2.0 && weight > 0.0).then(|| (weighted, squares / (n - 1.0)))
    };
    let ((one, first), (other, second)) = (side(true)?, side(false)?);
    let deviation = f64::midpoint(first, second).sqrt();
    (deviation > 0.0).then(|| (one - other) / deviation)
}

/// How strongly a hidden cause would have to go with both treatment and outcome to explain a ratio
/// away, each as a risk ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EValue {
    /// To explain the estimate away; 1 for no association.
    pub estimate: f64,
    /// To move the limit nearer to 1 onto it; 1 if the limits hold 1 already.
    pub limit: f64,
}

/// The E-value R + √(R(R − 1)) of a risk ratio R above 1, or of 1/R below (`VanderWeele` and Ding,
/// Annals of Internal Medicine 167 (2017)). For a hazard ratio of a common outcome take
/// [`risk_ratio_of_hazard_ratio`] first. Nothing for a ratio of 0 or less.
pub fn e_value(ratio: f64, limits: Limits) -> Option<EValue> {
    if ratio.is_nan() || ratio <= 0.0 || limits.low < 0.0 {
        return None;
    }
    let value = |ratio: f64| {
        let above = if ratio < 1.0 { 1.0 / ratio } else { ratio };
        above + (above * (above - 1.0)).sqrt()
    };
    let limit = if limits.low > 1.0 {
        value(limits.low)
    } else if limits.high < 1.0 {
        value(limits.high)
    } else {
        1.0
    };
    Some(EValue { estimate: value(ratio), limit })
}

/// The risk ratio that a hazard ratio comes to where about half of the members have the outcome:
/// (1 − 0.5^√h) ÷ (1 − 0.5^√(1/h)) (`VanderWeele`, Biometrics 73 (2017)).
pub fn risk_ratio_of_hazard_ratio(ratio: f64) -> f64 {
    (1.0 - libm::pow(0.5, ratio.sqrt())) / (1.0 - libm::pow(0.5, (1.0 / ratio).sqrt()))
}

fn count(number: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "members are far below 2^53")]
    let count = number as f64;
    count
}
