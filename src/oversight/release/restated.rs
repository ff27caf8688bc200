//! What a release says differently from the one before.

use std::collections::BTreeMap;

use super::register::{CellKey, Register, Shown, shown};
use crate::oversight::PublishedTable;

/// A number that was released before and is another one now.
#[derive(Debug, Clone, PartialEq)]
pub struct Restated {
    /// Where.
    pub key: CellKey,
    /// The measure, by its place in the table.
    pub measure: usize,
    /// What the last release showed.
    pub before: Shown,
    /// What is shown now.
    pub after: Shown,
}

/// Values that differ from those of an earlier release, whether it stands or was withdrawn, in the
/// order of the table. What either hides is not among them.
pub fn restated(table: &PublishedTable, register: &Register, last: usize) -> Vec<Restated> {
    let old: BTreeMap<&CellKey, &Shown> = register.cells_of(last).collect();
    let rows = table.rows().iter().filter(|row| row.state.shows_numbers());
    rows.zip(shown(table))
        .filter_map(|(row, (key, after))| {
            let before = (*old.get(&key)?).clone();
            let differs = before.value?.total_cmp(&after.value?).is_ne();
            differs.then_some(Restated { key, measure: row.measure, before, after })
        })
        .collect()
}
