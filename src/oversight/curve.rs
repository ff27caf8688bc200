//! Shares met by day since the index.
//!
//! Two days of a curve can be subtracted: what lies between them is a count. So a day is left out where fewer
//! than the threshold would be told apart between it and its neighbours, and an organisation where that would
//! leave too few days; what is left of everyone is looked at as if it were an organisation. Days at which other
//! measures of a chain say how many were met count as shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Cell, Group, Tally};
use crate::terms::{Grain, Period};

use super::{Row, Settings, State, Table};

/// How the share that met the criterion grows with the days since the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Index into the measures.
    pub measure: usize,
    /// The period: the longest grain that its chain is reported in, so that curves can't be subtracted.
    pub period: Period,
    /// Whose.
    pub group: Group,
    /// Units in the denominator; none where they are hidden.
    pub units: Option<i64>,
    /// The days that are shown; none where the organisation is left out.
    pub points: Vec<CurvePoint>,
}

/// A day of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Days since the index.
    pub day: i32,
    /// Units that met the criterion by the end of that day, ÷ units.
    pub share: Option<f64>,
}

/// The counts of one measure and period, by group.
struct Sheet<'t> {
    measure: usize,
    period: Period,
    /// The last day that decides.
    horizon: i32,
    /// Group, its tally, and whether its value is shown.
    groups: Vec<(&'t Group, &'t Tally, bool)>,
    /// Days at which it is said elsewhere how many were met, in order, and those at which that is hidden.
    told: Vec<i32>,
    kept: Vec<i32>,
}

/// An organisation is left out if it would leave fewer days than this.
const LEAST_DAYS: usize = 6;

/// Whether a measure's value for a group is shown.
type Visible<'t> = BTreeMap<(usize, Period, &'t Group), bool>;

/// Every curve of the longest grain that its measure, or another of its chain, is reported in.
pub(super) fn curves(
    table: &Table,
    rows: &[Row],
    settings: &Settings,
    internal: bool,
) -> Vec<Curve> {
    let mut curves = Vec::new();
    for sheet in sheets(table, rows) {
        let all = || (grid(sheet.horizon), vec![true; sheet.groups.len()]);
        let (days, drawn) = if internal { all() } else { sheet.shown(settings.threshold) };
        for ((group, tally, visible), drawn) in sheet.groups.iter().zip(drawn) {
            let days = days.iter().filter(|_| drawn && *visible);
            let point = |day: &i32| CurvePoint {
                day: *day,
                share: ratio(met_by(tally, *day), tally.denominator),
            };
            curves.push(Curve {
                measure: sheet.measure,
                period: sheet.period,
                group: (*group).clone(),
                units: visible.then(|| i64::try_from(tally.denominator).ok()).flatten(),
                points: days.map(point).collect(),
            });
        }
    }
    curves
}

fn sheets<'t>(table: &'t Table, rows: &[Row]) -> Vec<Sheet<'t>> {
    let visible: Visible<'_> = rows
        .iter()
        .filter(|row| {
            row.statistic.is_empty() && row.stratum.kind == "all" && row.state == State::Final
        })
        .map(|row| ((row.measure, row.period, &row.group), row.value.is_some()))
        .collect();
    let mut sheets: Vec<Sheet<'t>> = Vec::new();
    let chain = |cell: &Cell| {
        let measure = &table.measures[cell.measure];
        measure.widening.as_ref().map_or(measure.id.as_str(), |widening| widening.of.as_str())
    };
    let mut longest: BTreeMap<&str, Grain> = BTreeMap::new();
    for (cell, _) in &table.curves {
        let own = longest.entry(chain(cell)).or_insert(cell.period.grain);
        *own = cell.period.grain.max(*own);
    }
    let of_longest = |cell: &Cell| longest[chain(cell)] == cell.period.grain;
    for (cell, tally) in table.curves.iter().filter(|(cell, _)| of_longest(cell)) {
        // Not complete, not drawn: the last days of the window would be missing.
        let Some(shown) = visible.get(&(cell.measure, cell.period, &cell.group)) else { continue };
        if sheets
            .last()
            .is_none_or(|sheet| (sheet.measure, sheet.period) != (cell.measure, cell.period))
        {
            sheets.push(Sheet::new(table, (cell.measure, cell.period), &visible));
        }
        let chain = chain_of(table, cell.measure);
        let is_told = |twin: usize| visible.get(&(twin, cell.period, &cell.group)) == Some(&true);
        let shown = *shown && (cell.group == Group::All || chain.map(|own| own.0).all(is_told));
        if let Some(sheet) = sheets.last_mut() {
            sheet.groups.push((&cell.group, tally, shown));
        }
    }
    sheets
}

/// The measures of the chain that a measure is one of, itself among them, with their last days.
fn chain_of(table: &Table, measure: usize) -> impl Iterator<Item = (usize, i32)> {
    let own = table.measures[measure].widening.as_ref();
    let widening = table.measures.iter().map(|measure| measure.widening.as_ref()).enumerate();
    let of_chain = widening.filter_map(move |(at, widening)| {
        let same = own.zip(widening).filter(|(own, other)| own.of == other.of);
        same.map(|(_, other)| (at, other.width))
    });
    let horizon = own.map_or(table.measures[measure].ripe_days, |own| own.width);
    let alone = own.is_none().then_some((measure, horizon));
    of_chain.filter(move |(_, day)| *day <= horizon).chain(alone)
}

impl Sheet<'_> {
    fn new(table: &Table, (measure, period): (usize, Period), visible: &Visible<'_>) -> Self {
        let horizon = table.measures[measure].ripe_days;
        let is_told = |twin: usize| visible.get(&(twin, period, &Group::All)) == Some(&true);
        let (told, kept): (Vec<_>, Vec<_>) =
            chain_of(table, measure).partition(|(twin, _)| is_told(*twin));
        let days = |own: Vec<(usize, i32)>| {
            let days: BTreeSet<i32> = own.into_iter().map(|(_, day)| day).collect();
            days.into_iter().collect()
        };
        Self { measure, period, horizon, groups: Vec::new(), told: days(told), kept: days(kept) }
    }

    /// The days that are shown, and which groups are.
    fn shown(&self, threshold: i64) -> (Vec<i32>, Vec<bool>) {
        let mut drawn = vec![false; self.groups.len()];
        let Some(everyone) = self.groups.iter().position(|(group, ..)| **group == Group::All)
        else {
            return (Vec::new(), drawn);
        };
        if !self.groups[everyone].2 {
            return (Vec::new(), drawn);
        }
        drawn[everyone] = true;
        let mut days = self.days(&drawn, threshold);
        let mut others: Vec<usize> =
            (0..drawn.len()).filter(|place| *place != everyone && self.groups[*place].2).collect();
        others.sort_by_key(|place| (Reverse(self.groups[*place].1.denominator), *place));
        for place in others {
            drawn[place] = true;
            let with = self.days(&drawn, threshold);
            if with.len() >= LEAST_DAYS.min(days.len()) {
                days = with;
            } else {
                drawn[place] = false;
            }
        }
        (days, drawn)
    }

    /// The days that can be shown of some groups, and of what is left of everyone.
    fn days(&self, drawn: &[bool], threshold: i64) -> Vec<i32> {
        let is_open = |day: &i32| !self.kept.iter().any(|kept| self.are_neighbours(*day, *kept));
        let mut shown: Vec<i32> = Vec::new();
        for day in grid(self.horizon).into_iter().filter(is_open) {
            let told = |told: &&i32| **told != day;
            let alone = neighbours(shown.iter().chain([&self.horizon]).filter(told), day);
            let among = neighbours(shown.iter().chain(&self.told).filter(told), day);
            let tells = |(before, after): (Option<i32>, Option<i32>)| {
                let steps = [(before, Some(day)), (Some(day), after)];
                let given = |(_, to): &(Option<i32>, Option<i32>)| to.is_some();
                steps.into_iter().filter(given).any(|(from, to)| {
                    self.steps(drawn, from, to).any(|step| is_small(step, threshold))
                })
            };
            if !tells(alone) && !tells(among) {
                shown.push(day);
            }
        }
        shown
    }

    /// True if no day between two is told elsewhere; days that are told stand for themselves.
    fn are_neighbours(&self, day: i32, kept: i32) -> bool {
        let (from, to) = (day.min(kept), day.max(kept));
        !self.told.iter().any(|told| (from..=to).contains(told))
    }

    /// How many were met after one day (or at all before the other) up to another: in each group that is
    /// drawn, and among all others.
    fn steps<'s>(
        &'s self,
        drawn: &'s [bool],
        from: Option<i32>,
        to: Option<i32>,
    ) -> impl Iterator<Item = i64> + 's {
        let by = |tally: &Tally, day: Option<i32>| day.map_or(0, |day| met_by(tally, day));
        let of = move |place: usize| by(self.groups[place].1, to) - by(self.groups[place].1, from);
        let own = (0..drawn.len()).filter(|place| drawn[*place]);
        let sign = |place: usize| if *self.groups[place].0 == Group::All { 1 } else { -1 };
        let others: i64 = own.clone().map(|place| sign(place) * of(place)).sum();
        own.map(of).chain([others])
    }
}

/// The nearest days before and after a day.
fn neighbours<'d>(
    days: impl Iterator<Item = &'d i32> + Clone,
    day: i32,
) -> (Option<i32>, Option<i32>) {
    let before = days.clone().copied().filter(|other| *other < day).max();
    (before, days.copied().filter(|other| *other > day).min())
}

fn is_small(count: i64, threshold: i64) -> bool {
    (1..threshold).contains(&count)
}

/// Up to about twenty days of the window, and its last.
fn grid(horizon: i32) -> Vec<i32> {
    let step = [1, 2, 5, 10, 30].into_iter().find(|step| horizon / step <= 20).unwrap_or(30);
    let mut days: Vec<i32> = (0..=horizon).filter(|day| day % step == 0).collect();
    if days.last() != Some(&horizon) {
        days.push(horizon);
    }
    days
}

fn met_by(tally: &Tally, day: i32) -> i64 {
    tally.values.up_to(i64::from(day))
}

#[expect(clippy::cast_precision_loss, reason = "units are far fewer than 2^53")]
fn ratio(met: i64, units: i128) -> Option<f64> {
    (units > 0).then(|| met as f64 / units as f64)
}
