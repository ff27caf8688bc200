//! Charts of shares (p), of counts (c) and of counts over an area of opportunity (u), plain and with
//! Laney's correction for more, or less, variation between periods than chance gives.

use std::ops::Range;

use super::chart::sigma_of_neighbours;
use super::{Chart, Limits};

/// One point: what was counted, and out of how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Units that met the criterion, or events.
    pub numerator: f64,
    /// Units, or person-time.
    pub denominator: f64,
}

impl Part {
    fn value(self) -> f64 {
        self.numerator / self.denominator
    }
}

/// Shares with limits p̄ ± 3√(p̄(1 − p̄)/n), kept within 0 and 1 (Montgomery, 7.3).
pub fn p_chart(points: &[Part], baseline: Range<usize>) -> Option<Chart> {
    chart(points, baseline, Some(1.0), false)
}

/// Laney's p′ chart (Quality Engineering 14 (2002)): the limits of a p chart times the standard
/// deviation of the points' z-scores, which is taken from neighbours.
pub fn p_prime_chart(points: &[Part], baseline: Range<usize>) -> Option<Chart> {
    chart(points, baseline, Some(1.0), true)
}

/// True if limits by chance alone would give false alarms, so that Laney's are to be taken: if the points
/// of the baseline have more than 1,000 units on average, or vary by more than chance gives (Pearson's χ²
/// of more than 1.5 for each degree of freedom).
pub fn asks_for_laney(points: &[Part], baseline: Range<usize>) -> bool {
    const MANY: f64 = 1000.0;
    const MOST_DISPERSION: f64 = 1.5;
    let Some(base) = points.get(baseline).filter(|base| base.len() > 1) else { return false };
    let units: f64 = base.iter().map(|point| point.denominator).sum();
    let number: f64 = base.iter().map(|_| 1.0).sum();
    let centre = base.iter().map(|point| point.numerator).sum::<f64>() / units;
    let spread = centre * (1.0 - centre);
    let square = |point: &Part| (point.value() - centre).powi(2) * point.denominator / spread;
    let dispersion = base.iter().map(square).sum::<f64>() / (number - 1.0);
    units / number > MANY || (spread > 0.0 && dispersion > MOST_DISPERSION)
}

/// Counts of events over equal areas of opportunity, with limits c̄ ± 3√c̄, kept above 0 (Montgomery,
/// 7.3.1).
pub fn c_chart(counts: &[f64], baseline: Range<usize>) -> Option<Chart> {
    let points: Vec<Part> =
        counts.iter().map(|count| Part { numerator: *count, denominator: 1.0 }).collect();
    u_chart(&points, baseline)
}

/// Events per area with limits ū ± 3√(ū/n), kept above 0 (Montgomery, 7.4).
pub fn u_chart(points: &[Part], baseline: Range<usize>) -> Option<Chart> {
    chart(points, baseline, None, false)
}

/// Laney's u′ chart.
pub fn u_prime_chart(points: &[Part], baseline: Range<usize>) -> Option<Chart> {
    chart(points, baseline, None, true)
}

fn chart(points: &[Part], baseline: Range<usize>, most: Option<f64>, laney: bool) -> Option<Chart> {
    let base = points.get(baseline)?;
    let area: f64 = base.iter().map(|point| point.denominator).sum();
    let is_sound = |point: &Part| {
        let events = 0.0..=most.map_or(f64::MAX, |most| most * point.denominator);
        point.denominator > 0.0
            && point.denominator.is_finite()
            && events.contains(&point.numerator)
    };
    if !points.iter().all(is_sound) || area <= 0.0 {
        return None;
    }
    let centre = base.iter().map(|point| point.numerator).sum::<f64>() / area;
    let spread = most.map_or(centre, |most| centre * (most - centre));
    let sigma = |point: &Part| (spread / point.denominator).sqrt();
    let inflation = if laney && spread > 0.0 {
        let scores: Vec<f64> =
            base.iter().map(|point| (point.value() - centre) / sigma(point)).collect();
        sigma_of_neighbours(&scores)?
    } else {
        1.0
    };
    let limits = points.iter().map(|point| {
        let reach = 3.0 * sigma(point) * inflation;
        Limits { low: centre - reach, high: centre + reach }
            .within(0.0, most.unwrap_or(f64::INFINITY))
    });
    Some(Chart { centre, limits: limits.collect() })
}
