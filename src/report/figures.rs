//! Published rows as charts.

use crate::chart::{
    Bar, Compared, Comparison, Curve, CurvePoint, Curves, FunnelChart, FunnelLine, FunnelPoint,
    Limits, Mark, StackedBars, TrendPoint, TrendSeries, format, sparkline,
};
use crate::indicator::Measure;
use crate::kernel::Group;
use crate::oversight;
use crate::oversight::{FunnelStep, Peer, PeerPlot, Published, Trend};
use crate::terms::{Grain, Level, Period};

use super::content::Content;
use super::lookup::{Lookup, group_name, is_whole, peer_name};
use super::words;

/// One period of a trend with its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point<'a> {
    pub(super) period: Period,
    pub(super) row: &'a Published,
    pub(super) limits: Option<Limits>,
}

/// The periods of everyone's trend: months, or longer ones where hardly any month can be shown.
pub(super) fn points<'a>(
    content: &Content<'a>,
    lookup: &Lookup<'a>,
    measure: usize,
) -> Vec<Point<'a>> {
    points_of(content, lookup, (measure, &Group::All), lookup.trend(measure))
}

/// The periods of any group's trend, given its control chart.
pub(super) fn points_of<'a>(
    content: &Content<'a>,
    lookup: &Lookup<'a>,
    (measure, group): (usize, &Group),
    trend: &Trend,
) -> Vec<Point<'a>> {
    if content.table.settings().dates_shifted {
        return Vec::new();
    }
    let point = |row: &'a Published| {
        let charted = trend.points.iter().find(|point| point.period == row.period);
        let limits = charted.and_then(|point| {
            let (centre, lower, upper) = (trend.centre?, point.lower?, point.upper?);
            Some(Limits { centre, lower, upper })
        });
        Point { period: row.period, row, limits }
    };
    let by_grain = Grain::ALL.map(|grain| {
        let rows = lookup.series(measure, group, grain, content.period);
        let rows = rows.filter(|row| is_whole(row));
        // Nothing is told by the periods before the data begin.
        rows.skip_while(|row| !row.state.shows_numbers()).map(point).collect::<Vec<_>>()
    });
    let is_mostly_shown =
        |points: &Vec<Point<'_>>| has_trend(points) && shown(points) * 2 > points.len();
    let best = by_grain.iter().position(is_mostly_shown);
    let best = best.or_else(|| by_grain.iter().position(|points| has_trend(points)));
    by_grain.into_iter().nth(best.unwrap_or(0)).unwrap_or_default()
}

/// What a reader should know of the trend.
pub(super) fn note(trend: &Trend, points: &[Point<'_>]) -> String {
    match points.first().map(|point| point.period.grain) {
        Some(Grain::Quarter) => "by quarter, because most months are hidden".to_owned(),
        Some(Grain::Year) => "by year, because most shorter periods are hidden".to_owned(),
        Some(Grain::Month) | None => trend.note.clone(),
    }
}

fn shown(points: &[Point<'_>]) -> usize {
    points.iter().filter(|point| Mark::of(point.row).value().is_some()).count()
}

/// A trend of one point tells nothing that its table does not.
pub(super) fn has_trend(points: &[Point<'_>]) -> bool {
    shown(points) > 1
}

/// The trend of a group.
pub(super) fn trend(measure: &Measure, whose: &str, points: &[Point<'_>]) -> String {
    let target = points.iter().rev().find_map(|point| point.row.target);
    let points = points.iter().map(|point| TrendPoint {
        period: point.period,
        mark: Mark::of(point.row),
        limits: point.limits,
        is_signal: !point.row.signal.is_empty(),
    });
    let title = format!("{}: {whose} over time", words::title(measure));
    TrendSeries { title: &title, display: measure.display, points: points.collect(), target }.draw()
}

/// The last twelve points as a small line.
pub(super) fn spark(measure: &Measure, points: &[Point<'_>]) -> String {
    let points: Vec<(Period, Mark)> = points
        .iter()
        .rev()
        .take(12)
        .rev()
        .map(|point| (point.period, Mark::of(point.row)))
        .collect();
    sparkline(&format!("{}: latest periods", words::title(measure)), &points, measure.display)
}

/// The organisations of a period.
pub(super) fn organisations<'a>(
    lookup: &Lookup<'a>,
    measure: usize,
    period: Period,
) -> Vec<&'a Published> {
    let groups = lookup.organisations(measure);
    groups.into_iter().filter_map(|group| lookup.whole(measure, period, group)).collect()
}

/// Organisations side by side.
pub(super) fn comparison(
    measure: &Measure,
    rows: &[&Published],
    whole: Option<&Published>,
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

/// Peers between the limits of chance.
pub(super) fn funnel(measure: &Measure, plot: &PeerPlot, period: Period) -> String {
    let title = format!("{}: peers, {}", words::title(measure), format::period(period));
    let point = |peer: &'_ Peer| FunnelPoint {
        label: peer_name(peer).to_owned(),
        size: peer.size,
        value: peer.value,
        is_flagged: peer.place.is_flagged(),
    };
    let line = |step: &FunnelStep| FunnelLine {
        size: step.size,
        inner: (step.inner.low, step.inner.high),
        outer: (step.outer.low, step.outer.high),
    };
    FunnelChart {
        title: &title,
        display: measure.display,
        size: plot.size,
        centre: plot.centre,
        points: plot.peers.iter().map(point).collect(),
        lines: plot.steps.iter().map(line).collect(),
    }
    .draw()
}

/// Rows of each level for everyone and each organisation.
pub(super) fn by_level<'a>(
    lookup: &Lookup<'a>,
    measure: usize,
    period: Period,
) -> Vec<(&'a Group, Vec<(Level, &'a Published)>)> {
    let mut groups: Vec<(&Group, Vec<(Level, &Published)>)> = Vec::new();
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
pub(super) fn level_of(row: &Published) -> Option<Level> {
    if row.stratum.kind != "level" {
        return None;
    }
    row.stratum.value.parse().ok().and_then(Level::new)
}

/// Days by level of care.
pub(super) fn levels(
    measure: &Measure,
    groups: &[(&Group, Vec<(Level, &Published)>)],
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
pub(super) fn curves(measure: &Measure, curves: &[&oversight::Curve]) -> String {
    let period = curves
        .first()
        .map_or_else(String::new, |curve| format!(", {}", format::period(curve.period)));
    let title = format!("{}: share by day{period}", words::title(measure));
    let curves = curves
        .iter()
        .map(|curve| Curve {
            label: group_name(&curve.group),
            points: curve.points.iter().map(CurvePoint::of).collect(),
        })
        .collect();
    Curves { title: &title, curves }.draw()
}
