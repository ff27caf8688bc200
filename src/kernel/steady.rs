//! Windows, one after the other, in which nothing changes for a member.

use super::board::Board;
use crate::indicator::member_value::MemberOutcome;

/// Ends of windows `from..to` with the same outcome, group and age band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) group: usize,
    pub(super) age: usize,
    pub(super) outcome: MemberOutcome,
}

impl Run {
    /// True if the member has a value there.
    pub(super) fn has_value(&self) -> bool {
        matches!(self.outcome, MemberOutcome::Value(_))
    }
}

impl Board<'_> {
    /// Ends of windows, one after the other, at which nothing changes for the current member.
    pub(super) fn find_runs(
        &self,
        measure: usize,
        outcomes: &[Option<MemberOutcome>],
        runs: &mut Vec<Run>,
    ) {
        runs.clear();
        let groups = self.ends(measure);
        for (end, outcome) in outcomes.iter().enumerate() {
            let Some(outcome) = *outcome else { continue };
            let (group, age) = (groups[end], self.age_at(end));
            let now = Run { from: end, to: end + 1, group, age, outcome };
            match runs.last_mut() {
                Some(last) if *last == (Run { from: last.from, to: end, ..now }) => {
                    last.to = end + 1;
                }
                _ => runs.push(now),
            }
        }
    }
}
