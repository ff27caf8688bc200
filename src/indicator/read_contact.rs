//! Which contacts a definition means.

use super::read_rule::groups;
use crate::diagnostic::{Fields, Problems};
use crate::terms::codes::{
    ClinicianType, ContactStatus, Modality, NoShowReason, OutreachResult, PLACES_OF_SERVICE,
    Participant,
};
use crate::terms::{Kind, ServiceClass, column};
use crate::timeline::{Basis, ContactFilter};

/// Keeps a filter and gives its place; equal filters share one.
pub(super) fn keep(filters: &mut Vec<ContactFilter>, filter: ContactFilter) -> usize {
    filters.iter().position(|kept| *kept == filter).unwrap_or_else(|| {
        filters.push(filter);
        filters.len() - 1
    })
}

pub(super) fn contact(
    fields: &mut Fields<'_>,
    key: &'static str,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<usize> {
    let mut table = fields.fields(key, problems)?;
    let filter = filter(&mut table, problems);
    table.finish(problems);
    Some(keep(filters, filter))
}

fn filter(table: &mut Fields<'_>, problems: &mut Problems) -> ContactFilter {
    let basis = table.word("is", &Basis::NAMES, Basis::from_name, problems);
    if basis.is_none() && !table.has("is") {
        let problem = table.problem(table.span(), "`is` is missing", "in this table");
        problems.push(
            problem.help("`is = \"qualifying\"`, `\"treatment\"`, `\"attempt\"` or `\"row\"`"),
        );
    }
    let levels = levels(table, "level", problems);
    ContactFilter {
        kind: Kind::Contact,
        basis: basis.unwrap_or(Basis::Row),
        classes: table.words("class", ServiceClass::NAMES, ServiceClass::from_name, problems),
        codes: texts(table, "code", problems),
        not_codes: texts(table, "code_not", problems),
        settings: places(table, "place", problems),
        not_settings: places(table, "place_not", problems),
        levels,
        practice: table.range("practice_level", 1, 4, problems),
        diagnosis: groups(table, "diagnosis", problems),
        principal: groups(table, "principal", problems),
        values: values(table, problems),
        not_values: Vec::new(),
        or: alternatives(table, problems),
        and: Vec::new(),
    }
}

/// `level = [0, 4]`: levels of care.
pub(super) fn levels(
    table: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<(u8, u8)> {
    table.range(key, 0, 6, problems)
}

/// Texts of a key whose words are the site's own.
pub(super) fn texts(
    table: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Vec<String> {
    table.some_texts(key, problems).into_iter().map(|(text, _)| text.to_owned()).collect()
}

/// Places of service by their codes. All of them are too many for a message.
fn places(table: &mut Fields<'_>, key: &'static str, problems: &mut Problems) -> Vec<String> {
    let mut found = Vec::new();
    for (text, span) in table.some_texts(key, problems) {
        if !PLACES_OF_SERVICE.contains(&text) {
            let message = format!("unknown place of service `{text}`");
            let problem = table.problem(span, message, "not a code of CMS's list");
            problems.push(problem.help("places are two digits, such as \"11\" for an office"));
        }
        found.push(text.to_owned());
    }
    found
}

/// Filters of which one is enough, instead of the rest of the table.
fn alternatives(table: &mut Fields<'_>, problems: &mut Problems) -> Vec<ContactFilter> {
    let mut found = Vec::new();
    for mut one in table.list("or", problems) {
        found.push(filter(&mut one, problems));
        one.finish(problems);
    }
    found
}

/// Texts that columns have to have.
fn values(table: &mut Fields<'_>, problems: &mut Problems) -> Vec<(&'static str, Vec<String>)> {
    let lists: [(&'static str, &'static str, &'static [&'static str]); 6] = [
        ("status", column::STATUS, ContactStatus::NAMES),
        ("modality", column::MODALITY, Modality::NAMES),
        ("with", column::PARTICIPANTS, Participant::NAMES),
        ("clinician", column::CLINICIAN_TYPE, ClinicianType::NAMES),
        ("outreach_result", column::OUTREACH_RESULT, OutreachResult::NAMES),
        ("no_show_reason", column::NO_SHOW_REASON, NoShowReason::NAMES),
    ];
    let mut found = Vec::new();
    for (key, column, names) in lists {
        let known = |word: &str| names.contains(&word).then(|| word.to_owned());
        let wanted = table.words(key, names, known, problems);
        if !wanted.is_empty() {
            found.push((column, wanted));
        }
    }
    let modifiers = texts(table, "modifier", problems);
    if !modifiers.is_empty() {
        found.push((column::MODIFIERS, modifiers));
    }
    found
}
