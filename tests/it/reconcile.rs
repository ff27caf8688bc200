//! Reported rates against the hand-checkable case, through the command line.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::golden::{pipeline, throughline};

/// A site that has taken the golden extracts in.
struct Site {
    folder: tempfile::TempDir,
    pipeline: PathBuf,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = pipeline(folder.path(), 1, r#""fu_hosp_mh_7d""#);
        let taken = throughline(&["ingest", &pipeline.to_string_lossy()]);
        assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
        Self { folder, pipeline }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn reconcile(&self, reported: &str, more: &[&str]) -> Output {
        let file = self.path("b1-year.csv");
        std::fs::write(&file, reported).expect("a file");
        let (file, pipeline) = (file.to_string_lossy(), self.pipeline.to_string_lossy());
        let mut arguments = vec!["reconcile", &*file, "--pipeline", &*pipeline];
        arguments.extend(more);
        throughline(&arguments)
    }

    /// Some columns of every line of the comparison.
    fn compared(&self, columns: &[&str]) -> Vec<String> {
        let table = self.path("reports/reconcile-b1-year-internal/reconciliation.csv");
        let mut reader = csv::Reader::from_path(table).expect("a comparison");
        let header = reader.headers().expect("a header").clone();
        let place = |name: &&str| header.iter().position(|known| known == *name).expect("a column");
        let places: Vec<usize> = columns.iter().map(place).collect();
        let line = |record: csv::StringRecord| {
            places.iter().map(|place| record[*place].to_owned()).collect::<Vec<_>>().join(" ")
        };
        reader.records().map(|record| line(record.expect("a row"))).collect()
    }
}

const HEAD: &str = "indicator,preset,bho_id,period,numerator,denominator\n";

#[test]
fn rates_that_agree_are_no_findings() {
    let site = Site::new();
    let output = site.reconcile(
        &format!(
            "{HEAD}fu_hosp_mh_7d,,B1,2024,2,3\nfu_hosp_mh_7d,hedis_calendar,B1,2024,1,2\nreadmit_30d,,all,2024,1,5\n"
        ),
        &[],
    );
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(site.compared(&["grade"]), ["agrees"; 3]);
}

/// A file as spreadsheets save it, with a short name for the organisation.
#[test]
fn a_mark_before_the_header_and_a_short_name_are_no_faults() {
    let site = Site::new();
    let head = HEAD.replace("bho_id", "bho");
    let rates = format!("\u{feff}{head}fu_hosp_mh_7d,,B1,2024,2,3\r\n");
    let output = site.reconcile(&rates, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(site.compared(&["grade"]), ["agrees"]);
}

/// M3 died and is excluded; who counts M3 has 3 of 4 instead of 3 of 3.
#[test]
fn a_difference_is_traced_to_where_it_arises() {
    let site = Site::new();
    let output = site.reconcile(
        &format!(
            "{HEAD}fu_hosp_mh_30d,,B1,2024,3,4\nfu_hosp_mh_7d,,B1,2024,3,3\nreadmit_30d,,B1,2024,1,4\nfu_hosp_mh_7d,,B1,2024-02,1,1\n"
        ),
        &[],
    );
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        site.compared(&["grade", "arises_in", "difference"]),
        [
            "differs exclusions -0.25",
            "differs numerator 0.33333333333333337",
            "differs_within_5 denominator 0.04999999999999999",
            "agrees  0",
        ]
    );
    assert!(site.compared(&["note"])[0].contains("died"), "{:?}", site.compared(&["note"]));
    let parts = ["from_denominator", "from_exclusions", "from_numerator"];
    assert_eq!(site.compared(&parts)[0], "0 -0.25 0");
    let page = site.path("reports/reconcile-b1-year-internal/index.html");
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.contains("INTERNAL") && page.contains("the exclusions"));
}

/// With their exclusions reported, nothing has to be guessed: one unit too many, none of it for an
/// exclusion.
#[test]
fn reported_exclusions_tell_units_from_exclusions() {
    let site = Site::new();
    let head = "bho_id,indicator,period,denominator,numerator,excluded\n";
    site.reconcile(&format!("{head}B1,fu_hosp_mh_30d,2024,4,3,1\n"), &[]);
    let counted = site.compared(&["excluded", "arises_in", "from_denominator", "from_exclusions"]);
    assert_eq!(counted, ["1 denominator -0.25 0"]);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let site = Site::new();
    let output = site.reconcile(
        &format!(
            "{HEAD}fu_hosp_mh_7d,,B9,2024,2,3\nfu_hosp_mh_7d,,B1,2025-03,2,3\nloc_concordance@over,,B1,2024,2,3\nloc_mix,,B1,2024,2,3\n"
        ),
        &[],
    );
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let notes = site.compared(&["grade", "note"]);
    for (line, why) in
        notes.iter().zip(["nothing is counted", "complete once", "needs", "by level"])
    {
        assert!(line.starts_with("not_compared") && line.contains(why), "{line}");
    }
}

#[test]
fn a_wrong_file_is_told_of_at_once_and_without_values() {
    let site = Site::new();
    let secret = "Q7-SECRET";
    let output = site.reconcile(
        &format!(
            "{HEAD}fu_hosp_mh_7,,B1,2024,2,3\n{secret},,B1,2024,2,3\nfu_hosp_mh_7d,{secret},B1,2024,2,3\nfu_hosp_mh_7d,,B1,{secret},{secret},-4\nfu_hosp_mh_7d,,B1,2024,5,4\nfu_hosp_mh_7d,,,2024,1\nreadmit_7d,,B1,2024,1,2\nreadmit_7d,,B1,2024,1,2\n"
        ),
        &[],
    );
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(!text.contains(secret), "{text}");
    for place in [":2:1:", ":3:1:", ":4:2:", ":5:4:", ":5:5:", ":5:6:", ":6:5:", ":7:", ":9:"] {
        assert!(text.contains(&format!("b1-year.csv{place}")), "{place} in {text}");
    }
    assert!(text.contains("did you mean `fu_hosp_mh_7d`?") && text.contains("hedis_calendar"));
    assert!(!site.path("reports").exists());
}

#[test]
fn a_file_without_a_column_or_a_rate_is_refused() {
    let site = Site::new();
    let check = |text: &str, message: &str| {
        let output = site.reconcile(text, &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(message), "{said}");
    };
    check("indicator,bho_id,period,numerator,denominatr\n", "did you mean `denominator`?");
    check("indicator,bho_id,period,numerator\n", "column `denominator` is missing");
    check(HEAD, "there is no rate in this file");
    check("", "is missing");
}

/// What is internal never takes the place of a report.
#[test]
fn a_report_is_never_replaced() {
    let site = Site::new();
    let report = throughline(&["report", &site.pipeline.to_string_lossy()]);
    assert!(report.status.success());
    let entries = std::fs::read_dir(site.path("reports")).expect("a folder");
    let folders = entries.map(|entry| entry.expect("an entry").path());
    let folder = folders.filter(|path| path.join("index.html").is_file()).max();
    let folder = folder.expect("a report");
    let before = std::fs::read(folder.join("index.html")).expect("a page");
    let rates = format!("{HEAD}fu_hosp_mh_7d,,B1,2024,2,3\n");
    let output = site.reconcile(&rates, &["--out", &folder.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("choose another folder"));
    assert_eq!(before, std::fs::read(folder.join("index.html")).expect("a page"));
    assert!(!Path::new(&folder.join("reconciliation.csv")).exists());
}

/// By the golden case, M1 and M4 are met, M2 is not, and M3 died and is left out.
#[test]
fn members_that_differ_are_told_by_reason() {
    let site = Site::new();
    let reported = format!("{HEAD}fu_hosp_mh_7d,,B1,2024,2,3\n");
    let told = |list: [(&str, &str); 4]| {
        let line = |(member, unit)| format!("fu_hosp_mh_7d,B1,2024,{member},{unit}\n");
        let text: String = list.into_iter().map(line).collect();
        let file = site.path("members.csv");
        std::fs::write(&file, format!("indicator,bho_id,period,member_id,unit\n{text}"))
            .expect("a file");
        let output = site.reconcile(&reported, &["--members", &file.to_string_lossy()]);
        let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat())
            .into_owned();
        let table = site.path("reports/reconcile-b1-year-internal/members.csv");
        let mut reader = csv::Reader::from_path(table).unwrap_or_else(|_| panic!("{said}"));
        let rows = reader.records().map(|row| row.expect("a row"));
        let rows: Vec<String> = rows.map(|row| [&row[5], &row[6], &row[8]].join(" ")).collect();
        (output.status.code(), said, rows)
    };
    let (code, _, rows) =
        told([("M1", "met"), ("M2", "denominator"), ("M3", "excluded"), ("M4", "met")]);
    assert_eq!((code, rows), (Some(0), Vec::new()));
    let (code, said, rows) =
        told([("M2", "met"), ("M3", "denominator"), ("M4", "met"), ("M-9", "met")]);
    assert_eq!(code, Some(1), "who differs is a finding");
    assert_eq!(
        rows,
        [
            "M-9 not_counted_here 1",
            "M1 not_listed 1",
            "M3 excluded_here 1",
            "M2 met_in_list_only 1"
        ]
    );
    assert!(said.contains("4 members of the lists differ"), "{said}");
    assert!(!said.contains("M-9") && !said.contains("M1"), "a message names no member: {said}");
    let page = site.path("reports/reconcile-b1-year-internal/index.html");
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.contains("Members that differ") && page.contains("in the list, left out here"));
    assert!(!page.contains("M-9"), "ids stand in the table only");
}

#[test]
fn a_wrong_list_of_members_is_told_of_without_values() {
    let site = Site::new();
    let file = site.path("members.csv");
    let text = "indicator,bho_id,period,member_id,unit\n\
                fu_hosp_mh_7d,B1,2024,SECRET-1,mett\n\
                fu_hosp_mh_7d,B1,2023,SECRET-2,met\n\
                fu_hosp_mh_7d,B1,Jan,SECRET-3,met\n\
                fu_hosp_mh_7d,B1,2024,,met\n\
                bed_days_per_1000mm,B1,2024,SECRET-4,met\n";
    std::fs::write(&file, text).expect("a file");
    let reported = format!("{HEAD}fu_hosp_mh_7d,,B1,2024,2,3\nbed_days_per_1000mm,,B1,2024,2,3\n");
    let output = site.reconcile(&reported, &["--members", &file.to_string_lossy()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for told in [
        ":2:5: column `unit`: this is no fate of a unit",
        ":3:1: column `indicator`: no rate is reported for this list",
        ":4:3: column `period`: this is no period",
        ":5:4: column `member_id`: a member is named here",
        ":6:1: column `indicator`: not a share",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(!said.contains("SECRET"), "{said}");
}

#[test]
fn a_list_without_a_header_shows_no_row() {
    let site = Site::new();
    let file = site.path("members.csv");
    for text in
        ["fu_hosp_mh_7d,B1,2024,SECRET1,met\n", "indicator,bho_id,period,unit,SECRET1 (x)\n"]
    {
        std::fs::write(&file, text).expect("a file");
        let reported = format!("{HEAD}fu_hosp_mh_7d,,B1,2024,2,3\n");
        let output = site.reconcile(&reported, &["--members", &file.to_string_lossy()]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("no such column") && !said.contains("SECRET"), "{said}");
    }
}

#[test]
fn more_periods_than_can_be_counted_together_are_refused() {
    let site = Site::new();
    let months = (2000..2022).flat_map(|year| (1..=12).map(move |month| (year, month)));
    let rates =
        months.map(|(year, month)| format!("quarterly_continuity,,all,{year}-{month:02},2,3\n"));
    let output = site.reconcile(&(HEAD.to_owned() + &rates.collect::<String>()), &[]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("264 different ends of periods") && text.contains("fewer periods"),
        "{text}"
    );
}
