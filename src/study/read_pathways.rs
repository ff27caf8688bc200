//! The `[pathways]` of a study file.

use super::era::{Intervention, MOST_INTERVENTIONS};
use super::pathway_rules::{
    Anchor, Keep, Overlaps, PathwayRules, Shortness, Split, TargetWindow, Targets,
};
use crate::diagnostic::{Fields, Problems, suggest};

const PRESETS: [&str; 2] = ["ours", "treatment_patterns"];
/// Ten years, in days.
const LONGEST: i32 = 3660;

/// Reads the rules; `names` are those of the interventions and get those of split ones.
pub(super) fn rules(
    mut table: Fields<'_>,
    names: &mut Vec<String>,
    problems: &mut Problems,
) -> PathwayRules {
    let preset = table.word("preset", &PRESETS, preset, problems);
    let mut rules = preset.unwrap_or_else(PathwayRules::ours);
    window(&mut table, &mut rules.window, problems);
    set(&mut rules.targets, table.word("targets", Targets::NAMES, Targets::from_name, problems));
    set(&mut rules.min_era, table.integer_in("min_era", 0, LONGEST, problems));
    let shortness = table.flag("min_era_after_collapse", problems).map(|is_after| {
        if is_after { Shortness::AfterCollapse } else { Shortness::BeforeCollapse }
    });
    set(&mut rules.shortness, shortness);
    set(&mut rules.era_collapse, table.integer_in("era_collapse", 0, LONGEST, problems));
    let window = table.integer_in("combination_window", 0, LONGEST, problems);
    set(&mut rules.combination_window, window);
    let least = table.integer_in("min_post_combination", 0, LONGEST, problems);
    set(&mut rules.min_post_combination, least);
    set(
        &mut rules.overlaps,
        table.word("overlaps", Overlaps::NAMES, Overlaps::from_name, problems),
    );
    set(&mut rules.keep, table.word("keep", Keep::NAMES, Keep::from_name, problems));
    let steps = table.integer_in("max_path", 1, 100, problems);
    set(&mut rules.max_path, steps.and_then(|steps| usize::try_from(steps).ok()));
    rules.splits = splits(&mut table, names, problems);
    table.finish(problems);
    rules
}

fn preset(name: &str) -> Option<PathwayRules> {
    match name {
        "ours" => Some(PathwayRules::ours()),
        "treatment_patterns" => Some(PathwayRules::treatment_patterns()),
        _ => None,
    }
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}

fn window(table: &mut Fields<'_>, window: &mut TargetWindow, problems: &mut Problems) {
    if let Some((from, days)) = bound(table, "first", problems) {
        (window.first_from, window.first_days) = (from.unwrap_or(Anchor::Start), days);
    }
    if let Some((from, days)) = bound(table, "last", problems) {
        (window.last_from, window.last_days) = (from.unwrap_or(Anchor::End), days);
    }
}

/// `{ from = "start", days = -60 }`.
fn bound(
    table: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<(Option<Anchor>, i32)> {
    let mut bound = table.fields(key, problems)?;
    let from = bound.word("from", Anchor::NAMES, Anchor::from_name, problems);
    let days = bound.integer_in("days", -LONGEST, LONGEST, problems);
    bound.finish(problems);
    Some((from, days.unwrap_or(0)))
}

fn splits(table: &mut Fields<'_>, names: &mut Vec<String>, problems: &mut Problems) -> Vec<Split> {
    let declared = names.clone();
    let mut splits: Vec<Split> = Vec::new();
    for mut table in table.list("split", problems) {
        let (name, span) = table.required_text("intervention", "the one to split", problems);
        let days = table.integer_in("days", 1, LONGEST, problems);
        let has_days = table.has("days");
        if !has_days {
            let problem = table.problem(table.span(), "`days` is missing", "in this table");
            problems.push(problem.help("add `days = …`: shorter eras are acute, others therapy"));
        }
        let place = declared.iter().position(|known| known == name);
        let Some(intervention) = place.and_then(number) else {
            let message = format!("there is no intervention `{name}`");
            let problem = table.problem(span, message, "not the name of an [[intervention]]");
            problems.push(problem.maybe_help(suggest(name, declared.iter().map(String::as_str))));
            table.finish(problems);
            continue;
        };
        if splits.iter().any(|split| split.intervention == intervention) {
            problems.push(table.problem(span.clone(), "this is split already", "a second time"));
        }
        let (acute, therapy) = (number(names.len()), number(names.len() + 1));
        let (Some(acute), Some(therapy)) = (acute, therapy) else {
            let message = format!("a study tells {MOST_INTERVENTIONS} interventions apart");
            problems.push(table.problem(span, message, "this would make two more"));
            table.finish(problems);
            continue;
        };
        names.extend([format!("{name} (acute)"), format!("{name} (therapy)")]);
        splits.extend(days.map(|days| Split { intervention, days, acute, therapy }));
        table.finish(problems);
    }
    splits
}

fn number(place: usize) -> Option<Intervention> {
    Intervention::new(u8::try_from(place).ok()?)
}
