//! Tallies to published tables.
//!
//! [`tabulate()`] makes every row, [`suppress()`] hides what must not be shown, and only what comes out
//! of it can be drawn or written.

mod changes;
mod checks;
mod checks_of_data;
mod checks_of_numbers;
mod completion;
pub mod contract;
mod curve;
mod delivery;
mod disparity;
mod estimate;
mod expected;
mod peers;
mod providers;
mod publish;
#[cfg(feature = "sql")]
mod query;
mod reconcile;
mod release;
mod results;
mod ripeness;
mod row;
mod scorecard;
mod settings;
mod standardised;
mod suppress;
mod tabulate;
mod trend;
mod verdict;

pub use changes::{Change, changes};
pub use checks::{Check, Facts, Finding, checks, whole_percent};
pub use completion::{Completion, Span};
pub use curve::{Curve, CurvePoint};
pub use delivery::{Thin, thin_organisations, thin_tables};
pub use disparity::{Disparity, disparities};
pub use peers::{Compared, FunnelStep, Peer, PeerPlot, Place, Standard, peers};
pub use providers::provider_peers;
pub use publish::{Published, PublishedTable, release_internal, suppress};
#[cfg(feature = "sql")]
pub use query::{Answer, QueryError, query};
pub use reconcile::{
    Asked, Fault, Faults, Grade, MEMBER_COLUMNS, MemberDifference, MemberLists, MemberReason,
    Origin, RECONCILED_COLUMNS, Reconciled, ReportedRate, Sources, differing, members_csv,
    read_members, read_reported, reconcile, reconciled_csv,
};
pub use release::{
    CellKey, Conflict, Leak, Pending, Register, RegisterError, Release, ReleasedCell,
    ReleasedSource, Restated, Shown, as_released, conflicts, restated, suppress_after,
};
pub use results::{group_words, results_batch, results_csv};
pub use row::{Exact, Row, State, Verdict};
pub use scorecard::{
    Assurance, Line, ObjectiveCard, ScoreCell, Scorecard, Standing, Variation, scorecard,
};
pub use settings::{Adjusted, RuleSet, Settings};
pub use standardised::STANDARDISED_RATIO;
pub use tabulate::{
    GEOMETRIC_MEAN, LOWER_QUARTILE, MEDIAN, SHARE_HIGH, SHARE_VERY_HIGH, Table, UPPER_QUARTILE,
    is_share_high, tabulate,
};
pub use trend::{Trend, TrendPoint, trend, trend_in};
