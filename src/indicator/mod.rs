//! An indicator as data: read, checked, described, evaluated for one member.

pub mod care;
mod course;
pub mod criterion;
mod example;
mod example_rows;
mod happening;
mod home;
mod measure;
mod member_course;
pub mod member_value;
mod picture;
pub mod population;
mod provider;
mod read;
mod read_contact;
mod read_criterion;
mod read_happening;
mod read_index;
mod read_instruments;
mod read_member;
mod read_rate;
mod read_rule;
mod read_score;
mod read_shape;
mod record_unit;
mod rule;
mod score;
mod sentence;
mod sentence_course;
mod sentence_member;
mod signal;
mod so_far;
mod status;
mod thing;
pub mod unit;
mod unit_value;
mod walk;
pub mod year;

pub use course::{Course, Happens, OwnTest};
pub use example::{Example, Expect};
pub use happening::Happening;
pub use home::{HomeQuestion, HomeValue};
pub use measure::{Better, Display, Evidence, Family, Interval, Measure, Scale, Shape};
pub use picture::{Picture, Role, RuleWindow, picture};
pub use read::{DEFAULT_PRESET, Definition, INSTRUMENTS, TABLES, presets, read};
pub use read_instruments::read_instruments;
pub use rule::{
    Candidates, Chain, Comparison, ContactShare, Criterion, EventSet, Exclusion, ExclusionTest,
    Index, Indicator, MemberRule, MemberValue, RateRule, Rule, Share, Thing, Unit,
};
pub use score::{Known, PairQuestion, PairTest, ScoreValue, Scored};
pub use so_far::{SoFar, so_far};
pub use status::{Answered, Said, StatusTest};
pub use thing::Sum;
pub use unit_value::UnitValue;
