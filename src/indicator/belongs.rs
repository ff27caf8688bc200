//! To which organisation a member belongs.

use super::rule::Candidates;

/// To which organisation a member belongs at the end of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// To that of the last enrolled day of the window.
    Enrolled,
    /// To the one that the last of some contacts of the window names; of several on that day, the one
    /// with the highest id.
    LastContact {
        /// The filter of these contacts; nothing for treatment contacts.
        filter: Option<usize>,
    },
}

impl Belongs {
    /// The filter of the contacts of which the last decides, among those of the timeline; nothing where
    /// enrolment does.
    pub fn by_contact(self, treatment: usize, of: impl Fn(usize) -> usize) -> Option<usize> {
        match self {
            Self::Enrolled => None,
            Self::LastContact { filter } => Some(filter.map_or(treatment, of)),
        }
    }
}

impl Candidates {
    /// Where the last of the contacts decides that members are looked at for; nothing if they need not
    /// have one in the window.
    pub fn last_contact(self) -> Option<Belongs> {
        match self {
            Self::Visits { visits, .. } => Some(Belongs::LastContact { filter: visits.filter }),
            Self::HasContact { filter, .. } => Some(Belongs::LastContact { filter: Some(filter) }),
            _ => None,
        }
    }
}
