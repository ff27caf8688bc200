//! The fields of some rows, whether they came as text or in a batch of a Parquet file.

use arrow_array::{Array, StringArray};

use super::pieces::Unread;
use super::split::Chunk;

/// Fields of records, however they were delivered.
pub(super) trait Fields {
    /// How many records.
    fn rows(&self) -> usize;
    /// A field, by its place among the columns that are read. Empty for a record with a fault as a
    /// whole.
    fn get(&self, column: usize, row: usize) -> &[u8];
}

/// Fields of split records.
pub(super) struct Records<'a> {
    pub(super) chunk: &'a Chunk,
    pub(super) bytes: &'a [u8],
    pub(super) columns: usize,
}

impl Fields for Records<'_> {
    fn rows(&self) -> usize {
        self.chunk.lines.len()
    }

    #[inline]
    fn get(&self, column: usize, row: usize) -> &[u8] {
        self.chunk.get(self.bytes, self.columns, column, row)
    }
}

/// Fields of some rows of a batch.
pub(super) struct Arrays<'a> {
    pub(super) columns: &'a [StringArray],
    pub(super) unread: &'a Unread,
    pub(super) first: usize,
    pub(super) rows: usize,
}

impl Fields for Arrays<'_> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn get(&self, column: usize, row: usize) -> &[u8] {
        let (array, row) = (&self.columns[column], self.first + row);
        let is_empty = array.is_null(row) || self.unread.contains_key(&row);
        if is_empty { &[] } else { array.value(row).as_bytes() }
    }
}
