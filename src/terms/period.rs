//! Measurement periods.

use std::fmt;

use super::Day;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// One calendar month.
    Month,
    /// Three months, counted from the start of the measurement period.
    Quarter,
    /// Twelve months, counted from the start of the measurement period.
    Year,
}

impl Grain {
    /// All, the shortest first.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// Calendar months in a period of this grain.
    pub fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// The length that a word of pipeline files and results stands for.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.name() == name)
    }

    /// The word used in pipeline files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// A month, quarter or year of whole calendar months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// How long it is.
    pub grain: Grain,
    /// First day: always the first of a month.
    pub start: Day,
    /// Last day: always the last of a month.
    pub end: Day,
}

impl Period {
    /// The period of this grain that begins with the month of `start`.
    pub fn starting(grain: Grain, start: Day) -> Self {
        let start = start.first_of_month();
        Self { grain, start, end: start.months_later(grain.months()) - 1 }
    }

    /// Reads `2026-09`, `2026-Q3` (a calendar quarter), `2026` (a calendar year) or, for quarters and
    /// years that begin with another month, `2025-07 to 2026-06`, as [`Period`] is written.
    pub fn parse(text: &str) -> Option<Self> {
        let month = |text: &str| Day::parse(&format!("{text}-01"));
        if let Some((first, last)) = text.split_once(" to ") {
            let (first, last) = (month(first)?, month(last)?);
            let of = |grain: &Grain| Self::starting(*grain, first);
            return Grain::ALL.iter().map(of).find(|period| period.end.first_of_month() == last);
        }
        if let Some((year, quarter)) = text.split_once("-Q") {
            let quarter = ["1", "2", "3", "4"].iter().position(|known| *known == quarter)?;
            return Some(Self::starting(
                Grain::Quarter,
                month(&format!("{year}-{:02}", quarter * 3 + 1))?,
            ));
        }
        match text.len() {
            4 => Some(Self::starting(Grain::Year, month(&format!("{text}-01"))?)),
            _ => Some(Self::starting(Grain::Month, month(text)?)),
        }
    }

    /// As people read it: "Oct 2026", "Jul to Sep 2026", "Jul 2025 to Jun 2026". A month and its year are
    /// never torn apart.
    pub fn in_words(self) -> String {
        const NO_BREAK: char = '\u{a0}';
        let (start, end) = (self.start, self.end);
        let (from, to) = (start.month_name(), end.month_name());
        match self.grain {
            Grain::Month => format!("{from}{NO_BREAK}{}", start.year()),
            _ if start.year() == end.year() => format!("{from} to {to}{NO_BREAK}{}", end.year()),
            _ => format!("{from} {} to {to} {}", start.year(), end.year()),
        }
    }

    /// Days in the period.
    pub fn days(self) -> i32 {
        self.end - self.start + 1
    }

    /// True if the period has this day.
    pub fn contains(self, day: Day) -> bool {
        self.start <= day && day <= self.end
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.start.year(), self.start.month());
        match self.grain {
            Grain::Month => write!(f, "{year:04}-{month:02}"),
            Grain::Quarter | Grain::Year => {
                write!(f, "{year:04}-{month:02} to {:04}-{:02}", self.end.year(), self.end.month())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_as_it_is_written() {
        let read = |text| Period::parse(text).map(|period| period.to_string());
        for text in ["2026-09", "2026-07 to 2026-09", "2025-07 to 2026-06"] {
            assert_eq!(read(text).as_deref(), Some(text));
        }
        assert_eq!(read("2026-Q3").as_deref(), Some("2026-07 to 2026-09"));
        assert_eq!(read("2026").as_deref(), Some("2026-01 to 2026-12"));
        for text in ["", "2026-13", "2026-Q5", "2026-07 to 2026-08", "September", "26-09", "2026-9"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
