//! What falls on the members with most.
//!
//! Such a share is shown without its counts and to three decimals. It is hidden where the top has fewer
//! members than the threshold, or where one of them may have more than half of what the top has. The tops
//! of organisations do not add up to everyone's, but nearly: the organisations hidden in a period are so
//! many that what everyone's top leaves after those that are shown is that of several organisations, of
//! as many members as the threshold, and that no one member has more than half of it. Over time nothing adds up: the top of a year is other people than
//! those of its months.

use std::collections::BTreeMap;

use super::count::is_small;
use super::{Hidden, key};
use crate::indicator::Shape;
use crate::kernel::Group;
use crate::oversight::{Row, Table};
use crate::terms::Period;

/// Rows to hide.
pub(super) fn to_hide(table: &Table, threshold: i64) -> Hidden<'_> {
    let mut tables: BTreeMap<(usize, Period), Vec<&Row>> = BTreeMap::new();
    for row in &table.rows {
        if matches!(table.measures[row.measure].shape, Shape::Top { .. }) {
            tables.entry((row.measure, row.period)).or_default().push(row);
        }
    }
    let hidden = tables.into_values().flat_map(|rows| hidden_of(rows, threshold));
    hidden.map(|row| (row.measure, row.statistic, key(row))).collect()
}

fn hidden_of(mut rows: Vec<&Row>, threshold: i64) -> Vec<&Row> {
    let members = |row: &Row| row.members.unwrap_or(0);
    rows.sort_by_key(|row| (members(row), row.group.clone()));
    let must = |row: &&Row| row.dominated || is_small(members(row), threshold);
    let everyone = rows.iter().copied().find(|row| row.group == Group::All);
    let (mut hidden, shown): (Vec<&Row>, Vec<&Row>) =
        rows.into_iter().filter(|row| row.group != Group::All).partition(must);
    let Some(everyone) = everyone else { return hidden };
    if must(&everyone) {
        hidden.push(everyone);
        return hidden;
    }
    let mut next = shown.into_iter();
    let has = |row: &Row| row.numerator.map_or(0, |sum| sum.parts);
    let is_enough = |hidden: &[&Row]| {
        // One member may have all that a dominated top has.
        let most = hidden.iter().filter(|row| row.dominated).map(|row| has(row)).max();
        let all: i128 = hidden.iter().map(|row| has(row)).sum();
        hidden.is_empty()
            || hidden.len() > 1
                && hidden.iter().map(|row| members(row)).sum::<i64>() >= threshold
                && most.is_none_or(|most| 2 * most <= all)
    };
    while !is_enough(&hidden) {
        // Without another organisation it is everyone's that is left out.
        hidden.push(next.next().unwrap_or(everyone));
        if hidden.last().is_some_and(|row| row.group == Group::All) {
            break;
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Stratum;
    use crate::oversight::State;
    use crate::terms::{Day, Grain};

    fn row(group: Group, members: i64, dominated: bool) -> Row {
        let period = Period::starting(Grain::Month, Day::parse("2026-01-01").expect("a day"));
        Row {
            measure: 0,
            statistic: "",
            period,
            group,
            stratum: Stratum::everyone(),
            numerator: None,
            denominator: None,
            nobodys: 0,
            excluded: None,
            excluded_by_reason: Vec::new(),
            members: Some(members),
            value: Some(0.5),
            low: None,
            high: None,
            interval: "",
            state: State::Final,
            suppressed: false,
            reason: String::new(),
            signal: "",
            target: None,
            verdict: None,
            dominated,
            shown_before: false,
        }
    }

    /// Members in the top of everyone and of organisations, and where one has most of it; who is hidden.
    fn hidden(everyone: i64, own: &[i64], dominated: &[usize]) -> Vec<String> {
        let mut rows = vec![row(Group::All, everyone, false)];
        for (place, members) in own.iter().enumerate() {
            let group = Group::Bho(place.to_string());
            rows.push(row(group, *members, dominated.contains(&place)));
        }
        let mut found: Vec<String> = hidden_of(rows.iter().collect(), 11)
            .into_iter()
            .map(|row| match &row.group {
                Group::All => "all".to_owned(),
                Group::Bho(id) => id.clone(),
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn a_small_top_takes_the_next_larger_with_it() {
        assert!(hidden(100, &[40, 50, 60], &[]).is_empty());
        assert_eq!(hidden(100, &[3, 50, 40], &[]), ["0", "2"]);
        assert_eq!(hidden(100, &[3, 4, 50, 40], &[]), ["0", "1", "3"]);
        assert_eq!(hidden(100, &[6, 7, 50, 40], &[]), ["0", "1"]);
    }

    #[test]
    fn one_with_most_of_it_is_hidden_with_another() {
        assert_eq!(hidden(100, &[40, 50, 60], &[2]), ["0", "2"]);
    }

    #[test]
    fn one_with_most_of_what_is_left_is_hidden_with_more() {
        let with = |place: usize, sum: i128, dominated: bool| Row {
            numerator: Some(crate::oversight::Exact::whole(sum)),
            ..row(Group::Bho(place.to_string()), 20, dominated)
        };
        let everyone = row(Group::All, 100, false);
        let of = |sums: &[i128]| {
            let mut rows = vec![with(0, 1000, true)];
            rows.extend(sums.iter().enumerate().map(|(at, sum)| with(at + 1, *sum, false)));
            rows.push(everyone.clone());
            hidden_of(rows.iter().collect(), 11).len()
        };
        assert_eq!(of(&[1000, 5000]), 2, "half of what is left");
        assert_eq!(of(&[400, 5000]), 3, "the second has too little");
        assert_eq!(of(&[400, 500]), 4, "all of them together, and with them everyone");
    }

    #[test]
    fn without_another_organisation_everyone_is_hidden() {
        assert_eq!(hidden(100, &[3], &[]), ["0", "all"]);
        assert_eq!(hidden(4, &[2, 3], &[]), ["0", "1", "all"]);
    }
}
