//! Strategies with days to begin, compared from the index on: each member is taken into every strategy
//! that the record allows, leaves one when care departs from it, and those who stay are weighted for
//! those like them who left (Hernán and others, Trials 2016; Cain and others, International Journal of
//! Biostatistics 2010). Whoever had an outcome cannot depart any more, so that each outcome has chances
//! of staying of its own.

use super::cohort::Cohort;
use super::contrast::Refusal;
use super::description::Study;
use super::design::{Analysis, Exposure};
use super::effect::{Group, follow_up};
use super::matrix::Matrix;
use super::person::{Observed, Person};
use crate::statistics::survival::{CENSORED, FollowUp};
use crate::statistics::{LogisticData, logistic, truncated_weights};

/// The most stretches of the days to begin, in each of which the chance of departing is estimated: with
/// up to so many days each is a day. In longer ones an outcome would often hide a departure.
const STRETCHES: i32 = 30;

/// Everybody who can be taken into strategies.
pub(super) struct Clones<'c> {
    pub(super) people: Vec<&'c Person>,
    pub(super) matrix: Matrix,
    study: &'c Study,
    grace: i32,
    truncate: (f64, f64),
}

/// One member in one strategy, looked at for one outcome.
#[derive(Debug, Clone, Copy)]
struct Twin {
    person: usize,
    /// The day of the outcome, or the last that is seen: care cannot depart on it or later.
    until: i32,
    /// Days after the index on which care departs from the strategy, if it does in time.
    left: Option<i32>,
}

/// The clones of one strategy with their weights for one outcome.
pub(super) struct Weighted {
    /// The person of each clone.
    pub(super) people: Vec<usize>,
    /// Whether care never departed from the strategy before the outcome, while it was seen.
    pub(super) stayed: Vec<bool>,
    /// The last weight of each clone, as estimated.
    pub(super) estimated: Vec<f64>,
    /// The same pulled in.
    pub(super) last: Vec<f64>,
    /// Stretches of days with a weight of their own: the first day after which it holds, and it.
    steps: Vec<Vec<(i32, f64)>>,
    left: Vec<Option<i32>>,
    outcome: usize,
}

impl<'c> Clones<'c> {
    pub(super) fn new(study: &'c Study, analysis: &Analysis, cohort: &'c Cohort) -> Self {
        let people: Vec<&Person> =
            cohort.people.iter().filter(|person| person.lost.is_none()).collect();
        let matrix = Matrix::new(&study.covariates, &people);
        let grace = analysis.timing.last_day();
        Self { people, matrix, study, grace, truncate: analysis.truncate }
    }

    /// The clones of a strategy among rows of people, each as often as it is named.
    fn clones(&self, (strategy, outcome): (usize, usize), rows: &[usize]) -> Vec<Twin> {
        let asks = self.asks(strategy);
        let clone = |row: &usize| {
            let person = self.people[*row];
            let followed = person.followed[strategy];
            // Care that departs on the day of the index or before was never of this strategy.
            if followed.broken.is_some_and(|day| day <= 0) {
                return None;
            }
            let late = asks && followed.met.is_none_or(|day| day > self.grace);
            let missed = late.then_some(self.grace);
            let broken = followed.broken.filter(|day| *day <= self.grace);
            let left = broken.into_iter().chain(missed).min();
            let until = follow_up(person, outcome).and_then(|whole| i32::try_from(whole.stop).ok());
            let until = until.unwrap_or(person.follow_up);
            // Who had the outcome or was no longer seen on that day did not depart from anything.
            Some(Twin { person: *row, until, left: left.filter(|day| until > *day) })
        };
        rows.iter().filter_map(clone).collect()
    }

    fn asks(&self, strategy: usize) -> bool {
        matches!(&self.study.strategies[strategy].exposure, Exposure::Received { gets, .. } if !gets.is_empty())
    }

    /// The clones of a strategy with the inverse of their chance of staying until an outcome.
    pub(super) fn weighted(
        &self,
        (strategy, outcome): (usize, usize),
        rows: &[usize],
    ) -> Result<Weighted, Refusal> {
        let clones = self.clones((strategy, outcome), rows);
        let asks = self.asks(strategy);
        let mut steps = self.on_the_way(&clones, self.grace - i32::from(asks))?;
        if asks {
            self.at_deadline(&clones, &mut steps)?;
        }
        let estimated: Vec<f64> =
            steps.iter().map(|steps| steps.last().map_or(1.0, |(_, weight)| *weight)).collect();
        // Those of clones that left are no weights of anybody in the end.
        let stayed = clones.iter().zip(&estimated).filter(|(clone, _)| clone.left.is_none());
        let stayed: Vec<f64> = stayed.map(|(_, weight)| *weight).collect();
        let pulled = truncated_weights(&stayed, self.truncate.0, self.truncate.1);
        let least = pulled.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let most = pulled.iter().copied().reduce(f64::max).unwrap_or(f64::INFINITY);
        for (_, weight) in steps.iter_mut().flatten() {
            *weight = weight.min(most);
        }
        let last = estimated.iter().map(|weight| weight.clamp(least, most)).collect();
        Ok(Weighted { estimated, last, steps, ..Weighted::alike(&clones, outcome) })
    }

    /// The same with every weight 1.
    pub(super) fn unweighted(
        &self,
        (strategy, outcome): (usize, usize),
        rows: &[usize],
    ) -> Weighted {
        Weighted::alike(&self.clones((strategy, outcome), rows), outcome)
    }

    /// Departures up to a day: a pooled logistic regression over those stretches of the days to begin in
    /// which somebody departs; in the others nobody's chance of staying is below 1.
    fn on_the_way(&self, clones: &[Twin], last: i32) -> Result<Vec<Vec<(i32, f64)>>, Refusal> {
        let departs = |clone: &Twin| clone.left.filter(|day| *day <= last);
        let left: Vec<i32> = clones.iter().filter_map(departs).collect();
        let is_left = |from: i32, end: i32| left.iter().any(|day| from < *day && *day <= end);
        let stretches: Vec<(i32, i32)> =
            self.stretches().into_iter().filter(|(from, end)| is_left(*from, *end)).collect();
        let mut steps = vec![vec![(0, 1.0)]; clones.len()];
        if stretches.is_empty() {
            return Ok(steps);
        }
        let (mut outcomes, mut covariates, mut of) = (Vec::new(), Vec::new(), Vec::new());
        for (place, clone) in clones.iter().enumerate() {
            for (from, end) in &stretches {
                if departs(clone).is_some_and(|day| day <= *from) {
                    break;
                }
                let leaves = departs(clone).is_some_and(|day| day <= *end);
                if !leaves && clone.until <= *end {
                    break;
                }
                outcomes.push(leaves);
                covariates.extend_from_slice(self.matrix.row(clone.person));
                covariates.extend(time(*end, stretches.len()));
                of.push((place, *end));
            }
        }
        let width = self.matrix.width() + time(0, stretches.len()).len();
        let data = LogisticData { outcomes: &outcomes, covariates: &covariates, width };
        let fit = logistic(&data).map_err(|error| {
            let rows: Vec<usize> = of.iter().map(|(place, _)| clones[*place].person).collect();
            Refusal::unfitted(error, &self.matrix, &rows, &outcomes)
        })?;
        for ((place, end), row) in of.into_iter().zip(covariates.chunks_exact(width.max(1))) {
            let stays = 1.0 - fit.probability(row);
            let before = steps[place].last().map_or(1.0, |(_, weight)| *weight);
            steps[place].push((end, before / stays));
        }
        Ok(steps)
    }

    /// The days to begin, cut: the day before each stretch and its last.
    fn stretches(&self) -> Vec<(i32, i32)> {
        let count = STRETCHES.min(self.grace).max(1);
        let end = |number: i32| self.grace * number / count;
        (1..=count).map(|number| (end(number - 1), end(number))).collect()
    }

    /// Who has not begun by the last day departs then.
    fn at_deadline(&self, clones: &[Twin], steps: &mut [Vec<(i32, f64)>]) -> Result<(), Refusal> {
        let there: Vec<usize> = (0..clones.len())
            .filter(|place| {
                let clone = clones[*place];
                clone.until > self.grace && clone.left.is_none_or(|day| day == self.grace)
            })
            .collect();
        let stays: Vec<bool> = there.iter().map(|place| clones[*place].left.is_none()).collect();
        if stays.iter().all(|stays| *stays) {
            return Ok(());
        }
        let rows: Vec<usize> = there.iter().map(|place| clones[*place].person).collect();
        let covariates = self.matrix.rows(&rows);
        let data =
            LogisticData { outcomes: &stays, covariates: &covariates, width: self.matrix.width() };
        let fit = logistic(&data)
            .map_err(|error| Refusal::unfitted(error, &self.matrix, &rows, &stays))?;
        for (place, row) in there.into_iter().zip(rows) {
            let chance = fit.probability(self.matrix.row(row));
            let before = steps[place].last().map_or(1.0, |(_, weight)| *weight);
            steps[place].push((self.grace, before / chance));
        }
        Ok(())
    }

    /// The follow-up of a strategy's clones for their outcome, and whose each stretch is.
    pub(super) fn group(&self, weighted: &Weighted) -> (Group, Vec<u32>) {
        let (mut group, mut members) = (Group::default(), Vec::new());
        for (place, row) in weighted.people.iter().enumerate() {
            let person = self.people[*row];
            let member = u32::try_from(*row).expect("fewer than 2^32 people");
            if let Observed::Amount { total, days } = person.outcomes[weighted.outcome] {
                if weighted.stayed[place] {
                    group.amounts.push((total, f64::from(days), weighted.last[place]));
                }
                continue;
            }
            let Some(whole) = follow_up(person, weighted.outcome) else { continue };
            let left = weighted.left[place].and_then(|day| u32::try_from(day).ok());
            let whole = match left {
                Some(day) => FollowUp { stop: day, event: CENSORED, ..whole },
                None => whole,
            };
            let before = group.follow_ups.len();
            stretch(whole, &weighted.steps[place], &mut group.follow_ups);
            members.extend((before..group.follow_ups.len()).map(|_| member));
        }
        (group, members)
    }
}

impl Weighted {
    /// Every clone with the weight 1.
    fn alike(clones: &[Twin], outcome: usize) -> Self {
        Self {
            people: clones.iter().map(|clone| clone.person).collect(),
            stayed: clones.iter().map(|clone| clone.left.is_none()).collect(),
            estimated: vec![1.0; clones.len()],
            last: vec![1.0; clones.len()],
            steps: vec![vec![(0, 1.0)]; clones.len()],
            left: clones.iter().map(|clone| clone.left).collect(),
            outcome,
        }
    }
}

/// Cuts follow-up where its weight changes.
fn stretch(whole: FollowUp, steps: &[(i32, f64)], found: &mut Vec<FollowUp>) {
    for (place, (from, weight)) in steps.iter().enumerate() {
        let start = u32::try_from(*from).unwrap_or(0);
        let next = steps.get(place + 1).and_then(|(next, _)| u32::try_from(*next).ok());
        let stop = next.map_or(whole.stop, |next| next.min(whole.stop));
        if stop <= start {
            continue;
        }
        let event = if stop == whole.stop { whole.event } else { CENSORED };
        found.push(FollowUp { start, stop, event, weight: *weight });
        if stop == whole.stop {
            return;
        }
    }
}

/// Time as covariates: none with one stretch, straight with two, bent with more.
fn time(day: i32, stretches: usize) -> Vec<f64> {
    let at = f64::from(day);
    match stretches {
        0 | 1 => Vec::new(),
        2 => vec![at],
        _ => vec![at, at * at],
    }
}
