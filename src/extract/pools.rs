//! What all sources share: the members by number, and one pool of texts for each timeline column.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use super::pool::Pool;
use super::rule::Rule;
use crate::terms::bucket_of;
use crate::terms::column::{self, ColumnType};

/// Pools of the texts of timeline columns, by column.
#[derive(Debug)]
pub(super) struct Pools {
    by_column: BTreeMap<&'static str, Mutex<Pool>>,
}

impl Pools {
    pub(super) fn new() -> Self {
        let texts = column::ALL.iter().filter(|(_, kind)| *kind == ColumnType::Text);
        Self { by_column: texts.map(|(name, _)| (*name, Mutex::default())).collect() }
    }

    /// The pool of a text column. A thread that panicked left at most one text too many.
    pub(super) fn of(&self, column: &str) -> MutexGuard<'_, Pool> {
        self.by_column[column].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn into_pools(self) -> BTreeMap<&'static str, Pool> {
        self.by_column
            .into_iter()
            .map(|(column, pool)| {
                (column, pool.into_inner().unwrap_or_else(PoisonError::into_inner))
            })
            .collect()
    }
}

/// What became of each distinct value of one delivered column: a number, or the rule it breaks.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    inner: RwLock<Verdicts>,
}

#[derive(Debug, Default)]
struct Verdicts {
    values: Pool,
    verdicts: Vec<Result<i64, Rule>>,
}

impl Lexicon {
    /// The verdicts of many values. Each distinct one is judged once.
    pub(super) fn judge<'a>(
        &self,
        rows: usize,
        value: impl Fn(usize) -> &'a [u8],
        judge: impl Fn(&[u8]) -> Result<i64, Rule>,
        mut tell: impl FnMut(usize, Result<i64, Rule>),
    ) {
        let mut row = 0;
        while row < rows {
            {
                let known = self.inner.read().unwrap_or_else(PoisonError::into_inner);
                while row < rows {
                    let Some(number) = known.values.find(value(row)) else { break };
                    tell(row, known.verdicts[number as usize]);
                    row += 1;
                }
            }
            if row < rows {
                let mut known = self.inner.write().unwrap_or_else(PoisonError::into_inner);
                let number = known.values.intern(value(row)) as usize;
                if number == known.verdicts.len() {
                    let verdict = judge(value(row));
                    known.verdicts.push(verdict);
                }
            }
        }
    }

    /// Every distinct value, once reading is over.
    pub(super) fn into_values(self) -> Pool {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner).values
    }
}

/// Members whose places are fetched at once; more would push one another out of the cache.
const NEAR: usize = 128;

/// The members by number, and the bucket of each.
#[derive(Debug)]
pub(super) struct Members {
    inner: RwLock<Known>,
    buckets: u32,
}

/// The members known so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) ids: Pool,
    pub(super) buckets: Vec<u32>,
}

impl Members {
    pub(super) fn spread_over(buckets: u32) -> Self {
        Self { inner: RwLock::default(), buckets }
    }

    pub(super) fn buckets(&self) -> usize {
        self.buckets as usize
    }

    /// The numbers of many members; a member that is not known yet is added if `may_add` allows it.
    pub(super) fn number<'a>(
        &self,
        rows: usize,
        id: impl Fn(usize) -> &'a [u8],
        may_add: impl Fn(&[u8]) -> Result<(), Rule>,
        mut tell: impl FnMut(usize, Result<u32, Rule>),
    ) {
        let mut row = 0;
        while row < rows {
            {
                let known = self.known();
                while row < rows {
                    if row % NEAR == 0 {
                        known.ids.approach((row..rows.min(row + NEAR)).map(&id));
                    }
                    let Some(number) = known.ids.find(id(row)) else { break };
                    tell(row, Ok(number));
                    row += 1;
                }
            }
            if row < rows {
                if let Err(rule) = may_add(id(row)) {
                    tell(row, Err(rule));
                    row += 1;
                } else {
                    self.add(id(row));
                }
            }
        }
    }

    fn add(&self, id: &[u8]) {
        let mut known = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let number = known.ids.intern(id) as usize;
        if number == known.buckets.len() {
            let bucket = bucket_of(std::str::from_utf8(id).unwrap_or(""), self.buckets);
            known.buckets.push(bucket);
        }
    }

    /// The members known so far.
    pub(super) fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn into_known(self) -> Known {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
