//! What rates count, and over what.

use super::ActivitySum;
use super::rule::{EventSet, Share};
use crate::timeline::{Phase, Phases, SpellSet};

/// What a rate counts, and over what.
#[derive(Debug, Clone, PartialEq)]
pub struct RateRule {
    /// What is counted.
    pub of: Thing,
    /// What it is divided by; nothing for alive enrolled days.
    pub to: Option<Thing>,
    /// Units that are counted, or whose money is.
    pub units: Vec<UnitThing>,
    /// Where what is asked is how much of it falls on so many per cent of the members who have any,
    /// those with most: then `to` is the same thing.
    pub top: Option<u8>,
    /// What of the community's activities is added: to what is counted, and to what it is divided by.
    pub activities: [Option<ActivitySum>; 2],
}

/// Units that a rate looks at: those that are met and not left out.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitThing {
    /// The rule.
    pub share: Share,
    /// Which money belongs to each of them.
    pub money: Option<UnitMoney>,
}

/// Which money belongs to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitMoney {
    /// Cost lines of its days, at these levels of care: of a stay from admission to discharge, of a
    /// visit from arrival to departure, of other units the index day.
    Lines {
        /// The levels.
        levels: Option<(u8, u8)>,
    },
    /// Every cost line from its first day to so many days after its last, all of it on the index day.
    Whole {
        /// Days after the last day.
        after: i32,
    },
    /// What was paid for contacts on the index day that pass a filter.
    Paid {
        /// The filter.
        filter: usize,
    },
}

/// What of contacts is added up. What is not recorded adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    /// Minutes.
    Minutes,
    /// What was paid, in cents.
    Paid,
}

/// To which organisation a thing of contacts belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organisation {
    /// The one with which the member is enrolled on the day; on other days to none.
    Enrolment,
    /// The one that the row of the contact names, whether the member is enrolled there or not. It has
    /// served a member who was also enrolled there on a day of the period.
    Row,
}

impl Thing {
    /// The set of stays that it is made of, if it is.
    pub(super) fn spell_set(self) -> Option<SpellSet> {
        match self {
            Self::Nights(set)
            | Self::Admissions(set)
            | Self::PatientDays(set)
            | Self::WaitingNights(set) => Some(set),
            _ => None,
        }
    }

    /// The filter of contacts that belong to the organisation that their rows name.
    pub fn filter_by_row(self) -> Option<usize> {
        match self {
            Self::Served { filter, organisation: Organisation::Row }
            | Self::Contacts { filter, organisation: Organisation::Row }
            | Self::ContactSum { filter, organisation: Organisation::Row, .. } => Some(filter),
            _ => None,
        }
    }

    /// The same, for the organisation that rows name; nothing for what is not of contacts.
    #[must_use]
    pub fn by_row(self) -> Option<Self> {
        let organisation = Organisation::Row;
        match self {
            Self::Served { filter, .. } => Some(Self::Served { filter, organisation }),
            Self::Contacts { filter, .. } => Some(Self::Contacts { filter, organisation }),
            Self::ContactSum { filter, of, .. } => {
                Some(Self::ContactSum { filter, of, organisation })
            }
            _ => None,
        }
    }

    /// The same, with the filter at a place among others; nothing for what a rule's own list of units
    /// gives.
    #[must_use]
    pub fn placed(self, of: impl Fn(usize) -> usize) -> Option<Self> {
        Some(match self {
            Self::Served { filter, organisation } => {
                Self::Served { filter: of(filter), organisation }
            }
            Self::Contacts { filter, organisation } => {
                Self::Contacts { filter: of(filter), organisation }
            }
            Self::ContactSum { filter, of: sum, organisation } => {
                Self::ContactSum { filter: of(filter), of: sum, organisation }
            }
            Self::PhaseContacts { filter, phase } => {
                Self::PhaseContacts { filter: of(filter), phase }
            }
            Self::Units { .. } | Self::UnitMoney => return None,
            Self::Nights(_)
            | Self::Admissions(_)
            | Self::Events(_)
            | Self::EdVisits { .. }
            | Self::Deaths
            | Self::Cost { .. }
            | Self::Waiting { .. }
            | Self::Goals { .. }
            | Self::CommunityDays
            | Self::CustodyDays
            | Self::PatientDays(_)
            | Self::WaitingNights(_)
            | Self::Minutes { .. }
            | Self::Disengagements { .. }
            | Self::PhaseDays(_)
            | Self::CareDays { .. } => self,
        })
    }
}

/// Something that days, events or dollars are added up of, for members of an organisation on the
/// day itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Nights of spells on alive enrolled days.
    Nights(SpellSet),
    /// Admissions, one for each spell.
    Admissions(SpellSet),
    /// Events of these types.
    Events(EventSet),
    /// Visits to an emergency department, one a day.
    EdVisits {
        /// Groups of the principal diagnosis, as bits; 0 = any.
        diagnosis: u32,
    },
    /// Deaths.
    Deaths,
    /// Members with a contact on an enrolled day, counted once in each period.
    Served {
        /// The filter.
        filter: usize,
        /// Whose it is.
        organisation: Organisation,
    },
    /// Contacts.
    Contacts {
        /// The filter.
        filter: usize,
        /// Whose it is.
        organisation: Organisation,
    },
    /// Cost in cents.
    Cost {
        /// Only at these levels of care.
        levels: Option<(u8, u8)>,
    },
    /// Units of the rule's list, on their index day.
    Units {
        /// The place in the list.
        place: usize,
        /// True if a member counts once in each period, however many units there are.
        once: bool,
    },
    /// Cents of the units of the rule's list, each cent once.
    UnitMoney,
    /// Members with an open referral on the last day of a month: those that have one of these statuses,
    /// were not attended by that day and are not older than so many days.
    Waiting {
        /// The statuses, as bits in the order of the code list.
        status: u32,
        /// The sectors, as bits in the order of the code list; 0 = any.
        sectors: u32,
        /// Only members whose last recommended level, of a year, is in this range.
        levels: Option<(u8, u8)>,
        /// The most days since the referral.
        most_days: i32,
    },
    /// Goals of care plans that were closed, or of those the attained, on the day of the plan.
    Goals {
        /// True for the attained ones only.
        attained: bool,
    },
    /// Alive enrolled days outside institutions and custody.
    CommunityDays,
    /// Alive enrolled days in custody.
    CustodyDays,
    /// Nights of spells on alive enrolled days, without the last nights of each stay of the set that
    /// were days on leave: as many as the stay records.
    PatientDays(SpellSet),
    /// Nights of spells on alive enrolled days on which the stay's day of being ready had come.
    WaitingNights(SpellSet),
    /// Minutes of events of which both instants are known, without those that lie in an event of
    /// another set; on the first day of the event.
    Minutes {
        /// The types.
        types: EventSet,
        /// Events whose minutes do not count.
        but: EventSet,
    },
    /// Disengagements.
    Disengagements {
        /// Days at risk without a qualifying contact.
        gap: i32,
    },
    /// What contacts add up to.
    ContactSum {
        /// The filter.
        filter: usize,
        /// What is added up.
        of: Sum,
        /// Whose it is.
        organisation: Organisation,
    },
    /// Alive enrolled days in phases of recovery.
    PhaseDays(Phases),
    /// Contacts on days in a phase of recovery.
    PhaseContacts {
        /// The filter.
        filter: usize,
        /// The phase.
        phase: Phase,
    },
    /// Alive enrolled days in care.
    CareDays {
        /// Days at risk without a qualifying contact.
        gap: i32,
    },
}
