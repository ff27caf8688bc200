//! How much of something there is in a window, one day after the other.

use std::collections::BTreeSet;
use std::ops::ControlFlow::{Break, Continue};

use super::course::{Answer, records};
use super::criterion::{Criterion, Record};
use super::life::Life;
use super::rows::{Day, Row};
use super::units::Unit;

/// Whether there is enough, and not too much; the day is the one on which it is enough.
pub(super) fn met(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Answer {
    let at_least = criterion.at_least.unwrap_or(1);
    let window = || {
        let [from, to] = criterion.days.expect("a window");
        unit.day + from..=unit.day + to
    };
    if let Some(test) = &criterion.each_half {
        let days: Vec<Day> = life.contact_days(test).range(window()).copied().collect();
        let holds = has_halves(&days, at_least, criterion.days_apart.expect("days apart"));
        return Break(holds.then_some(0));
    }
    if criterion.agencies {
        let seen =
            life.contacts.iter().filter(|one| one.is_treatment && window().contains(&one.day));
        let agencies: BTreeSet<&str> = seen.map(|one| one.row.text("agency_id")).collect();
        return Break((agencies.len() <= criterion.at_most.expect("a limit")).then_some(0));
    }
    if let Some(record) = &criterion.supply_in_a_row {
        let fills = fills(record, life);
        let at_once = criterion.at_once.expect("a number of supplies");
        let mut row = 0;
        for day in window() {
            row = if supplies(&fills, day) >= at_once { row + 1 } else { 0 };
            if row >= at_least {
                return Break(Some(day - unit.day));
            }
        }
        return Break(None);
    }
    if let Some(set) = criterion.set {
        let most = criterion.nights_over.unwrap_or(0);
        let of = |day: &Day| life.is_alive(*day) && life.days_in(set).contains(day);
        let nights = i32::try_from(window().filter(of).count()).expect("a window is short");
        return Break((nights > most).then_some(0));
    }
    let fills = criterion.supply_days.as_ref().map(|record| fills(record, life));
    let holds = |day: &Day| {
        if let Some(set) = criterion.nights {
            return life.is_alive(*day) && life.days_in(set).contains(day);
        }
        if let Some(level) = criterion.days_at_level {
            let carried = criterion.carried.expect("days for which a level is carried");
            return life.level_carried(*day, carried).is_some_and(|at| at >= level);
        }
        fills.as_ref().is_some_and(|fills| supplies(fills, *day) > 0)
    };
    if criterion.nights.is_none()
        && criterion.days_at_level.is_none()
        && criterion.supply_days.is_none()
    {
        return Continue(());
    }
    if let Some(most) = criterion.at_most {
        return Break((window().filter(holds).count() <= most).then_some(0));
    }
    Break(window().filter(holds).nth(at_least - 1).map(|day| day - unit.day))
}

/// The days and the lengths of fills.
fn fills(record: &Record, life: &Life<'_>) -> Vec<(Day, i64)> {
    let fill = |row: &Row| Some((row.day("fill_date")?, row.number("days_supply").unwrap_or(0)));
    records(record, life).into_iter().filter_map(fill).collect()
}

/// Supplies that run on a day: a fill of n days runs on its own day and the n − 1 days after it.
fn supplies(fills: &[(Day, i64)], day: Day) -> usize {
    let runs = |(start, days): &&(Day, i64)| *start <= day && i64::from(day - start) < *days;
    fills.iter().filter(runs).count()
}

/// True if the first and the last of some days are far enough apart, and each half of the time between
/// them has enough of them.
fn has_halves(days: &[Day], at_least: usize, apart: i32) -> bool {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let early = days.iter().filter(|day| 2 * (*day - first) <= last - first).count();
    last - first >= apart && early >= at_least && days.len() - early >= at_least
}
