//! The shipped studies from the command line, on made-up extracts.

use std::path::Path;

use crate::golden::throughline;

const STUDIES: [&str; 3] =
    ["step_down_peer", "outreach_after_loss", "case_management_then_support"];

/// A store over made-up extracts.
fn store(folder: &Path) -> String {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let made = ["synth", "--members", "2500", "--months", "24", "--seed", "1", "--out"];
    let extracts = path("extracts");
    let output = throughline(&[&made[..], &[&extracts]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/monthly.toml");
    let ingest =
        ["ingest", &shipped.to_string_lossy(), "--extracts", &extracts, "--store", &path("store")];
    let output = throughline(&ingest);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    path("store")
}

/// A shipped study with fewer draws, and the registry that it finds in its folder.
fn quick(folder: &Path, id: &str) -> String {
    let registry = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/instruments.toml");
    std::fs::copy(registry, folder.join("instruments.toml")).expect("a copy");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/studies");
    let text = std::fs::read_to_string(shipped.join(format!("{id}.toml"))).expect("a study");
    let text = text
        .replace("draws     = 200", "draws     = 20")
        .replace("draws        = 50", "draws        = 2");
    let path = folder.join(format!("{id}.toml"));
    std::fs::write(&path, text).expect("a file");
    path.to_string_lossy().into_owned()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                found.push((
                    path.file_name().expect("a name").to_string_lossy().into_owned(),
                    bytes,
                ));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn shipped_studies_give_reports_without_small_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    for id in STUDIES {
        let file = quick(folder.path(), id);
        let out = |name: &str| folder.path().join(format!("{id}-{name}"));
        let run = |name: &str, more: &[&str]| {
            let to = out(name).to_string_lossy().into_owned();
            let output =
                throughline(&[&["study", &file, "--store", &store, "--out", &to], more].concat());
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(matches!(output.status.code(), Some(0 | 1)), "{id}: {text}");
        };
        run("one", &["--threads", "1"]);
        run("two", &["--threads", "2", "--internal"]);
        assert!(files(&out("one")) == files(&out("two")), "{id}: threads change the report");
        assert!(out("two-internal").join("analysis.parquet").is_file());
        assert!(!out("two").join("analysis.parquet").exists());
        check_screened(id, &out("one"));
    }
    check_released_once(folder.path(), &store);
}

/// What drawings write: numbers at risk and of paths are no small ones, and every share of a curve,
/// a career or a forest stands in a table of the same page.
#[track_caller]
fn check_drawings(id: &str, page: &str) {
    let between = |text: &str, open: &str, close: &str| -> Vec<String> {
        let parts = text.split(open).skip(1);
        parts.filter_map(|part| Some(part.split_once(close)?.0.to_owned())).collect()
    };
    let cells: std::collections::BTreeSet<String> = between(page, "<td", "</td>")
        .iter()
        .filter_map(|cell| Some(cell.split_once('>')?.1.to_owned()))
        .collect();
    let mut shares = 0;
    for drawing in between(page, "<svg", "</svg>") {
        let title = between(&drawing, "<title", "</title>").concat();
        let is_curve = title.contains("share with");
        for text in between(&drawing, "<text", "</text>") {
            let text = text.split_once('>').map_or("", |(_, text)| text).trim();
            let number = text.rsplit(' ').next().unwrap_or("");
            let is_label = text.starts_with("step ") || !(is_curve || title.contains("step"));
            let is_small = number.parse::<u64>().is_ok_and(|n| (1..11).contains(&n));
            assert!(is_label || !is_small, "{id}, {title}: {text} is drawn");
        }
        let words = between(&drawing, "<desc", "</desc>").concat();
        if is_curve || title.ends_with("share of people in each state") {
            for share in words.split(['(', ')', ' ', ',', ';']).filter(|word| word.ends_with('%')) {
                shares += 1;
                assert!(cells.contains(share), "{id}, {title}: {share} stands in no table");
            }
        }
    }
    assert!(shares > 0, "{id}: something is drawn");
}

/// The same study with other numbers is refused beside what was released, and can be restated.
fn check_released_once(folder: &Path, store: &str) {
    let file = quick(folder, STUDIES[1]);
    let text = std::fs::read_to_string(&file).expect("a study");
    std::fs::write(&file, text.replace("follow_up = 180", "follow_up = 179")).expect("a file");
    let to = folder.join("again").to_string_lossy().into_owned();
    let run = |more: &[&str]| {
        throughline(&[&["study", &file, "--store", store, "--out", &to], more].concat())
    };
    let refused = run(&[]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("could be subtracted") && text.contains("--restate"), "{text}");
    assert!(!Path::new(&to).exists(), "nothing was released");
    // Nor does another name for almost the same study help.
    let other = folder.join("outreach_again.toml");
    let named = std::fs::read_to_string(&file).expect("a study");
    let named = named.replace("\"outreach_after_loss\"", "\"outreach_again\"");
    std::fs::write(&other, named.replace("days = [1, 14]", "days = [1, 13]")).expect("a file");
    let other = other.to_string_lossy().into_owned();
    let refused = throughline(&["study", &other, "--store", store, "--out", &to]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("almost the same number was released"), "{text}");
    assert_eq!(run(&["--restate", "follow-up was a day too long"]).status.code(), Some(0));
    assert_eq!(run(&[]).status.code(), Some(0), "the same numbers again");
    let register = std::fs::read_to_string(folder.join("released_studies.json")).expect("a list");
    assert!(register.contains("follow-up was a day too long"), "{register}");
}

/// No column of counts has a number from 1 to 10, and nothing prints a number that is none.
#[track_caller]
fn check_screened(id: &str, folder: &Path) {
    let page = std::fs::read_to_string(folder.join("index.html")).expect("a page");
    assert!(!page.contains("NaN") && !page.contains(">inf"), "{id}");
    assert!(page.contains("Limits of what may be concluded"), "{id}");
    check_drawings(id, &page);
    for (name, bytes) in files(folder) {
        let is_table = Path::new(&name).extension().is_some_and(|ending| ending == "csv");
        if !is_table {
            continue;
        }
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let heads = reader.headers().expect("heads").clone();
        for record in reader.records() {
            let record = record.expect("a row");
            for (head, value) in heads.iter().zip(&record) {
                assert!(!["NaN", "inf", "-inf"].contains(&value), "{id}, {name}, {head}");
                let counts = ["Count", "People", "Of", "At risk", "Eras"].contains(&head);
                let is_small = value.parse::<u64>().is_ok_and(|n| (1..11).contains(&n));
                assert!(!counts || !is_small, "{id}, {name}: a small count under {head}");
            }
        }
    }
}

#[test]
fn a_missing_registry_is_named_with_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = quick(folder.path(), STUDIES[0]);
    std::fs::remove_file(folder.path().join("instruments.toml")).expect("it was there");
    let output = throughline(&["study", &file, "--store", "nowhere"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("the registry of instruments cannot be read"), "{text}");
    assert!(text.contains("instruments = "), "{text}");
}

#[test]
fn a_missing_store_is_named_with_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = quick(folder.path(), STUDIES[0]);
    let nowhere = folder.path().join("store").to_string_lossy().into_owned();
    let output = throughline(&["study", &file, "--store", &nowhere]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("throughline ingest"), "{text}");
}

/// Without a table everybody would seem to have none of what it holds.
#[test]
fn a_store_without_a_table_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let made = ["synth", "--members", "1000", "--months", "18", "--seed", "1", "--out"];
    assert!(throughline(&[&made[..], &[&path("extracts")]].concat()).status.success());
    for name in ["cost.csv", "outcomes.csv"] {
        let files = std::fs::read_dir(path("extracts")).expect("a folder");
        let of_table =
            |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(name);
        for file in files.filter_map(Result::ok).filter(of_table) {
            std::fs::remove_file(file.path()).expect("it was there");
        }
    }
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/monthly.toml");
    let ingest = ["ingest", &shipped.to_string_lossy(), "--extracts", &path("extracts")];
    let output = throughline(&[&ingest[..], &["--store", &path("store")]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file = quick(folder.path(), STUDIES[0]);
    let output = throughline(&["study", &file, "--store", &path("store"), "--out", &path("out")]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("the outcome `Cost` needs `cost`"), "{text}");
    assert!(text.contains("the outcome `Reliable improvement` needs `outcomes.score`"), "{text}");
    assert!(!folder.path().join("out").exists(), "nothing was written");
}
