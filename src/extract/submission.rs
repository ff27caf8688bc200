//! Several files of one table: who sent each and when, which of them are in force, and their rows
//! as those of one table.
//!
//! A full extract replaces all that its sender delivered before; an incremental one adds rows,
//! replaces those whose key it repeats, and takes back those it marks as void. What is in force
//! depends on the files and their dates alone, never on the order in which they came.

use std::collections::BTreeMap;

use super::manifest::{Dates, MANIFEST, ManifestRow};
use super::plan::{Delivered, Plan, Slot, in_order};
use super::problem::{Error, Problem};
use super::rows::{Data, Rows};
use super::source::{Reading, has_room};
use crate::terms::{Day, Table, column};

/// Who sent a file, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// The sender, as the manifest says; empty if there is only one.
    pub sender: String,
    /// The day the extract was cut.
    pub on: Option<Day>,
    /// True if it holds changes only.
    pub incremental: bool,
}

/// A file that was read, as one of those of its table.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) delivered: Delivered,
    /// What its columns are called, by place; constants stand behind the last.
    names: Vec<String>,
    /// Where the timeline columns come from.
    places: Vec<(&'static str, u32)>,
    pub(super) n_read: u64,
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

impl Submission {
    pub(super) fn of(plan: &Plan, n_read: u64, sha256: String, bytes: u64) -> Self {
        let own = (0..plan.bindings.len()).map(|binding| plan.bindings[binding].field.name);
        let header = plan.delivered.header.iter().cloned();
        let place = |binding: usize| u32::try_from(plan.place(binding)).unwrap_or(u32::MAX);
        let places = plan.bindings.iter().enumerate();
        Self {
            delivered: plan.delivered.clone(),
            names: header.chain(own.map(str::to_owned)).collect(),
            places: places.map(|(number, one)| (one.field.to, place(number))).collect(),
            n_read,
            sha256,
            bytes,
        }
    }

    /// True if it is told who sent this file and when: of one among several, of changes and of a named
    /// sender, whose next full extract replaces it.
    pub(super) fn is_told(&self, files: usize) -> bool {
        let sent = &self.delivered.sent;
        files > 1 || sent.incremental || !sent.sender.is_empty()
    }

    /// The site's name of the column at a place, or the model's where the file has none.
    pub(super) fn name_at(&self, place: u32) -> &str {
        &self.names[place as usize]
    }

    /// Where a timeline column comes from.
    pub(super) fn place_of(&self, to: &str) -> Option<u32> {
        self.places.iter().find(|(own, _)| *own == to).map(|(_, place)| *place)
    }
}

/// A file of a table, before it is opened.
pub(super) struct Candidate {
    pub(super) file: String,
    pub(super) sent: Sent,
}

/// The files of a table that are in force, the oldest first, and those that a later full extract
/// replaces. `source` gives the day of a file that the manifest says nothing about.
pub(super) fn in_force(
    table: Table,
    files: Vec<String>,
    manifest: &[ManifestRow],
    default_day: Option<Day>,
) -> Result<(Vec<Candidate>, Vec<String>), Vec<Problem>> {
    let several = files.len() > 1;
    let mut problems = Vec::new();
    let mut candidates = Vec::new();
    for file in files {
        let row = manifest.iter().find(|row| row.source == file);
        if several && row.is_none_or(|row| row.extract_date.is_none()) {
            let message = format!(
                "table {} comes in several files, and nothing says which are in force",
                table.name()
            );
            let help = format!(
                "give each of them a line in {MANIFEST}: source,extract_date,refresh, and sender if there are several"
            );
            problems.push(Problem::new("unlisted_file", message, help).file(&file));
            continue;
        }
        let row = row.or_else(|| manifest.iter().find(|row| row.source == table.name()));
        let sent = Sent {
            sender: row.map(|row| row.sender.clone()).unwrap_or_default(),
            on: row.and_then(|row| row.extract_date).or(default_day),
            incremental: row.is_some_and(|row| row.incremental),
        };
        candidates.push(Candidate { file, sent });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    candidates.sort_by(|a, b| {
        (a.sent.on, &a.sent.sender, &a.file).cmp(&(b.sent.on, &b.sent.sender, &b.file))
    });
    let mut full: BTreeMap<String, (Option<Day>, String)> = BTreeMap::new();
    for one in candidates.iter().filter(|one| !one.sent.incremental) {
        let before = full.insert(one.sent.sender.clone(), (one.sent.on, one.file.clone()));
        if let Some((_, other)) = before.filter(|(on, _)| *on == one.sent.on) {
            let message = format!(
                "the full extract of table {} has the same sender and day as {other}",
                table.name()
            );
            let help = format!("name their senders in {MANIFEST}, or leave one of them");
            problems.push(Problem::new("two_full_extracts", message, help).file(&one.file));
        }
    }
    for one in candidates.iter().filter(|one| one.sent.incremental) {
        if !full.contains_key(&one.sent.sender) {
            let message = "an extract of changes alone would be taken for all there is";
            let help =
                "deliver the full extract that it changes beside it, or name the first one `full`";
            problems.push(Problem::new("incremental_without_full", message, help).file(&one.file));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (kept, replaced): (Vec<Candidate>, Vec<Candidate>) = candidates
        .into_iter()
        .partition(|one| full.get(&one.sent.sender).is_none_or(|(on, _)| *on <= one.sent.on));
    Ok((kept, replaced.into_iter().map(|one| one.file).collect()))
}

/// Changes need keys to be changes of something.
pub(super) fn without_key(plan: &Plan) -> Option<Problem> {
    let keyed = plan.table() == Table::Members || plan.slot(column::RECORD_ID).is_some();
    if keyed || !plan.delivered.sent.incremental {
        return None;
    }
    let message = format!(
        "table {} has no key here, so its rows cannot be changed one by one",
        plan.table().name()
    );
    let help = "deliver the key column, or a full extract";
    Some(Problem::new("incremental_without_key", message, help).file(&plan.delivered.file))
}

/// What is known about the time that several files cover together: as much as the sender who is
/// furthest behind.
pub(super) fn dates_of(submissions: &[Submission]) -> Dates {
    let mut senders: BTreeMap<&str, Dates> = BTreeMap::new();
    for one in submissions {
        let (sent, own) = (&one.delivered.sent, one.delivered.dates);
        let both = |a: Option<Day>, b: Option<Day>, choose: fn(Day, Day) -> Day| match (a, b) {
            (Some(a), Some(b)) => Some(choose(a, b)),
            (a, b) => a.or(b),
        };
        senders
            .entry(&sent.sender)
            .and_modify(|of| {
                of.extract_date = both(of.extract_date, own.extract_date, Day::max);
                of.coverage_start = both(of.coverage_start, own.coverage_start, Day::min);
                of.coverage_end = both(of.coverage_end, own.coverage_end, Day::max);
                of.runout_days = of.runout_days.max(own.runout_days);
                of.date_shifted |= own.date_shifted;
            })
            .or_insert(own);
    }
    let each = |of: fn(&Dates) -> Option<Day>| senders.values().filter_map(of).collect::<Vec<_>>();
    Dates {
        extract_date: each(|dates| dates.extract_date).into_iter().min(),
        coverage_start: each(|dates| dates.coverage_start).into_iter().max(),
        coverage_end: each(|dates| dates.coverage_end).into_iter().min(),
        runout_days: senders.values().filter_map(|dates| dates.runout_days).max(),
        date_shifted: senders.values().any(|dates| dates.date_shifted),
    }
}

/// Readings of one table become one reading, in the order of their files.
pub(super) fn join(readings: Vec<Reading>) -> Result<Vec<Reading>, Error> {
    let mut joined: Vec<Reading> = Vec::new();
    for reading in readings {
        match joined.last_mut().filter(|last| last.plan.table() == reading.plan.table()) {
            Some(last) => add(last, reading)?,
            None => joined.push(reading),
        }
    }
    Ok(joined)
}

fn add(to: &mut Reading, from: Reading) -> Result<(), Error> {
    let number = u16::try_from(to.submissions.len()).map_err(|_| Error::BucketTooLarge)?;
    let mut slots: Vec<Slot> = to.plan.slots.clone();
    slots.extend(from.plan.slots.iter().filter(|slot| to.plan.slot(slot.to).is_none()).cloned());
    in_order(&mut slots);
    for (own, more) in to.buckets.iter_mut().zip(from.buckets) {
        let old = std::mem::take(own);
        let columns = slots.iter().map(|slot| {
            let mut column = Data::compact(slot.form);
            for (plan, rows) in [(&to.plan, &old), (&from.plan, &more)] {
                column.append_all(plan.slot(slot.to).map(|at| &rows.columns[at]), rows.len());
            }
            column
        });
        let mut files = if old.files.is_empty() { vec![0; old.len()] } else { old.files.clone() };
        files.resize(old.len() + more.len(), number);
        let columns = columns.collect();
        let (mut members, mut lines) = (old.members, old.lines);
        members.extend(more.members);
        lines.extend(more.lines);
        *own = Rows { members, lines, files, columns };
        if !has_room(own) {
            return Err(Error::BucketTooLarge);
        }
    }
    to.plan.slots = slots;
    to.refused.extend(from.refused.into_iter().map(|mut refused| {
        refused.file = number;
        refused
    }));
    to.submissions.extend(from.submissions);
    Ok(())
}
