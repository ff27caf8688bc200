//! Follow-up of members, and the days on which something happens to them.

/// The event code of a stretch that ends without an event.
pub const CENSORED: u8 = 0;

/// One stretch of a member's follow-up: at risk on the days `start + 1..=stop`.
///
/// A member has one stretch that starts at 0, or, with late entry, gaps, repeated events or
/// covariates that change, several that do not overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FollowUp {
    /// Days after time zero at which the stretch begins; that day itself is not at risk.
    pub start: u32,
    /// Days after time zero at which it ends; above `start`.
    pub stop: u32,
    /// What ended it: [`CENSORED`], or the kind of event, from 1.
    pub event: u8,
    /// Weight, 1 unless members stand for others; above 0.
    pub weight: f64,
}

impl FollowUp {
    /// From time zero to a day on which follow-up ends without an event.
    pub fn censored(stop: u32) -> Self {
        Self::until(stop, CENSORED)
    }

    /// From time zero to a day and what happened on it.
    pub fn until(stop: u32, event: u8) -> Self {
        Self { start: 0, stop, event, weight: 1.0 }
    }

    /// The same with late entry.
    #[must_use]
    pub fn entering_at(self, start: u32) -> Self {
        Self { start, ..self }
    }

    /// The same with a weight.
    #[must_use]
    pub fn weighing(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// The same with every kind of event but one taken as censoring: for a cause-specific hazard.
    #[must_use]
    pub fn only(self, kind: u8) -> Self {
        Self { event: if self.event == kind { kind } else { CENSORED }, ..self }
    }

    pub(super) fn is_event(self) -> bool {
        self.event != CENSORED
    }

    fn is_sound(self) -> bool {
        self.start < self.stop && self.weight > 0.0 && self.weight.is_finite()
    }
}

/// True if every stretch ends after it begins and has a weight above 0, and there is one.
pub(super) fn sound(follow_ups: &[FollowUp]) -> bool {
    !follow_ups.is_empty() && follow_ups.iter().all(|one| one.is_sound())
}

/// Numbers of rows in the order of a key, equal keys in the order of rows.
pub(super) fn ordered_by(rows: usize, key: impl Fn(usize) -> u32) -> Vec<usize> {
    let greatest = (0..rows).map(&key).max().unwrap_or(0) as usize;
    if greatest > 4 * rows + 1000 {
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by_key(|row| key(*row));
        return order;
    }
    // Days and groups are small numbers: counting puts a million rows in order at one reading.
    let mut next = vec![0_usize; greatest + 2];
    for row in 0..rows {
        next[key(row) as usize + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let mut order = vec![0; rows];
    for row in 0..rows {
        let place = &mut next[key(row) as usize];
        order[*place] = row;
        *place += 1;
    }
    order
}

/// Weighted numbers on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Day<const KINDS: usize> {
    /// Days after time zero.
    pub(super) time: u32,
    /// At risk on the day.
    pub(super) at_risk: f64,
    /// Events by kind − 1.
    pub(super) events: [f64; KINDS],
    /// Stretches that end without one of these events.
    pub(super) censored: f64,
}

/// Every day on which a stretch ends, in order. `kind` gives the place of an event among the kinds,
/// or nothing if it counts as censoring.
pub(super) fn days<const KINDS: usize>(
    follow_ups: &[FollowUp],
    kind: impl Fn(u8) -> Option<usize>,
) -> Vec<Day<KINDS>> {
    let order = ordered_by(follow_ups.len(), |row| follow_ups[row].stop);
    let late = follow_ups.iter().any(|one| one.start > 0);
    let entries =
        if late { ordered_by(follow_ups.len(), |row| follow_ups[row].start) } else { Vec::new() };
    let mut at_risk = if late { 0.0 } else { follow_ups.iter().map(|one| one.weight).sum::<f64>() };
    let mut waiting = entries.into_iter().peekable();
    // In order of days side by side, so that each day is read from one place.
    let sorted: Vec<FollowUp> = order.into_iter().map(|row| follow_ups[row]).collect();
    let mut days: Vec<Day<KINDS>> = Vec::new();
    for group in sorted.chunk_by(|a, b| a.stop == b.stop) {
        let time = group[0].stop;
        while let Some(row) = waiting.next_if(|row| follow_ups[*row].start < time) {
            at_risk += follow_ups[row].weight;
        }
        let mut day = Day { time, at_risk, events: [0.0; KINDS], censored: 0.0 };
        let mut leaving = 0.0;
        for one in group {
            leaving += one.weight;
            match kind(one.event) {
                Some(kind) => day.events[kind] += one.weight,
                None => day.censored += one.weight,
            }
        }
        at_risk -= leaving;
        days.push(day);
    }
    days
}
