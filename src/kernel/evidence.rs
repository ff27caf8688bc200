//! Which rows of a member a unit rests on. The rule itself is asked, with fewer and fewer rows, so
//! that there is no second account of any rule.

use std::convert::Infallible;

use arrow_array::{BooleanArray, RecordBatch};

use super::Plan;
use super::run::Error;
use super::units::{Fate, Unit, units};
use crate::indicator::{MemberRule, MemberValue, Rule, Shape};

/// More rows than this are not left out one by one.
const MOST_SINGLE: usize = 1000;

/// Places of the rows (of one member, in the order of the timeline table, with the plan's columns)
/// that give the same unit the same fate, none of which can be left out; for means over members also
/// every row without which the member's value differs. For densities the rows give the member its team. Of rows that could stand for one another, the
/// earliest is kept.
///
/// # Errors
/// If the rows break the contract of the timeline table.
pub fn evidence(
    plan: &Plan,
    rows: &RecordBatch,
    unit: &Unit,
) -> Result<Vec<usize>, Error<Infallible>> {
    let alone = alone(plan, unit.measure);
    let plan = alone.as_ref().unwrap_or(plan);
    let wanted = fates(plan, rows, unit, None)?;
    let same = |kept: &[bool]| Ok(fates(plan, rows, unit, Some(kept))? == wanted);
    let mut kept = vec![true; rows.num_rows()];
    let mut size = rows.num_rows().div_ceil(2).max(1);
    loop {
        let fewer = leave_out(&mut kept, size, &same)?;
        if size == 1 && !fewer {
            break;
        }
        size = if size == 1 { 1 } else { size.div_ceil(2) };
    }
    if plan.indicators[unit.measure].measure.shape == Shape::MemberMean
        && rows.num_rows() <= MOST_SINGLE
    {
        let minimal = kept.clone();
        for row in (0..rows.num_rows()).filter(|row| !minimal[*row]) {
            let mut without = vec![true; rows.num_rows()];
            without[row] = false;
            kept[row] = !same(&without)?;
        }
    }
    Ok((0..kept.len()).filter(|row| kept[*row]).collect())
}

/// A density depends on what other members do; what depends on the member alone is the team. The plan
/// with the number of its providers instead, if the measure is a density.
fn alone(plan: &Plan, measure: usize) -> Option<Plan> {
    let Rule::Member(rule) = &plan.indicators[measure].rule else { return None };
    let providers = MemberRule { value: MemberValue::Providers, ..rule.clone() };
    (rule.value == MemberValue::Density).then(|| {
        let mut plan = plan.clone();
        plan.indicators[measure].rule = Rule::Member(providers);
        plan
    })
}

/// Leaves out runs of so many of the kept rows, the last first, where that changes nothing; true if
/// any could be left out.
fn leave_out(
    kept: &mut [bool],
    size: usize,
    same: &impl Fn(&[bool]) -> Result<bool, Error<Infallible>>,
) -> Result<bool, Error<Infallible>> {
    let places: Vec<usize> = (0..kept.len()).filter(|row| kept[*row]).collect();
    let mut fewer = false;
    for run in places.rchunks(size) {
        mark(kept, run, false);
        if same(kept)? {
            fewer = true;
        } else {
            mark(kept, run, true);
        }
    }
    Ok(fewer)
}

fn mark(kept: &mut [bool], run: &[usize], is_kept: bool) {
    for row in run {
        kept[*row] = is_kept;
    }
}

/// What becomes of a unit (or of several on one day) with some of the rows.
fn fates(
    plan: &Plan,
    rows: &RecordBatch,
    unit: &Unit,
    kept: Option<&[bool]>,
) -> Result<Vec<Fate>, Error<Infallible>> {
    let some = match kept {
        Some(kept) => {
            arrow_select::filter::filter_record_batch(rows, &BooleanArray::from(kept.to_vec()))
                .expect("there is a mark for every row")
        }
        None => rows.clone(),
    };
    let open = |rows: &RecordBatch| Ok::<_, Infallible>(std::iter::once(Ok(rows.clone())));
    let same = |other: &Unit| {
        other.measure == unit.measure
            && other.period == unit.period
            && other.group == unit.group
            && other.day == unit.day
            && level(other) == level(unit)
    };
    let found = units(plan, std::slice::from_ref(&some), open, same)?;
    Ok(found.into_iter().map(|unit| unit.fate).collect())
}

fn level(unit: &Unit) -> Option<&str> {
    let level = unit.strata.iter().find(|stratum| stratum.kind == "level");
    level.map(|stratum| stratum.value.as_str())
}
