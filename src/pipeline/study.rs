//! A study, in the order the data flow: snapshot → timelines → people → comparisons → report.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::study_register::StudyRegister;
use super::{Limits, OnStage, Stage, catalogue, run, supply};
use crate::diagnostic::{Document, Problem, Problems};
use crate::indicator::read_instruments;
use crate::kernel::{CARE_24_HOUR, SERVICE_CLASS};
use crate::report::{self, Draft, StudyContent, Written, draft_study};
use crate::store::{self, Snapshot};
use crate::study::{
    Cohort, Contrast, Entry, PublishedStudy, Reading, Study, analysis_rows, contrasts, enter,
    lacks, publish, read_study,
};
use crate::terms::Day;
use crate::terms::instrument::Instruments;
use crate::timeline::{Interner, Reader, Settings, Timeline};

/// A study file, read and checked.
#[derive(Debug, Clone)]
pub struct StudyFile {
    /// The study.
    pub study: Study,
    /// The registry of instruments; empty if no outcome looks at scores.
    pub instruments: Arc<Instruments>,
    /// SHA-256 of the registry's file, if it was needed.
    pub instruments_sha256: Option<String>,
}

/// A study that has been computed.
#[derive(Debug)]
pub struct Studied {
    /// The study.
    pub study: Study,
    /// SHA-256 of its file.
    pub sha256: String,
    /// SHA-256 of the registry of instruments, if it was needed.
    pub instruments_sha256: Option<String>,
    /// The snapshot that was read.
    pub snapshot: String,
    /// Data are complete up to this day.
    pub data_through: Day,
    /// Everything unusual about the data, in sentences.
    pub notes: Vec<String>,
    /// Its people.
    pub cohort: Cohort,
    /// Its comparisons.
    pub contrasts: Vec<Contrast>,
}

/// Reads and checks a study file, with the registry of instruments if an outcome looks at scores: the
/// one that the file names, or `instruments.toml` beside it or in the folder above.
pub fn read_study_file(path: &Path) -> anyhow::Result<Result<StudyFile, Problems>> {
    let text = catalogue::read_text(path)?;
    let read = Document::parse(text).and_then(|document| read_study(&document));
    Ok(read.and_then(|study| with_registry(study, path.parent().unwrap_or(Path::new("")))))
}

fn with_registry(study: Study, folder: &Path) -> Result<StudyFile, Problems> {
    if !study.reads_scores() {
        let instruments = Arc::default();
        return Ok(StudyFile { study, instruments, instruments_sha256: None });
    }
    let usual = [folder.join("instruments.toml"), folder.join("../instruments.toml")];
    let file = match &study.registry {
        Some((named, _)) => Some(folder.join(named)),
        None => usual.into_iter().find(|file| file.is_file()),
    };
    let Some(text) = file.and_then(|file| catalogue::read_text(&file).ok()) else {
        let span = study.registry.as_ref().map_or(0..1, |(_, span)| span.clone());
        let message = "an outcome looks at scores, and the registry of instruments cannot be read";
        let mut problems = Problems::default();
        problems.push(Problem::new(&study.source, span, message, "in this file").help(
            "`instruments = \"../instruments.toml\"`, seen from this file, or a file of that name beside it or in the folder above",
        ));
        return Err(problems);
    };
    let instruments_sha256 = Some(catalogue::sha256(text.text.as_bytes()));
    let known = Document::parse(text).and_then(|document| read_instruments(&document))?;
    Ok(StudyFile { study, instruments: Arc::new(known), instruments_sha256 })
}

/// Does a study on a snapshot.
pub fn study(
    file: StudyFile,
    snapshot: &Snapshot,
    on_stage: OnStage<'_>,
) -> anyhow::Result<Studied> {
    let StudyFile { study, instruments, instruments_sha256 } = file;
    let manifest = snapshot.manifest();
    let supply = supply(manifest, Limits::default(), &instruments);
    let is_known = |one: &String| one != CARE_24_HOUR || !supply.poor.contains_key(one);
    let delivered = supply.delivered.iter().filter(|one| is_known(one)).cloned().collect();
    let lacking = lacks(&study, &delivered);
    if !lacking.is_empty() {
        return Err(lacking.into());
    }
    let data_through = run::data_through_all(manifest)?;
    let settings = Settings {
        transfer_gap: 1,
        data_through,
        assume_enrolment: manifest.source("enrolment").is_none(),
        derive_stays: supply.derives_stays(),
        instruments,
    };
    let mut notes = run::notes(&settings, manifest);
    notes.extend(
        supply
            .poor
            .get(SERVICE_CLASS)
            .map(|why| format!("Who received what is known badly: {why}.")),
    );
    on_stage(Stage::Begin("reading timelines"));
    let reading = Reading::new(&study, settings);
    let entries = entries(&reading, snapshot)?;
    on_stage(Stage::Begin("comparing"));
    let cohort = Cohort::new(&study, entries, data_through)?;
    let contrasts = contrasts(&study, &cohort);
    let sha256 = catalogue::sha256(study.source.text.as_bytes());
    let snapshot = manifest.snapshot.clone();
    Ok(Studied {
        study,
        sha256,
        instruments_sha256,
        snapshot,
        data_through,
        notes,
        cohort,
        contrasts,
    })
}

/// Every member of every bucket. The cohort orders them, so that neither buckets nor threads matter.
fn entries(reading: &Reading<'_>, snapshot: &Snapshot) -> anyhow::Result<Vec<Entry>> {
    let columns = crate::timeline::columns(&reading.needs);
    let of_bucket = |bucket: u32| -> anyhow::Result<Vec<Entry>> {
        let mut found = Vec::new();
        let mut each = |timeline: &Timeline, interner: &mut Interner| {
            let entry = enter(reading, timeline, interner);
            if !entry.units.is_empty() {
                found.push(entry);
            }
        };
        let mut reader = Reader::new(&reading.needs, &reading.settings);
        for batch in snapshot.batches(bucket, &columns)? {
            reader.read(&batch?, &mut each)?;
        }
        reader.finish(&mut each);
        Ok(found)
    };
    let buckets: Vec<anyhow::Result<Vec<Entry>>> =
        (0..snapshot.buckets()).into_par_iter().map(of_bucket).collect();
    let mut all = Vec::new();
    for bucket in buckets {
        all.extend(bucket?);
    }
    Ok(all)
}

/// Writes the report of a study in which small numbers are hidden, unless it could be subtracted from
/// what studies released before into folders beside this one; `restate` withdraws those, and says why.
pub fn release_study(
    studied: &Studied,
    folder: &Path,
    restate: Option<&str>,
) -> anyhow::Result<Written> {
    let published = publish(&studied.study, &studied.cohort, &studied.contrasts, false);
    let register = StudyRegister::with(studied, &published, folder, restate)?;
    report::remove_abandoned(&run::internal_folder(folder));
    let draft = draft_report(studied, &published, folder)?;
    let held = report::uninterrupted();
    register.record()?;
    draft.put_in_place(&held).or_else(|error| {
        register.forget()?;
        Err(error.into())
    })
}

/// Writes the report of a study in which nothing is hidden, with the analysis data set.
pub fn write_internal_study(studied: &Studied, folder: &Path) -> anyhow::Result<Written> {
    let published = publish(&studied.study, &studied.cohort, &studied.contrasts, true);
    Ok(draft_report(studied, &published, folder)?.put_in_place(&report::uninterrupted())?)
}

fn draft_report(
    studied: &Studied,
    published: &PublishedStudy,
    folder: &Path,
) -> anyhow::Result<Draft> {
    let internal = published.screen.internal;
    let mut further_files = Vec::new();
    if internal {
        let rows = analysis_rows(&studied.study, &studied.cohort)?;
        further_files.push(("analysis.parquet".to_owned(), store::table_bytes(&rows)?));
    }
    let content = StudyContent {
        study: published,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        data_through: studied.data_through,
        snapshot: studied.snapshot.clone(),
        definition: (studied.study.id.clone(), studied.sha256.clone()),
        instruments_sha256: studied.instruments_sha256.clone(),
        notes: studied.notes.clone(),
        further_files,
    };
    draft_study(&content, folder)
        .with_context(|| format!("{}: cannot write the report", folder.display()))
}
