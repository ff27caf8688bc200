//! What is measured of units that are not just met or not.

use super::criterion::met;
use super::rule::{Criterion, Share};
use super::score::{DEVIATION_PARTS, points, standardised_change};
use super::unit::{Candidate, Scene, Subject, decided};
use crate::terms::instrument::POINT;
use crate::terms::{Day, Window};

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
    /// The delivered level of care that the numerator asks about, minus the recommended one.
    LevelDifference,
    /// The delivered level of care and the recommended one, as [`Ratings`].
    LevelAgreement,
    /// Minutes of contacts from the index day to the day that decides the numerator.
    MinutesUntil {
        /// The filter.
        filter: usize,
    },
    /// Cents of cost lines on enrolled days in a window around the unit; of the end of an episode, from its beginning
    /// on.
    Cost {
        /// The window.
        days: Window,
        /// Only at these levels of care.
        levels: Option<(u8, u8)>,
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
            Self::LevelDifference => "levels",
            Self::LevelAgreement => "kappa",
            Self::Cost { .. } => "per episode",
            Self::MinutesUntil { .. } => "minutes",
        }
    }

    /// Parts of one unit of the value.
    pub(super) fn parts(self) -> i64 {
        match self {
            Self::DaysUntil { .. }
            | Self::Nights
            | Self::HowMany
            | Self::LevelDifference
            | Self::LevelAgreement
            | Self::MinutesUntil { .. } => 1,
            Self::StandardisedChange => DEVIATION_PARTS,
            Self::Points => POINT,
            Self::Cost { .. } => 100,
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
            decided(rule, scene, unit).unwrap_or(otherwise).into()
        }
        UnitValue::Nights => {
            let Subject::Spell(spell) = unit.of else { return 0 };
            i64::from((spell.nights().unwrap_or(0) - spell.leave).max(0))
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
        UnitValue::LevelDifference => {
            levels(rule, scene, unit).map_or(0, |levels| levels.first - levels.second)
        }
        UnitValue::LevelAgreement => levels(rule, scene, unit).map_or(0, Ratings::value),
        UnitValue::Cost { days, levels } => cost(days, levels, scene, unit),
    }
}

/// The delivered level of care that the numerator asks about, and the recommended one.
fn levels(rule: &Share, scene: Scene<'_>, unit: Candidate<'_>) -> Option<Ratings> {
    let Criterion::DeliveredLevel { of, days, .. } = rule.numerator else { return None };
    let (delivered, recommended) = of.beside_recommended(days, scene, unit)?;
    Some(Ratings { first: delivered.into(), second: recommended.into() })
}

/// Two ratings of one unit, each from 0 to 7, as one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratings {
    /// The one.
    pub first: i64,
    /// The other.
    pub second: i64,
}

impl Ratings {
    const MOST: i64 = 8;

    /// Both as one value.
    pub fn value(self) -> i64 {
        self.first * Self::MOST + self.second
    }

    /// The ratings of a value.
    pub fn of(value: i64) -> Self {
        Self { first: value / Self::MOST, second: value % Self::MOST }
    }
}

/// Cents of cost lines of a window, on enrolled days.
fn cost(days: Window, levels: Option<(u8, u8)>, scene: Scene<'_>, unit: Candidate<'_>) -> i64 {
    let (from, to) = days.around(unit.day);
    let from = if let Subject::Episode { start } = unit.of { start } else { from };
    let at_level = |level: Option<u8>| {
        levels
            .is_none_or(|(least, most)| level.is_some_and(|level| (least..=most).contains(&level)))
    };
    let enrolled = &scene.timeline.enrolled.days;
    let is_in = |day: Day| from <= day && day <= to && enrolled.has(day);
    let costs = scene.timeline.costs.iter().filter(|cost| is_in(cost.day) && at_level(cost.level));
    costs.map(|cost| cost.cents).sum()
}
