//! What a delivery has lost against the snapshot in force: rows, members, months, columns, codes.
//! A loss is no proof of a fault, so it stops a run only until somebody accepts it with a reason.

use std::fmt;

use super::manifest::{Manifest, SourceEntry, SubmissionEntry};
use crate::extract::Delivery;

/// So many percent fewer rows or members are a loss.
const PERCENT: u64 = 10;
/// So many percent fewer rows of a month that is long over are a loss.
const MONTH_PERCENT: u64 = 20;
/// A code of one row in fifty or more is common.
const CODE_SHARE: u64 = 50;
/// Fewer rows say nothing.
const LEAST: u64 = 50;

/// Something that one source had and has no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The table.
    pub table: String,
    /// What is less.
    pub what: String,
    /// How many there were.
    pub before: u64,
    /// How many there are; nothing where it is only known that there are few or none.
    pub now: Option<u64>,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.now.map_or_else(|| "few or none".to_owned(), |now| now.to_string());
        write!(f, "{:20} {:32} {:>12} {now:>12}", self.table, self.what, self.before)
    }
}

/// Several losses as a table to be read on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Losses(pub Vec<Loss>);

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:20} {:32} {:>12} {:>12}", "table", "what", "in force", "delivered")?;
        self.0.iter().try_for_each(|loss| write!(f, "\n{loss}"))
    }
}

/// What a delivery has lost against a snapshot.
pub fn losses(before: &Manifest, delivery: &Delivery) -> Losses {
    let now: Vec<SourceEntry> = delivery.sources.iter().map(SourceEntry::of).collect();
    Losses(compare(&before.sources, &now))
}

/// Extracts that a snapshot was made from and that a delivery of changes neither repeats nor
/// replaces: `table: file, cut on …`.
pub fn missing_submissions(before: &Manifest, delivery: &Delivery) -> Vec<String> {
    let mut missing = Vec::new();
    for report in &delivery.sources {
        if !report.submissions.iter().any(|one| one.sent.incremental) {
            continue;
        }
        let now = SourceEntry::of(report).submissions;
        let Some(old) = before.source(report.table.name()) else { continue };
        for one in submissions_of(old) {
            let is_there = now.iter().any(|new| {
                let same_file = (&new.file, &new.sender, &new.extract_date)
                    == (&one.file, &one.sender, &one.extract_date);
                let replaces = !new.incremental
                    && new.sender == one.sender
                    && new.extract_date >= one.extract_date;
                new.sha256 == one.sha256 || same_file || replaces
            });
            if !is_there {
                let cut = one.extract_date.as_deref().unwrap_or("an unknown day");
                missing.push(format!("{}: {}, cut on {cut}", old.table, one.file));
            }
        }
    }
    missing
}

fn submissions_of(source: &SourceEntry) -> Vec<SubmissionEntry> {
    if !source.submissions.is_empty() {
        return source.submissions.clone();
    }
    vec![SubmissionEntry {
        file: source.file.clone(),
        sha256: source.sha256.clone(),
        sender: String::new(),
        extract_date: source.extract_date.clone(),
        incremental: false,
        rows_read: source.rows_read,
    }]
}

pub(super) fn compare(before: &[SourceEntry], now: &[SourceEntry]) -> Vec<Loss> {
    let mut found = Vec::new();
    for old in before {
        match now.iter().find(|new| new.table == old.table) {
            Some(new) => of_source(old, new, &mut found),
            None => found.push(loss(old, "the whole source", old.rows_accepted, Some(0))),
        }
    }
    found
}

fn loss(source: &SourceEntry, what: &str, before: u64, now: Option<u64>) -> Loss {
    Loss { table: source.table.clone(), what: what.to_owned(), before, now }
}

fn of_source(old: &SourceEntry, new: &SourceEntry, found: &mut Vec<Loss>) {
    let less = |before: u64, now: u64, percent: u64| {
        before >= LEAST && u128::from(now) * 100 < u128::from(before) * u128::from(100 - percent)
    };
    let mut check = |what: &str, before: u64, now: u64, percent: u64| {
        if less(before, now, percent) {
            found.push(loss(old, what, before, Some(now)));
        }
    };
    check("rows", old.rows_accepted, new.rows_accepted, PERCENT);
    check("members", old.members, new.members, PERCENT);
    // Months that the sender no longer covers, or covers from some day on, may have fewer rows.
    let covered = new.coverage_start.as_deref().and_then(|day| day.get(..7)).unwrap_or("");
    for (month, before) in old.rows_by_month.iter().filter(|(month, _)| month.as_str() > covered) {
        let now = new.rows_by_month.get(month).copied().unwrap_or(0);
        check(&format!("rows of {month}"), *before, now, MONTH_PERCENT);
    }
    for (column, missing) in &old.missing {
        let before = old.rows_accepted - missing;
        let now = new.missing.get(column).map_or(0, |missing| new.rows_accepted - missing);
        check(&format!("values of column {column}"), before, now, 50);
    }
    let coded: u64 = old.codes.values().sum();
    for (code, before) in &old.codes {
        // Of a code that is not frequent no number is kept: it has become rare, or it is gone.
        let was_common = *before >= LEAST && before * CODE_SHARE >= coded;
        if was_common && !new.codes.contains_key(code) {
            found.push(loss(old, &format!("rows with code {code}"), *before, None));
        }
    }
}
