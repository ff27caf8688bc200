//! Curves of an outcome by strategy, on a fixed grid of days.

use super::cohort::Cohort;
use super::contrast::Contrast;
use super::description::Study;
use super::design::OutcomeMeasure;
use super::effect::{DIED, HAPPENED, follow_up};
use super::entangled::{are_related, is_death};
use super::published::is_shown;
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

/// The curves of every outcome that happens on a day, as observed. Beside the numbers of comparisons and
/// of earlier curves, a number is told only if it cannot be subtracted from one of them.
pub(super) fn curves(
    study: &Study,
    cohort: &Cohort,
    contrasts: &[Contrast],
    screen: Screen,
) -> Vec<OutcomeCurves> {
    let days = grid(u32::try_from(study.follow_up).unwrap_or(0));
    let mut found = Vec::new();
    let mut known: Vec<Vec<Known>> =
        (0..study.strategies.len()).map(|arm| of_findings(contrasts, arm, screen)).collect();
    for (place, outcome) in study.outcomes.iter().enumerate() {
        if !matches!(outcome.measure, OutcomeMeasure::First(_)) {
            continue;
        }
        let arms: Vec<Vec<FollowUp>> = (0..study.strategies.len())
            .map(|arm| cohort.arm(arm).filter_map(|one| follow_up(one, place)).collect())
            .collect();
        // The days by which risks are compared: the last that an arm and another one reach.
        let last = |arm: &Vec<FollowUp>| arm.iter().map(|one| one.stop).max().unwrap_or(0);
        let lasts: Vec<u32> = arms.iter().map(last).collect();
        let named = study.strategies.iter().zip(&arms).zip(&lasts);
        let curves: Vec<StrategyCurve> = named
            .zip(&mut known)
            .map(|(((strategy, arm), own), known)| {
                let horizons: Vec<u32> = lasts.iter().map(|other| *own.min(other)).collect();
                let ends: Vec<u64> =
                    known.iter().filter(|one| one.outcome == place).map(|one| one.n).collect();
                let mut told = told(arm, &days, (&horizons, &ends), screen);
                withhold(study, place, (arm, &days), &mut told, (known, screen));
                let mut days = curve(arm, &days, &told);
                // After the last person at risk there is nothing to hide.
                days.retain(|day| !screen.internal || day.at_risk.is_some());
                StrategyCurve { strategy: strategy.name.clone(), days }
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

/// What happened to the people of an arm by a day.
struct SoFar {
    at_risk: u64,
    /// With the outcome by the end of the day, and before it.
    events: [u64; 2],
    /// Who left before the day in another way: died, or no longer observed.
    left: u64,
    /// Who died by the end of the day.
    deaths: u64,
}

impl SoFar {
    fn new(arm: &[FollowUp], day: u32) -> Self {
        let those = |holds: &dyn Fn(&&FollowUp) -> bool| count(arm.iter().filter(holds).count());
        let before = |one: &FollowUp| one.stop < day.max(1);
        Self {
            at_risk: those(&|one| !before(one)),
            events: [
                those(&|one| one.event == HAPPENED && one.stop <= day),
                those(&|one| one.event == HAPPENED && before(one)),
            ],
            left: those(&|one| one.event != HAPPENED && before(one)),
            deaths: those(&|one| one.event == DIED && one.stop <= day),
        }
    }
}

/// What may be said on a day.
struct Told {
    at_risk: bool,
    free: bool,
    incidence: bool,
}

/// What may be said on each day of the grid. Two numbers that are told give away what happened between
/// them, so that few events, or few who left, never lie between. Both curves together give away the
/// deaths, so that the second is told only if not few have died since both were told last; and so does
/// the first beside the risk by a horizon, which stands in a table. `shown` are the people with the
/// outcome by the horizons whose risks are shown.
fn told(
    arm: &[FollowUp],
    days: &[u32],
    (horizons, shown): (&[u32], &[u64]),
    screen: Screen,
) -> Vec<Told> {
    let all = count(arm.len());
    let ends: Vec<SoFar> = horizons.iter().map(|day| SoFar::new(arm, *day)).collect();
    let (mut curve, mut deaths, mut others, mut numbers) = (0, 0, 0, (0, 0));
    let one = |day: &u32| {
        let far = SoFar::new(arm, *day);
        let has_few = far.at_risk == 0 || screen.is_small(far.at_risk);
        let between = (far.events[1] - numbers.0, far.left - numbers.1);
        let at_risk = !has_few && !screen.is_small(between.0) && !screen.is_small(between.1);
        if at_risk {
            numbers = (far.events[1], far.left);
        }
        let events = far.events[0];
        let is_told = !has_few
            && !screen.is_telling(events, all)
            && !screen.is_small(events - curve)
            && !shown.iter().any(|end| screen.is_small(end.abs_diff(events)));
        if is_told {
            curve = events;
        }
        let gives_away = |end: &SoFar| {
            end.events[0].abs_diff(events) < screen.least
                && screen.is_small(end.deaths.abs_diff(deaths))
        };
        let free = is_told && (events == 0 || !ends.iter().any(gives_away));
        // With the number at risk, whoever left alive would be known as well.
        let left_alive = far.left.saturating_sub(far.deaths);
        let incidence = is_told
            && !screen.is_small(far.deaths - deaths)
            && !(far.deaths > deaths && screen.is_small(left_alive.abs_diff(others)));
        if free && incidence {
            (deaths, others) = (far.deaths, left_alive);
        }
        Told { at_risk, free, incidence }
    };
    days.iter().map(one).collect()
}

/// A number that is told of the people of an arm.
#[derive(Debug, Clone, Copy)]
struct Known {
    outcome: usize,
    what: What,
    n: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// People with the outcome by some day.
    Had,
    /// People at risk on some day.
    AtRisk,
    /// People who died without it by some day.
    Died,
}

/// People with an outcome by the day of a comparison.
fn of_findings(contrasts: &[Contrast], arm: usize, screen: Screen) -> Vec<Known> {
    let mut found = Vec::new();
    for contrast in contrasts {
        let Some(side) = contrast.strategies.iter().position(|own| *own == arm) else { continue };
        let shown = contrast.findings.iter().filter(|one| one.counted && is_shown(one, screen));
        found.extend(shown.map(|one| Known {
            outcome: one.outcome,
            what: What::Had,
            n: one.events[side],
        }));
    }
    found
}

/// Takes back what could be subtracted from what is known of a related outcome, and keeps what is told.
fn withhold(
    study: &Study,
    place: usize,
    (arm, days): (&[FollowUp], &[u32]),
    told: &mut [Told],
    (known, screen): (&mut Vec<Known>, Screen),
) {
    let outcomes = &study.outcomes;
    let is_near = |known: &[Known], what: What, n: u64| {
        known.iter().filter(|one| one.outcome != place).any(|one| {
            let related = are_related(&outcomes[one.outcome], &outcomes[place]);
            // Deaths without an outcome are some of all deaths, and so are an outcome's among another's.
            let dead = match (what, one.what) {
                (What::Had, What::Died) => is_death(&outcomes[place]),
                (What::Died, What::Had) => is_death(&outcomes[one.outcome]),
                (one, other) => one == other && related,
            };
            dead && screen.is_small(one.n.abs_diff(n))
        })
    };
    let before = known.clone();
    for (day, told) in days.iter().zip(told) {
        let far = SoFar::new(arm, *day);
        let had = is_near(&before, What::Had, far.events[0]);
        told.at_risk &= !is_near(&before, What::AtRisk, far.at_risk);
        told.free &= !had;
        told.incidence &= !had && !is_near(&before, What::Died, far.deaths);
        let mut keep = |is_told: bool, what: What, n: u64| {
            known.extend(is_told.then_some(Known { outcome: place, what, n }));
        };
        keep(told.at_risk, What::AtRisk, far.at_risk);
        keep(told.free || told.incidence, What::Had, far.events[0]);
        keep(told.incidence, What::Died, far.deaths);
    }
}

/// One arm on the grid.
fn curve(arm: &[FollowUp], days: &[u32], told: &[Told]) -> Vec<DayOfCurve> {
    let own: Vec<FollowUp> = arm.iter().map(|one| one.only(HAPPENED)).collect();
    let (Some(free), Some(incidence)) = (kaplan_meier(&own), cumulative_incidence(arm, HAPPENED))
    else {
        return Vec::new();
    };
    days.iter()
        .zip(told)
        .map(|(day, told)| {
            let start = (1.0, Limits { low: 1.0, high: 1.0 });
            // Where nobody is left without it, there is no variance.
            let none = Limits { low: 0.0, high: 0.0 };
            let kept = free.step_at(*day).map_or(start, |step| {
                let limits = step.limits(CurveLimits::LogLog, CONFIDENCE);
                (step.survival, limits.unwrap_or(none))
            });
            let risen =
                incidence.step_at(*day).map_or((0.0, Limits { low: 0.0, high: 0.0 }), |step| {
                    (step.incidence, step.limits(CONFIDENCE))
                });
            DayOfCurve {
                day: *day,
                at_risk: told.at_risk.then(|| SoFar::new(arm, *day).at_risk),
                free: told.free.then_some(kept),
                incidence: told.incidence.then_some(risen),
            }
        })
        .collect()
}

fn count(number: usize) -> u64 {
    number.try_into().expect("a count fits 64 bits")
}
