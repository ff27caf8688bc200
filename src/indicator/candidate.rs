//! In which windows a member is a candidate of a measure.

use super::member_value::{MemberScene, ed_visits, events, relation};
use super::rule::Candidates;
use super::window_set::WindowSet;
use super::year::Active;
use super::{home, member_course, score, status};
use crate::terms::Day;
use crate::timeline::SpellSet;

/// The windows of the plan in which the member is a candidate. What kind of candidates
/// is asked for is looked at once, and not for each window.
pub fn candidates(
    candidates: Candidates,
    scene: &MemberScene<'_>,
    windows: &[(Day, Day)],
) -> WindowSet {
    let timeline = scene.timeline;
    let contact_days = |filter: usize, place: usize| {
        scene.months.contact_days(scene.filters[filter], scene.grid.window_at(place))
    };
    match candidates {
        Candidates::Visits { at_least, .. } => in_each(windows, |place, _| {
            relation(scene.relations, place).is_some_and(|own| own.visits >= at_least)
        }),
        Candidates::ActiveBefore { filter, at_least, days } => {
            let asked = Active { filter: scene.filters[filter], at_least, days };
            let answers = scene.months.active_in(asked);
            in_each(windows, |place, _| answers[place])
        }
        Candidates::InCare { filter } => in_each(windows, |place, (start, end)| {
            !contact_days(filter, place).is_empty()
                || timeline.institution(SpellSet::Any24Hour).meets(start, end)
        }),
        Candidates::Enrolled => {
            in_each(windows, |_, (start, end)| timeline.alive_enrolled.meets(start, end))
        }
        Candidates::HasContactIn24Months { filter } => in_each(windows, |place, (_, end)| {
            let start = scene.grid.two_years_at(place);
            timeline.has_contact_within(scene.filters[filter], (start, end))
        }),
        Candidates::HasContact { filter, at_least } => {
            in_each(windows, |place, _| contact_days(filter, place).len() >= at_least)
        }
        Candidates::EdVisits { diagnosis } => {
            in_each(windows, |_, (start, end)| ed_visits(timeline, diagnosis, start, end) > 0)
        }
        Candidates::Events(types) => {
            in_each(windows, |_, (start, end)| events(timeline, types, start, end) > 0)
        }
        // No clock runs after death, so the time in care of the dead has no end of its own.
        Candidates::InCareSince { days, .. } => in_each(windows, |_, (_, end)| {
            let entry = || member_course::episode_on(scene.care, end);
            timeline.is_alive(end) && entry().is_some_and(|entry| end - entry >= days)
        }),
        Candidates::Institution(set) => {
            in_each(windows, |_, (start, end)| timeline.institution(set).meets(start, end))
        }
        Candidates::Answered(asked) => {
            in_each(windows, |_, days| status::is_candidate(asked, timeline, days))
        }
        Candidates::Living(question) => {
            in_each(windows, |_, days| home::is_candidate(question, timeline, days))
        }
        Candidates::Scored(scored) => {
            in_each(windows, |_, days| score::is_candidate(scored, timeline, days))
        }
    }
}

/// Asks for each window, by its place and its first and last day.
fn in_each(windows: &[(Day, Day)], ask: impl Fn(usize, (Day, Day)) -> bool) -> WindowSet {
    WindowSet::of(windows.len(), |place| ask(place, windows[place]))
}
