//! One problem in a user's file, drawn on the user's text, with a way out. Readers collect all
//! problems of all files before anything stops.

mod document;
mod fields;
mod problem;

pub use document::{Document, Node, Section, Value};
pub use fields::{Fields, listed};
pub use problem::{Problem, Problems, Source, suggest};
