//! Synthetic extracts: all tables of the data model for a made-up state with seven BHOs.
//!
//! Each member's life is drawn from a stream of numbers that depends only on the seed and the
//! member, in whole-number arithmetic, so the same seed gives the same bytes on every machine and for
//! any number of threads. Members are drawn block by block on all threads; their rows wait on disk by
//! posting day and are then put together in the order in which they were posted, as a real extract
//! is. Memory holds some blocks and one window of days, however large the set.
//!
//! What is [`planted`] can be found again; [`Flaw`] lists the rows that intake must refuse.

mod beside;
mod broken;
mod calendar;
mod chance;
mod community;
mod event;
mod ledger;
mod life;
mod member;
mod need;
mod output;
pub mod planted;
mod readme;
mod record;
mod region;
mod rows;
mod services;
mod spill;
mod survey;
mod table;
mod visit;
mod ward;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use crate::terms::{Day, Table};
use calendar::Calendar;
use chance::{Dice, Purpose};
use member::Member;
use output::{Output, Staging};
use rows::Rows;
use spill::Spill;

pub use broken::Flaw;

/// Members drawn at once by one thread.
const BLOCK: u32 = 512;
/// The most members a set can have.
pub const MOST_MEMBERS: u32 = 50_000_000;
/// The most months a set can have.
pub const MOST_MONTHS: u32 = 120;

/// Whether the files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compress {
    /// `.csv`
    None,
    /// `.csv.gz`
    Gzip,
}

/// What to write.
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    /// Members of the plan; about a third of them are served.
    pub members: u32,
    /// Whole months of care.
    pub months: u32,
    /// Where the draws begin.
    pub seed: u64,
    /// First day of the first month.
    pub start: Day,
    /// The folder to write: new or empty.
    pub out: &'a Path,
    /// Whether the files are compressed.
    pub compress: Compress,
    /// Threads that draw members; they change the time only.
    pub threads: usize,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The rows of each table, broken ones included.
    pub rows: Vec<(Table, u64)>,
    /// Last day of care.
    pub last: Day,
    /// The day the extracts were cut.
    pub extract_date: Day,
    /// First day of the planted step change.
    pub step_from: Day,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder holds something.
    #[error("{} is not empty; name a new folder or empty this one", .out.display())]
    NotEmpty {
        /// The folder.
        out: PathBuf,
    },
    /// The path cannot be a folder of its own.
    #[error("{} is not a folder that can be written; name a new folder", .out.display())]
    NotAFolder {
        /// The path.
        out: PathBuf,
    },
    /// A number is too small or too large.
    #[error("{what} must be from 1 to {most}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// The largest one allowed.
        most: u32,
    },
    /// The first day is not the first of a month, or no year that the tables can hold.
    #[error("the start must be the first day of a month between 1950 and 2200")]
    Start,
    /// Reading or writing failed.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The day after the last day of care where no start is named.
const FIRST_OF_NOVEMBER_2026: Day = Day(20_758);

/// The first month that makes the last of `months` months October 2026.
pub fn default_start(months: u32) -> Day {
    FIRST_OF_NOVEMBER_2026.months_later(-i32::try_from(months).unwrap_or(i32::MAX / 24))
}

/// Writes a set of extracts. `progress` hears in thousandths how much is done.
pub fn write(settings: &Settings<'_>, progress: &dyn Fn(u64)) -> Result<Written, Error> {
    let calendar = check(settings)?;
    let staging = Staging::create(settings.out)?;
    let gzip = settings.compress == Compress::Gzip;
    let mut outputs = spill::open_tables(staging.folder(), gzip)?;
    let window_days = window_days(settings.members, &calendar);
    let windows = rows::windows_of(&calendar, window_days);
    let mut spill = Spill::create(staging.folder(), windows)?;

    let mut counts = [0; 12];
    let mut take = |rows: Rows<'_>| -> Result<(), Error> {
        spill.add(&rows.windows)?;
        outputs[Table::Members.index()].write(&rows.members)?;
        outputs[Table::Enrolment.index()].write(&rows.enrolment)?;
        for (sum, count) in counts.iter_mut().zip(rows.counts) {
            *sum += count;
        }
        Ok(())
    };
    draw_members(settings, &calendar, window_days, &mut |rows, share| {
        progress(share * 6 / 10);
        take(rows)
    })?;
    let mut rest = Rows::new(&calendar, window_days);
    community::activities(settings.seed, &calendar, &mut rest);
    broken::rows(settings.seed, settings.members, &calendar, &mut rest);
    take(rest)?;

    let mut done = 0;
    spill.drain(&mut outputs, &mut || {
        done += 1;
        progress(600 + 400 * done / u64::try_from(windows).unwrap_or(1).max(1));
    })?;
    outputs.into_iter().try_for_each(Output::finish)?;
    let written = Written {
        rows: Table::ALL.into_iter().zip(counts).collect(),
        last: calendar.last,
        extract_date: calendar.extract,
        step_from: calendar.step,
    };
    readme::write(settings, &calendar, &written, staging.folder())?;
    staging.put_in_place()?;
    Ok(written)
}

/// Days of posting that are sorted at once: fewer for larger sets, so that a window fits into memory,
/// but never so few that there are too many files.
fn window_days(members: u32, calendar: &Calendar) -> i32 {
    let fewest = 1 + (calendar.extract - calendar.first) / 400;
    i32::try_from(5_000_000 / members).unwrap_or(i32::MAX).clamp(fewest, 31)
}

/// The calendar of settings that make sense.
fn check(settings: &Settings<'_>) -> Result<Calendar, Error> {
    let within = |what, number: u32, most| match number {
        1.. if number <= most => Ok(()),
        _ => Err(Error::OutOfRange { what, most }),
    };
    within("the number of members", settings.members, MOST_MEMBERS)?;
    within("the number of months", settings.months, MOST_MONTHS)?;
    let start = settings.start;
    if start != start.first_of_month() || !(1950..=2200).contains(&start.year()) {
        return Err(Error::Start);
    }
    let months = i32::try_from(settings.months).expect("at most 120");
    Ok(Calendar::new(start, months, planted::step_from(start, months)))
}

/// Draws all members on several threads and hands their rows over in the order of the members, with
/// the share that is done in thousandths. Each thread draws every so-many-th block and runs at most
/// two blocks ahead, which bounds memory.
fn draw_members(
    settings: &Settings<'_>,
    calendar: &Calendar,
    window_days: i32,
    take: &mut dyn FnMut(Rows<'_>, u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let blocks = settings.members.div_ceil(BLOCK);
    let threads = settings.threads.clamp(1, 64);
    std::thread::scope(|scope| {
        let queues: Vec<_> = (0..threads)
            .map(|thread| {
                let (send, receive) = mpsc::sync_channel(2);
                scope.spawn(move || {
                    for block in (0..blocks).skip(thread).step_by(threads) {
                        // Nobody takes the rows once writing has failed.
                        if send.send(draw_block(settings, calendar, window_days, block)).is_err() {
                            return;
                        }
                    }
                });
                receive
            })
            .collect();
        for (block, queue) in (0..blocks).zip(queues.iter().cycle()) {
            let rows = queue.recv().expect("a thread sends each of its blocks");
            take(rows, u64::from(block + 1) * 1000 / u64::from(blocks))?;
        }
        Ok(())
    })
}

fn draw_block<'c>(
    settings: &Settings<'_>,
    calendar: &'c Calendar,
    window_days: i32,
    block: u32,
) -> Rows<'c> {
    let mut rows = Rows::new(calendar, window_days);
    let first = block * BLOCK + 1;
    for number in first..=settings.members.min(first + BLOCK - 1) {
        let mut dice = Dice::new(settings.seed, Purpose::Member, u64::from(number));
        let member = Member::draw(number, calendar, &mut dice);
        member.list(&mut rows, &mut dice);
        match member.need {
            Some(need) => life::live(&member, need, dice, &mut rows),
            None => life::pass_by(&member, dice, &mut rows),
        }
        survey::answers(settings.seed, &member, &mut rows);
    }
    rows
}

/// Adds the path to what the system says.
fn at(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    move |source| Error::Io { path: path.to_owned(), source }
}
