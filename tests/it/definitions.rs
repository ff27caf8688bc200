//! Every shipped indicator file loads, and every example in it holds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use throughline::diagnostic::{Document, Source};
use throughline::indicator::{self, Definition};
use throughline::kernel;
use throughline::terms::instrument::Instruments;

/// The shipped registry of instruments.
pub(crate) fn instruments() -> Arc<Instruments> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/instruments.toml");
    let read = indicator::read_instruments(&document(&path));
    Arc::new(read.unwrap_or_else(|problems| panic!("{problems}")))
}

/// Every shipped indicator file, in order.
pub(crate) fn files() -> Vec<PathBuf> {
    files_in("pipelines/indicators")
}

/// Definitions of other sites, in their own words: they use parts of the language that no shipped file
/// needs.
pub(crate) const OF_OTHER_SITES: [&str; 2] = ["benches/measures", "tests/it/second/site"];

/// The folder of those that are made up for tests.
pub(crate) fn folder_of_other_sites() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(OF_OTHER_SITES[1])
}

/// Every shipped indicator file, and those of other sites.
pub(crate) fn files_of_all_sites() -> Vec<PathBuf> {
    let others = OF_OTHER_SITES.iter().flat_map(|folder| files_in(folder));
    files().into_iter().chain(others).collect()
}

/// Every file below a folder of the repository, in order.
pub(crate) fn files_in(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder of indicators can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

pub(crate) fn document(path: &Path) -> Document {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let shown = path.file_name().expect("a name").to_string_lossy().into_owned();
    Document::parse(Source { path: shown, text }).unwrap_or_else(|problems| panic!("{problems}"))
}

pub(crate) fn definitions(path: &Path) -> Vec<Definition> {
    let document = document(path);
    let read = |preset: &String| {
        indicator::read(&document, preset).unwrap_or_else(|problems| panic!("{problems}"))
    };
    indicator::presets(&document).iter().map(read).collect()
}

#[test]
fn every_indicator_loads_and_its_examples_hold() {
    let mut failures = String::new();
    for path in files_of_all_sites() {
        for definition in definitions(&path) {
            let problems = kernel::check_examples(&definition);
            if !problems.is_empty() {
                failures += &format!("{problems}\n\n");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_indicator_has_examples_for_each_outcome() {
    for path in files() {
        for definition in definitions(&path) {
            let text = format!(
                "{:?}",
                definition.examples.iter().map(|example| &example.expect).collect::<Vec<_>>()
            );
            let reasons: BTreeSet<&String> =
                definition.indicators.iter().flat_map(|one| &one.measure.exclusions).collect();
            if definition.preset != indicator::DEFAULT_PRESET {
                assert!(
                    !definition.examples.is_empty(),
                    "{} has no example of preset {}",
                    definition.id,
                    definition.preset
                );
                continue;
            }
            for reason in reasons {
                assert!(
                    text.contains(&format!("excluded: {reason}")),
                    "{}: no example for `{reason}`",
                    definition.id
                );
            }
            let of_met = |rule: &indicator::Rule| matches!(rule, indicator::Rule::Share(share) if share.value.is_none());
            if of_met(&definition.indicators[0].rule) {
                assert!(
                    text.contains("\"met\"") && text.contains("\"not met\""),
                    "{}: no met or not met",
                    definition.id
                );
            }
        }
    }
}

/// Whatever a member can have several of in a year is not taken as so many members.
#[test]
fn intervals_of_units_that_repeat_within_members_are_clustered() {
    let often = |rule: &indicator::Rule| match rule {
        indicator::Rule::Share(share) => {
            let index = &share.index;
            let once_a_year = index.apart.is_some_and(|days| days >= 365)
                || index.without.iter().any(|around| around.days.from <= -365);
            let is_birthday = matches!(index.unit, indicator::Unit::Birthday(_));
            !(index.first || index.once || once_a_year || is_birthday)
        }
        indicator::Rule::Contacts(_) => true,
        _ => false,
    };
    for one in files().iter().flat_map(|path| definitions(path)).flat_map(|one| one.indicators) {
        assert!(
            !(often(&one.rule) && one.measure.interval == indicator::Interval::Wilson),
            "{}: a member counts several times",
            one.measure.id
        );
    }
}

#[test]
fn ids_are_the_names_of_their_files_and_folders_are_families() {
    for path in files() {
        for definition in definitions(&path) {
            assert_eq!(path.file_stem().expect("a name").to_string_lossy(), definition.id);
            let family = definition.indicators[0].measure.family;
            let place =
                indicator::Family::ALL.iter().position(|known| *known == family).expect("a family");
            let folder =
                path.parent().and_then(Path::file_name).expect("a folder").to_string_lossy();
            assert_eq!(folder, indicator::Family::NAMES[place], "{}", definition.id);
        }
    }
}

/// Every id of the catalogue, so that none can go missing: `file` has a definition, `study` is a
/// matter of studies, `report` of a report's own tables, `planned` is not there yet.
#[test]
fn the_catalogue_and_the_files_agree() {
    let listed: Vec<Vec<&str>> = include_str!("catalogue.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(listed.len(), 217, "ids of the catalogue");
    let with_file = listed.iter().filter(|row| row[3] == "file");
    let expected: BTreeSet<(&str, &str)> = with_file.map(|row| (row[0], row[1])).collect();
    let files = files();
    let name = |part: Option<&std::ffi::OsStr>| {
        part.expect("a name").to_str().expect("plain letters").to_owned()
    };
    let found: Vec<(String, String)> = files
        .iter()
        .map(|path| (name(path.file_stem()), name(path.parent().and_then(Path::file_name))))
        .collect();
    let found: BTreeSet<(&str, &str)> =
        found.iter().map(|(id, family)| (id.as_str(), family.as_str())).collect();
    assert_eq!(found, expected);
}

/// A site with all tables gets a number from every indicator.
#[test]
fn every_indicator_says_something_about_made_up_extracts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let store = tempfile::tempdir().expect("a folder");
    let pipeline = throughline::pipeline::read(&root.join("pipelines/everything.toml"))
        .expect("the file can be read")
        .unwrap_or_else(|problems| panic!("{problems}"));
    let extracts = store.path().join("extracts");
    crate::kernel::made_up(&extracts, 1500, 30);
    let folders = throughline::pipeline::Folders {
        extracts: Some(extracts),
        store: Some(store.path().join("store")),
        out: None,
    };
    let snapshot =
        throughline::pipeline::ingest(&pipeline, &folders, None, &|_| {}).expect("a snapshot");
    let counted =
        throughline::pipeline::count(&pipeline, snapshot, None, &|_| {}).expect("tallies");
    let spoken: BTreeSet<usize> = counted.tallies.cells.keys().map(|cell| cell.measure).collect();
    let silent: Vec<&str> = counted
        .tallies
        .measures
        .iter()
        .enumerate()
        .filter(|(place, _)| !spoken.contains(place))
        .map(|(_, measure)| measure.id.as_str())
        .collect();
    assert!(silent.is_empty(), "no unit for {silent:?}");
}

/// No window of a rule may be missing from its picture.
#[test]
fn pictures_show_every_window() {
    for path in files_of_all_sites() {
        for definition in definitions(&path) {
            for one in &definition.indicators {
                let drawn: BTreeSet<(i32, i32)> = indicator::picture(one)
                    .windows
                    .iter()
                    .map(|window| (window.days.from, window.days.to))
                    .collect();
                let rule = format!("{:?}", one.rule);
                let numbers = |text: &str| -> Option<(i32, i32)> {
                    let (from, rest) = text.split_once(", to: ")?;
                    let (to, _) = rest.split_once(' ')?;
                    Some((from.parse().ok()?, to.parse().ok()?))
                };
                // A window that begins with another thing than the index is drawn from the index.
                let plain = rule.split("then: ").next().unwrap_or(&rule);
                for window in plain.split("Window { from: ").skip(1).filter_map(numbers) {
                    assert!(
                        drawn.contains(&window),
                        "{}: {window:?} is not among {drawn:?}",
                        one.measure.id
                    );
                }
            }
        }
    }
}
