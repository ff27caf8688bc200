//! The few steps of linear algebra that tests and models share.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// A symmetric matrix ready to be solved, or nothing if it is not positive definite to working
/// precision.
pub(super) fn factor(matrix: &DMatrix<f64>) -> Option<Cholesky<f64, Dyn>> {
    let factor = Cholesky::new(matrix.clone())?;
    let sound = (0..matrix.nrows()).all(|at| {
        let pivot = factor.l_dirty()[(at, at)];
        pivot * pivot > 1e-10 * matrix[(at, at)]
    });
    sound.then_some(factor)
}

/// The quadratic form u′ V⁻¹ u over the rows that vary and are not a sum of those before them, and
/// their number: a chi-squared statistic and its degrees of freedom. Scores of groups add up to 0, so
/// that the last group always falls away.
pub(super) fn quadratic_form(score: &[f64], variance: &DMatrix<f64>) -> (f64, usize) {
    let mut kept: Vec<usize> = Vec::new();
    for row in 0..score.len() {
        let with: Vec<usize> = kept.iter().copied().chain([row]).collect();
        let part = DMatrix::from_fn(with.len(), with.len(), |i, j| variance[(with[i], with[j])]);
        if variance[(row, row)] > 0.0 && factor(&part).is_some() {
            kept = with;
        }
    }
    if kept.is_empty() {
        return (0.0, 0);
    }
    let part = DMatrix::from_fn(kept.len(), kept.len(), |i, j| variance[(kept[i], kept[j])]);
    let score = DVector::from_fn(kept.len(), |i, _| score[kept[i]]);
    let solved = factor(&part).expect("the rows kept are positive definite").solve(&score);
    (score.dot(&solved), kept.len())
}
