//! What the pipeline file says about the extracts, as plain structs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::date_pattern::DatePattern;
use super::privacy::Privacy;
use crate::terms::{Day, Table};

/// Everything that intake needs to know.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The folder with the delivered files and, if there is one, `manifest.csv`.
    pub folder: PathBuf,
    /// Settings of single sources. A table without settings is read from its default file, if the
    /// folder has one.
    pub sources: Vec<Source>,
    /// Crosswalks from service codes to class, level and practice level; a later file wins.
    pub service_maps: Vec<PathBuf>,
    /// The day every extract was cut, whatever the manifest and the settings say.
    pub as_of: Option<Day>,
    /// How many buckets members are spread over.
    pub buckets: u32,
    /// What may come in.
    pub privacy: Privacy,
}

impl Intake {
    /// Default buckets.
    pub const BUCKETS: u32 = 16;

    /// A folder of files under the names and with the columns of the data model.
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            sources: Vec::new(),
            service_maps: Vec::new(),
            as_of: None,
            buckets: Self::BUCKETS,
            privacy: Privacy::default(),
        }
    }
}

/// One delivered file as the source of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The table it feeds.
    pub table: Table,
    /// Its name in the folder; else `<table>.csv`, `<table>.csv.gz` or `<table>.parquet`.
    pub file: Option<String>,
    /// The site's column -> the model's column.
    pub columns: BTreeMap<String, String>,
    /// Columns of the site that are never read; `*` stands for all that the model does not have.
    pub ignore: Vec<String>,
    /// What the site writes where nothing is known, in any column but ids.
    pub empty: Vec<String>,
    /// The model's column -> the value of every row, for columns that the file does not have.
    pub constants: BTreeMap<String, String>,
    /// The model's column -> the site's value -> the model's value; the empty text = not known.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// What to do with several rows of one key.
    pub repeated_keys: RepeatedKeys,
    /// The model's column -> a regular expression that whole values must match.
    pub patterns: BTreeMap<String, String>,
    /// The model's column -> how its dates are written; else as `YYYY-MM-DD`.
    pub dates: BTreeMap<String, Vec<DatePattern>>,
    /// The model's column -> the smallest and greatest number allowed, in the column's own unit.
    pub ranges: BTreeMap<String, Range>,
    /// What separates fields.
    pub delimiter: u8,
    /// The day the extract was cut, unless the manifest says otherwise.
    pub extract_date: Option<Day>,
    /// The first day the extract covers, unless the manifest says otherwise.
    pub coverage_start: Option<Day>,
    /// The last day the extract covers, unless the manifest says otherwise.
    pub coverage_end: Option<Day>,
    /// Days until late rows have arrived, unless the manifest says otherwise.
    pub runout_days: Option<u32>,
    /// How many refused rows are too many.
    pub refused_max: RefusedMax,
}

impl Source {
    /// The default settings of a table.
    pub fn of(table: Table) -> Self {
        Self {
            table,
            file: None,
            columns: BTreeMap::new(),
            ignore: Vec::new(),
            empty: Vec::new(),
            constants: BTreeMap::new(),
            values: BTreeMap::new(),
            repeated_keys: RepeatedKeys::Refuse,
            patterns: BTreeMap::new(),
            dates: BTreeMap::new(),
            ranges: BTreeMap::new(),
            delimiter: b',',
            extract_date: None,
            coverage_start: None,
            coverage_end: None,
            runout_days: None,
            refused_max: RefusedMax::default(),
        }
    }
}

impl Source {
    /// True if a column of the site is never read: by its name, or, where `*` stands for all others, because it
    /// is neither mapped nor in the model.
    pub fn ignores(&self, column: &str) -> bool {
        let named = |name: &str| self.ignore.iter().any(|ignored| ignored == name);
        let is_other = || !self.columns.contains_key(column) && self.table.field(column).is_none();
        named(column) || named("*") && is_other()
    }
}

/// What to do with several rows of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepeatedKeys {
    /// Keep one, refuse the others.
    Refuse,
    /// Keep one and count the others as repeated: for a members file with one row per span. Which
    /// one is kept depends on content, never on the order of rows.
    First,
}

/// The smallest and greatest number allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The smallest.
    pub min: Option<i64>,
    /// The greatest.
    pub max: Option<i64>,
}

/// How many refused rows stop the intake: more than either limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RefusedMax {
    /// A share of the rows read.
    pub share: Option<f64>,
    /// A number of rows.
    pub rows: Option<u64>,
}

impl Default for RefusedMax {
    fn default() -> Self {
        Self { share: Some(0.05), rows: None }
    }
}

/// What intake is doing, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading a file: bytes of its size.
    Reading,
    /// Sorting the rows: buckets.
    Sorting,
    /// Writing the timeline table: buckets.
    Writing,
}

/// How far a phase has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is going on.
    pub phase: Phase,
    /// The file, or nothing.
    pub file: &'a str,
    /// Bytes (of a Parquet file: rows) or buckets done.
    pub done: u64,
    /// Bytes, rows or buckets in all.
    pub total: u64,
}

/// Who is told.
pub type OnProgress<'a> = &'a (dyn Fn(Progress<'_>) + Sync);
