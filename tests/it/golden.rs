//! The hand-checkable case, through the command line, from CSV files to results.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program.
pub(crate) fn throughline(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// Writes a pipeline file that takes some indicators over the golden extracts.
pub(crate) fn pipeline(folder: &Path, transfer_gap: i32, indicators: &str) -> PathBuf {
    let extracts = folder.join("extracts");
    std::fs::create_dir_all(&extracts).expect("a folder");
    for file in ["members.csv", "enrolment.csv", "stays.csv", "contacts.csv", "manifest.csv"] {
        std::fs::copy(root().join("tests/it/golden").join(file), extracts.join(file))
            .expect("a golden extract");
    }
    // The third visit of M5 ends in an admission, which the first two cases must not see.
    if indicators.contains("fu_ed") {
        let stays = std::fs::read_to_string(extracts.join("stays.csv")).expect("stays");
        std::fs::write(
            extracts.join("stays.csv"),
            stays + "S7,M5,2024-07-05,2024-07-09,6,,F1,F32.1\n",
        )
        .expect("stays");
    }
    let text = format!(
        "title = \"Golden\"\nstore = \"store\"\nreports = \"reports\"\n[periods]\nmonths = 12\n[extracts]\nfolder = \"extracts\"\n\
         [rules]\ntransfer_gap = {transfer_gap}\n[indicators]\nfolders = [\"{}\"]\nuse = [{indicators}]\n",
        root().join("pipelines/indicators").display()
    );
    let path = folder.join("golden.toml");
    std::fs::write(&path, text).expect("a pipeline file");
    path
}

/// Numerator and denominator of the whole year, by indicator and preset.
fn year(transfer_gap: i32, indicators: &str) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = pipeline(folder.path(), transfer_gap, indicators);
    let output =
        throughline(&["run", &path.to_string_lossy(), "--period", "2024-12", "--internal"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results = folder.path().join("reports/2024-12-internal/tables/results.csv");
    let mut reader = csv::Reader::from_path(results).expect("results");
    let header = reader.headers().expect("a header").clone();
    let mut found = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("a row");
        let cell = |name: &str| {
            record[header.iter().position(|known| known == name).expect("a column")].to_owned()
        };
        if cell("period_start") == "2024-01-01"
            && cell("period_end") == "2024-12-31"
            && cell("group_kind") == "all"
            && cell("stratum_kind") == "all"
        {
            found.insert(
                format!("{}:{}", cell("indicator"), cell("preset")),
                format!("{}/{}", cell("numerator"), cell("denominator")),
            );
        }
    }
    found
}

#[test]
fn the_golden_case_gives_its_numbers() {
    let all = year(
        1,
        r#""fu_hosp_mh_7d", "fu_hosp_mh_30d", "fu_hosp_mh_7d:hedis_calendar", "fu_hosp_mh_30d:hedis_calendar", "fu_hosp_any_72h", "readmit_7d", "readmit_30d""#,
    );
    assert_eq!(all["fu_hosp_mh_7d:default"], "2/3");
    assert_eq!(all["fu_hosp_mh_30d:default"], "3/3");
    assert_eq!(all["fu_hosp_mh_7d:hedis_calendar"], "1/2");
    assert_eq!(all["fu_hosp_mh_30d:hedis_calendar"], "2/2");
    assert_eq!(all["fu_hosp_any_72h:default"], "1/4");
    assert_eq!(all["readmit_7d:default"], "0/5");
    assert_eq!(all["readmit_30d:default"], "1/5");
}

#[test]
fn without_merging_a_transfer_looks_like_a_readmission() {
    let all = year(0, r#""readmit_7d", "readmit_30d""#);
    assert_eq!(all["readmit_7d:default"], "1/6");
    assert_eq!(all["readmit_30d:default"], "2/6");
}

#[test]
fn emergency_visits_are_counted_once_in_31_days() {
    assert_eq!(year(1, r#""fu_ed_mh_7d""#)["fu_ed_mh_7d:default"], "1/1");
}
