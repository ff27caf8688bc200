//! Limits by drawing members again.

use throughline::statistics::{
    Bootstrap, MemberSums, Resampling, accelerated_bootstrap, cluster_bootstrap, cluster_ratio,
};

use super::near;

const STAYS: [f64; 25] = [
    3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0, 9.0, 7.0, 9.0, 3.0, 2.0, 3.0, 8.0,
    4.0, 40.0, 2.0, 6.0, 4.0, 25.0,
];

fn mean(sample: &[&f64]) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "few values")]
    let n = sample.len() as f64;
    (n > 0.0).then(|| sample.iter().copied().sum::<f64>() / n)
}

fn resampling(seed: u64) -> Resampling {
    Resampling { samples: 20_000, seed, confidence: 0.95 }
}

/// `scipy.stats.bootstrap` 1.17 with 200,000 samples: percentile 4.28 to 10.56, standard error 1.636,
/// bias-corrected and accelerated 4.76 to 12.28.
#[test]
fn limits_as_scipy() {
    let plain = cluster_bootstrap(&STAYS, resampling(3), mean).expect("members");
    near(plain.estimate, 6.96, 1e-12);
    near(plain.standard_error, 1.636, 0.02);
    near(plain.limits.low, 4.28, 0.02);
    near(plain.limits.high, 10.56, 0.02);
    let skewed = accelerated_bootstrap(&STAYS, resampling(3), mean).expect("members");
    near(skewed.limits.low, 4.76, 0.02);
    near(skewed.limits.high, 12.28, 0.02);
}

#[test]
fn a_seed_gives_the_same_samples_for_ever() {
    let draw =
        |seed| cluster_bootstrap(&STAYS, Resampling { samples: 5, ..resampling(seed) }, mean);
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    let replicates = draw(7).expect("members").replicates;
    expect_test::expect!["[5.48, 8.08, 8.24, 8.48, 9.08]"].assert_eq(&format!("{replicates:?}"));
}

/// Members of several units: the spread is that of the linearised ratio.
#[test]
fn members_stay_together() {
    let members: Vec<(f64, f64)> =
        (0..400).map(|member| (f64::from(member * 7 % 4), f64::from(3 + member % 3))).collect();
    let ratio = |sample: &[&(f64, f64)]| {
        let (n, d) = sample.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (d > 0.0).then(|| n / d)
    };
    let Bootstrap { limits, .. } =
        cluster_bootstrap(&members, resampling(5), ratio).expect("members");
    let sum = |value: &dyn Fn(&(f64, f64)) -> f64| members.iter().map(value).sum::<f64>();
    let sums = MemberSums {
        members: 400.0,
        n: sum(&|m| m.0),
        d: sum(&|m| m.1),
        nn: sum(&|m| m.0 * m.0),
        nd: sum(&|m| m.0 * m.1),
        dd: sum(&|m| m.1 * m.1),
    };
    let linear = cluster_ratio(sums, 0.95).expect("members");
    near(limits.low, linear.low, 0.01);
    near(limits.high, linear.high, 0.01);
}

#[test]
fn samples_without_a_statistic_are_not_hidden() {
    let members = [1.0, 0.0, 0.0, 0.0];
    let only_first = |sample: &[&f64]| sample.iter().any(|value| **value > 0.0).then_some(1.0);
    assert_eq!(cluster_bootstrap(&members, resampling(1), only_first), None);
    assert_eq!(cluster_bootstrap(&[], resampling(1), |_: &[&f64]| Some(1.0)), None, "nobody");
}
