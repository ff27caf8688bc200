//! What changed, in plain words made from the rules: only from what readers can see.

use std::collections::BTreeSet;

use super::trend::trend;
use super::{PublishedTable, Row, State};
use crate::indicator::{Better, Display, Measure};
use crate::kernel::Group;
use crate::statistics::Signal;
use crate::terms::{Grain, Period};

/// Something worth a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Index into the measures.
    pub measure: usize,
    /// Whose.
    pub group: Group,
    /// The sentence.
    pub text: String,
    /// Order: smaller is more important.
    rank: (u8, usize),
}

/// What changed up to a month, the most important first: signals of control charts for everyone,
/// then for single organisations, then organisations whose interval lies beside everyone's value.
/// Each measure speaks of its last complete month.
pub fn changes(table: &PublishedTable, month: Period) -> Vec<Change> {
    let mut found = Vec::new();
    let is_told = told_groups(table);
    for (place, measure) in table.measures().iter().enumerate() {
        let rows: Vec<&Row> = table
            .rows_of(place)
            .iter()
            .map(|row| &**row)
            .filter(|row| is_headline(row, month) && is_told(&row.group))
            .collect();
        let Some(last) = rows.iter().map(|row| row.period).max() else { continue };
        let rows: Vec<&Row> = rows.into_iter().filter(|row| row.period == last).collect();
        for row in &rows {
            if let Some(text) = signal_text(table, place, measure, row) {
                let weight = u8::from(row.group != Group::All);
                found.push(Change {
                    measure: place,
                    group: row.group.clone(),
                    text,
                    rank: (weight, place),
                });
            }
        }
        if let Some(text) = differences(measure, &rows) {
            found.push(Change { measure: place, group: Group::All, text, rank: (2, place) });
        }
    }
    found.sort_by(|a, b| (a.rank, &a.group).cmp(&(b.rank, &b.group)));
    found
}

/// Of one organisation alone everything is said that is said of everyone.
fn told_groups(table: &PublishedTable) -> impl Fn(&Group) -> bool {
    let groups = table.rows().iter().map(|row| &row.group);
    let organisations: BTreeSet<&Group> = groups.filter(|group| **group != Group::All).collect();
    let is_alone = organisations.len() == 1;
    move |group| *group == Group::All || !is_alone
}

fn is_headline(row: &Row, month: Period) -> bool {
    row.period.grain == Grain::Month
        && row.period <= month
        && row.statistic.is_empty()
        && row.stratum.kind == "all"
        && row.state == State::Final
        && row.value.is_some()
}

fn signal_text(
    table: &PublishedTable,
    place: usize,
    measure: &Measure,
    row: &Row,
) -> Option<String> {
    let chart = trend(table, place, &row.group);
    let point = chart.points.iter().find(|point| point.period == row.period)?;
    let signal = *point.signals.first()?;
    let value = row.value?;
    let limits: Vec<f64> = point.lower.into_iter().chain(point.upper).collect();
    let more = digits_to_tell_apart(measure.display, value, &limits);
    let what = match signal {
        Signal::AboveLimits => "lies above its control limits",
        Signal::BelowLimits => "lies below its control limits",
        Signal::RunAbove => "has been above its usual level for seven months or more",
        Signal::RunBelow => "has been below its usual level for seven months or more",
        Signal::Rising => "has risen for seven months in a row",
        Signal::Falling => "has fallen for seven months in a row",
        Signal::NearUpperLimit => {
            "comes close to its upper limit for the second time in three months"
        }
        Signal::NearLowerLimit => {
            "comes close to its lower limit for the second time in three months"
        }
    };
    let expected = match (point.lower, point.upper) {
        (Some(lower), Some(upper)) => {
            let [lower, upper] = [lower, upper].map(|limit| bare(measure.display, limit, more));
            format!(", expected {lower} to {upper}")
        }
        _ => String::new(),
    };
    let judgement = match (measure.better, signal.is_up()) {
        (Better::Neutral, _) => "",
        (Better::Higher, true) | (Better::Lower, false) => " This is an improvement.",
        _ => " This is a deterioration.",
    };
    Some(format!(
        "{} ({}, {}) {what}: {}{expected}.{judgement}",
        measure.title,
        whose(&row.group),
        row.period.in_words(),
        words(measure, value, more)
    ))
}

/// Organisations whose interval lies beside everyone's value, in one sentence.
fn differences(measure: &Measure, rows: &[&Row]) -> Option<String> {
    let everyone = rows.iter().find(|row| row.group == Group::All)?;
    let all = everyone.value?;
    let beside: Vec<Beside<'_>> = rows
        .iter()
        .filter_map(|row| beside(row))
        .filter(|one| one.high < all || all < one.low)
        .collect();
    let digits =
        |one: &Beside<'_>| digits_to_tell_apart(measure.display, all, &[one.low, one.high]);
    let more = beside.iter().map(digits).max()?;
    let list = |is_above: bool| {
        let named = beside.iter().filter(|one| (all < one.low) == is_above).map(|one| {
            let [low, high] = [one.low, one.high].map(|end| bare(measure.display, end, more));
            format!(
                "{} {} (95 % interval {low} to {high})",
                one.id,
                words(measure, one.value, more)
            )
        });
        named.collect::<Vec<_>>().join(", ")
    };
    let (worse, better) = match measure.better {
        Better::Neutral => return None,
        Better::Higher => (list(false), list(true)),
        Better::Lower => (list(true), list(false)),
    };
    let when = everyone.period.in_words();
    let mut text = format!("{} in {when}: everyone {}", measure.title, words(measure, all, more));
    for (what, named) in [("worse", worse), ("better", better)] {
        if !named.is_empty() {
            text += &format!("; {what}: {named}");
        }
    }
    Some(text + ".")
}

/// An organisation's value with its interval.
struct Beside<'a> {
    id: &'a str,
    value: f64,
    low: f64,
    high: f64,
}

fn beside(row: &Row) -> Option<Beside<'_>> {
    match &row.group {
        Group::Bho(id) if id != "unknown" => {
            Some(Beside { id, value: row.value?, low: row.low?, high: row.high? })
        }
        _ => None,
    }
}

fn whose(group: &Group) -> String {
    match group {
        Group::All => "all organisations together".to_owned(),
        Group::Bho(id) => id.clone(),
    }
}

/// A value in words, with its unit: three digits are enough for a sentence.
fn words(measure: &Measure, value: f64, more: usize) -> String {
    match measure.display {
        Display::Percent | Display::Index => bare(measure.display, value, more),
        Display::Rate | Display::Dollars => {
            format!("{} {}", bare(measure.display, value, more), measure.unit)
        }
    }
}

/// A value in words, where its unit was said before, with so many digits more than usual.
fn bare(display: Display, value: f64, more: usize) -> String {
    let rounded = |digits: usize, value: f64| format!("{value:.0$}", digits + more);
    match display {
        Display::Percent => rounded(1, value * 100.0) + " %",
        Display::Index => rounded(3, value),
        Display::Rate if value.abs() < 10.0 => rounded(2, value),
        Display::Rate => rounded(1, value),
        Display::Dollars => format!("${}", rounded(2, value)),
    }
}

/// So many digits more than usual are never read as noise.
const MOST_DIGITS: usize = 3;

/// How many digits more than usual a value needs, so that nobody takes it for one of its limits.
fn digits_to_tell_apart(display: Display, value: f64, limits: &[f64]) -> usize {
    let is_told = |more: &usize| {
        let text = bare(display, value, *more);
        limits
            .iter()
            .all(|limit| limit.total_cmp(&value).is_eq() || bare(display, *limit, *more) != text)
    };
    (0..MOST_DIGITS).find(is_told).unwrap_or(MOST_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_never_looks_like_the_limit_that_it_lies_beyond() {
        let told = |display, value, limits: [f64; 2]| {
            let more = digits_to_tell_apart(display, value, &limits);
            [value, limits[0], limits[1]].map(|number| bare(display, number, more)).join(", ")
        };
        assert_eq!(told(Display::Percent, 0.137, [0.138, 0.152]), "13.7 %, 13.8 %, 15.2 %");
        assert_eq!(told(Display::Percent, 0.1379, [0.1383, 0.152]), "13.79 %, 13.83 %, 15.20 %");
        assert_eq!(told(Display::Rate, 12.3501, [12.3513, 20.0]), "12.350, 12.351, 20.000");
        assert_eq!(told(Display::Dollars, 9.5, [9.0, 9.5]), "$9.50, $9.00, $9.50");
    }
}
