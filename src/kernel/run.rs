//! The parallel loop over buckets.

use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::RecordBatch;

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
    let one = |counter: &mut Counter<'_>,
               reader: &mut Reader<'_>,
               bucket: &B|
     -> Result<Summary, Error<E>> {
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
    // Each thread takes the next bucket and has one reader and one board for all of its own. Buckets
    // after one that failed are left, so that the failure told is always that of the first.
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
    let worker = |_: rayon::BroadcastContext<'_>| {
        let (mut counter, mut total, mut error) = (Counter::new(plan), Summary::default(), None);
        let mut reader = Reader::new(&plan.needs, &plan.settings);
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(bucket) = buckets.get(at).filter(|_| at < failed.load(Ordering::Relaxed))
            else {
                return (counter, total, error);
            };
            match one(&mut counter, &mut reader, bucket) {
                Ok(summary) => total.add(summary),
                Err(found) => {
                    failed.fetch_min(at, Ordering::Relaxed);
                    error = Some((at, found));
                }
            }
        }
    };
    let mut counted = rayon::broadcast(worker).into_iter();
    let (mut counter, mut total, mut error) =
        counted.next().unwrap_or_else(|| (Counter::new(plan), Summary::default(), None));
    for (other, summary, failure) in counted {
        counter.board.merge(other.board);
        total.add(summary);
        error = match (error, failure) {
            (Some(a), Some(b)) => Some(if b.0 < a.0 { b } else { a }),
            (a, b) => a.or(b),
        };
    }
    match error {
        Some((_, error)) => Err(error),
        None => Ok((counter.board.tallies(), total)),
    }
}
