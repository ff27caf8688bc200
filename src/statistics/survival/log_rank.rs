//! The log-rank test of two or more groups.

use nalgebra::DMatrix;

use super::super::distribution::chi_squared_tail;
use super::super::matrix::quadratic_form;
use super::follow_up::{FollowUp, ordered_by, sound};

/// More groups than this are no comparison, and their covariances would be costly.
const MOST_GROUPS: usize = 100;

/// Follow-up of members in groups, and in strata within which alone they are compared.
#[derive(Debug, Clone, Copy)]
pub struct Grouped<'a> {
    /// Follow-up, one stretch a row.
    pub follow_ups: &'a [FollowUp],
    /// The group of each row, from 0 to at most 99.
    pub groups: &'a [u32],
    /// The stratum of each row; none for a single stratum.
    pub strata: Option<&'a [u32]>,
}

impl Grouped<'_> {
    pub(super) fn is_sound(&self) -> bool {
        let rows = self.follow_ups.len();
        sound(self.follow_ups)
            && self.groups.len() == rows
            && self.strata.is_none_or(|strata| strata.len() == rows)
            && self.group_count() <= MOST_GROUPS
    }

    /// Groups, from 0 to the greatest.
    pub(super) fn group_count(&self) -> usize {
        self.groups.iter().max().map_or(0, |group| *group as usize + 1)
    }

    /// The rows of each stratum, in the order of the day on which they end.
    pub(super) fn rows_by_stratum(&self) -> Vec<Vec<usize>> {
        let by_day = ordered_by(self.follow_ups.len(), |row| self.follow_ups[row].stop);
        let Some(strata) = self.strata else { return vec![by_day] };
        let by_stratum = ordered_by(by_day.len(), |place| strata[by_day[place]]);
        let sorted: Vec<usize> = by_stratum.into_iter().map(|place| by_day[place]).collect();
        sorted.chunk_by(|a, b| strata[*a] == strata[*b]).map(<[usize]>::to_vec).collect()
    }
}

/// A test of the hypothesis that groups do not differ.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTest {
    /// Events of each group.
    pub observed: Vec<f64>,
    /// Events that each group would have had if groups did not differ.
    pub expected: Vec<f64>,
    /// The statistic.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// The probability of a statistic as great or greater by chance.
    pub p: f64,
}

impl GroupTest {
    pub(super) fn new(observed: Vec<f64>, expected: Vec<f64>, variance: &DMatrix<f64>) -> Self {
        let score: Vec<f64> = observed.iter().zip(&expected).map(|(o, e)| o - e).collect();
        let (chi_squared, freedom) = quadratic_form(&score, variance);
        #[expect(clippy::cast_precision_loss, reason = "groups are few")]
        let p = if freedom == 0 { 1.0 } else { chi_squared_tail(chi_squared, freedom as f64) };
        Self { observed, expected, chi_squared, freedom, p }
    }
}

/// The log-rank test with the hypergeometric variance (Peto and Peto, JRSS A 135 (1972)), summed over
/// strata; every event counts, whatever its kind; weights are not used. Nothing for rows that do not
/// fit each other, or for a single group.
///
/// ```
/// use throughline::statistics::survival::{FollowUp, Grouped, log_rank};
/// let days = [(6, 1), (7, 0), (10, 1), (15, 0), (2, 1), (3, 1), (6, 1), (9, 0)];
/// let follow_ups = days.map(|(stop, event)| FollowUp::until(stop, event));
/// let groups = [0, 0, 0, 0, 1, 1, 1, 1];
/// let grouped = Grouped { follow_ups: &follow_ups, groups: &groups, strata: None };
/// let test = log_rank(&grouped).expect("two groups");
/// assert!((test.chi_squared - 2.320).abs() < 5e-4);
/// ```
pub fn log_rank(data: &Grouped) -> Option<GroupTest> {
    let groups = data.group_count();
    if !data.is_sound() || groups < 2 {
        return None;
    }
    let mut sums = Sums {
        observed: vec![0.0; groups],
        expected: vec![0.0; groups],
        variance: DMatrix::zeros(groups, groups),
    };
    for rows in data.rows_by_stratum() {
        sums.add_stratum(data, &rows);
    }
    Some(GroupTest::new(sums.observed, sums.expected, &sums.variance))
}

struct Sums {
    observed: Vec<f64>,
    expected: Vec<f64>,
    variance: DMatrix<f64>,
}

impl Sums {
    fn add_stratum(&mut self, data: &Grouped, rows: &[usize]) {
        // In order of days side by side, so that each day is read from one place.
        let sorted: Vec<(FollowUp, usize)> =
            rows.iter().map(|row| (data.follow_ups[*row], data.groups[*row] as usize)).collect();
        let entries = ordered_by(sorted.len(), |place| sorted[place].0.start);
        let mut waiting = entries.into_iter().map(|place| &sorted[place]).peekable();
        let mut at_risk = vec![0.0; self.observed.len()];
        let mut events = vec![0.0; self.observed.len()];
        let mut leaving = vec![0.0; self.observed.len()];
        for day in sorted.chunk_by(|a, b| a.0.stop == b.0.stop) {
            while let Some((_, group)) = waiting.next_if(|row| row.0.start < day[0].0.stop) {
                at_risk[*group] += 1.0;
            }
            events.fill(0.0);
            leaving.fill(0.0);
            for (one, group) in day {
                leaving[*group] += 1.0;
                events[*group] += f64::from(u8::from(one.is_event()));
            }
            self.add_day(&at_risk, &events);
            for (at_risk, leaving) in at_risk.iter_mut().zip(&leaving) {
                *at_risk -= leaving;
            }
        }
    }

    fn add_day(&mut self, at_risk: &[f64], events: &[f64]) {
        let (n, d): (f64, f64) = (at_risk.iter().sum(), events.iter().sum());
        if d <= 0.0 {
            return;
        }
        let spread = if n > 1.0 { d * (n - d) / (n - 1.0) } else { 0.0 };
        for (group, own) in at_risk.iter().enumerate() {
            self.observed[group] += events[group];
            self.expected[group] += d * own / n;
            for (other, others) in at_risk.iter().enumerate() {
                let share = if group == other { own / n } else { 0.0 };
                self.variance[(group, other)] += spread * (share - own / n * others / n);
            }
        }
    }
}
