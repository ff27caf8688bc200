//! Regression on groups of units that are alike: chances by logistic regression, rates by Poisson
//! regression with the time at risk as offset (Nelder and Wedderburn, Generalized Linear Models, Journal
//! of the Royal Statistical Society A 135 (1972)). What tells groups apart are levels of factors, so that a
//! row of the design is the list of its columns that are 1.
//!
//! Both have their canonical link: expected events add up to the observed ones, over all rows and over
//! the rows of each level.

use nalgebra::{DMatrix, DVector};

use super::matrix::factor;

/// What is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupedFamily {
    /// The chance of an event in a trial.
    Logistic,
    /// Events per time at risk.
    Poisson,
}

/// Units that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupedRow {
    /// The columns of the design that are 1, without the intercept.
    pub columns: Vec<usize>,
    /// Events.
    pub events: f64,
    /// Trials, or time at risk; above 0.
    pub exposure: f64,
}

/// Why a model cannot be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroupedError {
    /// Events or exposure are none that can be.
    #[error("events or exposure are none that can be")]
    Values,
    /// No event, or nothing else.
    #[error("all units have the same outcome")]
    OneOutcome,
    /// The levels tell the outcome without error.
    #[error("the likelihood has no maximum: the levels tell the outcome")]
    NoMaximum,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupedFit {
    /// What was modelled.
    pub family: GroupedFamily,
    /// Log odds, or log rate, where every column is 0.
    pub intercept: f64,
    /// What each column adds to it; nothing for a column that those before it tell.
    pub coefficients: Vec<Option<f64>>,
}

impl GroupedFit {
    /// The chance or rate of units with these columns.
    pub fn expected(&self, columns: &[usize]) -> f64 {
        let adds = |column: &usize| self.coefficients[*column].unwrap_or(0.0);
        mean(self.family, self.intercept + columns.iter().map(adds).sum::<f64>())
    }
}

fn mean(family: GroupedFamily, predictor: f64) -> f64 {
    match family {
        GroupedFamily::Logistic => 1.0 / (1.0 + libm::exp(-predictor)),
        GroupedFamily::Poisson => libm::exp(predictor),
    }
}

/// Fits by Newton's method, which for canonical links is iteratively reweighted least squares. The same
/// rows in the same order give the same bits. A column that is a combination of those before it is left
/// out, as R does.
///
/// # Errors
/// If there is no single best model.
pub fn grouped_model(
    family: GroupedFamily,
    rows: &[GroupedRow],
    columns: usize,
) -> Result<GroupedFit, GroupedError> {
    let is_sound = |row: &GroupedRow| {
        let most = match family {
            GroupedFamily::Logistic => row.exposure,
            GroupedFamily::Poisson => f64::INFINITY,
        };
        row.exposure > 0.0
            && row.exposure.is_finite()
            && (0.0..=most).contains(&row.events)
            && row.events.is_finite()
            && row.columns.iter().all(|column| *column < columns)
    };
    if !rows.iter().all(is_sound) {
        return Err(GroupedError::Values);
    }
    let events: f64 = rows.iter().map(|row| row.events).sum();
    let exposure: f64 = rows.iter().map(|row| row.exposure).sum();
    let is_certain = family == GroupedFamily::Logistic && events >= exposure;
    if events <= 0.0 || is_certain {
        return Err(GroupedError::OneOutcome);
    }
    let kept = independent(rows, columns);
    let mut place_of = vec![None; columns];
    for (place, column) in kept.iter().enumerate() {
        place_of[*column] = Some(place + 1);
    }
    let share = events / exposure;
    let start = match family {
        GroupedFamily::Logistic => libm::log(share / (1.0 - share)),
        GroupedFamily::Poisson => libm::log(share),
    };
    let beta = climb(family, rows, &place_of, (kept.len() + 1, start))?;
    let coefficients = place_of.iter().map(|place| place.map(|place| beta[place])).collect();
    Ok(GroupedFit { family, intercept: beta[0], coefficients })
}

/// The places of a row's columns in the design that is kept, the intercept first.
fn places<'r>(
    row: &'r GroupedRow,
    place_of: &'r [Option<usize>],
) -> impl Iterator<Item = usize> + Clone + 'r {
    std::iter::once(0).chain(row.columns.iter().filter_map(|column| place_of[*column]))
}

/// The columns that are no combination of the intercept and of columns before them: those whose pivot in
/// the Cholesky decomposition of the cross products, weighted by exposure, does not vanish.
fn independent(rows: &[GroupedRow], columns: usize) -> Vec<usize> {
    let size = columns + 1;
    let all: Vec<Option<usize>> = (1..size).map(Some).collect();
    let mut products = DMatrix::<f64>::zeros(size, size);
    for row in rows {
        for i in places(row, &all) {
            for j in places(row, &all) {
                products[(i, j)] += row.exposure;
            }
        }
    }
    let mut factors: Vec<(usize, Vec<f64>)> = Vec::new();
    for at in 0..size {
        let mut own: Vec<f64> = Vec::new();
        for (column, known) in &factors {
            let told: f64 = known.iter().zip(&own).map(|(a, b)| a * b).sum();
            own.push((products[(*column, at)] - told) / known[own.len()]);
        }
        let rest = products[(at, at)] - own.iter().map(|value| value * value).sum::<f64>();
        if rest > 1e-9 * products[(at, at)] && rest > 0.0 {
            own.push(rest.sqrt());
            factors.push((at, own));
        }
    }
    factors.into_iter().map(|(at, _)| at).filter(|at| *at > 0).map(|at| at - 1).collect()
}

fn climb(
    family: GroupedFamily,
    rows: &[GroupedRow],
    place_of: &[Option<usize>],
    (size, start): (usize, f64),
) -> Result<DVector<f64>, GroupedError> {
    let mut beta = DVector::zeros(size);
    beta[0] = start;
    for _ in 0..50 {
        let mut information = DMatrix::<f64>::zeros(size, size);
        let mut score = DVector::<f64>::zeros(size);
        for row in rows {
            let predictor = places(row, place_of).map(|place| beta[place]).sum();
            let mean = mean(family, predictor);
            let weight = match family {
                GroupedFamily::Logistic => row.exposure * mean * (1.0 - mean),
                GroupedFamily::Poisson => row.exposure * mean,
            };
            for i in places(row, place_of) {
                score[i] += row.events - row.exposure * mean;
                for j in places(row, place_of) {
                    information[(i, j)] += weight;
                }
            }
        }
        let factor = factor(&information).ok_or(GroupedError::NoMaximum)?;
        let step = factor.solve(&score);
        // Newton's first steps can overshoot.
        let step = if step.amax() > 3.0 { &step * (3.0 / step.amax()) } else { step };
        beta += &step;
        if (beta[0] - start).abs() > 30.0 || beta.iter().skip(1).any(|one| one.abs() > 30.0) {
            return Err(GroupedError::NoMaximum);
        }
        if step.amax() < 1e-10 {
            return Ok(beta);
        }
    }
    Err(GroupedError::NoMaximum)
}

/// How well chances tell units with an event from those without (the c-statistic, or area under the
/// curve): of all pairs of one with and one without, the share in which the one with the event has the
/// higher chance; equal chances count half. Rows are chance, events and units without; nothing without
/// both.
pub fn concordance(rows: &[(f64, f64, f64)]) -> Option<f64> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut told, mut below) = (0.0, 0.0);
    for same in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let with: f64 = same.iter().map(|row| row.1).sum();
        let without: f64 = same.iter().map(|row| row.2).sum();
        told += with * (below + without / 2.0);
        below += without;
    }
    let pairs = rows.iter().map(|row| row.1).sum::<f64>() * below;
    (pairs > 0.0).then(|| told / pairs)
}
