//! How far back a rule looks: what happened before the data is not known.

use super::course::Course;
use super::happening::Happening;
use super::rule::{Candidates, Criterion, MemberCriterion, MemberRule, Rule, Share, Thing, Unit};
use crate::timeline::LOOK_BACK_DAYS;

/// Days of a window of members, and of the twelve months before it.
const YEAR: i32 = 365;

/// Days before an index (or before a window of members) that a rule looks at. Whoever is lost has been
/// without contact for a whole gap, so nobody can be lost in the first days of the data; and at their
/// begin everybody would seem to have been found just then.
pub(super) fn of(rule: &Rule) -> i32 {
    match rule {
        Rule::Share(share) => of_units(share),
        Rule::Rate(rate) => {
            let units = rate.units.iter().map(|one| of_units(&one.share));
            let things = of_thing(rate.of).max(rate.to.map_or(0, of_thing));
            units.max().unwrap_or(0).max(things)
        }
        Rule::Member(member) => of_members(member),
        _ => 0,
    }
}

fn of_members(rule: &MemberRule) -> i32 {
    let phases = if rule.in_phase.is_some() { LOOK_BACK_DAYS } else { 0 };
    let candidates = match rule.candidates {
        Candidates::ActiveBefore { days, .. } => days,
        Candidates::HasContactIn24Months { .. } => YEAR,
        _ => 0,
    };
    let meets = rule.meets.iter().map(|is| before_window(is, false));
    let when = rule.when.iter().map(|MemberCriterion { before, is }| before_window(is, *before));
    meets.chain(when).fold(phases.max(candidates), i32::max)
}

/// Days before a window that a criterion looks at, asked on the day before the window or on its last day.
fn before_window(is: &Criterion, before: bool) -> i32 {
    let asked = if before { 1 } else { 1 - YEAR };
    asked - is.first_day()
}

fn of_thing(thing: Thing) -> i32 {
    match thing {
        Thing::Disengagements { gap } | Thing::CareDays { gap } => gap,
        Thing::PhaseDays(_) | Thing::PhaseContacts { .. } => LOOK_BACK_DAYS,
        Thing::Waiting { most_days, .. } => most_days,
        _ => 0,
    }
}

fn of_units(share: &Share) -> i32 {
    let unit = match share.index.unit {
        Unit::Disengagement { gap } | Unit::Reengagement { gap, .. } | Unit::EpisodeEnd { gap } => {
            gap
        }
        _ => 0,
    };
    let asks_for_phases =
        share.happenings().iter().any(|one| matches!(one, Happening::PhaseBegins(_)))
            || share
                .criteria()
                .iter()
                .any(|one| matches!(one, Criterion::Course(Course::InPhase { .. })));
    let phases = if asks_for_phases { LOOK_BACK_DAYS } else { 0 };
    let around = share.index.with.iter().chain(&share.index.without).map(|around| around.days.from);
    let numerator = match &share.numerator {
        Criterion::NoContact { days, .. } => days.from,
        Criterion::Course(Course::OtherAgency { within }) => -within,
        Criterion::Course(Course::Disengages { gap, days }) => days.from - gap,
        other => of_agencies(other),
    };
    let when = share.index.when.iter().map(|one| one.first_day().min(of_agencies(one)));
    let first = if share.index.first { YEAR } else { 0 };
    // What lies around a thing is counted from the thing, and its index day may come later.
    let before = around.chain(when).min().unwrap_or(0).min(0) - share.index.after;
    unit.max(phases).max(first).max(-before.min(numerator))
}

/// The first day before an admission on which it is asked which agency a member knows.
fn of_agencies(criterion: &Criterion) -> i32 {
    let asked = criterion.parts().into_iter().filter_map(|part| match part {
        Criterion::Course(Course::SameAgency { before, .. }) => Some(before.from),
        _ => None,
    });
    asked.min().unwrap_or(0).min(0)
}
