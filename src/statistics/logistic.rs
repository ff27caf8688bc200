//! Logistic regression: the chance of belonging to a group, or of an outcome, given covariates.

use nalgebra::{DMatrix, DVector};

use super::matrix::factor;

/// Rows of a logistic regression.
#[derive(Debug, Clone, Copy)]
pub struct LogisticData<'a> {
    /// True where a row has the outcome.
    pub outcomes: &'a [bool],
    /// Covariates, row by row, without the intercept.
    pub covariates: &'a [f64],
    /// Covariates of a row.
    pub width: usize,
}

/// Why a model cannot be fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogisticError {
    /// Covariates do not have one entry for each row.
    #[error("outcomes and covariates do not have the same number of rows")]
    Shape,
    /// A covariate is not a usable number.
    #[error("a covariate is not a usable number")]
    Values,
    /// All rows have the outcome, or none.
    #[error("all rows have the same outcome")]
    OneOutcome,
    /// The covariates tell the outcome without error, or one is a combination of others.
    #[error(
        "the likelihood has no single maximum: covariates repeat each other or tell the outcome"
    )]
    NoMaximum,
}

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticFit {
    /// Logarithms of odds: the intercept, then odds ratios in the order of the covariates.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
    /// The log-likelihood.
    pub log_likelihood: f64,
}

impl LogisticFit {
    /// The chance of the outcome for given covariates.
    pub fn probability(&self, covariates: &[f64]) -> f64 {
        let slopes = covariates.iter().zip(&self.coefficients[1..]).map(|(x, b)| x * b);
        chance(self.coefficients[0] + slopes.sum::<f64>())
    }
}

/// Fits by Newton's method, with covariates centred and scaled on the way.
pub fn logistic(data: &LogisticData) -> Result<LogisticFit, LogisticError> {
    let rows = data.outcomes.len();
    if data.covariates.len() != rows * data.width {
        return Err(LogisticError::Shape);
    }
    if !data.covariates.iter().all(|value| value.is_finite()) {
        return Err(LogisticError::Values);
    }
    let with = data.outcomes.iter().filter(|outcome| **outcome).count();
    if with == 0 || with == rows {
        return Err(LogisticError::OneOutcome);
    }
    let (centre, scale) = moments(data)?;
    let mut design = DMatrix::from_element(rows, data.width + 1, 1.0);
    for (row, values) in data.covariates.chunks_exact(data.width.max(1)).enumerate() {
        for (column, value) in values.iter().enumerate() {
            design[(row, column + 1)] = (value - centre[column]) / scale[column];
        }
    }
    let (scaled, covariance, log_likelihood) = climb(&design, data.outcomes)?;
    // Back to the covariates as they were given: b/s, and the intercept less Σ b·centre/s.
    let size = data.width + 1;
    let back = DMatrix::from_fn(size, size, |i, j| match (i, j) {
        (0, 0) => 1.0,
        (0, _) => -centre[j - 1] / scale[j - 1],
        _ if i == j => 1.0 / scale[i - 1],
        _ => 0.0,
    });
    let covariance = &back * covariance * back.transpose();
    Ok(LogisticFit {
        coefficients: (&back * scaled).iter().copied().collect(),
        standard_errors: (0..size).map(|at| covariance[(at, at)].sqrt()).collect(),
        log_likelihood,
    })
}

fn chance(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

fn moments(data: &LogisticData) -> Result<(Vec<f64>, Vec<f64>), LogisticError> {
    #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
    let rows = data.outcomes.len() as f64;
    let mean_of = |value: &dyn Fn(usize, f64) -> f64| {
        let mut sums = vec![0.0; data.width];
        for row in data.covariates.chunks_exact(data.width.max(1)) {
            for (column, x) in row.iter().enumerate() {
                sums[column] += value(column, *x) / rows;
            }
        }
        sums
    };
    let centre = mean_of(&|_, x| x);
    let scale = mean_of(&|column, x| (x - centre[column]).abs());
    let varies = scale.iter().zip(&centre).all(|(scale, centre)| *scale > 1e-12 * centre.abs());
    if varies { Ok((centre, scale)) } else { Err(LogisticError::NoMaximum) }
}

type Maximum = (DVector<f64>, DMatrix<f64>, f64);

fn climb(design: &DMatrix<f64>, outcomes: &[bool]) -> Result<Maximum, LogisticError> {
    let outcome = DVector::from_iterator(
        outcomes.len(),
        outcomes.iter().map(|outcome| f64::from(u8::from(*outcome))),
    );
    let mut beta = DVector::zeros(design.ncols());
    for _ in 0..50 {
        let expected = (design * &beta).map(chance);
        let mut weighted = design.clone();
        for (row, p) in expected.iter().enumerate() {
            weighted.row_mut(row).scale_mut(p * (1.0 - p));
        }
        let information = design.tr_mul(&weighted);
        let factor = factor(&information).ok_or(LogisticError::NoMaximum)?;
        let step = factor.solve(&design.tr_mul(&(&outcome - &expected)));
        // Newton's first steps can overshoot; none is needed beyond five scaled units.
        let step = if step.amax() > 5.0 { &step * (5.0 / step.amax()) } else { step };
        beta += &step;
        if beta.amax() > 50.0 {
            return Err(LogisticError::NoMaximum);
        }
        if step.amax() < 1e-9 {
            let log = |(p, outcome): (&f64, &bool)| {
                if *outcome { libm::log(*p) } else { libm::log1p(-p) }
            };
            return Ok((beta, factor.inverse(), expected.iter().zip(outcomes).map(log).sum()));
        }
    }
    Err(LogisticError::NoMaximum)
}
