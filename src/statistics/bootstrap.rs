//! Limits by drawing members again, with replacement: the member is the cluster, so that whatever
//! repeats within a member stays together.

use rand_core::Rng as _;
use rand_pcg::Pcg64Mcg;

use super::Limits;
use super::distribution::{normal_probability, normal_quantile};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// Samples; 1,000 or more for limits.
    pub samples: usize,
    /// The same seed gives the same samples on every machine.
    pub seed: u64,
    /// Confidence of the limits.
    pub confidence: f64,
}

/// A statistic and what samples of members say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// The statistic of all members.
    pub estimate: f64,
    /// Standard deviation over the samples.
    pub standard_error: f64,
    /// Percentile limits.
    pub limits: Limits,
    /// The statistic of each sample that has one, in ascending order.
    pub replicates: Vec<f64>,
}

/// The cluster bootstrap by member (Davison and Hinkley, Bootstrap Methods, 1997, 3.8) with percentile
/// limits (quantile type 7).
///
/// `statistic` sees a sample: each member as often as it was drawn. Samples without a statistic (such
/// as a ratio with nothing below the line) are left out; nothing if that is more than one in twenty,
/// or if all members together have none.
pub fn cluster_bootstrap<T>(
    members: &[T],
    resampling: Resampling,
    statistic: impl Fn(&[&T]) -> Option<f64>,
) -> Option<Bootstrap> {
    let all: Vec<&T> = members.iter().collect();
    let estimate = statistic(&all).filter(|_| !all.is_empty())?;
    let mut draws = Pcg64Mcg::new((u128::from(resampling.seed) << 64) | 0x9e37_79b9_7f4a_7c15);
    let mut sample = all.clone();
    let mut replicates = Vec::with_capacity(resampling.samples);
    for _ in 0..resampling.samples {
        for place in &mut sample {
            *place = all[below(&mut draws, all.len())];
        }
        replicates.extend(statistic(&sample));
    }
    if replicates.len() < 2 || replicates.len() * 20 < resampling.samples * 19 {
        return None;
    }
    replicates.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - resampling.confidence) / 2.0;
    let limits = Limits { low: at(&replicates, tail), high: at(&replicates, 1.0 - tail) };
    Some(Bootstrap { estimate, standard_error: deviation(&replicates), limits, replicates })
}

/// The same with bias-corrected and accelerated limits (Efron, JASA 82 (1987)); the acceleration comes
/// from leaving out each member once, so that the statistic is computed once more for each member.
pub fn accelerated_bootstrap<T>(
    members: &[T],
    resampling: Resampling,
    statistic: impl Fn(&[&T]) -> Option<f64>,
) -> Option<Bootstrap> {
    let bootstrap = cluster_bootstrap(members, resampling, &statistic)?;
    let mut left: Vec<&T> = members.iter().skip(1).collect();
    let mut without = Vec::with_capacity(members.len());
    for index in 0..members.len() {
        without.push(statistic(&left)?);
        if index < left.len() {
            left[index] = &members[index];
        }
    }
    let mean = without.iter().sum::<f64>() / count(without.len());
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in &without {
        let miss = mean - value;
        squares += miss * miss;
        cubes += miss * miss * miss;
    }
    let replicates = &bootstrap.replicates;
    let below = replicates.partition_point(|value| *value < bootstrap.estimate);
    let equal = replicates.partition_point(|value| *value <= bootstrap.estimate) - below;
    let share = (count(below) + 0.5 * count(equal)) / count(replicates.len());
    if squares <= 0.0 || share <= 0.0 || share >= 1.0 {
        return Some(bootstrap);
    }
    let acceleration = cubes / (6.0 * squares * squares.sqrt());
    let bias = normal_quantile(share);
    let end = |probability: f64| {
        let z = bias + normal_quantile(probability);
        at(replicates, normal_probability(bias + z / (1.0 - acceleration * z)))
    };
    let tail = (1.0 - resampling.confidence) / 2.0;
    let limits = Limits { low: end(tail), high: end(1.0 - tail) };
    Some(Bootstrap { limits, ..bootstrap })
}

/// A number in `0..n`, each equally likely (Lemire, ACM Transactions on Modeling and Computer
/// Simulation 29 (2019)).
fn below(draws: &mut Pcg64Mcg, n: usize) -> usize {
    let n = n as u64;
    loop {
        let wide = u128::from(draws.next_u64()) * u128::from(n);
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
        let low = wide as u64;
        if low >= n || low >= n.wrapping_neg() % n {
            return usize::try_from(wide >> 64).expect("below n, which was a usize");
        }
    }
}

/// The quantile of sorted values, type 7.
pub(super) fn at(sorted: &[f64], probability: f64) -> f64 {
    let rank = count(sorted.len() - 1) * probability.clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank lies within the values"
    )]
    let whole = rank.floor() as usize;
    let next = sorted[(whole + 1).min(sorted.len() - 1)];
    sorted[whole] + rank.fract() * (next - sorted[whole])
}

/// The quantile of values in ascending order, type 7; nothing of no values.
pub fn sorted_quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    (!sorted.is_empty()).then(|| at(sorted, probability))
}

fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / count(values.len());
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (squares / (count(values.len()) - 1.0)).sqrt()
}

fn count(number: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "members and samples are far below 2^53")]
    let count = number as f64;
    count
}
