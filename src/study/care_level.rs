//! The neutral level of care on each day, 0 to 6: the highest of the services that cover it. Between
//! contacts the last one's level goes on for 30 days; then recovery maintenance (1) is left, and nothing
//! (0) after 90 days without service. In custody there is none.

use super::design::LevelRun;
use super::observe::Span;
use super::person::Observed;
use crate::terms::{Day, Level};
use crate::timeline::{SpellSet, Timeline};

/// Days after a contact on which its level goes on.
const CARRIED: i32 = 30;
/// Days after the last contact or day of 24-hour care on which a member is still in maintenance.
const KEPT: i32 = 90;
const MAINTENANCE: u8 = 1;

/// The level on a day; nothing for who is in custody or dead.
fn level_on(timeline: &Timeline, day: Day) -> Option<u8> {
    if !timeline.is_alive(day) || timeline.custody.has(day) {
        return None;
    }
    if timeline.institution(SpellSet::Inpatient).has(day) {
        return Some(Level::INPATIENT.number());
    }
    let around_the_clock = timeline.institution(SpellSet::Any24Hour);
    if around_the_clock.has(day) {
        return Some(Level::RESIDENTIAL.number());
    }
    let contacts =
        &timeline.level_days[..timeline.level_days.partition_point(|one| one.day <= day)];
    let contact = contacts.last();
    if let Some(last) = contact.filter(|last| day - last.day <= CARRIED) {
        return Some(last.level);
    }
    let kept = if around_the_clock.last_within(day - KEPT, day).is_some() {
        Some(MAINTENANCE)
    } else {
        contact.filter(|last| day - last.day <= KEPT).map(|last| last.level.min(MAINTENANCE))
    };
    Some(kept.unwrap_or(0))
}

/// The sum of levels over the days on which a member is enrolled, alive and not in custody, and these
/// days.
pub(super) fn summed(timeline: &Timeline, span: Span) -> Observed {
    let (from, to) = span.days();
    let mut found = (0, 0);
    for (first, last) in timeline.alive_enrolled.within(from, to) {
        for day in (first.0..=last.0).map(Day) {
            if let Some(level) = level_on(timeline, day) {
                found = (found.0 + i32::from(level), found.1 + 1);
            }
        }
    }
    match found {
        (_, 0) => Observed::Unmeasured,
        (sum, days) => Observed::Amount { total: f64::from(sum), days },
    }
}

/// The level on one day after time zero, of a member who is followed so far.
pub(super) fn on_day(timeline: &Timeline, day: i32, span: Span) -> Observed {
    let seen = (day <= span.follow_up).then(|| level_on(timeline, span.zero + day)).flatten();
    seen.map_or(Observed::Unmeasured, |level| Observed::Amount { total: level.into(), days: 1 })
}

/// Days within a span on which the level has been in a range for so many days of the span in a row.
pub(super) fn reached(timeline: &Timeline, run: LevelRun, span: Span) -> Vec<Day> {
    let (from, to) = span.days();
    let range = run.lowest.number()..=run.highest.number();
    let (mut found, mut in_a_row) = (Vec::new(), 0);
    for day in (from.0..=to.0).map(Day) {
        let is_in = level_on(timeline, day).is_some_and(|level| range.contains(&level));
        in_a_row = if is_in { in_a_row + 1 } else { 0 };
        if in_a_row == run.days {
            found.push(day);
        }
    }
    found
}
