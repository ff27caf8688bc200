//! How complete recent months are, told by how older months filled up.

/// What a run-off triangle says about completeness.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainLadder {
    /// For each lag but the last, the factor by which the count grows to the next lag; 1 or more
    /// unless records are withdrawn.
    pub factors: Vec<f64>,
    /// For each lag, the share of the final count that is seen; the last is 1.
    pub completion: Vec<f64>,
}

impl ChainLadder {
    /// The final count that a count seen at a lag leads to. A lag beyond the triangle is complete.
    pub fn ultimate(&self, seen: f64, lag: usize) -> f64 {
        seen / self.completion.get(lag).copied().unwrap_or(1.0)
    }
}

/// The chain-ladder method with volume weights (Mack, ASTIN Bulletin 23 (1993), α = 1).
///
/// `triangle[i][k]` is the number of records of the service month `i` that were seen by lag `k`;
/// later months have fewer lags. The factor from lag k to k + 1 is Σ C(i, k + 1) ÷ Σ C(i, k) over the
/// months that have both; completion at lag k is 1 ÷ the product of the factors from k on. Nothing
/// for an empty triangle, or where a lag has no records to grow from.
///
/// ```
/// let triangle =
///     [vec![800.0, 960.0, 990.0, 1000.0], vec![820.0, 984.0, 1015.0], vec![780.0, 936.0], vec![810.0]];
/// let ladder = throughline::statistics::chain_ladder(&triangle).expect("four months");
/// assert!((ladder.factors[0] - 1.2).abs() < 1e-12);
/// assert!((ladder.completion[0] - 0.800).abs() < 5e-4);
/// ```
pub fn chain_ladder(triangle: &[Vec<f64>]) -> Option<ChainLadder> {
    let lags = triangle.iter().map(Vec::len).max().filter(|lags| *lags > 0)?;
    let mut factors = Vec::with_capacity(lags - 1);
    for lag in 0..lags - 1 {
        let both = triangle.iter().filter(|month| month.len() > lag + 1);
        let (before, after) =
            both.fold((0.0, 0.0), |sum, month| (sum.0 + month[lag], sum.1 + month[lag + 1]));
        if before.is_nan() || before <= 0.0 || after <= 0.0 {
            return None;
        }
        factors.push(after / before);
    }
    let mut completion = vec![1.0; lags];
    for lag in (0..lags - 1).rev() {
        completion[lag] = completion[lag + 1] / factors[lag];
    }
    Some(ChainLadder { factors, completion })
}
