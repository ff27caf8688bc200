//! Logistic regression, balancing weights and E-values.

use proptest::prelude::{prop, prop_assert, proptest};

use throughline::statistics::{
    Limits, LogisticData, LogisticError, e_value, effective_sample_size, logistic,
    risk_ratio_of_hazard_ratio, stabilised_weights, standardised_difference, truncated_weights,
};

use super::near;

/// Worked by hand: of 200 members, 100 have a chance of 0.3 and 100 one of 0.6.
fn example() -> (Vec<bool>, Vec<f64>) {
    let members = [(30, true, 0.3), (70, false, 0.3), (60, true, 0.6), (40, false, 0.6)];
    let each = |(n, treated, chance)| std::iter::repeat_n((treated, chance), n);
    members.into_iter().flat_map(each).unzip()
}

#[test]
fn weights_that_balance() {
    let (treated, chances) = example();
    let weights = stabilised_weights(&treated, &chances).expect("chances");
    for (at, expected) in [(0, 1.5), (30, 11.0 / 14.0), (100, 0.75), (160, 1.375)] {
        near(weights[at], expected, 1e-12);
    }
    near(weights.iter().sum(), 200.0, 1e-12);
    let own: Vec<f64> =
        weights.iter().zip(&treated).filter(|row| *row.1).map(|row| *row.0).collect();
    near(effective_sample_size(&own), 80.0, 1e-12);
    // The cause of treatment is unequal before and equal after weighting.
    let before = standardised_difference(&chances, &treated, &[1.0; 200]).expect("both sides");
    let after = standardised_difference(&chances, &treated, &weights).expect("both sides");
    assert!(before > 0.5 && after.abs() < 1e-12, "{before} and {after}");
    assert_eq!(stabilised_weights(&treated, &[1.0; 200]), None, "nobody could be untreated");
    // Type 7 of 1 to 5 at 0.1 and 0.9: 1.4 and 4.6.
    let pulled = truncated_weights(&[5.0, 1.0, 2.0, 3.0, 4.0], 0.1, 0.9);
    for (value, expected) in pulled.iter().zip([4.6, 1.4, 2.0, 3.0, 4.0]) {
        near(*value, expected, 1e-12);
    }
}

/// With one covariate of two values the chances are the shares: log odds by hand.
#[test]
fn logistic_of_two_groups() {
    let (treated, chances) = example();
    let high: Vec<f64> = chances.iter().map(|chance| f64::from(u8::from(*chance > 0.5))).collect();
    let data = LogisticData { outcomes: &treated, covariates: &high, width: 1 };
    let fit = logistic(&data).expect("a fit");
    near(fit.coefficients[0], (0.3_f64 / 0.7).ln(), 1e-9);
    near(fit.coefficients[1], (0.6_f64 / 0.4).ln() - (0.3_f64 / 0.7).ln(), 1e-9);
    near(fit.standard_errors[0], (1.0_f64 / 30.0 + 1.0 / 70.0).sqrt(), 1e-9);
    let parts: f64 = 1.0 / 30.0 + 1.0 / 70.0 + 1.0 / 60.0 + 1.0 / 40.0;
    near(fit.standard_errors[1], parts.sqrt(), 1e-9);
    near(fit.probability(&[1.0]), 0.6, 1e-9);
    near(fit.probability(&[0.0]), 0.3, 1e-9);
}

/// statsmodels 0.15, `Logit`, on numbers made by a rule.
#[test]
fn logistic_as_statsmodels() {
    let mut covariates = Vec::new();
    let mut outcomes = Vec::new();
    for row in 0..60_u32 {
        let (age, score) = (20 + row * 37 % 51, row * 11 % 13);
        covariates.extend([f64::from(age), f64::from(score)]);
        outcomes.push((row * 29 + age / 3 + score * 2) % 17 > 8);
    }
    let data = LogisticData { outcomes: &outcomes, covariates: &covariates, width: 2 };
    let fit = logistic(&data).expect("a fit");
    for (value, expected) in fit.coefficients.iter().zip([
        -0.305_139_878_742_914_65,
        0.003_935_974_137_308_894,
        -0.000_773_485_748_455_762_5,
    ]) {
        near(*value, expected, 1e-8);
    }
    for (value, expected) in fit.standard_errors.iter().zip([
        0.900_221_039_127_944,
        0.017_409_328_471_549_21,
        0.068_083_080_189_661_2,
    ]) {
        near(*value, expected, 1e-8);
    }
    near(fit.log_likelihood, -41.429_821_505_501_83, 1e-9);
}

#[test]
fn models_without_a_maximum_are_refused() {
    let refuse = |outcomes: &[bool], covariates: &[f64], width| {
        logistic(&LogisticData { outcomes, covariates, width }).expect_err("refused")
    };
    assert_eq!(refuse(&[true, false], &[1.0], 1), LogisticError::Shape);
    assert_eq!(refuse(&[true, true], &[1.0, 2.0], 1), LogisticError::OneOutcome);
    assert_eq!(refuse(&[true, false], &[1.0, f64::NAN], 1), LogisticError::Values);
    assert_eq!(refuse(&[true, false, true], &[4.0; 3], 1), LogisticError::NoMaximum);
    let apart = [false, false, false, true, true, true];
    assert_eq!(refuse(&apart, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 1), LogisticError::NoMaximum);
    let repeated: Vec<f64> =
        [3.0, 1.0, 4.0, 1.0, 5.0, 9.0].iter().flat_map(|x| [*x, 2.0 * x]).collect();
    let mixed = [true, false, false, true, false, true];
    assert_eq!(refuse(&mixed, &repeated, 2), LogisticError::NoMaximum);
}

/// `VanderWeele` and Ding (2017): 3.9 (1.8 to 8.7) gives 7.26 and 3.0.
#[test]
fn how_strong_a_hidden_cause_must_be() {
    let value = e_value(3.9, Limits { low: 1.8, high: 8.7 }).expect("a ratio");
    near(value.estimate, 7.26, 1e-3);
    near(value.limit, 3.0, 1e-9);
    let protective =
        e_value(1.0 / 3.9, Limits { low: 1.0 / 8.7, high: 1.0 / 1.8 }).expect("a ratio");
    near(protective.estimate, value.estimate, 1e-12);
    near(protective.limit, value.limit, 1e-12);
    near(e_value(1.2, Limits { low: 0.9, high: 1.6 }).expect("a ratio").limit, 1.0, 1e-12);
    assert_eq!(e_value(0.0, Limits { low: 0.0, high: 1.0 }), None);
    near(risk_ratio_of_hazard_ratio(1.0), 1.0, 1e-12);
    near(risk_ratio_of_hazard_ratio(4.0), 0.75 / (1.0 - 0.5_f64.sqrt()), 1e-12);
}

proptest! {
    /// With an intercept the chances add up to the outcomes; the effective size never exceeds the
    /// number of members.
    #[test]
    fn chances_add_up(rows in prop::collection::vec((0_u32..6, prop::bool::ANY), 8..80)) {
        let outcomes: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let covariates: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let data = LogisticData { outcomes: &outcomes, covariates: &covariates, width: 1 };
        if let Ok(fit) = logistic(&data) {
            let chances: Vec<f64> = covariates.iter().map(|x| fit.probability(&[*x])).collect();
            let with = f64::from(u32::try_from(outcomes.iter().filter(|one| **one).count()).expect("few"));
            prop_assert!((chances.iter().sum::<f64>() - with).abs() < 1e-6);
            if let Some(weights) = stabilised_weights(&outcomes, &chances) {
                let n = f64::from(u32::try_from(weights.len()).expect("few"));
                prop_assert!(effective_sample_size(&weights) <= n + 1e-9);
            }
        }
    }
}
