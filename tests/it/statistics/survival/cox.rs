//! Cox's model: fits, robust errors, the check of proportional hazards, expected survival.

use throughline::statistics::survival::{
    CoxData, CoxError, CoxFit, FollowUp, Grouped, Ties, TimeScale, cox, expected_survival,
    log_rank, proportional_hazards,
};

use super::super::near;
use super::{MadeUp, made_up, remission};

fn data<'a>(follow_ups: &'a [FollowUp], covariates: &'a [f64], width: usize) -> CoxData<'a> {
    CoxData { follow_ups, covariates, width, strata: None, clusters: None }
}

/// Therneau and Grambsch, Modeling Survival Data (2000), appendix E, data set 1 (without the missing
/// one): rows of time, event and covariate.
const FIRST: [(u32, u8, f64); 6] =
    [(9, 1, 0.0), (1, 1, 1.0), (1, 0, 1.0), (6, 1, 1.0), (6, 1, 0.0), (8, 0, 0.0)];

/// Data set 2: start, stop, event, covariate.
const SECOND: [(u32, u32, u8, f64); 10] = [
    (1, 2, 1, 1.0),
    (2, 3, 1, 0.0),
    (5, 6, 1, 0.0),
    (2, 7, 1, 1.0),
    (1, 8, 1, 0.0),
    (7, 9, 1, 1.0),
    (3, 9, 1, 1.0),
    (4, 9, 0, 1.0),
    (8, 14, 0, 0.0),
    (8, 17, 0, 0.0),
];

fn second(shift: u32) -> (Vec<FollowUp>, Vec<f64>) {
    let stretch = |row: &(u32, u32, u8, f64)| {
        FollowUp::until(row.1 + shift, row.2).entering_at(row.0 + shift)
    };
    (SECOND.iter().map(stretch).collect(), SECOND.iter().map(|row| row.3).collect())
}

/// The closed forms of the appendix, and score residuals that R's survival prints for it.
#[test]
fn the_first_data_set_of_the_textbook() {
    let follow_ups: Vec<FollowUp> =
        FIRST.iter().map(|(time, event, _)| FollowUp::until(*time, *event)).collect();
    let covariates: Vec<f64> = FIRST.iter().map(|row| row.2).collect();
    let clusters: Vec<u32> = (0..6).collect();
    let rows = data(&follow_ups, &covariates, 1);
    let fit = cox(&rows, Ties::Efron).expect("a fit");
    let exact =
        (((45.0 / 23.0) * f64::sqrt(3.0 / 23.0)).acos() / 3.0).cos() * 2.0 * f64::sqrt(23.0 / 3.0);
    near(fit.coefficients[0].estimate, exact.ln(), 1e-9);
    let r = exact;
    let log = 2.0 * r.ln() - ((3.0 * r + 3.0).ln() + f64::midpoint(r, 5.0).ln() + (r + 3.0).ln());
    near(fit.log_likelihood, log, 1e-9);
    let part = |x: f64| x - x * x;
    let information = part(r / (r + 1.0)) + part(r / (r + 5.0)) + part(r / (r + 3.0));
    near(fit.coefficients[0].standard_error, information.powf(-0.5), 1e-9);
    let residuals: [f64; 6] =
        [0.220_858_4, 0.113_278_0, -0.044_234_0, -0.102_919_9, -0.407_840_9, 0.220_858_4];
    let robust = cox(&CoxData { clusters: Some(&clusters), ..rows }, Ties::Efron).expect("a fit");
    let sum: f64 = residuals.iter().map(|residual| residual * residual).sum();
    near(robust.coefficients[0].standard_error, sum.sqrt() / information, 1e-6);
    near(robust.coefficients[0].model_error, information.powf(-0.5), 1e-9);

    let breslow = cox(&rows, Ties::Breslow).expect("a fit");
    near(breslow.coefficients[0].estimate, (1.5 + 33.0_f64.sqrt() / 2.0).ln(), 1e-9);
    // Survival at the mean covariate 0.5, as `survfit` prints it.
    let curve = expected_survival(&rows, &fit, &[0.5], 0).expect("a fit");
    for (step, (time, survival)) in curve.iter().zip([(1, 0.8857), (6, 0.4294), (9, 0.0425)]) {
        assert_eq!(step.time, time);
        assert!((step.survival - survival).abs() < 5e-5, "{step:?}");
    }
}

/// Late entry: coefficients, standard errors and score residuals as R's survival prints them.
#[test]
fn the_second_data_set_of_the_textbook() {
    let (follow_ups, covariates) = second(0);
    let clusters: Vec<u32> = (0..10).collect();
    let rows = CoxData { clusters: Some(&clusters), ..data(&follow_ups, &covariates, 1) };
    let efron = cox(&rows, Ties::Efron).expect("a fit");
    assert!((efron.coefficients[0].estimate + 0.021_105_2).abs() < 1e-7);
    near(efron.coefficients[0].model_error, 0.795_176_8, 1e-6);
    near(efron.coefficients[0].standard_error, 0.538_947_904, 1e-6);
    let breslow = cox(&rows, Ties::Breslow).expect("a fit");
    near(breslow.coefficients[0].estimate, -0.084_526_081, 1e-7);
    near(breslow.coefficients[0].model_error, 0.793_817_2, 1e-6);
    near(breslow.coefficients[0].standard_error, 0.508_709_675, 1e-6);
    // Residuals added up in pairs of rows.
    let pairs: Vec<u32> = (0..10).map(|row| row / 2).collect();
    let paired = CoxData { clusters: Some(&pairs), ..rows };
    let fit = cox(&paired, Ties::Efron).expect("a fit");
    near(fit.coefficients[0].standard_error, 0.568_948_546, 1e-6);
}

/// Three copies as strata, at other times: the same coefficient from three times the information.
#[test]
fn strata_are_kept_apart() {
    let (one, values) = second(0);
    let (mut follow_ups, mut covariates, mut strata) = (Vec::new(), Vec::new(), Vec::new());
    for stratum in 1..=3 {
        let (rows, values) = second(stratum);
        follow_ups.extend(rows);
        covariates.extend(values);
        strata.extend([stratum; 10]);
    }
    let single = cox(&data(&one, &values, 1), Ties::Efron).expect("a fit");
    let rows = CoxData { strata: Some(&strata), ..data(&follow_ups, &covariates, 1) };
    let triple = cox(&rows, Ties::Efron).expect("a fit");
    near(triple.coefficients[0].estimate, single.coefficients[0].estimate, 1e-9);
    near(triple.log_likelihood, 3.0 * single.log_likelihood, 1e-9);
    let error = single.coefficients[0].standard_error / 3.0_f64.sqrt();
    near(triple.coefficients[0].standard_error, error, 1e-9);
}

/// R: `coxph(Surv(weeks, event) ~ placebo)` 1.5721 (0.4124), likelihood ratio 16.35; digits from
/// lifelines.
#[test]
fn remission_by_arm() {
    let (both, arms) = remission();
    let covariates: Vec<f64> = arms.iter().map(|arm| f64::from(*arm)).collect();
    let fit = cox(&data(&both, &covariates, 1), Ties::Efron).expect("a fit");
    near(fit.coefficients[0].estimate, 1.572_125_148_829_053_3, 1e-9);
    near(fit.coefficients[0].standard_error, 0.412_396_717_709_454_4, 1e-9);
    near(fit.log_likelihood, -85.008_424_577_371_64, 1e-9);
    near(fit.likelihood_ratio(), 16.351_690_838_952_21, 1e-9);
    near(fit.coefficients[0].hazard_ratio(), 4.8169, 1e-4);
    near(fit.events_per_coefficient(), 30.0, 1e-12);
    let limits = fit.coefficients[0].limits(0.95);
    near(limits.low, 2.147, 1e-3);
    near(limits.high, 10.81, 1e-3);
    near(fit.coefficients[0].p(), 0.000_138, 5e-3);
}

#[track_caller]
fn agrees(fit: &CoxFit, estimates: [f64; 2], errors: [f64; 2], tolerance: f64) {
    for (at, coefficient) in fit.coefficients.iter().enumerate() {
        near(coefficient.estimate, estimates[at], tolerance);
        near(coefficient.standard_error, errors[at], tolerance);
    }
}

/// lifelines 0.30.3, Efron, late entry, weights and strata; its robust errors take no late entry and
/// no ties into account, so that those are compared on first stretches without ties.
#[test]
fn models_as_lifelines() {
    let MadeUp { follow_ups, covariates, strata, members } = made_up(1);
    let kind: Vec<FollowUp> = follow_ups.iter().map(|one| one.only(1)).collect();
    let plain: Vec<FollowUp> = kind.iter().map(|one| one.weighing(1.0)).collect();
    let rows = data(&plain, &covariates, 2);
    let fit = cox(&rows, Ties::Efron).expect("a fit");
    let estimates = [0.298_232_207_569_426_03, -0.091_518_089_802_540_49];
    agrees(&fit, estimates, [0.134_467_583_092_565, 0.027_435_524_023_342], 1e-7);
    near(fit.log_likelihood, -1_076.550_808_751_396_7, 1e-9);
    let stratified = cox(&CoxData { strata: Some(&strata), ..rows }, Ties::Efron).expect("a fit");
    near(stratified.coefficients[0].estimate, 0.271_429_419_478_462, 1e-7);
    near(stratified.coefficients[1].estimate, -0.094_802_504_459_803, 1e-7);
    near(stratified.log_likelihood, -832.004_499_560_423_8, 1e-9);
    let weighted = cox(&data(&kind, &covariates, 2), Ties::Efron).expect("a fit");
    near(weighted.coefficients[0].estimate, 0.236_289_134_452_554, 1e-7);
    near(weighted.coefficients[1].estimate, -0.080_753_514_471_294, 1e-7);

    let MadeUp { follow_ups, covariates, members: spread_members, .. } = made_up(1000);
    assert_eq!(members, spread_members);
    let firsts: Vec<usize> =
        (0..members.len()).filter(|row| *row == 0 || members[row - 1] != members[*row]).collect();
    let first: Vec<FollowUp> = firsts
        .iter()
        .map(|row| follow_ups[*row])
        .map(|one| FollowUp { start: 0, stop: one.stop - one.start, ..one.only(1) })
        .collect();
    let covariates: Vec<f64> =
        firsts.iter().flat_map(|row| [covariates[row * 2], covariates[row * 2 + 1]]).collect();
    let own: Vec<u32> = (0..240).collect();
    let plain: Vec<FollowUp> = first.iter().map(|one| one.weighing(1.0)).collect();
    let rows = CoxData { clusters: Some(&own), ..data(&plain, &covariates, 2) };
    let robust = cox(&rows, Ties::Efron).expect("a fit");
    let errors = [0.183_599_357_525_706_05, 0.038_202_170_848_268_48];
    agrees(&robust, [0.570_770_679_325_501_3, -0.120_706_070_442_697_13], errors, 2e-7);
    let threes: Vec<u32> = (0..240).map(|member| member / 3).collect();
    let rows = CoxData { clusters: Some(&threes), ..data(&first, &covariates, 2) };
    let clustered = cox(&rows, Ties::Efron).expect("a fit");
    let errors = [0.159_560_868_363_930_46, 0.042_125_894_937_203_825];
    agrees(&clustered, [0.494_688_769_280_973_8, -0.105_598_094_749_996_6], errors, 2e-7);
}

/// Andersen and Gill's model: robust errors are near those of leaving out each member in turn.
#[test]
fn repeated_events_with_late_entry() {
    let MadeUp { follow_ups, covariates, strata, members } = made_up(1);
    let rows: Vec<FollowUp> = follow_ups.iter().map(|one| one.only(1).weighing(1.0)).collect();
    let all =
        CoxData { strata: Some(&strata), clusters: Some(&members), ..data(&rows, &covariates, 2) };
    let fit = cox(&all, Ties::Efron).expect("a fit");
    let mut squares = [0.0; 2];
    for member in 0..240 {
        let kept: Vec<usize> = (0..rows.len()).filter(|row| members[*row] != member).collect();
        let left: Vec<FollowUp> = kept.iter().map(|row| rows[*row]).collect();
        let values: Vec<f64> =
            kept.iter().flat_map(|row| [covariates[row * 2], covariates[row * 2 + 1]]).collect();
        let strata: Vec<u32> = kept.iter().map(|row| strata[*row]).collect();
        let without =
            cox(&CoxData { strata: Some(&strata), ..data(&left, &values, 2) }, Ties::Efron)
                .expect("a fit");
        for (at, sum) in squares.iter_mut().enumerate() {
            let change = without.coefficients[at].estimate - fit.coefficients[at].estimate;
            *sum += change * change;
        }
    }
    for (coefficient, squares) in fit.coefficients.iter().zip(squares) {
        let jackknife: f64 = squares;
        near(coefficient.standard_error, jackknife.sqrt(), 0.06);
    }
}

/// With one covariate of two groups and no ties the score test is the log-rank test.
#[test]
fn the_score_test_is_the_log_rank_test() {
    let data_set = made_up(1000);
    let rows: Vec<FollowUp> = data_set.follow_ups.iter().map(|one| one.weighing(1.0)).collect();
    let arms: Vec<f64> = data_set.covariates.chunks(2).map(|row| row[0]).collect();
    let groups: Vec<u32> = arms.iter().map(|arm| u32::from(*arm > 0.5)).collect();
    let fit = cox(&data(&rows, &arms, 1), Ties::Efron).expect("a fit");
    let grouped = Grouped { follow_ups: &rows, groups: &groups, strata: None };
    near(fit.score, log_rank(&grouped).expect("two groups").chi_squared, 1e-9);
}

/// The score test written out from its definition, one risk set after another, with one covariate
/// and no ties: U = Σ g(t)(x − x̄), and its variance without the part that the fit explains.
#[test]
fn proportional_hazards_by_definition() {
    let data_set = made_up(1000);
    let rows: Vec<FollowUp> = data_set.follow_ups.iter().map(|one| one.weighing(1.0)).collect();
    let scores: Vec<f64> = data_set.covariates.chunks(2).map(|row| row[1]).collect();
    let all = data(&rows, &scores, 1);
    let fit = cox(&all, Ties::Efron).expect("a fit");
    let beta = fit.coefficients[0].estimate;
    let (mut u, mut plain, mut mixed, mut squared) = (0.0, 0.0, 0.0, 0.0);
    for (row, own) in rows.iter().enumerate().filter(|(_, own)| own.event > 0) {
        let at_risk = |one: &FollowUp| one.start < own.stop && own.stop <= one.stop;
        let (mut total, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (_, x) in rows.iter().zip(&scores).filter(|(one, _)| at_risk(one)) {
            let risk = (beta * x).exp();
            total += risk;
            sum += risk * x;
            squares += risk * x * x;
        }
        let (mean, time) = (sum / total, f64::from(own.stop));
        let variance = squares / total - mean * mean;
        u += time * (scores[row] - mean);
        plain += variance;
        mixed += variance * time;
        squared += variance * time * time;
    }
    let expected = u * u / (squared - mixed * mixed / plain);
    let test = proportional_hazards(&all, &fit, TimeScale::Days).expect("a fit");
    near(test.covariates[0].chi_squared, expected, 1e-6);
    near(test.global.chi_squared, expected, 1e-6);
    // Another scale, another test; a constant hazard ratio is not called.
    let share = proportional_hazards(&all, &fit, TimeScale::KaplanMeier).expect("a fit");
    assert!(share.global.freedom == 1 && share.global.p > 0.001 && share.global.p <= 1.0);
}

#[test]
fn a_hazard_ratio_that_turns_is_found() {
    // The first arm has all its events early, the second all late, and both half of them.
    let follow_ups: Vec<FollowUp> = (0..200)
        .map(|row| {
            let (arm, day) = (row % 2, row / 2);
            FollowUp::until(if arm == 0 { 1 + day } else { 60 + day / 4 }, 1)
        })
        .collect();
    let arms: Vec<f64> = (0..200).map(|row| f64::from(row % 2)).collect();
    let rows = data(&follow_ups, &arms, 1);
    let fit = cox(&rows, Ties::Efron).expect("a fit");
    let test = proportional_hazards(&rows, &fit, TimeScale::Log).expect("a fit");
    assert!(test.global.p < 1e-6, "{test:?}");
}

#[test]
fn models_that_cannot_be_fitted_say_why() {
    let (follow_ups, covariates) = second(0);
    let rows = data(&follow_ups, &covariates, 1);
    assert_eq!(cox(&data(&follow_ups, &covariates, 2), Ties::Efron), Err(CoxError::Shape));
    let short = CoxData { clusters: Some(&[1, 2]), ..rows };
    assert_eq!(cox(&short, Ties::Efron), Err(CoxError::Shape));
    assert_eq!(cox(&data(&follow_ups, &[1.0; 10], 1), Ties::Efron), Err(CoxError::Collinear(0)));
    let twice: Vec<f64> = covariates.iter().flat_map(|x| [*x, 3.0 - 2.0 * x]).collect();
    assert_eq!(cox(&data(&follow_ups, &twice, 2), Ties::Efron), Err(CoxError::Collinear(1)));
    let censored: Vec<FollowUp> = follow_ups.iter().map(|one| one.only(9)).collect();
    assert_eq!(cox(&data(&censored, &covariates, 1), Ties::Efron), Err(CoxError::NoEvents));
    // Everybody with the covariate has the event, before anybody else: its hazard ratio is infinite.
    let apart: Vec<FollowUp> = (1..=12).map(|day| FollowUp::until(day, 1)).collect();
    let values: Vec<f64> = (1..=12).map(|day| f64::from(u8::from(day < 7))).collect();
    assert_eq!(cox(&data(&apart, &values, 1), Ties::Efron), Err(CoxError::NoMaximum));
    let unusable: Vec<f64> = covariates.iter().map(|x| x / 0.0).collect();
    assert_eq!(cox(&data(&follow_ups, &unusable, 1), Ties::Efron), Err(CoxError::Values));
}
