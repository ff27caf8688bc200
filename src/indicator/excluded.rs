//! Why a member is left out of a window: most definitions ask the same, so it is answered once for all.

use super::rule::{Exclusion, ExclusionTest};
use super::year::{MemberMonths, MonthGrid};
use crate::terms::Day;
use crate::timeline::Timeline;

/// For each list of exclusions that was asked for, the place of the one that applies in each window.
#[derive(Debug, Clone, Default)]
pub struct ExcludedWindows {
    lists: Vec<List>,
}

#[derive(Debug, Clone, Default)]
struct List {
    tests: Vec<ExclusionTest>,
    /// Empty until the member was looked at.
    reasons: Vec<Option<usize>>,
}

impl ExcludedWindows {
    /// Forgets the member.
    pub fn clear(&mut self) {
        self.lists.iter_mut().for_each(|list| list.reasons.clear());
    }

    /// Looks at the exclusions of a definition in every window, once, and gives their place here.
    /// `months` has looked at the member; `windows` are those of the grid.
    pub fn see(
        &mut self,
        exclusions: &[Exclusion],
        (timeline, months): (&Timeline, &MemberMonths),
        (grid, windows): (&MonthGrid, &[(Day, Day)]),
    ) -> usize {
        let is_it = |list: &List| list.tests.iter().eq(exclusions.iter().map(|one| &one.test));
        let place = self.lists.iter().position(is_it).unwrap_or_else(|| {
            let tests = exclusions.iter().map(|one| one.test.clone()).collect();
            self.lists.push(List { tests, reasons: Vec::new() });
            self.lists.len() - 1
        });
        let List { tests, reasons } = &mut self.lists[place];
        if reasons.is_empty() {
            reasons.extend(windows.iter().enumerate().map(|(place, days)| {
                let window = grid.window_at(place);
                tests.iter().position(|test| applies(test, timeline, months, window, *days))
            }));
        }
        place
    }

    /// The exclusion that applies in each window, in the list at a place.
    pub fn reasons(&self, place: usize) -> &[Option<usize>] {
        &self.lists[place].reasons
    }
}

fn applies(
    test: &ExclusionTest,
    timeline: &Timeline,
    months: &MemberMonths,
    window: (usize, usize),
    (start, end): (Day, Day),
) -> bool {
    match test {
        ExclusionTest::NotEnrolledYear { until_death } => {
            !months.enrolled_year(window, *until_death)
        }
        ExclusionTest::DiedInYear => timeline.death.is_some_and(|death| death <= end),
        ExclusionTest::HospiceInYear => timeline.enrolled.hospice.meets(start, end),
        ExclusionTest::NoEligibleMonth => months.eligible(window) == 0,
        ExclusionTest::NoEligibleDay => !timeline.alive_enrolled.meets(start, end),
        // Tests of units do not apply to members; the reader of definitions refuses them there.
        _ => false,
    }
}
