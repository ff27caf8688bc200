//! Tallies to published tables.

mod estimate;
mod ripeness;
mod row;
mod settings;
mod tabulate;
mod verdict;

pub use row::{Exact, Row, State, Verdict};
pub use settings::{RuleSet, Settings};
pub use tabulate::{LOWER_QUARTILE, MEDIAN, SHARE_HIGH, Table, UPPER_QUARTILE, tabulate};
