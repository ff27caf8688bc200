//! Is a report what its manifest says, and do its numbers follow from its snapshot?

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use super::{Pipeline, catalogue, count, month, publish};
use crate::oversight;
use crate::store::{Snapshot, Verification};

fn manifest(folder: &Path) -> anyhow::Result<Value> {
    let path = folder.join("manifest.json");
    let shown = path.display();
    let bytes = fs::read(&path).with_context(|| format!("{shown}: cannot be read"))?;
    let manifest: Value =
        serde_json::from_slice(&bytes).with_context(|| format!("{shown}: this is no manifest"))?;
    if manifest["program"] != "throughline" || !manifest["files"].is_object() {
        bail!("{shown}: this is not the manifest of a report");
    }
    Ok(manifest)
}

/// Hashes every file of a report.
///
/// # Errors
/// If the folder has no manifest of a report.
pub fn verify_report(folder: &Path) -> anyhow::Result<Verification> {
    let manifest = manifest(folder)?;
    let mut found = Verification::default();
    let mut known = BTreeSet::from(["manifest.json".to_owned()]);
    for (name, about) in manifest["files"].as_object().into_iter().flatten() {
        // A manifest that was tampered with must not lead out of its folder.
        let parts = Path::new(name).components();
        if parts.into_iter().any(|part| !matches!(part, std::path::Component::Normal(_))) {
            found
                .findings
                .push(format!("{}: its manifest names a file elsewhere", folder.display()));
            continue;
        }
        known.insert(name.clone());
        let sha256 = about["sha256"].as_str().unwrap_or("");
        found.check_file(&folder.join(name), sha256, about["bytes"].as_u64());
    }
    for name in files_below(folder, "") {
        if !known.contains(&name) {
            found
                .findings
                .push(format!("{}: no manifest names this file", folder.join(name).display()));
        }
    }
    Ok(found)
}

fn files_below(folder: &Path, within: &str) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.extend(files_below(&entry.path(), &format!("{name}/")));
        } else {
            files.push(name);
        }
    }
    files.sort_unstable();
    files
}

/// Counts a report's numbers again from the snapshot that it names, with the definitions at hand,
/// and compares them with what the report says.
///
/// # Errors
/// If the snapshot is gone, or the definitions are not those of the report.
pub fn recount(
    pipeline: &Pipeline,
    store: Option<&Path>,
    folder: &Path,
) -> anyhow::Result<Verification> {
    let manifest = manifest(folder)?;
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let mut found = Verification::default();
    for definition in &pipeline.definitions {
        let name = format!("{}:{}", definition.id, definition.preset);
        let now = catalogue::sha256(definition.source.text.as_bytes());
        if manifest["definitions"][&name] != now.as_str() {
            found.findings.push(format!("the definition of {name} is not the report's"));
        }
    }
    if manifest["parameters"]["pipeline_sha256"] != pipeline.sha256.as_str() {
        found
            .findings
            .push(format!("{}: not the pipeline file of the report", pipeline.path.display()));
    }
    if !found.findings.is_empty() {
        return Ok(found);
    }
    let store = store.unwrap_or(&pipeline.store);
    let id = text(&manifest["snapshot"]["id"]);
    let snapshot = Snapshot::find(store, &id)?.with_context(|| {
        format!("{}: snapshot {id} of the report is not in this store", store.display())
    })?;
    let start = text(&manifest["period"]["start"]);
    let period = start.get(..7).and_then(month).context("the manifest names no month")?;
    let counted = count(pipeline, snapshot, Some(period), &|_| {})?;
    let internal = manifest["internal"] == true;
    let table = publish(pipeline, &counted, internal);
    let path = folder.join("tables/results.csv");
    let said = fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
    found.files += 1;
    if said != oversight::results_csv(&table) {
        found
            .findings
            .push(format!("{}: its numbers are not those of the snapshot", path.display()));
    }
    Ok(found)
}
