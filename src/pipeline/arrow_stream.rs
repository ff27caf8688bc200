//! Arrow IPC streams from outside. Every message is checked before it is decoded, because the decoder
//! takes the places and lengths in it on trust; and memory follows the bytes that are there, not those
//! that a message announces.

use std::io::{self, Read};

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::{Message, MessageHeader, RecordBatch as Layout, root_as_message};
use arrow_schema::{ArrowError, DataType, SchemaRef};

use crate::extract::guarded;

/// Bytes of a message's own words; those of a thousand columns are some hundred thousand.
const HEADER_MAX: u32 = 16 << 20;

/// Bytes that are set aside before any of them has come.
const ROOM_MAX: u64 = 64 << 20;

/// Reads the columns of a stream, and gives its batches.
///
/// # Errors
/// If it is damaged, or has columns of lists or records.
pub(super) fn batches<R: Read>(input: R) -> Result<Batches<R>, ArrowError> {
    let messages = Messages { input, bytes: Vec::new(), given: 0, is_done: false };
    let reader = guarded(|| StreamReader::try_new(messages, None))??;
    if reader.schema().fields().iter().all(|field| is_flat(field.data_type())) {
        Ok(Batches { reader, is_done: false })
    } else {
        Err(broken("a column holds lists, records or unions; select plain columns").into())
    }
}

/// The batches of a stream. Whatever the decoder still chokes on is an error, too.
pub(super) struct Batches<R> {
    reader: StreamReader<Messages<R>>,
    is_done: bool,
}

impl<R: Read> Batches<R> {
    /// The columns.
    pub(super) fn schema(&self) -> SchemaRef {
        self.reader.schema()
    }
}

impl<R: Read> Iterator for Batches<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let batch = guarded(|| self.reader.next()).unwrap_or_else(|error| Some(Err(error.into())));
        self.is_done = !matches!(batch, Some(Ok(_)));
        batch
    }
}

/// Hands on a stream message by message, each when it has been looked at.
#[derive(Debug)]
struct Messages<R> {
    input: R,
    /// The message in hand, and how much of it was handed on.
    bytes: Vec<u8>,
    given: usize,
    is_done: bool,
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<R: Read> Messages<R> {
    fn next(&mut self) -> io::Result<()> {
        self.bytes.clear();
        self.given = 0;
        self.take(4)?;
        if self.bytes == [0xff; 4] {
            self.take(4)?;
        }
        let prefix = self.bytes.len();
        let size = self.bytes[prefix - 4..].try_into().expect("four bytes");
        let size = u32::from_le_bytes(size);
        if size == 0 {
            self.is_done = true;
            return Ok(());
        }
        if size > HEADER_MAX {
            return Err(broken("this is no Arrow stream, or one of its messages is damaged"));
        }
        self.take(size.into())?;
        let message = root_as_message(&self.bytes[prefix..])
            .map_err(|_| broken("this is no Arrow stream, or one of its messages is damaged"))?;
        let body = checked(&message)?;
        self.take(body)
    }

    /// Reads so many bytes more.
    fn take(&mut self, more: u64) -> io::Result<()> {
        self.bytes.reserve(usize::try_from(more.min(ROOM_MAX)).expect("megabytes"));
        let read = self.input.by_ref().take(more).read_to_end(&mut self.bytes)?;
        if read as u64 == more {
            return Ok(());
        }
        Err(broken("the stream breaks off without its end mark: whoever wrote it was interrupted"))
    }
}

impl<R: Read> Read for Messages<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.given == self.bytes.len() && !self.is_done {
            self.next()?;
        }
        let left = &self.bytes[self.given..];
        let count = left.len().min(to.len());
        to[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

/// The length of a message's body, if everything in it lies there.
fn checked(message: &Message<'_>) -> io::Result<u64> {
    let body = u64::try_from(message.bodyLength()).ok();
    let body = body.ok_or_else(|| broken("a message is of no length"))?;
    let layout = match message.header_type() {
        MessageHeader::Schema if message.header_as_schema().is_some() => return Ok(body),
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => {
            message.header_as_dictionary_batch().and_then(|batch| batch.data())
        }
        _ => None,
    };
    let layout = layout.ok_or_else(|| broken("a message is neither columns, texts nor rows"))?;
    fits(&layout, body)?;
    Ok(body)
}

fn fits(layout: &Layout<'_>, body: u64) -> io::Result<()> {
    const ROWS_MAX: i64 = i32::MAX as i64;
    if layout.compression().is_some() {
        return Err(broken("it is compressed; write it plain"));
    }
    let are_counts = layout.nodes().into_iter().flatten().all(|node| {
        (0..=ROWS_MAX).contains(&node.length()) && (0..=node.length()).contains(&node.null_count())
    });
    let lie_inside = layout.buffers().into_iter().flatten().all(|buffer| {
        let end = u64::try_from(buffer.offset())
            .ok()
            .zip(u64::try_from(buffer.length()).ok())
            .and_then(|(offset, length)| offset.checked_add(length));
        end.is_some_and(|end| end <= body && buffer.offset() % 8 == 0)
    });
    if are_counts && lie_inside && (0..=ROWS_MAX).contains(&layout.length()) {
        Ok(())
    } else {
        Err(broken("a message is damaged: it speaks of more than it has"))
    }
}

/// True for columns of one value in a row.
fn is_flat(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(keys, values) => keys.is_integer() && is_flat(values),
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Boolean
        | DataType::Null => true,
        _ => kind.is_primitive(),
    }
}
