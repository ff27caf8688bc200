//! The numerator of a definition: when a unit is met.

use super::course::Course;
use super::read_contact::contact;
use super::read_happening::{followed, joined};
use super::read_index::contacts_around;
use super::read_rule::{events, groups, missing_window};
use super::read_stays::spell_set;
use super::rule::{Comparison, Criterion, Delivered, PlanTest, ReferralTest};
use crate::diagnostic::{Fields, Problems, listed};
use crate::terms::Window;
use crate::timeline::ContactFilter;

/// What a criterion can be; one of them stands in its table.
const CRITERIA: [&str; 53] = [
    "contact",
    "admission",
    "ed_visit",
    "event",
    "any",
    "any_of",
    "all_of",
    "none_of",
    "first_of",
    "always",
    "no_service",
    "no_acute_care",
    "rows",
    "referral",
    "plan",
    "delivered_level",
    "delivered",
    "assessed_level",
    "linked",
    "lost",
    "disengagement",
    "other_agency_within",
    "same_agency",
    "known_agencies",
    "hold_ends_within",
    "escalates_by",
    "in",
    "in_phase",
    "contact_at_assessed_level",
    "nights_over",
    "nights",
    "days_at_level",
    "agencies",
    "supply_days",
    "supply_in_a_row",
    "each_half",
    "scores",
    "favourable",
    "age",
    "smi",
    "sed",
    "lead",
    "member",
    "own_diagnosis",
    "own_further_diagnosis",
    "own_facility",
    "own_kind",
    "involuntary",
    "planned",
    "times_known",
    "agency_known",
    "changed",
    "hours_over",
];

/// What else stands beside one of them.
const BESIDE: [&str; 20] = [
    "days",
    "at_least",
    "at_most",
    "followed_by",
    "none",
    "then",
    "before_return",
    "during_stay",
    "or_plan",
    "diagnosis",
    "is",
    "within",
    "attended_within",
    "from_level_in",
    "carried",
    "at_once",
    "days_apart",
    "on_day",
    "highest",
    "own_agency",
];

/// One criterion, with what has to follow it.
pub(super) fn criterion(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Criterion> {
    table.knows(&CRITERIA);
    table.knows(&BESIDE);
    let first = match joined(table, filters, problems) {
        Ok(found) => found,
        Err(()) => plain(table, filters, problems),
    }?;
    if table.has("followed_by") {
        return followed(table, first, filters, problems);
    }
    Some(first)
}

fn plain(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Criterion> {
    let days = table.window("days", problems);
    if table.has("contact") {
        return of_contact(table, filters, days, problems);
    }
    if let Some(nights) = table.integer_in("nights_over", 0, 3660, problems) {
        return Some(Criterion::NightsOver(nights));
    }
    if table.has("no_service") {
        return table.window("no_service", problems).map(Criterion::NoService);
    }
    if table.has("no_acute_care") {
        return table.window("no_acute_care", problems).map(Criterion::NoAcuteCare);
    }
    if table.flag("ed_visit", problems) == Some(true) {
        let diagnosis = groups(table, "diagnosis", problems);
        missing_window(table, days, problems);
        return Some(Criterion::EdVisit { diagnosis, days: days? });
    }
    if table.has("event") {
        let types = events(table, "event", problems);
        missing_window(table, days, problems);
        return Some(Criterion::Event { types: types?, days: days? });
    }
    let before = problems.len();
    if let Some(found) = record_criterion(table, problems) {
        return Some(found);
    }
    if problems.len() > before {
        return None;
    }
    if table.has("admission") {
        let set = spell_set(table, "admission", problems);
        let diagnosis = groups(table, "diagnosis", problems);
        missing_window(table, days, problems);
        return Some(Criterion::Admission { set: set?, diagnosis, days: days? });
    }
    if table.has("delivered_level") || table.has("assessed_level") {
        missing_window(table, days, problems);
        return of_level(table, problems, days);
    }
    let message = format!("{} names no criterion", table.name());
    let problem = table.problem(table.span(), message, "here");
    problems.push(problem.help(format!(
        "such as `contact = {{ is = \"qualifying\" }}` with `days = [1, 7]`; one of {}",
        listed(&CRITERIA)
    )));
    None
}

/// Which contacts there have to be.
fn of_contact(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    days: Option<Window>,
    problems: &mut Problems,
) -> Option<Criterion> {
    let at_least =
        table.integer_in("at_least", 1, 1000, problems).and_then(|n| usize::try_from(n).ok());
    let filter = contact(table, "contact", filters, problems)?;
    if table.flag("before_return", problems) == Some(true) {
        return Some(Criterion::ContactBeforeReturn { filter });
    }
    if table.flag("during_stay", problems) == Some(true) {
        return Some(Criterion::ContactDuringStay { filter });
    }
    if table.flag("or_plan", problems) == Some(true) {
        missing_window(table, days, problems);
        return Some(Criterion::ContactOrPlan { filter, days: days? });
    }
    if table.flag("own_agency", problems) == Some(true) {
        missing_window(table, days, problems);
        return Some(Criterion::Course(Course::OwnAgency { filter, days: days? }));
    }
    let none = table.flag("none", problems) == Some(true);
    let then = contacts_around(table, "then", filters, problems);
    missing_window(table, days, problems);
    let days = days?;
    Some(if none {
        Criterion::NoContact { filter, days }
    } else {
        Criterion::Contact { filter, days, at_least: at_least.unwrap_or(1), then }
    })
}

/// How a level of care compares with a recommended one.
fn of_level(
    table: &mut Fields<'_>,
    problems: &mut Problems,
    days: Option<Window>,
) -> Option<Criterion> {
    if table.has("delivered_level") {
        let compares =
            table.word("delivered_level", &["equal", "under", "over"], comparison, problems);
        let highest = table.flag("highest", problems) == Some(true);
        let of = if highest { Delivered::Highest } else { Delivered::MostDays };
        return Some(Criterion::DeliveredLevel { compares: compares?, of, days: days? });
    }
    let compares = |word: &str| match word {
        "known" => Some(None),
        word => comparison(word).map(Some),
    };
    let words = ["known", "equal", "under", "over"];
    let compares = table.word("assessed_level", &words, compares, problems);
    Some(Criterion::AssessedLevel { compares: compares?, days: days? })
}

/// What a referral or a care plan has to say.
fn record_criterion(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Criterion> {
    const REFERRAL: [&str; 5] = ["warm", "declined", "attended", "reported", "offered"];
    const PLAN: [&str; 2] = ["signed", "family"];
    let place = |words: &[&str], word: &str| words.iter().position(|one| *one == word);
    let referral = table.word("referral", &REFERRAL, |word| place(&REFERRAL, word), problems);
    if let Some(test) = referral {
        let days = table.window("days", problems);
        if test > 1 {
            missing_window(table, days, problems);
        }
        return Some(Criterion::Referral(match test {
            0 => ReferralTest::Warm,
            1 => ReferralTest::Declined,
            2 => ReferralTest::Attended(days?),
            3 => ReferralTest::Reported(days?),
            _ => ReferralTest::Offered(days?),
        }));
    }
    let plan = table.word("plan", &PLAN, |word| place(&PLAN, word), problems);
    plan.map(|test| Criterion::Plan(if test == 0 { PlanTest::Signed } else { PlanTest::Family }))
}

fn comparison(word: &str) -> Option<Comparison> {
    match word {
        "equal" => Some(Comparison::Equal),
        "under" => Some(Comparison::Under),
        "over" => Some(Comparison::Over),
        _ => None,
    }
}
