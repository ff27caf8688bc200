//! Curves of an outcome by strategy, on a fixed grid of days.

use super::cohort::Cohort;
use super::description::Study;
use super::design::OutcomeMeasure;
use super::effect::{HAPPENED, follow_up};
use super::sheet::Screen;
use crate::statistics::survival::{
    CurveLimits, FollowUp, Grouped, cumulative_incidence, gray, kaplan_meier, log_rank,
};
use crate::statistics::{CONFIDENCE, Limits};

/// A curve at a day of the grid. What is hidden is not there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayOfCurve {
    /// Days after time zero.
    pub day: u32,
    /// People at risk.
    pub at_risk: Option<u64>,
    /// The share without the outcome, deaths taken as the end of follow-up (Kaplan–Meier), and its
    /// log-log limits.
    pub free: Option<(f64, Limits)>,
    /// The share with the outcome when death may come first (Aalen–Johansen), and its limits.
    pub incidence: Option<(f64, Limits)>,
}

/// One strategy's curve.
#[derive(Debug, Clone, PartialEq)]
pub struct StrategyCurve {
    /// The strategy.
    pub strategy: String,
    /// The grid.
    pub days: Vec<DayOfCurve>,
}

/// The curves of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeCurves {
    /// The outcome.
    pub outcome: String,
    /// The strategies, in the order of the file.
    pub curves: Vec<StrategyCurve>,
    /// p-values of the log-rank test and of Gray's test, unless a strategy's numbers are hidden.
    pub tests: Option<(f64, f64)>,
}

/// About a dozen days up to the end of follow-up.
pub(super) fn grid(last: u32) -> Vec<u32> {
    let step =
        [1, 7, 14, 30, 60, 90, 180].into_iter().find(|step| last / step <= 14).unwrap_or(365);
    let mut days: Vec<u32> = (0..=last).filter(|day| day % step == 0).collect();
    if days.last() != Some(&last) {
        if last - days.last().copied().unwrap_or(0) < step / 2 {
            days.pop();
        }
        days.push(last);
    }
    days
}

/// The curves of every outcome that happens on a day, as observed.
pub(super) fn curves(study: &Study, cohort: &Cohort, screen: Screen) -> Vec<OutcomeCurves> {
    let days = grid(u32::try_from(study.follow_up).unwrap_or(0));
    let mut found = Vec::new();
    for (place, outcome) in study.outcomes.iter().enumerate() {
        if !matches!(outcome.measure, OutcomeMeasure::First(_)) {
            continue;
        }
        let arms: Vec<Vec<FollowUp>> = (0..study.strategies.len())
            .map(|arm| cohort.arm(arm).filter_map(|one| follow_up(one, place)).collect())
            .collect();
        let named = study.strategies.iter().zip(&arms);
        let curves: Vec<StrategyCurve> = named
            .map(|(strategy, arm)| StrategyCurve {
                strategy: strategy.name.clone(),
                days: curve(arm, &days, screen),
            })
            .collect();
        let is_shown = |arm: &Vec<FollowUp>| {
            let events = count(arm.iter().filter(|one| one.event == HAPPENED).count());
            events > 0 && !screen.is_telling(events, count(arm.len()))
        };
        let tests = if arms.iter().all(is_shown) { tests(&arms) } else { None };
        found.push(OutcomeCurves { outcome: outcome.name.clone(), curves, tests });
    }
    found
}

fn tests(arms: &[Vec<FollowUp>]) -> Option<(f64, f64)> {
    let groups: Vec<u32> =
        (0_u32..).zip(arms).flat_map(|(arm, rows)| rows.iter().map(move |_| arm)).collect();
    let all: Vec<FollowUp> = arms.concat();
    let own: Vec<FollowUp> = all.iter().map(|one| one.only(HAPPENED)).collect();
    let ranks = log_rank(&Grouped { follow_ups: &own, groups: &groups, strata: None })?;
    let grays = gray(&Grouped { follow_ups: &all, groups: &groups, strata: None }, HAPPENED)?;
    (ranks.p.is_finite() && grays.p.is_finite()).then_some((ranks.p, grays.p))
}

/// One arm on the grid. A day is hidden while the outcomes so far are few, or those who may still
/// have it, and from where few are at risk.
fn curve(arm: &[FollowUp], days: &[u32], screen: Screen) -> Vec<DayOfCurve> {
    let own: Vec<FollowUp> = arm.iter().map(|one| one.only(HAPPENED)).collect();
    let (Some(free), Some(incidence)) = (kaplan_meier(&own), cumulative_incidence(arm, HAPPENED))
    else {
        return Vec::new();
    };
    let all = count(arm.len());
    days.iter()
        .map(|day| {
            let events = arm.iter().filter(|one| one.event == HAPPENED && one.stop <= *day);
            let events = count(events.count());
            let at_risk = count(arm.iter().filter(|one| one.stop >= (*day).max(1)).count());
            let has_few = at_risk == 0 || screen.is_small(at_risk);
            let is_hidden = has_few || screen.is_telling(events, all);
            let start = (1.0, Limits { low: 1.0, high: 1.0 });
            let kept = free.step_at(*day).map_or(Some(start), |step| {
                Some((step.survival, step.limits(CurveLimits::LogLog, CONFIDENCE)?))
            });
            let risen =
                incidence.step_at(*day).map_or((0.0, Limits { low: 0.0, high: 0.0 }), |step| {
                    (step.incidence, step.limits(CONFIDENCE))
                });
            DayOfCurve {
                day: *day,
                at_risk: (!has_few).then_some(at_risk),
                free: kept.filter(|_| !is_hidden),
                incidence: (!is_hidden).then_some(risen),
            }
        })
        .collect()
}

fn count(number: usize) -> u64 {
    number.try_into().expect("a count fits 64 bits")
}
