//! A CSV file with a header, as rows that know their line. Nothing that is said about it shows a
//! value.

use std::fmt;

use crate::diagnostic::suggest;
use crate::extract::looks_like_a_name;

/// Something wrong at one place of a delivered list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1; 0 for the whole line.
    pub column: usize,
    /// Name of the column; empty for the whole line, and where it does not look like one.
    pub name: String,
    /// What is wrong.
    pub message: String,
    /// The way out; may be empty.
    pub help: String,
}

/// Everything that is wrong with a delivered list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// The file, as the user gave it.
    pub file: String,
    /// What is wrong, in the order of the file.
    pub list: Vec<Fault>,
}

impl Faults {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), list: Vec::new() }
    }

    /// Adds a fault of a whole line.
    pub(super) fn of_line(&mut self, line: usize, message: &str, help: &str) {
        self.at(line, (0, ""), message, help);
    }

    /// Adds a fault of a field.
    pub(super) fn at(
        &mut self,
        line: usize,
        (column, name): (usize, &str),
        message: &str,
        help: &str,
    ) {
        self.list.push(Fault {
            line,
            column,
            name: name.to_owned(),
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }

    /// `value` if nothing is wrong.
    pub(super) fn none_or<T>(mut self, value: T) -> Result<T, Self> {
        self.list.sort();
        self.list.dedup();
        if self.list.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.list.len();
        let places = if number == 1 { "place" } else { "places" };
        write!(f, "{} is wrong in {number} {places}; nothing was compared", self.file)?;
        for fault in &self.list {
            write!(f, "\n{}:{}", self.file, fault.line)?;
            if fault.column > 0 {
                write!(f, ":{}", fault.column)?;
            }
            if !fault.name.is_empty() {
                write!(f, ": column `{}`", fault.name)?;
            }
            write!(f, ": {}", fault.message)?;
            if !fault.help.is_empty() {
                write!(f, "\n  help: {}", fault.help)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// A row of a list: its line, and its fields in the order of the columns that were asked for.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) number: usize,
    fields: Vec<(usize, String)>,
}

impl Line {
    /// A field without the blanks around it; empty where the file has no such column.
    pub(super) fn text(&self, column: usize) -> &str {
        &self.fields[column].1
    }

    /// The place of a field in the file, for faults.
    pub(super) fn place<'n>(&self, column: usize, names: &[&'n str]) -> (usize, &'n str) {
        (self.fields[column].0, names[column])
    }
}

/// Reads the rows of a list. The first `required` of the columns must be there; the order in the file
/// does not matter.
pub(super) fn lines(
    bytes: &[u8],
    columns: &[&str],
    required: usize,
    faults: &mut Faults,
) -> Vec<Line> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let Ok(header) = reader.headers().cloned() else {
        faults.of_line(1, "not a text in UTF-8", "save the file as CSV in UTF-8");
        return Vec::new();
    };
    // The organisation is often called by its kind alone.
    let own = |name: &'_ str| if name == "bho" { "bho_id".to_owned() } else { name.to_owned() };
    let header: Vec<String> = header.iter().map(|name| own(name.trim())).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    // Without a header, a row stands there.
    let is_header = header.iter().any(|name| columns.contains(name));
    for (place, name) in header.iter().enumerate() {
        if !columns.contains(name) {
            let help = suggest(name, columns.iter().copied())
                .unwrap_or_else(|| format!("the columns are {}", columns.join(", ")));
            let told = if is_header && looks_like_a_name(name) { name } else { "" };
            faults.at(1, (place + 1, told), "no such column", &help);
        } else if header[..place].contains(name) {
            faults.at(1, (place + 1, name), "this column is there twice", "");
        }
    }
    for name in columns[..required].iter().filter(|name| !header.contains(name)) {
        faults.of_line(1, &format!("column `{name}` is missing"), "");
    }
    let places: Vec<Option<usize>> =
        columns.iter().map(|name| header.iter().position(|known| known == name)).collect();
    let mut lines = Vec::new();
    for record in reader.records() {
        let number = |position: Option<&csv::Position>| {
            position.map_or(1, |at| usize::try_from(at.line()).unwrap_or(usize::MAX))
        };
        match record {
            Ok(record) if record.len() != header.len() => {
                let message = format!("{} fields, but {} columns", record.len(), header.len());
                faults.of_line(number(record.position()), &message, "");
            }
            Ok(record) => {
                let field = |place: &Option<usize>| match place {
                    Some(place) => (place + 1, record[*place].trim().to_owned()),
                    None => (0, String::new()),
                };
                let fields = places.iter().map(field).collect();
                lines.push(Line { number: number(record.position()), fields });
            }
            Err(error) => {
                let line = number(error.position());
                faults.of_line(line, "not a text in UTF-8", "save the file as CSV in UTF-8");
            }
        }
    }
    lines
}
