//! State sequences: one state for each of a row of equal units of time.

/// A state by its number in the study's alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub u8);

impl State {
    /// The number as a place in a list.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The states of one person, unit after unit. Units without a known state are empty; the sequence
/// ends with its last known state, because what comes after was not observed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(Vec<Option<State>>);

impl Sequence {
    /// The sequence of these positions, without the empty ones at its end.
    pub fn new(mut positions: Vec<Option<State>>) -> Self {
        let known = positions.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        positions.truncate(known);
        Self(positions)
    }

    /// The state at each position.
    pub fn positions(&self) -> &[Option<State>] {
        &self.0
    }

    /// How many positions it has, empty ones before the last state included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no state is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The distinct successive states with the number of their positions. Empty positions are left
    /// out, so that a state on both sides of a gap is one spell.
    pub fn spells(&self) -> Vec<(State, u32)> {
        let mut spells: Vec<(State, u32)> = Vec::new();
        for state in self.0.iter().flatten() {
            match spells.last_mut() {
                Some((last, length)) if last == state => *length += 1,
                _ => spells.push((*state, 1)),
            }
        }
        spells
    }
}

impl FromIterator<State> for Sequence {
    fn from_iter<T: IntoIterator<Item = State>>(states: T) -> Self {
        Self::new(states.into_iter().map(Some).collect())
    }
}
