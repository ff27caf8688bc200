//! Full dates in values, in the spellings that people and programs use. What one value alone leaves open
//! (years of two digits, eight digits together) is judged by the whole column.

use crate::terms::Day;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// How sure it is that a text is a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// With a year of four digits, in parts.
    Full,
    /// With a year of two digits.
    Short,
}

/// A full date in one of the usual spellings, at the start of a value.
pub(super) fn begins_with_date(value: &[u8]) -> bool {
    value.get(..10).is_some_and(|date| Day::parse_bytes(date).is_some())
        || matches!(date(value), Some((Spelling::Full, _)))
}

/// A full date in one of the usual spellings, anywhere in a value.
pub(super) fn is_date(value: &[u8]) -> bool {
    // A day and a year of four digits.
    const DIGITS: usize = 5;
    if value.iter().filter(|byte| byte.is_ascii_digit()).count() < DIGITS {
        return false;
    }
    let joins = |byte: u8| byte.is_ascii_alphanumeric() || b"-./_".contains(&byte);
    let begins = (1..value.len()).filter(|at| !joins(value[at - 1]));
    begins_with_date(value)
        || begins.into_iter().any(|at| matches!(date(&value[at..]), Some((Spelling::Full, _))))
}

/// The date that a text begins with, if nothing goes on behind it, and its length.
fn date(text: &[u8]) -> Option<(Spelling, usize)> {
    let (spelling, len) = match text.first()? {
        byte if byte.is_ascii_digit() => in_numbers(text).or_else(|| day_first(text)),
        byte if byte.is_ascii_alphabetic() => month_first(text),
        _ => None,
    }?;
    let goes_on = match &text[len..] {
        [sign, next, ..] if b"-./".contains(sign) => next.is_ascii_alphanumeric(),
        [next, ..] => next.is_ascii_alphanumeric() || *next == b'_',
        [] => false,
    };
    (!goes_on).then_some((spelling, len))
}

/// `1984-02-29`, `2/29/1984`, `29.2.84`: year first or last, with one sign between.
fn in_numbers(text: &[u8]) -> Option<(Spelling, usize)> {
    let (first, a) = number(text)?;
    let sign = *text.get(first).filter(|sign| b"-./".contains(sign))?;
    let (second, b) = number(&text[first + 1..])?;
    let at = first + 1 + second;
    let (third, c) = number(text[at..].strip_prefix(&[sign])?)?;
    let spelling = match (first, second, third) {
        (4, 2, 2) if is_day(a, b, c) => Spelling::Full,
        (1 | 2, 1 | 2, 4) if is_day(c, a, b) || is_day(c, b, a) => Spelling::Full,
        (1 | 2, 1 | 2, 2) if sign != b'.' && (is_day(1900, a, b) || is_day(1900, b, a)) => {
            Spelling::Short
        }
        _ => return None,
    };
    Some((spelling, at + 1 + third))
}

/// `29-FEB-1984`, `29FEB84`, `29 February 1984`.
fn day_first(text: &[u8]) -> Option<(Spelling, usize)> {
    let (first, day) = number(text)?;
    let at = first + gap(&text[first..]);
    let month = month(&text[at..])?;
    ends(text, at + month, day, first)
}

/// `Feb 29, 1984`.
fn month_first(text: &[u8]) -> Option<(Spelling, usize)> {
    let month = month(text)?;
    let at = month + gap(&text[month..]);
    let (len, day) = number(&text[at..])?;
    (at > month).then(|| ends(text, at + len, day, len)).flatten()
}

/// A date of which the year is left to read, from `at` on.
fn ends(text: &[u8], at: usize, day: u32, day_len: usize) -> Option<(Spelling, usize)> {
    let at = at + gap(&text[at..]);
    let (len, year) = number(&text[at..])?;
    let is_day = day_len <= 2 && (1..=31).contains(&day);
    let spelling = match len {
        4 if is_year(year) => Spelling::Full,
        2 => Spelling::Short,
        _ => return None,
    };
    is_day.then_some((spelling, at + len))
}

/// How many bytes part a month from its neighbour.
fn gap(text: &[u8]) -> usize {
    text.iter().take(2).take_while(|byte| b" -,./".contains(byte)).count()
}

/// The length of the name of a month, whole or of three letters.
fn month(text: &[u8]) -> Option<usize> {
    let len = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    month_of(&text[..len]).map(|_| len)
}

/// The month of a name, whole or of three letters.
pub(super) fn month_of(word: &[u8]) -> Option<u32> {
    let word = if word.eq_ignore_ascii_case(b"sept") { b"sep" } else { word };
    let is = |name: &str| {
        let name = name.as_bytes();
        word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3])
    };
    (1..).zip(&MONTHS).find(|(_, name)| is(name)).map(|(month, _)| month)
}

/// The digits that a text begins with: how many, up to four, and their number.
fn number(text: &[u8]) -> Option<(usize, u32)> {
    let digits = text.iter().take(5).take_while(|byte| byte.is_ascii_digit());
    let (len, number) =
        digits.fold((0, 0_u32), |(len, n), digit| (len + 1, n * 10 + u32::from(digit - b'0')));
    (1..=4).contains(&len).then_some((len, number))
}

fn is_year(year: u32) -> bool {
    (1900..2100).contains(&year)
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    is_year(year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// How many values of a column may be dates, to be judged together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dates {
    n: u32,
    /// Dates with a year of two digits.
    short: u32,
    /// Eight digits that are a date.
    eight: u32,
    /// Which years those have, from 1900 on.
    years: u128,
}

impl Dates {
    pub(super) fn look(&mut self, value: &[u8]) {
        self.n += 1;
        self.short += u32::from(date(value) == Some((Spelling::Short, value.len())));
        if value.len() == 8 && value.iter().all(u8::is_ascii_digit) {
            let (year, rest) = value.split_at(4);
            let number = |digits: &[u8]| number(digits).map_or(0, |(_, number)| number);
            let year = number(year);
            if is_day(year, number(&rest[..2]), number(&rest[2..])) {
                self.eight += 1;
                self.years |= 1_u128.checked_shl(year - 1900).unwrap_or(0);
            }
        }
    }

    /// True if the column as a whole holds dates. Numbers that count up stay within a year or two.
    pub(super) fn are(self) -> bool {
        let share =
            |n: u32, percent: u64| n >= 4 && u64::from(n) * 100 >= u64::from(self.n) * percent;
        share(self.short, 80) || (share(self.eight, 95) && self.years.count_ones() >= 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_dates_are_seen_in_every_usual_spelling() {
        let dates = "1984-02-29;1984-02-29T10:15:00;02/29/1984;2/9/1984;29.02.1984;9.2.1984;02-29-1984;1984/02/29;\
            1984.02.29;05-FEB-1984;29FEB1984;29 February 1984;Feb 29, 1984;february 29 1984;Sept. 9, 1984;DOB: 02/29/1984;\
            born (29-Feb-1984);dob=1984-02-29;seen 2/9/1984.";
        for value in dates.split(';') {
            assert!(is_date(value.as_bytes()), "{value}");
        }
        let others = "90832-95;F20.9;1.2.1984.7;2.0.1.5;10-20-300;2024-000123;T2024-01-05;B1-2024-01-05-7;24/7;11/12;\
            may 12;March 2024;Team 4, east;may2024;31/31/1984;02/29/2184;101-24-0001;12/31;1/2/3;H0004;MAR4;4 MAR;\
            2024-13-01;100/02/1984;02/29/19845;550e8400-e29b-41d4-a716-446655440000;02/29/84;05-FEB-84;19840229";
        for value in others.split(';') {
            assert!(!is_date(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_column_tells_what_one_value_leaves_open() {
        let are = |values: &[&str]| {
            let mut dates = Dates::default();
            for value in values {
                dates.look(value.as_bytes());
            }
            dates.are()
        };
        assert!(are(&["02/29/84", "12/31/79", "1/5/90", "07/04/76"]));
        assert!(are(&["05-FEB-84", "31DEC79", "5 Jan 90", "04-jul-76", "unknown"]));
        assert!(are(&["19840229", "19791231", "19900105", "20010704"]));
        assert!(!are(&["20240101", "20240102", "20240103", "20240104"]));
        assert!(!are(&["19840229", "19791331", "19900105", "20010704", "20020704"]));
        assert!(!are(&["02/29/84", "HQ/GT", "U1/U2", "HQ"]));
        assert!(!are(&["10-12-30", "10-45-31", "10-77-32", "12-99-01"]));
        assert!(!are(&["1.10.12", "1.10.13", "1.11.01", "1.12.10"]));
    }
}
