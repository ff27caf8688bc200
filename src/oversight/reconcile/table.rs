//! The comparison as a tidy table.

use super::compare::{Grade, Reconciled};
use crate::oversight::results::group_words;
use crate::oversight::{Exact, PublishedTable};

/// The columns of `reconciliation.csv`. Differences are reported less counted, in the unit of the
/// value; the three parts add up to the difference.
pub const RECONCILED_COLUMNS: [&str; 20] = [
    "line",
    "indicator",
    "preset",
    "group",
    "period_start",
    "period_end",
    "reported_numerator",
    "reported_denominator",
    "reported_value",
    "numerator",
    "denominator",
    "excluded",
    "value",
    "difference",
    "grade",
    "arises_in",
    "from_denominator",
    "from_exclusions",
    "from_numerator",
    "note",
];

/// `reconciliation.csv`, in the order of the reported file.
pub fn reconciled_csv(rows: &[Reconciled], table: &PublishedTable) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(RECONCILED_COLUMNS).expect("a list in memory takes every byte");
    for row in rows {
        let measure = &table.measures()[row.measure];
        let float = |number: Option<f64>| number.map_or_else(String::new, |n| n.to_string());
        let exact = |number: Option<Exact>| number.map_or_else(String::new, |n| n.to_string());
        let part = |of: fn(&super::Sources) -> f64| float(row.sources.as_ref().map(of));
        let note = match (&row.grade, &row.sources) {
            (Grade::NotCompared(why), _) => why.clone(),
            (_, Some(sources)) => sources.note.clone(),
            _ => String::new(),
        };
        let record = [
            row.reported.line.to_string(),
            measure.id.clone(),
            measure.preset.clone(),
            crate::store::harmless(group_words(&row.reported.group).1),
            row.reported.period.start.to_string(),
            row.reported.period.end.to_string(),
            row.reported.numerator.to_string(),
            row.reported.denominator.to_string(),
            float(row.reported_value),
            exact(row.numerator),
            exact(row.denominator),
            row.excluded.map_or_else(String::new, |n| n.to_string()),
            float(row.value),
            float(row.difference),
            row.grade.name().to_owned(),
            row.sources.as_ref().map_or("", |sources| sources.origin.name()).to_owned(),
            part(|sources| sources.denominator),
            part(|sources| sources.exclusions),
            part(|sources| sources.numerator),
            note,
        ];
        writer.write_record(record).expect("every record has the same length");
    }
    writer.into_inner().expect("a list in memory can be flushed")
}
