//! Why a member is left out of a window: most definitions ask the same, so it is answered once for all.

use super::criterion::is_enrolled;
use super::rule::{Exclusion, ExclusionTest};
use super::window_set::WindowSet;
use super::year::{MemberMonths, MonthGrid};
use crate::terms::Day;
use crate::timeline::Timeline;

/// The windows that a list of exclusions leaves out.
#[derive(Debug, Clone, Default)]
pub struct Excluded {
    /// All of them.
    pub any: WindowSet,
    /// By the place of the first exclusion that applies.
    pub by_reason: Vec<(usize, WindowSet)>,
    ready: bool,
}

/// For each list of exclusions that definitions have, the windows that it leaves out.
#[derive(Debug, Clone, Default)]
pub struct ExcludedWindows {
    lists: Vec<Excluded>,
}

impl ExcludedWindows {
    /// Room for so many lists.
    pub fn new(lists: usize) -> Self {
        Self { lists: vec![Excluded::default(); lists] }
    }

    /// Forgets the member.
    pub fn clear(&mut self) {
        self.lists.iter_mut().for_each(|list| list.ready = false);
    }

    /// Looks at the list at a place in the windows that are asked for, once. `months` has looked at the member; `windows` are
    /// those of the grid.
    pub fn see(
        &mut self,
        (list, exclusions): (usize, &[Exclusion]),
        asked: WindowSet,
        (timeline, months): (&Timeline, &MemberMonths),
        (grid, windows): (&MonthGrid, &[(Day, Day)]),
    ) -> &Excluded {
        let list = &mut self.lists[list];
        if !list.ready {
            list.ready = true;
            list.any = WindowSet::default();
            list.by_reason.clear();
            for (reason, one) in exclusions.iter().enumerate() {
                let free = asked.without(list.any);
                let found = left_out(&one.test, free, (timeline, months), (grid, windows));
                if !found.is_empty() {
                    list.any = list.any.or(found);
                    list.by_reason.push((reason, found));
                }
            }
        }
        list
    }
}

/// The windows, of those that are free, to which a test applies. What kind of test it is, is looked at once,
/// and not for each window.
fn left_out(
    test: &ExclusionTest,
    free: WindowSet,
    (timeline, months): (&Timeline, &MemberMonths),
    (grid, windows): (&MonthGrid, &[(Day, Day)]),
) -> WindowSet {
    let own = |place: usize| grid.window_at(place);
    match test {
        ExclusionTest::NotEnrolledYear { until_death } if months.has_gaps(*until_death) => {
            free.filter(|place| !months.enrolled_year(own(place), *until_death))
        }
        ExclusionTest::NotEnrolledThroughout { until_death, one_span } => {
            free.filter(|place| !is_enrolled(timeline, windows[place], *until_death, *one_span))
        }
        ExclusionTest::DiedInYear => timeline.death.map_or_else(WindowSet::default, |death| {
            free.filter(|place| death <= windows[place].1)
        }),
        ExclusionTest::HospiceInYear if !timeline.enrolled.hospice.is_empty() => {
            let hospice = &timeline.enrolled.hospice;
            free.filter(|place| hospice.meets(windows[place].0, windows[place].1))
        }
        ExclusionTest::NoEligibleMonth => free.filter(|place| months.eligible(own(place)) == 0),
        ExclusionTest::NoEligibleDay => {
            let days = &timeline.alive_enrolled;
            free.filter(|place| !days.meets(windows[place].0, windows[place].1))
        }
        // Tests of units do not apply to members; the reader of definitions refuses them there. Nor do gaps
        // and hospice days where there are none.
        _ => WindowSet::default(),
    }
}
