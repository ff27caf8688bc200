//! Rows that are broken on purpose: some of every kind that intake must refuse.

use super::calendar::Calendar;
use super::chance::{Dice, Purpose};
use super::rows::Rows;
use crate::terms::{Day, Table};

/// What is wrong with a row, and in which table such rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A date that the calendar does not have (contacts).
    ImpossibleDate,
    /// A stay, and a span of enrolment, that end before they start.
    EndBeforeStart,
    /// A status (contacts) and a facility class (stays) that are in no code list.
    UnknownCode,

    /// A contact id that an earlier row has, with other content.
    DuplicateKey,
    /// A contact that was delivered twice.
    Repeated,
    /// A contact of a member who is not in `members`.
    UnknownMember,
    /// A contact after the day the extract was cut.
    AfterExtract,
    /// A contact with too few or too many fields.
    Ragged,
    /// A contact with a byte that is not UTF-8.
    NotUtf8,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Self; 9] = [
        Self::ImpossibleDate,
        Self::EndBeforeStart,
        Self::UnknownCode,
        Self::DuplicateKey,
        Self::Repeated,
        Self::UnknownMember,
        Self::AfterExtract,
        Self::Ragged,
        Self::NotUtf8,
    ];

    /// What is wrong, in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::ImpossibleDate => "a date that the calendar does not have",
            Self::EndBeforeStart => "an end before the start",
            Self::UnknownCode => "a code that is in no code list",
            Self::DuplicateKey => "a key that an earlier row has, with other content",
            Self::Repeated => "the same row again",
            Self::UnknownMember => "a member who is not in `members`",
            Self::AfterExtract => "a date after the extract date",
            Self::Ragged => "too few or too many fields",
            Self::NotUtf8 => "a byte that is not UTF-8",
        }
    }

    /// How many broken rows of this kind a set of so many members has, by table. Small sets have fewer, so
    /// that they are refused only where a pipeline says so.
    pub fn rows(self, members: u32) -> impl Iterator<Item = (Table, i32)> {
        let of_all: &[(Table, i32)] = match self {
            Self::EndBeforeStart => &[(Table::Stays, 3), (Table::Enrolment, 2)],
            Self::UnknownCode => &[(Table::Contacts, 3), (Table::Stays, 2)],
            Self::Ragged => &[(Table::Contacts, 4)],
            Self::DuplicateKey | Self::Repeated => &[(Table::Contacts, 3)],
            _ => &[(Table::Contacts, 5)],
        };
        let most = move |table: Table| {
            let each = if table == Table::Contacts { 40 } else { 150 };
            i32::try_from(members / each).unwrap_or(i32::MAX)
        };
        let rows = of_all.iter().map(move |(table, count)| (*table, most(*table).min(*count)));
        rows.filter(|(_, count)| *count > 0)
    }
}

/// Writes the broken rows among the others.
pub(super) fn rows(seed: u64, members: u32, calendar: &Calendar, rows: &mut Rows<'_>) {
    let mut dice = Dice::new(seed, Purpose::Broken, 0);
    let mut serial = 0;
    for flaw in Flaw::ALL {
        for (table, count) in flaw.rows(members) {
            for nth in 0..count {
                let member =
                    1 + u32::try_from(dice.below(i32::try_from(members).unwrap_or(i32::MAX)))
                        .unwrap_or(0);
                let day = calendar.first + dice.below((calendar.last - calendar.first).max(1));
                match table {
                    Table::Stays => stay(flaw, member, serial, day, rows, &mut dice),
                    Table::Enrolment => span(member, day, calendar, rows),
                    _ => contact(flaw, nth, Row { member, serial, day, members }, rows, &mut dice),
                }
                serial += 1;
            }
        }
    }
}

/// Where a broken contact goes.
#[derive(Clone, Copy)]
struct Row {
    member: u32,
    serial: i32,
    day: Day,
    members: u32,
}

fn contact(flaw: Flaw, nth: i32, row: Row, rows: &mut Rows<'_>, dice: &mut Dice) {
    let serial = row.serial;
    let mut fields = Fields {
        id: format!("X{serial:04}"),
        member: format!("M{:06}", row.member),
        date: row.day.to_string(),
        status: "attended",
        code: b"H0004",
    };
    let mut posted = row.day + 5;
    match flaw {
        Flaw::ImpossibleDate => fields.date = format!("{:04}-02-30", row.day.year()),
        Flaw::UnknownCode => fields.status = "atended",
        Flaw::UnknownMember => {
            fields.member = format!("M{:06}", row.members + 1 + u32::try_from(serial).unwrap_or(0));
        }
        Flaw::AfterExtract => {
            let extract = rows.calendar.extract;
            (fields.date, posted) = ((extract + 3 + nth).to_string(), extract);
        }
        Flaw::NotUtf8 => fields.code = b"LOC\xe9",
        Flaw::DuplicateKey | Flaw::Repeated => {
            let first = fields.line();
            rows.post(Table::Contacts, posted - 3, dice.bits(), |line| line.raw(&first));
            if flaw == Flaw::DuplicateKey {
                fields.code = b"H0034";
            }
        }
        Flaw::EndBeforeStart | Flaw::Ragged => {}
    }
    let mut line = fields.line();
    if flaw == Flaw::Ragged && nth % 2 == 0 {
        line.truncate(line.len() - 14);
    } else if flaw == Flaw::Ragged {
        line.extend_from_slice(b",,late");
    }
    rows.post(Table::Contacts, posted, dice.bits(), |out| out.raw(&line));
}

/// The fields of a contact that a flaw touches.
struct Fields {
    id: String,
    member: String,
    date: String,
    status: &'static str,
    code: &'static [u8],
}

impl Fields {
    fn line(&self) -> Vec<u8> {
        let mut line =
            format!("{},{},{},,,45,{},", self.id, self.member, self.date, self.status).into_bytes();
        line.extend_from_slice(self.code);
        line.extend_from_slice(
            b",,,53,in_person,A101,C010111,,therapist,F33.1,,,,,,,,,3,102.00,,,",
        );
        line
    }
}

fn stay(flaw: Flaw, member: u32, serial: i32, day: Day, rows: &mut Rows<'_>, dice: &mut Dice) {
    let (discharge, class) = match flaw {
        Flaw::EndBeforeStart => (day - 4, "acute_psych"),
        _ => (day + 4, "acute_ward"),
    };
    rows.post(Table::Stays, day + 9, dice.bits(), |line| {
        line.text(&format!("X{serial:04}"));
        line.id(b'M', member);
        line.day(day);
        line.day(discharge);
        line.number(6);
        line.text(class);
        line.text("F101");
        line.unknown(1);
        line.text("F33.2");
        line.unknown(4);
        line.text("voluntary");
        line.text("home");
        line.flag(false);
        line.unknown(5);
        line.flag(false);
    });
}

fn span(member: u32, day: Day, calendar: &Calendar, rows: &mut Rows<'_>) {
    let start = day.max(calendar.first + 40);
    rows.list(Table::Enrolment, |line| {
        line.id(b'M', member);
        line.day(start);
        line.day(start - 31);
        line.text("B1");
        line.text("standard");
        line.text("expansion");
        line.flag(false);
    });
}
