//! Where the number of members that stands beside a count may be shown.
//!
//! Members are counted once in each row, so that they add up within a period but not over time. Of
//! measures that count the members themselves, or members in the denominator, this number is the
//! denominator. Beside events it is not needed, and is shown for nobody. Beside rates and days it is
//! shown for a whole breakdown of a period or, if one part of it is small, for none.

use std::collections::BTreeSet;

use super::{Hidden, is_too_fine, key};
use crate::indicator::Shape;
use crate::kernel::Group;
use crate::oversight::{Row, Table};
use crate::terms::Period;

/// Rows without a number of members.
pub(super) fn to_blank(table: &Table, threshold: i64) -> Hidden<'_> {
    let rows: Vec<&Row> =
        table.rows.iter().filter(|row| row.statistic.is_empty() && !is_too_fine(row)).collect();
    let mut differs = vec![false; table.measures.len()];
    for row in &rows {
        let units = row.denominator.map(|number| number.parts);
        differs[row.measure] |= units != row.members.map(i128::from);
    }
    let small = few(&rows, threshold);
    let blank = |row: &&&Row| match table.measures[row.measure].shape {
        Shape::Share
        | Shape::UnitMean
        | Shape::Agreement
        | Shape::Duration
        | Shape::MemberShare
        | Shape::MemberMean => differs[row.measure],
        Shape::Top { .. } => true,
        Shape::Rate | Shape::Mix => small.contains(&breakdown(row)),
    };
    rows.iter().filter(blank).map(|row| (row.measure, "", key(row))).collect()
}

/// A breakdown of a period.
type Breakdown<'r> = (usize, Period, bool, &'r str);

fn breakdown(row: &Row) -> Breakdown<'_> {
    let kind = if row.stratum.kind == "level" { "all" } else { row.stratum.kind.as_str() };
    (row.measure, row.period, row.group == Group::All, kind)
}

/// The breakdowns in which some part has few members.
fn few<'r>(rows: &[&'r Row], threshold: i64) -> BTreeSet<Breakdown<'r>> {
    let small = |row: &&&Row| row.members.is_some_and(|n| super::count::is_small(n, threshold));
    rows.iter().filter(small).map(|row| breakdown(row)).collect()
}
