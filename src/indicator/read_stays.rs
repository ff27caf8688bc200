//! Sets of stays: by a name, or by levels of care.

use crate::diagnostic::{Fields, Problems, Value};
use crate::terms::Level;
use crate::timeline::{Joins, OwnSet, SpellSet};

/// More days than this are no gap between stays that are one.
const LONGEST_GAP: i32 = 366;

/// `"inpatient"`, `"24h"` or `"residential"`; or a table that names levels.
pub(super) fn spell_set(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<SpellSet> {
    let node = fields.node(key)?;
    if !matches!(node.value, Value::Section(_)) {
        return fields.word(key, &SpellSet::NAMES, SpellSet::from_name, problems);
    }
    let mut table = Fields::of(fields.source(), node, problems)?;
    let set = own_set(&mut table, problems);
    table.finish(problems);
    set.map(SpellSet::Own)
}

/// `{ level = [5, 6], gap = 0 }` or `{ level = [5, 6], single = true }`.
fn own_set(table: &mut Fields<'_>, problems: &mut Problems) -> Option<OwnSet> {
    table.knows(&["level", "gap", "single"]);
    let levels = levels(table, problems);
    let before = problems.len();
    let gap_at = table.node("gap").map(|node| node.span.clone());
    let gap = table.integer_in("gap", 0, LONGEST_GAP, problems);
    let single_at = table.node("single").map(|node| node.span.clone());
    let single = table.flag("single", problems) == Some(true);
    if let (Some(gap), Some(other)) = (gap_at, single_at.filter(|_| single)) {
        let problem =
            table.problem(gap, "single stays have no gap", "how far apart stays are one …");
        let problem = problem.also(other, "… and none are");
        problems.push(problem.help("leave one of them out"));
    }
    let (least, most) = levels?;
    let joins = if single { Joins::Never } else { Joins::Within(gap) };
    (problems.len() == before).then_some(OwnSet { least, most, joins })
}

/// `level = [5, 6]`: the lowest and the highest level.
fn levels(table: &mut Fields<'_>, problems: &mut Problems) -> Option<(Level, Level)> {
    const EXAMPLE: &str = "levels of care run from 0 to 6: `level = [5, 6]`, or `[6, 6]` for one";
    let Some(node) = table.node("level") else {
        let problem = table.problem(table.span(), "`level` is missing", "stays of which levels?");
        problems.push(problem.help(EXAMPLE));
        return None;
    };
    let level = |value: &Value| match value {
        Value::Integer(number) => Level::new(*number),
        _ => None,
    };
    let ends = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => &[],
    };
    let both = match ends {
        [least, most] => level(&least.value).zip(level(&most.value)),
        _ => None,
    };
    let Some((least, most)) = both else {
        let problem =
            table.problem(node.span.clone(), "expected two levels of care", "not two levels");
        problems.push(problem.help(EXAMPLE));
        return None;
    };
    if least > most {
        let problem = table.problem(
            ends[0].span.clone(),
            "no level lies between these",
            format!("from level {least} …"),
        );
        let problem = problem.also(ends[1].span.clone(), format!("… to level {most}"));
        problems.push(problem.help(format!("swap them: [{most}, {least}]")));
        return None;
    }
    Some((least, most))
}
