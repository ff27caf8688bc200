//! Tallies to published tables.
//!
//! [`tabulate()`] makes every row, [`suppress()`] hides what must not be shown, and only what comes out
//! of it can be drawn or written.

mod changes;
mod curve;
mod estimate;
mod publish;
mod query;
mod results;
mod ripeness;
mod row;
mod settings;
mod suppress;
mod tabulate;
mod trend;
mod verdict;

pub use changes::{Change, changes};
pub use curve::{Curve, CurvePoint};
pub use publish::{Published, PublishedTable, release_internal, suppress};
pub use query::{Answer, QueryError, query};
pub use results::{group_words, results_batch, results_csv};
pub use row::{Exact, Row, State, Verdict};
pub use settings::{RuleSet, Settings};
pub use tabulate::{LOWER_QUARTILE, MEDIAN, SHARE_HIGH, Table, UPPER_QUARTILE, tabulate};
pub use trend::{Trend, TrendPoint, trend, trend_in};
