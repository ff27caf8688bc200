//! An indicator as data: read, checked, described, evaluated for one member, explained.

mod measure;

pub use measure::{Better, Display, Evidence, Family, Interval, Measure, Scale, Shape};
