//! Rows as text, kept by the window of days in which they were posted.

use super::calendar::Calendar;
use crate::terms::{Day, Table};

/// Bytes before the text of a row: table, posting day, place within the day, length.
pub(super) const FRAME_BYTES: usize = 13;

/// The rows of a block of members. Members and enrolment keep the order of the members; all other
/// rows go to the window in which they were posted, because an extract lists them in that order.
pub(super) struct Rows<'c> {
    /// The days of the run.
    pub(super) calendar: &'c Calendar,
    /// Text of `members`.
    pub(super) members: Vec<u8>,
    /// Text of `enrolment`.
    pub(super) enrolment: Vec<u8>,
    /// Framed rows of all other tables, by window.
    pub(super) windows: Vec<Vec<u8>>,
    /// Rows written, by table.
    pub(super) counts: [u64; 12],
    window_days: i32,
}

impl<'c> Rows<'c> {
    /// No rows yet.
    pub(super) fn new(calendar: &'c Calendar, window_days: i32) -> Self {
        let windows = vec![Vec::new(); windows_of(calendar, window_days)];
        Self {
            calendar,
            members: Vec::new(),
            enrolment: Vec::new(),
            windows,
            counts: [0; 12],
            window_days,
        }
    }

    /// Writes a row that is posted on `posted`, at place `key` among the rows of that day. A row
    /// posted after the extract was cut is not in it: that is the run-out.
    pub(super) fn post(
        &mut self,
        table: Table,
        posted: Day,
        key: u32,
        write: impl FnOnce(&mut Line<'_>),
    ) {
        if posted > self.calendar.extract {
            return;
        }
        let posted = posted.0.max(self.calendar.first.0);
        let window =
            usize::try_from((posted - self.calendar.first.0) / self.window_days).unwrap_or(0);
        let out = &mut self.windows[window];
        let start = out.len();
        out.push(u8::try_from(table.index()).expect("twelve tables"));
        out.extend_from_slice(&posted.to_be_bytes());
        out.extend_from_slice(&key.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        let mut line = Line::new(out, self.calendar);
        write(&mut line);
        line.end();
        let length = u32::try_from(out.len() - start - FRAME_BYTES).expect("a row is short");
        out[start + 9..start + FRAME_BYTES].copy_from_slice(&length.to_be_bytes());
        self.counts[table.index()] += 1;
    }

    /// Writes a row of `members` or `enrolment`.
    pub(super) fn list(&mut self, table: Table, write: impl FnOnce(&mut Line<'_>)) {
        let out = if table == Table::Members { &mut self.members } else { &mut self.enrolment };
        let mut line = Line::new(out, self.calendar);
        write(&mut line);
        line.end();
        self.counts[table.index()] += 1;
    }
}

/// How many windows a run has.
pub(super) fn windows_of(calendar: &Calendar, window_days: i32) -> usize {
    usize::try_from((calendar.extract - calendar.first) / window_days).unwrap_or(0) + 1
}

/// A row while it is written, field by field.
pub(super) struct Line<'o> {
    out: &'o mut Vec<u8>,
    calendar: &'o Calendar,
    begun: bool,
}

impl<'o> Line<'o> {
    fn new(out: &'o mut Vec<u8>, calendar: &'o Calendar) -> Self {
        Self { out, calendar, begun: false }
    }

    fn next(&mut self) -> &mut Vec<u8> {
        if self.begun {
            self.out.push(b',');
        }
        self.begun = true;
        self.out
    }

    fn end(self) {
        self.out.push(b'\n');
    }

    /// Fields as they stand, for rows that are broken on purpose.
    pub(super) fn raw(&mut self, fields: &[u8]) {
        self.next().extend_from_slice(fields);
    }

    /// A field of text without commas or quotes; empty = not known.
    pub(super) fn text(&mut self, text: &str) {
        self.next().extend_from_slice(text.as_bytes());
    }

    /// A set of values: quoted where it has more than one.
    pub(super) fn quoted(&mut self, text: &str) {
        let quote: &[u8] = if text.contains(';') { b"\"" } else { b"" };
        let out = self.next();
        out.extend_from_slice(quote);
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(quote);
    }

    /// This many fields that are not known.
    pub(super) fn unknown(&mut self, fields: usize) {
        for _ in 0..fields {
            self.next();
        }
    }

    /// A date.
    pub(super) fn day(&mut self, day: Day) {
        self.next();
        self.calendar.write(day, self.out);
    }

    /// A date, where there is one.
    pub(super) fn maybe_day(&mut self, day: Option<Day>) {
        match day {
            Some(day) => self.day(day),
            None => self.unknown(1),
        }
    }

    /// A whole number.
    pub(super) fn number(&mut self, number: i32) {
        let out = self.next();
        digits(out, number, 1);
    }

    /// A whole number, where there is one.
    pub(super) fn maybe_number(&mut self, number: Option<i32>) {
        match number {
            Some(number) => self.number(number),
            None => self.unknown(1),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, flag: bool) {
        self.text(if flag { "true" } else { "false" });
    }

    /// `true`, or nothing.
    pub(super) fn mark(&mut self, flag: bool) {
        self.text(if flag { "true" } else { "" });
    }

    /// An amount of money in dollars.
    pub(super) fn cents(&mut self, cents: i32) {
        let out = self.next();
        digits(out, cents / 100, 1);
        out.push(b'.');
        digits(out, cents % 100, 2);
    }

    /// A pseudonym: a letter and a number.
    pub(super) fn id(&mut self, letter: u8, number: u32) {
        let out = self.next();
        out.push(letter);
        digits(out, i32::try_from(number).expect("members are limited"), 6);
    }

    /// The key of a member's row: a letter, the member's number, the row's own.
    pub(super) fn key(&mut self, letter: u8, number: u32, serial: i32) {
        self.id(letter, number);
        self.out.push(b'_');
        digits(self.out, serial, 1);
    }

    /// A pseudonym, where there is one.
    pub(super) fn maybe_id(&mut self, letter: u8, number: Option<i32>) {
        match number {
            Some(number) => self.id(letter, number.unsigned_abs()),
            None => self.unknown(1),
        }
    }

    /// An amount of money, where there is one.
    pub(super) fn maybe_cents(&mut self, cents: Option<i32>) {
        match cents {
            Some(cents) => self.cents(cents),
            None => self.unknown(1),
        }
    }

    /// An instant, where there is one.
    pub(super) fn maybe_instant(&mut self, instant: Option<(Day, i32)>) {
        match instant {
            Some((day, minutes)) => self.instant(day, minutes),
            None => self.unknown(1),
        }
    }

    /// An instant on a day, from minutes since midnight.
    pub(super) fn instant(&mut self, day: Day, minutes: i32) {
        self.next();
        self.calendar.write(day + minutes.div_euclid(1440), self.out);
        self.out.push(b'T');
        let minutes = minutes.rem_euclid(1440);
        digits(self.out, minutes / 60, 2);
        self.out.push(b':');
        digits(self.out, minutes % 60, 2);
        self.out.extend_from_slice(b":00");
    }
}

/// Appends a number that is not negative, with at least `width` digits.
fn digits(out: &mut Vec<u8>, number: i32, width: usize) {
    let mut left = number.unsigned_abs();
    let mut buffer = [b'0'; 10];
    let mut at = buffer.len();
    while left > 0 || buffer.len() - at < width {
        at -= 1;
        buffer[at] += u8::try_from(left % 10).expect("a digit");
        left /= 10;
    }
    out.extend_from_slice(&buffer[at..]);
}
