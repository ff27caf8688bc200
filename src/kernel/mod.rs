//! Arrow batches of timelines in, tallies out; the only parallel loop.

mod bed;
mod block;
mod board;
mod count;
mod evidence;
mod examples;
mod ledger;
mod needs;
mod part;
mod plan;
mod run;
mod spread;
mod supply;
mod tally;
mod things;
mod total;
mod units;

pub use evidence::evidence;
pub use examples::check_examples;
pub use plan::{Plan, StratumKind};
pub use run::{Error, count};
pub use supply::{SERVICE_CLASS, Supply};
pub use tally::{Cell, Group, Stratum, Tallies, Tally, Values};
pub use units::{Fate, Unit, add_up, units};
