//! The part of the page about one indicator.

use crate::chart::{Mark, format};
use crate::indicator::{Measure, Shape};
use crate::kernel::Group;
use crate::oversight::{Published, disparities};
use crate::terms::Period;

use super::content::Content;
use super::html::{Html, anchor};
use super::lookup::{Lookup, is_everyone};
use super::table::{Cell, Part, Table};
use super::{disparity, each, figures, plate, words};

/// Writes the part about one measure.
pub(super) fn write(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>, place: usize) {
    let measure = &content.table.measures()[place];
    let headline = lookup.headline(place, content.period);
    html.within(
        "article",
        &[("id", &anchor(&words::name(measure))), ("class", "indicator")],
        |html| {
            html.leaf("h3", &[], &words::title(measure));
            write_value(html, content, lookup, measure, headline);
            html.leaf("p", &[("class", "rule")], &measure.sentence);
            write_about(html, measure);
            let Some(headline) = headline.filter(|row| row.state.is_computable()) else {
                return;
            };
            let points = figures::points(content, lookup, place);
            let compared = lookup.compared_in(place, headline.period, content.period);
            if measure.shape == Shape::Mix {
                plate::write_levels(html, lookup, measure, (place, compared));
            } else {
                html.within("div", &[("class", "figures")], |html| {
                    html.within("div", &[], |html| {
                        let note = figures::note(lookup.trend(place), &points);
                        plate::write_trend(html, ("All members", &note), measure, &points);
                        write_exclusions(html, measure, headline);
                    });
                    html.within("div", &[], |html| {
                        plate::write_organisations(html, lookup, measure, (place, compared));
                        plate::write_funnels(html, content, place);
                        write_statistics(html, lookup, measure, headline);
                    });
                });
            }
            plate::write_curves(html, content, lookup, measure, place);
            each::write(html, content, lookup, place);
            write_strata(html, content, lookup, (place, compared));
        },
    );
}

fn write_value(
    html: &mut Html,
    content: &Content<'_>,
    lookup: &Lookup<'_>,
    measure: &Measure,
    headline: Option<&Published>,
) {
    let Some(row) = headline else {
        let text = if measure.is_computable() {
            format!("No number for {} or before it.", format::period(content.period))
        } else {
            format!("Not computable: {}.", measure.why_not())
        };
        return html.leaf("p", &[("class", "value none")], &text);
    };
    html.within("p", &[("class", "value")], |html| {
        if measure.shape != Shape::Mix || !row.state.is_computable() {
            let class = if Mark::of(row).value().is_some() { "shown" } else { "none" };
            html.leaf("strong", &[("class", class)], &words::value(row, measure));
            if !measure.unit.is_empty() && Mark::of(row).value().is_some() {
                html.leaf("b", &[], &format!(" {}", measure.unit));
            }
        }
        let mut parts = vec![format::period(row.period)];
        if measure.shape != Shape::Mix && Mark::of(row).value().is_some() {
            parts.push(format!("95 % interval {}", words::interval(row, measure)));
            parts.extend(Some(words::basis(row, measure)).filter(|basis| !basis.is_empty()));
        }
        parts.push(words::reasoned_state(row, measure));
        let target = words::target(Some(row), measure);
        html.leaf("span", &[], &format!(" {}{target}", parts.join("; ")));
    });
    if row.period != content.period && row.state.is_computable() {
        let wanted = lookup.whole(row.measure, content.period, &Group::All);
        let why = wanted.map_or_else(
            || "not reported for this indicator".to_owned(),
            |row| words::state(row, measure),
        );
        let shown = format::period(row.period);
        let text = format!("Shown for {shown}. {}: {why}.", format::period(content.period));
        html.leaf("p", &[("class", "note")], &text);
    }
}

fn write_about(html: &mut Html, measure: &Measure) {
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
        pair("Source", &measure.source);
        pair("Evidence", words::evidence(measure.evidence));
        pair("Direction", words::better(measure.better));
        pair("Objectives", &objectives.join(", "));
        pair("Why", &measure.rationale);
        pair("Id", &words::name(measure));
    });
}

fn write_statistics(html: &mut Html, lookup: &Lookup<'_>, measure: &Measure, headline: &Published) {
    let further = lookup.rows(headline.measure).filter(|row| {
        row.period == headline.period
            && row.group == Group::All
            && !row.statistic.is_empty()
            && is_everyone(&row.stratum)
    });
    let rows: Vec<Vec<Cell>> = further
        .map(|row| plate::row_cells(words::statistic(row.statistic), row, measure))
        .collect();
    if !rows.is_empty() {
        let mut heads = vec!["Statistic"];
        heads.extend(plate::ROW_HEADS);
        let caption =
            format!("Further statistics, all members, {}", format::period(headline.period));
        Table::plain(caption, &heads, rows).write(html);
    }
}

fn write_exclusions(html: &mut Html, measure: &Measure, headline: &Published) {
    if measure.exclusions.is_empty() {
        return;
    }
    let counted = measure.exclusions.iter().enumerate().map(|(place, reason)| {
        let number = headline.excluded_by_reason.get(place).copied().flatten();
        let written =
            number.map_or_else(|| "hidden".to_owned(), |number| format::count(number.into()));
        vec![Cell::words(reason.replace('_', " ")), Cell::number(written)]
    });
    let total = headline
        .excluded
        .map_or_else(|| "hidden".to_owned(), |number| format::count(number.into()));
    let rows = counted.chain([vec![Cell::words("all reasons"), Cell::number(total)]]).collect();
    let caption = format!(
        "Excluded {}, {}, each under the first reason that applies",
        words::plural(&measure.counts),
        format::period(headline.period)
    );
    Table::plain(caption, &["Reason", "Excluded"], rows).write(html);
}

fn write_strata(
    html: &mut Html,
    content: &Content<'_>,
    lookup: &Lookup<'_>,
    (place, period): (usize, Period),
) {
    let measure = &content.table.measures()[place];
    let apart = disparities(content.table, place, period);
    let mut parts: Vec<Part> = Vec::new();
    for row in lookup.rows(place) {
        let is_part = row.statistic.is_empty()
            && !is_everyone(&row.stratum)
            && figures::level_of(row).is_none();
        if row.period != period || row.group != Group::All || !is_part {
            continue;
        }
        let heading = row.stratum.kind.replace('_', " ");
        if parts.last().is_none_or(|part| part.heading.as_ref() != Some(&heading)) {
            parts.push(Part { heading: Some(heading), rows: Vec::new() });
        }
        let part = parts.last_mut().expect("one was just pushed if there was none");
        let mut cells = plate::row_cells(&row.stratum.value, row, measure);
        cells.push(Cell::number(disparity::words(row, &apart)));
        part.rows.push(cells);
    }
    if parts.is_empty() {
        return;
    }
    html.within("details", &[("class", "strata")], |html| {
        html.leaf(
            "summary",
            &[],
            &format!("By part of the population, {}", format::period(period)),
        );
        let mut heads = vec!["Part"];
        heads.extend(plate::ROW_HEADS);
        heads.push("Ratio to the largest part, 95 % interval");
        let caption = format!("{} by part of the population, all members", words::title(measure));
        Table::of_parts(caption, &heads, parts).write(html);
    });
}
