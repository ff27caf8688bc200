//! Everything a report says.

use crate::oversight::{Check, PublishedTable, Restated, Scorecard};
use crate::terms::{Day, Period};

/// Everything a report says.
#[derive(Debug, Clone)]
pub struct Content<'a> {
    /// Heading of the page, such as `Colorado: monthly report`.
    pub title: String,
    /// Version of the program.
    pub program_version: String,
    /// The period the report is about.
    pub period: Period,
    /// Where the numbers come from.
    pub snapshot: Snapshot,
    /// Every number that may be shown.
    pub table: &'a PublishedTable,
    /// The scorecard of the contract, if there is one.
    pub scorecard: Option<Scorecard>,
    /// What changed, in sentences, the most important first.
    pub changes: Vec<String>,
    /// What is different from the last release; nothing for the first one.
    pub since: Option<&'a SinceLast>,
    /// State of the data.
    pub quality: Quality,
    /// What could mislead, warnings first.
    pub checks: Vec<Check>,
    /// Statements of the catalogue that nobody has checked yet.
    pub unverified: Vec<String>,
    /// Parameters of the run, by name.
    pub parameters: Vec<(String, String)>,
    /// Hash of each definition, by the id of its file.
    pub definitions: Vec<(String, String)>,
    /// `tables/results.csv`.
    pub results_csv: Vec<u8>,
    /// `tables/results.parquet`.
    pub results_parquet: Vec<u8>,
    /// `refused.csv`.
    pub refused_csv: Vec<u8>,
    /// `quality.csv`.
    pub quality_csv: Vec<u8>,
    /// Further files, by their path in the report.
    pub further_files: Vec<(String, Vec<u8>)>,
}

/// What is different from the last release.
#[derive(Debug, Clone)]
pub struct SinceLast {
    /// The month it was about, such as `2026-09`.
    pub month: String,
    /// The snapshot it was counted from.
    pub snapshot: String,
    /// Why it was withdrawn, if it was.
    pub withdrawn: Option<String>,
    /// Indicators whose definition is another one now.
    pub changed_definitions: Vec<String>,
    /// Indicators that it did not have.
    pub added: Vec<String>,
    /// Indicators that it had and this one has not.
    pub removed: Vec<String>,
    /// Numbers that were released before and are others now.
    pub numbers: Vec<RestatedNumber>,
}

/// A restated number and what may have caused it.
#[derive(Debug, Clone)]
pub struct RestatedNumber {
    /// The number before and now.
    pub restated: Restated,
    /// In words: late rows, corrections, a definition.
    pub cause: String,
}

/// Where the numbers come from.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Its id in the store.
    pub id: String,
    /// The extracts it holds.
    pub sources: Vec<Source>,
}

/// One extract.
#[derive(Debug, Clone)]
pub struct Source {
    /// File name, without folders.
    pub file: String,
    /// Table of the data model.
    pub table: String,
    /// The day it was cut.
    pub extracted_on: Option<Day>,
    /// Days until rows of a day are taken to be complete.
    pub runout_days: i32,
    /// False if that is only what is usual.
    pub runout_stated: bool,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Rows read.
    pub rows_read: u64,
    /// Rows accepted.
    pub rows_accepted: u64,
    /// Rows refused, by rule.
    pub refused: Vec<Refused>,
}

/// Rows refused by one rule.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Name of the rule.
    pub rule: String,
    /// The number of rows.
    pub rows: u64,
}

/// State of the data.
#[derive(Debug, Clone, Default)]
pub struct Quality {
    /// Columns with missing values; the subject is `table.column`.
    pub missing: Vec<Share>,
    /// Codes without a class or level; the subject names the crosswalk.
    pub unmapped: Vec<Share>,
    /// First and last date of each table.
    pub coverage: Vec<Coverage>,
    /// Rows by month.
    pub months: Vec<MonthRows>,
    /// Anything else worth a sentence.
    pub notes: Vec<String>,
}

/// Some rows of all rows.
#[derive(Debug, Clone)]
pub struct Share {
    /// What they are about.
    pub subject: String,
    /// The rows.
    pub rows: u64,
    /// All rows.
    pub of: u64,
}

/// First and last date of a table.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The table.
    pub table: String,
    /// The earliest date in it.
    pub first_on: Option<Day>,
    /// The latest date in it.
    pub last_on: Option<Day>,
}

/// Rows of one month.
#[derive(Debug, Clone)]
pub struct MonthRows {
    /// The month.
    pub month: Period,
    /// Rows by table.
    pub rows: Vec<(String, u64)>,
}
