//! A checked definition: what is counted, as data.

use super::amount::HowMuch;
pub use super::assessed::{Comparison, Delivered};
use super::belongs::Belongs;
use super::course::{Course, Happens};
pub use super::event_set::EventSet;
use super::happening::Happening;
use super::home::{HomeQuestion, HomeValue};
use super::score::{PairTest, ScoreValue, Scored};
use super::signal::Repeat;
use super::status::{Answered, StatusTest};
pub use super::thing::{RateRule, Thing, UnitMoney, UnitThing};
use super::unit_value::UnitValue;
use super::visits::Visits;
use crate::terms::codes::{Disposition, FacilityClass};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Day, Window};
use crate::timeline::{ContactFilter, Phase, SpellSet};

/// What an indicator counts. Contact filters stand in the definition's list and are named here by
/// their place in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Units, each judged on its own.
    Share(Box<Share>),
    /// Members, each with a value over a window of months.
    Member(MemberRule),
    /// Things counted over days of person-time.
    Rate(RateRule),
    /// Days with care, by level.
    LevelMix,
    /// Contacts, each of which has a property or not.
    Contacts(ContactShare),
}

impl Rule {
    /// True for numbers that are made for whole groups only: they depend on all members of a group at
    /// once, so that parts of a group would each have to be counted anew.
    pub fn is_of_whole_groups(&self) -> bool {
        match self {
            Self::Rate(rate) => rate.top.is_some(),
            Self::Member(member) => {
                matches!(member.value, MemberValue::Density | MemberValue::Relationship { .. })
            }
            Self::Share(share) => share.value == Some(UnitValue::LevelAgreement),
            _ => false,
        }
    }
}

/// The share of contacts that have a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactShare {
    /// The filter of all of them.
    pub of: usize,
    /// The filter of those with the property, which are some of them.
    pub met: usize,
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
    /// What is measured of each unit; nothing where units are met or not.
    pub value: Option<UnitValue>,
}

/// Which units enter. What this drops is in no count.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// The unit.
    pub unit: Unit,
    /// Principal diagnosis in one of these groups; empty = any.
    pub diagnosis: Vec<DiagnosisGroup>,
    /// Or, of visits to emergency departments, a further diagnosis in one of these groups.
    pub or_further: Vec<DiagnosisGroup>,
    /// Or a last stay in one of these facilities, whatever the diagnosis.
    pub or_facility: Vec<FacilityClass>,
    /// Least age in years on the index day; an unknown age passes.
    pub age_min: Option<i32>,
    /// A discharge followed by such an admission in these days gives way to the later one.
    pub chain: Option<Chain>,
    /// Units with such a contact in these days around them are dropped.
    pub without: Vec<Around>,
    /// Units without such a contact in these days around them are dropped.
    pub with: Vec<Around>,
    /// The least number of nights of a spell.
    pub nights: Option<i32>,
    /// Only the first unit of a member, before anything else is looked at.
    pub first: bool,
    /// Only the first unit of a member that passes everything.
    pub once: bool,
    /// Units less than this many days after the last kept one are dropped.
    pub apart: Option<i32>,
    /// Last month and day of a calendar year that a unit may fall on.
    pub until: Option<(u32, u32)>,
    /// Of [`Unit::Signal`] and [`Unit::Month`]: the kinds of things.
    pub any: Vec<Happening>,
    /// Of [`Unit::Signal`]: each unit is as many spans of days that follow it, one after the other.
    pub repeat: Option<Repeat>,
    /// Of [`Unit::Signal`]: the index day lies so many days after the thing.
    pub after: i32,
    /// Units that do not meet all of these are dropped.
    pub when: Vec<Criterion>,
}

/// Contacts that a unit must have, or must not have, around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    /// The filter.
    pub filter: usize,
    /// Days around the index day.
    pub days: Window,
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The beginning of a spell, of a member then alive.
    Admission(SpellSet),
    /// A day with a contact that passes a filter.
    Contact {
        /// The filter.
        filter: usize,
    },
    /// An event.
    Event(EventSet),
    /// A planned end of care.
    PlannedEnd,
    /// A referral.
    Referral,
    /// A referral of which the day of the request is known, on that day.
    Request,
    /// A positive screen; of several on one day, each.
    PositiveScreen,
    /// A check-up that found a need for treatment.
    NeedFound,
    /// A care plan, on the day of its creation.
    Plan,
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
    /// A day with a contact that passes a filter, for each agency.
    AgencyDay {
        /// The filter.
        filter: usize,
    },
    /// The end of an episode of care, planned or not.
    EpisodeEnd {
        /// Days at risk without a qualifying contact that end care.
        gap: i32,
    },
    /// A day with any of the index's list of things.
    Signal,
    /// The last day of a calendar month with any of the index's list of things, if the data go so far.
    Month,
    /// The day on which a member gets this old.
    Birthday(i32),
    /// A service class that a care plan names, on the day of the plan.
    PlannedService,
    /// A need for help from one of these sectors (bits; 0 = any), as recorded.
    SectorNeed(u32),
    /// The last day of a calendar quarter in which, as in the quarter before, the member had treatment
    /// visits with a known provider of this kind (0 clinician, 1 team, 2 agency).
    QuarterPair(usize),
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
        /// Days after this one are not known yet and leave nobody out.
        known_until: Option<Day>,
        /// True if only the days before death matter.
        until_death: bool,
        /// True if all of these days have to lie in one span of enrolment.
        one_span: bool,
    },
    /// Index day plus this many days lies after the data-through date.
    NotObservable(i32),
    /// Died by the end of the window.
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
    /// A criterion is met.
    When(Criterion),
    /// One of these happens in the window, and the numerator is not met by that day.
    ComesFirst {
        /// The things.
        any: Vec<Happening>,
        /// The window.
        days: Window,
    },
    /// Members: at least two calendar months of the window with a day not enrolled.
    NotEnrolledYear {
        /// True if only the days before death matter.
        until_death: bool,
    },
    /// Members: a day of the window not enrolled.
    NotEnrolledThroughout {
        /// True if only the days before death matter.
        until_death: bool,
        /// True if all of these days have to lie in one span of enrolment.
        one_span: bool,
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
        /// And, counted from the first of them, such contacts in these days.
        then: Vec<Around>,
    },
    /// A contact that passes a filter, or a care plan written, in the window.
    ContactOrPlan {
        /// The filter.
        filter: usize,
        /// The window.
        days: Window,
    },
    /// No contact that passes a filter in the window.
    NoContact {
        /// The filter.
        filter: usize,
        /// The window.
        days: Window,
    },
    /// A contact that passes a filter from admission to discharge.
    ContactDuringStay {
        /// The filter.
        filter: usize,
    },
    /// More than so many nights from admission to discharge, without days on leave.
    NightsOver(i32),
    /// So much of something in a window.
    HowMuch(HowMuch),
    /// No day of care in the window.
    NoService(Window),
    /// No inpatient admission and no visit to an emergency department in the window.
    NoAcuteCare(Window),
    /// A visit to an emergency department.
    EdVisit {
        /// Groups; empty = any.
        diagnosis: Vec<DiagnosisGroup>,
        /// The window.
        days: Window,
    },
    /// An event.
    Event {
        /// The types.
        types: EventSet,
        /// The window.
        days: Window,
    },
    /// What a referral says.
    Referral(ReferralTest),
    /// What a care plan says.
    Plan(PlanTest),
    /// An unplanned admission with a principal diagnosis in one of these groups (or any).
    Admission {
        /// The set.
        set: SpellSet,
        /// Groups; empty = any.
        diagnosis: Vec<DiagnosisGroup>,
        /// The window.
        days: Window,
    },
    /// The delivered level compared with the recommended one.
    DeliveredLevel {
        /// How they compare.
        compares: Comparison,
        /// Which level is the delivered one.
        of: Delivered,
        /// The window.
        days: Window,
    },
    /// The highest level of a stay compared with the one that the latest assessment in the window
    /// recommends.
    AssessedLevel {
        /// How they compare; nothing if it is enough that there is such an assessment.
        compares: Option<Comparison>,
        /// The window.
        days: Window,
    },
    /// A contact that passes a filter after the last qualifying contact and before the return.
    ContactBeforeReturn {
        /// The filter.
        filter: usize,
    },
    /// Any of several things on so many days.
    Happens(Happens),
    /// At least and at most so many of these are met; the day that decides is that of the last one
    /// needed.
    Joined {
        /// The least number.
        at_least: usize,
        /// The greatest number.
        at_most: usize,
        /// The criteria.
        of: Vec<Criterion>,
    },
    /// A criterion is met, and in days counted from the day that decides it these things happen.
    Followed {
        /// The criterion.
        first: Box<Criterion>,
        /// What has to follow.
        then: Happens,
    },
    /// What the unit itself is.
    Own(super::own::OwnTest),
    /// What becomes of the member.
    Course(Course),
    /// What the scores of an episode say.
    Scores(PairTest),
    /// Every unit is met.
    Always,
}

/// When a referral is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferralTest {
    /// Warm; one of which this is not known is left out of everything.
    Warm,
    /// Declined.
    Declined,
    /// Attended in the window.
    Attended(Window),
    /// Reported back on in the window.
    Reported(Window),
    /// Offered a first day in the window.
    Offered(Window),
}

/// When a care plan is met; one of which it is not known is left out of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanTest {
    /// Signed by the member.
    Signed,
    /// Made with the family.
    Family,
}

/// A rule about members over the months that end with the reported period.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRule {
    /// Which members are looked at. Others are in no count.
    pub candidates: Candidates,
    /// To which organisation they belong.
    pub belongs: Belongs,
    /// Least and greatest age at the end of the period; an unknown age passes.
    pub ages: Option<(i32, i32)>,
    /// The filter of contacts for severe mental illness, where only members with one count.
    pub smi: Option<usize>,
    /// The phase of recovery on the first day of the window, where only members in one count.
    pub in_phase: Option<Phase>,
    /// The least number of agencies with treatment visits in the window.
    pub agencies: Option<i64>,
    /// What has to hold of them.
    pub when: Vec<MemberCriterion>,
    /// Which are left out.
    pub exclusions: Vec<Exclusion>,
    /// Their value.
    pub value: MemberValue,
    /// Of [`MemberValue::Meets`]: what is asked, on the last day of the window.
    pub meets: Option<Criterion>,
}

/// A criterion about a member on a day that the window gives.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberCriterion {
    /// True for the day before the window, false for its last day.
    pub before: bool,
    /// The criterion.
    pub is: Criterion,
}

impl MemberRule {
    /// What is asked of members on days that windows give: what has to hold of them, and their value if it
    /// is asked for.
    pub fn asked(&self) -> impl Iterator<Item = &Criterion> {
        self.when.iter().map(|one| &one.is).chain(&self.meets)
    }

    /// Whether anything is looked at month by month.
    pub fn is_monthly(&self) -> bool {
        use ExclusionTest::{NoEligibleMonth, NotEnrolledYear};
        let by_month = |it: &Exclusion| matches!(it.test, NotEnrolledYear { .. } | NoEligibleMonth);
        self.monthly_filters().next().is_some()
            || matches!(self.candidates, Candidates::ActiveBefore { .. })
            || self.value == MemberValue::Disruptions
            || self.exclusions.iter().any(by_month)
    }

    /// Filters whose contacts are looked at month by month.
    pub fn monthly_filters(&self) -> impl Iterator<Item = usize> + use<> {
        let candidates = match self.candidates {
            Candidates::InCare { filter } | Candidates::HasContact { filter, .. } => Some(filter),
            _ => None,
        };
        let value = match self.value {
            MemberValue::MonthsWithContact { filter, .. }
            | MemberValue::EachMonth { filter, .. }
            | MemberValue::GapOver { filter, .. }
            | MemberValue::AnyContact { filter }
            | MemberValue::LongestGap { filter }
            | MemberValue::Regularity { filter } => Some(filter),
            _ => None,
        };
        candidates.into_iter().chain(value)
    }
}

/// Which members a member rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidates {
    /// Those with at least so many visits to providers of one kind in the window.
    Visits {
        /// Which visits.
        visits: Visits,
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
    /// Those with an enrolled day in the window.
    Enrolled,
    /// Those with contacts in the two years that end with the window.
    HasContactIn24Months {
        /// The filter.
        filter: usize,
    },
    /// Those with contacts on at least so many days of the window.
    HasContact {
        /// The filter.
        filter: usize,
        /// The least number of days.
        at_least: usize,
    },
    /// Those with a visit to an emergency department in the window.
    EdVisits {
        /// Groups of the principal diagnosis, as bits; 0 = any.
        diagnosis: u32,
    },
    /// Those with an event in the window.
    Events(EventSet),
    /// Those with a day in spells of a set in the window.
    Institution(SpellSet),
    /// Those alive who are in care on the last day of the window and have been for so many days.
    InCareSince {
        /// Days at risk without a qualifying contact that end care.
        gap: i32,
        /// Days since the entry into care.
        days: i32,
    },
    /// Those whose status records answer a question.
    Answered(Answered),
    /// Those of whom it is known where they live.
    Living(HomeQuestion),
    /// Those with scores on instruments.
    Scored(Scored),
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
        /// True if every month of the window counts, eligible or not.
        all_months: bool,
    },
    /// Whether there is a contact in every eligible month, if there is one.
    EachMonth {
        /// The filter.
        filter: usize,
        /// True if every month of the window counts, eligible or not.
        all_months: bool,
    },
    /// Whether some gap between contacts lasts more than so many days at risk.
    GapOver {
        /// The filter.
        filter: usize,
        /// Days.
        days: i32,
        /// True if so many days at risk in a row without a contact are enough.
        empty: bool,
    },
    /// Share of alive enrolled days outside institutions and custody.
    CommunityDays {
        /// Only days in spells of this set are away; nothing for 24-hour care and custody.
        away_in: Option<SpellSet>,
    },
    /// Σ (n/N)² over providers.
    Herfindahl,
    /// 1 − p ÷ (N + 0.1) for p providers, times 1 ÷ (1 − 1 ÷ (N + 0.1)) if modified.
    Modified {
        /// True for the modified modified index.
        twice: bool,
    },
    /// Share of visits after the first to a provider already seen in the window.
    KnownProvider,
    /// −Σ (n/N) log₂ (n/N) over providers, in bits.
    Entropy,
    /// Number of providers.
    Providers,
    /// Whether there are at least so many providers.
    ManyProviders(i32),
    /// Members whom two providers of the member have both seen in the window, on average over all
    /// pairs of them. It depends on all members, so that the kernel makes it at the end.
    Density,
    /// One minus Bice–Boxerman continuity of care.
    Fragmentation,
    /// Whether there is a contact.
    AnyContact {
        /// The filter.
        filter: usize,
    },
    /// Whether there is a day in spells of a set.
    AnyInstitution(SpellSet),
    /// Nights from the admission to the last day, the one after it included, of a spell of a set that goes
    /// on then; 0 where none does.
    NightsSoFar(SpellSet),
    /// Whether there is a contact in each of the four quarters of 90 days.
    EachQuarter {
        /// The filter.
        filter: usize,
    },
    /// Share of the four quarters of 90 days with a contact.
    QuartersWithContact {
        /// The filter.
        filter: usize,
    },
    /// The longest gap between contacts and the edges of the window, in days at risk.
    LongestGap {
        /// The filter.
        filter: usize,
    },
    /// 1 ÷ (1 + CV) of the days between contacts.
    Regularity {
        /// The filter.
        filter: usize,
    },
    /// Whether there are at least so many visits to an emergency department.
    EdVisits {
        /// Groups of the principal diagnosis, as bits; 0 = any.
        diagnosis: u32,
        /// The least number of visits.
        at_least: usize,
    },
    /// Whether there are at least so many events.
    Events {
        /// The types.
        types: EventSet,
        /// The least number of events.
        at_least: usize,
    },
    /// Whether a lead clinician is named on the last day: in the register of members, or by a care
    /// plan that runs.
    HasLead,
    /// Whether a care plan that runs on the last day was made or last reviewed in these last days.
    PlanCurrent {
        /// Days.
        days: i32,
    },
    /// Whether one care plan that runs on the last day names every agency with treatment visits on at
    /// least two days of the window.
    SharedPlan,
    /// Whether there is a contact in each quarter of 90 days, counted back from the last day, at most
    /// four, that lies in the present time in care.
    QuartersInCare {
        /// The filter.
        filter: usize,
        /// Only contacts with the lead clinician of the last day.
        lead: bool,
    },
    /// Days from the first visit ever seen to the last visit of the window, with the provider of most
    /// visit days in the window (of several, the one seen last).
    Tenure,
    /// How long the relationship with the same provider lasts, as [`Lasted`](super::Lasted): ended on the last
    /// visit, unless the last so many days of the window have one.
    Relationship {
        /// Days without a visit after which a relationship has ended.
        silent: i32,
    },
    /// Whether the answers of [`Candidates::Answered`] pass a test.
    Status(StatusTest),
    /// Whether the criterion of the rule is met.
    Meets,
    /// Changes of the agency and of the clinician of most visit days from one quarter to the next,
    /// changes of the highest level of care from one month with care to the next, and unplanned
    /// admissions to hospital.
    Disruptions,
    /// How those of [`Candidates::Living`] live.
    Home(HomeValue),
    /// What the scores of [`Candidates::Scored`] say.
    Score(ScoreValue),
    /// Whether there is a score in each quarter of 90 days, counted back from the last day, at most
    /// four, that lies in the present time in care.
    ScoredQuarters,
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
