//! How much there has to be of something, as a sentence.

use super::amount::{Amount, HowMuch};
use super::sentence::{contacts, within};
use super::sentence_stay::set_name;
use crate::timeline::ContactFilter;

/// “at least 30 nights in inpatient spells from day −364 to day 0 around the admission”.
pub(super) fn how_much(wanted: &HowMuch, noun: &str, filters: &[ContactFilter]) -> String {
    let bounds = match (wanted.at_least, wanted.at_most) {
        (least, i32::MAX) => format!("at least {least}"),
        (0, most) => format!("at most {most}"),
        (least, most) => format!("{least} to {most}"),
    };
    let of = match wanted.of {
        Amount::Nights(set) => format!("{bounds} nights in {}", set_name(set)),
        Amount::DaysAtLevel { least, carried } => format!(
            "{bounds} days at level {least} or above (days in 24-hour care, and days from a qualifying contact of such a level on, carried forward {carried} days)"
        ),
        Amount::Agencies => format!("{bounds} agencies with treatment visits"),
        Amount::SupplyDays { filter } => {
            format!("{bounds} days with the supply of {}", contacts(&filters[filter]))
        }
        Amount::SupplyInARow { filter, at_once } => format!(
            "{bounds} days in a row with {at_once} supplies at once, each of {}",
            contacts(&filters[filter])
        ),
        Amount::EachHalf { filter, apart } => format!(
            "{bounds} days with {} in either half of the time from the first to the last of them, which lie at least {apart} days apart,",
            contacts(&filters[filter])
        ),
    };
    format!("{of} {}", within(wanted.days, noun))
}
