//! `throughline pseudonymize`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use throughline::extract::{self, Key, Pseudonymize};
use throughline::pipeline;

use super::{Verdict, say};

/// The environment variable that may hold the secret.
const VARIABLE: &str = "THROUGHLINE_KEY";

/// What is made into what. The secret comes from a file or the environment, never from here.
#[derive(Debug, Args)]
pub(super) struct PseudonymizeArguments {
    /// The folder with the extracts
    extracts: PathBuf,
    /// The folder to write; it must not exist or be empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A pipeline file, for its privacy policy and the site's names of files and columns
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
    /// A file with the secret, at least 32 bytes, that nobody else may read; without it, the
    /// environment variable `THROUGHLINE_KEY`
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Move each member's dates 1 to DAYS days back, all by the same number
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    shift_dates: Option<u32>,
}

/// Writes extracts in which ids are tokens.
pub(super) fn pseudonymize(arguments: &PseudonymizeArguments) -> anyhow::Result<Verdict> {
    let key = key(arguments.key_file.as_deref())?;
    let (sources, privacy) = match &arguments.pipeline {
        Some(path) => {
            let pipeline = pipeline::read(path)??;
            (pipeline.sources, pipeline.privacy)
        }
        None => Default::default(),
    };
    let mark = key.mark().to_owned();
    let request = Pseudonymize {
        folder: arguments.extracts.clone(),
        out: arguments.out.clone(),
        sources,
        privacy,
        key,
        shift_days: arguments.shift_dates,
    };
    let done = extract::pseudonymize(&request)?;
    for one in &done {
        let left_out: Vec<&str> = one
            .columns
            .iter()
            .filter(|(_, what)| *what == "left out")
            .map(|(name, _)| name.as_str())
            .collect();
        let without = if left_out.is_empty() {
            String::new()
        } else {
            format!("; left out: {}", left_out.join(", "))
        };
        say(&format!("{:>12} rows  {}{without}", one.rows, one.file))?;
    }
    say(&format!(
        "key {mark}; what was done: {}",
        arguments.out.join("pseudonymized.json").display()
    ))?;
    Ok(Verdict::Fine)
}

fn key(file: Option<&Path>) -> anyhow::Result<Key> {
    let weak = "at least 32 bytes of chance are needed, such as from `openssl rand -hex 32`";
    if let Some(path) = file {
        check_permissions(path)?;
        let secret =
            fs::read(path).with_context(|| format!("{}: cannot read the key", path.display()))?;
        return Key::of(&secret)
            .with_context(|| format!("{}: this is no strong key: {weak}", path.display()));
    }
    let Some(secret) = std::env::var_os(VARIABLE) else {
        bail!("there is no key: name a file with --key-file, or set {VARIABLE}; {weak}");
    };
    Key::of(secret.as_encoded_bytes())
        .with_context(|| format!("{VARIABLE}: this is no strong key: {weak}"))
}

#[cfg(unix)]
fn check_permissions(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let shown = path.display();
    let about = fs::metadata(path).with_context(|| format!("{shown}: cannot read the key"))?;
    if about.permissions().mode() & 0o077 != 0 {
        bail!("{shown}: others may read this key; take their permission away: chmod 600 {shown}");
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_permissions(_: &Path) -> anyhow::Result<()> {
    Ok(())
}
