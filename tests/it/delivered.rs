//! A delivered folder in a temporary place, and what becomes of it: for the tests of intake and
//! store.

use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_cast::display::array_value_to_string;
use tempfile::TempDir;
use throughline::extract::{self, Delivery, Intake, Source};
use throughline::store::{Commit, Snapshot, Store};
use throughline::terms::{Day, Table, column};

pub(crate) const HEADER: &str =
    "contact_id,member_id,contact_date,agency_id,service_code,minutes,dx1";

/// A folder of delivered files, and a store beside it.
pub(crate) struct Delivered {
    folder: TempDir,
    pub(crate) intake: Intake,
}

impl Delivered {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let extracts = folder.path().join("extracts");
        fs::create_dir(&extracts).expect("a folder");
        let mut intake = Intake::of(extracts);
        intake.as_of = Day::parse("2024-06-30");
        intake.buckets = 4;
        intake.service_maps = vec![
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pipelines/crosswalks/service_map.csv"),
        ];
        Self { folder, intake }
    }

    /// Contacts with the usual header.
    pub(crate) fn contacts(rows: &[&str]) -> Self {
        Self::new().with("contacts.csv", format!("{HEADER}\n{}\n", rows.join("\n")))
    }

    pub(crate) fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        fs::write(self.intake.folder.join(name), text).expect("a file");
        self
    }

    /// Changes the settings of a table; no limit on refused rows unless the change sets one.
    pub(crate) fn set(mut self, table: Table, change: impl FnOnce(&mut Source)) -> Self {
        let mut source = Source::of(table);
        source.refused_max.share = None;
        change(&mut source);
        self.intake.sources.push(source);
        self
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Reads the folder; tables without settings have no limit on refused rows.
    pub(crate) fn read(&self) -> Result<Delivery, extract::Error> {
        let mut intake = self.intake.clone();
        for table in Table::ALL {
            if !intake.sources.iter().any(|source| source.table == table) {
                let mut source = Source::of(table);
                source.refused_max.share = None;
                intake.sources.push(source);
            }
        }
        extract::read(&intake, &|_| {})
    }

    pub(crate) fn commit(&self) -> Commit {
        let mut delivery = self.read().expect("an extract without problems");
        Store::open(&self.store())
            .expect("a store")
            .commit(&mut delivery, &|_| {})
            .expect("a commit")
    }

    /// Refused rows as `file:line column rule`.
    #[track_caller]
    pub(crate) fn refused(&self) -> Vec<String> {
        let delivery = self.read().expect("an extract without problems");
        for source in &delivery.sources {
            assert_eq!(
                source.read,
                source.accepted + source.repeated + source.n_refused(),
                "{}",
                source.file
            );
        }
        let refused = delivery.refused();
        let row = |row: &extract::RefusedRow<'_>| {
            format!("{}:{} {} {}", row.file, row.line, row.column, row.rule.name())
        };
        refused.iter().map(row).collect()
    }

    /// The problems that refuse the extract as a whole, as `file column rule`.
    #[track_caller]
    pub(crate) fn problems(&self) -> Vec<String> {
        match self.read() {
            Err(extract::Error::Problems(problems)) => problems
                .iter()
                .map(|problem| {
                    let part = |part: &Option<String>| part.clone().unwrap_or_default();
                    format!("{} {} {}", part(&problem.file), part(&problem.column), problem.rule)
                })
                .collect(),
            Err(error) => panic!("another error: {error}"),
            Ok(_) => panic!("no problem was found"),
        }
    }

    /// The stored rows with the columns that are known, without file and line.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.commit();
        let snapshot = Snapshot::open(&self.store()).expect("a store").expect("a snapshot");
        let columns: Vec<&str> = column::ALL.iter().map(|(name, _)| *name).collect();
        let columns = &columns[..columns.len() - 2];
        let mut rows: Vec<String> =
            all_batches(&snapshot, columns).iter().flat_map(lines).collect();
        rows.sort_unstable();
        rows
    }

    /// The bytes of every bucket.
    pub(crate) fn bucket_bytes(&self) -> Vec<Vec<u8>> {
        self.commit();
        let snapshot = Snapshot::open(&self.store()).expect("a store").expect("a snapshot");
        let file = |bucket| snapshot.folder().join(format!("bucket-{bucket:03}.parquet"));
        (0..snapshot.buckets()).map(|bucket| fs::read(file(bucket)).expect("a bucket")).collect()
    }
}

pub(crate) fn all_batches(snapshot: &Snapshot, columns: &[&str]) -> Vec<RecordBatch> {
    let of = |bucket| {
        snapshot.batches(bucket, columns).expect("a bucket").map(|batch| batch.expect("a batch"))
    };
    (0..snapshot.buckets()).flat_map(of).collect()
}

/// The rows of a batch as `value column=value …`.
pub(crate) fn lines(batch: &RecordBatch) -> Vec<String> {
    (0..batch.num_rows())
        .map(|row| {
            let schema = batch.schema();
            let cells = schema
                .fields()
                .iter()
                .zip(batch.columns())
                .filter(|(_, array)| array.is_valid(row));
            let cells = cells.map(|(field, array)| {
                let value = array_value_to_string(array, row).expect("a printable value");
                match field.name().as_str() {
                    column::MEMBER_ID | column::KIND => value,
                    name => format!("{name}={value}"),
                }
            });
            cells.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
