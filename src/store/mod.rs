//! Snapshots on disk: the timeline table in Parquet, its manifest, and one pointer that is swapped
//! atomically.
//!
//! ```text
//! STORE/current                      the id of the snapshot in force
//! STORE/history.json                 which snapshots were put in force, and what was accepted
//! STORE/snapshots/ID/manifest.json   what the snapshot was made from, and its files
//! STORE/snapshots/ID/bucket-000.parquet …
//! STORE/snapshots/ID/refused.parquet, refused.csv
//! STORE/snapshots/ID/activities.parquet   if activities were delivered
//! STORE/tmp-…                        what a run that was killed left; the next one removes it
//! ```
//!
//! Files of a snapshot are never changed. An id is made from the contents of the delivered files,
//! the settings and the program's version, so that the same extract twice changes nothing.

mod chunk;
mod commit;
mod error;
mod harmless;
mod history;
mod lag;
mod loss;
mod manifest;
mod pack;
mod refused;
mod snapshot;
mod verify;
mod write;

pub use commit::{Commit, Store};
pub use error::Error;
pub use harmless::harmless;
pub use history::{Entry, history, snapshots};
pub use lag::{Triangle, triangle};
pub use loss::{Loss, Losses, losses, missing_submissions};
pub use manifest::{FileEntry, Manifest, SourceEntry, SubmissionEntry};
pub use snapshot::{Snapshot, arrow_type, schema_of};
pub use verify::{Verification, verify};
pub use write::{read_table, replace_file, table_bytes, table_says, write_table};
