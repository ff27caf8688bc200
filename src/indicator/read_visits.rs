//! Which visits make relations to providers, as a definition says it.

use super::read_contact::contact;
use super::read_member::PROVIDERS;
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
