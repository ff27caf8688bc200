//! A delivered file as pieces that can be converted side by side: blocks of whole records, or
//! batches of a Parquet file. At most a few megabytes are held at a time.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::SystemTime;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, StringArray, make_array};
use arrow_cast::cast::{can_cast_types, cast};
use arrow_schema::{DataType, SchemaRef};
use flate2::read::MultiGzDecoder;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use sha2::{Digest, Sha256};

use super::damaged::guarded;
use super::rule::Rule;
use super::split::{Splitter, cut};

/// Bytes of one block.
const BLOCK: usize = 2 << 20;
/// A longer line is not a row of a table.
const RECORD_MAX: usize = 64 << 20;
/// Delivered tables pack to a tenth or a twentieth of their size; what unpacks to so many times its
/// size, and to more than 50 MB, is none.
const UNPACKED_MAX: u64 = 200;
/// Bytes of text in one Parquet piece.
const PIECE_MAX: usize = 128 << 20;
/// Rows of one Parquet piece.
const BATCH: usize = 1 << 15;
/// Lines are kept as 32-bit numbers, as the timeline table does.
const LINES_MAX: u64 = i32::MAX as u64;

/// What tells that a file is another than it was: its size, and when it was last written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    bytes: u64,
    written: Option<SystemTime>,
}

impl Mark {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let about = std::fs::metadata(path)?;
        Ok(Self { bytes: about.len(), written: about.modified().ok() })
    }
}

/// How a delivered file is written, seen from its first bytes and not from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Gzip,
    Parquet,
}

impl Format {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut first = Vec::new();
        File::open(path)?.take(4).read_to_end(&mut first)?;
        Ok(match first.as_slice() {
            [0x1f, 0x8b, ..] => Self::Gzip,
            b"PAR1" => Self::Parquet,
            _ => Self::Csv,
        })
    }
}

/// A part of a file.
#[derive(Debug)]
pub(super) enum Piece {
    /// Whole records; the first stands on `line`.
    Text {
        /// The records.
        bytes: Vec<u8>,
        /// The line of the first.
        line: u32,
    },
    /// Rows of a Parquet file as texts; the first counts as `line`.
    Table {
        /// The columns that are read.
        columns: Vec<StringArray>,
        /// Rows with a value that is no text.
        unread: Unread,
        /// The line of the first row.
        line: u32,
        /// How many rows.
        rows: usize,
    },
}

/// By row, the first column that is read whose value is no text, and the rule it breaks.
pub(super) type Unread = BTreeMap<usize, (usize, Rule)>;

/// Why pieces end early.
#[derive(Debug)]
pub(super) enum Stop {
    Io(io::Error),
    /// Quotation marks stand where the format has none: read the file again, exactly.
    Irregular,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A delimited file, block by block.
pub(super) struct Blocks {
    input: Input,
    carry: Vec<u8>,
    line: u64,
    /// Cuts by walking every record instead of counting quotation marks.
    exactly: Option<Splitter>,
    is_done: bool,
    /// Bytes of text so far.
    unpacked: u64,
}

impl Blocks {
    /// Opens a file and skips its byte-order mark.
    pub(super) fn open(path: &Path, format: Format) -> io::Result<Self> {
        let file = Hashed { file: File::open(path)?, sha256: Sha256::new(), bytes: 0 };
        let input = match format {
            Format::Gzip => {
                Input::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 18, file))))
            }
            Format::Csv | Format::Parquet => Input::Plain(file),
        };
        let mut blocks =
            Self { input, carry: Vec::new(), line: 1, exactly: None, is_done: false, unpacked: 0 };
        blocks.input.by_ref().take(3).read_to_end(&mut blocks.carry)?;
        if blocks.carry == b"\xef\xbb\xbf" {
            blocks.carry.clear();
        }
        Ok(blocks)
    }

    #[must_use]
    pub(super) fn exactly(mut self, splitter: Splitter) -> Self {
        self.exactly = Some(splitter);
        self
    }

    /// The next whole records and the line of the first, or nothing at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Stop> {
        let mut bytes = std::mem::take(&mut self.carry);
        loop {
            if self.is_done && bytes.is_empty() {
                return Ok(None);
            }
            if !self.is_done {
                bytes.reserve_exact(BLOCK + (BLOCK >> 2));
                let read = self.input.by_ref().take(BLOCK as u64).read_to_end(&mut bytes)?;
                self.is_done = read < BLOCK;
                self.unpacked += read as u64;
                if self.unpacked > UNPACKED_MAX * self.bytes_read().max(1 << 18) {
                    let what = "it unpacks to more than two hundred times its size";
                    return Err(io::Error::new(io::ErrorKind::InvalidData, what).into());
                }
            }
            let end = match &self.exactly {
                Some(splitter) => splitter.cut_exactly(&bytes, self.is_done),
                None if self.is_done => bytes.len(),
                None => cut(&bytes).unwrap_or(0),
            };
            if end == 0 {
                // No record ends in the whole block: a very long line, or a missing mark.
                if bytes.len() > RECORD_MAX {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "a line is longer than 64 MB",
                    )
                    .into());
                }
                if self.exactly.is_none() && memchr::memchr(b'"', &bytes).is_some() {
                    return Err(Stop::Irregular);
                }
                continue;
            }
            self.carry.extend_from_slice(&bytes[end..]);
            bytes.truncate(end);
            let line = self.line;
            self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
            return Ok(Some(Piece::Text { bytes, line: line_number(line)? }));
        }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.input.hashed().bytes
    }

    /// The SHA-256 of the file as delivered; reads what a decoder left.
    pub(super) fn sha256(mut self) -> io::Result<(String, u64)> {
        let hashed = self.input.hashed_mut();
        io::copy(hashed, &mut io::sink())?;
        Ok((hex(&hashed.sha256.clone().finalize()), hashed.bytes))
    }
}

/// The first megabytes of a file as text, without its byte-order mark: more than its first line.
pub(super) fn beginning(path: &Path, format: Format) -> io::Result<Vec<u8>> {
    let Blocks { input, carry: mut bytes, .. } = Blocks::open(path, format)?;
    input.take(BLOCK as u64).read_to_end(&mut bytes)?;
    // Where lines end in a carriage return alone, the header says so.
    if bytes.len() >= BLOCK && memchr::memchr2(b'\n', b'\r', &bytes).is_none() {
        let what = "no line ends in its first megabytes";
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    Ok(bytes)
}

fn line_number(line: u64) -> io::Result<u32> {
    let too_long = || {
        io::Error::new(
            io::ErrorKind::FileTooLarge,
            "more than 2,147,483,647 lines: deliver the file in parts",
        )
    };
    u32::try_from(line).ok().filter(|_| line < LINES_MAX).ok_or_else(too_long)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

enum Input {
    Plain(Hashed),
    Gzip(Box<MultiGzDecoder<BufReader<Hashed>>>),
}

impl Input {
    fn hashed(&self) -> &Hashed {
        match self {
            Self::Plain(file) => file,
            Self::Gzip(decoder) => decoder.get_ref().get_ref(),
        }
    }

    fn hashed_mut(&mut self) -> &mut Hashed {
        match self {
            Self::Plain(file) => file,
            Self::Gzip(decoder) => decoder.get_mut().get_mut(),
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
        }
    }
}

struct Hashed {
    file: File,
    sha256: Sha256,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.sha256.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

/// A Parquet file, batch by batch.
pub(super) struct Batches {
    reader: ParquetRecordBatchReader,
    /// Which of the columns keep the time of day, at midnight too.
    timed: Vec<bool>,
    row: u64,
    rows: u64,
}

/// The columns of a Parquet file.
pub(super) fn parquet_schema(path: &Path) -> io::Result<SchemaRef> {
    let file = File::open(path)?;
    let reader = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file))?;
    let reader = reader.map_err(io::Error::other)?;
    let groups = reader.metadata().row_groups().iter();
    let mut compressions =
        groups.flat_map(RowGroupMetaData::columns).map(ColumnChunkMetaData::compression);
    if compressions.any(|one| matches!(one, Compression::BROTLI(_) | Compression::LZO)) {
        let what = "its compression is Brotli or LZO, and only Snappy, gzip, LZ4, Zstandard and none are read";
        return Err(io::Error::new(io::ErrorKind::Unsupported, what));
    }
    Ok(reader.schema().clone())
}

/// True if values of a type can be read as text.
pub(super) fn is_readable(kind: &DataType) -> bool {
    match kind {
        DataType::Timestamp(_, Some(zone)) => is_utc(zone),
        _ => can_cast_types(kind, &DataType::Utf8),
    }
}

fn is_utc(zone: &str) -> bool {
    ["UTC", "Etc/UTC", "Z", "+00:00", "+0000"].iter().any(|name| name.eq_ignore_ascii_case(zone))
}

impl Batches {
    /// Opens the columns at these places, in this order; each with whether it keeps the time of day.
    pub(super) fn open(path: &Path, columns: &[(usize, bool)]) -> io::Result<Self> {
        let file = File::open(path)?;
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file))?
            .map_err(io::Error::other)?;
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let mask =
            ProjectionMask::roots(builder.parquet_schema(), columns.iter().map(|column| column.0));
        let timed = columns.iter().map(|column| column.1).collect();
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH)
            .build()
            .map_err(io::Error::other)?;
        Ok(Self { reader, timed, row: 0, rows })
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn rows_read(&self) -> u64 {
        self.row
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        let Some(batch) = guarded(|| self.reader.next())? else { return Ok(None) };
        let batch = batch.map_err(io::Error::other)?;
        let line = line_number(self.row + 2)?;
        self.row += batch.num_rows() as u64;
        let (columns, unread) = texts(&batch, &self.timed)?;
        let bytes: usize = columns.iter().map(|column| column.value_data().len()).sum();
        if bytes > PIECE_MAX {
            let what = "32,768 of its rows unpack to more than 128 MB";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(Some(Piece::Table { columns, unread, line, rows: batch.num_rows() }))
    }
}

fn texts(batch: &RecordBatch, timed: &[bool]) -> io::Result<(Vec<StringArray>, Unread)> {
    let (mut columns, mut unread) = (Vec::new(), Unread::new());
    for (place, (array, keeps_time)) in batch.columns().iter().zip(timed).enumerate() {
        let texts = text(array, *keeps_time)?;
        // What cannot be written as text becomes a null, which would be "not known".
        if texts.null_count() > array.logical_null_count() {
            let given = array.logical_nulls();
            let is_given = |row: usize| given.as_ref().is_none_or(|given| given.is_valid(row));
            let rule = match array.data_type() {
                kind if kind.is_temporal() => Rule::NotADate,
                kind if kind.is_floating() => Rule::NotANumber,
                _ => Rule::InvalidUtf8,
            };
            for row in (0..texts.len()).filter(|row| texts.is_null(*row) && is_given(*row)) {
                unread.entry(row).or_insert((place, rule));
            }
        }
        columns.push(texts);
    }
    Ok((columns, unread))
}

fn text(array: &ArrayRef, keeps_time: bool) -> io::Result<StringArray> {
    let mut array = array.clone();
    match array.data_type() {
        DataType::Float16 => {
            let array = converted(&array, &DataType::Float32)?;
            return Ok(numbers(array.as_primitive::<Float32Type>()));
        }
        DataType::Float32 => return Ok(numbers(array.as_primitive::<Float32Type>())),
        DataType::Float64 => return Ok(numbers(array.as_primitive::<Float64Type>())),
        _ => {}
    }
    // Instants of UTC are taken as they are written: nothing says where the sender's clocks are.
    if let DataType::Timestamp(unit, Some(_)) = array.data_type() {
        let kind = DataType::Timestamp(*unit, None);
        let data = array.to_data().into_builder().data_type(kind).build();
        array = make_array(data.map_err(io::Error::other)?);
    }
    // Instants at the start of a day stand for dates, as most writers have no other type.
    let is_instant = matches!(array.data_type(), DataType::Timestamp(..) | DataType::Date64);
    let may_be_date = is_instant && !keeps_time;
    let are_dates = may_be_date && is_midnight(&array)?;
    if are_dates {
        array = converted(&array, &DataType::Date32)?;
    }
    let texts = converted(&array, &DataType::Utf8)?.as_string::<i32>().clone();
    if may_be_date && !are_dates {
        return Ok(texts.iter().map(|text| text.map(without_midnight)).collect());
    }
    Ok(texts)
}

fn without_midnight(instant: &str) -> &str {
    instant.strip_suffix("T00:00:00").unwrap_or(instant)
}

/// Numbers as people write them: a whole one has no fraction, and none has an exponent. Tables of Python
/// keep ids so where one is missing.
fn numbers<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> StringArray
where
    T::Native: Display + Into<f64>,
{
    let text = |number: T::Native| number.into().is_finite().then(|| number.to_string());
    array.iter().map(|number| number.and_then(text)).collect()
}

fn is_midnight(array: &dyn Array) -> io::Result<bool> {
    let days = converted(array, &DataType::Date32)?;
    let back = converted(&days, array.data_type())?;
    Ok(back.to_data() == array.to_data())
}

/// A column as another type. The library's own message could show a value.
fn converted(array: &dyn Array, to: &DataType) -> io::Result<ArrayRef> {
    let what = || format!("a column of type {} cannot be read as text", array.data_type());
    cast(array, to).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, what()))
}

/// The SHA-256 and size of a file.
pub(super) fn sha256_of(path: &Path) -> io::Result<(String, u64)> {
    let mut hashed = Hashed { file: File::open(path)?, sha256: Sha256::new(), bytes: 0 };
    io::copy(&mut hashed, &mut io::sink())?;
    Ok((hex(&hashed.sha256.clone().finalize()), hashed.bytes))
}
