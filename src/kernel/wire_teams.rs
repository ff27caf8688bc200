//! Teams as rows of the table of tallies.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::teams::{Shared, TeamStep, Teams};
use super::{Group, Part, Seen, Tallies, Task};
use crate::terms::Day;
use crate::timeline::Summary;

/// A step on its way out, with the names of its providers.
#[derive(Debug)]
pub(super) struct OutStep<'t> {
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

impl Teams {
    /// The names of the providers.
    pub(super) fn names(&self) -> Vec<String> {
        self.providers.iter().map(|provider| shown(*provider)).collect()
    }

    /// All steps, in order; `names` are those of the providers.
    pub(super) fn out<'t>(
        &'t self,
        names: &'t [String],
    ) -> impl Iterator<Item = OutStep<'t>> + use<'t> {
        self.steps.iter().map(|step| OutStep {
            measure: usize::from(step.measure),
            group: &self.groups[step.group as usize],
            pair: step.pair.map(|place| names[place as usize].as_str()),
            end: self.ends[usize::from(step.end)],
            by: step.by,
        })
    }
}

/// What a step on its way in is about: measure, pair, group, end of the window.
pub(super) type Key = (usize, [u64; 2], Group, Day);

/// Steps on their way in.
#[derive(Debug, Default)]
pub(super) struct InSteps {
    ends: Places<Day>,
    groups: Places<Group>,
    providers: Places<u64>,
    steps: Vec<TeamStep>,
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

impl InSteps {
    /// Adds a step; nothing if no plan has so many measures or ends of windows.
    pub(super) fn push(&mut self, (measure, pair, group, end): Key, by: Shared) -> Option<()> {
        let step = TeamStep {
            measure: u16::try_from(measure).ok()?,
            pair: pair.map(|provider| self.providers.place(provider)),
            group: self.groups.place(group),
            end: u16::try_from(self.ends.place(end)).ok()?,
            by,
        };
        self.steps.push(step);
        Some(())
    }

    pub(super) fn teams(self) -> Teams {
        Teams::of(self.steps, (&self.ends.all, &self.groups.all, &self.providers.all))
    }
}

impl Tallies {
    /// The tallies of a task, to be added to those of others. Numerators that depend on all members
    /// are left out: they are made when all are there.
    pub fn into_part(self, task: Task, summary: Summary) -> Part {
        let Self { mut cells, teams, .. } = self;
        for (cell, tally) in &mut cells {
            if teams.has(cell.measure) {
                tally.numerator = 0;
            }
        }
        let tasks = BTreeMap::from([(task, Seen::once(summary))]);
        Part { tasks, found: summary.found, cells, teams }
    }
}
