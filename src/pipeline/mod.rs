//! A run, in the order the data flows: extracts → store → timelines → tallies → published tables →
//! report.

mod activities;
mod arrow_stream;
mod catalogue;
mod completion;
mod evidence;
mod explain;
mod period;
mod place;
mod plan_file;
mod publish;
mod quality;
mod read;
mod read_contract;
mod read_privacy;
mod read_source;
mod reconcile;
mod register;
mod release;
mod run;
mod search;
mod stage;
mod study;
mod study_register;
mod supply;
mod tallies;
mod task;
mod units;
mod verify;
mod views;
mod worklist;
mod worklist_rules;

pub use activities::activities;
pub use catalogue::{Catalogue, read_definition, read_registry};
pub use evidence::{Line, MemberRows};
pub use explain::{Case, Explained, Question, explain};
pub use period::{any_period, month, reported};
pub use place::{check_apart, check_file, check_folders, check_out};
pub use plan_file::{PROGRAM, PlanFile, Ready, Sources};
pub use publish::{content, publish, tables, write_tables};
pub use read::{Pipeline, read};
pub use read_contract::check_contract;
pub use reconcile::{Comparison, reconcile, reconcile_folder};
pub use register::Packed;
pub use release::{Earlier, Refused, Released, release};
pub use run::{
    Accept, Counted, Folders, Prepared, count, ingest, ingest_accepting, internal_folder, prepare,
    report_folder, snapshot, snapshot_by_id, unread_data, unstated_runout,
};
pub use search::search_stream;
pub use stage::{OnStage, Stage};
pub use study::{Studied, StudyFile, read_study_file, release_study, study, write_internal_study};
pub use supply::{Limits, supply};
pub use tallies::{Bucket, count_bucket, counted, merge};
pub use task::count_stream;
pub use units::{check_units_file, outcome, reason, units_table};
pub use verify::{recount, verify_report};
pub use views::{RESULTS, asks_for_results, asks_for_results_only, view_columns, views};
pub use worklist::worklist;
pub use worklist_rules::{Record, WorkRule, WorkTest, read_worklists};
