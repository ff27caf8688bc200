//! The stages of a run: ingest, evaluate, report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use super::activities::activities;
use super::plan_file::with_joint;
use super::{OnStage, Pipeline, Stage, completion, period, supply};
use crate::extract::{self, Intake, Phase, Progress};
use crate::indicator::Indicator;
use crate::kernel::{self, Covariate, Plan, StratumKind, Supply, Tallies};
use crate::oversight::Completion;
use crate::store::{self, Commit, Manifest, Snapshot, SourceEntry, Store};
use crate::terms::{Day, Grain, Period, Table};
use crate::timeline::Summary;

/// Where a run reads and writes, where the command line says otherwise than the pipeline file.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    /// The folder of extracts.
    pub extracts: Option<PathBuf>,
    /// The folder of the store.
    pub store: Option<PathBuf>,
    /// The folder of the report.
    pub out: Option<PathBuf>,
}

/// What was counted.
#[derive(Debug)]
pub struct Counted {
    /// The snapshot that was read.
    pub snapshot: Snapshot,
    /// Exact tallies.
    pub tallies: Tallies,
    /// Rows and members seen.
    pub summary: Summary,
    /// The reported month.
    pub month: Period,
    /// Data are complete up to this day.
    pub data_through: Day,
    /// The first day that all sources cover, where all say so.
    pub coverage_start: Option<Day>,
    /// How complete recent months are.
    pub completion: Completion,
    /// Everything unusual about this run, in sentences.
    pub notes: Vec<String>,
}

/// Takes the extracts in. The store changes only if all went well and no source has lost anything.
pub fn ingest(
    pipeline: &Pipeline,
    folders: &Folders,
    as_of: Option<Day>,
    on_stage: OnStage<'_>,
) -> anyhow::Result<Snapshot> {
    ingest_accepting(pipeline, folders, as_of, Accept(None), on_stage)
}

/// Takes the extracts in, and accepts losses if there is a reason.
pub fn ingest_accepting(
    pipeline: &Pipeline,
    folders: &Folders,
    as_of: Option<Day>,
    accept: Accept<'_>,
    on_stage: OnStage<'_>,
) -> anyhow::Result<Snapshot> {
    let folder = folders.extracts.clone().unwrap_or_else(|| pipeline.extracts.clone());
    let intake = Intake {
        folder,
        sources: pipeline
            .sources
            .iter()
            .cloned()
            .map(|mut source| {
                source.extract_date = source.extract_date.or(pipeline.as_of);
                source
            })
            .collect(),
        service_maps: pipeline.crosswalks.clone(),
        as_of,
        buckets: pipeline.buckets,
        privacy: pipeline.privacy.clone(),
    };
    on_stage(Stage::Begin("taking in the extracts"));
    let on_progress = |progress: Progress<'_>| {
        let what = match progress.phase {
            Phase::Reading => progress.file,
            Phase::Sorting => "sorting",
            Phase::Writing => "writing",
        };
        on_stage(Stage::Step { what, done: progress.done, total: progress.total });
    };
    let mut delivery = extract::read(&intake, &on_progress)?;
    let store = store_folder(pipeline, folders);
    refuse_losses(&store, &delivery, accept)?;
    let opened = Store::open(&store)?.accepting(accept.0);
    let commit = opened.commit(&mut delivery, &on_progress)?;
    let snapshot =
        Snapshot::open(&store)?.context("the snapshot that was just written is not there")?;
    on_stage(Stage::End(taken_in(&commit, snapshot.manifest())));
    Ok(snapshot)
}

/// Why losses against the snapshot in force are accepted, if they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Accept<'a>(pub Option<&'a str>);

/// Stops before anything is written if a source has lost what the snapshot in force has.
fn refuse_losses(
    store: &Path,
    delivery: &extract::Delivery,
    accept: Accept<'_>,
) -> anyhow::Result<()> {
    // A damaged store is no reason to refuse good extracts: the commit mends it.
    let Ok(Some(before)) = Snapshot::open(store) else { return Ok(()) };
    let missing = store::missing_submissions(before.manifest(), delivery);
    if !missing.is_empty() {
        bail!(
            "snapshot {} was made from extracts that are not in the folder, and changes alone are \
             not all there is; nothing was stored\n  {}\n  help: deliver them again beside the changes, \
             or a later full extract of their sender",
            before.manifest().snapshot,
            missing.join("\n  ")
        );
    }
    let losses = store::losses(before.manifest(), delivery);
    if losses.0.is_empty() || accept.0.is_some() {
        return Ok(());
    }
    bail!(
        "the extracts have lost what snapshot {} has; nothing was stored\n{losses}\n  help: deliver the \
         extracts again; or, if this is right, go on with --accept \"the reason\", which is recorded",
        before.manifest().snapshot
    )
}

fn taken_in(commit: &Commit, manifest: &Manifest) -> String {
    let sum = |rows: fn(&SourceEntry) -> u64| manifest.sources.iter().map(rows).sum::<u64>();
    let refused = sum(|source| source.rows_refused.values().sum());
    let text = format!(
        "{} rows taken in, {refused} refused, from {} sources; snapshot {}",
        sum(|source| source.rows_accepted),
        manifest.sources.len(),
        commit.snapshot()
    );
    match commit {
        Commit::Changed { .. } => text,
        Commit::Unchanged { .. } => format!("{text}, unchanged"),
    }
}

fn store_folder(pipeline: &Pipeline, folders: &Folders) -> PathBuf {
    folders.store.clone().unwrap_or_else(|| pipeline.store.clone())
}

/// The snapshot of an id, or the one in force.
pub fn snapshot_by_id(
    pipeline: &Pipeline,
    folders: &Folders,
    id: Option<&str>,
) -> anyhow::Result<Snapshot> {
    let Some(id) = id else { return snapshot(pipeline, folders) };
    let store = store_folder(pipeline, folders);
    Snapshot::find(&store, id)?.with_context(|| {
        format!(
            "{}: there is no snapshot {id}; `throughline store log` lists them",
            store.display()
        )
    })
}

/// The snapshot in force.
pub fn snapshot(pipeline: &Pipeline, folders: &Folders) -> anyhow::Result<Snapshot> {
    let store = store_folder(pipeline, folders);
    let found = Snapshot::open(&store)?;
    found.with_context(|| {
        format!(
            "{}: this store is empty; take extracts in first: `throughline ingest PIPELINE`",
            store.display()
        )
    })
}

/// What a snapshot can say: how its timelines are read, and up to when they are complete.
#[derive(Debug)]
pub struct Prepared {
    /// How timelines are read.
    pub settings: crate::timeline::Settings,
    /// What the columns of the store can say.
    pub supply: Supply,
    /// Data are complete up to this day.
    pub data_through: Day,
}

/// Looks at what a snapshot can say.
///
/// # Errors
/// If no source says when it was cut.
pub fn prepare(pipeline: &Pipeline, manifest: &Manifest) -> anyhow::Result<Prepared> {
    let supply = supply(manifest, pipeline.limits, &pipeline.instruments);
    let data_through = data_through(manifest)?;
    let settings = crate::timeline::Settings {
        transfer_gap: pipeline.transfer_gap,
        data_through,
        assume_enrolment: manifest.source("enrolment").is_none(),
        derive_stays: supply.derives_stays(),
        instruments: Arc::clone(&pipeline.instruments),
    };
    Ok(Prepared { settings, supply, data_through })
}

/// Counts every indicator of the pipeline over a snapshot.
pub fn count(
    pipeline: &Pipeline,
    snapshot: Snapshot,
    wanted: Option<Period>,
    on_stage: OnStage<'_>,
) -> anyhow::Result<Counted> {
    let question = asked(pipeline, snapshot.manifest(), wanted)?;
    count_for(pipeline, snapshot, question, on_stage)
}

/// What a run of the pipeline asks of a snapshot.
pub(super) fn asked(
    pipeline: &Pipeline,
    manifest: &Manifest,
    wanted: Option<Period>,
) -> anyhow::Result<Question> {
    let data_through = data_through(manifest)?;
    let month = match wanted {
        Some(month) => checked_period(month, manifest, data_through)?,
        None => period::last_complete_month(data_through),
    };
    let periods = period::reported(month, pipeline.months, pipeline.year_starts, &pipeline.grains);
    let indicators =
        pipeline.definitions.iter().flat_map(|one| one.indicators.iter().cloned()).collect();
    let strata = pipeline.strata.clone();
    let joint = pipeline.contract.as_ref().map(|one| (one.standardised_by.clone(), one.grain));
    Ok(Question { month, indicators, periods, strata, joint })
}

/// What is to be counted.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The month it is about.
    pub(super) month: Period,
    /// The indicators.
    pub(super) indicators: Vec<Indicator>,
    /// The periods: months, then quarters, then years, each in order.
    pub(super) periods: Vec<Period>,
    /// The attributes of the breakdown.
    pub(super) strata: Vec<StratumKind>,
    /// The covariates whose joint strata are summed, in the periods of a grain.
    pub(super) joint: Option<(Vec<Covariate>, Grain)>,
}

/// Counts what is asked, by the rules of the pipeline.
pub(super) fn count_for(
    pipeline: &Pipeline,
    snapshot: Snapshot,
    question: Question,
    on_stage: OnStage<'_>,
) -> anyhow::Result<Counted> {
    let manifest = snapshot.manifest();
    let Prepared { settings, supply, data_through } = prepare(pipeline, manifest)?;
    let notes = notes(&settings, manifest);
    let Question { month, indicators, periods, strata, joint } = question;
    period::refuse_too_many(&periods)?;
    let plan = Plan::new(indicators, periods, strata, settings, &supply).by_grains_of_files();
    let plan = with_joint(plan, joint.as_ref()).with_activities(activities(&snapshot)?);
    on_stage(Stage::Begin("counting"));
    let columns = plan.columns();
    let buckets: Vec<u32> = (0..snapshot.buckets()).collect();
    let done = std::sync::atomic::AtomicU64::new(0);
    let seen = |_| {
        let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        on_stage(Stage::Step { what: "buckets", done, total: u64::from(snapshot.buckets()) });
    };
    let (tallies, summary) =
        kernel::count(&plan, &buckets, |bucket| snapshot.batches(*bucket, &columns), seen)?;
    on_stage(Stage::End(format!(
        "{} members, {} rows, {} measures",
        summary.members,
        summary.rows,
        tallies.measures.len()
    )));
    let coverage_start = coverage_start(manifest);
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

/// The smallest, over the sources that nearly all is made of, of extract date less run-out; and the last day
/// that contacts cover, if the sender names one and delivers none beyond it.
pub(super) fn data_through(manifest: &Manifest) -> anyhow::Result<Day> {
    let tables = Table::ALL.into_iter().filter(|table| !table.is_read_by_few());
    let days = tables.filter_map(|table| complete_up_to(manifest, table.name()));
    plausible(days.min().or_else(|| complete_with_all(manifest)))
}

/// As [`data_through`], of all sources that numbers are made of.
pub(super) fn data_through_all(manifest: &Manifest) -> anyhow::Result<Day> {
    plausible(complete_with_all(manifest))
}

fn complete_with_all(manifest: &Manifest) -> Option<Day> {
    let tables = Table::ALL.into_iter();
    tables.filter_map(|table| complete_up_to(manifest, table.name())).min()
}

/// The day up to which a table is complete, if it says when it was cut.
pub(super) fn complete_up_to(manifest: &Manifest, table: &str) -> Option<Day> {
    let sources = manifest.sources.iter().filter(|source| source.table == table);
    let days = sources.filter_map(|source| {
        let cut = source.extract_date.as_deref().and_then(Day::parse)?;
        let complete = cut - i32::try_from(source.runout()).unwrap_or(0);
        Some(last_covered(source).map_or(complete, |end| end.min(complete)))
    });
    days.min()
}

fn plausible(day: Option<Day>) -> anyhow::Result<Day> {
    let day = day.context("no source says when it was cut: put extract_date into manifest.csv or the pipeline file, or pass --as-of")?;
    if !day.is_plausible() {
        bail!(
            "data cannot be complete up to {day}; correct extract_date and runout_days, and take the extracts in again"
        );
    }
    Ok(day)
}

/// The last day that contacts cover. Where another table ends earlier, only what reads it is withheld.
fn last_covered(source: &SourceEntry) -> Option<Day> {
    let day = |day: &Option<String>| day.as_deref().and_then(Day::parse);
    let end = day(&source.coverage_end).filter(|_| source.table == "contacts");
    end.filter(|end| day(&source.last_day).is_none_or(|last| last <= *end))
}

pub(super) fn coverage_start(manifest: &Manifest) -> Option<Day> {
    let read = manifest
        .sources
        .iter()
        .filter(|source| ["contacts", "stays"].contains(&source.table.as_str()));
    read.filter_map(|source| source.coverage_start.as_deref().and_then(Day::parse)).max()
}

/// A period that the data can say anything about.
pub(super) fn checked_period(
    month: Period,
    manifest: &Manifest,
    data_through: Day,
) -> anyhow::Result<Period> {
    let first = manifest
        .source("contacts")
        .and_then(|source| source.first_day.as_deref())
        .and_then(Day::parse);
    let last = manifest
        .sources
        .iter()
        .filter_map(|source| source.extract_date.as_deref().and_then(Day::parse))
        .max();
    let outside =
        first.is_some_and(|first| month.end < first) || last.is_some_and(|last| month.start > last);
    if outside {
        let first = first.map_or("?".to_owned(), |first| first.to_string()[..7].to_owned());
        let complete = period::last_complete_month(data_through);
        bail!(
            "there are no data for {month}: the extracts run from {first} and are complete up to {complete}; choose one with --period"
        );
    }
    Ok(month)
}

pub(super) fn notes(settings: &crate::timeline::Settings, manifest: &Manifest) -> Vec<String> {
    let mut notes = Vec::new();
    if settings.assume_enrolment {
        notes.push("Enrolment is not known: members are taken as enrolled from their first row to the data-through date, and disenrolled members count as not followed up.".to_owned());
    }
    let contacts = manifest.source("contacts");
    if settings.derive_stays && contacts.is_some_and(|one| one.institution_days == Some(0)) {
        notes.push("No stays were delivered, nor contacts of 24-hour care from which they could be derived: who was in an institution is not known.".to_owned());
    } else if settings.derive_stays {
        notes.push("No stays were delivered: stays are derived from contacts of 24-hour care, of which every day is a night, the last one too. What ends on the day of discharge belongs into `stays`.".to_owned());
    }
    notes.extend(refused_rows(manifest));
    notes.extend(unstated_runout(manifest));
    if manifest.sources.iter().any(|source| source.date_shifted) {
        notes.push(
            "Dates were shifted by the sender: months are not those of the calendar, so that charts over time and their signals are left out."
                .to_owned(),
        );
    }
    notes.extend(manifest.privacy.iter().map(|done| format!("Privacy: {done}.")));
    for file in unread_data(manifest) {
        notes.push(format!("The file {file} was not read: no table has this name."));
    }
    notes
}

/// How many rows of which tables were refused, in a sentence.
fn refused_rows(manifest: &Manifest) -> Option<String> {
    let of = |source: &SourceEntry| {
        let refused: u64 = source.rows_refused.values().sum();
        (refused > 0).then(|| format!("{refused} of {} in {}", source.rows_read, source.table))
    };
    let parts: Vec<String> = manifest.sources.iter().filter_map(of).collect();
    (!parts.is_empty()).then(|| {
        format!("Rows were refused and are in no number: {}. `refused.csv` of the report says where and why.", parts.join(", "))
    })
}

/// What is taken as the run-out of tables for which nobody states one, in a sentence.
pub fn unstated_runout(manifest: &Manifest) -> Option<String> {
    let mut taken: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for source in manifest.sources.iter().filter(|one| one.runout_days.is_none()) {
        taken.entry(source.runout()).or_default().push(&source.table);
    }
    let part = |(days, tables): (&u32, &Vec<&str>)| {
        let (tables, usual) = (tables.join(", "), Table::usual_words(*days));
        format!("{days} days for {tables}, as for {usual}")
    };
    let parts: Vec<String> = taken.iter().map(part).collect();
    (!parts.is_empty()).then(|| {
        format!("Nobody states how late rows come, which decides about the day up to which data are complete; taken are {}. State runout_days in manifest.csv or the pipeline file.", parts.join("; "))
    })
}

/// Files of the extracts that look like data and that no table was read from.
pub fn unread_data(manifest: &Manifest) -> Vec<&str> {
    let is_data =
        |file: &&str| [".csv", ".gz", ".parquet"].iter().any(|ending| file.ends_with(ending));
    manifest.unread_files.iter().map(String::as_str).filter(is_data).collect()
}

/// The folder of a report: what the command line says, else one per month below the pipeline's.
pub fn report_folder(pipeline: &Pipeline, folders: &Folders, month: Period) -> PathBuf {
    folders.out.clone().unwrap_or_else(|| pipeline.reports.join(month.to_string()))
}

/// The folder of the unsuppressed twin of a report.
pub fn internal_folder(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push("-internal");
    folder.with_file_name(name)
}
