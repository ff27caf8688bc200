//! The way out that gives nothing away: periods stay as they were released.

use std::collections::{BTreeMap, BTreeSet};

use super::register::{CellKey, Register, Shown, name};
use super::subtract::{Conflict, around};
use crate::indicator::Scale;
use crate::oversight::publish::{republish, withhold};
use crate::oversight::verdict::verdict;
use crate::oversight::{Curve, Exact, PublishedTable, Row, Settings, State, Table, suppress};
use crate::terms::{Grain, Period};

/// Hides small counts as [`suppress()`] does, but rather than a row that an earlier release showed it
/// hides others.
pub fn suppress_after(table: &Table, settings: &Settings, register: &Register) -> PublishedTable {
    let shown = register.shown_cells();
    if shown.is_empty() {
        return suppress(table, settings);
    }
    let mut table = table.clone();
    for row in &mut table.rows {
        row.shown_before = shown.contains(&CellKey::of(row, &table.measures));
    }
    suppress(&table, settings)
}

/// The table with every period that has a conflict as it was released last, and without what was
/// never released of it.
///
/// A period is kept as a whole, with all its groups and parts; and with it the longer ones that hold
/// it, because they could be had from it otherwise, and the shorter ones inside a longer one that
/// could not be released itself.
pub fn as_released(
    table: &PublishedTable,
    conflicts: &[Conflict],
    register: &Register,
) -> PublishedTable {
    let kept = kept_periods(table, conflicts);
    let mut earlier: BTreeMap<CellKey, (usize, Shown)> = BTreeMap::new();
    let mut latest: BTreeMap<(String, Period), usize> = BTreeMap::new();
    for release in register.standing() {
        for (key, shown) in register.cells_of(release) {
            if kept.contains(&(key.measure.clone(), key.period)) {
                latest.insert((key.measure.clone(), key.period), release);
                earlier.insert(key.clone(), (release, shown.clone()));
            }
        }
    }
    // Numbers of one period come from one release.
    earlier.retain(|key, (release, _)| {
        latest.get(&(key.measure.clone(), key.period)) == Some(release)
    });
    republish(table, |rows, curves| {
        for row in rows.iter_mut().filter(|row| row.state.shows_numbers()) {
            let key = CellKey::of(row, table.measures());
            if !kept.contains(&(key.measure.clone(), key.period)) {
                continue;
            }
            match earlier.get(&key) {
                Some((_, shown)) if !shown.suppressed => {
                    let month = register.first(&key, shown).map_or("", |first| &first.month);
                    restore(row, shown, &format!("as released with {month}"));
                    let measure = &table.measures()[row.measure];
                    let target = table.settings().target(
                        &measure.id,
                        &measure.base_id,
                        &row.group,
                        row.period,
                    );
                    row.verdict = target.and_then(|target| verdict(row, target));
                }
                _ => hide(row),
            }
        }
        for curve in curves {
            let measure = name(&table.measures()[curve.measure]);
            if kept.contains(&(measure, curve.period)) {
                blank(curve);
            }
        }
    })
}

/// Periods that are kept, by measure.
fn kept_periods(table: &PublishedTable, conflicts: &[Conflict]) -> BTreeSet<(String, Period)> {
    let of = |measure: &str| table.measures().iter().find(|one| name(one) == measure);
    let periods: BTreeSet<Period> = table.rows().iter().map(|row| row.period).collect();
    let mut kept = BTreeSet::new();
    for conflict in conflicts {
        let (measure, period) = (&conflict.key.measure, conflict.key.period);
        kept.insert((measure.clone(), period));
        let adds_up = of(measure)
            .is_some_and(|one| !one.overlapping && !matches!(one.scale, Scale::DaysOfPeriod(_)));
        let ends = |other: &&Period| other.end == period.end;
        let inside = |other: &&Period| period.start <= other.start && other.end <= period.end;
        let same = periods.iter().filter(|other| if adds_up { inside(other) } else { ends(other) });
        kept.extend(same.map(|other| (measure.clone(), *other)));
    }
    let longer = |(measure, period): &(String, Period)| {
        let grains =
            [Grain::Quarter, Grain::Year].into_iter().filter(|grain| *grain > period.grain);
        let around = grains.flat_map(|grain| around(*period, grain));
        around.map(|outer| (measure.clone(), outer)).collect::<Vec<_>>()
    };
    let outer: Vec<_> = kept.iter().flat_map(longer).collect();
    kept.extend(outer);
    kept
}

fn restore(row: &mut Row, shown: &Shown, reason: &str) {
    let (numerator, denominator): (Option<Exact>, Option<Exact>) = shown.counts();
    row.numerator = numerator;
    row.denominator = denominator;
    row.excluded = shown.excluded;
    let reasons = row.excluded_by_reason.len();
    row.excluded_by_reason =
        if shown.reasons.len() == reasons { shown.reasons.clone() } else { vec![None; reasons] };
    row.members = shown.members;
    row.value = shown.value;
    row.low = shown.low;
    row.high = shown.high;
    row.interval = INTERVALS.into_iter().find(|known| *known == shown.interval).unwrap_or("");
    row.state = if shown.preliminary { State::Preliminary } else { State::Final };
    row.suppressed = false;
    reason.clone_into(&mut row.reason);
}

/// Every name of an interval.
const INTERVALS: [&str; 7] =
    ["wilson", "wilson_cluster", "byar", "exact_poisson", "t", "ratio_cluster", "bootstrap"];

fn hide(row: &mut Row) {
    withhold(row);
    row.verdict = None;
    row.suppressed = true;
    "hidden: with an earlier release it would give a small count away".clone_into(&mut row.reason);
}

fn blank(curve: &mut Curve) {
    curve.units = None;
    curve.points.iter_mut().for_each(|point| point.share = None);
}
