//! Tallies to published tables.

mod row;

pub use row::{Exact, Row, State};
