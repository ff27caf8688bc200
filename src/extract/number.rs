//! Social-security and telephone numbers in single values, by the signs that part them or the word that
//! announces them. No allocation, as for all of [`super::identifier`].

use super::privacy::Identifier;

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

/// True if a social-security number stands in the value.
pub(super) fn is_ssn(value: &[u8]) -> bool {
    const SHAPES: [&[u8]; 4] = [b"ddd-dd-dddd", b"ddd.dd.dddd", b"ddd/dd/dddd", b"ddd_dd_dddd"];
    let mut found = SHAPES.iter().flat_map(|shape| finds(value, shape));
    found.any(|found| !found.starts_with(b"000"))
        || has_shape(value.trim_ascii(), b"ddd dd dddd")
        || is_ssn_of_id(value)
}

/// A number with one or two letters before it, or the number of a dependant behind: an id that somebody made of it.
fn is_ssn_of_id(value: &[u8]) -> bool {
    let letters = value.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let Some((number, rest)) = value[letters..].split_at_checked(11) else { return false };
    let is_suffix = match rest {
        [] => letters > 0,
        [b'-', suffix @ ..] => suffix.len() <= 2 && suffix.iter().all(u8::is_ascii_digit),
        [suffix] => suffix.is_ascii_alphabetic(),
        _ => false,
    };
    let may_be = |area: &[u8]| area != b"000" && area != b"666" && area[0] != b'9';
    let groups = (&number[4..6], &number[7..]);
    letters <= 2
        && is_suffix
        && has_shape(number, b"ddd-dd-dddd")
        && may_be(&number[..3])
        && groups.0 != b"00"
        && groups.1 != b"0000"
}

/// Numbers of North America begin area and exchange with 2 to 9. Groups that only blanks part are a number if
/// they are the whole value.
pub(super) fn is_phone(value: &[u8]) -> bool {
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

/// Nine digits after a word for a social-security number, ten or eleven after one for a telephone; together or
/// in groups.
pub(super) fn announced_number(value: &[u8]) -> Option<Identifier> {
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
