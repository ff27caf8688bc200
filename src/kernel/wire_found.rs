//! What rows show about the data, as rows of the table of tallies.

use super::WireError;
use super::wire::Out;
use crate::timeline::{Found, Oddity, Times};

/// A row for each oddity.
pub(super) fn rows<'a>(found: &Found) -> impl Iterator<Item = Out<'a>> {
    Oddity::ALL.into_iter().zip(0..).map(|(oddity, key)| {
        let Times { found, of } = found.times(oddity);
        let sums = [found.into(), of.into(), 0, 0, 0, 0];
        let mut row = Out { key: Some(key), sums, ..Out::default() };
        row.texts[0] = Some("found");
        row
    })
}

/// The oddity of a row, by its key, and its times.
pub(super) fn read(
    key: Option<i64>,
    row: usize,
    sums: [i128; 6],
) -> Result<(Oddity, Times), WireError> {
    let place = key.and_then(|key| usize::try_from(key).ok());
    let oddity = place.and_then(|place| Oddity::ALL.get(place));
    let oddity = oddity.ok_or(WireError::Value { row, column: "key" })?;
    let whole = |sum: i128| u64::try_from(sum).map_err(|_| WireError::TooGreat);
    Ok((*oddity, Times { found: whole(sums[0])?, of: whole(sums[1])? }))
}
