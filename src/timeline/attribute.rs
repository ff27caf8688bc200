//! Attributes of members that results are broken down by.

use arrow_array::RecordBatch;

use super::batch::{Answers, NumberColumn, decide};
use super::{Error, Interner, UNKNOWN};
use crate::terms::column;

/// An attribute of members, row by row.
#[derive(Debug)]
pub(super) enum Attribute {
    Text(Answers<u32>),
    Number(&'static str, NumberColumn),
}

impl Attribute {
    /// The attribute of a column of the timeline table.
    pub(super) fn of(
        batch: &RecordBatch,
        name: &'static str,
        interner: &mut Interner,
    ) -> Result<Self, Error> {
        let is_text = column::ALL
            .iter()
            .any(|(column, kind)| *column == name && *kind == column::ColumnType::Text);
        Ok(if is_text {
            Self::Text(decide(batch, name, UNKNOWN, |text| interner.key(text))?)
        } else {
            Self::Number(name, NumberColumn::of(batch, name)?)
        })
    }

    /// The word of a row in results, as a key of the interner.
    pub(super) fn at(&self, row: usize, interner: &mut Interner) -> u32 {
        match self {
            Self::Text(words) => words.at(row),
            Self::Number(name, numbers) => {
                numbers.at(row).map_or(UNKNOWN, |number| interner.key(attribute_word(name, number)))
            }
        }
    }
}

/// How a coded attribute is called in results.
fn attribute_word(name: &str, number: i64) -> &'static str {
    match (name, number) {
        (column::SMI_SED, 1) => "smi",
        (column::SMI_SED, 2) => "sed",
        (column::SMI_SED, 3) => "at_risk",
        (column::SMI_SED, 4) => "neither",
        (column::SMI_SED, _) => "unknown",
        (_, 0) => "no",
        (_, _) => "yes",
    }
}
