//! Tallies that were counted elsewhere: read, checked to be whole and of one plan, and added.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use arrow_array::RecordBatch;

use super::completion;
use super::plan_file::{PROGRAM, PlanFile};
use super::run::{coverage_start, notes, prepare};
use super::task::{FORMAT, write_tallies};
use super::{Counted, OnStage, Pipeline, Stage, arrow_stream};
use crate::kernel::{self, Part, Seen, Task};
use crate::store::{self, Snapshot};
use crate::terms::Period;
use crate::timeline::Summary;

/// One of so many parts of a count, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    place: u32,
    of: u32,
}

impl Bucket {
    /// Reads `3/16`.
    pub fn parse(text: &str) -> Option<Self> {
        let (place, of) = text.split_once('/')?;
        let bucket = Self { place: place.parse().ok()?, of: of.parse().ok()? };
        ((1..=bucket.of).contains(&bucket.place) && bucket.of <= 65_536).then_some(bucket)
    }
}

impl std::fmt::Display for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.place, self.of)
    }
}

/// Counts a part of a snapshot's buckets and writes the tallies into a file, whole or not at all.
///
/// # Errors
/// As [`super::count`], or if the file cannot be written.
pub fn count_bucket(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    wanted: Option<Period>,
    bucket: Bucket,
    to: &Path,
    on_stage: OnStage<'_>,
) -> anyhow::Result<Summary> {
    let file = PlanFile::new(pipeline, snapshot, wanted)?;
    let ready = file.ready()?;
    on_stage(Stage::Begin("counting"));
    let own = |number: &u32| number % bucket.of == bucket.place - 1;
    let buckets: Vec<u32> = (0..snapshot.buckets()).filter(own).collect();
    let columns = ready.plan.columns();
    let task = Task {
        plan: ready.hash.clone(),
        program: PROGRAM.to_owned(),
        part: Some(bucket.to_string()),
    };
    let open = |one: &u32| snapshot.batches(*one, &columns);
    let (part, summary) = kernel::count_part(&ready.plan, &buckets, open, task)?;
    save(&part, &ready.hash, to)?;
    Ok(summary)
}

/// Adds tallies of one count into one file.
///
/// # Errors
/// If they are not of one plan, or a part is missing or there twice.
pub fn merge(from: &[PathBuf], to: &Path, members: Option<u64>) -> anyhow::Result<Seen> {
    let (part, seen) = gather(from, members)?;
    let plan = part.tasks.keys().next().map(|task| task.plan.clone()).unwrap_or_default();
    save(&part, &plan, to)?;
    Ok(seen)
}

/// What [`super::count`] gives, from tallies that were counted elsewhere. `members` is the number
/// of distinct members, if it is known. Without a plan file, `snapshot` is the one that was counted.
///
/// # Errors
/// If the tallies are not of this pipeline, snapshot and month, or do not hold all rows.
pub fn counted(
    pipeline: &Pipeline,
    snapshot: Snapshot,
    wanted: Option<Period>,
    from: &[PathBuf],
    members: Option<u64>,
) -> anyhow::Result<Counted> {
    let (part, seen) = gather(from, members)?;
    let manifest = snapshot.manifest();
    let file = PlanFile::new(pipeline, &snapshot, wanted)?;
    let found = part.tasks.keys().next().map_or("", |task| task.plan.as_str());
    ensure!(
        found == file.hash(),
        "these tallies were counted by plan {}, but the pipeline and snapshot {} make plan {}: another \
         definition, setting, month or snapshot; count again, or name the plan with --plan",
        short(found),
        manifest.snapshot,
        short(file.hash())
    );
    let rows = i128::from(snapshot.rows());
    ensure!(
        seen.rows == rows,
        "the tasks have read {} rows, but the timeline table has {rows}: {}",
        seen.rows,
        if seen.rows < rows { "a task is missing" } else { "a task was counted twice" }
    );
    let ready = file.ready()?;
    let found = part.found;
    let tallies = part.tallies(&ready.plan)?;
    let prepared = prepare(pipeline, manifest)?;
    let summary = Summary {
        rows: snapshot.rows(),
        members: u64::try_from(seen.members).context("the tasks saw no number of members")?,
        found,
    };
    let (coverage_start, month) = (coverage_start(manifest), file.month()?);
    let notes = notes(&prepared.settings, manifest);
    let data_through = prepared.data_through;
    let completion = completion::completion(pipeline, &snapshot)?;
    Ok(Counted {
        snapshot,
        tallies,
        summary,
        month,
        data_through,
        coverage_start,
        completion,
        notes,
    })
}

/// Reads tallies, and checks that they are of one count and whole.
fn gather(from: &[PathBuf], members: Option<u64>) -> anyhow::Result<(Part, Seen)> {
    let mut batches = Vec::new();
    for path in from {
        let shown = path.display();
        let read = tables(path).with_context(|| format!("{shown}: cannot read these tallies"))?;
        let found = Part::from_batches(read.iter().cloned())
            .with_context(|| format!("{shown}: these are no tallies"))?;
        ensure!(!found.tasks.is_empty(), "{shown}: these tallies do not say what counted them");
        batches.extend(read);
    }
    let part = Part::from_batches(batches)?;
    let tasks: Vec<&Task> = part.tasks.keys().collect();
    let programs: BTreeSet<&str> = tasks.iter().map(|task| task.program.as_str()).collect();
    if let Some(other) = programs.iter().find(|program| **program != PROGRAM) {
        bail!(
            "tallies of version {other} do not add up with those of version {PROGRAM}; count again"
        );
    }
    let plans: BTreeSet<&str> = tasks.iter().map(|task| short(&task.plan)).collect();
    ensure!(
        plans.len() == 1,
        "tallies of different plans do not add up: {}; count all of them by one plan",
        plans.into_iter().collect::<Vec<_>>().join(", ")
    );
    whole(&part.tasks)?;
    let mut seen = Seen::default();
    part.tasks.values().for_each(|one| seen.add(*one));
    if let Some(members) = members {
        ensure!(
            seen.members == i128::from(members),
            "the tasks have seen {} members, but there are {members}: {}",
            seen.members,
            if seen.members > i128::from(members) {
                "members lie in several partitions; repartition by `member_id` alone"
            } else {
                "a task is missing"
            }
        );
    }
    Ok((part, seen))
}

/// Checks that every part is there once.
fn whole(tasks: &BTreeMap<Task, Seen>) -> anyhow::Result<()> {
    let named = |task: &Task| task.part.as_deref().map(str::to_owned);
    let parts: Vec<(String, Seen)> =
        tasks.iter().filter_map(|(task, seen)| Some((named(task)?, *seen))).collect();
    if parts.is_empty() {
        return Ok(());
    }
    ensure!(
        parts.len() == tasks.len(),
        "tallies of buckets and of an engine's partitions do not add up: both are of all members"
    );
    let mut found = BTreeSet::new();
    for (text, seen) in &parts {
        let bucket = Bucket::parse(text).with_context(|| format!("`{text}` is no bucket"))?;
        ensure!(seen.tasks == 1, "bucket {bucket} is there {} times; add it once", seen.tasks);
        found.insert((bucket.of, bucket.place));
    }
    let of = found.first().map_or(0, |(of, _)| *of);
    ensure!(
        found.iter().all(|(other, _)| *other == of),
        "buckets of different counts do not add up: i/{of} and i/{}",
        found.last().map_or(0, |(of, _)| *of)
    );
    let missing: Vec<String> = (1..=of)
        .filter(|place| !found.contains(&(of, *place)))
        .map(|place| format!("{place}/{of}"))
        .collect();
    ensure!(missing.is_empty(), "missing buckets: {}", missing.join(", "));
    Ok(())
}

/// The tables of a file, or of the files of a folder: Arrow streams, or Parquet.
fn tables(path: &Path) -> anyhow::Result<Vec<RecordBatch>> {
    if path.is_dir() {
        let mut files: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        files.retain(|file| {
            file.extension().is_some_and(|ending| ending == "parquet" || ending == "arrow")
        });
        files.sort_unstable();
        ensure!(!files.is_empty(), "no file of this folder is Parquet or an Arrow stream");
        let read: Vec<Vec<RecordBatch>> =
            files.iter().map(|file| tables(file)).collect::<anyhow::Result<_>>()?;
        return Ok(read.into_iter().flatten().collect());
    }
    let mut first = [0; 4];
    File::open(path)?.read_exact(&mut first).context("this file is too short")?;
    if &first == b"PAR1" {
        return Ok(store::read_table(path)?);
    }
    let stream = arrow_stream::batches(BufReader::new(File::open(path)?))?;
    let format = stream.schema().metadata().get(FORMAT.0).cloned();
    if let Some(format) = format.filter(|format| format != FORMAT.1) {
        bail!("these tallies have format {format}, this program reads {}", FORMAT.1);
    }
    Ok(stream.collect::<Result<_, _>>()?)
}

fn save(part: &Part, plan: &str, to: &Path) -> anyhow::Result<()> {
    let shown = to.display();
    let name =
        to.file_name().with_context(|| format!("{shown}: this is not the name of a file"))?;
    let draft = to.with_file_name(format!(".{}.unfinished", name.to_string_lossy()));
    let write = || -> anyhow::Result<()> {
        if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(&draft)?;
        write_tallies(part, plan, &file)?;
        file.sync_all()?;
        Ok(fs::rename(&draft, to)?)
    };
    write().with_context(|| format!("{shown}: cannot write these tallies"))
}

/// Enough of a hash to tell plans apart.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
