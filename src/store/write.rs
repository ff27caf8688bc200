//! Parquet files as the store writes them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};

use super::error::Error;
use super::manifest::{FileEntry, SCHEMA_VERSION};

/// Writes a small table, replacing the file in one step.
///
/// # Errors
/// If the system refuses.
pub fn write_table(path: &Path, table: &RecordBatch) -> Result<(), Error> {
    let beside = path.with_extension("tmp");
    write_batches(&beside, &table.schema(), [table.clone()].into_iter())?;
    std::fs::rename(&beside, path).map_err(Error::io(path))
}

/// A small table as the bytes of a Parquet file.
///
/// # Errors
/// If the format's library refuses the table.
pub fn table_bytes(table: &RecordBatch) -> Result<Vec<u8>, Error> {
    let name = Path::new("results.parquet");
    let mut bytes = Vec::new();
    let schema = table.schema();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema.clone(), Some(properties(&schema)))
        .map_err(Error::parquet(name))?;
    writer.write(table).map_err(Error::parquet(name))?;
    writer.close().map_err(Error::parquet(name))?;
    Ok(bytes)
}

/// Writes batches, each as one row group.
pub(super) fn write_batches(
    path: &Path,
    schema: &SchemaRef,
    batches: impl Iterator<Item = RecordBatch>,
) -> Result<FileEntry, Error> {
    let file = File::create(path).map_err(Error::io(path))?;
    let hashed =
        Hashed { file: BufWriter::with_capacity(1 << 18, file), sha256: Sha256::new(), bytes: 0 };
    let mut writer = ArrowWriter::try_new(hashed, schema.clone(), Some(properties(schema)))
        .map_err(Error::parquet(path))?;
    let mut rows = 0;
    for batch in batches {
        rows += batch.num_rows() as u64;
        writer.write(&batch).and_then(|()| writer.flush()).map_err(Error::parquet(path))?;
    }
    let hashed = writer.into_inner().map_err(Error::parquet(path))?;
    hashed.finish(path, rows)
}

/// Writes a text file.
pub(super) fn write_text(path: &Path, rows: u64, text: &[u8]) -> Result<FileEntry, Error> {
    let file = File::create(path).map_err(Error::io(path))?;
    let mut hashed = Hashed { file: BufWriter::new(file), sha256: Sha256::new(), bytes: 0 };
    hashed.write_all(text).map_err(Error::io(path))?;
    hashed.finish(path, rows)
}

fn properties(schema: &SchemaRef) -> WriterProperties {
    let level = ZstdLevel::try_new(1).expect("level 1 exists");
    let version =
        KeyValue::new("throughline.schema_version".to_owned(), SCHEMA_VERSION.to_string());
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(None)
        .set_key_value_metadata(Some(vec![version]));
    for field in schema.fields() {
        let column = ColumnPath::from(field.name().as_str());
        let encoding = match field.data_type() {
            // Texts that seldom repeat; a dictionary would hold each once and help nobody.
            DataType::Utf8 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
            // Money and lines: many values, each short.
            DataType::Int64 => Encoding::DELTA_BINARY_PACKED,
            DataType::Int32 if field.name() == crate::terms::column::SOURCE_LINE => {
                Encoding::DELTA_BINARY_PACKED
            }
            _ => continue,
        };
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, encoding);
    }
    properties.build()
}

struct Hashed {
    file: BufWriter<File>,
    sha256: Sha256,
    bytes: u64,
}

impl Hashed {
    fn finish(self, path: &Path, rows: u64) -> Result<FileEntry, Error> {
        let file = self.file.into_inner().map_err(|error| Error::io(path)(error.into_error()))?;
        file.sync_all().map_err(Error::io(path))?;
        let name =
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let sha256 = self
            .sha256
            .finalize()
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        Ok(FileEntry { name, sha256, bytes: self.bytes, rows })
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sha256.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
