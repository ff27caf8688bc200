//! Windows, one after the other, in which nothing changes for a member.

use super::board::Board;
use crate::indicator::member_outcome::{MemberOutcome, Steady};

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
    pub(super) fn find_runs(&self, measure: usize, outcomes: &[Steady], runs: &mut Vec<Run>) {
        runs.clear();
        let groups = self.ends(measure);
        for one in outcomes {
            let mut from = one.from;
            while from < one.to {
                let (group, age) = (groups[from], self.age_at(from));
                let same = |end: &usize| groups[*end] == group && self.age_at(*end) == age;
                let to = (from + 1..one.to).find(|end| !same(end)).unwrap_or(one.to);
                runs.push(Run { from, to, group, age, outcome: one.outcome });
                from = to;
            }
        }
    }
}
