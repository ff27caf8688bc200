//! Where a member belongs at the ends of windows.

use super::board::{Board, RowOf};
use super::ledger::{EVERYONE, Ledger};
use crate::indicator::member_outcome::Steady;
use crate::terms::Day;
use crate::timeline::{Interner, OrganisationDay, Timeline, UNKNOWN};

impl Board<'_> {
    /// The current member's group at each end of a window, as a measure that looks at it sees it.
    pub(super) fn ends(&self, measure: usize) -> &[usize] {
        &self.ends[self.plan.alike.belongs[measure]]
    }

    /// Where the current member belongs at each end of a window, if that is asked.
    pub(super) fn see_ends(&mut self, ledger: &Ledger, timeline: &Timeline, interner: &Interner) {
        let plan = self.plan;
        for (place, by_contact) in plan.alike.belongings.iter().enumerate() {
            let mut groups = std::mem::take(&mut self.ends[place]);
            groups.clear();
            let own =
                || ledger.outcomes().filter(|(measure, _)| plan.alike.belongs[*measure] == place);
            let windows = if own().next().is_some() { plan.windows.as_slice() } else { &[] };
            for (end, window) in windows.iter().enumerate() {
                let bho = match by_contact {
                    None => enrolled(timeline, *window),
                    Some(filter) => {
                        last_named(&timeline.contact_organisations[*filter], *window, interner)
                    }
                };
                groups.push(match bho {
                    Some(bho) => self.group(bho, interner),
                    None if own().any(|(_, of)| Steady::at(of, end).is_some()) => {
                        self.group(UNKNOWN, interner)
                    }
                    None => EVERYONE,
                });
            }
            self.ends[place] = groups;
        }
    }

    /// The row of each group for the current member; nothing for everyone if the member belongs to
    /// one group only.
    pub(super) fn rows_of(&self, ledger: &Ledger) -> RowOf {
        let ends = self.ends.iter().flatten().copied().filter(|group| *group != EVERYONE);
        let mut groups = ledger.groups().chain(ends);
        let first = groups.next();
        RowOf { several: groups.any(|group| Some(group) != first) }
    }
}

/// The organisation of the last enrolled day of a window.
fn enrolled(timeline: &Timeline, (start, end): (Day, Day)) -> Option<u32> {
    timeline.enrolled.bho_on(timeline.enrolled.days.last_within(start, end)?)
}

/// The organisation that contacts of the last day of a window with any name: the one with the highest id,
/// and before all one that is named at all.
fn last_named(
    contacts: &[OrganisationDay],
    (start, end): (Day, Day),
    interner: &Interner,
) -> Option<u32> {
    let before = &contacts[..contacts.partition_point(|one| one.day <= end)];
    let last = before.last().filter(|one| one.day >= start)?.day;
    let same_day = before.iter().rev().take_while(|one| one.day == last).map(|one| one.bho);
    same_day.max_by(|a, b| {
        let is_named = |bho: u32| bho != UNKNOWN;
        is_named(*a).cmp(&is_named(*b)).then_with(|| interner.compare(*a, *b))
    })
}
