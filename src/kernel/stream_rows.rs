//! The rows of a stream as what they are ordered by.

use std::cmp::Ordering;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow_schema::{ArrowError, DataType};

use super::contract::{Contract, KEYS};
use crate::terms::column::ColumnType;

/// A batch whose rows can be compared with those of another.
#[derive(Debug)]
pub(super) struct StreamRows {
    member: StringArray,
    start: Date32Array,
    kind: StringArray,
    record: StringArray,
    others: Vec<Column>,
}

#[derive(Debug)]
enum Column {
    Text(StringArray),
    Day(Date32Array),
    Int(Int32Array),
    Long(Int64Array),
    Float(Float64Array),
    Flag(BooleanArray),
}

impl StreamRows {
    /// The rows of a batch that has the columns of the contract, in its order.
    pub(super) fn of(batch: &RecordBatch, contract: &Contract) -> Result<Self, ArrowError> {
        let column = |place: usize| batch.column(place);
        let others = contract.columns().iter().enumerate().skip(KEYS.len());
        Ok(Self {
            member: text(column(0))?,
            start: column(1).as_primitive().clone(),
            kind: text(column(2))?,
            record: text(column(3))?,
            others: others
                .map(|(place, (_, kind))| Column::of(column(place), *kind))
                .collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.member.len()
    }

    pub(super) fn member(&self, row: usize) -> Option<&str> {
        text_at(&self.member, row)
    }

    pub(super) fn kind(&self, row: usize) -> Option<&str> {
        text_at(&self.kind, row)
    }

    pub(super) fn record(&self, row: usize) -> Option<&str> {
        text_at(&self.record, row)
    }

    pub(super) fn has_start(&self, row: usize) -> bool {
        self.start.is_valid(row)
    }

    pub(super) fn compare_start(&self, a: usize, other: &Self, b: usize) -> Ordering {
        let day = |rows: &Self, row: usize| rows.start.is_valid(row).then(|| rows.start.value(row));
        day(self, a).cmp(&day(other, b))
    }

    /// The first row with a number outside of its column's range, and that column's place.
    pub(super) fn beyond(&self, ranges: &[(i64, i64)]) -> Option<(usize, usize)> {
        let start = first_beyond(self.start.iter().map(|day| day.map(i64::from)), ranges[1]);
        let others = self.others.iter().enumerate().filter_map(|(other, column)| {
            let place = other + KEYS.len();
            Some((column.beyond(ranges[place])?, place))
        });
        start.map(|row| (row, 1)).into_iter().chain(others).min()
    }

    /// Orders two rows of one key by all other columns.
    pub(super) fn compare_others(&self, a: usize, other: &Self, b: usize) -> Ordering {
        let columns = self.others.iter().zip(&other.others);
        columns
            .map(|(x, y)| x.compare(a, y, b))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// Orders two rows by everything.
    pub(super) fn compare(&self, a: usize, other: &Self, b: usize) -> Ordering {
        self.member(a)
            .cmp(&other.member(b))
            .then_with(|| self.compare_start(a, other, b))
            .then_with(|| self.kind(a).cmp(&other.kind(b)))
            .then_with(|| self.record(a).cmp(&other.record(b)))
            .then_with(|| self.compare_others(a, other, b))
    }
}

fn text(array: &ArrayRef) -> Result<StringArray, ArrowError> {
    Ok(arrow_cast::cast(array, &DataType::Utf8)?.as_string().clone())
}

fn text_at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

/// The first number that is not between two others.
fn first_beyond(
    mut numbers: impl Iterator<Item = Option<i64>>,
    (least, most): (i64, i64),
) -> Option<usize> {
    numbers.position(|number| number.is_some_and(|number| !(least..=most).contains(&number)))
}

/// Empty values last.
fn last<T>(x: Option<T>, y: Option<T>, compare: impl FnOnce(T, T) -> Ordering) -> Ordering {
    match (x, y) {
        (Some(x), Some(y)) => compare(x, y),
        (x, y) => y.is_some().cmp(&x.is_some()),
    }
}

impl Column {
    fn of(array: &ArrayRef, kind: ColumnType) -> Result<Self, ArrowError> {
        Ok(match kind {
            ColumnType::Text => Self::Text(text(array)?),
            ColumnType::Date => Self::Day(array.as_primitive().clone()),
            ColumnType::Int => Self::Int(array.as_primitive().clone()),
            ColumnType::Long => Self::Long(array.as_primitive().clone()),
            ColumnType::Float => Self::Float(array.as_primitive().clone()),
            ColumnType::Flag => Self::Flag(array.as_boolean().clone()),
        })
    }

    /// The first row with a number outside of a range, or with none at all.
    fn beyond(&self, range: (i64, i64)) -> Option<usize> {
        match self {
            Self::Text(_) | Self::Flag(_) => None,
            Self::Day(days) => first_beyond(days.iter().map(|day| day.map(i64::from)), range),
            Self::Int(ints) => first_beyond(ints.iter().map(|int| int.map(i64::from)), range),
            Self::Long(longs) => first_beyond(longs.iter(), range),
            Self::Float(floats) => {
                floats.iter().position(|float| float.is_some_and(|float| !float.is_finite()))
            }
        }
    }

    fn compare(&self, a: usize, other: &Self, b: usize) -> Ordering {
        fn at<A: Array, T>(array: &A, row: usize, value: impl FnOnce(&A) -> T) -> Option<T> {
            array.is_valid(row).then(|| value(array))
        }
        match (self, other) {
            // Empty values come first.
            (Self::Text(x), Self::Text(y)) => text_at(x, a).cmp(&text_at(y, b)),
            (Self::Day(x), Self::Day(y)) => at(x, a, |x| x.value(a)).cmp(&at(y, b, |y| y.value(b))),
            (Self::Int(x), Self::Int(y)) => at(x, a, |x| x.value(a)).cmp(&at(y, b, |y| y.value(b))),
            (Self::Long(x), Self::Long(y)) => {
                at(x, a, |x| x.value(a)).cmp(&at(y, b, |y| y.value(b)))
            }
            (Self::Float(x), Self::Float(y)) => {
                last(at(x, a, |x| x.value(a)), at(y, b, |y| y.value(b)), |x, y| x.total_cmp(&y))
            }
            (Self::Flag(x), Self::Flag(y)) => {
                last(at(x, a, |x| x.value(a)), at(y, b, |y| y.value(b)), |x, y| x.cmp(&y))
            }
            _ => unreachable!("a column has one type in every batch"),
        }
    }
}
