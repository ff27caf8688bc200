//! Things of contacts for the organisation that their rows name.

use super::board::Board;
use super::ledger::PersonDays;
use super::plan::Plan;
use crate::indicator::{Sum, Thing};
use crate::terms::{Day, Period};
use crate::timeline::{Interner, OrganisationDay, Timeline};

/// Adds up a thing of the contacts that pass the filter at a place of the timeline, up to and including
/// the day of death.
pub(super) fn add_up(
    plan: &Plan,
    board: &mut Board<'_>,
    (thing, filter): (Thing, usize),
    into: &mut PersonDays,
    timeline: &Timeline,
    interner: &Interner,
) {
    let in_life = |day: Day| timeline.death.is_none_or(|death| day <= death);
    let contacts = timeline.contact_organisations[filter].iter().filter(|one| in_life(one.day));
    if let Thing::Served { .. } = thing {
        served(plan, board, contacts, into, timeline, interner);
        return;
    }
    for one in contacts {
        let places = plan.calendar.periods(one.day);
        let n = match thing {
            Thing::ContactSum { of: Sum::Minutes, .. } => one.sum.minutes,
            Thing::ContactSum { of: Sum::Paid, .. } => one.sum.cents,
            _ => one.contacts,
        };
        if n != 0 && !places.is_empty() {
            let group = board.group(one.bho, interner);
            into.open(group, plan.periods.len()).add(places, n);
        }
    }
}

/// A member is served by an organisation in a period with a contact and an alive day of enrolment there,
/// so that of the members enrolled nobody more is served than there are.
fn served<'t>(
    plan: &Plan,
    board: &mut Board<'_>,
    contacts: impl Iterator<Item = &'t OrganisationDay>,
    into: &mut PersonDays,
    timeline: &Timeline,
    interner: &Interner,
) {
    let mut places = Vec::new();
    // A further contact in a month says nothing new.
    let mut before: Option<(Day, u32)> = None;
    for one in contacts {
        let month = (plan.calendar.month_of(one.day).0, one.bho);
        if before.replace(month) == Some(month) {
            continue;
        }
        let periods = plan.calendar.periods(one.day).iter().copied();
        places.clear();
        places.extend(periods.filter(|at| is_enrolled(timeline, one.bho, plan.periods[*at])));
        if !places.is_empty() {
            let group = board.group(one.bho, interner);
            into.open(group, plan.periods.len()).add(&places, 1);
        }
    }
    into.at_most_one();
}

/// True if the member was alive and enrolled with an organisation on a day of a period.
fn is_enrolled(timeline: &Timeline, bho: u32, period: Period) -> bool {
    timeline.enrolled.owned.iter().any(|(first, last, owner)| {
        let (first, last) = ((*first).max(period.start), (*last).min(period.end));
        *owner == bho && first <= last && timeline.is_alive(first)
    })
}
