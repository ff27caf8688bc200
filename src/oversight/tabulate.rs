//! Tallies to rows: value, interval, state and verdict. Nothing is hidden yet.

use std::collections::BTreeSet;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator, ParallelSliceMut};

use crate::indicator::{Display, Measure, Shape, Spread};
use crate::kernel::{Cell, Group, Stratum, Tallies, Tally};
use crate::statistics::{CONFIDENCE, geometric_mean, quantile, wilson};
use crate::terms::Period;

use super::estimate::{Estimate, estimate, factor, may_be_dominated};
use super::ripeness::ripeness;
use super::standardised::{Expected, Models, is_joint, standardise};
use super::verdict::verdict;
use super::{Exact, Row, Settings, State};

/// Every row with every number. It must not be shown: see [`super::suppress()`].
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The measures, in the order of the pipeline file.
    pub measures: Vec<Measure>,
    /// Rows in the order of measure, statistic, period, group and stratum.
    pub rows: Vec<Row>,
    /// Expected counts, for the standardised ratios.
    pub(super) expected: Expected,
    /// How they came about.
    pub(super) models: Models,
    /// Days to the deciding event, for the curves.
    pub(super) curves: Vec<(Cell, Tally)>,
}

/// Suffix of the rows that hold the median of member values.
pub const MEDIAN: &str = ".median";
/// The lower quartile.
pub const LOWER_QUARTILE: &str = ".p25";
/// The upper quartile.
pub const UPPER_QUARTILE: &str = ".p75";
/// The geometric mean.
pub const GEOMETRIC_MEAN: &str = ".geometric_mean";
/// The share of members with a value of at least 0.75.
pub const SHARE_HIGH: &str = ".share_ge_0.75";
/// The share of members with a value of at least 0.95.
pub const SHARE_VERY_HIGH: &str = ".share_ge_0.95";

/// True for a share of members with high values, which is a count of members.
pub fn is_share_high(statistic: &str) -> bool {
    [SHARE_HIGH, SHARE_VERY_HIGH].contains(&statistic)
}

/// Tallies to rows.
pub fn tabulate(tallies: &Tallies, settings: &Settings) -> Table {
    let cells: Vec<(&Cell, &Tally)> = tallies.cells.iter().collect();
    let at = |cell: &Cell| (cell.measure, cell.period);
    let chunks: Vec<_> = cells.chunk_by(|a, b| at(a.0) == at(b.0)).collect();
    let of_chunk = |chunk: &&[(&Cell, &Tally)]| rows_of(chunk, tallies, settings);
    let mut rows: Vec<Row> = chunks.par_iter().flat_map_iter(of_chunk).collect();
    let has_curve = |(cell, _): &&(&Cell, &Tally)| {
        cell.stratum.kind == "all"
            && tallies.measures.get(cell.measure).is_some_and(|m| m.has_curve && m.is_computable())
    };
    let of_curves = cells.iter().filter(has_curve);
    let curves = of_curves.map(|(cell, tally)| ((*cell).clone(), (*tally).clone())).collect();
    let counted: BTreeSet<usize> = cells.iter().map(|(cell, _)| cell.measure).collect();
    for (index, measure) in tallies.measures.iter().enumerate() {
        if !measure.is_computable() || !counted.contains(&index) {
            let (group, stratum) = (Group::All, Stratum::everyone());
            let of = |period: &Period| Cell {
                measure: index,
                period: *period,
                group: group.clone(),
                stratum: stratum.clone(),
            };
            let is_reported = |period: &&Period| measure.is_reported_by(period.grain);
            // Where none is, that is why it has no number.
            let any = tallies.periods.iter().any(|period| is_reported(&period));
            let periods = tallies.periods.iter().filter(|period| !any || is_reported(period));
            rows.extend(periods.map(|period| empty(measure, &of(period), settings)));
        }
    }
    let whole = |row: &&Row| row.statistic.is_empty() && row.stratum.kind == "all";
    let whole: Vec<&Row> = rows.iter().filter(whole).collect();
    let (ratios, expected, models) = standardise(tallies, (&cells, &whole), settings);
    rows.extend(ratios);
    rows.par_sort_by(|a, b| place(a).cmp(&place(b)));
    Table { measures: tallies.measures.clone(), rows, expected, models, curves }
}

/// What rows are ordered by.
pub(super) fn place(row: &Row) -> (usize, &'static str, crate::terms::Period, &Group, &Stratum) {
    (row.measure, row.statistic, row.period, &row.group, &row.stratum)
}

/// The rows of the cells of a measure and period.
fn rows_of(cells: &[(&Cell, &Tally)], tallies: &Tallies, settings: &Settings) -> Vec<Row> {
    let first = cells[0].0;
    let known = tallies.measures.get(first.measure).filter(|measure| measure.is_computable());
    let Some(measure) = known else { return Vec::new() };
    let ripe = ripeness(measure, first.period, settings);
    let is_mean = matches!(measure.shape, Shape::MemberMean | Shape::UnitMean);
    let mut rows = Vec::new();
    for (cell, tally) in cells.iter().filter(|(cell, _)| !is_joint(cell)) {
        let row = row_of(measure, &ripe, cell, tally, settings);
        if is_mean && cell.stratum.kind == "all" {
            rows.extend(spread(measure, &row, tally, settings));
        }
        rows.push(row);
    }
    rows
}

fn row_of(
    measure: &Measure,
    ripe: &(State, String),
    cell: &Cell,
    tally: &Tally,
    settings: &Settings,
) -> Row {
    let top = top_of(measure, tally);
    let tally = top.as_ref().unwrap_or(tally);
    let estimate = match measure.shape {
        Shape::Agreement => agreement(tally),
        Shape::Duration => duration(tally),
        _ => estimate(measure, cell.period, tally),
    };
    let numerator = Exact { parts: tally.numerator, per_unit: measure.numerator_parts.max(1) };
    let mut row = blank(ripe, cell);
    row.numerator = Some(numerator).filter(|_| !measure.has_no_sum());
    row.nobodys = i64::try_from(tally.nobodys).unwrap_or(i64::MAX);
    let per_unit = measure.denominator_parts();
    row.denominator = Some(Exact { parts: tally.denominator, per_unit });
    row.excluded = Some(tally.excluded.iter().sum());
    row.excluded_by_reason = tally.excluded.iter().copied().map(Some).collect();
    row.members = Some(tally.members);
    let over_money = per_unit > 1 && top.is_none();
    let of_money = measure.display == Display::Dollars || top.is_some() || over_money;
    // Nights, minutes or events of mostly one person are told by their sum, as money is.
    let of_people = measure.shape == Shape::Rate || of_money;
    row.dominated = of_people && may_be_dominated(tally.numerator, tally.nn)
        || over_money && may_be_dominated(tally.denominator, tally.dd)
        || over_money && rest_may_be_dominated(tally);
    fill(&mut row, estimate);
    let shows = row.state.shows_numbers() && tally.denominator > 0;
    if measure.shape == Shape::Duration && shows && row.value.is_none() {
        row.note("not reached: more than half go on");
    }
    judge(&mut row, (&measure.id, &measure.base_id), settings);
    row
}

/// True if one member may hold more than half of what is left of the whole without the numerator: whoever
/// has both can subtract.
fn rest_may_be_dominated(tally: &Tally) -> bool {
    let squares = tally.dd.saturating_sub(tally.nd.saturating_mul(2)).saturating_add(tally.nn);
    may_be_dominated(tally.denominator - tally.numerator, squares)
}

/// Kappa to two decimals, as it is read: more of them would tell the ratings of few units.
fn agreement(tally: &Tally) -> Estimate {
    let kappa = tally.agreement().map(|kappa| (kappa * 100.0).round() / 100.0);
    Estimate { value: kappa, ..Estimate::default() }
}

#[expect(clippy::cast_precision_loss, reason = "days")]
fn duration(tally: &Tally) -> Estimate {
    let median = tally.median_duration().map(|days| days as f64);
    Estimate { value: median, ..Estimate::default() }
}

/// Of the members with most: what they have, over what all have. `nn` is what the first has, squared,
/// so that nobody is taken for more of the sum than that.
fn top_of(measure: &Measure, tally: &Tally) -> Option<Tally> {
    let Shape::Top { percent } = measure.shape else { return None };
    let top = tally.top(percent);
    let most = i128::from(top.most);
    Some(Tally {
        numerator: top.sum,
        denominator: top.total,
        members: top.members,
        nn: most * most,
        ..Tally::default()
    })
}

/// Sets target and verdict.
fn judge(row: &mut Row, (id, base_id): (&str, &str), settings: &Settings) {
    let target = settings.target(id, base_id, &row.group, row.period);
    row.target = target.map(|target| target.at);
    row.verdict = target.and_then(|target| verdict(row, target));
}

/// The row of a measure that cannot be computed, or that has found nothing in any period: its silence
/// would leave open which of the two.
fn empty(measure: &Measure, cell: &Cell, settings: &Settings) -> Row {
    let ripe = ripeness(measure, cell.period, settings);
    if measure.is_computable() {
        let excluded = vec![0; measure.exclusions.len()];
        let mut row =
            row_of(measure, &ripe, cell, &Tally { excluded, ..Tally::default() }, settings);
        if row.state.shows_numbers() && row.reason.is_empty() {
            "nothing to count".clone_into(&mut row.reason);
        }
        return row;
    }
    let mut row = blank(&ripe, cell);
    judge(&mut row, (&measure.id, &measure.base_id), settings);
    row
}

fn blank(ripe: &(State, String), cell: &Cell) -> Row {
    let (state, reason) = ripe.clone();
    Row {
        measure: cell.measure,
        statistic: "",
        period: cell.period,
        group: cell.group.clone(),
        stratum: cell.stratum.clone(),
        numerator: None,
        denominator: None,
        nobodys: 0,
        excluded: None,
        excluded_by_reason: Vec::new(),
        members: None,
        value: None,
        low: None,
        high: None,
        interval: "",
        state,
        suppressed: false,
        reason,
        signal: "",
        target: None,
        verdict: None,
        dominated: false,
        shown_before: false,
    }
}

fn fill(row: &mut Row, estimate: Estimate) {
    row.value = estimate.value;
    row.low = estimate.low;
    row.high = estimate.high;
    row.interval = estimate.interval;
}

/// Median, quartiles, geometric mean and the share of high values of a mean over members or units.
fn spread(measure: &Measure, mean: &Row, tally: &Tally, settings: &Settings) -> Vec<Row> {
    if !mean.state.is_computable() || tally.values.is_empty() {
        return Vec::new();
    }
    let bare = Row {
        numerator: None,
        value: None,
        low: None,
        high: None,
        interval: "",
        target: None,
        verdict: None,
        excluded: None,
        excluded_by_reason: Vec::new(),
        dominated: false,
        ..mean.clone()
    };
    let parts = Exact { parts: 1, per_unit: measure.numerator_parts.max(1) }.to_f64();
    let unit = factor(measure, mean.period) * parts;
    let mut rows = Vec::new();
    for (statistic, probability) in [(MEDIAN, 0.5), (LOWER_QUARTILE, 0.25), (UPPER_QUARTILE, 0.75)]
    {
        let value = quantile(tally.values.counts(), probability).map(|value| value * unit);
        let mut row = Row { statistic, value, ..bare.clone() };
        if let Some(ceiling) = measure.ceiling.filter(|most| is_beyond(tally, *most, probability)) {
            row.value = None;
            row.note(&format!("not reached before day {ceiling}"));
        }
        rows.push(row);
    }
    if measure.spread == Spread::Skewed {
        rows.push(geometric(&bare, tally, unit));
    }
    if matches!(measure.display, Display::Index | Display::Percent) {
        rows.push(share_high(measure, bare, tally, settings));
    }
    rows
}

/// The geometric mean, to a tenth: the exact product of a few whole numbers tells each of them.
fn geometric(bare: &Row, tally: &Tally, unit: f64) -> Row {
    let mean = geometric_mean(tally.values.counts());
    let value = mean.map(|mean| (mean * unit * 10.0).round() / 10.0);
    let mut row = Row { statistic: GEOMETRIC_MEAN, value, ..bare.clone() };
    if tally.values.up_to(0) > 0 {
        row.note("of values above 0");
    }
    row
}

/// True if a quantile is made of units that stand at the ceiling, where the event was not seen.
#[expect(clippy::cast_precision_loss, reason = "units are far fewer than 2^53")]
fn is_beyond(tally: &Tally, ceiling: i64, probability: f64) -> bool {
    let rank = ((tally.values.total() - 1) as f64 * probability).ceil();
    rank >= tally.values.up_to(ceiling - 1) as f64
}

/// The share of members whose value is high: a count, with the small cells of one.
#[expect(clippy::cast_precision_loss, reason = "members are far fewer than 2^53")]
fn share_high(measure: &Measure, bare: Row, tally: &Tally, settings: &Settings) -> Row {
    let cut = measure.numerator_parts / 100 * measure.high_percent;
    let statistic = if measure.high_percent == 95 { SHARE_VERY_HIGH } else { SHARE_HIGH };
    let members = tally.values.total();
    let high = members - tally.values.up_to(cut - 1);
    let (met, all) = (high as f64, members as f64);
    let id = format!("{}{statistic}", measure.id);
    let mut row = Row {
        statistic,
        numerator: Some(Exact::whole(i128::from(high))),
        denominator: Some(Exact::whole(i128::from(members))),
        ..bare
    };
    fill(&mut row, Estimate::new(met / all, wilson(met, all, CONFIDENCE), "wilson"));
    judge(&mut row, (&id, &id), settings);
    row
}
