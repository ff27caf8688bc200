//! Levels of care beside those that assessments recommend.

use super::unit::{Candidate, Scene, Subject};
use crate::terms::Window;

/// How a level of care compares with a recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Lower: less than needed.
    Under,
    /// Higher: more restrictive than needed.
    Over,
}

impl Comparison {
    /// True if a level compares in this way with a recommended one.
    pub fn holds(self, level: u8, recommended: u8) -> bool {
        match self {
            Self::Equal => level == recommended,
            Self::Under => level < recommended,
            Self::Over => level > recommended,
        }
    }
}

/// As [`super::criterion::met`], for the level of a stay beside the one that the latest assessment of a window recommends;
/// of several on that day the highest. The day of the assessment decides.
pub(super) fn assessed_level_met(
    compares: Option<Comparison>,
    days: Window,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> Option<i32> {
    let Subject::Spell(spell) = unit.of else { return None };
    let (from, to) = days.around(unit.day);
    let known = &scene.timeline.assessments;
    let known = &known[..known.partition_point(|one| one.day <= to)];
    let latest = known.last().filter(|one| one.day >= from)?.day;
    let of_day = known.iter().rev().take_while(|one| one.day == latest);
    let recommended = of_day.map(|one| one.recommended).max()?;
    let holds = compares.is_none_or(|how| how.holds(spell.level.number(), recommended));
    holds.then(|| latest - unit.day)
}
