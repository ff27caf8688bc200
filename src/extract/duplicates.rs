//! Rows with the key of another row. Which one is kept depends on content, never on the order of
//! rows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator,
};

use super::pool::Pool;
use super::rows::Rows;
use super::rule::Rule;
use super::source::Reading;

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
            self.ids.get(id(a)).cmp(self.ids.get(id(b)))
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

/// The rows of a reading whose key another row has, with the rule each one breaks. `key` is the
/// slot of the key.
pub(super) fn repeated_keys(
    reading: &Reading,
    key: usize,
    content: &Content<'_>,
) -> Vec<(Place, Rule)> {
    let repeated = Filter::of(repeated_hashes(&reading.buckets, key));
    if repeated.hashes.is_empty() {
        return Vec::new();
    }
    let candidates: Vec<Place> = reading
        .buckets
        .par_iter()
        .enumerate()
        .flat_map_iter(|(bucket, rows)| {
            let repeated = &repeated;
            (0..rows.len())
                .filter(|row| !rows.columns[key].is_null(*row))
                .filter(|row| !rows.columns[key].is_null(*row))
                .filter(|row| repeated.has(rows.columns[key].hash_text(*row)))
                .map(move |row| (bucket, number(row)))
        })
        .collect();
    let at = |(bucket, row): Place| (&reading.buckets[bucket], row as usize);
    let same_key = |a: Place, b: Place| {
        let ((x, a), (y, b)) = (at(a), at(b));
        x.columns[key].compare(a, &y.columns[key], b, None)
    };
    let line = |place: Place| at(place).0.lines[place.1 as usize];
    let mut sorted = candidates;
    sorted.sort_unstable_by(|a, b| {
        same_key(*a, *b)
            .then_with(|| content.compare(at(*a), at(*b)))
            .then_with(|| line(*a).cmp(&line(*b)))
    });
    let mut refused = Vec::new();
    for group in sorted.chunk_by(|a, b| same_key(*a, *b).is_eq()) {
        for other in &group[1..] {
            let is_same = content.compare(at(group[0]), at(*other)).is_eq();
            refused.push((*other, if is_same { Rule::DuplicateRow } else { Rule::DuplicateKey }));
        }
    }
    refused
}

/// By bucket, the rows to leave out, sorted.
pub(super) fn by_bucket(refused: &[(Place, Rule)]) -> BTreeMap<usize, Vec<u32>> {
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
