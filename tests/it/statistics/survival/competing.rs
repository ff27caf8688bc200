//! Competing events: cumulative incidence, Gray's test, Fine and Gray's model, several states.

use proptest::prelude::{prop, prop_assert, proptest};

use throughline::statistics::survival::{
    CoxData, CoxError, FineGrayData, FollowUp, Grouped, StateStep, Stretch, Ties, cox,
    cumulative_incidence, fine_gray, gray, kaplan_meier, state_occupation,
};

use super::super::near;
use super::Numbers;

const EXAMPLE: [(u32, u8); 8] =
    [(5, 1), (8, 2), (8, 0), (12, 1), (15, 0), (20, 2), (30, 0), (30, 0)];

fn rows(pairs: &[(u32, u8)]) -> Vec<FollowUp> {
    pairs.iter().map(|(stop, event)| FollowUp::until(*stop, *event)).collect()
}

/// Worked by hand: 0.275 and 0.325 beside a survival of 0.40; standard error 0.1671.
#[test]
fn two_kinds_of_events() {
    let first = cumulative_incidence(&rows(&EXAMPLE), 1).expect("members");
    let second = cumulative_incidence(&rows(&EXAMPLE), 2).expect("members");
    near(first.incidence_at(30), 0.275, 1e-12);
    near(second.incidence_at(30), 0.325, 1e-12);
    let last = first.step_at(30).expect("a step");
    near(last.survival, 0.4, 1e-12);
    near(last.variance.sqrt(), 0.1671, 5e-4);
    let limits = last.limits(0.95);
    assert!(0.0 < limits.low && limits.low < 0.275 && 0.275 < limits.high && limits.high < 1.0);
    assert!(cumulative_incidence(&rows(&EXAMPLE), 0).is_none(), "censoring is no event");
}

/// The draws of R 1.2's generator (Marsaglia's multiply-with-carry, seed 2) in the tests of cmprsk:
/// time rank, event, group and stratum of 100 members.
fn cmprsk(draws: &mut Carry) -> (Vec<FollowUp>, Vec<u32>, Vec<u32>) {
    let times: Vec<f64> = (0..100).map(|_| draws.exponential()).collect();
    let groups: Vec<u32> = (0..100).map(|_| draws.below(3)).collect();
    let events: Vec<u32> = (0..100).map(|_| draws.below(3)).collect();
    let strata: Vec<u32> = (0..100).map(|_| draws.below(2)).collect();
    let rank = |time: &f64| times.iter().filter(|other| *other <= time).count();
    let follow_ups = times
        .iter()
        .zip(&events)
        .map(|(time, event)| {
            let rank = u32::try_from(rank(time)).expect("100 members");
            FollowUp::until(rank, u8::try_from(*event).expect("0 to 2"))
        })
        .collect();
    (follow_ups, groups, strata)
}

struct Carry(u32, u32);

impl Carry {
    fn new(seed: u32) -> Self {
        let next = |seed: u32| seed.wrapping_mul(69069).wrapping_add(1);
        let scrambled = (0..50).fold(seed, |seed, _| next(seed));
        Self(next(scrambled), next(next(scrambled)))
    }

    fn uniform(&mut self) -> f64 {
        self.0 = 36969 * (self.0 & 0xffff) + (self.0 >> 16);
        self.1 = 18000 * (self.1 & 0xffff) + (self.1 >> 16);
        f64::from((self.0 << 16) ^ (self.1 & 0xffff)) * 2.328_306_437_080_797e-10
    }

    fn below(&mut self, n: u32) -> u32 {
        let draw = self.uniform();
        (1..n).filter(|at| draw * f64::from(n) >= f64::from(*at)).map(|_| 1).sum()
    }

    /// Algorithm SA of Ahrens and Dieter (1972).
    fn exponential(&mut self) -> f64 {
        let mut sums = Vec::new();
        let (mut term, mut sum) = (1.0, 0.0);
        for k in 1..=16 {
            term *= 2.0_f64.ln() / f64::from(k);
            sum += term;
            sums.push(sum);
        }
        let (mut whole, mut u) = (0.0, self.uniform() * 2.0);
        while u <= 1.0 {
            whole += sums[0];
            u *= 2.0;
        }
        u -= 1.0;
        if u <= sums[0] {
            return whole + u;
        }
        let mut least = self.uniform();
        let mut at = 0;
        loop {
            least = least.min(self.uniform());
            at += 1;
            if u <= sums[at] {
                return whole + least * sums[0];
            }
        }
    }
}

/// cmprsk's own test: `cuminc(ss, cc, gg, strt)`.
#[test]
fn gray_as_cmprsk() {
    let (follow_ups, groups, strata) = cmprsk(&mut Carry::new(2));
    let grouped = Grouped { follow_ups: &follow_ups, groups: &groups, strata: Some(&strata) };
    let first = gray(&grouped, 1).expect("three groups");
    near(first.chi_squared, 3.393_977, 2e-7);
    near(first.p, 0.183_234_5, 3e-7);
    assert_eq!(first.freedom, 2);
    let second = gray(&grouped, 2).expect("three groups");
    near(second.chi_squared, 1.989_511, 3e-7);
    near(second.p, 0.369_813_9, 3e-7);
    // Without the second group, and without three members whose group is missing.
    let kept: Vec<usize> =
        (0..100).filter(|row| groups[*row] != 1 && ![4, 9, 49].contains(row)).collect();
    let two: Vec<u32> = kept.iter().map(|row| groups[*row] / 2).collect();
    let rows: Vec<FollowUp> = kept.iter().map(|row| follow_ups[*row]).collect();
    let strata: Vec<u32> = kept.iter().map(|row| strata[*row]).collect();
    let grouped = Grouped { follow_ups: &rows, groups: &two, strata: Some(&strata) };
    near(gray(&grouped, 1).expect("two groups").chi_squared, 3.515_154_9, 1e-7);
    near(gray(&grouped, 2).expect("two groups").p, 0.708_266_55, 1e-7);
    // The estimates beside it.
    let incidence = cumulative_incidence(&follow_ups, 1).expect("members");
    for expected in [0.235_286_1, 0.328_706_8, 0.424_789_8] {
        assert!(incidence.steps.iter().any(|step| (step.incidence - expected).abs() < 1e-7));
    }
    assert_eq!(gray(&grouped, 0), None);
}

/// R's survival, tests of `finegray`: fourteen members, whose weights are worked out there by hand.
/// The coefficient maximises the likelihood with those weights (scipy).
#[test]
fn fine_and_gray_on_a_small_set() {
    let days = [1, 2, 3, 4, 4, 4, 5, 5, 6, 8, 8, 9, 10, 12];
    let events = [1, 2, 0, 1, 0, 0, 2, 1, 0, 0, 2, 0, 1, 0];
    let values = [5.0, 4.0, 3.0, 1.0, 2.0, 1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 1.0, 2.0, 0.0];
    let follow_ups: Vec<FollowUp> =
        days.iter().zip(events).map(|(day, event)| FollowUp::until(*day, event)).collect();
    let model = FineGrayData { follow_ups: &follow_ups, covariates: &values, width: 1, kind: 1 };
    let fit = fine_gray(&model, Ties::Efron).expect("a fit");
    near(fit.coefficients[0].estimate, 0.071_202_975, 1e-6);
    near(fit.coefficients[0].model_error, 0.266_174_221, 1e-6);
    near(fit.log_likelihood, -8.419_484_191_177_677, 1e-9);
    // The robust error, from residuals of the weighted rows, is not that of the model.
    assert!(
        (fit.coefficients[0].standard_error / fit.coefficients[0].model_error - 1.0).abs() > 0.01
    );
    let late: Vec<FollowUp> = follow_ups.iter().map(|one| FollowUp { start: 0, ..*one }).collect();
    assert_eq!(late, follow_ups);
    let entering = [FollowUp::until(4, 1).entering_at(2), FollowUp::until(5, 2)];
    let wrong = FineGrayData { follow_ups: &entering, covariates: &[1.0, 2.0], width: 1, kind: 1 };
    assert_eq!(fine_gray(&wrong, Ties::Efron), Err(CoxError::Values));
}

/// cmprsk's own test: `crr(ss, cc, cv)`, as far as it is printed; its standard errors also carry the
/// error of the censoring weights, which those of weighted rows do not.
#[test]
fn fine_and_gray_as_cmprsk() {
    let mut draws = Carry::new(2);
    let (follow_ups, ..) = cmprsk(&mut draws);
    // A hundred normal numbers that R draws in between.
    for _ in 0..217 {
        draws.uniform();
    }
    let columns: Vec<f64> = (0..300).map(|_| f64::from(draws.below(2))).collect();
    let kept: Vec<usize> = (0..100).filter(|row| ![0, 9, 19].contains(row)).collect();
    let rows: Vec<FollowUp> = kept.iter().map(|row| follow_ups[*row]).collect();
    let model = |width: usize| {
        let values: Vec<f64> = kept
            .iter()
            .flat_map(|row| {
                (0..width).map(|column| columns[column * 100 + row]).collect::<Vec<_>>()
            })
            .collect();
        let model = FineGrayData { follow_ups: &rows, covariates: &values, width, kind: 1 };
        fine_gray(&model, Ties::Breslow).expect("a fit")
    };
    let three = model(3);
    for (coefficient, (estimate, error)) in three.coefficients.iter().zip([
        (-0.291_30, 0.3698),
        (-0.063_46, 0.3566),
        (-0.475_10, 0.3544),
    ]) {
        near(coefficient.estimate, estimate, 2e-4);
        near(coefficient.standard_error, error, 3e-3);
    }
    near(model(1).coefficients[0].estimate, -0.1753, 2e-4);
}

/// Without censoring a member with a competing event stays at risk for ever: the same as a Cox model
/// in which such members are censored after the last event.
#[test]
fn fine_and_gray_without_censoring() {
    let mut numbers = Numbers(11);
    let (mut follow_ups, mut values, mut forever) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..150 {
        let (x, kind) = (numbers.below(5), 1 + numbers.below(2));
        let day = 1 + numbers.below(30 - 4 * x);
        follow_ups.push(FollowUp::until(day, u8::try_from(kind).expect("1 or 2")));
        forever.push(if kind == 1 { FollowUp::until(day, 1) } else { FollowUp::censored(99) });
        values.push(f64::from(x));
    }
    let clusters: Vec<u32> = (0..150).collect();
    let model = FineGrayData { follow_ups: &follow_ups, covariates: &values, width: 1, kind: 1 };
    let fit = fine_gray(&model, Ties::Efron).expect("a fit");
    let plain = CoxData {
        follow_ups: &forever,
        covariates: &values,
        width: 1,
        strata: None,
        clusters: Some(&clusters),
    };
    let cox = cox(&plain, Ties::Efron).expect("a fit");
    near(fit.coefficients[0].estimate, cox.coefficients[0].estimate, 1e-9);
    near(fit.coefficients[0].standard_error, cox.coefficients[0].standard_error, 1e-9);
}

/// By hand: four members fall ill or die; states 0 well, 1 ill, 2 dead.
#[test]
fn members_move_between_states() {
    let stretch = |start, stop, state, next| Stretch { start, stop, state, next };
    let stretches = [
        stretch(0, 2, 0, Some(1)),
        stretch(2, 5, 1, Some(0)),
        stretch(5, 9, 0, None),
        stretch(0, 3, 0, Some(2)),
        stretch(0, 4, 0, None),
        stretch(0, 6, 0, Some(1)),
        stretch(6, 8, 1, Some(2)),
    ];
    let steps = state_occupation(&stretches, 3).expect("members");
    let at = |time| &steps.iter().rfind(|step| step.time <= time).expect("a step").occupation;
    assert_eq!(at(0), &[1.0, 0.0, 0.0]);
    let close = |found: &[f64], expected: [f64; 3]| {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    };
    close(at(2), [0.75, 0.25, 0.0]);
    close(at(3), [0.5, 0.25, 0.25]);
    // The only one ill recovers; then one of the two who are well and watched falls ill.
    close(at(5), [0.75, 0.0, 0.25]);
    close(at(6), [0.375, 0.375, 0.25]);
    close(at(8), [0.375, 0.0, 0.625]);
    let days = StateStep::days_in_states(&steps, 9);
    assert!((days.iter().sum::<f64>() - 9.0).abs() < 1e-12);
    assert!((days[1] - (0.25 * 3.0 + 0.375 * 2.0)).abs() < 1e-12);
    assert_eq!(state_occupation(&[stretch(0, 2, 0, Some(3))], 3), None);
}

/// One member after another moves to the other state: thirds, sevenths and others add up to a whole.
#[test]
fn shares_of_states_stay_within_0_and_1() {
    for members in 1..60 {
        let stretches: Vec<Stretch> = (1..=members)
            .flat_map(|day| {
                [
                    Stretch { start: 0, stop: day, state: 0, next: Some(1) },
                    Stretch { start: day, stop: 90, state: 1, next: None },
                ]
            })
            .collect();
        let steps = state_occupation(&stretches, 2).expect("members");
        for share in steps.iter().flat_map(|step| &step.occupation) {
            assert!((0.0..=1.0).contains(share), "{share} of {members} members");
        }
    }
}

proptest! {
    /// Incidences and survival add up to 1; with one kind of event the incidence is 1 − S, with
    /// Greenwood's variance; state occupation says the same of both.
    #[test]
    fn everybody_is_somewhere(pairs in prop::collection::vec((1_u32..40, 0_u8..3), 2..80)) {
        let follow_ups = rows(&pairs);
        let first = cumulative_incidence(&follow_ups, 1).expect("members");
        let second = cumulative_incidence(&follow_ups, 2).expect("members");
        let stretches: Vec<Stretch> = pairs
            .iter()
            .map(|(stop, event)| Stretch {
                start: 0,
                stop: *stop,
                state: 0,
                next: (*event > 0).then_some(usize::from(*event)),
            })
            .collect();
        let states = state_occupation(&stretches, 3).expect("members");
        for (one, two) in first.steps.iter().zip(&second.steps) {
            prop_assert!((one.incidence + two.incidence + one.survival - 1.0).abs() < 1e-12);
            let limits = one.limits(0.95);
            prop_assert!(limits.low <= one.incidence && one.incidence <= limits.high);
            let state = states.iter().rfind(|step| step.time <= one.time).expect("a start");
            prop_assert!((state.occupation[1] - one.incidence).abs() < 1e-12);
            prop_assert!((state.occupation[2] - two.incidence).abs() < 1e-12);
        }
        let single: Vec<FollowUp> = follow_ups.iter().map(|one| one.only(1)).collect();
        let incidence = cumulative_incidence(&single, 1).expect("members");
        let curve = kaplan_meier(&single).expect("members");
        for (one, step) in incidence.steps.iter().zip(&curve.steps) {
            prop_assert!((one.incidence + step.survival - 1.0).abs() < 1e-12);
            if step.survival > 0.0 {
                let greenwood = step.survival * step.survival * step.greenwood;
                prop_assert!((one.variance - greenwood).abs() < 1e-9);
            }
        }
    }

    /// The names of groups and the order of rows say nothing to Gray's test.
    #[test]
    fn gray_does_not_care_for_names(
        drawn in prop::collection::vec((1_u32..25, 0_u8..3, 0_u32..3), 10..60)
    ) {
        let follow_ups: Vec<FollowUp> =
            drawn.iter().map(|(stop, event, _)| FollowUp::until(*stop, *event)).collect();
        let groups: Vec<u32> = drawn.iter().map(|row| row.2).collect();
        let test = |follow_ups: &[FollowUp], groups: &[u32]| {
            gray(&Grouped { follow_ups, groups, strata: None }, 1)
        };
        let turned: Vec<FollowUp> = follow_ups.iter().rev().copied().collect();
        let renamed: Vec<u32> = groups.iter().rev().map(|group| (group + 1) % 3).collect();
        let present = (0..3).filter(|group| groups.contains(group)).count();
        if let (3, Some(one), Some(other)) =
            (present, test(&follow_ups, &groups), test(&turned, &renamed))
        {
            prop_assert!(one.freedom == other.freedom);
            prop_assert!((one.chi_squared - other.chi_squared).abs() < 1e-5 * (1.0 + one.chi_squared));
        }
    }
}
