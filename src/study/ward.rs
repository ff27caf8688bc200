//! Groups that grow from below by Ward's criterion.

use super::distance::Distances;
use super::pam::weights;
use super::partition::Partition;

/// Two groups that become one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// A thing of the one group.
    pub one: usize,
    /// A thing of the other group.
    pub other: usize,
    /// The height at which they join: the root of twice the growth of the sum of squares.
    pub height: f64,
}

/// How all things become one group, by rising height.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// One fewer than there are things.
    pub merges: Vec<Merge>,
    people: Vec<u64>,
}

impl Tree {
    /// The `k` groups that are left before the last `k - 1` merges. Nothing where `k` is 0 or more
    /// than there are things.
    pub fn groups(&self, k: usize) -> Option<Partition> {
        let things = self.people.len();
        let merges = things.checked_sub(k).filter(|_| k > 0)?;
        let mut parents: Vec<usize> = (0..things).collect();
        for merge in &self.merges[..merges] {
            let (one, other) = (root(&parents, merge.one), root(&parents, merge.other));
            parents[one.max(other)] = one.min(other);
        }
        let labels: Vec<usize> = (0..things).map(|thing| root(&parents, thing)).collect();
        Some(Partition::new(&labels, &self.people))
    }
}

fn root(parents: &[usize], mut thing: usize) -> usize {
    while parents[thing] != thing {
        thing = parents[thing];
    }
    thing
}

/// Ward's hierarchical grouping on squared distances (Murtagh and Legendre 2014: `ward.D2`), by chains
/// of nearest neighbours. `people` says how many people each sequence stands for; the result is that
/// of as many equal sequences. Ties go to the first place.
pub fn ward(distances: &Distances, people: &[u64]) -> Tree {
    let mut groups = Groups::new(distances, people);
    let mut merges = Vec::with_capacity(distances.len().saturating_sub(1));
    let mut chain: Vec<usize> = Vec::new();
    while merges.len() + 1 < distances.len() {
        if chain.is_empty() {
            chain.push(groups.first_alive());
        }
        let tip = chain[chain.len() - 1];
        let previous = chain.len().checked_sub(2).map(|place| chain[place]);
        let (next, square) = groups.nearest(tip, previous);
        if Some(next) == previous {
            chain.truncate(chain.len() - 2);
            let (one, other) = (tip.min(next), tip.max(next));
            merges.push(Merge { one, other, height: square.sqrt() });
            groups.merge(one, other);
        } else {
            chain.push(next);
        }
    }
    merges.sort_by(|a, b| a.height.total_cmp(&b.height));
    Tree { merges, people: people.to_vec() }
}

/// The groups that are left, each at the place of its first thing.
struct Groups {
    len: usize,
    /// Squared distances: twice the growth of the sum of squares if two groups join.
    squares: Vec<f64>,
    /// People of each group, 0 if it went into another.
    weights: Vec<f64>,
}

impl Groups {
    /// Two groups of equal things: 2 w v ÷ (w + v) d².
    fn new(distances: &Distances, people: &[u64]) -> Self {
        let len = distances.len();
        let weights = weights(people);
        let mut squares = vec![0.0; len * len];
        for one in 0..len {
            for (other, d) in distances.row(one).iter().enumerate() {
                let (w, v) = (weights[one], weights[other]);
                squares[one * len + other] = 2.0 * (w * v) / (w + v) * d * d;
            }
        }
        Self { len, squares, weights }
    }

    fn first_alive(&self) -> usize {
        self.weights.iter().position(|weight| *weight > 0.0).expect("a group is left")
    }

    /// The nearest group and its squared distance. The one before in the chain wins ties, so that
    /// the chain comes to its end.
    fn nearest(&self, tip: usize, previous: Option<usize>) -> (usize, f64) {
        let row = &self.squares[tip * self.len..(tip + 1) * self.len];
        let mut best = previous.map(|place| (place, row[place]));
        for (place, (square, weight)) in row.iter().zip(&self.weights).enumerate() {
            let is_nearer = best.is_none_or(|(_, least)| *square < least);
            if place != tip && *weight > 0.0 && is_nearer {
                best = Some((place, *square));
            }
        }
        best.expect("two groups are left")
    }

    /// Joins the second group to the first, by the formula of Lance and Williams.
    fn merge(&mut self, one: usize, other: usize) {
        let (w, v) = (self.weights[one], self.weights[other]);
        let between = self.squares[one * self.len + other];
        for third in 0..self.len {
            let u = self.weights[third];
            if third == one || third == other || u <= 0.0 {
                continue;
            }
            let to_one = self.squares[one * self.len + third];
            let to_other = self.squares[other * self.len + third];
            let square = ((w + u) * to_one + (v + u) * to_other - u * between) / (w + v + u);
            self.squares[one * self.len + third] = square;
            self.squares[third * self.len + one] = square;
        }
        self.weights[one] = w + v;
        self.weights[other] = 0.0;
    }
}
