//! Change on instruments, and the filling up of months.

use std::collections::BTreeMap;

use throughline::statistics::{
    Instrument, Norm, ReliableChange, chain_ladder, clinical_cut_off, detectable_difference,
    mean_change, median_interval,
};

use super::{check, near};

/// Worked by hand: SD 6, r 0.84.
#[test]
fn change_beyond_the_error_of_measurement() {
    let instrument = Instrument { deviation: 6.0, reliability: 0.84, higher_is_better: false };
    near(instrument.error_of_measurement(), 2.4, 1e-12);
    near(instrument.error_of_difference(), 3.394, 1e-4);
    near(instrument.detectable_change(0.95), 6.65, 1e-3);
    near(instrument.reliable_change_index(18.0, 9.0), -2.65, 1e-3);
    assert_eq!(instrument.reliable_change(18.0, 9.0, 0.95), ReliableChange::Improved);
    assert_eq!(instrument.reliable_change(9.0, 18.0, 0.95), ReliableChange::Deteriorated);
    assert_eq!(instrument.reliable_change(9.0, 15.0, 0.95), ReliableChange::NoChange);
    let upward = Instrument { higher_is_better: true, ..instrument };
    assert_eq!(upward.reliable_change(18.0, 9.0, 0.95), ReliableChange::Deteriorated);
    let (clinical, general) =
        (Norm { mean: 16.0, deviation: 6.0 }, Norm { mean: 4.0, deviation: 3.0 });
    near(clinical_cut_off(clinical, general), 8.0, 1e-12);
}

/// By hand: changes 2, −1, 4, 3 have mean 2 and squared deviations 14; first scores SD √(20/3).
#[test]
fn mean_change_of_a_group() {
    let pairs = [(10.0, 12.0), (14.0, 13.0), (8.0, 12.0), (12.0, 15.0)];
    let change = mean_change(&pairs, 0.95).expect("four pairs");
    near(change.mean, 2.0, 1e-12);
    let reach = 3.182_446_305_284_263 * (14.0_f64 / 3.0 / 4.0).sqrt();
    check(Some(change.limits), 2.0 - reach, 2.0 + reach, 1e-9);
    near(change.standardised.expect("scores differ"), 2.0 / (20.0_f64 / 3.0).sqrt(), 1e-12);
    assert_eq!(mean_change(&pairs[..1], 0.95), None);
    let alike = mean_change(&[(5.0, 6.0), (5.0, 8.0)], 0.95).expect("two pairs");
    assert_eq!(alike.standardised, None);
}

#[test]
fn the_smallest_difference_that_shows() {
    near(detectable_difference(0.5, 200.0, 0.95, 0.8).expect("units"), 0.140, 2e-3);
    assert_eq!(detectable_difference(1.5, 200.0, 0.95, 0.8), None);
}

/// Worked by hand: four months seen by up to three lags.
#[test]
fn months_fill_up() {
    let triangle = [
        vec![800.0, 960.0, 990.0, 1000.0],
        vec![820.0, 984.0, 1015.0],
        vec![780.0, 936.0],
        vec![810.0],
    ];
    let ladder = chain_ladder(&triangle).expect("four months");
    for (factor, expected) in ladder.factors.iter().zip([1.2, 2005.0 / 1944.0, 1000.0 / 990.0]) {
        near(*factor, expected, 1e-12);
    }
    for (share, expected) in ladder.completion.iter().zip([0.800, 0.960, 0.990, 1.0]) {
        assert!((share - expected).abs() < 5e-4, "{share} is not {expected}");
    }
    near(ladder.ultimate(810.0, 0), 810.0 / ladder.completion[0], 1e-12);
    near(ladder.ultimate(1000.0, 7), 1000.0, 1e-12);
    assert_eq!(chain_ladder(&[]), None);
    assert_eq!(chain_ladder(&[vec![0.0, 3.0]]), None, "nothing to grow from");
}

/// Ranks by `scipy.stats.binom`: of 10, 15, 25 and 100 values the 2nd, 4th, 8th and 40th from each
/// end.
#[test]
fn limits_of_a_median() {
    for (n, rank) in [(6, 1), (10, 2), (15, 4), (25, 8), (100, 40)] {
        let counts: BTreeMap<i64, i64> = (1..=n).map(|value| (value, 1)).collect();
        let counts: Vec<(i64, i64)> = counts.into_iter().collect();
        let limits = median_interval(&counts, 0.95).expect("values enough");
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        check(Some(limits), rank as f64, (n + 1 - rank) as f64, 1e-12);
    }
    assert_eq!(median_interval(&[(3, 5)], 0.95), None);
}
