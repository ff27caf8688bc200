//! How a site writes its dates: `%m/%d/%Y`, `%Y%m%d`, `%d%b%Y:%H:%M:%S`.

use super::date::month_of;
use crate::terms::Day;

/// A way to write dates. Of the time of day it is only asked that it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatePattern(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A number of the date or time, of so many digits; of fewer, where other signs stand on both sides.
    Number(What, usize),
    /// The name of a month, of three letters or whole.
    MonthName,
    /// This byte.
    Sign(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Year,
    Month,
    Day,
    Time,
}

impl DatePattern {
    /// Reads a pattern: `%Y` (four digits), `%m`, `%d`, `%b` (a month by name), `%H`, `%M`, `%S`, and other
    /// signs as they stand.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            parts.push(match (byte, if byte == b'%' { bytes.next() } else { None }) {
                (b'%', Some(b'Y')) => Part::Number(What::Year, 4),
                (b'%', Some(b'm')) => Part::Number(What::Month, 2),
                (b'%', Some(b'd')) => Part::Number(What::Day, 2),
                (b'%', Some(b'H' | b'M' | b'S')) => Part::Number(What::Time, 2),
                (b'%', Some(b'b')) => Part::MonthName,
                (b'%', _) => return Err("after `%` comes Y, m, d, b, H, M or S".to_owned()),
                (byte, _) => Part::Sign(byte),
            });
        }
        let times = |wanted: &[Part]| parts.iter().filter(|part| wanted.contains(part)).count();
        let month = [Part::Number(What::Month, 2), Part::MonthName];
        if times(&[Part::Number(What::Year, 4)]) != 1
            || times(&month) != 1
            || times(&[Part::Number(What::Day, 2)]) != 1
        {
            return Err("a date has one `%Y`, one `%m` (or `%b`) and one `%d`".to_owned());
        }
        Ok(Self(parts))
    }

    /// The day that a whole text stands for.
    pub(super) fn day(&self, text: &[u8]) -> Option<Day> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        for (at, part) in self.0.iter().enumerate() {
            match *part {
                Part::Sign(sign) => rest = rest.strip_prefix(&[sign])?,
                Part::MonthName => {
                    let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                    month = month_of(&rest[..letters])?;
                    rest = &rest[letters..];
                }
                Part::Number(what, most) => {
                    let digits = rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
                    if digits == 0 || digits < most && !(most == 2 && self.stands_alone(at)) {
                        return None;
                    }
                    let number = rest[..digits]
                        .iter()
                        .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
                    match what {
                        What::Year => year = i32::try_from(number).ok()?,
                        What::Month => month = number,
                        What::Day => day = number,
                        What::Time => {}
                    }
                    rest = &rest[digits..];
                }
            }
        }
        rest.is_empty().then(|| Day::from_ymd(year, month, day)).flatten()
    }

    /// True if no other number stands beside the one at a place.
    fn stands_alone(&self, at: usize) -> bool {
        let is_number = |part: Option<&Part>| matches!(part, Some(Part::Number(..)));
        let before = at.checked_sub(1).and_then(|before| self.0.get(before));
        !is_number(before) && !is_number(self.0.get(at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::DatePattern;

    fn day(pattern: &str, text: &str) -> Option<String> {
        let pattern = DatePattern::read(pattern).expect("a pattern");
        pattern.day(text.as_bytes()).map(|day| day.to_string())
    }

    #[test]
    fn the_usual_ways_are_read() {
        for (pattern, text) in [
            ("%m/%d/%Y", "3/7/2024"),
            ("%m/%d/%Y", "03/07/2024"),
            ("%Y%m%d", "20240307"),
            ("%d.%m.%Y", "7.3.2024"),
            ("%d%b%Y", "07MAR2024"),
            ("%d-%b-%Y", "7-March-2024"),
            ("%d%b%Y:%H:%M:%S", "07mar2024:13:45:00"),
            ("%Y-%m-%dT%H:%M:%SZ", "2024-03-07T10:00:00Z"),
            ("%m%d%Y", "03072024"),
        ] {
            assert_eq!(day(pattern, text).as_deref(), Some("2024-03-07"), "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_not_written_so_is_no_date() {
        for (pattern, text) in [
            ("%m/%d/%Y", "13/7/2024"),
            ("%m/%d/%Y", "2/30/2024"),
            ("%m/%d/%Y", "3/7/24"),
            ("%m/%d/%Y", "3/7/20245"),
            ("%m/%d/%Y", "2024-03-07"),
            ("%Y%m%d", "2024037"),
            ("%Y%m%d", ""),
            ("%d%b%Y", "07MRZ2024"),
            ("%Y-%m-%dT%H:%M:%SZ", "2024-03-07"),
        ] {
            assert_eq!(day(pattern, text), None, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_that_is_none_says_why() {
        let said = |text: &str| DatePattern::read(text).expect_err("no pattern");
        assert!(said("%m/%d/%y").contains("after `%`"));
        assert!(said("%m/%Y").contains("one `%d`"));
        assert!(said("%Y-%m-%d %Y").contains("one `%Y`"));
        assert!(said("100%").contains("after `%`"));
    }
}
