//! Criteria about the course that follows a unit.

use super::care::Exit;
use super::criterion::{for_each_level_run, met};
use super::happening::{Happening, days_of, first_of};
use super::own::at_own_agency;
use super::provider::{modal, visits_within};
use super::rule::{Criterion, Share};
use super::unit::{Candidate, Scene, Subject};
use crate::terms::{Day, Window};
use crate::timeline::{Phase, Spell, SpellSet, Timeline, days_within};

/// Any of several kinds of things on at least so many distinct days of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happens {
    /// The kinds.
    pub any: Vec<Happening>,
    /// The window.
    pub days: Window,
    /// The least number of distinct days.
    pub at_least: usize,
}

/// What becomes of the member after the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// A clock that starts on the index day, counts days at risk and starts again on every qualifying
    /// contact reaches `gap`, at the latest `within` days after the index. A contact on the very day
    /// prevents it.
    Lost {
        /// Days at risk without a qualifying contact.
        gap: i32,
        /// Days after the index.
        within: i32,
    },
    /// The member, in care, disengages in the window: the day on which `gap` days at risk without a
    /// qualifying contact are full.
    Disengages {
        /// Days at risk without a qualifying contact.
        gap: i32,
        /// The window.
        days: Window,
    },
    /// The first thing of any of these routes in the window is one of the route at `place`; where
    /// several routes begin on one day, the later in the list is the first.
    Route {
        /// The routes.
        routes: Vec<Vec<Happening>>,
        /// Which one.
        place: usize,
        /// The window.
        days: Window,
    },
    /// Care at a level at least `by` above that of the first qualifying contact at level 1 to 4 in
    /// `first`; a day in 24-hour care has level 5 or 6.
    Escalates {
        /// Where the first contact is looked for.
        first: Window,
        /// The least difference of levels.
        by: u8,
        /// The window.
        days: Window,
    },
    /// The involuntary events around an admission end, one after the other, at the latest `within`
    /// days after it, and the spell goes on after that day.
    HoldEnds {
        /// Days after the admission.
        within: i32,
    },
    /// A qualifying contact of the planned class in the window.
    Delivered(Window),
    /// A referral to the sector in the window, attended at most so many days later if that is asked.
    Linked {
        /// The window of the referral.
        days: Window,
        /// Days from the referral to the first day attended.
        attended: Option<i32>,
    },
    /// The agency of the first qualifying contact after a discharge is the one with most contact
    /// days before the admission.
    SameAgency {
        /// Days around the admission.
        before: Window,
        /// Days around the discharge.
        after: Window,
        /// True if it is enough that both agencies are known.
        known: bool,
    },
    /// A contact that passes a filter, at the agency of the stay itself, in the window.
    OwnAgency {
        /// The filter.
        filter: usize,
        /// The window.
        days: Window,
    },
    /// In a phase of recovery on every day of the window.
    InPhase {
        /// The phase.
        phase: Phase,
        /// The window.
        days: Window,
    },
    /// A contact that passes a filter, at least at the level of the last assessment up to the index
    /// day, if there is any.
    AtAssessedLevel {
        /// The filter without a level, and at each level from 1 to 6 or above.
        by_level: [usize; 7],
        /// The window.
        days: Window,
    },
    /// Another agency has had such a contact in so many days before, with no planned end of care in
    /// between.
    OtherAgency {
        /// Days before the index.
        within: i32,
    },
    /// More than so many days of the window in spells of a set.
    DaysIn {
        /// The set.
        set: SpellSet,
        /// Days.
        over: i32,
        /// The window.
        days: Window,
    },
    /// At least so many contacts (rows, not days) that pass a filter in the window.
    Rows {
        /// The filter.
        filter: usize,
        /// The window.
        days: Window,
        /// The least number of rows.
        at_least: i64,
    },
}

impl Course {
    /// The windows that it looks at, in days around the index.
    pub(super) fn windows(&self) -> Vec<Window> {
        match self {
            Self::Lost { within, .. } | Self::HoldEnds { within } => {
                vec![Window { from: 0, to: *within }]
            }
            Self::Disengages { days, .. }
            | Self::Route { days, .. }
            | Self::Delivered(days)
            | Self::Linked { days, .. }
            | Self::InPhase { days, .. }
            | Self::AtAssessedLevel { days, .. }
            | Self::DaysIn { days, .. }
            | Self::OwnAgency { days, .. }
            | Self::Rows { days, .. } => vec![*days],
            Self::Escalates { first, days, .. } => vec![*first, *days],
            Self::OtherAgency { within } => vec![Window { from: -within, to: -1 }],
            Self::SameAgency { before, after, .. } => vec![*before, *after],
        }
    }
}

/// Days from the index to the day that decides, if the criterion is met.
pub(super) fn joined_met(
    (at_least, at_most): (usize, usize),
    of: &[Criterion],
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> Option<i32> {
    let mut count = 0;
    let mut decides: Option<i32> = None;
    // The day that decides is the at_least-th smallest of theirs; lists are short.
    let found = || of.iter().filter_map(|one| met(one, scene, unit));
    for day in found() {
        count += 1;
        let before = found().filter(|other| *other <= day).count();
        if before >= at_least && decides.is_none_or(|best| day < best) {
            decides = Some(day);
        }
    }
    (at_least..=at_most)
        .contains(&count)
        .then(|| if at_least == 0 { 0 } else { decides.unwrap_or(0) })
}

/// As [`met`], for things that happen.
pub(super) fn happens_met(happens: &Happens, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    let (from, to) = happens.days.around(unit.day);
    let day = match happens.at_least {
        0 | 1 => {
            first_of(&happens.any, scene.timeline, scene.filters, from).filter(|day| *day <= to)
        }
        more => {
            let mut days = days_of(&happens.any, scene.timeline, scene.filters, (from, to));
            days.nth(more - 1).map(|(day, _)| day)
        }
    };
    day.map(|day| day - unit.day)
}

/// As [`met`], for things that have to follow the day on which another criterion is met.
pub(super) fn followed_met(
    first: &Criterion,
    then: &Happens,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> Option<i32> {
    let decides = met(first, scene, unit)?;
    let later = Candidate { day: unit.day + decides, of: unit.of };
    happens_met(then, scene, later).map(|days| decides + days)
}

/// As [`met`], for what follows a unit.
pub(super) fn course_met(course: &Course, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    match course {
        Course::Lost { gap, within } => lost(scene, unit.day, *gap, *within),
        Course::Disengages { days, .. } => {
            let (from, to) = days.around(unit.day);
            let lost = scene.care.iter().filter_map(|episode| match episode.exit {
                Exit::Disengaged { on, .. } => Some(on),
                Exit::Open | Exit::Planned(_) => None,
            });
            lost.filter(|on| (from..=to).contains(on)).min().map(|on| on - unit.day)
        }
        Course::Escalates { first, by, days } => escalates(scene, unit.day, *first, *by, *days),
        Course::HoldEnds { within } => {
            let Subject::Spell(spell) = unit.of else { return None };
            let end = hold_end(scene.timeline, spell)?;
            let goes_on = spell.discharge.is_none_or(|discharge| discharge > end);
            (goes_on && end - spell.admit <= *within).then(|| end - spell.admit)
        }
        Course::Delivered(days) => {
            let Subject::Service { classes } = unit.of else { return None };
            let (from, to) = days.around(unit.day);
            let at = scene.timeline.level_days.partition_point(|day| day.day < from);
            let mut next = scene.timeline.level_days[at..].iter().take_while(|day| day.day <= to);
            next.find(|day| day.classes & classes != 0).map(|day| day.day - unit.day)
        }
        Course::InPhase { phase, days } => {
            let (from, to) = days.around(unit.day);
            scene.timeline.is_in_phase(*phase, from, to).then_some(0)
        }
        Course::AtAssessedLevel { by_level, days } => {
            at_assessed_level(scene, *by_level, unit.day, *days)
        }
        Course::OtherAgency { within } => {
            let Subject::Agency { key, filter } = unit.of else { return None };
            let known = scene.timeline.contact_agencies[filter].iter().rev();
            let mut before = known
                .skip_while(|(day, _)| *day >= unit.day)
                .take_while(|(day, _)| unit.day - *day <= *within);
            before
                .any(|(day, other)| {
                    let ends = &scene.timeline.planned_ends;
                    *other != key && days_within(ends, *day, unit.day - 1).is_empty()
                })
                .then_some(0)
        }
        Course::DaysIn { set, over, days } => {
            let (from, to) = days.around(unit.day);
            let inside = scene.timeline.institution(*set).count_within(from, to);
            (inside > *over).then_some(0)
        }
        Course::Linked { days, attended } => linked(scene, unit, *days, *attended),
        Course::SameAgency { before, after, known } => {
            same_agency(scene, unit, (*before, *after), *known)
        }
        Course::OwnAgency { filter, days } => at_own_agency(*filter, *days, scene, unit),
        Course::Rows { filter, days, at_least } => {
            rows_met(scene, scene.filters[*filter], days.around(unit.day), *at_least)
                .map(|day| day - unit.day)
        }
        Course::Route { routes, place, days } => {
            let (from, to) = days.around(unit.day);
            let first = |route: &[Happening]| {
                first_of(route, scene.timeline, scene.filters, from).filter(|day| *day <= to)
            };
            let own = first(&routes[*place])?;
            let wins = routes.iter().enumerate().all(|(at, route)| {
                first(route).is_none_or(|day| if at > *place { day > own } else { day >= own })
            });
            wins.then_some(own - unit.day)
        }
    }
}

/// The day on which so many contacts (rows, not days) of a filter have come.
fn rows_met(scene: Scene<'_>, filter: usize, (from, to): (Day, Day), at_least: i64) -> Option<Day> {
    let found = &scene.timeline.contact_days[filter];
    let at = found.partition_point(|day| *day < from);
    let mut sum = 0;
    let counts = &scene.timeline.contact_counts[filter][at..];
    let rows = found[at..].iter().zip(counts).take_while(|(day, _)| **day <= to);
    let mut reached = rows.map(|(day, count)| {
        sum += *count;
        (*day, sum)
    });
    reached.find(|(_, sum)| *sum >= at_least).map(|(day, _)| day)
}

/// The first contact of a filter in a window that is not below the level assessed last.
fn at_assessed_level(
    scene: Scene<'_>,
    by_level: [usize; 7],
    index: Day,
    days: Window,
) -> Option<i32> {
    let timeline = scene.timeline;
    let known = timeline.assessments.partition_point(|one| one.day <= index);
    let needed = known.checked_sub(1).map_or(0, |place| timeline.assessments[place].recommended);
    let filter = scene.filters[by_level[usize::from(needed.min(6))]];
    let found = timeline.nth_contact_within(filter, days.around(index), 0);
    found.map(|day| day - index)
}

/// The first day at a level at least `by` above the one stepped down to.
fn escalates(scene: Scene<'_>, index: Day, first: Window, by: u8, days: Window) -> Option<i32> {
    let timeline = scene.timeline;
    let (from, to) = first.around(index);
    let at = timeline.level_days.partition_point(|day| day.day < from);
    let stepped = timeline.level_days[at..]
        .iter()
        .take_while(|day| day.day <= to)
        .find(|day| (1..=4).contains(&day.level))?;
    let (from, to) = days.around(index);
    let mut earliest: Option<Day> = None;
    for_each_level_run(timeline, from, to, &mut |first, last, level| {
        let day = first.max(stepped.day + 1);
        if level >= stepped.level + by && day <= last {
            earliest = Some(earliest.map_or(day, |known| known.min(day)));
        }
    });
    earliest.map(|day| day - index)
}

/// The day on which the last of the involuntary events around an admission ends: those that begin
/// from the day before it, and any that begins before the one before has ended. Nothing without any,
/// or if one has no end.
fn hold_end(timeline: &Timeline, spell: &Spell) -> Option<Day> {
    let mut end: Option<Day> = None;
    let held = timeline.events.iter().filter(|event| event.what.is_involuntary());
    for event in held.filter(|event| event.start >= spell.admit - 1) {
        if event.start > end.unwrap_or(spell.admit + 1) {
            break;
        }
        end =
            Some(end.map_or(event.end?, |known| known.max(event.end.unwrap_or(Day(i32::MAX / 4)))));
    }
    end
}

fn linked(
    scene: Scene<'_>,
    unit: Candidate<'_>,
    days: Window,
    attended: Option<i32>,
) -> Option<i32> {
    let Subject::Sector { bit } = unit.of else { return None };
    let (from, to) = days.around(unit.day);
    let referrals = scene.timeline.referrals.iter();
    let link =
        referrals.filter(|referral| from <= referral.day && referral.day <= to).find(|one| {
            let in_time = attended.is_none_or(|most| {
                one.attended.is_some_and(|day| (0..=most).contains(&(day - one.day)))
            });
            in_time && one.sector.is_some_and(|sector| bit & (1 << sector) != 0)
        });
    link.map(|referral| referral.day - unit.day)
}

fn same_agency(
    scene: Scene<'_>,
    unit: Candidate<'_>,
    (before, after): (Window, Window),
    known: bool,
) -> Option<i32> {
    const AGENCY: usize = 2;
    let Subject::Spell(spell) = unit.of else { return None };
    let visits = &scene.timeline.contact_visits[scene.qualifying];
    let (from, to) = before.around(spell.admit);
    let usual = modal(visits_within(visits, from, to), AGENCY)?;
    let (from, to) = after.around(unit.day);
    let later = visits_within(visits, from, to);
    let first = later.iter().find(|visit| visit.providers[AGENCY].is_some())?;
    let same = later
        .iter()
        .filter(|visit| visit.day == first.day)
        .any(|visit| visit.providers[AGENCY] == Some(usual));
    (known || same).then(|| first.day - unit.day)
}

/// The day on which the gap since the index or the last qualifying contact reaches its limit.
fn lost(scene: Scene<'_>, index: Day, gap: i32, within: i32) -> Option<i32> {
    let timeline = scene.timeline;
    let last_day = index + within;
    let contacts = timeline.contacts_within(scene.qualifying, index + 1, last_day);
    let mut from = index;
    for contact in contacts {
        if let Some(on) = timeline.at_risk.nth_after(from, gap).filter(|on| on < contact) {
            return Some(on - index);
        }
        from = *contact;
    }
    timeline.at_risk.nth_after(from, gap).filter(|on| *on <= last_day).map(|on| on - index)
}

/// True if one of these happens in the window before the numerator is met.
pub(super) fn comes_first(
    any: &[Happening],
    days: Window,
    rule: &Share,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> bool {
    let (from, to) = days.around(unit.day);
    let first = first_of(any, scene.timeline, scene.filters, from).filter(|day| *day <= to);
    first.is_some_and(|day| {
        met(&rule.numerator, scene, unit).is_none_or(|decides| unit.day + decides > day)
    })
}
