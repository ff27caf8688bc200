//! What organisations are made comparable by.

use crate::diagnostic::{Fields, Problems, suggest};
use crate::kernel::Covariate;
use crate::terms::column;

/// Attributes that are never adjusted for: what differs by them is to be seen.
const STRATIFIED: [&str; 3] = [column::RACE_ETH, column::LANGUAGE, column::GENDER];

/// Words by which somebody may ask for one of these.
const MEANT: [(&str, &str); 4] = [
    ("race", column::RACE_ETH),
    ("ethnicity", column::RACE_ETH),
    ("race_ethnicity", column::RACE_ETH),
    ("preferred_language", column::LANGUAGE),
];

/// The covariates of `[standardisation]`; none without it.
pub(super) fn standardisation(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<Covariate> {
    let Some(mut table) = fields.fields("standardisation", problems) else { return Vec::new() };
    let mut covariates: Vec<Covariate> = Vec::new();
    let span = table.node("by").map_or_else(|| 0..1, |node| node.span.clone());
    let words = table.texts("by", problems);
    let known = problems.len();
    for (word, place) in words {
        let lower = word.to_lowercase();
        let meant = MEANT.iter().find(|(asked, _)| *asked == lower).map(|(_, meant)| *meant);
        let stratified = STRATIFIED.into_iter().find(|name| *name == lower).or(meant);
        if let Some(name) = stratified {
            let message = format!("`{word}` is never adjusted for");
            let problem = table.problem(place, message, "adjusting would hide a disparity");
            let help = format!(
                "break results down by it: `by = [\"{name}\"]` under [strata] of the pipeline"
            );
            problems.push(problem.help(help));
        } else if let Some(one) = Covariate::from_name(word) {
            if covariates.contains(&one) {
                let message = format!("`{word}` is named twice");
                problems.push(table.problem(place, message, "here again"));
            } else {
                covariates.push(one);
            }
        } else {
            let names = Covariate::names();
            let known = names.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            let message = format!("`{word}` cannot be adjusted for");
            let problem = table.problem(place, message, format!("expected {known}"));
            problems.push(problem.maybe_help(suggest(word, names)));
        }
    }
    if covariates.len() < 2 && problems.len() == known {
        let problem = table.problem(span, "fewer than two covariates", "here");
        problems.push(problem.help(
            "expected counts by a single one could be taken apart: `by = [\"age_band\", \"sex\"]`",
        ));
    }
    table.finish(problems);
    covariates
}
