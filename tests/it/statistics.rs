//! Statistics against published packages and worked examples. Sources are named at each case;
//! closed formulas hold to 1e-9.

mod change;
mod charts;
mod comparison;
mod grouped_model;
mod resampling;
mod survival;
mod weighting;

use throughline::statistics::{
    Limits, MemberSums, Part, Signal, anhoej, byar, chi_squared_quantile, clopper_pearson,
    cluster_ratio, design_effect, exact_poisson, newcombe, nhs_signals, normal_quantile, p_chart,
    p_prime_chart, quantile, t_interval, t_quantile, u_chart, u_prime_chart, wilson, xmr_chart,
};

#[track_caller]
fn near(actual: f64, expected: f64, relative: f64) {
    assert!(
        (actual - expected).abs() <= relative * expected.abs().max(1e-3),
        "{actual} is not {expected}"
    );
}

#[track_caller]
fn check(limits: Option<Limits>, low: f64, high: f64, relative: f64) {
    let limits = limits.expect("an interval");
    near(limits.low, low, relative);
    near(limits.high, high, relative);
}

/// `PHEindicatormethods` 2.1.0, test data of `phe_proportion`.
#[test]
fn wilson_as_public_health_england() {
    check(wilson(1.0, 100.0, 0.95), 0.001_767_432_064_140_651_1, 0.054_486_196_178_705_294, 1e-9);
    check(wilson(65.0, 100.0, 0.95), 0.552_544_432_968_879_7, 0.736_357_517_569_024_7, 1e-9);
    check(wilson(65.0, 100.0, 0.998), 0.495_494_657_407_043_1, 0.778_354_061_408_969_7, 1e-9);
    check(wilson(0.445, 1.0, 0.95), 0.043_817_447_720_588_22, 0.933_462_127_697_915_6, 1e-9);
    check(
        wilson(7_776_456.0, 7_564_336_677.0, 0.95),
        0.001_027_320_100_164_109_4,
        0.001_028_764_457_897_723_1,
        1e-9,
    );
    check(wilson(45.0, 60.0, 0.95), 0.6277, 0.8422, 1e-4);
    check(wilson(0.0, 10.0, 0.95), 0.0, 0.2775, 1e-3);
    assert_eq!(wilson(0.0, 0.0, 0.95), None);
    assert_eq!(wilson(3.0, 2.0, 0.95), None);
}

/// R 4 `binom.test(45, 60)`, and the closed forms at the ends.
#[test]
fn clopper_pearson_is_exact() {
    check(clopper_pearson(45.0, 60.0, 0.95), 0.6214, 0.8528, 1e-4);
    check(clopper_pearson(0.0, 10.0, 0.95), 0.0, 1.0 - 0.025_f64.powf(0.1), 1e-9);
    check(clopper_pearson(10.0, 10.0, 0.95), 0.025_f64.powf(0.1), 1.0, 1e-9);
}

/// `PHEindicatormethods` 2.1.0, test data of Byar's method and of `phe_rate`.
#[test]
fn counts_as_public_health_england() {
    check(byar(65.0, 0.95), 50.163_187_710_459_454, 82.849_138_545_939_84, 1e-9);
    check(byar(1045.0, 0.998), 947.940_703_561_037_4, 1_148.806_160_988_033, 1e-9);
    check(byar(1.0, 0.95), 0.013_072_132_901_504_35, 5.563_755_582_475_260_5, 1e-9);
    check(exact_poisson(1.0, 0.95), 0.025_317_807_984_289_897, 5.571_643_390_938_898, 1e-9);
    check(exact_poisson(5.0, 0.95), 1.623_486_390_118_42, 11.668_332_079_322_669, 1e-9);
    check(exact_poisson(5.0, 0.998), 0.739_371_731_917_839, 16.454_745_203_680_105, 1e-9);
    check(exact_poisson(0.0, 0.95), 0.0, -(0.025_f64.ln()), 1e-9);
    assert_eq!(byar(-1.0, 0.95), None);
}

/// `PHEindicatormethods` 2.1.0, test data of `phe_mean`, from the published sum, count and deviation.
#[test]
fn means_as_public_health_england() {
    let area = |n: f64, sum: f64, deviation: f64, confidence: f64| {
        t_interval(n, sum / n, deviation * deviation * (n - 1.0), confidence)
    };
    let first = (8.0, 429.634_760_000_000_1, 20.975_575_257_709_51);
    check(
        area(first.0, first.1, first.2, 0.95),
        36.168_325_241_336_504,
        71.240_364_758_663_52,
        1e-9,
    );
    check(
        area(first.0, first.1, first.2, 0.998),
        18.216_705_294_788_838,
        89.191_984_705_211_18,
        1e-9,
    );
    let all = (26.0, 102_650.968, 3_171.801_812_219_445_3);
    check(area(all.0, all.1, all.2, 0.95), 2_666.995_676_745_849, 5_229.232_630_946_458, 1e-9);
    assert_eq!(t_interval(1.0, 3.0, 0.0, 0.95), None);
}

/// Tables of R: `qnorm`, `qt`, `qchisq`.
#[test]
fn quantiles_of_distributions() {
    near(normal_quantile(0.975), 1.959_963_984_540_054, 1e-12);
    near(t_quantile(0.975, 1.0), 12.706_204_736_432_1, 1e-10);
    near(t_quantile(0.975, 999.9), t_quantile(0.975, 1000.0), 1e-6);
    near(t_quantile(0.975, 10.0), 2.228_138_851_964_939, 1e-10);
    near(t_quantile(0.975, 1e7), 1.959_964_222_2, 1e-9);
    near(chi_squared_quantile(0.975, 2.0), -2.0 * 0.025_f64.ln(), 1e-12);
}

/// The formula worked by hand for 56 of 70 and 48 of 80.
#[test]
fn difference_of_two_shares() {
    let (difference, limits) = newcombe((56.0, 70.0), (48.0, 80.0), 0.95).expect("two shares");
    near(difference, 0.2, 1e-12);
    near(limits.low, 0.0524, 1e-3);
    near(limits.high, 0.3339, 1e-3);
}

/// Two members of 2 units and one of 1: each step by hand.
#[test]
fn clusters_of_members() {
    let sums = MemberSums { members: 3.0, n: 3.0, d: 5.0, nn: 5.0, nd: 5.0, dd: 9.0 };
    // r = 0.6; Σ(n − r·d)² = 5 − 6 + 3.24 = 2.24; variance = 3/2 · 2.24 / 25 = 0.1344.
    let binomial = 0.6 * 0.4 / 5.0;
    near(design_effect(sums), 0.1344 / binomial, 1e-12);
    let reach = t_quantile(0.975, 2.0) * 0.1344_f64.sqrt();
    check(cluster_ratio(sums, 0.95), 0.6 - reach, 0.6 + reach, 1e-12);
    // Nobody met: members of more than one unit count once.
    let none = MemberSums { n: 0.0, nn: 0.0, nd: 0.0, ..sums };
    near(design_effect(none), 9.0 / 5.0, 1e-12);
    // Members of one unit each are independent units.
    let single = MemberSums { members: 50.0, n: 20.0, d: 50.0, nn: 20.0, nd: 20.0, dd: 50.0 };
    near(design_effect(single), 50.0 / 49.0, 1e-12);
}

/// R: `quantile(c(1, 1, 2, 5, 9, 9, 9), type = 7)`.
#[test]
fn quantiles_of_counted_values() {
    let counts = [(1, 2), (2, 1), (5, 1), (9, 3)];
    near(quantile(&counts, 0.25).expect("values"), 1.5, 1e-12);
    near(quantile(&counts, 0.5).expect("values"), 5.0, 1e-12);
    near(quantile(&counts, 0.75).expect("values"), 9.0, 1e-12);
    near(quantile(&counts, 1.0).expect("values"), 9.0, 1e-12);
    assert_eq!(quantile(&[], 0.5), None);
}

fn parts(counts: &[u32], area: f64) -> Vec<Part> {
    counts.iter().map(|count| Part { numerator: f64::from(*count), denominator: area }).collect()
}

/// qicharts2 0.8.1 on Montgomery's examples 7.1 (without the two points set aside), 7.3 (likewise)
/// and 7.4.
#[test]
fn attribute_charts_as_qicharts() {
    let cans = parts(
        &[
            12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 8, 10, 5, 13, 11, 20, 18, 15, 9, 12,
            7, 13, 9, 6,
        ],
        50.0,
    );
    let chart = p_chart(&cans, 0..28).expect("a chart");
    near(chart.centre, 0.215, 1e-9);
    check(Some(chart.limits[0]), 0.040_702_839_954_289_6, 0.389_297_160_045_71, 1e-9);

    let boards = parts(
        &[
            21, 24, 16, 12, 15, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 30, 24, 16, 19,
            17, 15,
        ],
        1.0,
    );
    let chart = u_chart(&boards, 0..24).expect("a chart");
    near(chart.centre, 19.666_666_666_666_7, 1e-9);
    check(Some(chart.limits[0]), 6.362_532_5, 32.970_801, 1e-6);

    let networks = parts(&[2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4], 50.0);
    let chart = u_chart(&networks, 0..20).expect("a chart");
    check(Some(chart.limits[0]), 0.0, 0.189_412_304_370_028, 1e-9);
}

/// Worked by hand after qicharts2's `qic.pp`.
#[test]
fn laney_widens_by_the_variation_between_points() {
    let points: Vec<Part> = [(45.0, 60.0), (60.0, 75.0), (40.0, 60.0), (66.0, 80.0)]
        .map(|(numerator, denominator)| Part { numerator, denominator })
        .to_vec();
    let chart = p_prime_chart(&points, 0..4).expect("a chart");
    near(chart.centre, 0.76727, 1e-5);
    check(Some(chart.limits[0]), 0.4496, 1.0, 1e-4);
    let plain = u_chart(&points, 0..4).expect("a chart");
    let laney = u_prime_chart(&points, 0..4).expect("a chart");
    let scores: Vec<f64> = points
        .iter()
        .map(|point| {
            (point.numerator / point.denominator - plain.centre)
                / (plain.centre / point.denominator).sqrt()
        })
        .collect();
    let sigma = scores.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum::<f64>() / 3.0 / 1.128;
    let reach = 3.0 * (plain.centre / 60.0).sqrt() * sigma;
    near(laney.limits[0].high, laney.centre + reach, 1e-12);
    assert!(p_prime_chart(&points[..1], 0..1).is_none(), "one point has no neighbour");
}

/// qicharts2 0.8.1 on Montgomery's example 6.5: limits from the first 20 of 40 points.
#[test]
fn individual_values_as_qicharts() {
    let values = [
        310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306,
        301, 304, 305, 282, 305, 296, 314, 295, 287, 301, 298, 311, 310, 292, 305, 299, 304, 310,
        304, 305, 333, 328,
    ]
    .map(f64::from);
    let xmr = xmr_chart(&values, 0..20, false).expect("a chart");
    near(xmr.chart.centre, 300.5, 1e-12);
    // qicharts2 multiplies by 2.66 = 3 / 1.128 unrounded.
    let unrounded = 3.0 / 1.128 * xmr.mean_range;
    near(300.5 - unrounded, 279.783_314_669_653, 1e-9);
    let test = anhoej(&values, 300.5).expect("a test");
    assert_eq!((test.useful, test.longest_run, test.longest_expected), (40, 6, 8));
    assert_eq!((test.crossings, test.crossings_expected, test.signals()), (20, 14, false));
    let hand = xmr_chart(&[70.0, 74.0, 68.0, 75.0, 73.0], 0..5, false).expect("a chart");
    check(Some(hand.chart.limits[0]), 59.365, 84.635, 1e-9);
    near(hand.range_high, 15.518, 1e-4);
}

/// `NHSRplotthedots` 0.2.2 on four made-up series: limits, and the points it calls special.
#[test]
fn signals_as_the_nhs_draws_them() {
    let base = [68.0, 71.8, 64.2, 65.2, 68.9, 66.0, 63.5, 68.8, 77.2, 70.4, 71.5, 67.4];
    let series = |tail: &[f64]| [&base[..], tail].concat();
    let stable = series(&[70.6, 71.3, 76.5, 79.2, 70.8, 65.8, 76.5, 72.2, 64.2, 66.7, 76.0, 66.6]);
    check_points(&stable, (56.485_789_855_072_5, 83.455_876_811_594_2), &[]);

    let shift = series(&[78.6, 79.3, 84.5, 87.2, 78.8, 73.8, 84.5, 80.2, 72.2, 74.7, 84.0, 74.6]);
    let mut expected: Vec<(usize, Signal)> =
        (1..=8).map(|point| (point, Signal::RunBelow)).collect();
    expected.extend([(15, Signal::NearUpperLimit), (16, Signal::NearUpperLimit)]);
    check_points(&shift, (59.560_572_463_768_1, 88.381_094_202_898_6), &expected);

    let falling = series(
        &[71.3, 70.6, 71.3, 68.9, 67.8, 66.7, 65.6, 64.5, 63.4, 62.3, 61.2, 60.1, 59.0][1..],
    );
    let mut expected = vec![(8, Signal::RunAbove), (9, Signal::AboveLimits)];
    expected.extend((10..=13).map(|point| (point, Signal::RunAbove)));
    expected.extend((14..=23).map(|point| (point, Signal::Falling)));
    expected.push((24, Signal::BelowLimits));
    check_points(&falling, (59.513_485_507_246_4, 74.178_181_159_420_3), &expected);

    let mut high = stable.clone();
    high[19] = 110.0;
    check_points(&high, (58.3345, 84.757_166_666_666_7), &[(20, Signal::AboveLimits)]);
}

#[track_caller]
fn check_points(values: &[f64], limits: (f64, f64), expected: &[(usize, Signal)]) {
    let chart = xmr_chart(values, 0..values.len(), true).expect("a chart").chart;
    check(Some(chart.limits[0]), limits.0, limits.1, 1e-9);
    let signals = nhs_signals(values, &chart);
    for (point, signals) in (1..).zip(&signals) {
        match expected.iter().find(|(number, _)| *number == point) {
            Some((_, signal)) => assert!(signals.contains(signal), "point {point}: {signals:?}"),
            None => assert!(signals.is_empty(), "point {point}: {signals:?}"),
        }
    }
}
