//! Control charts of months, made only of what readers can see.

use std::ops::Range;

use crate::indicator::{Measure, Shape};
use crate::kernel::{Group, Stratum};
use crate::statistics::{
    Chart, Limits, Part, Signal, anhoej, asks_for_laney, nhs_signals, p_chart, p_prime_chart,
    u_prime_chart, xmr_chart,
};
use crate::terms::{Grain, Period};

use super::estimate::factor;
use super::{PublishedTable, Row, RuleSet, Settings, State};

/// A month of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendPoint {
    /// The month.
    pub period: Period,
    /// Its value; none where it is hidden, withheld or has no denominator.
    pub value: Option<f64>,
    /// Lower limit of common variation, if the chart has limits.
    pub lower: Option<f64>,
    /// Upper limit of common variation.
    pub upper: Option<f64>,
    /// Whether the month is complete.
    pub state: State,
    /// True if the value is hidden.
    pub suppressed: bool,
    /// Why it stands out, the weightiest reason first; only for complete months.
    pub signals: Vec<Signal>,
    /// True if the limits rest on it.
    pub baseline: bool,
}

/// A control chart of months.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Every month with a row, in order.
    pub points: Vec<TrendPoint>,
    /// The centre line: the mean of the baseline.
    pub centre: Option<f64>,
    /// What kind of chart it is: “p”, “Laney p′”, “Laney u′” or “`XmR`”; empty without limits.
    pub kind: &'static str,
    /// What readers must know about it: the baseline and the rules, or why there are no limits.
    pub note: String,
}

/// The control chart of a measure in a group.
pub fn trend(table: &PublishedTable, measure: usize, group: &Group) -> Trend {
    trend_in(table, measure, group, &Stratum::everyone())
}

/// The control chart of a measure in a group and stratum.
pub fn trend_in(table: &PublishedTable, measure: usize, group: &Group, stratum: &Stratum) -> Trend {
    let rows = table.rows_of(measure).iter().map(|row| &**row);
    let rows: Vec<&Row> = rows
        .filter(|row| row.group == *group && row.stratum == *stratum)
        .filter(|row| charted(row))
        .collect();
    match table.measures().get(measure) {
        Some(measure) => chart_rows(&rows, measure, table.settings()),
        None => {
            Trend { points: Vec::new(), centre: None, kind: "", note: "no such measure".to_owned() }
        }
    }
}

/// Writes the signal of every charted row into it.
pub(super) fn mark_signals(rows: &mut [Row], measures: &[Measure], settings: &Settings) {
    // One chart for each measure, group and stratum, of rows whose places stay in order of time.
    let mut charts: std::collections::BTreeMap<(usize, Group, Stratum), Vec<usize>> =
        std::collections::BTreeMap::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| charted(row)) {
        if row.stratum.kind == "all" || row.stratum.kind == "level" {
            charts
                .entry((row.measure, row.group.clone(), row.stratum.clone()))
                .or_default()
                .push(index);
        }
    }
    for ((measure, _, _), places) in charts {
        let own: Vec<&Row> = places.iter().map(|index| &rows[*index]).collect();
        let trend = chart_rows(&own, &measures[measure], settings);
        for (index, point) in places.into_iter().zip(trend.points) {
            rows[index].signal = point.signals.first().map_or("", |signal| signal.name());
        }
    }
}

fn charted(row: &Row) -> bool {
    row.period.grain == Grain::Month && row.statistic.is_empty()
}

fn chart_rows(rows: &[&Row], measure: &Measure, settings: &Settings) -> Trend {
    let mut trend = Trend {
        points: rows.iter().map(|row| point(row)).collect(),
        centre: None,
        kind: "",
        note: String::new(),
    };
    if settings.dates_shifted {
        "no limits: dates were shifted, and months are not those of the calendar"
            .clone_into(&mut trend.note);
        return trend;
    }
    let usable = usable(rows, measure);
    let enough = settings.baseline_points.max(2);
    if usable.len() < enough {
        let why = if measure.overlapping {
            ": months overlap, and only every twelfth stands for itself"
        } else {
            ""
        };
        trend.note = format!(
            "no limits: {} of the {enough} complete points that they need{why}",
            usable.len()
        );
        return trend;
    }
    let own: Vec<&Row> = usable.iter().map(|index| rows[*index]).collect();
    let Some((chart, kind)) = chart_of(&own, measure, 0..enough) else {
        "no limits: a denominator is zero".clone_into(&mut trend.note);
        return trend;
    };
    let values: Vec<f64> = own.iter().filter_map(|row| row.value).collect();
    let (signals, remark) = signals(&values, &chart, settings.rules);
    trend.centre = Some(chart.centre);
    trend.kind = kind;
    trend.note = format!(
        "{kind} chart; limits from the {enough} months {} to {}; rules: {}{remark}",
        own[0].period,
        own[enough - 1].period,
        settings.rules.title(),
    );
    for (place, (index, signals)) in usable.iter().zip(signals).enumerate() {
        let point = &mut trend.points[*index];
        point.lower = Some(chart.limits[place].low);
        point.upper = Some(chart.limits[place].high);
        point.signals = signals;
        point.baseline = place < enough;
    }
    trend
}

fn point(row: &Row) -> TrendPoint {
    TrendPoint {
        period: row.period,
        value: row.value,
        lower: None,
        upper: None,
        state: row.state,
        suppressed: row.suppressed,
        signals: Vec::new(),
        baseline: false,
    }
}

/// Places of the rows that a chart may use: complete and visible, and for values over a rolling
/// window only every twelfth month, counted back from the last.
fn usable(rows: &[&Row], measure: &Measure) -> Vec<usize> {
    let complete = |row: &Row| row.state == State::Final && row.value.is_some();
    let places: Vec<usize> = (0..rows.len()).filter(|index| complete(rows[*index])).collect();
    let Some(last) = places.last().filter(|_| measure.overlapping) else { return places };
    let month = |index: usize| {
        rows[index].period.start.year() * 12
            + i32::try_from(rows[index].period.start.month()).unwrap_or(1)
    };
    let end = month(*last);
    places.into_iter().filter(|index| (end - month(*index)) % 12 == 0).collect()
}

/// The chart that suits a measure's shape.
fn chart_of(
    rows: &[&Row],
    measure: &Measure,
    baseline: Range<usize>,
) -> Option<(Chart, &'static str)> {
    let parts = |by: fn(&Measure, Period) -> f64| -> Option<Vec<Part>> {
        let part = |row: &&Row| {
            let denominator = row.denominator?.to_f64() / by(measure, row.period);
            Some(Part { numerator: row.numerator?.to_f64(), denominator })
        };
        rows.iter().map(part).collect()
    };
    match measure.shape {
        Shape::Share | Shape::MemberShare => {
            let factor = rows.first().map_or(1.0, |row| factor(measure, row.period));
            let points = parts(|_, _| 1.0)?;
            let (chart, name) = if asks_for_laney(&points, baseline.clone()) {
                (p_prime_chart(&points, baseline)?, "Laney p′")
            } else {
                (p_chart(&points, baseline)?, "p")
            };
            Some((times(chart, factor), name))
        }
        Shape::Rate if measure.numerator_parts == 1 => {
            Some((u_prime_chart(&parts(factor)?, baseline)?, "Laney u′"))
        }
        Shape::Rate
        | Shape::Mix
        | Shape::Agreement
        | Shape::Duration
        | Shape::MemberMean
        | Shape::UnitMean
        | Shape::Top { .. } => {
            let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
            Some((xmr_chart(&values, baseline, true)?.chart, "XmR"))
        }
    }
}

fn times(chart: Chart, factor: f64) -> Chart {
    let limits = chart.limits.into_iter().map(|limits: Limits| limits.times(factor)).collect();
    Chart { centre: chart.centre * factor, limits }
}

fn signals(values: &[f64], chart: &Chart, rules: RuleSet) -> (Vec<Vec<Signal>>, String) {
    let all = nhs_signals(values, chart);
    if rules == RuleSet::Nhs {
        return (all, String::new());
    }
    let outside = |signals: Vec<Signal>| -> Vec<Signal> {
        signals
            .into_iter()
            .filter(|signal| matches!(signal, Signal::AboveLimits | Signal::BelowLimits))
            .collect()
    };
    let mut kept: Vec<Vec<Signal>> = all.into_iter().map(outside).collect();
    let Some(test) = anhoej(values, chart.centre).filter(|test| test.signals()) else {
        return (kept, String::new());
    };
    // The test is about the whole line; it is shown at its end.
    if let (Some(last), Some(value)) = (kept.last_mut(), values.last()) {
        last.push(if *value > chart.centre { Signal::RunAbove } else { Signal::RunBelow });
    }
    let remark = format!(
        "; runs: longest {} (chance gives up to {}), crossings {} (at least {})",
        test.longest_run, test.longest_expected, test.crossings, test.crossings_expected
    );
    (kept, remark)
}
