//! The contract of the Arrow stream, checked row by row: an engine that drops a sort or splits a
//! member would otherwise give wrong numbers in silence.

use std::cmp::Ordering;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType};

use super::stream_rows::StreamRows;
use crate::extract::Form;
use crate::terms::column::{self, ColumnType};
use crate::terms::{Kind, Table};

/// The columns that rows are ordered by, first of all. A member's rows lie together, with those
/// without a first day (their attributes) in front.
pub const KEYS: [&str; 4] = [column::MEMBER_ID, column::START_ON, column::KIND, column::RECORD_ID];

/// What a stream of timeline rows has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// The columns in the order that rows are sorted by, the keys first.
    columns: Vec<(&'static str, ColumnType)>,
    /// The least and greatest number of each.
    ranges: Vec<(i64, i64)>,
}

/// A stream that breaks the contract. No value of a row is named.
#[derive(Debug, thiserror::Error)]
pub enum Breach {
    /// Columns are not there.
    #[error(
        "the stream lacks {}: select every column that the plan lists, empty ones as typed nulls",
        list(columns)
    )]
    MissingColumns {
        /// Their names.
        columns: Vec<&'static str>,
    },
    /// A column is there twice.
    #[error("the stream has column `{column}` twice")]
    RepeatedColumn {
        /// Its name.
        column: &'static str,
    },
    /// A column has another type.
    #[error("column `{column}` of the stream is {found}; the timeline schema says {wanted}")]
    ColumnType {
        /// Its name.
        column: &'static str,
        /// The type it has.
        found: DataType,
        /// What it has to be.
        wanted: &'static str,
    },
    /// A key is empty.
    #[error("row {row} of the stream has an empty `{column}`, which is a key")]
    NullKey {
        /// Row of the stream, counted from 0.
        row: u64,
        /// The column.
        column: &'static str,
    },
    /// The kind of a row is none of the data model.
    #[error("row {row} of the stream is of a kind that the data model does not have")]
    UnknownKind {
        /// Row of the stream, counted from 0.
        row: u64,
    },
    /// A member comes after one that has to follow.
    #[error(
        "row {row} of the stream is of a member who has to come earlier, or was there already: \
         sort each partition by {}, or pass --sort-in-task", list(&KEYS)
    )]
    MemberOutOfOrder {
        /// Row of the stream, counted from 0.
        row: u64,
    },
    /// A row has to come before the one above.
    #[error(
        "row {row} of the stream has to come before the row above it: sort each partition by {} and \
         then by the other columns of the plan, or pass --sort-in-task", list(&KEYS)
    )]
    OutOfOrder {
        /// Row of the stream, counted from 0.
        row: u64,
    },
    /// Two rows have one key.
    #[error("row {row} of the stream has the key of the row above it: {what}")]
    DuplicateKey {
        /// Row of the stream, counted from 0.
        row: u64,
        /// Which rule it breaks.
        what: &'static str,
    },
    /// A number or date that intake would have refused.
    #[error("row {row} of the stream has a `{column}` that no extract can have")]
    OutOfRange {
        /// Row of the stream, counted from 0.
        row: u64,
        /// The column.
        column: &'static str,
    },
    /// The stream itself is broken.
    #[error("the Arrow stream cannot be read: {0}")]
    Arrow(#[from] ArrowError),
}

fn list(columns: &[&str]) -> String {
    columns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// What a column may look like, in words.
fn wanted(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text (Utf8)",
        ColumnType::Date => "a date (Date32)",
        ColumnType::Int => "a whole number of 32 bits (Int32)",
        ColumnType::Long => "a whole number of 64 bits (Int64)",
        ColumnType::Float => "a float of 64 bits (Float64)",
        ColumnType::Flag => "true or false (Boolean)",
    }
}

fn fits(kind: ColumnType, found: &DataType) -> bool {
    match (kind, found) {
        (ColumnType::Text, DataType::Dictionary(_, values)) => {
            matches!(**values, DataType::Utf8 | DataType::LargeUtf8)
        }
        (ColumnType::Text, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        | (ColumnType::Date, DataType::Date32)
        | (ColumnType::Int, DataType::Int32)
        | (ColumnType::Long, DataType::Int64)
        | (ColumnType::Float, DataType::Float64)
        | (ColumnType::Flag, DataType::Boolean) => true,
        _ => false,
    }
}

/// What intake lets through: days from 1900 to 9999, whole numbers of the data model, amounts of
/// twelve digits in thousandths. Sums of a member cannot overflow then.
fn range(name: &str, kind: ColumnType) -> (i64, i64) {
    const DAYS: (i64, i64) = (-25_567, 2_932_896);
    const PARTS: i64 = 1_000_000_000_000_000;
    let forms = || {
        let fields = Table::ALL.into_iter().flat_map(Table::fields);
        fields.filter(|field| field.to == name).map(|field| field.form)
    };
    let wholes = forms().filter_map(|form| match form {
        Form::Whole(least, most) => Some((least, most)),
        _ => None,
    });
    match kind {
        ColumnType::Date => DAYS,
        ColumnType::Long => (-PARTS, PARTS),
        _ => wholes.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((i64::MIN, i64::MAX)),
    }
}

impl Contract {
    /// The contract of a stream with these columns of the timeline table; keys are added.
    pub fn new(columns: &[&str]) -> Self {
        let type_of = |name: &str| column::ALL.iter().find(|(known, _)| *known == name);
        let keys = KEYS.iter().filter_map(|name| type_of(name));
        let others =
            column::ALL.iter().filter(|(name, _)| columns.contains(name) && !KEYS.contains(name));
        let columns: Vec<_> = keys.chain(others).copied().collect();
        let ranges = columns.iter().map(|(name, kind)| range(name, *kind)).collect();
        Self { columns, ranges }
    }

    /// The columns, in the order that rows are sorted by.
    pub fn columns(&self) -> &[(&'static str, ColumnType)] {
        &self.columns
    }

    /// Empty values come first, but for floats and flags.
    pub fn nulls_last(kind: ColumnType) -> bool {
        matches!(kind, ColumnType::Float | ColumnType::Flag)
    }

    /// The batch with the columns of the contract, in its order.
    pub fn shaped(&self, batch: &RecordBatch) -> Result<RecordBatch, Breach> {
        let schema = batch.schema();
        let places = |name: &str| {
            let fields = schema.fields().iter().enumerate();
            let found: Vec<usize> =
                fields.filter(|(_, field)| field.name() == name).map(|(place, _)| place).collect();
            found
        };
        let mut kept = Vec::with_capacity(self.columns.len());
        let mut missing = Vec::new();
        for (name, kind) in &self.columns {
            match places(name)[..] {
                [] => missing.push(*name),
                [place] => {
                    let found = schema.field(place).data_type();
                    if !fits(*kind, found) {
                        let (found, wanted) = (found.clone(), wanted(*kind));
                        return Err(Breach::ColumnType { column: name, found, wanted });
                    }
                    kept.push(place);
                }
                _ => return Err(Breach::RepeatedColumn { column: name }),
            }
        }
        if !missing.is_empty() {
            return Err(Breach::MissingColumns { columns: missing });
        }
        Ok(batch.project(&kept)?)
    }

    /// Hands on the batches of a stream and checks each row against the one before.
    pub fn checked<I>(&self, batches: I) -> Checked<I>
    where
        I: Iterator<Item = Result<RecordBatch, ArrowError>>,
    {
        Checked { contract: self.clone(), batches, last: None, rows: 0 }
    }
}

/// A stream that is checked while it is read.
#[derive(Debug)]
pub struct Checked<I> {
    contract: Contract,
    batches: I,
    /// The batch before, to compare its last row.
    last: Option<StreamRows>,
    rows: u64,
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Checked<I> {
    fn check(&mut self, batch: &RecordBatch) -> Result<RecordBatch, Breach> {
        let batch = self.contract.shaped(batch)?;
        if batch.num_rows() == 0 {
            return Ok(batch);
        }
        let rows = StreamRows::of(&batch, &self.contract)?;
        if let Some(last) = &self.last {
            follows(last, last.len() - 1, &rows, 0, self.rows)?;
        } else {
            has_keys(&rows, 0, self.rows)?;
        }
        let beyond = rows.beyond(&self.contract.ranges);
        for row in 1..beyond.map_or(rows.len(), |(row, _)| row + 1) {
            follows(&rows, row - 1, &rows, row, self.rows + row as u64)?;
        }
        if let Some((row, place)) = beyond {
            let column = self.contract.columns[place].0;
            return Err(Breach::OutOfRange { row: self.rows + row as u64, column });
        }
        self.rows += rows.len() as u64;
        self.last = Some(rows);
        Ok(batch)
    }
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Iterator for Checked<I> {
    type Item = Result<RecordBatch, Breach>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batches.next()?;
        Some(batch.map_err(Breach::from).and_then(|batch| self.check(&batch)))
    }
}

/// Checks the keys of a row by itself.
fn has_keys(rows: &StreamRows, row: usize, at: u64) -> Result<Kind, Breach> {
    let null = |column| Err(Breach::NullKey { row: at, column });
    if rows.member(row).is_none_or(str::is_empty) {
        return null(column::MEMBER_ID);
    }
    let Some(kind) = rows.kind(row) else { return null(column::KIND) };
    let kind = Kind::from_name(kind).ok_or(Breach::UnknownKind { row: at })?;
    if kind != Kind::Member && !rows.has_start(row) {
        return null(column::START_ON);
    }
    let must_have = matches!(kind, Kind::Contact | Kind::Stay);
    if must_have && rows.record(row).is_none_or(str::is_empty) {
        return null(column::RECORD_ID);
    }
    Ok(kind)
}

/// Checks that row `b` may follow row `a`.
fn follows(
    before: &StreamRows,
    a: usize,
    rows: &StreamRows,
    b: usize,
    at: u64,
) -> Result<(), Breach> {
    let kind = has_keys(rows, b, at)?;
    match before.member(a).cmp(&rows.member(b)) {
        Ordering::Less => return Ok(()),
        Ordering::Greater => return Err(Breach::MemberOutOfOrder { row: at }),
        Ordering::Equal => {}
    }
    let same_key = before.compare_start(a, rows, b).then(before.kind(a).cmp(&rows.kind(b)));
    let record = before.record(a).cmp(&rows.record(b));
    let duplicate = |what| Err(Breach::DuplicateKey { row: at, what });
    if kind == Kind::Member && before.kind(a) == Some(Kind::Member.name()) {
        return duplicate("a member has one row of attributes");
    }
    match same_key.then(record) {
        Ordering::Less => Ok(()),
        Ordering::Greater => Err(Breach::OutOfOrder { row: at }),
        Ordering::Equal if rows.record(b).is_some() => {
            duplicate("`record_id` is there once for each kind")
        }
        Ordering::Equal => match before.compare_others(a, rows, b) {
            Ordering::Less | Ordering::Equal => Ok(()),
            Ordering::Greater => Err(Breach::OutOfOrder { row: at }),
        },
    }
}
