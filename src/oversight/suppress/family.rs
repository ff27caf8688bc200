//! Which measures can be subtracted from each other.

use crate::indicator::{Measure, Shape};
use crate::kernel::{Group, Stratum};
use crate::oversight::{Row, SHARE_HIGH, State, Table};
use crate::terms::Period;

use super::component::{Family, Sheet, Side};

/// Counts that are not zero, by cell.
type Series<'t> = Vec<(Period, &'t Group, &'t Stratum, i128)>;

/// The rows that hold counts, by measure.
pub(super) fn sheets(table: &Table) -> Vec<Sheet<'_>> {
    let mut sheets: Vec<Sheet<'_>> = Vec::new();
    for row in table.rows.iter().filter(|row| row.state != State::NotComputable) {
        if sheets.last().is_none_or(|sheet| sheet.measure != row.measure) {
            sheets.push(Sheet { measure: row.measure, rows: Vec::new(), shares: Vec::new() });
        }
        if let Some(sheet) = sheets.last_mut() {
            match row.statistic {
                "" => sheet.rows.push(row),
                SHARE_HIGH => sheet.shares.push(row),
                _ => {}
            }
        }
    }
    sheets
}

/// Sets of families, of which the first stands alone and the others are inside it.
pub(super) fn components<'s, 't>(
    sheets: &'s [Sheet<'t>],
    measures: &[Measure],
) -> Vec<Vec<Family<'s, 't>>> {
    let mut families: Vec<Family<'s, 't>> = Vec::new();
    for sheet in sheets {
        let home = families.iter_mut().find(|family| same_units(family.sheets[0], sheet, measures));
        match home {
            Some(family) => family.sheets.push(sheet),
            None => families.push(Family { sheets: vec![sheet], inside: None }),
        }
    }
    for index in 0..families.len() {
        families[index].inside = find_outer(index, &families, measures);
    }
    let (outer, mut inner): (Vec<_>, Vec<_>) =
        families.into_iter().partition(|family| family.inside.is_none());
    let mut components: Vec<Vec<Family<'s, 't>>> =
        outer.into_iter().map(|family| vec![family]).collect();
    // An inner family may itself hold others, so this goes on until nothing moves.
    while !inner.is_empty() {
        let left = inner.len();
        let mut waiting = Vec::new();
        for family in inner {
            let outer = family.inside.map(|(measure, _)| measure);
            let holds = |families: &Vec<Family<'_, '_>>| {
                families
                    .iter()
                    .flat_map(|family| &family.sheets)
                    .any(|sheet| Some(sheet.measure) == outer)
            };
            match components.iter_mut().find(|families| holds(families)) {
                Some(families) => families.push(family),
                None => waiting.push(family),
            }
        }
        inner = waiting;
        if inner.len() == left {
            components
                .extend(inner.drain(..).map(|family| vec![Family { inside: None, ..family }]));
        }
    }
    components
}

/// True if denominators, members and exclusions are equal in every cell.
fn same_units(one: &Sheet<'_>, other: &Sheet<'_>, measures: &[Measure]) -> bool {
    let kind = |sheet: &Sheet<'_>| match measures[sheet.measure].shape {
        Shape::Share => 0,
        Shape::MemberMean | Shape::MemberShare => 1,
        Shape::Rate => 2,
        Shape::Mix => 3,
    };
    let same = |(a, b): (&&Row, &&Row)| {
        (a.period, &a.group, &a.stratum) == (b.period, &b.group, &b.stratum)
            && (a.denominator, a.members) == (b.denominator, b.members)
            && a.excluded_by_reason == b.excluded_by_reason
    };
    kind(one) == kind(other)
        && kind(one) != 3
        && measures[one.measure].exclusions.len() == measures[other.measure].exclusions.len()
        && one.rows.len() == other.rows.len()
        && one.rows.iter().zip(&other.rows).all(same)
}

/// The measure whose numerator, or what is left of its denominator, a family's denominator is.
fn find_outer(
    index: usize,
    families: &[Family<'_, '_>],
    measures: &[Measure],
) -> Option<(usize, Side)> {
    let shape = |family: &Family<'_, '_>| measures[family.sheets[0].measure].shape;
    let own = &families[index];
    if shape(own) != Shape::Share {
        return None;
    }
    let parts = |exact: Option<crate::oversight::Exact>| exact.map_or(0, |exact| exact.parts);
    let denominators = series(own.sheets[0], |row| parts(row.denominator));
    if denominators.is_empty() {
        return None;
    }
    let others = families
        .iter()
        .enumerate()
        .filter(|(other, family)| *other != index && shape(family) == Shape::Share);
    for sheet in others.flat_map(|(_, family)| &family.sheets) {
        if series(sheet, |row| parts(row.numerator)) == denominators {
            return Some((sheet.measure, Side::Numerator));
        }
        if series(sheet, |row| parts(row.denominator) - parts(row.numerator)) == denominators {
            return Some((sheet.measure, Side::Complement));
        }
    }
    None
}

fn series<'t>(sheet: &Sheet<'t>, count: impl Fn(&Row) -> i128) -> Series<'t> {
    let cells = sheet.rows.iter().map(|row| (row.period, &row.group, &row.stratum, count(row)));
    cells.filter(|(_, _, _, count)| *count != 0).collect()
}
