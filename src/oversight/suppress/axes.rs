//! Where rows stand: their spot among everyone, organisations and attributes, and their time.

use std::collections::{BTreeMap, BTreeSet};

use super::is_broken_down;
use super::space::{Kind, Space};
use crate::indicator::{Measure, Scale};
use crate::kernel::Group;
use crate::oversight::Row;
use crate::terms::{Day, Grain, Period};

/// How the periods of a measure hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timing {
    /// Months add up to quarters, and quarters to years.
    Added,
    /// Every value is about the same number of months, so that values with one last day are equal.
    Ends,
    /// Periods say nothing about each other, because people are counted once in each.
    Apart,
}

impl Timing {
    pub(super) fn of(measure: &Measure) -> Self {
        match (measure.overlapping, measure.scale) {
            (true, _) => Self::Ends,
            (false, Scale::DaysOfPeriod(_)) => Self::Apart,
            (false, Scale::Times(_)) => Self::Added,
        }
    }
}

type Spot<'t> = (&'t Group, &'t str, &'t str);

static EVERYONE: Group = Group::All;

/// Spots and periods of some rows.
pub(super) struct Seen<'t> {
    spots: BTreeSet<Spot<'t>>,
    periods: BTreeSet<Period>,
}

/// The space of some rows, and where each of them is.
pub(super) struct Axes<'t> {
    pub(super) space: Space,
    timing: Timing,
    spots: BTreeMap<Spot<'t>, usize>,
    periods: BTreeMap<Period, usize>,
    ends: BTreeMap<Day, usize>,
}

/// What stands in place of the level, which is no part of everyone but a layer.
fn spot(row: &Row) -> Spot<'_> {
    let whole = row.stratum.kind == "level";
    let kind = if whole { "all" } else { row.stratum.kind.as_str() };
    let value = if whole { "all" } else { row.stratum.value.as_str() };
    (&row.group, kind, value)
}

impl<'t> Seen<'t> {
    pub(super) fn of(rows: impl Iterator<Item = &'t Row>) -> Self {
        let mut seen = Self { spots: BTreeSet::new(), periods: BTreeSet::new() };
        for row in rows {
            seen.spots.insert(spot(row));
            seen.periods.insert(row.period);
        }
        seen
    }
}

impl<'t> Axes<'t> {
    /// The axes of rows; `groups_add_up` is false where members are counted once in each group.
    pub(super) fn new(
        rows: impl Iterator<Item = &'t Row>,
        timing: Timing,
        groups_add_up: bool,
    ) -> Self {
        Self::of(&Seen::of(rows), timing, groups_add_up)
    }

    /// As [`Axes::new`], of rows that were looked at.
    pub(super) fn of(seen: &Seen<'t>, timing: Timing, groups_add_up: bool) -> Self {
        let everyone: Spot<'_> = (&EVERYONE, "all", "all");
        let mut found = seen.spots.clone();
        let periods = seen.periods.clone();
        found.remove(&everyone);
        let mut spots = BTreeMap::from([(everyone, 0)]);
        let mut kinds: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
        for spot in found {
            let kind = (*spot.0 == Group::All, spot.1);
            kinds.entry(kind).or_default().push(spots.len());
            spots.insert(spot, spots.len());
        }
        let days: BTreeSet<Day> = periods.iter().map(|period| period.end).collect();
        let periods: BTreeMap<Period, usize> =
            periods.into_iter().enumerate().map(|(at, period)| (period, at)).collect();
        let ends: BTreeMap<Day, usize> =
            days.into_iter().enumerate().map(|(at, day)| (day, at)).collect();
        let time = |period: &Period| match timing {
            Timing::Ends => ends[&period.end],
            Timing::Added | Timing::Apart => periods[period],
        };
        let kinds = kinds.into_iter().map(|((of_everyone, kind), members)| {
            let published = periods.keys().filter(|period| is_broken_down(kind, period.grain));
            let published: BTreeSet<usize> = published.map(time).collect();
            let unpublished = periods.keys().map(time).filter(|time| !published.contains(time));
            let unpublished = unpublished.collect();
            Kind { members, adds_up: of_everyone || groups_add_up, unpublished }
        });
        let kinds = kinds.collect();
        let parents = match timing {
            Timing::Added => periods.keys().map(|period| longer(*period, &periods)).collect(),
            Timing::Apart => vec![None; periods.len()],
            Timing::Ends => vec![None; ends.len()],
        };
        let space = Space::new(spots.len(), kinds, parents);
        Self { space, timing, spots, periods, ends }
    }

    /// The next longer period of each.
    pub(super) fn parents(&self) -> Vec<Option<usize>> {
        (0..self.space.times()).map(|time| self.space.parent(time)).collect()
    }

    /// True for a part of everyone by an attribute.
    pub(super) fn is_attribute(&self, place: usize) -> bool {
        let (spot, _) = self.space.split(place);
        spot != 0
            && self.spots.iter().any(|((group, _, _), at)| *at == spot && **group == Group::All)
    }

    /// The place of a row.
    pub(super) fn place(&self, row: &Row) -> Option<usize> {
        let time = match self.timing {
            Timing::Ends => self.ends.get(&row.period.end)?,
            Timing::Added | Timing::Apart => self.periods.get(&row.period)?,
        };
        Some(self.space.place(*self.spots.get(&spot(row))?, *time))
    }
}

/// The shortest of the longer periods that a period lies in.
fn longer(period: Period, periods: &BTreeMap<Period, usize>) -> Option<usize> {
    let around = |other: &&Period| {
        other.grain > period.grain && other.start <= period.start && period.end <= other.end
    };
    let found = periods.keys().filter(around).min_by_key(|other| (other.grain, other.start));
    found.map(|other| periods[other])
}

/// The longest reported grain.
pub(super) fn longest(rows: &[Row]) -> Option<Grain> {
    rows.iter().map(|row| row.period.grain).max()
}
