//! The top of the page: what it is, what changed, and every indicator in one table.

use crate::chart::format;
use crate::indicator::{Measure, Shape};
use crate::oversight::Published;
use crate::terms::Grain;

use super::content::Content;
use super::figures;
use super::html::{Html, anchor};
use super::lookup::Lookup;
use super::table::{Cell, Part, Table};
use super::words;

/// Title and the facts that every number depends on.
pub(super) fn write_header(html: &mut Html, content: &Content<'_>) {
    html.within("header", &[], |html| {
        html.leaf("p", &[("class", "kicker")], "Throughline: does the line of care hold?");
        html.leaf("h1", &[], &content.title);
        let class = if content.table.internal() { "state internal" } else { "state" };
        html.leaf("p", &[("class", class)], &words::publication(content));
        html.within("dl", &[("class", "facts")], |html| {
            let mut fact = |term: &str, text: &str| {
                html.within("div", &[], |html| {
                    html.leaf("dt", &[], term);
                    html.leaf("dd", &[], text);
                });
            };
            fact("Period", &format::period(content.period));
            fact("Data through", &format::day(content.table.settings().data_through));
            fact("Run-out", &run_out(content));
            fact("Snapshot", &content.snapshot.id);
            fact("Program", &format!("throughline {}", content.program_version));
        });
    });
}

fn run_out(content: &Content<'_>) -> String {
    let mut days: Vec<i32> =
        content.snapshot.sources.iter().map(|source| source.runout_days).collect();
    days.sort_unstable();
    let is_stated = content.snapshot.sources.iter().all(|source| source.runout_stated);
    let whose = if is_stated { "" } else { ", not stated for every table" };
    match (days.first(), days.last()) {
        (Some(least), Some(most)) if least == most => format!("{least} days{whose}"),
        (Some(least), Some(most)) => format!("{least} to {most} days, by table{whose}"),
        _ => "not stated".to_owned(),
    }
}

/// What changed, in sentences.
pub(super) fn write_changes(html: &mut Html, content: &Content<'_>) {
    html.leaf("h2", &[], &format!("What changed in {}", format::period(content.period)));
    if content.changes.is_empty() {
        html.leaf("p", &[], "Nothing that the rules call a signal.");
        return;
    }
    let (first, more) = content.changes.split_at(content.changes.len().min(FIRST_CHANGES));
    let list = |html: &mut Html, changes: &[String]| {
        html.within("ul", &[("class", "changes")], |html| {
            for change in changes {
                html.leaf("li", &[], &change.replace(" %", "\u{a0}%"));
            }
        });
    };
    list(html, first);
    if !more.is_empty() {
        html.within("details", &[("class", "more")], |html| {
            html.leaf("summary", &[], &format!("{} more", more.len()));
            list(html, more);
        });
    }
}

/// So many changes are read at a glance; the others are a click away.
const FIRST_CHANGES: usize = 8;

/// Every indicator in one table.
pub(super) fn write_key_table(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>) {
    html.leaf("h2", &[("id", "indicators")], "All indicators");
    let has_target = content.table.rows().iter().any(|row| row.target.is_some());
    let mut heads = vec![
        "Indicator",
        "Value",
        "95 % interval, basis",
        "Direction",
        "Latest periods",
        "Signal",
        "Period, state",
    ];
    if has_target {
        heads.push("Target");
    }
    let parts = words::FAMILIES.into_iter().filter_map(|family| {
        let of_family = content
            .table
            .measures()
            .iter()
            .enumerate()
            .filter(|(_, measure)| measure.family == family);
        let rows: Vec<Vec<Cell>> = of_family
            .map(|(place, _)| {
                let mut cells = key_row(content, lookup, place);
                if has_target {
                    let headline = lookup.headline(place, content.period);
                    cells.push(target_cell(headline, &content.table.measures()[place]));
                }
                cells
            })
            .collect();
        (!rows.is_empty()).then(|| Part { heading: Some(words::family(family).to_owned()), rows })
    });
    let caption =
        "All members; a dot ends the line of latest periods, hollow while preliminary".to_owned();
    let table = Table::of_parts(caption, &heads, parts.collect());
    Table { is_cards: true, ..table }.write(html);
}

fn key_row(content: &Content<'_>, lookup: &Lookup<'_>, place: usize) -> Vec<Cell> {
    let measure = &content.table.measures()[place];
    let title = Cell::Link(format!("#{}", anchor(&words::name(measure))), words::title(measure));
    let none = || Cell::words("–");
    let Some(row) = lookup.headline(place, content.period) else {
        let state = if measure.is_computable() {
            "no number".to_owned()
        } else {
            format!("not computable: {}", measure.why_not())
        };
        return vec![title, none(), none(), none(), none(), none(), Cell::Words(state)];
    };
    let state = words::state(row, measure);
    if !row.state.is_computable() {
        return vec![title, none(), none(), none(), none(), none(), Cell::Words(state)];
    }
    let period = format::period(row.period);
    if measure.shape == Shape::Mix {
        let state = Cell::Words(format!("{period}: {}", words::reasoned_state(row, measure)));
        return vec![title, Cell::words("by level"), none(), none(), none(), none(), state];
    }
    let since = if is_hidden_since(row, content, lookup) { "; later ones are hidden" } else { "" };
    let state = Cell::Words(format!("{period}: {state}{since}"));
    let points = figures::points(content, lookup, place);
    let has_trend = figures::has_trend(&points);
    let (change, chance) = words::direction(row, measure, lookup);
    vec![
        title,
        Cell::Measured(words::short_value(row, measure), measure.unit.clone()),
        Cell::Measured(words::interval(row, measure), words::basis(row, measure)),
        Cell::Noted(change, chance),
        if has_trend { Cell::Chart(figures::spark(measure, &points)) } else { none() },
        Cell::words(words::signal_cell(row, measure, lookup.trend(place).centre.is_some())),
        state,
    ]
}

/// Whether a period of any length that ends later would have told the same, were it not hidden.
fn is_hidden_since(row: &Published, content: &Content<'_>, lookup: &Lookup<'_>) -> bool {
    let later = Grain::ALL
        .into_iter()
        .flat_map(|grain| lookup.everyone(row.measure, grain, content.period))
        .filter(|other| other.period.end > row.period.end);
    row.value.is_some()
        && later.into_iter().any(|other| other.suppressed && other.state == row.state)
}

fn target_cell(row: Option<&Published>, measure: &Measure) -> Cell {
    let target = row.and_then(|row| Some((row, row.target?)));
    target.map_or_else(
        || Cell::number("–"),
        |(row, target)| {
            Cell::Measured(format::value(target, measure.display), words::verdict(row).to_owned())
        },
    )
}
