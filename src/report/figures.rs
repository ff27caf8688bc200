//! Published rows as charts.

use crate::chart::{
    Bar, Compared, Comparison, Curve, Curves, Mark, StackedBars, TrendPoint, TrendSeries, format,
    sparkline,
};
use crate::indicator::Measure;
use crate::kernel::Group;
use crate::oversight::Row;
use crate::terms::{Level, Period};

use super::content::{Content, ReturnCurve, TrendLines};
use super::lookup::{Lookup, group_name, is_whole};
use super::words;

/// One period of a trend with its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point<'a> {
    pub(super) period: Period,
    pub(super) row: Option<&'a Row>,
    pub(super) limits: Option<super::content::Limits>,
}

/// The periods of everyone's trend: those of the control chart, or all of the shortest grain.
pub(super) fn points<'a>(
    content: &Content<'a>,
    lookup: &Lookup<'a>,
    measure: usize,
) -> Vec<Point<'a>> {
    let row = |period| lookup.whole(measure, period, &Group::All);
    if let Some(lines) = lines(content, measure) {
        let point = |&(period, limits)| Point { period, row: row(period), limits };
        return lines.points.iter().map(point).collect();
    }
    let grain = lookup.grain(measure);
    let wholes = lookup.rows(measure).filter(|row| row.group == Group::All && is_whole(row));
    wholes
        .filter(|row| Some(row.period.grain) == grain && row.period.end <= content.period.end)
        .map(|row| Point { period: row.period, row: Some(row), limits: None })
        .collect()
}

/// The control chart of everyone.
pub(super) fn lines<'c>(content: &'c Content<'_>, measure: usize) -> Option<&'c TrendLines> {
    content.trends.iter().find(|trend| trend.measure == measure && trend.group == Group::All)
}

/// A trend of one point tells nothing that its table does not.
pub(super) fn has_trend(points: &[Point<'_>]) -> bool {
    points.len() > 1
}

/// The trend of everyone.
pub(super) fn trend(measure: &Measure, points: &[Point<'_>]) -> String {
    let target = points.iter().rev().find_map(|point| point.row?.target);
    let points = points.iter().map(|point| TrendPoint {
        period: point.period,
        mark: point.row.map_or(Mark::EMPTY, Mark::of),
        limits: point.limits.map(|limits| (limits.centre, limits.lower, limits.upper)),
        is_signal: point.row.is_some_and(|row| !row.signal.is_empty()),
    });
    let title = format!("{}: all members over time", words::title(measure));
    TrendSeries { title: &title, display: measure.display, points: points.collect(), target }.draw()
}

/// The last twelve points as a small line.
pub(super) fn spark(measure: &Measure, points: &[Point<'_>]) -> String {
    let points: Vec<(Period, Mark)> = points
        .iter()
        .rev()
        .take(12)
        .rev()
        .map(|point| (point.period, point.row.map_or(Mark::EMPTY, Mark::of)))
        .collect();
    sparkline(&format!("{}: latest periods", words::title(measure)), &points, measure.display)
}

/// The organisations of a period.
pub(super) fn organisations<'a>(
    lookup: &Lookup<'a>,
    measure: usize,
    period: Period,
) -> Vec<&'a Row> {
    let groups = lookup.organisations(measure);
    groups.into_iter().filter_map(|group| lookup.whole(measure, period, group)).collect()
}

/// Organisations side by side.
pub(super) fn comparison(
    measure: &Measure,
    rows: &[&Row],
    whole: Option<&Row>,
    period: Period,
) -> String {
    let title = format!(
        "{}: organisations side by side, {}",
        words::title(measure),
        format::period(period)
    );
    Comparison {
        title: &title,
        display: measure.display,
        rows: rows
            .iter()
            .map(|row| Compared { label: group_name(&row.group), mark: Mark::of(row) })
            .collect(),
        whole: whole.map_or(Mark::EMPTY, Mark::of),
        target: whole.and_then(|row| row.target),
    }
    .draw()
}

/// Rows of each level for everyone and each organisation.
pub(super) fn by_level<'a>(
    lookup: &Lookup<'a>,
    measure: usize,
    period: Period,
) -> Vec<(&'a Group, Vec<(Level, &'a Row)>)> {
    let mut groups: Vec<(&Group, Vec<(Level, &Row)>)> = Vec::new();
    for row in lookup.rows(measure).filter(|row| row.period == period && row.statistic.is_empty()) {
        let Some(level) = level_of(row) else { continue };
        match groups.last_mut() {
            Some((group, levels)) if *group == &row.group => levels.push((level, row)),
            _ => groups.push((&row.group, vec![(level, row)])),
        }
    }
    groups
}

/// The level of care that a row is about.
pub(super) fn level_of(row: &Row) -> Option<Level> {
    if row.stratum.kind != "level" {
        return None;
    }
    row.stratum.value.parse().ok().and_then(Level::new)
}

/// Days by level of care.
pub(super) fn levels(
    measure: &Measure,
    groups: &[(&Group, Vec<(Level, &Row)>)],
    period: Period,
) -> String {
    let title = format!("{}: {}", words::title(measure), format::period(period));
    let bars = groups.iter().map(|(group, levels)| Bar {
        label: group_name(group),
        shares: levels.iter().map(|(level, row)| (*level, Mark::of(row))).collect(),
    });
    StackedBars { title: &title, bars: bars.collect() }.draw()
}

/// Curves of return for everyone and each organisation.
pub(super) fn curves(measure: &Measure, curves: &[&ReturnCurve]) -> String {
    let period = curves
        .first()
        .map_or_else(String::new, |curve| format!(", {}", format::period(curve.period)));
    let title = format!("{}: share by day{period}", words::title(measure));
    let curves = curves
        .iter()
        .map(|curve| Curve { label: group_name(&curve.group), points: curve.points.clone() })
        .collect();
    Curves { title: &title, curves }.draw()
}
