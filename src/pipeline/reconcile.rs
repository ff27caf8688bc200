//! Reported rates against the same rates counted from the store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::run::{Question, count_for, prepare};
use super::{Counted, OnStage, Pipeline, Stage, catalogue, publish, read_definition};
use crate::diagnostic::{Document, suggest};
use crate::indicator::{self, Definition, Indicator, Shape};
use crate::kernel::{self, Group, Plan};
use crate::oversight::{
    Asked, MemberDifference, MemberLists, PublishedTable, Reconciled, ReportedRate, differing,
    read_members, read_reported, reconciled_csv,
};
use crate::report::{self, ReconciliationContent};
use crate::store::Snapshot;
use crate::terms::Period;

/// Reported rates beside the counted ones.
#[derive(Debug)]
pub struct Comparison {
    /// The rates, in the order of the file.
    pub rows: Vec<Reconciled>,
    /// Members that differ, if lists of members were given.
    pub members: Option<Vec<MemberDifference>>,
    /// What was counted, with nothing hidden.
    pub table: PublishedTable,
    /// What it was counted from.
    pub counted: Counted,
    /// The reported file's name.
    pub file: String,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// Reads reported rates, counts the same ones from the snapshot, and compares.
///
/// # Errors
/// If the file cannot be read or anything in it is wrong ([`crate::oversight::Faults`]), or the store cannot be read.
pub fn reconcile(
    pipeline: &Pipeline,
    snapshot: Snapshot,
    (file, members): (&Path, Option<&Path>),
    on_stage: OnStage<'_>,
) -> anyhow::Result<Comparison> {
    let bytes = bytes_of(file)?;
    let mut wanted = Wanted { pipeline, found: BTreeMap::new(), failed: None };
    let read =
        read_reported(&file.display().to_string(), &bytes, |id, preset| wanted.ask(id, preset));
    if let Some(error) = wanted.failed.take() {
        return Err(error);
    }
    let reported = read?;
    let lists = members.map(|path| lists(path, &reported, &wanted.found)).transpose()?;
    let question = question(&reported, wanted.found.clone());
    let counted = count_for(pipeline, snapshot, question, on_stage)?;
    on_stage(Stage::Begin("comparing"));
    let table = publish(pipeline, &counted, true);
    let bhos: BTreeSet<Group> =
        counted.tallies.cells.keys().map(|cell| cell.group.clone()).collect();
    let bhos: Vec<Group> = bhos.into_iter().collect();
    let rows = crate::oversight::reconcile(&reported, &table, &bhos);
    let members = lists
        .map(|lists| differences(pipeline, &counted, &reported, (&lists, wanted.found)))
        .transpose()?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let sha256 = catalogue::sha256(&bytes);
    Ok(Comparison { rows, members, table, counted, file: name, sha256 })
}

fn bytes_of(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{}: cannot read this file", file.display()))
}

type Known = BTreeMap<(String, String), Indicator>;

fn lists(path: &Path, reported: &[ReportedRate], known: &Known) -> anyhow::Result<MemberLists> {
    let is_share = |rate: &ReportedRate| {
        let indicator = known.get(&(rate.indicator.clone(), rate.preset.clone()));
        let asked = indicator.map(known_as);
        asked == Some(Asked::Known { is_share: true })
    };
    let name = path.display().to_string();
    Ok(read_members(&name, &bytes_of(path)?, reported, is_share)?)
}

/// The members that differ: the units of every rate that has a list are counted once more, one by one.
fn differences(
    pipeline: &Pipeline,
    counted: &Counted,
    reported: &[ReportedRate],
    (lists, known): (&MemberLists, Known),
) -> anyhow::Result<Vec<MemberDifference>> {
    let prepared = prepare(pipeline, counted.snapshot.manifest())?;
    let Question { indicators, periods, strata, .. } = question(reported, known);
    let plan = Plan::new(indicators, periods, strata, prepared.settings, &prepared.supply);
    let listed = reported.iter().enumerate().filter(|(place, _)| lists.has(*place));
    let listed: BTreeSet<(&Group, Period)> =
        listed.map(|(_, rate)| (&rate.group, rate.period)).collect();
    let columns = plan.columns();
    let buckets: Vec<u32> = (0..counted.snapshot.buckets()).collect();
    let open = |bucket: &u32| counted.snapshot.batches(*bucket, &columns);
    let units =
        kernel::units(&plan, &buckets, open, |unit| listed.contains(&(&unit.group, unit.period)))?;
    Ok(differing(reported, lists, &units, &plan.measures()))
}

/// The indicators that a file of reported rates names.
struct Wanted<'p> {
    pipeline: &'p Pipeline,
    found: BTreeMap<(String, String), Indicator>,
    failed: Option<anyhow::Error>,
}

impl Wanted<'_> {
    fn ask(&mut self, id: &str, preset: &str) -> Asked {
        let key = (id.to_owned(), preset.to_owned());
        if let Some(known) = self.found.get(&key) {
            return known_as(known);
        }
        let base = id.split('@').next().unwrap_or(id);
        let catalogue = &self.pipeline.catalogue;
        let Some(path) = catalogue.file(base) else {
            let list = "`throughline indicators` lists them".to_owned();
            return Asked::NoIndicator(suggest(base, catalogue.ids()).unwrap_or(list));
        };
        let presets = match presets(path) {
            Ok(presets) => presets,
            Err(error) => return self.fail(error),
        };
        if !presets.iter().any(|known| known == preset) {
            return Asked::NoPreset(format!("it has {}", presets.join(", ")));
        }
        let definition: anyhow::Result<Definition> =
            read_definition(path, preset).and_then(|read| Ok(read?));
        match definition {
            Err(error) => self.fail(error),
            Ok(definition) => {
                let ids: Vec<String> =
                    definition.indicators.iter().map(|one| one.measure.id.clone()).collect();
                match definition.indicators.into_iter().find(|one| one.measure.id == id) {
                    None => Asked::NoIndicator(format!("it comes as {}", ids.join(", "))),
                    Some(indicator) => {
                        let asked = known_as(&indicator);
                        self.found.insert(key, indicator);
                        asked
                    }
                }
            }
        }
    }

    /// A file of our own is wrong, which is told instead of anything about the user's.
    fn fail(&mut self, error: anyhow::Error) -> Asked {
        self.failed.get_or_insert(error);
        Asked::NoIndicator(String::new())
    }
}

fn known_as(indicator: &Indicator) -> Asked {
    let is_share = matches!(indicator.measure.shape, Shape::Share | Shape::MemberShare);
    Asked::Known { is_share }
}

fn presets(path: &Path) -> anyhow::Result<Vec<String>> {
    Ok(indicator::presets(&Document::parse(catalogue::read_text(path)?)?))
}

fn question(reported: &[ReportedRate], found: Known) -> Question {
    // Ordered by grain first, as a plan wants them.
    let periods: BTreeSet<_> = reported.iter().map(|rate| rate.period).collect();
    let last = reported.iter().map(|rate| rate.period.end).max();
    let month = Period::starting(
        crate::terms::Grain::Month,
        last.expect("a file without a rate is refused"),
    );
    Question {
        month,
        indicators: found.into_values().collect(),
        periods: periods.into_iter().collect(),
        strata: Vec::new(),
        joint: None,
    }
}

/// The folder of a reconciliation: beside the reports, never in one.
pub fn reconcile_folder(pipeline: &Pipeline, file: &Path) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    pipeline.reports.join(format!("reconcile-{stem}-internal"))
}

impl Comparison {
    /// Writes page and table into a folder.
    ///
    /// # Errors
    /// If the folder holds anything else, or the system refuses.
    pub fn write(&self, pipeline: &Pipeline, folder: &Path) -> anyhow::Result<PathBuf> {
        let content = ReconciliationContent {
            title: format!("{}: reported rates against counted ones", pipeline.title),
            file: self.file.clone(),
            sha256: self.sha256.clone(),
            snapshot: self.counted.snapshot.manifest().snapshot.clone(),
            data_through: self.counted.data_through,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            notes: self.counted.notes.clone(),
            table: &self.table,
            rows: &self.rows,
            csv: reconciled_csv(&self.rows, &self.table),
            members: self.members.as_deref(),
        };
        Ok(report::write_reconciliation(&content, folder)?.page)
    }
}
