//! Units that are things of several kinds: signals, first doors, new episodes.

use super::happening::{days_of, first_of};
use super::rule::Share;
use super::unit::{Candidate, Scene, Subject, conclude, is_ruled_out};
use crate::terms::Day;

/// Spans of days after a unit: days 1 to `every`, the next as many, and so on; the first day of each is
/// the index day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Days of a span.
    pub every: i32,
    /// How many spans.
    pub times: i32,
}

/// Judges every day with a thing of the index's list. Things on one day are one unit, of the kind
/// that stands first in the list; of units too close to one another, the first counts.
pub(super) fn signals(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Candidate<'_>)) {
    let index = &rule.index;
    let timeline = scene.timeline;
    // What came before decides only where units have to be apart.
    let reaches_back = index.first || index.once || index.apart.is_some() || index.repeat.is_some();
    let from = if reaches_back { Day(i32::MIN / 2) } else { scene.asked.0 - index.after };
    let mut kept: Option<Day> = None;
    for (day, kind) in days_of(&index.any, timeline, scene.filters, (from, scene.asked.1)) {
        let unit = Candidate { day, of: Subject::Signal { kind } };
        if kept.is_none_or(|last| day - last >= index.apart.unwrap_or(0))
            && !is_ruled_out(index, scene, unit)
        {
            kept = Some(day);
            match index.repeat {
                None => conclude(rule, scene, Candidate { day: day + index.after, ..unit }, each),
                Some(Repeat { every, times }) => {
                    for place in 0..times {
                        let first = day + 1 + every * place;
                        conclude(rule, scene, Candidate { day: first, ..unit }, each);
                    }
                }
            }
        }
        if index.first || index.once && kept.is_some() {
            return;
        }
    }
}

/// Judges the last day of every month with a thing of the index's list.
pub(super) fn months(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Candidate<'_>)) {
    let index = &rule.index;
    let timeline = scene.timeline;
    let mut from = if index.once { Day(i32::MIN / 2) } else { scene.asked.0 - 31 };
    while let Some(day) = first_of(&index.any, timeline, scene.filters, from) {
        let last = day.first_of_month().months_later(1) - 1;
        if last > scene.data_through.min(scene.asked.1) {
            return;
        }
        let unit = Candidate { day: last, of: Subject::Day };
        if !is_ruled_out(index, scene, unit) {
            conclude(rule, scene, unit, each);
            if index.once {
                return;
            }
        }
        from = last + 1;
    }
}
