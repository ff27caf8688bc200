//! A rule on a day within its own windows: what cannot be known yet leaves nobody out, so that a
//! unit can still be acted upon.

use super::picture::{Role, picture};
use super::rule::{ExclusionTest, Indicator, Rule};
use super::{Better, Measure};
use crate::terms::Window;

/// A rule that is asked before its windows have closed.
#[derive(Debug, Clone, PartialEq)]
pub struct SoFar {
    /// The rule, without what only the future tells: that the window is complete, and enrolment
    /// after the index.
    pub indicator: Indicator,
    /// The last day of the window, counted from the index: up to then acting still counts.
    pub days: i32,
    /// True if a unit that is met so far calls for acting, as with care above the assessed level.
    pub met_calls: bool,
}

/// The rule as it can be asked today; nothing for a rule that is not about units.
pub fn so_far(indicator: &Indicator) -> Option<SoFar> {
    let Rule::Share(share) = &indicator.rule else { return None };
    let windows = picture(indicator).windows;
    let meets = windows.iter().filter(|window| window.role == Role::Meets);
    let days = meets.map(|window| window.days.to).max()?;
    let mut share = share.clone();
    share.exclusions.retain(|one| !matches!(one.test, ExclusionTest::NotObservable(_)));
    for exclusion in &mut share.exclusions {
        if let ExclusionTest::NotEnrolled { days, .. } = &mut exclusion.test {
            *days = Window { from: days.from.min(0), to: 0 };
        }
    }
    let reasons = share.exclusions.iter().map(|exclusion| exclusion.reason.clone()).collect();
    let measure = Measure { exclusions: reasons, ..indicator.measure.clone() };
    let met_calls = measure.better == Better::Lower;
    let indicator = Indicator { measure, rule: Rule::Share(share), ..indicator.clone() };
    Some(SoFar { indicator, days, met_calls })
}
