//! Definitions that differ in a width alone, so that the one meets whatever the other does.

use super::course::Happens;
use super::measure::Widening;
use super::rule::{Criterion, MemberValue, Rule};
use crate::timeline::ContactFilter;

/// How a rule is one of a chain: contacts, admissions or other things until a last day, or a gap of more than
/// so many days.
pub(super) fn of(rule: &Rule, filters: &[ContactFilter]) -> Option<Widening> {
    let mut rule = rule.clone();
    let width = match &mut rule {
        Rule::Share(share) if share.value.is_none() => {
            share.curve = false;
            last_day(&mut share.numerator)
        }
        Rule::Member(member) => match &mut member.value {
            // The longer a gap has to be, the fewer have it.
            MemberValue::GapOver { days, .. } => Some(-std::mem::take(days)),
            _ => None,
        },
        _ => None,
    };
    width.map(|width| Widening { of: format!("{rule:?} {filters:?}"), width })
}

/// Takes the last day of a window away.
fn last_day(criterion: &mut Criterion) -> Option<i32> {
    match criterion {
        Criterion::Contact { days, then, .. } if then.is_empty() => {
            Some(std::mem::replace(&mut days.to, i32::MAX))
        }
        Criterion::Admission { days, .. }
        | Criterion::EdVisit { days, .. }
        | Criterion::Event { days, .. }
        | Criterion::Happens(Happens { days, .. }) => {
            Some(std::mem::replace(&mut days.to, i32::MAX))
        }
        _ => None,
    }
}
