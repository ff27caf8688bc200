//! What a report says about the state of the data.

use std::collections::BTreeMap;

use super::period;
use crate::report::{Coverage, MonthRows, Quality, Share};
use crate::store::{Manifest, SourceEntry};
use crate::terms::Day;

/// Missing values, unmapped codes, coverage and rows by month.
pub(super) fn quality(manifest: &Manifest, notes: &[String]) -> Quality {
    let day = |text: &Option<String>| text.as_deref().and_then(Day::parse);
    let coverage = |source: &SourceEntry| Coverage {
        table: source.table.clone(),
        first_on: day(&source.first_day),
        last_on: day(&source.last_day),
    };
    Quality {
        missing: manifest.sources.iter().flat_map(missing).collect(),
        unmapped: manifest
            .sources
            .iter()
            .filter(|source| source.table == "contacts")
            .map(unmapped)
            .collect(),
        coverage: manifest.sources.iter().map(coverage).collect(),
        months: months(manifest),
        notes: notes.to_vec(),
    }
}

fn missing(source: &SourceEntry) -> impl Iterator<Item = Share> {
    source.missing.iter().map(|(column, rows)| Share {
        subject: format!("{}.{column}", source.table),
        rows: *rows,
        of: source.rows_accepted,
    })
}

fn unmapped(source: &SourceEntry) -> Share {
    let subject = format!(
        "contacts without a service class ({} different codes in no crosswalk)",
        source.unmapped_codes
    );
    Share { subject, rows: source.unmapped_rows, of: source.rows_accepted }
}

fn months(manifest: &Manifest) -> Vec<MonthRows> {
    let mut months: BTreeMap<&str, Vec<(String, u64)>> = BTreeMap::new();
    for source in &manifest.sources {
        for (month, rows) in &source.rows_by_month {
            months.entry(month).or_default().push((source.table.clone(), *rows));
        }
    }
    months
        .into_iter()
        .filter_map(|(month, rows)| Some(MonthRows { month: period::month(month)?, rows }))
        .collect()
}

/// `quality.csv`: one number per line, by table and what it is about.
pub(super) fn csv(manifest: &Manifest) -> Vec<u8> {
    let mut lines = vec!["table,measure,subject,rows,of".to_owned()];
    for source in &manifest.sources {
        let table = &source.table;
        lines.push(format!("{table},rows_read,,{},", source.rows_read));
        lines.push(format!("{table},rows_accepted,,{},{}", source.rows_accepted, source.rows_read));
        lines.push(format!("{table},rows_repeated,,{},{}", source.rows_repeated, source.rows_read));
        let refused = source.rows_refused.iter();
        lines.extend(refused.map(|(rule, rows)| {
            format!("{table},rows_refused,{rule},{rows},{}", source.rows_read)
        }));
        let missing = source.missing.iter();
        lines.extend(missing.map(|(column, rows)| {
            format!("{table},missing,{column},{rows},{}", source.rows_accepted)
        }));
        let months = source.rows_by_month.iter();
        lines.extend(months.map(|(month, rows)| {
            format!("{table},rows_in_month,{month},{rows},{}", source.rows_accepted)
        }));
        if table == "contacts" {
            lines.push(format!(
                "{table},unmapped,service_code,{},{}",
                source.unmapped_rows, source.rows_accepted
            ));
        }
    }
    (lines.join("\n") + "\n").into_bytes()
}
