//! Criteria about how much of something there is.

use super::amount::{Amount, HowMuch};
use super::read_contact::contact;
use super::read_record::record;
use super::read_rule::missing_window;
use super::read_stays::spell_set;
use super::rule::Criterion;
use crate::diagnostic::{Fields, Problems};
use crate::timeline::ContactFilter;

const KEYS: [&str; 6] =
    ["nights", "days_at_level", "agencies", "supply_days", "supply_in_a_row", "each_half"];

/// How much there is of something in a window; `Err` if the table does not ask that.
pub(super) fn how_much(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Result<Option<Criterion>, ()> {
    if !KEYS.iter().any(|key| table.has(key)) {
        return Err(());
    }
    let days = table.window("days", problems);
    missing_window(table, days, problems);
    let at_least = table.integer_in("at_least", 0, 100_000, problems);
    let at_most = table.integer_in("at_most", 0, 100_000, problems);
    if at_least.is_none() && at_most.is_none() {
        let problem = table.problem(table.span(), "how much has it to be?", "in this table");
        problems.push(problem.help("add `at_least = …` or `at_most = …`"));
    }
    if at_least.zip(at_most).is_some_and(|(least, most)| least > most) {
        let problem = table.problem(table.span(), "this is never met", "in this table");
        problems.push(problem.help("`at_most` is not less than `at_least`"));
    }
    let of = amount(table, filters, problems);
    Ok(of.zip(days).map(|(of, days)| {
        let (at_least, at_most) = (at_least.unwrap_or(0), at_most.unwrap_or(i32::MAX));
        Criterion::HowMuch(HowMuch { of, days, at_least, at_most })
    }))
}

fn amount(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Amount> {
    if table.has("nights") {
        return spell_set(table, "nights", problems).map(Amount::Nights);
    }
    if let Some(least) = table.integer_in("days_at_level", 1, 6, problems) {
        let carried = table.integer_in("carried", 0, 365, problems).unwrap_or(30);
        return u8::try_from(least).ok().map(|least| Amount::DaysAtLevel { least, carried });
    }
    if table.has("agencies") {
        let is_asked = table.flag("agencies", problems) != Some(false);
        if !is_asked {
            let problem = table.problem(table.span(), "nothing is counted", "in this table");
            problems.push(problem.help("`agencies = true`"));
        }
        return is_asked.then_some(Amount::Agencies);
    }
    if table.has("supply_days") {
        let filter = record(table, "supply_days", filters, problems)?;
        return Some(Amount::SupplyDays { filter });
    }
    if table.has("supply_in_a_row") {
        let at_once = table.integer_in("at_once", 1, 100, problems).unwrap_or(1);
        let filter = record(table, "supply_in_a_row", filters, problems)?;
        return Some(Amount::SupplyInARow { filter, at_once });
    }
    let apart = table.integer_in("days_apart", 1, 3660, problems).unwrap_or(365);
    let filter = contact(table, "each_half", filters, problems)?;
    Some(Amount::EachHalf { filter, apart })
}
