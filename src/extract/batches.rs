//! Sorted rows as Arrow arrays of the timeline table.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    StringArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

use super::order::Address;
use super::pool::Pool;
use super::rows::{Data, NO_CODE, NO_FLAG, NO_INT, NO_LONG, wide_code, wide_int};
use crate::terms::column::ColumnType;

/// Where the values of one timeline column come from, for the rows of one kind in one bucket.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'a> {
    /// The kind does not have the column.
    Nothing,
    /// As it was read.
    Slot(&'a Data),
    /// The same for every row.
    Same(u32),
    /// A number for each row, counted from one.
    From(u32, &'a [u16]),
    /// The row's own value, or else this one.
    OrElse(Option<&'a Data>, u32),
    /// The row's own value, or else what the crosswalk says about its code.
    Mapped(Option<&'a Data>, &'a Data, &'a [u32]),
    /// As [`Self::Mapped`], for numbers.
    MappedInt(Option<&'a Data>, &'a Data, &'a [i32]),
    /// Lines of the source.
    Lines(&'a [u32]),
}

/// Some rows in order, and where the kind changes among them.
pub(super) struct Selection<'a> {
    rows: &'a [Address],
    /// Kind and number of rows.
    runs: Vec<(usize, usize)>,
}

impl<'a> Selection<'a> {
    pub(super) fn of(rows: &'a [Address]) -> Self {
        let runs = rows
            .chunk_by(|a, b| a.kind() == b.kind())
            .map(|run| (run[0].kind(), run.len()))
            .collect();
        Self { rows, runs }
    }

    /// Calls `with` for each run of rows of one kind.
    fn each(&self, mut with: impl FnMut(usize, &[Address])) {
        let mut rest = self.rows;
        for (kind, len) in &self.runs {
            let (run, others) = rest.split_at(*len);
            with(*kind, run);
            rest = others;
        }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }
}

/// The values of a column for some rows. `origins` are in the order of kinds; `texts` are those of
/// the column's codes, or nothing for texts that seldom repeat.
pub(super) fn array(
    kind: ColumnType,
    origins: &[Origin<'_>],
    texts: Option<&ArrayRef>,
    rows: &Selection<'_>,
) -> ArrayRef {
    match (kind, texts) {
        (ColumnType::Text, Some(texts)) => {
            let codes = codes(origins, rows);
            let nulls = unless(&codes, NO_CODE);
            let keys: Vec<i32> = codes.into_iter().map(u32::cast_signed).collect();
            Arc::new(dictionary(Int32Array::new(keys.into(), nulls), texts.clone()))
        }
        (ColumnType::Text, None) => Arc::new(long_texts(origins, rows)),
        (ColumnType::Date, _) => {
            let ints = ints(origins, rows);
            let nulls = unless(&ints, NO_INT);
            Arc::new(Date32Array::new(ints.into(), nulls))
        }
        (ColumnType::Int, _) => {
            let ints = ints(origins, rows);
            let nulls = unless(&ints, NO_INT);
            Arc::new(Int32Array::new(ints.into(), nulls))
        }
        (ColumnType::Long, _) => {
            let longs = longs(origins, rows);
            let nulls = unless(&longs, NO_LONG);
            Arc::new(Int64Array::new(longs.into(), nulls))
        }
        (ColumnType::Float, _) => {
            let floats = own(origins, rows, f64::NAN, |data| {
                if let Data::Floats(floats) = data { Some(floats) } else { None }
            });
            let nulls = nulls(floats.len(), |row| !floats[row].is_nan());
            Arc::new(Float64Array::new(floats.into(), nulls))
        }
        (ColumnType::Flag, _) => {
            let flags = own(origins, rows, NO_FLAG, |data| {
                if let Data::Flags(flags) = data { Some(flags) } else { None }
            });
            let nulls = nulls(flags.len(), |row| flags[row] != NO_FLAG);
            Arc::new(BooleanArray::new(
                BooleanBuffer::collect_bool(flags.len(), |row| flags[row] == 1),
                nulls,
            ))
        }
    }
}

fn nulls(rows: usize, is_known: impl FnMut(usize) -> bool) -> Option<NullBuffer> {
    Some(NullBuffer::new(BooleanBuffer::collect_bool(rows, is_known)))
        .filter(|nulls| nulls.null_count() > 0)
}

/// Which values are known, unless all are.
fn unless<T: Copy + PartialEq>(values: &[T], unknown: T) -> Option<NullBuffer> {
    // Counted to the end, many are looked at at once.
    let some = values.iter().filter(|value| **value == unknown).count() > 0;
    some.then(|| nulls(values.len(), |row| values[row] != unknown)).flatten()
}

/// Values that were read, without any other origin.
fn own<T: Copy>(
    origins: &[Origin<'_>],
    rows: &Selection<'_>,
    unknown: T,
    of: impl for<'d> Fn(&'d Data) -> Option<&'d Vec<T>>,
) -> Vec<T> {
    let mut values = Vec::with_capacity(rows.len());
    rows.each(|kind, run| match origins[kind] {
        Origin::Slot(data) => match of(data) {
            Some(from) => take(&mut values, from, run, |value| value),
            None => values.resize(values.len() + run.len(), unknown),
        },
        _ => values.resize(values.len() + run.len(), unknown),
    });
    values
}

fn take<T: Copy, U>(to: &mut Vec<U>, from: &[T], run: &[Address], convert: impl Fn(T) -> U) {
    to.extend(run.iter().map(|address| convert(from[address.row()])));
}

fn take_codes(to: &mut Vec<u32>, from: Option<&Data>, run: &[Address]) {
    match from {
        Some(Data::Codes(codes)) => take(to, codes, run, |code| code),
        Some(Data::Narrow(codes)) => take(to, codes, run, wide_code),
        _ => to.resize(to.len() + run.len(), NO_CODE),
    }
}

fn take_ints(to: &mut Vec<i32>, from: Option<&Data>, run: &[Address]) {
    match from {
        Some(Data::Ints(ints)) => take(to, ints, run, |int| int),
        _ => to.resize(to.len() + run.len(), NO_INT),
    }
}

fn longs(origins: &[Origin<'_>], rows: &Selection<'_>) -> Vec<i64> {
    let mut longs = Vec::with_capacity(rows.len());
    rows.each(|kind, run| match origins[kind] {
        Origin::Slot(Data::Longs(from)) => take(&mut longs, from, run, |long| long),
        Origin::Slot(Data::Ints(from)) => take(&mut longs, from, run, wide_int),
        _ => longs.resize(longs.len() + run.len(), NO_LONG),
    });
    longs
}

fn codes(origins: &[Origin<'_>], rows: &Selection<'_>) -> Vec<u32> {
    let mut codes = Vec::with_capacity(rows.len());
    rows.each(|kind, run| {
        let from = codes.len();
        match origins[kind] {
            Origin::Slot(data) => take_codes(&mut codes, Some(data), run),
            Origin::Same(code) => codes.resize(from + run.len(), code),
            Origin::From(first, numbers) => {
                take(&mut codes, numbers, run, |number| first + u32::from(number));
            }
            Origin::OrElse(data, code) => {
                take_codes(&mut codes, data, run);
                codes[from..].iter_mut().filter(|own| **own == NO_CODE).for_each(|own| *own = code);
            }
            Origin::Mapped(data, by, map) => {
                take_codes(&mut codes, data, run);
                fill(&mut codes[from..], by, map, run, NO_CODE);
            }
            _ => codes.resize(from + run.len(), NO_CODE),
        }
    });
    codes
}

fn ints(origins: &[Origin<'_>], rows: &Selection<'_>) -> Vec<i32> {
    let mut ints = Vec::with_capacity(rows.len());
    rows.each(|kind, run| {
        let from = ints.len();
        match origins[kind] {
            Origin::Slot(data) => take_ints(&mut ints, Some(data), run),
            Origin::MappedInt(data, by, map) => {
                take_ints(&mut ints, data, run);
                fill(&mut ints[from..], by, map, run, NO_INT);
            }
            Origin::Lines(lines) => ints.extend(
                run.iter().map(|address| i32::try_from(lines[address.row()]).unwrap_or(NO_INT)),
            ),
            _ => ints.resize(from + run.len(), NO_INT),
        }
    });
    ints
}

/// Fills what is not known with what a map says about another column's codes.
fn fill<T: Copy + PartialEq>(values: &mut [T], by: &Data, map: &[T], run: &[Address], unknown: T) {
    for (value, address) in values.iter_mut().zip(run) {
        if *value == unknown {
            *value = map.get(by.code(address.row()) as usize).copied().unwrap_or(unknown);
        }
    }
}

fn long_texts(origins: &[Origin<'_>], rows: &Selection<'_>) -> StringArray {
    let mut bytes = Vec::new();
    let mut ends = Vec::with_capacity(rows.len() + 1);
    ends.push(0);
    let end =
        |bytes: &Vec<u8>| i32::try_from(bytes.len()).expect("a batch has less than 2 GiB of text");
    rows.each(|kind, run| match origins[kind] {
        Origin::Slot(Data::Texts(texts)) => {
            for address in run {
                texts.append_to(address.row(), &mut bytes);
                ends.push(end(&bytes));
            }
        }
        _ => ends.resize(ends.len() + run.len(), end(&bytes)),
    });
    let nulls = nulls(rows.len(), |row| ends[row] < ends[row + 1]);
    let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
    StringArray::try_new(offsets, Buffer::from_vec(bytes), nulls)
        .expect("texts are checked to be UTF-8 when they are read")
}

/// Keys into texts; keys are taken as they are, so they must be places in `texts`.
pub(super) fn dictionary(keys: Int32Array, texts: ArrayRef) -> DictionaryArray<Int32Type> {
    DictionaryArray::try_new(keys, texts).expect("codes are places in their own pool")
}

/// The texts of each pool as an Arrow array, once for all batches.
pub(super) fn arrays(pools: &BTreeMap<&'static str, Pool>) -> BTreeMap<&'static str, ArrayRef> {
    let array = |pool: &Pool| Arc::new(StringArray::from_iter_values(pool.texts())) as ArrayRef;
    pools.iter().map(|(column, pool)| (*column, array(pool))).collect()
}
