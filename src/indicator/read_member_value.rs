//! What is measured of each member, read from a definition.

use super::home::HomeValue;
use super::read_contact::contact;
use super::read_rule::{events, groups};
use super::read_score;
use super::read_stays::spell_set;
use super::rule::MemberValue;
use super::status::StatusTest;
use crate::diagnostic::{Fields, Problems};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{ContactFilter, SpellSet};

const VALUES: [&str; 34] = [
    "meets",
    "disruptions",
    "each_quarter_scored",
    "has_lead",
    "plan_current",
    "shared_plan",
    "each_quarter_in_care",
    "tenure",
    "relationship",
    "usual_provider",
    "bice_boxerman",
    "sequential",
    "herfindahl",
    "modified",
    "modified_twice",
    "known_provider",
    "entropy",
    "providers",
    "density",
    "fragmentation",
    "months_with_contact",
    "each_month",
    "gap_over",
    "days_without",
    "any_contact",
    "each_quarter",
    "quarters_with_contact",
    "longest_gap",
    "regularity",
    "community_days",
    "any_night",
    "nights_so_far",
    "ed_visits",
    "events",
];

/// Every value of a member that a definition can name.
fn value_names() -> Vec<&'static str> {
    VALUES
        .into_iter()
        .chain(read_score::VALUES)
        .chain(HomeValue::NAMES)
        .chain(StatusTest::NAMES)
        .collect()
}

/// `[value]` of members.
pub(super) fn member_value(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<MemberValue> {
    let all = value_names();
    let known = |word: &str| all.iter().find(|name| **name == word).copied();
    let of = table.word("of", &all, known, problems);
    table.knows(&[
        "contact",
        "days",
        "lead",
        "all_months",
        "in",
        "event",
        "diagnosis",
        "at_least",
        "by",
        "criterion",
    ]);
    let Some(name) = of else {
        if !table.has("of") {
            lacks(table, "of", "of = \"usual_provider\"", problems);
        }
        return None;
    };
    if let Some(value) = HomeValue::from_name(name) {
        return Some(MemberValue::Home(value));
    }
    if let Some(value) = plain_value(name) {
        return Some(value);
    }
    if read_score::VALUES.contains(&name) {
        let days = if name == "several_instruments" { days(table, problems) } else { None };
        return read_score::value(name, days, table, problems);
    }
    Some(match name {
        "providers" => match table.integer_in("at_least", 1, 1000, problems) {
            Some(at_least) => MemberValue::ManyProviders(at_least),
            None => MemberValue::Providers,
        },
        "plan_current" => MemberValue::PlanCurrent { days: days(table, problems)? },
        "relationship" => MemberValue::Relationship { silent: days(table, problems)? },
        "community_days" => {
            let away_in = spell_set(table, "in", problems);
            if away_in.is_none() && table.has("in") {
                return None;
            }
            MemberValue::CommunityDays { away_in }
        }
        "any_night" => MemberValue::AnyInstitution(nights_in(table, problems)?),
        "nights_so_far" => MemberValue::NightsSoFar(nights_in(table, problems)?),
        "ed_visits" => {
            let diagnosis = DiagnosisGroup::bits(&groups(table, "diagnosis", problems));
            MemberValue::EdVisits { diagnosis, at_least: how_often(table, problems)? }
        }
        "events" => {
            let types = events(table, "event", problems);
            if !table.has("event") {
                lacks(table, "event", "event = [\"overdose\"]", problems);
            }
            let at_least = how_often(table, problems);
            MemberValue::Events { types: types?, at_least: at_least? }
        }
        _ => return of_contacts(name, table, filters, problems),
    })
}

/// A value of the contacts that the table names.
fn of_contacts(
    name: &str,
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<MemberValue> {
    let filter = contact(table, "contact", filters, problems);
    if !table.has("contact") {
        lacks(table, "contact", "contact = { is = \"qualifying\" }", problems);
    }
    let is_of_days = matches!(name, "gap_over" | "days_without");
    let days = if is_of_days { days(table, problems) } else { None };
    let filter = filter?;
    Some(match name {
        "months_with_contact" | "each_month" => {
            let all_months = table.flag("all_months", problems) == Some(true);
            if name == "each_month" {
                MemberValue::EachMonth { filter, all_months }
            } else {
                MemberValue::MonthsWithContact { filter, all_months }
            }
        }
        "gap_over" | "days_without" => {
            MemberValue::GapOver { filter, days: days?, empty: name == "days_without" }
        }
        "any_contact" => MemberValue::AnyContact { filter },
        "each_quarter" => MemberValue::EachQuarter { filter },
        "quarters_with_contact" => MemberValue::QuartersWithContact { filter },
        "longest_gap" => MemberValue::LongestGap { filter },
        "regularity" => MemberValue::Regularity { filter },
        _ => {
            let lead = table.flag("lead", problems) == Some(true);
            MemberValue::QuartersInCare { filter, lead }
        }
    })
}

fn nights_in(table: &mut Fields<'_>, problems: &mut Problems) -> Option<SpellSet> {
    if !table.has("in") {
        lacks(table, "in", "in = \"24h\"", problems);
    }
    spell_set(table, "in", problems)
}

fn days(table: &mut Fields<'_>, problems: &mut Problems) -> Option<i32> {
    if !table.has("days") {
        lacks(table, "days", "days = 90", problems);
    }
    table.integer_in("days", 1, 3660, problems)
}

fn how_often(table: &mut Fields<'_>, problems: &mut Problems) -> Option<usize> {
    if !table.has("at_least") {
        lacks(table, "at_least", "at_least = 4", problems);
    }
    table.integer_in("at_least", 1, 1000, problems).and_then(|n| usize::try_from(n).ok())
}

fn lacks(table: &Fields<'_>, what: &str, example: &str, problems: &mut Problems) {
    let problem = table.problem(table.span(), format!("`{what}` is missing"), "in this table");
    problems.push(problem.help(format!("such as `{example}`")));
}

/// A value that needs no more than its name.
fn plain_value(name: &str) -> Option<MemberValue> {
    Some(match name {
        "usual_provider" => MemberValue::UsualProvider,
        "bice_boxerman" => MemberValue::BiceBoxerman,
        "sequential" => MemberValue::Sequential,
        "herfindahl" => MemberValue::Herfindahl,
        "modified" => MemberValue::Modified { twice: false },
        "modified_twice" => MemberValue::Modified { twice: true },
        "known_provider" => MemberValue::KnownProvider,
        "entropy" => MemberValue::Entropy,
        "density" => MemberValue::Density,
        "fragmentation" => MemberValue::Fragmentation,
        "has_lead" => MemberValue::HasLead,
        "each_quarter_scored" => MemberValue::ScoredQuarters,
        "shared_plan" => MemberValue::SharedPlan,
        "tenure" => MemberValue::Tenure,
        "meets" => MemberValue::Meets,
        "disruptions" => MemberValue::Disruptions,
        status => MemberValue::Status(StatusTest::from_name(status)?),
    })
}
