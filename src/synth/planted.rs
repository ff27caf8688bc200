//! What is planted in the data, so that a test can find it again, and the README that says so.

use crate::terms::Day;

/// The BHO whose members are rarely seen after a mental-health discharge.
pub const POOR_FOLLOW_UP_BHO: &str = "B4";
/// Its chance of a contact on day 1 to 7, in percent; the others have 44 to 52.
pub const POOR_FOLLOW_UP_PERCENT: i32 = 25;
/// The BHO whose 7-day follow-up steps up.
pub const STEP_BHO: &str = "B1";
/// Its chance of a contact on day 1 to 7 from the month of the step on, in percent; before, 44.
pub const STEP_PERCENT: i32 = 68;
/// Months from the start of the step to the end of the data.
pub const STEP_MONTHS: i32 = 8;
/// The county, in BHO B2, that places members at a higher level than was recommended.
pub const RESTRICTIVE_COUNTY: &str = "Juniper";
/// Share of the assessments with a recommended level of 1 to 3 there that are followed by care
/// around the clock, in percent; elsewhere, the other number.
pub const RESTRICTIVE_PERCENT: (i32, i32) = (45, 4);
/// The BHO with an outreach programme for members whose gap in care reaches 90 days.
pub const OUTREACH_BHO: &str = "B3";
/// The gap, in days, at which the programme takes up a member.
pub const OUTREACH_GAP_DAYS: i32 = 90;

/// First day of the step change in data of `months` months from `start`.
pub fn step_from(start: Day, months: i32) -> Day {
    start.months_later((months - STEP_MONTHS).max(months / 2))
}
