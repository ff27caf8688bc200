//! Which contacts a definition means.

use super::read_rule::groups;
use crate::diagnostic::{Fields, Problems};
use crate::terms::codes::{
    ClinicianType, ContactStatus, Modality, NoShowReason, OutreachResult, Participant,
};
use crate::terms::{ServiceClass, column};
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
    let levels = table.window("level", problems).and_then(|range| {
        let least = u8::try_from(range.from).ok().filter(|level| *level <= 6)?;
        Some((least, u8::try_from(range.to).ok().filter(|level| *level <= 6)?))
    });
    let owned = |texts: Vec<(&str, std::ops::Range<usize>)>| {
        texts.into_iter().map(|(text, _)| text.to_owned()).collect()
    };
    ContactFilter {
        basis: basis.unwrap_or(Basis::Row),
        classes: table.words("class", ServiceClass::NAMES, ServiceClass::from_name, problems),
        codes: owned(table.texts("code", problems)),
        not_codes: owned(table.texts("code_not", problems)),
        settings: owned(table.texts("place", problems)),
        not_settings: owned(table.texts("place_not", problems)),
        levels,
        practice: practice(table, problems),
        diagnosis: groups(table, "diagnosis", problems),
        values: values(table, problems),
        by_lead: table.flag("lead", problems) == Some(true),
        or: alternatives(table, problems),
        and: Vec::new(),
    }
}

/// The practice levels of a filter, 1 to 4.
fn practice(table: &mut Fields<'_>, problems: &mut Problems) -> Option<(u8, u8)> {
    let range = table.window("practice_level", problems)?;
    let level = |number: i32| u8::try_from(number).ok().filter(|one| (1..=4).contains(one));
    let both = level(range.from).zip(level(range.to));
    if both.is_none() {
        let problem = table.problem(table.span(), "no such practice level", "in this table");
        problems.push(problem.help("practice levels run from 1 to 4: `practice_level = [2, 4]`"));
    }
    both
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
    found
}
