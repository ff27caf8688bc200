//! Splits delimited text into records and fields.

use memchr::{memchr, memchr2};

use super::rule::Rule;

/// A quoted field longer than this is taken for one whose closing mark is missing.
const QUOTED_MAX: usize = 1 << 20;

/// Set in the start of a span that lies in [`Chunk::unescaped`].
const UNESCAPED: u32 = 1 << 31;

/// How one file is split: its delimiter, and which of its columns are read.
#[derive(Debug, Clone)]
pub(super) struct Splitter {
    pub(super) delimiter: u8,
    /// For each column of the file, its place among the columns that are read.
    pub(super) wanted: Vec<Option<usize>>,
    /// How many columns are read.
    pub(super) columns: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    len: u32,
}

/// Some records of a block, split.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    spans: Vec<Span>,
    unescaped: Vec<u8>,
    /// The physical line of each record.
    pub(super) lines: Vec<u32>,
    /// A fault of the record as a whole, with its column in the file.
    pub(super) faults: Vec<Option<(Option<usize>, Rule)>>,
    /// True if a quotation mark stood where the format has none, so that blocks cannot be cut by
    /// counting them.
    pub(super) irregular: bool,
    /// True if a carriage return outside quotation marks had no line feed behind it.
    pub(super) lone_return: bool,
}

impl Chunk {
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.unescaped.clear();
        self.lines.clear();
        self.faults.clear();
    }

    /// The field of a record, by its place among the columns that are read.
    #[inline]
    pub(super) fn get<'a>(
        &'a self,
        bytes: &'a [u8],
        columns: usize,
        column: usize,
        row: usize,
    ) -> &'a [u8] {
        let Span { start, len } = self.spans[row * columns + column];
        let (text, start) = if start & UNESCAPED == 0 {
            (bytes, start)
        } else {
            (&self.unescaped[..], start & !UNESCAPED)
        };
        &text[start as usize..start as usize + len as usize]
    }
}

/// Where the reading of a block stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) line: u32,
}

impl Splitter {
    /// Splits up to `limit` records from `place` on; blank lines are no records.
    pub(super) fn split(
        &self,
        block: &Text<'_>,
        place: &mut Place,
        limit: usize,
        chunk: &mut Chunk,
    ) {
        chunk.clear();
        chunk.lone_return |= block.lone_return;
        while chunk.lines.len() < limit && place.at < block.bytes.len() {
            if let Some(blank) = blank_line(&block.bytes[place.at..]) {
                place.at += blank;
                place.line += 1;
                continue;
            }
            let before = chunk.spans.len();
            chunk.spans.resize(before + self.columns, Span::default());
            chunk.lines.push(place.line);
            let fault = if block.quotes {
                self.quoted(block, place, chunk)
            } else {
                self.plain(block, place, chunk)
            };
            let fault =
                fault.map(|rule| (None, rule)).or_else(|| self.not_utf8(block, chunk, before));
            if fault.is_some() {
                chunk.spans[before..].fill(Span::default());
            }
            chunk.faults.push(fault);
        }
    }

    /// One record of a block without quotation marks.
    #[inline]
    fn plain(&self, block: &Text<'_>, place: &mut Place, chunk: &mut Chunk) -> Option<Rule> {
        let bytes = block.bytes;
        let first = chunk.spans.len() - self.columns;
        let spans = &mut chunk.spans[first..];
        let mut ends = Ends::of(bytes, self.delimiter, place.at);
        let mut at = place.at;
        let mut wanted = self.wanted.iter();
        let mut is_ragged = false;
        place.line += 1;
        loop {
            let end = ends.end();
            let ends_record = bytes.get(end) != Some(&self.delimiter);
            let is_return = ends_record && end > at && bytes[end - 1] == b'\r';
            match wanted.next() {
                Some(Some(wanted)) => spans[*wanted] = span(at, end - usize::from(is_return) - at),
                Some(None) => {}
                None => is_ragged = true,
            }
            at = end + 1;
            if ends_record {
                place.at = at.min(bytes.len());
                return (is_ragged || wanted.next().is_some()).then_some(Rule::RaggedRow);
            }
        }
    }

    /// One record of a block with quotation marks somewhere.
    fn quoted(&self, block: &Text<'_>, place: &mut Place, chunk: &mut Chunk) -> Option<Rule> {
        let bytes = block.bytes;
        let first = chunk.spans.len() - self.columns;
        let (mut column, mut at, mut lines) = (0, place.at, 1);
        loop {
            let Some(field) = self.field(&bytes[at..]) else {
                let line =
                    memchr(b'\n', &bytes[place.at..]).map_or(bytes.len(), |len| place.at + len + 1);
                chunk.irregular = true;
                *place = Place { at: line, line: place.line + 1 };
                return Some(Rule::OpenQuote);
            };
            chunk.irregular |= field.irregular;
            chunk.lone_return |= field.lone_return;
            lines += field.lines;
            if let Some(Some(wanted)) = self.wanted.get(column) {
                chunk.spans[first + wanted] = if field.clean {
                    span(at + field.start, field.len)
                } else {
                    unescape(
                        &mut chunk.unescaped,
                        &bytes[at + field.start..at + field.start + field.len],
                    )
                };
            }
            column += 1;
            at += field.next;
            if field.ends_record {
                *place = Place { at: at.min(bytes.len()), line: place.line + lines };
                return (column != self.wanted.len()).then_some(Rule::RaggedRow);
            }
        }
    }

    /// The field at the start of `rest`, or nothing if its closing quotation mark is missing: what
    /// ends it on a later line, with text behind, is a mark of another row.
    fn field(&self, rest: &[u8]) -> Option<FieldEnd> {
        if rest.first() != Some(&b'"') {
            let len = memchr2(self.delimiter, b'\n', rest).unwrap_or(rest.len());
            let ends_record = rest.get(len) != Some(&self.delimiter);
            let kept =
                if ends_record && rest[..len].last() == Some(&b'\r') { len - 1 } else { len };
            let irregular = memchr(b'"', &rest[..kept]).is_some();
            let lone_return = memchr(b'\r', &rest[..kept]).is_some();
            return Some(FieldEnd {
                start: 0,
                len: kept,
                next: len + 1,
                clean: true,
                irregular,
                lone_return,
                ends_record,
                lines: 0,
            });
        }
        let mut at = 1;
        let mut clean = true;
        loop {
            let close = at + memchr(b'"', &rest[at..rest.len().min(QUOTED_MAX)])?;
            if rest.get(close + 1) == Some(&b'"') {
                clean = false;
                at = close + 2;
                if at > rest.len().min(QUOTED_MAX) {
                    return None;
                }
                continue;
            }
            let tail = &rest[close + 1..];
            let skip = memchr2(self.delimiter, b'\n', tail).unwrap_or(tail.len());
            let ends_record = tail.get(skip) != Some(&self.delimiter);
            let irregular = !(skip == 0 || (ends_record && &tail[..skip] == b"\r"));
            let lines =
                u32::try_from(memchr::memchr_iter(b'\n', &rest[1..close]).count()).unwrap_or(0);
            if irregular && lines > 0 {
                return None;
            }
            let behind = if ends_record { skip.saturating_sub(1) } else { skip };
            let lone_return = irregular && memchr(b'\r', &tail[..behind]).is_some();
            // Text behind the closing mark belongs to the value, marks and all: it then matches
            // nothing by accident.
            let (start, len) = if irregular { (0, close + 1 + skip) } else { (1, close - 1) };
            let clean = clean || irregular;
            return Some(FieldEnd {
                start,
                len,
                next: close + skip + 2,
                clean,
                irregular,
                lone_return,
                ends_record,
                lines,
            });
        }
    }

    /// The end of the last whole record, by walking every record; for files with stray marks.
    pub(super) fn cut_exactly(&self, bytes: &[u8], is_last: bool) -> usize {
        let mut end = 0;
        'records: while end < bytes.len() {
            let mut at = end;
            loop {
                let rest = &bytes[at.min(bytes.len())..];
                let field = self.field(rest);
                // What a missing mark means is known only once the longest quoted field would fit.
                let incomplete = match &field {
                    Some(field) => field.next > rest.len(),
                    None => rest.len() < QUOTED_MAX,
                };
                if incomplete && !is_last {
                    break 'records;
                }
                let Some(field) = field else {
                    at = memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |len| end + len + 1);
                    break;
                };
                at += field.next;
                if field.ends_record {
                    break;
                }
            }
            end = at.min(bytes.len());
        }
        end
    }

    fn not_utf8(
        &self,
        block: &Text<'_>,
        chunk: &Chunk,
        first: usize,
    ) -> Option<(Option<usize>, Rule)> {
        if block.is_utf8 {
            return None;
        }
        let row = first / self.columns.max(1);
        self.wanted.iter().enumerate().find_map(|(column, wanted)| {
            let field = chunk.get(block.bytes, self.columns, (*wanted)?, row);
            std::str::from_utf8(field).is_err().then_some((Some(column), Rule::InvalidUtf8))
        })
    }
}

/// Where the fields of text without quotation marks end, one after the other: eight bytes at a time, as
/// most fields are shorter than it takes to begin a search.
struct Ends<'a> {
    bytes: &'a [u8],
    delimiters: u64,
    /// Where the eight bytes begin, and which of them are ends that were not told yet.
    at: usize,
    found: u64,
}

/// Every byte of a word the same.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte that is 0, and of no other.
#[inline]
fn zeros(word: u64) -> u64 {
    const LOW: u64 = each(0x7f);
    !(((word & LOW) + LOW) | word | LOW)
}

impl<'a> Ends<'a> {
    #[inline]
    fn of(bytes: &'a [u8], delimiter: u8, at: usize) -> Self {
        let mut ends = Self { bytes, delimiters: each(delimiter), at, found: 0 };
        ends.look();
        ends
    }

    #[inline]
    fn look(&mut self) {
        let rest = &self.bytes[self.at..];
        let word = match rest.first_chunk::<8>() {
            Some(word) => u64::from_le_bytes(*word),
            // What is behind the last byte ends a field too.
            None => rest.iter().rev().fold(each(b'\n'), |word, byte| word << 8 | u64::from(*byte)),
        };
        self.found = zeros(word ^ self.delimiters) | zeros(word ^ each(b'\n'));
    }

    /// The place of the next delimiter or line feed, or the end of the text.
    #[inline]
    fn end(&mut self) -> usize {
        while self.found == 0 {
            self.at += 8;
            self.look();
        }
        let end = self.at + self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        end
    }
}

/// The bytes of a block, and what is known about all of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    quotes: bool,
    is_utf8: bool,
    /// As [`Chunk::lone_return`]; told field by field where there are quotation marks.
    lone_return: bool,
}

impl<'a> Text<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let quotes = memchr(b'"', bytes).is_some();
        // The last byte of a file may be one: nothing comes behind it.
        let is_lone = |at: usize| bytes.get(at + 1).is_some_and(|next| *next != b'\n');
        Self {
            bytes,
            quotes,
            is_utf8: std::str::from_utf8(bytes).is_ok(),
            lone_return: !quotes && memchr::memchr_iter(b'\r', bytes).any(is_lone),
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each is seen by itself")]
struct FieldEnd {
    /// Where the value starts, from the field's start.
    start: usize,
    len: usize,
    /// Where the next field starts.
    next: usize,
    /// False if doubled marks are to be made single.
    clean: bool,
    irregular: bool,
    lone_return: bool,
    ends_record: bool,
    /// Line ends inside the field.
    lines: u32,
}

/// The end of the last whole record of a block that starts with one, if quotation marks only stand
/// where the format has them.
pub(super) fn cut(bytes: &[u8]) -> Option<usize> {
    let mut end = memchr::memrchr(b'\n', bytes)? + 1;
    if memchr(b'"', &bytes[..end]).is_none() {
        return Some(end);
    }
    let mut marks = memchr::memchr_iter(b'"', &bytes[..end]).count();
    while marks % 2 == 1 {
        let earlier = memchr::memrchr(b'\n', &bytes[..end - 1])? + 1;
        marks -= memchr::memchr_iter(b'"', &bytes[earlier..end]).count();
        end = earlier;
    }
    Some(end)
}

/// The length of a line without anything at the start of `rest`.
pub(super) fn blank_line(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'\n', ..] | [b'\r'] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

#[inline]
fn span(start: usize, len: usize) -> Span {
    let narrow = |number: usize| u32::try_from(number).expect("a block is smaller than 2 GiB");
    Span { start: narrow(start), len: narrow(len) }
}

fn unescape(to: &mut Vec<u8>, text: &[u8]) -> Span {
    let start = to.len();
    let mut rest = text;
    while let Some(mark) = memchr(b'"', rest) {
        to.extend_from_slice(&rest[..=mark]);
        rest = &rest[(mark + 2).min(rest.len())..];
    }
    to.extend_from_slice(rest);
    let span = span(start, to.len() - start);
    Span { start: span.start | UNESCAPED, ..span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_end_where_a_plain_search_finds_their_ends() {
        let letters = [b',', b'\n', b'a', b'\r', 0, 0x80, 0xff, b'-', b'\x0b', b'+'];
        let mut state = 1_u64;
        for len in 0..200 {
            let mut letter = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                letters[(state >> 33) as usize % letters.len()]
            };
            let text: Vec<u8> = (0..len).map(|_| letter()).collect();
            for from in 0..=len {
                let mut ends = Ends::of(&text, b',', from);
                let mut at = from;
                while at <= len {
                    let end = memchr2(b',', b'\n', &text[at..]).map_or(len, |len| at + len);
                    assert_eq!(ends.end(), end, "{text:?} from {from}");
                    at = end + 1;
                }
            }
        }
    }
}
