//! Pathways counted: how many people went which way, and for how long.

use std::collections::BTreeMap;

use super::era::Combination;
use super::pathway::{Pathway, Pathways};
use crate::statistics::quantile;

/// What a row of the pathway table counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathGroup {
    /// Everyone on this path, by its steps.
    Path(Vec<Combination>),
    /// People without a path.
    Without,
    /// Everyone on a path that too few went, and those without one if they are too few.
    Other {
        /// How many different paths these are.
        paths: u64,
    },
}

/// A row of the pathway table.
#[derive(Debug, Clone, PartialEq)]
pub struct PathwayRow {
    /// What is counted.
    pub group: PathGroup,
    /// How many.
    pub n: u64,
    /// `n` of the denominator, 0 to 1.
    pub share: f64,
    /// The median of the days spent in the steps; nothing for people without a path.
    pub median_days: Option<f64>,
}

/// The pathway table: every row has `min_cell` or more, and no count of fewer follows from the
/// denominator.
#[derive(Debug, Clone, PartialEq)]
pub struct PathwayTable {
    /// Paths by falling count, then people without a path, then other paths.
    pub rows: Vec<PathwayRow>,
    /// Pathways and people without one.
    pub denominator: u64,
}

/// A group in the making: its count, and how often each total of days occurs.
#[derive(Default, Clone)]
struct Tally {
    n: u64,
    days: BTreeMap<i64, i64>,
}

impl Tally {
    fn add(&mut self, days: i64) {
        self.n += 1;
        *self.days.entry(days).or_default() += 1;
    }

    fn absorb(&mut self, other: &Self) {
        self.n += other.n;
        for (days, count) in &other.days {
            *self.days.entry(*days).or_default() += count;
        }
    }
}

/// The pathways by falling count. Paths of fewer than `min_cell` are counted together as other
/// paths; while those are too few themselves, the next rarest path joins them. Nothing if there are
/// fewer than `min_cell` pathways and people.
pub fn pathway_table(pathways: &Pathways, min_cell: u64) -> Option<PathwayTable> {
    let denominator = pathways.denominator();
    if denominator == 0 || denominator < min_cell {
        return None;
    }
    let (mut shown, other) = shown_and_other(groups(pathways), min_cell);
    shown.sort_by_key(|(group, _)| *group == PathGroup::Without);
    let paths = other.iter().filter(|(group, _)| *group != PathGroup::Without).count();
    let mut rest = Tally::default();
    for (_, tally) in &other {
        rest.absorb(tally);
    }
    if rest.n > 0 {
        shown.push((PathGroup::Other { paths: count(paths) }, rest));
    }
    let rows = shown
        .into_iter()
        .map(|(group, tally)| PathwayRow {
            group,
            n: tally.n,
            share: share(tally.n, denominator),
            median_days: quantile(&counts(&tally.days), 0.5),
        })
        .collect();
    Some(PathwayTable { rows, denominator })
}

/// Every path and those without one, by falling count and then by steps.
fn groups(pathways: &Pathways) -> Vec<(PathGroup, Tally)> {
    let mut by_path: BTreeMap<Vec<Combination>, Tally> = BTreeMap::new();
    for path in &pathways.paths {
        by_path.entry(steps(path)).or_default().add(total_days(path));
    }
    let mut groups: Vec<(PathGroup, Tally)> =
        by_path.into_iter().map(|(steps, tally)| (PathGroup::Path(steps), tally)).collect();
    if pathways.people_without > 0 {
        let tally = Tally { n: pathways.people_without, days: BTreeMap::new() };
        groups.push((PathGroup::Without, tally));
    }
    groups.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.n));
    groups
}

type Groups = Vec<(PathGroup, Tally)>;

/// Splits groups, ordered by falling count, into those that may be shown and the others.
fn shown_and_other(mut groups: Groups, min_cell: u64) -> (Groups, Groups) {
    let mut kept = groups.partition_point(|(_, tally)| tally.n >= min_cell);
    let mut rest: u64 = groups[kept..].iter().map(|(_, tally)| tally.n).sum();
    while rest > 0 && rest < min_cell && kept > 0 {
        kept -= 1;
        rest += groups[kept].1.n;
    }
    let other = groups.split_off(kept);
    (groups, other)
}

fn steps(path: &Pathway) -> Vec<Combination> {
    path.eras.iter().map(|era| era.combination).collect()
}

fn total_days(path: &Pathway) -> i64 {
    path.eras.iter().map(|era| i64::from(era.days())).sum()
}

/// How long eras of one combination last.
#[derive(Debug, Clone, PartialEq)]
pub struct DurationRow {
    /// The place in the pathway, from 1; nothing for all places together.
    pub line: Option<usize>,
    /// The combination.
    pub combination: Combination,
    /// How many eras.
    pub n: u64,
    /// Median days.
    pub median: f64,
    /// First and third quartile of days.
    pub quartiles: (f64, f64),
}

/// The length of eras by combination and by line and combination. Rows of fewer than `min_cell` are
/// left out.
pub fn step_durations(pathways: &Pathways, min_cell: u64) -> Vec<DurationRow> {
    let mut tallies: BTreeMap<(Option<usize>, Combination), Tally> = BTreeMap::new();
    for path in &pathways.paths {
        for (place, era) in path.eras.iter().enumerate() {
            for line in [None, Some(place + 1)] {
                let tally = tallies.entry((line, era.combination)).or_default();
                tally.add(i64::from(era.days()));
            }
        }
    }
    tallies
        .into_iter()
        .filter(|(_, tally)| tally.n >= min_cell)
        .filter_map(|((line, combination), tally)| {
            let days = counts(&tally.days);
            let at = |probability| quantile(&days, probability);
            let quartiles = (at(0.25)?, at(0.75)?);
            Some(DurationRow { line, combination, n: tally.n, median: at(0.5)?, quartiles })
        })
        .collect()
}

fn count(number: usize) -> u64 {
    number.try_into().expect("a count fits 64 bits")
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
fn share(n: u64, of: u64) -> f64 {
    n as f64 / of as f64
}

/// Values in order, each with its count.
pub(super) fn counts(values: &BTreeMap<i64, i64>) -> Vec<(i64, i64)> {
    values.iter().map(|(value, count)| (*value, *count)).collect()
}
