//! The timeline table as one view per kind of row, for questions in SQL.

use std::collections::BTreeSet;

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::{BooleanArray, array::Array};

use crate::store::{Snapshot, schema_of};
use crate::terms::{Kind, Table, column};

/// The tables that a question names, as extracts call them, and `timeline`, which has every row.
const VIEWS: [(&str, Option<Kind>); 12] = [
    ("timeline", None),
    ("members", Some(Kind::Member)),
    ("enrolment", Some(Kind::Enrolment)),
    ("contacts", Some(Kind::Contact)),
    ("stays", Some(Kind::Stay)),
    ("outcomes", Some(Kind::Assessment)),
    ("referrals", Some(Kind::Referral)),
    ("care_plans", Some(Kind::Plan)),
    ("events", Some(Kind::Event)),
    ("living", Some(Kind::Living)),
    ("cost", Some(Kind::Cost)),
    ("pharmacy", Some(Kind::Pharmacy)),
];

/// The results of a report, in the same question.
pub const RESULTS: &str = "results";

/// The words of a question, in small letters.
fn words(sql: &str) -> BTreeSet<String> {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    sql.to_lowercase().split(|letter| !word(letter)).map(str::to_owned).collect()
}

/// True if a question names the results of a report.
pub fn asks_for_results(sql: &str) -> bool {
    words(sql).contains(RESULTS)
}

/// True if a question names no table of the store, only results.
pub fn asks_for_results_only(sql: &str) -> bool {
    let asked = words(sql);
    asked.contains(RESULTS) && !VIEWS.iter().any(|(name, _)| asked.contains(*name))
}

/// The tables of the store that a question names, with the columns it names (all of them for `*`).
///
/// # Errors
/// If the question names no table, or the store cannot be read.
pub fn views(snapshot: &Snapshot, sql: &str) -> anyhow::Result<Vec<(String, Vec<RecordBatch>)>> {
    let asked = words(sql);
    let wanted: Vec<_> = VIEWS.iter().filter(|(name, _)| asked.contains(*name)).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = VIEWS.iter().map(|(name, _)| *name).chain([RESULTS]).collect();
        anyhow::bail!("the question names no table; there are {}", names.join(", "));
    }
    let columns = columns(sql, &asked, |name| snapshot.manifest().has_column(name));
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
    // A table without rows is a table all the same.
    for (_, rows) in views.iter_mut().filter(|(_, rows)| rows.is_empty()) {
        let columns = self::columns(sql, &asked, |_| true);
        rows.push(RecordBatch::new_empty(schema_of(&columns)));
    }
    Ok(views)
}

/// The columns of the tables that a question names, in a sentence: as the store calls them and, where
/// that differs, as extracts do.
pub fn view_columns(snapshot: &Snapshot, sql: &str) -> String {
    let asked = words(sql);
    let is_there = |name: &&str| snapshot.manifest().has_column(name);
    let tables = VIEWS.iter().filter(|(name, _)| asked.contains(*name)).map(|(name, _)| {
        let Some(table) = Table::from_name(name) else {
            let all: Vec<&str> =
                column::ALL.iter().map(|(name, _)| *name).filter(is_there).collect();
            return format!("{name} has {}", all.join(", "));
        };
        let own = table.fields().iter().filter(|field| is_there(&field.to)).map(|field| {
            if field.name == field.to {
                field.to.to_owned()
            } else {
                format!("{} (`{}` of the extracts)", field.to, field.name)
            }
        });
        format!("{name} has {}", own.collect::<Vec<_>>().join(", "))
    });
    tables.collect::<Vec<_>>().join("; ")
}

/// The delivered columns that a question names, and those that tell rows apart; all of them where it
/// has a star that counts no rows.
fn columns(
    sql: &str,
    asked: &BTreeSet<String>,
    is_delivered: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    let plain: String = sql.chars().filter(|letter| !letter.is_whitespace()).collect();
    let every = plain.to_lowercase().replace("count(*)", "").contains('*');
    let always = [column::KIND, column::MEMBER_ID];
    let known = column::ALL.iter().map(|(name, _)| *name);
    known
        .filter(|name| is_delivered(name))
        .filter(|name| every || always.contains(name) || asked.contains(*name))
        .collect()
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
