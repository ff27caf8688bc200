//! Shares met by day since the index, on a fixed grid.

use std::collections::BTreeMap;

use crate::kernel::{Cell, Group, Tally};
use crate::terms::{Grain, Period};

use super::{Row, Settings, State, Table};

/// How the share that met the criterion grows with the days since the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Index into the measures.
    pub measure: usize,
    /// The period: the longest grain that is reported, so that curves can't be subtracted.
    pub period: Period,
    /// Whose.
    pub group: Group,
    /// Units in the denominator; none where they are hidden.
    pub units: Option<i64>,
    /// The grid.
    pub points: Vec<CurvePoint>,
}

/// A day of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Days since the index.
    pub day: i32,
    /// Units that met the criterion by the end of that day, ÷ units; none where it is hidden.
    pub share: Option<f64>,
}

/// The counts of one measure and period on the grid, by group.
struct Sheet<'t> {
    measure: usize,
    period: Period,
    horizon: i32,
    /// Group, its tally, whether its value is shown, and what is shown of each day.
    groups: Vec<(&'t Group, &'t Tally, bool)>,
}

/// Every curve of the longest reported grain.
pub(super) fn curves(
    table: &Table,
    rows: &[Row],
    settings: &Settings,
    internal: bool,
) -> Vec<Curve> {
    let Some(grain) = table.curves.iter().map(|(cell, _)| cell.period.grain).max() else {
        return Vec::new();
    };
    let sheets = sheets(table, rows, grain);
    let mut curves = Vec::new();
    for sheet in &sheets {
        let twins: Vec<&Sheet<'_>> =
            sheets.iter().filter(|other| same_units(sheet, other)).collect();
        let days = grid(sheet.horizon);
        let mut shown = vec![vec![true; days.len()]; sheet.groups.len()];
        if !internal {
            for (place, day) in days.iter().enumerate() {
                for (group, hidden) in
                    hidden_at(sheet, &twins, *day, settings.threshold).into_iter().enumerate()
                {
                    shown[group][place] = !hidden;
                }
            }
        }
        for ((group, tally, visible), shown) in sheet.groups.iter().zip(shown) {
            let share = |day: i32| ratio(met_by(tally, day), tally.denominator);
            let points = days.iter().zip(&shown).map(|(day, shown)| CurvePoint {
                day: *day,
                share: (*shown && *visible).then(|| share(*day)).flatten(),
            });
            curves.push(Curve {
                measure: sheet.measure,
                period: sheet.period,
                group: (*group).clone(),
                units: visible.then(|| i64::try_from(tally.denominator).ok()).flatten(),
                points: points.collect(),
            });
        }
    }
    curves
}

fn sheets<'t>(table: &'t Table, rows: &[Row], grain: Grain) -> Vec<Sheet<'t>> {
    let visible: BTreeMap<(usize, Period, &Group), bool> = rows
        .iter()
        .filter(|row| {
            row.statistic.is_empty() && row.stratum.kind == "all" && row.state == State::Final
        })
        .map(|row| ((row.measure, row.period, &row.group), row.value.is_some()))
        .collect();
    let mut sheets: Vec<Sheet<'t>> = Vec::new();
    let cells: Vec<&(Cell, Tally)> =
        table.curves.iter().filter(|(cell, _)| cell.period.grain == grain).collect();
    for (cell, tally) in cells {
        // Not complete, not drawn: the last days of the window would be missing.
        let Some(shown) = visible.get(&(cell.measure, cell.period, &cell.group)) else { continue };
        if sheets
            .last()
            .is_none_or(|sheet| (sheet.measure, sheet.period) != (cell.measure, cell.period))
        {
            let horizon = table.measures[cell.measure].ripe_days;
            sheets.push(Sheet {
                measure: cell.measure,
                period: cell.period,
                horizon,
                groups: Vec::new(),
            });
        }
        if let Some(sheet) = sheets.last_mut() {
            sheet.groups.push((&cell.group, tally, *shown));
        }
    }
    sheets
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

/// True if two measures count the same units, so that one's curve passes through the other's value.
fn same_units(one: &Sheet<'_>, other: &Sheet<'_>) -> bool {
    one.period == other.period
        && one.groups.len() == other.groups.len()
        && one
            .groups
            .iter()
            .zip(&other.groups)
            .all(|(a, b)| a.0 == b.0 && a.1.denominator == b.1.denominator)
}

/// Which groups are hidden on a day: those with a small count, those whose value in a twin is
/// hidden on its last day, and, where one could be told from everyone's, the smallest others.
fn hidden_at(sheet: &Sheet<'_>, twins: &[&Sheet<'_>], day: i32, threshold: i64) -> Vec<bool> {
    let small = |count: i64| (1..threshold).contains(&count);
    let met: Vec<i64> = sheet.groups.iter().map(|(_, tally, _)| met_by(tally, day)).collect();
    let mut hidden: Vec<bool> = sheet
        .groups
        .iter()
        .zip(&met)
        .map(|((_, tally, visible), met)| {
            !visible
                || small(*met)
                || small(i64::try_from(tally.denominator).unwrap_or(i64::MAX) - met)
        })
        .collect();
    for twin in twins.iter().filter(|twin| twin.horizon == day) {
        hidden
            .iter_mut()
            .zip(&twin.groups)
            .for_each(|(hidden, (_, _, visible))| *hidden |= !visible);
    }
    loop {
        let parts = |index: &usize| *sheet.groups[*index].0 != Group::All;
        let slack: i64 = (0..met.len())
            .filter(parts)
            .filter(|index| hidden[*index])
            .map(|index| met[index] - met[index].min(1))
            .sum();
        let pinned = |index: usize| {
            let own = met[index];
            hidden[index] && small(own) && own + slack - (own - own.min(1)) < threshold
        };
        let everyone_hidden = (0..met.len()).any(|index| !parts(&index) && hidden[index]);
        if everyone_hidden || !(0..met.len()).filter(parts).any(pinned) {
            return hidden;
        }
        let others = (0..met.len()).filter(|index| !hidden[*index] && met[*index] > 0);
        match others.min_by_key(|index| met[*index]) {
            Some(index) => hidden[index] = true,
            None => return hidden,
        }
    }
}
