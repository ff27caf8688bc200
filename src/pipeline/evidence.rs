//! A member's rows as they lie in the store, and as lines for people.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, BooleanArray, RecordBatch};

use crate::store::Snapshot;
use crate::terms::{Day, bucket_of, column};

/// Every row of one member, with every column that was delivered.
#[derive(Debug, Clone)]
pub struct MemberRows {
    /// The rows, in the order of the timeline.
    pub batch: RecordBatch,
}

/// A row for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its kind: `contact`, `stay` …
    pub kind: String,
    /// First day.
    pub start: Option<Day>,
    /// Last day.
    pub end: Option<Day>,
    /// What the rule may look at: `class therapy, status attended`.
    pub says: String,
    /// The delivered file.
    pub file: String,
    /// The line in it, counted from 1, the header included.
    pub line: Option<i32>,
}

/// Columns that a line shows elsewhere, or that tell rows apart.
const ELSEWHERE: [&str; 7] = [
    column::MEMBER_ID,
    column::KIND,
    column::START_ON,
    column::END_ON,
    column::RECORD_ID,
    column::SOURCE_FILE,
    column::SOURCE_LINE,
];

/// The rows of some members; a member without a row is not among them. `needed` are columns that
/// have to be there, even if nothing delivered them.
pub(super) fn member_rows(
    snapshot: &Snapshot,
    members: &BTreeSet<&str>,
    needed: &[&'static str],
) -> anyhow::Result<BTreeMap<String, MemberRows>> {
    let manifest = snapshot.manifest();
    let columns: Vec<&str> = column::ALL
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| needed.contains(name) || manifest.has_column(name))
        .collect();
    let mut by_bucket: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for member in members {
        by_bucket.entry(bucket_of(member, snapshot.buckets())).or_default().push(member);
    }
    let mut found: BTreeMap<String, Vec<RecordBatch>> = BTreeMap::new();
    for (bucket, members) in by_bucket {
        for batch in snapshot.batches(bucket, &columns)? {
            let batch = batch?;
            for member in &members {
                let own = of_member(&batch, member)?;
                if own.num_rows() > 0 {
                    found.entry((*member).to_owned()).or_default().push(own);
                }
            }
        }
    }
    let joined = found.into_iter().map(|(member, batches)| {
        let batch = arrow_select::concat::concat_batches(&batches[0].schema(), &batches)?;
        Ok((member, MemberRows { batch }))
    });
    joined.collect()
}

fn of_member(batch: &RecordBatch, member: &str) -> anyhow::Result<RecordBatch> {
    let ids = batch.column_by_name(column::MEMBER_ID).context("the store has no members")?;
    let ids = ids.as_dictionary::<Int32Type>();
    let texts = ids.values().as_string::<i32>();
    let key = texts.iter().position(|text| text == Some(member));
    let key = key.and_then(|key| i32::try_from(key).ok());
    let own: BooleanArray =
        ids.keys().iter().map(|own| Some(key.is_some() && own == key)).collect();
    Ok(arrow_select::filter::filter_record_batch(batch, &own)?)
}

/// Some of a member's rows as lines; they say what is in the columns that a rule may look at.
pub(super) fn lines(rows: &MemberRows, places: &[usize], looked_at: &[&'static str]) -> Vec<Line> {
    places.iter().map(|row| line(&rows.batch, *row, looked_at)).collect()
}

fn line(batch: &RecordBatch, row: usize, looked_at: &[&'static str]) -> Line {
    let says: Vec<String> = column::ALL
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| looked_at.contains(name) && !ELSEWHERE.contains(name))
        .filter_map(|name| Some(format!("{name} {}", text(batch, name, row)?)))
        .collect();
    Line {
        kind: text(batch, column::KIND, row).unwrap_or_default(),
        start: day(batch, column::START_ON, row),
        end: day(batch, column::END_ON, row),
        says: says.join(", "),
        file: text(batch, column::SOURCE_FILE, row).unwrap_or_default(),
        line: text(batch, column::SOURCE_LINE, row).and_then(|line| line.parse().ok()),
    }
}

/// A value as text; nothing if it is empty or the column was not delivered.
fn text(batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
    let array = batch.column_by_name(name)?;
    if array.is_null(row) {
        return None;
    }
    let text = arrow_cast::display::array_value_to_string(array, row).ok()?;
    Some(text).filter(|text| !text.is_empty())
}

fn day(batch: &RecordBatch, name: &str, row: usize) -> Option<Day> {
    let array = batch.column_by_name(name)?;
    let days = array.as_primitive_opt::<Date32Type>()?;
    days.is_valid(row).then(|| Day(days.value(row)))
}

impl MemberRows {
    /// Every row as a line.
    pub fn lines(&self, looked_at: &[&'static str]) -> Vec<Line> {
        let all: Vec<usize> = (0..self.batch.num_rows()).collect();
        lines(self, &all, looked_at)
    }
}
