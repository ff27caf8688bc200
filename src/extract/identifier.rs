//! Identifiers in single values: what one value alone gives away. No allocation, because every
//! distinct value of every column comes through here.

use super::person;
use super::privacy::Identifier;

/// Bytes that identifiers are written with and most ids and codes are not.
const MARK: u8 = 1;
const LETTER: u8 = 2;
const DIGIT: u8 = 4;

/// How the dashes of Unicode begin (U+2010 to U+2015, U+2212).
const DASH: [u8; 1] = [0xe2];

const CLASSES: [u8; 256] = {
    let mut classes = [LETTER; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        classes[digit as usize] = DIGIT;
        digit += 1;
    }
    let marks = b"-./ @+(:,#_";
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
    } else if (has(b' ') || has(b',')) && person::is_named(value) {
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

/// Nine digits after a word for a social-security number, ten or eleven after one for a telephone; together or
/// in groups.
fn announced_number(value: &[u8]) -> Option<Identifier> {
    const BETWEEN: [&str; 5] = ["security", "number", "no", "nr", "is"];
    let (mut announced, mut digits) = (None, 0);
    let words = value.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for word in words.chain([&b"."[..]]) {
        let is_in =
            |list: &[&str]| list.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
        if word.iter().all(u8::is_ascii_digit) {
            digits += word.len();
            continue;
        }
        match (announced, std::mem::take(&mut digits)) {
            (Some(Identifier::Ssn), 9) | (Some(Identifier::Phone), 10 | 11) => return announced,
            (_, 1..) => announced = None,
            _ => {}
        }
        match word {
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
    const SHAPES: [&[u8]; 4] = [b"ddd-dd-dddd", b"ddd.dd.dddd", b"ddd/dd/dddd", b"ddd_dd_dddd"];
    let mut found = SHAPES.iter().flat_map(|shape| finds(value, shape));
    found.any(|found| !found.starts_with(b"000")) || has_shape(value.trim_ascii(), b"ddd dd dddd")
}

/// Numbers of North America begin area and exchange with 2 to 9. Groups that only blanks part are a number if
/// they are the whole value.
fn is_phone(value: &[u8]) -> bool {
    let joins = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let begins = |at: usize| at == 0 || !joins(value[at - 1]);
    let whole = value.trim_ascii();
    (0..value.len()).any(|at| begins(at) && begins_with_phone(&value[at..]))
        || [&b"ddd ddd dddd"[..], b"d ddd ddd dddd"].iter().any(|shape| has_shape(whole, shape))
        || (whole.first() == Some(&b'+')
            && whole[1..].iter().all(|byte| byte.is_ascii_digit() || b" -.()".contains(byte)))
}

/// A country, an area, in brackets or not, an exchange and a line, each group parted from the next.
fn begins_with_phone(value: &[u8]) -> bool {
    const PART: &[u8] = b"-./ ";
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| PART.contains(byte));
    let rest = match value {
        [b'1', part, rest @ ..] if PART.contains(part) => rest,
        rest => rest,
    };
    let in_brackets = rest.first() == Some(&b'(');
    let rest = &rest[usize::from(in_brackets)..];
    let (Some(area), Some(mut rest)) = (digits(rest, 3), rest.get(3..)) else { return false };
    let mut parts = [b' '; 2];
    if in_brackets {
        let [b')', after @ ..] = rest else { return false };
        rest = &after[usize::from(is_part(after.first()))..];
        parts[0] = b')';
    } else {
        let [part, after @ ..] = rest else { return false };
        (parts[0], rest) = (*part, after);
    }
    let (Some(exchange), Some(mut rest)) = (digits(rest, 3), rest.get(3..)) else { return false };
    if is_part(rest.first()) {
        (parts[1], rest) = (rest[0], &rest[1..]);
    } else if !in_brackets {
        return false;
    }
    let ends = match digits(rest, 4).and(rest.get(4..)) {
        Some([b'x' | b'X', number, ..]) => number.is_ascii_digit(),
        Some(after) => !after.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-'),
        None => false,
    };
    let parted = in_brackets || PART.contains(&parts[0]) && parts.iter().any(|part| *part != b' ');
    ends && parted && area >= b'2' && exchange >= b'2'
}

/// The first of so many digits that a text begins with.
fn digits(text: &[u8], many: usize) -> Option<u8> {
    let own = text.get(..many)?;
    own.iter().all(u8::is_ascii_digit).then(|| own[0])
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

    #[test]
    fn numbers_are_parted_by_many_signs() {
        let cases: [(&str, Option<Identifier>); 18] = [
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
