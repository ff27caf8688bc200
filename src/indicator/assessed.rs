//! Levels of care beside those that assessments recommend.

use super::criterion::for_each_level_run;
use super::unit::{Candidate, Scene, Subject};
use crate::terms::{Day, Window};
use crate::timeline::Timeline;

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

/// Which of the levels of a window is the delivered one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The level with most days; the lower on a tie.
    MostDays,
    /// The highest level.
    Highest,
}

impl Delivered {
    /// The delivered level from one day to another; nothing without any day of care.
    pub(super) fn level(self, timeline: &Timeline, days: (Day, Day)) -> Option<u8> {
        match self {
            Self::MostDays => delivered_level(timeline, days),
            Self::Highest => highest_level(timeline, days),
        }
    }

    /// The delivered level and the one that an assessment recommends.
    pub(super) fn beside_recommended(
        self,
        days: Window,
        scene: Scene<'_>,
        unit: Candidate<'_>,
    ) -> Option<(u8, u8)> {
        let Subject::Assessment { recommended } = unit.of else { return None };
        let delivered = self.level(scene.timeline, days.around(unit.day))?;
        Some((delivered, recommended))
    }
}

/// The level with most days of care; the lower on a tie; nothing without any day of care.
pub(super) fn delivered_level(timeline: &Timeline, (from, to): (Day, Day)) -> Option<u8> {
    let mut days = [0_i32; 7];
    for_each_level_run(timeline, from, to, &mut |first, last, level| {
        days[usize::from(level.min(6))] += last - first + 1;
    });
    let most = *days.iter().max().filter(|most| **most > 0)?;
    days.iter().position(|count| *count == most).and_then(|level| u8::try_from(level).ok())
}

/// The highest level of care from one day to another; nothing without any day of care.
pub(super) fn highest_level(timeline: &Timeline, (from, to): (Day, Day)) -> Option<u8> {
    let mut highest = None;
    for_each_level_run(timeline, from, to, &mut |_, _, level| {
        highest = highest.max(Some(level));
    });
    highest
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
