//! Identifiers in single values: what one value alone gives away. No allocation, because every
//! distinct value of every column comes through here.

use super::number::{announced_number, is_phone, is_ssn};
use super::person;
use super::privacy::Identifier;

/// Bytes that identifiers are written with and most ids and codes are not.
const MARK: u8 = 1;
const LETTER: u8 = 2;
const DIGIT: u8 = 4;

/// The letters of the shortest names, and a sign between them.
const SHORTEST_NAME: usize = 7;

/// How the dashes of Unicode begin (U+2010 to U+2015, U+2212).
const DASH: [u8; 1] = [0xe2];

const CLASSES: [u8; 256] = {
    let mut classes = [LETTER; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        classes[digit as usize] = DIGIT;
        digit += 1;
    }
    let marks = b"-./ @+(:,#_^";
    let mut at = 0;
    while at < marks.len() {
        classes[marks[at] as usize] = MARK;
        at += 1;
    }
    classes[DASH[0] as usize] = MARK;
    classes
};

/// Which classes of bytes a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Classes(u8);

impl Classes {
    pub(super) fn of(text: &[u8]) -> Self {
        Self(text.iter().fold(0, |found, byte| found | CLASSES[usize::from(*byte)]))
    }

    /// True if nothing that is looked for can be in the text.
    pub(super) fn are_plain(self) -> bool {
        self.0 & MARK == 0
    }

    pub(super) fn are_digits(self) -> bool {
        self.0 == DIGIT
    }
}

/// The identifier that a value holds, if it holds one.
pub(super) fn identifier(value: &[u8]) -> Option<Identifier> {
    if Classes::of(value).are_plain() {
        return None;
    }
    if memchr::memchr(DASH[0], value).is_some() {
        return with_plain_dashes(value).and_then(|plain| identifier(&plain));
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let has = |mark: u8| memchr::memchr(mark, value).is_some();
    if has(b'@') && parts(value).any(is_email) {
        Some(Identifier::Email)
    } else if digits >= 9 && is_ssn(value) {
        Some(Identifier::Ssn)
    } else if digits >= 10 && is_phone(value) {
        Some(Identifier::Phone)
    } else if is_url(value) {
        Some(Identifier::Url)
    } else if digits >= 6 && has(b'.') && is_point(value) {
        Some(Identifier::Coordinates)
    } else if (has(b'.') || has(b':')) && parts_of_address(value).any(is_ip) {
        Some(Identifier::Ip)
    } else if has(b' ') && digits > 0 && is_street(value) {
        Some(Identifier::Address)
    } else if value.len() >= digits + SHORTEST_NAME && person::is_named(value) {
        Some(Identifier::Name)
    } else if digits >= 9 {
        announced_number(value)
    } else {
        None
    }
}

/// The text with a hyphen for each dash of Unicode; of other signs that begin so, nothing is left but a space.
fn with_plain_dashes(value: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(value).ok()?;
    let plain = text.chars().map(|sign| match sign {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        sign if (0x2000..0x3000).contains(&u32::from(sign)) => ' ',
        sign => sign,
    });
    Some(plain.collect::<String>().into_bytes())
}

fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|byte| byte.is_ascii_whitespace() || b",;:/<>()[]".contains(byte))
        .filter(|part| !part.is_empty())
}

fn parts_of_address(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| byte.is_ascii_whitespace() || b",;/()[]".contains(byte))
}

fn is_email(part: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', part) else { return false };
    let (name, host) = (&part[..at], part[at + 1..].trim_ascii_end());
    let host = host.strip_suffix(b".").unwrap_or(host);
    let mut labels = 0;
    let are_whole = host.split(|byte| *byte == b'.').all(|label| {
        labels += 1;
        !label.is_empty()
    });
    !name.is_empty() && labels > 1 && are_whole
}

fn is_url(value: &[u8]) -> bool {
    memchr::memmem::find(value, b"://").is_some()
        || parts(value).any(|part| {
            part.len() > 6 && part[..4].eq_ignore_ascii_case(b"www.") && part[4..].contains(&b'.')
        })
}

/// Two numbers with at least three decimals each: latitude and longitude.
fn is_point(value: &[u8]) -> bool {
    let mut numbers = value
        .split(|byte| byte.is_ascii_whitespace() || b",;/()".contains(byte))
        .filter(|part| !part.is_empty());
    let (Some(first), Some(second), None) = (numbers.next(), numbers.next(), numbers.next()) else {
        return false;
    };
    let number = |part: &[u8], most: f64| {
        let decimals = part.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(part).ok().and_then(|text| text.parse::<f64>().ok());
        decimals >= 3 && part.contains(&b'.') && number.is_some_and(|number| number.abs() <= most)
    };
    number(first, 90.0) && number(second, 180.0)
}

fn is_ip(part: &[u8]) -> bool {
    let mut octets = 0;
    let are_octets = part.split(|byte| *byte == b'.').all(|octet| {
        octets += 1;
        octet.len() <= 3
            && std::str::from_utf8(octet).is_ok_and(|octet| octet.parse::<u8>().is_ok())
    });
    if octets == 4 && are_octets {
        return true;
    }
    let groups = part.split(|byte| *byte == b':').filter(|group| !group.is_empty());
    let are_hex = |most| {
        groups.clone().all(|group| group.len() <= most && group.iter().all(u8::is_ascii_hexdigit))
    };
    let n = groups.clone().count();
    let is_version_6 = n == 8 || (n >= 3 && memchr::memmem::find(part, b"::").is_some());
    let is_hardware = n == 6 && groups.clone().all(|group| group.len() == 2);
    (is_version_6 && are_hex(4)) || (is_hardware && are_hex(2))
}

/// A number, up to four words, and a kind of street; or a post-office box.
fn is_street(value: &[u8]) -> bool {
    const STREETS: [&str; 16] = [
        "st",
        "street",
        "ave",
        "avenue",
        "blvd",
        "boulevard",
        "rd",
        "road",
        "ln",
        "lane",
        "dr",
        "drive",
        "pkwy",
        "parkway",
        "hwy",
        "highway",
    ];
    const OTHERS: [&str; 12] = [
        "ct", "court", "way", "pl", "place", "cir", "circle", "ter", "terrace", "trl", "trail",
        "loop",
    ];
    let words: Vec<&[u8]> = value
        .split(|byte| byte.is_ascii_whitespace() || b",.;#".contains(byte))
        .filter(|word| !word.is_empty())
        .take(40)
        .collect();
    let is =
        |word: &[u8], of: &[&str]| of.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
    let is_number =
        |word: &[u8]| (1..=6).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
    let street = words.iter().enumerate().any(|(at, word)| {
        is_number(word)
            && words[at + 1..]
                .iter()
                .take(5)
                .skip(1)
                .any(|kind| is(kind, &STREETS) || (word.len() >= 3 && is(kind, &OTHERS)))
    });
    let post = |words: &[&[u8]]| match words {
        [p, o, rest @ ..] if is(p, &["p"]) && is(o, &["o"]) => {
            rest.first().is_some_and(|word| is(word, &["box"]))
        }
        [po, rest, ..] => is(po, &["po"]) && is(rest, &["box"]),
        _ => false,
    };
    street || (0..words.len()).any(|at| post(&words[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_value_gives_away() {
        let cases: [(&str, Option<Identifier>); 54] = [
            ("123-45-6789", Some(Identifier::Ssn)),
            ("ssn 123-45-6789.", Some(Identifier::Ssn)),
            ("123 45 6789", Some(Identifier::Ssn)),
            ("jo@example.org", Some(Identifier::Email)),
            ("write to <jo.q@mail.example.org>", Some(Identifier::Email)),
            ("(303) 555-0100", Some(Identifier::Phone)),
            ("303.555.0100", Some(Identifier::Phone)),
            ("call 303-555-0100 x12", Some(Identifier::Phone)),
            ("1-303-555-0100", Some(Identifier::Phone)),
            ("+44 20 7946 0958", Some(Identifier::Phone)),
            ("+13035550100", Some(Identifier::Phone)),
            ("https://example.org/p/7", Some(Identifier::Url)),
            ("www.example.org", Some(Identifier::Url)),
            ("192.168.1.20", Some(Identifier::Ip)),
            ("fe80::1ff:fe23:4567:890a", Some(Identifier::Ip)),
            ("00:1b:63:84:45:e6", Some(Identifier::Ip)),
            ("39.7392, -104.9903", Some(Identifier::Coordinates)),
            ("1600 North Elm Street", Some(Identifier::Address)),
            ("12 Oak Rd., Apt 4", Some(Identifier::Address)),
            ("450 Cedar Ct", Some(Identifier::Address)),
            ("P.O. Box 12", Some(Identifier::Address)),
            ("PO Box 12", Some(Identifier::Address)),
            ("Mary Johnson", Some(Identifier::Name)),
            ("GARCIA, MARIA", Some(Identifier::Name)),
            ("seen with Mr. Quimby", Some(Identifier::Name)),
            ("talked to robert smith about it", Some(Identifier::Name)),
            ("SSN 521123456", Some(Identifier::Ssn)),
            ("ssn#521123456", Some(Identifier::Ssn)),
            ("Social security no. 521123456", Some(Identifier::Ssn)),
            ("call 3035550100", Some(Identifier::Phone)),
            ("Cell: 13035550100", Some(Identifier::Phone)),
            ("team 521123456", None),
            ("call centre 3035550100", None),
            ("phone 24/7, unit 3035550100", None),
            ("H0038", None),
            ("F20.0", None),
            ("90832-95", None),
            ("123456789", None),
            ("3035550100", None),
            ("C0000000001", None),
            ("2+", None),
            ("A@B", None),
            ("550e8400-e29b-41d4-a716-446655440000", None),
            ("100-200-3000", None),
            ("2024-000123", None),
            ("2024-05-01T09:30:15", None),
            ("1.2.3", None),
            ("102.50", None),
            ("St. Mary Medical Center", None),
            ("San Juan County", None),
            ("24 hour drive-in", None),
            ("12 step way", None),
            ("Region 4, north", None),
            ("10:15", None),
        ];
        for (value, expected) in cases {
            assert_eq!(identifier(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn numbers_are_parted_by_many_signs() {
        let cases: [(&str, Option<Identifier>); 30] = [
            ("521-12-1001-01", Some(Identifier::Ssn)),
            ("M521-12-1001", Some(Identifier::Ssn)),
            ("521-12-1001A", Some(Identifier::Ssn)),
            ("M521-12-0000", None),
            ("521-12-1001-2024", None),
            ("REC101-24-0001", None),
            ("john.smith3", Some(Identifier::Name)),
            ("Mary_Garcia_1", Some(Identifier::Name)),
            ("Smith^John^19500101", Some(Identifier::Name)),
            ("Smith-John-1950-01-01", Some(Identifier::Name)),
            ("John Q. Smith", Some(Identifier::Name)),
            ("Jos\u{e9} Garc\u{ed}a", Some(Identifier::Name)),
            ("521.12.3456", Some(Identifier::Ssn)),
            ("521/12/3456", Some(Identifier::Ssn)),
            ("521_12_3456", Some(Identifier::Ssn)),
            ("521\u{2013}12\u{2013}3456", Some(Identifier::Ssn)),
            ("SSN 521 12 3456", Some(Identifier::Ssn)),
            ("303 555-0100", Some(Identifier::Phone)),
            ("303/555-0100", Some(Identifier::Phone)),
            ("(303)5550100", Some(Identifier::Phone)),
            ("(303) 555 0100", Some(Identifier::Phone)),
            ("303.555-0100", Some(Identifier::Phone)),
            ("303-555-0100x12", Some(Identifier::Phone)),
            ("call 303 555 0100", Some(Identifier::Phone)),
            ("303\u{2011}555\u{2011}0100", Some(Identifier::Phone)),
            ("unit 303 555 0100 west", None),
            ("2025-10-02-0100", None),
            ("12_34_5678", None),
            ("care \u{2013} north", None),
            ("303-55-0100", Some(Identifier::Ssn)),
        ];
        for (value, expected) in cases {
            assert_eq!(identifier(value.as_bytes()), expected, "{value}");
        }
    }
}
