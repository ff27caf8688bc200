//! One integration-test crate. Each module brings its cases through the front door of a room.

mod cli;
mod definitions;
mod delivered;
mod delivered_properties;
mod explain;
mod gate;
mod golden;
mod ingest;
mod kernel;
mod oversight;
mod report;
mod second;
mod statistics;
mod store;
mod study;
mod synth;
mod tidy;
