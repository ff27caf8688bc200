//! The delivered folder: which file feeds which table, and how it is to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use super::header;
use super::manifest::{Dates, MANIFEST, read_manifest};
use super::pieces::{Format, Mark};
use super::plan::{Delivered, Plan, did_you_mean, unmet_columns};
use super::privacy::Privacy;
use super::problem::{Error, Problem};
use super::settings::{Intake, Source};
use super::submission::{Candidate, Sent, in_force};
use crate::terms::Table;

/// A delivered folder.
#[derive(Debug)]
pub(super) struct Folder {
    /// The plans of all files in force, in the order of reading.
    pub(super) plans: Vec<Plan>,
    /// The names of files that nothing reads.
    pub(super) unread: Vec<String>,
    /// The names of files that a later full extract replaces.
    pub(super) replaced: Vec<String>,
}

/// Looks at a folder before anything of it is read.
pub(super) fn plans(intake: &Intake) -> Result<Folder, Error> {
    let files = files_of(&intake.folder)?;
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let mut problems = Vec::new();
    let manifest = read_manifest(&intake.folder, &names).unwrap_or_else(|found| {
        problems.extend(found);
        Vec::new()
    });
    let (mut delivered, mut not_in_force) = (Vec::new(), BTreeSet::new());
    for table in Table::ALL {
        let given: Vec<&Source> =
            intake.sources.iter().filter(|source| source.table == table).collect();
        if given.len() > 1 {
            let message =
                format!("the pipeline file describes table {} more than once", table.name());
            problems.push(Problem::new("duplicate_source", message, "describe each table once"));
        }
        let source = given.first().map_or_else(|| Source::of(table), |source| (*source).clone());
        let chosen = choose(&source, &names).map_err(|problem| vec![problem]);
        let day = source.extract_date;
        match chosen.and_then(|files| in_force(table, files, &manifest, day)) {
            Ok((files, replaced)) => {
                not_in_force.extend(replaced);
                for Candidate { file, sent } in files {
                    let dates = Dates::of(&source, &file, &manifest, intake.as_of);
                    match open(intake, source.clone(), dates, file, sent) {
                        Ok(file) => delivered.push(file),
                        Err(found) => problems.extend(found),
                    }
                }
            }
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(undated(&delivered));
    let read: BTreeSet<&str> =
        delivered.iter().map(|delivered| delivered.file.as_str()).chain([MANIFEST]).collect();
    let is_unread = |name: &&&str| !read.contains(**name) && !not_in_force.contains(**name);
    let unread = names.iter().filter(is_unread).map(|name| (*name).to_owned()).collect();
    let replaced = not_in_force.into_iter().collect();
    match bind_all(delivered, &intake.privacy) {
        Ok(plans) if problems.is_empty() => Ok(Folder { plans, unread, replaced }),
        outcome => {
            problems.extend(outcome.err().into_iter().flatten());
            Err(Error::Problems(problems))
        }
    }
}

pub(super) fn files_of(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::io(folder))?;
    let names =
        entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>().map_err(Error::io(folder))?;
    names.sort_unstable();
    Ok(names)
}

/// The files of a table; none if an optional table was not delivered.
pub(super) fn choose(source: &Source, names: &[&str]) -> Result<Vec<String>, Problem> {
    let table = source.table.name();
    if let Some(file) = &source.file {
        let found: Vec<String> = names
            .iter()
            .filter(|name| is_like(name, file) && **name != MANIFEST)
            .map(|name| (*name).to_owned())
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let help = did_you_mean(file, names.iter().copied()).unwrap_or_else(|| {
            "deliver it, or name another `file` in the pipeline file".to_owned()
        });
        return Err(Problem::new(
            "missing_file",
            format!("the file of table {table} is not in the folder"),
            help,
        )
        .file(file));
    }
    let found = |pattern: fn(&str, &str) -> String| -> Vec<String> {
        let patterns = ENDINGS.map(|ending| pattern(table, ending));
        let is_one = |name: &&&str| patterns.iter().any(|pattern| is_like(name, pattern));
        names.iter().filter(is_one).map(|name| (*name).to_owned()).collect()
    };
    let plain = found(|table, ending| format!("{table}.{ending}"));
    let mut dated = found(|table, ending| format!("{table}.*.{ending}"));
    dated.retain(|name| !plain.contains(name));
    match plain.as_slice() {
        [] if dated.is_empty() && source.table == Table::Contacts => {
            let help = did_you_mean("contacts.csv", names.iter().copied())
                .unwrap_or_else(|| "deliver contacts.csv, contacts.csv.gz or contacts.parquet, or name the `file` in the pipeline file".to_owned());
            Err(Problem::new(
                "missing_file",
                "contacts are the only table that cannot be missing",
                help,
            )
            .file("contacts.csv"))
        }
        [file, others @ ..] if !others.is_empty() => {
            let message =
                format!("table {table} is delivered twice: also as {}", others.join(" and "));
            Err(Problem::new(
                "two_files",
                message,
                "leave one of them, or name the `file` in the pipeline file",
            )
            .file(file))
        }
        _ => Ok(plain.into_iter().chain(dated).collect()),
    }
}

/// How the names of extracts end.
const ENDINGS: [&str; 3] = ["csv", "csv.gz", "parquet"];

/// True if a name is the pattern, in which `*` stands for anything but nothing.
fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((head, tail)) => {
            let middle = name.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
            middle.is_some_and(|middle| !middle.is_empty())
        }
    }
}

fn open(
    intake: &Intake,
    source: Source,
    dates: Dates,
    file: String,
    sent: Sent,
) -> Result<Delivered, Vec<Problem>> {
    let path = intake.folder.join(&file);
    let in_file = |found: Vec<Problem>| found.into_iter().map(|one| one.file(&file)).collect();
    if let Some(problem) = not_a_file(&path) {
        return Err(in_file(vec![problem]));
    }
    let unreadable = |error: io::Error| {
        let message = format!("cannot be read: {error}");
        in_file(vec![Problem::new("unreadable_file", message, "deliver it again")])
    };
    let mark = Mark::of(&path).map_err(unreadable)?;
    let format = Format::of(&path).map_err(unreadable)?;
    let header = header::read(&path, format, &source, &intake.sources).map_err(in_file)?;
    let problems = header::name_problems(&header, &source, &intake.sources);
    if problems.is_empty() {
        Ok(Delivered { source, dates, file, path, mark, format, header, sent })
    } else {
        Err(in_file(problems))
    }
}

/// What stands in the place of a file, if it is none that can be read from its beginning to its end.
pub(super) fn not_a_file(path: &Path) -> Option<Problem> {
    let say = |message: &str, help: &str| Some(Problem::new("not_a_file", message, help));
    match fs::metadata(path) {
        Ok(about) if about.is_file() => None,
        Ok(about) if about.is_dir() => {
            say("this is a folder, not a file", "take the file out of it, or rename the folder")
        }
        Ok(_) => say(
            "this is a pipe, a device or a socket, not a file",
            "write what comes out of it into a file, and deliver that",
        ),
        Err(_) if path.is_symlink() => say(
            "this is a link that leads to no file",
            "deliver the file itself, or put the link right",
        ),
        Err(_) => say("this file is gone", "deliver it again, and wait until it is there"),
    }
}

/// Every source needs the day on which it was cut.
fn undated(delivered: &[Delivered]) -> Vec<Problem> {
    let undated = delivered.iter().filter(|delivered| delivered.dates.extract_date.is_none());
    let files: Vec<&str> = undated.map(|delivered| delivered.file.as_str()).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "nothing says when {} cut",
        if files.len() == 1 {
            "this extract was".to_owned()
        } else {
            format!("these extracts were: {}", files.join(", "))
        }
    );
    let help = format!(
        "name the day in {MANIFEST} (source,extract_date), as `extract_date` in the pipeline file, or with --as-of"
    );
    let problem = Problem::new("no_extract_date", message, help);
    vec![if let [file] = files[..] { problem.file(file) } else { problem }]
}

fn bind_all(delivered: Vec<Delivered>, privacy: &Privacy) -> Result<Vec<Plan>, Vec<Problem>> {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in &delivered {
        let names = known.entry(one.file.clone()).or_default();
        names.extend(
            one.header
                .iter()
                .filter(|column| {
                    let model = one.source.columns.get(*column).unwrap_or(column);
                    one.source.ignores(column)
                        || one.source.table.fields().iter().any(|field| field.name == model)
                })
                .cloned(),
        );
    }
    let mut plans = Vec::new();
    let mut problems = Vec::new();
    let unmet: Vec<_> = delivered.iter().map(|one| unmet_columns(one, &delivered)).collect();
    for (one, unmet) in delivered.into_iter().zip(unmet) {
        let elsewhere = &known[&one.file];
        problems.extend(unmet);
        match Plan::of(one, elsewhere, privacy) {
            Ok(plan) => plans.push(plan),
            Err(found) => problems.extend(found),
        }
    }
    // A file that feeds two tables has its problems once.
    let mut seen: Vec<Problem> = Vec::new();
    for problem in problems {
        if !seen.contains(&problem) {
            seen.push(problem);
        }
    }
    if seen.is_empty() { Ok(plans) } else { Err(seen) }
}
