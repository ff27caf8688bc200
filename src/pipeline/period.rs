//! Which periods a run reports.

use std::collections::BTreeSet;

use anyhow::bail;

use crate::indicator::window_set::WindowSet;
use crate::terms::{Day, Grain, Period};

/// Reads a month such as `2026-09`.
pub fn month(text: &str) -> Option<Period> {
    let first = Day::parse(&format!("{text}-01"))?;
    Some(Period::starting(Grain::Month, first))
}

/// Reads a month (`2026-09`), a quarter of the calendar (`2026-Q3`), a calendar year (`2026`), or
/// three or twelve months (`2025-07 to 2026-06`).
pub fn any_period(text: &str) -> Option<Period> {
    let year = |text: &str| month(&format!("{text}-01")).filter(|_| text.len() == 4);
    if let Some((first, last)) = text.split_once(" to ") {
        let (first, last) = (month(first)?, month(last)?);
        return Grain::ALL
            .into_iter()
            .map(|grain| Period::starting(grain, first.start))
            .find(|period| period.end == last.end);
    }
    if let Some((text, quarter)) = text.split_once("-Q") {
        let quarter = quarter.parse::<i32>().ok().filter(|quarter| (1..=4).contains(quarter))?;
        let start = year(text)?.start.months_later(3 * (quarter - 1));
        return Some(Period::starting(Grain::Quarter, start));
    }
    year(text).map(|first| Period::starting(Grain::Year, first.start)).or_else(|| month(text))
}

/// The last month that ends on or before the data-through date.
pub(super) fn last_complete_month(data_through: Day) -> Period {
    let month = Period::starting(Grain::Month, data_through);
    if month.end <= data_through { month } else { Period::starting(Grain::Month, month.start - 1) }
}

/// All periods up to the reported month: the measurement period begins with the year (as counted
/// from `year_starts`) that holds the first of the wanted months, and only whole periods count.
pub fn reported(last: Period, months: i32, year_starts: u32, grains: &[Grain]) -> Vec<Period> {
    let first = last.start.months_later(1 - months);
    let back = i32::try_from((first.month() + 12 - year_starts) % 12).unwrap_or(0);
    let start = first.months_later(-back);
    let mut periods = Vec::new();
    for grain in Grain::ALL.into_iter().filter(|grain| grains.contains(grain)) {
        let mut period = Period::starting(grain, start);
        while period.end <= last.end {
            periods.push(period);
            period = Period::starting(grain, period.end + 1);
        }
    }
    periods
}

/// Refuses more periods than windows can be told apart.
pub(super) fn refuse_too_many(periods: &[Period]) -> anyhow::Result<()> {
    let ends: BTreeSet<Day> = periods.iter().map(|period| period.end).collect();
    if ends.len() > WindowSet::MOST {
        bail!(
            "{} different ends of periods are asked for, and there can be at most {}\n  \
             help: ask for fewer periods at a time",
            ends.len(),
            WindowSet::MOST
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_counted_from_the_first_month() {
        let last = month("2026-10").expect("a month");
        let periods = reported(last, 24, 7, &Grain::ALL);
        let show = |grain| {
            periods.iter().filter(|p| p.grain == grain).map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(show(Grain::Month).first().map(String::as_str), Some("2024-07"));
        assert_eq!(show(Grain::Month).len(), 28);
        assert_eq!(show(Grain::Year), ["2024-07 to 2025-06", "2025-07 to 2026-06"]);
        assert_eq!(show(Grain::Quarter).last().map(String::as_str), Some("2026-07 to 2026-09"));
    }
}
