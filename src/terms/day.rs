//! Civil dates as whole days.

use std::fmt;
use std::ops::{Add, Sub};

/// A civil date without a time of day, counted in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day of a year (1..=9999), month (1..=12) and day of month, if there is one.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        let days = civil_to_days(year, i32::try_from(month).ok()?, i32::try_from(day).ok()?);
        days.filter(|_| year <= 9999).map(Self)
    }

    /// True in the years from 1900 to 2200: the days that an extract can have been cut, and that can be
    /// reported on. Whoever knows no end writes 9999.
    pub fn is_plausible(self) -> bool {
        (1900..=2200).contains(&self.year())
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

    /// Year, month (1..=12) and day of the month (1..=31).
    pub fn civil(self) -> (i32, u32, u32) {
        days_to_civil(self.0)
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.civil().0
    }

    /// The month of the year, 1..=12.
    pub fn month(self) -> u32 {
        self.civil().1
    }

    /// The month's short name: "Jan".
    pub fn month_name(self) -> &'static str {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        MONTHS[(self.month() as usize).clamp(1, 12) - 1]
    }

    /// The day of the month, 1..=31.
    pub fn day_of_month(self) -> u32 {
        self.civil().2
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        Self(self.0 + 1 - i32::try_from(self.day_of_month()).unwrap_or(1))
    }

    /// The first day of the month that lies `months` later (or earlier, if negative), beyond the years
    /// that are read as well: who counts on by months never stands still.
    #[must_use]
    pub fn months_later(self, months: i32) -> Self {
        let (year, month, _) = self.civil();
        let count = year * 12 + month.cast_signed() - 1 + months;
        Self(days_of(count.div_euclid(12), count.rem_euclid(12) + 1, 1))
    }

    /// Completed years from `birth` to this day; a birthday on 29 February falls on 1 March in
    /// other years.
    pub fn age_from(self, birth: Self) -> i32 {
        let (year, month, day) = self.civil();
        let (birth_year, birth_month, birth_day) = birth.civil();
        year - birth_year - i32::from((month, day) < (birth_month, birth_day))
    }
}

/// Days since 1970-01-01 of a civil date, or nothing if the calendar has no such day. The inner
/// loops of intake and of counting: millions of dates a second come by here, hence not through chrono.
fn civil_to_days(year: i32, month: i32, day: i32) -> Option<i32> {
    const LENGTHS: [i32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month - 1).ok().filter(|index| *index < 12)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = LENGTHS[index] + i32::from(leap && month == 2);
    (year >= 1 && (1..=length).contains(&day)).then(|| days_of(year, month, day))
}

/// Days since 1970-01-01 of a day that the calendar has.
/// Algorithm: <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>.
fn days_of(year: i32, month: i32, day: i32) -> i32 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of so many days since 1970-01-01.
/// Algorithm: <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
fn days_to_civil(days: i32) -> (i32, u32, u32) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097).unsigned_abs();
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (year_of_era.cast_signed() + era * 400 + i32::from(month <= 2), month, day)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
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
    use chrono::{Datelike, NaiveDate};

    use super::*;

    #[test]
    fn reads_and_writes_what_chrono_does_and_nothing_else() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date");
        for (days, date) in (0..100_000).zip(epoch.iter_days()) {
            assert_eq!(Day(days).civil(), (date.year(), date.month(), date.day()));
        }
        for days in -719_162..100_000 {
            let day = Day(days);
            assert_eq!(Day::parse(&day.to_string()), Some(day));
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
        assert_eq!(day("9999-12-31").months_later(1), day("9999-12-31") + 1);
        assert_eq!(day("0001-01-01").months_later(-1), day("0001-01-01") - 31);
    }
}
