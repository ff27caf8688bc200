//! Ways to form groups, and how many to form.

use std::ops::RangeInclusive;

use super::distance::Distances;
use super::pam::pam;
use super::partition::Partition;
use super::silhouette::silhouette;
use super::ward::ward;
use crate::terms::codes::code_list;

code_list! {
    /// A way to form groups.
    Grouping {
        /// Around medoids: [`pam`].
        Pam => "pam",
        /// From below: [`ward`].
        Ward => "ward",
    }
}

/// The groups of one number of groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// How many groups.
    pub k: usize,
    /// The groups.
    pub partition: Partition,
    /// The average silhouette width over people.
    pub average_width: f64,
}

impl Grouping {
    /// The `k` groups of things that stand for so many people. Nothing where `k` is 0 or more than
    /// there are things.
    pub fn groups(self, distances: &Distances, people: &[u64], k: usize) -> Option<Partition> {
        match self {
            Self::Pam => Some(pam(distances, people, k)?.partition),
            Self::Ward => ward(distances, people).groups(k),
        }
    }

    /// The groups for each number of groups that there can be, by number.
    pub fn candidates(
        self,
        distances: &Distances,
        people: &[u64],
        ks: RangeInclusive<usize>,
    ) -> Vec<Candidate> {
        let tree = (self == Self::Ward).then(|| ward(distances, people));
        ks.filter_map(|k| {
            let partition = match &tree {
                Some(tree) => tree.groups(k),
                None => self.groups(distances, people, k),
            }?;
            let average_width = silhouette(distances, people, &partition)?.average;
            Some(Candidate { k, partition, average_width })
        })
        .collect()
    }
}

/// The candidate with the greatest average silhouette width; of several, the one with the fewest
/// groups.
pub fn best(candidates: &[Candidate]) -> Option<&Candidate> {
    candidates.iter().reduce(
        |best, next| {
            if next.average_width > best.average_width { next } else { best }
        },
    )
}
