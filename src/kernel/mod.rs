//! Arrow batches of timelines in, tallies out; the only parallel loop.

mod block;
mod board;
mod count;
mod examples;
mod plan;
mod run;
mod tally;
mod values;

pub use examples::check_examples;
pub use plan::{Plan, StratumKind};
pub use run::{Error, count};
pub use tally::{Cell, Group, Stratum, Tallies, Tally};
