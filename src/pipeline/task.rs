//! One task of a distributed count: a stream of timeline rows in, a table of tallies out.

use std::collections::HashMap;
use std::io::{BufReader, BufWriter, Read, Write};
use std::sync::{Arc, Mutex};

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema};

use super::arrow_stream;
use super::plan_file::{PROGRAM, PlanFile, Ready};
use crate::kernel::{self, Breach, Part, Task};
use crate::timeline::Summary;

/// The version of the table of tallies, in the metadata of its stream.
pub(super) const FORMAT: (&str, &str) = ("throughline.tallies", "1");

/// Counts the members of an Arrow stream, one after the other, and writes their tallies as an Arrow
/// stream. With `sort`, rows may come in any order and are all held in memory.
///
/// # Errors
/// If the stream breaks the contract. Nothing is written then.
pub fn count_stream(
    file: &PlanFile,
    input: impl Read + Send,
    output: impl Write,
    sort: bool,
) -> anyhow::Result<Summary> {
    let ready = file.ready()?;
    let batches = arrow_stream::batches(BufReader::with_capacity(1 << 20, input))
        .context("standard input is no Arrow IPC stream")?;
    // A stream without rows may still have the wrong columns.
    ready.contract.shaped(&RecordBatch::new_empty(batches.schema()))?;
    let counted = if sort {
        count_batches(&ready, ready.contract.sorted(batches)?)
    } else {
        count_batches(&ready, batches)
    };
    let (part, summary) = counted?;
    write_tallies(&part, &ready.hash, output)?;
    Ok(summary)
}

fn count_batches(
    ready: &Ready,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send,
) -> anyhow::Result<(Part, Summary)> {
    let checked = Mutex::new(Some(ready.contract.checked(batches)));
    let open = |(): &()| -> Result<_, Breach> {
        let mut stream = checked.lock().expect("nothing panics while it holds the stream");
        Ok(stream.take().expect("the one bucket is opened once"))
    };
    let task = Task { plan: ready.hash.clone(), program: PROGRAM.to_owned(), part: None };
    Ok(kernel::count_part(&ready.plan, &[()], open, task)?)
}

/// Writes tallies as an Arrow stream, with the plan's hash and the program's version in its metadata.
pub(super) fn write_tallies(part: &Part, plan: &str, output: impl Write) -> anyhow::Result<()> {
    let about = [FORMAT, ("throughline.plan", plan), ("throughline.program", PROGRAM)];
    let about: HashMap<String, String> =
        about.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let schema: Schema = kernel::tallies_schema().as_ref().clone();
    let schema = Arc::new(schema.with_metadata(about));
    let mut writer = StreamWriter::try_new(BufWriter::new(output), &schema)?;
    part.each_batch(|batch| -> anyhow::Result<()> {
        Ok(writer.write(&batch.clone().with_schema(schema.clone())?)?)
    })?;
    writer.finish()?;
    writer.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?.flush()?;
    Ok(())
}
