//! The order of the timeline table: member, start, kind, record, and then every other column, so
//! that the order of delivery cannot show.

use std::cmp::Ordering;

use super::duplicates::Content;
use super::pool::Pool;
use super::rows::{Data, NO_INT, Rows};
use super::rule::Rule;
use crate::terms::{Kind, Table, column};

/// Bits of a row's number; the kind stands above them.
pub(super) const ROW_BITS: u32 = 28;

const ROW_MASK: u32 = (1 << ROW_BITS) - 1;

/// A row of a bucket: its kind (by its place in `Kind::ALL`) and its number among the rows of
/// that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address(u32);

impl Address {
    fn new(kind: usize, row: u32) -> Self {
        Self(u32::try_from(kind).expect("there are eleven kinds") << ROW_BITS | row)
    }

    /// A row of rows that are all of one kind.
    pub(super) fn plain(row: usize) -> Self {
        Self::new(0, u32::try_from(row).expect("rows of one file are counted in u32"))
    }

    pub(super) fn kind(self) -> usize {
        (self.0 >> ROW_BITS) as usize
    }

    pub(super) fn row(self) -> usize {
        (self.0 & ROW_MASK) as usize
    }
}

/// The rows of one kind in one bucket.
pub(super) struct Part<'a> {
    pub(super) table: Table,
    pub(super) rows: &'a Rows,
    /// Numbers of rows that were refused as duplicates, sorted.
    pub(super) left_out: &'a [u32],
    pub(super) content: &'a Content<'a>,
    pub(super) start: Option<usize>,
    pub(super) record: Option<usize>,
}

impl<'a> Part<'a> {
    fn starts(&self) -> Option<&'a [i32]> {
        match self.start.map(|slot| &self.rows.columns[slot]) {
            Some(Data::Ints(starts)) => Some(starts),
            _ => None,
        }
    }
}

/// The members of one bucket by their ids, and the place of each among them.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    /// Member numbers, ordered by id.
    pub(super) members: Vec<u32>,
}

impl Ranks {
    pub(super) fn of(mut members: Vec<u32>, ids: &Pool) -> Self {
        members.sort_unstable_by(|a, b| ids.get(*a).cmp(ids.get(*b)));
        Self { members }
    }
}

/// A bucket in order.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// Rows in order.
    pub(super) order: Vec<Address>,
    /// For each member of the bucket by rank, where its rows end.
    pub(super) ends: Vec<u32>,
    /// Rows left out as repeats of rows without a key: kind, number, rule.
    pub(super) repeats: Vec<(usize, u32, Rule)>,
    /// For each kind, rows that were kept although another says the same.
    pub(super) alike: [u64; Kind::ALL.len()],
}

/// Sorts the rows of a bucket. `parts` are in the order of `Kind::ALL`; `rank` gives a member's
/// place among the `members` of the bucket.
pub(super) fn sort(parts: &[Option<Part<'_>>], rank: &[u32], members: usize) -> Sorted {
    let mut ends = vec![0_u32; members + 1];
    for part in parts.iter().flatten() {
        each_row(part, |row| {
            ends[rank[part.rows.members[row as usize] as usize] as usize + 1] += 1;
        });
    }
    for member in 1..ends.len() {
        ends[member] += ends[member - 1];
    }
    let total = ends.last().map_or(0, |total| *total as usize);
    let mut next = ends.clone();
    // Start, kind and row in one number: it sorts as they do.
    let mut keys = vec![0_u64; total];
    for (kind, part) in parts.iter().enumerate() {
        let Some(part) = part else { continue };
        let starts = part.starts();
        each_row(part, |row| {
            let place = &mut next[rank[part.rows.members[row as usize] as usize] as usize];
            let start = starts.map_or(NO_INT, |starts| starts[row as usize]);
            let start = u64::from(start.cast_unsigned() ^ (1 << 31));
            keys[*place as usize] = start << 32 | u64::from(Address::new(kind, row).0);
            *place += 1;
        });
    }
    let mut sorted = Sorted {
        order: Vec::with_capacity(total),
        ends: Vec::with_capacity(members),
        repeats: Vec::new(),
        alike: [0; Kind::ALL.len()],
    };
    for member in 0..members {
        let rows = &mut keys[ends[member] as usize..ends[member + 1] as usize];
        rows.sort_unstable();
        settle_ties(parts, rows, &mut sorted);
        sorted.ends.push(u32::try_from(sorted.order.len()).expect("a bucket is counted in u32"));
    }
    sorted
}

fn each_row(part: &Part<'_>, mut tell: impl FnMut(u32)) {
    let mut left_out = part.left_out.iter().peekable();
    for row in
        0..u32::try_from(part.rows.len()).expect("a bucket has fewer than 2^28 rows of a table")
    {
        if left_out.next_if_eq(&&row).is_none() {
            tell(row);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the address is the lower half")]
fn address(key: u64) -> Address {
    Address(key as u32)
}

/// Orders rows of one member, day and kind by their content, and leaves out repeats.
fn settle_ties(parts: &[Option<Part<'_>>], keys: &mut [u64], sorted: &mut Sorted) {
    for run in keys.chunk_by_mut(|a, b| a >> ROW_BITS == b >> ROW_BITS) {
        let kind = address(run[0]).kind();
        let part = parts[kind].as_ref().expect("rows come from the part of their kind");
        if run.len() == 1 {
            sorted.order.push(address(run[0]));
            continue;
        }
        let row = |key: &u64| address(*key).row();
        let compare =
            |a: &u64, b: &u64| part.content.compare_slots((part.rows, row(a)), (part.rows, row(b)));
        let line = |key: &u64| part.rows.lines[row(key)];
        let record = |a: &u64, b: &u64| match part.record.map(|slot| &part.rows.columns[slot]) {
            Some(records) => records.compare(row(a), records, row(b), None),
            None => Ordering::Equal,
        };
        run.sort_unstable_by(|a, b| {
            record(a, b).then_with(|| compare(a, b)).then_with(|| line(a).cmp(&line(b)))
        });
        let mut kept: Option<u64> = None;
        for key in run.iter().copied() {
            let has_key =
                part.record.is_some_and(|slot| !part.rows.columns[slot].is_null(row(&key)));
            let rule = kept.and_then(|kept| repeats(part, has_key, || compare(&kept, &key)));
            if rule == Some(Rule::DuplicateRow) && part.table.may_have_equal_rows() {
                sorted.alike[kind] += 1;
                sorted.order.push(address(key));
            } else if let Some(rule) = rule {
                sorted.repeats.push((kind, address(key).0 & ROW_MASK, rule));
            } else {
                sorted.order.push(address(key));
                kept = Some(key);
            }
        }
    }
}

/// Whether a row repeats the row before it. Rows with a key were compared over all buckets.
fn repeats(part: &Part<'_>, has_key: bool, compare: impl FnOnce() -> Ordering) -> Option<Rule> {
    let is_member = part.table == Table::Members;
    if has_key && !is_member {
        None
    } else if compare().is_eq() {
        Some(Rule::DuplicateRow)
    } else {
        is_member.then_some(Rule::DuplicateKey)
    }
}

/// The timeline column that sorts rows of one member first.
pub(super) const START: &str = column::START_ON;
