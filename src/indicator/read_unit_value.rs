//! What is measured of units, read from a definition.

use super::read_contact::{self, contact};
use super::read_rule::missing_window;
use super::rule::{Criterion, Unit};
use super::unit_value::UnitValue;
use crate::diagnostic::{Fields, Problems};
use crate::timeline::ContactFilter;

/// `[value]` of units: what is measured of each.
pub(super) fn value(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<UnitValue> {
    const VALUES: [&str; 7] = [
        "days_until",
        "nights",
        "how_many",
        "standardised_change",
        "points",
        "cost",
        "minutes_until",
    ];
    let mut table = fields.fields("value", problems)?;
    let known = |word: &str| VALUES.iter().position(|one| *one == word);
    let of = table.word("of", &VALUES, known, problems);
    let otherwise = table.integer_in("otherwise", 0, 3660, problems);
    let filter = contact(&mut table, "contact", filters, problems);
    if of == Some(6) && filter.is_none() && !table.has("contact") {
        let problem = table.problem(table.span(), "`contact` is missing", "in this table");
        problems.push(problem.help("such as `contact = { is = \"qualifying\" }`"));
    }
    if of.is_none() && !table.has("of") {
        let problem = table.problem(table.span(), "`of` is missing", "in this table");
        problems.push(
            problem.help(
                "`days_until`, `nights`, `how_many`, `standardised_change`, `points`, `cost` or `minutes_until`",
            ),
        );
    }
    if of == Some(0) && otherwise.is_none() {
        let problem = table.problem(table.span(), "`otherwise` is missing", "in this table");
        problems
            .push(problem.help("the days of a unit that is not met, such as `otherwise = 180`"));
    }
    let levels = read_contact::levels(&mut table, problems);
    let days = table.window("days", problems);
    if of == Some(5) {
        missing_window(&table, days, problems);
    }
    table.finish(problems);
    Some(match of? {
        0 => UnitValue::DaysUntil { otherwise: otherwise? },
        1 => UnitValue::Nights,
        2 => UnitValue::HowMany,
        3 => UnitValue::StandardisedChange,
        4 => UnitValue::Points,
        5 => UnitValue::Cost { days: days?, levels },
        _ => UnitValue::MinutesUntil { filter: filter? },
    })
}

/// True if a value can be measured of these units.
pub(super) fn value_fits(value: UnitValue, unit: Unit, numerator: &Criterion) -> bool {
    match value {
        UnitValue::DaysUntil { .. } | UnitValue::MinutesUntil { .. } => {
            *numerator != Criterion::Always
        }
        UnitValue::Nights => matches!(unit, Unit::Discharge(_)),
        UnitValue::HowMany => matches!(numerator, Criterion::Joined { .. }),
        UnitValue::Cost { .. } => *numerator == Criterion::Always,
        UnitValue::StandardisedChange => matches!(numerator, Criterion::Scores(_)),
        UnitValue::Points => unit == Unit::Signal,
    }
}
