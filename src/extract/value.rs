//! From the text of one field to a number in memory, or the rule it breaks.

use super::rows::{NO_CODE, NO_FLAG, NO_INT, NO_LONG};
use super::rule::Rule;
use crate::terms::Day;

/// A field without the blanks around it, which no sender means: also no-break spaces and byte-order
/// marks.
#[inline]
pub(super) fn trimmed(text: &[u8]) -> &[u8] {
    let may_be_blank = |byte: Option<&u8>| byte.is_some_and(|byte| *byte <= b' ' || *byte >= 0x80);
    if !may_be_blank(text.first()) && !may_be_blank(text.last()) {
        return text;
    }
    let mut text = text;
    while let Some(blank) = BLANKS.iter().find(|blank| text.starts_with(blank)) {
        text = &text[blank.len()..];
    }
    while let Some(blank) = BLANKS.iter().find(|blank| text.ends_with(blank)) {
        text = &text[..text.len() - blank.len()];
    }
    text
}

const BLANKS: [&[u8]; 8] =
    [b" ", b"\t", b"\n", b"\r", b"\x0b", b"\x0c", b"\xc2\xa0", b"\xef\xbb\xbf"];

/// A date as days since 1970-01-01, no later than `last`.
#[inline]
pub(super) fn day(text: &[u8], last: i32) -> Result<i32, Rule> {
    if text.is_empty() {
        return Ok(NO_INT);
    }
    let date = match text.split_at_checked(10) {
        Some((date, time)) if is_midnight(time) => date,
        _ => text,
    };
    in_time(Day::parse_bytes(date).ok_or(Rule::NotADate)?, last)
}

/// A day from 1900 on, no later than `last`.
#[inline]
pub(super) fn in_time(day: Day, last: i32) -> Result<i32, Rule> {
    const FIRST: i32 = -25_567;
    if day.0 < FIRST {
        Err(Rule::Before1900)
    } else if day.0 > last {
        Err(Rule::AfterExtractDate)
    } else {
        Ok(day.0)
    }
}

/// What databases write behind a date that has no time.
fn is_midnight(time: &[u8]) -> bool {
    let [b'T' | b' ', time @ ..] = time else { return false };
    let time = time.strip_suffix(b"Z").unwrap_or(time);
    let zeros = |digits: &[u8]| digits.iter().all(|digit| *digit == b'0');
    match time.strip_prefix(b"00:00") {
        Some([] | [b':', b'0', b'0']) => true,
        Some([b':', b'0', b'0', b'.', digits @ ..]) => zeros(digits),
        _ => false,
    }
}

/// `YYYY-MM` (or a date) as the first day of its month.
pub(super) fn month(text: &[u8], last: i32) -> Result<i32, Rule> {
    let mut date = [0; 10];
    match text.len() {
        0 => Ok(NO_INT),
        7 => {
            date[..7].copy_from_slice(text);
            date[7..].copy_from_slice(b"-01");
            day(&date, last)
        }
        _ => day(text, last).map(|day| Day(day).first_of_month().0),
    }
}

/// False for what a spreadsheet would compute or a terminal obey, as labels reach tables that people
/// open in both, and for several lines, which are no label but rows behind an open quotation mark.
pub(super) fn is_label(text: &[u8]) -> bool {
    let formula = match text {
        [b'=' | b'@', ..] => true,
        [b'+' | b'-', next, ..] => !next.is_ascii_digit(),
        _ => false,
    };
    let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    !formula && !text.iter().any(control)
}

/// False for ids with control characters, which no system gives out and which break every list.
#[inline]
pub(super) fn is_id(text: &[u8]) -> bool {
    !text.iter().fold(false, |found, byte| found | byte.is_ascii_control())
}

/// The year of a date in one of the usual spellings, or a year.
pub(super) fn birth_year(text: &[u8]) -> Result<i64, Rule> {
    let year = match text {
        [year @ .., b'-' | b'/', _, _, b'-' | b'/', _, _] | [year @ .., b'-', _, _]
            if year.len() == 4 =>
        {
            year
        }
        [.., b'-' | b'/' | b'.', a, b, c, d] => return whole(&[*a, *b, *c, *d]),
        _ => text,
    };
    whole(year)
}

/// An instant is kept as written; this checks that it is one.
pub(super) fn instant(text: &[u8], last: i32) -> Result<(), Rule> {
    if text.is_empty() {
        return Ok(());
    }
    let (date, time) = text.split_at(text.len().min(10));
    day(date, last)?;
    let two = |at: usize| -> Option<u8> {
        let (tens, ones) = (time.get(at)?, time.get(at + 1)?);
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + ones - b'0')
    };
    let minutes = matches!((time.first(), time.get(3)), (Some(b'T' | b' '), Some(b':')))
        && two(1).is_some_and(|hour| hour < 24)
        && two(4).is_some_and(|minute| minute < 60);
    let rest = time.get(6..).unwrap_or(&[]);
    let (seconds, rest) = match rest {
        [b':', rest @ ..] => {
            (two(7).is_some_and(|second| second < 61), rest.get(2..).unwrap_or(&[]))
        }
        _ => (true, rest),
    };
    let fraction = match rest {
        [b'.', digits @ ..] => digits.iter().take_while(|byte| byte.is_ascii_digit()).count() + 1,
        _ => 0,
    };
    let zone = is_zone(&rest[fraction..]);
    if time.is_empty() || (minutes && seconds && zone) { Ok(()) } else { Err(Rule::NotADate) }
}

fn is_zone(text: &[u8]) -> bool {
    match text {
        [] | [b'Z'] => true,
        [b'+' | b'-', a, b, rest @ ..] => {
            let digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
            let rest = rest.strip_prefix(b":").unwrap_or(rest);
            digits(&[*a, *b]) && matches!(rest.len(), 0 | 2) && digits(rest)
        }
        _ => false,
    }
}

/// A whole number; a fraction of zeros, as spreadsheets write it, is no fraction.
#[inline]
pub(super) fn whole(text: &[u8]) -> Result<i64, Rule> {
    parts(text, 1)
}

/// A decimal number in parts of `per_unit` (a power of ten), rounded half away from zero where
/// money or units have more digits than that; a number of whole parts takes no fraction.
#[inline]
pub(super) fn parts(text: &[u8], per_unit: i64) -> Result<i64, Rule> {
    if text.is_empty() {
        return Ok(NO_LONG);
    }
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let whole_digits = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if whole_digits == 0 || whole_digits > 12 {
        return Err(if whole_digits > 12 { Rule::OutOfRange } else { Rule::NotANumber });
    }
    let mut number = digits[..whole_digits]
        .iter()
        .fold(0_i64, |number, byte| number * 10 + i64::from(byte - b'0'));
    number *= per_unit;
    if let Some(fraction) = digits.get(whole_digits..).filter(|rest| !rest.is_empty()) {
        number += fraction_parts(fraction, per_unit)?;
    }
    Ok(if is_negative { -number } else { number })
}

fn fraction_parts(text: &[u8], per_unit: i64) -> Result<i64, Rule> {
    let [b'.', digits @ ..] = text else { return Err(Rule::NotANumber) };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Rule::NotANumber);
    }
    if per_unit == 1 {
        return if digits.iter().all(|digit| *digit == b'0') {
            Ok(0)
        } else {
            Err(Rule::NotANumber)
        };
    }
    let (mut number, mut weight) = (0, per_unit);
    for digit in digits {
        if weight == 1 {
            return Ok(number + i64::from(*digit >= b'5'));
        }
        weight /= 10;
        number += i64::from(digit - b'0') * weight;
    }
    Ok(number)
}

/// A number with a fraction.
pub(super) fn real(text: &[u8]) -> Result<f64, Rule> {
    if text.is_empty() {
        return Ok(f64::NAN);
    }
    let looks_right = text.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte));
    let number = std::str::from_utf8(text)
        .ok()
        .filter(|_| looks_right)
        .and_then(|text| text.parse::<f64>().ok());
    // Negative zero would be another value than zero in the order of rows.
    number.filter(|number| number.is_finite()).map(|number| number + 0.0).ok_or(Rule::NotANumber)
}

/// True or false, in the spellings that extracts use.
pub(super) fn flag(text: &[u8]) -> Result<u8, Rule> {
    let is = |names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name.as_bytes()));
    if text.is_empty() {
        Ok(NO_FLAG)
    } else if is(&["true", "t", "1", "1.0", "y", "yes"]) {
        Ok(1)
    } else if is(&["false", "f", "0", "0.0", "n", "no"]) {
        Ok(0)
    } else {
        Err(Rule::UnknownCode)
    }
}

/// The name in a list, whatever the letter case; other spellings lead to names.
pub(super) fn code(
    text: &[u8],
    names: &[&'static str],
    spellings: &[(&str, &'static str)],
) -> Result<&'static str, Rule> {
    let same = |name: &str| text.eq_ignore_ascii_case(name.as_bytes());
    let spelling = || spellings.iter().find(|(from, _)| same(from)).map(|(_, to)| *to);
    names.iter().find(|name| same(name)).copied().or_else(spelling).ok_or(Rule::UnknownCode)
}

/// Codes separated by `;`, in the order of the list, each once.
pub(super) fn codes(text: &[u8], names: &[&'static str]) -> Result<String, Rule> {
    let given: Vec<_> =
        parts_of(text).map(|part| code(part, names, &[])).collect::<Result<_, _>>()?;
    Ok(names.iter().filter(|name| given.contains(name)).copied().collect::<Vec<_>>().join(";"))
}

/// Local codes separated by `;`, sorted, each once.
pub(super) fn words(text: &[u8]) -> String {
    let mut words: Vec<_> = parts_of(text).map(String::from_utf8_lossy).collect();
    words.sort_unstable();
    words.dedup();
    words.join(";")
}

fn parts_of(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b';').map(<[u8]>::trim_ascii).filter(|part| !part.is_empty())
}

/// True for the form of an ICD-10-CM code, with or without its dot.
pub(super) fn is_diagnosis(text: &[u8]) -> bool {
    let [a, b, c, rest @ ..] = text else { return false };
    let rest = match rest {
        [b'.'] => return false,
        [b'.', rest @ ..] => rest,
        _ => rest,
    };
    let category = a.is_ascii_alphabetic() && b.is_ascii_digit() && c.is_ascii_alphanumeric();
    category && rest.len() <= 4 && rest.iter().all(u8::is_ascii_alphanumeric)
}

/// Numbers as they are kept, for values that are judged once for each distinct text.
pub(super) fn as_code(verdict: i64) -> u32 {
    u32::try_from(verdict).unwrap_or(NO_CODE)
}

/// See [`as_code`].
pub(super) fn as_int(verdict: i64) -> i32 {
    i32::try_from(verdict).unwrap_or(NO_INT)
}

/// See [`as_code`].
pub(super) fn as_flag(verdict: i64) -> u8 {
    u8::try_from(verdict).unwrap_or(NO_FLAG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        assert_eq!(parts(b"12.34", 100), Ok(1234));
        assert_eq!(parts(b"-12.3", 100), Ok(-1230));
        assert_eq!(parts(b"12.345", 100), Ok(1235));
        assert_eq!(parts(b"12.30000000000001", 100), Ok(1230));
        assert_eq!(parts(b"0.5", 1000), Ok(500));
        assert_eq!(whole(b"47"), Ok(47));
        assert_eq!(whole(b"47.0"), Ok(47));
        assert_eq!(whole(b""), Ok(NO_LONG));
        for bad in ["47.5", "x", "1,000", "$5", "1e3", "--1", ".", "1.", " 1"] {
            assert_eq!(whole(bad.as_bytes()), Err(Rule::NotANumber), "{bad}");
        }
        assert_eq!(whole(b"9999999999999"), Err(Rule::OutOfRange));
    }

    #[test]
    fn flags_are_read_as_tables_of_python_write_them() {
        assert_eq!(
            ["1.0", "Y", "0.0", ""].map(|text| flag(text.as_bytes())),
            [Ok(1), Ok(1), Ok(0), Ok(NO_FLAG)]
        );
        assert_eq!(flag(b"2.0"), Err(Rule::UnknownCode));
    }

    #[test]
    fn instants_have_a_day_and_a_time() {
        for good in [
            "2024-05-01",
            "2024-05-01T09:30",
            "2024-05-01 09:30:15",
            "2024-05-01T09:30:15.25Z",
            "2024-05-01T09:30-07:00",
        ] {
            assert_eq!(instant(good.as_bytes(), i32::MAX), Ok(()), "{good}");
        }
        for bad in [
            "2024-13-01T09:30",
            "2024-05-01T",
            "2024-05-01T9:30",
            "2024-05-01T24:30",
            "2024-05-01T09:30:1",
            "2024-05-01T09:30x",
        ] {
            assert_eq!(instant(bad.as_bytes(), i32::MAX), Err(Rule::NotADate), "{bad}");
        }
    }

    #[test]
    fn diagnoses_have_their_form() {
        assert!(
            ["F20", "F20.9", "f209", "T14.91XA", "Z59.01"]
                .iter()
                .all(|code| is_diagnosis(code.as_bytes()))
        );
        assert!(
            !["", "F2", "F20.", "20.9", "depression", "F20.12345"]
                .iter()
                .any(|code| is_diagnosis(code.as_bytes()))
        );
    }
}
