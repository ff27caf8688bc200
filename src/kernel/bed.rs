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

/// Minutes of events by their first day, each once, without what lies in an event of `but`; a begun minute
/// counts.
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
    let mut own: Vec<(Day, (i64, i64))> = timed(types).collect();
    own.sort_unstable_by_key(|(_, times)| *times);
    let mut found = Vec::new();
    for (day, times) in own {
        found.push((day, (seconds_outside(times, &cut) + 59) / 60));
        // What begins while another lasts stops the clock of the other.
        let at = cut.partition_point(|known| *known < times);
        cut.insert(at, times);
    }
    found
}

/// Seconds of a span that lie in none of others, which are in order.
fn seconds_outside((start, end): (i64, i64), others: &[(i64, i64)]) -> i64 {
    let (mut from, mut sum) = (start, 0);
    for (first, last) in others {
        sum += (first.min(&end) - from).max(0);
        from = from.max(*last);
    }
    sum + (end - from).max(0)
}
