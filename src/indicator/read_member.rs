//! A rule about members: which are looked at, and what is measured of each.

use super::read_rule::{contact, exclusions};
use super::rule::{Candidates, MemberRule, MemberValue, Rule};
use crate::diagnostic::{Fields, Problems};
use crate::timeline::ContactFilter;

/// `[member]` and `[value]`.
pub(super) fn member(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Rule> {
    let mut table = fields.fields("member", problems)?;
    let candidates = candidates(&mut table, filters, problems);
    table.finish(problems);
    let exclusions = exclusions(fields, true, problems);
    let Some(mut value) = fields.fields("value", problems) else {
        problems.push(
            fields
                .problem(0..1, "[value] is missing", "in this file")
                .help("say what is measured of each member"),
        );
        return None;
    };
    let measured = member_value(&mut value, filters, problems);
    value.finish(problems);
    Some(Rule::Member(MemberRule { candidates: candidates?, exclusions, value: measured? }))
}

const PROVIDERS: [&str; 3] = ["clinician", "team", "agency"];

fn candidates(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Candidates> {
    let at_least = table.integer_in("at_least", 1, 1000, problems).unwrap_or(1);
    if table.has("visits_to") {
        let provider = table.word(
            "visits_to",
            &PROVIDERS,
            |word| PROVIDERS.iter().position(|name| *name == word),
            problems,
        )?;
        return Some(Candidates::Visits { provider, at_least: at_least.into() });
    }
    let before = table.integer_in("days_before", 1, 3660, problems);
    let institution = table.flag("or_institution_day", problems) == Some(true);
    if table.has("contact") {
        let filter = contact(table, "contact", filters, problems)?;
        return match (before, institution) {
            (Some(days), false) => Some(Candidates::ActiveBefore {
                filter,
                at_least: usize::try_from(at_least).ok()?,
                days,
            }),
            (None, true) => Some(Candidates::InCare { filter }),
            _ => {
                let problem = table.problem(
                    table.span(),
                    "when has the member to have had the contact?",
                    "here",
                );
                problems.push(problem.help("`days_before = 180` (before the window) or `or_institution_day = true` (in it)"));
                None
            }
        };
    }
    let problem = table.problem(table.span(), "which members are looked at?", "in this table");
    problems
        .push(problem.help("`visits_to = \"clinician\"` or `contact = { is = \"qualifying\" }`"));
    None
}

const VALUES: [&str; 6] = [
    "usual_provider",
    "bice_boxerman",
    "sequential",
    "months_with_contact",
    "gap_over",
    "community_days",
];

fn member_value(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<MemberValue> {
    let of =
        table.word("of", &VALUES, |word| VALUES.iter().position(|name| *name == word), problems);
    let contact =
        if table.has("contact") { contact(table, "contact", filters, problems) } else { None };
    let days = table.integer_in("days", 1, 3660, problems);
    let mut needed = |what: &str, there: bool| {
        if !there {
            let problem =
                table.problem(table.span(), format!("`{what}` is missing"), "in this table");
            problems.push(problem.help("gaps and months are those between or with such contacts"));
        }
    };
    Some(match of {
        Some(0) => MemberValue::UsualProvider,
        Some(1) => MemberValue::BiceBoxerman,
        Some(2) => MemberValue::Sequential,
        Some(3) => {
            needed("contact", contact.is_some());
            MemberValue::MonthsWithContact { filter: contact? }
        }
        Some(4) => {
            needed("contact", contact.is_some());
            needed("days", days.is_some());
            MemberValue::GapOver { filter: contact?, days: days? }
        }
        Some(_) => MemberValue::CommunityDays,
        None => {
            needed("of", table.has("of"));
            return None;
        }
    })
}
