//! The register of releases on disk, beside the reports.
//!
//! ```text
//! released.json              the releases, and the hash of what each showed
//! released/HASH.jsonl.zst    what a release showed differently from the one before
//! released.jsonl             the first format: one growing file; it is read, and replaced
//! ```
//!
//! Files below `released/` are never changed. The list is replaced in one step, after they are there.
//! A release is in the list before its report is in its place, and is marked so in between: where the
//! run was stopped there, the next one finds out whether anybody could have seen the report.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::oversight::{Register, Release};
use crate::report::{self, Fate};

const LIST: &str = "released.json";
const CELLS: &str = "released";
const LINES: &str = "released.jsonl";

/// How hard cells are compressed.
const LEVEL: i32 = 3;

/// A register as it was found.
#[derive(Debug)]
pub(super) struct Found {
    /// The folder of the reports.
    folder: PathBuf,
    list: Option<Vec<u8>>,
    lines: Option<Vec<u8>>,
    /// Files below `released/`.
    cells: BTreeSet<PathBuf>,
}

/// What new releases showed, as the files that will tell it.
#[derive(Debug, Default)]
pub struct Packed(BTreeMap<PathBuf, Vec<u8>>);

/// Reads the register beside a report's folder.
///
/// # Errors
/// If it is there and cannot be read, or a part of it is missing: nothing is released then.
pub(super) fn read(report: &Path) -> anyhow::Result<(Register, Found)> {
    let folder = report.parent().unwrap_or(Path::new("")).to_path_buf();
    let (list, lines) = (folder.join(LIST), folder.join(LINES));
    let mut found =
        Found { list: bytes_of(&list)?, lines: bytes_of(&lines)?, cells: BTreeSet::new(), folder };
    found.cells = found.files()?;
    let path = if found.list.is_some() { &list } else { &lines };
    let mut register = found.register().with_context(|| {
        format!("{}: restore it from a copy; without it nothing is released", path.display())
    })?;
    found.settle(&mut register)?;
    found.remove_abandoned();
    Ok((register, found))
}

impl Found {
    /// The file that tells what was released.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(LIST)
    }

    fn register(&self) -> anyhow::Result<Register> {
        match (&self.list, &self.lines) {
            (Some(bytes), _) => {
                let text = std::str::from_utf8(bytes)?;
                Ok(Register::read(text, |release| self.text(release))?)
            }
            (None, Some(bytes)) => Ok(Register::read_lines(std::str::from_utf8(bytes)?)?),
            (None, None) if self.cells.is_empty() => Ok(Register::default()),
            (None, None) => bail!(
                "{} has cells of releases, but the list of them, {LIST}, is gone; if nothing was ever released, \
                 remove the folder",
                self.folder.join(CELLS).display()
            ),
        }
    }

    /// Decides about a last release whose run was stopped: it stands, unless its report still lies where
    /// nobody has seen it.
    fn settle(&mut self, register: &mut Register) -> anyhow::Result<()> {
        let Some(pending) = register.pending() else { return Ok(()) };
        let (draft, report) = (self.folder.join(&pending.draft), self.folder.join(&pending.report));
        let taken_back = match report::fate(&draft, &report, &pending.manifest) {
            Fate::AtWork => bail!(
                "{}: another run is putting a report in its place; wait until it ends",
                self.path().display()
            ),
            Fate::NotInPlace => register.take_back(),
            Fate::InPlace | Fate::Unknown => {
                register.set_pending(None);
                None
            }
        };
        self.refuse_changed()?;
        let list = register.list().into_bytes();
        put(&self.path(), &list)?;
        self.list = Some(list);
        if let Some(release) = taken_back {
            let file = self.file(&release);
            if register.releases.iter().all(|one| self.file(one) != file) {
                self.cells.remove(&file);
                remove(Some(&file))?;
            }
        }
        Ok(())
    }

    /// Removes what killed runs left: reports that never came into their place, and files half written.
    fn remove_abandoned(&self) {
        report::remove_all_abandoned(&self.folder);
        for (folder, begin) in [(self.folder.as_path(), "released"), (&self.folder.join(CELLS), "")]
        {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
                let is_draft = report::of_process(&name).is_some_and(|own| own.starts_with(begin));
                if is_draft && path.is_file() && report::abandoned(&path) == Some(true) {
                    // What cannot be removed stands in nobody's way.
                    drop(fs::remove_file(&path));
                }
            }
        }
    }

    fn refuse_changed(&self) -> anyhow::Result<()> {
        let (list, lines) = (self.path(), self.folder.join(LINES));
        if bytes_of(&list)? != self.list || bytes_of(&lines)? != self.lines {
            bail!("{}: another run released something meanwhile; run again", list.display());
        }
        Ok(())
    }

    /// The files of cells.
    fn files(&self) -> anyhow::Result<BTreeSet<PathBuf>> {
        let folder = self.folder.join(CELLS);
        let cannot = || format!("{}: cannot read this folder", folder.display());
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(error).with_context(cannot),
        };
        let files = entries.map(|entry| Ok(entry.with_context(cannot)?.path()));
        let is_cells = |path: &anyhow::Result<PathBuf>| {
            path.as_ref().map_or(true, |path| path.extension().is_some_and(|end| end == "zst"))
        };
        files.filter(is_cells).collect()
    }

    fn file(&self, release: &Release) -> PathBuf {
        let name = release.cells.get(..16).unwrap_or(&release.cells);
        self.folder.join(CELLS).join(format!("{name}.jsonl.zst"))
    }

    /// The text of a release's cells.
    fn text(&self, release: &Release) -> Result<String, String> {
        let path = self.file(release);
        let read = fs::read(&path).and_then(|bytes| zstd::decode_all(bytes.as_slice()));
        let bytes = read.map_err(|error| format!("{}: {error}", path.display()))?;
        String::from_utf8(bytes).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The files of new releases, with their bytes; `last` is the text of the last one, if it is new.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn packed(&self, register: &Register, last: Option<&str>) -> anyhow::Result<Packed> {
        let mut packed = Packed::default();
        for (place, release) in register.releases.iter().enumerate() {
            let path = self.file(release);
            if !self.cells.contains(&path) {
                let is_last = place + 1 == register.releases.len();
                let text = last.filter(|_| is_last).map(Cow::Borrowed);
                let text = text.unwrap_or_else(|| Cow::Owned(register.cells_text(place)));
                let bytes = zstd::bulk::compress(text.as_bytes(), LEVEL)
                    .with_context(|| format!("{}: cannot be compressed", path.display()))?;
                packed.0.insert(path, bytes);
            }
        }
        Ok(packed)
    }

    /// Writes a register in the place of what was found: the cells of new releases, then the list in
    /// one step.
    ///
    /// # Errors
    /// If another run has written meanwhile, or the system refuses.
    pub(super) fn replace(&self, register: &Register, packed: &Packed) -> anyhow::Result<()> {
        self.refuse_changed()?;
        let (list, lines) = (self.path(), self.folder.join(LINES));
        if self.list.is_none() && self.lines.is_none() {
            // Cells without any list would look as if it had been lost.
            put(&list, Register::default().list().as_bytes())?;
        }
        packed.0.iter().try_for_each(|(path, bytes)| put(path, bytes))?;
        put(&list, register.list().as_bytes())?;
        remove(self.lines.is_some().then_some(&lines))
    }

    /// Notes that the last release is in its place, unless another run has noted it.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn confirm(&self, register: &mut Register) -> anyhow::Result<()> {
        let noted = register.list().into_bytes();
        register.set_pending(None);
        let settled = register.list().into_bytes();
        if noted != settled && bytes_of(&self.path())?.is_some_and(|bytes| bytes == noted) {
            put(&self.path(), &settled)?;
        }
        Ok(())
    }

    /// Puts back what was found.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn restore(&self, register: &Register) -> anyhow::Result<()> {
        if let Some(bytes) = &self.lines {
            put(&self.folder.join(LINES), bytes)?;
        }
        match &self.list {
            Some(bytes) => put(&self.path(), bytes)?,
            None => remove(Some(&self.path()))?,
        }
        let files = register.releases.iter().map(|release| self.file(release));
        files.filter(|path| !self.cells.contains(path)).try_for_each(|path| remove(Some(&path)))?;
        // It stays if it was there with anything in it.
        drop(fs::remove_dir(self.folder.join(CELLS)));
        Ok(())
    }
}

pub(super) fn bytes_of(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| cannot("read", path)),
    }
}

fn remove(path: Option<&PathBuf>) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    fs::remove_file(path).with_context(|| format!("{}: cannot remove this file", path.display()))
}

pub(super) fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::File::create(&draft)?;
        // Where files cannot be locked, what a killed run leaves here stays.
        let _ = file.try_lock();
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().with_context(|| cannot("write", path))
}

/// What is said of a place where the register of releases cannot be.
fn cannot(what: &str, path: &Path) -> String {
    format!(
        "{}: cannot {what} the register, which stands beside the reports; choose another folder with --out",
        path.display()
    )
}
