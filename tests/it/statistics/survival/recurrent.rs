//! Events that come again.

use throughline::statistics::survival::{FollowUp, mean_cumulative_function};

use super::super::near;
use super::{count, made_up};

/// By hand: two members, the first with events on days 2 and 5, the second with one on day 5 and
/// watched for 6 days.
#[test]
fn a_worked_mean_count() {
    let stretches = [
        FollowUp::until(2, 1),
        FollowUp::until(5, 1).entering_at(2),
        FollowUp::censored(8).entering_at(5),
        FollowUp::until(5, 1),
        FollowUp::censored(6).entering_at(5),
    ];
    let counts = mean_cumulative_function(&stretches, &[1, 1, 1, 7, 7]).expect("members");
    let steps: Vec<(u32, f64, f64)> =
        counts.steps.iter().map(|step| (step.time, step.at_risk, step.mean)).collect();
    assert_eq!(steps, [(2, 2.0, 0.5), (5, 2.0, 1.5), (6, 2.0, 1.5), (8, 1.0, 1.5)]);
    // One has half an event more than expected, the other half an event less, each ÷ 2; squared and
    // added up: 2 · (1/4)² = 1/8; on day 5 both do as expected.
    for step in &counts.steps {
        near(step.variance, 0.125, 1e-12);
    }
    let limits = counts.steps[1].limits(0.95);
    assert!(limits.low < 1.5 && 1.5 < limits.high);
    assert!(mean_cumulative_function(&stretches, &[1]).is_none());
}

/// Lawless and Nadeau's variance written out for every member and day.
#[test]
fn the_variance_by_definition() {
    let data = made_up(1);
    let rows: Vec<FollowUp> = data.follow_ups.iter().map(|one| one.only(1)).collect();
    let counts = mean_cumulative_function(&rows, &data.members).expect("members");
    let mut residuals = vec![0.0; 240];
    let mut mean = 0.0;
    for step in &counts.steps {
        let on = |row: &FollowUp| row.start < step.time && step.time <= row.stop;
        let at_risk = rows.iter().filter(|row| on(row)).count();
        let has_event = |row: &FollowUp| row.stop == step.time && row.event == 1;
        let events = rows.iter().filter(|row| has_event(row)).count();
        let (at_risk, events) = (count(at_risk), count(events));
        mean += events / at_risk;
        for (row, member) in rows.iter().zip(&data.members).filter(|(row, _)| on(row)) {
            let own = f64::from(u8::from(has_event(row)));
            residuals[*member as usize] += (own - events / at_risk) / at_risk;
        }
        near(step.at_risk, at_risk, 1e-12);
        near(step.mean, mean, 1e-9);
        let variance: f64 = residuals.iter().map(|residual| residual * residual).sum();
        near(step.variance, variance, 1e-9);
    }
}
