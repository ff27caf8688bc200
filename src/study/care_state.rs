//! The states that a month of care can have, if a study names no others.

use super::sequence::State;
use crate::terms::Level;

/// A state of care. Not enrolled is no state: such a month is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CareState {
    /// In jail, prison or detention.
    Custody,
    /// 24-hour inpatient care.
    Level6,
    /// 24-hour residential care.
    Level5,
    /// Intensive non-residential care.
    Level4,
    /// High-intensity community care.
    Level3,
    /// Low-intensity community care.
    Level2,
    /// Recovery maintenance.
    Level1,
    /// Attempts to reach the person, and nothing else.
    OutreachOnly,
    /// Enrolled, without contact.
    NoContact,
    /// Dead: absorbing.
    Dead,
}

impl CareState {
    /// All states, in the order in which they win a month that has several.
    pub const ALL: [Self; 10] = [
        Self::Custody,
        Self::Level6,
        Self::Level5,
        Self::Level4,
        Self::Level3,
        Self::Level2,
        Self::Level1,
        Self::OutreachOnly,
        Self::NoContact,
        Self::Dead,
    ];

    /// The state of care at a level; none at level 0, which is for everybody.
    pub fn of_level(level: Level) -> Option<Self> {
        let place = 7_usize.checked_sub(usize::from(level.number()))?;
        Self::ALL.get(place).copied().filter(|_| level.number() > 0)
    }

    /// Its number in a sequence: its place in [`CareState::ALL`].
    pub fn state(self) -> State {
        State(self as u8)
    }

    /// What it is called in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Custody => "Custody",
            Self::Level6 => "24-hour inpatient",
            Self::Level5 => "24-hour residential",
            Self::Level4 => "Intensive non-residential",
            Self::Level3 => "High-intensity community",
            Self::Level2 => "Low-intensity community",
            Self::Level1 => "Recovery maintenance",
            Self::OutreachOnly => "Outreach only",
            Self::NoContact => "No contact",
            Self::Dead => "Dead",
        }
    }

    /// The states in the order in which they win a month.
    pub fn priority() -> Vec<State> {
        Self::ALL.iter().map(|state| state.state()).collect()
    }

    /// The ranks for [`super::degradation`]: from recovery maintenance (0) up to custody (6) by how
    /// restrictive a state is. Months without treatment are neither better nor worse and have none.
    pub fn ranks() -> Vec<Option<u8>> {
        Self::ALL
            .iter()
            .map(|state| (*state <= Self::Level1).then(|| Self::Level1 as u8 - *state as u8))
            .collect()
    }
}
