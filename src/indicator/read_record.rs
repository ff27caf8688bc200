//! Which rows of other tables than contacts a definition means: fills, outcome records, events, the
//! register of members.

use super::read_contact::{keep, texts};
use crate::diagnostic::{Fields, Problems};
use crate::terms::codes::{EventType, RecordType};
use crate::terms::{Kind, column};
use crate::timeline::{Basis, ContactFilter};

/// `record = { table = "outcomes", instrument = […] }`; its place among the filters of the file.
pub(super) fn record(
    fields: &mut Fields<'_>,
    key: &'static str,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<usize> {
    const TABLES: [&str; 3] = ["outcomes", "events", "pharmacy"];
    const KINDS: [Kind; 3] = [Kind::Assessment, Kind::Event, Kind::Pharmacy];
    const RESULTS: [&str; 3] = ["pos", "neg", "not_done"];
    const REASONS: [&str; 4] = ["admission", "review", "discharge", "check_up"];
    let mut table = fields.fields(key, problems)?;
    let place = |word: &str| TABLES.iter().position(|name| *name == word);
    let kind = table.word("table", &TABLES, place, problems).map(|place| KINDS[place]);
    if kind.is_none() && !table.has("table") {
        let problem = table.problem(table.span(), "`table` is missing", "in this table");
        problems.push(problem.help("`outcomes`, `events` or `pharmacy`"));
    }
    table.knows(&["type", "instrument", "screen", "screen_not", "reason", "cause", "drug"]);
    let known = |names: &'static [&'static str]| {
        move |word: &str| names.contains(&word).then(|| word.to_owned())
    };
    let mut unwanted = Vec::new();
    let values = match kind {
        Some(Kind::Assessment) => {
            let types = known(RecordType::NAMES);
            let reasons = known(&REASONS);
            unwanted = table.words("screen_not", &RESULTS, known(&RESULTS), problems);
            vec![
                (column::CLASS, table.words("type", RecordType::NAMES, types, problems)),
                (column::CODE, texts(&mut table, "instrument", problems)),
                (column::SCREEN_RESULT, table.words("screen", &RESULTS, known(&RESULTS), problems)),
                (column::REASON, table.words("reason", &REASONS, reasons, problems)),
            ]
        }
        Some(Kind::Event) => {
            let types = known(EventType::NAMES);
            vec![
                (column::CLASS, table.words("type", EventType::NAMES, types, problems)),
                (column::CAUSE, texts(&mut table, "cause", problems)),
            ]
        }
        _ => vec![(column::CLASS, texts(&mut table, "drug", problems))],
    };
    table.finish(problems);
    let mut filter = ContactFilter::of(Basis::Row);
    filter.kind = kind?;
    filter.values = values.into_iter().filter(|(_, wanted)| !wanted.is_empty()).collect();
    if !unwanted.is_empty() {
        filter.not_values.push((column::SCREEN_RESULT, unwanted));
    }
    Some(keep(filters, filter))
}

/// `member = { language_not = […] }`: what the register of members has to say.
pub(super) fn of_member(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<usize> {
    let mut table = fields.fields("member", problems)?;
    let mut filter = ContactFilter::of(Basis::Row);
    filter.kind = Kind::Member;
    for (key, key_not, column) in [
        ("language", "language_not", column::LANGUAGE),
        ("eligibility", "eligibility_not", column::ELIGIBILITY_CAT),
    ] {
        let (wanted, unwanted) =
            (texts(&mut table, key, problems), texts(&mut table, key_not, problems));
        if !wanted.is_empty() {
            filter.values.push((column, wanted));
        }
        if !unwanted.is_empty() {
            filter.not_values.push((column, unwanted));
        }
    }
    if filter.values.is_empty() && filter.not_values.is_empty() {
        let problem = table.problem(table.span(), "nothing is asked of the member", "here");
        problems.push(problem.help("such as `language_not = [\"en\"]`"));
    }
    table.finish(problems);
    Some(keep(filters, filter))
}
