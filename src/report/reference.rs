//! The reference of indicators as a page: each rule as a sentence and as a picture, with its source,
//! its presets and its examples.

use crate::chart::Strip;
use crate::indicator::{Definition, Family, Indicator, Measure, picture};
use crate::kernel::Supply;

use super::html::{Html, anchor};
use super::page::document;
use super::table::{Cell, Table};
use super::words;

/// The page. Each item of `files` is one indicator file: its presets, the default first. With
/// `supply`, each indicator says whether a store with these tables and columns can compute it.
pub fn reference(title: &str, files: &[Vec<Definition>], supply: Option<&Supply>) -> String {
    document(title, ("published", "Skip to the indicators"), |html| {
        html.within("header", &[], |html| {
            html.leaf("p", &[("class", "kicker")], KICKER);
            html.leaf("h1", &[], title);
            html.leaf("p", &[("class", "rule")], INTRODUCTION);
        });
        let families = || {
            words::FAMILIES.into_iter().filter(|family| files.iter().any(|it| is_of(it, *family)))
        };
        html.within("nav", &[("aria-label", "Contents")], |html| {
            html.within("ul", &[], |html| {
                for family in families() {
                    html.within("li", &[], |html| {
                        html.link(&format!("#{}", words::family_id(family)), words::family(family));
                    });
                }
            });
        });
        html.within("main", &[("id", "main")], |html| {
            for family in families() {
                write_family(html, family, files, supply);
            }
        });
        let standing =
            "Indicators that resemble HEDIS measures are HEDIS-like, not an NCQA-certified result.";
        html.leaf("footer", &[], standing);
    })
}

/// By this line a page is known as one of these.
const KICKER: &str = "Throughline: reference of indicators";

/// True for the text of such a page.
pub fn is_reference(text: &str) -> bool {
    let mark = format!("<p class=\"kicker\">{KICKER}</p>");
    text.starts_with("<!DOCTYPE html>") && text.contains(&mark)
}

const INTRODUCTION: &str = "Every sentence and picture is made from the rule that counts, so that they cannot disagree. \
     Day 0 is the day of the index; a window has its first and its last day in it. In a picture, grey windows decide \
     what counts, dashed ones leave out, and the heavy one decides what is met.";

fn is_of(file: &[Definition], family: Family) -> bool {
    first(file).is_some_and(|one| one.measure.family == family)
}

fn first(file: &[Definition]) -> Option<&Indicator> {
    file.first()?.indicators.first()
}

fn write_family(
    html: &mut Html,
    family: Family,
    files: &[Vec<Definition>],
    supply: Option<&Supply>,
) {
    html.within("section", &[("id", words::family_id(family)), ("class", "family")], |html| {
        html.leaf("h2", &[], words::family(family));
        let own = || files.iter().filter(|file| is_of(file, family));
        html.within("ul", &[("class", "inside")], |html| {
            for one in own().filter_map(|file| first(file)) {
                html.within("li", &[], |html| {
                    html.link(&format!("#{}", anchor(&one.measure.base_id)), &one.measure.title);
                });
            }
        });
        for file in own() {
            write_file(html, file, supply);
        }
    });
}

fn write_file(html: &mut Html, file: &[Definition], supply: Option<&Supply>) {
    let Some(indicator) = first(file) else { return };
    let measure = &indicator.measure;
    let attributes = [("id", &*anchor(&measure.base_id)), ("class", "indicator")];
    html.within("article", &attributes, |html| {
        html.leaf("h3", &[], &measure.title);
        html.leaf("p", &[("class", "rule")], &measure.sentence);
        write_about(html, indicator, supply);
        html.within("div", &[("class", "figures")], |html| {
            html.within("div", &[], |html| {
                html.within("figure", &[], |html| {
                    let picture = picture(indicator);
                    let title = format!("Windows of the rule: {}", measure.title);
                    html.markup(&Strip::of_rule(&title, &picture).svg());
                });
            });
            html.within("div", &[], |html| write_examples(html, file));
        });
        write_others(html, file);
    });
}

fn write_about(html: &mut Html, indicator: &Indicator, supply: Option<&Supply>) {
    let measure = &indicator.measure;
    html.within("dl", &[("class", "about")], |html| {
        let mut pair = |term: &str, text: &str| {
            if !text.is_empty() {
                html.within("div", &[], |html| {
                    html.leaf("dt", &[], term);
                    html.leaf("dd", &[], text);
                });
            }
        };
        let objectives: Vec<String> = measure.objectives.iter().map(ToString::to_string).collect();
        pair("Id", &measure.base_id);
        pair("Objectives", &objectives.join(", "));
        pair("Direction", words::better(measure.better));
        pair("Unit", &measure.unit);
        pair("Reported by", &measure.reported_by());
        pair("Needs", &needs(indicator));
        if let Some(supply) = supply {
            pair("With this store", &computable(indicator, supply));
        }
        pair("Source", &measure.source);
        pair("Evidence", words::evidence(measure.evidence));
        pair("Why", &measure.rationale);
    });
}

fn needs(indicator: &Indicator) -> String {
    if indicator.needs.is_empty() { "contacts".to_owned() } else { indicator.needs.join(", ") }
}

/// Whether a store can compute an indicator, in words.
fn computable(indicator: &Indicator, supply: &Supply) -> String {
    match supply.why_not(indicator).as_str() {
        "" => "computable".to_owned(),
        why => format!("not computable: {why}"),
    }
}

fn write_examples(html: &mut Html, file: &[Definition]) {
    let examples = file.iter().flat_map(|definition| &definition.examples);
    let rows: Vec<Vec<Cell>> = examples
        .map(|example| {
            let timeline = example.timeline.join("; ");
            vec![Cell::Noted(example.name.clone(), timeline), Cell::words(example.expect.words())]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let caption = format!("{} examples, run with every check", rows.len());
    html.within("details", &[("class", "data")], |html| {
        html.leaf("summary", &[], &caption);
        Table::plain(caption.clone(), &["Example", "Gives"], rows).write(html);
    });
}

/// Variants and presets beside the first, where they say something else.
fn write_others(html: &mut Html, file: &[Definition]) {
    let all = file.iter().flat_map(|definition| &definition.indicators).map(|it| &it.measure);
    let others: Vec<&Measure> = all.skip(1).collect();
    if others.is_empty() {
        return;
    }
    let name = |measure: &Measure| match measure.preset.as_str() {
        "default" => measure.id.clone(),
        preset => format!("{} (preset {preset})", measure.id),
    };
    html.within("details", &[], |html| {
        html.leaf("summary", &[], &format!("{} variants and presets more", others.len()));
        html.within("dl", &[("class", "method")], |html| {
            for measure in others {
                html.leaf("dt", &[], &name(measure));
                html.leaf("dd", &[], &measure.sentence);
            }
        });
    });
}
