//! The page of a reconciliation: what was reported, what was counted, and where they part.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::chart::format;
use crate::indicator::{Display, Measure};
use crate::oversight::{
    Exact, Grade, MemberDifference, Origin, PublishedTable, Reconciled, members_csv,
};
use crate::terms::Day;

use super::folder::{self, Error, MANIFEST, Written};
use super::html::{Html, anchor};
use super::lookup::group_name;
use super::table::{Cell, Part, Table};
use super::{manifest, member_differences, page, words};

/// Everything a reconciliation says.
#[derive(Debug, Clone)]
pub struct ReconciliationContent<'a> {
    /// Heading of the page.
    pub title: String,
    /// Name of the reported file.
    pub file: String,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// The snapshot that was counted from.
    pub snapshot: String,
    /// Data are complete up to this day.
    pub data_through: Day,
    /// Version of the program.
    pub program_version: String,
    /// Anything unusual about the counting, in sentences.
    pub notes: Vec<String>,
    /// What was counted, with nothing hidden.
    pub table: &'a PublishedTable,
    /// The rates, in the order of the file.
    pub rows: &'a [Reconciled],
    /// `reconciliation.csv`.
    pub csv: Vec<u8>,
    /// Members that differ, where lists of members were given.
    pub members: Option<&'a [MemberDifference]>,
}

const KIND: &str = "reconciliation";

/// Writes page, table and manifest. Only an earlier reconciliation is replaced, never a report.
pub fn write_reconciliation(
    content: &ReconciliationContent<'_>,
    folder: &Path,
) -> Result<Written, Error> {
    let mut files = vec![
        ("index.html".to_owned(), reconciliation_page(content).into_bytes()),
        ("reconciliation.csv".to_owned(), content.csv.clone()),
    ];
    if let Some(members) = content.members {
        let reported: Vec<_> = content.rows.iter().map(|row| row.reported.clone()).collect();
        files.push(("members.csv".to_owned(), members_csv(members, &reported)));
    }
    let outputs: Map<String, Value> = files
        .iter()
        .map(|(path, bytes)| {
            let entry = json!({ "sha256": manifest::sha256(bytes), "bytes": bytes.len() });
            (path.clone(), entry)
        })
        .collect();
    let about = json!({
        "program": manifest::PROGRAM,
        "version": content.program_version,
        "kind": KIND,
        "internal": true,
        "reported": { "file": content.file, "sha256": content.sha256 },
        "snapshot": content.snapshot,
        "data_through": content.data_through.to_string(),
        "files": outputs,
    });
    let mut bytes = serde_json::to_vec_pretty(&about).expect("strings and numbers serialise");
    bytes.push(b'\n');
    files.push((MANIFEST.to_owned(), bytes));
    folder::replace(folder, &json!(KIND), &files)
}

/// The page: one file that needs no other.
pub fn reconciliation_page(content: &ReconciliationContent<'_>) -> String {
    page::document(&content.title, ("internal", "Skip to the comparison"), |html| {
        write_header(html, content);
        html.within("main", &[("id", "main")], |html| {
            write_summary(html, content);
            write_differences(html, content);
            member_differences::write(html, content);
            write_obstacles(html, content);
            write_all(html, content);
            write_method(html, content);
        });
        html.leaf("footer", &[], &format!("{} – {INTERNAL}", content.title));
    })
}

const INTERNAL: &str = "INTERNAL: small numbers are not hidden; for the monitor and the organisation concerned, \
                        not for publication";

fn write_header(html: &mut Html, content: &ReconciliationContent<'_>) {
    html.within("header", &[], |html| {
        html.leaf("p", &[("class", "kicker")], "Throughline: do the numbers agree?");
        html.leaf("h1", &[], &content.title);
        html.leaf("p", &[("class", "state internal")], INTERNAL);
        html.within("dl", &[("class", "facts")], |html| {
            let facts = [
                ("Reported in", content.file.clone()),
                ("Rates", content.rows.len().to_string()),
                ("Data through", format::day(content.data_through)),
                ("Snapshot", content.snapshot.clone()),
                ("Program", format!("throughline {}", content.program_version)),
            ];
            for (term, text) in facts {
                html.within("div", &[], |html| {
                    html.leaf("dt", &[], term);
                    html.leaf("dd", &[], &text);
                });
            }
        });
    });
    html.within("nav", &[("aria-label", "Contents")], |html| {
        html.within("ul", &[], |html| {
            let links = [
                ("#summary", "Summary"),
                ("#differences", "Differences"),
                ("#all", "Every rate"),
                ("#method", "Method"),
                ("reconciliation.csv", "All of it (CSV)"),
            ];
            for (target, text) in links {
                html.within("li", &[], |html| html.link(target, text));
            }
        });
    });
}

fn write_summary(html: &mut Html, content: &ReconciliationContent<'_>) {
    html.within("section", &[("id", "summary")], |html| {
        html.leaf("h2", &[], "Summary");
        let number = |is: fn(&Grade) -> bool| content.rows.iter().filter(|row| is(&row.grade)).count();
        html.leaf(
            "p",
            &[],
            &format!(
                "Of {} reported rates {} agree, {} differ by up to 5 points, {} differ by more, and {} cannot be compared.",
                content.rows.len(),
                number(|grade| *grade == Grade::Agrees),
                number(|grade| *grade == Grade::Near),
                number(|grade| *grade == Grade::Differs),
                number(|grade| matches!(grade, Grade::NotCompared(_))),
            ),
        );
        let mut by_group: BTreeMap<_, [usize; 4]> = BTreeMap::new();
        for row in content.rows {
            let column = match row.grade {
                Grade::Agrees => 0,
                Grade::Near => 1,
                Grade::Differs => 2,
                Grade::NotCompared(_) => 3,
            };
            by_group.entry(&row.reported.group).or_default()[column] += 1;
        }
        let rows = by_group.into_iter().map(|(group, numbers)| {
            let numbers = numbers.into_iter().map(|number| Cell::number(number.to_string()));
            std::iter::once(Cell::words(group_name(group))).chain(numbers).collect()
        });
        let heads = ["Organisation", "Agree", "Within 5 points", "Differ", "Not compared"];
        Table::plain("Reported rates by organisation", &heads, rows.collect()).write(html);
        for note in &content.notes {
            html.leaf("p", &[("class", "note")], note);
        }
    });
}

fn write_differences(html: &mut Html, content: &ReconciliationContent<'_>) {
    let mut rows: Vec<&Reconciled> =
        content.rows.iter().filter(|row| row.grade.is_difference()).collect();
    // Shares first, and in each unit the largest difference; a rate without a value leads.
    let size = |row: &Reconciled| row.difference.map_or(f64::INFINITY, f64::abs);
    let unit = |row: &Reconciled| content.table.measures()[row.measure].display as u8;
    rows.sort_by(|a, b| {
        unit(a)
            .cmp(&unit(b))
            .then(size(b).total_cmp(&size(a)))
            .then(a.reported.line.cmp(&b.reported.line))
    });
    html.within("section", &[("id", "differences")], |html| {
        html.leaf("h2", &[], "Differences");
        if rows.is_empty() {
            html.leaf("p", &[], "None: every rate that can be compared agrees.");
            return;
        }
        let cells = rows.iter().map(|row| difference_cells(row, content)).collect();
        let caption = "Rates that differ, the largest differences first";
        let heads = [
            "Indicator",
            "Organisation, period",
            "Reported",
            "Counted here",
            "Difference",
            "Arises in",
            "Its parts",
        ];
        let table = Table::plain(caption, &heads, cells);
        Table { is_cards: true, ..table }.write(html);
    });
}

fn difference_cells(row: &Reconciled, content: &ReconciliationContent<'_>) -> Vec<Cell> {
    let measure = &content.table.measures()[row.measure];
    let sources = row.sources.as_ref();
    let parts = sources.map_or_else(String::new, |of| {
        let parts = [
            ("denominator", of.denominator),
            ("exclusions", of.exclusions),
            ("numerator", of.numerator),
        ];
        let told = parts.iter().filter(|(_, by)| by.abs() > 1e-12);
        told.map(|(name, by)| format!("{name} {}", signed(*by, measure.display)))
            .collect::<Vec<_>>()
            .join("; ")
    });
    let note = sources.map_or_else(String::new, |sources| sources.note.clone());
    vec![
        Cell::Link(format!("#{}", anchor(&words::name(measure))), words::title(measure)),
        Cell::Noted(
            group_name(&row.reported.group).to_owned(),
            format::period(row.reported.period),
        ),
        reported_cell(row, measure),
        counted_cell(row, measure),
        Cell::Measured(
            row.difference.map_or_else(|| "–".to_owned(), |by| signed(by, measure.display)),
            grade(&row.grade).to_owned(),
        ),
        Cell::words(sources.map_or("–", |sources| origin(sources.origin))),
        Cell::Noted(parts, note),
    ]
}

fn reported_cell(row: &Reconciled, measure: &Measure) -> Cell {
    let (numerator, denominator) = (row.reported.numerator, row.reported.denominator);
    measured(row.reported_value, Some(numerator), Some(denominator), measure)
}

fn counted_cell(row: &Reconciled, measure: &Measure) -> Cell {
    measured(row.value, row.numerator, row.denominator, measure)
}

fn measured(
    value: Option<f64>,
    numerator: Option<Exact>,
    denominator: Option<Exact>,
    measure: &Measure,
) -> Cell {
    let value = value.map_or_else(|| "–".to_owned(), |value| format::value(value, measure.display));
    let counts = numerator.zip(denominator).map_or_else(String::new, |(numerator, denominator)| {
        format!("{} / {}", format::exact(numerator), format::exact(denominator))
    });
    Cell::Measured(value, counts)
}

fn signed(by: f64, display: Display) -> String {
    let distance = format::distance(by, display);
    match by {
        by if by > 0.0 => format!("+{distance}"),
        by if by < 0.0 => format!("\u{2212}{distance}"),
        _ => distance,
    }
}

fn grade(grade: &Grade) -> &'static str {
    match grade {
        Grade::Agrees => "agrees",
        Grade::Near => "within 5 points",
        Grade::Differs => "differs",
        Grade::NotCompared(_) => "not compared",
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Denominator => "the denominator",
        Origin::Exclusions => "the exclusions",
        Origin::Numerator => "the numerator",
    }
}

fn write_obstacles(html: &mut Html, content: &ReconciliationContent<'_>) {
    let mut by_reason: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for row in content.rows {
        if let Grade::NotCompared(why) = &row.grade {
            *by_reason.entry((why, row.measure)).or_default() += 1;
        }
    }
    if by_reason.is_empty() {
        return;
    }
    let rows = by_reason.into_iter().map(|((why, measure), number)| {
        let measure = &content.table.measures()[measure];
        vec![Cell::words(words::title(measure)), Cell::words(why), Cell::number(number.to_string())]
    });
    html.leaf("h2", &[], "Not compared");
    Table::plain("Why rates cannot be compared", &["Indicator", "Why", "Rates"], rows.collect())
        .write(html);
}

fn write_all(html: &mut Html, content: &ReconciliationContent<'_>) {
    html.within("section", &[("id", "all")], |html| {
        html.leaf("h2", &[], "Every rate");
        for (place, measure) in content.table.measures().iter().enumerate() {
            let mut own: Vec<&Reconciled> =
                content.rows.iter().filter(|row| row.measure == place).collect();
            own.sort_by_key(|row| (&row.reported.group, row.reported.period));
            let mut parts: Vec<Part> = Vec::new();
            for row in own {
                let heading = group_name(&row.reported.group).to_owned();
                if parts.last().is_none_or(|part| part.heading.as_ref() != Some(&heading)) {
                    parts.push(Part { heading: Some(heading), rows: Vec::new() });
                }
                let part = parts.last_mut().expect("one was just pushed if there was none");
                part.rows.push(vec![
                    Cell::words(format::period(row.reported.period)),
                    reported_cell(row, measure),
                    counted_cell(row, measure),
                    Cell::number(
                        row.excluded.map_or_else(|| "–".to_owned(), |n| format::count(n.into())),
                    ),
                    Cell::words(grade(&row.grade)),
                ]);
            }
            html.within("article", &[("id", &anchor(&words::name(measure)))], |html| {
                html.leaf("h3", &[], &words::title(measure));
                html.leaf("p", &[("class", "rule")], &measure.sentence);
                let heads = ["Period", "Reported", "Counted here", "Excluded here", "Grade"];
                let caption = format!("{}: reported and counted", words::title(measure));
                Table::of_parts(caption, &heads, parts).write(html);
            });
        }
    });
}

fn write_method(html: &mut Html, content: &ReconciliationContent<'_>) {
    html.within("section", &[("id", "method")], |html| {
        html.leaf("h2", &[], "Method");
        html.within("dl", &[("class", "method")], |html| {
            let notes = [
                (
                    "Grades",
                    "A rate agrees if numerator and denominator are the same, to the digits that were reported. \
                     Otherwise it differs: by up to 5 percentage points, or by more. Values that are no shares differ \
                     by up to 5 % of the counted value, or by more. The line at 5 is this project's."
                        .to_owned(),
                ),
                (
                    "Where it arises",
                    "The counted value becomes the reported one in three steps: other units, other exclusions, other \
                     units that meet the criterion. Each step's part is told; they add up to the difference. Where the \
                     file does not tell its exclusions, a denominator that is larger by exactly as many as some \
                     reasons exclude here is put down to the exclusions, which is likely and not certain."
                        .to_owned(),
                ),
                (
                    "Counted here",
                    format!(
                        "From snapshot {}, data complete through {}, by the rules below each indicator. SHA-256 of the \
                         reported file: {}.",
                        content.snapshot,
                        format::day(content.data_through),
                        content.sha256
                    ),
                ),
            ];
            for (term, text) in notes {
                html.leaf("dt", &[], term);
                html.leaf("dd", &[], &text);
            }
        });
    });
}
