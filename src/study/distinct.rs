//! Identical sequences counted once, so that tables of distances stay small.

use std::collections::BTreeMap;

use super::sequence::Sequence;

/// The different sequences of a study in their own order, with the number of people of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct {
    /// Each sequence once, in rising order.
    pub sequences: Vec<Sequence>,
    /// How many people have it.
    pub people: Vec<u64>,
    /// For each person, the place of the sequence.
    pub of_person: Vec<usize>,
}

impl Distinct {
    /// Counts the sequences of people.
    pub fn new(people: &[Sequence]) -> Self {
        let mut places: BTreeMap<&Sequence, (usize, u64)> = BTreeMap::new();
        for sequence in people {
            places.entry(sequence).or_default().1 += 1;
        }
        for (place, entry) in places.values_mut().enumerate() {
            entry.0 = place;
        }
        Self {
            of_person: people.iter().map(|sequence| places[sequence].0).collect(),
            people: places.values().map(|(_, count)| *count).collect(),
            sequences: places.keys().map(|sequence| (*sequence).clone()).collect(),
        }
    }
}
