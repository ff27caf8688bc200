//! `throughline plan`, `kernel` and `merge`: counting in parts, on this machine or elsewhere.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use throughline::extract::Dates;
use throughline::pipeline::{self, PlanFile, Sources};
use throughline::terms::Day;
use throughline::terms::Table;

use super::{StoredArguments, Verdict, read_pipeline, run, say};

/// What a plan is made of.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// The pipeline file
    pipeline: PathBuf,
    /// The reported month, such as 2026-09; without it, the last complete one
    #[arg(long, value_name = "MONTH", value_parser = super::month)]
    period: Option<throughline::terms::Period>,
    /// The folder of the store, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// The snapshot to count from, or the beginning of its id; without it, the one in force
    #[arg(long, value_name = "ID")]
    snapshot: Option<String>,
    /// Where rows come from, as the Spark job writes it, if they are in no store
    #[arg(long, value_name = "FILE", conflicts_with_all = ["store", "snapshot"])]
    sources: Option<PathBuf>,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "plan.json")]
    out: PathBuf,
}

/// What a task is told.
#[derive(Debug, Args)]
pub(super) struct KernelArguments {
    /// The plan, as `throughline plan` writes it
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Take rows in any order, hold all of them in memory, and sort them
    #[arg(long)]
    sort_in_task: bool,
}

/// What is searched.
#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// The pipeline file: its columns, and what its policy lets in
    pipeline: PathBuf,
    /// The table that the values are of
    #[arg(long, value_name = "TABLE", value_parser = table)]
    table: Table,
    /// The day the table was cut: who is over 89 then
    #[arg(long, value_name = "DATE", value_parser = super::day)]
    as_of: Option<Day>,
    /// The sender has shifted the dates
    #[arg(long)]
    date_shifted: bool,
}

fn table(text: &str) -> Result<Table, String> {
    let names = || Table::ALL.iter().map(|table| table.name()).collect::<Vec<_>>().join(", ");
    Table::from_name(text).ok_or_else(|| format!("expected one of {}", names()))
}

/// What is added.
#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// Files of tallies, or folders of such files
    #[arg(required = true, value_name = "TALLIES")]
    tallies: Vec<PathBuf>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How many distinct members there are: tallies that saw more or fewer are refused
    #[arg(long, value_name = "N")]
    members: Option<u64>,
}

/// Writes a plan.
pub(super) fn plan(arguments: &PlanArguments) -> anyhow::Result<Verdict> {
    let pipeline = pipeline::read(&arguments.pipeline)??;
    let plan = if let Some(path) = &arguments.sources {
        let manifest = Sources::read(&read(path)?).with_context(|| path.display().to_string())?;
        PlanFile::elsewhere(&pipeline, &manifest, arguments.period)?
    } else {
        let folders = pipeline::Folders { store: arguments.store.clone(), ..Default::default() };
        let id = arguments.snapshot.as_deref();
        let snapshot = pipeline::snapshot_by_id(&pipeline, &folders, id)?;
        PlanFile::new(&pipeline, &snapshot, arguments.period)?
    };
    let shown = arguments.out.display();
    std::fs::write(&arguments.out, plan.to_text())
        .with_context(|| format!("{shown}: cannot write this file"))?;
    say(&format!("plan {} for {}: {shown}", plan.hash(), plan.month()?))?;
    Ok(Verdict::Fine)
}

/// Counts an Arrow stream.
pub(super) fn kernel(arguments: &KernelArguments) -> anyhow::Result<Verdict> {
    let plan = read_plan(&arguments.plan)?;
    // An engine runs one task for each of its cores.
    run::with_threads(Some(1), || {
        let (input, output) = (std::io::stdin(), std::io::stdout());
        pipeline::count_stream(&plan, input, output, arguments.sort_in_task)
    })??;
    Ok(Verdict::Fine)
}

/// Searches values that another engine keeps.
pub(super) fn search(arguments: &SearchArguments) -> anyhow::Result<Verdict> {
    let pipeline = pipeline::read(&arguments.pipeline)??;
    let (extract_date, date_shifted) = (arguments.as_of, arguments.date_shifted);
    let dates = Dates { extract_date, date_shifted, ..Dates::default() };
    let found = pipeline::search_stream(&pipeline, arguments.table, dates, std::io::stdin())?;
    for problem in &found {
        say(&format!("{}: {problem}", arguments.table.name()))?;
    }
    Ok(if found.is_empty() { Verdict::Fine } else { Verdict::Findings })
}

/// Adds tallies.
pub(super) fn merge(arguments: &MergeArguments) -> anyhow::Result<Verdict> {
    let seen = pipeline::merge(&arguments.tallies, &arguments.out, arguments.members)?;
    say(&format!(
        "{} tasks, {} rows, {} members: {}",
        seen.tasks,
        seen.rows,
        seen.members,
        arguments.out.display()
    ))?;
    Ok(Verdict::Fine)
}

/// Counts one bucket of a store.
pub(super) fn bucket(
    given: &StoredArguments,
    bucket: pipeline::Bucket,
    to: &Path,
) -> anyhow::Result<Verdict> {
    let arguments = &given.run;
    let (pipeline, folders) = read_pipeline(arguments)?;
    run::with_threads(arguments.threads, || {
        let bar = super::progress::Bar::new();
        let snapshot = pipeline::snapshot_by_id(&pipeline, &folders, given.snapshot.as_deref())?;
        let wanted = arguments.period;
        let summary = pipeline::count_bucket(&pipeline, &snapshot, wanted, bucket, to, &|stage| {
            bar.stage(stage);
        })?;
        bar.end();
        let (rows, members) = (summary.rows, summary.members);
        say(&format!("bucket {bucket}, {rows} rows, {members} members: {}", to.display()))?;
        Ok(Verdict::Fine)
    })?
}

pub(super) fn read_plan(path: &Path) -> anyhow::Result<PlanFile> {
    PlanFile::read(&read(path)?).with_context(|| path.display().to_string())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{}: cannot read this file", path.display()))
}
