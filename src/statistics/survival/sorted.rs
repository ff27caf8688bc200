//! The rows of a Cox model in the order in which they are used.

use std::ops::Range;

use super::cox::{CoxData, CoxError};
use super::follow_up::{ordered_by, sound};

/// Rows by stratum and day, with covariates centred and scaled, so that a pass reads memory in order
/// and Newton's steps are of one size.
pub(super) struct Sorted {
    /// Covariates of a row.
    pub(super) width: usize,
    /// The original place of each row.
    pub(super) order: Vec<usize>,
    /// Rows that end on one day of one stratum.
    pub(super) days: Vec<Range<usize>>,
    /// Days of each stratum.
    pub(super) strata: Vec<Range<usize>>,
    pub(super) start: Vec<u32>,
    pub(super) stop: Vec<u32>,
    pub(super) event: Vec<bool>,
    pub(super) weight: Vec<f64>,
    /// Covariates less their mean, ÷ their mean absolute deviation; row by row.
    pub(super) covariates: Vec<f64>,
    pub(super) centre: Vec<f64>,
    pub(super) scale: Vec<f64>,
    /// Rows with late entry, the latest of each stratum last; empty without late entry.
    pub(super) entries: Vec<Vec<usize>>,
}

impl Sorted {
    pub(super) fn new(data: &CoxData) -> Result<Self, CoxError> {
        check(data)?;
        let (centre, scale) = moments(data)?;
        let order = order(data);
        let row_of = |place: &usize| &data.follow_ups[order[*place]];
        let places: Vec<usize> = (0..order.len()).collect();
        let stratum = |place: &usize| data.strata.map_or(0, |strata| strata[order[*place]]);
        let same =
            |a: &usize, b: &usize| stratum(a) == stratum(b) && row_of(a).stop == row_of(b).stop;
        let days: Vec<Range<usize>> =
            places.chunk_by(same).map(|day| day[0]..day[0] + day.len()).collect();
        let mut strata: Vec<Range<usize>> = Vec::new();
        for group in (0..days.len())
            .collect::<Vec<_>>()
            .chunk_by(|a, b| stratum(&days[*a].start) == stratum(&days[*b].start))
        {
            strata.push(group[0]..group[0] + group.len());
        }
        let mut covariates = Vec::with_capacity(data.covariates.len());
        for row in &order {
            let values = &data.covariates[row * data.width..(row + 1) * data.width];
            for ((value, centre), scale) in values.iter().zip(&centre).zip(&scale) {
                covariates.push((value - centre) / scale);
            }
        }
        let all = |field: fn(&super::FollowUp) -> u32| -> Vec<u32> {
            order.iter().map(|row| field(&data.follow_ups[*row])).collect()
        };
        let mut sorted = Self {
            width: data.width,
            start: all(|one| one.start),
            stop: all(|one| one.stop),
            event: order.iter().map(|row| data.follow_ups[*row].is_event()).collect(),
            weight: order.iter().map(|row| data.follow_ups[*row].weight).collect(),
            days,
            strata,
            covariates,
            centre,
            scale,
            entries: Vec::new(),
            order,
        };
        sorted.entries = sorted.late_entries();
        Ok(sorted)
    }

    fn late_entries(&self) -> Vec<Vec<usize>> {
        if self.start.iter().all(|start| *start == 0) {
            return Vec::new();
        }
        let by_entry = |stratum: &Range<usize>| {
            let first = self.days[stratum.start].start;
            let rows = self.days[stratum.end - 1].end - first;
            let places = ordered_by(rows, |place| self.start[first + place]);
            places.into_iter().map(|place| first + place).collect()
        };
        self.strata.iter().map(by_entry).collect()
    }

    /// The covariates of a row.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.covariates[row * self.width..(row + 1) * self.width]
    }

    /// The relative hazard of a row.
    pub(super) fn risk(&self, row: usize, coefficients: &[f64]) -> f64 {
        let score: f64 = self.row(row).iter().zip(coefficients).map(|(x, b)| x * b).sum();
        libm::exp(score)
    }

    /// The relative hazard of somebody with given covariates.
    pub(super) fn risk_of(&self, covariates: &[f64], coefficients: &[f64]) -> f64 {
        let centred = covariates.iter().zip(&self.centre).map(|(value, centre)| value - centre);
        libm::exp(centred.zip(coefficients).map(|(x, b)| x * b).sum())
    }

    /// Coefficients of the scaled covariates from those of the given ones.
    pub(super) fn scaled(&self, coefficients: &[f64]) -> Vec<f64> {
        coefficients.iter().zip(&self.scale).map(|(value, scale)| value * scale).collect()
    }
}

fn check(data: &CoxData) -> Result<(), CoxError> {
    let rows = data.follow_ups.len();
    let other = |ids: Option<&[u32]>| ids.is_some_and(|ids| ids.len() != rows);
    if data.width == 0
        || data.covariates.len() != rows * data.width
        || other(data.strata)
        || other(data.clusters)
    {
        return Err(CoxError::Shape);
    }
    if !sound(data.follow_ups) || !data.covariates.iter().all(|value| value.is_finite()) {
        return Err(CoxError::Values);
    }
    if !data.follow_ups.iter().any(|one| one.is_event()) {
        return Err(CoxError::NoEvents);
    }
    Ok(())
}

fn order(data: &CoxData) -> Vec<usize> {
    let by_day = ordered_by(data.follow_ups.len(), |row| data.follow_ups[row].stop);
    let Some(strata) = data.strata else { return by_day };
    let by_stratum = ordered_by(by_day.len(), |place| strata[by_day[place]]);
    by_stratum.into_iter().map(|place| by_day[place]).collect()
}

fn moments(data: &CoxData) -> Result<(Vec<f64>, Vec<f64>), CoxError> {
    #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
    let rows = data.follow_ups.len() as f64;
    let sum_by = |value: &dyn Fn(usize, f64) -> f64| {
        let mut sums = vec![0.0; data.width];
        for row in data.covariates.chunks_exact(data.width) {
            for (column, x) in row.iter().enumerate() {
                sums[column] += value(column, *x);
            }
        }
        for sum in &mut sums {
            *sum /= rows;
        }
        sums
    };
    let centre = sum_by(&|_, x| x);
    let scale = sum_by(&|column, x| (x - centre[column]).abs());
    match scale.iter().zip(&centre).position(|(scale, centre)| *scale <= 1e-12 * centre.abs()) {
        Some(column) => Err(CoxError::Collinear(column)),
        None => Ok((centre, scale)),
    }
}
