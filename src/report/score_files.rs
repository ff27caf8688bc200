//! The scorecard for programs: one record for each objective, indicator and group, as CSV, as JSON
//! and for the workbook.

use serde_json::{Value, json};

use crate::chart::Mark;
use crate::indicator::{Better, Measure};
use crate::kernel::Group;
use crate::oversight::{Exact, Line, ObjectiveCard, Row, ScoreCell, Scorecard};
use crate::statistics::Signal;
use crate::store::harmless;

use super::content::Content;
use super::delimited::{Csv, group_field};
use super::{score_words, words};

/// One cell of the scorecard with everything that a file says of it.
#[derive(Debug, Clone)]
pub(super) struct Record<'a> {
    pub(super) objective: &'a ObjectiveCard,
    pub(super) line: &'a Line,
    pub(super) cell: &'a ScoreCell,
    pub(super) measure: &'a Measure,
    pub(super) value: Option<f64>,
    pub(super) interval: Option<(f64, f64)>,
    pub(super) numerator: Option<Exact>,
    pub(super) denominator: Option<Exact>,
    pub(super) reason: String,
}

/// Every cell in the order of the page.
pub(super) fn records<'a>(content: &'a Content<'_>, scorecard: &'a Scorecard) -> Vec<Record<'a>> {
    let record = |objective, line: &'a Line, cell: &'a ScoreCell| {
        let measure = &content.table.measures()[line.measure];
        let mark = cell.row.as_ref().map_or(Mark::EMPTY, Mark::of);
        let row = cell.row.as_ref().filter(|_| mark.value().is_some());
        Record {
            objective,
            line,
            cell,
            measure,
            value: mark.value(),
            interval: mark.interval(),
            numerator: row.and_then(|row| row.numerator),
            denominator: row.and_then(|row| row.denominator),
            reason: score_words::reason(cell, measure),
        }
    };
    scorecard
        .lines()
        .flat_map(|(objective, line)| {
            line.cells.iter().map(move |cell| record(objective, line, cell))
        })
        .collect()
}

impl Record<'_> {
    pub(super) fn role(&self) -> &'static str {
        if self.line.is_lead { "lead" } else { "supporting" }
    }

    /// `at_least` or `at_most`, where there is a target.
    pub(super) fn direction(&self) -> &'static str {
        match self.cell.target.as_ref().map(|target| target.better) {
            None => "",
            Some(Better::Lower) => "at_most",
            Some(Better::Higher | Better::Neutral) => "at_least",
        }
    }

    pub(super) fn target(&self) -> Option<f64> {
        self.cell.target.as_ref().map(|target| target.at)
    }

    /// A number of observed ÷ expected, if that is shown.
    pub(super) fn ratio(&self, of: fn(&Row) -> Option<f64>) -> Option<f64> {
        self.cell.ratio.as_ref().and_then(|row| of(row))
    }

    pub(super) fn signal(&self) -> &'static str {
        self.cell.variation.signal().map_or("", Signal::name)
    }
}

const HEADS: [&str; 26] = [
    "objective",
    "objective_title",
    "role",
    "indicator",
    "preset",
    "period_start",
    "period_end",
    "group_kind",
    "group",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
    "target_is",
    "target",
    "verdict",
    "variation",
    "signal",
    "assurance",
    "peers",
    "reason",
    "months_shown",
    "standardised_ratio",
    "ratio_low",
    "ratio_high",
];

/// `tables/scorecard.csv`.
pub(super) fn csv(records: &[Record<'_>], scorecard: &Scorecard) -> Vec<u8> {
    let mut csv = Csv::with_heads(&HEADS);
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let exact = |value: Option<Exact>| value.map_or_else(String::new, |value| value.to_string());
    for record in records {
        let cell = record.cell;
        csv.row(&[
            record.objective.objective.number.to_string(),
            harmless(&record.objective.objective.title),
            record.role().to_owned(),
            harmless(&record.measure.id),
            harmless(&record.measure.preset),
            scorecard.period.start.to_string(),
            scorecard.period.end.to_string(),
            kind(&cell.group).to_owned(),
            harmless(group_field(&cell.group)),
            number(record.value),
            number(record.interval.map(|(low, _)| low)),
            number(record.interval.map(|(_, high)| high)),
            exact(record.numerator),
            exact(record.denominator),
            record.direction().to_owned(),
            number(record.target()),
            cell.standing.name().to_owned(),
            cell.variation.name().to_owned(),
            record.signal().to_owned(),
            cell.assurance.name().to_owned(),
            cell.place.name().to_owned(),
            harmless(&record.reason),
            months(cell).count().to_string(),
            number(record.ratio(|row| row.value)),
            number(record.ratio(|row| row.low)),
            number(record.ratio(|row| row.high)),
        ]);
    }
    csv.finish()
}

fn kind(group: &Group) -> &'static str {
    if *group == Group::All { "all" } else { "bho" }
}

/// Months of a cell that show a number.
fn months(cell: &ScoreCell) -> impl Iterator<Item = (String, f64)> {
    cell.months.iter().filter_map(|row| Some((row.period.to_string(), Mark::of(row).value()?)))
}

/// `scorecard.json`.
pub(super) fn json(
    content: &Content<'_>,
    scorecard: &Scorecard,
    records: &[Record<'_>],
) -> Vec<u8> {
    let objectives: Vec<Value> = scorecard
        .objectives
        .iter()
        .map(|card| {
            let lines = card.lines.iter().map(|line| {
                let own = records.iter().filter(|record| std::ptr::eq(record.line, line));
                line_json(content, line, own)
            });
            json!({
                "number": card.objective.number,
                "title": card.objective.title,
                "cannot_show": card.objective.cannot_show,
                "indicators": lines.collect::<Vec<Value>>(),
            })
        })
        .collect();
    let contract = &scorecard.contract;
    let whole = json!({
        "title": contract.title,
        "period": { "start": scorecard.period.start.to_string(), "end": scorecard.period.end.to_string() },
        "publication": words::publication(content),
        "attribution": contract.attribution.sentence(),
        "organisations": contract.organisations,
        "peers": contract.peers,
        "not_in_contract": scorecard.unnamed,
        "objectives": objectives,
    });
    let mut bytes = serde_json::to_vec_pretty(&whole).expect("strings and numbers can be written");
    bytes.push(b'\n');
    bytes
}

fn line_json<'a>(
    content: &Content<'_>,
    line: &Line,
    records: impl Iterator<Item = &'a Record<'a>>,
) -> Value {
    let measure = &content.table.measures()[line.measure];
    json!({
        "indicator": measure.id,
        "preset": measure.preset,
        "title": measure.title,
        "unit": measure.unit,
        "role": if line.is_lead { "lead" } else { "supporting" },
        "cells": records.map(cell_json).collect::<Vec<Value>>(),
    })
}

fn cell_json(record: &Record<'_>) -> Value {
    let cell = record.cell;
    let target = record.target().map(|at| json!({ "is": record.direction(), "value": at }));
    let months: Vec<Value> =
        months(cell).map(|(month, value)| json!({ "month": month, "value": value })).collect();
    json!({
        "group_kind": kind(&cell.group),
        "group": group_field(&cell.group),
        "value": record.value,
        "low": record.interval.map(|(low, _)| low),
        "high": record.interval.map(|(_, high)| high),
        "numerator": record.numerator.map(|number| number.to_string()),
        "denominator": record.denominator.map(|number| number.to_string()),
        "target": target,
        "verdict": cell.standing.name(),
        "variation": cell.variation.name(),
        "signal": cell.variation.signal().map(Signal::name),
        "assurance": cell.assurance.name(),
        "peers": cell.place.name(),
        "reason": record.reason,
        "months": months,
        "standardised_ratio": record.ratio(|row| row.value),
        "ratio_low": record.ratio(|row| row.low),
        "ratio_high": record.ratio(|row| row.high),
    })
}
