//! Where a command may write: no report in a report or a store, no store in a report or among extracts,
//! nothing that names members in a report, and no file over what somebody else wrote.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{Folders, Pipeline};

/// Refuses folders that lie in each other, before anything is read or written.
///
/// # Errors
/// If a report or a store would be written into something else.
pub fn check_folders(pipeline: &Pipeline, folders: &Folders) -> anyhow::Result<()> {
    let store = folders.store.as_ref().unwrap_or(&pipeline.store);
    let extracts = folders.extracts.as_ref().unwrap_or(&pipeline.extracts);
    let (whole_store, whole_extracts) = (full(store)?, full(extracts)?);
    let way_out = "choose another folder with --store";
    if whole_store.starts_with(&whole_extracts) {
        return Err(inside(store, "the extracts", &whole_extracts, way_out));
    }
    if let Some(report) = whole_store.ancestors().find(|folder| is_report(folder)) {
        return Err(inside(store, "the report", report, way_out));
    }
    // Without --out, a report is a folder of its own below the pipeline's.
    let below = || pipeline.reports.join("month");
    let out = folders.out.clone().unwrap_or_else(below);
    check_out(&out)?;
    let (whole_out, way_out) = (full(&out)?, "choose another folder with --out");
    if whole_out.starts_with(&whole_store) {
        return Err(inside(&out, "the store", &whole_store, way_out));
    }
    if whole_store.starts_with(&whole_out) {
        bail!("{}: the store lies in this folder of the report; {way_out}", out.display());
    }
    Ok(())
}

/// Refuses to write a report into another one or into a store.
///
/// # Errors
/// If the folder lies there.
pub fn check_out(out: &Path) -> anyhow::Result<()> {
    let (whole, way_out) = (full(out)?, "choose another folder with --out");
    if let Some(report) = whole.ancestors().skip(1).find(|folder| is_report(folder)) {
        return Err(inside(out, "the report", report, way_out));
    }
    if let Some(store) = whole.ancestors().find(|folder| is_store(folder)) {
        return Err(inside(out, "the store", store, way_out));
    }
    Ok(())
}

fn inside(folder: &Path, what: &str, outer: &Path, way_out: &str) -> anyhow::Error {
    anyhow::anyhow!("{}: this lies in {what} {}; {way_out}", folder.display(), outer.display())
}

/// True for the folder of a report.
pub(super) fn is_report(folder: &Path) -> bool {
    folder.join("index.html").is_file() && folder.join("manifest.json").is_file()
}

fn is_store(folder: &Path) -> bool {
    folder.join("snapshots").is_dir() && folder.join("lock").is_file()
}

/// The path from the root, with every link and step back followed as far as it exists.
pub(super) fn full(path: &Path) -> anyhow::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let mut there = path.as_path();
    let mut beyond = Vec::new();
    loop {
        if let Ok(found) = there.canonicalize() {
            let mut whole = found;
            for part in beyond.into_iter().rev() {
                if part == std::path::Component::ParentDir {
                    whole.pop();
                } else {
                    whole.push(part);
                }
            }
            return Ok(whole);
        }
        let Some(part) = there.components().next_back() else { return Ok(path) };
        beyond.push(part);
        let Some(parent) = there.parent() else { return Ok(path.clone()) };
        there = parent;
    }
}

/// Complains of a folder that lies where reports lie, or around them: whoever mails a report must not
/// mail work lists with it.
///
/// # Errors
/// If the folder is, holds, or lies in a folder of reports, or in a report.
pub fn check_apart(out: &Path, reports: &Path) -> anyhow::Result<()> {
    check_outside(out, reports)?;
    if full(reports)?.starts_with(full(out)?) {
        return Err(too_near(out, reports));
    }
    Ok(())
}

/// Complains of a file or folder that lies where reports lie, for whatever names members.
///
/// # Errors
/// If it lies in a folder of reports, in a report, or in a store.
pub(super) fn check_outside(out: &Path, reports: &Path) -> anyhow::Result<()> {
    let out_full = full(out)?;
    if let Some(store) = out_full.ancestors().find(|folder| is_store(folder)) {
        return Err(inside(out, "the store", store, "choose another place"));
    }
    if out_full.starts_with(full(reports)?) || out_full.ancestors().any(is_report) {
        return Err(too_near(out, reports));
    }
    Ok(())
}

/// Refuses to write a file into a store or a report, or over anything but a file of the same kind.
///
/// # Errors
/// If it lies there, or something else stands in its place.
pub fn check_file(file: &Path, is_earlier: impl Fn(&Path) -> bool) -> anyhow::Result<()> {
    let (whole, way_out) = (full(file)?, "choose another file");
    for (what, is_one) in [("the store", is_store as fn(&Path) -> bool), ("the report", is_report)]
    {
        if let Some(outer) = whole.ancestors().find(|folder| is_one(folder)) {
            return Err(inside(file, what, outer, way_out));
        }
    }
    let shown = file.display();
    match std::fs::symlink_metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("{shown}: cannot be written")),
        Ok(found) if found.is_dir() => bail!("{shown}: this is a folder; name a file in it"),
        Ok(found) if !found.is_file() => {
            bail!("{shown}: this is a link, a pipe or a device and no file; {way_out}")
        }
        Ok(_) if is_earlier(file) => Ok(()),
        Ok(_) => bail!(
            "{shown}: this file is there already, and no earlier run of this command wrote it; {way_out} or move it away"
        ),
    }
}

fn too_near(out: &Path, reports: &Path) -> anyhow::Error {
    anyhow::anyhow!(
        "{}: this names members and must stay apart from the reports in {}; choose another place",
        out.display(),
        reports.display()
    )
}
