//! A rule on a day within its own windows: what cannot be known yet leaves nobody out, so that a
//! unit can still be acted upon.

use super::picture::{Role, picture};
use super::rule::{ExclusionTest, Indicator, Rule};
use super::{Better, Measure};
use crate::terms::Day;

/// A rule that is asked before its windows have closed.
#[derive(Debug, Clone, PartialEq)]
pub struct SoFar {
    /// The rule, without what only the future tells: that the window is complete, and enrolment
    /// after the day.
    pub indicator: Indicator,
    /// The last day of the window, counted from the index: up to then acting still counts.
    pub days: i32,
    /// True if a unit that is met so far calls for acting, as with care above the assessed level.
    pub met_calls: bool,
}

impl SoFar {
    /// True if units are days by which a gap in care has grown long enough: rows that come late undo them.
    pub fn is_by_silence(&self) -> bool {
        matches!(&self.indicator.rule, Rule::Share(share) if share.is_by_silence())
    }
}

/// The last day of a rule's window, counted from the index: up to then acting counts. Nothing for a
/// rule that is not about units.
pub fn days_to_act(indicator: &Indicator) -> Option<i32> {
    let Rule::Share(_) = &indicator.rule else { return None };
    let windows = picture(indicator).windows;
    let meets = windows.iter().filter(|window| window.role == Role::Meets);
    meets.map(|window| window.days.to).max()
}

/// The rule as it can be asked when everything up to a day is known; nothing for a rule that is not
/// about units.
pub fn so_far(indicator: &Indicator, known: Day) -> Option<SoFar> {
    let days = days_to_act(indicator)?;
    let Rule::Share(share) = &indicator.rule else { return None };
    let mut share = share.clone();
    share.exclusions.retain(|one| !matches!(one.test, ExclusionTest::NotObservable(_)));
    for exclusion in &mut share.exclusions {
        if let ExclusionTest::NotEnrolled { known_until, .. } = &mut exclusion.test {
            *known_until = Some(known);
        }
    }
    let reasons = share.exclusions.iter().map(|exclusion| exclusion.reason.clone()).collect();
    let measure = Measure { exclusions: reasons, ..indicator.measure.clone() };
    let met_calls = measure.better == Better::Lower;
    let indicator = Indicator { measure, rule: Rule::Share(share), ..indicator.clone() };
    Some(SoFar { indicator, days, met_calls })
}
