//! One integration-test crate. Each room brings its own module.

mod definitions;
mod report;
mod statistics;
mod tidy;
