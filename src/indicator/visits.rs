//! Which visits make a member's relations to providers.

use crate::timeline::{Timeline, Visit};

/// The visits that a rule about members looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visits {
    /// To whom: 0 clinician, 1 team, 2 agency.
    pub provider: usize,
    /// The filter of the contacts that are visits; nothing for treatment visits.
    pub filter: Option<usize>,
    /// True if every row is a visit; else rows of one day with one provider are one.
    pub each_row: bool,
}

impl Visits {
    /// Treatment visits to providers of a kind, one for each day and provider.
    pub fn of_treatment(provider: usize) -> Self {
        Self { provider, filter: None, each_row: false }
    }

    /// The same, with the filter at a place among others.
    #[must_use]
    pub fn placed(self, of: impl Fn(usize) -> usize) -> Self {
        Self { filter: self.filter.map(of), ..self }
    }

    /// Their rows in order of days; the filter stands at its place among those of the timeline.
    pub fn rows(self, timeline: &Timeline) -> &[Visit] {
        self.filter.map_or(&timeline.visits, |filter| &timeline.contact_visits[filter])
    }
}
