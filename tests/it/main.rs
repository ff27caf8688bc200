//! One integration-test crate. Each module brings its cases through the front door of a room.

mod definitions;
mod report;
mod statistics;
mod tidy;
