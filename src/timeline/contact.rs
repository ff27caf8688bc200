//! Which contacts a rule looks at, decided once per distinct value and not once per row.

use crate::terms::codes::{ContactStatus, Modality};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Kind, Level, ServiceClass, institution};

/// What kind of row a filter starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Every row of the contacts table, whatever became of it.
    Row,
    /// Every row that was not cancelled: an attempt, successful or not.
    Attempt,
    /// Any qualifying contact: treatment, ambulatory crisis service or monitoring.
    Qualifying,
    /// A qualifying contact of a treatment class.
    Treatment,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Self; 4] = [Self::Row, Self::Attempt, Self::Qualifying, Self::Treatment];
    /// The words that definitions use.
    pub const NAMES: [&'static str; 4] = ["row", "attempt", "qualifying", "treatment"];

    /// The basis of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|index| Self::ALL[index])
    }
}

/// A rule about single contacts, or about single rows of another table. Empty lists and `None` do not
/// restrict; of other tables, only texts are looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactFilter {
    /// The table: contacts, or another one.
    pub kind: Kind,
    /// What kind of row.
    pub basis: Basis,
    /// One of these classes.
    pub classes: Vec<ServiceClass>,
    /// One of these service codes.
    pub codes: Vec<String>,
    /// None of these service codes.
    pub not_codes: Vec<String>,
    /// One of these places of service.
    pub settings: Vec<String>,
    /// None of these places of service.
    pub not_settings: Vec<String>,
    /// A level of care in this range; a contact without one has its class's.
    pub levels: Option<(u8, u8)>,
    /// A practice level in this range.
    pub practice: Option<(u8, u8)>,
    /// A diagnosis of one of these groups, in any position.
    pub diagnosis: Vec<DiagnosisGroup>,
    /// A principal diagnosis of one of these groups.
    pub principal: Vec<DiagnosisGroup>,
    /// For each column, one of these texts; a set of texts needs one of them.
    pub values: Vec<(&'static str, Vec<String>)>,
    /// In each column a text, and none of these; a screen may have no result.
    pub not_values: Vec<(&'static str, Vec<String>)>,
    /// Or a contact that passes one of these.
    pub or: Vec<ContactFilter>,
    /// And all of these have to be passed as well.
    pub and: Vec<ContactFilter>,
}

impl ContactFilter {
    /// Every contact of a basis.
    pub fn of(basis: Basis) -> Self {
        Self {
            kind: Kind::Contact,
            basis,
            classes: Vec::new(),
            codes: Vec::new(),
            not_codes: Vec::new(),
            settings: Vec::new(),
            not_settings: Vec::new(),
            levels: None,
            practice: None,
            diagnosis: Vec::new(),
            principal: Vec::new(),
            values: Vec::new(),
            not_values: Vec::new(),
            or: Vec::new(),
            and: Vec::new(),
        }
    }

    /// This filter and every one it is made of.
    pub fn parts(&self) -> Vec<&Self> {
        let inner = self.or.iter().chain(&self.and).flat_map(Self::parts);
        std::iter::once(self).chain(inner).collect()
    }
}

/// What a row of the contacts table says, in small numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub class: Option<ServiceClass>,
    pub status: ContactStatus,
    pub modality: Option<Modality>,
    pub minutes: Option<i32>,
    pub ed_flag: bool,
    /// The level the row has itself.
    pub level: Option<u8>,
    pub place: PlaceFacts,
    /// True if the code is one of 24-hour care.
    pub code_is_24_hour: bool,
    pub participants: Participants,
    /// True if the member is known to be under 18.
    pub minor: bool,
}

/// What a place of service says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PlaceFacts {
    pub is_24_hour: bool,
    pub is_inpatient: bool,
    pub is_emergency: bool,
}

impl PlaceFacts {
    pub(super) fn of(place: &str) -> Self {
        Self {
            is_24_hour: institution::PLACES.contains(&place),
            is_inpatient: matches!(place, "21" | "51" | "61"),
            is_emergency: place == "23",
        }
    }
}

/// Who took part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Participants {
    pub named: bool,
    pub member: bool,
    pub family: bool,
}

impl Participants {
    pub(super) fn of(set: &str) -> Self {
        let mut found = Self::default();
        for name in set.split([';', '|', ',', ' ']).filter(|name| !name.is_empty()) {
            found.named = true;
            found.member |= name == "member";
            found.family |= name == "family";
        }
        found
    }
}

/// True for HCPCS codes billed per day of 24-hour care.
pub(super) fn is_24_hour_code(code: &str) -> bool {
    institution::CODES.contains(&code)
}

/// Telephone and video contacts shorter than this are no qualifying contacts.
pub(super) const LEAST_MINUTES: i32 = 5;

impl Facts {
    /// True for a day of 24-hour care, judged by the contact's own place, code, class and level.
    pub(super) fn is_24_hour(&self) -> bool {
        self.is_institution_day()
            || self.level.is_some_and(|level| level >= Level::RESIDENTIAL.number())
    }

    /// True for a day of 24-hour care billed as a contact, from which stays can be derived.
    pub(super) fn is_institution_day(&self) -> bool {
        self.place.is_24_hour
            || self.code_is_24_hour
            || self.class.is_some_and(ServiceClass::is_24_hour)
    }

    /// True for a qualifying contact of any class.
    pub(super) fn is_qualifying(&self) -> bool {
        self.status == ContactStatus::Attended
            && self.class.is_some_and(ServiceClass::is_qualifying)
            && !self.ed_flag
            && !self.place.is_emergency
            && !self.is_24_hour()
            && self.took_part()
            && self.long_enough()
    }

    fn took_part(&self) -> bool {
        let present = self.participants.member || (self.participants.family && self.minor);
        let needs_name = self.participants.named || self.modality == Some(Modality::CollateralOnly);
        present || !needs_name
    }

    fn long_enough(&self) -> bool {
        match self.modality {
            Some(Modality::Message) => false,
            Some(Modality::Phone | Modality::Video) => {
                self.minutes.is_none_or(|minutes| minutes >= LEAST_MINUTES)
            }
            _ => true,
        }
    }

    /// The level of a qualifying contact.
    pub(super) fn effective_level(&self) -> u8 {
        self.level.unwrap_or_else(|| self.class.map_or(0, ServiceClass::default_level))
    }

    /// True for an attempt at outreach and for a screening: a sign of a need that is no qualifying
    /// contact.
    pub(super) fn is_sign(&self) -> bool {
        match self.class {
            Some(ServiceClass::Outreach) => !self.is_cancelled(),
            Some(ServiceClass::Screening) => self.status == ContactStatus::Attended,
            _ => false,
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(
            self.status,
            ContactStatus::CancelledClient
                | ContactStatus::CancelledProvider
                | ContactStatus::LateCancel
        )
    }
}
