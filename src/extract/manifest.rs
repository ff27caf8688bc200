//! `manifest.csv`: what the sender says about each delivered file.

use std::fs::File;
use std::io;
use std::path::Path;

use super::folder::not_a_file;
use super::header;
use super::plan::did_you_mean;
use super::problem::Problem;
use super::settings::Source;
use crate::terms::{Day, Table};

/// The name of the file in the folder.
pub const MANIFEST: &str = "manifest.csv";

const COLUMNS: [&str; 8] = [
    "source",
    "sender",
    "extract_date",
    "coverage_start",
    "coverage_end",
    "runout_days",
    "refresh",
    "date_shifted",
];

/// No late row takes longer than ten years.
const MOST_RUNOUT_DAYS: u32 = 3660;

const DATES: &str = "write dates as YYYY-MM-DD";
const NOT_KNOWN: &str = "write the day itself; leave coverage empty if it is not known, and the day of the cut to --as-of";

/// One row of `manifest.csv`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManifestRow {
    /// The table or the file.
    pub source: String,
    /// Who sent it, where several send files of one table.
    pub sender: String,
    /// The day the extract was cut.
    pub extract_date: Option<Day>,
    /// The first day it covers.
    pub coverage_start: Option<Day>,
    /// The last day it covers.
    pub coverage_end: Option<Day>,
    /// Days until late rows have arrived.
    pub runout_days: Option<u32>,
    /// True if it holds changes only, and not all there is.
    pub incremental: bool,
    /// True if the sender shifted the dates of each member by a constant.
    pub date_shifted: bool,
}

/// What is known about the time a source covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// The day the extract was cut.
    pub extract_date: Option<Day>,
    /// The first day it covers.
    pub coverage_start: Option<Day>,
    /// The last day it covers.
    pub coverage_end: Option<Day>,
    /// Days until late rows have arrived.
    pub runout_days: Option<u32>,
    /// True if dates were shifted.
    pub date_shifted: bool,
}

impl Dates {
    /// The run's date wins over the manifest's, and that over the settings'.
    pub(super) fn of(
        source: &Source,
        file: &str,
        manifest: &[ManifestRow],
        as_of: Option<Day>,
    ) -> Self {
        let row = manifest
            .iter()
            .find(|row| row.source == file)
            .or_else(|| manifest.iter().find(|row| row.source == source.table.name()))
            .cloned()
            .unwrap_or_default();
        Self {
            extract_date: as_of.or(row.extract_date).or(source.extract_date),
            coverage_start: row.coverage_start.or(source.coverage_start),
            coverage_end: row.coverage_end.or(source.coverage_end),
            runout_days: row.runout_days.or(source.runout_days),
            date_shifted: row.date_shifted,
        }
    }
}

/// Reads `manifest.csv` of a folder; no rows if there is none.
///
/// # Errors
/// Every problem of the file, at once.
pub fn read_manifest(folder: &Path, files: &[&str]) -> Result<Vec<ManifestRow>, Vec<Problem>> {
    let path = folder.join(MANIFEST);
    if let Some(problem) = not_a_file(&path).filter(|_| path.exists() || path.is_symlink()) {
        return Err(vec![problem.file(MANIFEST)]);
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let message = format!("cannot be opened: {error}");
            return Err(vec![Problem::new("unreadable_file", message, "").file(MANIFEST)]);
        }
    };
    let mut problems = Vec::new();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let header = reader.headers().cloned().unwrap_or_default();
    let header: Vec<String> =
        header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let is_unknown = |(_, column): &(usize, &String)| !COLUMNS.contains(&column.as_str());
    for (place, column) in header.iter().enumerate().filter(is_unknown) {
        let help = did_you_mean(column, COLUMNS.into_iter())
            .unwrap_or_else(|| format!("the columns are {}", COLUMNS.join(", ")));
        problems.push(
            Problem::new("unknown_column", "no such column", help)
                .file(MANIFEST)
                .column(&header::shown(column, place, &[])),
        );
    }
    if !header.iter().any(|column| column == "source") {
        problems
            .push(Problem::new("missing_column", "column `source` is missing", "").file(MANIFEST));
    }
    let mut rows = Vec::new();
    for (number, record) in reader.records().enumerate() {
        match record {
            Ok(record) => rows.push(read_row(&header, &record, number + 2, files, &mut problems)),
            Err(_) => problems.push(
                Problem::new("ragged_row", format!("row {} cannot be read", number + 2), "")
                    .file(MANIFEST),
            ),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn read_row(
    header: &[String],
    record: &csv::StringRecord,
    line: usize,
    files: &[&str],
    problems: &mut Vec<Problem>,
) -> ManifestRow {
    let mut row = ManifestRow::default();
    let mut say = |column: &str, rule, what: &str, help: String| {
        problems.push(
            Problem::new(rule, format!("row {line}: {what}"), help).file(MANIFEST).column(column),
        );
    };
    for (column, value) in header.iter().zip(record).filter(|(_, value)| !value.is_empty()) {
        let mut date = || {
            let day = Day::parse(value);
            let wrong = match day {
                None => Some(("not_a_date", "this is not a date", DATES)),
                Some(day) if !day.is_plausible() => {
                    Some(("implausible_date", "this date is not between 1900 and 2200", NOT_KNOWN))
                }
                Some(_) => None,
            };
            if let Some((rule, what, help)) = wrong {
                say(column, rule, what, help.to_owned());
            }
            day
        };
        match column.as_str() {
            "source" => value.clone_into(&mut row.source),
            "extract_date" => row.extract_date = date(),
            "coverage_start" => row.coverage_start = date(),
            "coverage_end" => row.coverage_end = date(),
            "runout_days" => {
                row.runout_days = value.parse().ok().filter(|days| *days <= MOST_RUNOUT_DAYS);
                if row.runout_days.is_none() {
                    let help = format!("write a whole number from 0 to {MOST_RUNOUT_DAYS}");
                    say(column, "not_a_number", "this is not a number of days", help);
                }
            }
            "sender" => value.clone_into(&mut row.sender),
            "refresh" => match value.to_ascii_lowercase().as_str() {
                "full" => row.incremental = false,
                "incremental" => row.incremental = true,
                _ => {
                    let help = "write `full` for all there is, `incremental` for changes only";
                    say(column, "unknown_refresh", "no such kind of extract", help.to_owned());
                }
            },
            "date_shifted" => {
                row.date_shifted =
                    matches!(value.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "y");
            }
            _ => {}
        }
    }
    let tables = Table::ALL.map(Table::name);
    if !tables.contains(&row.source.as_str()) && !files.contains(&row.source.as_str()) {
        let help = did_you_mean(&row.source, tables.into_iter().chain(files.iter().copied()))
            .unwrap_or_else(|| "name a table of the data model or a file of the folder".to_owned());
        say("source", "unknown_source", "this is neither a table nor a file of the folder", help);
    }
    row
}
