//! One integration-test crate. Each module brings its cases through the front door of a room.

mod definitions;
mod delivered;
mod delivered_properties;
mod gate;
mod ingest;
mod report;
mod statistics;
mod store;
mod synth;
mod tidy;
