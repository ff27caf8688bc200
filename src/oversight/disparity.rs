//! How parts of the population differ from the largest one: ratios and differences with intervals, made
//! only of what readers can see. Race, ethnicity and language are never adjusted for; they are told
//! apart, here.

use super::{Published, PublishedTable};
use crate::kernel::Group;
use crate::statistics::{Limits, difference_of, ratio_of};
use crate::terms::Period;

/// A part of the population beside the part that the others are compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Disparity {
    /// The row of the part.
    pub row: Published,
    /// The row of the reference: of the parts that are shown, the one with the most units; where units
    /// are not shown, the one with the narrowest interval.
    pub reference: Published,
    /// Value ÷ value of the reference, with the ends of its 95 % interval; an end that is unbounded is
    /// none.
    pub ratio: Option<(f64, Option<f64>, Option<f64>)>,
    /// Value − value of the reference, with the ends of its 95 % interval.
    pub difference: (f64, f64, f64),
}

/// Every part of everyone that is shown with an interval, by attribute, in the order of the table. An
/// attribute with one such part has nothing to compare.
pub fn disparities(table: &PublishedTable, measure: usize, period: Period) -> Vec<Disparity> {
    let is_part = |row: &&Published| {
        row.period == period
            && row.group == Group::All
            && row.statistic.is_empty()
            && !["all", "level"].contains(&row.stratum.kind.as_str())
            && estimated(row).is_some()
    };
    let parts: Vec<&Published> = table.rows_of(measure).iter().filter(is_part).collect();
    parts.chunk_by(|a, b| a.stratum.kind == b.stratum.kind).flat_map(of_attribute).collect()
}

fn of_attribute(parts: &[&Published]) -> Vec<Disparity> {
    let known = |row: &&&Published| row.stratum.value != "unknown";
    let counted = parts.iter().all(|row| row.denominator.is_some());
    let size = |row: &Published| match row.denominator {
        Some(units) if counted => units.to_f64(),
        _ => row.high.zip(row.low).map_or(0.0, |(high, low)| 1.0 / (high - low)),
    };
    // Of equal parts the first one.
    let largest = parts.iter().filter(known).rev().max_by(|a, b| size(a).total_cmp(&size(b)));
    let Some(reference) = largest.filter(|_| parts.len() > 1) else { return Vec::new() };
    parts
        .iter()
        .filter(|row| row.stratum != reference.stratum)
        .filter_map(|row| beside(row, reference))
        .collect()
}

fn beside(row: &Published, reference: &Published) -> Option<Disparity> {
    let (own, other) = (estimated(row)?, estimated(reference)?);
    let (difference, limits) = difference_of(own, other);
    let bounded = |end: f64| Some(end).filter(|end| end.is_finite());
    let ratio = ratio_of(own, other);
    Some(Disparity {
        row: row.clone(),
        reference: reference.clone(),
        ratio: ratio.map(|(ratio, ends)| (ratio, bounded(ends.low), bounded(ends.high))),
        difference: (difference, limits.low, limits.high),
    })
}

fn estimated(row: &Published) -> Option<(f64, Limits)> {
    Some((row.value?, Limits { low: row.low?, high: row.high? }))
}
