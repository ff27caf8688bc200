//! A rule about things counted over person-time.

use super::Scale;
use super::read_rule::{contact, spell_set};
use super::rule::{RateRule, Rule};
use crate::diagnostic::{Fields, Problems};
use crate::terms::codes::EventType;
use crate::timeline::ContactFilter;

/// Days of an average month and year.
const MONTH_DAYS: f64 = 30.4375;
const YEAR_DAYS: f64 = 365.25;

const PER: [(&str, Scale, &str); 6] = [
    ("1000 member-months", Scale::Times(1000.0 * MONTH_DAYS), "per 1,000 member-months"),
    ("1000 member-years", Scale::Times(1000.0 * YEAR_DAYS), "per 1,000 member-years"),
    ("member-month", Scale::Times(MONTH_DAYS), "per member per month"),
    ("member-year", Scale::Times(YEAR_DAYS), "per member-year"),
    ("person-year in care", Scale::Times(YEAR_DAYS), "per person-year in care"),
    ("member", Scale::DaysOfPeriod, "of enrolled members"),
];

/// `[rate]`.
pub(super) fn rate(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<(Rule, Scale, String)> {
    let mut table = fields.fields("rate", problems)?;
    let names = PER.map(|(name, _, _)| name);
    let per = table.word(
        "per",
        &names,
        |word| PER.into_iter().find(|(name, _, _)| *name == word),
        problems,
    );
    if per.is_none() && !table.has("per") {
        problems.push(
            table
                .problem(table.span(), "`per` is missing", "in this table")
                .help("such as `per = \"1000 member-months\"`"),
        );
    }
    let counted = counted(&mut table, filters, problems);
    if counted.len() != 1 {
        let problem =
            table.problem(table.span(), "a rate counts exactly one thing", "in this table");
        problems.push(problem.help("`nights`, `events`, `served`, `cost` or `disengagements`"));
    }
    table.finish(problems);
    let (_, scale, unit) = per?;
    Some((Rule::Rate(counted.into_iter().next()?), scale, unit.to_owned()))
}

fn counted(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<RateRule> {
    let mut found = Vec::new();
    found.extend(spell_set(table, "nights", problems).map(RateRule::Nights));
    let events = table.words("events", EventType::NAMES, EventType::from_name, problems);
    if !events.is_empty() {
        found.push(RateRule::Events(events));
    }
    if table.has("served") {
        found.extend(
            contact(table, "served", filters, problems).map(|filter| RateRule::Served { filter }),
        );
    }
    if table.flag("cost", problems) == Some(true) {
        found.push(RateRule::Cost);
    }
    found.extend(
        table
            .integer_in("disengagements", 1, 3660, problems)
            .map(|gap| RateRule::Disengagements { gap }),
    );
    found
}
