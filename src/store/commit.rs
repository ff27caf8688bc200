//! A delivery becomes a snapshot, whole or not at all.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use sha2::{Digest, Sha256};

use super::error::Error;
use super::history;
use super::manifest::{FileEntry, Manifest, SCHEMA_VERSION};
use super::refused;
use super::snapshot::{CURRENT, MANIFEST, SNAPSHOTS, bucket_file};
use super::verify::is_whole;
use super::write::{write_batches, write_text};
use crate::extract::{Delivery, OnProgress, Phase, Progress, Timeline};

const LOCK: &str = "lock";
const TMP: &str = "tmp-";

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commit {
    /// The snapshot is new, or was in force earlier and is so again.
    Changed {
        /// Its id.
        snapshot: String,
    },
    /// The snapshot in force was made from the same files with the same settings.
    Unchanged {
        /// Its id.
        snapshot: String,
    },
}

impl Commit {
    /// The id of the snapshot that is now in force.
    pub fn snapshot(&self) -> &str {
        match self {
            Self::Changed { snapshot } | Self::Unchanged { snapshot } => snapshot,
        }
    }
}

/// A store that this run alone writes to, until it is dropped.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    accepted: Option<String>,
    /// Holds the system's lock, which ends with the process however it ends.
    _lock: File,
}

impl Store {
    /// Opens a store for writing, makes its folder if there is none, and removes what killed runs
    /// left. Take the extracts in first: a refused one then leaves no trace.
    ///
    /// # Errors
    /// If another run is writing, or the system refuses.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder.join(SNAPSHOTS)).map_err(Error::io(folder))?;
        let path = folder.join(LOCK);
        let open = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut lock = open.map_err(Error::io(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = fs::read_to_string(&path).ok().and_then(|pid| pid.trim().parse().ok());
                // Nothing for a clock that was set back; only people read it.
                let since = lock.metadata().and_then(|about| about.modified()).ok();
                let seconds = since.and_then(|since| since.elapsed().ok()).map(|age| age.as_secs());
                return Err(Error::Locked { path, pid, seconds });
            }
            Err(TryLockError::Error(error)) => return Err(Error::Io { path, source: error }),
        }
        let write_pid = lock.set_len(0).and_then(|()| write!(lock, "{}", std::process::id()));
        write_pid.map_err(Error::io(&path))?;
        for entry in fs::read_dir(folder).map_err(Error::io(folder))?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(TMP) {
                let path = entry.path();
                let removed =
                    if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.map_err(Error::io(&path))?;
            }
        }
        Ok(Self { folder: folder.to_owned(), accepted: None, _lock: lock })
    }

    /// Removes all snapshots but the one in force and those of the `keep` most recent entries of
    /// the history, and names them.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn prune(&self, keep: usize) -> Result<Vec<String>, Error> {
        let superfluous = history::superfluous(&self.folder, keep)?;
        for id in &superfluous {
            // First out of the way in one step, so that nobody finds half a snapshot.
            let (folder, aside) =
                (self.folder.join(SNAPSHOTS).join(id), self.folder.join(format!("{TMP}{id}")));
            fs::rename(&folder, &aside).map_err(Error::io(&folder))?;
            fs::remove_dir_all(&aside).map_err(Error::io(&aside))?;
        }
        Ok(superfluous)
    }

    /// Records why losses against the snapshot before are accepted.
    #[must_use]
    pub fn accepting(mut self, reason: Option<&str>) -> Self {
        self.accepted = reason.map(str::to_owned);
        self
    }

    /// Stores a delivery as a snapshot and puts it in force. A damaged snapshot of the same delivery is
    /// written anew.
    ///
    /// # Errors
    /// If the system refuses; the snapshot in force is then the one before.
    pub fn commit(
        &self,
        delivery: &mut Delivery,
        on_progress: OnProgress<'_>,
    ) -> Result<Commit, Error> {
        let accepted = self.accepted.as_deref();
        let snapshot = id_of(delivery);
        let target = self.folder.join(SNAPSHOTS).join(&snapshot);
        let current = self.folder.join(CURRENT);
        let is_whole = is_whole(&target, &snapshot);
        if is_whole && fs::read_to_string(&current).is_ok_and(|id| id.trim() == snapshot) {
            history::append(&self.folder, &snapshot, accepted)?;
            return Ok(Commit::Unchanged { snapshot });
        }
        if !is_whole {
            let draft = self.folder.join(format!("{TMP}{snapshot}"));
            let written = write_draft(&draft, delivery, &snapshot, on_progress);
            if let Err(error) = written.and_then(|()| put_in_place(&draft, &target)) {
                // Best effort: the next run cleans up as well.
                drop(fs::remove_dir_all(&draft));
                return Err(error);
            }
        }
        history::append(&self.folder, &snapshot, accepted)?;
        self.point_to(&snapshot)?;
        Ok(Commit::Changed { snapshot })
    }

    fn point_to(&self, snapshot: &str) -> Result<(), Error> {
        let draft = self.folder.join(format!("{TMP}{CURRENT}"));
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&draft)?;
            writeln!(file, "{snapshot}")?;
            file.sync_all()?;
            fs::rename(&draft, self.folder.join(CURRENT))?;
            sync_folder(&self.folder)
        };
        write().map_err(Error::io(&self.folder.join(CURRENT)))
    }
}

/// The id of the snapshot that a delivery makes.
fn id_of(delivery: &Delivery) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("throughline {} schema {SCHEMA_VERSION}\n", env!("CARGO_PKG_VERSION")));
    hash.update(&delivery.fingerprint);
    hash.finalize()[..8].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn write_draft(
    draft: &Path,
    delivery: &mut Delivery,
    snapshot: &str,
    on_progress: OnProgress<'_>,
) -> Result<(), Error> {
    fs::create_dir_all(draft).map_err(Error::io(draft))?;
    let timeline = Timeline::of(delivery);
    let buckets = timeline.n_buckets();
    let done = AtomicU64::new(0);
    let mut files = (0..buckets)
        .into_par_iter()
        .map(|bucket| {
            let file = write_batches(
                &draft.join(bucket_file(bucket)),
                timeline.schema(),
                timeline.batches(bucket),
            );
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            on_progress(Progress {
                phase: Phase::Writing,
                file: "",
                done,
                total: u64::from(buckets),
            });
            file
        })
        .collect::<Result<Vec<FileEntry>, Error>>()?;
    if let Some(activities) = timeline.activities() {
        let path = draft.join("activities.parquet");
        files.push(write_batches(&path, &activities.schema(), [activities.clone()].into_iter())?);
    }
    let columns = timeline.schema().fields().iter().map(|field| field.name().clone()).collect();
    let refused = delivery.refused();
    files.push(write_batches(
        &draft.join("refused.parquet"),
        &refused::schema(),
        refused::batches(&refused),
    )?);
    files.push(write_text(
        &draft.join("refused.csv"),
        refused.len() as u64,
        &refused::csv(&refused),
    )?);
    let manifest = Manifest::of(delivery, snapshot, columns, files);
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest has only texts and numbers");
    write_text(&draft.join(MANIFEST), 0, &text)?;
    sync_folder(draft).map_err(Error::io(draft))
}

fn put_in_place(draft: &Path, target: &Path) -> Result<(), Error> {
    if target.exists() {
        fs::remove_dir_all(target).map_err(Error::io(target))?;
    }
    fs::rename(draft, target).map_err(Error::io(target))?;
    target.parent().map_or(Ok(()), |folder| sync_folder(folder).map_err(Error::io(folder)))
}

/// Makes a rename last through a loss of power, where the system can.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
