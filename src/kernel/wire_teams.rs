//! Teams as rows of the table of tallies.

use std::collections::BTreeMap;

use super::teams::{Key, Shared, Teams};
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
            measure: step.measure,
            group: &self.groups[step.group as usize],
            pair: step.pair.map(|place| names[place as usize].as_str()),
            end: step.end,
            by: step.by,
        })
    }
}

/// Steps on their way in.
#[derive(Debug, Default)]
pub(super) struct InSteps {
    steps: Vec<(Key, Shared)>,
}

impl InSteps {
    pub(super) fn push(&mut self, key: Key, by: Shared) {
        self.steps.push((key, by));
    }

    pub(super) fn teams(self) -> Teams {
        Teams::collect(self.steps.into_iter())
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
