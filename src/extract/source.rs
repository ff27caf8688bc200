//! Reads one delivered file, piece by piece on all cores, and spreads its good rows over buckets.

use std::path::Path;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::convert::{Conversion, Fault};
use super::fields::{Arrays, Fields, Records};
use super::header;
use super::pieces::{Batches, Blocks, Format, Mark, Piece, Stop, sha256_of};
use super::plan::Plan;
use super::pools::{Lexicon, Members, Pools};
use super::problem::{Error, Problem};
use super::rows::{Data, Rows, spread};
use super::rule::Rule;
use super::settings::{OnProgress, Phase, Progress};
use super::split::{Chunk, Place, Splitter, Text};
use super::submission::Submission;

/// Records that are converted column by column at a time: their fields fit into a core's cache.
pub(super) const CHUNK: usize = 4096;

/// A refused row; the table is its source's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Refused {
    /// The number of the file among those of its table.
    pub(super) file: u16,
    pub(super) line: u32,
    /// The column's place in the file; nothing for a fault of the row as a whole.
    pub(super) column: Option<u32>,
    pub(super) rule: Rule,
}

/// What was read from the files of one table.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) plan: Plan,
    pub(super) lexicons: Vec<Lexicon>,
    /// Good rows by bucket.
    pub(super) buckets: Vec<Rows>,
    pub(super) refused: Vec<Refused>,
    /// The files, the oldest first.
    pub(super) submissions: Vec<Submission>,
}

/// Reads a file whose plan is made. Whatever came of it, a file that somebody writes to meanwhile is
/// refused: half of it may be of another delivery.
pub(super) fn read(
    plan: Plan,
    members: &Members,
    pools: &Pools,
    may_add_members: bool,
    buckets: usize,
    on_progress: OnProgress<'_>,
) -> Result<Reading, Error> {
    let (path, mark) = (plan.delivered.path.clone(), plan.delivered.mark);
    let file = plan.delivered.file.clone();
    let read = read_file(plan, members, pools, may_add_members, buckets, on_progress);
    unchanged(&path, mark, &file).and(read)
}

/// An error if a file is no longer what it was before it was read.
pub(super) fn unchanged(path: &Path, mark: Mark, file: &str) -> Result<(), Error> {
    if Mark::of(path).is_ok_and(|now| now == mark) {
        return Ok(());
    }
    let message = "the file was changed while it was read";
    let help = "wait until it is delivered whole, and run again";
    Err(Error::Problems(vec![Problem::new("changed_while_read", message, help).file(file)]))
}

fn read_file(
    plan: Plan,
    members: &Members,
    pools: &Pools,
    may_add_members: bool,
    buckets: usize,
    on_progress: OnProgress<'_>,
) -> Result<Reading, Error> {
    let lexicons: Vec<Lexicon> = plan.bindings.iter().map(|_| Lexicon::default()).collect();
    let wanted = plan.wanted();
    let last_day = plan.delivered.dates.extract_date.map_or(i32::MAX, |day| day.0);
    let conversion = Conversion {
        plan: &plan,
        members,
        pools,
        lexicons: &lexicons,
        wanted: &wanted,
        may_add_members,
        last_day,
    };
    let mut rows = Collected::new(&plan, buckets);
    let (sha256, bytes) = match plan.delivered.format {
        Format::Parquet => read_table(&conversion, &mut rows, on_progress)?,
        Format::Csv | Format::Gzip => {
            if let Some(hash) = read_text(&conversion, &mut rows, false, on_progress)? {
                hash
            } else {
                rows = Collected::new(&plan, buckets);
                read_text(&conversion, &mut rows, true, on_progress)?.unwrap_or_default()
            }
        }
    };
    let Collected { buckets, refused, n_read, .. } = rows;
    let submissions = vec![Submission::of(&plan, n_read, sha256, bytes)];
    Ok(Reading { plan, lexicons, buckets, refused, submissions })
}

struct Collected {
    buckets: Vec<Rows>,
    refused: Vec<Refused>,
    n_read: u64,
    /// The size of the file, in the unit of [`Part::size`]; 0 if that cannot be known.
    total: f64,
}

impl Collected {
    fn new(plan: &Plan, buckets: usize) -> Self {
        Self {
            total: 0.0,
            buckets: (0..buckets).map(|_| empty(plan)).collect(),
            refused: Vec::new(),
            n_read: 0,
        }
    }

    /// Adds converted pieces in the order of the file.
    fn add(&mut self, parts: Vec<Part>) -> Result<(), Error> {
        let is_first = self.n_read == 0;
        let times = self.total / parts.iter().map(|part| part.size).sum::<f64>();
        let at_once = self.buckets.len().div_ceil(4 * rayon::current_num_threads()).max(1);
        self.buckets.par_chunks_mut(at_once).enumerate().try_for_each(|(chunk, to)| {
            for part in &parts {
                let rows = (chunk * at_once..).take(to.len()).map(|bucket| part.of_bucket(bucket));
                spread(&part.rows, to, &rows.collect::<Vec<&[u32]>>());
            }
            // Room for the rest of the file at once: growing by doubling copies every row again.
            if is_first && times > 1.0 {
                for to in to.iter_mut() {
                    to.reserve((times - 1.0) * 1.02);
                }
            }
            if to.iter().all(has_room) { Ok(()) } else { Err(Error::BucketTooLarge) }
        })?;
        for part in parts {
            self.n_read += part.n_read;
            self.refused.extend(part.refused);
        }
        Ok(())
    }
}

/// Rows and bytes of text are counted in 28 and 32 bits; a further piece must fit in.
pub(super) fn has_room(rows: &Rows) -> bool {
    let text = |column: &Data| if let Data::Texts(texts) = column { texts.bytes_len() } else { 0 };
    rows.len() < (1 << 28) - (1 << 24) && rows.columns.iter().all(|column| text(column) < (1 << 31))
}

fn empty(plan: &Plan) -> Rows {
    Rows {
        columns: plan.slots.iter().map(|slot| Data::compact(slot.form)).collect(),
        ..Rows::default()
    }
}

/// The converted rows of one piece.
struct Part {
    rows: Rows,
    /// Rows ordered by bucket, and where each bucket starts.
    order: Vec<u32>,
    starts: Vec<usize>,
    refused: Vec<Refused>,
    n_read: u64,
    irregular: bool,
    lone_return: bool,
    /// Bytes of text or rows.
    size: f64,
}

impl Part {
    fn of_bucket(&self, bucket: usize) -> &[u32] {
        &self.order[self.starts[bucket]..self.starts[bucket + 1]]
    }
}

/// Reads pieces while earlier ones are converted.
fn overlap<S: From<Error> + Send>(
    mut next: impl FnMut() -> Result<Option<Piece>, S> + Send,
    convert: impl Fn(&Piece) -> Part + Sync,
    rows: &mut Collected,
    mut check: impl FnMut(&[Part]) -> Result<(), S>,
) -> Result<(), S> {
    // More pieces than threads, because pieces do not take equally long.
    let at_once = 4 * rayon::current_num_threads();
    let mut take = || -> Result<Vec<Piece>, S> {
        let mut pieces = Vec::new();
        while pieces.len() < at_once {
            let Some(piece) = next()? else { break };
            pieces.push(piece);
        }
        Ok(pieces)
    };
    let mut pieces = take()?;
    while !pieces.is_empty() {
        let (upcoming, parts) =
            rayon::join(&mut take, || pieces.par_iter().map(&convert).collect::<Vec<Part>>());
        check(&parts)?;
        rows.add(parts)?;
        pieces = upcoming?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn approximate(size: u64) -> f64 {
    size as f64
}

/// Why reading stopped before the end.
enum Halt {
    Error(Error),
    Irregular,
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Reads a delimited file; nothing if it must be read again, exactly.
fn read_text(
    conversion: &Conversion<'_>,
    rows: &mut Collected,
    exactly: bool,
    on_progress: OnProgress<'_>,
) -> Result<Option<(String, u64)>, Error> {
    let delivered = &conversion.plan.delivered;
    let columns = conversion.wanted.iter().flatten().count();
    let splitter = Splitter {
        delimiter: delivered.source.delimiter,
        wanted: conversion.wanted.to_vec(),
        columns,
    };
    let io = |error| Error::Io { path: delivered.path.clone(), source: error };
    let size = std::fs::metadata(&delivered.path).map_err(io)?.len();
    rows.total = if delivered.format == Format::Csv { approximate(size) } else { 0.0 };
    let mut blocks = Blocks::open(&delivered.path, delivered.format).map_err(io)?;
    if exactly {
        blocks = blocks.exactly(splitter.clone());
    }
    let outcome = overlap(
        || {
            let piece = blocks.next().map_err(|stop| match stop {
                Stop::Io(error) => Halt::Error(io(error)),
                Stop::Irregular => Halt::Irregular,
            });
            on_progress(Progress {
                phase: Phase::Reading,
                file: &delivered.file,
                done: blocks.bytes_read(),
                total: size,
            });
            piece
        },
        |piece| convert_text(conversion, &splitter, piece),
        rows,
        |parts: &[Part]| {
            let lone_return = parts.iter().any(|part| part.lone_return);
            match lone_return || parts.iter().any(|part| part.irregular) {
                true if !exactly => Err(Halt::Irregular),
                true if lone_return => Err(Halt::Error(Error::Problems(vec![
                    header::lone_return().file(&delivered.file),
                ]))),
                _ => Ok(()),
            }
        },
    );
    match outcome {
        Ok(()) => blocks.sha256().map(Some).map_err(io),
        Err(Halt::Irregular) => Ok(None),
        Err(Halt::Error(error)) => Err(error),
    }
}

fn read_table(
    conversion: &Conversion<'_>,
    rows: &mut Collected,
    on_progress: OnProgress<'_>,
) -> Result<(String, u64), Error> {
    let delivered = &conversion.plan.delivered;
    let io = |error| Error::Io { path: delivered.path.clone(), source: error };
    let wanted = (0..conversion.wanted.len()).filter(|at| conversion.wanted[*at].is_some());
    let columns: Vec<(usize, bool)> =
        wanted.map(|at| (at, conversion.plan.keeps_time(at))).collect();
    let (sha256, bytes) = sha256_of(&delivered.path).map_err(io)?;
    let mut batches = Batches::open(&delivered.path, &columns).map_err(io)?;
    rows.total = approximate(batches.rows());
    overlap(
        || {
            let piece = batches.next().map_err(io);
            on_progress(Progress {
                phase: Phase::Reading,
                file: &delivered.file,
                done: batches.rows_read(),
                total: batches.rows(),
            });
            piece
        },
        |piece| convert_table(conversion, piece),
        rows,
        |_| Ok(()),
    )?;
    Ok((sha256, bytes))
}

fn convert_text(conversion: &Conversion<'_>, splitter: &Splitter, piece: &Piece) -> Part {
    let Piece::Text { bytes, line } = piece else { unreachable!("delimited files give text") };
    let text = Text::of(bytes);
    let mut place = Place { at: 0, line: *line };
    let mut chunk = Chunk::default();
    if *line == 1 {
        splitter.split(&text, &mut place, 1, &mut chunk);
    }
    let mut building = Building::new(conversion);
    loop {
        splitter.split(&text, &mut place, CHUNK, &mut chunk);
        if chunk.lines.is_empty() {
            break;
        }
        let faults = chunk
            .faults
            .iter()
            .map(|fault| fault.map_or(Fault::NONE, |(column, rule)| Fault::of(column, rule)));
        building.faults.clear();
        building.faults.extend(faults);
        let records = Records { chunk: &chunk, bytes, columns: splitter.columns };
        building.add(conversion, &records, &chunk.lines);
    }
    let part = building.finish(conversion, bytes.len());
    Part { irregular: chunk.irregular, lone_return: chunk.lone_return, ..part }
}

fn convert_table(conversion: &Conversion<'_>, piece: &Piece) -> Part {
    let Piece::Table { columns, unread, line, rows } = piece else {
        unreachable!("Parquet files give tables")
    };
    let mut building = Building::new(conversion);
    for first in (0..*rows).step_by(CHUNK) {
        let fields = Arrays { columns, unread, first, rows: CHUNK.min(rows - first) };
        let from = line + u32::try_from(first).expect("a batch is small");
        let lines: Vec<u32> = (from..).take(fields.rows).collect();
        building.faults.clear();
        building.faults.resize(fields.rows, Fault::NONE);
        for (row, (column, rule)) in unread.range(first..first + fields.rows) {
            let place = conversion.wanted.iter().position(|wanted| *wanted == Some(*column));
            building.faults[row - first] = Fault::of(place, *rule);
        }
        building.add(conversion, &fields, &lines);
    }
    building.finish(conversion, *rows)
}

/// A part in the making.
struct Building {
    rows: Rows,
    scratch: Vec<Data>,
    faults: Vec<Fault>,
    refused: Vec<Refused>,
    n_read: u64,
}

impl Building {
    fn new(conversion: &Conversion<'_>) -> Self {
        Self {
            rows: empty(conversion.plan),
            scratch: conversion.scratch(),
            faults: Vec::new(),
            refused: Vec::new(),
            n_read: 0,
        }
    }

    fn add(&mut self, conversion: &Conversion<'_>, fields: &impl Fields, lines: &[u32]) {
        conversion.convert(fields, lines, &mut self.faults, &mut self.scratch, &mut self.rows);
        self.n_read += lines.len() as u64;
        for (fault, line) in
            self.faults.iter().zip(lines).filter(|(fault, _)| **fault != Fault::NONE)
        {
            let column = fault.column().map(|column| u32::try_from(column).unwrap_or(u32::MAX));
            self.refused.push(Refused { file: 0, line: *line, column, rule: fault.rule() });
        }
    }

    /// Orders the rows by bucket.
    fn finish(self, conversion: &Conversion<'_>, size: usize) -> Part {
        let Self { rows, refused, n_read, .. } = self;
        let known = conversion.members.known();
        let bucket =
            |member: &u32| known.buckets.get(*member as usize).copied().unwrap_or(0) as usize;
        let mut starts = vec![0; conversion.members.buckets() + 1];
        for member in &rows.members {
            starts[bucket(member) + 1] += 1;
        }
        for bucket in 1..starts.len() {
            starts[bucket] += starts[bucket - 1];
        }
        let mut next = starts.clone();
        let mut order = vec![0; rows.len()];
        for (row, member) in (0_u32..).zip(&rows.members) {
            let place = &mut next[bucket(member)];
            order[*place] = row;
            *place += 1;
        }
        let size = approximate(size as u64);
        Part { rows, order, starts, refused, n_read, irregular: false, lone_return: false, size }
    }
}

impl Reading {
    /// Rows read from all files.
    pub(super) fn n_read(&self) -> u64 {
        self.submissions.iter().map(|one| one.n_read).sum()
    }

    /// The names of the files, for people.
    pub(super) fn files(&self) -> String {
        let first = &self.submissions[0].delivered.file;
        match self.submissions.len() {
            1 => first.clone(),
            more => format!("{first} and {} more", more - 1),
        }
    }
}
