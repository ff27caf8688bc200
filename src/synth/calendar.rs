//! The days of a run: first, last and extract day, seasons, weekends, and dates as text.

use crate::terms::Day;

/// Days that rows may carry before the first day, such as the start of an enrolment.
const DAYS_BEFORE: i32 = 2_500;
/// Days between the last day of care and the day the extracts were cut.
pub(super) const RUNOUT_DAYS: i32 = 14;

/// The days of one run.
pub(super) struct Calendar {
    /// First day of care.
    pub(super) first: Day,
    /// Last day of care.
    pub(super) last: Day,
    /// The day the extracts were cut.
    pub(super) extract: Day,
    /// First day of the planted step change.
    pub(super) step: Day,
    texts: Vec<[u8; 10]>,
    months: Vec<u8>,
}

impl Calendar {
    /// The calendar of `months` whole months from `first`.
    pub(super) fn new(first: Day, months: i32, step: Day) -> Self {
        let last = first.months_later(months) - 1;
        let extract = last + RUNOUT_DAYS;
        let days = || ((first - DAYS_BEFORE).0..=(extract + 60).0).map(Day);
        let texts = days()
            .map(|day| day.to_string().into_bytes().try_into().unwrap_or(*b"9999-12-31"))
            .collect();
        let months = days().map(|day| u8::try_from(day.month()).unwrap_or(1)).collect();
        Self { first, last, extract, step, texts, months }
    }

    /// The month of the year, 0..=11.
    pub(super) fn month(&self, day: Day) -> usize {
        let index = usize::try_from(day - (self.first - DAYS_BEFORE)).unwrap_or(0);
        usize::from(self.months.get(index).copied().unwrap_or(1)) - 1
    }

    /// Appends the date as `YYYY-MM-DD`.
    pub(super) fn write(&self, day: Day, line: &mut Vec<u8>) {
        let index = usize::try_from(day - (self.first - DAYS_BEFORE)).ok();
        match index.and_then(|index| self.texts.get(index)) {
            Some(text) => line.extend_from_slice(text),
            None => line.extend_from_slice(day.to_string().as_bytes()),
        }
    }

    /// How far apart visits are in the month of this day, in percent: holidays stretch them.
    pub(super) fn visit_spacing(&self, day: Day) -> i32 {
        [102, 98, 95, 96, 97, 102, 112, 106, 97, 95, 103, 122][self.month(day)]
    }

    /// How likely an admission or crisis is in the month of this day, in percent.
    pub(super) fn acuity(&self, day: Day) -> i32 {
        [96, 98, 106, 110, 112, 102, 92, 92, 100, 107, 99, 86][self.month(day)]
    }
}

/// Days since Monday.
pub(super) fn weekday(day: Day) -> i32 {
    (day.0 + 3).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday() {
        let monday = Day::parse("2026-11-02").expect("a date");
        assert_eq!(weekday(monday), 0);
        assert_eq!(weekday(monday + 6), 6);
    }
}
