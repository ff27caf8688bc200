//! Groups: against brute force, against people one by one, and with what is planted.

use std::collections::BTreeSet;

use proptest::prelude::*;
use throughline::study::{
    CostRule, Costs, DistanceError, Distances, Distinct, Draws, Grouping, Metric, MetricRule, Norm,
    Partition, Sequence, SequenceRules, best, bootstrap_stability, course_groups, distances, pam,
    silhouette, ward,
};

use super::{letters, near};

/// Points on a line.
fn line(points: &[f64]) -> Distances {
    Distances::by(points.len(), |one, other| (points[one] - points[other]).abs())
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).expect("few"))
}

/// The cost of given medoids, by its definition.
fn cost(distances: &Distances, people: &[u64], medoids: &[usize]) -> f64 {
    (0..distances.len())
        .map(|place| {
            let near = medoids.iter().map(|medoid| distances.get(place, *medoid));
            number(people[place]) * near.fold(f64::INFINITY, f64::min)
        })
        .sum()
}

/// The groups as sets of places.
fn sets(partition: &Partition) -> BTreeSet<Vec<usize>> {
    (0..partition.groups())
        .map(|group| {
            let places = 0..partition.group_of().len();
            places.filter(|place| partition.group_of()[*place] == group).collect()
        })
        .collect()
}

/// Each thing as often as it has people.
fn one_by_one(points: &[f64], people: &[u64]) -> Vec<f64> {
    points
        .iter()
        .zip(people)
        .flat_map(|(point, count)| vec![*point; usize::try_from(*count).expect("few")])
        .collect()
}

#[test]
fn three_clumps_are_found_by_both() {
    let points = [0.0, 1.0, 2.0, 100.0, 101.0, 102.5, 50.0, 51.0];
    let people = [1, 1, 1, 1, 2, 1, 9, 1];
    let clumps = BTreeSet::from([vec![0, 1, 2], vec![3, 4, 5], vec![6, 7]]);
    let distances = line(&points);
    for grouping in [Grouping::Pam, Grouping::Ward] {
        let candidates = grouping.candidates(&distances, &people, 1..=9);
        let ks: Vec<usize> = candidates.iter().map(|candidate| candidate.k).collect();
        assert_eq!(ks, [2, 3, 4, 5, 6, 7, 8], "one group has no silhouette, nine there are not");
        let best = best(&candidates).expect("a candidate");
        assert_eq!((best.k, sets(&best.partition)), (3, clumps.clone()));
        assert_eq!(best.partition.people(&people), [10, 4, 3], "the greatest group is the first");
        let stable = bootstrap_stability(
            &distances,
            &people,
            &best.partition,
            grouping,
            Draws { count: 50, seed: 1 },
        );
        assert!(stable[0].mean.is_some_and(|mean| mean > 0.9), "{stable:?}");
    }
    let medoids = pam(&distances, &people, 3).expect("three");
    assert_eq!(medoids.medoids, [6, 4, 1]);
    near(medoids.cost, 1.0 + 2.5 + 2.0);
}

/// By hand: 0 and 1 join at 1, 4 and 6 at 2; then the middles 0.5 and 5 are 4.5 apart, and groups of
/// two and two join at the root of 2 · (2 · 2 ÷ 4) · 4.5².
#[test]
fn ward_heights_by_hand() {
    let tree = ward(&line(&[0.0, 1.0, 4.0, 6.0]), &[1; 4]);
    let heights: Vec<f64> = tree.merges.iter().map(|merge| merge.height).collect();
    near(heights[0], 1.0);
    near(heights[1], 2.0);
    near(heights[2], 40.5_f64.sqrt());
    assert!(tree.groups(0).is_none() && tree.groups(5).is_none());
    assert_eq!(tree.groups(4).map(|groups| groups.groups()), Some(4));
}

/// By hand: in {0, 1} and {4, 6}, the first has a = 1 and b = 5.
#[test]
fn silhouettes_by_hand() {
    let widths =
        silhouette(&line(&[0.0, 1.0, 4.0, 6.0]), &[1; 4], &Partition::new(&[0, 0, 1, 1], &[1; 4]));
    let widths = widths.expect("two groups");
    for (width, expected) in widths.widths.iter().zip([0.8, 0.75, 1.5 / 3.5, 3.5 / 5.5]) {
        near(*width, expected);
    }
    near(widths.of_groups[0], 0.775);
    near(widths.average, (0.8 + 0.75 + 1.5 / 3.5 + 3.5 / 5.5) / 4.0);
    let alone = Partition::new(&[0, 1, 1, 1], &[1; 4]);
    let widths = silhouette(&line(&[0.0, 1.0, 4.0, 6.0]), &[1; 4], &alone).expect("two groups");
    let group = alone.group_of()[0];
    near(widths.of_groups[group], 0.0);
}

#[test]
fn a_group_of_noise_does_not_come_back() {
    let points: Vec<f64> =
        (0_u8..40).map(|place| f64::from(place) + f64::from(place % 7) / 9.0).collect();
    let distances = line(&points);
    let people = vec![1; 40];
    let groups = Grouping::Pam.groups(&distances, &people, 6).expect("six");
    let stable = bootstrap_stability(
        &distances,
        &people,
        &groups,
        Grouping::Pam,
        Draws { count: 30, seed: 5 },
    );
    let means: Vec<f64> = stable.iter().filter_map(|group| group.mean).collect();
    assert_eq!(means.len(), 6);
    assert!(means.iter().any(|mean| *mean < 0.75), "{means:?}");
}

#[test]
fn a_draw_without_a_group_says_nothing_of_it() {
    let (distances, people) = (line(&[0.0, 100.0, 1000.0]), [30, 30, 1]);
    let groups = Grouping::Pam.groups(&distances, &people, 3).expect("three");
    let draws = Draws { count: 50, seed: 2 };
    let stable = bootstrap_stability(&distances, &people, &groups, Grouping::Pam, draws);
    assert_eq!((stable[0].draws, stable[0].mean), (50, Some(1.0)));
    assert!((20..45).contains(&stable[2].draws), "a person is drawn in 63 of 100: {stable:?}");
    assert_eq!(stable[2].mean, Some(1.0));
}

#[test]
fn neither_threads_nor_runs_change_the_result() {
    let texts = ["AAAB", "AABB", "ABBB", "BBBB", "CCCC", "CCCA", "CCAA", "ACAC", "BCBC", "AAAA"];
    let people: Vec<Sequence> = texts.iter().map(|text| letters(text, "ABC")).collect();
    let distinct = Distinct::new(&people);
    let run = || {
        let metric = Metric::OptimalMatching(Costs::transition_rates(&distinct, 3));
        let distances = distances(&distinct.sequences, &metric, Norm::Raw).expect("comparable");
        let groups = pam(&distances, &distinct.people, 3).expect("three");
        let stable = bootstrap_stability(
            &distances,
            &distinct.people,
            &groups.partition,
            Grouping::Pam,
            Draws { count: 40, seed: 9 },
        );
        (distances, groups, stable)
    };
    let within = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads").install(run)
    };
    assert_eq!(within(1), within(4));
}

fn rules(metric: MetricRule, grouping: Grouping) -> SequenceRules {
    SequenceRules {
        months: 12,
        metric,
        norm: Norm::Raw,
        grouping,
        groups: 2..=5,
        draws: Draws { count: 20, seed: 3 },
    }
}

/// Three kinds of courses with some noise, and two people of whom nothing is known.
fn planted() -> Vec<Sequence> {
    let mut people = vec![letters("....", "ABC")];
    for (count, text) in [
        (15, "AAAAAAAAAAAA"),
        (4, "AAAAAABAAAAA"),
        (1, "AAAAABBAAAAA"),
        (1, "AAAAAABBAAAA"),
        (12, "AAABBBBBBBBB"),
        (3, "AABBBBBBBBBB"),
        (10, "CCCCCCAAAAAA"),
        (2, "CCCCCCCAAAA"),
    ] {
        people.extend(vec![letters(text, "ABC"); count]);
    }
    people.push(letters("", "ABC"));
    people
}

#[test]
fn planted_kinds_of_courses_are_found() {
    let costs = Costs::constant(3, 2.0, 1.0).expect("costs");
    let metrics =
        [CostRule::TransitionRates, CostRule::Given(costs)].map(MetricRule::OptimalMatching);
    for metric in metrics.into_iter().chain([MetricRule::LongestCommonSubsequence]) {
        for grouping in [Grouping::Pam, Grouping::Ward] {
            let found = course_groups(&planted(), 3, &rules(metric.clone(), grouping), 11);
            let found = found.expect("comparable");
            let people: Vec<u64> = found.groups.iter().map(|group| group.people).collect();
            assert_eq!(people, [21, 15, 12]);
            let middles = ["AAAAAAAAAAAA", "AAABBBBBBBBB", "CCCCCCAAAAAA"];
            for (group, middle) in found.groups.iter().zip(middles) {
                assert_eq!(group.middle, letters(middle, "ABC"));
                assert!(group.average_width > 0.5, "{group:?}");
                assert!(group.stability.mean.is_some_and(|mean| mean > 0.8), "{group:?}");
                assert!(group.months.iter().all(|month| month.known <= group.people));
            }
            near(found.groups[0].share, 21.0 / 48.0);
            assert_eq!(found.groups[0].months[6].people, [15, 6, 0]);
            assert_eq!((found.of_person[0], found.of_person[1]), (None, Some(0)));
            assert_eq!(found.of_person.iter().flatten().count(), 48);
            assert!(found.tried.iter().all(|(k, _)| *k <= 3), "more groups are too small");
        }
    }
}

#[test]
fn groups_too_small_to_show_are_not_formed() {
    let metric = MetricRule::LongestCommonSubsequence;
    let found = course_groups(&planted(), 3, &rules(metric.clone(), Grouping::Pam), 40);
    let found = found.expect("comparable");
    assert!(found.groups.is_empty() && found.tried.is_empty());
    assert!(found.of_person.iter().all(Option::is_none));
    let nobody = course_groups(&[], 3, &rules(metric, Grouping::Ward), 11).expect("comparable");
    assert!(nobody.groups.is_empty());
    let uneven =
        course_groups(&planted(), 3, &rules(MetricRule::DynamicHamming, Grouping::Pam), 11);
    assert!(matches!(uneven, Err(DistanceError::Length { length: 11, expected: 12, .. })));
}

fn some_points() -> impl Strategy<Value = (Vec<f64>, Vec<u64>)> {
    // Near 2^n, so that no two distances are alike and nothing hangs on ties.
    (2_usize..9).prop_flat_map(|count| {
        let point = (0_u32..1_000_000).prop_map(|place| f64::from(place) / 997.0);
        (prop::collection::vec(point, count), prop::collection::vec(1_u64..4, count))
    })
}

proptest! {
    #[test]
    fn no_exchange_of_a_medoid_is_better((points, people) in some_points(), k in 1_usize..4) {
        let distances = line(&points);
        let Some(found) = pam(&distances, &people, k) else {
            prop_assert!(k > points.len());
            return Ok(());
        };
        prop_assert!((found.cost - cost(&distances, &people, &found.medoids)).abs() < 1e-9);
        for out in 0..k {
            for into in 0..points.len() {
                let mut exchanged = found.medoids.clone();
                exchanged[out] = into;
                let other = cost(&distances, &people, &exchanged);
                prop_assert!(found.cost <= other + 1e-9 * other.max(1.0));
            }
        }
    }

    #[test]
    fn counting_equal_people_once_is_counting_them_one_by_one((points, people) in some_points()) {
        let all = one_by_one(&points, &people);
        let ones = vec![1; all.len()];
        let (few, many) = (line(&points), line(&all));
        let tree = ward(&few, &people);
        let whole = ward(&many, &ones);
        let tops = tree.merges.iter().rev().zip(whole.merges.iter().rev());
        for (one, other) in tops {
            prop_assert!((one.height - other.height).abs() < 1e-6 * other.height.max(1.0));
        }
        let groups = tree.groups(2).expect("two things at least");
        let labels: Vec<usize> = groups
            .group_of()
            .iter()
            .zip(&people)
            .flat_map(|(group, count)| vec![*group; usize::try_from(*count).expect("few")])
            .collect();
        let few = silhouette(&few, &people, &groups).expect("two groups");
        let many = silhouette(&many, &ones, &Partition::new(&labels, &ones)).expect("two groups");
        prop_assert!((few.average - many.average).abs() < 1e-9);
    }

    /// The growth of the sum of squares is that of the middles, on a line by plain arithmetic.
    #[test]
    fn ward_joins_what_grows_least((points, people) in some_points()) {
        let mut groups: Vec<(f64, f64)> =
            points.iter().zip(&people).map(|(point, count)| (*point, number(*count))).collect();
        let tree = ward(&line(&points), &people);
        for merge in &tree.merges {
            let mut least = (f64::INFINITY, 0, 0);
            for one in 0..groups.len() {
                for other in one + 1..groups.len() {
                    let ((a, w), (b, v)) = (groups[one], groups[other]);
                    let square = 2.0 * w * v / (w + v) * (a - b).powi(2);
                    if square < least.0 {
                        least = (square, one, other);
                    }
                }
            }
            let (square, one, other) = least;
            prop_assert!((merge.height - square.sqrt()).abs() < 1e-6 * merge.height.max(1.0));
            let (b, v) = groups.remove(other);
            let (a, w) = groups[one];
            groups[one] = ((a * w + b * v) / (w + v), w + v);
        }
        prop_assert_eq!(groups.len(), 1);
    }
}
