//! How often each member value occurs at each end of a window.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Spreads whole numbers over a table. Only counts come out of such a table, never an order.
#[derive(Debug, Default, Clone)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }
}

/// Counts by value.
pub(super) type Values = HashMap<i64, i64, BuildHasherDefault<NumberHasher>>;

/// Counts by value and end. A member's value changes little from one month to the next, so one
/// table of values serves all ends, and the counts of one value lie side by side.
#[derive(Debug, Clone)]
pub(super) struct ValueCounts {
    rows: HashMap<i64, usize, BuildHasherDefault<NumberHasher>>,
    counts: Vec<u32>,
    ends: usize,
    last: Option<(i64, usize)>,
}

impl ValueCounts {
    pub(super) fn new(ends: usize) -> Self {
        Self { rows: HashMap::default(), counts: Vec::new(), ends, last: None }
    }

    /// Counts a value at an end.
    pub(super) fn add(&mut self, value: i64, end: usize) {
        let row = match self.last {
            Some((last, row)) if last == value => row,
            _ => self.row(value),
        };
        self.last = Some((value, row));
        self.counts[row + end] += 1;
    }

    fn row(&mut self, value: i64) -> usize {
        let (counts, ends) = (&mut self.counts, self.ends);
        *self.rows.entry(value).or_insert_with(|| {
            counts.resize(counts.len() + ends, 0);
            counts.len() - ends
        })
    }

    /// Adds the counts of another.
    pub(super) fn merge(&mut self, other: &Self) {
        #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
        for (value, from) in &other.rows {
            let to = self.row(*value);
            for end in 0..self.ends {
                self.counts[to + end] += other.counts[from + end];
            }
        }
    }

    /// The counts at one end, by value.
    pub(super) fn at(&self, end: usize) -> BTreeMap<i64, i64> {
        let counts =
            self.rows.iter().map(|(value, row)| (*value, i64::from(self.counts[row + end])));
        counts.filter(|(_, count)| *count > 0).collect()
    }
}
