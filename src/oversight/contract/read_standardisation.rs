//! By which attributes organisations are made comparable.

use crate::diagnostic::{Fields, Problems, suggest};
use crate::kernel::StratumKind;
use crate::terms::column;

/// Attributes of members that were there before any care that is judged.
const ALLOWED: [&str; 7] = [
    "age_band",
    column::SEX,
    column::SMI_SED,
    column::ELIGIBILITY_CAT,
    column::RURAL,
    column::FOSTER_CARE,
    column::DUAL,
];

/// Attributes that are never adjusted for: what differs by them is to be seen.
const STRATIFIED: [&str; 3] = [column::RACE_ETH, column::LANGUAGE, column::GENDER];

/// The attributes of `[standardisation]`; none without it.
pub(super) fn standardisation(
    fields: &mut Fields<'_>,
    problems: &mut Problems,
) -> Vec<StratumKind> {
    let Some(mut table) = fields.fields("standardisation", problems) else { return Vec::new() };
    let mut kinds: Vec<StratumKind> = Vec::new();
    let span = table.node("by").map_or_else(|| 0..1, |node| node.span.clone());
    let words = table.texts("by", problems);
    let known = problems.len();
    for (word, place) in words {
        if STRATIFIED.contains(&word) {
            let message = format!("`{word}` is never adjusted for");
            let problem = table.problem(place, message, "adjusting would hide a disparity");
            let help = format!(
                "break results down by it: `by = [\"{word}\"]` under [strata] of the pipeline"
            );
            problems.push(problem.help(help));
        } else if let Some(kind) = StratumKind::from_name(word).filter(|_| ALLOWED.contains(&word))
        {
            if kinds.contains(&kind) {
                problems.push(table.problem(
                    place,
                    format!("`{word}` is named twice"),
                    "here again",
                ));
            } else {
                kinds.push(kind);
            }
        } else {
            let known = ALLOWED.map(|word| format!("`{word}`")).join(", ");
            let message = format!("`{word}` cannot be adjusted for");
            let problem = table.problem(place, message, format!("expected {known}"));
            problems.push(problem.maybe_help(suggest(word, ALLOWED)));
        }
    }
    if kinds.len() < 2 && problems.len() == known {
        let problem = table.problem(span, "fewer than two attributes", "here");
        problems.push(problem.help(
            "expected counts by a single one could be taken apart: `by = [\"age_band\", \"sex\"]`",
        ));
    }
    table.finish(problems);
    kinds
}
