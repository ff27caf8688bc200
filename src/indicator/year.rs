//! A member's months, seen once and used by every member rule.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;

use super::criterion::for_each_level_run;
use super::provider::most_seen;
use crate::terms::Day;
use crate::timeline::{SpellSet, Timeline};

/// Calendar months of a member's window W.
pub const MONTHS: i32 = 12;

/// The calendar months that member windows can look at.
#[derive(Debug, Clone, Default)]
pub struct MonthGrid {
    /// First days of the months, and of the month after the last.
    starts: Vec<Day>,
    /// Places of the months of each window: `[from, to)`.
    windows: Vec<(usize, usize)>,
    /// First day of the 24 months that end with each window.
    two_years: Vec<Day>,
    /// Year, month and day of the end of each window.
    dates: Vec<(i32, u32, u32)>,
    /// The last day of each window and the day before each, in order.
    asked: Vec<Day>,
    /// Places among these of the day before each window and of its last day.
    asked_of: Vec<(usize, usize)>,
    /// Whether each window ends with one of the longest periods: what needs much memory is looked at
    /// only there.
    with_longest: Vec<bool>,
}

impl MonthGrid {
    /// The months of every window: from the first end's to the last end's. `ends` are last days of
    /// months, in order; `longest` are those of the longest periods.
    pub fn new(ends: &[Day], longest: &[Day]) -> Self {
        let (Some(first), Some(last)) = (ends.first(), ends.last()) else { return Self::default() };
        let from = first.months_later(1 - MONTHS);
        let mut starts = vec![from];
        while starts.last().is_some_and(|start| *start <= *last) {
            let next = starts.last().map_or(from, |start| start.months_later(1));
            starts.push(next);
        }
        let place = |day: Day| starts.partition_point(|start| *start <= day);
        let back = MONTHS.unsigned_abs() as usize;
        let windows =
            ends.iter().map(|end| (place(*end).saturating_sub(back), place(*end))).collect();
        let two_years = ends.iter().map(|end| two_years_to(*end)).collect();
        let dates = ends.iter().map(|end| end.civil()).collect();
        let with_longest = ends.iter().map(|end| longest.contains(end)).collect();
        let before = |end: Day| end.months_later(1 - MONTHS) - 1;
        let asked: BTreeSet<Day> = ends.iter().flat_map(|end| [before(*end), *end]).collect();
        let asked: Vec<Day> = asked.into_iter().collect();
        let at = |day: Day| asked.partition_point(|one| *one < day);
        let asked_of = ends.iter().map(|end| (at(before(*end)), at(*end))).collect();
        Self { starts, windows, two_years, dates, asked, asked_of, with_longest }
    }

    /// Days on which members are asked for something: the last day of each window and the day before each.
    pub fn asked_days(&self) -> usize {
        self.asked.len()
    }

    /// The first and the last of these days.
    pub(super) fn asked_span(&self) -> (Day, Day) {
        let span = self.asked.first().zip(self.asked.last());
        span.map_or((Day(0), Day(0)), |(first, last)| (*first, *last))
    }

    /// Of the window at a place, the day before it or else its last day, and the place of this day among all
    /// such days.
    pub(super) fn asked_at(&self, window: usize, before: bool) -> (usize, Day) {
        let (start, end) = self.asked_of[window];
        let place = if before { start } else { end };
        (place, self.asked[place])
    }

    /// Whether the window at a place ends with one of the longest periods.
    pub fn is_with_longest(&self, place: usize) -> bool {
        self.with_longest[place]
    }

    fn months(&self) -> impl Iterator<Item = (Day, Day)> + '_ {
        self.starts.windows(2).map(|pair| (pair[0], pair[1] - 1))
    }

    /// Places of the months of the window at a place: `[from, to)`.
    pub fn window_at(&self, place: usize) -> (usize, usize) {
        self.windows[place]
    }

    /// First day of the 24 months that end with the window at a place.
    pub fn two_years_at(&self, place: usize) -> Day {
        self.two_years[place]
    }

    /// Age in completed years at the end of the window at a place, of someone born on a date.
    pub fn age_at(&self, place: usize, (year, month, day): (i32, u32, u32)) -> i32 {
        let end = self.dates[place];
        end.0 - year - i32::from((end.1, end.2) < (month, day))
    }

    /// The place of the month of a day.
    fn place_of(&self, day: Day) -> usize {
        self.starts.partition_point(|start| *start <= day).saturating_sub(1)
    }
}

/// First day of the 24 months up to a day.
pub fn two_years_to(end: Day) -> Day {
    let next = end + 1;
    let month = next.months_later(-2 * MONTHS);
    (month + (next - next.first_of_month())).min(month.months_later(1) - 1)
}

/// What each month of the grid was for a member.
#[derive(Debug, Clone, Default)]
pub struct MemberMonths {
    /// Months with a day not enrolled, counted from the start of the grid (one more entry than
    /// months).
    unenrolled: Vec<u32>,
    /// The same, looking only at days before death.
    unenrolled_alive: Vec<u32>,
    /// Months alive and fully enrolled with fewer than 15 institution or custody days.
    eligible: Vec<bool>,
    /// Eligible months, counted from the start of the grid (one more entry than months).
    eligible_before: Vec<u32>,
    /// By filter.
    contacts: Vec<ContactMonths>,
    /// For each question about the days before a window, an answer for each window.
    active: Vec<(Active, Vec<bool>)>,
    course: OnceCell<MonthlyCourse>,
    ready: bool,
}

/// How who is seen and the level of care change, month by month.
#[derive(Debug, Clone, Default)]
struct MonthlyCourse {
    /// By month: of the clinician and the agency with most visit days in the quarter that begins with it,
    /// how many are others than those of the quarter after that.
    changed: Vec<usize>,
    /// By month, and of the month after the last: months before it with another level of care than the
    /// last month with care before.
    steps: Vec<usize>,
    /// By month: the first month with care from it on.
    next_care: Vec<usize>,
}

impl MonthlyCourse {
    fn of(grid: &MonthGrid, timeline: &Timeline) -> Self {
        const CLINICIAN: usize = 0;
        const AGENCY: usize = 2;
        const QUARTER: usize = 3;
        let mut course = Self { changed: vec![0; grid.months().count()], ..Self::default() };
        for kind in [CLINICIAN, AGENCY] {
            let quarters =
                grid.starts.windows(QUARTER + 1).map(|days| (days[0], days[QUARTER] - 1));
            let seen: Vec<Option<u32>> = most_seen(&timeline.visits, kind, quarters)
                .map(|most| most.map(|most| most.provider))
                .collect();
            let pairs = seen.iter().zip(seen.iter().skip(QUARTER));
            for (changed, (before, now)) in course.changed.iter_mut().zip(pairs) {
                *changed += usize::from(before.is_some() && now.is_some() && before != now);
            }
        }
        course.see_levels(&highest_levels(grid, timeline));
        course
    }

    fn see_levels(&mut self, highest: &[Option<u8>]) {
        let (mut last, mut steps) = (None, 0);
        self.steps.push(0);
        for level in highest {
            steps += usize::from(level.is_some() && last.is_some() && *level != last);
            last = level.or(last);
            self.steps.push(steps);
        }
        self.next_care = (0..highest.len()).collect();
        for month in (0..highest.len()).rev().filter(|month| highest[*month].is_none()) {
            self.next_care[month] = self.next_care.get(month + 1).copied().unwrap_or(month + 1);
        }
    }

    /// Changes between neighbouring quarters of a window, and between neighbouring months with care.
    fn changes(&self, (from, to): (usize, usize)) -> usize {
        let quarters = (from..to.saturating_sub(3)).step_by(3);
        let changed: usize = quarters.map(|month| self.changed[month]).sum();
        let first = self.next_care[from];
        let stepped = if first < to { self.steps[to] - self.steps[first + 1] } else { 0 };
        changed + stepped
    }
}

/// The highest level of care of each month.
fn highest_levels(grid: &MonthGrid, timeline: &Timeline) -> Vec<Option<u8>> {
    let mut highest = vec![None; grid.starts.len() - 1];
    let span = (grid.starts[0], grid.starts[highest.len()] - 1);
    for_each_level_run(timeline, span.0, span.1, &mut |first, last, level| {
        for month in &mut highest[grid.place_of(first)..=grid.place_of(last)] {
            *month = (*month).max(Some(level));
        }
    });
    highest
}

/// Whether there are contacts on so many of the days before a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    /// The filter, by its place among those of the timeline.
    pub filter: usize,
    /// The least number of days.
    pub at_least: usize,
    /// Days before the window.
    pub days: i32,
}

/// A filter's contacts, month by month.
#[derive(Debug, Clone, Default)]
struct ContactMonths {
    /// Eligible months with a contact, counted from the start of the grid (one more entry than
    /// months); empty until the member was looked at.
    met: Vec<u32>,
    /// Contact days before each month, and before the end of the last.
    days_before: Vec<usize>,
    /// Places of contact days whose next one is more than [`WIDE`] days later.
    wide: Vec<usize>,
}

/// Contacts are usually this close.
pub const WIDE: i32 = 14;

/// A month with at least so many days in an institution or in custody is not eligible.
const AWAY_DAYS: i32 = 15;

impl MemberMonths {
    /// Forgets the member.
    pub fn clear(&mut self) {
        self.ready = false;
    }

    /// Looks at a member's months, once.
    pub fn see(&mut self, grid: &MonthGrid, timeline: &Timeline) {
        if self.ready {
            return;
        }
        self.ready = true;
        self.unenrolled.clear();
        self.unenrolled_alive.clear();
        self.eligible.clear();
        self.eligible_before.clear();
        self.eligible_before.push(0);
        self.contacts.iter_mut().for_each(|contacts| contacts.met.clear());
        self.active.iter_mut().for_each(|(_, answers)| answers.clear());
        self.course.take();
        self.unenrolled.push(0);
        self.unenrolled_alive.push(0);
        let (mut gaps, mut gaps_alive) = (0, 0);
        let institution = timeline.institution(SpellSet::Any24Hour);
        let away = !institution.is_empty() || !timeline.custody.is_empty();
        for (first, last) in grid.months() {
            let full = timeline.enrolled.days.covers(first, last);
            let alive_end = timeline.death.map_or(last, |death| last.min(death - 1));
            let full_alive = full || timeline.enrolled.days.covers(first, alive_end);
            gaps += u32::from(!full);
            gaps_alive += u32::from(!full_alive);
            self.unenrolled.push(gaps);
            self.unenrolled_alive.push(gaps_alive);
            let eligible = full
                && timeline.is_alive(last)
                && !(away && days_away(timeline, first, last) >= AWAY_DAYS);
            self.eligible.push(eligible);
            let before = self.eligible_before.last().copied().unwrap_or(0);
            self.eligible_before.push(before + u32::from(eligible));
        }
    }

    /// Looks at the days of a filter's contacts, once.
    pub fn see_contacts(&mut self, grid: &MonthGrid, filter: usize, days: &[Day]) {
        if self.contacts.len() <= filter {
            self.contacts.resize(filter + 1, ContactMonths::default());
        }
        let contacts = &mut self.contacts[filter];
        if !contacts.met.is_empty() {
            return;
        }
        contacts.days_before.clear();
        contacts.wide.clear();
        if days.is_empty() {
            contacts.met.resize(self.eligible.len() + 1, 0);
            contacts.days_before.resize(self.eligible.len() + 1, 0);
            return;
        }
        let mut met = 0;
        contacts.met.push(met);
        let mut at = grid.starts.first().map_or(0, |start| days.partition_point(|day| day < start));
        for ((_, last), eligible) in grid.months().zip(&self.eligible) {
            contacts.days_before.push(at);
            let has = days.get(at).is_some_and(|day| *day <= last);
            while days.get(at).is_some_and(|day| *day <= last) {
                at += 1;
            }
            met += u32::from(has && *eligible);
            contacts.met.push(met);
        }
        contacts.days_before.push(at);
        let gaps = days.windows(2).enumerate();
        contacts.wide.extend(gaps.filter(|(_, pair)| pair[1] - pair[0] > WIDE).map(|(at, _)| at));
    }

    /// Places of the contact days of a window, for a filter that was looked at.
    pub fn contact_days(&self, filter: usize, (from, to): (usize, usize)) -> Range<usize> {
        let before = &self.contacts[filter].days_before;
        before[from]..before[to]
    }

    /// Places of contact days of a range whose next one is more than [`WIDE`] days later.
    pub fn before_wide(&self, filter: usize, range: Range<usize>) -> &[usize] {
        let wide = &self.contacts[filter].wide;
        let from = wide.partition_point(|at| *at < range.start);
        let to = wide.partition_point(|at| *at < range.end);
        &wide[from..to]
    }

    /// Answers a question for every window, once; `windows` are in order and have their first and
    /// last day.
    pub fn see_active(
        &mut self,
        question: Active,
        windows: impl Iterator<Item = (Day, Day)>,
        days: &[Day],
    ) {
        let known = self.active.iter().position(|(asked, _)| *asked == question);
        let place = known.unwrap_or_else(|| {
            self.active.push((question, Vec::new()));
            self.active.len() - 1
        });
        let answers = &mut self.active[place].1;
        if !answers.is_empty() {
            return;
        }
        let (mut from, mut to) = (0, 0);
        for (start, _) in windows {
            while days.get(from).is_some_and(|day| *day < start - question.days) {
                from += 1;
            }
            while days.get(to).is_some_and(|day| *day < start) {
                to += 1;
            }
            answers.push(to.saturating_sub(from) >= question.at_least);
        }
    }

    /// Changes of the clinician and of the agency of most visit days between neighbouring quarters of a
    /// window, and of the highest level of care between neighbouring months with care.
    pub fn changes(&self, grid: &MonthGrid, timeline: &Timeline, window: (usize, usize)) -> usize {
        self.course.get_or_init(|| MonthlyCourse::of(grid, timeline)).changes(window)
    }

    /// The answer for each window, to a question that was asked.
    pub fn active_in(&self, question: Active) -> &[bool] {
        let asked = self.active.iter().find(|(asked, _)| *asked == question);
        asked.map_or(&[], |(_, answers)| answers)
    }

    /// Eligible months of a window.
    pub fn eligible(&self, (from, to): (usize, usize)) -> u32 {
        self.eligible_before[to] - self.eligible_before[from]
    }

    /// Eligible months of a window with a contact that passes a filter, which
    /// [`MemberMonths::see_contacts`] has looked at.
    pub fn met(&self, filter: usize, (from, to): (usize, usize)) -> u32 {
        let met = &self.contacts[filter].met;
        met[to] - met[from]
    }

    /// Months of a window with a contact that passes a filter, eligible or not.
    pub fn with_contact(&self, filter: usize, (from, to): (usize, usize)) -> i64 {
        let before = &self.contacts[filter].days_before[from..=to];
        let with = before.windows(2).filter(|pair| pair[0] < pair[1]).count();
        i64::try_from(with).unwrap_or(i64::MAX)
    }

    /// True if any of the months of the grid has a day not enrolled.
    pub fn has_gaps(&self, until_death: bool) -> bool {
        let gaps = if until_death { &self.unenrolled_alive } else { &self.unenrolled };
        gaps.last().is_some_and(|gaps| *gaps > 0)
    }

    /// True if at most one of the months has a day not enrolled.
    pub fn enrolled_year(&self, (from, to): (usize, usize), until_death: bool) -> bool {
        let gaps = if until_death { &self.unenrolled_alive } else { &self.unenrolled };
        gaps[to] - gaps[from] <= 1
    }
}

/// Days in an institution or in custody from `first` to `last`.
pub fn days_away(timeline: &Timeline, first: Day, last: Day) -> i32 {
    let institution = timeline.institution(SpellSet::Any24Hour);
    let in_custody = if timeline.custody.is_empty() {
        0
    } else {
        timeline.custody.without(institution).count_within(first, last)
    };
    institution.count_within(first, last) + in_custody
}
