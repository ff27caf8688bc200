//! The page of a study, from top to bottom, in the look of the monthly report.

use crate::chart::format;
use crate::study::{Field, Protocol, Sheet};

use super::html::Html;
use super::page::document;
use super::study_files::StudyContent;
use super::study_parts;
use super::table::{Cell, Table};

/// The whole page: one file that needs no other.
pub fn study_page(content: &StudyContent<'_>) -> String {
    let class = if content.study.screen.internal { "internal" } else { "published" };
    document(&content.study.title, (class, "Skip to the study"), |html| {
        write_header(html, content);
        write_contents(html, content);
        html.within("main", &[("id", "main")], |html| write_main(html, content));
        let line = format!("{} – {}", content.study.title, publication(content));
        html.leaf("footer", &[], &line);
    })
}

/// Whether the report may be passed on.
pub(super) fn publication(content: &StudyContent<'_>) -> &'static str {
    if content.study.screen.internal {
        "Internal: small counts are shown; not to be passed on"
    } else {
        "Small counts are hidden; may be passed on"
    }
}

fn write_header(html: &mut Html, content: &StudyContent<'_>) {
    let study = content.study;
    html.within("header", &[], |html| {
        html.leaf("p", &[("class", "kicker")], "Throughline: a study of courses of care");
        html.leaf("h1", &[], &study.title);
        let class = if study.screen.internal { "state internal" } else { "state" };
        html.leaf("p", &[("class", class)], publication(content));
        html.leaf("p", &[("class", "rule")], &study.question);
        html.within("dl", &[("class", "facts")], |html| {
            let mut fact = |term: &str, text: &str| {
                html.within("div", &[], |html| {
                    html.leaf("dt", &[], term);
                    html.leaf("dd", &[], text);
                });
            };
            fact("Data through", &format::day(content.data_through));
            fact("Snapshot", &content.snapshot);
            fact("Study file", &content.definition.0);
            fact("Program", &format!("throughline {}", content.program_version));
        });
    });
}

fn write_contents(html: &mut Html, content: &StudyContent<'_>) {
    html.within("nav", &[("aria-label", "Contents")], |html| {
        html.within("ul", &[], |html| {
            let mut entry =
                |target: &str, text: &str| html.within("li", &[], |html| html.link(target, text));
            entry("#design", "Design");
            entry("#flow", "Flow of people");
            for (id, title, _) in study_parts::parts(content.study) {
                entry(&format!("#{id}"), title);
            }
            entry("#limits", "Limits");
            entry("workbook.xlsx", "Workbook");
        });
    });
}

fn write_main(html: &mut Html, content: &StudyContent<'_>) {
    html.within("section", &[("id", "design")], |html| {
        html.leaf("h2", &[], "Design");
        html.leaf("p", &[("class", "rule")], &content.study.design);
        write_protocol(html, &content.study.protocol);
    });
    html.within("section", &[("id", "flow")], |html| {
        html.leaf("h2", &[], "Flow of people");
        write_sheet(html, &content.study.flow);
    });
    for (id, title, write) in study_parts::parts(content.study) {
        html.within("section", &[("id", id)], |html| {
            html.leaf("h2", &[], title);
            write(html, content.study);
        });
    }
    html.within("section", &[("id", "limits")], |html| write_limits(html, content));
}

fn write_protocol(html: &mut Html, protocol: &Protocol) {
    if !protocol.is_complete() {
        let text = "This study has no protocol of a trial that it stands for. What it finds is an association and is called so.";
        return html.leaf("p", &[("class", "note")], text);
    }
    let rows = protocol
        .rows
        .iter()
        .map(|(key, text)| vec![Cell::words(key.replace('_', " ")), Cell::words(text.clone())]);
    let caption = "The trial that this study stands for";
    Table::plain(caption, &["Part", "Protocol"], rows.collect()).write(html);
}

/// What may and may not be concluded.
fn write_limits(html: &mut Html, content: &StudyContent<'_>) {
    html.leaf("h2", &[], "Limits of what may be concluded");
    let least = content.study.screen.least - 1;
    let mut notes = vec![
        "Records show care that was delivered and paid for, not why one person got it and another did not. Weights balance what was recorded before time zero and nothing else; the E-value says how strong a cause that was not recorded would have to be, as a risk ratio with both care and outcome, to explain the difference away.".to_owned(),
        "Intervals are percentiles over draws of people with replacement; the weights are estimated anew in each draw. They tell of chance, not of bias. Hazard ratios have limits that take the weights as known.".to_owned(),
        "Follow-up ends with enrolment or with the data. It is taken to end for reasons that do not depend on what would have come, given what is recorded.".to_owned(),
        "Groups of courses and pathways describe. Who lives and stays longer has more time to show a pattern.".to_owned(),
    ];
    if content.study.screen.internal {
        notes.push("This is an internal report: small counts are shown.".to_owned());
    } else {
        notes.push(format!(
            "Counts from 1 to {least} are hidden, with what would give them away: on curves, days on which so few are at risk or have had the outcome; in tables, rows that stand together."
        ));
    }
    notes.extend(content.notes.iter().cloned());
    html.within("ul", &[("class", "changes")], |html| {
        for note in &notes {
            html.leaf("li", &[], note);
        }
    });
}

/// A table of the page.
pub(super) fn write_sheet(html: &mut Html, sheet: &Sheet) {
    let rows = sheet.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    Table::plain(sheet.title.clone(), &sheet.heads, rows).write(html);
}

fn cell(field: &Field) -> Cell {
    match field {
        Field::Words(text) => Cell::words(text.clone()),
        Field::Count(n) => Cell::number(format::count((*n).into())),
        Field::Share(value) => Cell::number(format::percent(*value)),
        Field::Dollars(value) => Cell::number(format::dollars(*value)),
        Field::Chance(p) if *p < 0.001 => Cell::number("< 0.001"),
        Field::Chance(p) => Cell::number(format!("{p:.3}")),
        Field::Number(value) => Cell::number(format::rate(*value)),
        Field::Hidden => Cell::number("hidden"),
        Field::Empty => Cell::number("–"),
    }
}
