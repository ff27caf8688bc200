//! Lists of things that happen, and criteria made of them or of other criteria.

use super::course::{Course, Happens};
use super::happening::Happening;
use super::own::OwnTest;
use super::read_amount::how_much;
use super::read_contact::contact;
use super::read_criterion::criterion;
use super::read_own::{in_days, of_stay, who};
use super::read_record::record;
use super::read_rule::{events, groups, missing_window};
use super::read_score::pair_test;
use super::read_stays::{discharge, facilities, spell_set};
use super::rule::{Criterion, ExclusionTest};
use super::score::Known;
use crate::diagnostic::{Fields, Problems};
use crate::terms::codes::{EndReason, FacilityClass, Sector};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::instrument::{Domain, Domains};
use crate::timeline::{ContactFilter, Phase};

/// The list of things under a key, such as `any = [{ contact = { … } }, { ed_visit = true }]`.
pub(super) fn happenings(
    table: &mut Fields<'_>,
    key: &'static str,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Happening> {
    let mut found = Vec::new();
    for mut one in table.list(key, problems) {
        let before = problems.len();
        let kinds = kinds(&mut one, filters, problems);
        if kinds.len() != 1 && problems.len() == before {
            let problem = one.problem(one.span(), "one thing in each table of the list", "here");
            problems.push(problem.help("`contact = { … }`, `record = { … }`, `ed_visit = true`, `admission = \"inpatient\"`, `discharge = \"24h\"`, `event = […]`, `referral = true`, `referral_to = […]`, `plan_end = […]`, `score_of = […]`, `deterioration = true`, `need_found = true`, `assessed_above = 90`, `phase_begins = \"maintenance\"` or `death = true`"));
        }
        one.finish(problems);
        found.extend(kinds);
    }
    found
}

/// What stands beside the thing that happens.
const BESIDE: [&str; 7] = [
    "diagnosis",
    "not_admitted",
    "facility",
    "facility_not",
    "disposition_not",
    "as_admitted",
    "known",
];

fn kinds(
    one: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Happening> {
    let mut kinds = Vec::new();
    one.knows(&BESIDE);
    let has_diagnosis = one.has("ed_visit") || one.has("admission") || one.has("discharge");
    let diagnosis = if has_diagnosis { groups(one, "diagnosis", problems) } else { Vec::new() };
    let diagnosis = DiagnosisGroup::bits(&diagnosis);
    if one.has("contact") {
        let filter = contact(one, "contact", filters, problems);
        kinds.extend(filter.map(|filter| Happening::Contact { filter }));
    }
    if one.has("record") {
        let filter = record(one, "record", filters, problems);
        kinds.extend(filter.map(|filter| Happening::Contact { filter }));
    }
    if one.flag("ed_visit", problems) == Some(true) {
        let not_admitted = one.flag("not_admitted", problems) == Some(true);
        kinds.push(Happening::EdVisit { diagnosis, not_admitted });
    }
    if let Some(set) = spell_set(one, "admission", problems) {
        let facility = facilities(one, problems);
        kinds.push(Happening::Admission { set, diagnosis, facility });
    }
    kinds.extend(discharge(one, diagnosis, problems));
    kinds.extend(events(one, "event", problems).map(Happening::Event));
    if one.flag("referral", problems) == Some(true) {
        kinds.push(Happening::Referral { sectors: 0 });
    }
    let sectors = bits(one.words("referral_to", Sector::NAMES, Sector::from_name, problems));
    if sectors != 0 {
        kinds.push(Happening::Referral { sectors });
    }
    let reasons = one.words("plan_end", EndReason::NAMES, EndReason::from_name, problems);
    if !reasons.is_empty() {
        let reasons = reasons.into_iter().fold(0, |bits, reason| bits | reason.bit());
        kinds.push(Happening::PlanEnd { reasons });
    }
    if one.has("score_of") {
        let domains = one.any_words("score_of", &Domain::NAMES, Domain::from_name, problems);
        let known = one.word("known", &Known::NAMES, Known::from_name, problems);
        let (domains, known) = (Domains::of(&domains), known.unwrap_or(Known::Instrument));
        kinds.push(Happening::Scored { domains, known });
    }
    for (key, kind) in
        [("deterioration", Happening::Deterioration), ("need_found", Happening::NeedFound)]
    {
        kinds.extend((one.flag(key, problems) == Some(true)).then_some(kind));
    }
    let above = one.integer_in("assessed_above", 0, 3660, problems);
    kinds.extend(above.map(|days| Happening::AssessedAbove { days }));
    let phase = one.word("phase_begins", &Phase::NAMES, Phase::from_name, problems);
    kinds.extend(phase.map(Happening::PhaseBegins));
    if one.flag("death", problems) == Some(true) {
        kinds.push(Happening::Death);
    }
    kinds
}

/// Sectors as bits in the order of the code list.
pub(super) fn bits(sectors: Vec<Sector>) -> u32 {
    sectors.into_iter().fold(0, |bits, sector| bits | 1 << (sector as u32))
}

/// A criterion made of things that happen, of other criteria, or of what the unit itself is; `Err`
/// if the table names none of these.
pub(super) fn joined(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Result<Option<Criterion>, ()> {
    if table.has("any") {
        let days = table.window("days", problems);
        let at_least = table.integer_in("at_least", 1, 1000, problems).unwrap_or(1);
        let any = happenings(table, "any", filters, problems);
        missing_window(table, days, problems);
        let at_least = usize::try_from(at_least).unwrap_or(1);
        return Ok(days.map(|days| Criterion::Happens(Happens { any, days, at_least })));
    }
    for key in ["any_of", "all_of", "none_of"] {
        if table.has(key) {
            return Ok(list(table, key, filters, problems));
        }
    }
    if table.has("first_of") {
        return Ok(route(table, filters, problems));
    }
    if let Ok(found) = how_much(table, filters, problems) {
        return Ok(found);
    }
    own(table, filters, problems)
}

/// `any_of`, `all_of` or `none_of`.
fn list(
    table: &mut Fields<'_>,
    key: &'static str,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Criterion> {
    let least = table.integer_in("at_least", 1, 1000, problems).unwrap_or(1);
    let before = problems.len();
    let mut of = Vec::new();
    for mut one in table.list(key, problems) {
        of.extend(criterion(&mut one, filters, problems));
        one.finish(problems);
    }
    let (at_least, at_most) = match key {
        "any_of" => (usize::try_from(least).unwrap_or(1), of.len()),
        "all_of" => (of.len(), of.len()),
        _ => (0, 0),
    };
    (problems.len() == before).then_some(Criterion::Joined { at_least, at_most, of })
}

/// `first_of = [[…], […]]` as tables `{ any = […] }`, and `is`, the place of the one that counts.
fn route(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Criterion> {
    let days = table.window("days", problems);
    let mut routes = Vec::new();
    let mut names = Vec::new();
    for mut one in table.list("first_of", problems) {
        names.push(one.required_text("route", "its name", problems).0.to_owned());
        routes.push(happenings(&mut one, "any", filters, problems));
        one.finish(problems);
    }
    missing_window(table, days, problems);
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let place =
        table.word("is", &known, |word| names.iter().position(|name| name == word), problems);
    if place.is_none() && !table.has("is") {
        problems.push(
            table
                .problem(table.span(), "`is` is missing", "in this table")
                .help("name the route that has to be the first"),
        );
    }
    Some(Criterion::Course(Course::Route { routes, place: place?, days: days? }))
}

/// What the unit itself is, and what becomes of the member.
fn own(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Result<Option<Criterion>, ()> {
    if table.flag("always", problems) == Some(true) {
        return Ok(Some(Criterion::Always));
    }
    if table.has("scores") {
        return Ok(pair_test(table, problems).map(Criterion::Scores));
    }
    let domains = table.words("favourable", &Domain::NAMES, Domain::from_name, problems);
    if !domains.is_empty() {
        return Ok(Some(Criterion::Own(OwnTest::Favourable(Domains::of(&domains)))));
    }
    let diagnosis = groups(table, "own_diagnosis", problems);
    if !diagnosis.is_empty() {
        let bits = DiagnosisGroup::bits(&diagnosis);
        return Ok(Some(Criterion::Own(OwnTest::Diagnosis(bits))));
    }
    let classes =
        table.words("own_facility", FacilityClass::NAMES, FacilityClass::from_name, problems);
    if !classes.is_empty() {
        let bits = classes.into_iter().fold(0, |bits, class| bits | 1 << (class as u32));
        return Ok(Some(Criterion::Own(OwnTest::Facility(bits))));
    }
    if let Some(place) = table.integer_in("own_kind", 1, 100, problems) {
        let place = usize::try_from(place - 1).unwrap_or(0);
        return Ok(Some(Criterion::Own(OwnTest::Kind(place))));
    }
    if let Ok(found) = of_stay(table, problems) {
        return Ok(found);
    }
    if let Ok(found) = who(table, filters, problems) {
        return Ok(found.map(Criterion::Own));
    }
    if let Some(within) = table.integer_in("other_agency_within", 1, 3660, problems) {
        return Ok(Some(Criterion::Course(Course::OtherAgency { within })));
    }
    if let Ok(found) = in_days(table, filters, problems) {
        return Ok(found);
    }
    if let Some(gap) = table.integer_in("lost", 1, 3660, problems) {
        let within = table.integer_in("within", 1, 3660, problems);
        if within.is_none() && !table.has("within") {
            problems.push(
                table
                    .problem(table.span(), "`within` is missing", "in this table")
                    .help("the last day on which it counts, such as `within = 180`"),
            );
        }
        return Ok(within.map(|within| Criterion::Course(Course::Lost { gap, within })));
    }
    if let Some(gap) = table.integer_in("disengagement", 1, 3660, problems) {
        let days = table.window("days", problems);
        missing_window(table, days, problems);
        return Ok(days.map(|days| Criterion::Course(Course::Disengages { gap, days })));
    }
    if table.has("rows") {
        let filter = contact(table, "rows", filters, problems);
        let days = table.window("days", problems);
        let at_least = table.integer_in("at_least", 1, 1000, problems).unwrap_or(1);
        missing_window(table, days, problems);
        let both = filter.zip(days);
        return Ok(both.map(|(filter, days)| {
            Criterion::Course(Course::Rows { filter, days, at_least: at_least.into() })
        }));
    }
    Err(())
}

/// `followed_by`: what has to come after the day that decides.
pub(super) fn followed(
    table: &mut Fields<'_>,
    first: Criterion,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Criterion> {
    let mut next = table.fields("followed_by", problems)?;
    let then = criterion(&mut next, filters, problems);
    next.finish(problems);
    if let Criterion::Happens(then) = then? {
        return Some(Criterion::Followed { first: Box::new(first), then });
    }
    problems.push(
        table
            .problem(table.span(), "`followed_by` is a list of things", "in this table")
            .help("`followed_by = { any = [{ contact = { … } }], days = [1, 34] }`"),
    );
    None
}

/// Exclusions by criteria and by what comes first.
pub(super) fn exclusions(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<ExclusionTest> {
    let mut tests = Vec::new();
    if let Some(mut when) = table.fields("when", problems) {
        tests.extend(criterion(&mut when, filters, problems).map(ExclusionTest::When));
        when.finish(problems);
    }
    if let Some(mut first) = table.fields("comes_first", problems) {
        let any = happenings(&mut first, "any", filters, problems);
        let days = first.window("days", problems);
        missing_window(&mut first, days, problems);
        first.finish(problems);
        tests.extend(days.map(|days| ExclusionTest::ComesFirst { any, days }));
    }
    tests
}
