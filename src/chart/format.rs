//! Numbers, periods and states as people read them: the only place that writes them for a page, a
//! chart or a workbook. At most four significant digits; counts are exact.

use crate::indicator::Display;
use crate::oversight::Exact;
use crate::terms::{Day, Period};

/// Between a number and its unit, so that a line never breaks there.
const NO_BREAK: char = '\u{a0}';

/// A value as its indicator displays it; the unit of a rate stands beside it, not in it.
pub fn value(value: f64, display: Display) -> String {
    match display {
        Display::Percent => percent(value),
        Display::Index => index(value),
        Display::Rate => rate(value),
        Display::Dollars => dollars(value),
    }
}

/// A share: 0.6667 as 66.7 %.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = if percent != 0.0 && percent.abs() < 0.1 { 2 } else { 1 };
    format!("{}{NO_BREAK}%", fixed(percent, decimals))
}

/// An index between 0 and 1, or a number of days: 0.6667 as 0.667.
pub fn index(value: f64) -> String {
    if value.abs() < 9.9995 { fixed(value, 3) } else { rate(value) }
}

/// A rate: 0.1234 as 0.123, 12.34 as 12.3, 1234.5 as 1,235.
pub fn rate(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 0.9995 => fixed(value, 3),
        size if size < 9.995 => fixed(value, 2),
        size if size < 99.95 => fixed(value, 1),
        size if size < 9999.5 => fixed(value, 0),
        _ => four_digits(value),
    }
}

/// A price: 12.345 as $12.35, 1234.5 as $1,235.
pub fn dollars(value: f64) -> String {
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    let size = value.abs();
    let figures = match size {
        _ if size < 99.995 => fixed(size, 2),
        _ if size < 9999.5 => fixed(size, 0),
        _ => four_digits(size),
    };
    format!("{sign}${figures}")
}

/// A count with thousands separators.
pub fn count(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}", grouped(&digits))
}

/// A numerator or denominator: counts and money exact, sums of member values to three decimals.
pub fn exact(number: Exact) -> String {
    match number.per_unit {
        1 => count(number.parts),
        100 => {
            let cents = number.parts.unsigned_abs();
            let sign = if number.parts < 0 { "\u{2212}" } else { "" };
            format!("{sign}${}.{:02}", grouped(&(cents / 100).to_string()), cents % 100)
        }
        _ => fixed(number.to_f64(), 3),
    }
}

/// The ends of an interval: "38.0 % to 52.4 %".
pub fn interval(low: f64, high: f64, display: Display) -> String {
    format!("{} to {}", value(low, display), value(high, display))
}

/// How far a value moved, without its sign: shares in percentage points.
pub fn distance(difference: f64, display: Display) -> String {
    let size = difference.abs();
    match display {
        Display::Percent => format!("{}{NO_BREAK}points", fixed(size * 100.0, 1)),
        Display::Index | Display::Rate | Display::Dollars => value(size, display),
    }
}

/// A label of an axis whose ticks are `step` apart.
pub fn tick(at: f64, step: f64, display: Display) -> String {
    let (at, step, before, after) = match display {
        Display::Percent => (at * 100.0, step * 100.0, "", "\u{a0}%"),
        Display::Dollars => (at, step, "$", ""),
        Display::Index | Display::Rate => (at, step, "", ""),
    };
    let decimals = [0, 1, 2, 3, 4, 5].into_iter().zip([1.0, 1e1, 1e2, 1e3, 1e4, 1e5]);
    let decimals = decimals
        .filter(|(_, power)| (step * power - (step * power).round()).abs() < 1e-6)
        .map(|(decimals, _)| decimals)
        .next()
        .unwrap_or(6);
    let decimals = if display == Display::Dollars && decimals == 1 { 2 } else { decimals };
    format!("{before}{}{after}", fixed(at, decimals))
}

/// A period in full: "Jan 2026", "Jan to Mar 2026", "Jul 2025 to Jun 2026", with month and year on
/// one line.
pub fn period(period: Period) -> String {
    period.in_words()
}

/// A period as the label of an axis, by its last month: "Jan 26".
pub fn period_tick(period: Period) -> String {
    format!("{} {:02}", period.end.month_name(), period.end.year() % 100)
}

/// A day: "31 Jan 2026".
pub fn day(day: Day) -> String {
    format!("{} {} {}", day.day_of_month(), day.month_name(), day.year())
}

fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

fn four_digits(value: f64) -> String {
    let places = format!("{:.0}", value.abs()).len().saturating_sub(4);
    let unit = 10_f64.powi(i32::try_from(places).unwrap_or(0));
    fixed((value / unit).round() * unit, 0)
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_at_most_four_digits() {
        let written = [
            percent(0.6667),
            percent(1.0),
            percent(0.000_42),
            index(0.66667),
            index(12.3456),
            rate(-0.001),
            rate(1234.5),
            rate(123_456.0),
            dollars(12.345),
            dollars(-1234.5),
            count(-1_234_567),
            exact(Exact { parts: 123_450, per_unit: 100 }),
            exact(Exact { parts: 1_500_000_000_000, per_unit: 1_000_000_000_000 }),
        ];
        let expected = [
            "66.7\u{a0}%",
            "100.0\u{a0}%",
            "0.04\u{a0}%",
            "0.667",
            "12.3",
            "\u{2212}0.001",
            "1,234",
            "123,500",
            "$12.35",
            "\u{2212}$1,234",
            "\u{2212}1,234,567",
            "$1,234.50",
            "1.500",
        ];
        assert_eq!(written.each_ref().map(String::as_str), expected);
    }

    #[test]
    fn ticks_have_the_decimals_of_their_step() {
        assert_eq!(tick(0.25, 0.05, Display::Percent), "25\u{a0}%");
        assert_eq!(tick(0.125, 0.025, Display::Percent), "12.5\u{a0}%");
        assert_eq!(tick(1200.0, 200.0, Display::Dollars), "$1,200");
    }
}
