//! One column of one row group as Parquet pages.
//!
//! The format's library hashes each value of each row to find its dictionary entry. Here columns
//! arrive as codes, so that an entry is found by its number; this halves the time of an intake.

use std::borrow::Cow;
use std::cell::RefCell;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

use super::pack::{deltas, hybrid, varint};

const LEVEL: i32 = 1;

/// Numbers that span less than this are written by a dictionary.
const SPAN_MAX: i64 = 1 << 17;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// A column, ready to be appended to a row group.
pub(super) struct Chunk {
    pub(super) bytes: Bytes,
    pub(super) close: ColumnCloseResult,
}

/// What is written of a column besides its nulls.
struct Values {
    dictionary: Option<Dictionary>,
    encoding: Encoding,
    bytes: Vec<u8>,
}

struct Dictionary {
    bytes: Vec<u8>,
    entries: u32,
}

/// Encodes an array.
pub(super) fn encode(array: &ArrayRef, descr: &ColumnDescPtr) -> Result<Chunk> {
    let nulls = array.logical_nulls().filter(|nulls| nulls.null_count() > 0);
    let values = values(array, nulls.as_ref())?;
    let mut page = Vec::new();
    if descr.max_def_level() > 0 {
        levels(nulls.as_ref(), array.len(), &mut page);
    }
    page.extend_from_slice(&values.bytes);
    let mut sink = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut sink);
    let rows = u32::try_from(array.len())
        .map_err(|_| ParquetError::General("row group too large".to_owned()))?;
    let mut sizes = Sizes::default();
    if let Some(dictionary) = &values.dictionary {
        let (num_values, buf) = (dictionary.entries, compressed(&dictionary.bytes)?);
        let page =
            Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, is_sorted: false };
        sizes.add(&pages.write_page(CompressedPage::new(page, dictionary.bytes.len()))?);
    }
    let data_at = sizes.compressed;
    let data = Page::DataPage {
        buf: compressed(&page)?,
        num_values: rows,
        encoding: values.encoding,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    };
    sizes.add(&pages.write_page(CompressedPage::new(data, page.len()))?);
    pages.close()?;
    let bytes = Bytes::from(sink.into_inner()?);
    let level = ZstdLevel::try_new(LEVEL)?;
    let metadata = ColumnChunkMetaData::builder(descr.clone())
        .set_compression(Compression::ZSTD(level))
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, values.encoding])
        .set_total_compressed_size(sizes.compressed)
        .set_total_uncompressed_size(sizes.uncompressed)
        .set_num_values(i64::from(rows))
        .set_data_page_offset(data_at)
        .set_dictionary_page_offset(values.dictionary.is_some().then_some(0))
        .build()?;
    let close = ColumnCloseResult {
        bytes_written: bytes.len() as u64,
        rows_written: u64::from(rows),
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    Ok(Chunk { bytes, close })
}

#[derive(Default)]
struct Sizes {
    compressed: i64,
    uncompressed: i64,
}

impl Sizes {
    fn add(&mut self, page: &parquet::column::page::PageWriteSpec) {
        self.compressed += i64::try_from(page.compressed_size).unwrap_or(i64::MAX);
        self.uncompressed += i64::try_from(page.uncompressed_size).unwrap_or(i64::MAX);
    }
}

fn compressed(bytes: &[u8]) -> Result<Bytes> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        let compressor = match compressor {
            Some(compressor) => compressor,
            None => compressor.insert(Compressor::new(LEVEL)?),
        };
        Ok(Bytes::from(compressor.compress(bytes)?))
    })
}

/// Which rows have a value: a bitmap is one bit-packed group.
fn levels(nulls: Option<&NullBuffer>, rows: usize, to: &mut Vec<u8>) {
    let mut levels = Vec::new();
    match nulls {
        Some(nulls) if nulls.null_count() < rows => {
            varint((rows.div_ceil(8) as u64) << 1 | 1, &mut levels);
            levels.extend_from_slice(&nulls.inner().sliced()[..rows.div_ceil(8)]);
        }
        _ => {
            varint((rows as u64) << 1, &mut levels);
            levels.push(u8::from(nulls.is_none()));
        }
    }
    let len = u32::try_from(levels.len()).expect("a bitmap of a row group is small");
    to.extend_from_slice(&len.to_le_bytes());
    to.extend_from_slice(&levels);
}

fn values(array: &ArrayRef, nulls: Option<&NullBuffer>) -> Result<Values> {
    Ok(match array.data_type() {
        DataType::Dictionary(..) => texts(array.as_dictionary::<Int32Type>(), nulls),
        DataType::Utf8 => long_texts(array.as_string::<i32>(), nulls),
        DataType::Date32 => ints(&known(array.as_primitive::<Date32Type>().values(), nulls), 4),
        DataType::Int32 => ints(&known(array.as_primitive::<Int32Type>().values(), nulls), 4),
        DataType::Int64 => ints(&known(array.as_primitive::<Int64Type>().values(), nulls), 8),
        DataType::Float64 => {
            let numbers = known(array.as_primitive::<Float64Type>().values(), nulls);
            plain(numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
        }
        DataType::Boolean => {
            let flags = array.as_boolean().values();
            let flags: Vec<u32> =
                each_known(array.len(), nulls).map(|row| u32::from(flags.value(row))).collect();
            plain(bitmap(&flags))
        }
        other => return Err(ParquetError::NYI(format!("a column of {other}"))),
    })
}

fn plain(bytes: Vec<u8>) -> Values {
    Values { dictionary: None, encoding: Encoding::PLAIN, bytes }
}

fn bitmap(flags: &[u32]) -> Vec<u8> {
    let byte = |flags: &[u32]| {
        flags.iter().enumerate().fold(0, |byte, (place, flag)| byte | flag << place)
    };
    flags.chunks(8).map(|flags| byte(flags).to_le_bytes()[0]).collect()
}

fn each_known(rows: usize, nulls: Option<&NullBuffer>) -> impl Iterator<Item = usize> {
    let all = if nulls.is_none() { 0..rows } else { 0..0 };
    all.chain(nulls.into_iter().flat_map(NullBuffer::valid_indices))
}

fn known<'a, T: Copy>(values: &'a [T], nulls: Option<&NullBuffer>) -> Cow<'a, [T]> {
    match nulls {
        None => Cow::Borrowed(values),
        Some(nulls) => nulls.valid_indices().map(|row| values[row]).collect(),
    }
}

/// Codes by a dictionary that has the texts in the order in which rows name them.
fn texts(array: &DictionaryArray<Int32Type>, nulls: Option<&NullBuffer>) -> Values {
    let all = array.values().as_string::<i32>();
    let keys = known(array.keys().values(), nulls);
    let (indices, entries) = numbered(&keys, 0, all.len());
    let mut bytes = Vec::new();
    for entry in &entries {
        let text = usize::try_from(*entry).map_or("", |entry| all.value(entry));
        bytes.extend_from_slice(&length(text.len()).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    if entries.is_empty() {
        // Readers make a dictionary of texts without one, row by row: one text that no row has spares that.
        return by_dictionary(&[], length(0).to_le_bytes().to_vec(), 1);
    }
    by_dictionary(&indices, bytes, entries.len())
}

/// Each number's place among the distinct ones, and these in the order they came. Numbers lie
/// between `min` and `min + span`.
fn numbered<T: Copy + Into<i64>>(numbers: &[T], min: i64, span: usize) -> (Vec<u32>, Vec<i64>) {
    let mut places = vec![u32::MAX; span];
    let mut entries = Vec::new();
    let place = |number: &T| {
        let number: i64 = (*number).into();
        let place = &mut places[usize::try_from(number - min).expect("numbers are at least min")];
        if *place == u32::MAX {
            *place = length(entries.len());
            entries.push(number);
        }
        *place
    };
    (numbers.iter().map(place).collect(), entries)
}

fn length(len: usize) -> u32 {
    u32::try_from(len).expect("a row group has fewer than 2^32 rows and bytes")
}

fn by_dictionary(indices: &[u32], dictionary: Vec<u8>, entries: usize) -> Values {
    let width = u32::BITS - length(entries.saturating_sub(1)).leading_zeros();
    let mut bytes = vec![width.to_le_bytes()[0]];
    hybrid(indices, width, &mut bytes);
    let dictionary =
        (entries > 0).then(|| Dictionary { bytes: dictionary, entries: length(entries) });
    let encoding = if dictionary.is_some() { Encoding::RLE_DICTIONARY } else { Encoding::PLAIN };
    let bytes = if dictionary.is_some() { bytes } else { Vec::new() };
    Values { dictionary, encoding, bytes }
}

/// Whole numbers of `size` bytes: by a dictionary if they lie close together, else as differences.
fn ints<T: Copy + Ord + Into<i64>>(numbers: &[T], size: usize) -> Values {
    let (Some(min), Some(max)) = (numbers.iter().min(), numbers.iter().max()) else {
        return plain(Vec::new());
    };
    let (min, max): (i64, i64) = ((*min).into(), (*max).into());
    let span = max
        .checked_sub(min)
        .filter(|span| *span < SPAN_MAX.min(2 * i64::try_from(numbers.len()).unwrap_or(i64::MAX)));
    if let Some(span) = span.and_then(|span| usize::try_from(span).ok()) {
        let (indices, entries) = numbered(numbers, min, span + 1);
        let bytes = entries.iter().flat_map(|entry| entry.to_le_bytes()[..size].to_vec()).collect();
        by_dictionary(&indices, bytes, entries.len())
    } else {
        let mut bytes = Vec::new();
        let narrow = |delta: i64| if size == 4 { i64::from(low_int(delta)) } else { delta };
        let numbers: Vec<i64> = numbers.iter().map(|number| (*number).into()).collect();
        deltas(&numbers, narrow, &mut bytes);
        Values { dictionary: None, encoding: Encoding::DELTA_BINARY_PACKED, bytes }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "differences of 32-bit numbers wrap")]
fn low_int(delta: i64) -> i32 {
    delta as i32
}

/// Texts that seldom repeat: their lengths, and then all of them.
fn long_texts(array: &StringArray, nulls: Option<&NullBuffer>) -> Values {
    let mut bytes = Vec::new();
    let lengths: Vec<i64> =
        each_known(array.len(), nulls).map(|row| i64::from(array.value_length(row))).collect();
    deltas(&lengths, |delta| i64::from(low_int(delta)), &mut bytes);
    let offsets = array.value_offsets();
    if nulls.is_none() {
        let at = |place: Option<&i32>| {
            place.and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0)
        };
        bytes.extend_from_slice(&array.value_data()[at(offsets.first())..at(offsets.last())]);
    } else {
        for row in each_known(array.len(), nulls) {
            bytes.extend_from_slice(array.value(row).as_bytes());
        }
    }
    Values { dictionary: None, encoding: Encoding::DELTA_LENGTH_BYTE_ARRAY, bytes }
}
