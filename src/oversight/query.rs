//! Ad-hoc questions in SQL, answered by polars. Tables reach it as Arrow IPC streams in memory: its
//! own Parquet reader would bring a network stack along.

use std::io::Cursor;

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::DataType;
use polars::prelude::{AnyValue, DataFrame, IntoLazy, IpcStreamReader, PolarsError, SerReader};
use polars::sql::SQLContext;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The question is not right.
    #[error("cannot answer this question: {0}")]
    Sql(String),
    /// The question names a column that its tables do not have.
    #[error("cannot answer this question: {0}")]
    Column(String),
    /// It is no question.
    #[error(
        "only questions are answered, which begin with `select` or `with`: nothing can be changed here"
    )]
    NoQuestion,
    /// A table could not be handed over.
    #[error("cannot hand a table to the SQL engine: {0}")]
    Table(String),
}

/// An answer, for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Aligned columns.
    pub table: String,
    /// CSV.
    pub csv: String,
}

/// Answers one `select` over named tables.
pub fn query(sql: &str, views: Vec<(String, Vec<RecordBatch>)>) -> Result<Answer, QueryError> {
    if !is_question(sql) {
        return Err(QueryError::NoQuestion);
    }
    let mut context = SQLContext::new();
    for (name, batches) in views {
        if let Some(frame) = frame(&batches)? {
            context.register(&name, frame.lazy());
        }
    }
    let answer = context
        .execute(sql)
        .and_then(polars::prelude::LazyFrame::collect)
        .map_err(|error| refused(&error))?;
    Ok(Answer { table: aligned(&answer), csv: csv(&answer) })
}

/// True for what asks: the engine would take a table away from its own copy and say that it did.
fn is_question(sql: &str) -> bool {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(');
        let comment = rest.strip_prefix("--").map(|of| of.split_once('\n'));
        let comment = comment.or_else(|| rest.strip_prefix("/*").map(|of| of.split_once("*/")));
        match comment {
            Some(Some((_, after))) => rest = after,
            Some(None) => return false,
            None => break,
        }
    }
    let word = rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    ["select", "with"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Why the engine does not answer. It was handed only the columns that the question names, so that
/// the list of columns in its message is not that of the table.
fn refused(error: &PolarsError) -> QueryError {
    let told = told(error);
    let of_column = ["unable to find column", "no column named"];
    if !of_column.iter().any(|words| told.contains(words)) {
        return QueryError::Sql(told);
    }
    let told = told.split("; valid columns").next().unwrap_or_default();
    QueryError::Column(told.to_owned())
}

/// What may be told of an error: the engine's messages about names and words of the question; others
/// may show values of rows.
fn told(error: &PolarsError) -> String {
    match error {
        PolarsError::ColumnNotFound(_)
        | PolarsError::Duplicate(_)
        | PolarsError::SchemaFieldNotFound(_)
        | PolarsError::SQLInterface(_)
        | PolarsError::SQLSyntax(_) => {
            // Behind the first line comes how the engine went about it.
            error.to_string().lines().next().unwrap_or_default().to_owned()
        }
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => told(error),
        _ => "an operation does not fit a column's type or one of its values, which is not shown; \
              compare and compute like with like, and use `try_cast` where values may not fit"
            .to_owned(),
    }
}

fn frame(batches: &[RecordBatch]) -> Result<Option<DataFrame>, QueryError> {
    let Some(first) = batches.first() else { return Ok(None) };
    let failed = |error: &dyn std::fmt::Display| QueryError::Table(error.to_string());
    let plain: Vec<RecordBatch> =
        batches.iter().map(plain).collect::<Result<_, _>>().map_err(|error| failed(&error))?;
    let schema = plain.first().unwrap_or(first).schema();
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &schema).map_err(|error| failed(&error))?;
    for batch in &plain {
        writer.write(batch).map_err(|error| failed(&error))?;
    }
    writer.finish().map_err(|error| failed(&error))?;
    drop(writer);
    let read = IpcStreamReader::new(Cursor::new(bytes)).finish();
    read.map(Some).map_err(|error| failed(&error))
}

/// The batch with texts as plain texts.
fn plain(batch: &RecordBatch) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let kind = match field.data_type() {
            DataType::Dictionary(_, values) => (**values).clone(),
            other => other.clone(),
        };
        columns.push(arrow_cast::cast(column, &kind)?);
        fields.push(field.as_ref().clone().with_data_type(kind));
    }
    RecordBatch::try_new(std::sync::Arc::new(arrow_schema::Schema::new(fields)), columns)
}

fn cells(frame: &DataFrame) -> Vec<Vec<String>> {
    let names = frame.get_column_names().iter().map(ToString::to_string).collect();
    let mut lines: Vec<Vec<String>> = vec![names];
    for row in 0..frame.height() {
        let cell = |column: &polars::prelude::Column| {
            column.get(row).map_or_else(|_| String::new(), |value| cell(&value))
        };
        lines.push(frame.columns().iter().map(cell).collect());
    }
    lines
}

/// A value as `results.csv` has it: the engine's own text of a decimal number is a rounded one.
fn cell(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Float64(number) => number.to_string(),
        AnyValue::Float32(number) => number.to_string(),
        value => value.to_string(),
    }
}

fn aligned(frame: &DataFrame) -> String {
    let lines = cells(frame);
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let line = |line: &Vec<String>| {
        let padded: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

fn csv(frame: &DataFrame) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in cells(frame) {
        writer.write_record(&line).expect("a list in memory takes every byte");
    }
    let bytes = writer.into_inner().expect("a list in memory can be flushed");
    String::from_utf8(bytes).expect("texts are UTF-8")
}
