//! The rules of the house, as tests: each says the rule and the reason.

use std::path::{Path, PathBuf};

/// The rooms of `src/`, in the order in which data flows.
const ROOMS: [&str; 14] = [
    "terms",
    "synth",
    "diagnostic",
    "extract",
    "store",
    "timeline",
    "indicator",
    "kernel",
    "statistics",
    "oversight",
    "study",
    "chart",
    "report",
    "pipeline",
];

/// Which room owns a library; others may not name it.
const OWNERS: [(&str, &[&str]); 10] = [
    ("annotate_snippets", &["diagnostic"]),
    ("toml", &["diagnostic"]),
    ("rayon", &["synth", "extract", "store", "kernel", "oversight", "study", "pipeline"]),
    ("parquet", &["extract", "store"]),
    ("polars", &["oversight"]),
    ("plotters", &["chart"]),
    ("rust_xlsxwriter", &["report"]),
    ("statrs", &["statistics"]),
    ("clap", &[]),
    ("indicatif", &[]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without its unit tests, which stand at the end.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn room_of(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let room = inside.components().next()?.as_os_str().to_string_lossy().into_owned();
    ROOMS.contains(&room.as_str()).then_some(room)
}

#[test]
fn a_room_uses_only_rooms_before_it() {
    let mut wrong = Vec::new();
    for (path, text) in sources(&root().join("src")) {
        let Some(room) = room_of(&path) else { continue };
        let own = ROOMS.iter().position(|known| *known == room).expect("a room");
        for later in &ROOMS[own + 1..] {
            if text.contains(&format!("crate::{later}")) {
                wrong.push(format!("{} uses `{later}`, which comes later", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "data flows one way, so that a change is felt only downstream:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_library_does_not_know_the_command_line() {
    for (path, text) in sources(&root().join("src")) {
        if room_of(&path).is_none() {
            continue;
        }
        for word in ["println!", "eprintln!", "std::process::exit", "std::env::args"] {
            assert!(
                !without_tests(&text).contains(word),
                "{}: only the binary talks and exits: `{word}`",
                path.display()
            );
        }
    }
}

#[test]
fn each_library_stays_in_the_room_that_owns_it() {
    for (path, text) in sources(&root().join("src")) {
        let Some(room) = room_of(&path) else { continue };
        for (library, owners) in OWNERS {
            let named = text.contains(&format!("use {library}::"))
                || text.contains(&format!(" {library}::"));
            assert!(
                !named || owners.contains(&room.as_str()),
                "{}: `{library}` belongs to {owners:?}, so that it can be replaced there",
                path.display()
            );
        }
    }
}

#[test]
fn files_are_small_and_say_what_they_are_for() {
    let mut wrong = Vec::new();
    for (path, text) in
        sources(&root().join("src")).into_iter().chain(sources(&root().join("tests")))
    {
        if !text.starts_with("//!") {
            wrong.push(format!("{} does not begin with `//!`", path.display()));
        }
        let code =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        // Lists of one shape may be long, stories may not.
        let is_list =
            ["codes.rs", "column.rs", "tables.rs"].iter().any(|name| path.ends_with(name));
        let is_room = path.starts_with(root().join("src"));
        if code.count() > 400 && is_room && !is_list {
            wrong.push(format!("{} has more than 400 lines of code", path.display()));
        }
    }
    assert!(wrong.is_empty(), "a reader holds one page in mind:\n{}", wrong.join("\n"));
}

#[test]
fn names_say_what_is_inside() {
    for (path, _) in sources(&root().join("src")) {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for word in ["util", "utils", "helper", "helpers", "common", "misc", "manager"] {
            assert!(stem != word, "{}: a name that says nothing", path.display());
        }
    }
}

#[test]
fn no_room_takes_a_whole_prelude() {
    for (path, text) in sources(&root().join("src")) {
        let taken = without_tests(&text).contains("prelude::*");
        assert!(!taken, "{}: a reader has to see where a name comes from", path.display());
    }
}

#[test]
fn the_project_speaks_of_itself_alone() {
    let mut wrong = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if [".git", "target", "reports", "data-samples"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for word in [concat!("/wo", "rk/"), concat!("../sha", "red"), concat!(".lib", "rary")] {
                if text.contains(word) {
                    wrong.push(format!("{} names `{word}`", path.display()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "paths of one machine mean nothing on another:\n{}",
        wrong.join("\n")
    );
}
