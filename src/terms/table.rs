//! The tables of the data model.

use super::Kind;

/// A table of the data model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Members and their attributes. First, because other tables may only name members of it.
    Members,
    /// Spans of enrolment.
    Enrolment,
    /// Contacts: the only mandatory table.
    Contacts,
    /// Stays in 24-hour care, and emergency-department visits.
    Stays,
    /// Assessments, screens, status records and surveys.
    Outcomes,
    /// Referrals.
    Referrals,
    /// Care plans.
    CarePlans,
    /// Holds, seclusion, arrests, deaths …
    Events,
    /// Living-setting spans.
    Living,
    /// Cost lines.
    Cost,
    /// Pharmacy fills.
    Pharmacy,
    /// Activities without a member; kept beside the timeline table.
    CommunityActivities,
}

impl Table {
    /// Every table, in the order they are read.
    pub const ALL: [Self; 12] = [
        Self::Members,
        Self::Enrolment,
        Self::Contacts,
        Self::Stays,
        Self::Outcomes,
        Self::Referrals,
        Self::CarePlans,
        Self::Events,
        Self::Living,
        Self::Cost,
        Self::Pharmacy,
        Self::CommunityActivities,
    ];

    /// The name of the table, and of its file without the ending.
    pub fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Enrolment => "enrolment",
            Self::Contacts => "contacts",
            Self::Stays => "stays",
            Self::Outcomes => "outcomes",
            Self::Referrals => "referrals",
            Self::CarePlans => "care_plans",
            Self::Events => "events",
            Self::Living => "living",
            Self::Cost => "cost",
            Self::Pharmacy => "pharmacy",
            Self::CommunityActivities => "community_activities",
        }
    }

    /// The table of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The kind of timeline row it becomes; nothing for activities, which have no member.
    pub fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::Members => Kind::Member,
            Self::Enrolment => Kind::Enrolment,
            Self::Contacts => Kind::Contact,
            Self::Stays => Kind::Stay,
            Self::Outcomes => Kind::Assessment,
            Self::Referrals => Kind::Referral,
            Self::CarePlans => Kind::Plan,
            Self::Events => Kind::Event,
            Self::Living => Kind::Living,
            Self::Cost => Kind::Cost,
            Self::Pharmacy => Kind::Pharmacy,
            Self::CommunityActivities => return None,
        })
    }
}
