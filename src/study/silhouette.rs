//! How well things lie in their groups.

use super::distance::Distances;
use super::pam::weights;
use super::partition::Partition;

/// Silhouette widths (Rousseeuw 1987), -1 (nearer to another group) to 1 (far from all others).
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouette {
    /// Of each thing.
    pub widths: Vec<f64>,
    /// The mean over the people of each group.
    pub of_groups: Vec<f64>,
    /// The mean over all people.
    pub average: f64,
}

/// The silhouette of a partition; `people` says how many people each thing stands for, and the
/// result is that of as many equal things. A person alone in a group has a width of 0. Nothing for
/// fewer than two groups.
pub fn silhouette(
    distances: &Distances,
    people: &[u64],
    partition: &Partition,
) -> Option<Silhouette> {
    if partition.groups() < 2 {
        return None;
    }
    let weights = weights(people);
    let sizes = sums(partition, &weights, |_| 1.0);
    let widths: Vec<f64> = (0..distances.len())
        .map(|thing| {
            let row = distances.row(thing);
            width(
                partition.group_of()[thing],
                &sums(partition, &weights, |other| row[other]),
                &sizes,
            )
        })
        .collect();
    let totals = sums(partition, &weights, |thing| widths[thing]);
    let average = totals.iter().sum::<f64>() / sizes.iter().sum::<f64>();
    let of_groups = totals.iter().zip(&sizes).map(|(total, size)| total / size).collect();
    Some(Silhouette { widths, of_groups, average })
}

/// The weighted sum of a value over each group.
fn sums(partition: &Partition, weights: &[f64], value: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; partition.groups()];
    for (thing, (group, weight)) in partition.group_of().iter().zip(weights).enumerate() {
        sums[*group] += weight * value(thing);
    }
    sums
}

/// The width of one person from the sums of distances to the people of each group.
fn width(own: usize, sums: &[f64], sizes: &[f64]) -> f64 {
    if sizes[own] <= 1.0 {
        return 0.0;
    }
    let inside = sums[own] / (sizes[own] - 1.0);
    let outside = (0..sums.len())
        .filter(|group| *group != own)
        .map(|group| sums[group] / sizes[group])
        .fold(f64::INFINITY, f64::min);
    let greater = inside.max(outside);
    if greater > 0.0 { (outside - inside) / greater } else { 0.0 }
}
