//! The search for identifiers in a table that another engine keeps.

use std::io::{BufReader, Read};

use anyhow::Context;
use arrow_array::StringArray;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;

use super::{Pipeline, arrow_stream};
use crate::extract::{Dates, Problem, Source, ValueSearch};
use crate::terms::Table;

/// Searches an Arrow stream with the text columns `column` (the site's name) and `value`, in any
/// order, as intake searches a file of that table.
///
/// # Errors
/// If it is no such stream, or breaks off.
pub fn search_stream(
    pipeline: &Pipeline,
    table: Table,
    dates: Dates,
    input: impl Read,
) -> anyhow::Result<Vec<Problem>> {
    let given = pipeline.sources.iter().find(|source| source.table == table);
    let source = given.map_or_else(|| Source::of(table), Clone::clone);
    let mut search = ValueSearch::new(&source, &pipeline.privacy, dates);
    let batches = arrow_stream::batches(BufReader::with_capacity(1 << 20, input))
        .context("standard input is no Arrow IPC stream")?;
    for batch in batches {
        let batch = batch?;
        let texts = |name: &str| -> anyhow::Result<StringArray> {
            let array = batch.column_by_name(name);
            let array = array.with_context(|| format!("the stream has no column `{name}`"))?;
            Ok(arrow_cast::cast(array, &DataType::Utf8)?.as_string().clone())
        };
        let (columns, values) = (texts("column")?, texts("value")?);
        for (column, value) in columns.iter().zip(&values) {
            if let (Some(column), Some(value)) = (column, value) {
                search.look(column, value);
            }
        }
    }
    Ok(search.problems())
}
