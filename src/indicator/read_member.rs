//! A rule about members: which are looked at, and what is measured of each.

use super::home::{HomeQuestion, HomeValue};
use super::read_contact::{contact, keep};
use super::read_criterion::criterion;
use super::read_rule::{events, exclusions, groups};
use super::read_score;
use super::read_stays::spell_set;
use super::read_visits::{belongs, visits};
use super::rule::{Candidates, Criterion, MemberCriterion, MemberRule, MemberValue, Rule};
use super::status::{Answered, Said, StatusTest};
use crate::diagnostic::{Fields, Problems};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{Basis, ContactFilter, Phase};

/// No member is older.
pub(super) const OLDEST: u8 = 200;

/// What `[member]` may say of which members are looked at.
const CANDIDATES: [&str; 22] = [
    "contact",
    "visits_to",
    "visits",
    "each",
    "enrolled",
    "ed_visit",
    "any_night",
    "event",
    "in_care",
    "scored",
    "living",
    "status",
    "at_least",
    "days_before",
    "in_24_months",
    "or_institution_day",
    "since_days",
    "diagnosis",
    "known",
    "scores_apart",
    "days_apart",
    "first_at_least",
];

/// `[member]` and `[value]`.
pub(super) fn member(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Rule> {
    let mut table = fields.fields("member", problems)?;
    table.knows(&CANDIDATES);
    let candidates = candidates(&mut table, filters, problems);
    let belongs = belongs(&mut table, candidates, problems);
    let ages = table.range("age", 0, OLDEST, problems);
    let ages = ages.map(|(first, last)| (first.into(), last.into()));
    let smi = (table.flag("smi", problems) == Some(true)).then(|| severe(filters));
    let in_phase = table.word("in_phase", &Phase::NAMES, Phase::from_name, problems);
    let agencies = table.integer_in("agencies_min", 1, 1000, problems).map(i64::from);
    let when = when(&mut table, filters, problems);
    table.finish(problems);
    let exclusions = exclusions(fields, true, filters, problems);
    let Some(mut value) = fields.fields("value", problems) else {
        problems.push(
            fields
                .problem(0..1, "[value] is missing", "in this file")
                .help("say what is measured of each member"),
        );
        return None;
    };
    let measured = member_value(&mut value, filters, problems);
    let meets = asked(&mut value, measured, filters, problems);
    if let Some(help) = candidates.zip(measured).and_then(|(who, of)| mismatch(who, of)) {
        let problem = value.problem(value.span(), "this value is not of these members", "here");
        problems.push(problem.help(help));
    }
    value.finish(problems);
    Some(Rule::Member(MemberRule {
        candidates: candidates?,
        belongs,
        ages,
        smi,
        in_phase,
        agencies,
        when,
        exclusions,
        value: measured?,
        meets,
    }))
}

/// Why a value cannot be measured of the members that are looked at, and what can.
fn mismatch(candidates: Candidates, measured: MemberValue) -> Option<&'static str> {
    let of_status = matches!(candidates, Candidates::Answered(_));
    let of_scores = matches!(candidates, Candidates::Scored(_));
    let of_homes = matches!(candidates, Candidates::Living(_));
    let (of_visits, of_rows) = match candidates {
        Candidates::Visits { visits, .. } => (true, visits.each_row),
        _ => (false, false),
    };
    if of_status != matches!(measured, MemberValue::Status(_)) {
        Some("`status_last` and its like go with `status = …`, and with nothing else")
    } else if of_scores != matches!(measured, MemberValue::Score(_)) {
        Some("`favourable` and its like go with `scored = […]`, and with nothing else")
    } else if of_homes != matches!(measured, MemberValue::Home(_)) {
        Some("`restrictiveness` and its like go with `living = …`, and with nothing else")
    } else if of_visits != measured.is_of_visits() {
        Some(
            "values of visits (`usual_provider` … `fragmentation`) go with `visits_to`, the others without it",
        )
    } else if of_rows && matches!(measured, MemberValue::Tenure | MemberValue::Density) {
        Some(
            "`tenure` and `density` look at days, of which `each = \"row\"` says nothing: leave it out",
        )
    } else {
        None
    }
}

/// `[[member.when]]`: criteria on the last day of the window, or on the day before it.
fn when(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<MemberCriterion> {
    let mut found = Vec::new();
    for mut one in table.list("when", problems) {
        let before = one.flag("before_window", problems) == Some(true);
        let is = criterion(&mut one, filters, problems);
        one.finish(problems);
        found.extend(is.map(|is| MemberCriterion { before, is }));
    }
    found
}

/// `[value.criterion]`: what is asked where the value is `meets`.
fn asked(
    value: &mut Fields<'_>,
    measured: Option<MemberValue>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Criterion> {
    let Some(mut table) = value.fields("criterion", problems) else {
        if measured == Some(MemberValue::Meets) && !value.has("criterion") {
            let problem = value.problem(value.span(), "`criterion` is missing", "in this table");
            problems.push(problem.help("say under [value.criterion] what has to be met"));
        }
        return None;
    };
    let criterion = criterion(&mut table, filters, problems);
    table.finish(problems);
    criterion
}

/// Qualifying contacts for a severe mental illness.
pub fn severe(filters: &mut Vec<ContactFilter>) -> usize {
    let mut filter = ContactFilter::of(Basis::Qualifying);
    filter.diagnosis.push(DiagnosisGroup::Severe);
    keep(filters, filter)
}

pub(super) const PROVIDERS: [&str; 3] = ["clinician", "team", "agency"];

fn candidates(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Candidates> {
    if table.has("visits_to") {
        let at_least = table.integer_in("at_least", 1, 1000, problems).unwrap_or(1);
        let visits = visits(table, filters, problems)?;
        return Some(Candidates::Visits { visits, at_least: at_least.into() });
    }
    if let Some(gap) = table.integer_in("in_care", 1, 3660, problems) {
        let days = table.integer_in("since_days", 0, 3660, problems).unwrap_or(0);
        return Some(Candidates::InCareSince { gap, days });
    }
    if table.has("contact") {
        let filter = contact(table, "contact", filters, problems)?;
        if table.flag("in_24_months", problems) == Some(true) {
            return Some(Candidates::HasContactIn24Months { filter });
        }
        let before = table.integer_in("days_before", 1, 3660, problems);
        let institution = table.flag("or_institution_day", problems) == Some(true);
        let at_least = table.integer_in("at_least", 1, 1000, problems).unwrap_or(1);
        let at_least_days = usize::try_from(at_least).ok()?;
        return match (before, institution) {
            (None, false) => Some(Candidates::HasContact { filter, at_least: at_least_days }),
            (Some(days), false) => {
                Some(Candidates::ActiveBefore { filter, at_least: at_least_days, days })
            }
            (None, true) => Some(Candidates::InCare { filter }),
            (Some(_), true) => {
                let problem = table.problem(
                    table.span(),
                    "when has the member to have had the contact?",
                    "here",
                );
                problems.push(problem.help("`days_before = 180` (before the window), `or_institution_day = true` (in it), or neither (a contact in it)"));
                None
            }
        };
    }
    if table.flag("enrolled", problems) == Some(true) {
        return Some(Candidates::Enrolled);
    }
    if table.flag("ed_visit", problems) == Some(true) {
        let diagnosis = DiagnosisGroup::bits(&groups(table, "diagnosis", problems));
        return Some(Candidates::EdVisits { diagnosis });
    }
    if let Some(said) = table.word("status", &Said::NAMES, Said::from_name, problems) {
        let apart = table.integer_in("days_apart", 0, 365, problems).unwrap_or(30);
        let first_at_least = table.integer_in("first_at_least", 1, 4, problems);
        return Some(Candidates::Answered(Answered { said, apart, first_at_least }));
    }
    let question = table.word("living", &HomeQuestion::NAMES, HomeQuestion::from_name, problems);
    if let Some(question) = question {
        return Some(Candidates::Living(question));
    }
    if let Some(candidates) = read_score::scored(table, problems) {
        return Some(candidates);
    }
    if let Some(types) = events(table, "event", problems) {
        return Some(Candidates::Events(types));
    }
    if table.has("any_night") {
        return spell_set(table, "any_night", problems).map(Candidates::Institution);
    }
    let problem = table.problem(table.span(), "which members are looked at?", "in this table");
    problems
        .push(problem.help("`visits_to = \"clinician\"`, `contact = { is = \"qualifying\" }`, `enrolled = true`, `in_care = 90`, `ed_visit = true`, `any_night = \"inpatient\"`, `event = […]`, `scored = [\"functioning\"]`, `living = \"restrictiveness\"` or `status = \"housed\"`"));
    None
}

const VALUES: [&str; 32] = [
    "meets",
    "disruptions",
    "each_quarter_scored",
    "has_lead",
    "plan_current",
    "shared_plan",
    "each_quarter_in_care",
    "tenure",
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

fn member_value(
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
        "community_days" => {
            let away_in = spell_set(table, "in", problems);
            if away_in.is_none() && table.has("in") {
                return None;
            }
            MemberValue::CommunityDays { away_in }
        }
        "any_night" => {
            let set = spell_set(table, "in", problems);
            if !table.has("in") {
                lacks(table, "in", "in = \"24h\"", problems);
            }
            MemberValue::AnyInstitution(set?)
        }
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
        _ => MemberValue::QuartersInCare { filter },
    })
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
