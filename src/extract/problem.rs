//! What stops a whole extract, as opposed to a single row. Nothing here ever holds a value of a row.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::rule::Rule;

/// One reason why an extract is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The delivered file, by its name in the folder.
    pub file: Option<String>,
    /// The column, by the site's name for it.
    pub column: Option<String>,
    /// A stable name: `unknown_column`, `looks_like_ssn` …
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

impl Problem {
    pub(super) fn new(
        rule: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { file: None, column: None, rule, message: message.into(), help: help.into() }
    }

    #[must_use]
    pub(super) fn file(mut self, file: &str) -> Self {
        self.file = Some(file.to_owned());
        self
    }

    #[must_use]
    pub(super) fn column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        if let Some(column) = &self.column {
            write!(f, "column `{column}`: ")?;
        }
        write!(f, "{} ({})", self.message, self.rule)?;
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

/// Rows that one source lost to one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// The delivered file.
    pub file: String,
    /// The table it feeds.
    pub table: &'static str,
    /// Rows read.
    pub read: u64,
    /// Rows refused.
    pub refused: u64,
    /// The limit, in words.
    pub limit: String,
    /// Why, and where: most rows first.
    pub lost: Vec<Lost>,
}

/// Rows refused by one rule, for values of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The rule.
    pub rule: Rule,
    /// The site's name of the column; empty for faults of rows as a whole.
    pub column: String,
    /// How many.
    pub rows: u64,
    /// The first of them: the file and the line in it.
    pub first: (String, u32),
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {} of {} rows refused, allowed {}",
            self.file, self.table, self.refused, self.read, self.limit
        )?;
        for Lost { rule, column, rows, first: (file, line) } in &self.lost {
            write!(f, "\n  {rows} {}: {}", rule.name(), rule.explanation())?;
            if !column.is_empty() {
                write!(f, "\n    column `{column}`,")?;
            }
            let file = if *file == self.file { String::new() } else { format!("{file}, ") };
            let place = if column.is_empty() { "\n   " } else { "" };
            write!(f, "{place} first in {file}line {line}\n    help: {}", rule.way_out())?;
        }
        Ok(())
    }
}

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The extract as a whole is not fit; every problem that was found.
    #[error("the extract is refused; nothing was stored\n{}", lines(.0))]
    Problems(Vec<Problem>),
    /// More rows were refused than the settings allow.
    #[error("too many rows are refused; nothing was stored\n{}", lines(.0))]
    TooManyRefused(Vec<Excess>),
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// One bucket holds more rows or text than a bucket can.
    #[error(
        "one bucket of members is too large; set a greater number of buckets in the pipeline file"
    )]
    BucketTooLarge,
}

impl Error {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

fn lines<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join("\n")
}
