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
            for (reason, one) in exclusions.iter().enumerate() {
                leave_out(&one.test, reason, (timeline, months), (grid, windows), reasons);
            }
        }
        reasons
    }
}

/// Sets a reason in every window that has none yet and to which its test applies. What kind of test it is,
/// is looked at once, and not for each window.
fn leave_out(
    test: &ExclusionTest,
    reason: usize,
    (timeline, months): (&Timeline, &MemberMonths),
    (grid, windows): (&MonthGrid, &[(Day, Day)]),
    reasons: &mut [Option<usize>],
) {
    let own = |place: usize| grid.window_at(place);
    match test {
        ExclusionTest::NotEnrolledYear { until_death } if months.has_gaps(*until_death) => {
            where_it_applies(windows, reason, reasons, |place, _| {
                !months.enrolled_year(own(place), *until_death)
            });
        }
        ExclusionTest::NotEnrolledThroughout { until_death, one_span } => {
            where_it_applies(windows, reason, reasons, |_, days| {
                !is_enrolled(timeline, days, *until_death, *one_span)
            });
        }
        ExclusionTest::DiedInYear => {
            if let Some(death) = timeline.death {
                where_it_applies(windows, reason, reasons, |_, (_, end)| death <= end);
            }
        }
        ExclusionTest::HospiceInYear => {
            let hospice = &timeline.enrolled.hospice;
            if !hospice.is_empty() {
                where_it_applies(windows, reason, reasons, |_, (start, end)| {
                    hospice.meets(start, end)
                });
            }
        }
        ExclusionTest::NoEligibleMonth => {
            where_it_applies(windows, reason, reasons, |place, _| months.eligible(own(place)) == 0);
        }
        ExclusionTest::NoEligibleDay => {
            where_it_applies(windows, reason, reasons, |_, (start, end)| {
                !timeline.alive_enrolled.meets(start, end)
            });
        }
        // Tests of units do not apply to members; the reader of definitions refuses them there. Nor do gaps
        // where there are none.
        _ => {}
    }
}

fn where_it_applies(
    windows: &[(Day, Day)],
    reason: usize,
    reasons: &mut [Option<usize>],
    applies: impl Fn(usize, (Day, Day)) -> bool,
) {
    for (place, (known, days)) in reasons.iter_mut().zip(windows).enumerate() {
        if known.is_none() && applies(place, *days) {
            *known = Some(reason);
        }
    }
}
