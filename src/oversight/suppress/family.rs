//! Measures that count the same units: nested windows such as 7 and 30 days, or shares of the same
//! assessments. The difference of two of their numerators is a count of people, too.

use std::collections::BTreeMap;

use super::{Key, key};
use crate::indicator::Shape;
use crate::oversight::{Exact, Table};

/// The measures, in families with equal denominators in every cell.
pub(super) fn families(table: &Table) -> Vec<Vec<usize>> {
    let mut denominators: Vec<BTreeMap<Key, Option<Exact>>> =
        vec![BTreeMap::new(); table.measures.len()];
    for row in table.rows.iter().filter(|row| row.statistic.is_empty()) {
        denominators[row.measure]
            .insert(key(row), row.denominator.map(|d| Exact { per_unit: 1, ..d }));
    }
    let mut families: Vec<Vec<usize>> = Vec::new();
    for measure in 0..table.measures.len() {
        let shape = table.measures[measure].shape;
        let share = matches!(shape, Shape::Share | Shape::MemberShare);
        let same = |family: &&mut Vec<usize>| {
            share
                && table.measures[family[0]].shape == shape
                && denominators[family[0]] == denominators[measure]
        };
        match families.iter_mut().find(same) {
            Some(family) => family.push(measure),
            None => families.push(vec![measure]),
        }
    }
    families
}
