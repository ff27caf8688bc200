//! How many contacts say that somebody was in 24-hour care: where no stays are delivered, those are all
//! that is known of stays.

use super::delivery::Delivery;
use super::rows::{NO_CODE, Rows};
use super::source::Reading;
use crate::terms::codes::ContactStatus;
use crate::terms::{ServiceClass, column, institution};

/// Rows of a bucket of contacts from which the timeline derives stays: attended, and in 24-hour care by
/// place, code or class, the row's own or its code's. `taken_in` are the rows that are stored.
pub(super) fn days(
    delivery: &Delivery,
    reading: &Reading,
    rows: &Rows,
    taken_in: impl Iterator<Item = usize>,
) -> u64 {
    let says = |name: &str, is_so: &dyn Fn(&str) -> bool, unsaid: bool| {
        let column = reading.plan.slot(name).map(|slot| &rows.columns[slot]);
        let texts = delivery.pools.get(name).filter(|_| column.is_some());
        let answers: Vec<bool> = texts.iter().flat_map(|pool| pool.texts().map(is_so)).collect();
        move |row: usize| {
            let code = column.map_or(NO_CODE, |column| column.code(row));
            if code == NO_CODE { unsaid } else { answers[code as usize] }
        }
    };
    let is_class = |text: &str| ServiceClass::from_name(text).is_some_and(ServiceClass::is_24_hour);
    let is_mapped = |code: &str| delivery.map.get(code).is_some_and(|it| it.class.is_24_hour());
    let attended = says(column::STATUS, &|text| text == ContactStatus::Attended.name(), true);
    let by_place = says(column::SETTING, &|place| institution::PLACES.contains(&place), false);
    let by_code = says(column::CODE, &|code| institution::CODES.contains(&code), false);
    let by_class = says(column::CLASS, &is_class, false);
    let has_class = says(column::CLASS, &|_| true, false);
    let by_map = says(column::CODE, &is_mapped, false);
    let is_one = |row: &usize| {
        let of_class = by_class(*row) || (!has_class(*row) && by_map(*row));
        attended(*row) && (by_place(*row) || by_code(*row) || of_class)
    };
    taken_in.filter(is_one).count() as u64
}
