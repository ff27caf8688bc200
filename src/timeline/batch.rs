//! Arrow batches as columns of small numbers.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, PrimitiveArray, RecordBatch, StringArray,
};
use arrow_schema::DataType;

use super::Error;

/// A text column: a key per row, a text per key.
#[derive(Debug)]
pub(super) struct TextColumn {
    keys: PrimitiveArray<Int32Type>,
    values: StringArray,
}

impl TextColumn {
    /// The column of a batch, if the batch has it and it is not empty throughout.
    pub(super) fn of(batch: &RecordBatch, name: &'static str) -> Result<Option<Self>, Error> {
        let Some(array) = present(batch, name) else { return Ok(None) };
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let array = if *array.data_type() == dictionary {
            array.clone()
        } else {
            arrow_cast::cast(array, &dictionary).map_err(|_| Error::ColumnType { column: name })?
        };
        let array: &DictionaryArray<Int32Type> = array.as_dictionary();
        Ok(Some(Self {
            keys: array.keys().clone(),
            values: array.values().as_string::<i32>().clone(),
        }))
    }

    /// The key of a row: equal keys are equal texts, within this batch.
    pub(super) fn key(&self, row: usize) -> Option<i32> {
        self.keys.is_valid(row).then(|| self.keys.value(row))
    }

    /// The text of a key.
    pub(super) fn text(&self, key: i32) -> &str {
        self.values.value(usize_of(key))
    }
}

fn usize_of(key: i32) -> usize {
    usize::try_from(key).expect("dictionary keys are not negative")
}

fn present<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a ArrayRef> {
    batch
        .column_by_name(name)
        .filter(|array| array.null_count() < array.len() && *array.data_type() != DataType::Null)
}

/// Asks `decide` once per distinct text of a column; `absent` is the answer for empty ones, and
/// throughout if the batch lacks the column.
pub(super) fn decide<T: Copy>(
    batch: &RecordBatch,
    name: &'static str,
    absent: T,
    decide: impl FnMut(&str) -> T,
) -> Result<Answers<T>, Error> {
    Remembered::default().decide(batch, name, absent, decide)
}

/// Answers for the texts of a dictionary, kept while batches share it.
#[derive(Debug)]
pub(super) struct Remembered<T> {
    texts: Option<StringArray>,
    answers: Arc<[T]>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { texts: None, answers: Arc::new([]) }
    }
}

impl<T: Copy> Remembered<T> {
    /// As [`decide`]; nothing is asked again of a dictionary that the batch before had.
    pub(super) fn decide(
        &mut self,
        batch: &RecordBatch,
        name: &'static str,
        absent: T,
        mut decide: impl FnMut(&str) -> T,
    ) -> Result<Answers<T>, Error> {
        let Some(column) = TextColumn::of(batch, name)? else { return Ok(Answers::Same(absent)) };
        if !self.texts.as_ref().is_some_and(|texts| is_same(texts, &column.values)) {
            self.answers =
                column.values.iter().map(|text| text.map_or(absent, &mut decide)).collect();
            self.texts = Some(column.values.clone());
        }
        Ok(Answers::ByKey { keys: column.keys, answers: self.answers.clone(), absent })
    }
}

/// True if two arrays are the same memory, which is kept by the one that is remembered.
fn is_same(a: &StringArray, b: &StringArray) -> bool {
    std::ptr::eq(a.value_data(), b.value_data())
        && std::ptr::eq(a.value_offsets(), b.value_offsets())
}

/// An answer per key of a row, or one for all.
#[derive(Debug)]
pub(super) enum Answers<T> {
    ByKey { keys: PrimitiveArray<Int32Type>, answers: Arc<[T]>, absent: T },
    Same(T),
}

impl<T: Copy> Answers<T> {
    /// The answer for each of so many rows.
    pub(super) fn of_rows(&self, rows: usize) -> Vec<T> {
        match self {
            Self::ByKey { keys, answers, .. } if keys.null_count() == 0 => {
                keys.values().iter().map(|key| answers[usize_of(*key)]).collect()
            }
            _ => (0..rows).map(|row| self.at(row)).collect(),
        }
    }

    pub(super) fn at(&self, row: usize) -> T {
        match self {
            Self::ByKey { keys, answers, .. } if keys.is_valid(row) => {
                answers[usize_of(keys.value(row))]
            }
            Self::ByKey { absent, .. } => *absent,
            Self::Same(answer) => *answer,
        }
    }
}

/// A column of whole numbers, dates, or flags, if the batch has it.
#[derive(Debug)]
pub(super) enum NumberColumn {
    Absent,
    Int(PrimitiveArray<Int32Type>),
    Long(PrimitiveArray<Int64Type>),
    Flag(BooleanArray),
}

impl NumberColumn {
    pub(super) fn of(batch: &RecordBatch, name: &'static str) -> Result<Self, Error> {
        let Some(array) = present(batch, name) else { return Ok(Self::Absent) };
        Ok(match array.data_type() {
            DataType::Boolean => Self::Flag(array.as_boolean().clone()),
            DataType::Int32 => Self::Int(array.as_primitive().clone()),
            _ => {
                let long = arrow_cast::cast(array, &DataType::Int64)
                    .map_err(|_| Error::ColumnType { column: name })?;
                Self::Long(long.as_primitive().clone())
            }
        })
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What is made of the number of each of so many rows.
    pub(super) fn of_rows<T: Clone>(&self, rows: usize, of: impl Fn(Option<i64>) -> T) -> Vec<T> {
        match self {
            Self::Absent => vec![of(None); rows],
            Self::Int(column) => column.iter().map(|one| of(one.map(i64::from))).collect(),
            Self::Long(column) => column.iter().map(of).collect(),
            Self::Flag(column) => column.iter().map(|one| of(one.map(i64::from))).collect(),
        }
    }

    pub(super) fn at(&self, row: usize) -> Option<i64> {
        match self {
            Self::Absent => None,
            Self::Int(column) => column.is_valid(row).then(|| column.value(row).into()),
            Self::Long(column) => column.is_valid(row).then(|| column.value(row)),
            Self::Flag(column) => column.is_valid(row).then(|| column.value(row).into()),
        }
    }

    pub(super) fn int(&self, row: usize) -> Option<i32> {
        self.at(row).and_then(|number| i32::try_from(number).ok())
    }
}

/// A column of numbers with fractions, if the batch has it and it is not empty throughout.
#[derive(Debug)]
pub(super) struct FloatColumn(Option<PrimitiveArray<Float64Type>>);

impl FloatColumn {
    pub(super) fn of(batch: &RecordBatch, name: &'static str) -> Result<Self, Error> {
        let Some(array) = present(batch, name) else { return Ok(Self(None)) };
        let floats = arrow_cast::cast(array, &DataType::Float64)
            .map_err(|_| Error::ColumnType { column: name })?;
        Ok(Self(Some(floats.as_primitive().clone())))
    }

    pub(super) fn at(&self, row: usize) -> Option<f64> {
        self.0.as_ref().filter(|column| column.is_valid(row)).map(|column| column.value(row))
    }
}

/// A column of dates, kept as it is: the two dates are read for every row.
#[derive(Debug)]
pub(super) struct DayColumn(Option<PrimitiveArray<Date32Type>>);

impl DayColumn {
    pub(super) fn of(batch: &RecordBatch, name: &'static str) -> Result<Self, Error> {
        let Some(array) = present(batch, name) else { return Ok(Self(None)) };
        array
            .as_primitive_opt::<Date32Type>()
            .cloned()
            .map(|days| Self(Some(days)))
            .ok_or(Error::ColumnType { column: name })
    }

    pub(super) fn at(&self, row: usize) -> Option<i32> {
        let column = self.0.as_ref()?;
        column.is_valid(row).then(|| column.value(row))
    }
}
