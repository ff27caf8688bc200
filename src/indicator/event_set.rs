//! Types of events.

use crate::terms::codes::EventType;

/// Types of events, one bit each in the order of the code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSet(u32);

impl EventSet {
    /// The set of some types.
    pub fn of(types: &[EventType]) -> Self {
        Self(types.iter().fold(0, |bits, what| bits | 1 << (*what as u32)))
    }

    /// True if a type is in the set.
    pub fn has(self, what: EventType) -> bool {
        self.0 & (1 << (what as u32)) != 0
    }

    /// The types, in the order of the code list.
    pub fn iter(self) -> impl Iterator<Item = EventType> {
        EventType::ALL.iter().copied().filter(move |what| self.has(*what))
    }
}
