//! What can go wrong with a store.

use std::io;
use std::path::{Path, PathBuf};

/// Why a store could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A Parquet file could not be read or written.
    #[error("{}: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the format's library says.
        source: parquet::errors::ParquetError,
    },
    /// Another run is at work in this store.
    #[error("{}: another run{} is writing to this store; wait until it ends", path.display(), owner(*pid, *seconds))]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// The other process, if it left its number.
        pid: Option<u32>,
        /// For how many seconds it has had the store, if the clock can say.
        seconds: Option<u64>,
    },
    /// The pointer or a manifest is not what this program writes.
    #[error("{}: {what}; take the extracts in again, which writes the snapshot anew, or remove the snapshot", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The history is not what this program writes.
    #[error("{}: {what}; restore it from a copy, or move it away: the next `throughline ingest` begins another one", path.display())]
    DamagedHistory {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

fn owner(pid: Option<u32>, seconds: Option<u64>) -> String {
    let process = pid.map(|pid| format!("process {pid}"));
    let age = seconds.map(|seconds| format!("for {seconds} seconds"));
    let known: Vec<String> = process.into_iter().chain(age).collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

impl Error {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    /// A file that is gone is damage to its snapshot, and taking extracts in mends it.
    pub(super) fn unread(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| match error.kind() {
            io::ErrorKind::NotFound => Self::damaged(&path, "this file is gone"),
            _ => Self::Io { path, source: error },
        }
    }

    pub(super) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.to_owned();
        move |source| Self::Parquet { path, source }
    }

    pub(super) fn damaged(path: &Path, what: &(impl ToString + ?Sized)) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.to_string() }
    }
}
