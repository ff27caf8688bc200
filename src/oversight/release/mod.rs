//! Releases and each other: what was shown stays in a register, so that no release can be subtracted
//! from an earlier one.
//!
//! | file | what it is for |
//! |---|---|
//! | `register` | what was released when |
//! | `written` | how that is written down |
//! | `subtract` | where a table and an earlier release would give a small count away |
//! | `keep` | the way out that gives nothing away: periods stay as they were released |
//! | `restated` | what a release says differently from the one before |
//!
//! What is protected: a number that was shown stays shown, so that the proof of `suppress` holds for
//! everything that was ever shown of the same data; where data have changed, no count that can be seen
//! in both releases, and no rest of a sum with hidden parts, may differ by 1 to one less than the
//! threshold. Values of
//! overlapping windows, which are shown without counts, do not change at all. Sums are looked at one by
//! one. Indicators that are no longer reported, and different
//! presets of one indicator, are not compared with each other.

mod keep;
mod register;
mod restated;
mod subtract;
mod written;

pub use keep::{as_released, suppress_after};
pub use register::{CellKey, Pending, Register, Release, ReleasedCell, ReleasedSource, Shown};
pub use restated::{Restated, restated};
pub use subtract::{Conflict, Leak, conflicts};
pub use written::RegisterError;
