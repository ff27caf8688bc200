//! The limit on refused rows.

use super::delivery::Delivery;
use super::problem::{Error, Excess};

/// An error if any source lost more rows than its settings allow.
pub(super) fn check(delivery: &Delivery) -> Result<(), Error> {
    let mut excesses = Vec::new();
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
            excesses.push(Excess {
                file: report.file.clone(),
                table: report.table.name(),
                read: report.read,
                refused,
                limit: limits.join(" and "),
                by_rule: report.refused.iter().map(|(rule, rows)| (*rule, *rows)).collect(),
            });
        }
    }
    if excesses.is_empty() { Ok(()) } else { Err(Error::TooManyRefused(excesses)) }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than f64 has")]
fn exceeds(refused: u64, read: u64, share: f64) -> bool {
    refused as f64 > share * read as f64
}
