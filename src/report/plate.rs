//! Charts of one indicator, each with the table of its numbers.

use crate::chart::{Mark, format};
use crate::indicator::{Display, Measure};
use crate::oversight::Row;
use crate::terms::Level;

use super::content::{Content, ReturnCurve, TrendLines};
use super::figures::{self, Point};
use super::html::Html;
use super::lookup::{Lookup, group_name};
use super::table::{Cell, Table};
use super::words;

/// The columns of a row, after its name.
pub(super) const ROW_HEADS: [&str; 5] =
    ["Value", "95 % interval", "Numerator / denominator", "Members", "State"];

/// The cells of a row under its name.
pub(super) fn row_cells(name: &str, row: &Row, measure: &Measure) -> Vec<Cell> {
    vec![
        Cell::words(name),
        Cell::number(words::short_value(row, measure)),
        Cell::number(words::interval(row, measure)),
        Cell::number(words::counted(row)),
        Cell::number(words::count(row.members, row)),
        Cell::words(words::short_state(row)),
    ]
}

/// Everyone over time.
pub(super) fn write_trend(
    html: &mut Html,
    lines: Option<&TrendLines>,
    measure: &Measure,
    points: &[Point<'_>],
) {
    if !figures::has_trend(points) {
        return;
    }
    let caption = lines.map_or_else(
        || "All members over time.".to_owned(),
        |lines| format!("All members over time: {}. {}", lines.kind, lines.note),
    );
    figure(html, "half", &figures::trend(measure, points), caption.trim(), |html| {
        html.within("details", &[("class", "data")], |html| {
            html.leaf("summary", &[], "The numbers of this chart");
            trend_table(measure, points).write(html);
        });
    });
}

fn trend_table(measure: &Measure, points: &[Point<'_>]) -> Table<'static> {
    const PLAIN: [&str; 5] =
        ["Period", "Value", "95 % interval", "Numerator / denominator", "State"];
    const CHARTED: [&str; 8] = [
        "Period",
        "Value",
        "95 % interval",
        "Numerator / denominator",
        "State",
        "Centre",
        "Limits",
        "Signal",
    ];
    let has_limits = points.iter().any(|point| point.limits.is_some());
    let heads: &[&str] = if has_limits { &CHARTED } else { &PLAIN };
    let rows = points.iter().rev().map(|point| {
        let mut cells = vec![Cell::words(format::period(point.period))];
        let Some(row) = point.row else {
            cells.extend(heads.iter().skip(1).map(|_| Cell::number("–")));
            return cells;
        };
        cells.extend([
            Cell::number(words::short_value(row, measure)),
            Cell::number(words::interval(row, measure)),
            Cell::number(words::counted(row)),
            Cell::words(words::short_state(row)),
        ]);
        if has_limits {
            let limits = point.limits.filter(|_| Mark::of(row).value().is_some());
            let (centre, between) = limits.map_or_else(
                || ("–".to_owned(), "–".to_owned()),
                |limits| {
                    let between = format::interval(limits.lower, limits.upper, measure.display);
                    (format::value(limits.centre, measure.display), between)
                },
            );
            let signal = Cell::words(words::signal_cell(row, measure, true));
            cells.extend([Cell::number(centre), Cell::number(between), signal]);
        }
        cells
    });
    let target = words::target(points.iter().rev().find_map(|point| point.row), measure);
    let caption = format!("{} by period, all members{target}", words::title(measure));
    Table::plain(caption, heads, rows.collect())
}

/// Organisations side by side.
pub(super) fn write_organisations(
    html: &mut Html,
    lookup: &Lookup<'_>,
    measure: &Measure,
    headline: &Row,
) {
    let period = headline.period;
    let rows = figures::organisations(lookup, headline.measure, period);
    if rows.is_empty() {
        return;
    }
    let caption = format!(
        "Organisations, {}, in the order of their ids: dot and 95 % interval; upright line: all members.",
        format::period(period)
    );
    let svg = figures::comparison(measure, &rows, Some(headline), period);
    figure(html, "half", &svg, &caption, |html| {
        let mut heads = vec!["Organisation"];
        heads.extend(ROW_HEADS);
        let has_target = headline.target.is_some();
        if has_target {
            heads.push("Verdict");
        }
        let cells = rows.iter().copied().chain([headline]).map(|row| {
            let mut cells = row_cells(group_name(&row.group), row, measure);
            if has_target {
                cells.push(Cell::words(words::verdict(row)));
            }
            cells
        });
        let (title, target) = (words::title(measure), words::target(Some(headline), measure));
        let caption = format!("{title} by organisation, {}{target}", format::period(period));
        Table::plain(caption, &heads, cells.collect()).write(html);
    });
}

/// Days by level of care.
pub(super) fn write_levels(
    html: &mut Html,
    lookup: &Lookup<'_>,
    measure: &Measure,
    headline: &Row,
) {
    let period = headline.period;
    let groups = figures::by_level(lookup, headline.measure, period);
    if groups.is_empty() {
        return;
    }
    let caption = format!(
        "Share of days at each level of care, {}: the darker, the more restrictive; care around the clock is hatched.",
        format::period(period)
    );
    let mut levels: Vec<Level> =
        groups.iter().flat_map(|(_, levels)| levels.iter().map(|(level, _)| *level)).collect();
    levels.sort();
    levels.dedup();
    figure(html, "whole", &figures::levels(measure, &groups, period), &caption, |html| {
        let level_heads: Vec<String> =
            levels.iter().map(|level| format!("Level {level}")).collect();
        let mut heads = vec!["Organisation"];
        heads.extend(level_heads.iter().map(String::as_str));
        let rows = groups.iter().map(|(group, shares)| {
            let mut cells = vec![Cell::words(group_name(group))];
            cells.extend(levels.iter().map(|level| {
                let row = shares.iter().find(|(of, _)| of == level).map(|(_, row)| *row);
                Cell::number(
                    row.map_or_else(|| "–".to_owned(), |row| words::short_value(row, measure)),
                )
            }));
            cells
        });
        let caption =
            format!("{} by organisation, {}", words::title(measure), format::period(period));
        Table::plain(caption, &heads, rows.collect()).write(html);
    });
}

/// What share has returned by each day.
pub(super) fn write_curves(
    html: &mut Html,
    content: &Content<'_>,
    measure: &Measure,
    place: usize,
) {
    let mut curves: Vec<&ReturnCurve> =
        content.curves.iter().filter(|curve| curve.measure == place).collect();
    curves.sort_by(|a, b| a.group.cmp(&b.group));
    let Some(first) = curves.first() else { return };
    let days: Vec<i32> = first.points.iter().map(|point| point.day).collect();
    let caption = format!(
        "Share that has returned by each day, {}; thick line: all members.",
        format::period(first.period)
    );
    figure(html, "whole", &figures::curves(measure, &curves), &caption, |html| {
        let day_heads: Vec<String> = days.iter().map(|day| format!("Day {day}")).collect();
        let mut heads = vec!["Organisation"];
        heads.extend(day_heads.iter().map(String::as_str));
        let rows = curves.iter().map(|curve| {
            let mut cells = vec![Cell::words(group_name(&curve.group))];
            cells.extend(days.iter().map(|day| {
                let point = curve.points.iter().find(|point| point.day == *day);
                let mark = point.map_or(Mark::EMPTY, |point| point.mark);
                Cell::number(words::mark_value(mark, Display::Percent))
            }));
            cells
        });
        let caption = format!("{} by day, {}", words::title(measure), format::period(first.period));
        Table::plain(caption, &heads, rows.collect()).write(html);
    });
}

fn figure(html: &mut Html, class: &str, svg: &str, caption: &str, table: impl FnOnce(&mut Html)) {
    html.within("figure", &[("class", class)], |html| {
        html.leaf("figcaption", &[], caption);
        html.markup(svg);
        table(html);
    });
}
