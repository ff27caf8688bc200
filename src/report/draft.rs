//! Files in a hidden folder beside their place, complete before anybody sees them; and what becomes of
//! such a folder when a run is stopped.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::folder::{Error, MANIFEST, Written, WrittenFile};
use super::manifest::sha256;

/// What stands between the name of a report and the process in the name of a draft.
const NEW: &str = ".new-";

/// Drafts of this process. Whoever writes holds them, so that an interrupt never falls into a step.
static DRAFTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// While this is held, an interrupt waits.
#[derive(Debug)]
pub struct Uninterrupted(MutexGuard<'static, BTreeSet<PathBuf>>);

/// Waits for an interrupt to end the process, or keeps it waiting.
pub fn uninterrupted() -> Uninterrupted {
    Uninterrupted(DRAFTS.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Uninterrupted {
    /// Removes the drafts of this process, because it ends now.
    pub fn remove_drafts(&self) {
        for place in self.0.iter() {
            // The next run removes what cannot be removed.
            drop(fs::remove_dir_all(place));
        }
    }
}

/// A whole report that is not in its place yet. It is removed when dropped.
#[derive(Debug)]
pub struct Draft {
    place: PathBuf,
    folder: PathBuf,
    files: Vec<WrittenFile>,
    /// Tells other runs that this one is at work; it ends with the process however that ends.
    _lock: Option<File>,
}

impl Draft {
    /// Writes files; the last one is the manifest.
    pub(super) fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Self, Error> {
        let no_place = || Error::NoPlace { folder: folder.to_owned() };
        let name = folder.file_name().ok_or_else(no_place)?.to_string_lossy().into_owned();
        remove_abandoned(folder);
        let place = folder.with_file_name(format!(".{name}{NEW}{}", std::process::id()));
        clear(&place).map_err(Error::io(folder))?;
        let lock = begin(&place).map_err(Error::io(folder))?;
        let entry = |(path, bytes): &(String, Vec<u8>)| WrittenFile {
            path: path.clone(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        };
        let listed = files.iter().map(entry).collect();
        let draft = Self { place, folder: folder.to_owned(), files: listed, _lock: lock };
        let mut each = files.iter();
        each.try_for_each(|(path, bytes)| put(&draft.place.join(path), bytes))
            .map_err(Error::io(folder))?;
        Ok(draft)
    }

    /// Puts it in its place, and removes what was there.
    ///
    /// # Errors
    /// If the system refuses; what was there is then as it was.
    pub fn put_in_place(&self, _: &Uninterrupted) -> Result<Written, Error> {
        swap(&self.place, &self.folder)
            .and_then(|()| clear(&self.place))
            .map_err(Error::io(&self.folder))?;
        Ok(Written { page: self.folder.join("index.html"), files: self.files.clone() })
    }

    /// The name of the hidden folder.
    pub fn name(&self) -> String {
        self.place.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// SHA-256 of its manifest.
    pub fn manifest(&self) -> &str {
        self.files.last().map_or("", |file| &file.sha256)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // The next run removes what cannot be removed.
        drop(fs::remove_dir_all(&self.place));
    }
}

fn begin(place: &Path) -> io::Result<Option<File>> {
    let mut held = uninterrupted();
    held.0.insert(place.to_owned());
    fs::create_dir_all(place)?;
    // Not every system locks folders; drafts of killed runs stay there.
    let lock = File::open(place).ok();
    Ok(lock.filter(|file| file.try_lock().is_ok()))
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let _held = uninterrupted();
    fs::create_dir_all(path.parent().expect("a file of the report lies in its folder"))?;
    let mut file = File::create(path)?;
    io::Write::write_all(&mut file, bytes).and_then(|()| file.sync_all())
}

/// What became of a draft whose run noted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its run is at work.
    AtWork,
    /// It is in its place.
    InPlace,
    /// It lies where it was written; nobody has seen it.
    NotInPlace,
    /// It is neither here nor there.
    Unknown,
}

/// What became of a draft, by the SHA-256 of its manifest.
pub fn fate(draft: &Path, folder: &Path, manifest: &str) -> Fate {
    let is_there =
        |place: &Path| fs::read(place.join(MANIFEST)).is_ok_and(|bytes| sha256(&bytes) == manifest);
    let places = [(folder, Fate::InPlace), (draft, Fate::NotInPlace)];
    match places.into_iter().find(|(place, _)| is_there(place)) {
        Some((place, fate)) => match abandoned(place) {
            Some(false) => Fate::AtWork,
            None if fate == Fate::NotInPlace => Fate::Unknown,
            _ => fate,
        },
        None => Fate::Unknown,
    }
}

/// Whether the run that made a folder or file has ended, if the system can tell.
pub fn abandoned(path: &Path) -> Option<bool> {
    match File::open(path).map(|file| file.try_lock()) {
        Ok(Ok(())) => Some(true),
        Ok(Err(TryLockError::WouldBlock)) => Some(false),
        _ => None,
    }
}

/// Removes the drafts of a report that killed runs left beside its folder.
pub fn remove_abandoned(folder: &Path) {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    remove_abandoned_of(folder.parent(), |draft| draft == name);
}

/// Removes the drafts of all reports that killed runs left in a folder of reports.
pub fn remove_all_abandoned(reports: &Path) {
    remove_abandoned_of(Some(reports), |_| true);
}

fn remove_abandoned_of(folder: Option<&Path>, is_meant: impl Fn(&str) -> bool) {
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    for entry in fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        let own = name.strip_prefix('.').and_then(of_process);
        if own.is_some_and(&is_meant) && path.is_dir() && abandoned(&path) == Some(true) {
            // What cannot be removed stands in nobody's way.
            drop(fs::remove_dir_all(&path));
        }
    }
}

/// What a draft is of: the part of its name before the process.
pub fn of_process(name: &str) -> Option<&str> {
    let (own, process) = name.rsplit_once(NEW)?;
    process.parse::<u32>().is_ok().then_some(own)
}

/// Puts the new folder in the place of the old one, and the old one in its.
fn swap(place: &Path, folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return fs::rename(place, folder);
    }
    if exchange(place, folder) {
        return Ok(());
    }
    let aside = place.with_extension("old");
    fs::rename(folder, &aside)?;
    if let Err(error) = fs::rename(place, folder) {
        // The report that was there goes back; if even that fails, it lies beside.
        let _ = fs::rename(&aside, folder);
        return Err(error);
    }
    fs::rename(&aside, place)
}

/// One step that nobody can see half of, where the system has it.
#[cfg(target_os = "linux")]
fn exchange(place: &Path, folder: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, place, CWD, folder, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> bool {
    false
}

fn clear(place: &Path) -> io::Result<()> {
    fs::remove_dir_all(place).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}
