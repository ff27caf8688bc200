//! A list of things shared out among groups.

use std::cmp::Reverse;

/// For each thing, the number of its group. Groups are numbered from 0 by falling weight, then by
/// their first thing; none is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    group_of: Vec<usize>,
    groups: usize,
}

impl Partition {
    /// The groups of things with equal labels; `weights` says how many people each thing stands for.
    pub fn new(labels: &[usize], weights: &[u64]) -> Self {
        let size = labels.iter().max().map_or(0, |greatest| greatest + 1);
        let mut groups: Vec<(Reverse<u64>, usize, usize)> =
            (0..size).map(|label| (Reverse(0), usize::MAX, label)).collect();
        for (place, (label, weight)) in labels.iter().zip(weights).enumerate() {
            groups[*label].0.0 += weight;
            groups[*label].1 = groups[*label].1.min(place);
        }
        groups.retain(|(_, first, _)| *first != usize::MAX);
        groups.sort_unstable();
        let mut number_of = vec![0; size];
        for (number, (_, _, label)) in groups.iter().enumerate() {
            number_of[*label] = number;
        }
        let group_of = labels.iter().map(|label| number_of[*label]).collect();
        Self { group_of, groups: groups.len() }
    }

    /// The group of each thing.
    pub fn group_of(&self) -> &[usize] {
        &self.group_of
    }

    /// How many groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// How many people each group has, if each thing stands for so many.
    pub fn people(&self, weights: &[u64]) -> Vec<u64> {
        let mut people = vec![0; self.groups];
        for (group, weight) in self.group_of.iter().zip(weights) {
            people[*group] += weight;
        }
        people
    }
}
