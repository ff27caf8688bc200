//! What happens in a bed: nights on leave, nights of waiting to leave, minutes of restriction.

use crate::indicator::{EventSet, Thing};
use crate::terms::Day;
use crate::timeline::{DaySpans, SpellSet, Timeline};

/// Alive enrolled nights of a set without days on leave, or those of waiting to leave.
pub(super) fn stay_days(timeline: &Timeline, set: SpellSet, thing: Thing) -> DaySpans {
    let nights = timeline.alive_enrolled.shared_with(timeline.institution(set));
    let stays = timeline.stays.iter().filter(|stay| stay.level.is_some_and(|level| set.has(level)));
    let last = |discharge: Option<Day>| discharge.map_or(Day(i32::MAX / 2), |day| day - 1);
    if matches!(thing, Thing::WaitingNights(_)) {
        let waiting =
            stays.filter_map(|stay| Some((stay.ready?.max(stay.admit), last(stay.discharge))));
        return nights.shared_with(&DaySpans::from_spans(waiting));
    }
    let leave = stays.filter(|stay| stay.leave > 0).filter_map(|stay| {
        let end = stay.discharge? - 1;
        Some(((end - (stay.leave - 1)).max(stay.admit), end))
    });
    nights.without(&DaySpans::from_spans(leave))
}

/// Minutes of events by their first day, without minutes that lie in an event of `but`.
pub(super) fn minutes_of(timeline: &Timeline, types: EventSet, but: EventSet) -> Vec<(Day, i64)> {
    let timed = |wanted: EventSet| {
        timeline
            .events
            .iter()
            .filter(move |event| wanted.has(event.what))
            .filter_map(|event| Some((event.start, event.times?)))
    };
    let mut cut: Vec<(i64, i64)> = timed(but).map(|(_, times)| times).collect();
    cut.sort_unstable();
    let minutes = |(start, end): (i64, i64)| {
        let (mut from, mut sum) = (start, 0);
        for (first, last) in &cut {
            sum += (first.min(&end) - from).max(0);
            from = from.max(*last);
        }
        sum + (end - from).max(0)
    };
    timed(types).map(|(day, times)| (day, minutes(times))).collect()
}
