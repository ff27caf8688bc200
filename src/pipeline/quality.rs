//! What a report says about the state of the data.

use std::collections::BTreeMap;

use super::Counted;
use crate::indicator::{Measure, Shape};
use crate::kernel::{Cell, Group, Stratum, Tally};
use crate::oversight::{Facts, Thin, thin_organisations, thin_tables, whole_percent};
use crate::report::{Coverage, MonthRows, Quality, Share};
use crate::store::{Manifest, SourceEntry};
use crate::terms::{Day, Grain, Period, Table};
use crate::timeline::Times;

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
        notes: notes.iter().cloned().chain(submissions(manifest)).chain(alike(manifest)).collect(),
    }
}

/// What the checks look at besides published numbers.
pub(super) fn facts(manifest: &Manifest, counted: &Counted) -> Facts {
    let mut missing: BTreeMap<String, Times> = BTreeMap::new();
    for source in &manifest.sources {
        let Some(table) = Table::from_name(&source.table) else { continue };
        for field in table.fields() {
            let Some(rows) = source.missing.get(field.to) else { continue };
            let own = missing.entry(format!("{}.{}", source.table, field.name)).or_default();
            own.found += rows;
            own.of += source.rows_accepted;
        }
    }
    let mut spelled = manifest.sources.iter().filter(|source| source.table == "contacts");
    let spellings = spelled.find_map(|source| source.clinicians);
    let spellings = spellings.map(|ids| Times { found: ids.alike, of: ids.ids });
    let (found, few, thin) = (counted.summary.found, few(counted), thin(manifest, counted));
    Facts { found, missing, spellings, thin, few }
}

/// Where much less is delivered than is to be expected, up to the month of the report.
fn thin(manifest: &Manifest, counted: &Counted) -> Vec<Thin> {
    let until = counted.month.start;
    let dated = manifest.sources.iter().filter(|source| {
        Table::from_name(&source.table).is_some_and(Table::has_rows_of_most_months)
    });
    let by_month: Vec<(&str, BTreeMap<Day, u64>)> =
        dated.map(|source| (source.table.as_str(), source.rows_of_months().collect())).collect();
    let mut thin = thin_tables(by_month.iter().map(|(table, rows)| (*table, rows)), until);
    let own = thin_organisations(&counted.tallies.volumes, until, &thin);
    thin.extend(own);
    thin.sort_by_key(|one| (one.month.is_none(), one.month));
    thin
}

/// Rates that few members make, in the month of the report and for everyone.
fn few(counted: &Counted) -> Vec<usize> {
    let tallies = &counted.tallies;
    let is_so = |(place, measure): &(usize, &Measure)| {
        let (period, stratum) = (counted.month, Stratum::everyone());
        let cell = Cell { measure: *place, period, group: Group::All, stratum };
        measure.shape == Shape::Rate && tallies.cells.get(&cell).is_some_and(made_by_few)
    };
    tallies.measures.iter().enumerate().filter(is_so).map(|(place, _)| place).collect()
}

/// True if n² ÷ Σ nᵢ², the members with equal parts that would make as much, is below 30, although 1,000
/// members and more are counted, and if each of those has more than three: a few deaths are no heavy use.
fn made_by_few(tally: &Tally) -> bool {
    const FEW: i128 = 30;
    const MANY: i64 = 1_000;
    let heavy = tally.numerator.checked_mul(3).is_some_and(|some| tally.nn > some);
    let square = tally.numerator.checked_mul(tally.numerator);
    tally.members >= MANY
        && heavy
        && tally.nn > 0
        && square.zip(tally.nn.checked_mul(FEW)).is_some_and(|(square, most)| square < most)
}

/// What several submissions of one table made of one another, in sentences.
fn submissions(manifest: &Manifest) -> impl Iterator<Item = String> {
    let changed = manifest.sources.iter().filter_map(|source| {
        let files: Vec<&str> = source.submissions.iter().map(|one| one.file.as_str()).collect();
        let is_one = files.len() < 2 && !source.submissions.iter().any(|one| one.incremental);
        if is_one && source.rows_voided == 0 {
            return None;
        }
        let of = if files.is_empty() { String::new() } else { format!(" ({})", files.join(", ")) };
        Some(format!(
            "{}{of}: {} rows were replaced by later ones with their key, {} take others back or were taken back.",
            source.table, source.rows_replaced, source.rows_voided
        ))
    });
    let replaced = &manifest.replaced_files;
    let unread = (!replaced.is_empty()).then(|| {
        format!(
            "Not in force, because a later full extract replaces them: {}.",
            replaced.join(", ")
        )
    });
    changed.chain(unread)
}

/// Rows of which nobody can tell whether they are two things or one that was written twice.
fn alike(manifest: &Manifest) -> impl Iterator<Item = String> {
    let sources = manifest.sources.iter().filter(|source| source.rows_alike > 0);
    sources.map(|source| {
        format!(
            "{} of the {} rows of {} are equal to another one and have no key; they count as further ones.",
            whole_percent(Times { found: source.rows_alike, of: source.rows_accepted }),
            source.rows_accepted,
            source.table
        )
    })
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
    let mut months: BTreeMap<Day, Vec<(String, u64)>> = BTreeMap::new();
    for source in &manifest.sources {
        for (month, rows) in source.rows_of_months() {
            months.entry(month).or_default().push((source.table.clone(), rows));
        }
    }
    let of = |(start, rows)| MonthRows { month: Period::starting(Grain::Month, start), rows };
    months.into_iter().map(of).collect()
}

/// How far counts are rounded: not at all inside the agency, else to multiples of the threshold. An
/// exact count of empty death dates would be a count of deaths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounding(pub u64);

impl Rounding {
    fn of(self, rows: u64) -> u64 {
        let step = self.0.max(1);
        rows.saturating_add(step / 2) / step * step
    }
}

/// `quality.csv`: one number per line, by table and what it is about. Rows read, accepted, repeated,
/// replaced, taken back and refused are exact, because they have to add up; what they contain is rounded.
pub(super) fn csv(manifest: &Manifest, rounding: Rounding) -> Vec<u8> {
    let mut lines = vec!["table,measure,subject,rows,of,rounded_to".to_owned()];
    for source in &manifest.sources {
        let (table, accepted) = (&source.table, source.rows_accepted);
        lines.push(format!("{table},rows_read,,{},,1", source.rows_read));
        lines.push(format!("{table},rows_accepted,,{accepted},{},1", source.rows_read));
        lines.push(format!(
            "{table},rows_repeated,,{},{},1",
            source.rows_repeated, source.rows_read
        ));
        let changed = [
            ("rows_alike", source.rows_alike),
            ("rows_replaced", source.rows_replaced),
            ("rows_voided", source.rows_voided),
        ];
        lines.extend(
            changed
                .iter()
                .filter(|(_, rows)| *rows > 0)
                .map(|(measure, rows)| format!("{table},{measure},,{rows},{},1", source.rows_read)),
        );
        let refused = source.rows_refused.iter();
        lines.extend(refused.map(|(rule, rows)| {
            format!("{table},rows_refused,{rule},{rows},{},1", source.rows_read)
        }));
        let mut rounded = |measure: &str, subject: &str, rows: u64| {
            let (rows, step) = (rounding.of(rows), rounding.0.max(1));
            lines.push(format!("{table},{measure},{subject},{rows},{accepted},{step}"));
        };
        for (column, rows) in &source.missing {
            rounded("missing", column, *rows);
        }
        for (month, rows) in &source.rows_by_month {
            rounded("rows_in_month", month, *rows);
        }
        if table == "contacts" {
            rounded("unmapped", "service_code", source.unmapped_rows);
        }
    }
    (lines.join("\n") + "\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::Rounding;

    #[test]
    fn a_small_count_cannot_be_told_from_none() {
        let rounding = Rounding(11);
        assert_eq!((1..=5).map(|rows| rounding.of(rows)).max(), Some(0));
        assert_eq!(rounding.of(20_000 - 3), rounding.of(20_000));
        assert_eq!(Rounding(1).of(7), 7);
    }
}
