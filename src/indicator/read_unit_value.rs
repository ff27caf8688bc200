//! What is measured of units, read from a definition.

use std::ops::Range;

use super::read_contact::{self, contact};
use super::read_rule::missing_window;
use super::rule::{Criterion, Exclusion, ExclusionTest, Unit};
use super::unit_value::UnitValue;
use crate::diagnostic::{Fields, Problems, listed};
use crate::timeline::ContactFilter;

const VALUES: [&str; 9] = [
    "days_until",
    "nights",
    "how_many",
    "standardised_change",
    "points",
    "level_difference",
    "level_agreement",
    "cost",
    "minutes_until",
];

/// What is measured, and where the definition names it.
pub(super) struct Measured {
    pub value: UnitValue,
    pub name: &'static str,
    pub span: Range<usize>,
}

/// `[value]` of units: what is measured of each.
pub(super) fn value(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Measured> {
    let mut table = fields.fields("value", problems)?;
    table.knows(&["of", "otherwise", "contact", "days", "level"]);
    let known = |word: &str| VALUES.into_iter().find(|one| *one == word);
    let name = table.word("of", &VALUES, known, problems);
    if !table.has("of") {
        let problem = table.problem(table.span(), "`of` is missing", "in this table");
        problems.push(problem.help(format!("one of {}", listed(&VALUES))));
    }
    let span = table.node("of").map_or(table.span(), |node| node.span.clone());
    let value = name.and_then(|name| named(name, &mut table, filters, problems));
    table.finish(problems);
    value.zip(name).map(|(value, name)| Measured { value, name, span })
}

fn named(
    name: &str,
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<UnitValue> {
    Some(match name {
        "days_until" => {
            if !table.has("otherwise") {
                let example = "the days of a unit that is not met, such as `otherwise = 180`";
                lacks(table, "otherwise", example, problems);
            }
            UnitValue::DaysUntil { otherwise: table.integer_in("otherwise", 0, 3660, problems)? }
        }
        "nights" => UnitValue::Nights,
        "how_many" => UnitValue::HowMany,
        "standardised_change" => UnitValue::StandardisedChange,
        "points" => UnitValue::Points,
        "level_difference" => UnitValue::LevelDifference,
        "level_agreement" => UnitValue::LevelAgreement,
        "cost" => {
            let levels = read_contact::levels(table, "level", problems);
            let days = table.window("days", problems);
            missing_window(table, days, problems);
            UnitValue::Cost { days: days?, levels }
        }
        _ => {
            if !table.has("contact") {
                lacks(table, "contact", "such as `contact = { is = \"qualifying\" }`", problems);
            }
            UnitValue::MinutesUntil { filter: contact(table, "contact", filters, problems)? }
        }
    })
}

fn lacks(table: &Fields<'_>, what: &str, example: &str, problems: &mut Problems) {
    let problem = table.problem(table.span(), format!("`{what}` is missing"), "in this table");
    problems.push(problem.help(example));
}

/// True if a value can be measured of these units.
pub(super) fn value_fits(
    value: UnitValue,
    unit: Unit,
    numerator: &Criterion,
    exclusions: &[Exclusion],
) -> bool {
    match value {
        UnitValue::DaysUntil { .. } | UnitValue::MinutesUntil { .. } => {
            *numerator != Criterion::Always
        }
        UnitValue::Nights => matches!(unit, Unit::Discharge(_)),
        UnitValue::HowMany => matches!(numerator, Criterion::Joined { .. }),
        UnitValue::Cost { .. } => *numerator == Criterion::Always,
        UnitValue::StandardisedChange => matches!(numerator, Criterion::Scores(_)),
        UnitValue::Points => unit == Unit::Signal,
        UnitValue::LevelDifference | UnitValue::LevelAgreement => {
            // Nothing is delivered to units without a day of care.
            matches!(numerator, Criterion::DeliveredLevel { days, .. }
                if exclusions.iter().any(|one| one.test == ExclusionTest::NoService(*days)))
        }
    }
}
