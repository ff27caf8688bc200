//! Which visits make relations to providers, and whose members are, as a definition says it.

use super::belongs::Belongs;
use super::read_contact::contact;
use super::read_member::PROVIDERS;
use super::rule::Candidates;
use super::visits::Visits;
use crate::diagnostic::{Fields, Problems};
use crate::timeline::ContactFilter;

/// `visits_to = "clinician"`, and with it `visits = { is = "row", … }` and `each = "row"`.
pub(super) fn visits(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Visits> {
    let known = |word: &str| PROVIDERS.iter().position(|name| *name == word);
    let provider = table.word("visits_to", &PROVIDERS, known, problems);
    let filter = contact(table, "visits", filters, problems);
    let is_row = |word: &str| ["day", "row"].contains(&word).then_some(word == "row");
    let each_row = table.word("each", &["day", "row"], is_row, problems) == Some(true);
    Some(Visits { provider: provider?, filter, each_row })
}

/// `organisation = "last_contact"`: to which organisation members belong.
pub(super) fn belongs(
    table: &mut Fields<'_>,
    candidates: Option<Candidates>,
    problems: &mut Problems,
) -> Belongs {
    const NAMES: [&str; 2] = ["enrolment", "last_contact"];
    let is_last = |word: &str| NAMES.contains(&word).then_some(word == NAMES[1]);
    if table.word("organisation", &NAMES, is_last, problems) != Some(true) {
        return Belongs::Enrolled;
    }
    let found = candidates.and_then(Candidates::last_contact);
    if let Some(node) =
        table.node("organisation").filter(|_| candidates.is_some() && found.is_none())
    {
        let problem = table.problem(
            node.span.clone(),
            "these members need not have a contact in the window",
            "the last of which contacts?",
        );
        problems
            .push(problem.help("`last_contact` goes with `visits_to`, and with `contact` alone"));
    }
    found.unwrap_or(Belongs::Enrolled)
}
