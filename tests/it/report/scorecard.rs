//! The scorecard: page, workbook, CSV and JSON say the same, and a hidden cell says nothing.

use std::collections::BTreeMap;

use serde_json::Value;
use throughline::chart::format;
use throughline::diagnostic::{Document, Source};
use throughline::indicator::Display;
use throughline::oversight::contract::{self, Contract, KnownMeasure};
use throughline::oversight::{
    PublishedTable, STANDARDISED_RATIO, Scorecard, Settings, Standing, release_internal, scorecard,
    suppress, tabulate,
};
use throughline::report::{self, Content};

use super::content::{content, settings};
use super::markup::{pieces, unzipped};
use super::tallies::{BHOS, measures, september, tallies};

/// A contract over the fabricated indicators.
pub(super) fn contract() -> Contract {
    let ids: Vec<String> = BHOS.iter().map(|id| format!("{id:?}")).collect();
    let text = format!(
        r#"title = "Contract of the made-up state"
period = "month"
attribution = "enrolment"
[organisations]
ids = [{}]
[[objective]]
number = 4
title = "High quality"
lead = ["fu_hosp_mh_7d", "readmit_30d"]
supporting = ["fu_hosp_mh_30d", "involuntary_hold_rate"]
cannot_show = "fidelity"
[[objective]]
number = 7
title = "Least restrictive"
lead = ["bed_days_per_1000mm", "loc_concordance", "coc_bb@agency"]
[[objective]]
number = 5
title = "=Cost"
lead = ["pmpm_bh", "reengaged_90d"]
[[target]]
indicator = "readmit_30d"
at_most = 0.14
[[target]]
indicator = "bed_days_per_1000mm"
at_most = 4000
[[target]]
indicator = "coc_bb@agency"
at_least = 0.6
[[target]]
indicator = "fu_hosp_mh_7d"
at_least = 0.4
[[target]]
indicator = "fu_hosp_mh_7d"
organisations = ["BHO-2"]
from = "2026-07"
at_least = 0.9
"#,
        ids.join(", ")
    );
    let document = Document::parse(Source { path: "contract.toml".to_owned(), text })
        .unwrap_or_else(|problems| panic!("{problems}"));
    let known: Vec<KnownMeasure> = measures().iter().map(KnownMeasure::of).collect();
    contract::read(&document, &known, &std::collections::BTreeSet::new())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn with_targets() -> Settings {
    Settings { targets: contract().targets, ..settings() }
}

fn tables() -> (PublishedTable, PublishedTable) {
    let settings = with_targets();
    let table = tabulate(&tallies(), &settings);
    (suppress(&table, &settings), release_internal(&table, &settings))
}

fn card(table: &PublishedTable) -> Scorecard {
    scorecard(table, &contract(), september()).expect("September is there")
}

/// A report with a scorecard.
pub(crate) fn with_card(table: &PublishedTable) -> Content<'_> {
    Content { scorecard: Some(card(table)), ..content(table) }
}

/// One cell as a reader finds it.
#[derive(Debug, PartialEq)]
struct Seen {
    objective: String,
    indicator: String,
    group: String,
    value: String,
    interval: String,
    target: String,
    verdict: String,
    variation: String,
    assurance: String,
    /// Empty within the limits of chance and where nothing is compared.
    peers: String,
}

fn display(indicator: &str) -> Display {
    measures().iter().find(|one| one.id == indicator).expect("an indicator").display
}

fn shown(value: Option<f64>, indicator: &str) -> String {
    value.map_or_else(String::new, |value| format::value(value, display(indicator)))
}

fn shown_interval(low: Option<f64>, high: Option<f64>, indicator: &str) -> String {
    let ends = low.zip(high);
    ends.map_or_else(String::new, |(low, high)| {
        format::interval(low, high, display(indicator)).replacen("\u{a0}% to", " to", 1)
    })
}

/// What stands between a text and the next other one; empty without it.
fn between(text: &str, from: &str, to: &str) -> String {
    let found = text.split_once(from).and_then(|(_, rest)| rest.split_once(to));
    found.map_or_else(String::new, |(found, _)| found.to_owned())
}

fn of_page(page: &str) -> Vec<Seen> {
    let section = pieces(page, "<section id=\"scorecard\"", "</section>").concat();
    let mut found = Vec::new();
    for body in pieces(&section, "<tbody", "</tbody>") {
        let objective = between(body, "<b>", ".\u{a0}</b>");
        for row in pieces(body, "<tr", "</tr>") {
            let head = pieces(row, "class=\"measure\"", "</th>").concat();
            let anchor = between(&head, "href=\"#", "\"");
            let indicator = anchor.replace("coc_bb-agency", "coc_bb@agency");
            let general = between(&head, "target ", "</span>");
            let general = general.split(';').next().unwrap_or_default().to_owned();
            for cell in pieces(row, "<td", "</td>") {
                let own = between(cell, " target ", "</span>");
                let verdict = cell.split_once("class=\"verdict").map_or("", |(_, rest)| rest);
                // The sign before the words is for the eye only.
                let verdict = verdict.split_once("true\">").map_or(verdict, |(_, rest)| rest);
                let verdict = between(verdict, ">", "<");
                let icons: Vec<String> = pieces(cell, "<svg viewBox=\"0 0 48 48\"", "</svg>")
                    .iter()
                    .map(|icon| between(icon, "aria-label=\"", "\""))
                    .collect();
                let of = |target: bool| {
                    let icon = icons.iter().find(|words| words.starts_with("target") == target);
                    icon.cloned().unwrap_or_default()
                };
                found.push(Seen {
                    objective: objective.clone(),
                    indicator: indicator.clone(),
                    group: between(cell, "data-label=\"", "\"").replace("&#39;", "'"),
                    value: between(cell, "<strong>", "</strong>"),
                    interval: between(cell, "class=\"range\">", "</span>"),
                    target: if own.is_empty() { general.clone() } else { own },
                    verdict: verdict.trim().to_owned(),
                    variation: of(false),
                    assurance: of(true),
                    peers: between(cell, "class=\"peer\">◆ ", "</span>"),
                });
            }
        }
    }
    found
}

/// By indicator and group, with every word as files have it.
fn by_place(seen: Vec<Seen>) -> BTreeMap<(String, String), Seen> {
    let count = seen.len();
    let found: BTreeMap<_, _> =
        seen.into_iter().map(|one| ((one.indicator.clone(), one.group.clone()), one)).collect();
    assert_eq!(found.len(), count, "no cell is there twice");
    found
}

/// The words of the page, and those of files.
const VERDICTS: [(&str, &str); 9] = [
    ("met", "met"),
    ("not met", "not_met"),
    ("cannot tell", "cannot_tell"),
    ("no target", "no_target"),
    ("too few: hidden", "too_few"),
    ("not complete yet", "not_ripe"),
    ("data begin too late", "before_data"),
    ("not computable", "not_computable"),
    ("nobody counted", "nothing_counted"),
];

fn file_word(words: &str) -> String {
    let known = VERDICTS.iter().find(|(page, _)| *page == words);
    known.map_or_else(|| panic!("no such verdict: {words:?}"), |(_, file)| (*file).to_owned())
}

fn variation_word(words: &str) -> String {
    match words.split(':').next().unwrap_or_default() {
        "" | "not charted" => "not_charted",
        "no signal" => "common",
        "better" => "improving",
        "worse" => "worsening",
        "changed" => "changing",
        other => panic!("no such variation: {other}"),
    }
    .to_owned()
}

fn assurance_word(words: &str) -> String {
    match words {
        "" | "no target" | "target not charted" => "",
        "target will be reached every month" => "reached",
        "target will be missed every month" => "missed",
        "target reached or missed by chance" => "hit_or_miss",
        other => panic!("no such assurance: {other}"),
    }
    .to_owned()
}

fn peers_word(words: &str) -> String {
    let flagged = words.strip_suffix(" than its peers").or(words.strip_suffix(" its peers"));
    flagged.unwrap_or_default().to_owned()
}

fn target_words(is: &str, at: Option<f64>, indicator: &str) -> String {
    let sign = if is == "at_most" { '≤' } else { '≥' };
    at.map_or_else(String::new, |at| {
        format!("{sign}\u{a0}{}", format::value(at, display(indicator)))
    })
}

fn group_name(group: &str) -> String {
    if group == "all" {
        "All members".to_owned()
    } else {
        group.trim_start_matches('\'').to_owned()
    }
}

fn of_csv(bytes: &[u8]) -> Vec<Seen> {
    let mut reader = csv::Reader::from_reader(bytes);
    let heads = reader.headers().expect("a header").clone();
    let seen = |record: csv::StringRecord| {
        let text = |name: &str| {
            let place = heads.iter().position(|head| head == name).expect("a column");
            record[place].to_owned()
        };
        let number = |name: &str| text(name).parse::<f64>().ok();
        let indicator = text("indicator");
        Seen {
            objective: text("objective"),
            group: group_name(&text("group")),
            value: shown(number("value"), &indicator),
            interval: shown_interval(number("low"), number("high"), &indicator),
            target: target_words(&text("target_is"), number("target"), &indicator),
            verdict: text("verdict"),
            variation: text("variation"),
            assurance: text("assurance").replace("no_target", "").replace("not_charted", ""),
            peers: text("peers").replace("not_compared", "").replace("within", ""),
            indicator,
        }
    };
    reader.records().map(|record| seen(record.expect("a row"))).collect()
}

fn of_json(bytes: &[u8]) -> Vec<Seen> {
    let whole: Value = serde_json::from_slice(bytes).expect("JSON");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let mut found = Vec::new();
    for objective in list(&whole["objectives"]) {
        for line in list(&objective["indicators"]) {
            let indicator = line["indicator"].as_str().expect("an id").to_owned();
            for cell in list(&line["cells"]) {
                let text = |name: &str| cell[name].as_str().unwrap_or_default().to_owned();
                let number = |name: &str| cell[name].as_f64();
                let target = &cell["target"];
                let is = target["is"].as_str().unwrap_or_default();
                found.push(Seen {
                    objective: objective["number"].to_string(),
                    indicator: indicator.clone(),
                    group: group_name(&text("group")),
                    value: shown(number("value"), &indicator),
                    interval: shown_interval(number("low"), number("high"), &indicator),
                    target: target_words(is, target["value"].as_f64(), &indicator),
                    verdict: text("verdict"),
                    variation: text("variation"),
                    assurance: text("assurance")
                        .replace("no_target", "")
                        .replace("not_charted", ""),
                    peers: text("peers").replace("not_compared", "").replace("within", ""),
                });
            }
        }
    }
    found
}

/// The lines of the workbook's sheet, by the letters of their columns.
fn of_workbook(bytes: &[u8]) -> Vec<Seen> {
    let members = unzipped(bytes);
    let member = |name: &str| &members.iter().find(|(path, _)| path == name).expect("a member").1;
    let unescaped = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&apos;", "'");
        text.replace("&quot;", "\"").replace("&amp;", "&")
    };
    let strings: Vec<String> = pieces(member("xl/sharedStrings.xml"), "<si>", "</si>")
        .iter()
        .map(|item| unescaped(item.rsplit_once("\">").map_or(&item[7..], |(_, text)| text)))
        .map(|text| text.trim_start_matches('>').replace("</t>", ""))
        .collect();
    assert!(member("xl/workbook.xml").contains("name=\"Scorecard\" sheetId=\"2\""));
    let mut found = Vec::new();
    for row in pieces(member("xl/worksheets/sheet2.xml"), "<row ", "</row>").into_iter().skip(4) {
        let mut cells: BTreeMap<String, String> = BTreeMap::new();
        for cell in pieces(row, "<c r=\"", "</c>") {
            let column = cell[6..].trim_start_matches(char::is_alphabetic);
            let letter = cell[6..cell.len() - column.len()].to_owned();
            let value = between(cell, "<v>", "</v>");
            let is_text = cell.contains(" t=\"s\"");
            let value = if is_text {
                strings[value.parse::<usize>().expect("a place")].clone()
            } else {
                value
            };
            cells.insert(letter, value);
        }
        let text = |column: &str| cells.get(column).cloned().unwrap_or_default();
        let number = |column: &str| text(column).parse::<f64>().ok();
        let indicator = text("E");
        found.push(Seen {
            objective: text("A"),
            group: group_name(&text("F")),
            value: shown(number("G"), &indicator),
            interval: shown_interval(number("H"), number("I"), &indicator),
            target: target_words(&text("M").replace(' ', "_"), number("N"), &indicator),
            verdict: file_word(&text("O")),
            variation: variation_word(&text("P")),
            assurance: assurance_word(&text("Q")),
            peers: peers_word(&text("R")),
            indicator,
        });
    }
    found
}

fn in_file_words(mut seen: Vec<Seen>) -> Vec<Seen> {
    for one in &mut seen {
        one.verdict = file_word(&one.verdict);
        one.variation = variation_word(&one.variation);
        one.assurance = assurance_word(&one.assurance);
        one.peers = peers_word(&one.peers);
        one.group = one.group.replace("&lt;", "<").replace("&gt;", ">");
        one.target = one.target.trim().to_owned();
    }
    seen
}

#[test]
fn page_workbook_csv_and_json_say_the_same() {
    let (published, _) = tables();
    let content = with_card(&published);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("report");
    report::write(&content, &out).expect("a report");
    let read = |name: &str| std::fs::read(out.join(name)).expect("a file of the report");
    let page = String::from_utf8(read("index.html")).expect("a page");
    let csv = by_place(of_csv(&read("tables/scorecard.csv")));
    assert_eq!(csv.len(), 9 * (BHOS.len() + 1));
    let verdicts: std::collections::BTreeSet<&str> =
        csv.values().map(|seen| seen.verdict.as_str()).collect();
    for wanted in ["met", "not_met", "cannot_tell", "no_target", "too_few", "not_ripe"] {
        assert!(verdicts.contains(wanted), "no cell is {wanted}: {verdicts:?}");
    }
    for (what, found) in [
        ("JSON", by_place(of_json(&read("scorecard.json")))),
        ("workbook", by_place(of_workbook(&read("workbook.xlsx")))),
        ("page", by_place(in_file_words(of_page(&page)))),
    ] {
        assert_eq!(found.len(), csv.len(), "{what}");
        for (place, seen) in &found {
            assert_eq!(Some(seen), csv.get(place), "{what}");
        }
    }
    for (place, seen) in &csv {
        let row = published.rows().iter().find(|row| {
            let measure = &published.measures()[row.measure];
            let group = match &row.group {
                throughline::kernel::Group::All => "All members",
                throughline::kernel::Group::Bho(id) => id,
            };
            (measure.id.as_str(), group) == (place.0.as_str(), place.1.as_str())
                && row.period == september()
                && row.stratum.kind == "all"
                && row.statistic.is_empty()
        });
        let value = row.and_then(|row| row.value);
        assert_eq!(seen.value, shown(value, &place.0), "{place:?} in results");
    }
}

/// Observed ÷ expected with its ends.
type Ratio = [Option<f64>; 3];

/// Observed ÷ expected: the row of results, CSV, JSON, workbook and the funnels of the page.
#[test]
fn ratios_are_the_same_everywhere() {
    let (published, _) = tables();
    let content = with_card(&published);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("report");
    report::write(&content, &out).expect("a report");
    let read = |name: &str| std::fs::read(out.join(name)).expect("a file");
    let table = read("tables/scorecard.csv");
    let mut reader = csv::Reader::from_reader(table.as_slice()).into_records();
    let mut of_csv: BTreeMap<(String, String), Ratio> = BTreeMap::new();
    for record in &mut reader {
        let record = record.expect("a row");
        let number = |place: usize| record[place].parse::<f64>().ok();
        of_csv.insert(
            (record[3].to_owned(), group_name(&record[8])),
            [number(23), number(24), number(25)],
        );
    }
    let whole: Value = serde_json::from_slice(&read("scorecard.json")).expect("JSON");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let mut of_json: BTreeMap<(String, String), Ratio> = BTreeMap::new();
    for line in list(&whole["objectives"]).iter().flat_map(|one| list(&one["indicators"])) {
        for cell in list(&line["cells"]) {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let ratio =
                ["standardised_ratio", "ratio_low", "ratio_high"].map(|name| cell[name].as_f64());
            of_json.insert((text(&line["indicator"]), group_name(&text(&cell["group"]))), ratio);
        }
    }
    assert_eq!(of_csv, of_json);
    let page = String::from_utf8(read("index.html")).expect("a text");
    let everyone = throughline::kernel::Stratum { kind: "all".to_owned(), value: "all".to_owned() };
    let mut shown = 0;
    for ((indicator, group), ratio) in &of_csv {
        let measure =
            published.measures().iter().position(|one| one.id == *indicator).expect("known");
        let whose = match group.as_str() {
            "All members" => throughline::kernel::Group::All,
            id => throughline::kernel::Group::Bho(id.to_owned()),
        };
        let row = published.row(measure, STANDARDISED_RATIO, september(), &whose, &everyone);
        let row = row.filter(|row| !row.suppressed);
        assert_eq!(
            *ratio,
            row.map_or([None; 3], |row| [row.value, row.low, row.high]),
            "{indicator} {group}"
        );
        if let [Some(value), Some(low), Some(high)] = ratio {
            let told = format!("{value:.2}, {low:.2} to {high:.2}");
            shown += usize::from(page.contains(&told));
        }
    }
    assert!(shown > 5, "{shown} ratios stand on the page");
    let told = page.matches("standardised, expected by a logistic regression").count();
    assert!(told > 0, "{told} funnels are fair");
    let members = unzipped(&read("workbook.xlsx"));
    let sheet =
        &members.iter().find(|(name, _)| name == "xl/worksheets/sheet2.xml").expect("a sheet").1;
    let cells = |column: &str| pieces(sheet, &format!("<c r=\"{column}"), "</c>");
    let numbers = |column: &str| -> Vec<f64> {
        let of = |cell: &&str| between(cell, "<v>", "</v>").parse().ok();
        cells(column).iter().filter(|cell| !cell.contains(" t=\"s\"")).filter_map(of).collect()
    };
    for (place, column) in ["T", "U", "V"].into_iter().enumerate() {
        let mut expected: Vec<f64> = of_csv.values().filter_map(|ratio| ratio[place]).collect();
        let mut found = numbers(column);
        expected.sort_by(f64::total_cmp);
        found.sort_by(f64::total_cmp);
        assert_eq!(found, expected, "column {column}");
    }
}

/// Whatever a hidden number is, the scorecard is the same.
#[test]
fn a_hidden_cell_says_nothing() {
    let (published, internal) = tables();
    let shown = card(&published);
    let mut hidden = 0;
    for ((_, line), (_, open)) in shown.lines().zip(card(&internal).lines()) {
        for (cell, open) in line.cells.iter().zip(&open.cells) {
            if cell.standing != Standing::TooFew {
                continue;
            }
            hidden += 1;
            assert_ne!(open.standing, Standing::TooFew);
            let row = cell.row.as_ref().expect("a hidden row");
            let numbers = [row.value, row.low, row.high].into_iter().flatten().count();
            assert_eq!((numbers, row.verdict, cell.months.len()), (0, None, 0));
            assert!(cell.variation.signal().is_none(), "{:?}", cell.variation);
            assert!(["no_target", "not_charted"].contains(&cell.assurance.name()));
        }
    }
    assert!(hidden > 2, "only {hidden} cells are hidden");
}

/// From each cell there is a way to its chart, table, rule and exclusions.
#[test]
fn every_cell_leads_to_its_chart() {
    let (published, _) = tables();
    let content = with_card(&published);
    let page = report::page(&content);
    super::markup::check_balanced(&page);
    let section = pieces(&page, "<section id=\"scorecard\"", "</section>").concat();
    let mut led = 0;
    for cell in pieces(&section, "<td", "</td>") {
        let target = between(cell, "href=\"#", "\"");
        let id = format!(" id=\"{target}\"");
        let place = page.find(&id).unwrap_or_else(|| panic!("{target} leads nowhere"));
        if target.contains("--") {
            led += 1;
            let rest = &page[place..];
            let figure = &rest[..rest.find("</figure>").expect("a chart")];
            assert!(figure.contains("<svg ") && figure.contains("<table"), "{target}");
        }
    }
    assert!(led > 20, "only {led} cells lead to a chart of their own");
}
