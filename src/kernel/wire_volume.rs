//! What organisations deliver, as rows of the table of tallies.

use super::wire::{Out, group_words, sum};
use super::{Group, Volume, Volumes, WireError};
use crate::terms::{Day, Grain};

/// A row for each organisation and month.
pub(super) fn rows(volumes: &Volumes) -> impl Iterator<Item = Out<'_>> {
    volumes.iter().map(|((what, group, start), count)| {
        let (group_kind, group) = group_words(group);
        let mut row = Out {
            key: Some(*what as i64),
            start: Some(start.0),
            sums: [(*count).into(), 0, 0, 0, 0, 0],
            ..Out::default()
        };
        row.texts[..4].copy_from_slice(&[
            Some("volume"),
            Some(Grain::Month.name()),
            Some(group_kind),
            Some(group),
        ]);
        row
    })
}

/// Adds a row, which has this key, first day and organisation.
pub(super) fn read(
    (key, start, group): (Option<i64>, Option<Day>, Group),
    row: usize,
    count: i128,
    into: &mut Volumes,
) -> Result<(), WireError> {
    let invalid = |column| WireError::Value { row, column };
    let place = key.and_then(|key| usize::try_from(key).ok());
    let what = *place.and_then(|place| Volume::ALL.get(place)).ok_or(invalid("key"))?;
    let start = start.ok_or(invalid("period_start"))?;
    let count = i64::try_from(count).map_err(|_| WireError::TooGreat)?;
    let own = into.entry((what, group, start)).or_default();
    *own = sum(*own, count)?;
    Ok(())
}
