//! Throughline follows the line of care through each person's record and tells the people
//! responsible for a behavioural-health system of care whether it holds.
//!
//! Data flows one way through the rooms; a room uses only rooms above it.
//!
//! | room | what it is for |
//! |---|---|
//! | [`terms`] | the field's vocabulary as types: days, windows, periods, levels of care, service classes |
//! | [`synth`] | made-up extracts with planted effects, for samples and tests |
//! | [`diagnostic`] | one problem in a user's file, drawn on the user's text, with a way out |
//! | [`extract`] | delivered files become timeline rows, or refused rows with reasons |
//! | [`store`] | snapshots on disk: the timeline table in Parquet, its manifest, atomic commits |
//! | [`timeline`] | one member's events in order: enrolment, contacts, stays merged into spells |
//! | [`indicator`] | an indicator as data: read, checked, described, evaluated for one member |
//! | [`kernel`] | Arrow batches of timelines in, exact tallies out; the only parallel loop over members |
//! | [`statistics`] | pure functions on numbers: intervals, quantiles, control charts |
//! | [`oversight`] | tallies to published tables: standards, signals, verdicts, suppression; ad-hoc SQL |
//! | [`study`] | courses of care: cohorts, pathways of interventions, state sequences, fair comparisons |
//! | [`chart`] | published numbers as SVG |
//! | [`report`] | pages, workbooks and interchange files |
//! | [`pipeline`] | a run, in the order the data flows |
//!
//! The binary adds arguments, progress and messages; no room knows of it.

pub mod chart;
pub mod diagnostic;
pub mod extract;
pub mod indicator;
pub mod kernel;
pub mod oversight;
pub mod pipeline;
pub mod report;
pub mod statistics;
pub mod store;
pub mod study;
pub mod synth;
pub mod terms;
pub mod timeline;
