//! What intake gives: good rows in the order of the timeline table, refused rows with reasons, and
//! what is to be said about each source.

use std::collections::{BTreeMap, BTreeSet};

use super::coarsen;
use super::crosswalk::ServiceMap;
use super::ids::Ids;
use super::key_column::KeyRows;
use super::manifest::Dates;
use super::order::{Address, Sorted};
use super::pool::Pool;
use super::privacy::{Privacy, Treatment};
use super::rule::Rule;
use super::source::{Reading, Refused};
use super::submission::Sent;
use crate::terms::{Day, Table};

/// An extract that passed the gate and the limits, ready to be stored.
#[derive(Debug)]
pub struct Delivery {
    /// One for each file and table.
    pub sources: Vec<SourceReport>,
    /// Files of the folder that no table was read from.
    pub unread_files: Vec<String>,
    /// Files that a later full extract replaces.
    pub replaced_files: Vec<String>,
    /// The crosswalk files, with their SHA-256.
    pub crosswalks: Vec<(String, String)>,
    /// All that decides about the stored rows except the program: settings and contents of files.
    pub fingerprint: String,
    /// Under which policy it came in, and what that did.
    pub privacy: PrivacyReport,
    pub(super) readings: Vec<Reading>,
    /// Rows that were refused after reading, as duplicates: by reading.
    pub(super) duplicates: Vec<Vec<Refused>>,
    /// Rows left out and not refused: by reading.
    pub(super) repeated: Vec<u64>,
    /// Rows taken in although another says the same: by reading.
    pub(super) alike: Vec<u64>,
    /// Rows that a later submission has too: by reading.
    pub(super) replaced: Vec<u64>,
    /// Rows that take others back, and those: by reading.
    pub(super) voided: Vec<u64>,
    pub(super) ids: Pool,
    pub(super) pools: BTreeMap<&'static str, Pool>,
    pub(super) map: ServiceMap,
    pub(super) buckets: Vec<Bucket>,
    /// Activities in order, if any were delivered: reading and rows.
    pub(super) activities: Option<(usize, Vec<(usize, u32)>)>,
}

/// Under which policy an extract came in, and what that did to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivacyReport {
    /// The policy's name.
    pub policy: String,
    /// What was coarsened, allowed or not searched, in sentences.
    pub done: Vec<String>,
}

impl PrivacyReport {
    pub(super) fn of(privacy: &Privacy, readings: &[Reading]) -> Self {
        let mut done: Vec<String> =
            readings.iter().flat_map(|reading| coarsen::coarsened(&reading.plan)).collect();
        let allowed = privacy.decided.iter().filter(|(_, made)| **made == Treatment::Allow);
        done.extend(allowed.map(|(one, _)| format!("the site allows {}", one.words())));
        done.extend(
            privacy.exempt.iter().map(|(column, why)| format!("{column} was not searched: {why}")),
        );
        Self { policy: privacy.policy.name().to_owned(), done }
    }
}

/// One bucket in order.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Members by number, ordered by id.
    pub(super) members: Vec<u32>,
    pub(super) sorted: Sorted,
}

/// One of several files of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionReport {
    /// Its name in the folder.
    pub file: String,
    /// The SHA-256 of the file as delivered.
    pub sha256: String,
    /// Who sent it, and when.
    pub sent: Sent,
    /// Rows read.
    pub read: u64,
}

/// What is to be said about the files of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceReport {
    /// The table it feeds.
    pub table: Table,
    /// Its name in the folder, or that of the first of several.
    pub file: String,
    /// The SHA-256 of the file as delivered; of several, that of theirs.
    pub sha256: String,
    /// Its size as delivered.
    pub bytes: u64,
    /// The files, the oldest first, where there are several, changes only or a sender is named.
    pub submissions: Vec<SubmissionReport>,
    /// What is known about the time it covers.
    pub dates: Dates,
    /// Rows read.
    pub read: u64,
    /// Rows taken in.
    pub accepted: u64,
    /// Rows of a key that was taken in already, where the settings allow them.
    pub repeated: u64,
    /// Rows without a key that were taken in although another says the same.
    pub alike: u64,
    /// Rows whose key a later submission has.
    pub replaced: u64,
    /// Rows that take others back, and those.
    pub voided: u64,
    /// Rows refused, by rule.
    pub refused: BTreeMap<Rule, u64>,
    /// Delivered columns of the model.
    pub columns: Vec<ColumnReport>,
    /// Accepted rows by first of month of their start.
    pub months: BTreeMap<Day, u64>,
    /// The first and the last start.
    pub span: Option<(Day, Day)>,
    /// Accepted contacts whose class no column and no crosswalk gives.
    pub unmapped_rows: u64,
    /// Distinct service codes of those contacts.
    pub unmapped_codes: u64,
    /// Accepted contacts that are days of 24-hour care, from which stays can be derived.
    pub institution_days: u64,
    /// Columns that rules need, by their names in the data model, with the rows that ought to have a
    /// value.
    pub key_columns: BTreeMap<&'static str, KeyRows>,
    /// Distinct members of its rows.
    pub members: u64,
    /// Rows by service code or instrument, of those that are frequent.
    pub codes: BTreeMap<String, u64>,
    /// Of contacts with clinicians, the ids of these.
    pub clinicians: Option<Ids>,
}

/// How well one column is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnReport {
    /// The column's name in the timeline table.
    pub column: &'static str,
    /// Accepted rows without a value.
    pub missing: u64,
}

/// A row that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusedRow<'a> {
    /// The delivered file.
    pub file: &'a str,
    /// The line in it, the header's being 1.
    pub line: u32,
    /// The site's name of the column; empty for a fault of the row as a whole.
    pub column: &'a str,
    /// The rule.
    pub rule: Rule,
    /// The table that the row was read for.
    pub table: Table,
}

impl SourceReport {
    /// Rows refused under any rule.
    pub fn n_refused(&self) -> u64 {
        self.refused.values().sum()
    }
}

impl Delivery {
    /// How many buckets there are.
    pub fn n_buckets(&self) -> u32 {
        u32::try_from(self.buckets.len()).unwrap_or(u32::MAX)
    }

    /// Every refused row, by file and line.
    pub fn refused(&self) -> Vec<RefusedRow<'_>> {
        let mut rows: Vec<RefusedRow<'_>> = Vec::new();
        for (reading, duplicates) in self.readings.iter().zip(&self.duplicates) {
            rows.extend(reading.refused.iter().chain(duplicates).map(|refused| RefusedRow {
                file: &reading.submissions[usize::from(refused.file)].delivered.file,
                line: refused.line,
                column: refused.column.map_or("", |column| {
                    reading.submissions[usize::from(refused.file)].name_at(column)
                }),
                rule: refused.rule,
                table: reading.plan.table(),
            }));
        }
        rows.sort_unstable();
        rows
    }

    /// The reading of a table.
    pub(super) fn reading(&self, table: Table) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.plan.table() == table)
    }

    /// Addresses of a bucket's rows, in order.
    pub(super) fn order(&self, bucket: u32) -> &[Address] {
        &self.buckets[bucket as usize].sorted.order
    }

    /// Names of the timeline columns that a source or a crosswalk gives.
    pub(super) fn delivered_columns(&self) -> BTreeSet<&'static str> {
        use crate::terms::column;
        let always = [
            column::MEMBER_ID,
            column::KIND,
            column::START_ON,
            column::END_ON,
            column::RECORD_ID,
            column::STATUS,
            column::SOURCE_FILE,
            column::SOURCE_LINE,
        ];
        let timeline = self.readings.iter().filter(|reading| reading.plan.table().kind().is_some());
        let slots = timeline.flat_map(|reading| reading.plan.slots.iter().map(|slot| slot.to));
        let mut columns: BTreeSet<_> = slots.chain(always).collect();
        if columns.contains(column::CODE) && !self.map.services.is_empty() {
            columns.extend([column::CLASS, column::LEVEL, column::PRACTICE_LEVEL]);
        }
        if self.reading(Table::Stays).is_some() {
            columns.insert(column::LEVEL);
        }
        columns
    }
}
