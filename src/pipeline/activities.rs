//! Activities of a snapshot, which rates about the community count.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type, Int64Type};

use crate::indicator::{Activity, activity_minutes};
use crate::store::{Error, Snapshot};
use crate::terms::{Day, column};

/// The activities of a snapshot, in its order; none if none were delivered.
///
/// # Errors
/// If the file cannot be read.
pub fn activities(snapshot: &Snapshot) -> Result<Vec<Activity>, Error> {
    let mut found = Vec::new();
    for batch in snapshot.activities()? {
        let number = |name: &str, row: usize| -> Option<i64> {
            let array = batch.column_by_name(name)?;
            if array.is_null(row) {
                return None;
            }
            let small = array.as_primitive_opt::<Int32Type>().map(|own| own.value(row).into());
            small.or_else(|| array.as_primitive_opt::<Int64Type>().map(|own| own.value(row)))
        };
        let days = batch.column_by_name(column::START_ON);
        let Some(days) = days.and_then(|days| days.as_primitive_opt::<Date32Type>()) else {
            continue;
        };
        for (row, day) in days.iter().enumerate() {
            found.extend(day.map(|day| Activity {
                day: Day(day),
                participants: number("participants_n", row),
                minutes: number("hours_milli", row).map(activity_minutes),
            }));
        }
    }
    Ok(found)
}
