//! The page, from top to bottom.

use super::content::Content;
use super::html::{Html, anchor};
use super::lookup::Lookup;
use super::{front, method, quality, restated, score, section, words};

const STYLE: &str = include_str!("style.css");

/// The page of rules beside the report.
pub const REFERENCE: &str = "indicators.html";

/// A page in the look of the report: one file that needs no other.
pub(super) fn document(
    title: &str,
    (class, skip): (&str, &str),
    write: impl FnOnce(&mut Html),
) -> String {
    let mut html = Html::default();
    html.markup("<!DOCTYPE html>\n");
    html.within("html", &[("lang", "en")], |html| {
        html.within("head", &[], |html| {
            html.markup("<meta charset=\"utf-8\">\n");
            html.markup(
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
            );
            html.markup("<meta name=\"color-scheme\" content=\"light\">\n");
            html.leaf("title", &[], title);
            html.within("style", &[], |html| html.markup(STYLE));
        });
        html.within("body", &[("class", class)], |html| {
            html.within("a", &[("class", "skip"), ("href", "#main")], |html| html.say(skip));
            write(html);
        });
    });
    html.finish()
}

/// The whole page of the report.
pub fn page(content: &Content<'_>) -> String {
    let lookup = Lookup::of(content);
    let class = if content.table.internal() { "internal" } else { "published" };
    document(&content.title, (class, "Skip to the report"), |html| {
        front::write_header(html, content);
        write_contents(html, content);
        html.within("main", &[("id", "main")], |html| {
            html.within("section", &[("id", "summary")], |html| {
                front::write_changes(html, content);
                restated::write(html, content);
                front::write_key_table(html, content, &lookup);
            });
            score::write(html, content, &lookup);
            write_families(html, content, &lookup);
            quality::write(html, content);
            method::write(html, content);
        });
        html.leaf("footer", &[], &format!("{} – {}", content.title, words::publication(content)));
    })
}

fn write_contents(html: &mut Html, content: &Content<'_>) {
    html.within("nav", &[("aria-label", "Contents")], |html| {
        html.within("ul", &[], |html| {
            let mut entry =
                |target: &str, text: &str| html.within("li", &[], |html| html.link(target, text));
            entry("#summary", "Summary");
            if content.scorecard.is_some() {
                entry("#scorecard", "Scorecard");
            }
            for family in words::FAMILIES {
                if content.table.measures().iter().any(|measure| measure.family == family) {
                    entry(&format!("#{}", words::family_id(family)), words::family(family));
                }
            }
            entry("#data-quality", "Data quality");
            entry("#method", "Method");
            if content.further_files.iter().any(|(path, _)| path == REFERENCE) {
                entry(REFERENCE, "Rules in pictures");
            }
            entry("workbook.xlsx", "Workbook");
            entry("tables/results.csv", "All results (CSV)");
            entry("dictionary.csv", "Data dictionary (CSV)");
            entry("measure-report.json", "FHIR MeasureReport (JSON)");
        });
    });
}

fn write_families(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>) {
    for family in words::FAMILIES {
        let of_family = || {
            content
                .table
                .measures()
                .iter()
                .enumerate()
                .filter(|(_, measure)| measure.family == family)
        };
        if of_family().next().is_none() {
            continue;
        }
        html.within("section", &[("id", words::family_id(family)), ("class", "family")], |html| {
            html.leaf("h2", &[], words::family(family));
            html.within("ul", &[("class", "inside")], |html| {
                for (_, measure) in of_family() {
                    html.within("li", &[], |html| {
                        html.link(
                            &format!("#{}", anchor(&words::name(measure))),
                            &words::title(measure),
                        );
                    });
                }
            });
            for (place, _) in of_family() {
                section::write(html, content, lookup, place);
            }
        });
    }
}
