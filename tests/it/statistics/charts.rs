//! Charts of counts and rare events, moving ranges, and new limits from a recorded change.

use proptest::prelude::{Strategy, prop, prop_assert, proptest};

use throughline::statistics::{
    ChangePoint, Chart, Part, RebaseError, anhoej, asks_for_laney, c_chart, g_chart,
    moving_range_chart, nhs_signals, p_chart, p_prime_chart, rebased, t_chart, u_chart,
    u_prime_chart, xmr_chart,
};

use super::{check, near};

/// qicharts2 0.8.1 on Montgomery's examples 7.3 (without the two points set aside) and 7.6.
#[test]
fn counts_and_times_between_events_as_qicharts() {
    let boards = [
        21, 24, 16, 12, 15, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 30, 24, 16, 19, 17,
        15,
    ]
    .map(f64::from);
    let chart = c_chart(&boards, 0..24).expect("a chart");
    near(chart.centre, 19.666_666_666_666_7, 1e-9);
    check(Some(chart.limits[0]), 6.362_531_971_016_6, 32.970_801_362_316_7, 1e-9);

    let hours = [
        286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214,
        2831, 96,
    ]
    .map(f64::from);
    let chart = t_chart(&hours, 0..20).expect("a chart");
    near(chart.centre, 430.040_951_789_758, 1e-9);
    check(Some(chart.limits[19]), 0.0, 6_937.933_488_166_58, 1e-9);
    assert_eq!(t_chart(&[3.0, 0.0, 2.0], 0..3), None, "two events at once have no time between");
}

/// By hand after qicharts2's `qic.g`: mean 6, √(6 · 7), median 5.
#[test]
fn units_between_events() {
    let chart = g_chart(&[2.0, 5.0, 1.0, 10.0, 12.0], 0..5).expect("a chart");
    near(chart.centre, 5.0, 1e-12);
    check(Some(chart.limits[0]), 0.0, 6.0 + 3.0 * 42.0_f64.sqrt(), 1e-12);
    assert_eq!(g_chart(&[2.0, -1.0], 0..2), None);
    assert_eq!(g_chart(&[], 0..0), None);
}

/// By hand: 70, 74, 68, 75, 73.
#[test]
fn moving_ranges() {
    let (ranges, chart) =
        moving_range_chart(&[70.0, 74.0, 68.0, 75.0, 73.0], 0..4).expect("four ranges");
    assert_eq!(ranges, [4.0, 6.0, 7.0, 2.0]);
    near(chart.centre, 4.75, 1e-12);
    check(Some(chart.limits[3]), 0.0, 15.518_25, 1e-12);
    assert_eq!(moving_range_chart(&[70.0], 0..0), None);
}

fn change(first: usize, reason: &str) -> ChangePoint {
    ChangePoint { first, reason: reason.to_owned() }
}

/// `NHSRplotthedots` 0.2.2 on a made-up series that is rebased at its 13th point.
#[test]
fn limits_start_anew_at_a_recorded_change() {
    let values = [
        68.0, 71.8, 64.2, 65.2, 68.9, 66.0, 63.5, 68.8, 77.2, 70.4, 71.5, 67.4, 82.6, 83.3, 88.5,
        91.2, 82.8, 77.8, 88.5, 84.2, 76.2, 78.7, 88.0, 78.6,
    ];
    let draw = |points: &[f64]| xmr_chart(points, 0..points.len(), true);
    let changes = [change(12, "the crisis team opened")];
    let segments = rebased(&values, &changes, draw).expect("one change");
    assert_eq!(segments.len(), 2);
    assert_eq!((segments[0].points.clone(), segments[0].reason.as_deref()), (0..12, None));
    assert_eq!(segments[1].reason.as_deref(), Some("the crisis team opened"));
    assert!(segments.iter().all(|segment| !segment.is_short()));
    let first = segments[0].chart.as_ref().expect("a chart");
    check(Some(first.chart.limits[0]), 57.161_181_818_181_8, 79.988_818_181_818_2, 1e-9);
    let second = segments[1].chart.as_ref().expect("a chart");
    near(second.chart.centre, 83.366_666_666_666_7, 1e-9);
    check(Some(second.chart.limits[11]), 67.358_303_030_303, 99.375_030_303_030_3, 1e-9);
}

#[test]
fn limits_are_never_moved_without_a_reason() {
    let draw = |points: &[f64]| Some(points.len());
    let wrong = |changes: &[ChangePoint]| rebased(&[1.0, 2.0, 3.0], changes, draw).expect_err("no");
    assert_eq!(wrong(&[change(1, "  ")]), RebaseError::NoReason(1));
    assert_eq!(wrong(&[change(3, "late")]), RebaseError::Outside(3));
    assert_eq!(wrong(&[change(0, "early")]), RebaseError::Outside(0));
    assert_eq!(wrong(&[change(2, "b"), change(1, "a")]), RebaseError::Order(1));
    assert_eq!(wrong(&[change(2, "b"), change(2, "c")]), RebaseError::Order(2));
}

proptest! {
    /// Every point lies in exactly one segment, whatever the changes.
    #[test]
    fn segments_cover_the_series(
        (points, at) in prop::collection::vec(0.0..9.0, 2..40).prop_flat_map(|points| {
            let last = points.len() - 1;
            (proptest::strategy::Just(points), prop::collection::btree_set(1..=last, 0..4))
        })
    ) {
        let changes: Vec<ChangePoint> = at.iter().map(|first| change(*first, "moved")).collect();
        let segments = rebased(&points, &changes, |points| Some(points.to_vec())).expect("in order");
        let joined: Vec<f64> =
            segments.into_iter().flat_map(|segment| segment.chart.expect("points")).collect();
        prop_assert!(joined == points);
    }

    /// The limits of a t chart contain its centre, and times in hours or days give the same chart.
    #[test]
    fn a_t_chart_does_not_depend_on_the_unit_of_time(
        days in prop::collection::vec(0.1..500.0, 3..40)
    ) {
        let chart = t_chart(&days, 0..days.len()).expect("times above 0");
        let hours: Vec<f64> = days.iter().map(|time| time * 24.0).collect();
        let other = t_chart(&hours, 0..hours.len()).expect("times above 0");
        prop_assert!(chart.limits[0].low <= chart.centre && chart.centre <= chart.limits[0].high);
        prop_assert!((other.centre / chart.centre - 24.0).abs() < 1e-9);
        prop_assert!((other.limits[0].high / chart.limits[0].high - 24.0).abs() < 1e-9);
    }
}

/// Every chart of a series, with the values that it draws.
fn charts(values: &[f64], size: f64) -> Vec<(Vec<f64>, Chart)> {
    let parts: Vec<Part> =
        values.iter().map(|value| Part { numerator: value * size, denominator: size }).collect();
    let all = 0..values.len();
    let shares: Vec<f64> = parts.iter().map(|part| part.numerator / part.denominator).collect();
    let of_parts = [p_chart, p_prime_chart, u_chart, u_prime_chart];
    let attribute = of_parts.into_iter().filter_map(|chart| chart(&parts, 0..parts.len()));
    let attribute = attribute.map(|chart| (shares.clone(), chart));
    let rare = [g_chart, t_chart].into_iter().filter_map(|chart| chart(values, 0..values.len()));
    let rare = rare.map(|chart| (values.to_vec(), chart));
    let single = xmr_chart(values, all, true).map(|xmr| (values.to_vec(), xmr.chart));
    attribute.chain(rare).chain(single).collect()
}

/// A series that never changes has no signal, although its mean may differ from it in the last digit.
#[test]
fn what_never_changes_is_no_signal() {
    let mut drawn = 0;
    for value in [0.0, 0.1, 0.3, 0.7, 1.0 / 3.0, 1.0] {
        for points in [2, 3, 12, 13, 24, 60] {
            for (values, chart) in charts(&vec![value; points], 60.0) {
                let signals = nhs_signals(&values, &chart);
                assert!(signals.iter().all(Vec::is_empty), "{value} × {points}: {signals:?}");
                assert_eq!(anhoej(&values, chart.centre), None, "{value} × {points}");
                drawn += 1;
            }
        }
    }
    assert!(drawn > 200, "{drawn} charts are drawn");
}

/// Nothing, one point, a point without units, numbers that are none: no chart, or one with limits in order.
#[test]
fn odd_series_have_no_chart_or_a_sound_one() {
    let mut tried = 0;
    for values in [
        vec![],
        vec![0.5],
        vec![0.0, 1.0],
        vec![0.5, f64::NAN, 0.4, 0.3],
        vec![0.5, f64::INFINITY, 0.4],
        vec![0.0; 24],
        [vec![0.2; 23], vec![0.9]].concat(),
        vec![1e-6, 1e6, 1.0, 2.0],
    ] {
        for size in [60.0, 1.0, 0.0] {
            for (values, chart) in charts(&values, size) {
                tried += 1;
                assert_eq!(chart.limits.len(), values.len());
                if values.iter().all(|value| value.is_finite()) {
                    let sound =
                        |limits: &throughline::statistics::Limits| limits.low <= limits.high;
                    assert!(chart.limits.iter().all(sound), "{values:?}: {chart:?}");
                }
                nhs_signals(&values, &chart);
                anhoej(&values, chart.centre);
            }
        }
    }
    assert!(tried > 30, "{tried} charts are drawn");
}

/// Section 8.3 of the catalogue: Laney's limits where there are many units or much variation, and limits by
/// chance alone elsewhere.
#[test]
fn laneys_limits_are_for_many_units_or_much_variation() {
    let points = |of: &[(f64, f64)]| -> Vec<Part> {
        of.iter()
            .map(|(numerator, denominator)| Part {
                numerator: *numerator,
                denominator: *denominator,
            })
            .collect()
    };
    // The worked example of p′: χ² of 0.10, 0.45, 3.40 and 1.49 for three degrees of freedom.
    let dispersed = points(&[(45.0, 60.0), (60.0, 75.0), (40.0, 60.0), (66.0, 80.0)]);
    assert!(asks_for_laney(&dispersed, 0..4));
    let even = points(&[(45.0, 60.0), (57.0, 75.0), (46.0, 60.0), (61.0, 80.0)]);
    assert!(!asks_for_laney(&even, 0..4));
    let many = points(&[(900.0, 1200.0), (901.0, 1200.0), (899.0, 1200.0)]);
    assert!(asks_for_laney(&many, 0..3));
    assert!(!asks_for_laney(&points(&[(0.0, 60.0), (0.0, 70.0)]), 0..2));
}
