//! Distances against `TraMineR` 2.2-12 (`mvad`), against slow obvious versions, and as distances.

use std::cmp::Ordering;

use proptest::prelude::*;
use throughline::study::{
    CostError, Costs, DistanceError, Distances, Distinct, Metric, Norm, PositionCosts, Sequence,
    State, TransitionRates, distances,
};

use super::{letters, mvad, near};

fn constant(states: usize, substitution: f64, indel: f64) -> Costs {
    Costs::constant(states, substitution, indel).expect("costs")
}

fn raw(sequences: &[Sequence], metric: &Metric) -> Distances {
    distances(sequences, metric, Norm::Raw).expect("comparable")
}

#[test]
fn optimal_matching_of_mvad() {
    let expected = [
        [0.0, 140.0, 116.0, 108.0, 96.0, 118.0, 106.0],
        [140.0, 0.0, 72.0, 140.0, 126.0, 140.0, 140.0],
        [116.0, 72.0, 0.0, 68.0, 68.0, 80.0, 84.0],
        [108.0, 140.0, 68.0, 0.0, 48.0, 40.0, 66.0],
        [96.0, 126.0, 68.0, 48.0, 0.0, 62.0, 60.0],
        [118.0, 140.0, 80.0, 40.0, 62.0, 0.0, 60.0],
        [106.0, 140.0, 84.0, 66.0, 60.0, 60.0, 0.0],
    ];
    let matched = raw(&mvad(), &Metric::OptimalMatching(constant(6, 2.0, 1.0)));
    let subsequence = raw(&mvad(), &Metric::LongestCommonSubsequence);
    for (one, row) in expected.iter().enumerate() {
        for (other, distance) in row.iter().enumerate() {
            near(matched.get(one, other), *distance);
            near(subsequence.get(one, other), *distance);
        }
    }
}

#[test]
fn five_months_by_hand() {
    let months = ["OOIRO", "OIIRR", "OIRRO"].map(|text| letters(text, "OIR"));
    let distances = raw(&months, &Metric::OptimalMatching(constant(3, 2.0, 1.0)));
    near(distances.get(0, 1), 4.0);
    near(distances.get(0, 2), 2.0);
    let hamming = raw(&months, &Metric::Hamming(constant(3, 1.0, 1.0)));
    near(hamming.get(0, 1), 2.0);
    near(hamming.get(1, 2), 2.0);
    near(hamming.get(0, 2), 2.0);
}

#[test]
fn costs_follow_transition_rates() {
    let people = ["AAB", "AAB", "ABB", "BBA"].map(|text| letters(text, "AB"));
    let distinct = Distinct::new(&people);
    let rates = TransitionRates::new(&distinct, 2);
    near(rates.rate(0, 1), 0.6);
    near(rates.rate(1, 0), 1.0 / 3.0);
    let costs = Costs::transition_rates(&distinct, 2);
    near(costs.substitution(0, 1), 2.0 - 0.6 - 1.0 / 3.0);
    near(costs.substitution(0, 2), 2.0);
    near(costs.indel(), costs.substitution(0, 1) / 2.0);
    let matched = Metric::OptimalMatching(costs.clone());
    let most = distances(&people, &matched, Norm::MostPossible).expect("comparable");
    near(most.get(0, 2), 1.0 / 3.0);
    // Into the second month: A→B 1 of 3; into the third: A→B 2 of 2, B→A 1 of 2.
    let dynamic = PositionCosts::transition_rates(&distinct, 2);
    near(dynamic.substitution(0, 0, 1), 4.0 - 2.0 / 3.0);
    near(dynamic.substitution(1, 0, 1), 4.0 - 1.0 / 3.0 - 1.5);
    near(dynamic.substitution(2, 1, 0), 4.0 - 3.0);
    let distances = raw(&people, &Metric::DynamicHamming(dynamic));
    near(distances.get(0, 2), 4.0 - 1.0 / 3.0 - 1.5);
}

#[test]
fn norms_are_those_of_the_package() {
    let pair = ["AAAA", "B"].map(|text| letters(text, "AB"));
    let metric = Metric::OptimalMatching(constant(2, 1.5, 1.0));
    let normed = |norm| distances(&pair, &metric, norm).expect("comparable").get(0, 1);
    near(normed(Norm::Raw), 4.5);
    near(normed(Norm::LongerLength), 4.5 / 4.0);
    near(normed(Norm::GeometricMean), 1.0);
    near(normed(Norm::MostPossible), 1.0);
    near(normed(Norm::YujianBo), 9.0 / 9.5);
    let half = ["AB", "AA"].map(|text| letters(text, "AB"));
    let subsequence = Metric::LongestCommonSubsequence;
    near(distances(&half, &subsequence, Norm::GeometricMean).expect("comparable").get(0, 1), 0.5);
}

#[test]
fn costs_are_checked() {
    let given = |rows: &[[f64; 2]]| {
        Costs::given(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>(), None)
    };
    assert!(given(&[[0.0, 1.0], [1.0, 0.0]]).is_ok());
    let asymmetric = given(&[[0.0, 1.0], [2.0, 0.0]]);
    assert_eq!(asymmetric, Err(CostError::Asymmetric { from: 1, to: 2 }));
    assert!(matches!(given(&[[0.0, 1.0]]), Err(CostError::Shape { row: 1, width: 2, states: 1 })));
    assert!(matches!(
        given(&[[1.0, 1.0], [1.0, 0.0]]),
        Err(CostError::Value { from: 1, to: 1, .. })
    ));
    assert!(matches!(given(&[[0.0, -1.0], [-1.0, 0.0]]), Err(CostError::Value { .. })));
    assert!(matches!(given(&[[0.0, f64::NAN], [1.0, 0.0]]), Err(CostError::Value { .. })));
    assert_eq!(Costs::constant(2, 2.0, 0.0), Err(CostError::Indel));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let uneven = ["AB", "ABA"].map(|text| letters(text, "AB"));
    let hamming = distances(&uneven, &Metric::Hamming(constant(2, 1.0, 1.0)), Norm::Raw);
    assert_eq!(hamming, Err(DistanceError::Length { place: 1, length: 3, expected: 2 }));
    let unknown = distances(&uneven, &Metric::OptimalMatching(constant(1, 1.0, 1.0)), Norm::Raw);
    assert_eq!(unknown, Err(DistanceError::State { place: 0 }));
}

/// Optimal matching by its definition: the first states are matched, deleted or inserted.
fn recursive(one: &[usize], other: &[usize], costs: &Costs) -> f64 {
    match (one.split_first(), other.split_first()) {
        (None, None) => 0.0,
        (Some((_, rest)), None) => costs.indel() + recursive(rest, other, costs),
        (None, Some((_, rest))) => costs.indel() + recursive(one, rest, costs),
        (Some((a, one_rest)), Some((b, other_rest))) => {
            let matched = costs.substitution(*a, *b) + recursive(one_rest, other_rest, costs);
            let deleted = costs.indel() + recursive(one_rest, other, costs);
            let inserted = costs.indel() + recursive(one, other_rest, costs);
            matched.min(deleted).min(inserted)
        }
    }
}

fn some_sequence(longest: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!['A', 'B', 'C', '.']), 0..=longest)
        .prop_map(|letters| letters.into_iter().collect())
}

/// Costs in quarters, so that sums are exact; they need not keep the triangle inequality.
fn some_costs() -> impl Strategy<Value = Costs> {
    (prop::collection::vec(0_u8..16, 6), 1_u8..12).prop_map(|(quarters, indel)| {
        let pair = |from: usize, to: usize| match from.cmp(&to) {
            Ordering::Equal => 0.0,
            Ordering::Less => f64::from(quarters[to * (to - 1) / 2 + from]) / 4.0,
            Ordering::Greater => f64::from(quarters[from * (from - 1) / 2 + to]) / 4.0,
        };
        let rows: Vec<Vec<f64>> =
            (0..4).map(|from| (0..4).map(|to| pair(from, to)).collect()).collect();
        Costs::given(&rows, Some(f64::from(indel) / 4.0)).expect("costs")
    })
}

fn places(sequence: &Sequence) -> Vec<usize> {
    sequence.positions().iter().map(|state| state.map_or(3, State::index)).collect()
}

proptest! {
    #[test]
    fn matching_is_the_least_of_all_ways(
        texts in (some_sequence(6), some_sequence(6)),
        costs in some_costs(),
    ) {
        let pair = [letters(&texts.0, "ABC"), letters(&texts.1, "ABC")];
        let expected = recursive(&places(&pair[0]), &places(&pair[1]), &costs);
        let distances = raw(&pair, &Metric::OptimalMatching(costs));
        prop_assert!((distances.get(0, 1) - expected).abs() < 1e-12);
    }

    /// Sequences of all lengths side by side are as far apart as each pair alone.
    #[test]
    fn company_changes_nothing(
        texts in prop::collection::vec(some_sequence(12), 20),
        costs in some_costs(),
    ) {
        let sequences: Vec<Sequence> = texts.iter().map(|text| letters(text, "ABC")).collect();
        let metric = Metric::OptimalMatching(costs);
        let all = raw(&sequences, &metric);
        for one in 0..sequences.len() {
            for other in 0..one {
                let pair = [sequences[other].clone(), sequences[one].clone()];
                let alone = raw(&pair, &metric).get(0, 1);
                prop_assert_eq!(all.get(one, other).to_bits(), alone.to_bits());
            }
        }
    }

    #[test]
    fn distances_are_distances(
        texts in prop::collection::vec(some_sequence(8), 3),
        substitution in 1_u8..8,
    ) {
        let sequences: Vec<Sequence> = texts.iter().map(|text| letters(text, "ABC")).collect();
        let metric = Metric::OptimalMatching(constant(3, f64::from(substitution) / 4.0, 1.0));
        for norm in [Norm::Raw, Norm::YujianBo] {
            let d = distances(&sequences, &metric, norm).expect("comparable");
            for (one, other, third) in [(0, 1, 2), (1, 2, 0), (2, 0, 1)] {
                prop_assert_eq!(d.get(one, one).to_bits(), 0.0_f64.to_bits());
                prop_assert_eq!(d.get(one, other).to_bits(), d.get(other, one).to_bits());
                prop_assert_eq!(d.get(one, other) > 0.0, sequences[one] != sequences[other]);
                let detour = d.get(one, third) + d.get(third, other);
                prop_assert!(d.get(one, other) <= detour + 1e-12);
            }
        }
    }

    #[test]
    fn the_order_of_sequences_changes_nothing(texts in prop::collection::vec(some_sequence(8), 5)) {
        let there: Vec<Sequence> = texts.iter().map(|text| letters(text, "ABC")).collect();
        let back: Vec<Sequence> = there.iter().rev().cloned().collect();
        let costs = |sequences: &[Sequence]| {
            Metric::OptimalMatching(Costs::transition_rates(&Distinct::new(sequences), 3))
        };
        let (d, e) = (raw(&there, &costs(&there)), raw(&back, &costs(&back)));
        for one in 0..5 {
            for other in 0..5 {
                prop_assert!((d.get(one, other) - e.get(4 - one, 4 - other)).abs() < 1e-12);
            }
        }
    }
}
