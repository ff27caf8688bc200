//! Published rows as a tidy table: one row per indicator, preset, period, group and stratum.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema};

use super::{Published, PublishedTable};
use crate::indicator::{Evidence, Measure};
use crate::kernel::Group;

/// The columns, in order. Other programs build on these names.
const COLUMNS: [&str; 25] = [
    "indicator",
    "preset",
    "period_start",
    "period_end",
    "group_kind",
    "group",
    "stratum_kind",
    "stratum",
    "numerator",
    "denominator",
    "excluded",
    "members",
    "value",
    "low",
    "high",
    "interval",
    "state",
    "suppressed",
    "reason",
    "signal",
    "target",
    "verdict",
    "period",
    "evidence",
    "title",
];

/// `results.csv`: dates are ISO, empty = not known or not shown, never 0.
pub fn results_csv(table: &PublishedTable) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = writer.write_record(COLUMNS);
    header.expect("a list in memory takes every byte");
    for row in table.rows() {
        let record = record(row, &table.measures()[row.measure]);
        writer
            .write_record(&record)
            .expect("a list in memory takes every byte, and every record has the same length");
    }
    writer.into_inner().expect("a list in memory can be flushed")
}

fn record(row: &Published, measure: &Measure) -> Vec<String> {
    let (group_kind, group) = group_words(&row.group);
    let exact =
        |number: Option<super::Exact>| number.map_or_else(String::new, |number| number.to_string());
    let whole = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    let float = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    vec![
        format!("{}{}", measure.id, row.statistic),
        measure.preset.clone(),
        row.period.start.to_string(),
        row.period.end.to_string(),
        group_kind.to_owned(),
        group.to_owned(),
        row.stratum.kind.clone(),
        row.stratum.value.clone(),
        exact(row.numerator),
        exact(row.denominator),
        whole(row.excluded),
        whole(row.members),
        float(row.value),
        float(row.low),
        float(row.high),
        row.interval.to_owned(),
        row.state.name().to_owned(),
        row.suppressed.to_string(),
        row.reason.clone(),
        row.signal.to_owned(),
        float(row.target),
        row.verdict.map_or("", super::Verdict::name).to_owned(),
        row.period.grain.name().to_owned(),
        evidence(measure.evidence).to_owned(),
        measure.title.clone(),
    ]
}

/// The kind and name of a group in results.
pub fn group_words(group: &Group) -> (&'static str, &str) {
    match group {
        Group::All => ("all", "all"),
        Group::Bho(id) => ("bho", id),
    }
}

fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Verified => "verified",
        Evidence::FromMemory => "from memory",
        Evidence::ProjectDefined => "project-defined",
    }
}

/// The same table for Parquet, with numbers as numbers. Numerators of members' values and of money
/// are floats there; the CSV has them exactly.
pub fn results_batch(table: &PublishedTable) -> RecordBatch {
    let rows: Vec<(&Published, Vec<String>)> =
        table.rows().iter().map(|row| (row, record(row, &table.measures()[row.measure]))).collect();
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (place, name) in COLUMNS.iter().enumerate() {
        let texts = || {
            rows.iter()
                .map(|(_, record)| Some(record[place].as_str()).filter(|text| !text.is_empty()))
        };
        let float = |of: fn(&Published) -> Option<f64>| -> ArrayRef {
            Arc::new(rows.iter().map(|(row, _)| of(row)).collect::<Float64Array>())
        };
        let whole = |of: fn(&Published) -> Option<i64>| -> ArrayRef {
            Arc::new(rows.iter().map(|(row, _)| of(row)).collect::<Int64Array>())
        };
        let array: ArrayRef = match *name {
            "period_start" => Arc::new(
                rows.iter().map(|(row, _)| Some(row.period.start.0)).collect::<Date32Array>(),
            ),
            "period_end" => Arc::new(
                rows.iter().map(|(row, _)| Some(row.period.end.0)).collect::<Date32Array>(),
            ),
            "numerator" => float(|row| row.numerator.map(super::Exact::to_f64)),
            "denominator" => float(|row| row.denominator.map(super::Exact::to_f64)),
            "excluded" => whole(|row| row.excluded),
            "members" => whole(|row| row.members),
            "value" => float(|row| row.value),
            "low" => float(|row| row.low),
            "high" => float(|row| row.high),
            "target" => float(|row| row.target),
            "suppressed" => {
                Arc::new(rows.iter().map(|(row, _)| Some(row.suppressed)).collect::<BooleanArray>())
            }
            _ => Arc::new(texts().collect::<StringArray>()),
        };
        let kind: DataType = array.data_type().clone();
        fields.push(Field::new(*name, kind, true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .expect("every column has one value per row")
}
