//! The analysis data set: one row per person, for internal use. People have running numbers; nothing
//! of a row names a member.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Float64Array, Int32Array, RecordBatch, StringArray, UInt32Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::cohort::Cohort;
use super::description::Study;
use super::person::{Lost, Observed, Person};

/// The rows of everybody with an index event that stays, in the order of the cohort.
///
/// # Errors
/// If two columns have one name.
pub fn analysis_rows(study: &Study, cohort: &Cohort) -> Result<RecordBatch, ArrowError> {
    let people = || cohort.people.iter();
    let mut fields: Vec<Field> = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let mut add = |name: &str, kind: DataType, column: ArrayRef| {
        fields.push(Field::new(name, kind, true));
        columns.push(column);
    };
    let numbers: UInt32Array = (1_u32..).take(cohort.people.len()).map(Some).collect();
    add("person", DataType::UInt32, Arc::new(numbers));
    let days: Date32Array = people().map(|one| Some(one.index.0)).collect();
    add("index_on", DataType::Date32, Arc::new(days));
    let strategies: StringArray =
        cohort.arms.iter().map(|arm| arm.map(|arm| study.strategies[arm].name.as_str())).collect();
    add("strategy", DataType::Utf8, Arc::new(strategies));
    let lost: StringArray = people().map(|one| one.lost.map(words)).collect();
    add("lost_before_time_zero", DataType::Utf8, Arc::new(lost));
    let integers = |value: &dyn Fn(&Person) -> Option<i32>| -> ArrayRef {
        Arc::new(people().map(value).collect::<Int32Array>())
    };
    let floats = |value: &dyn Fn(&Person) -> Option<f64>| -> ArrayRef {
        Arc::new(people().map(value).collect::<Float64Array>())
    };
    add("follow_up_days", DataType::Int32, integers(&|one| Some(one.follow_up)));
    add("death_day", DataType::Int32, integers(&|one| one.death));
    for (place, outcome) in study.outcomes.iter().enumerate() {
        let seen = |one: &Person| one.outcomes.get(place).copied();
        let value = |one: &Person| match seen(one)? {
            Observed::First(day) => day.map(f64::from),
            Observed::Amount { total, .. } => Some(total),
            Observed::Unmeasured => None,
        };
        let days = |one: &Person| match seen(one)? {
            Observed::First(_) | Observed::Unmeasured => None,
            Observed::Amount { days, .. } => Some(days),
        };
        add(&format!("outcome: {}", outcome.name), DataType::Float64, floats(&value));
        add(&format!("days of: {}", outcome.name), DataType::Int32, integers(&days));
    }
    for (place, covariate) in study.covariates.iter().enumerate() {
        let name = format!("covariate: {}", covariate.name);
        add(&name, DataType::Float64, floats(&|one| one.covariates[place]));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn words(lost: Lost) -> &'static str {
    match lost {
        Lost::Outcome => "outcome",
        Lost::Died => "died",
        Lost::NotObserved => "not observed",
    }
}
