//! The timeline table as one view per kind of row, for questions in SQL.

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::{BooleanArray, array::Array};

use crate::store::Snapshot;
use crate::terms::{Kind, column};

/// The tables that a question names: `contacts`, `stays` … and `timeline`, which has every row.
const VIEWS: [(&str, Option<Kind>); 12] = [
    ("timeline", None),
    ("assessments", Some(Kind::Assessment)),
    ("contacts", Some(Kind::Contact)),
    ("costs", Some(Kind::Cost)),
    ("enrolments", Some(Kind::Enrolment)),
    ("events", Some(Kind::Event)),
    ("livings", Some(Kind::Living)),
    ("members", Some(Kind::Member)),
    ("fills", Some(Kind::Pharmacy)),
    ("plans", Some(Kind::Plan)),
    ("referrals", Some(Kind::Referral)),
    ("stays", Some(Kind::Stay)),
];

/// The views that a question mentions, with the columns that were delivered.
pub fn views(snapshot: &Snapshot, sql: &str) -> anyhow::Result<Vec<(String, Vec<RecordBatch>)>> {
    let asked = sql.to_lowercase();
    let wanted: Vec<_> = VIEWS.iter().filter(|(name, _)| asked.contains(name)).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = VIEWS.iter().map(|(name, _)| *name).collect();
        anyhow::bail!("the question names no table; there are {}", names.join(", "));
    }
    let columns: Vec<&str> = column::ALL
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| snapshot.manifest().has_column(name))
        .collect();
    let mut views: Vec<(String, Vec<RecordBatch>)> =
        wanted.iter().map(|(name, _)| ((*name).to_owned(), Vec::new())).collect();
    for bucket in 0..snapshot.buckets() {
        for batch in snapshot.batches(bucket, &columns)? {
            let batch = batch?;
            for ((_, kind), (_, rows)) in wanted.iter().zip(&mut views) {
                rows.push(of_kind(&batch, *kind)?);
            }
        }
    }
    Ok(views)
}

fn of_kind(batch: &RecordBatch, kind: Option<Kind>) -> anyhow::Result<RecordBatch> {
    let Some(kind) = kind else { return Ok(batch.clone()) };
    let kinds = batch.column_by_name(column::KIND).context("the store has no column of kinds")?;
    let plain = arrow_cast::cast(kinds, &arrow_schema::DataType::Utf8)?;
    let texts = plain.as_string::<i32>();
    let wanted: BooleanArray = (0..texts.len())
        .map(|row| Some(texts.is_valid(row) && texts.value(row) == kind.name()))
        .collect();
    Ok(arrow_select::filter::filter_record_batch(batch, &wanted)?)
}
