//! Identifiers in single values: what one value alone gives away. No allocation, because every
//! distinct value of every column comes through here.

use super::person;
use super::privacy::Identifier;

/// Bytes that identifiers are written with and most ids and codes are not.
const MARK: u8 = 1;
const LETTER: u8 = 2;
const DIGIT: u8 = 4;

const CLASSES: [u8; 256] = {
    let mut classes = [LETTER; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        classes[digit as usize] = DIGIT;
        digit += 1;
    }
    let marks = b"-./ @+(:,#";
    let mut at = 0;
    while at < marks.len() {
        classes[marks[at] as usize] = MARK;
        at += 1;
    }
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
    } else if (has(b' ') || has(b',')) && person::is_named(value) {
        Some(Identifier::Name)
    } else if digits >= 9 {
        announced_number(value)
    } else {
        None
    }
}

/// Nine digits after a word for a social-security number, ten or eleven after one for a telephone.
fn announced_number(value: &[u8]) -> Option<Identifier> {
    const BETWEEN: [&str; 5] = ["security", "number", "no", "nr", "is"];
    let mut announced = None;
    let words = value.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let is_in =
            |list: &[&str]| list.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
        let is_number = word.iter().all(u8::is_ascii_digit);
        match (announced, word.len()) {
            (Some(Identifier::Ssn), 9) | (Some(Identifier::Phone), 10 | 11) if is_number => {
                return announced;
            }
            _ if is_in(&["ssn", "ss", "social"]) => {
                announced = Some(Identifier::Ssn);
            }
            _ if is_in(&["tel", "telephone", "phone", "ph", "cell", "mobile", "fax", "call"]) => {
                announced = Some(Identifier::Phone);
            }
            _ if is_in(&BETWEEN) => {}
            _ => announced = None,
        }
    }
    None
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

/// True if a text has a shape, in which `d` stands for a digit.
fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text.iter().zip(shape).all(|(byte, sign)| match sign {
            b'd' => byte.is_ascii_digit(),
            sign => byte == sign,
        })
}

/// Places at which a shape stands by itself within a value.
fn finds<'a>(value: &'a [u8], shape: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let joins =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    value.windows(shape.len()).enumerate().filter_map(move |(at, window)| {
        let alone = !joins(at.checked_sub(1).and_then(|before| value.get(before)))
            && !joins(value.get(at + shape.len()));
        (has_shape(window, shape) && alone).then_some(window)
    })
}

fn is_ssn(value: &[u8]) -> bool {
    finds(value, b"ddd-dd-dddd").any(|found| !found.starts_with(b"000"))
        || has_shape(value.trim_ascii(), b"ddd dd dddd")
}

/// Numbers of North America begin area and exchange with 2 to 9.
fn is_phone(value: &[u8]) -> bool {
    const SHAPES: [&[u8]; 6] = [
        b"ddd-ddd-dddd",
        b"(ddd) ddd-dddd",
        b"(ddd)ddd-dddd",
        b"(ddd)-ddd-dddd",
        b"ddd.ddd.dddd",
        b"d-ddd-ddd-dddd",
    ];
    let is_real = |found: &[u8]| {
        let mut digits = found.iter().filter(|byte| byte.is_ascii_digit());
        if found.len() == 14 && found[1] == b'-' {
            digits.next();
        }
        let (area, exchange) = (digits.next(), digits.nth(2));
        area.is_some_and(|area| *area >= b'2') && exchange.is_some_and(|exchange| *exchange >= b'2')
    };
    let whole = value.trim_ascii();
    SHAPES.iter().any(|shape| finds(value, shape).any(is_real))
        || [&b"ddd ddd dddd"[..], b"d ddd ddd dddd"].iter().any(|shape| has_shape(whole, shape))
        || (whole.first() == Some(&b'+')
            && whole[1..].iter().all(|byte| byte.is_ascii_digit() || b" -.()".contains(byte)))
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

/// A full date in one of the usual spellings, alone or at the start of a value.
pub(super) fn is_date(value: &[u8]) -> bool {
    const SHAPES: [&[u8]; 7] = [
        b"dd/dd/dddd",
        b"d/d/dddd",
        b"d/dd/dddd",
        b"dd/d/dddd",
        b"dd.dd.dddd",
        b"dd-dd-dddd",
        b"dddd/dd/dd",
    ];
    SHAPES.iter().any(|shape| has_shape(value, shape))
        || value.get(..10).is_some_and(|date| crate::terms::Day::parse_bytes(date).is_some())
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
}
