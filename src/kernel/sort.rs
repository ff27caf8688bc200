//! Sorts a stream inside the task, for engines that drop the order of rows.

use arrow_array::{Array, RecordBatch};
use arrow_schema::ArrowError;
use arrow_select::interleave::interleave;

use super::contract::{Breach, Contract};
use super::stream_rows::StreamRows;

/// Rows of a batch that comes out.
const BATCH_ROWS: usize = 16_384;

impl Contract {
    /// The rows of a whole stream in the order of the contract. All of them are held in memory.
    ///
    /// # Errors
    /// If a batch cannot be read or has other columns.
    pub fn sorted<I>(
        &self,
        batches: I,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + use<I>, Breach>
    where
        I: Iterator<Item = Result<RecordBatch, ArrowError>>,
    {
        let mut kept = Vec::new();
        for batch in batches {
            kept.push(self.shaped(&batch?)?);
        }
        let rows: Vec<StreamRows> =
            kept.iter().map(|batch| StreamRows::of(batch, self)).collect::<Result<_, _>>()?;
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (batch, rows) in rows.iter().enumerate() {
            order.extend((0..rows.len()).map(|row| (batch, row)));
        }
        // What is equal in every column is equal for every rule.
        order.sort_unstable_by(|a, b| rows[a.0].compare(a.1, &rows[b.0], b.1));
        let chunks: Vec<Vec<(usize, usize)>> =
            order.chunks(BATCH_ROWS).map(<[(usize, usize)]>::to_vec).collect();
        Ok(chunks.into_iter().map(move |rows| gathered(&kept, &rows)))
    }
}

fn gathered(batches: &[RecordBatch], rows: &[(usize, usize)]) -> Result<RecordBatch, ArrowError> {
    let schema = batches[0].schema();
    let columns = (0..schema.fields().len()).map(|place| {
        let arrays: Vec<&dyn Array> =
            batches.iter().map(|batch| batch.column(place).as_ref()).collect();
        interleave(&arrays, rows)
    });
    RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
}
