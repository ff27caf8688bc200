//! How complete months are, told by how earlier months filled up.

use std::collections::BTreeMap;

use super::State;
use crate::indicator::Measure;
use crate::terms::{Day, Grain, Period};

/// What a table covers, where that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub first: Option<Day>,
    /// The last day.
    pub last: Option<Day>,
    /// The last day on which its rows are complete, of a table that does not decide about the data-through
    /// date of all.
    pub complete: Option<Day>,
}

/// Shares of their final rows that months have, and what they are compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// By table, then by the first day of a month. Months that are not there are complete, or nothing
    /// is known of them.
    pub months: BTreeMap<String, BTreeMap<Day, f64>>,
    /// From this share on a period is final.
    pub final_from: f64,
    /// From this share on it is preliminary; below it has no number.
    pub preliminary_from: f64,
}

impl Default for Completion {
    fn default() -> Self {
        Self { months: BTreeMap::new(), final_from: 0.97, preliminary_from: 0.90 }
    }
}

impl Completion {
    /// What completeness makes of a measure in a period: nothing if it is complete enough, else its
    /// state and why.
    ///
    /// A unit needs the rows up to the end of its window, so that each month is as complete as the
    /// least complete month from it to the window's end. Quarters and years are as complete as their
    /// months on average; twelve-month windows as their last twelve months.
    pub(super) fn judge(&self, measure: &Measure, period: Period) -> Option<(State, String)> {
        let judged = measure.tables.read.iter().filter_map(|table| {
            let months = self.months.get(table)?;
            Some((share(months, measure, period), table))
        });
        let (share, table) = judged.min_by(|a, b| a.0.total_cmp(&b.0))?;
        if share >= self.final_from {
            return None;
        }
        // Never 97 % of what 97 % are asked for.
        let percent = (share * 1000.0).floor() / 10.0;
        let why = format!("about {percent} % of the rows of {table} have arrived");
        let state =
            if share >= self.preliminary_from { State::Preliminary } else { State::Withheld };
        Some((state, why))
    }
}

fn share(months: &BTreeMap<Day, f64>, measure: &Measure, period: Period) -> f64 {
    let of = |month: Day| months.get(&month).copied().unwrap_or(1.0).min(1.0);
    let by_window = measure.overlapping;
    let start = if by_window { (period.end + 1).months_later(-12) } else { period.start };
    let (mut sum, mut number) = (0.0, 0.0);
    let mut month = start.first_of_month();
    while month <= period.end {
        let end = Period::starting(Grain::Month, month).end + measure.ripe_days;
        let mut least = of(month);
        let mut later = month.months_later(1);
        while later <= end {
            least = least.min(of(later));
            later = later.months_later(1);
        }
        sum += least;
        number += 1.0;
        month = month.months_later(1);
    }
    if number > 0.0 { sum / number } else { 1.0 }
}
