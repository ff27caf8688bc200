//! The part of the page about one indicator.

use crate::chart::format;
use crate::indicator::{Display, Measure, Shape};
use crate::kernel::Group;
use crate::oversight::{Row, State};
use crate::terms::Period;

use super::content::{Content, ReturnCurve};
use super::figures::{self, Point};
use super::html::{Html, anchor};
use super::lookup::{Lookup, group_name, is_everyone};
use super::table::{Cell, Part, Table};
use super::words;

const ROW_HEADS: [&str; 6] =
    ["Value", "95 % interval", "Numerator", "Denominator", "Members", "State"];

/// Writes the part about one measure.
pub(super) fn write(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>, place: usize) {
    let measure = &content.measures[place];
    let headline = lookup.headline(place, content.period);
    html.within(
        "article",
        &[("id", &anchor(&words::name(measure))), ("class", "indicator")],
        |html| {
            html.leaf("h3", &[], &words::title(measure));
            write_value(html, content, measure, headline);
            html.leaf("p", &[("class", "rule")], &measure.sentence);
            write_about(html, measure);
            let Some(headline) = headline.filter(|row| row.state != State::NotComputable) else {
                return;
            };
            let points = figures::points(content, lookup, place);
            html.within("div", &[("class", "figures")], |html| {
                if measure.shape == Shape::Mix {
                    write_levels(html, lookup, measure, place, headline.period);
                } else {
                    write_trend(html, content, measure, place, &points);
                    write_organisations(html, lookup, measure, headline);
                }
                write_curves(html, content, measure, place);
            });
            write_statistics(html, lookup, measure, headline);
            write_exclusions(html, measure, headline);
            write_strata(html, lookup, measure, headline);
        },
    );
}

fn write_value(html: &mut Html, content: &Content<'_>, measure: &Measure, headline: Option<&Row>) {
    let Some(row) = headline else {
        let text = if measure.missing.is_empty() {
            format!("No number for {} or before it.", format::period(content.period))
        } else {
            format!("Not computable: needs {}.", measure.missing.join(", "))
        };
        return html.leaf("p", &[("class", "value none")], &text);
    };
    html.within("p", &[("class", "value")], |html| {
        if measure.shape != Shape::Mix || row.state == State::NotComputable {
            html.leaf("strong", &[], &words::value_with_unit(row, measure));
        }
        let mut parts = vec![format::period(row.period)];
        if words::interval(row, measure) != "–" {
            parts.push(format!("95 % interval {}", words::interval(row, measure)));
        }
        if row.state != State::NotComputable && measure.shape != Shape::Mix {
            parts.push(words::basis(row, measure));
        }
        parts.push(words::state(row, measure));
        parts.extend(words::target(row, measure).map(|target| format!("target {target}")));
        html.leaf("span", &[], &format!(" {}", parts.join("; ")));
    });
    if row.period != content.period && row.state != State::NotComputable {
        let text = format!(
            "Shown for {}, the latest period that can be told; {} is not complete or not reported for this indicator.",
            format::period(row.period),
            format::period(content.period)
        );
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

fn write_trend(
    html: &mut Html,
    content: &Content<'_>,
    measure: &Measure,
    place: usize,
    points: &[Point<'_>],
) {
    if !figures::has_trend(points) {
        return;
    }
    let lines = figures::lines(content, place);
    let caption = lines.map_or_else(
        || "All members over time.".to_owned(),
        |lines| format!("All members over time: {}. {}", lines.kind, lines.note),
    );
    figure(html, &figures::trend(measure, points), caption.trim(), |html| {
        html.within("details", &[("class", "data")], |html| {
            html.leaf("summary", &[], "The numbers of this chart");
            trend_table(measure, points).write(html);
        });
    });
}

fn trend_table(measure: &Measure, points: &[Point<'_>]) -> Table<'static> {
    let has_limits = points.iter().any(|point| point.limits.is_some());
    let heads: &[&str] = if has_limits {
        &[
            "Period",
            "Value",
            "95 % interval",
            "Numerator",
            "Denominator",
            "Lower",
            "Centre",
            "Upper",
            "Signal",
            "State",
        ]
    } else {
        &["Period", "Value", "95 % interval", "Numerator", "Denominator", "State"]
    };
    let rows = points.iter().rev().map(|point| {
        let mut cells = vec![Cell::words(format::period(point.period))];
        let Some(row) = point.row else {
            cells.extend((1..heads.len()).map(|_| Cell::number("–")));
            return cells;
        };
        cells.extend([
            Cell::number(words::value(row, measure)),
            Cell::number(words::interval(row, measure)),
            Cell::number(words::exact(row.numerator, row)),
            Cell::number(words::exact(row.denominator, row)),
        ]);
        if has_limits {
            let limits = point.limits.filter(|_| crate::chart::Mark::of(row).value().is_some());
            let written =
                |value: Option<f64>| {
                    Cell::number(value.map_or_else(
                        || "–".to_owned(),
                        |value| format::value(value, measure.display),
                    ))
                };
            cells.extend([
                written(limits.map(|limits| limits.lower)),
                written(limits.map(|limits| limits.centre)),
                written(limits.map(|limits| limits.upper)),
                Cell::words(words::signal(row, true)),
            ]);
        }
        cells.push(Cell::words(words::state(row, measure)));
        cells
    });
    Table::plain(format!("{} by period, all members", words::title(measure)), heads, rows.collect())
}

fn write_organisations(html: &mut Html, lookup: &Lookup<'_>, measure: &Measure, headline: &Row) {
    let rows = figures::organisations(lookup, headline.measure, headline.period);
    if rows.is_empty() {
        return;
    }
    let caption = format!(
        "Organisations side by side, {}, in the order of their ids: dot and 95 % interval; upright line: all members.",
        format::period(headline.period)
    );
    figure(
        html,
        &figures::comparison(measure, &rows, Some(headline), headline.period),
        &caption,
        |html| {
            let mut heads = vec!["Organisation"];
            heads.extend(ROW_HEADS);
            let has_target = headline.target.is_some();
            if has_target {
                heads.push("Target");
            }
            let cells = rows.iter().copied().chain([headline]).map(|row| {
                let mut cells = row_cells(group_name(&row.group), row, measure);
                if has_target {
                    cells.push(Cell::words(words::target(row, measure).unwrap_or_default()));
                }
                cells
            });
            let caption = format!(
                "{} by organisation, {}",
                words::title(measure),
                format::period(headline.period)
            );
            Table::plain(caption, &heads, cells.collect()).write(html);
        },
    );
}

fn write_levels(
    html: &mut Html,
    lookup: &Lookup<'_>,
    measure: &Measure,
    place: usize,
    period: Period,
) {
    let groups = figures::by_level(lookup, place, period);
    if groups.is_empty() {
        return;
    }
    let caption = format!(
        "Share of days at each level of care, {}; the darker, the more restrictive.",
        format::period(period)
    );
    figure(html, &figures::levels(measure, &groups, period), &caption, |html| {
        let parts = groups.iter().map(|(group, levels)| Part {
            heading: Some(group_name(group).to_owned()),
            rows: levels
                .iter()
                .map(|(level, row)| row_cells(&format!("{level} {}", level.title()), row, measure))
                .collect(),
        });
        let mut heads = vec!["Level"];
        heads.extend(ROW_HEADS);
        let caption =
            format!("{} by organisation, {}", words::title(measure), format::period(period));
        Table { caption, heads: &heads, parts: parts.collect() }.write(html);
    });
}

fn write_curves(html: &mut Html, content: &Content<'_>, measure: &Measure, place: usize) {
    let mut curves: Vec<&ReturnCurve> =
        content.curves.iter().filter(|curve| curve.measure == place).collect();
    curves.sort_by(|a, b| a.group.cmp(&b.group));
    let Some(first) = curves.first() else { return };
    let days: Vec<i32> = first.points.iter().map(|point| point.day).collect();
    let caption = format!("Share that has returned by each day, {}.", format::period(first.period));
    figure(html, &figures::curves(measure, &curves), &caption, |html| {
        let day_heads: Vec<String> = days.iter().map(|day| format!("Day {day}")).collect();
        let mut heads = vec!["Organisation"];
        heads.extend(day_heads.iter().map(String::as_str));
        let rows = curves.iter().map(|curve| {
            let mut cells = vec![Cell::words(group_name(&curve.group))];
            cells.extend(days.iter().map(|day| {
                let point = curve.points.iter().find(|point| point.day == *day);
                Cell::number(point.map_or_else(
                    || "–".to_owned(),
                    |point| {
                        let value = point.mark.value();
                        value.map_or_else(
                            || "hidden".to_owned(),
                            |value| format::value(value, Display::Percent),
                        )
                    },
                ))
            }));
            cells
        });
        let caption = format!("{} by day, {}", words::title(measure), format::period(first.period));
        Table::plain(caption, &heads, rows.collect()).write(html);
    });
}

fn write_statistics(html: &mut Html, lookup: &Lookup<'_>, measure: &Measure, headline: &Row) {
    let further = lookup.rows(headline.measure).filter(|row| {
        row.period == headline.period
            && row.group == Group::All
            && !row.statistic.is_empty()
            && is_everyone(&row.stratum)
    });
    let rows: Vec<Vec<Cell>> = further
        .map(|row| {
            let name = row.statistic.trim_start_matches('.').replace('_', " ");
            row_cells(&name, row, measure)
        })
        .collect();
    if !rows.is_empty() {
        let mut heads = vec!["Statistic"];
        heads.extend(ROW_HEADS);
        let caption =
            format!("Further statistics, all members, {}", format::period(headline.period));
        Table::plain(caption, &heads, rows).write(html);
    }
}

fn write_exclusions(html: &mut Html, measure: &Measure, headline: &Row) {
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
    html.within("details", &[("class", "exclusions")], |html| {
        html.leaf(
            "summary",
            &[],
            &format!("Excluded before counting, {}, by reason", format::period(headline.period)),
        );
        let caption = format!(
            "Excluded {}, each under the first reason that applies",
            words::plural(&measure.counts)
        );
        Table::plain(caption, &["Reason", "Excluded"], rows).write(html);
    });
}

fn write_strata(html: &mut Html, lookup: &Lookup<'_>, measure: &Measure, headline: &Row) {
    let mut parts: Vec<Part> = Vec::new();
    for row in lookup.rows(headline.measure) {
        let is_part = row.statistic.is_empty()
            && !is_everyone(&row.stratum)
            && figures::level_of(row).is_none();
        if row.period != headline.period || row.group != Group::All || !is_part {
            continue;
        }
        let heading = row.stratum.kind.replace('_', " ");
        if parts.last().is_none_or(|part| part.heading.as_ref() != Some(&heading)) {
            parts.push(Part { heading: Some(heading), rows: Vec::new() });
        }
        let part = parts.last_mut().expect("one was just pushed if there was none");
        part.rows.push(row_cells(&row.stratum.value, row, measure));
    }
    if parts.is_empty() {
        return;
    }
    html.within("details", &[("class", "strata")], |html| {
        html.leaf(
            "summary",
            &[],
            &format!("By part of the population, {}", format::period(headline.period)),
        );
        let mut heads = vec!["Part"];
        heads.extend(ROW_HEADS);
        let caption = format!("{} by part of the population, all members", words::title(measure));
        Table { caption, heads: &heads, parts }.write(html);
    });
}

fn row_cells(name: &str, row: &Row, measure: &Measure) -> Vec<Cell> {
    vec![
        Cell::words(name),
        Cell::number(words::value(row, measure)),
        Cell::number(words::interval(row, measure)),
        Cell::number(words::exact(row.numerator, row)),
        Cell::number(words::exact(row.denominator, row)),
        Cell::number(words::count(row.members, row)),
        Cell::words(words::state(row, measure)),
    ]
}

fn figure(html: &mut Html, svg: &str, caption: &str, table: impl FnOnce(&mut Html)) {
    html.within("figure", &[], |html| {
        html.leaf("figcaption", &[], caption);
        html.markup(svg);
        table(html);
    });
}
