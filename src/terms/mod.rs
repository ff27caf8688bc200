//! The field's vocabulary as types. Nothing here reads a file, a clock or a random number.
//!
//! | word | type | meaning |
//! |---|---|---|
//! | day | [`Day`] | a civil date, counted in days since 1970-01-01 |
//! | window | [`Window`] | days from an index, inclusive at both ends |
//! | period | [`Period`] | a month, quarter or year that results are reported for |
//! | level | [`Level`] | the neutral level of care, 0 prevention … 6 inpatient |
//! | class | [`ServiceClass`] | what kind of service a contact was |
//! | table | [`Table`] | a table of the data model, as a sender delivers it |
//! | kind | [`Kind`] | what kind of event a row of the timeline table is |

mod bucket;
mod class;
pub mod codes;
pub mod column;
mod day;
pub mod diagnosis;
pub mod institution;
pub mod instrument;
mod kind;
mod level;
mod period;
mod status;
mod table;
mod window;

pub use bucket::bucket_of;
pub use class::ServiceClass;
pub use day::Day;
pub use kind::Kind;
pub use level::Level;
pub use period::{Grain, Period};
pub use status::{Employment, LivingSituation};
pub use table::Table;
pub use window::Window;
