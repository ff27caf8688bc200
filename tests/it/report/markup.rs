//! Reading back what was written: tags of a page, members of a workbook.

use std::io::Read as _;

/// Elements that have no end.
const VOID: [&str; 1] = ["meta"];

/// Panics with the place of the first tag that does not fit.
#[track_caller]
pub(super) fn check_balanced(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let end = tag_end(rest).expect("a tag ends");
        let tag = &rest[1..end];
        let name =
            tag.trim_start_matches('/').split([' ', '\n', '/']).next().expect("a tag has a name");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "near {}", &rest[..rest.len().min(200)]);
        } else if !tag.ends_with('/') && !VOID.contains(&name) && !tag.starts_with('!') {
            open.push(name);
        }
        rest = &rest[end + 1..];
    }
    assert_eq!(open, [] as [&str; 0]);
}

/// The end of the tag that the text begins with; a `>` within quotes is no end.
fn tag_end(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    text.char_indices().find_map(|(place, character)| {
        is_quoted ^= character == '"';
        (character == '>' && !is_quoted).then_some(place)
    })
}

/// Every piece of the page from one text to the next other one.
pub(crate) fn pieces<'a>(html: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find(from) {
        let end = rest[start..].find(to).expect("a piece ends") + start;
        pieces.push(&rest[start..end]);
        rest = &rest[end..];
    }
    pieces
}

/// The numbers of a text with what stands around them, such as `45.2 %` and `$1,234`.
pub(super) fn numbers(text: &str) -> Vec<String> {
    let is_part =
        |character: char| character.is_ascii_digit() || matches!(character, '.' | ',' | '$');
    text.split(|character: char| !is_part(character))
        .map(|number| number.trim_matches(['.', ',']).to_owned())
        .filter(|number| number.contains(|character: char| character.is_ascii_digit()))
        .collect()
}

/// The members of a ZIP archive, by name.
pub(crate) fn unzipped(archive: &[u8]) -> Vec<(String, String)> {
    let number = |at: usize, length: usize| {
        archive[at..at + length]
            .iter()
            .rev()
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
    };
    let end = archive
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06")
        .expect("an archive has an end");
    let mut at = number(end + 16, 4);
    let mut members = Vec::new();
    while archive[at..].starts_with(b"PK\x01\x02") {
        let (packed, name, extra, comment) =
            (number(at + 20, 4), number(at + 28, 2), number(at + 30, 2), number(at + 32, 2));
        let local = number(at + 42, 4);
        let data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let mut text = String::new();
        flate2::read::DeflateDecoder::new(&archive[data..data + packed])
            .read_to_string(&mut text)
            .expect("members of a workbook are texts");
        members
            .push((String::from_utf8_lossy(&archive[at + 46..at + 46 + name]).into_owned(), text));
        at += 46 + name + extra + comment;
    }
    members
}
