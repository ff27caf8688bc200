//! A rule about members: which are looked at, and what is measured of each.

use super::home::HomeQuestion;
use super::read_contact::{contact, keep};
use super::read_criterion::criterion;
use super::read_member_value::member_value;
use super::read_rule::{events, exclusions, groups};
use super::read_score;
use super::read_stays::spell_set;
use super::read_visits::{belongs, visits};
use super::rule::{Candidates, Criterion, MemberCriterion, MemberRule, MemberValue, Rule};
use super::status::{Answered, Said};
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
    } else if of_rows
        && matches!(
            measured,
            MemberValue::Tenure | MemberValue::Relationship { .. } | MemberValue::Density
        )
    {
        Some(
            "`tenure`, `relationship` and `density` look at days, of which `each = \"row\"` says nothing: leave it out",
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
