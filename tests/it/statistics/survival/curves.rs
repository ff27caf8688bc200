//! Kaplan–Meier curves, restricted means and the log-rank test.

use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use throughline::statistics::survival::{
    CurveLimits, FollowUp, Grouped, compare_restricted_means, kaplan_meier, log_rank,
};

use super::super::{check, near};
use super::{count, made_up, remission, treated};

fn example() -> Vec<FollowUp> {
    [(5, 1), (8, 1), (8, 0), (12, 1), (15, 0), (20, 1), (30, 0), (30, 0)]
        .map(|(days, event)| FollowUp::until(days, event))
        .to_vec()
}

/// Worked by hand and checked with lifelines.
#[test]
fn a_worked_curve() {
    let curve = kaplan_meier(&example()).expect("members");
    let found: Vec<f64> = [5, 8, 12, 20].iter().map(|day| curve.survival_at(*day)).collect();
    for (found, expected) in found.iter().zip([0.875, 0.75, 0.6, 0.4]) {
        near(*found, expected, 1e-12);
    }
    near(curve.survival_at(4), 1.0, 1e-12);
    let at_risk: Vec<f64> = [0, 8, 9, 30, 31].iter().map(|day| curve.at_risk_on(*day)).collect();
    assert_eq!(at_risk, [8.0, 7.0, 5.0, 2.0, 0.0]);
    let limits = |day| curve.step_at(day).expect("a step").limits(CurveLimits::LogLog, 0.95);
    check(limits(12), 0.1955, 0.8522, 5e-4);
    check(limits(20), 0.0660, 0.7342, 5e-4);
    let mean = curve.restricted_mean(30).expect("followed for 30 days");
    near(mean.mean, 19.425, 1e-12);
    near(mean.standard_error, 3.684, 2e-4);
    assert_eq!(curve.restricted_mean(31), None, "nobody was followed for 31 days");
    assert_eq!(curve.restricted_mean(0), None);
}

/// R: `survfit(Surv(weeks, event) ~ 1, conf.type = "log-log")` of 21 patients, as lifelines has it.
#[test]
fn remission_under_treatment() {
    let curve = kaplan_meier(&treated()).expect("members");
    let at = |week| *curve.step_at(week).expect("a step");
    near(at(22).survival, 0.537_815, 1e-6);
    near(at(23).survival, 0.448_179, 1e-6);
    check(at(22).limits(CurveLimits::LogLog, 0.95), 0.267_779, 0.746_791, 2e-6);
    check(at(23).limits(CurveLimits::LogLog, 0.95), 0.188_052, 0.680_143, 2e-6);
    // Greenwood: S² Σ d ÷ n(n − d).
    let sum = 3.0 / (21.0 * 18.0)
        + 1.0 / (17.0 * 16.0)
        + 1.0 / (15.0 * 14.0)
        + 1.0 / (12.0 * 11.0)
        + 1.0 / (11.0 * 10.0)
        + 1.0 / (7.0 * 6.0);
    near(at(22).standard_error(), at(22).survival * f64::sqrt(sum), 1e-12);
    let log = at(22).limits(CurveLimits::Log, 0.95).expect("limits");
    let factor = (1.959_963_984_540_054 * f64::sqrt(sum)).exp();
    near(log.low, at(22).survival / factor, 1e-12);
    near(log.high, at(22).survival * factor, 1e-12);
    // The median 23 and its limits 13 and none, as R prints them.
    let median = curve.quantile(0.5, CurveLimits::LogLog, 0.95);
    assert_eq!((median.time, median.low, median.high), (Some(23.0), Some(13.0), None));
}

/// R: of 1, 2, 3 and 4 days without censoring the curve is level at one half from 2 to 3.
#[test]
fn a_level_stretch_has_its_median_in_the_middle() {
    let four: Vec<FollowUp> = (1..=4).map(|day| FollowUp::until(day, 1)).collect();
    let curve = kaplan_meier(&four).expect("members");
    assert_eq!(curve.quantile(0.5, CurveLimits::LogLog, 0.95).time, Some(2.5));
    assert_eq!(curve.steps[3].limits(CurveLimits::LogLog, 0.95), None, "nobody is left");
    assert!(kaplan_meier(&[]).is_none());
    assert!(kaplan_meier(&[FollowUp::until(3, 1).entering_at(3)]).is_none());
}

#[test]
fn late_entry_counts_only_from_then_on() {
    let late = [
        FollowUp::until(4, 1).entering_at(2),
        FollowUp::until(2, 1),
        FollowUp::until(5, 0).entering_at(2),
        FollowUp::until(6, 1),
    ];
    let curve = kaplan_meier(&late).expect("members");
    let at_risk: Vec<f64> = curve.steps.iter().map(|step| step.at_risk).collect();
    assert_eq!(at_risk, [2.0, 3.0, 2.0, 1.0]);
    near(curve.survival_at(4), 0.5 * 2.0 / 3.0, 1e-12);
}

/// survRM2's formulas, by hand from the curves' own figures.
#[test]
fn restricted_means_beside_each_other() {
    let (both, arms) = remission();
    let arm = |arm| {
        let rows: Vec<FollowUp> =
            both.iter().zip(&arms).filter(|row| *row.1 == arm).map(|row| *row.0).collect();
        kaplan_meier(&rows).expect("members").restricted_mean(23).expect("followed")
    };
    let (first, second) = (arm(0), arm(1));
    // Without censoring before the horizon the restricted mean is the plain mean.
    near(second.mean, 182.0 / 21.0, 1e-12);
    let compared = compare_restricted_means(&first, &second, 0.95).expect("one horizon");
    let error = first.standard_error.hypot(second.standard_error);
    near(compared.difference, first.mean - second.mean, 1e-12);
    let reach = 1.959_963_984_540_054 * error;
    check(
        Some(compared.difference_limits),
        compared.difference - reach,
        compared.difference + reach,
        1e-9,
    );
    assert!(compared.difference_p < 0.001 && compared.ratio_p < 0.001);
    assert!(
        compared.ratio_limits.low < compared.ratio && compared.ratio < compared.ratio_limits.high
    );
}

/// R: `survdiff`: 16.79294 on one degree of freedom, p = 4.17e-05; and the worked example with
/// E = 3.4048, V = 0.8505, 2.320, p = 0.128.
#[test]
fn log_rank_of_two_groups() {
    let (both, groups) = remission();
    let grouped = Grouped { follow_ups: &both, groups: &groups, strata: None };
    let test = log_rank(&grouped).expect("two groups");
    near(test.chi_squared, 16.792_940_989_216_547, 1e-9);
    near(test.p, 4.168_809_109_334_511e-5, 1e-9);
    near(test.observed[0], 9.0, 1e-12);
    near(test.expected[0], 19.25, 1e-3);

    let small = [(6, 1), (7, 0), (10, 1), (15, 0), (2, 1), (3, 1), (6, 1), (9, 0)]
        .map(|(days, event)| FollowUp::until(days, event));
    let groups = [0, 0, 0, 0, 1, 1, 1, 1];
    let test = log_rank(&Grouped { follow_ups: &small, groups: &groups, strata: None });
    let test = test.expect("two groups");
    near(test.expected[0], 3.4048, 1e-4);
    near(test.chi_squared, 2.320, 5e-4);
    near(test.p, 0.128, 5e-3);
    let one = Grouped { follow_ups: &small, groups: &[0; 8], strata: None };
    assert_eq!(log_rank(&one), None, "one group");
}

/// lifelines 0.30.3 (three groups) and statsmodels 0.15 (two groups in three strata) on the first
/// stretch of 240 made-up members.
#[test]
fn log_rank_of_three_groups_and_in_strata() {
    let data = made_up(1);
    let mut first: Vec<usize> = Vec::new();
    for (row, member) in data.members.iter().enumerate() {
        if row == 0 || data.members[row - 1] != *member {
            first.push(row);
        }
    }
    let follow_ups: Vec<FollowUp> = first
        .iter()
        .map(|row| data.follow_ups[*row])
        .map(|one| FollowUp::until(one.stop - one.start, one.event).only(1))
        .collect();
    let strata: Vec<u32> = first.iter().map(|row| data.strata[*row]).collect();
    let arms: Vec<u32> =
        first.iter().map(|row| u32::from(data.covariates[row * 2] > 0.5)).collect();
    let three = Grouped { follow_ups: &follow_ups, groups: &strata, strata: None };
    let test = log_rank(&three).expect("three groups");
    near(test.chi_squared, 1.370_421_219_035_155_3, 1e-9);
    near(test.p, 0.503_984_074_553_78, 1e-9);
    assert_eq!(test.freedom, 2);
    let stratified = Grouped { follow_ups: &follow_ups, groups: &arms, strata: Some(&strata) };
    let test = log_rank(&stratified).expect("two groups");
    near(test.chi_squared, 7.119_619_725_073_815, 1e-9);
    near(test.p, 0.007_624_487_694_537_718, 1e-9);
}

proptest! {
    /// The order of rows says nothing; limits contain the curve; it falls; the numbers add up.
    #[test]
    fn curves_fall_within_their_limits(
        rows in prop::collection::vec((1_u32..40, 0_u8..3), 1..80)
    ) {
        let follow_ups: Vec<FollowUp> =
            rows.iter().map(|(stop, event)| FollowUp::until(*stop, *event)).collect();
        let curve = kaplan_meier(&follow_ups).expect("members");
        let mut turned = follow_ups.clone();
        turned.reverse();
        prop_assert_eq!(&kaplan_meier(&turned).expect("members"), &curve);
        let mut last = 1.0;
        for step in &curve.steps {
            prop_assert!(step.survival <= last && step.survival >= 0.0);
            last = step.survival;
            for scale in [CurveLimits::LogLog, CurveLimits::Log, CurveLimits::Plain] {
                if let Some(limits) = step.limits(scale, 0.95) {
                    prop_assert!(limits.low <= step.survival && step.survival <= limits.high);
                    prop_assert!(0.0 <= limits.low && limits.high <= 1.0);
                }
            }
        }
        let leaving: f64 = curve.steps.iter().map(|step| step.events + step.censored).sum();
        prop_assert!((leaving - count(follow_ups.len())).abs() < 1e-9);
    }

    /// Without censoring the curve is the share that is left; a weight of 2 is two members.
    #[test]
    fn without_censoring_the_curve_counts(days in prop::collection::vec(1_u32..30, 1..60)) {
        let plain: Vec<FollowUp> = days.iter().map(|day| FollowUp::until(*day, 1)).collect();
        let curve = kaplan_meier(&plain).expect("members");
        for day in 1..30 {
            let left = count(days.iter().filter(|one| **one > day).count());
            prop_assert!((curve.survival_at(day) - left / count(days.len())).abs() < 1e-12);
        }
        let double: Vec<FollowUp> = plain.iter().map(|one| one.weighing(2.0)).collect();
        let twice: Vec<FollowUp> = plain.iter().chain(&plain).copied().collect();
        let (double, twice) = (kaplan_meier(&double), kaplan_meier(&twice));
        for (a, b) in double.expect("members").steps.iter().zip(&twice.expect("members").steps) {
            prop_assert!((a.survival - b.survival).abs() < 1e-12 && (a.at_risk - b.at_risk).abs() < 1e-9);
        }
    }

    /// The test does not depend on the names of groups, and equal groups do not differ.
    #[test]
    fn log_rank_does_not_care_for_names(
        rows in prop::collection::vec((1_u32..25, 0_u8..2, 0_u32..3), 6..60)
    ) {
        let follow_ups: Vec<FollowUp> =
            rows.iter().map(|(stop, event, _)| FollowUp::until(*stop, *event)).collect();
        let test = |groups: &[u32], rows: &[FollowUp]| {
            log_rank(&Grouped { follow_ups: rows, groups, strata: None })
        };
        let groups: Vec<u32> = rows.iter().map(|row| row.2).collect();
        let renamed: Vec<u32> = groups.iter().map(|group| 2 - group).collect();
        if let (Some(one), Some(other)) = (test(&groups, &follow_ups), test(&renamed, &follow_ups)) {
            prop_assert!((one.chi_squared - other.chi_squared).abs() < 1e-6 * (1.0 + one.chi_squared));
            let (o, e): (f64, f64) = (one.observed.iter().sum(), one.expected.iter().sum());
            prop_assert!((o - e).abs() < 1e-9);
        }
        let twice: Vec<FollowUp> = follow_ups.iter().chain(&follow_ups).copied().collect();
        let halves: Vec<u32> = (0..twice.len()).map(|row| u32::from(row >= rows.len())).collect();
        prop_assert!(test(&halves, &twice).expect("two groups").chi_squared < 1e-9);
    }
}
