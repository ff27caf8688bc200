//! One integration-test crate. Each room brings its own module.

mod delivered;
mod ingest;
mod store;
