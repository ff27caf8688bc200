//! The registry of instruments: a file that says of each what it measures, which direction is good and
//! how much change is more than error.

use std::collections::BTreeMap;

use crate::diagnostic::{Document, Fields, Problems};
use crate::terms::instrument::{
    Domain, Instrument, Instruments, POINT, Rater, cut_off, least_reliable_change,
};

/// Reads and checks a registry.
pub fn read_instruments(document: &Document) -> Result<Instruments, Problems> {
    let mut problems = Problems::default();
    let mut fields = Fields::new(&document.source, &document.root, 0..1);
    let found = instruments(&mut fields, "instrument", true, &mut problems);
    fields.finish(&mut problems);
    problems.none_or(found)
}

/// The instruments under a key; those of a registry say how well they are founded.
pub(super) fn instruments(
    fields: &mut Fields<'_>,
    key: &'static str,
    with_evidence: bool,
    problems: &mut Problems,
) -> Instruments {
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    for mut table in fields.list(key, problems) {
        let (id, span) =
            table.required_text("id", "the name of the instrument in the extracts", problems);
        if let Some(first) = seen.insert(id.to_owned(), span.clone()) {
            let problem = table.problem(span, format!("`{id}` is listed twice"), "here again");
            problems.push(problem.also(first, "first here").help("keep one of them"));
        }
        found.extend(instrument(id.to_owned(), &mut table, problems));
        if with_evidence {
            evidence(&mut table, problems);
        }
        table.finish(problems);
    }
    Instruments::new(found)
}

/// Where the numbers of an instrument come from.
fn evidence(table: &mut Fields<'_>, problems: &mut Problems) {
    table.required_text("source", "where its numbers come from", problems);
    let marks = ["verified", "from memory", "project-defined"];
    let known = |word: &str| marks.contains(&word).then_some(());
    let marked = table.word("evidence", &marks, known, problems);
    if marked.is_none() && !table.has("evidence") {
        let problem = table.problem(table.span(), "`evidence` is missing", "in this table");
        problems.push(problem.help("`verified`, `from memory` or `project-defined`"));
    }
}

/// Everything of an instrument but its name.
fn instrument(id: String, table: &mut Fields<'_>, problems: &mut Problems) -> Option<Instrument> {
    let before = problems.len();
    let domain = table.word("domain", &Domain::NAMES, Domain::from_name, problems);
    let directions = ["lower", "higher"];
    let higher = |word: &str| directions.iter().position(|one| *one == word).map(|at| at == 1);
    let better = table.word("better", &directions, higher, problems);
    for (key, there, example) in [
        ("domain", domain.is_some(), "domain = \"depression\""),
        ("better", better.is_some(), "better = \"lower\""),
    ] {
        if !there && !table.has(key) {
            let problem =
                table.problem(table.span(), format!("`{key}` is missing"), "in this table");
            problems.push(problem.help(format!("such as `{example}`")));
        }
    }
    let least = table.number("minimum", problems);
    let most = table.number("maximum", problems);
    if least.zip(most).is_none_or(|(least, most)| least >= most) && problems.len() == before {
        let problem = table.problem(table.span(), "which scores are valid?", "in this table");
        problems.push(problem.help("`minimum = 0` and a greater `maximum = 27`"));
    }
    let rater = table.word("rater", &Rater::NAMES, Rater::from_name, problems);
    let deviation = table.number("sd", problems);
    let least_change = least_change(table, deviation, problems);
    let case_from = case_from(table, problems);
    Some(Instrument {
        id,
        domain: domain?,
        higher_is_better: better?,
        range: (thousandths(least?), thousandths(most?)),
        rater,
        deviation: deviation.map(|points| points * 1000.0),
        least_change,
        case_from,
    })
}

/// The smallest change beyond error: given, or from standard deviation and reliability.
fn least_change(
    table: &mut Fields<'_>,
    deviation: Option<f64>,
    problems: &mut Problems,
) -> Option<i64> {
    let given = table.number("least_change", problems);
    let reliability = table.number("reliability", problems);
    let positive = |number: Option<f64>| number.is_none_or(|number| number > 0.0);
    let right = reliability.is_none_or(|r| (0.0..1.0).contains(&r));
    if !positive(deviation) || !positive(given) || !right {
        let problem = table.problem(table.span(), "this cannot be", "in this table");
        problems
            .push(problem.help("`sd` and `least_change` are above 0, `reliability` is below 1"));
        return None;
    }
    match (given, deviation.zip(reliability)) {
        (Some(_), Some(_)) => {
            let message = "the smallest change is given twice";
            let problem = table.problem(table.span(), message, "in this table");
            problems.push(
                problem.help("give `least_change`, or `reliability` beside `sd`, but not both"),
            );
            None
        }
        (Some(points), None) => Some(thousandths(points)),
        (None, Some((deviation, reliability))) => {
            Some(least_reliable_change(deviation, reliability))
        }
        (None, None) => None,
    }
}

/// The score from which on a member is a case: given, or from the norms of two populations.
fn case_from(table: &mut Fields<'_>, problems: &mut Problems) -> Option<i64> {
    let given = table.number("case_from", problems);
    let clinical = norm(table, "clinical", problems);
    let general = norm(table, "general", problems);
    let n_norms = ["clinical", "general"].into_iter().filter(|key| table.has(key)).count();
    if n_norms == 1 || (n_norms > 0 && given.is_some()) {
        let message = "a case begins at a score, or between two norms";
        let problem = table.problem(table.span(), message, "in this table");
        problems.push(problem.help("give `case_from`, or both `clinical` and `general`"));
    }
    if let Some(points) = given {
        return Some(thousandths(points));
    }
    clinical.zip(general).map(|(clinical, general)| thousandths(cut_off(clinical, general)))
}

fn norm(table: &mut Fields<'_>, key: &'static str, problems: &mut Problems) -> Option<(f64, f64)> {
    let mut norm = table.fields(key, problems)?;
    let mean = norm.number("mean", problems);
    let deviation = norm.number("sd", problems).filter(|deviation| *deviation > 0.0);
    if mean.zip(deviation).is_none() {
        let problem = norm.problem(norm.span(), "a norm is a mean and an `sd` above 0", "here");
        problems.push(problem.help("`clinical = { mean = 16, sd = 6 }`"));
    }
    norm.finish(problems);
    mean.zip(deviation)
}

#[expect(clippy::cast_possible_truncation, reason = "points of a scale")]
#[expect(clippy::cast_precision_loss, reason = "a thousand")]
fn thousandths(points: f64) -> i64 {
    libm::round(points * POINT as f64) as i64
}
