//! The parallel loop over buckets.

use arrow_array::RecordBatch;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::count::Counter;
use super::{Plan, Tallies};
use crate::timeline::{self, Reader, Summary};

/// Why counting stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error<E> {
    /// The stream breaks the contract.
    #[error(transparent)]
    Timeline(#[from] timeline::Error),
    /// The stream could not be read.
    #[error(transparent)]
    Source(E),
}

/// Counts every member of every bucket. `open` gives a bucket's batches in the order of the
/// timeline table, with the plan's columns; `seen` is told when a bucket is done. A bucket is the
/// unit of parallel work; sums are exact, so neither buckets nor threads can change a result.
pub fn count<B, I, E>(
    plan: &Plan,
    buckets: &[B],
    open: impl Fn(&B) -> Result<I, E> + Sync,
    seen: impl Fn(Summary) + Sync,
) -> Result<(Tallies, Summary), Error<E>>
where
    B: Sync,
    E: Send,
    I: Iterator<Item = Result<RecordBatch, E>>,
{
    let one = |counter: &mut Counter<'_>, bucket: &B| -> Result<Summary, Error<E>> {
        let mut reader = Reader::new(&plan.needs, &plan.settings);
        let mut each = |timeline: &timeline::Timeline, interner: &mut timeline::Interner| {
            counter.count(timeline, interner);
        };
        for batch in open(bucket).map_err(Error::Source)? {
            reader.read(&batch.map_err(Error::Source)?, &mut each)?;
        }
        let summary = reader.finish(&mut each);
        seen(summary);
        Ok(summary)
    };
    let start = || Ok((Counter::new(plan), Summary::default()));
    let counted = buckets.par_iter().fold(start, |state: Result<_, Error<E>>, bucket| {
        let (mut counter, mut total): (Counter<'_>, Summary) = state?;
        let summary = one(&mut counter, bucket)?;
        counter.leave();
        total.add(summary);
        Ok((counter, total))
    });
    let (counter, summary) = counted.reduce(start, |a, b| {
        let ((mut a, mut total), (b, other)) = (a?, b?);
        a.board.merge(b.board);
        total.add(other);
        Ok((a, total))
    })?;
    Ok((counter.board.tallies(), summary))
}
