//! Units and groups beside each other: standardised figures, funnels, many tests at once.

use proptest::prelude::{Strategy, prop, prop_assert, proptest};

use throughline::statistics::{
    FunnelScale, Part, ReferenceStratum, StandardStratum, benjamini_hochberg, count_on_funnel,
    directly_standardised_rate, dispersion, expected_events, funnel, indirectly_standardised_rate,
    normal_probability, rate_ratio, share_control_limits, standardised_ratio,
};

use super::{check, near};

/// Events, person-time, members with 1, 2, 3 and 4 events, reference events and reference
/// person-time of nineteen age bands: the test data of `phe_dsr` and `phe_isr`,
/// `PHEindicatormethods` 2.1.0.
const BANDS: [(f64, f64, [f64; 4], f64, f64); 19] = [
    (127.0, 636.0, [75.0, 16.0, 4.0, 2.0], 10303.0, 50520.0),
    (25.0, 558.0, [16.0, 3.0, 1.0, 0.0], 2824.0, 57173.0),
    (18.0, 609.0, [11.0, 2.0, 1.0, 0.0], 0.0, 60213.0),
    (21.0, 543.0, [12.0, 3.0, 1.0, 0.0], 3615.0, 54659.0),
    (12.0, 384.0, [8.0, 0.0, 0.0, 1.0], 3641.0, 44345.0),
    (27.0, 594.0, [18.0, 3.0, 1.0, 0.0], 3490.0, 50128.0),
    (48.0, 669.0, [26.0, 6.0, 2.0, 1.0], 3789.0, 62163.0),
    (27.0, 843.0, [18.0, 3.0, 1.0, 0.0], 3213.0, 67423.0),
    (29.0, 660.0, [18.0, 4.0, 1.0, 0.0], 3031.0, 62899.0),
    (32.0, 576.0, [21.0, 4.0, 1.0, 0.0], 2771.0, 55463.0),
    (32.0, 606.0, [21.0, 4.0, 1.0, 0.0], 3089.0, 60479.0),
    (34.0, 522.0, [23.0, 4.0, 1.0, 0.0], 3490.0, 49974.0),
    (45.0, 426.0, [23.0, 6.0, 2.0, 1.0], 3595.0, 44140.0),
    (65.0, 273.0, [39.0, 8.0, 2.0, 1.0], 4745.0, 40888.0),
    (38.0, 300.0, [25.0, 5.0, 1.0, 0.0], 5514.0, 37239.0),
    (68.0, 288.0, [40.0, 9.0, 2.0, 1.0], 7125.0, 30819.0),
    (74.0, 153.0, [46.0, 9.0, 2.0, 1.0], 5694.0, 18136.0),
    (82.0, 123.0, [49.0, 10.0, 3.0, 1.0], 6210.0, 15325.0),
    (91.0, 207.0, [56.0, 11.0, 3.0, 1.0], 5757.0, 13918.0),
];

/// The European standard population of 2013.
const STANDARD: [f64; 19] = [
    5000.0, 5500.0, 5500.0, 5500.0, 6000.0, 6000.0, 6500.0, 7000.0, 7000.0, 7000.0, 7000.0, 6500.0,
    6000.0, 5500.0, 5000.0, 4000.0, 2500.0, 1500.0, 1000.0,
];

fn strata(repeated: bool) -> Vec<StandardStratum> {
    BANDS
        .iter()
        .zip(STANDARD)
        .map(|((events, person_time, [one, two, three, four], ..), standard)| StandardStratum {
            events: *events,
            variance: if repeated { one + 4.0 * two + 9.0 * three + 16.0 * four } else { *events },
            person_time: *person_time,
            standard,
        })
        .collect()
}

#[test]
fn direct_standardisation_as_public_health_england() {
    let rate = directly_standardised_rate(&strata(false), 0.95).expect("895 events");
    near(rate.value * 1e5, 10_430.247_991_469_423, 1e-9);
    let per = |limits: throughline::statistics::Limits| Some(limits.times(1e5));
    check(per(rate.limits), 9_717.709_067_985_681, 11_178.940_915_479_25, 1e-9);
    let wide = directly_standardised_rate(&strata(false), 0.998).expect("895 events");
    check(per(wide.limits), 9_323.287_880_219_903, 11_620.595_999_522_058, 1e-9);
    // Events that repeat within members.
    let repeated = directly_standardised_rate(&strata(true), 0.95).expect("895 events");
    check(per(repeated.limits), 9_532.949_778_62, 11_373.074_832_98, 1e-9);
    let few = [StandardStratum { events: 9.0, variance: 9.0, person_time: 90.0, standard: 1.0 }];
    assert_eq!(directly_standardised_rate(&few, 0.95), None, "nine events say too little");
}

#[test]
fn indirect_standardisation_as_public_health_england() {
    let strata: Vec<ReferenceStratum> = BANDS
        .iter()
        .map(|(_, person_time, _, reference_events, reference_person_time)| ReferenceStratum {
            person_time: *person_time,
            reference_events: *reference_events,
            reference_person_time: *reference_person_time,
        })
        .collect();
    let expected = expected_events(&strata).expect("a reference");
    near(expected, 835.883_561_231_174_3, 1e-12);
    let ratio = standardised_ratio(895.0, expected, 0.95).expect("events");
    near(ratio.value, 1.070_723_293_902_027_5, 1e-12);
    check(Some(ratio.limits), 1.001_714_771_255_398_7, 1.143_233_287_249_895, 1e-9);
    let tiny = standardised_ratio(9.0, expected, 0.998).expect("events");
    check(Some(tiny.limits), 0.002_933_930_655_068_261_7, 0.027_105_896_514_690_21, 1e-9);
    let rate = indirectly_standardised_rate(91.0, &strata, 0.95).expect("events");
    near(rate.value * 1e5, 1_017.892_205_151_157_7, 1e-9);
    check(Some(rate.limits.times(1e5)), 819.521_002_506_463, 1_249.759_260_138_32, 1e-9);
    assert_eq!(standardised_ratio(1.0, 0.0, 0.95), None);
}

/// `(met, units)` of thirty made-up organisations.
const ORGANISATIONS: [(f64, f64); 30] = [
    (487.0, 1049.0),
    (49.0, 99.0),
    (14.0, 32.0),
    (12.0, 27.0),
    (26.0, 53.0),
    (219.0, 477.0),
    (36.0, 78.0),
    (485.0, 981.0),
    (12.0, 39.0),
    (61.0, 126.0),
    (23.0, 40.0),
    (18.0, 51.0),
    (200.0, 442.0),
    (12.0, 30.0),
    (58.0, 123.0),
    (12.0, 28.0),
    (82.0, 189.0),
    (9.0, 21.0),
    (434.0, 1036.0),
    (25.0, 71.0),
    (103.0, 259.0),
    (32.0, 65.0),
    (375.0, 1082.0),
    (302.0, 753.0),
    (475.0, 1048.0),
    (11.0, 26.0),
    (81.0, 247.0),
    (59.0, 143.0),
    (362.0, 977.0),
    (36.0, 86.0),
];

fn parts(pairs: &[(f64, f64)]) -> Vec<Part> {
    pairs
        .iter()
        .map(|(numerator, denominator)| Part { numerator: *numerator, denominator: *denominator })
        .collect()
}

/// `FunnelPlotR` 0.6.0, which rounds the normal quantiles to 1.959964 and 3.090232.
#[test]
fn a_funnel_of_shares_as_funnelplotr() {
    let plot = funnel(&parts(&ORGANISATIONS), FunnelScale::Proportion).expect("thirty units");
    near(plot.dispersion.z_scores[0], 2.580_341_022_699_11, 1e-9);
    near(plot.dispersion.z_scores[29], -0.113_988_613_204_915, 1e-9);
    assert!(plot.is_overdispersed());
    let rounded = |z: f64| 2.0 * normal_probability(z) - 1.0;
    let (narrow, wide) = (rounded(1.959_964), rounded(3.090_232));
    let chance = |size, confidence| Some(plot.chance_limits(size, confidence));
    check(chance(1049.0, narrow), 0.394_918_665_641_675, 0.454_706_132_656_493, 1e-9);
    check(chance(1049.0, wide), 0.377_927_074_654_487, 0.472_107_167_161_93, 1e-9);
    let adjusted = |size, confidence| Some(plot.adjusted_limits(size, confidence));
    check(adjusted(1049.0, narrow), 0.378_017_700_977_865, 0.472_013_860_983_414, 1e-9);
    check(adjusted(99.0, wide), 0.267_897_925_508_966, 0.589_653_721_691_659, 1e-9);
    check(adjusted(32.0, narrow), 0.257_913_428_082_008, 0.600_786_920_678_684, 1e-9);
}

/// Worked by hand, each step: five units, φ = 1.968, τ² = 0.00312; five are too few to widen limits.
#[test]
fn five_units_do_not_widen_a_funnel() {
    let units = [(54.0, 120.0), (28.0, 80.0), (104.0, 200.0), (33.0, 60.0), (60.0, 150.0)];
    let plot = funnel(&parts(&units), FunnelScale::Proportion).expect("five units");
    near(plot.centre, 0.45738, 1e-5);
    for (z, expected) in plot.dispersion.z_scores.iter().zip([-0.162, -1.962, 1.773, 1.437, -1.421])
    {
        assert!((z - expected).abs() < 5e-4, "{z} is not {expected}");
    }
    near(plot.dispersion.phi, 1.968, 5e-4);
    near(plot.dispersion.tau_squared, 0.00312, 2e-3);
    assert!(!plot.is_overdispersed());
    assert_eq!(plot.adjusted_limits(80.0, 0.95), plot.chance_limits(80.0, 0.95));
}

/// By the formulas of Spiegelhalter (2005), each step by hand: twelve equal units with ratios of 0.5
/// and 1.5 in turn.
#[test]
fn funnels_of_ratios() {
    let units: Vec<Part> =
        (0..12).map(|unit| Part { numerator: [10.0, 30.0][unit % 2], denominator: 20.0 }).collect();
    let root = funnel(&units, FunnelScale::RatioRoot).expect("twelve units");
    let (low, high) = (
        (0.5_f64.sqrt() - 1.0) * 2.0 * 20.0_f64.sqrt(),
        (1.5_f64.sqrt() - 1.0) * 2.0 * 20.0_f64.sqrt(),
    );
    let squares = 6.0 * (low * low + high * high);
    near(root.dispersion.phi, squares / 12.0, 1e-12);
    // All weights are 80: Σw − Σw²/Σw = 960 − 80.
    near(root.dispersion.tau_squared, (squares - 11.0) / 880.0, 1e-12);
    let reach = 1.959_963_984_540_054 * (1.0 / 80.0 + root.dispersion.tau_squared).sqrt();
    let ends = ((1.0 - reach) * (1.0 - reach), (1.0 + reach) * (1.0 + reach));
    check(Some(root.adjusted_limits(20.0, 0.95)), ends.0, ends.1, 1e-9);
    // By chance alone: exact Poisson limits of 20 events.
    check(Some(root.chance_limits(20.0, 0.95)), 12.216_52 / 20.0, 30.888_38 / 20.0, 1e-6);
    // On the logarithmic scale the ends are left out; here both values are ends.
    let log = funnel(&units, FunnelScale::RatioLog).expect("twelve units");
    near(log.dispersion.z_scores[0], 20.0_f64.sqrt() * 0.5_f64.ln(), 1e-12);
    near(log.dispersion.tau_squared, 0.0, 1e-12);
    let none = [Part { numerator: 0.0, denominator: 5.0 }];
    assert_eq!(funnel(&none, FunnelScale::RatioLog), None, "no logarithm of 0");
}

/// `PHEindicatormethods` 2.1.0: `calculate_funnel_limits` for shares, and for ratios and rates.
#[test]
fn control_lines_as_public_health_england() {
    let share = 0.821_803_378_3;
    let limits = |confidence| share_control_limits(share, 12424.0, confidence);
    check(limits(0.95), 0.815_074_370_5, 0.828_532_387_1, 1e-8);
    check(limits(0.998), 0.811_193_898_7, 0.832_412_858_8, 1e-8);
    assert_eq!(share_control_limits(0.5, 1.0, 0.998), share_control_limits(0.5, 2.0, 0.998));
    let twenty = count_on_funnel(20.0, 0.95).expect("events");
    near(twenty.expected.low, 30.888_380_97, 1e-6);
    near(twenty.expected.high, 12.216_518_77, 1e-6);
    check(Some(twenty.ratio), 0.647_492_661_4, 1.637_127_595, 1e-6);
    let wide = count_on_funnel(20.0, 0.998).expect("events");
    check(Some(wide.ratio), 0.525_736_280_4, 2.232_588_569, 1e-6);
    assert_eq!(count_on_funnel(0.0, 0.95), None);
}

/// R: `p.adjust(c(0.005, 0.5, 0.03, 0.011), "BH")`, and five in steps, which become one.
#[test]
fn false_discoveries() {
    let adjusted = benjamini_hochberg(&[0.005, 0.5, 0.03, 0.011]);
    for (value, expected) in adjusted.iter().zip([0.02, 0.5, 0.04, 0.022]) {
        near(*value, expected, 1e-12);
    }
    for value in benjamini_hochberg(&[0.01, 0.02, 0.03, 0.04, 0.05]) {
        near(value, 0.05, 1e-12);
    }
}

/// Rothman: 41 of 28,010 against 15 of 19,017 person-years; and Pearson's chi-squared by hand.
#[test]
fn ratios_and_spread_of_rates() {
    let part = |numerator, denominator| Part { numerator, denominator };
    let (ratio, limits) =
        rate_ratio(part(41.0, 28_010.0), part(15.0, 19_017.0), 0.95).expect("events");
    near(ratio, 1.8558, 1e-4);
    let factor = (1.959_963_984_540_054 * (1.0_f64 / 41.0 + 1.0 / 15.0).sqrt()).exp();
    check(Some(limits), ratio / factor, ratio * factor, 1e-12);
    assert_eq!(rate_ratio(part(0.0, 5.0), part(1.0, 5.0), 0.95), None);
    // Expected 10 and 20: (4 − 10)²/10 + (26 − 20)²/20 = 5.4 on one degree of freedom.
    near(dispersion(&[part(4.0, 1.0), part(26.0, 2.0)]).expect("two"), 5.4, 1e-12);
}

proptest! {
    /// A funnel narrows with size, holds its centre, and is no narrower for being adjusted.
    #[test]
    fn funnels_hold_their_centre(
        units in prop::collection::vec((1_u32..400).prop_flat_map(|n| (0..=n, proptest::strategy::Just(n))), 10..60),
        size in 1.0..5000.0_f64,
    ) {
        let units: Vec<Part> = units
            .iter()
            .map(|(met, n)| Part { numerator: f64::from(*met), denominator: f64::from(*n) })
            .collect();
        let plot = funnel(&units, FunnelScale::Proportion).expect("units");
        let (plain, wide) = (plot.chance_limits(size, 0.95), plot.adjusted_limits(size, 0.95));
        let larger = plot.chance_limits(size * 2.0, 0.95);
        prop_assert!(0.0 <= wide.low && wide.low <= plain.low && plain.low <= plot.centre + 1e-12);
        prop_assert!(plot.centre <= plain.high + 1e-12 && plain.high <= wide.high && wide.high <= 1.0);
        prop_assert!(plain.low <= larger.low + 1e-12 && larger.high <= plain.high + 1e-12);
        let mut turned = units.clone();
        turned.reverse();
        let other = funnel(&turned, FunnelScale::Proportion).expect("units");
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
        prop_assert!(near(plot.dispersion.tau_squared, other.dispersion.tau_squared));
    }

    /// Adjusted values keep the order of the raw ones and are never smaller.
    #[test]
    fn adjusted_values_keep_their_order(raw in prop::collection::vec(0.0..=1.0_f64, 0..30)) {
        let adjusted = benjamini_hochberg(&raw);
        for (one, a) in raw.iter().zip(&adjusted) {
            prop_assert!(a >= one && *a <= 1.0);
            for (two, b) in raw.iter().zip(&adjusted) {
                prop_assert!(one > two || a <= b);
            }
        }
    }

    /// The limits of a standardised figure contain it.
    #[test]
    fn standardised_figures_lie_within_their_limits(
        bands in prop::collection::vec((0_u32..50, 1_u32..900, 1_u32..900), 1..12)
    ) {
        let strata: Vec<StandardStratum> = bands
            .iter()
            .map(|(events, time, standard)| StandardStratum {
                events: f64::from(*events),
                variance: f64::from(*events),
                person_time: f64::from(*time),
                standard: f64::from(*standard),
            })
            .collect();
        if let Some(rate) = directly_standardised_rate(&strata, 0.95) {
            prop_assert!(rate.limits.low < rate.value && rate.value < rate.limits.high);
        }
    }
}
