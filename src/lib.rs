//! Throughline follows the line of care through each person's record and tells the people
//! responsible for a behavioural-health system of care whether it holds.

pub mod extract;
pub mod indicator;
pub mod kernel;
pub mod oversight;
pub mod store;
pub mod terms;
