//! How rows of a month came in: the run-off triangle of a source, from the snapshots of a store.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::Error;
use super::history::snapshots;
use super::snapshot::{SNAPSHOTS, read_manifest};
use crate::terms::Day;

/// Rows of each month of service, by how long after it they were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triangle {
    /// Months of service, as their first days, in order.
    pub months: Vec<Day>,
    /// For each of them, the rows that the extract cut 1, 2, … months later has; as far as extracts
    /// follow one another without a gap.
    pub rows: Vec<Vec<u64>>,
}

/// The run-off triangle of a table over all snapshots that lie in a store. Of several extracts cut
/// in one month, the one cut last counts; of those cut after `until`, none.
///
/// # Errors
/// If a manifest cannot be read.
pub fn triangle(store: &Path, table: &str, until: Option<Day>) -> Result<Triangle, Error> {
    // By the month of the cut: the day of the cut, the snapshot and its rows by month of service.
    let mut cuts: BTreeMap<Day, (Day, String, BTreeMap<Day, u64>)> = BTreeMap::new();
    for id in snapshots(store)? {
        let manifest = read_manifest(&store.join(SNAPSHOTS).join(&id))?;
        let Some(source) = manifest.source(table) else { continue };
        let Some(cut) = source.extract_date.as_deref().and_then(Day::parse) else { continue };
        if until.is_some_and(|until| cut > until) {
            continue;
        }
        let rows = source.rows_of_months().collect();
        let of_month =
            cuts.entry(cut.first_of_month()).or_insert((cut, String::new(), BTreeMap::new()));
        if (cut, &id) >= (of_month.0, &of_month.1) {
            *of_month = (cut, id, rows);
        }
    }
    let mut services: Vec<Day> = cuts.keys().map(|cut| cut.months_later(-1)).collect();
    services.retain(|service| cuts[&service.months_later(1)].2.contains_key(service));
    let of = |service: &Day| {
        let seen = (1..).map_while(|lag| cuts.get(&service.months_later(lag)));
        seen.map(|(_, _, rows)| rows.get(service).copied().unwrap_or(0)).collect()
    };
    Ok(Triangle { rows: services.iter().map(of).collect(), months: services })
}
