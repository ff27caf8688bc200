//! Pairs of providers as rows of the table of tallies.

use std::collections::HashMap;
use std::hash::Hash;

use super::Group;
use super::pairs::{PairCount, Pairs, Shared};
use crate::terms::Day;

/// A count on its way out, with the names of its providers.
#[derive(Debug)]
pub(super) struct OutCount<'t> {
    pub(super) measure: usize,
    pub(super) group: &'t Group,
    pub(super) pair: [&'t str; 2],
    pub(super) end: Day,
    pub(super) by: Shared,
}

/// The hash of a provider as text.
pub(super) fn shown(provider: u64) -> String {
    format!("{provider:016x}")
}

/// Reads what [`shown`] wrote.
pub(super) fn read(text: &str) -> Option<u64> {
    (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

impl Pairs {
    /// The names of the providers.
    pub(super) fn names(&self) -> Vec<String> {
        self.providers.iter().map(|provider| shown(*provider)).collect()
    }

    /// All counts, in order; `names` are those of the providers.
    pub(super) fn out<'t>(
        &'t self,
        names: &'t [String],
    ) -> impl Iterator<Item = OutCount<'t>> + use<'t> {
        self.counts.iter().map(|count| OutCount {
            measure: usize::from(count.measure()),
            group: &self.groups[count.group() as usize],
            pair: count.pair().map(|place| names[place as usize].as_str()),
            end: self.ends[usize::from(count.end())],
            by: count.by,
        })
    }
}

/// What a count on its way in is about: measure, pair, group, end of the window.
pub(super) type Key = (usize, [u64; 2], Group, Day);

/// Counts on their way in.
#[derive(Debug, Default)]
pub(super) struct InCounts {
    ends: Places<Day>,
    groups: Places<Group>,
    providers: Places<u64>,
    counts: Vec<PairCount>,
}

/// Values by their place, each of them once.
#[derive(Debug)]
struct Places<T> {
    known: HashMap<T, u32>,
    all: Vec<T>,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), all: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Places<T> {
    fn place(&mut self, value: T) -> u32 {
        *self.known.entry(value).or_insert_with_key(|value| {
            self.all.push(value.clone());
            u32::try_from(self.all.len() - 1).expect("fewer than 2³² rows of a table")
        })
    }
}

impl InCounts {
    /// Adds a count; nothing if no plan has so many measures or ends of windows.
    pub(super) fn push(&mut self, (measure, pair, group, end): Key, by: Shared) -> Option<()> {
        let measure = u16::try_from(measure).ok()?;
        let pair = pair.map(|provider| self.providers.place(provider));
        let group = self.groups.place(group);
        let end = u16::try_from(self.ends.place(end)).ok()?;
        self.counts.push(PairCount::new(measure, pair, group, end, by));
        Some(())
    }

    pub(super) fn pairs(self) -> Pairs {
        Pairs::of(self.counts, (&self.ends.all, &self.groups.all, &self.providers.all))
    }
}
