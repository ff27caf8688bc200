//! Parquet files as the store writes them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter, add_encoded_arrow_schema_to_metadata};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use sha2::{Digest, Sha256};

use super::chunk::encode;
use super::error::Error;
use super::manifest::{FileEntry, SCHEMA_VERSION};
use crate::extract::guarded;

/// Writes a small table, replacing the file in one step.
///
/// # Errors
/// If the system refuses.
pub fn write_table(path: &Path, table: &RecordBatch) -> Result<(), Error> {
    let level = ZstdLevel::default();
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
    let write = || {
        let mut writer = ArrowWriter::try_new(Vec::new(), table.schema(), Some(properties))?;
        writer.write(table)?;
        writer.into_inner()
    };
    replace_file(path, &write().map_err(Error::parquet(path))?)
}

/// Puts a file in its place in one step. If that fails, what stood there stays, and nothing is left
/// beside it.
///
/// # Errors
/// If the system refuses.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let (draft, mut file) = draft_beside(path).map_err(Error::io(path))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.and_then(|()| std::fs::rename(&draft, path)).map_err(|error| {
        // What the system said first is what is told.
        let _ = std::fs::remove_file(&draft);
        Error::io(path)(error)
    })
}

/// A file in the same folder under a hidden name that nobody has.
fn draft_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0;
    loop {
        let draft = path.with_file_name(format!(".throughline-{}-{number}", std::process::id()));
        match File::create_new(&draft) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            opened => return opened.map(|file| (draft, file)),
        }
    }
}

/// What a table says of itself under a name, if the file is a Parquet file that does.
pub fn table_says(path: &Path, name: &str) -> Option<String> {
    let file = File::open(path).ok()?;
    let read = || ParquetRecordBatchReaderBuilder::try_new(file);
    let reader = guarded(read).ok()?.ok()?;
    reader.schema().metadata().get(name).cloned()
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

/// Reads a small table, such as the results of a report.
///
/// # Errors
/// If the file cannot be read or is no Parquet file.
pub fn read_table(path: &Path) -> Result<Vec<RecordBatch>, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    let read = || -> Result<Vec<RecordBatch>, Error> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(Error::parquet(path))?;
        reader.map(|batch| batch.map_err(|error| Error::damaged(path, &error))).collect()
    };
    guarded(read).map_err(Error::io(path))?
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
    let mut rows = 0;
    let counted = batches.inspect(|batch| rows += batch.num_rows() as u64);
    let hashed = write_row_groups(hashed, schema, counted).map_err(Error::parquet(path))?;
    hashed.finish(path, rows)
}

fn write_row_groups(
    to: Hashed,
    schema: &SchemaRef,
    batches: impl Iterator<Item = RecordBatch>,
) -> parquet::errors::Result<Hashed> {
    let columns = ArrowSchemaConverter::new().convert(schema)?;
    let mut writer =
        SerializedFileWriter::new(to, columns.root_schema_ptr(), Arc::new(properties(schema)))?;
    for batch in batches {
        let mut group = writer.next_row_group()?;
        for (array, descr) in batch.columns().iter().zip(columns.columns()) {
            let chunk = encode(array, descr)?;
            group.append_column(&chunk.bytes, chunk.close)?;
        }
        group.close()?;
    }
    writer.into_inner()
}

/// Writes a text file.
pub(super) fn write_text(path: &Path, rows: u64, text: &[u8]) -> Result<FileEntry, Error> {
    let file = File::create(path).map_err(Error::io(path))?;
    let mut hashed = Hashed { file: BufWriter::new(file), sha256: Sha256::new(), bytes: 0 };
    hashed.write_all(text).map_err(Error::io(path))?;
    hashed.finish(path, rows)
}

/// The file's metadata: the version of the schema, and Arrow's types of the columns, so that
/// dictionaries come back as dictionaries.
fn properties(schema: &SchemaRef) -> WriterProperties {
    let version =
        KeyValue::new("throughline.schema_version".to_owned(), SCHEMA_VERSION.to_string());
    let mut properties =
        WriterProperties::builder().set_key_value_metadata(Some(vec![version])).build();
    add_encoded_arrow_schema_to_metadata(schema, &mut properties);
    properties
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
