//! What a unit is, who its member is, and the days around it.

use super::course::Course;
use super::own::OwnTest;
use super::read_contact::contact;
use super::read_member::{OLDEST, severe};
use super::read_record::of_member;
use super::read_rule::{groups, missing_window};
use super::read_stays::spell_set;
use super::rule::Criterion;
use crate::diagnostic::{Fields, Problems};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{Basis, ContactFilter, Phase};

/// Who the member is; `Err` if the table says nothing of it.
pub(super) fn who(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Result<Option<OwnTest>, ()> {
    if table.flag("smi", problems) == Some(true) {
        let on = table.integer_in("on_day", -3660, 3660, problems).unwrap_or(0);
        return Ok(Some(OwnTest::Smi { severe: severe(filters), on }));
    }
    if table.flag("sed", problems) == Some(true) {
        return Ok(Some(OwnTest::Sed));
    }
    if table.flag("lead", problems) == Some(true) {
        return Ok(Some(OwnTest::Led));
    }
    if table.has("age") {
        let ages = table.range("age", 0, OLDEST, problems);
        return Ok(ages.map(|(first, last)| OwnTest::Age(first.into(), last.into())));
    }
    if table.has("member") {
        return Ok(of_member(table, filters, problems).map(OwnTest::Member));
    }
    Err(())
}

/// Phases, levels and nights of the days of a window; `Err` if the table says nothing of them.
pub(super) fn in_days(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Result<Option<Criterion>, ()> {
    let asked = ["in_phase", "contact_at_assessed_level", "in"].map(|key| table.has(key));
    if !asked.contains(&true) {
        return Err(());
    }
    let days = table.window("days", problems);
    missing_window(table, days, problems);
    let phase = table.word("in_phase", &Phase::NAMES, Phase::from_name, problems);
    let set = spell_set(table, "in", problems);
    let filter = contact(table, "contact_at_assessed_level", filters, problems);
    let filter = filter.map(|filter| by_level(filter, filters));
    let over = table.integer_in("nights_over", 0, 3660, problems);
    Ok(days.and_then(|days| {
        let course = match (phase, filter, set) {
            (Some(phase), ..) => Course::InPhase { phase, days },
            (_, Some(by_level), _) => Course::AtAssessedLevel { by_level, days },
            (.., set) => Course::DaysIn { set: set?, over: over.unwrap_or(0), days },
        };
        Some(Criterion::Course(course))
    }))
}

/// The places of a filter and, for each level from 1 to 6, of the same at this level or above.
fn by_level(filter: usize, filters: &mut Vec<ContactFilter>) -> [usize; 7] {
    let mut places = [filter; 7];
    for (level, place) in (1..).zip(&mut places[1..]) {
        let at_least = ContactFilter { levels: Some((level, 6)), ..ContactFilter::of(Basis::Row) };
        let mut own = filters[filter].clone();
        own.and.push(at_least);
        *place = filters.len();
        filters.push(own);
    }
    places
}

/// What a stay, visit, plan or need is, and what becomes of it; `Err` if the table says nothing of it.
pub(super) fn of_stay(
    table: &mut Fields<'_>,
    problems: &mut Problems,
) -> Result<Option<Criterion>, ()> {
    if table.flag("involuntary", problems) == Some(true) {
        return Ok(Some(Criterion::Own(OwnTest::Involuntary)));
    }
    if table.flag("planned", problems) == Some(true) {
        return Ok(Some(Criterion::Own(OwnTest::Planned)));
    }
    let further = groups(table, "own_further_diagnosis", problems);
    if !further.is_empty() {
        let bits = DiagnosisGroup::bits(&further);
        return Ok(Some(Criterion::Own(OwnTest::FurtherDiagnosis(bits))));
    }
    if table.flag("agency_known", problems) == Some(true) {
        return Ok(Some(Criterion::Own(OwnTest::AgencyKnown)));
    }
    if table.flag("times_known", problems) == Some(true) {
        return Ok(Some(Criterion::Own(OwnTest::TimesKnown)));
    }
    if table.flag("changed", problems) == Some(true) {
        return Ok(Some(Criterion::Own(OwnTest::Changed)));
    }
    if table.has("delivered") {
        return Ok(table
            .window("delivered", problems)
            .map(|days| Criterion::Course(Course::Delivered(days))));
    }
    if table.has("linked") {
        let attended = table.integer_in("attended_within", 0, 3660, problems);
        let days = table.window("linked", problems);
        return Ok(days.map(|days| Criterion::Course(Course::Linked { days, attended })));
    }
    for (key, known) in [("same_agency", false), ("known_agencies", true)] {
        if let Some(mut windows) = table.fields(key, problems) {
            let before = windows.window("before_admission", problems);
            let after = windows.window("after_discharge", problems);
            if !(windows.has("before_admission") && windows.has("after_discharge")) {
                let problem =
                    windows.problem(windows.span(), "two windows are needed", "in this table");
                problems.push(
                    problem.help("`before_admission = [-180, -1]` and `after_discharge = [0, 30]`"),
                );
            }
            windows.finish(problems);
            let both = before.zip(after);
            return Ok(both.map(|(before, after)| {
                Criterion::Course(Course::SameAgency { before, after, known })
            }));
        }
    }
    if let Some(hours) = table.integer_in("hours_over", 0, 1000, problems) {
        return Ok(Some(Criterion::Own(OwnTest::HoursOver(hours.into()))));
    }
    if let Some(within) = table.integer_in("hold_ends_within", 0, 3660, problems) {
        return Ok(Some(Criterion::Course(Course::HoldEnds { within })));
    }
    if let Some(by) = table.integer_in("escalates_by", 1, 6, problems) {
        let days = table.window("days", problems);
        let first = table.window("from_level_in", problems);
        missing_window(table, days, problems);
        let by = u8::try_from(by).unwrap_or(u8::MAX);
        let both = days.zip(first.or(days));
        return Ok(
            both.map(|(days, first)| Criterion::Course(Course::Escalates { first, by, days }))
        );
    }
    Err(())
}
