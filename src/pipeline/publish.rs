//! From tallies to the report: everything it says is put together here.

use std::path::Path;

use anyhow::Context;

use super::{Counted, Pipeline, catalogue, completion, quality, supply};
use crate::kernel::Covariate;
use crate::oversight::{self, PublishedTable};
use crate::report::{self, Content, Refused, SinceLast, Snapshot, Source};
use crate::store::{self, SourceEntry};
use crate::terms::Day;

/// What may be shown of a run's tallies; `internal` hides nothing and marks the table.
pub fn publish(pipeline: &Pipeline, counted: &Counted, internal: bool) -> PublishedTable {
    let how = if internal { oversight::release_internal } else { oversight::suppress };
    publish_with(pipeline, counted, how)
}

/// The table as one of the ways to hide shows it.
pub(super) fn publish_with(
    pipeline: &Pipeline,
    counted: &Counted,
    how: impl FnOnce(&oversight::Table, &oversight::Settings) -> PublishedTable,
) -> PublishedTable {
    let manifest = counted.snapshot.manifest();
    let mut settings = settings(pipeline, manifest, counted.data_through, counted.coverage_start);
    settings.completion = counted.completion.clone();
    let table = oversight::tabulate(&counted.tallies, &settings);
    how(&table, &settings)
}

/// How tallies become rows in this pipeline.
pub(super) fn settings(
    pipeline: &Pipeline,
    manifest: &store::Manifest,
    data_through: Day,
    coverage_start: Option<Day>,
) -> oversight::Settings {
    let mut settings = oversight::Settings::new(data_through);
    settings.coverage_start = coverage_start;
    settings.spans = completion::spans(manifest);
    let contacts = manifest.source("contacts");
    let first = contacts.and_then(|source| source.first_day.as_deref());
    settings.first_contact = first.and_then(Day::parse);
    settings.threshold = pipeline.threshold;
    settings.baseline_points = pipeline.baseline_points;
    settings.rules = pipeline.rules;
    settings.dates_shifted = manifest.sources.iter().any(|source| source.date_shifted);
    let supply = supply(manifest, pipeline.limits, &pipeline.instruments);
    let adjusted = |one: &Covariate| oversight::Adjusted {
        name: one.name().to_owned(),
        missing: one.missing(&supply),
    };
    settings.standardised_by = covariates(pipeline).map(adjusted).collect();
    settings.targets = pipeline.contract.iter().flat_map(|one| one.targets.clone()).collect();
    settings
}

/// The content of the report.
pub fn content<'t>(
    pipeline: &Pipeline,
    counted: &Counted,
    table: &'t PublishedTable,
    since: Option<&'t SinceLast>,
) -> anyhow::Result<Content<'t>> {
    let manifest = counted.snapshot.manifest();
    let (results_csv, results_parquet) = rayon::join(
        || oversight::results_csv(table),
        || store::table_bytes(&oversight::results_batch(table)),
    );
    Ok(Content {
        title: pipeline.title.clone(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        period: counted.month,
        snapshot: Snapshot {
            id: manifest.snapshot.clone(),
            sources: manifest.sources.iter().map(source).collect(),
        },
        table,
        scorecard: pipeline
            .contract
            .as_ref()
            .and_then(|contract| oversight::scorecard(table, contract, counted.month)),
        changes: oversight::changes(table, counted.month)
            .into_iter()
            .map(|change| change.text)
            .collect(),
        since,
        quality: quality::quality(manifest, &counted.notes),
        checks: oversight::checks(table, &quality::facts(manifest, counted), counted.month),
        unverified: unverified(table),
        parameters: parameters(pipeline, counted),
        definitions: definitions(pipeline),
        results_csv,
        results_parquet: results_parquet?,
        refused_csv: counted.snapshot.refused_csv()?,
        quality_csv: quality::csv(manifest, rounding(table)),
        further_files: vec![(report::REFERENCE.to_owned(), reference(pipeline, counted))],
    })
}

/// What the contract makes organisations comparable by.
fn covariates(pipeline: &Pipeline) -> impl Iterator<Item = &Covariate> {
    pipeline.contract.iter().flat_map(|one| &one.standardised_by)
}

/// The page of the rules that were used, with the presets that were chosen.
fn reference(pipeline: &Pipeline, counted: &Counted) -> Vec<u8> {
    let files: Vec<Vec<crate::indicator::Definition>> = pipeline
        .definitions
        .chunk_by(|a, b| a.id == b.id)
        .map(<[crate::indicator::Definition]>::to_vec)
        .collect();
    let manifest = counted.snapshot.manifest();
    let supply = supply(manifest, pipeline.limits, &pipeline.instruments);
    let title = format!("{}: rules in pictures", pipeline.title);
    report::reference(&title, &files, Some(&supply)).into_bytes()
}

fn rounding(table: &PublishedTable) -> quality::Rounding {
    let threshold = u64::try_from(table.settings().threshold).unwrap_or(1);
    quality::Rounding(if table.internal() { 1 } else { threshold })
}

fn source(entry: &SourceEntry) -> Source {
    Source {
        file: entry.file.clone(),
        table: entry.table.clone(),
        extracted_on: entry.extract_date.as_deref().and_then(Day::parse),
        runout_days: i32::try_from(entry.runout()).unwrap_or(0),
        runout_stated: entry.runout_days.is_some(),
        sha256: entry.sha256.clone(),
        rows_read: entry.rows_read,
        rows_accepted: entry.rows_accepted,
        refused: entry
            .rows_refused
            .iter()
            .map(|(rule, rows)| Refused { rule: rule.clone(), rows: *rows })
            .collect(),
    }
}

fn unverified(table: &PublishedTable) -> Vec<String> {
    let from_memory = table
        .measures()
        .iter()
        .filter(|one| one.evidence == crate::indicator::Evidence::FromMemory);
    from_memory.map(|one| format!("{}: {}", one.id, one.source)).collect()
}

fn parameters(pipeline: &Pipeline, counted: &Counted) -> Vec<(String, String)> {
    let strata: Vec<&str> = pipeline.strata.iter().map(|kind| kind.name()).collect();
    let covariates: Vec<&str> = covariates(pipeline).map(|one| one.name()).collect();
    [
        ("period", counted.month.to_string()),
        ("data_through", counted.data_through.to_string()),
        ("months", pipeline.months.to_string()),
        ("year_starts", pipeline.year_starts.to_string()),
        ("transfer_gap", pipeline.transfer_gap.to_string()),
        ("missing_max", pipeline.limits.missing.to_string()),
        ("unmapped_max", pipeline.limits.unmapped.to_string()),
        ("strata", strata.join(", ")),
        ("standardised_by", covariates.join(", ")),
        ("threshold", pipeline.threshold.to_string()),
        ("signal_rules", pipeline.rules.name().to_owned()),
        ("baseline", pipeline.baseline_points.to_string()),
        ("pipeline_sha256", pipeline.sha256.clone()),
        ("contract_sha256", pipeline.contract_sha256.clone()),
        ("instruments_sha256", pipeline.instruments_sha256.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

pub(super) fn definitions(pipeline: &Pipeline) -> Vec<(String, String)> {
    let hash = |definition: &crate::indicator::Definition| {
        catalogue::sha256(definition.source.text.as_bytes())
    };
    pipeline
        .definitions
        .iter()
        .map(|one| (format!("{}:{}", one.id, one.preset), hash(one)))
        .collect()
}

/// The tables of a report without its page: names and bytes.
pub fn tables(table: &PublishedTable) -> anyhow::Result<[(&'static str, Vec<u8>); 2]> {
    let (csv, parquet) = rayon::join(
        || oversight::results_csv(table),
        || store::table_bytes(&oversight::results_batch(table)),
    );
    Ok([("results.csv", csv), ("results.parquet", parquet?)])
}

/// Writes the tables of a report without its page.
pub fn write_tables(tables: &[(&str, Vec<u8>)], folder: &Path) -> anyhow::Result<()> {
    let folder = folder.join("tables");
    std::fs::create_dir_all(&folder).with_context(|| {
        format!("{}: cannot make this folder; choose another folder with --out", folder.display())
    })?;
    let put = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let (draft, path) = (folder.join(format!(".{name}.unfinished")), folder.join(name));
        std::fs::write(&draft, bytes)
            .and_then(|()| std::fs::rename(&draft, &path))
            .with_context(|| format!("{}: cannot write this file", path.display()))
    };
    tables.iter().try_for_each(|(name, bytes)| put(name, bytes))
}
