//! Units as a table that can be added up.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::bail;

use arrow_array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use super::Pipeline;
use super::place::{check_file, check_outside, full};
use crate::indicator::{Measure, Shape};
use crate::kernel::{Fate, Unit};
use crate::oversight::group_words;
use crate::store;
use crate::terms::Day;

/// What became of a unit, in words: `met`, `not met`, `excluded`, or `counted` where a member adds
/// more than 0 or 1.
pub fn outcome(unit: &Unit, measure: &Measure) -> &'static str {
    match unit.fate {
        Fate::Excluded(_) => "excluded",
        Fate::Counted { numerator, denominator, .. } => {
            let judged = matches!(measure.shape, Shape::Share | Shape::MemberShare);
            match (judged, numerator, denominator) {
                (true, 0, _) => "not met",
                (true, 1, 1) => "met",
                _ => "counted",
            }
        }
    }
}

/// Why a unit was left out, if it was.
pub fn reason<'m>(unit: &Unit, measure: &'m Measure) -> Option<&'m str> {
    match unit.fate {
        Fate::Excluded(place) => measure.exclusions.get(place).map(String::as_str),
        Fate::Counted { .. } => None,
    }
}

/// What a table of units says it is, and under which name.
const KIND: &str = "throughline.kind";
const UNITS: &str = "units";

/// Refuses a file that a table of units may not be written to, before anything is counted for it.
///
/// # Errors
/// If it lies with reports, extracts or in a store, or if something else stands in its place.
pub fn check_units_file(file: &Path, pipeline: &Pipeline) -> anyhow::Result<()> {
    check_outside(file, &pipeline.reports)?;
    let extracts = full(&pipeline.extracts)?;
    if full(file)?.parent() == Some(&extracts) {
        bail!("{}: this lies among the extracts; choose another file", file.display());
    }
    check_file(file, |file| store::table_says(file, KIND).as_deref() == Some(UNITS))
}

/// One row per unit, named as in `results`: sums of `numerator` (÷ `numerator_parts`) and of
/// `denominator` (÷ `denominator_parts`) give a result's, and rows with a reason its exclusions.
pub fn units_table(units: &[Unit], measures: &[Measure]) -> RecordBatch {
    let text = |of: &dyn Fn(&Unit) -> Option<String>| -> ArrayRef {
        Arc::new(units.iter().map(of).collect::<StringArray>())
    };
    let number = |of: &dyn Fn(&Unit) -> Option<i64>| -> ArrayRef {
        Arc::new(units.iter().map(of).collect::<Int64Array>())
    };
    let date = |of: &dyn Fn(&Unit) -> Option<Day>| -> ArrayRef {
        Arc::new(units.iter().map(|unit| of(unit).map(|day| day.0)).collect::<Date32Array>())
    };
    let measure = |unit: &Unit| &measures[unit.measure];
    let counted = |unit: &Unit| match unit.fate {
        Fate::Counted { numerator, denominator, decided } => {
            Some((numerator, denominator, decided))
        }
        Fate::Excluded(_) => None,
    };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("indicator", text(&|unit| Some(measure(unit).id.clone()))),
        ("preset", text(&|unit| Some(measure(unit).preset.clone()))),
        ("period_start", date(&|unit| Some(unit.period.start))),
        ("period_end", date(&|unit| Some(unit.period.end))),
        ("group_kind", text(&|unit| Some(group_words(&unit.group).0.to_owned()))),
        ("group", text(&|unit| Some(group_words(&unit.group).1.to_owned()))),
        ("member_id", text(&|unit| unit.member.clone())),
        ("index_on", date(&|unit| unit.day)),
        ("outcome", text(&|unit| Some(outcome(unit, measure(unit)).to_owned()))),
        ("reason", text(&|unit| reason(unit, measure(unit)).map(str::to_owned))),
        ("decided_on", date(&|unit| counted(unit)?.2)),
        ("numerator", number(&|unit| Some(counted(unit)?.0))),
        ("denominator", number(&|unit| Some(counted(unit)?.1))),
        ("numerator_parts", number(&|unit| Some(measure(unit).numerator_parts))),
        ("denominator_parts", number(&|unit| Some(measure(unit).denominator_parts()))),
    ];
    let mut kinds: Vec<&str> =
        units.iter().flat_map(|unit| &unit.strata).map(|stratum| stratum.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let own = |unit: &Unit| {
            let stratum = unit.strata.iter().find(|stratum| stratum.kind == kind);
            stratum.map(|stratum| stratum.value.clone())
        };
        columns.push((kind, text(&own)));
    }
    let field = |(name, array): &(&str, ArrayRef)| {
        let kind: &DataType = array.data_type();
        Field::new(*name, kind.clone(), true)
    };
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let says = HashMap::from([(KIND.to_owned(), UNITS.to_owned())]);
    let schema = Schema::new_with_metadata(fields, says);
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(schema), arrays)
        .expect("columns are made by their schema, one value per unit")
}
