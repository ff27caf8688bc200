//! An indicator as data: read, checked, described, evaluated for one member.

mod activity;
mod amount;
pub mod answers;
mod assessed;
mod belongs;
pub mod candidate;
pub mod care;
mod course;
pub mod criterion;
mod event_set;
mod example;
mod example_rows;
pub mod excluded;
mod fitting;
mod happening;
mod home;
mod look_back;
mod measure;
mod member_course;
pub mod member_outcome;
pub mod member_value;
mod own;
mod picture;
pub mod population;
mod possible;
mod provider;
mod read;
mod read_amount;
mod read_contact;
mod read_criterion;
mod read_happening;
mod read_index;
mod read_instruments;
mod read_member;
mod read_member_value;
mod read_own;
mod read_rate;
mod read_record;
mod read_rule;
mod read_score;
mod read_shape;
mod read_stays;
mod read_unit_value;
mod read_visits;
mod record_unit;
mod relation_value;
pub mod relations;
mod rule;
mod score;
mod sentence;
mod sentence_amount;
mod sentence_course;
mod sentence_member;
mod sentence_rate;
mod sentence_row;
mod sentence_stay;
mod signal;
mod so_far;
mod status;
mod stay_unit;
mod thing;
pub mod unit;
mod unit_value;
mod visits;
mod walk;
mod widening;
pub mod window_set;
pub mod year;

pub use activity::{Activity, ActivitySum, minutes as activity_minutes};
pub use amount::{Amount, HowMuch};
pub use belongs::Belongs;
pub use course::{Course, Happens};
pub use example::{Example, Expect};
pub use example_rows::batch as example_rows;
pub use happening::Happening;
pub use home::{HomeQuestion, HomeValue};
pub use measure::{
    Better, Display, Evidence, Family, Interval, Measure, Scale, Shape, Spread, Tables, Widening,
};
pub use own::{OwnTest, are_young};
pub use picture::{Picture, Role, RuleWindow, picture};
pub use read::{DEFAULT_PRESET, Definition, INSTRUMENTS, TABLES, presets, read};
pub use read_instruments::read_instruments;
pub use read_member::severe as severe_contacts;
pub use rule::{
    Candidates, Chain, Comparison, ContactShare, Criterion, Delivered, EventSet, Exclusion,
    ExclusionTest, Index, Indicator, MemberCriterion, MemberRule, MemberValue, RateRule, Rule,
    Share, Thing, Unit, UnitMoney, UnitThing,
};
pub use score::{Known, PairQuestion, PairTest, ScoreValue, Scored, score_change};
pub use so_far::{SoFar, days_to_act, so_far};
pub use status::{Answered, Said, StatusTest};
pub use thing::{Organisation, Sum};
pub use unit_value::{Ratings, UnitValue};
pub use visits::Visits;
pub use walk::happenings_of;
