//! What a snapshot can say: the columns that were delivered, and those of them that say too little.

use std::collections::{BTreeMap, BTreeSet};

use crate::extract::KeyRows;
use crate::indicator::INSTRUMENTS;
use crate::kernel::{CARE_24_HOUR, SERVICE_CLASS, Supply};
use crate::store::Manifest;
use crate::terms::Table;
use crate::terms::instrument::Instruments;

/// How much of a column may say nothing, in percent of the rows that ought to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows without a value.
    pub missing: i32,
    /// Contacts of which no column and no crosswalk gives the service class.
    pub unmapped: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { missing: 20, unmapped: 10 }
    }
}

/// What a snapshot can say, by the names of the data model, and which instruments are known. It was
/// measured over the rows that were taken in, and is kept with them.
pub fn supply(manifest: &Manifest, limits: Limits, known: &Instruments) -> Supply {
    let mut delivered = BTreeSet::new();
    let mut keys: BTreeMap<String, KeyRows> = BTreeMap::new();
    let (mut unmapped, mut unmeasured) = (KeyRows::default(), false);
    for source in &manifest.sources {
        let Some(table) = Table::from_name(&source.table) else { continue };
        // A table without a row may be one that was not filled.
        if source.rows_accepted > 0 {
            delivered.insert(source.table.clone());
        }
        for field in table.fields() {
            let filled =
                source.missing.get(field.to).is_some_and(|missing| *missing < source.rows_accepted);
            if filled {
                delivered.insert(format!("{}.{}", source.table, field.name));
            }
        }
        for (column, found) in &source.key_columns {
            add(keys.entry(format!("{}.{column}", source.table)).or_default(), *found);
        }
        if table == Table::Contacts {
            if source.institution_days != Some(0) {
                delivered.insert(CARE_24_HOUR.to_owned());
            }
            unmeasured |= source.institution_days.is_none();
            add(
                &mut unmapped,
                KeyRows { rows: source.rows_accepted, missing: source.unmapped_rows },
            );
        }
    }
    let mut poor = BTreeMap::new();
    for (column, found) in keys {
        if exceeds(found, limits.missing) {
            let why = format!("{column} is missing in {}", too_many(found, limits.missing));
            poor.insert(column, why);
        }
    }
    if exceeds(unmapped, limits.unmapped) {
        let share = too_many(unmapped, limits.unmapped);
        let why = format!("{SERVICE_CLASS} is given by no column and no crosswalk in {share}");
        poor.insert(SERVICE_CLASS.to_owned(), why);
    }
    if unmeasured {
        let why = format!(
            "an earlier program took the extracts in and did not count {CARE_24_HOUR}; take them in again"
        );
        poor.insert(CARE_24_HOUR.to_owned(), why);
    }
    // A column without any value is one that was not delivered, and is told as such.
    poor.retain(|column, _| column == SERVICE_CLASS || delivered.contains(column));
    let known = known.iter();
    delivered.extend(known.clone().next().map(|_| INSTRUMENTS.to_owned()));
    delivered.extend(known.map(|one| format!("{INSTRUMENTS}.{}", one.domain.name())));
    Supply { delivered, poor }
}

fn add(to: &mut KeyRows, more: KeyRows) {
    to.rows += more.rows;
    to.missing += more.missing;
}

fn exceeds(found: KeyRows, percent: i32) -> bool {
    u128::from(found.missing) * 100 > u128::from(found.rows) * u128::from(percent.unsigned_abs())
}

/// The share in whole percent: an exact count of empty cells could be a count of people.
fn too_many(found: KeyRows, most: i32) -> String {
    let percent = (u128::from(found.missing) * 100).div_ceil(u128::from(found.rows.max(1)));
    format!("{percent} % of the rows that need it (at most {most} %)")
}

#[cfg(test)]
mod tests {
    use super::{KeyRows, exceeds};

    #[test]
    fn a_fifth_is_not_more_than_a_fifth() {
        assert!(!exceeds(KeyRows { rows: 10, missing: 2 }, 20));
        assert!(exceeds(KeyRows { rows: 1000, missing: 201 }, 20));
        assert!(!exceeds(KeyRows { rows: 0, missing: 0 }, 0));
    }
}
