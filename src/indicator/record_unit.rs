//! Units that records name: planned services, needs for help, quarters with a provider.

use super::provider::most_seen;
use super::rule::Share;
use super::unit::{Candidate, Scene, Subject, conclude, is_ruled_out};
use crate::terms::Day;
use crate::terms::codes::Sector;

/// Each service class that a care plan names, on the day of the plan.
pub(super) fn planned_services(
    rule: &Share,
    scene: Scene<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    for plan in &scene.timeline.plans {
        for place in (0..u32::BITS).filter(|place| plan.services & (1 << place) != 0) {
            let unit = Candidate { day: plan.day, of: Subject::Service { classes: 1 << place } };
            if !is_ruled_out(&rule.index, scene, unit) {
                conclude(rule, scene, unit, each);
            }
        }
    }
}

/// Each sector in which help was found to be needed; of needs too close to one another in one
/// sector, the first.
pub(super) fn sector_needs(
    rule: &Share,
    wanted: u32,
    scene: Scene<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    let mut kept: [Option<Day>; Sector::ALL.len()] = [None; Sector::ALL.len()];
    for (day, sectors) in &scene.timeline.sector_needs {
        for (sector, last) in kept.iter_mut().enumerate() {
            let bit = 1 << sector;
            let unit = Candidate { day: *day, of: Subject::Sector { bit } };
            if sectors & bit != 0
                && (wanted == 0 || wanted & bit != 0)
                && last.is_none_or(|last| *day - last >= rule.index.apart.unwrap_or(1))
                && !is_ruled_out(&rule.index, scene, unit)
            {
                *last = Some(*day);
                conclude(rule, scene, unit, each);
            }
        }
    }
}

/// Each agency of each day with a contact that passes a filter.
pub(super) fn agency_days(
    rule: &Share,
    filter: usize,
    scene: Scene<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    let filter = scene.filters[filter];
    for (day, key) in &scene.timeline.contact_agencies[filter] {
        let unit = Candidate { day: *day, of: Subject::Agency { key: *key, filter } };
        if !is_ruled_out(&rule.index, scene, unit) {
            conclude(rule, scene, unit, each);
        }
    }
}

/// Each last day of a calendar quarter in which, as in the quarter before, the member had visits with
/// a known provider of the kind.
pub(super) fn quarter_pairs(
    rule: &Share,
    kind: usize,
    scene: Scene<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    let visits = &scene.timeline.visits;
    let (Some(first), Some(last)) = (visits.first(), visits.last()) else { return };
    let quarter = |day: Day| {
        let since = i32::try_from((day.month() - 1) % 3).unwrap_or(0);
        day.first_of_month().months_later(-since)
    };
    let start = quarter(first.day.max(scene.asked.0));
    let stop = last.day.min(scene.asked.1);
    let from = |start: Day| (start, start.months_later(3) - 1);
    let quarters =
        std::iter::successors(Some(from(start.months_later(-3))), |(_, end)| Some(from(*end + 1)));
    let asked: Vec<(Day, Day)> = quarters.take_while(|(start, _)| *start <= stop).collect();
    let seen = most_seen(visits, kind, asked.iter().copied());
    let mut before = None;
    for ((_, end), now) in asked.iter().zip(seen) {
        let now = now.map(|most| most.provider);
        if let (Some(before), Some(now)) = (before, now) {
            let unit = Candidate { day: *end, of: Subject::Pair { changed: before != now } };
            if !is_ruled_out(&rule.index, scene, unit) {
                conclude(rule, scene, unit, each);
            }
        }
        before = now;
    }
}
