//! Fair comparison: what an organisation's number would be with everyone's mix of members.
//!
//! The expected count of an organisation comes from a regression on everyone (see [`super::expected`]); the
//! standardised ratio is observed ÷ expected, and the standardised value is the ratio times everyone's
//! value (indirect standardisation). The interval of a count of events is exact below ten observed, Byar's
//! from ten on, ÷ expected (Public Health England's `phe_isratio`), both on effective numbers where
//! events repeat within members; that of days is the interval of the observed value ÷ the expected one.
//!
//! Expected counts add up to the observed count of everyone; see [`hidden`] for what that means for hidden
//! rows.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::estimate::{effect, factor};
use super::expected::{Strata, Words, model};
use super::{Row, Settings};
use crate::indicator::{Interval, Measure};
use crate::kernel::{
    BETWEEN, Cell, Group, JOINT, JOINT_DAYS, JOINT_EVENTS, Tallies, Tally, has_expected_count,
};
use crate::statistics::{CONFIDENCE, standardised_ratio};
use crate::terms::Period;

/// Suffix of the rows that hold observed ÷ expected.
pub const STANDARDISED_RATIO: &str = ".standardised_ratio";

/// Expected counts by measure, period and group.
pub(super) type Expected = BTreeMap<(usize, Period, Group), f64>;

/// How the expected counts of a measure and period came about.
pub(super) type Models = BTreeMap<(usize, Period), Words>;

/// The standardised rows of everything that was counted by joint strata, the expected counts, and how
/// they came about. `whole` are the rows of whole groups, in the order of the table.
pub(super) fn standardise(
    tallies: &Tallies,
    (cells, whole): (&[(&Cell, &Tally)], &[&Row]),
    settings: &Settings,
) -> (Vec<Row>, Expected, Models) {
    let strata = strata(cells);
    let days = days(&strata);
    let each = |(at, strata): (&(usize, Period), &OfCells<'_>)| {
        let measure = tallies.measures.get(at.0).filter(|measure| has_expected_count(measure))?;
        let Some(days) = days.get(&at.1).filter(|_| strata.per_day) else {
            return Some((*at, model(measure, &strata.own, settings)?));
        };
        let mut both = Strata::default();
        both.add_all(&strata.own);
        both.add_all(days);
        Some((*at, model(measure, &both, settings)?))
    };
    let found: Vec<_> = strata.par_iter().filter_map(each).collect();
    let (mut expected, mut models) = (Expected::new(), Models::new());
    for ((measure, period), model) in found {
        models.insert((measure, period), model.words);
        for (group, count) in model.counts {
            expected.insert((measure, period, group), count);
        }
    }
    let mut rows = Vec::new();
    for row in whole {
        let at = (row.measure, row.period, row.group.clone());
        let (Some(count), Some(words)) = (expected.get(&at), models.get(&(at.0, at.1))) else {
            continue;
        };
        let measure = &tallies.measures[row.measure];
        let cell = Cell {
            measure: row.measure,
            period: row.period,
            group: row.group.clone(),
            stratum: row.stratum.clone(),
        };
        let effect = tallies.cells.get(&cell).map_or(1.0, |tally| effect(measure, tally));
        rows.extend(ratio(row, measure, (*count, effect), &words.by));
    }
    (rows, expected, models)
}

/// The joint strata of the cells of a measure and period.
#[derive(Debug, Default)]
struct OfCells<'t> {
    own: Strata<'t>,
    /// Time at risk, which stands with one measure for all.
    days: Strata<'t>,
    /// True if the own ones are events over this time.
    per_day: bool,
}

/// The joint strata of every measure and period; `cells` are those of the tallies, in order.
fn strata<'t>(cells: &[(&'t Cell, &'t Tally)]) -> BTreeMap<(usize, Period), OfCells<'t>> {
    if !cells.iter().any(|(cell, _)| is_joint(cell)) {
        return BTreeMap::new();
    }
    let at = |cell: &Cell| (cell.measure, cell.period);
    let chunks: Vec<_> = cells.chunk_by(|a, b| at(a.0) == at(b.0)).collect();
    let of = |chunk: &&[(&'t Cell, &'t Tally)]| {
        let mut found = OfCells::default();
        for (cell, tally) in *chunk {
            let into = match cell.stratum.kind.as_str() {
                JOINT_DAYS => &mut found.days,
                JOINT | JOINT_EVENTS => &mut found.own,
                _ => continue,
            };
            let values = cell.stratum.value.split(BETWEEN).collect();
            into.add(&cell.group, values, (tally.numerator, tally.denominator));
            found.per_day |= cell.stratum.kind == JOINT_EVENTS;
        }
        (at(chunk[0].0), found)
    };
    chunks.par_iter().map(of).collect()
}

/// Time at risk by period.
fn days<'t>(strata: &BTreeMap<(usize, Period), OfCells<'t>>) -> BTreeMap<Period, Strata<'t>> {
    let mut days: BTreeMap<Period, Strata<'_>> = BTreeMap::new();
    for ((_, period), of) in strata {
        days.entry(*period).or_default().add_all(&of.days);
    }
    days
}

/// True for a cell of joint strata, of which no row is made.
pub(super) fn is_joint(cell: &Cell) -> bool {
    [JOINT, JOINT_EVENTS, JOINT_DAYS].contains(&cell.stratum.kind.as_str())
}

/// The row of observed ÷ expected.
fn ratio(row: &Row, measure: &Measure, (expected, effect): (f64, f64), by: &str) -> Option<Row> {
    let usual = factor(measure, row.period) * expected / row.denominator?.to_f64();
    if !(row.state.shows_numbers() && row.value.is_some() && usual > 0.0) {
        return None;
    }
    let observed = row.numerator?.to_f64();
    let (low, high, interval) = match measure.interval {
        Interval::Wilson | Interval::WilsonCluster | Interval::Byar => {
            let found = standardised_ratio(observed / effect, expected / effect, CONFIDENCE)?;
            let name = if observed / effect < 10.0 { "exact_poisson" } else { "byar" };
            (Some(found.limits.low), Some(found.limits.high), name)
        }
        Interval::Mean | Interval::RatioCluster | Interval::None => {
            let over = |number: Option<f64>| number.map(|number| number / usual);
            (over(row.low), over(row.high), row.interval)
        }
    };
    let mut ratio = Row {
        statistic: STANDARDISED_RATIO,
        value: Some(observed / expected),
        low,
        high,
        interval,
        numerator: None,
        denominator: None,
        excluded: None,
        excluded_by_reason: Vec::new(),
        members: None,
        target: None,
        verdict: None,
        dominated: false,
        ..row.clone()
    };
    ratio.note(&format!("expected by {by}"));
    Some(ratio)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far fewer than 2^53")]
fn float(count: i64) -> f64 {
    count as f64
}

/// Organisations of a measure and period whose expected count must not be found out.
///
/// Expected counts add up to everyone's observed count. Where rows are hidden, so are their
/// standardised ratios, and with them those of others, the smallest first, until their expected counts
/// sum to the threshold: what is left for the hidden ones is then at least as wide. Where everyone's
/// row is hidden, so are all ratios. `is_hidden` tells which rows of whole groups are hidden.
pub(super) fn hidden(
    rows: &[Row],
    expected: &Expected,
    threshold: i64,
    is_hidden: impl Fn(&Row) -> bool,
) -> BTreeSet<(usize, Period, Group)> {
    let is_ratio = |row: &&Row| row.statistic == STANDARDISED_RATIO;
    let at = |row: &Row| (row.measure, row.period, row.group.clone());
    let shown_before: BTreeSet<(usize, Period, Group)> =
        rows.iter().filter(is_ratio).filter(|row| row.shown_before).map(at).collect();
    let mut breakdowns: BTreeMap<(usize, Period), Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.statistic.is_empty() && row.stratum.kind == "all") {
        breakdowns.entry((row.measure, row.period)).or_default().push(row);
    }
    let mut hidden = BTreeSet::new();
    for rows in breakdowns.values() {
        let count = |row: &Row| expected.get(&at(row)).copied();
        let (secret, mut open): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|row| is_hidden(row));
        hidden.extend(secret.iter().map(|row| at(row)));
        let rank = |row: &Row| (shown_before.contains(&at(row)), count(row).unwrap_or(0.0));
        open.sort_by(|a, b| {
            let (a, b) = (rank(a), rank(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        let enough = if secret.iter().any(|row| row.group == Group::All) {
            f64::INFINITY
        } else if secret.is_empty() {
            0.0
        } else {
            float(threshold)
        };
        let mut covered = 0.0;
        for (row, count) in open.into_iter().filter_map(|row| Some((row, count(row)?))) {
            if covered < enough {
                covered += count;
                hidden.insert(at(row));
            }
        }
    }
    hidden
}

/// Two decimals: more would tell the mix of an organisation's members.
pub(super) fn coarsen(row: &mut Row) {
    let rounded = |value: Option<f64>| value.map(|value| (value * 100.0).round() / 100.0);
    row.value = rounded(row.value);
    row.low = rounded(row.low);
    row.high = rounded(row.high);
}
