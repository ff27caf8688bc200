//! Arrow batches of timelines in, tallies out; the only parallel loop.

mod tally;

pub use tally::{Cell, Group, Stratum, Tallies, Tally};
