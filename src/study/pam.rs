//! Groups around medoids.

use std::cmp::Ordering;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::distance::Distances;
use super::partition::Partition;

/// Groups around the sequences in their middle.
#[derive(Debug, Clone, PartialEq)]
pub struct Medoids {
    /// The place of each group's medoid, in the order of the groups.
    pub medoids: Vec<usize>,
    /// The groups.
    pub partition: Partition,
    /// The sum over people of the distance to the medoid of their group.
    pub cost: f64,
}

/// Partitioning around medoids (Kaufman and Rousseeuw 1990): `k` medoids, found one by one and then
/// exchanged while an exchange lowers the cost, as `FastPAM1` (Schubert and Rousseeuw 2019) finds it.
/// `people` says how many people each sequence stands for. Ties go to the first place. Nothing where
/// `k` is 0 or more than there are sequences.
pub fn pam(distances: &Distances, people: &[u64], k: usize) -> Option<Medoids> {
    if k == 0 || k > distances.len() {
        return None;
    }
    let weights = weights(people);
    let mut medoids = built(distances, &weights, k);
    while let Some((out, into)) = best_exchange(distances, &weights, &medoids) {
        medoids[out] = into;
    }
    Some(finished(distances, people, &medoids))
}

/// The first medoid is the middle of all, each further one lowers the cost most.
fn built(distances: &Distances, weights: &[f64], k: usize) -> Vec<usize> {
    let mut nearest = vec![f64::INFINITY; distances.len()];
    let mut medoids = Vec::with_capacity(k);
    while medoids.len() < k {
        let cost_with = |candidate: usize| {
            let row = distances.row(candidate).iter().zip(&nearest);
            row.zip(weights).map(|((d, near), weight)| weight * d.min(*near)).sum::<f64>()
        };
        let candidates = (0..distances.len()).filter(|place| !medoids.contains(place));
        let best = candidates
            .map(|place| (cost_with(place), place))
            .min_by(by_cost)
            .expect("fewer medoids than sequences");
        medoids.push(best.1);
        for (near, d) in nearest.iter_mut().zip(distances.row(best.1)) {
            *near = near.min(*d);
        }
    }
    medoids
}

/// The nearest medoid of a sequence, by its place among the medoids, and the two least distances.
#[derive(Clone, Copy)]
struct Near {
    medoid: usize,
    first: f64,
    second: f64,
}

fn near(distances: &Distances, medoids: &[usize], place: usize) -> Near {
    let row = distances.row(place);
    let mut near = Near { medoid: 0, first: f64::INFINITY, second: f64::INFINITY };
    for (number, medoid) in medoids.iter().enumerate() {
        let d = row[*medoid];
        if d < near.first {
            near = Near { medoid: number, first: d, second: near.first };
        } else if d < near.second {
            near.second = d;
        }
    }
    near
}

/// The medoid to give up and the place to take instead, if that lowers the cost.
fn best_exchange(
    distances: &Distances,
    weights: &[f64],
    medoids: &[usize],
) -> Option<(usize, usize)> {
    let near: Vec<Near> =
        (0..distances.len()).map(|place| near(distances, medoids, place)).collect();
    let cost: f64 = near.iter().zip(weights).map(|(near, weight)| weight * near.first).sum();
    let best: Vec<(f64, usize, usize)> = (0..distances.len())
        .into_par_iter()
        .filter(|candidate| !medoids.contains(candidate))
        .map(|candidate| {
            let (change, out) =
                change_with(distances.row(candidate), weights, &near, medoids.len());
            (change, candidate, out)
        })
        .collect();
    let (change, into, out) =
        best.into_iter().min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
    // A gain below the rounding of the sums could be exchanged for ever.
    (change < -1e-12 * cost).then_some((out, into))
}

/// The change in cost if a candidate replaces the medoid that is best given up, and that medoid.
fn change_with(row: &[f64], weights: &[f64], near: &[Near], medoids: usize) -> (f64, usize) {
    let mut shared = 0.0;
    let mut of_medoid = vec![0.0; medoids];
    for ((d, weight), near) in row.iter().zip(weights).zip(near) {
        if *d < near.first {
            shared += weight * (d - near.first);
        } else {
            let second = if near.second < *d { near.second } else { *d };
            of_medoid[near.medoid] += weight * (second - near.first);
        }
    }
    let changes = of_medoid.into_iter().enumerate().map(|(medoid, own)| (shared + own, medoid));
    changes.min_by(by_cost).expect("one medoid at least")
}

fn finished(distances: &Distances, people: &[u64], medoids: &[usize]) -> Medoids {
    let near: Vec<Near> =
        (0..distances.len()).map(|place| near(distances, medoids, place)).collect();
    let mut labels: Vec<usize> = near.iter().map(|near| near.medoid).collect();
    // A medoid belongs to its own group, even where another medoid is just as near.
    for (number, medoid) in medoids.iter().enumerate() {
        labels[*medoid] = number;
    }
    let partition = Partition::new(&labels, people);
    let mut ordered = vec![0; medoids.len()];
    for medoid in medoids {
        ordered[partition.group_of()[*medoid]] = *medoid;
    }
    let cost = near.iter().zip(weights(people)).map(|(near, weight)| weight * near.first).sum();
    Medoids { medoids: ordered, partition, cost }
}

fn by_cost(one: &(f64, usize), other: &(f64, usize)) -> Ordering {
    one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
pub(super) fn weights(people: &[u64]) -> Vec<f64> {
    people.iter().map(|count| *count as f64).collect()
}
