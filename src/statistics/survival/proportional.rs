//! Whether hazards are proportional: a test of coefficients that change with time.

use nalgebra::{DMatrix, DVector};

use super::super::distribution::chi_squared_tail;
use super::super::matrix::factor;
use super::cox::{CoxData, CoxError, CoxFit};
use super::cox_pass::each_event_day;
use super::curve::kaplan_meier;
use super::follow_up::FollowUp;
use super::sorted::Sorted;

/// The scale of time on which a coefficient may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeScale {
    /// The share with an event before the day: weighs early and late events alike.
    #[default]
    KaplanMeier,
    /// Days.
    Days,
    /// The logarithm of days.
    Log,
}

/// A test of one covariate, or of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HazardsTest {
    /// The statistic.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// A small value speaks against proportional hazards.
    pub p: f64,
}

/// Tests of each covariate and of all together.
#[derive(Debug, Clone, PartialEq)]
pub struct ProportionalHazards {
    /// One test for each covariate.
    pub covariates: Vec<HazardsTest>,
    /// All together.
    pub global: HazardsTest,
}

/// The score test of coefficients that change linearly with the scale of time (Grambsch and Therneau,
/// Biometrika 81 (1994), without their approximation: as `cox.zph` in R's survival from version 3 on).
/// The fit must come from the same data.
pub fn proportional_hazards(
    data: &CoxData,
    fit: &CoxFit,
    scale: TimeScale,
) -> Result<ProportionalHazards, CoxError> {
    let sorted = Sorted::new(data)?;
    let width = data.width;
    if fit.coefficients.len() != width {
        return Err(CoxError::Shape);
    }
    let time = time_scale(data.follow_ups, scale);
    let mut score = DVector::zeros(width);
    let mut information = DMatrix::<f64>::zeros(2 * width, 2 * width);
    each_event_day(&sorted, &sorted.scaled(&fit.estimates()), fit.ties, |day| {
        let at = time(day.time);
        day.add_gradient(at, &mut score);
        let own = day.information();
        for (row, column, factor) in
            [(0, 0, 1.0), (0, width, at), (width, 0, at), (width, width, at * at)]
        {
            let mut part = information.view_mut((row, column), (width, width));
            part += &own * factor;
        }
    });
    let test = |tested: &[usize]| {
        let kept: Vec<usize> = (0..width).chain(tested.iter().map(|at| at + width)).collect();
        let part = DMatrix::from_fn(kept.len(), kept.len(), |i, j| information[(kept[i], kept[j])]);
        let values =
            DVector::from_fn(
                kept.len(),
                |i, _| {
                    if i < width { 0.0 } else { score[kept[i] - width] }
                },
            );
        let solved = factor(&part).ok_or(CoxError::NoMaximum)?.solve(&values);
        let chi_squared = values.dot(&solved);
        #[expect(clippy::cast_precision_loss, reason = "covariates are few")]
        let p = chi_squared_tail(chi_squared, tested.len() as f64);
        Ok(HazardsTest { chi_squared, freedom: tested.len(), p })
    };
    let all: Vec<usize> = (0..width).collect();
    let covariates: Result<Vec<HazardsTest>, CoxError> =
        all.iter().map(|at| test(&[*at])).collect();
    Ok(ProportionalHazards { covariates: covariates?, global: test(&all)? })
}

/// The scale as a function of days, centred near the middle of events, so that the enlarged
/// information is well conditioned.
fn time_scale(follow_ups: &[FollowUp], scale: TimeScale) -> impl Fn(u32) -> f64 {
    let plain: Vec<FollowUp> = follow_ups.iter().map(|one| one.weighing(1.0)).collect();
    let curve = kaplan_meier(&plain).expect("the model has been fitted to these stretches");
    let place = move |time: u32| match scale {
        TimeScale::KaplanMeier => {
            1.0 - time.checked_sub(1).map_or(1.0, |before| curve.survival_at(before))
        }
        TimeScale::Days => f64::from(time),
        TimeScale::Log => libm::log(f64::from(time)),
    };
    let events: Vec<f64> =
        follow_ups.iter().filter(|one| one.is_event()).map(|one| place(one.stop)).collect();
    #[expect(clippy::cast_precision_loss, reason = "events are far below 2^53")]
    let middle = events.iter().sum::<f64>() / events.len() as f64;
    move |time| place(time) - middle
}
