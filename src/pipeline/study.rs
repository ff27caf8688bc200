//! A study, in the order the data flow: snapshot → timelines → people → comparisons → report.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::{Limits, OnStage, Stage, catalogue, run, supply};
use crate::diagnostic::{Document, Problems};
use crate::report::{StudyContent, Written, write_study};
use crate::store::{self, Snapshot};
use crate::study::{
    Cohort, Contrast, Entry, Reading, Study, analysis_rows, contrasts, enter, publish, read_study,
};
use crate::terms::Day;
use crate::timeline::{Interner, Reader, Settings, Timeline};

/// A study that has been computed.
#[derive(Debug)]
pub struct Studied {
    /// The study.
    pub study: Study,
    /// SHA-256 of its file.
    pub sha256: String,
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

/// Reads and checks a study file.
pub fn read_study_file(path: &Path) -> anyhow::Result<Result<Study, Problems>> {
    let text = catalogue::read_text(path)?;
    Ok(Document::parse(text).and_then(|document| read_study(&document)))
}

/// Does a study on a snapshot.
pub fn study(study: Study, snapshot: &Snapshot, on_stage: OnStage<'_>) -> anyhow::Result<Studied> {
    let manifest = snapshot.manifest();
    let delivered = supply(manifest, Limits::default()).delivered;
    let data_through = run::data_through(manifest)?;
    let settings = Settings {
        transfer_gap: 1,
        data_through,
        assume_enrolment: !delivered.contains("enrolment"),
        derive_stays: !delivered.contains("stays"),
        instruments: Arc::default(),
    };
    let notes = run::notes(&settings, manifest);
    on_stage(Stage::Begin("reading timelines"));
    let reading = Reading::new(&study, settings);
    let entries = entries(&reading, snapshot)?;
    on_stage(Stage::Begin("comparing"));
    let cohort = Cohort::new(&study, entries, data_through)?;
    let contrasts = contrasts(&study, &cohort);
    let sha256 = catalogue::sha256(study.source.text.as_bytes());
    let snapshot = manifest.snapshot.clone();
    Ok(Studied { study, sha256, snapshot, data_through, notes, cohort, contrasts })
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

/// Writes the report of a study; `internal` hides nothing.
pub fn write_study_report(
    studied: &Studied,
    folder: &Path,
    internal: bool,
) -> anyhow::Result<Written> {
    let published = publish(&studied.study, &studied.cohort, &studied.contrasts, internal);
    let mut further_files = Vec::new();
    if internal {
        let rows = analysis_rows(&studied.study, &studied.cohort)?;
        further_files.push(("analysis.parquet".to_owned(), store::table_bytes(&rows)?));
    }
    let content = StudyContent {
        study: &published,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        data_through: studied.data_through,
        snapshot: studied.snapshot.clone(),
        definition: (studied.study.id.clone(), studied.sha256.clone()),
        notes: studied.notes.clone(),
        further_files,
    };
    write_study(&content, folder)
        .with_context(|| format!("{}: cannot write the report", folder.display()))
}
