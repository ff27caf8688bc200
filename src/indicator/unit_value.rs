//! What is measured of units that are not just met or not.

use super::criterion::met;
use super::rule::{Criterion, Share, Unit};
use super::score::{DEVIATION_PARTS, points, standardised_change};
use super::unit::{Candidate, Scene, Subject};
use crate::terms::instrument::POINT;
use crate::timeline::{Spell, SpellSet, Stay, Timeline};

/// What is measured of each unit, where units have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitValue {
    /// Days from the index to the event that decides the numerator; this many where it is not met.
    DaysUntil {
        /// The days of a unit that is not met.
        otherwise: i32,
    },
    /// Nights from admission to discharge, without days on leave.
    Nights,
    /// How many of the criteria that the numerator is made of are met.
    HowMany,
    /// The change of scores that the numerator asks about, in standard deviations of first scores.
    StandardisedChange,
    /// The scores that the index names.
    Points,
    /// Minutes of contacts from the index day to the day that decides the numerator.
    MinutesUntil {
        /// The filter.
        filter: usize,
    },
}

impl UnitValue {
    /// The unit of the value, in words.
    pub fn unit(self) -> &'static str {
        match self {
            Self::DaysUntil { .. } => "days",
            Self::Nights => "nights",
            Self::HowMany => "",
            Self::StandardisedChange => "standard deviations",
            Self::Points => "points",
            Self::MinutesUntil { .. } => "minutes",
        }
    }

    /// Parts of one unit of the value.
    pub(super) fn parts(self) -> i64 {
        match self {
            Self::DaysUntil { .. } | Self::Nights | Self::HowMany | Self::MinutesUntil { .. } => 1,
            Self::StandardisedChange => DEVIATION_PARTS,
            Self::Points => POINT,
        }
    }
}

/// The value of a unit that is not left out.
pub(super) fn unit_value(
    value: UnitValue,
    rule: &Share,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> i64 {
    match value {
        UnitValue::DaysUntil { otherwise } => {
            met(&rule.numerator, scene, unit).unwrap_or(otherwise).into()
        }
        UnitValue::Nights => {
            let Subject::Spell(spell) = unit.of else { return 0 };
            let (Unit::Discharge(set) | Unit::Admission(set)) = rule.index.unit else { return 0 };
            let leave = leave_days(scene.timeline, set, spell);
            i64::from((spell.nights().unwrap_or(0) - leave).max(0))
        }
        UnitValue::HowMany => {
            let Criterion::Joined { of, .. } = &rule.numerator else { return 0 };
            let met = of.iter().filter(|one| met(one, scene, unit).is_some()).count();
            i64::try_from(met).unwrap_or(i64::MAX)
        }
        UnitValue::StandardisedChange => standardised_change(&rule.numerator, scene, unit),
        UnitValue::MinutesUntil { filter } => {
            let filter = scene.filters[filter];
            let until = unit.day + met(&rule.numerator, scene, unit).unwrap_or(0);
            let days = scene.timeline.contact_days[filter].iter();
            let all = days.zip(&scene.timeline.contact_sums[filter]);
            let within = all.filter(|(day, _)| unit.day <= **day && **day <= until);
            within.map(|(_, sum)| sum.minutes).sum()
        }
        UnitValue::Points => points(&rule.index, scene.timeline, unit.day),
    }
}

/// Days on leave that stays record which begin from admission to discharge and are of the same set.
fn leave_days(timeline: &Timeline, set: SpellSet, spell: &Spell) -> i32 {
    let belongs = |stay: &&Stay| {
        spell.admit <= stay.admit
            && spell.discharge.is_none_or(|end| stay.admit <= end)
            && stay.level.is_some_and(|level| set.has(level))
    };
    timeline.stays.iter().filter(belongs).map(|stay| stay.leave).sum()
}
