//! Arrow batches as columns of small numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type, Int64Type};
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
        let array =
            arrow_cast::cast(array, &dictionary).map_err(|_| Error::ColumnType { column: name })?;
        let array: &DictionaryArray<Int32Type> = array.as_dictionary();
        Ok(Some(Self {
            keys: array.keys().clone(),
            values: array.values().as_string::<i32>().clone(),
        }))
    }

    /// Asks `decide` once per distinct text and gives the answer per row; `absent` for empty ones.
    pub(super) fn decide<T: Copy>(&self, absent: T, mut decide: impl FnMut(&str) -> T) -> Vec<T> {
        let answers: Vec<T> =
            self.values.iter().map(|text| text.map_or(absent, &mut decide)).collect();
        if self.keys.null_count() == 0 {
            return self.keys.values().iter().map(|key| answers[usize_of(*key)]).collect();
        }
        self.keys.iter().map(|key| key.map_or(absent, |key| answers[usize_of(key)])).collect()
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

/// A text column's answers for every row; `absent` throughout if the batch lacks the column.
pub(super) fn decide<T: Copy>(
    batch: &RecordBatch,
    name: &'static str,
    absent: T,
    decide: impl FnMut(&str) -> T,
) -> Result<Answers<T>, Error> {
    Ok(match TextColumn::of(batch, name)? {
        Some(column) => Answers::PerRow(column.decide(absent, decide)),
        None => Answers::Same(absent),
    })
}

/// As [`decide`], without writing an answer for every row: for questions asked of few rows.
pub(super) fn decide_by_key(
    batch: &RecordBatch,
    name: &'static str,
    absent: bool,
    mut decide: impl FnMut(&str) -> bool,
) -> Result<Answers<bool>, Error> {
    let Some(column) = TextColumn::of(batch, name)? else { return Ok(Answers::Same(absent)) };
    let answers = column.values.iter().map(|text| text.map_or(absent, &mut decide)).collect();
    Ok(Answers::ByKey { keys: column.keys, answers, absent })
}

/// An answer per row, per key of a row, or one for all.
#[derive(Debug)]
pub(super) enum Answers<T> {
    PerRow(Vec<T>),
    ByKey { keys: PrimitiveArray<Int32Type>, answers: Vec<T>, absent: T },
    Same(T),
}

impl<T: Copy> Answers<T> {
    pub(super) fn at(&self, row: usize) -> T {
        match self {
            Self::PerRow(answers) => answers[row],
            Self::ByKey { keys, answers, absent } if keys.is_valid(row) => {
                answers.get(usize_of(keys.value(row))).copied().unwrap_or(*absent)
            }
            Self::ByKey { absent, .. } => *absent,
            Self::Same(answer) => *answer,
        }
    }
}

/// A column of whole numbers, dates, or flags, if the batch has it.
#[derive(Debug)]
pub(super) struct NumberColumn(Option<PrimitiveArray<Int64Type>>);

impl NumberColumn {
    pub(super) fn of(batch: &RecordBatch, name: &'static str) -> Result<Self, Error> {
        let Some(array) = present(batch, name) else { return Ok(Self(None)) };
        let number = match array.data_type() {
            DataType::Date32 => {
                let days: &PrimitiveArray<Date32Type> = array.as_primitive();
                days.unary(i64::from)
            }
            DataType::Boolean => {
                let flags: &BooleanArray = array.as_boolean();
                flags.iter().map(|flag| flag.map(i64::from)).collect()
            }
            _ => {
                let cast = arrow_cast::cast(array, &DataType::Int64)
                    .map_err(|_| Error::ColumnType { column: name })?;
                cast.as_primitive::<Int64Type>().clone()
            }
        };
        Ok(Self(Some(number)))
    }

    pub(super) fn at(&self, row: usize) -> Option<i64> {
        let column = self.0.as_ref()?;
        column.is_valid(row).then(|| column.value(row))
    }

    pub(super) fn int(&self, row: usize) -> Option<i32> {
        self.at(row).and_then(|number| i32::try_from(number).ok())
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
