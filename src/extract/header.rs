//! The names of a file's columns: read, and judged before any of them is shown or stored. Where names
//! should be may stand a row, and a row's values are never told.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use arrow_schema::{DataType, Field, SchemaRef};

use super::date::begins_with_date;
use super::pieces::{Format, beginning, is_readable, parquet_schema};
use super::problem::Problem;
use super::settings::Source;
use super::split::blank_line;
use super::value::trimmed;

/// More columns are no table of people's care.
const COLUMNS_MAX: usize = 2000;
/// No name of a column is longer.
const NAME_MAX: usize = 64;

/// Reads the names of a file's columns and judges whether they are names at all.
pub(super) fn read(
    path: &Path,
    format: Format,
    source: &Source,
    sources: &[Source],
) -> Result<Vec<String>, Vec<Problem>> {
    let unreadable = |error: io::Error| {
        let message = format!("cannot be read: {error}");
        let is_known = error.kind() == io::ErrorKind::Unsupported;
        let help = if is_known { "write it with one of them" } else { "deliver it again" };
        vec![Problem::new("unreadable_file", message, help)]
    };
    if format == Format::Parquet {
        let schema = parquet_schema(path).map_err(unreadable)?;
        let header: Vec<String> =
            schema.fields().iter().map(|field| field.name().clone()).collect();
        if let Some(problem) = unfit(&header, source, sources) {
            return Err(vec![problem]);
        }
        let unfit = unfit_types(&schema, source, sources);
        return if unfit.is_empty() { Ok(header) } else { Err(unfit) };
    }
    let header = of_text(path, format, source.delimiter).map_err(unreadable)?;
    if let Some(problem) = not_utf8(&header) {
        return Err(vec![problem]);
    }
    if header.iter().any(|name| name.contains('\n')) {
        let help = "close the quotation mark, or take it out";
        let message = "a quotation mark of the first line does not end on that line";
        return Err(vec![Problem::new("open_quote", message, help)]);
    }
    if header.iter().any(|name| name.contains('\r')) {
        return Err(vec![lone_return()]);
    }
    let name = |name: &String| String::from_utf8_lossy(trimmed(name.as_bytes())).into_owned();
    let header: Vec<String> = header.iter().map(name).collect();
    match unfit(&header, source, sources) {
        Some(problem) => Err(vec![problem]),
        None => Ok(header),
    }
}

/// A file whose lines end in a way that other programs read otherwise.
pub(super) fn lone_return() -> Problem {
    let message = "lines end in a carriage return alone, or one stands outside quotation marks";
    Problem::new("lone_carriage_return", message, "save the file with lines that end in LF or CRLF")
}

/// The fields of the first line, with line ends that stand inside them.
fn of_text(path: &Path, format: Format, delimiter: u8) -> io::Result<Vec<String>> {
    let bytes = beginning(path, format)?;
    let mut rest = bytes.as_slice();
    while let Some(blank) = blank_line(rest) {
        rest = &rest[blank..];
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::Any(b'\n'))
        .has_headers(false)
        .flexible(true)
        .from_reader(rest);
    let mut record = csv::ByteRecord::new();
    reader
        .read_byte_record(&mut record)
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let mut names: Vec<String> =
        record.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    if let Some(last) = names.last_mut().filter(|last| last.ends_with('\r')) {
        last.pop();
    }
    Ok(names)
}

fn not_utf8(header: &[String]) -> Option<Problem> {
    let is_foreign = header.iter().any(|name| name.contains(['\0', '\u{fffd}']));
    let problem =
        || Problem::new("not_utf8", "the header is not UTF-8", "export the file as UTF-8");
    is_foreign.then(problem)
}

/// Why a header is none. Nothing of it may be shown then.
fn unfit(header: &[String], source: &Source, sources: &[Source]) -> Option<Problem> {
    if header.is_empty() {
        let help = "deliver at least the header, or leave the file out";
        return Some(Problem::new("empty_file", "the file is empty", help));
    }
    if let Some(problem) = not_utf8(header) {
        return Some(problem);
    }
    if header.len() > COLUMNS_MAX {
        let message = format!("the header has {} columns; no table has so many", header.len());
        let help = "deliver the columns of the data model";
        return Some(Problem::new("too_many_columns", message, help));
    }
    let is_value = |name: &String| begins_with_date(name.as_bytes()) && !is_named(name, sources);
    let is_known =
        |name: &String| is_column(name, source) || (!name.is_empty() && is_named(name, sources));
    if header.iter().any(is_value) || !header.iter().any(is_known) {
        let message = format!(
            "the first line is no header: it names no column of table {}, or has dates among the names",
            source.table.name()
        );
        let help = "begin the file with the names of the columns; if they stand there, set \
                    `delimiter`, or map them under `columns` in the pipeline file";
        return Some(Problem::new("no_header", message, help));
    }
    None
}

/// True for a column of the model, however its words are joined.
fn is_column(name: &str, source: &Source) -> bool {
    let plain = |name: &str| -> String {
        name.chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    source.table.fields().iter().any(|field| plain(field.name) == plain(name))
}

/// True if the pipeline file itself has this name.
fn is_named(name: &str, sources: &[Source]) -> bool {
    let has = |source: &Source| {
        source.columns.contains_key(name) || source.ignore.iter().any(|ignored| ignored == name)
    };
    sources.iter().any(has)
}

/// True if a name may be shown: it looks like one, or stands in the pipeline file.
pub(super) fn is_shown(name: &str, sources: &[Source]) -> bool {
    looks_like_a_name(name) || is_named(name, sources)
}

/// True for a text that may be the name of a column: a letter, and then letters, digits, spaces and a
/// few marks. Any other may be a value, and is not shown.
pub fn looks_like_a_name(text: &str) -> bool {
    let goes_on = |letter: char| letter.is_alphanumeric() || "_ -.".contains(letter);
    text.starts_with(char::is_alphabetic)
        && text.chars().all(goes_on)
        && text.chars().count() <= NAME_MAX
}

/// The name of a column, or where it stands if its name may not be shown.
pub(super) fn shown(name: &str, place: usize, sources: &[Source]) -> String {
    if is_shown(name, sources) { name.to_owned() } else { format!("column {}", place + 1) }
}

/// What is wrong with single names.
pub(super) fn name_problems(
    header: &[String],
    source: &Source,
    sources: &[Source],
) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for (place, name) in header.iter().enumerate() {
        if source.ignores(name) {
            continue;
        }
        if name.is_empty() {
            let help = "name every column, or list the empty name under `ignore`";
            problems.push(Problem::new("unknown_column", "a column has no name", help));
        } else if !is_shown(name, sources) {
            let message = format!(
                "column {} has a name that is no name of a column, and is not shown: names begin \
                 with a letter and go on with letters, digits, spaces, `_`, `-` and `.`",
                place + 1
            );
            let help = "rename the column, or put its name under `columns` or `ignore` in the pipeline file";
            problems.push(Problem::new("unknown_column", message, help));
        } else if !seen.insert(name) {
            let help = "rename or drop one of them";
            let message = "the header has this column twice";
            problems.push(Problem::new("duplicate_column", message, help).column(name));
        }
    }
    problems
}

/// Columns of a Parquet file whose values have no text.
fn unfit_types(schema: &SchemaRef, source: &Source, sources: &[Source]) -> Vec<Problem> {
    let fields = schema.fields().iter().enumerate();
    let unfit = fields.filter(|(_, field)| !source.ignores(field.name()));
    let unfit = unfit.filter_map(|(place, field)| {
        let (message, help) = unfit_type(field)?;
        let problem = |message: String| Problem::new("unfit_type", message, help);
        Some(if is_shown(field.name(), sources) {
            problem(message).column(field.name())
        } else {
            problem(format!("column {}: {message}", place + 1))
        })
    });
    unfit.collect()
}

fn unfit_type(field: &Field) -> Option<(String, &'static str)> {
    let kind = field.data_type();
    if kind.is_nested() {
        let message = "its values are lists or records; a row has one value in a column";
        let help = "leave the column out of the delivery, or list it under `ignore`";
        return Some((message.to_owned(), help));
    }
    if is_readable(kind) {
        return None;
    }
    Some(match kind {
        DataType::Timestamp(_, Some(zone)) => (
            format!(
                "its instants have the time zone {zone}, and local times are not told from them"
            ),
            "write them without a time zone, or as text: YYYY-MM-DDTHH:MM",
        ),
        _ => (
            format!("values of the type {kind} cannot be read as text"),
            "write the column as text, or list it under `ignore`",
        ),
    })
}
