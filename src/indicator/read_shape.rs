//! What follows from a rule about its numbers: their shape, scale, display and unit.

use super::home::HomeValue;
use super::rule::Rule;
use super::thing::{RateRule, Sum};
use super::unit_value::UnitValue;
use super::{Display, Scale, Shape, Spread};

/// What stands for the days of a unit that the deciding event does not reach.
pub(super) fn ceiling(rule: &Rule) -> Option<i64> {
    let Rule::Share(share) = rule else { return None };
    match share.value {
        Some(UnitValue::DaysUntil { otherwise }) => Some(otherwise.into()),
        _ => None,
    }
}

/// How the values of units lie: nights of stays are skewed; differences of levels of care are few, and so is
/// how many of some criteria hold.
pub(super) fn spread(rule: &Rule) -> Spread {
    let Rule::Share(share) = rule else { return Spread::Any };
    match share.value {
        Some(UnitValue::Nights) => Spread::Skewed,
        Some(UnitValue::HowMany | UnitValue::LevelDifference | UnitValue::LevelAgreement) => {
            Spread::Few
        }
        _ => Spread::Any,
    }
}

/// From how many per cent on a member's value is high: 75 for indices of continuity, 95 for days in the
/// community, of which most people have nearly all.
pub(super) fn high_percent(rule: &Rule) -> i64 {
    use super::rule::MemberValue;
    match rule {
        Rule::Member(rule) if matches!(rule.value, MemberValue::CommunityDays { .. }) => 95,
        _ => 75,
    }
}

/// Shape, scale, display, and parts of one numerator unit.
pub(super) fn shape(rule: &Rule, scale: Scale) -> (Shape, Scale, Display, i64) {
    use super::rule::Thing;
    let once = Scale::Times(1.0);
    match rule {
        Rule::Share(share) if matches!(share.value, Some(UnitValue::Cost { .. })) => {
            (Shape::UnitMean, once, Display::Dollars, 100)
        }
        Rule::Share(share) if share.value == Some(UnitValue::LevelAgreement) => {
            (Shape::Agreement, once, Display::Index, 1)
        }
        Rule::Share(share) if share.value.is_some() => {
            let parts = share.value.map_or(1, UnitValue::parts);
            (Shape::UnitMean, once, Display::Rate, parts)
        }
        Rule::Share(_) | Rule::Contacts(_) => (Shape::Share, once, Display::Percent, 1),
        Rule::LevelMix => (Shape::Mix, once, Display::Percent, 1),
        Rule::Member(rule) => {
            let (shape, display, parts) = of_member(rule.value);
            (shape, once, display, parts)
        }
        Rule::Rate(RateRule { top: Some(percent), of, .. }) => {
            let parts = if is_money(*of) { 100 } else { 1 };
            (Shape::Top { percent: *percent }, once, Display::Percent, parts)
        }
        Rule::Rate(rate) => match (rate.of, rate.to) {
            (Thing::Goals { .. }, Some(Thing::Goals { .. })) => {
                (Shape::Share, scale, Display::Percent, 1)
            }
            (of, Some(to)) if is_money(of) && is_money(to) => {
                (Shape::Rate, scale, Display::Percent, 100)
            }
            (Thing::Served { .. } | Thing::Units { once: true, .. }, None) if matches!(scale, Scale::DaysOfPeriod(factor) if factor > 1.0) => {
                (Shape::Rate, scale, Display::Rate, 1)
            }
            (Thing::Contacts { .. }, Some(Thing::Contacts { .. }))
                if scale == Scale::Times(1.0) =>
            {
                (Shape::Rate, scale, Display::Percent, 1)
            }
            (Thing::Served { .. } | Thing::Units { once: true, .. }, _)
            | (Thing::PhaseDays(_), Some(Thing::PhaseDays(_)))
            | (Thing::ContactSum { .. }, Some(Thing::ContactSum { .. })) => {
                (Shape::Rate, scale, Display::Percent, 1)
            }
            (of, _) if is_money(of) => (Shape::Rate, scale, Display::Dollars, 100),
            _ => (Shape::Rate, scale, Display::Rate, 1),
        },
    }
}

/// Shape, display and parts of one numerator unit of a value of members.
fn of_member(value: super::rule::MemberValue) -> (Shape, Display, i64) {
    use super::rule::MemberValue;
    let parts = super::member_value::PARTS;
    match value {
        MemberValue::GapOver { .. }
        | MemberValue::AnyContact { .. }
        | MemberValue::AnyInstitution(_)
        | MemberValue::EachQuarter { .. }
        | MemberValue::EachMonth { .. }
        | MemberValue::EdVisits { .. }
        | MemberValue::ManyProviders(_)
        | MemberValue::HasLead
        | MemberValue::PlanCurrent { .. }
        | MemberValue::SharedPlan
        | MemberValue::QuartersInCare { .. }
        | MemberValue::Status(_)
        | MemberValue::Meets
        | MemberValue::Score(_)
        | MemberValue::Home(HomeValue::Less)
        | MemberValue::ScoredQuarters
        | MemberValue::Events { .. } => (Shape::MemberShare, Display::Percent, 1),
        MemberValue::Relationship { .. } => (Shape::Duration, Display::Rate, 1),
        MemberValue::MonthsWithContact { .. }
        | MemberValue::QuartersWithContact { .. }
        | MemberValue::CommunityDays { .. }
        | MemberValue::Home(HomeValue::OutOfHome) => (Shape::MemberMean, Display::Percent, parts),
        MemberValue::Providers
        | MemberValue::Density
        | MemberValue::Tenure
        | MemberValue::Disruptions
        | MemberValue::NightsSoFar(_)
        | MemberValue::LongestGap { .. } => (Shape::MemberMean, Display::Rate, parts),
        _ => (Shape::MemberMean, Display::Index, parts),
    }
}

fn is_money(thing: super::rule::Thing) -> bool {
    use super::rule::Thing;
    matches!(thing, Thing::Cost { .. } | Thing::UnitMoney | Thing::ContactSum { of: Sum::Paid, .. })
}

/// The unit of a value that is no share.
pub(super) fn unit_of(rule: &Rule) -> String {
    use super::rule::MemberValue;
    if let Rule::Share(share) = rule {
        return share.value.map_or("", UnitValue::unit).to_owned();
    }
    let Rule::Member(rule) = rule else { return String::new() };
    match rule.value {
        MemberValue::Providers => "per member",
        MemberValue::Density => "members shared by two of a member's providers",
        MemberValue::LongestGap { .. } | MemberValue::Tenure | MemberValue::Relationship { .. } => {
            "days"
        }
        MemberValue::NightsSoFar(_) => "nights",
        MemberValue::Disruptions => "per member-year",
        MemberValue::Entropy => "bits",
        _ => "",
    }
    .to_owned()
}
