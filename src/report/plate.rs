//! Charts of one indicator, each with the table of its numbers.

use crate::chart::{Mark, format};
use crate::indicator::{Display, Measure};
use crate::kernel::{Attributed, Group};
use crate::oversight::{Curve, PeerPlot, Published, State, provider_peers};
use crate::statistics::Limits;
use crate::terms::{Level, Period};

use super::content::Content;
use super::figures::{self, Point};
use super::html::Html;
use super::lookup::{Lookup, group_name, peer_name};
use super::table::{Cell, Table};
use super::{score_words, words};

/// The columns of a row, after its name.
pub(super) const ROW_HEADS: [&str; 5] =
    ["Value", "95 % interval", "Numerator / denominator", "Members", "State"];

/// The cells of a row under its name.
pub(super) fn row_cells(name: &str, row: &Published, measure: &Measure) -> Vec<Cell> {
    vec![
        Cell::words(name),
        Cell::number(words::short_value(row, measure)),
        Cell::number(words::interval(row, measure)),
        Cell::number(words::counted(row)),
        Cell::number(words::count(row.members, row)),
        Cell::words(words::short_state(row)),
    ]
}

/// A group over time.
pub(super) fn write_trend(
    html: &mut Html,
    (whose, note): (&str, &str),
    measure: &Measure,
    points: &[Point<'_>],
) {
    if !figures::has_trend(points) {
        return;
    }
    let caption = format!("{whose} over time: {note}.{}", unfinished(points));
    figure(html, "half", &figures::trend(measure, whose, points), &caption, |html| {
        html.within("details", &[("class", "data")], |html| {
            html.leaf("summary", &[], "The numbers of this chart");
            trend_table(measure, whose, points).write(html);
        });
    });
}

/// Which of the periods are not complete, and why.
fn unfinished(points: &[Point<'_>]) -> String {
    let open = points.iter().filter(|point| {
        point.row.state == State::Preliminary && Mark::of(point.row).value().is_some()
    });
    let told = open.map(|point| format!("{}: {}", format::period(point.period), point.row.reason));
    let told: Vec<String> = told.collect();
    if told.is_empty() { String::new() } else { format!(" Preliminary: {}.", told.join("; ")) }
}

fn trend_table(measure: &Measure, whose: &str, points: &[Point<'_>]) -> Table<'static> {
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
        let row = point.row;
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
    let target = words::target(points.last().map(|point| point.row), measure);
    let caption = format!("{} by period, {whose}{target}", words::title(measure));
    Table::plain(caption, heads, rows.collect())
}

/// Organisations side by side.
pub(super) fn write_organisations(
    html: &mut Html,
    lookup: &Lookup<'_>,
    measure: &Measure,
    (place, period): (usize, Period),
) {
    let rows = figures::organisations(lookup, place, period);
    let whole = lookup.whole(place, period, &Group::All);
    if rows.is_empty() {
        return;
    }
    let mut heads = vec!["Organisation"];
    heads.extend(ROW_HEADS);
    let has_target = rows.iter().any(|row| row.target.is_some());
    heads.extend(has_target.then_some("Verdict"));
    let cells = rows.iter().copied().chain(whole).map(|row| {
        let mut cells = row_cells(group_name(&row.group), row, measure);
        cells.extend(has_target.then(|| Cell::words(words::verdict(row))));
        cells
    });
    let (title, target) = (words::title(measure), words::target(rows.last().copied(), measure));
    let when = format::period(period);
    let caption = format!("{title} by organisation, {when}{target}");
    let table = Table::plain(caption, &heads, cells.collect());
    if rows.iter().all(|row| Mark::of(row).value().is_none()) {
        let none = format!("No organisation's number can be shown for {when}.");
        html.leaf("p", &[("class", "note")], &none);
        return table.write(html);
    }
    let svg = figures::comparison(measure, &rows, whole, period);
    let caption = format!(
        "Organisations, {when}, in the order of their ids: dot and 95 % interval; upright line: all members."
    );
    figure(html, "half", &svg, &caption, |html| table.write(html));
}

/// Peers on their funnels, where the scorecard compares them, and facilities and agencies on theirs.
pub(super) fn write_funnels(html: &mut Html, content: &Content<'_>, place: usize) {
    let measure = &content.table.measures()[place];
    let Some(scorecard) = &content.scorecard else { return };
    let line = scorecard.lines().find(|(_, line)| line.measure == place);
    for plot in line.iter().flat_map(|(_, line)| &line.plots) {
        write_funnel(html, measure, plot, (scorecard.period, "Organisation"), "");
    }
    for (whose, plot) in provider_peers(content.table, place, scorecard.period) {
        let head = match whose {
            Attributed::Facility => "Discharging facility",
            Attributed::Agency => "Agency",
        };
        let rule =
            format!(" {} Their members differ: nothing is standardised here.", whose.sentence());
        write_funnel(html, measure, &plot, (scorecard.period, head), &rule);
    }
}

fn write_funnel(
    html: &mut Html,
    measure: &Measure,
    plot: &PeerPlot,
    (period, head): (Period, &str),
    rule: &str,
) {
    const CRUDE: [&str; 5] =
        ["Value", "Rests on", "95 % limits", "99.8 % limits", "Among its peers"];
    const FAIR: [&str; 6] = [
        "Observed ÷ expected, 95 % interval",
        "Standardised value",
        "Rests on",
        "95 % limits",
        "99.8 % limits",
        "Among its peers",
    ];
    let when = format::period(period);
    let caption = format!(
        "{head}, {when}: {}; a diamond with a name lies beyond the 99.8 % limits.{rule}",
        plot.note
    );
    let svg = figures::funnel(measure, plot, period);
    figure(html, "half", &svg, &caption, |html| {
        let rows = plot.peers.iter().map(|peer| {
            let limits = |ends: Limits| format::interval(ends.low, ends.high, measure.display);
            let ratio = peer.ratio.as_ref().map(|row| Cell::number(words::ratio(row)));
            let mut cells = vec![Cell::words(peer_name(peer))];
            cells.extend(ratio);
            cells.extend([
                Cell::number(format::value(peer.value, measure.display)),
                Cell::number(format::rate(peer.size)),
                Cell::number(limits(peer.inner)),
                Cell::number(limits(peer.outer)),
                Cell::words(score_words::place(peer.place)),
            ]);
            cells
        });
        let rest: &[&str] = if plot.standardised { &FAIR } else { &CRUDE };
        let heads: Vec<&str> = std::iter::once(head).chain(rest.iter().copied()).collect();
        let title = words::title(measure);
        let centre = format::value(plot.centre, measure.display);
        let caption =
            format!("{title}: peers, {when}; all of them {centre}; rests on: {}", plot.size);
        html.within("details", &[("class", "data")], |html| {
            html.leaf("summary", &[], "The numbers of this chart");
            Table::plain(caption, &heads, rows.collect()).write(html);
        });
    });
}

/// Days by level of care.
pub(super) fn write_levels(
    html: &mut Html,
    lookup: &Lookup<'_>,
    measure: &Measure,
    (place, period): (usize, Period),
) {
    let groups = figures::by_level(lookup, place, period);
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
    lookup: &Lookup<'_>,
    measure: &Measure,
    place: usize,
) {
    let curves = lookup.curves(place, content.period);
    let is_shown = |curve: &&Curve| curve.points.iter().any(|point| point.share.is_some());
    let Some(first) = curves.iter().copied().find(is_shown) else { return };
    let days: Vec<i32> = first.points.iter().map(|point| point.day).collect();
    let caption = format!(
        "Share that has returned by each day, {}; thick line: all members.",
        format::period(first.period)
    );
    let class = if days.len() > 10 { "under" } else { "whole" };
    figure(html, class, &figures::curves(measure, &curves), &caption, |html| {
        let day_heads: Vec<String> = days.iter().map(|day| format!("Day {day}")).collect();
        let mut heads = vec!["Organisation"];
        heads.extend(day_heads.iter().map(String::as_str));
        let rows = curves.iter().map(|curve| {
            let mut cells = vec![Cell::words(group_name(&curve.group))];
            cells.extend(days.iter().map(|day| {
                let point = curve.points.iter().find(|point| point.day == *day);
                let mark = point.map_or(Mark::EMPTY, Mark::of_point);
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
