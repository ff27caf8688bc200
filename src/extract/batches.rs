//! Sorted rows as Arrow batches of the timeline table.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    StringArray,
};

use super::order::Address;
use super::pool::Pool;
use super::rows::{Data, NO_CODE, NO_FLAG, NO_INT, NO_LONG, Texts};
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
    /// The row's own value, or else this one.
    OrElse(Option<&'a Data>, u32),
    /// The row's own value, or else what the crosswalk says about its code.
    Mapped(Option<&'a Data>, &'a Data, &'a [u32]),
    /// As [`Self::Mapped`], for numbers.
    MappedInt(Option<&'a Data>, &'a Data, &'a [i32]),
    /// The level of a stay: what the class of its facility says comes first where it has no level.
    StayLevel(Option<&'a Data>, Option<&'a Data>, &'a [i32], u32),
    /// Lines of the source.
    Lines(&'a [u32]),
}

impl Origin<'_> {
    fn code(&self, row: usize) -> u32 {
        let own = |data: Option<&Data>| match data {
            Some(Data::Codes(codes)) => codes[row],
            _ => NO_CODE,
        };
        match self {
            Self::Slot(Data::Codes(codes)) => codes[row],
            Self::Same(code) => *code,
            Self::OrElse(data, default) => {
                Some(own(*data)).filter(|code| *code != NO_CODE).unwrap_or(*default)
            }
            Self::Mapped(data, by, map) => Some(own(*data))
                .filter(|code| *code != NO_CODE)
                .unwrap_or_else(|| looked_up(by, row, map, NO_CODE)),
            _ => NO_CODE,
        }
    }

    fn int(&self, row: usize) -> i32 {
        let own = |data: Option<&Data>| match data {
            Some(Data::Ints(ints)) => ints[row],
            _ => NO_INT,
        };
        match self {
            Self::Slot(Data::Ints(ints)) => ints[row],
            Self::MappedInt(data, by, map) => Some(own(*data))
                .filter(|int| *int != NO_INT)
                .unwrap_or_else(|| looked_up(by, row, map, NO_INT)),
            Self::StayLevel(data, class, map, visit) => match class {
                Some(Data::Codes(codes)) if codes[row] == *visit => NO_INT,
                Some(class) if own(*data) == NO_INT => looked_up(class, row, map, NO_INT),
                _ => own(*data),
            },
            Self::Lines(lines) => i32::try_from(lines[row]).unwrap_or(NO_INT),
            _ => NO_INT,
        }
    }
}

fn looked_up<T: Copy>(by: &Data, row: usize, map: &[T], unknown: T) -> T {
    match by {
        Data::Codes(codes) => map.get(codes[row] as usize).copied().unwrap_or(unknown),
        _ => unknown,
    }
}

/// The values of a column for some rows. `origins` are in the order of kinds.
pub(super) fn array(
    kind: ColumnType,
    origins: &[Origin<'_>],
    texts: Option<&ArrayRef>,
    rows: &[Address],
) -> ArrayRef {
    let of = |address: &Address| (&origins[address.kind()], address.row());
    let known = |value: i32| (value != NO_INT).then_some(value);
    match (kind, texts) {
        (ColumnType::Text, Some(texts)) => {
            let keys = rows.iter().map(|address| {
                let (origin, row) = of(address);
                let code = origin.code(row);
                (code != NO_CODE).then_some(code.cast_signed())
            });
            Arc::new(dictionary(keys.collect(), texts.clone()))
        }
        (ColumnType::Text, None) => {
            let text = |address: &Address| match of(address) {
                (Origin::Slot(Data::Texts(texts)), row) => text(texts, row),
                _ => None,
            };
            Arc::new(rows.iter().map(text).collect::<StringArray>())
        }
        (ColumnType::Date, _) => Arc::new(
            rows.iter()
                .map(|address| known(of(address).0.int(address.row())))
                .collect::<Date32Array>(),
        ),
        (ColumnType::Int, _) => Arc::new(
            rows.iter()
                .map(|address| known(of(address).0.int(address.row())))
                .collect::<Int32Array>(),
        ),
        (ColumnType::Long, _) => {
            let long = |address: &Address| match of(address) {
                (Origin::Slot(Data::Longs(longs)), row) => {
                    Some(longs[row]).filter(|long| *long != NO_LONG)
                }
                _ => None,
            };
            Arc::new(rows.iter().map(long).collect::<Int64Array>())
        }
        (ColumnType::Float, _) => {
            let float = |address: &Address| match of(address) {
                (Origin::Slot(Data::Floats(floats)), row) => {
                    Some(floats[row]).filter(|float| !float.is_nan())
                }
                _ => None,
            };
            Arc::new(rows.iter().map(float).collect::<Float64Array>())
        }
        (ColumnType::Flag, _) => {
            let flag = |address: &Address| match of(address) {
                (Origin::Slot(Data::Flags(flags)), row) => {
                    Some(flags[row]).filter(|flag| *flag != NO_FLAG).map(|flag| flag == 1)
                }
                _ => None,
            };
            Arc::new(rows.iter().map(flag).collect::<BooleanArray>())
        }
    }
}

/// Keys into texts; keys are taken as they are, so they must be places in `texts`.
pub(super) fn dictionary(keys: Int32Array, texts: ArrayRef) -> DictionaryArray<Int32Type> {
    DictionaryArray::try_new(keys, texts).expect("codes are places in their own pool")
}

fn text(texts: &Texts, row: usize) -> Option<&str> {
    std::str::from_utf8(texts.get(row)).ok().filter(|text| !text.is_empty())
}

/// The texts of each pool as an Arrow array, once for all batches.
pub(super) fn arrays(pools: &BTreeMap<&'static str, Pool>) -> BTreeMap<&'static str, ArrayRef> {
    pools
        .iter()
        .map(|(column, pool)| {
            (*column, Arc::new(StringArray::from_iter_values(pool.texts())) as ArrayRef)
        })
        .collect()
}
