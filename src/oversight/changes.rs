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
    let value = words(measure, row.value?);
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
            format!(", expected {} to {}", bare(measure, lower), bare(measure, upper))
        }
        _ => String::new(),
    };
    let judgement = match (measure.better, signal.is_up()) {
        (Better::Neutral, _) => "",
        (Better::Higher, true) | (Better::Lower, false) => " This is an improvement.",
        _ => " This is a deterioration.",
    };
    Some(format!(
        "{} ({}, {}) {what}: {value}{expected}.{judgement}",
        measure.title,
        whose(&row.group),
        row.period.in_words()
    ))
}

/// Organisations whose interval lies beside everyone's value, in one sentence.
fn differences(measure: &Measure, rows: &[&Row]) -> Option<String> {
    let everyone = rows.iter().find(|row| row.group == Group::All)?;
    let all = everyone.value?;
    let mut beside: [Vec<String>; 2] = Default::default();
    for row in rows {
        let Group::Bho(id) = &row.group else { continue };
        let (Some(low), Some(high), Some(value)) = (row.low, row.high, row.value) else { continue };
        if id != "unknown" && (high < all || all < low) {
            let interval = format!("{} to {}", bare(measure, low), bare(measure, high));
            beside[usize::from(all < low)]
                .push(format!("{id} {} (95 % interval {interval})", words(measure, value)));
        }
    }
    let [worse, better] = match measure.better {
        Better::Neutral => return None,
        Better::Higher => beside,
        Better::Lower => {
            let [below, above] = beside;
            [above, below]
        }
    };
    if worse.is_empty() && better.is_empty() {
        return None;
    }
    let mut text =
        format!("{} in {}: everyone {}", measure.title, everyone.period, words(measure, all));
    if !worse.is_empty() {
        text += &format!("; worse: {}", worse.join(", "));
    }
    if !better.is_empty() {
        text += &format!("; better: {}", better.join(", "));
    }
    Some(text + ".")
}

fn whose(group: &Group) -> String {
    match group {
        Group::All => "all organisations together".to_owned(),
        Group::Bho(id) => id.clone(),
    }
}

/// A value in words, with its unit: three digits are enough for a sentence.
fn words(measure: &Measure, value: f64) -> String {
    match measure.display {
        Display::Percent | Display::Index => bare(measure, value),
        Display::Rate | Display::Dollars => format!("{} {}", bare(measure, value), measure.unit),
    }
}

/// A value in words, where its unit was said before.
fn bare(measure: &Measure, value: f64) -> String {
    match measure.display {
        Display::Percent => format!("{:.1} %", value * 100.0),
        Display::Index => format!("{value:.3}"),
        Display::Rate if value.abs() < 10.0 => format!("{value:.2}"),
        Display::Rate => format!("{value:.1}"),
        Display::Dollars => format!("${value:.2}"),
    }
}
