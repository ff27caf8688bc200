//! How unlike two sequences are.

use std::borrow::Cow;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::cost::{Costs, PositionCosts};
use super::matching::matched;
use super::sequence::Sequence;
use crate::terms::codes::code_list;

/// How sequences are compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Metric {
    /// The least cost of insertions, deletions and substitutions that turn one sequence into the
    /// other (Abbott and Forrest 1986).
    OptimalMatching(Costs),
    /// The positions that are in no longest common subsequence of both: optimal matching with
    /// substitutions at 2 and insertions at 1.
    LongestCommonSubsequence,
    /// Substitutions position by position; only for sequences of one length.
    Hamming(Costs),
    /// Substitutions position by position at costs of the position; only for sequences of one
    /// length.
    DynamicHamming(PositionCosts),
}

code_list! {
    /// What a distance is divided by, as in `TraMineR`.
    Norm {
        /// Nothing.
        Raw => "raw",
        /// The length of the longer sequence (Abbott).
        LongerLength => "longer_length",
        /// The geometric mean of the lengths (Elzinga): 1 − (most − d) ÷ (2 √(l₁ l₂)).
        GeometricMean => "geometric_mean",
        /// The most that sequences of these lengths can differ.
        MostPossible => "most_possible",
        /// 2 d ÷ (d + most), which keeps the triangle inequality (Yujian and Bo 2007).
        YujianBo => "yujian_bo",
    }
}

/// Sequences that a metric cannot compare.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DistanceError {
    /// Hamming distances need one length.
    #[error("sequence {place} has {length} positions and not {expected} as the first one")]
    Length {
        /// Its place, from 0.
        place: usize,
        /// Its length.
        length: usize,
        /// The length of the first, or of the costs.
        expected: usize,
    },
    /// A state that has no costs.
    #[error("sequence {place} has a state that the costs do not know")]
    State {
        /// Its place, from 0.
        place: usize,
    },
}

/// The distances between all pairs of a list of sequences.
#[derive(Debug, Clone, PartialEq)]
pub struct Distances {
    len: usize,
    square: Vec<f64>,
}

impl Distances {
    /// A table of distances from a function of two places, which is asked for the greater place
    /// first.
    pub fn by(len: usize, distance: impl Fn(usize, usize) -> f64 + Send + Sync) -> Self {
        Self::by_rows(len, |row| (0..row).map(|column| distance(row, column)).collect())
    }

    /// From a function that gives the distances of one place to all before it.
    fn by_rows(len: usize, distances: impl Fn(usize) -> Vec<f64> + Send + Sync) -> Self {
        let lower: Vec<Vec<f64>> = (0..len).into_par_iter().map(distances).collect();
        let mut square = vec![0.0; len * len];
        for (row, values) in lower.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                square[row * len + column] = *value;
                square[column * len + row] = *value;
            }
        }
        Self { len, square }
    }

    /// How many sequences.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The distance of two sequences by their places.
    pub fn get(&self, one: usize, other: usize) -> f64 {
        self.square[one * self.len + other]
    }

    /// The distances of one sequence to all.
    pub fn row(&self, one: usize) -> &[f64] {
        &self.square[one * self.len..(one + 1) * self.len]
    }

    /// The distances between some of the sequences, in this order.
    #[must_use]
    pub fn among(&self, places: &[usize]) -> Self {
        let cells = places.iter().flat_map(|one| {
            let row = self.row(*one);
            places.iter().map(|other| row[*other])
        });
        Self { len: places.len(), square: cells.collect() }
    }
}

/// The distances between all pairs. Pairs are shared out among threads; each is computed alone, so
/// that the number of threads changes nothing.
pub fn distances(
    sequences: &[Sequence],
    metric: &Metric,
    norm: Norm,
) -> Result<Distances, DistanceError> {
    let way = Way::new(sequences, metric);
    let codes = codes(sequences, &way)?;
    let with_empty =
        sequences.iter().any(|sequence| sequence.positions().iter().any(Option::is_none));
    Ok(Distances::by_rows(codes.len(), |place| {
        let (one, others) = (&codes[place], &codes[..place]);
        let normed = |(raw, other): (f64, &Vec<usize>)| {
            normed(raw, || way.most(one, other, norm, with_empty), one, other, norm)
        };
        way.distances(one, others).into_iter().zip(others).map(normed).collect()
    }))
}

/// A metric with all its costs.
enum Way<'a> {
    Matching(Cow<'a, Costs>),
    Hamming(&'a Costs),
    Dynamic(&'a PositionCosts),
}

impl<'a> Way<'a> {
    fn new(sequences: &[Sequence], metric: &'a Metric) -> Self {
        match metric {
            Metric::OptimalMatching(costs) => Self::Matching(Cow::Borrowed(costs)),
            Metric::LongestCommonSubsequence => {
                let states = sequences.iter().flat_map(Sequence::positions).flatten();
                let size = states.map(|state| state.index() + 1).max().unwrap_or(0);
                let costs = Costs::constant(size, 2.0, 1.0).expect("2 and 1 are costs");
                Self::Matching(Cow::Owned(costs))
            }
            Metric::Hamming(costs) => Self::Hamming(costs),
            Metric::DynamicHamming(costs) => Self::Dynamic(costs),
        }
    }

    /// How many states it knows, the empty one included.
    fn size(&self) -> usize {
        match self {
            Self::Matching(costs) => costs.size(),
            Self::Hamming(costs) => costs.size(),
            Self::Dynamic(costs) => costs.size(),
        }
    }

    /// The length that every sequence has to have, if there is one.
    fn length(&self, sequences: &[Sequence]) -> Option<usize> {
        match self {
            Self::Matching(_) => None,
            Self::Hamming(_) => sequences.first().map(Sequence::len),
            Self::Dynamic(costs) => Some(costs.positions()),
        }
    }

    /// The distances of one sequence to others.
    fn distances(&self, one: &[usize], others: &[Vec<usize>]) -> Vec<f64> {
        let by_position = |cost: &dyn Fn(usize, usize, usize) -> f64| {
            let distance = |other: &Vec<usize>| {
                let pairs = one.iter().zip(other).enumerate();
                pairs.map(|(position, (from, to))| cost(position, *from, *to)).sum()
            };
            others.iter().map(distance).collect()
        };
        match self {
            Self::Matching(costs) => matched(one, others, costs),
            Self::Hamming(costs) => by_position(&|_, from, to| costs.substitution(from, to)),
            Self::Dynamic(costs) => by_position(&|at, from, to| costs.substitution(at, from, to)),
        }
    }

    /// The most that sequences of these lengths can differ.
    fn most(&self, one: &[usize], other: &[usize], norm: Norm, with_empty: bool) -> f64 {
        match self {
            Self::Matching(costs) => {
                let twice = 2.0 * costs.indel();
                let capped = costs.dearest(with_empty).min(twice);
                let dearest = if norm == Norm::YujianBo { twice } else { capped };
                let longer = number(one.len().abs_diff(other.len()));
                longer * costs.indel() + dearest * number(one.len().min(other.len()))
            }
            Self::Hamming(costs) => costs.dearest(with_empty) * number(one.len()),
            Self::Dynamic(costs) => costs.dearest(with_empty),
        }
    }
}

/// The states as numbers; an empty position is the last number the costs know.
fn codes(sequences: &[Sequence], way: &Way) -> Result<Vec<Vec<usize>>, DistanceError> {
    let (size, length) = (way.size(), way.length(sequences));
    let code = |place: usize, sequence: &Sequence| {
        if let Some(expected) = length.filter(|expected| sequence.len() != *expected) {
            return Err(DistanceError::Length { place, length: sequence.len(), expected });
        }
        let known = |state: &usize| *state + 1 < size;
        let codes = sequence.positions().iter().map(|position| match position {
            Some(state) => Some(state.index()).filter(known),
            None => size.checked_sub(1),
        });
        codes.collect::<Option<Vec<usize>>>().ok_or(DistanceError::State { place })
    };
    sequences.iter().enumerate().map(|(place, sequence)| code(place, sequence)).collect()
}

fn normed(raw: f64, most: impl Fn() -> f64, one: &[usize], other: &[usize], norm: Norm) -> f64 {
    if raw == 0.0 {
        return 0.0;
    }
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    match norm {
        Norm::Raw => raw,
        Norm::LongerLength => raw / number(longer),
        Norm::GeometricMean if shorter == 0 => 1.0,
        Norm::GeometricMean => {
            1.0 - (most() - raw) / (2.0 * number(shorter).sqrt() * number(longer).sqrt())
        }
        Norm::MostPossible => raw / most(),
        Norm::YujianBo => 2.0 * raw / (raw + most()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}
