//! One integration-test crate. Each module brings its cases through the front door of a room.

mod cli;
mod contract;
mod definitions;
mod delivered;
mod delivered_properties;
mod explain;
mod faults;
mod gate;
mod golden;
mod history;
mod identifiers;
mod ingest;
mod kernel;
mod low_quality;
mod oversight;
mod pseudonymize;
mod reconcile;
mod report;
mod second;
mod site;
mod small;
mod statistics;
mod store;
mod study;
mod synth;
mod tidy;
