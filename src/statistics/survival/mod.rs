//! Time to event. Time is whole days after time zero, so that many members share a day; everything is
//! sorted once and then done for one day at a time. Members censored on a day are at risk on it.
//!
//! | question | functions |
//! |---|---|
//! | how many are still without the event? | [`kaplan_meier`], [`SurvivalCurve`] |
//! | how long until it, on average, within a horizon? | [`RestrictedMean`], [`compare_restricted_means`] |
//! | do groups differ? | [`log_rank()`], [`gray()`] |
//! | how many have it, when something else may come first? | [`cumulative_incidence`] |
//! | what goes with it, and what does that mean for one member? | [`cox()`], [`proportional_hazards`], [`fine_gray()`], [`expected_survival`] |
//! | how often does it come again? | [`mean_cumulative_function`], [`cox()`] by cluster |
//! | where are members when they move between states? | [`state_occupation`] |

mod cox;
mod cox_pass;
mod curve;
mod expected;
mod fine_gray;
mod follow_up;
mod gray;
mod incidence;
mod log_rank;
mod proportional;
mod recurrent;
mod restricted_mean;
mod robust;
mod sorted;
mod states;

pub use cox::{Coefficient, CoxData, CoxError, CoxFit, Ties, cox};
pub use curve::{CurveLimits, Quantile, SurvivalCurve, SurvivalStep, kaplan_meier};
pub use expected::{ExpectedStep, expected_survival};
pub use fine_gray::{FineGrayData, fine_gray};
pub use follow_up::{CENSORED, FollowUp};
pub use gray::gray;
pub use incidence::{CumulativeIncidence, IncidenceStep, cumulative_incidence};
pub use log_rank::{GroupTest, Grouped, log_rank};
pub use proportional::{HazardsTest, ProportionalHazards, TimeScale, proportional_hazards};
pub use recurrent::{MeanCount, MeanCountStep, mean_cumulative_function};
pub use restricted_mean::{RestrictedMean, RestrictedMeans, compare_restricted_means};
pub use states::{StateStep, Stretch, state_occupation};
