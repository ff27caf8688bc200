//! Civil dates as whole days.

use std::fmt;
use std::ops::{Add, Sub};

use chrono::{Datelike, NaiveDate};

/// A civil date without a time of day, counted in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Days from 0000-12-31, where chrono counts from, to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

impl Day {
    /// The day of a year (1..=9999), month (1..=12) and day of month, if there is one.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Self(date.num_days_from_ce() - EPOCH_FROM_CE))
    }

    /// Reads `YYYY-MM-DD`, exactly; anything else is not a date.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_bytes(text.as_bytes())
    }

    /// [`Day::parse`] on bytes.
    pub fn parse_bytes(text: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
        let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
        let year = digit(y1)? * 1000 + digit(y2)? * 100 + digit(y3)? * 10 + digit(y4)?;
        let month = digit(m1)? * 10 + digit(m2)?;
        let day = digit(d1)? * 10 + digit(d2)?;
        civil_to_days(year, month, day).map(Self)
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(EPOCH_FROM_CE))
            .unwrap_or_default()
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month of the year, 1..=12.
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// The day of the month, 1..=31.
    pub fn day_of_month(self) -> u32 {
        self.date().day()
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        Self(self.0 + 1 - i32::try_from(self.day_of_month()).unwrap_or(1))
    }

    /// The first day of the month that lies `months` later (or earlier, if negative).
    #[must_use]
    pub fn months_later(self, months: i32) -> Self {
        let count = self.year() * 12 + i32::try_from(self.month()).unwrap_or(1) - 1 + months;
        let month = u32::try_from(count.rem_euclid(12)).unwrap_or(0) + 1;
        Self::from_ymd(count.div_euclid(12), month, 1).unwrap_or(self)
    }

    /// Completed years from `birth` to this day; a birthday on 29 February falls on 1 March in
    /// other years.
    pub fn age_from(self, birth: Self) -> i32 {
        let had_birthday =
            (self.month(), self.day_of_month()) >= (birth.month(), birth.day_of_month());
        self.year() - birth.year() - i32::from(!had_birthday)
    }
}

/// Days since 1970-01-01 of a civil date, or nothing if the calendar has no such day. The inner
/// loop of intake: a million dates a second are read here, hence not through chrono.
/// Algorithm: <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>.
fn civil_to_days(year: i32, month: i32, day: i32) -> Option<i32> {
    const LENGTHS: [i32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month - 1).ok().filter(|index| *index < 12)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = LENGTHS[index] + i32::from(leap && month == 2);
    if year < 1 || day < 1 || day > length {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl Add<i32> for Day {
    type Output = Self;
    fn add(self, days: i32) -> Self {
        Self(self.0 + days)
    }
}

impl Sub<i32> for Day {
    type Output = Self;
    fn sub(self, days: i32) -> Self {
        Self(self.0 - days)
    }
}

impl Sub for Day {
    type Output = i32;
    fn sub(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_chrono_reads_and_nothing_else() {
        for days in -800_000..100_000 {
            let day = Day(days);
            if (1..=9999).contains(&day.year()) {
                assert_eq!(Day::parse(&day.to_string()), Some(day));
            }
        }
        for bad in [
            "2023-02-29",
            "2023-13-01",
            "2023-00-10",
            "2023-1-1",
            "0000-01-01",
            "20230101",
            " 2023-01-01",
            "2023-01-32",
        ] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn ages_are_completed_years() {
        let day = |text| Day::parse(text).expect("a date");
        assert_eq!(day("2024-05-31").age_from(day("2018-06-01")), 5);
        assert_eq!(day("2024-06-01").age_from(day("2018-06-01")), 6);
    }

    #[test]
    fn months_roll_over_years() {
        let day = |text| Day::parse(text).expect("a date");
        assert_eq!(day("2024-01-31").months_later(-1), day("2023-12-01"));
        assert_eq!(day("2024-11-30").months_later(14), day("2026-01-01"));
    }
}
