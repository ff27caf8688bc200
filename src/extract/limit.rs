//! The limit on refused rows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::delivery::{Delivery, RefusedRow};
use super::problem::{Error, Excess, Lost};
use super::rule::Rule;
use crate::terms::Table;

/// An error if any source lost more rows than its settings allow.
pub(super) fn check(delivery: &Delivery) -> Result<(), Error> {
    let mut excesses = Vec::new();
    let mut refused_rows = Vec::new();
    for (reading, report) in delivery.readings.iter().zip(&delivery.sources) {
        let max = reading.plan.delivered.source.refused_max;
        let refused = report.n_refused();
        let mut limits = Vec::new();
        if let Some(share) = max.share.filter(|share| exceeds(refused, report.read, *share)) {
            limits.push(format!("{:.2} % of them", share * 100.0));
        }
        if let Some(rows) = max.rows.filter(|rows| refused > *rows) {
            limits.push(format!("{rows} rows"));
        }
        if !limits.is_empty() {
            if refused_rows.is_empty() {
                refused_rows = delivery.refused();
            }
            excesses.push(Excess {
                file: report.file.clone(),
                table: report.table.name(),
                read: report.read,
                refused,
                limit: limits.join(" and "),
                lost: lost(&refused_rows, report.table),
            });
        }
    }
    if excesses.is_empty() { Ok(()) } else { Err(Error::TooManyRefused(excesses)) }
}

/// Why a table lost its rows, and where; the rows are in the order of files and lines.
fn lost(refused: &[RefusedRow<'_>], table: Table) -> Vec<Lost> {
    let mut by_place: BTreeMap<(Rule, &str), Lost> = BTreeMap::new();
    for row in refused.iter().filter(|row| row.table == table) {
        let known = by_place.entry((row.rule, row.column)).or_insert_with(|| Lost {
            rule: row.rule,
            column: row.column.to_owned(),
            rows: 0,
            first: (row.file.to_owned(), row.line),
        });
        known.rows += 1;
    }
    let mut lost: Vec<Lost> = by_place.into_values().collect();
    lost.sort_by_key(|one| Reverse(one.rows));
    lost
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than f64 has")]
fn exceeds(refused: u64, read: u64, share: f64) -> bool {
    refused as f64 > share * read as f64
}
