//! One integration-test crate. Each room brings its own module.

mod synth;
