//! What a definition asks of scores on instruments.

use super::rule::{Candidates, MemberValue};
use super::score::{Known, PairQuestion, PairTest, ScoreValue, Scored};
use crate::diagnostic::{Fields, Problems};
use crate::terms::instrument::{Domain, Domains, POINT};

fn domains(table: &mut Fields<'_>, key: &'static str, problems: &mut Problems) -> Domains {
    Domains::of(&table.any_words(key, &Domain::NAMES, Domain::from_name, problems))
}

/// `scores = { is = "improved", domain = […], baseline = [-14, 30], apart = 30, until = 30 }`.
pub(super) fn pair_test(table: &mut Fields<'_>, problems: &mut Problems) -> Option<PairTest> {
    let mut scores = table.fields("scores", problems)?;
    let question = scores.word("is", &PairQuestion::NAMES, PairQuestion::from_name, problems);
    let domains = domains(&mut scores, "domain", problems);
    let baseline = scores.window("baseline", problems);
    let apart = scores.integer_in("apart", 1, 3660, problems);
    let until = scores.integer_in("until", 0, 3660, problems);
    for (key, there) in [
        ("is", question.is_some()),
        ("baseline", baseline.is_some()),
        ("apart", apart.is_some()),
        ("until", until.is_some()),
    ] {
        if !there && !scores.has(key) {
            let problem =
                scores.problem(scores.span(), format!("`{key}` is missing"), "in this table");
            problems.push(problem.help(
                "such as `scores = { is = \"paired\", baseline = [-14, 30], apart = 30, until = 30 }`",
            ));
        }
    }
    scores.finish(problems);
    let baseline = baseline.map(|window| (window.from, window.to))?;
    Some(PairTest { question: question?, domains, baseline, apart: apart?, until: until? })
}

/// `scores = { is = "improved", domain = […], baseline = [-60, 0], apart = 30 }` around the index of a
/// study: the last score is that of the follow-up.
pub(super) fn score_change(table: &mut Fields<'_>, problems: &mut Problems) -> Option<PairTest> {
    const CHANGES: [&str; 3] = ["improved", "deteriorated", "recovered"];
    let mut scores = table.fields("scores", problems)?;
    let question = scores.word("is", &CHANGES, PairQuestion::from_name, problems);
    let domains = domains(&mut scores, "domain", problems);
    let baseline = scores.window("baseline", problems);
    let apart = scores.integer_in("apart", 1, 3660, problems);
    for (key, there) in
        [("is", question.is_some()), ("baseline", baseline.is_some()), ("apart", apart.is_some())]
    {
        if !there && !scores.has(key) {
            let problem =
                scores.problem(scores.span(), format!("`{key}` is missing"), "in this table");
            problems.push(
                problem.help(
                    "such as `scores = { is = \"improved\", baseline = [-60, 0], apart = 30 }`",
                ),
            );
        }
    }
    scores.finish(problems);
    let baseline = baseline.map(|window| (window.from, window.to))?;
    Some(PairTest { question: question?, domains, baseline, apart: apart?, until: 0 })
}

/// `scored = […]`, if the table has it: members with scores of these domains; an empty list means any.
pub(super) fn scored(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Candidates> {
    if !table.has("scored") {
        return None;
    }
    let known = table.word("known", &Known::NAMES, Known::from_name, problems);
    let domains = domains(table, "scored", problems);
    let apart = table.integer_in("scores_apart", 0, 3660, problems).unwrap_or(0);
    let known = known.unwrap_or(Known::Instrument);
    Some(Candidates::Scored(Scored { domains, apart, known }))
}

/// The words of values of scores.
pub(super) const VALUES: [&str; 5] =
    ["favourable", "score_better", "score_worse", "score_not_worse", "several_instruments"];

/// A value of scores, if the word is one of theirs.
pub(super) fn value(
    name: &str,
    days: Option<i32>,
    table: &mut Fields<'_>,
    problems: &mut Problems,
) -> Option<MemberValue> {
    // A variant that asks something else of the same scores leaves it over.
    let by = table.integer_in("by", 1, 1000, problems).unwrap_or(1);
    let by = i64::from(by) * POINT;
    Some(MemberValue::Score(match name {
        "favourable" => ScoreValue::Favourable,
        "score_better" => ScoreValue::Better(by),
        "score_worse" => ScoreValue::Worse(by),
        "score_not_worse" => ScoreValue::NotWorse,
        "several_instruments" => ScoreValue::Several(days?),
        _ => return None,
    }))
}
