//! The folder of a report: written beside its place and swapped in whole, so that nobody ever finds
//! half a report or loses the last one to a run that failed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::XlsxError;
use serde_json::Value;

use super::content::Content;
use super::draft::{Draft, uninterrupted};
use super::lookup::Lookup;
use super::{
    checks, delimited, dictionary, disparity, manifest, measure_report, page, restated,
    score_files, words, workbook,
};

pub(super) const MANIFEST: &str = "manifest.json";
const RESULTS: [&str; 2] = ["tables/results.csv", "tables/results.parquet"];

/// Why a report could not be written. What stood in its place is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk said no.
    #[error(
        "{}: no report can be written here ({said}); choose another folder with --out",
        folder.display()
    )]
    Io {
        /// The folder of the report.
        folder: PathBuf,
        /// What the system said.
        said: io::Error,
    },
    /// The folder has something that no report wrote.
    #[error(
        "{} holds `{found}`, which no earlier run of this command wrote; choose another folder with --out or move it away",
        folder.display()
    )]
    NotAReport {
        /// The folder.
        folder: PathBuf,
        /// Name of the first such file.
        found: String,
    },
    /// The folder has no place to be swapped into.
    #[error("{} cannot be a report's folder; name a folder inside another one", folder.display())]
    NoPlace {
        /// The folder.
        folder: PathBuf,
    },
    /// The workbook is too large for its format.
    #[error("the workbook could not be made: {0}")]
    Workbook(#[from] XlsxError),
}

impl Error {
    /// What the system said of the folder of a report.
    pub(super) fn io(folder: &Path) -> impl FnOnce(io::Error) -> Self {
        move |said| Self::Io { folder: folder.to_owned(), said }
    }
}

/// A report that has been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The page.
    pub page: PathBuf,
    /// Every file, the manifest last.
    pub files: Vec<WrittenFile>,
}

/// One file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Path within the report.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// Writes the report into `folder`. An earlier report there is replaced only once the new one is
/// complete; a folder with anything else in it is left alone.
pub fn write(content: &Content<'_>, folder: &Path) -> Result<Written, Error> {
    draft(content, folder)?.put_in_place(&uninterrupted())
}

/// Writes the report beside its folder, if it may be put there.
pub fn draft(content: &Content<'_>, folder: &Path) -> Result<Draft, Error> {
    let mut files = files(content)?;
    files.push((MANIFEST.to_owned(), manifest::manifest(content, &files)));
    draft_of(folder, &Value::Null, &files)
}

/// Complains of a folder that no report may take the place of, before anything is counted for it.
///
/// # Errors
/// If it is a file, has something in it that no report wrote, or nothing can be made there.
pub fn check_place(folder: &Path) -> Result<(), Error> {
    refuse_foreign(folder, &Value::Null, &[(MANIFEST.to_owned(), Vec::new())])?;
    // Reports are drafted beside the folder, where it or its parents will be made.
    let outer =
        folder.ancestors().skip(1).find(|outer| !outer.as_os_str().is_empty() && outer.exists());
    let trial = outer.unwrap_or(Path::new(".")).join(format!(".trial-{}", std::process::id()));
    fs::create_dir(&trial).and_then(|()| fs::remove_dir(&trial)).map_err(Error::io(folder))
}

/// Files that may take the place of what an earlier run of the same kind wrote; the last one is the
/// manifest. Reports have no kind in their manifest.
pub(super) fn draft_of(
    folder: &Path,
    kind: &Value,
    files: &[(String, Vec<u8>)],
) -> Result<Draft, Error> {
    refuse_foreign(folder, kind, files)?;
    Draft::write(folder, files)
}

/// Puts files in the place of what an earlier run of the same kind wrote.
pub(super) fn replace(
    folder: &Path,
    kind: &Value,
    files: &[(String, Vec<u8>)],
) -> Result<Written, Error> {
    draft_of(folder, kind, files)?.put_in_place(&uninterrupted())
}

/// Every file but the manifest.
fn files(content: &Content<'_>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let lookup = Lookup::of(content);
    let mut files = vec![
        ("index.html".to_owned(), page::page(content).into_bytes()),
        ("quality.csv".to_owned(), content.quality_csv.clone()),
        ("checks.csv".to_owned(), checks::csv(content)),
        ("refused.csv".to_owned(), content.refused_csv.clone()),
        ("tables/exclusions.csv".to_owned(), delimited::exclusions_csv(content, &lookup)),
        ("tables/disparities.csv".to_owned(), disparity::csv(content, &lookup)),
    ];
    for family in words::FAMILIES {
        let rows = delimited::family_rows(content, &lookup, family);
        if !rows.is_empty() {
            let path = format!("tables/{}.csv", words::family_id(family));
            files.push((path, delimited::family_csv(&rows)));
        }
    }
    if let Some(since) = content.since {
        files.push(("tables/restated.csv".to_owned(), restated::csv(since, content)));
    }
    if let Some(scorecard) = &content.scorecard {
        let records = score_files::records(content, scorecard);
        files.push(("tables/scorecard.csv".to_owned(), score_files::csv(&records, scorecard)));
        let json = score_files::json(content, scorecard, &records);
        files.push(("scorecard.json".to_owned(), json));
    }
    files.push((RESULTS[0].to_owned(), content.results_csv.clone()));
    files.push((RESULTS[1].to_owned(), content.results_parquet.clone()));
    files.push(("workbook.xlsx".to_owned(), workbook::workbook(content, &lookup)?));
    files.push(("measure-report.json".to_owned(), measure_report::bundle(content, &lookup)));
    files.extend(content.further_files.iter().cloned());
    files.push(("dictionary.csv".to_owned(), dictionary::csv(&files)));
    Ok(files)
}

/// A folder may be replaced if it has only what the manifest of a report of the same kind lists, or
/// tables of results that were written without a report.
fn refuse_foreign(folder: &Path, kind: &Value, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    let mut found = Vec::new();
    let listed = match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
        Ok(_) => list(folder, "", &mut found),
    };
    listed.map_err(Error::io(folder))?;
    let mut ours = BTreeSet::new();
    if kind.is_null() {
        ours.extend(RESULTS.map(str::to_owned));
    }
    let earlier = fs::read(folder.join(MANIFEST));
    if let Ok(Ok(earlier)) = earlier.map(|bytes| serde_json::from_slice::<Value>(&bytes))
        && earlier["program"] == manifest::PROGRAM
        && earlier["kind"] == *kind
    {
        ours.extend(files.iter().map(|(path, _)| path.clone()));
        ours.extend(
            earlier["files"].as_object().into_iter().flat_map(|files| files.keys().cloned()),
        );
    }
    match found.into_iter().find(|path| !ours.contains(path)) {
        Some(found) => Err(Error::NotAReport { folder: folder.to_owned(), found }),
        None => Ok(()),
    }
}

/// Paths of all files below a folder, except the ones that systems and offices leave behind.
fn list(folder: &Path, within: &str, found: &mut Vec<String>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{within}{name}/"), found)?;
        } else if !name.starts_with('.') && !name.starts_with("~$") {
            found.push(format!("{within}{name}"));
        }
    }
    Ok(())
}
