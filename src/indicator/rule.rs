//! A checked definition: what is counted, as data.

use crate::terms::Window;
use crate::terms::codes::{Disposition, EventType, FacilityClass};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{ContactFilter, SpellSet};

/// What an indicator counts. Contact filters stand in the definition's list and are named here by
/// their place in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Units, each judged on its own.
    Share(Share),
    /// Members, each with a value over a window of months.
    Member(MemberRule),
    /// Things counted over days of person-time.
    Rate(RateRule),
    /// Days with care, by level.
    LevelMix,
}

/// A rule about units: which there are, which are left out, and which are met.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Which units there are.
    pub index: Index,
    /// Which are left out, each with its reason; the first that applies counts.
    pub exclusions: Vec<Exclusion>,
    /// Which are met.
    pub numerator: Criterion,
    /// True if the days from the index to the deciding event are kept.
    pub curve: bool,
}

/// Which units enter. What this drops is in no count.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// The unit.
    pub unit: Unit,
    /// Principal diagnosis in one of these groups; empty = any.
    pub diagnosis: Vec<DiagnosisGroup>,
    /// Or a last stay in one of these facilities, whatever the diagnosis.
    pub or_facility: Vec<FacilityClass>,
    /// Least age in years on the index day; an unknown age passes.
    pub age_min: Option<i32>,
    /// A discharge followed by such an admission in these days gives way to the later one.
    pub chain: Option<Chain>,
    /// Units less than this many days after the last kept one are dropped.
    pub apart: Option<i32>,
    /// Last month and day of a calendar year that a unit may fall on.
    pub until: Option<(u32, u32)>,
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The end of a spell of at least one night, of a member then alive.
    Discharge(SpellSet),
    /// A visit to an emergency department; visits on one date are one.
    EdVisit,
    /// An assessment with a recommended level.
    Assessment,
    /// The day on which a gap in care reaches this many days at risk.
    Disengagement {
        /// Days at risk without a qualifying contact.
        gap: i32,
    },
    /// A disengagement that is followed by a treatment contact in these days.
    Reengagement {
        /// Days at risk without a qualifying contact.
        gap: i32,
        /// Days after the disengagement.
        days: Window,
    },
}

/// The chain rule: of discharges that follow one another, only the last counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Days after the discharge.
    pub days: Window,
    /// Principal diagnosis of the later admission.
    pub diagnosis: Vec<DiagnosisGroup>,
}

/// A reason to leave a unit out.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclusion {
    /// The reason, in a reader's words.
    pub reason: String,
    /// When it applies.
    pub test: ExclusionTest,
}

/// When a unit is left out.
#[derive(Debug, Clone, PartialEq)]
pub enum ExclusionTest {
    /// Not enrolled on every day of the window.
    NotEnrolled {
        /// The window.
        days: Window,
        /// True if only the days before death matter.
        until_death: bool,
    },
    /// Index day plus this many days lies after the data-through date.
    NotObservable(i32),
    /// Died in the window.
    Died(Window),
    /// A hospice day in the window.
    Hospice(Window),
    /// Discharged to one of these.
    Disposition(Vec<Disposition>),
    /// An admission of a set in the window, with a principal diagnosis outside these groups (if
    /// any are named).
    Admission {
        /// The set.
        set: SpellSet,
        /// Groups that do not exclude; empty = every admission excludes.
        not_in: Vec<DiagnosisGroup>,
        /// The window; for an emergency visit it starts with the visit's own first day.
        days: Window,
    },
    /// The emergency visit ended in an admission, as recorded.
    EdAdmitted,
    /// No day of care in the window.
    NoService(Window),
    /// Members: at least two calendar months of the window with a day not enrolled.
    NotEnrolledYear {
        /// True if only the days before death matter.
        until_death: bool,
    },
    /// Members: died before the end of the window.
    DiedInYear,
    /// Members: a hospice day in the window.
    HospiceInYear,
    /// Members: no month of the window is eligible.
    NoEligibleMonth,
    /// Members: no alive, enrolled day in the window.
    NoEligibleDay,
}

/// When a unit is met.
#[derive(Debug, Clone, PartialEq)]
pub enum Criterion {
    /// Contacts that pass a filter on at least so many days of the window.
    Contact {
        /// The filter.
        filter: usize,
        /// The window.
        days: Window,
        /// The least number of days.
        at_least: usize,
    },
    /// An unplanned admission with a principal diagnosis in one of these groups (or any).
    Admission {
        /// The set.
        set: SpellSet,
        /// Groups; empty = any.
        diagnosis: Vec<DiagnosisGroup>,
        /// The window.
        days: Window,
    },
    /// The delivered level (the one with most days in the window; tie: the lower) compared with the
    /// recommended one.
    DeliveredLevel {
        /// How they compare.
        compares: Comparison,
        /// The window.
        days: Window,
    },
    /// A contact that passes a filter after the last qualifying contact and before the return.
    ContactBeforeReturn {
        /// The filter.
        filter: usize,
    },
}

/// How a delivered level compares with a recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Lower: less than needed.
    Under,
    /// Higher: more restrictive than needed.
    Over,
}

/// A rule about members over the months that end with the reported period.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRule {
    /// Which members are looked at. Others are in no count.
    pub candidates: Candidates,
    /// Which are left out.
    pub exclusions: Vec<Exclusion>,
    /// Their value.
    pub value: MemberValue,
}

impl MemberRule {
    /// Filters whose contacts are looked at month by month.
    pub fn monthly_filters(&self) -> impl Iterator<Item = usize> + use<> {
        let candidates = match self.candidates {
            Candidates::InCare { filter } => Some(filter),
            Candidates::Visits { .. } | Candidates::ActiveBefore { .. } => None,
        };
        let value = match self.value {
            MemberValue::MonthsWithContact { filter } | MemberValue::GapOver { filter, .. } => {
                Some(filter)
            }
            _ => None,
        };
        candidates.into_iter().chain(value)
    }
}

/// Which members a member rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidates {
    /// Those with at least so many treatment visits to providers of one kind in the window.
    Visits {
        /// Which providers: 0 clinician, 1 team, 2 agency.
        provider: usize,
        /// The least number of visits.
        at_least: i64,
    },
    /// Those with contacts on at least so many of the days before the window.
    ActiveBefore {
        /// The filter.
        filter: usize,
        /// The least number of days.
        at_least: usize,
        /// Days before the window.
        days: i32,
    },
    /// Those with a contact or an institution day in the window.
    InCare {
        /// The filter.
        filter: usize,
    },
}

/// A member's value over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberValue {
    /// Share of visits to the most visited provider.
    UsualProvider,
    /// Bice–Boxerman continuity of care.
    BiceBoxerman,
    /// Share of successive visits to the same provider.
    Sequential,
    /// Share of eligible months with a contact.
    MonthsWithContact {
        /// The filter.
        filter: usize,
    },
    /// Whether some gap between contacts lasts more than so many days at risk.
    GapOver {
        /// The filter.
        filter: usize,
        /// Days.
        days: i32,
    },
    /// Share of alive enrolled days outside institutions and custody.
    CommunityDays,
}

/// What a rate counts.
#[derive(Debug, Clone, PartialEq)]
pub enum RateRule {
    /// Nights at a level, over enrolled days.
    Nights(SpellSet),
    /// Events of these types, over enrolled days.
    Events(Vec<EventType>),
    /// Members with a contact on an enrolled day, over enrolled days.
    Served {
        /// The filter.
        filter: usize,
    },
    /// Cost in cents, over enrolled days.
    Cost,
    /// Disengagements, over days in care.
    Disengagements {
        /// Days at risk without a qualifying contact.
        gap: i32,
    },
}

/// A checked indicator: one preset and one variant of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// What the later rooms need to know.
    pub measure: super::Measure,
    /// What is counted.
    pub rule: Rule,
    /// The filters that the rule names by their place.
    pub filters: Vec<ContactFilter>,
    /// `table` or `table.column` that have to be delivered.
    pub needs: Vec<String>,
}
