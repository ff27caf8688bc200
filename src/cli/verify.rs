//! `throughline verify`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use throughline::pipeline;
use throughline::store::{self, Verification};

use super::{Verdict, say};

/// What is verified.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The folder of a store or of a report
    folder: PathBuf,
    /// The pipeline file of a report: its numbers are counted again from their snapshot
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
    /// The folder of the store, instead of the pipeline's
    #[arg(long, value_name = "DIR", requires = "pipeline")]
    store: Option<PathBuf>,
}

/// Hashes what a manifest names, and says what is not as it should be.
pub(super) fn verify(arguments: &VerifyArguments) -> anyhow::Result<Verdict> {
    let folder = &arguments.folder;
    let found = if folder.join("snapshots").is_dir() {
        store::verify(folder)?
    } else if folder.join("manifest.json").is_file() {
        let mut found = pipeline::verify_report(folder)?;
        match &arguments.pipeline {
            Some(path) => {
                let pipeline = pipeline::read(path)??;
                let again = pipeline::recount(&pipeline, arguments.store.as_deref(), folder)?;
                found.add(again);
            }
            None => {
                say("the numbers were not counted again: name the pipeline file with --pipeline")?;
            }
        }
        found
    } else {
        bail!(
            "{}: this is neither a store (no `snapshots`) nor a report (no `manifest.json`)",
            folder.display()
        );
    };
    conclude(&found)
}

fn conclude(found: &Verification) -> anyhow::Result<Verdict> {
    for finding in &found.findings {
        say(finding)?;
    }
    for note in &found.notes {
        say(&format!("note: {note}"))?;
    }
    say(&format!("{} files hashed, {} findings", found.files, found.findings.len()))?;
    Ok(if found.findings.is_empty() { Verdict::Fine } else { Verdict::Findings })
}
