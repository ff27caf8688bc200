//! Values of the timeline that are made of several columns of a file.

use super::rows::{Data, NO_INT, NO_LONG, Named};
use crate::terms::Day;

/// How the bindings of a slot make its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filling {
    /// As it is.
    One(usize),
    /// The first that is known.
    First(usize, usize),
    /// Year and month of birth.
    Birth(usize, Option<usize>),
    /// The last day of a month, where a date does not say the day itself.
    MonthEnd { month: usize, day: Option<usize> },
}

impl Filling {
    /// Adds the values of some rows to a column. `scratch` has the values of each binding.
    pub(super) fn append(self, scratch: &[Data], rows: Named<'_>, to: &mut Data) {
        let known = |one: Option<usize>| one.map(|one| &scratch[one]);
        match self {
            Self::One(binding) => to.append(&scratch[binding], rows),
            Self::First(first, second) => {
                to.append(&first_known(&scratch[first], &scratch[second]), rows);
            }
            Self::Birth(year, month) => to.append(&births(&scratch[year], known(month)), rows),
            Self::MonthEnd { month, day } => to.append(&ends(&scratch[month], known(day)), rows),
        }
    }
}

fn first_known(first: &Data, second: &Data) -> Data {
    match (first, second) {
        (Data::Ints(first), Data::Ints(second)) => Data::Ints(
            first.iter().zip(second).map(|(a, b)| if *a == NO_INT { *b } else { *a }).collect(),
        ),
        (Data::Longs(first), Data::Longs(second)) => Data::Longs(
            first.iter().zip(second).map(|(a, b)| if *a == NO_LONG { *b } else { *a }).collect(),
        ),
        _ => first.clone(),
    }
}

/// The last days of months, where no day is known.
fn ends(months: &Data, days: Option<&Data>) -> Data {
    let Data::Ints(months) = months else { return months.clone() };
    let is_dated = |row: usize| matches!(days, Some(Data::Ints(days)) if days[row] != NO_INT);
    let end = |(row, month): (usize, &i32)| match *month {
        NO_INT => NO_INT,
        _ if is_dated(row) => NO_INT,
        month => Day(month).months_later(1).0 - 1,
    };
    Data::Ints(months.iter().enumerate().map(end).collect())
}

fn births(years: &Data, months: Option<&Data>) -> Data {
    let (Data::Ints(years), months) = (years, months) else { return years.clone() };
    let month = |row: usize| match months {
        Some(Data::Ints(months)) if months[row] != NO_INT => months[row].unsigned_abs(),
        _ => 1,
    };
    let birth = |(row, year): (usize, &i32)| {
        Day::from_ymd(*year, month(row), 1).map_or(NO_INT, |day| day.0)
    };
    Data::Ints(years.iter().enumerate().map(birth).collect())
}
