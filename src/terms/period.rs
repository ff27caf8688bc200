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
    /// Calendar months in a period of this grain.
    pub fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
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
