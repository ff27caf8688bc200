//! A run, in the order the data flows: extracts → store → timelines → tallies → published tables →
//! report.

mod catalogue;
mod period;
mod publish;
mod quality;
mod read;
mod read_source;
mod run;
mod stage;
mod study;
mod views;

pub use catalogue::{Catalogue, read_definition};
pub use period::{month, reported};
pub use publish::{content, publish, write_tables};
pub use read::{Pipeline, read};
pub use run::{Counted, Folders, count, ingest, internal_folder, report_folder, snapshot};
pub use stage::{OnStage, Stage};
pub use study::{Studied, read_study_file, study, write_study_report};
pub use views::{RESULTS, asks_for_results, asks_for_results_only, views};
