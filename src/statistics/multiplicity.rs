//! Many tests at once.

/// P-values adjusted for the false discovery rate (Benjamini and Hochberg, JRSS B 57 (1995)), in the
/// order given: the smallest of p × m ÷ rank over this rank and all above it, at most 1.
///
/// A test is called at level α if its adjusted value is at most α.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (rank, index) in order.iter().enumerate().rev() {
        #[expect(clippy::cast_precision_loss, reason = "tests are few")]
        let share = p_values.len() as f64 / (rank + 1) as f64;
        least = least.min(p_values[*index] * share);
        adjusted[*index] = least;
    }
    adjusted
}
