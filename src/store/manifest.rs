//! `manifest.json`: what a snapshot was made from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::extract::{Delivery, Ids, KeyRows, PAYMENT, SourceReport, SubmissionReport};
use crate::terms::{Day, Table};

/// The version of the timeline table's columns and of the manifest.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// What a snapshot was made from, and its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the timeline table's columns.
    pub schema_version: u32,
    /// The version of the program that wrote it.
    pub program_version: String,
    /// The snapshot's id.
    pub snapshot: String,
    /// How many buckets members are spread over.
    pub buckets: u32,
    /// Columns of the timeline table that some source delivered, in the order of the files.
    pub columns: Vec<String>,
    /// The snapshot's files; buckets first, in order.
    pub files: Vec<FileEntry>,
    /// The delivered files, once for each table they feed.
    pub sources: Vec<SourceEntry>,
    /// Files of the delivered folder that no table was read from.
    pub unread_files: Vec<String>,
    /// Files that a later full extract replaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced_files: Vec<String>,
    /// The crosswalk files and their SHA-256.
    pub crosswalks: BTreeMap<String, String>,
    /// The privacy policy under which the extracts came in.
    #[serde(default)]
    pub privacy_policy: String,
    /// What the policy coarsened, allowed or did not search, in sentences.
    #[serde(default)]
    pub privacy: Vec<String>,
}

/// A file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the snapshot's folder.
    pub name: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
}

/// A delivered file as the source of one table. Days are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceEntry {
    /// The table it feeds.
    pub table: String,
    /// Its name.
    pub file: String,
    /// Its SHA-256 as delivered.
    pub sha256: String,
    /// Its size as delivered.
    pub bytes: u64,
    /// The day the extract was cut.
    pub extract_date: Option<String>,
    /// The first day it covers.
    pub coverage_start: Option<String>,
    /// The last day it covers.
    pub coverage_end: Option<String>,
    /// Days until late rows have arrived, where they are stated.
    pub runout_days: Option<u32>,
    /// True if the sender shifted dates.
    pub date_shifted: bool,
    /// Rows read.
    pub rows_read: u64,
    /// Rows taken in.
    pub rows_accepted: u64,
    /// Rows of a key that was taken in already, where the settings allow them.
    pub rows_repeated: u64,
    /// Rows without a key that were taken in although another says the same.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows_alike: u64,
    /// Rows whose key a later submission has.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows_replaced: u64,
    /// Rows that take others back, and those.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows_voided: u64,
    /// The files, the oldest first, where there are several, changes only or a sender is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub submissions: Vec<SubmissionEntry>,
    /// Rows refused, by rule.
    pub rows_refused: BTreeMap<String, u64>,
    /// Rows without a value, by column.
    pub missing: BTreeMap<String, u64>,
    /// Accepted rows by month of their start, `YYYY-MM`.
    pub rows_by_month: BTreeMap<String, u64>,
    /// The first start.
    pub first_day: Option<String>,
    /// The last start.
    pub last_day: Option<String>,
    /// Contacts whose class nothing gives.
    pub unmapped_rows: u64,
    /// Distinct service codes of those contacts.
    pub unmapped_codes: u64,
    /// Of contacts, the days of 24-hour care, from which stays can be derived; nothing where an earlier
    /// program took them in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_days: Option<u64>,
    /// Columns that rules need, by their names in the data model: rows that ought to have a value,
    /// and how many of them have none.
    #[serde(default)]
    pub key_columns: BTreeMap<String, KeyRows>,
    /// Distinct members of its rows.
    #[serde(default)]
    pub members: u64,
    /// Rows by service code or instrument, of those that are frequent.
    #[serde(default)]
    pub codes: BTreeMap<String, u64>,
    /// Of contacts with clinicians, the ids of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clinicians: Option<Ids>,
}

impl SourceEntry {
    /// Accepted rows by the first day of the month of their start.
    pub fn rows_of_months(&self) -> impl Iterator<Item = (Day, u64)> + '_ {
        let start = |month: &str| Day::parse(&format!("{month}-01"));
        self.rows_by_month.iter().filter_map(move |(month, rows)| Some((start(month)?, *rows)))
    }

    /// Days until late rows have arrived: as they are stated, or else as is usual.
    pub fn runout(&self) -> u32 {
        let has =
            |column: &&str| self.missing.get(*column).is_some_and(|it| *it < self.rows_accepted);
        let usual = |table: Table| table.usual_runout(PAYMENT.iter().any(has));
        let stated = self.runout_days;
        stated.or_else(|| Table::from_name(&self.table).map(usual)).unwrap_or(0)
    }

    pub(super) fn of(report: &SourceReport) -> Self {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        Self {
            table: report.table.name().to_owned(),
            file: report.file.clone(),
            sha256: report.sha256.clone(),
            bytes: report.bytes,
            extract_date: day(report.dates.extract_date),
            coverage_start: day(report.dates.coverage_start),
            coverage_end: day(report.dates.coverage_end),
            runout_days: report.dates.runout_days,
            date_shifted: report.dates.date_shifted,
            rows_read: report.read,
            rows_accepted: report.accepted,
            rows_repeated: report.repeated,
            rows_alike: report.alike,
            rows_replaced: report.replaced,
            rows_voided: report.voided,
            submissions: report.submissions.iter().map(SubmissionEntry::of).collect(),
            rows_refused: report
                .refused
                .iter()
                .map(|(rule, rows)| (rule.name().to_owned(), *rows))
                .collect(),
            missing: report
                .columns
                .iter()
                .map(|column| (column.column.to_owned(), column.missing))
                .collect(),
            rows_by_month: report.months.iter().map(|(day, rows)| (month(*day), *rows)).collect(),
            first_day: day(report.span.map(|span| span.0)),
            last_day: day(report.span.map(|span| span.1)),
            unmapped_rows: report.unmapped_rows,
            unmapped_codes: report.unmapped_codes,
            institution_days: (report.table == Table::Contacts).then_some(report.institution_days),
            key_columns: report
                .key_columns
                .iter()
                .map(|(column, rows)| ((*column).to_owned(), *rows))
                .collect(),
            members: report.members,
            codes: report.codes.clone(),
            clinicians: report.clinicians,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// One of several files of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionEntry {
    /// Its name.
    pub file: String,
    /// Its SHA-256 as delivered.
    pub sha256: String,
    /// Who sent it; empty if there is only one.
    pub sender: String,
    /// The day the extract was cut.
    pub extract_date: Option<String>,
    /// True if it holds changes only.
    pub incremental: bool,
    /// Rows read.
    pub rows_read: u64,
}

impl SubmissionEntry {
    fn of(report: &SubmissionReport) -> Self {
        Self {
            file: report.file.clone(),
            sha256: report.sha256.clone(),
            sender: report.sent.sender.clone(),
            extract_date: report.sent.on.map(|day| day.to_string()),
            incremental: report.sent.incremental,
            rows_read: report.read,
        }
    }
}

fn month(day: Day) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

impl Manifest {
    pub(super) fn of(
        delivery: &Delivery,
        snapshot: &str,
        columns: Vec<String>,
        files: Vec<FileEntry>,
    ) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            snapshot: snapshot.to_owned(),
            buckets: delivery.n_buckets(),
            columns,
            files,
            sources: delivery.sources.iter().map(SourceEntry::of).collect(),
            unread_files: delivery.unread_files.clone(),
            replaced_files: delivery.replaced_files.clone(),
            crosswalks: delivery.crosswalks.iter().cloned().collect(),
            privacy_policy: delivery.privacy.policy.clone(),
            privacy: delivery.privacy.done.clone(),
        }
    }

    /// The manifest of a timeline table that another engine keeps, with these columns, made from
    /// these sources. Its id is made from both.
    pub fn elsewhere(columns: Vec<String>, sources: Vec<SourceEntry>) -> Self {
        let mut manifest = Self {
            schema_version: SCHEMA_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            snapshot: String::new(),
            buckets: 0,
            columns,
            files: Vec::new(),
            sources,
            replaced_files: Vec::new(),
            unread_files: Vec::new(),
            crosswalks: BTreeMap::new(),
            privacy_policy: String::new(),
            privacy: Vec::new(),
        };
        let text = serde_json::to_vec(&manifest).expect("a manifest has only texts and numbers");
        let id = &Sha256::digest(&text)[..8];
        manifest.snapshot =
            id.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        manifest
    }

    /// The source of a table.
    pub fn source(&self, table: &str) -> Option<&SourceEntry> {
        self.sources.iter().find(|source| source.table == table)
    }

    /// True if nothing is lacking that is measured when extracts are taken in.
    pub(super) fn is_measured(&self) -> bool {
        self.source(Table::Contacts.name()).is_none_or(|one| one.institution_days.is_some())
    }

    /// True if some source delivered this timeline column.
    pub fn has_column(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }
}
