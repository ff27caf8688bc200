//! Fair comparison: what an organisation's number would be with everyone's mix of members.
//!
//! The expected count of an organisation is Σ over joint strata of its units × everyone's share (or
//! rate) in the stratum; the standardised ratio is observed ÷ expected, and the standardised value is
//! the ratio times everyone's value (indirect standardisation). The interval is that of the observed
//! value ÷ the expected one: Byar's or the exact one of a count ÷ expected events for rates (Public
//! Health England's `phe_isratio`), and the share's own, with the repetitions within members that it
//! allows for, for shares.
//!
//! Small joint strata of everyone are taken together with their neighbours, so that nobody is compared
//! with themselves alone. Joint strata are a partition, so that expected counts add up to the observed
//! count of everyone; see [`hidden`] for what that means for hidden rows.

use std::collections::{BTreeMap, BTreeSet};

use super::estimate::factor;
use super::{Row, Settings};
use crate::kernel::{BETWEEN, Group, JOINT, Tallies, has_expected_count};
use crate::statistics::{ReferenceStratum, expected_events};
use crate::terms::Period;

/// Suffix of the rows that hold observed ÷ expected.
pub const STANDARDISED_RATIO: &str = ".standardised_ratio";

/// Joint strata of everyone with fewer units (or member-months) are taken together.
const LEAST: i64 = 30;

/// Fewer joint strata are no mix, and an expected count would tell how many units are in each.
const LEAST_STRATA: usize = 4;

/// Expected counts by measure, period and group.
pub(super) type Expected = BTreeMap<(usize, Period, Group), f64>;

/// Numerator and denominator of a joint stratum.
type Sums = (i128, i128);

/// The joint strata of a measure and period, by group.
#[derive(Debug, Default)]
struct Strata<'t>(BTreeMap<&'t Group, BTreeMap<Vec<&'t str>, Sums>>);

/// The standardised rows of everything that was counted by joint strata, and the expected counts.
/// `whole` are the rows of whole groups, in the order of the table.
pub(super) fn standardise(
    tallies: &Tallies,
    whole: &[&Row],
    settings: &Settings,
) -> (Vec<Row>, Expected) {
    let mut strata: BTreeMap<(usize, Period), Strata<'_>> = BTreeMap::new();
    for (cell, tally) in tallies.cells.iter().filter(|(cell, _)| cell.stratum.kind == JOINT) {
        if !tallies.measures.get(cell.measure).is_some_and(has_expected_count) {
            continue;
        }
        let values = cell.stratum.value.split(BETWEEN).collect();
        let groups = &mut strata.entry((cell.measure, cell.period)).or_default().0;
        let sums = groups.entry(&cell.group).or_default().entry(values).or_default();
        *sums = (sums.0 + tally.numerator, sums.1 + tally.denominator);
    }
    let mut expected = Expected::new();
    for ((measure, period), strata) in &strata {
        for (group, count) in strata.expected() {
            expected.insert((*measure, *period, group.clone()), count);
        }
    }
    let mut rows = Vec::new();
    for row in whole {
        let at = (row.measure, row.period, row.group.clone());
        let Some(count) = expected.get(&at) else { continue };
        let scale = factor(&tallies.measures[row.measure], row.period);
        rows.extend(ratio(row, *count, scale, settings));
    }
    (rows, expected)
}

/// The row of observed ÷ expected.
fn ratio(row: &Row, expected: f64, scale: f64, settings: &Settings) -> Option<Row> {
    let usual = scale * expected / row.denominator?.to_f64();
    if !(row.state.shows_numbers() && row.value.is_some() && usual > 0.0) {
        return None;
    }
    let over = |number: Option<f64>| number.map(|number| number / usual);
    let mut ratio = Row {
        statistic: STANDARDISED_RATIO,
        value: over(row.value),
        low: over(row.low),
        high: over(row.high),
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
    ratio.note(&format!("expected by {}", settings.standardised_by.join(", ")));
    Some(ratio)
}

impl<'t> Strata<'t> {
    /// Expected counts of every organisation; nothing without a mix.
    fn expected(&self) -> Vec<(&'t Group, f64)> {
        let Some(everyone) = self.0.get(&Group::All) else { return Vec::new() };
        let part_of = parts(everyone);
        let mut reference: BTreeMap<usize, Sums> = BTreeMap::new();
        for (values, sums) in everyone {
            let part = reference.entry(part_of[values]).or_default();
            *part = (part.0 + sums.0, part.1 + sums.1);
        }
        if reference.len() < LEAST_STRATA {
            return Vec::new();
        }
        let organisations = self.0.iter().filter(|(group, _)| ***group != Group::All);
        let of = |(group, strata): (&&'t Group, &BTreeMap<Vec<&str>, Sums>)| {
            let mut units: BTreeMap<usize, i128> = BTreeMap::new();
            for (values, (_, denominator)) in strata {
                *units.entry(*part_of.get(values)?).or_default() += denominator;
            }
            let strata: Vec<ReferenceStratum> = units
                .iter()
                .filter(|(_, units)| **units > 0)
                .map(|(part, units)| ReferenceStratum {
                    person_time: float(*units),
                    reference_events: float(reference[part].0),
                    reference_person_time: float(reference[part].1),
                })
                .collect();
            expected_events(&strata).map(|count| (*group, count))
        };
        organisations.filter_map(of).collect()
    }
}

/// To which part each joint stratum belongs. Strata with few units are taken together with others of
/// the same first attributes, first of all but the last one, then of ever fewer; what is still too
/// small goes to the smallest part that is not.
fn parts<'t>(everyone: &BTreeMap<Vec<&'t str>, Sums>) -> BTreeMap<Vec<&'t str>, usize> {
    let depth = everyone.keys().map(Vec::len).max().unwrap_or(0);
    let mut open: Vec<&Vec<&str>> = everyone.keys().collect();
    let mut closed: Vec<(i128, Vec<&Vec<&str>>)> = Vec::new();
    for shared in (0..=depth).rev() {
        let mut together: BTreeMap<&[&str], Vec<&Vec<&str>>> = BTreeMap::new();
        for values in std::mem::take(&mut open) {
            together.entry(&values[..shared.min(values.len())]).or_default().push(values);
        }
        for strata in together.into_values() {
            let units = strata.iter().map(|values| everyone[*values].1).sum();
            if units >= i128::from(LEAST) {
                closed.push((units, strata));
            } else {
                open.extend(strata);
            }
        }
    }
    match closed.iter_mut().min_by_key(|(units, _)| *units) {
        Some((_, strata)) => strata.append(&mut open),
        None => closed.push((0, open)),
    }
    let numbered = closed.into_iter().enumerate();
    numbered
        .flat_map(|(part, (_, strata))| {
            strata.into_iter().map(move |values| (values.clone(), part))
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far fewer than 2^53")]
fn float(count: i128) -> f64 {
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
            float(threshold.into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_strata_go_with_their_neighbours() {
        let everyone: BTreeMap<Vec<&str>, Sums> = [
            (vec!["a", "x"], (1, 40)),
            (vec!["a", "y"], (1, 20)),
            (vec!["a", "z"], (1, 15)),
            (vec!["b", "x"], (1, 2)),
            (vec!["c", "x"], (1, 3)),
            (vec!["d", "x"], (1, 100)),
        ]
        .into();
        let part = parts(&everyone);
        assert_eq!(part[&vec!["a", "y"]], part[&vec!["a", "z"]], "35 units of a");
        assert_ne!(part[&vec!["a", "x"]], part[&vec!["a", "y"]], "40 units stand alone");
        assert_eq!(
            part[&vec!["b", "x"]],
            part[&vec!["a", "y"]],
            "five units go with the smallest part"
        );
        assert_eq!(part[&vec!["b", "x"]], part[&vec!["c", "x"]]);
        assert_eq!(part.values().collect::<BTreeSet<_>>().len(), 3);
    }
}
