//! Rows in memory: one compact vector for each column. "Not known" is a value of its own.

use std::cmp::Ordering;
use std::ops::Range;

use super::pool::{Pool, hash};
use super::tables::Form;

/// Not known, in a column of codes.
pub(super) const NO_CODE: u32 = u32::MAX;
/// Not known, in a column of small codes.
pub(super) const NO_NARROW: u16 = u16::MAX;
/// Not known, in a column of days or small numbers. Sorts first.
pub(super) const NO_INT: i32 = i32::MIN;
/// Not known, in a column of large numbers.
pub(super) const NO_LONG: i64 = i64::MIN;
/// Not known, in a column of flags.
pub(super) const NO_FLAG: u8 = 2;

/// Which rows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'a> {
    /// Each by its number.
    Rows(&'a [u32]),
    /// Whole runs of them.
    Runs(&'a [Range<usize>]),
}

impl Named<'_> {
    /// Adds their values to others.
    pub(super) fn copy<T: Copy, U>(self, to: &mut Vec<U>, from: &[T], convert: impl Fn(T) -> U) {
        match self {
            Self::Rows(rows) => to.extend(rows.iter().map(|row| convert(from[*row as usize]))),
            Self::Runs(runs) => {
                for run in runs {
                    to.extend(from[run.clone()].iter().map(|value| convert(*value)));
                }
            }
        }
    }

    /// True if all of their values are such.
    fn all<T: Copy>(self, of: &[T], is: impl Fn(T) -> bool) -> bool {
        match self {
            Self::Rows(rows) => rows.iter().all(|row| is(of[*row as usize])),
            // Counted to the end, many are looked at at once.
            Self::Runs(runs) => runs
                .iter()
                .all(|run| of[run.clone()].iter().filter(|value| !is(**value)).count() == 0),
        }
    }
}

/// The values of one column.
#[derive(Debug, Clone)]
pub(super) enum Data {
    Codes(Vec<u32>),
    /// Codes as long as they are small. Not known = [`NO_NARROW`].
    Narrow(Vec<u16>),
    /// Days and small numbers; also large ones, as long as they are small.
    Ints(Vec<i32>),
    Longs(Vec<i64>),
    /// Not known = not a number.
    Floats(Vec<f64>),
    Flags(Vec<u8>),
    Texts(Texts),
}

/// Texts that seldom repeat, one behind the other. Not known = empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Texts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn bytes_len(&self) -> usize {
        self.bytes.len()
    }

    /// All texts, one behind the other.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    fn start(&self, row: usize) -> usize {
        if row == 0 { 0 } else { self.ends[row - 1] as usize }
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> &[u8] {
        &self.bytes[self.start(row)..self.ends[row] as usize]
    }

    #[inline]
    pub(super) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.end();
    }

    #[inline]
    fn end(&mut self) {
        let end =
            u32::try_from(self.bytes.len()).expect("callers keep a column's text below 4 GiB");
        self.ends.push(end);
    }

    /// Adds the text of a row to others. Most are short: a fixed number of bytes, of which the first are
    /// kept, is copied faster than just as many as there are.
    #[inline]
    pub(super) fn append_to(&self, row: usize, bytes: &mut Vec<u8>) {
        const SHORT: usize = 16;
        let (start, end) = (self.start(row), self.ends[row] as usize);
        match self.bytes[start..].first_chunk::<SHORT>() {
            Some(block) if end - start <= SHORT => {
                let before = bytes.len();
                bytes.extend_from_slice(block);
                bytes.truncate(before + end - start);
            }
            _ => bytes.extend_from_slice(&self.bytes[start..end]),
        }
    }

    /// Adds rows of another column, one after the other.
    fn append_run(&mut self, from: &Self, rows: Range<usize>) {
        let place =
            |at: usize| u32::try_from(at).expect("callers keep a column's text below 4 GiB");
        let (start, end) = (from.start(rows.start), from.start(rows.end));
        let moved = place(self.bytes.len()).wrapping_sub(place(start));
        self.bytes.extend_from_slice(&from.bytes[start..end]);
        place(self.bytes.len());
        self.ends.extend(from.ends[rows].iter().map(|end| end.wrapping_add(moved)));
    }

    fn clear(&mut self) {
        self.ends.clear();
        self.bytes.clear();
    }
}

impl Data {
    /// An empty column for values of this form.
    pub(super) fn of(form: Form) -> Self {
        match form {
            Form::Member
            | Form::Text
            | Form::Code(..)
            | Form::Codes(_)
            | Form::Words
            | Form::Diagnosis => Self::Codes(Vec::new()),
            Form::Key | Form::LongText | Form::Instant => Self::Texts(Texts::default()),
            Form::Past
            | Form::Planned
            | Form::Month
            | Form::Whole(..)
            | Form::BirthYear
            | Form::BirthMonth => Self::Ints(Vec::new()),
            Form::Parts(_) => Self::Longs(Vec::new()),
            Form::Real => Self::Floats(Vec::new()),
            Form::Flag => Self::Flags(Vec::new()),
        }
    }

    /// An empty column that takes little room until its values need more.
    pub(super) fn compact(form: Form) -> Self {
        match Self::of(form) {
            Self::Codes(_) => Self::Narrow(Vec::new()),
            Self::Longs(_) => Self::Ints(Vec::new()),
            other => other,
        }
    }

    pub(super) fn clear(&mut self) {
        match self {
            Self::Codes(values) => values.clear(),
            Self::Narrow(values) => values.clear(),
            Self::Ints(values) => values.clear(),
            Self::Longs(values) => values.clear(),
            Self::Floats(values) => values.clear(),
            Self::Flags(values) => values.clear(),
            Self::Texts(values) => values.clear(),
        }
    }

    /// Makes room for more rows, of which texts have this many bytes each.
    fn reserve(&mut self, rows: usize, text: usize) {
        match self {
            Self::Codes(values) => values.reserve(rows),
            Self::Narrow(values) => values.reserve(rows),
            Self::Ints(values) => values.reserve(rows),
            Self::Longs(values) => values.reserve(rows),
            Self::Floats(values) => values.reserve(rows),
            Self::Flags(values) => values.reserve(rows),
            Self::Texts(values) => {
                values.ends.reserve(rows);
                values.bytes.reserve(rows * text);
            }
        }
    }

    /// Adds the named rows of another column of the same form.
    pub(super) fn append(&mut self, from: &Self, rows: Named<'_>) {
        match (&mut *self, from) {
            (Self::Codes(to), Self::Codes(from)) => rows.copy(to, from, |code| code),
            (Self::Codes(to), Self::Narrow(from)) => rows.copy(to, from, wide_code),
            (Self::Narrow(to), Self::Narrow(from)) => rows.copy(to, from, |code| code),
            (Self::Narrow(to), Self::Codes(codes)) => {
                if rows.all(codes, |code| narrow_code(code).is_some()) {
                    rows.copy(to, codes, |code| narrow_code(code).unwrap_or(NO_NARROW));
                } else {
                    *self = Self::Codes(to.iter().map(|code| wide_code(*code)).collect());
                    self.append(from, rows);
                }
            }
            (Self::Ints(to), Self::Ints(from)) => rows.copy(to, from, |int| int),
            (Self::Ints(to), Self::Longs(longs)) => {
                if rows.all(longs, |long| narrow_long(long).is_some()) {
                    rows.copy(to, longs, |long| narrow_long(long).unwrap_or(NO_INT));
                } else {
                    *self = Self::Longs(to.iter().map(|int| wide_int(*int)).collect());
                    self.append(from, rows);
                }
            }
            (Self::Longs(to), Self::Longs(from)) => rows.copy(to, from, |long| long),
            (Self::Longs(to), Self::Ints(from)) => rows.copy(to, from, wide_int),
            (Self::Floats(to), Self::Floats(from)) => rows.copy(to, from, |float| float),
            (Self::Flags(to), Self::Flags(from)) => rows.copy(to, from, |flag| flag),
            (Self::Texts(to), Self::Texts(from)) => match rows {
                Named::Rows(rows) => {
                    for row in rows {
                        from.append_to(*row as usize, &mut to.bytes);
                        to.end();
                    }
                }
                Named::Runs(runs) => {
                    for run in runs {
                        to.append_run(from, run.clone());
                    }
                }
            },
            _ => unreachable!("columns of one slot have one form"),
        }
    }

    /// Adds all of so many rows of another column of the same form, or so many without a value.
    pub(super) fn append_all(&mut self, from: Option<&Self>, rows: usize) {
        if let Some(from) = from {
            self.append(from, Named::Runs(std::slice::from_ref(&(0..rows))));
            return;
        }
        match self {
            Self::Codes(values) => values.resize(values.len() + rows, NO_CODE),
            Self::Narrow(values) => values.resize(values.len() + rows, NO_NARROW),
            Self::Ints(values) => values.resize(values.len() + rows, NO_INT),
            Self::Longs(values) => values.resize(values.len() + rows, NO_LONG),
            Self::Floats(values) => values.resize(values.len() + rows, f64::NAN),
            Self::Flags(values) => values.resize(values.len() + rows, NO_FLAG),
            Self::Texts(values) => (0..rows).for_each(|_| values.push(&[])),
        }
    }

    /// The code of a row, however wide it is kept.
    #[inline]
    pub(super) fn code(&self, row: usize) -> u32 {
        match self {
            Self::Codes(codes) => codes[row],
            Self::Narrow(codes) => wide_code(codes[row]),
            _ => NO_CODE,
        }
    }

    /// The number of a row, however wide it is kept.
    fn long(&self, row: usize) -> i64 {
        match self {
            Self::Ints(ints) => wide_int(ints[row]),
            Self::Longs(longs) => longs[row],
            _ => NO_LONG,
        }
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Codes(values) => values[row] == NO_CODE,
            Self::Narrow(values) => values[row] == NO_NARROW,
            Self::Ints(values) => values[row] == NO_INT,
            Self::Longs(values) => values[row] == NO_LONG,
            Self::Floats(values) => values[row].is_nan(),
            Self::Flags(values) => values[row] == NO_FLAG,
            Self::Texts(values) => values.get(row).is_empty(),
        }
    }

    /// Rows without a value.
    pub(super) fn nulls(&self) -> usize {
        match self {
            Self::Codes(values) => values.iter().filter(|value| **value == NO_CODE).count(),
            Self::Narrow(values) => values.iter().filter(|value| **value == NO_NARROW).count(),
            Self::Ints(values) => values.iter().filter(|value| **value == NO_INT).count(),
            Self::Longs(values) => values.iter().filter(|value| **value == NO_LONG).count(),
            Self::Floats(values) => values.iter().filter(|value| value.is_nan()).count(),
            Self::Flags(values) => values.iter().map(|value| usize::from(*value == NO_FLAG)).sum(),
            Self::Texts(values) => {
                (0..values.len()).filter(|row| values.get(*row).is_empty()).count()
            }
        }
    }

    /// Orders two rows by their values; texts of codes by letter.
    pub(super) fn compare(
        &self,
        a: usize,
        other: &Self,
        b: usize,
        pool: Option<&Pool>,
    ) -> Ordering {
        match (self, other) {
            (Self::Codes(_) | Self::Narrow(_), _) => {
                let text = |code: u32| {
                    (code != NO_CODE).then(|| pool.map_or(&[][..], |pool| pool.get(code)))
                };
                let (x, y) = (self.code(a), other.code(b));
                if x == y { Ordering::Equal } else { text(x).cmp(&text(y)) }
            }
            (Self::Ints(_) | Self::Longs(_), _) => self.long(a).cmp(&other.long(b)),
            (Self::Floats(x), Self::Floats(y)) => x[a].total_cmp(&y[b]),
            (Self::Flags(x), Self::Flags(y)) => x[a].cmp(&y[b]),
            (Self::Texts(x), Self::Texts(y)) => x.get(a).cmp(y.get(b)),
            _ => Ordering::Equal,
        }
    }

    /// True for a flag that is set.
    pub(super) fn is_set(&self, row: usize) -> bool {
        matches!(self, Self::Flags(flags) if flags[row] == 1)
    }

    pub(super) fn hash_text(&self, row: usize) -> u64 {
        match self {
            Self::Texts(values) => hash(values.get(row)),
            _ => 0,
        }
    }
}

pub(super) fn wide_code(code: u16) -> u32 {
    if code == NO_NARROW { NO_CODE } else { u32::from(code) }
}

fn narrow_code(code: u32) -> Option<u16> {
    if code == NO_CODE {
        Some(NO_NARROW)
    } else {
        u16::try_from(code).ok().filter(|code| *code != NO_NARROW)
    }
}

pub(super) fn wide_int(int: i32) -> i64 {
    if int == NO_INT { NO_LONG } else { i64::from(int) }
}

fn narrow_long(long: i64) -> Option<i32> {
    if long == NO_LONG {
        Some(NO_INT)
    } else {
        i32::try_from(long).ok().filter(|int| *int != NO_INT)
    }
}

/// Rows of one table.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// The member of each row, by number; 0 in tables without members.
    pub(super) members: Vec<u32>,
    /// Where each row stood in its file.
    pub(super) lines: Vec<u32>,
    /// Which of the table's files that is, by number; empty where there is only one.
    pub(super) files: Vec<u16>,
    /// One column for each slot of the source's plan.
    pub(super) columns: Vec<Data>,
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The named ones of the rows.
    pub(super) fn only(&self, rows: &[u32]) -> Self {
        let mut kept = Self { columns: no_rows(&self.columns), ..Self::default() };
        spread(self, std::slice::from_mut(&mut kept), &[rows]);
        kept
    }

    /// The number of a row's file among those of its table.
    #[inline]
    pub(super) fn file(&self, row: usize) -> u16 {
        self.files.get(row).copied().unwrap_or(0)
    }

    /// Makes room for `times` as many rows as there are.
    pub(super) fn reserve(&mut self, times: f64) {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate"
        )]
        let rows = (self.len() as f64 * times) as usize;
        self.members.reserve(rows);
        self.lines.reserve(rows);
        let n = self.len().max(1);
        for column in &mut self.columns {
            let text =
                if let Data::Texts(texts) = column { texts.bytes_len().div_ceil(n) } else { 0 };
            column.reserve(rows, text);
        }
    }
}

/// Adds the named rows of one set to each of several with the same columns. Column by column: a column
/// stays near while all of them take their part of it.
pub(super) fn spread(from: &Rows, to: &mut [Rows], rows: &[&[u32]]) {
    for (to, rows) in to.iter_mut().zip(rows) {
        let rows = Named::Rows(rows);
        rows.copy(&mut to.members, &from.members, |member| member);
        rows.copy(&mut to.lines, &from.lines, |line| line);
        if !from.files.is_empty() {
            rows.copy(&mut to.files, &from.files, |file| file);
        }
    }
    for (at, column) in from.columns.iter().enumerate() {
        for (to, rows) in to.iter_mut().zip(rows) {
            to.columns[at].append(column, Named::Rows(rows));
        }
    }
}

/// Such columns without a row.
fn no_rows(columns: &[Data]) -> Vec<Data> {
    let mut columns = columns.to_vec();
    columns.iter_mut().for_each(Data::clear);
    columns
}

/// Some rows of several buckets, one behind the other.
pub(super) fn gather(buckets: &[Rows], rows: &[(usize, u32)]) -> Rows {
    let columns = buckets.first().map(|rows| no_rows(&rows.columns)).unwrap_or_default();
    let mut gathered = Rows { columns, ..Rows::default() };
    for (bucket, row) in rows {
        spread(&buckets[*bucket], std::slice::from_mut(&mut gathered), &[&[*row]]);
    }
    gathered
}
