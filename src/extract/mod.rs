//! Delivered files become timeline rows, or refused rows with reasons.
//!
//! | step | where |
//! |---|---|
//! | which file feeds which table, by which columns | `folder`, `manifest`, `plan` over the list in `tables` |
//! | the names of a file's columns, before any is shown | `header` |
//! | a file becomes pieces, a piece records, a record fields | `pieces`, `split` |
//! | fields become numbers, or a fault | `fields`, `convert`, `value`, `pools` |
//! | rows go to the bucket of their member | `source`, `rows` |
//! | no identifier passes | `gate`, over `heading`, `identifier`, `number`, `date`, `person`; the policy is `privacy` |
//! | an extract for others, with tokens instead of ids | `pseudonymize`, `pseudonym`, `statement` |
//! | several files of one table; corrections and voids | `submission` |
//! | no key twice; every bucket in order | `duplicates`, `order` |
//! | rows as Arrow batches; what is to be said about each source | `timeline`, `profile` |

mod batches;
mod coarsen;
mod convert;
mod crosswalk;
mod damaged;
mod date;
mod date_pattern;
mod delivery;
mod duplicates;
mod fields;
mod filling;
mod folder;
mod form_words;
mod gate;
mod header;
mod heading;
mod identifier;
mod ids;
mod institution;
mod intake;
mod key_column;
mod limit;
mod manifest;
mod number;
mod numbers;
mod order;
mod person;
mod pieces;
mod plan;
mod pool;
mod pools;
mod privacy;
mod problem;
mod profile;
mod pseudonym;
mod pseudonym_action;
mod pseudonymize;
mod rows;
mod rule;
mod runout;
mod settings;
mod source;
mod split;
mod statement;
mod submission;
mod tables;
mod timeline;
mod unfit;
mod value;
mod value_search;

pub use crosswalk::{Service, ServiceMap};
pub use damaged::{guarded, is_guarded};
pub use date_pattern::DatePattern;
pub use delivery::{
    ColumnReport, Delivery, PrivacyReport, RefusedRow, SourceReport, SubmissionReport,
};
pub use header::looks_like_a_name;
pub use ids::Ids;
pub use intake::read;
pub use key_column::{Among, KEY_COLUMNS, KeyColumn, KeyRows};
pub use manifest::{Dates, MANIFEST, ManifestRow, read_manifest};
pub use privacy::{Identifier, Policy, Privacy, Treatment};
pub use problem::{Error, Excess, Lost, Problem};
pub use pseudonym::Key;
pub use pseudonymize::{Done, Pseudonymize, pseudonymize};
pub use rule::Rule;
pub use runout::PAYMENT;
pub use settings::{Intake, OnProgress, Phase, Progress, Range, RefusedMax, RepeatedKeys, Source};
pub use submission::Sent;
pub use tables::{Field, Form};
pub use timeline::{Timeline, seldom_repeating, text_type};
pub use unfit::{Setting, pattern};
pub use value_search::ValueSearch;
