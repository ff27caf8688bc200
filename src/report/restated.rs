//! What this release says differently from the last one.

use std::collections::BTreeMap;

use crate::chart::format;
use crate::kernel::Group;
use crate::oversight::Exact;
use crate::store::harmless;
use crate::terms::Period;

use super::content::{Content, RestatedNumber, SinceLast};
use super::delimited::{Csv, group_field};
use super::html::Html;
use super::table::{Cell, Table};
use super::words;

/// Writes it, if there was a release before.
pub(super) fn write(html: &mut Html, content: &Content<'_>) {
    let Some(since) = content.since else { return };
    html.within("section", &[("id", "since")], |html| {
        let month = Period::parse(&since.month);
        let month = month.map_or_else(|| since.month.clone(), format::period);
        html.leaf("h2", &[], &format!("Since the last release ({month})"));
        html.within("ul", &[("class", "changes")], |html| {
            for line in lines(since) {
                html.leaf("li", &[], &line);
            }
        });
        write_numbers(html, since, content);
    });
}

fn lines(since: &SinceLast) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(why) = &since.withdrawn {
        lines.push(format!("It was withdrawn: {why}."));
    }
    let list = |ids: &[String]| {
        let names = ids.iter().map(|id| id.trim_end_matches(":default"));
        names.collect::<Vec<_>>().join(", ")
    };
    for (ids, what) in [
        (&since.changed_definitions, "Defined differently now"),
        (&since.added, "New in this report"),
        (&since.removed, "No longer in this report"),
    ] {
        if !ids.is_empty() {
            lines.push(format!("{what}: {}.", list(ids)));
        }
    }
    let mut by_cause: BTreeMap<&str, usize> = BTreeMap::new();
    for number in &since.numbers {
        *by_cause.entry(&number.cause).or_default() += 1;
    }
    if by_cause.is_empty() {
        lines.push("No number that was released before has changed.".to_owned());
    }
    for (cause, numbers) in by_cause {
        let values = if numbers == 1 { "value is" } else { "values are" };
        lines.push(format!("{numbers} {values} restated: {cause}."));
    }
    lines
}

fn write_numbers(html: &mut Html, since: &SinceLast, content: &Content<'_>) {
    let is_headline = |number: &&RestatedNumber| {
        let key = &number.restated.key;
        key.statistic.is_empty() && key.stratum.kind == "all" && key.group == Group::All
    };
    let rows: Vec<Vec<Cell>> =
        since.numbers.iter().filter(is_headline).map(|number| cells(number, content)).collect();
    if rows.is_empty() {
        return;
    }
    html.within("details", &[], |html| {
        html.leaf("summary", &[], &format!("Restated values of all members ({})", rows.len()));
        html.within("p", &[], |html| {
            html.say("Those of organisations and parts of the population are in ");
            html.link("tables/restated.csv", "tables/restated.csv");
            html.say(".");
        });
        let heads = ["Indicator", "Period", "Released", "Now", "Cause"];
        Table::plain("Values that were released before and are others now", &heads, rows)
            .write(html);
    });
}

fn cells(number: &RestatedNumber, content: &Content<'_>) -> Vec<Cell> {
    let one = &number.restated;
    let measure = &content.table.measures()[one.measure];
    let value = |value: Option<f64>| {
        value.map_or_else(|| "–".to_owned(), |value| format::value(value, measure.display))
    };
    let counts = |(numerator, denominator): (Option<Exact>, Option<Exact>)| {
        let both = numerator.zip(denominator);
        both.map_or_else(String::new, |(n, d)| {
            format!("{} / {}", format::exact(n), format::exact(d))
        })
    };
    vec![
        Cell::words(words::title(measure)),
        Cell::words(format::period(one.key.period)),
        Cell::Measured(value(one.before.value()), counts(one.before.counts())),
        Cell::Measured(value(one.after.value()), counts(one.after.counts())),
        Cell::words(&number.cause),
    ]
}

/// The columns of `tables/restated.csv`.
pub(super) const HEADS: [&str; 15] = [
    "indicator",
    "preset",
    "statistic",
    "period_start",
    "period_end",
    "group",
    "stratum_kind",
    "stratum",
    "released_numerator",
    "released_denominator",
    "released_value",
    "numerator",
    "denominator",
    "value",
    "cause",
];

/// `tables/restated.csv`: every value that was released before and is another one now.
pub(super) fn csv(since: &SinceLast, content: &Content<'_>) -> Vec<u8> {
    let mut csv = Csv::with_heads(&HEADS);
    for number in &since.numbers {
        let one = &number.restated;
        let measure = &content.table.measures()[one.measure];
        let float = |number: Option<f64>| number.map_or_else(String::new, |n| n.to_string());
        let exact = |number: Option<Exact>| number.map_or_else(String::new, |n| n.to_string());
        let (before, after) = (one.before.counts(), one.after.counts());
        csv.row(&[
            harmless(&measure.id),
            harmless(&measure.preset),
            one.key.statistic.clone(),
            one.key.period.start.to_string(),
            one.key.period.end.to_string(),
            harmless(group_field(&one.key.group)),
            harmless(&one.key.stratum.kind),
            harmless(&one.key.stratum.value),
            exact(before.0),
            exact(before.1),
            float(one.before.value()),
            exact(after.0),
            exact(after.1),
            float(one.after.value()),
            number.cause.clone(),
        ]);
    }
    csv.text.into_bytes()
}
