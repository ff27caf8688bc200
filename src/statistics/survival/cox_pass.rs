//! One pass over the rows of a Cox model, from the last day to the first: who is at risk on each day
//! with events, and what the day adds to the likelihood.

use nalgebra::{DMatrix, DVector};

use super::cox::Ties;
use super::sorted::Sorted;

/// A day with events in one stratum. Sums are laid out as Σr, then Σrx, then the upper triangle of
/// Σrxx′, r the weighted relative hazard.
pub(super) struct EventDay<'a> {
    /// Its place among the days.
    pub(super) day: usize,
    /// Days after time zero.
    pub(super) time: u32,
    /// Events.
    pub(super) events: f64,
    /// Mean weight of the members with events.
    mean_weight: f64,
    log_likelihood: f64,
    /// Σ of weighted covariates over members with events.
    gained: &'a [f64],
    at_risk: &'a [f64],
    with_event: &'a [f64],
    ties: TieSums,
}

/// Sums over the events of a day, the k-th of d against a risk set from which the share s = k/d of
/// those with events is gone (Efron, JASA 72 (1977)): its total is R − sD.
#[derive(Clone, Copy, Default)]
struct TieSums {
    /// Σ 1/(R − sD), Σ s/(R − sD).
    first: [f64; 2],
    /// Σ sʲ/(R − sD)², j = 0, 1, 2.
    second: [f64; 3],
}

impl EventDay<'_> {
    fn width(&self) -> usize {
        self.gained.len()
    }

    /// The day's part of the hazard of a member with relative hazard 1, and the same times the mean
    /// covariates of those at risk.
    pub(super) fn hazard(&self) -> (f64, Vec<f64>) {
        let [first, _] = self.ties.first;
        let [one, share, _] = self.ties.second;
        (self.mean_weight * first, self.mix(self.mean_weight * one, self.mean_weight * share))
    }

    /// The same for a member with an event on the day, who leaves the risk set by and by.
    pub(super) fn own_hazard(&self) -> (f64, Vec<f64>) {
        let weight = self.mean_weight;
        let [first, share] = self.ties.first;
        let [one, two, three] = self.ties.second;
        (weight * (first - share), self.mix(weight * (one - two), weight * (two - three)))
    }

    /// Mean covariates of those at risk.
    pub(super) fn mean(&self) -> Vec<f64> {
        let [first, share] = self.ties.first;
        self.mix(first / self.events, share / self.events)
    }

    /// A combination of Σrx over those at risk and those with events.
    fn mix(&self, all: f64, own: f64) -> Vec<f64> {
        let columns = 1..=self.width();
        columns.map(|at| self.at_risk[at] * all - self.with_event[at] * own).collect()
    }

    /// Adds the day's gradient, times a factor.
    pub(super) fn add_gradient(&self, factor: f64, gradient: &mut DVector<f64>) {
        let [first, share] = self.ties.first;
        let expected = self.mix(self.mean_weight * first, self.mean_weight * share);
        for (at, (gained, expected)) in self.gained.iter().zip(expected).enumerate() {
            gradient[at] += factor * (gained - expected);
        }
    }

    /// The day's information.
    pub(super) fn information(&self) -> DMatrix<f64> {
        let width = self.width();
        let [first, share] = self.ties.first;
        let [one, two, three] = self.ties.second;
        let (all, own) = (&self.at_risk[1..=width], &self.with_event[1..=width]);
        let mut information = DMatrix::zeros(width, width);
        let mut at = 1 + width;
        for i in 0..width {
            for j in i..width {
                let squares = self.at_risk[at] * first - self.with_event[at] * share;
                let means = all[i] * all[j] * one - (all[i] * own[j] + own[i] * all[j]) * two
                    + own[i] * own[j] * three;
                let value = self.mean_weight * (squares - means);
                information[(i, j)] = value;
                information[(j, i)] = value;
                at += 1;
            }
        }
        information
    }
}

/// Log-likelihood, gradient and information at some coefficients.
pub(super) struct Likelihood {
    pub(super) log: f64,
    pub(super) gradient: DVector<f64>,
    pub(super) information: DMatrix<f64>,
}

pub(super) fn likelihood(sorted: &Sorted, coefficients: &[f64], ties: Ties) -> Likelihood {
    let width = sorted.width;
    let mut sum = Likelihood {
        log: 0.0,
        gradient: DVector::zeros(width),
        information: DMatrix::zeros(width, width),
    };
    each_event_day(sorted, coefficients, ties, |day| {
        sum.log += day.log_likelihood;
        day.add_gradient(1.0, &mut sum.gradient);
        sum.information += day.information();
    });
    sum
}

/// Calls `visit` for every day with events, the last of each stratum first.
pub(super) fn each_event_day(
    sorted: &Sorted,
    coefficients: &[f64],
    ties: Ties,
    mut visit: impl FnMut(&EventDay),
) {
    let width = sorted.width;
    let mut pass = Pass {
        sorted,
        coefficients,
        at_risk: vec![0.0; 1 + width + width * (width + 1) / 2],
        with_event: vec![0.0; 1 + width + width * (width + 1) / 2],
        gained: vec![0.0; width],
    };
    for (stratum, days) in sorted.strata.iter().enumerate() {
        let mut entries: &[usize] = sorted.entries.get(stratum).map_or(&[], |rows| rows);
        pass.at_risk.fill(0.0);
        for day in days.clone().rev() {
            let rows = sorted.days[day].clone();
            let time = sorted.stop[rows.start];
            // Whoever enters on this day or later is not at risk on it.
            while let Some((last, rest)) = entries.split_last()
                && sorted.start[*last] >= time
            {
                pass.remove(*last);
                entries = rest;
            }
            if let Some(found) = pass.add_day(day, ties) {
                visit(&found);
            }
        }
    }
}

struct Pass<'a> {
    sorted: &'a Sorted,
    coefficients: &'a [f64],
    at_risk: Vec<f64>,
    with_event: Vec<f64>,
    gained: Vec<f64>,
}

impl Pass<'_> {
    fn remove(&mut self, row: usize) {
        let risk = self.sorted.risk(row, self.coefficients) * self.sorted.weight[row];
        accumulate(&mut self.at_risk, self.sorted.row(row), -risk);
    }

    fn add_day(&mut self, day: usize, ties: Ties) -> Option<EventDay<'_>> {
        let rows = self.sorted.days[day].clone();
        let time = self.sorted.stop[rows.start];
        self.with_event.fill(0.0);
        self.gained.fill(0.0);
        let (mut events, mut weights, mut log) = (0_u32, 0.0, 0.0);
        for row in rows {
            let weight = self.sorted.weight[row];
            let values = self.sorted.row(row);
            let risk = self.sorted.risk(row, self.coefficients) * weight;
            if !self.sorted.event[row] {
                accumulate(&mut self.at_risk, values, risk);
                continue;
            }
            accumulate(&mut self.with_event, values, risk);
            events += 1;
            weights += weight;
            for ((gained, x), b) in self.gained.iter_mut().zip(values).zip(self.coefficients) {
                *gained += weight * x;
                log += weight * x * b;
            }
        }
        if events == 0 {
            return None;
        }
        for (all, own) in self.at_risk.iter_mut().zip(&self.with_event) {
            *all += own;
        }
        let mean_weight = weights / f64::from(events);
        let (sums, logarithms) = tie_sums(self.at_risk[0], self.with_event[0], events, ties);
        Some(EventDay {
            day,
            time,
            events: f64::from(events),
            mean_weight,
            log_likelihood: log - mean_weight * logarithms,
            gained: &self.gained,
            at_risk: &self.at_risk,
            with_event: &self.with_event,
            ties: sums,
        })
    }
}

/// Adds a row with a weight to sums laid out as in [`EventDay`].
fn accumulate(sums: &mut [f64], values: &[f64], weight: f64) {
    let (head, squares) = sums.split_at_mut(1 + values.len());
    head[0] += weight;
    let mut rest = squares;
    for (i, x) in values.iter().enumerate() {
        let weighted = weight * x;
        head[1 + i] += weighted;
        let (row, next) = rest.split_at_mut(values.len() - i);
        for (sum, y) in row.iter_mut().zip(&values[i..]) {
            *sum += weighted * y;
        }
        rest = next;
    }
}

/// The sums over the events of a day, and Σ ln(R − sD).
fn tie_sums(all: f64, own: f64, events: u32, ties: Ties) -> (TieSums, f64) {
    let d = f64::from(events);
    if ties == Ties::Breslow || events == 1 {
        let sums = TieSums { first: [d / all, 0.0], second: [d / (all * all), 0.0, 0.0] };
        return (sums, d * libm::log(all));
    }
    let mut sums = TieSums::default();
    // The logarithm of a product, taken when it threatens to vanish: one logarithm for many events.
    let (mut logarithms, mut product) = (d * libm::log(all), 1.0_f64);
    for event in 0..events {
        let share = f64::from(event) / d;
        let total = all - share * own;
        let inverse = 1.0 / total;
        let square = inverse * inverse;
        sums.first[0] += inverse;
        sums.first[1] += share * inverse;
        sums.second[0] += square;
        sums.second[1] += share * square;
        sums.second[2] += share * share * square;
        product *= total / all;
        if product < 1e-200 {
            logarithms += libm::log(product);
            product = 1.0;
        }
    }
    (sums, logarithms + libm::log(product))
}
