//! Reads a snapshot.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch, RecordBatchOptions, new_null_array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::error::Error;
use super::manifest::{Manifest, SCHEMA_VERSION};
use crate::extract::{guarded, text_type};
use crate::terms::Table;
use crate::terms::column::{self, ColumnType};

pub(super) const CURRENT: &str = "current";
pub(super) const SNAPSHOTS: &str = "snapshots";
pub(super) const MANIFEST: &str = "manifest.json";

/// Rows of one batch: a whole part of a row group, so that no batch needs two dictionaries.
const BATCH_ROWS: usize = 24_576;

pub(super) fn bucket_file(bucket: u32) -> String {
    format!("bucket-{bucket:03}.parquet")
}

/// A snapshot of the timeline table.
#[derive(Debug, Clone)]
pub struct Snapshot {
    folder: PathBuf,
    manifest: Manifest,
}

impl Snapshot {
    /// The snapshot in force, or nothing if the store has none yet.
    ///
    /// # Errors
    /// If the store cannot be read or was written by something else.
    pub fn open(store: &Path) -> Result<Option<Self>, Error> {
        let pointer = store.join(CURRENT);
        let id = match fs::read_to_string(&pointer) {
            Ok(id) => id.trim().to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::Io { path: pointer, source: error }),
        };
        if !is_id(&id) {
            return Err(Error::damaged(&pointer, "this is not the id of a snapshot"));
        }
        Self::of(&store.join(SNAPSHOTS).join(id)).map(Some)
    }

    /// A snapshot of a store by its id or the beginning of it, or nothing if there is none.
    ///
    /// # Errors
    /// As [`Snapshot::open`]; or if several ids begin so.
    pub fn find(store: &Path, beginning: &str) -> Result<Option<Self>, Error> {
        let ids = super::history::snapshots(store)?;
        let mut found = ids.iter().filter(|id| is_id(beginning) && id.starts_with(beginning));
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(id), None) => Self::of(&store.join(SNAPSHOTS).join(id)).map(Some),
            (Some(_), Some(_)) => {
                let what = format!("several snapshots begin with {beginning}");
                Err(Error::damaged(store, &what))
            }
        }
    }

    /// The snapshot in a folder.
    ///
    /// # Errors
    /// As [`Snapshot::open`].
    pub fn of(folder: &Path) -> Result<Self, Error> {
        Ok(Self { folder: folder.to_owned(), manifest: read_manifest(folder)? })
    }

    /// A snapshot whose rows lie in tables elsewhere: it knows its sources and has no buckets.
    pub fn elsewhere(manifest: Manifest) -> Self {
        Self { folder: PathBuf::new(), manifest }
    }

    /// The refused rows as CSV; the heading alone where they lie elsewhere.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn refused_csv(&self) -> Result<Vec<u8>, Error> {
        const NAME: &str = "refused.csv";
        if !self.manifest.files.iter().any(|file| file.name == NAME) {
            return Ok(super::refused::csv(&[]));
        }
        let path = self.folder.join(NAME);
        fs::read(&path).map_err(Error::unread(&path))
    }

    /// How many rows the timeline table has.
    pub fn rows(&self) -> u64 {
        let timelines =
            |table: &str| Table::from_name(table).is_some_and(|one| one.kind().is_some());
        if self.manifest.buckets == 0 {
            let sources = self.manifest.sources.iter().filter(|source| timelines(&source.table));
            return sources.map(|source| source.rows_accepted).sum();
        }
        let buckets: Vec<String> = (0..self.manifest.buckets).map(bucket_file).collect();
        let files = self.manifest.files.iter().filter(|file| buckets.contains(&file.name));
        files.map(|file| file.rows).sum()
    }

    /// What it was made from.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many buckets it has.
    pub fn buckets(&self) -> u32 {
        self.manifest.buckets
    }

    /// The rows of a bucket in order, with exactly these timeline columns in this order. Texts are
    /// dictionaries; a column that nothing delivered is null.
    ///
    /// # Errors
    /// If the file cannot be read.
    ///
    /// # Panics
    /// If a name is not a column of the timeline table.
    pub fn batches(
        &self,
        bucket: u32,
        columns: &[&str],
    ) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<>, Error> {
        let path = self.folder.join(bucket_file(bucket));
        let file = File::open(&path).map_err(Error::unread(&path))?;
        let damaged = |error| Error::damaged(&path, &error);
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged)?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let mut reader =
            builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(damaged)?;
        let schema = schema_of(columns);
        let mut is_done = false;
        Ok(std::iter::from_fn(move || {
            if is_done {
                return None;
            }
            let batch = match guarded(|| reader.next()) {
                Ok(batch) => batch?,
                Err(error) => {
                    is_done = true;
                    return Some(Err(Error::damaged(&path, &error)));
                }
            };
            let shaped = batch.and_then(|batch| shaped(&batch, &schema));
            Some(shaped.map_err(|error| Error::damaged(&path, &error)))
        }))
    }

    /// Activities, which have no member, if any were delivered.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn activities(&self) -> Result<Vec<RecordBatch>, Error> {
        let path = self.folder.join("activities.parquet");
        if !self.manifest.files.iter().any(|file| file.name == "activities.parquet") {
            return Ok(Vec::new());
        }
        let file = File::open(&path).map_err(Error::io(&path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build);
        let batches = reader.map_err(Error::parquet(&path))?;
        batches.map(|batch| batch.map_err(|error| Error::damaged(&path, &error))).collect()
    }
}

/// True for what can be the id of a snapshot, and never leads to another folder.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The Arrow type that a timeline column has in batches.
pub fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => text_type(),
        ColumnType::Date => DataType::Date32,
        ColumnType::Int => DataType::Int32,
        ColumnType::Long => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Flag => DataType::Boolean,
    }
}

/// A batch with the columns of a schema; those it does not have are null.
fn shaped(
    batch: &RecordBatch,
    schema: &SchemaRef,
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let columns = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        Some(array) if array.data_type() == field.data_type() => Ok(array.clone()),
        Some(array) if array.data_type() == &DataType::Utf8 => numbered(array),
        Some(array) => arrow_cast::cast(array, field.data_type()),
        None => Ok(new_null_array(field.data_type(), batch.num_rows())),
    });
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns.collect::<Result<_, _>>()?, &options)
}

/// Texts that seldom repeat as a dictionary in which each row has its own entry: nothing is hashed.
fn numbered(texts: &ArrayRef) -> Result<ArrayRef, arrow_schema::ArrowError> {
    let keys = (0_i32..).take(texts.len()).collect();
    let keys = Int32Array::try_new(keys, texts.nulls().cloned())?;
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, texts.clone())?))
}

pub(super) fn read_manifest(folder: &Path) -> Result<Manifest, Error> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(Error::unread(&path))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| Error::damaged(&path, &error))?;
    if manifest.schema_version == SCHEMA_VERSION {
        Ok(manifest)
    } else {
        let version = manifest.schema_version;
        let what =
            format!("schema version {version} is not the version {SCHEMA_VERSION} of this program");
        Err(Error::damaged(&path, &what))
    }
}

/// The schema of batches with some columns, which are named by the constants of `terms::column`.
pub fn schema_of(columns: &[&str]) -> SchemaRef {
    let field = |name: &&str| {
        let known = column::ALL.iter().find(|(known, _)| known == name);
        let (name, kind) = known.expect("callers name columns by the constants of terms::column");
        Field::new(*name, arrow_type(*kind), true)
    };
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()))
}
