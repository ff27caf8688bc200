//! `throughline check`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use throughline::diagnostic::{Document, Problems, Source};
use throughline::{indicator, kernel, pipeline, study};

use super::{Verdict, complain, say};

/// Checks files and runs their examples; every problem of every file is shown.
pub(super) fn check(files: &[PathBuf]) -> anyhow::Result<Verdict> {
    let usual = [PathBuf::from("pipelines")];
    let mut found = Vec::new();
    for path in if files.is_empty() { &usual } else { files } {
        collect(path, &mut found)?;
    }
    if found.is_empty() {
        bail!("no .toml file found; name a pipeline, an indicator file or a folder of them");
    }
    let mut problems = Problems::default();
    let (mut n_examples, mut n_files) = (0, 0);
    for path in &found {
        match checked(path)? {
            Ok(examples) => n_examples += examples,
            Err(found) => problems.extend(found),
        }
        n_files += 1;
    }
    if problems.is_empty() {
        let (files, are) = (number(n_files, "file"), if n_files == 1 { "is" } else { "are" });
        let (examples, hold) =
            (number(n_examples, "example"), if n_examples == 1 { "holds" } else { "hold" });
        say(&format!("{files} {are} right; {examples} {hold}"))?;
        return Ok(Verdict::Fine);
    }
    let n_problems = problems.len();
    complain(&anyhow::Error::new(problems));
    say(&format!("\n{} in {}", number(n_problems, "problem"), number(n_files, "file")))?;
    Ok(Verdict::Findings)
}

/// `1 file`, `2 files`.
fn number(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.exists() {
        bail!("{}: there is no such file or folder", path.display());
    }
    if path.is_file() {
        found.push(path.to_path_buf());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|ending| ending == "toml") {
            collect(&entry, found)?;
        }
    }
    Ok(())
}

/// How many examples of a file hold, or its problems. A file with `[extracts]` is a pipeline, one
/// with objectives or targets a contract, one with a question a study.
fn checked(path: &Path) -> anyhow::Result<Result<usize, Problems>> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("{shown}: cannot read this file"))?;
    let document = match Source::of_bytes(shown, bytes).and_then(Document::parse) {
        Ok(document) => document,
        Err(problems) => return Ok(Err(problems)),
    };
    if document.root.get("extracts").is_some() || document.root.get("indicators").is_some() {
        return Ok(pipeline::read(path)?.map(|_| 0));
    }
    if document.root.get("objective").is_some() || document.root.get("target").is_some() {
        return Ok(pipeline::check_contract(&document, path).map(|_| 0));
    }
    if document.root.get("question").is_some() {
        return Ok(study::read_study(&document)
            .and_then(|study| study::check_study_examples(&study).none_or(study.examples.len())));
    }
    if document.root.get("instrument").is_some() {
        return Ok(indicator::read_instruments(&document).map(|_| 0));
    }
    if document.root.get("worklist").is_some() {
        return Ok(pipeline::read_worklists(path)?.map(|_| 0));
    }
    let mut problems = Problems::default();
    let mut examples = 0;
    for preset in indicator::presets(&document) {
        match indicator::read(&document, &preset) {
            Ok(definition) => {
                examples += definition.examples.len();
                problems.extend(kernel::check_examples(&definition));
            }
            Err(found) => problems.extend(found),
        }
    }
    Ok(problems.none_or(examples))
}
