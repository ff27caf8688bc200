//! The parallel loop over buckets.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::RecordBatch;

use super::count::Counter;
use super::pairs::Pairs;
use super::teams::{Teams, densities};
use super::{Group, Part, Plan, Seen, Tallies, Task, activities};
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
    let mut counted = counted(plan, buckets, open, seen)?;
    activities::add(plan, &mut counted.tallies.cells);
    Ok((counted.tallies, counted.summary))
}

/// As [`count`], for a task whose tallies are added to those of others.
pub fn count_part<B, I, E>(
    plan: &Plan,
    buckets: &[B],
    open: impl Fn(&B) -> Result<I, E> + Sync,
    task: Task,
) -> Result<(Part, Summary), Error<E>>
where
    B: Sync,
    E: Send,
    I: Iterator<Item = Result<RecordBatch, E>>,
{
    let counted = counted(plan, buckets, open, |_| {})?;
    let summary = counted.summary;
    Ok((counted.into_part(plan, task), summary))
}

/// What members gave.
pub(super) struct Counted {
    pub(super) tallies: Tallies,
    teams: Teams,
    groups: Vec<Group>,
    pub(super) summary: Summary,
}

impl Counted {
    /// Which providers see members together.
    pub(super) fn pairs(&self, plan: &Plan) -> Pairs {
        Pairs::of_teams(&self.teams, plan, &self.groups)
    }

    /// What a task hands out. Numerators that depend on all members are left out: they are made when all
    /// are there.
    fn into_part(self, plan: &Plan, task: Task) -> Part {
        let pairs = self.pairs(plan);
        let dense = densities(plan);
        let mut cells = self.tallies.cells;
        for (cell, tally) in &mut cells {
            if dense.iter().any(|(measure, _)| *measure == cell.measure) {
                tally.numerator = 0;
            }
        }
        let tasks = BTreeMap::from([(task, Seen::once(self.summary))]);
        let volumes = self.tallies.volumes;
        Part { tasks, found: self.summary.found, volumes, cells, pairs }
    }
}

/// Everything that [`count`] counts.
pub(super) fn counted<B, I, E>(
    plan: &Plan,
    buckets: &[B],
    open: impl Fn(&B) -> Result<I, E> + Sync,
    seen: impl Fn(Summary) + Sync,
) -> Result<Counted, Error<E>>
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
    if let Some((_, error)) = error {
        return Err(error);
    }
    let (tallies, teams, groups) = counter.board.tallies();
    Ok(Counted { tallies, teams, groups, summary: total })
}
