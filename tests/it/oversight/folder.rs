//! A reader of a report's folder: every count that any of its files tells, workbook, JSON, text and the
//! tables of the page included. What the page's charts tell stands in their tables, which another test
//! checks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use throughline::chart::format;
use throughline::diagnostic::{Document, Source};
use throughline::kernel::{Group, Stratum};
use throughline::oversight::contract::{self, Contract, KnownMeasure};
use throughline::oversight::{
    Adjusted, PublishedTable, SHARE_HIGH, SHARE_VERY_HIGH, Settings, release_internal, results_csv,
    scorecard, suppress, tabulate,
};
use throughline::report::{self, Content};
use throughline::terms::{Grain, Period};

use super::attacker::{Attack, What};
use super::world::{self, Extent, day, everyone, stratum};
use crate::report::content::content;
use crate::report::markup::{pieces, unzipped};

/// A count that a file tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) indicator: String,
    pub(super) period: Period,
    pub(super) group: Group,
    pub(super) stratum: Stratum,
    pub(super) what: What,
    pub(super) count: i64,
}

/// What is told, and where a value stands of which no count is known.
#[derive(Debug, Default)]
struct Told {
    facts: BTreeSet<Fact>,
    values: BTreeSet<(String, Period, Group, Stratum)>,
}

/// Where a number stands: indicator with the suffix of its statistic, period, group, stratum.
type At = (String, Period, Group, Stratum);

impl Told {
    fn count(&mut self, at: &At, what: What, text: &str) {
        let Ok(count) = text.replace(',', "").parse::<i64>() else { return };
        let (indicator, period, group, stratum) = at.clone();
        self.facts.insert(Fact { indicator, period, group, stratum, what, count });
    }

    fn value(&mut self, at: &At, text: &str) {
        if text.parse::<f64>().is_ok() {
            self.values.insert(at.clone());
        }
    }
}

fn group_of(name: &str) -> Group {
    match name {
        "" | "all" | "All members" => Group::All,
        id => Group::Bho(id.to_owned()),
    }
}

/// A table with a header that names indicator and period.
fn read_csv(told: &mut Told, bytes: &[u8], periods: &[Period]) {
    let mut reader = csv::Reader::from_reader(bytes);
    let heads = reader.headers().expect("a header").clone();
    let has = |name: &str| heads.iter().any(|head| head == name);
    if !(has("indicator") && has("period_start")) {
        return;
    }
    for record in reader.records() {
        let record = record.expect("a row");
        let text = |name: &str| {
            let place = heads.iter().position(|head| head == name);
            place.map_or_else(String::new, |place| record[place].to_owned())
        };
        let is_own = |period: &&Period| {
            period.start.to_string() == text("period_start")
                && period.end.to_string() == text("period_end")
        };
        let period = *periods.iter().find(is_own).expect("a reported period");
        let kind = text("stratum_kind") + &text("attribute");
        let part = text("stratum") + &text("part");
        let stratum = if kind.is_empty() { everyone() } else { stratum(&kind, &part) };
        let indicator = text("indicator") + &text("statistic");
        let at = (indicator, period, group_of(&text("group")), stratum);
        told.count(&at, What::Met, &text("numerator"));
        told.count(&at, What::Units, &text("denominator"));
        if !has("reason") || has("value") {
            told.count(&at, What::Excluded, &text("excluded"));
        }
        told.value(&at, &text("value"));
        told.value(&at, &text("low"));
    }
}

fn read_scorecard(told: &mut Told, bytes: &[u8], periods: &[Period]) {
    let whole: Value = serde_json::from_slice(bytes).expect("JSON");
    let is_own = |period: &&Period| {
        whole["period"]["start"] == period.start.to_string()
            && whole["period"]["end"] == period.end.to_string()
    };
    let period = *periods.iter().find(is_own).expect("a reported period");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    for line in list(&whole["objectives"]).iter().flat_map(|one| list(&one["indicators"])) {
        for cell in list(&line["cells"]) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let at =
                (text(&line["indicator"]), period, group_of(&text(&cell["group"])), everyone());
            told.count(&at, What::Met, &text(&cell["numerator"]));
            told.count(&at, What::Units, &text(&cell["denominator"]));
            told.value(&at, &cell["value"].to_string());
        }
    }
}

fn read_measure_reports(told: &mut Told, bytes: &[u8], periods: &[Period]) {
    let bundle: Value = serde_json::from_slice(bytes).expect("JSON");
    for entry in bundle["entry"].as_array().expect("entries") {
        let one = &entry["resource"];
        let is_own = |period: &&Period| {
            one["period"]["start"] == period.start.to_string()
                && one["period"]["end"] == period.end.to_string()
        };
        let period = *periods.iter().find(is_own).expect("a reported period");
        let name = one["measure"]
            .as_str()
            .expect("a name")
            .trim_start_matches("urn:throughline:indicator:");
        let indicator = name.split('|').next().unwrap_or(name).to_owned();
        let group = group_of(one["reporter"]["display"].as_str().unwrap_or_default());
        let mut read = |numbers: &Value, stratum: Stratum| {
            let at = (indicator.clone(), period, group.clone(), stratum);
            for population in numbers["population"].as_array().into_iter().flatten() {
                let what = match population["code"]["coding"][0]["code"].as_str() {
                    Some("numerator") => What::Met,
                    Some("denominator") => What::Units,
                    _ => What::Excluded,
                };
                told.count(&at, what, &population["count"].to_string());
            }
            told.value(&at, &numbers["measureScore"]["value"].to_string());
        };
        let whole = &one["group"][0];
        read(whole, everyone());
        for stratifier in whole["stratifier"].as_array().into_iter().flatten() {
            let kind = stratifier["code"][0]["text"].as_str().expect("an attribute");
            for part in stratifier["stratum"].as_array().into_iter().flatten() {
                read(part, stratum(kind, part["value"]["text"].as_str().expect("a part")));
            }
        }
    }
}

/// The sheets of the workbook as texts by the letters of their columns, without their heads.
fn sheets(bytes: &[u8]) -> Vec<Vec<BTreeMap<String, String>>> {
    let members = unzipped(bytes);
    let member = |name: &str| members.iter().find(|(path, _)| path == name).map(|(_, text)| text);
    let strings = pieces(member("xl/sharedStrings.xml").expect("strings"), "<si>", "</si>");
    let strings: Vec<String> = strings
        .iter()
        .map(|one| one.rsplit_once("</t>").map_or("", |(text, _)| text))
        .map(|one| one.rsplit_once('>').map_or(one, |(_, text)| text).to_owned())
        .collect();
    let sheet = |number: usize| member(&format!("xl/worksheets/sheet{number}.xml"));
    let read = |text: &String| {
        let rows = pieces(text, "<row ", "</row>");
        let cells = |row: &&str| {
            let cells = pieces(row, "<c r=\"", "</c>").into_iter().map(|cell| {
                let letters = cell[6..].chars().take_while(char::is_ascii_alphabetic).collect();
                let value = cell.split_once("<v>").map_or("", |(_, rest)| rest);
                let value = value.split_once("</v>").map_or("", |(value, _)| value);
                let is_text = cell.contains(" t=\"s\"");
                let text = || value.parse().ok().and_then(|place: usize| strings.get(place));
                let value =
                    if is_text { text().cloned().unwrap_or_default() } else { value.to_owned() };
                (letters, value)
            });
            cells.collect()
        };
        rows.iter().skip(4).map(cells).collect()
    };
    (1..).map_while(sheet).map(read).collect()
}

fn read_workbook(told: &mut Told, bytes: &[u8], (periods, judged): (&[Period], Period)) {
    for (place, rows) in sheets(bytes).into_iter().enumerate() {
        for row in rows {
            let text = |column: &str| row.get(column).cloned().unwrap_or_default();
            // The second sheet is the scorecard.
            let (at, counts, value) = if place == 1 {
                let at = (text("E"), judged, group_of(&text("F")), everyone());
                (at, ["K", "L"], "G")
            } else {
                let Some(period) = periods.iter().find(|one| one.to_string() == text("D")) else {
                    continue;
                };
                let suffix =
                    if text("C").is_empty() { String::new() } else { format!(".{}", text("C")) };
                let stratum = stratum(&text("F"), &text("G"));
                let at = (text("B") + &suffix, *period, group_of(&text("E")), stratum);
                (at, ["L", "M"], "H")
            };
            told.count(&at, What::Met, &text(counts[0]));
            told.count(&at, What::Units, &text(counts[1]));
            told.value(&at, &text(value));
        }
    }
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    for letter in html.chars() {
        match letter {
            '<' => depth += 1,
            '>' => depth -= 1,
            letter if depth == 0 => text.push(letter),
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// `12 / 345` in a row of a table of the page.
fn read_page(told: &mut Told, page: &str, ids: &[String], periods: &[Period]) {
    for article in pieces(page, "<article id=\"", "</article>") {
        let id = article["<article id=\"".len()..].split('"').next().unwrap_or_default();
        let Some(indicator) = ids.iter().find(|known| *known == id) else { continue };
        for table in pieces(article, "<table>", "</table>") {
            let caption = plain(pieces(table, "<caption>", "</caption>").first().unwrap_or(&""));
            let summary =
                article.split(table).next().and_then(|before| before.rsplit_once("<summary>"));
            let summary =
                summary.map_or("", |(_, rest)| rest.split("</summary>").next().unwrap_or(""));
            let within = |text: &str| {
                let period = text.rsplit(", ").next().unwrap_or(text);
                periods.iter().copied().find(|one| format::period(*one) == period)
            };
            let mut kind = String::new();
            for row in pieces(table, "<tr>", "</tr>") {
                let cells: Vec<String> =
                    row.split("<t").skip(2).map(|cell| plain(&format!("<t{cell}"))).collect();
                let label = cells.first().cloned().unwrap_or_default();
                if row.contains("class=\"part\"") {
                    kind = label.replace(' ', "_");
                    continue;
                }
                let counts = cells.iter().find_map(|cell| cell.split_once(" / "));
                let Some((met, units)) = counts else { continue };
                let (_, whose) = caption.rsplit_once(" by period, ").unwrap_or(("", ""));
                let at = if !whose.is_empty() {
                    let period = periods.iter().copied().find(|one| format::period(*one) == label);
                    period.map(|period| {
                        (period, group_of(whose.split(';').next().unwrap_or(whose)), everyone())
                    })
                } else if caption.contains(" by part of the population") {
                    within(summary).map(|period| (period, Group::All, stratum(&kind, &label)))
                } else if let Some((_, rest)) = caption.rsplit_once(" by organisation, ") {
                    let period = within(rest.split(';').next().unwrap_or(rest));
                    period.map(|period| (period, group_of(&label), everyone()))
                } else {
                    None
                };
                let Some((period, group, stratum)) = at else { continue };
                let at = (indicator.clone(), period, group, stratum);
                told.count(&at, What::Met, met);
                told.count(&at, What::Units, units);
            }
        }
    }
}

fn contract_over(table: &PublishedTable) -> Contract {
    let leads: Vec<String> =
        ["fu_7d", "fu_30d", "holds", "active"].map(|id| format!("{id:?}")).into();
    let text = format!(
        "title = \"All\"\nperiod = \"month\"\nattribution = \"enrolment\"\n[organisations]\n\
         ids = [\"B0\", \"B1\", \"B2\", \"B3\"]\n[[objective]]\nnumber = 1\ntitle = \"One\"\nlead = [{}]\n",
        leads.join(", ")
    );
    let document = Document::parse(Source { path: "contract.toml".to_owned(), text });
    let document = document.unwrap_or_else(|problems| panic!("{problems}"));
    let known: Vec<KnownMeasure> = table.measures().iter().map(KnownMeasure::of).collect();
    contract::read(&document, &known, &BTreeSet::new())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Writes a report and reads every file of it.
fn read_report(table: &PublishedTable, folder: &Path) -> Told {
    let months = table.rows().iter().map(|row| row.period).filter(|one| one.grain == Grain::Month);
    let month = months.max().expect("a month");
    let periods: BTreeSet<Period> = table.rows().iter().map(|row| row.period).collect();
    let periods: Vec<Period> = periods.into_iter().collect();
    let whole = Content {
        period: month,
        scorecard: scorecard(table, &contract_over(table), month),
        results_csv: results_csv(table),
        ..content(table)
    };
    let written = report::write(&whole, folder).expect("a report");
    let ids: Vec<String> = table.measures().iter().map(|one| one.id.clone()).collect();
    let mut told = Told::default();
    for file in &written.files {
        let bytes = std::fs::read(folder.join(&file.path)).expect("a file");
        match file.path.as_str() {
            "scorecard.json" => read_scorecard(&mut told, &bytes, &periods),
            "measure-report.json" => read_measure_reports(&mut told, &bytes, &periods),
            "workbook.xlsx" => read_workbook(&mut told, &bytes, (&periods, month)),
            "index.html" => {
                let page = String::from_utf8(bytes).expect("a text");
                read_page(&mut told, &page, &ids, &periods);
            }
            path if path.rsplit('.').next() == Some("csv") => read_csv(&mut told, &bytes, &periods),
            _ => {}
        }
    }
    told
}

fn settings() -> Settings {
    let by = ["age_band", "sex"].map(Adjusted::from).to_vec();
    Settings { standardised_by: by, ..Settings::new(day("2030-01-01")) }
}

/// What a report tells of a random system of care: how many counts, and how many values.
fn attack(seed: u64) -> (usize, usize) {
    let extent = Extent { months: 3, bhos: 4, units: 200 + 400 * (seed % 23), ages: 3 };
    let grains = [Grain::Month, Grain::Quarter];
    let tallies = world::random_by_facility(seed, extent, &grains, seed % 3 * 2);
    let table = tabulate(&tallies, &settings());
    let (published, internal) =
        (suppress(&table, &settings()), release_internal(&table, &settings()));
    let folder = tempfile::tempdir().expect("a folder");
    let told = read_report(&published, &folder.path().join("report"));
    let rows: BTreeMap<At, bool> = published
        .rows()
        .iter()
        .map(|row| {
            let id = format!("{}{}", published.measures()[row.measure].id, row.statistic);
            ((id, row.period, row.group.clone(), row.stratum.clone()), row.value.is_some())
        })
        .collect();
    for at in &told.values {
        assert_eq!(rows.get(at), Some(&true), "seed {seed}: a value of {at:?} is told");
    }
    let mut attack = Attack::new(&published, &internal);
    for fact in &told.facts {
        let high = [SHARE_HIGH, SHARE_VERY_HIGH].into_iter();
        let mut high =
            high.filter_map(|suffix| Some((fact.indicator.strip_suffix(suffix)?, suffix)));
        let (id, statistic) = high.next().unwrap_or((fact.indicator.as_str(), ""));
        let measure = published.measures().iter().position(|one| one.id == id);
        let Some(measure) = measure else { continue };
        let place = (measure, statistic, fact.period, fact.group.clone(), fact.stratum.clone());
        attack.learn(fact.what, &place, fact.count);
    }
    let small = attack.shown_small(settings().threshold);
    assert!(small.is_empty(), "seed {seed}: a file tells {:?}", small[0]);
    let found = attack.found_out(settings().threshold);
    assert!(found.is_empty(), "seed {seed}: {:?}", found[0]);
    (told.facts.len(), told.values.len())
}

#[test]
fn no_hidden_count_can_be_solved_for_with_every_file_of_a_report() {
    let (mut facts, mut values) = (0, 0);
    for seed in 0..4 {
        let told = attack(seed);
        facts += told.0;
        values += told.1;
    }
    assert!(facts > 400 && values > 200, "{facts} counts and {values} values are told");
}

#[test]
#[ignore = "hundreds of reports take minutes"]
fn no_hidden_count_can_be_solved_for_with_every_file_of_hundreds_of_reports() {
    let (mut facts, mut values) = (0, 0);
    for seed in 4..204 {
        let told = attack(seed);
        facts += told.0;
        values += told.1;
    }
    assert!(facts > 20_000 && values > 10_000, "{facts} counts and {values} values are told");
}

/// The reader reads: of a report that hides nothing, every file tells its counts.
#[test]
fn every_kind_of_file_is_read() {
    let extent = Extent { months: 3, bhos: 3, units: 150, ages: 3 };
    let table = tabulate(&world::random(9, extent, &[Grain::Month, Grain::Quarter]), &settings());
    let internal = release_internal(&table, &settings());
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("report");
    read_report(&internal, &place);
    let periods: BTreeSet<Period> = internal.rows().iter().map(|row| row.period).collect();
    let periods: Vec<Period> = periods.into_iter().collect();
    let ids: Vec<String> = internal.measures().iter().map(|one| one.id.clone()).collect();
    let read = |name: &str, by: &dyn Fn(&mut Told, &[u8])| {
        let mut told = Told::default();
        by(&mut told, &std::fs::read(place.join(name)).expect("a file"));
        let small = told.facts.iter().filter(|fact| (1..=10).contains(&fact.count)).count();
        assert!(small > 3, "{name}: {small} of {} counts are small", told.facts.len());
    };
    for name in ["tables/results.csv", "tables/continuity.csv", "tables/scorecard.csv"] {
        read(name, &|told, bytes| read_csv(told, bytes, &periods));
    }
    read("scorecard.json", &|told, bytes| read_scorecard(told, bytes, &periods));
    read("measure-report.json", &|told, bytes| read_measure_reports(told, bytes, &periods));
    let month = *periods.iter().filter(|one| one.grain == Grain::Month).max().expect("a month");
    read("workbook.xlsx", &|told, bytes| read_workbook(told, bytes, (&periods, month)));
    read("index.html", &|told, bytes| {
        read_page(told, &String::from_utf8_lossy(bytes), &ids, &periods);
    });
}
