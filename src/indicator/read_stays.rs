//! Sets of stays, by a name or by levels of care; and which of their discharges.

use super::happening::Happening;
use super::read_contact::levels;
use crate::diagnostic::{Fields, Problems, Value};
use crate::terms::Level;
use crate::terms::codes::{Disposition, FacilityClass};
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
    let ends = ends(table, problems);
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
    let (least, most) = ends?;
    let joins = if single { Joins::Never } else { Joins::Within(gap) };
    (problems.len() == before).then_some(OwnSet { least, most, joins })
}

/// `level = [5, 6]`: the lowest and the highest level.
fn ends(table: &mut Fields<'_>, problems: &mut Problems) -> Option<(Level, Level)> {
    if !table.has("level") {
        let problem = table.problem(table.span(), "`level` is missing", "stays of which levels?");
        problems.push(problem.help("such as `level = [5, 6]`, or `[6, 6]` for one"));
    }
    let (least, most) = levels(table, "level", problems)?;
    Level::new(least.into()).zip(Level::new(most.into()))
}

/// `discharge = "24h"`, from which facilities, and where not to.
pub(super) fn discharge(
    one: &mut Fields<'_>,
    diagnosis: u32,
    problems: &mut Problems,
) -> Option<Happening> {
    let set = spell_set(one, "discharge", problems)?;
    let facility = facilities(one, problems);
    let to = one.words("disposition_not", Disposition::NAMES, Disposition::from_name, problems);
    let not_to = to.into_iter().fold(0, |bits, to| bits | to.bit());
    let as_admitted = one.flag("as_admitted", problems) == Some(true);
    Some(Happening::Discharge { set, diagnosis, facility, not_to, as_admitted })
}

/// `facility` or `facility_not`, as bits; 0 = any.
pub(super) fn facilities(one: &mut Fields<'_>, problems: &mut Problems) -> u32 {
    let mut classes = |key| {
        one.words(key, FacilityClass::NAMES, FacilityClass::from_name, problems)
            .into_iter()
            .fold(0, |bits, class| bits | 1 << (class as u32))
    };
    let among = classes("facility");
    let but = if among == 0 { classes("facility_not") } else { 0 };
    if but == 0 { among } else { !but }
}
