//! Whether groups come back when people are drawn anew.

use rand_core::Rng as _;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::distance::Distances;
use super::grouping::Grouping;
use super::partition::Partition;

/// How often people are drawn anew, and by which chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// How many draws; 100 are usual.
    pub count: u32,
    /// The seed of the chance.
    pub seed: u64,
}

/// How well a group comes back, by the Jaccard coefficient of its people with those of the most
/// similar group of each draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// The mean over draws, 0 to 1; by Hennig a group of 0.75 or more is stable, and one below 0.6
    /// is not to be trusted. Nothing if no draw had anybody of the group.
    pub mean: Option<f64>,
    /// The draws that had somebody of the group.
    pub draws: u32,
}

/// The stability of each group (Hennig 2007, `clusterboot`): people are drawn with replacement,
/// grouped anew, and each group is compared with the most similar one of the draw, among the people
/// drawn. The same seed gives the same result, whatever the threads.
pub fn bootstrap_stability(
    distances: &Distances,
    people: &[u64],
    partition: &Partition,
    grouping: Grouping,
    draws: Draws,
) -> Vec<Stability> {
    let similarities: Vec<Vec<Option<f64>>> = (0..draws.count)
        .into_par_iter()
        .map(|draw| similarities(distances, &drawn(people, draws.seed, draw), partition, grouping))
        .collect();
    (0..partition.groups())
        .map(|group| {
            let known: Vec<f64> = similarities.iter().filter_map(|draw| draw[group]).collect();
            let draws = u32::try_from(known.len()).expect("not more than there were draws");
            let mean = (draws > 0).then(|| known.iter().sum::<f64>() / f64::from(draws));
            Stability { mean, draws }
        })
        .collect()
}

/// As many people as there are, drawn with replacement: how often each thing came.
pub(super) fn drawn(people: &[u64], seed: u64, draw: u32) -> Vec<u64> {
    let ends: Vec<u64> = people
        .iter()
        .scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        })
        .collect();
    let total = ends.last().copied().unwrap_or(0);
    let mut chance = stream(seed, draw);
    let mut drawn = vec![0; people.len()];
    for _ in 0..total {
        let person = below(&mut chance, total);
        drawn[ends.partition_point(|end| *end <= person)] += 1;
    }
    drawn
}

/// A stream of its own for each draw.
fn stream(seed: u64, draw: u32) -> Pcg64Mcg {
    let mut chance = Pcg64Mcg::new(u128::from(seed) << 64 | u128::from(draw) << 1 | 1);
    // Near states give near first numbers.
    for _ in 0..8 {
        chance.next_u64();
    }
    chance
}

/// A number in `0..n`, each alike: draws in the uneven last part of the range are thrown away.
fn below(chance: &mut Pcg64Mcg, n: u64) -> u64 {
    let even = u64::MAX - u64::MAX % n;
    loop {
        let number = chance.next_u64();
        if number < even {
            return number % n;
        }
    }
}

/// For each group, the greatest Jaccard coefficient with a group of the draw; nothing where nobody
/// of the group was drawn.
fn similarities(
    distances: &Distances,
    drawn: &[u64],
    partition: &Partition,
    grouping: Grouping,
) -> Vec<Option<f64>> {
    let places: Vec<usize> = (0..drawn.len()).filter(|place| drawn[*place] > 0).collect();
    let people: Vec<u64> = places.iter().map(|place| drawn[*place]).collect();
    let k = partition.groups().min(places.len());
    let Some(anew) = grouping.groups(&distances.among(&places), &people, k) else {
        return vec![None; partition.groups()];
    };
    let mut both = vec![vec![0_u64; anew.groups()]; partition.groups()];
    for ((place, new), count) in places.iter().zip(anew.group_of()).zip(&people) {
        both[partition.group_of()[*place]][*new] += count;
    }
    let sizes = anew.people(&people);
    both.iter().map(|shared| best_jaccard(shared, &sizes)).collect()
}

/// `shared`: the people of one group by their group in the draw; `sizes`: all people of those.
#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
fn best_jaccard(shared: &[u64], sizes: &[u64]) -> Option<f64> {
    let own: u64 = shared.iter().sum();
    if own == 0 {
        return None;
    }
    let jaccard = |(shared, size): (&u64, &u64)| *shared as f64 / (own + size - shared) as f64;
    shared.iter().zip(sizes).map(jaccard).reduce(f64::max)
}
