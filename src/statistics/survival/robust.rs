//! Standard errors that hold when rows depend on each other within clusters.

use nalgebra::{DMatrix, RowDVector};

use super::cox::Ties;
use super::cox_pass::each_event_day;
use super::follow_up::ordered_by;
use super::sorted::Sorted;

/// D′D, D the changes of the coefficients when a cluster is left out: score residuals added up in each
/// cluster, times the covariance of the model (Lin and Wei 1989; Therneau and Grambsch, Modeling
/// Survival Data, 2000, 7.2).
pub(super) fn robust_covariance(
    sorted: &Sorted,
    coefficients: &[f64],
    ties: Ties,
    model: &DMatrix<f64>,
    clusters: &[u32],
) -> DMatrix<f64> {
    let width = sorted.width;
    let residuals = score_residuals(sorted, coefficients, ties);
    let by_cluster = ordered_by(sorted.order.len(), |place| clusters[sorted.order[place]]);
    let cluster = |place: usize| clusters[sorted.order[place]];
    let mut meat = DMatrix::<f64>::zeros(width, width);
    for rows in by_cluster.chunk_by(|a, b| cluster(*a) == cluster(*b)) {
        let mut sum = RowDVector::zeros(width);
        for row in rows {
            for (sum, value) in sum.iter_mut().zip(&residuals[row * width..(row + 1) * width]) {
                *sum += value * sorted.weight[*row];
            }
        }
        meat.ger(1.0, &sum.transpose(), &sum.transpose(), 1.0);
    }
    model * meat * model
}

/// What a day adds to the hazard of those at risk, and of those with an event on it.
#[derive(Clone, Default)]
struct DayHazard {
    hazard: f64,
    with_mean: Vec<f64>,
    own: f64,
    own_with_mean: Vec<f64>,
    mean: Vec<f64>,
}

/// Score residuals, row by row: δ(x − x̄) − ∫ (x − x̄) r dΛ.
fn score_residuals(sorted: &Sorted, coefficients: &[f64], ties: Ties) -> Vec<f64> {
    let width = sorted.width;
    let none = DayHazard { with_mean: vec![0.0; width], ..DayHazard::default() };
    let mut days = vec![none; sorted.days.len()];
    each_event_day(sorted, coefficients, ties, |day| {
        let ((hazard, with_mean), (own, own_with_mean)) = (day.hazard(), day.own_hazard());
        days[day.day] = DayHazard { hazard, with_mean, own, own_with_mean, mean: day.mean() };
    });
    let mut residuals = vec![0.0; sorted.order.len() * width];
    let mut before = vec![vec![0.0; 1 + width]; sorted.days.len() + 1];
    for stratum in &sorted.strata {
        let mut sum = vec![0.0; 1 + width];
        for day in stratum.clone() {
            before[day].clone_from(&sum);
            sum[0] += days[day].hazard;
            for (sum, value) in sum[1..].iter_mut().zip(&days[day].with_mean) {
                *sum += value;
            }
            for row in sorted.days[day].clone() {
                let residual = &mut residuals[row * width..(row + 1) * width];
                let entered = entry(sorted, stratum, row).map(|first| &before[first]);
                let (until, own): (&[f64], _) =
                    if sorted.event[row] { (&before[day], Some(&days[day])) } else { (&sum, None) };
                let risk = sorted.risk(row, coefficients);
                let since = |at: usize| until[at] - entered.map_or(0.0, |entered| entered[at]);
                for (column, x) in sorted.row(row).iter().enumerate() {
                    let mut hazard = since(0);
                    let mut with_mean = since(1 + column);
                    if let Some(day) = own {
                        hazard += day.own;
                        with_mean += day.own_with_mean[column];
                        residual[column] += x - day.mean[column];
                    }
                    residual[column] -= risk * (x * hazard - with_mean);
                }
            }
        }
    }
    residuals
}

/// The first day on which a row with late entry is at risk; none if that is the first of all.
fn entry(sorted: &Sorted, stratum: &std::ops::Range<usize>, row: usize) -> Option<usize> {
    let start = sorted.start[row];
    (start > 0).then(|| {
        let days = &sorted.days[stratum.clone()];
        stratum.start + days.partition_point(|day| sorted.stop[day.start] <= start)
    })
}
