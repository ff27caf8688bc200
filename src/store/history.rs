//! `history.json`: which snapshots were put in force, one after the other, and what was accepted.
//! By number and not by the clock, which may be set back.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::snapshot::{CURRENT, SNAPSHOTS, is_id};

const HISTORY: &str = "history.json";

/// A snapshot that was put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1.
    pub number: u64,
    /// The snapshot.
    pub snapshot: String,
    /// Why losses against the snapshot before were accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// Every entry, in order; none if the store has no history yet.
///
/// # Errors
/// If the file cannot be read or is not what this program writes.
pub fn history(store: &Path) -> Result<Vec<Entry>, Error> {
    let path = store.join(HISTORY);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(&path)(error)),
    };
    let damaged = |what: String| Error::DamagedHistory { path: path.clone(), what };
    let entries: Vec<Entry> =
        serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    match entries.iter().find(|entry| !is_id(&entry.snapshot)) {
        Some(_) => Err(damaged("it names something that is no snapshot".to_owned())),
        None => Ok(entries),
    }
}

/// Adds an entry before its snapshot is put in force, unless it is the last one already. A run that
/// is killed between the two leaves an entry that the next run puts in force or follows.
pub(super) fn append(store: &Path, snapshot: &str, accepted: Option<&str>) -> Result<(), Error> {
    let mut entries = history(store)?;
    if entries.last().is_some_and(|last| last.snapshot == snapshot) {
        return Ok(());
    }
    let number = entries.last().map_or(1, |last| last.number + 1);
    let accepted = accepted.map(str::to_owned);
    entries.push(Entry { number, snapshot: snapshot.to_owned(), accepted });
    write(store, &entries)
}

fn write(store: &Path, entries: &[Entry]) -> Result<(), Error> {
    let path = store.join(HISTORY);
    let draft = store.join(format!("tmp-{HISTORY}"));
    let text = serde_json::to_vec_pretty(entries).expect("texts and numbers always serialise");
    let write = || -> io::Result<()> {
        let mut file = fs::File::create(&draft)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&draft, &path)
    };
    write().map_err(Error::io(&path))
}

/// The ids of all snapshots that lie in a store, in order of their ids.
///
/// # Errors
/// If the folder cannot be read.
pub fn snapshots(store: &Path) -> Result<Vec<String>, Error> {
    let folder = store.join(SNAPSHOTS);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(&folder)(error)),
    };
    let names =
        entries.map(|entry| entry.map(|one| one.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>().map_err(Error::io(&folder))?;
    names.retain(|name| is_id(name));
    names.sort_unstable();
    Ok(names)
}

/// Snapshots that may go: all but the one in force and the `keep` put in force most recently.
pub(super) fn superfluous(store: &Path, keep: usize) -> Result<Vec<String>, Error> {
    let mut kept: BTreeSet<String> = BTreeSet::new();
    let path = store.join(CURRENT);
    match fs::read_to_string(&path) {
        Ok(id) => kept.insert(id.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(Error::io(&path)(error)),
    };
    for entry in history(store)?.iter().rev() {
        if kept.len() < keep {
            kept.insert(entry.snapshot.clone());
        }
    }
    Ok(snapshots(store)?.into_iter().filter(|id| !kept.contains(id)).collect())
}
