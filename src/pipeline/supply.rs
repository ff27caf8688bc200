//! What a snapshot can say: the columns that were delivered, and those of them that say too little.

use std::collections::{BTreeMap, BTreeSet};

use crate::extract::{KeyRows, Table};
use crate::indicator::{INSTRUMENTS, Indicator};
use crate::kernel::{SERVICE_CLASS, Supply, Tallies, asks_stays};
use crate::store::Manifest;
use crate::terms::instrument::Instruments;
use crate::timeline::{Found, Oddity};

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
    let mut unmapped = KeyRows::default();
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
    // A column without any value is one that was not delivered, and is told as such.
    poor.retain(|column, _| column == SERVICE_CLASS || delivered.contains(column));
    let known = known.iter();
    delivered.extend(known.clone().next().map(|_| INSTRUMENTS.to_owned()));
    delivered.extend(known.map(|one| format!("{INSTRUMENTS}.{}", one.domain.name())));
    Supply { delivered, poor }
}

/// The indicators that stays make, by id and preset.
pub(super) fn by_stays<'i>(
    indicators: impl IntoIterator<Item = &'i Indicator>,
) -> BTreeSet<(String, String)> {
    let by_stays = indicators.into_iter().filter(|one| asks_stays(&one.rule));
    by_stays.map(|one| (one.measure.id.clone(), one.measure.preset.clone())).collect()
}

/// Where no stays were delivered and none could be derived, nobody knows that there were none.
pub(super) fn say_without_stays(
    tallies: &mut Tallies,
    by_stays: &BTreeSet<(String, String)>,
    found: Found,
) {
    if found.times(Oddity::DerivedStay).found > 0 {
        return;
    }
    for measure in &mut tallies.measures {
        let is_by_stays = by_stays.contains(&(measure.id.clone(), measure.preset.clone()));
        let is_named = measure.missing.iter().any(|need| need.starts_with("stays"));
        if is_by_stays && !is_named {
            measure.missing.push("stays or contacts of 24-hour care".to_owned());
        }
    }
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
