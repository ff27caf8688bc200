//! The refused rows as a table: file, line, column, rule, table. Never a value.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::harmless;
use crate::extract::{RefusedRow, text_type};

const COLUMNS: [&str; 5] = ["file", "line", "column", "rule", "table"];

/// Rows of one row group.
const GROUP: usize = 1 << 18;

pub(super) fn schema() -> SchemaRef {
    let field = |name: &str| {
        Field::new(name, if name == "line" { DataType::Int32 } else { text_type() }, false)
    };
    Arc::new(Schema::new(COLUMNS.map(field).to_vec()))
}

pub(super) fn batches(rows: &[RefusedRow<'_>]) -> impl Iterator<Item = RecordBatch> {
    rows.chunks(GROUP).map(|rows| {
        let texts = |text: fn(&RefusedRow<'_>) -> String| -> ArrayRef {
            let texts: Vec<String> = rows.iter().map(text).collect();
            Arc::new(texts.iter().map(String::as_str).collect::<DictionaryArray<Int32Type>>())
        };
        let lines = rows.iter().map(|row| i32::try_from(row.line).unwrap_or(i32::MAX));
        let columns: Vec<ArrayRef> = vec![
            texts(|row| row.file.to_owned()),
            Arc::new(Int32Array::from_iter_values(lines)),
            texts(|row| row.column.to_owned()),
            texts(|row| row.rule.name().to_owned()),
            texts(|row| row.table.name().to_owned()),
        ];
        RecordBatch::try_new(schema(), columns).expect("columns are made by their schema")
    })
}

pub(super) fn csv(rows: &[RefusedRow<'_>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |record: [&str; 5]| {
        writer.write_record(record).expect("memory takes every record of five fields");
    };
    write(COLUMNS);
    for row in rows {
        let (file, column) = (harmless(row.file), harmless(row.column));
        write([&file, &row.line.to_string(), &column, row.rule.name(), row.table.name()]);
    }
    writer.into_inner().expect("memory takes every byte")
}
