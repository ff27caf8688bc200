//! Kinds of timeline rows.

/// What kind of event a row of the timeline table is. Rows of one member and day are ordered by
/// the name of their kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An assessment, screen, status record or survey (table `outcomes`).
    Assessment,
    /// A contact or an attempt at one (table `contacts`).
    Contact,
    /// A cost line (table `cost`).
    Cost,
    /// A span of enrolment (table `enrolment`).
    Enrolment,
    /// A hold, seclusion, arrest, death … (table `events`).
    Event,
    /// A living-setting span (table `living`).
    Living,
    /// A member and their attributes (table `members`).
    Member,
    /// A pharmacy fill (table `pharmacy`).
    Pharmacy,
    /// A care plan (table `care_plans`).
    Plan,
    /// A referral (table `referrals`).
    Referral,
    /// A stay in 24-hour care, or an emergency-department visit (table `stays`).
    Stay,
}

impl Kind {
    /// Every kind, in the order of their names.
    pub const ALL: [Self; 11] = [
        Self::Assessment,
        Self::Contact,
        Self::Cost,
        Self::Enrolment,
        Self::Event,
        Self::Living,
        Self::Member,
        Self::Pharmacy,
        Self::Plan,
        Self::Referral,
        Self::Stay,
    ];

    /// The name in the timeline table's `kind` column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assessment => "assessment",
            Self::Contact => "contact",
            Self::Cost => "cost",
            Self::Enrolment => "enrolment",
            Self::Event => "event",
            Self::Living => "living",
            Self::Member => "member",
            Self::Pharmacy => "pharmacy",
            Self::Plan => "plan",
            Self::Referral => "referral",
            Self::Stay => "stay",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
