//! One member's events in order: enrolment, contacts, stays merged into spells, days at each level.
//!
//! A [`Reader`] takes Arrow batches of the timeline table, checks that they are in order, and hands
//! out one [`Timeline`] after another.

mod attribute;
mod batch;
mod complete;
mod contact;
mod contact_day;
mod contact_kind;
mod enrolment;
mod filter_answer;
mod found;
mod home;
mod intern;
mod member;
mod needed;
mod outcome;
mod phase;
mod reader;
mod records;
mod rows;
mod score;
mod spans;
mod spell;
mod take_contact;

pub use contact::{Basis, ContactFilter};
pub use contact_day::{ContactSum, OrganisationDay};
pub use enrolment::{Enrolled, Enrolment};
pub use found::{Found, Oddity, Times};
pub use home::{HomeRun, LivingSpan};
pub use intern::{Interner, UNKNOWN};
pub use member::{
    Assessment, CarePlan, Cost, EdTime, EdVisit, Event, LevelDay, OwnSpells, Referral, Timeline,
    Visit, days_within,
};
pub use needed::columns;
pub use outcome::OutcomeRecord;
pub use phase::{LOOK_BACK_DAYS, Phase, PhaseRun, Phases};
pub use reader::{Reader, Summary};
pub use score::Score;
pub use spans::DaySpans;
pub use spell::{Joins, OwnSet, Spell, SpellSet, Stay};

use std::sync::Arc;

use crate::terms::Day;
use crate::terms::instrument::Instruments;

/// What a reader has to keep of each row.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a kind of row that may be needed or not"
)]
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Distinct rules about contacts; a timeline has the days of each.
    pub filters: Vec<ContactFilter>,
    /// For each of them, whether the contacts of a day are counted.
    pub counted: Vec<bool>,
    /// For each of them, whether minutes and money of the contacts of a day are added up; shorter than
    /// the filters if none of the rest is.
    pub summed: Vec<bool>,
    /// For each of them, whether the agencies of a day are needed; shorter than the filters if none of
    /// the rest is.
    pub agencies: Vec<bool>,
    /// For each of them, whether the organisations that the contacts of a day name are needed; shorter
    /// than the filters if none of the rest is.
    pub organisations: Vec<bool>,
    /// For each of them, whether the providers of each contact are needed; shorter than the filters if
    /// none of the rest is.
    pub providers: Vec<bool>,
    /// Whether treatment visits with their providers are needed.
    pub visits: bool,
    /// Of visits, whether the clinician, the team and the agency are needed.
    pub visits_to: [bool; 3],
    /// Whether levels of ambulatory days are needed.
    pub levels: bool,
    /// Whether costs are needed.
    pub costs: bool,
    /// Whether referrals are needed.
    pub referrals: bool,
    /// Whether more of stays than their days, level and diagnosis is needed.
    pub stays: bool,
    /// Sets of stays that rules name by their levels, each once.
    pub sets: Vec<OwnSet>,
    /// Whether the facilities of stays are needed.
    pub facilities: bool,
    /// Whether further diagnoses of stays and of visits to emergency departments are needed.
    pub further_diagnoses: bool,
    /// Whether needs for help from sectors are needed.
    pub sectors: bool,
    /// Whether lead clinicians of members and plans are needed.
    pub leads: bool,
    /// Whether times of day of events and of visits to emergency departments are needed.
    pub times: bool,
    /// Whether outcome records are needed besides recommended levels.
    pub outcomes: bool,
    /// Whether scores on instruments of the registry are needed.
    pub scores: bool,
    /// Whether it is needed where members live on each day.
    pub homes: bool,
    /// Whether phases of recovery are needed.
    pub phases: bool,
    /// Whether more of care plans than their planned ends is needed.
    pub plans: bool,
    /// Attributes of members (columns of `member` rows) that results are broken down by.
    pub attributes: Vec<&'static str>,
}

/// How timelines are read in this run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Days between a discharge and an admission that still continue a spell.
    pub transfer_gap: i32,
    /// Data are complete up to this day.
    pub data_through: Day,
    /// True if no enrolment was delivered: members are then enrolled from their first row to the
    /// data-through date.
    pub assume_enrolment: bool,
    /// True if no stays were delivered: they are then derived from contacts of 24-hour care.
    pub derive_stays: bool,
    /// The registry of instruments; scores on others are not looked at.
    pub instruments: Arc<Instruments>,
}

/// A stream of batches that breaks the contract of the timeline table. No value of a row is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A column has another type than the schema says.
    #[error("column `{column}` has a type that the timeline schema does not allow")]
    ColumnType {
        /// The column.
        column: &'static str,
    },
    /// A column that every stream has to have is not there.
    #[error("column `{column}` is missing from the timeline stream")]
    MissingColumn {
        /// The column.
        column: &'static str,
    },
    /// A key is null.
    #[error("row {row} of the timeline stream has an empty `{column}`")]
    NullKey {
        /// Row of the stream, counted from 0.
        row: u64,
        /// The column.
        column: &'static str,
    },
    /// A kind that is not in the data model.
    #[error("row {row} of the timeline stream has an unknown kind")]
    UnknownKind {
        /// Row of the stream, counted from 0.
        row: u64,
    },
    /// Rows are not sorted, or a member's rows are not together.
    #[error(
        "row {row} of the timeline stream is out of order: sort by member_id, start_on, kind, record_id and keep each member together"
    )]
    OutOfOrder {
        /// Row of the stream, counted from 0.
        row: u64,
    },
}
