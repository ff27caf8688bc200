//! An indicator as data: read, checked, described, evaluated for one member.

pub mod care;
pub mod criterion;
mod example;
mod example_rows;
mod measure;
pub mod member_value;
mod picture;
pub mod population;
mod read;
mod read_contact;
mod read_criterion;
mod read_index;
mod read_member;
mod read_rate;
mod read_rule;
mod rule;
mod sentence;
mod sentence_member;
mod so_far;
pub mod unit;
pub mod year;

pub use example::{Example, Expect};
pub use measure::{Better, Display, Evidence, Family, Interval, Measure, Scale, Shape};
pub use picture::{Picture, Role, RuleWindow, picture};
pub use read::{DEFAULT_PRESET, Definition, TABLES, presets, read};
pub use rule::{
    Candidates, Chain, Comparison, ContactShare, Criterion, EventSet, Exclusion, ExclusionTest,
    Index, Indicator, MemberRule, MemberValue, RateRule, Rule, Share, Thing, Unit,
};
pub use so_far::{SoFar, so_far};
