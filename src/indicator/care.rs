//! When members are in care, and when they are lost.

use crate::terms::Day;
use crate::timeline::{Timeline, days_within};

/// Why an episode of care ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Not ended by the data-through date.
    Open,
    /// Planned: completed, transferred, moved or died.
    Planned(Day),
    /// The gap since the last contact reached its limit on this day.
    Disengaged {
        /// The day on which it became a fact.
        on: Day,
        /// The last qualifying contact before.
        last_contact: Day,
    },
}

/// A time in care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CareEpisode {
    /// The second of two treatment days at most 180 days apart.
    pub entry: Day,
    /// How it ended.
    pub exit: Exit,
}

/// Two treatment days at most so far apart begin care.
const ENTRY_DAYS: i32 = 180;

/// The episodes of care of a member, up to the data-through date. `treatment` and `qualifying` are
/// the days of those contacts; the clock counts days at risk after the last qualifying contact and
/// pauses on all others, and a contact on the last day of the gap prevents the disengagement.
pub fn episodes(
    timeline: &Timeline,
    treatment: &[Day],
    qualifying: &[Day],
    gap: i32,
    data_through: Day,
    found: &mut Vec<CareEpisode>,
) {
    found.clear();
    let mut from = 0;
    while let Some(entry_at) = entry_after(timeline, treatment, from) {
        let entry = treatment[entry_at];
        if entry > data_through {
            break;
        }
        let exit = exit_after(timeline, qualifying, entry, gap, data_through);
        found.push(CareEpisode { entry, exit });
        let ended = match exit {
            Exit::Open => break,
            Exit::Planned(day) | Exit::Disengaged { on: day, .. } => day,
        };
        from = treatment.partition_point(|day| *day <= ended);
    }
}

/// The place of the first treatment day from `from` on that has another at most 180 days before it,
/// also from `from` on, without a planned end between them.
fn entry_after(timeline: &Timeline, treatment: &[Day], from: usize) -> Option<usize> {
    (from + 1..treatment.len()).find(|at| {
        let (first, second) = (treatment[at - 1], treatment[*at]);
        second - first <= ENTRY_DAYS
            && days_within(&timeline.planned_ends, first, second - 1).is_empty()
    })
}

fn exit_after(
    timeline: &Timeline,
    qualifying: &[Day],
    entry: Day,
    gap: i32,
    data_through: Day,
) -> Exit {
    let planned_at = timeline.planned_ends.partition_point(|day| *day < entry);
    let planned = timeline.planned_ends.get(planned_at).copied();
    let mut last = entry;
    let next_from = qualifying.partition_point(|day| *day <= entry);
    let mut next = qualifying[next_from..].iter().copied();
    let lost = loop {
        let contact = next.next();
        // At least `gap` days have to pass, so a contact within them needs no count.
        if let Some(day) = contact.filter(|day| *day - last <= gap) {
            last = day;
            continue;
        }
        let reached = timeline.at_risk.nth_after(last, gap);
        match (reached, contact) {
            (Some(on), Some(day)) if day <= on => last = day,
            (Some(on), _) => break Some(on),
            (None, Some(day)) => last = day,
            (None, None) => break None,
        }
    };
    match (lost.filter(|on| *on <= data_through), planned.filter(|day| *day <= data_through)) {
        (Some(on), Some(day)) if day <= on => Exit::Planned(day),
        (None, Some(day)) => Exit::Planned(day),
        (Some(on), _) => Exit::Disengaged { on, last_contact: last },
        (None, None) => Exit::Open,
    }
}
