//! The indicator files of a folder, found by the names of the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Document, Problem, Problems, Source};
use crate::indicator::{self, Definition};
use crate::terms::instrument::Instruments;

/// Every indicator file below some folders, by id.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    files: BTreeMap<String, PathBuf>,
}

impl Catalogue {
    /// Looks through folders and the folders in them; a later folder wins.
    pub fn find(folders: &[PathBuf]) -> Self {
        let mut catalogue = Self::default();
        for folder in folders {
            catalogue.add(folder);
        }
        catalogue
    }

    fn add(&mut self, folder: &Path) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let mut paths: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.add(&path);
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                self.files.insert(id, path);
            }
        }
    }

    /// The file of an id.
    pub fn file(&self, id: &str) -> Option<&Path> {
        self.files.get(id).map(PathBuf::as_path)
    }

    /// Every id, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every file, in the order of ids.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.values().map(PathBuf::as_path)
    }
}

/// Reads one indicator file with one preset.
pub fn read_definition(path: &Path, preset: &str) -> anyhow::Result<Result<Definition, Problems>> {
    Ok(definition_of(read_text(path)?, preset))
}

/// Reads a registry of instruments.
pub fn read_registry(path: &Path) -> anyhow::Result<Result<Instruments, Problems>> {
    let document = Document::parse(read_text(path)?);
    Ok(document.and_then(|document| indicator::read_instruments(&document)))
}

/// Reads the text of an indicator file with one preset.
pub(super) fn definition_of(text: Source, preset: &str) -> Result<Definition, Problems> {
    let document = Document::parse(text)?;
    let known = indicator::presets(&document);
    if known.iter().any(|known| known == preset) {
        return indicator::read(&document, preset);
    }
    let mut problems = Problems::default();
    let message = format!("there is no preset `{preset}`");
    let problem = Problem::new(&document.source, 0..1, message, "in this file");
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    problems.push(problem.help(format!("this file has {}", names.join(", "))));
    Err(problems)
}

/// A user's file as text.
pub(super) fn read_text(path: &Path) -> anyhow::Result<Source> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("{shown}: cannot read this file"))?;
    Ok(Source::of_bytes(shown.to_string(), bytes)?)
}

/// What is wrong with a file that could not be read as text, or else a problem where it is named.
pub(super) fn problems_of(error: anyhow::Error, named: Problem) -> Problems {
    error.downcast().unwrap_or_else(|_| {
        let mut problems = Problems::default();
        problems.push(named);
        problems
    })
}

/// SHA-256 in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
