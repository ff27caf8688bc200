//! The report as files: readable, harmless, complete and the same every time.

pub(crate) mod content;
mod interchange;
pub(crate) mod markup;
mod schema;
pub(crate) mod scorecard;
mod tallies;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use throughline::chart::format;
use throughline::oversight::{release_internal, suppress};
use throughline::report::{self, Content};

use content::{published, settings, table};
use markup::{check_balanced, numbers, pieces, unzipped};
use tallies::BHOS;

/// Runs a check on the fabricated report.
fn with_content(check: impl FnOnce(&Content<'_>)) {
    check(&content::content(published()));
}

/// Set `THROUGHLINE_EXAMPLE` to a folder to look at the fabricated report in a browser.
#[test]
fn an_example_can_be_written_for_the_eye() {
    let Ok(folder) = std::env::var("THROUGHLINE_EXAMPLE") else { return };
    with_content(|content| {
        report::write(content, Path::new(&folder)).expect("the folder can be written");
    });
    let internal = release_internal(&table(), &settings());
    let folder = format!("{folder}-internal");
    report::write(&content::content(&internal), Path::new(&folder)).expect("it can be written");
}

#[test]
fn every_tag_is_closed_and_every_id_is_unique() {
    with_content(|content| {
        let page = report::page(content);
        check_balanced(&page);
        let ids = pieces(&page, " id=\"", "\">");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len());
        for target in pieces(&page, "href=\"#", "\">") {
            let id = target.replace("href=\"#", " id=\"");
            assert!(page.contains(&format!("{id}\"")), "{target} leads nowhere");
        }
    });
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    with_content(|content| {
        let page = report::page(content).to_lowercase();
        for reference in [
            "http:", "https:", "src=", "@import", "url(", "<link", "<script", "<iframe", "<object",
            "xmlns",
        ] {
            assert!(!page.contains(reference), "{reference}");
        }
    });
}

#[test]
fn charts_can_be_read_aloud_and_have_their_table() {
    with_content(|content| {
        let page = report::page(content);
        let charts = pieces(&page, "<svg ", "</svg>");
        assert!(charts.len() > 20, "only {} charts", charts.len());
        for chart in &charts {
            for part in [" role=\"img\"", " aria-label=\"", "viewBox=\"0 0 ", "<title>", "<desc>"] {
                assert!(chart.contains(part), "{part} in {}", &chart[..200]);
            }
        }
        let figures = pieces(&page, "<figure", "</figure>");
        assert!(figures.len() > 15, "only {} figures", figures.len());
        for figure in figures {
            let (chart, table) = figure.split_once("</svg>").expect("a figure has a chart");
            let description = chart.split_once("<desc>").expect("a chart has a description").1;
            let description = description.split_once("</desc>").expect("it ends").0;
            let shown: BTreeSet<String> = numbers(table).into_iter().collect();
            for number in numbers(description) {
                assert!(
                    shown.contains(&number),
                    "{number} is in a chart but not in its table: {table}"
                );
            }
        }
    });
}

#[test]
fn the_summary_shows_the_numbers_of_the_rows() {
    with_content(|content| {
        let page = report::page(content);
        let summary = pieces(&page, "<section id=\"summary\"", "</section>").concat();
        for row in content
            .table
            .rows()
            .iter()
            .filter(|row| row.period == content.period && row.stratum.kind == "all")
        {
            let measure = &content.table.measures()[row.measure];
            if row.group == throughline::kernel::Group::All
                && let Some(value) = row.value
            {
                let written = format::value(value, measure.display);
                assert!(summary.contains(&written), "{}: {written}", measure.id);
            }
        }
        assert!(summary.contains("not computable: needs outcomes.recommended_level"));
    });
}

#[test]
fn what_is_hidden_leaves_no_trace() {
    let table = table();
    let shown = published();
    let page = report::page(&content::content(shown));
    let mut changed = table.clone();
    let mut hidden = 0;
    for row in changed.rows.iter_mut().filter(|row| !row.statistic.starts_with(".share")) {
        let twin = shown.row(row.measure, row.statistic, row.period, &row.group, &row.stratum);
        if twin.is_none_or(|twin| twin.value.is_none()) {
            hidden += 1;
            (row.value, row.low, row.high) = (Some(0.123_456), Some(0.05), Some(0.9));
        }
    }
    assert!(hidden > 100, "only {hidden} rows are hidden");
    let changed = suppress(&changed, &settings());
    assert!(page == report::page(&content::content(&changed)), "a hidden value shows");
}

#[test]
fn hostile_ids_stay_texts() {
    with_content(|content| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("report");
        report::write(content, &out).expect("it can be written");
        let page = fs::read_to_string(out.join("index.html")).expect("a page");
        assert!(!page.contains("<script"));
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        let table = fs::read_to_string(out.join("tables/continuity.csv")).expect("a table");
        assert!(BHOS[5].starts_with('='));
        assert!(table.contains(",'=cmd|' /C calc'!A0,"));
        assert!(!table.contains(",=cmd"));
        let workbook = unzipped(&fs::read(out.join("workbook.xlsx")).expect("a workbook"));
        let member =
            |name: &str| &workbook.iter().find(|(path, _)| path == name).expect("a member").1;
        assert!(member("xl/sharedStrings.xml").contains("=cmd|"));
        assert!(member("xl/styles.xml").contains("quotePrefix=\"1\""));
        for (name, text) in &workbook {
            assert!(!text.contains("<f>"), "{name} has a formula");
        }
    });
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    with_content(|content| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first =
            report::write(content, &folder.path().join("first")).expect("it can be written");
        let second =
            report::write(content, &folder.path().join("second")).expect("it can be written");
        assert_eq!(first.files, second.files);
        let names: Vec<&str> = first.files.iter().map(|file| file.path.as_str()).collect();
        for name in [
            "index.html",
            "tables/results.csv",
            "tables/results.parquet",
            "workbook.xlsx",
            "refused.csv",
            "quality.csv",
            "manifest.json",
        ] {
            assert!(names.contains(&name), "{name}");
        }
        for file in &first.files {
            let read =
                |folder: &Path| fs::read(folder.join(&file.path)).expect("a file of the report");
            assert_eq!(
                read(&folder.path().join("first")),
                read(&folder.path().join("second")),
                "{}",
                file.path
            );
        }
    });
}

#[test]
fn a_report_replaces_only_a_report_and_only_when_it_is_complete() {
    with_content(|content| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("september");
        let earlier = report::write(content, &out).expect("a first report");
        let mut broken = content.clone();
        broken.further_files = vec![("index.html/within".to_owned(), Vec::new())];
        let error = report::write(&broken, &out).expect_err("a file is no folder");
        assert!(matches!(error, report::Error::Io { .. }), "{error}");
        let kept = fs::read(out.join("manifest.json")).expect("the first report is still there");
        let mut renamed = content.clone();
        renamed.title = "Again".to_owned();
        let later = report::write(&renamed, &out).expect("a second report");
        assert_ne!(earlier.files, later.files);
        assert_ne!(fs::read(out.join("manifest.json")).expect("a manifest"), kept);
        fs::write(out.join("notes.txt"), "mine").expect("a note");
        let error = report::write(content, &out).expect_err("the note would be lost");
        assert!(error.to_string().contains("`notes.txt`"), "{error}");
        let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
        assert_eq!(left.len(), 1, "nothing is left beside the report: {left:?}");
    });
}

#[test]
fn an_internal_report_says_so_on_every_page() {
    let internal = release_internal(&table(), &settings());
    let page = report::page(&content::content(&internal));
    assert!(page.contains("<body class=\"internal\">"));
    assert!(page.contains("INTERNAL: small numbers are not hidden; not for publication"));
}
