//! How much of something there is in a window: nights, days at a level, agencies, days of supply.

use super::provider::visits_within;
use super::unit::{Candidate, Scene};
use crate::terms::{Day, Window};
use crate::timeline::{SpellSet, Timeline};

/// Something that adds up over the days of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Nights in spells of a set.
    Nights(SpellSet),
    /// Days at this level of care or above: days in institutions, and days from a qualifying contact
    /// at such a level until the next one at another level, at the most `carried` days.
    DaysAtLevel {
        /// The level.
        least: u8,
        /// Days for which the level of a contact is carried forward.
        carried: i32,
    },
    /// Agencies with treatment visits.
    Agencies,
    /// Days on which the supply of a fill runs.
    SupplyDays {
        /// The filter of fills.
        filter: usize,
    },
    /// The most days in a row on which the supplies of at least so many fills run.
    SupplyInARow {
        /// The filter of fills.
        filter: usize,
        /// Supplies that run at once.
        at_once: i32,
    },
    /// Contact days in the half with fewer of them, of the time from the first to the last one; 0
    /// if these lie less than `apart` days apart.
    EachHalf {
        /// The filter of contacts.
        filter: usize,
        /// Days.
        apart: i32,
    },
}

/// How much there has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HowMuch {
    /// Of what.
    pub of: Amount,
    /// The window.
    pub days: Window,
    /// At least so much.
    pub at_least: i32,
    /// At most so much.
    pub at_most: i32,
}

/// True if there is as much of something as is asked for.
pub(super) fn how_much_holds(wanted: &HowMuch, scene: Scene<'_>, unit: Candidate<'_>) -> bool {
    let (from, to) = wanted.days.around(unit.day);
    (wanted.at_least..=wanted.at_most).contains(&amount(wanted.of, scene, from, to))
}

/// As [`super::criterion::met`], for how much there is of something. What can only become more from day to
/// day is decided on the day on which it is enough, anything else on the index day.
pub(super) fn how_much_met(wanted: &HowMuch, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    if !how_much_holds(wanted, scene, unit) {
        return None;
    }
    let grows = match wanted.of {
        Amount::Nights(_)
        | Amount::DaysAtLevel { .. }
        | Amount::SupplyDays { .. }
        | Amount::SupplyInARow { .. } => wanted.at_least > 0 && wanted.at_most == i32::MAX,
        Amount::Agencies | Amount::EachHalf { .. } => false,
    };
    if !grows {
        return Some(0);
    }
    let (from, mut enough) = wanted.days.around(unit.day);
    let mut day = from;
    while day < enough {
        let middle = day + (enough - day) / 2;
        if amount(wanted.of, scene, from, middle) >= wanted.at_least {
            enough = middle;
        } else {
            day = middle + 1;
        }
    }
    Some(enough - unit.day)
}

fn amount(of: Amount, scene: Scene<'_>, from: Day, to: Day) -> i32 {
    let timeline = scene.timeline;
    match of {
        Amount::Nights(set) => timeline.institution(set).count_within(from, to),
        Amount::DaysAtLevel { least, carried } => days_at_level(timeline, least, carried, from, to),
        Amount::Agencies => agencies(timeline, from, to),
        Amount::SupplyDays { filter } => {
            let supplies = &timeline.supplies[scene.filters[filter]];
            runs(supplies, 1, from, to).iter().map(|(first, last)| *last - *first + 1).sum()
        }
        Amount::SupplyInARow { filter, at_once } => {
            let supplies = &timeline.supplies[scene.filters[filter]];
            let runs = runs(supplies, at_once, from, to);
            runs.iter().map(|(first, last)| *last - *first + 1).max().unwrap_or(0)
        }
        Amount::EachHalf { filter, apart } => {
            each_half(timeline.contacts_within(scene.filters[filter], from, to), apart)
        }
    }
}

fn days_at_level(timeline: &Timeline, least: u8, carried: i32, from: Day, to: Day) -> i32 {
    let days = &timeline.level_days;
    let institution = timeline.institution(SpellSet::Any24Hour);
    let at = days.partition_point(|day| day.day < from - carried);
    let mut sum = 0;
    for (place, day) in days.iter().enumerate().skip(at).take_while(|(_, day)| day.day <= to) {
        let next = days.get(place + 1).map_or(to, |next| next.day - 1);
        let (first, last) = (day.day.max(from), next.min(day.day + carried).min(to));
        if day.level >= least && first <= last {
            sum += last - first + 1 - institution.count_within(first, last);
        }
    }
    // Days in institutions are at level 5 or 6.
    let own = if least == 6 { SpellSet::Inpatient } else { SpellSet::Any24Hour };
    sum + timeline.institution(own).count_within(from, to)
}

fn agencies(timeline: &Timeline, from: Day, to: Day) -> i32 {
    const AGENCY: usize = 2;
    let mut known: Vec<u32> = Vec::new();
    for agency in
        visits_within(&timeline.visits, from, to).iter().filter_map(|v| v.providers[AGENCY])
    {
        if !known.contains(&agency) {
            known.push(agency);
        }
    }
    i32::try_from(known.len()).unwrap_or(i32::MAX)
}

/// Runs of days on which at least so many supplies run, in order. A fill of n days runs on the day
/// of the fill and the n − 1 days after it.
fn runs(supplies: &[(Day, i32)], at_once: i32, from: Day, to: Day) -> Vec<(Day, Day)> {
    let mut steps: Vec<(Day, i32)> = Vec::new();
    for (fill, supply) in supplies.iter().filter(|(_, supply)| *supply > 0) {
        let (first, end) = ((*fill).max(from), (*fill + *supply).min(to + 1));
        if first < end {
            steps.extend([(first, 1), (end, -1)]);
        }
    }
    steps.sort_unstable();
    let (mut found, mut running, mut since): (Vec<(Day, Day)>, i32, Option<Day>) =
        (Vec::new(), 0, None);
    for changes in steps.chunk_by(|a, b| a.0 == b.0) {
        running += changes.iter().map(|(_, change)| change).sum::<i32>();
        match since {
            None if running >= at_once => since = Some(changes[0].0),
            Some(first) if running < at_once => {
                found.push((first, changes[0].0 - 1));
                since = None;
            }
            _ => {}
        }
    }
    found
}

fn each_half(days: &[Day], apart: i32) -> i32 {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return 0 };
    if *last - *first < apart {
        return 0;
    }
    let middle = *first + (*last - *first) / 2;
    let early = days.partition_point(|day| *day <= middle);
    i32::try_from(early.min(days.len() - early)).unwrap_or(i32::MAX)
}
