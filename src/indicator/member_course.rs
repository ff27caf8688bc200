//! Values of members that look at their time in care, their plans and their providers.

use super::care::{CareEpisode, Exit};
use super::criterion::admissions;
use super::member_value::MemberScene;
use super::provider::{days_with, most_seen, visits_within};
use super::rule::MemberValue;
use super::score::in_each;
use crate::terms::Day;
use crate::timeline::{CarePlan, SpellSet, Timeline, Visit};

/// The entry of the time in care that a day lies in; the day on which it ends is no part of it.
pub(super) fn episode_on(care: &[CareEpisode], day: Day) -> Option<Day> {
    let runs = |episode: &&CareEpisode| {
        episode.entry <= day
            && match episode.exit {
                Exit::Open => true,
                Exit::Planned(end) | Exit::Disengaged { on: end, .. } => day < end,
            }
    };
    care.iter().find(runs).map(|episode| episode.entry)
}

/// Whether a value that is yes or no holds.
pub(super) fn holds(value: MemberValue, scene: &MemberScene<'_>, start: Day, end: Day) -> bool {
    let timeline = scene.timeline;
    let mut plans = timeline.plans.iter().filter(|plan| runs(plan, end));
    match value {
        MemberValue::HasLead => lead(timeline, end).is_some(),
        MemberValue::PlanCurrent { days } => plans.any(|plan| {
            let reviewed = plan.reviewed.filter(|day| *day <= end);
            reviewed.map_or(plan.day, |day| day.max(plan.day)) > end - days
        }),
        MemberValue::SharedPlan => shared_plan(timeline, start, end),
        MemberValue::QuartersInCare { filter, lead } => {
            let mut quarters = quarters_in_care(scene, end).peekable();
            let filter = scene.filters[filter];
            let met = |days| {
                if lead {
                    sees_lead(timeline, filter, (days, end))
                } else {
                    timeline.has_contact_within(filter, days)
                }
            };
            quarters.peek().is_some() && quarters.all(met)
        }
        MemberValue::ScoredQuarters => {
            let mut quarters = quarters_in_care(scene, end).peekable();
            quarters.peek().is_some() && in_each(timeline, quarters)
        }
        // The reader of definitions refuses the others for members without visits.
        _ => false,
    }
}

/// Quarters of 90 days, counted back from the last day, at most four, that lie in the present time in
/// care.
fn quarters_in_care(scene: &MemberScene<'_>, end: Day) -> impl Iterator<Item = (Day, Day)> {
    let entry = episode_on(scene.care, end);
    let quarters = (0..4).map(move |back| (end - 90 * back - 89, end - 90 * back));
    quarters.filter(move |(first, _)| entry.is_some_and(|entry| *first >= entry))
}

/// The lead of a day: the register's, or else that of the latest plan that runs and names one.
pub(super) fn lead(timeline: &Timeline, day: Day) -> Option<u32> {
    let mut running = timeline.plans.iter().rev().filter(|plan| runs(plan, day));
    timeline.lead.or_else(|| running.find_map(|plan| plan.lead))
}

/// True if a contact that passes a filter from one day to another is with the lead of the last day.
fn sees_lead(timeline: &Timeline, filter: usize, ((from, to), end): ((Day, Day), Day)) -> bool {
    const CLINICIAN: usize = 0;
    let seen = visits_within(&timeline.contact_visits[filter], from, to);
    lead(timeline, end)
        .is_some_and(|lead| seen.iter().any(|visit| visit.providers[CLINICIAN] == Some(lead)))
}

/// True if a plan runs on a day.
fn runs(plan: &CarePlan, day: Day) -> bool {
    plan.day <= day && plan.ended.is_none_or(|end| end > day)
}

/// True if a plan that runs on the last day names every agency with visits on two days.
fn shared_plan(timeline: &Timeline, start: Day, end: Day) -> bool {
    const AGENCY: usize = 2;
    let visits = visits_within(&timeline.visits, start, end);
    let named = |place: usize, agency: u32| timeline.plan_agencies.contains(&(place, agency));
    let names_all = |place: usize| {
        let agencies = visits.iter().filter_map(|visit| visit.providers[AGENCY]);
        agencies
            .filter(|agency| days_with(visits, AGENCY, *agency) >= 2)
            .all(|agency| named(place, agency))
    };
    let plans = timeline.plans.iter().enumerate().filter(|(_, plan)| runs(plan, end));
    plans.map(|(place, _)| place).any(names_all)
}

/// For each window, the days from the first visit of all to the last one in the window, with the provider of
/// most visit days there.
pub(super) fn tenures<'a>(
    all: &'a [Visit],
    kind: usize,
    windows: &'a [(Day, Day)],
) -> impl Iterator<Item = i32> + 'a {
    let found = most_seen(all, kind, windows.iter().copied());
    found.map(|most| most.map_or(0, |most| most.last - most.first))
}

/// For each window, how long the relationship with the provider of most visit days there has lasted: ended on
/// the last visit if the last so many days are without one.
pub(super) fn relationships<'a>(
    all: &'a [Visit],
    kind: usize,
    windows: &'a [(Day, Day)],
    silent: i32,
) -> impl Iterator<Item = Lasted> + 'a {
    let found = most_seen(all, kind, windows.iter().copied()).zip(windows);
    found.map(move |(most, (_, end))| {
        let Some(most) = most else { return Lasted { days: 0, ended: true } };
        let ended = *end - most.last >= silent;
        let last = if ended { most.last } else { *end };
        Lasted { days: (last - most.first).into(), ended }
    })
}

/// How long something has lasted, and whether it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted {
    /// Days, so far.
    pub days: i64,
    /// False if it goes on.
    pub ended: bool,
}

impl Lasted {
    /// Both as one value, in the order of days.
    pub fn value(self) -> i64 {
        self.days * 2 + i64::from(self.ended)
    }

    /// Days and end of a value.
    pub fn of(value: i64) -> Self {
        Self { days: value / 2, ended: value % 2 == 1 }
    }
}

/// Changes of who is seen and of the level of care, and unplanned admissions to hospital.
pub(super) fn disruptions(
    scene: &MemberScene<'_>,
    window: (usize, usize),
    (start, end): (Day, Day),
) -> i64 {
    let timeline = scene.timeline;
    let unplanned = admissions(timeline, SpellSet::Inpatient, (start, end))
        .filter(|spell| !timeline.stays[spell.first].planned);
    i64::try_from(scene.months.changes(scene.grid, timeline, window) + unplanned.count())
        .unwrap_or(i64::MAX)
}
