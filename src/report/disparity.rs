//! Parts of the population beside the largest one.

use crate::chart::format;
use crate::indicator::Measure;
use crate::oversight::{Disparity, Published, disparities};
use crate::store::harmless;

use super::content::Content;
use super::delimited::Csv;
use super::lookup::Lookup;

const HEADS: [&str; 17] = [
    "indicator",
    "preset",
    "period_start",
    "period_end",
    "attribute",
    "part",
    "reference",
    "value",
    "reference_value",
    "ratio",
    "ratio_low",
    "ratio_high",
    "difference",
    "difference_low",
    "difference_high",
    "state",
    "title",
];

/// `tables/disparities.csv`: of each indicator the period that the page breaks down.
pub(super) fn csv(content: &Content<'_>, lookup: &Lookup<'_>) -> Vec<u8> {
    let mut csv = Csv::with_heads(&HEADS);
    for (place, measure) in content.table.measures().iter().enumerate() {
        let Some(headline) = lookup.headline(place, content.period) else { continue };
        let period = lookup.compared_in(place, headline.period, content.period);
        for one in disparities(content.table, place, period) {
            csv.row(&record(&one, measure));
        }
    }
    csv.finish()
}

fn record(one: &Disparity, measure: &Measure) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let (difference, low, high) = one.difference;
    vec![
        harmless(&measure.id),
        harmless(&measure.preset),
        one.row.period.start.to_string(),
        one.row.period.end.to_string(),
        harmless(&one.row.stratum.kind),
        harmless(&one.row.stratum.value),
        harmless(&one.reference.stratum.value),
        number(one.row.value),
        number(one.reference.value),
        number(one.ratio.map(|(ratio, _, _)| ratio)),
        number(one.ratio.and_then(|(_, low, _)| low)),
        number(one.ratio.and_then(|(_, _, high)| high)),
        difference.to_string(),
        low.to_string(),
        high.to_string(),
        one.row.state.name().to_owned(),
        harmless(&measure.title),
    ]
}

/// How a part stands to the reference, for its line on the page.
pub(super) fn words(row: &Published, all: &[Disparity]) -> String {
    if all.iter().any(|one| one.reference.stratum == row.stratum) {
        return "reference".to_owned();
    }
    let Some(one) = all.iter().find(|one| one.row.stratum == row.stratum) else {
        return "–".to_owned();
    };
    let Some((ratio, low, high)) = one.ratio else { return "–".to_owned() };
    let end = |end: Option<f64>| end.map_or_else(|| "unbounded".to_owned(), format::rate);
    format!("{} ({} to {})", format::rate(ratio), end(low), end(high))
}
