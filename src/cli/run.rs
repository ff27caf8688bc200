//! `throughline run`, and its stages one by one.

use anyhow::Context;
use throughline::pipeline::{self, Accept, Counted, Folders, Pipeline, Released, Stage};
use throughline::store::Snapshot;
use throughline::terms::Period;

use super::progress::Bar;
use super::{
    EvaluateArguments, IngestArguments, ReportArguments, RunArguments, Verdict, read_pipeline, say,
    scale, summary,
};

/// Does the work on as many threads as the user allows.
pub(super) fn with_threads<T: Send>(
    threads: Option<u16>,
    work: impl FnOnce() -> T + Send,
) -> anyhow::Result<T> {
    let threads = threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    Ok(pool.install(work))
}

/// The monthly run: take in, count, report.
pub(super) fn run(given: &IngestArguments) -> anyhow::Result<Verdict> {
    let arguments = &given.run;
    let (pipeline, folders) = read_pipeline(arguments)?;
    if let Some(out) = &folders.out {
        throughline::report::check_place(out)?;
        if arguments.internal {
            throughline::report::check_place(&pipeline::internal_folder(out))?;
        }
    }
    with_threads(arguments.threads, || {
        let bar = Bar::new();
        let on_stage = |stage: Stage<'_>| bar.stage(stage);
        let accept = Accept(given.accept.as_deref());
        let snapshot =
            pipeline::ingest_accepting(&pipeline, &folders, arguments.as_of, accept, &on_stage)?;
        let id = snapshot.manifest().snapshot.clone();
        let counted = pipeline::count(&pipeline, snapshot, arguments.period, &on_stage)
            .with_context(|| format!("the extracts were taken in as {id}, but not counted"))?;
        finish(arguments, &pipeline, &folders, &counted, &bar)
    })?
}

/// Takes the extracts in.
pub(super) fn ingest(given: &IngestArguments) -> anyhow::Result<Verdict> {
    let arguments = &given.run;
    let (pipeline, folders) = read_pipeline(arguments)?;
    with_threads(arguments.threads, || {
        let bar = Bar::new();
        let accept = Accept(given.accept.as_deref());
        let snapshot =
            pipeline::ingest_accepting(&pipeline, &folders, arguments.as_of, accept, &|stage| {
                bar.stage(stage);
            })?;
        bar.end();
        say(&format!("{:20} {:>12} {:>12} {:>9}", "table", "read", "accepted", "refused"))?;
        for source in &snapshot.manifest().sources {
            let refused: u64 = source.rows_refused.values().sum();
            say(&format!(
                "{:20} {:>12} {:>12} {:>9}",
                source.table, source.rows_read, source.rows_accepted, refused
            ))?;
        }
        say(&format!("snapshot {}", snapshot.manifest().snapshot))?;
        let unread = pipeline::unread_data(snapshot.manifest());
        if !unread.is_empty() {
            let files = unread.join(", ");
            say(&format!("note: not read, as no table has their names: {files}"))?;
        }
        if let Some(note) = pipeline::unstated_runout(snapshot.manifest()) {
            say(&format!("note: {note}"))?;
        }
        Ok(Verdict::Fine)
    })?
}

/// Counts from the store and writes the tables, or the tallies of a part.
pub(super) fn evaluate(given: &EvaluateArguments) -> anyhow::Result<Verdict> {
    if let (Some(bucket), Some(to)) = (given.bucket, &given.tallies) {
        return scale::bucket(&given.stored, bucket, to);
    }
    let given = &given.stored;
    let arguments = &given.run;
    let (pipeline, folders) = read_pipeline(arguments)?;
    with_threads(arguments.threads, || {
        let bar = Bar::new();
        let snapshot = pipeline::snapshot_by_id(&pipeline, &folders, given.snapshot.as_deref())?;
        let counted =
            pipeline::count(&pipeline, snapshot, arguments.period, &|stage| bar.stage(stage))?;
        let out = pipeline::report_folder(&pipeline, &folders, counted.month);
        if arguments.internal {
            let table = pipeline::publish(&pipeline, &counted, true);
            pipeline::write_tables(&pipeline::tables(&table)?, &pipeline::internal_folder(&out))?;
        }
        let released = pipeline::release(&pipeline, &counted, &out, &arguments.earlier())?;
        let (tables, packed) =
            rayon::join(|| pipeline::tables(&released.table), || released.packed());
        let tables = tables?;
        released.record(&packed?)?;
        pipeline::write_tables(&tables, &out).or_else(|error| undo(&released, error))?;
        bar.end();
        conclude(&released.table, &counted)?;
        say(&format!("tables: {}", out.join("tables").display()))?;
        Ok(Verdict::Fine)
    })?
}

/// Counts from the store, or takes tallies, and writes the report.
pub(super) fn report(given: &ReportArguments) -> anyhow::Result<Verdict> {
    let stored = &given.stored;
    let arguments = &stored.run;
    let (pipeline, folders) = read_pipeline(arguments)?;
    with_threads(arguments.threads, || {
        let bar = Bar::new();
        let on_stage = |stage: Stage<'_>| bar.stage(stage);
        let (snapshot, wanted) = of_plan(given, &pipeline, &folders)?;
        let counted = if given.tallies.is_empty() {
            pipeline::count(&pipeline, snapshot, wanted, &on_stage)?
        } else {
            on_stage(Stage::Begin("adding tallies"));
            pipeline::counted(&pipeline, snapshot, wanted, &given.tallies, given.members)?
        };
        finish(arguments, &pipeline, &folders, &counted, &bar)
    })?
}

/// The snapshot and month of the plan, if one is named.
fn of_plan(
    given: &ReportArguments,
    pipeline: &Pipeline,
    folders: &Folders,
) -> anyhow::Result<(Snapshot, Option<Period>)> {
    let Some(path) = &given.plan else {
        let snapshot =
            pipeline::snapshot_by_id(pipeline, folders, given.stored.snapshot.as_deref())?;
        return Ok((snapshot, given.stored.run.period));
    };
    let plan = scale::read_plan(path)?;
    let (manifest, month) = (plan.manifest(), plan.month()?);
    let snapshot = if manifest.buckets == 0 {
        Snapshot::elsewhere(manifest.clone())
    } else {
        pipeline::snapshot_by_id(pipeline, folders, Some(&manifest.snapshot))?
    };
    Ok((snapshot, Some(month)))
}

fn finish(
    arguments: &RunArguments,
    pipeline: &Pipeline,
    folders: &Folders,
    counted: &Counted,
    bar: &Bar,
) -> anyhow::Result<Verdict> {
    let on_stage = |stage: Stage<'_>| bar.stage(stage);
    let out = pipeline::report_folder(pipeline, folders, counted.month);
    let mut pages = Vec::new();
    if arguments.internal {
        on_stage(Stage::Begin("writing the internal report"));
        let table = pipeline::publish(pipeline, counted, true);
        let out = pipeline::internal_folder(&out);
        let content = pipeline::content(pipeline, counted, &table, None)?;
        let written = throughline::report::write(&content, &out)?;
        pages.push(("internal report, not to be passed on", written.page));
    }
    on_stage(Stage::Begin("hiding small numbers"));
    let mut released = pipeline::release(pipeline, counted, &out, &arguments.earlier())?;
    on_stage(Stage::Begin("writing the report"));
    let content = || pipeline::content(pipeline, counted, &released.table, released.since.as_ref());
    let (content, packed) = rayon::join(content, || released.packed());
    let draft = throughline::report::draft(&content?, &out)?;
    let written = released.put_in_place(&packed?, &draft)?;
    pages.insert(0, ("report", written.page));
    bar.end();
    conclude(&released.table, counted)?;
    for (what, page) in pages {
        say(&format!("{what}: {}", page.display()))?;
    }
    Ok(Verdict::Fine)
}

/// Nothing was released: the register is as it was.
fn undo<T>(released: &Released, error: anyhow::Error) -> anyhow::Result<T> {
    released.forget()?;
    Err(error)
}

fn conclude(
    table: &throughline::oversight::PublishedTable,
    counted: &Counted,
) -> anyhow::Result<()> {
    say(&format!("{} · data complete through {}", counted.month, counted.data_through))?;
    for line in summary::lines(table, counted.month) {
        say(line.trim_end())?;
    }
    for note in &counted.notes {
        say(&format!("note: {note}"))?;
    }
    Ok(())
}
