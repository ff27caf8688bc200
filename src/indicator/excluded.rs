//! Why a member is left out of a window: most definitions ask the same, so it is answered once for all.

use super::criterion::is_enrolled;
use super::rule::{Exclusion, ExclusionTest};
use super::year::{MemberMonths, MonthGrid};
use crate::terms::Day;
use crate::timeline::Timeline;

/// For each list of exclusions that definitions have, the place of the one that applies in each window.
#[derive(Debug, Clone, Default)]
pub struct ExcludedWindows {
    /// By list; empty until the member was looked at.
    reasons: Vec<Vec<Option<usize>>>,
}

impl ExcludedWindows {
    /// Room for so many lists.
    pub fn new(lists: usize) -> Self {
        Self { reasons: vec![Vec::new(); lists] }
    }

    /// Forgets the member.
    pub fn clear(&mut self) {
        self.reasons.iter_mut().for_each(Vec::clear);
    }

    /// Looks at the list at a place in every window, once, and gives the exclusion that applies in each.
    /// `months` has looked at the member; `windows` are those of the grid.
    pub fn see(
        &mut self,
        (list, exclusions): (usize, &[Exclusion]),
        (timeline, months): (&Timeline, &MemberMonths),
        (grid, windows): (&MonthGrid, &[(Day, Day)]),
    ) -> &[Option<usize>] {
        let reasons = &mut self.reasons[list];
        if reasons.is_empty() {
            reasons.resize(windows.len(), None);
            let may_apply = |one: &Exclusion| may_apply(&one.test, timeline);
            for (reason, one) in exclusions.iter().enumerate().filter(|(_, one)| may_apply(one)) {
                for (place, days) in windows.iter().enumerate() {
                    let window = grid.window_at(place);
                    if reasons[place].is_none()
                        && applies(&one.test, timeline, months, window, *days)
                    {
                        reasons[place] = Some(reason);
                    }
                }
            }
        }
        reasons
    }
}

/// False if a test applies to a member in no window.
fn may_apply(test: &ExclusionTest, timeline: &Timeline) -> bool {
    match test {
        ExclusionTest::DiedInYear => timeline.death.is_some(),
        ExclusionTest::HospiceInYear => !timeline.enrolled.hospice.is_empty(),
        _ => true,
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
        ExclusionTest::NotEnrolledThroughout { until_death, one_span } => {
            !is_enrolled(timeline, (start, end), *until_death, *one_span)
        }
        ExclusionTest::DiedInYear => timeline.death.is_some_and(|death| death <= end),
        ExclusionTest::HospiceInYear => timeline.enrolled.hospice.meets(start, end),
        ExclusionTest::NoEligibleMonth => months.eligible(window) == 0,
        ExclusionTest::NoEligibleDay => !timeline.alive_enrolled.meets(start, end),
        // Tests of units do not apply to members; the reader of definitions refuses them there.
        _ => false,
    }
}
