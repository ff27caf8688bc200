//! What studies released, beside their reports, so that no study can be subtracted from another.
//!
//! `released_studies.json` lists every release with the counts that it showed, none of which is small.
//! A study whose numbers change is refused until the earlier ones are withdrawn: the difference is what
//! few people did. So is another study of the same people, or almost, that shows the same count but for
//! a few.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::catalogue;
use super::register::{bytes_of, put};
use super::study::Studied;
use crate::study::{Field, PublishedStudy, Sheet};

const LIST: &str = "released_studies.json";
/// How many conflicts a message names.
const NAMED: usize = 6;
/// Heads of columns whose numbers are no counts of people.
const LABELS: [&str; 1] = ["Day"];
/// Steps of the flow by which two studies are known to follow the same people, but for a few.
const PEOPLE: [&str; 3] =
    ["flow, index events: Count", "flow, members: Count", "flow, members compared: Count"];

/// A release of a study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StudyRelease {
    /// The study.
    study: String,
    /// SHA-256 of its file.
    definition: String,
    /// The snapshot that was read.
    snapshot: String,
    /// SHA-256 of all its tables.
    numbers: String,
    /// Every count that it showed, by what it counts.
    counts: BTreeMap<String, u64>,
    /// Why it was withdrawn, if it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    withdrawn: Option<String>,
}

/// The register as it was found, and as it will be.
#[derive(Debug)]
pub(super) struct StudyRegister {
    path: PathBuf,
    before: Option<Vec<u8>>,
    after: Vec<StudyRelease>,
}

impl StudyRegister {
    /// The register beside a report's folder, with this study in it.
    ///
    /// # Errors
    /// If the study could be subtracted from an earlier release, and if the register cannot be read.
    pub(super) fn with(
        studied: &Studied,
        published: &PublishedStudy,
        folder: &Path,
        restate: Option<&str>,
    ) -> anyhow::Result<Self> {
        let path = folder.parent().unwrap_or(Path::new("")).join(LIST);
        let before = bytes_of(&path)?;
        let mut after: Vec<StudyRelease> = match &before {
            Some(bytes) => serde_json::from_slice(bytes).with_context(|| {
                format!(
                    "{}: restore it from a copy; without it nothing is released",
                    path.display()
                )
            })?,
            None => Vec::new(),
        };
        let new = release(studied, published);
        let least = published.screen.least;
        let mut conflicts: Vec<String> = Vec::new();
        for one in after.iter_mut().filter(|one| one.withdrawn.is_none()) {
            let found = conflicts_of(&new, one, least);
            match restate {
                Some(why) if !found.is_empty() => one.withdrawn = Some(why.to_owned()),
                _ => conflicts.extend(found),
            }
        }
        if !conflicts.is_empty() {
            bail!(refusal(&conflicts, &path));
        }
        let is_same = |one: &StudyRelease| {
            one.withdrawn.is_none() && one.study == new.study && one.numbers == new.numbers
        };
        if !after.iter().any(is_same) {
            after.push(new);
        }
        Ok(Self { path, before, after })
    }

    /// Writes the register down. It comes before the report: what might have been seen must be known.
    ///
    /// # Errors
    /// If another run has written meanwhile, or the system refuses.
    pub(super) fn record(&self) -> anyhow::Result<()> {
        if bytes_of(&self.path)? != self.before {
            bail!("{}: another run released a study meanwhile; run again", self.path.display());
        }
        let mut bytes =
            serde_json::to_vec_pretty(&self.after).expect("strings and numbers always serialise");
        bytes.push(b'\n');
        put(&self.path, &bytes)
    }

    /// Puts the register back, because nothing was released after all.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn forget(&self) -> anyhow::Result<()> {
        match &self.before {
            Some(bytes) => put(&self.path, bytes),
            None => std::fs::remove_file(&self.path)
                .with_context(|| format!("{}: cannot remove this file", self.path.display())),
        }
    }
}

fn release(studied: &Studied, published: &PublishedStudy) -> StudyRelease {
    let sheets = published.sheets();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for sheet in &sheets {
        counts.extend(counts_of(sheet));
    }
    StudyRelease {
        study: published.id.clone(),
        definition: studied.sha256.clone(),
        snapshot: studied.snapshot.clone(),
        numbers: catalogue::sha256(format!("{sheets:?}").as_bytes()),
        counts,
        withdrawn: None,
    }
}

/// The counts of a table, by the words and days of their rows.
fn counts_of(sheet: &Sheet) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    for row in &sheet.rows {
        let label = |(head, field): (&&str, &Field)| match field {
            Field::Words(words) => Some(words.clone()),
            Field::Count(n) if LABELS.contains(head) => Some(format!("{head} {n}")),
            _ => None,
        };
        let labels: Vec<String> = sheet.heads.iter().zip(row).filter_map(label).collect();
        for (head, field) in sheet.heads.iter().zip(row) {
            if let Field::Count(n) = field
                && !LABELS.contains(head)
            {
                found.push((format!("{}, {}: {head}", sheet.id, labels.join(", ")), *n));
            }
        }
    }
    found
}

/// How two releases could be subtracted from each other.
fn conflicts_of(new: &StudyRelease, old: &StudyRelease, least: u64) -> Vec<String> {
    if new.study == old.study {
        let why = if new.snapshot == old.snapshot { "another file" } else { "other data" };
        let line = format!("{}: it was released with other numbers, from {why}", old.study);
        return if new.numbers == old.numbers { Vec::new() } else { vec![line] };
    }
    // Other people's counts are near by chance.
    let same_people = PEOPLE.into_iter().any(|step| {
        let both = new.counts.get(step).zip(old.counts.get(step));
        both.is_some_and(|(one, other)| one.abs_diff(*other) < least)
    });
    if !same_people {
        return Vec::new();
    }
    let near = |(what, n): (&String, &u64)| {
        let apart = old.counts.get(what)?.abs_diff(*n);
        let line = format!("{what}: almost the same number was released with {}", old.study);
        (apart > 0 && apart < least).then_some(line)
    };
    new.counts.iter().filter_map(near).collect()
}

fn refusal(conflicts: &[String], path: &Path) -> String {
    let mut text = format!(
        "this study could be subtracted from an earlier one; nothing was released (register: {})",
        path.display()
    );
    for line in conflicts.iter().take(NAMED) {
        text += &format!("\n  {line}");
    }
    if conflicts.len() > NAMED {
        text += &format!("\n  … and {} more", conflicts.len() - NAMED);
    }
    text + "\nhelp: `--restate \"why\"` withdraws the earlier releases and records why; recall them first, because \
            whoever keeps one can subtract\n\
            help: `--internal` shows everything inside the agency, in a folder of its own; it was written if asked for"
}
