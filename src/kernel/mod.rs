//! Arrow batches of timelines in, tallies out; the only parallel loop.

mod bed;
mod block;
mod board;
mod contract;
mod count;
mod evidence;
mod examples;
mod joint;
mod ledger;
mod needs;
mod part;
mod plan;
mod rate_unit;
mod run;
mod sort;
mod spread;
mod stream_rows;
mod sums;
mod supply;
mod tally;
mod things;
mod total;
mod units;
mod wire;

pub use contract::{Breach, Checked, Contract, KEYS};
pub use evidence::evidence;
pub use examples::check_examples;
pub use joint::{BETWEEN, JOINT, has_expected_count};
pub use plan::{Plan, StratumKind};
pub use run::{Error, count};
pub use supply::{SERVICE_CLASS, Supply};
pub use tally::{Cell, Group, Stratum, Tallies, Tally, Values};
pub use units::{Fate, Unit, add_up, units};
pub use wire::{Part, Seen, Task, WireError, schema as tallies_schema};
