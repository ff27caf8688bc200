//! Rows with the key of another row. Which one is kept depends on when files were cut and on
//! content, never on the order of rows.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator,
};

use super::pool::Pool;
use super::rows::{NO_CODE, Rows};
use super::rule::Rule;
use super::source::{Reading, Refused};
use super::submission::Sent;
use super::tables::VOID;
use crate::terms::{Day, Table, column};

/// A row of a reading: its bucket and its place there.
type Place = (usize, u32);

/// What decides between rows: the ids of members and the texts of each slot.
pub(super) struct Content<'a> {
    pub(super) ids: &'a Pool,
    /// One for each slot; nothing where the slot holds no codes.
    pub(super) pools: Vec<Option<&'a Pool>>,
}

impl Content<'_> {
    /// Orders two rows of one reading by all that was read, but not by their lines.
    pub(super) fn compare(&self, a: (&Rows, usize), b: (&Rows, usize)) -> Ordering {
        let id = |(rows, row): (&Rows, usize)| rows.members[row];
        let members = if id(a) == id(b) {
            Ordering::Equal
        } else {
            // A row that takes another back may name no member.
            let text = |id: u32| (id != NO_CODE).then(|| self.ids.get(id));
            text(id(a)).cmp(&text(id(b)))
        };
        members.then_with(|| self.compare_slots(a, b))
    }

    /// [`Self::compare`] for rows of one member.
    pub(super) fn compare_slots(&self, a: (&Rows, usize), b: (&Rows, usize)) -> Ordering {
        let columns = a.0.columns.iter().zip(&b.0.columns).zip(&self.pools);
        columns
            .map(|((x, y), pool)| x.compare(a.1, y, b.1, *pool))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Why a row is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It repeats or contradicts another row.
    Refused(Rule),
    /// A later submission of the same sender has its key.
    Replaced,
    /// It takes back another row, or was taken back.
    Voided,
}

/// The rows of a reading that are left out because of other rows with their key. `key` is the slot
/// of the key.
pub(super) fn repeated_keys(
    reading: &Reading,
    key: usize,
    content: &Content<'_>,
) -> Vec<(Place, Fate)> {
    let void = reading.plan.slot(VOID);
    let is_void = |(bucket, row): Place| {
        void.is_some_and(|slot| reading.buckets[bucket].columns[slot].is_set(row as usize))
    };
    let repeated = Filter::of(repeated_hashes(&reading.buckets, key));
    if repeated.hashes.is_empty() && void.is_none() {
        return Vec::new();
    }
    let candidates: Vec<Place> = reading
        .buckets
        .par_iter()
        .enumerate()
        .flat_map_iter(|(bucket, rows)| {
            let (repeated, is_void) = (&repeated, &is_void);
            (0..rows.len())
                .filter(|row| !rows.columns[key].is_null(*row))
                .map(move |row| (bucket, number(row)))
                .filter(move |(bucket, row)| {
                    let hash = rows.columns[key].hash_text(*row as usize);
                    repeated.has(hash) || is_void((*bucket, *row))
                })
        })
        .collect();
    let at = |(bucket, row): Place| (&reading.buckets[bucket], row as usize);
    let same_key = |a: Place, b: Place| {
        let ((x, a), (y, b)) = (at(a), at(b));
        x.columns[key].compare(a, &y.columns[key], b, None)
    };
    let sent = |place: Place| sent(reading, place);
    let mut sorted = candidates;
    sorted.sort_unstable_by(|a, b| {
        same_key(*a, *b)
            .then_with(|| sent(*b).on.cmp(&sent(*a).on))
            .then_with(|| is_void(*b).cmp(&is_void(*a)))
            .then_with(|| content.compare(at(*a), at(*b)))
            .then_with(|| line(reading, *a).cmp(&line(reading, *b)))
    });
    let mut left_out = Vec::new();
    for group in sorted.chunk_by(|a, b| same_key(*a, *b).is_eq()) {
        let same = |a: Place, b: Place| content.compare(at(a), at(b)).is_eq();
        of_one_key(group, sent, is_void, same, &mut left_out);
    }
    left_out
}

/// Rows of one key, the latest first: of each sender the latest counts, unless it is void; of
/// several senders, the first.
fn of_one_key<'s>(
    rows: &[Place],
    sent: impl Fn(Place) -> &'s Sent,
    is_void: impl Fn(Place) -> bool,
    same: impl Fn(Place, Place) -> bool,
    left_out: &mut Vec<(Place, Fate)>,
) {
    let mut latest: Vec<Place> = Vec::new();
    let mut kept: Option<Place> = None;
    for row in rows.iter().copied() {
        let before = latest.iter().copied().find(|one| sent(*one).sender == sent(row).sender);
        if before.is_none() {
            latest.push(row);
        }
        let fate = match (before, kept) {
            _ if is_void(row) => Some(Fate::Voided),
            (Some(before), _) if is_void(before) => Some(Fate::Voided),
            (Some(before), _) if sent(before).on > sent(row).on => Some(Fate::Replaced),
            (_, Some(kept)) if same(kept, row) => Some(Fate::Refused(Rule::DuplicateRow)),
            (_, Some(_)) => Some(Fate::Refused(Rule::DuplicateKey)),
            (_, None) => None,
        };
        match fate {
            Some(fate) => left_out.push((row, fate)),
            None => kept = Some(row),
        }
    }
}

/// Rows of members that a later file has too, and those that their sender took back.
pub(super) fn repeated_members(reading: &Reading) -> Vec<(Place, Fate)> {
    let void = reading.plan.slot(VOID);
    if reading.submissions.len() == 1 && void.is_none() {
        return Vec::new();
    }
    let of_bucket = |(bucket, rows): (usize, &Rows)| {
        let is_void =
            |(_, row): Place| void.is_some_and(|slot| rows.columns[slot].is_set(row as usize));
        let mut places: Vec<Place> = (0..rows.len()).map(|row| (bucket, number(row))).collect();
        let sent = |place: Place| sent(reading, place);
        let member = |(_, row): Place| rows.members[row as usize];
        places.sort_unstable_by_key(|place| (member(*place), Reverse(sent(*place).on), place.1));
        let mut left_out = Vec::new();
        for own in places.chunk_by(|a, b| member(*a) == member(*b)) {
            of_one_member(own, sent, is_void, &mut left_out);
        }
        left_out
    };
    reading.buckets.par_iter().enumerate().flat_map_iter(of_bucket).collect()
}

/// Rows of one member, the latest first: what a sender's latest word takes back is gone with all that this
/// sender said before; of the others, the latest count.
fn of_one_member<'s>(
    rows: &[Place],
    sent: impl Fn(Place) -> &'s Sent,
    is_void: impl Fn(Place) -> bool,
    left_out: &mut Vec<(Place, Fate)>,
) {
    // Of each sender the day of its last word, and whether that takes the member back.
    let mut senders: Vec<(&str, Option<Day>, bool)> = Vec::new();
    for row in rows.iter().copied() {
        let Sent { sender, on, .. } = sent(row);
        match senders.iter_mut().find(|(own, ..)| own == sender) {
            Some((_, last, is_gone)) => *is_gone |= last == on && is_void(row),
            None => senders.push((sender, *on, is_void(row))),
        }
    }
    let is_gone =
        |row: Place| senders.iter().any(|(own, _, gone)| *gone && *own == sent(row).sender);
    let mut latest = None;
    for row in rows.iter().copied() {
        if is_gone(row) {
            left_out.push((row, Fate::Voided));
        } else if *latest.get_or_insert(sent(row).on) != sent(row).on {
            left_out.push((row, Fate::Replaced));
        }
    }
}

/// Members of whom no row is in force, because their senders took them back.
fn members_taken_back(readings: &[Reading]) -> BTreeSet<u32> {
    let is_register =
        |one: &&Reading| one.plan.table() == Table::Members && one.plan.slot(VOID).is_some();
    let Some(register) = readings.iter().find(is_register) else { return BTreeSet::new() };
    let fates = repeated_members(register).into_iter();
    let voided: BTreeSet<Place> =
        fates.filter(|(_, fate)| *fate == Fate::Voided).map(|(place, _)| place).collect();
    let member = |(bucket, row): Place| register.buckets[bucket].members[row as usize];
    let mut gone: BTreeSet<u32> = voided.iter().map(|place| member(*place)).collect();
    if !gone.is_empty() {
        for (bucket, rows) in register.buckets.iter().enumerate() {
            let places = (0..rows.len()).map(|row| (bucket, number(row)));
            for place in places.filter(|place| !voided.contains(place)) {
                gone.remove(&member(place));
            }
        }
    }
    gone
}

/// Refuses what other tables say about members who were taken back: nobody knows them any more. Of rows that
/// are taken back themselves, the key alone counts.
pub(super) fn refuse_members_taken_back(readings: &mut [Reading]) {
    let gone = members_taken_back(readings);
    if gone.is_empty() {
        return;
    }
    let others = readings
        .iter_mut()
        .filter(|one| one.plan.table() != Table::Members && one.plan.table().kind().is_some());
    for reading in others {
        let void = reading.plan.slot(VOID);
        for rows in &mut reading.buckets {
            let is_refused = |row: usize| {
                let is_void = void.is_some_and(|slot| rows.columns[slot].is_set(row));
                gone.contains(&rows.members[row]) && !is_void
            };
            let (refused, kept): (Vec<u32>, Vec<u32>) =
                (0..rows.len()).map(number).partition(|row| is_refused(*row as usize));
            if refused.is_empty() {
                continue;
            }
            reading.refused.extend(refused.iter().map(|row| {
                let (file, line) = (rows.file(*row as usize), rows.lines[*row as usize]);
                let column = reading.submissions[usize::from(file)].place_of(column::MEMBER_ID);
                Refused { file, line, column, rule: Rule::UnknownMember }
            }));
            *rows = rows.only(&kept);
        }
    }
}

fn sent(reading: &Reading, (bucket, row): Place) -> &Sent {
    let file = reading.buckets[bucket].file(row as usize);
    &reading.submissions[usize::from(file)].delivered.sent
}

/// The file and line of a row.
pub(super) fn line(reading: &Reading, (bucket, row): Place) -> (u16, u32) {
    let rows = &reading.buckets[bucket];
    (rows.file(row as usize), rows.lines[row as usize])
}

/// By bucket, the rows to leave out, sorted.
pub(super) fn by_bucket(refused: &[(Place, Fate)]) -> BTreeMap<usize, Vec<u32>> {
    let mut rows: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for ((bucket, row), _) in refused {
        rows.entry(*bucket).or_default().push(*row);
    }
    for rows in rows.values_mut() {
        rows.sort_unstable();
    }
    rows
}

fn number(row: usize) -> u32 {
    u32::try_from(row).expect("a bucket has fewer than 2^28 rows of a table")
}

/// Hashes that more than one row has.
fn repeated_hashes(buckets: &[Rows], key: usize) -> Vec<u64> {
    const PARTS: usize = 64;
    let split: Vec<Vec<Vec<u64>>> = buckets
        .par_iter()
        .map(|rows| {
            let mut parts = vec![Vec::new(); PARTS];
            for row in 0..rows.len() {
                if !rows.columns[key].is_null(row) {
                    let hash = rows.columns[key].hash_text(row);
                    parts[(hash >> 58) as usize].push(hash);
                }
            }
            parts
        })
        .collect();
    (0..PARTS)
        .into_par_iter()
        .flat_map_iter(|part| {
            let mut hashes: Vec<u64> =
                split.iter().flat_map(|parts| parts[part].iter().copied()).collect();
            hashes.sort_unstable();
            let twice: Vec<u64> =
                hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
            twice
        })
        .collect()
}

/// A few hashes, and a quick no for the others.
struct Filter {
    bits: Vec<u64>,
    hashes: Vec<u64>,
}

impl Filter {
    fn of(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        let mut bits = vec![0; 1 << 14];
        for hash in &hashes {
            bits[(hash >> 50) as usize] |= 1 << (hash & 63);
        }
        Self { bits, hashes }
    }

    #[inline]
    fn has(&self, hash: u64) -> bool {
        self.bits[(hash >> 50) as usize] >> (hash & 63) & 1 == 1
            && self.hashes.binary_search(&hash).is_ok()
    }
}
