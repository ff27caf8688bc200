//! The design of a study as data: who is followed from when, what is compared, and on which outcomes.

use std::ops::Range;

use crate::indicator::{EventSet, PairTest};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Level, Window};
use crate::timeline::{Phases, SpellSet};

use super::bootstrap::Draws;

/// One way of care among those that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    /// What charts and tables call it.
    pub name: String,
    /// What makes a member's care be it.
    pub exposure: Exposure,
}

/// What has to be received, when and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// Some interventions in their windows, and none of others in theirs.
    Received {
        /// All of these.
        gets: Vec<Dose>,
        /// Each of them begins after the one before.
        in_order: bool,
        /// None of these.
        never: Vec<Dose>,
    },
    /// None of the other strategies.
    Otherwise,
}

/// An intervention, or any of several, in a window of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dose {
    /// Their places among the interventions of the study.
    pub interventions: Vec<usize>,
    /// Days after the index.
    pub days: Window,
    /// The least number of days with one of them.
    pub at_least: usize,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What charts and tables call it.
    pub name: String,
    /// What is measured.
    pub measure: OutcomeMeasure,
    /// True if the strategies cannot plausibly change it, so that a difference tells of bias.
    pub negative_control: bool,
    /// Where the file says so.
    pub place: Range<usize>,
}

/// What is measured after time zero.
#[derive(Debug, Clone, PartialEq)]
pub enum OutcomeMeasure {
    /// When something happens, if it does.
    First(Happening),
    /// How much of something there is for the time observed.
    Amount(Amount),
}

/// Something that happens on a day.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// An unplanned admission.
    Admission {
        /// To what.
        set: SpellSet,
        /// With a principal diagnosis in one of these groups, or any.
        diagnosis: Vec<DiagnosisGroup>,
    },
    /// A visit to an emergency department, with a diagnosis in one of these groups, or any.
    EdVisit {
        /// One of these groups, if any are named.
        diagnosis: Vec<DiagnosisGroup>,
        /// And none of these.
        diagnosis_not: Vec<DiagnosisGroup>,
    },
    /// An event.
    Event(EventSet),
    /// A contact that passes a filter of the study.
    Contact(usize),
    /// So many days at risk without a qualifying contact.
    Disengagement(i32),
    /// A level of care, for some days in a row.
    Level(LevelRun),
    /// Death.
    Death,
}

/// Days in a row at a level of care in a range. It happens on the last of them, so that nothing after
/// it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelRun {
    /// The lowest level.
    pub lowest: Level,
    /// The highest one.
    pub highest: Level,
    /// How many days, all of them after time zero; at least 1.
    pub days: i32,
}

/// Something that adds up over days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Days outside institutions and custody, of the days observed.
    CommunityDays,
    /// Nights in 24-hour care, per member and year.
    Nights(SpellSet),
    /// Dollars, per member and year.
    Cost,
    /// Days with a contact that passes a filter of the study, per member and year.
    ContactDays(usize),
    /// Admissions, per member and year.
    Admissions(SpellSet),
    /// Members whose last score of follow-up differs from the first one around the index by more than
    /// error, of those with both; the baseline is counted from the index.
    Scores(PairTest),
    /// The level of care, 0 to 6, as a mean over the days observed outside custody.
    MeanLevel,
    /// The level of care, 0 to 6, on a day after time zero, of members who are seen then.
    LevelOn(i32),
}

impl Amount {
    /// What a value is a number of.
    pub fn unit(self) -> &'static str {
        match self {
            Self::CommunityDays => "share of days",
            Self::Nights(_) => "nights per member-year",
            Self::Cost => "dollars per member-year",
            Self::ContactDays(_) => "contact days per member-year",
            Self::Admissions(_) => "admissions per member-year",
            Self::Scores(_) => "share of members scored twice",
            Self::MeanLevel | Self::LevelOn(_) => "on the scale of levels 0 to 6",
        }
    }

    /// What a mean over days is multiplied by: days of a year, for numbers per member and year.
    pub fn scale(self) -> f64 {
        let is_mean = self.is_share() || matches!(self, Self::MeanLevel | Self::LevelOn(_));
        if is_mean { 1.0 } else { 365.25 }
    }

    /// True if a mean of it is a share, and not a number per member and year.
    pub fn is_share(self) -> bool {
        matches!(self, Self::CommunityDays | Self::Scores(_))
    }
}

/// Something known of a member at the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// What tables call it.
    pub name: String,
    /// What is known.
    pub fact: Fact,
    /// True if estimates are also made within its parts.
    pub stratum: bool,
    /// Where the file says so.
    pub place: Range<usize>,
}

/// What is known of a member at the index, as a number; counts enter as ln(1 + n).
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Age in years.
    Age,
    /// A serious mental illness, recorded or by diagnosis in the 24 months up to the index; with the
    /// place of the filter of contacts for a severe one.
    SeriousMentalIllness(usize),
    /// A text of the members table is one of these.
    Attribute {
        /// The place of its column among those of the study.
        column: usize,
        /// The texts.
        is: Vec<String>,
    },
    /// Nights of the spell that the index ends.
    IndexNights,
    /// The principal diagnosis of that spell is in one of these groups.
    IndexDiagnosis(Vec<DiagnosisGroup>),
    /// Nights in 24-hour care.
    Nights(SpellSet, Window),
    /// Admissions.
    Admissions(SpellSet, Window),
    /// Visits to emergency departments.
    EdVisits(Window),
    /// Days with a contact that passes a filter of the study.
    ContactDays(usize, Window),
    /// Events.
    Events(EventSet, Window),
    /// The phase of recovery on time zero is one of these. People are parted by it, and no model
    /// adjusts for it: between index and time zero it may have become what it is by what is compared.
    Phase(Phases),
}

impl Fact {
    /// True if the number is 0 or 1.
    pub fn is_yes_or_no(&self) -> bool {
        matches!(
            self,
            Self::SeriousMentalIllness(_)
                | Self::Attribute { .. }
                | Self::IndexDiagnosis(_)
                | Self::Phase(_)
        )
    }

    /// True if models adjust for it.
    pub fn is_before(&self) -> bool {
        !matches!(self, Self::Phase(_))
    }
}

/// How strategies are told apart without looking into the time that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// By what was received up to the index; time zero is the index.
    AtIndex,
    /// By what was received up to a day after the index; that day is time zero, and whoever had the
    /// first outcome, died or was lost before it is not compared.
    Landmark(i32),
    /// Each member is taken into every strategy from the index on, and leaves one when care departs
    /// from it; those who stay stand for those who left. Strategies have to be met by this day.
    Grace(i32),
}

impl Timing {
    /// The last day after the index that may tell strategies apart.
    pub fn last_day(self) -> i32 {
        match self {
            Self::AtIndex => 0,
            Self::Landmark(day) | Self::Grace(day) => day,
        }
    }

    /// Days from the index to time zero.
    pub fn zero(self) -> i32 {
        match self {
            Self::AtIndex | Self::Grace(_) => 0,
            Self::Landmark(day) => day,
        }
    }
}

/// How strategies are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// When members are told apart.
    pub timing: Timing,
    /// The place of the strategy that the others are compared with.
    pub reference: usize,
    /// Quantiles to which weights are pulled in.
    pub truncate: (f64, f64),
    /// Draws of members for intervals.
    pub draws: Draws,
}

/// What a comparison would be as a trial, in the author's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protocol {
    /// Every row: what it is about, and what the author says.
    pub rows: Vec<(&'static str, String)>,
}

impl Protocol {
    /// The rows that a protocol has.
    pub const KEYS: [&'static str; 7] =
        ["eligibility", "strategies", "assignment", "time_zero", "outcome", "contrast", "analysis"];

    /// True if every row is there: only then may the text say effect.
    pub fn is_complete(&self) -> bool {
        self.rows.len() == Self::KEYS.len()
    }
}
