//! Is everything in a store what its manifests say it is?

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::Error;
use super::history::snapshots;
use super::manifest::Manifest;
use super::snapshot::{MANIFEST, SNAPSHOTS, Snapshot, read_manifest};

/// What a verification came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Files that were hashed.
    pub files: u64,
    /// Everything that is not as it should be, in sentences.
    pub findings: Vec<String>,
    /// What is worth knowing although all is as it should be, in sentences.
    pub notes: Vec<String>,
}

impl Verification {
    /// Adds another one's files, findings and notes.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.findings.extend(other.findings);
        self.notes.extend(other.notes);
    }

    /// Compares a file with what is written about it.
    pub fn check_file(&mut self, path: &Path, sha256: &str, bytes: Option<u64>) {
        self.files += 1;
        let finding = match hash(path) {
            Err(error) => Some(format!("{}: {error}", path.display())),
            Ok((_, size)) if bytes.is_some_and(|bytes| bytes != size) => Some(format!(
                "{}: {size} bytes, and the manifest says {}",
                path.display(),
                bytes.unwrap_or(0)
            )),
            Ok((found, _)) if found != sha256 => {
                Some(format!("{}: its content is not what the manifest says", path.display()))
            }
            Ok(_) => None,
        };
        self.findings.extend(finding);
    }
}

fn hash(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let (mut bytes, mut buffer) = (0, vec![0; 1 << 18]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
    let text =
        hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Ok((text, bytes))
}

/// Hashes every file of every snapshot of a store, and looks for what does not belong there.
///
/// # Errors
/// If the store's folder cannot be read.
pub fn verify(store: &Path) -> Result<Verification, Error> {
    let mut found = Verification::default();
    match Snapshot::open(store) {
        Ok(Some(_)) => {}
        Ok(None) => found.findings.push(format!("{}: no snapshot is in force", store.display())),
        Err(error) => found.findings.push(error.to_string()),
    }
    if let Err(error) = super::history::history(store) {
        found.findings.push(error.to_string());
    }
    for id in snapshots(store)? {
        found.add(snapshot(&store.join(SNAPSHOTS).join(&id), &id));
    }
    for entry in fs::read_dir(store).map_err(Error::io(store))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("tmp-") {
            found.notes.push(format!(
                "{}: a run was killed and left this; the next one removes it",
                entry.path().display()
            ));
        }
    }
    Ok(found)
}

/// True if a snapshot's folder has every file that its manifest names, as it was written.
pub(super) fn is_whole(folder: &Path, id: &str) -> bool {
    read_manifest(folder).is_ok_and(|manifest| {
        let mut found = Verification::default();
        for file in &manifest.files {
            found.check_file(&folder.join(&file.name), &file.sha256, Some(file.bytes));
        }
        manifest.snapshot == id && manifest.is_measured() && found.findings.is_empty()
    })
}

fn snapshot(folder: &Path, id: &str) -> Verification {
    let mut found = Verification::default();
    let manifest: Manifest = match read_manifest(folder) {
        Ok(manifest) => manifest,
        Err(error) => {
            found.findings.push(error.to_string());
            return found;
        }
    };
    if manifest.snapshot != id {
        found.findings.push(format!("{}: its manifest is another snapshot's", folder.display()));
    }
    let mut known: BTreeSet<&str> = BTreeSet::from([MANIFEST]);
    for file in &manifest.files {
        // A manifest that was tampered with must not lead out of its folder.
        if file.name.contains(['/', '\\']) || file.name.starts_with('.') {
            found
                .findings
                .push(format!("{}: its manifest names a file elsewhere", folder.display()));
            continue;
        }
        known.insert(&file.name);
        found.check_file(&folder.join(&file.name), &file.sha256, Some(file.bytes));
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !known.contains(name.as_str()) {
            found.findings.push(format!("{}: no manifest names this file", entry.path().display()));
        }
    }
    found
}
