//! Runs that were stopped between the register of releases and the report: what nobody can have seen does
//! not stand in the way of the next release, and what somebody can have seen does.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::site::Site;

const RUN: [&str; 4] = ["run", "@site.toml", "--out", "@r/o"];
const HIDDEN: &str = "r/.o.new-1";

/// A site whose extracts were corrected after a release that is marked as if its run had been killed.
fn stopped() -> Site {
    let site = Site::new(r#""disengagement_rate""#).with_contacts(11);
    site.fine(&RUN);
    let manifest = fs::read(site.path("r/o/manifest.json")).expect("a manifest");
    let mut list = list(&site);
    let last = list["releases"].as_array_mut().and_then(|releases| releases.last_mut());
    last.expect("a release")["pending"] = json!({
        "report": "o", "draft": ".o.new-1", "manifest": sha256(&manifest),
    });
    site.write("r/released.json", list.to_string());
    site.contacts(11, 42);
    site
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    format!("{:x}", sha2::Sha256::digest(bytes))
}

fn list(site: &Site) -> Value {
    let text = fs::read(site.path("r/released.json")).expect("a register");
    serde_json::from_slice(&text).expect("JSON")
}

fn releases(site: &Site) -> (usize, bool) {
    let list = list(site);
    let releases = list["releases"].as_array().expect("releases");
    (releases.len(), releases.iter().any(|one| !one["pending"].is_null()))
}

fn quiet(site: &Site, arguments: &[&str]) -> Child {
    let mut command = site.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

#[test]
fn a_release_that_nobody_can_have_seen_is_taken_back() {
    let site = stopped();
    fs::rename(site.path("r/o"), site.path(HIDDEN)).expect("as it was before it came into place");
    site.fine(&RUN);
    assert_eq!(releases(&site), (1, false));
    assert!(!site.path(HIDDEN).exists());
    let calm = Site::new(r#""disengagement_rate""#).with_contacts(11);
    calm.contacts(11, 42);
    calm.fine(&RUN);
    let all = |site: &Site| site.files("r").into_keys().collect::<Vec<_>>();
    assert_eq!(all(&site), all(&calm), "nothing is left of it");
    assert_eq!(site.files("r/o"), calm.files("r/o"));
}

#[test]
fn a_release_that_somebody_can_have_seen_stands() {
    let refused = |site: &Site| {
        assert!(site.says(&RUN, 2).contains("could be subtracted from an earlier one"));
        assert_eq!(releases(site), (1, false), "it is known now");
    };
    refused(&stopped());
    let mailed_and_removed = stopped();
    fs::remove_dir_all(mailed_and_removed.path("r/o")).expect("a report");
    refused(&mailed_and_removed);
    let another = stopped();
    fs::rename(another.path("r/o"), another.path(HIDDEN)).expect("a report");
    another.write("r/.o.new-1/manifest.json", "{}");
    refused(&another);
}

#[cfg(unix)]
#[test]
fn a_report_on_its_way_is_waited_for() {
    for place in ["r/o", HIDDEN] {
        let site = stopped();
        if place == HIDDEN {
            fs::rename(site.path("r/o"), site.path(HIDDEN)).expect("a report");
        }
        let before = site.files("r");
        let held = fs::File::open(site.path(place)).expect("a folder");
        held.lock().expect("a lock");
        assert!(site.says(&RUN, 2).contains("wait until it ends"), "{place}");
        assert_eq!(site.files("r"), before, "{place}");
    }
}

/// What is in a hidden folder may be an internal report: no later run leaves it there.
#[test]
fn the_next_run_removes_what_a_killed_one_left() {
    let site = Site::new(r#""disengagement_rate""#).with_contacts(11);
    site.fine(&RUN);
    for left in [".o-internal.new-1", ".2026-09.new-4000000000", ".o.new-77"] {
        fs::create_dir_all(site.path("r").join(left).join("tables")).expect("a folder");
        site.write(&format!("r/{left}/tables/results.csv"), "small numbers");
    }
    let left = ["r/released.new-12", "r/released_studies.new-1", "r/released/0af3.jsonl.new-5"];
    for name in left {
        site.write(name, "half");
    }
    fs::create_dir(site.path("r/.own.new-folder")).expect("a folder of somebody else");
    fs::create_dir(site.path("r/.o.new-78")).expect("a folder of a run at work");
    let held = fs::File::open(site.path("r/.o.new-78")).expect("a folder");
    held.lock().expect("a lock");
    site.fine(&RUN);
    let mut names: Vec<String> = fs::read_dir(site.path("r"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    assert_eq!(names, [".o.new-78", ".own.new-folder", "o", "released", "released.json"]);
    assert_eq!(fs::read_dir(site.path("r/released")).expect("a folder").count(), 1);
}

/// A run is killed at the first sight of its cells; no later one takes the list for lost.
#[test]
fn cells_without_their_list_are_no_loss() {
    let site = Site::new(r#""disengagement_rate""#).with_contacts(11);
    for _ in 0..6 {
        let mut child = quiet(&site, &RUN);
        while !site.path("r/released").exists() {
            assert!(child.try_wait().expect("a process").is_none_or(|end| end.success()));
        }
        child.kill().expect("a process to kill");
        child.wait().expect("an end");
        assert!(site.path("r/released.json").exists(), "the list comes first");
        site.contacts(11, 40);
        site.fine(&RUN);
        fs::remove_dir_all(site.path("r")).expect("a folder");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_removes_what_the_run_was_writing() {
    let site = Site::new(r#""disengagement_rate", "upc""#).with_contacts(11);
    site.fine(&["ingest", "@site.toml"]);
    let hidden = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .find(|name| name.starts_with(".o-internal.new-") || name.starts_with(".o.new-"))
    };
    let mut stopped = 0;
    for _ in 0..8 {
        let arguments = ["report", "@site.toml", "--out", "@r/o", "--internal"];
        let mut child = quiet(&site, &arguments);
        while hidden(&site.path("r")).is_none() && child.try_wait().expect("a process").is_none() {}
        let pid = child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().expect("kill");
        stopped += i32::from(!child.wait().expect("an end").success());
        assert_eq!(hidden(&site.path("r")), None);
        let is_listed = site.path("r/released.json").exists() && releases(&site) == (1, false);
        assert_eq!(is_listed, site.path("r/o").exists(), "both or neither");
    }
    assert!(stopped > 2, "{stopped} of 8 runs were interrupted");
}

/// A folder that cannot take the report leaves nothing beside it.
#[test]
fn a_report_that_cannot_be_written_is_in_no_register() {
    let site = Site::new(r#""disengagement_rate""#).with_contacts(11);
    fs::create_dir_all(site.path("r")).expect("a folder");
    site.write("r/o", "a file");
    site.says(&RUN, 2);
    fs::remove_file(site.path("r/o")).expect("a file");
    fs::create_dir_all(site.path("r/o")).expect("a folder");
    site.write("r/o/letter.txt", "a letter");
    assert!(site.says(&RUN, 2).contains("letter.txt"));
    assert_eq!(fs::read_dir(site.path("r")).expect("a folder").count(), 1);
}

#[test]
fn a_place_that_no_report_may_take_is_told_before_anything_is_stored() {
    let site = Site::new("\"upc\"").with_contacts(6);
    fs::create_dir(site.path("notes")).expect("a folder");
    site.write("notes/letter.txt", "dear all");
    site.write("page", "a file");
    let page = "page: no report can be written here (Not a directory";
    for (out, words) in [("@notes", "holds `letter.txt`"), ("@page", page)] {
        let text = site.says(&["run", "@site.toml", "--out", out], 2);
        assert!(text.contains(words), "{text}");
        assert!(!site.path("store").exists(), "nothing was stored");
    }
}
