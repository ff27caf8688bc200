//! Gray's test of cumulative incidences.

use nalgebra::DMatrix;

use super::follow_up::CENSORED;
use super::log_rank::{GroupTest, Grouped};

/// The test of Gray (Annals of Statistics 16 (1988), ρ = 0) that groups have the same cumulative
/// incidence of one kind of event, summed over strata; agrees with R's cmprsk. Weights are not used.
/// `expected` of the result are the observed events less the score. Nothing for late entry, for
/// rows that do not fit each other, for a single group, or for the kind [`CENSORED`].
pub fn gray(data: &Grouped, kind: u8) -> Option<GroupTest> {
    let groups = data.group_count();
    let late = data.follow_ups.iter().any(|one| one.start > 0);
    if !data.is_sound() || groups < 2 || late || kind == CENSORED {
        return None;
    }
    let mut observed = vec![0.0; groups];
    let mut expected = vec![0.0; groups];
    let mut variance = DMatrix::zeros(groups, groups);
    for rows in data.rows_by_stratum() {
        let mut stratum = Stratum::new(groups);
        for row in &rows {
            stratum.groups[data.groups[*row] as usize].at_risk += 1.0;
        }
        for day in rows.chunk_by(|a, b| data.follow_ups[*a].stop == data.follow_ups[*b].stop) {
            for row in day {
                let group = &mut stratum.groups[data.groups[*row] as usize];
                match data.follow_ups[*row].event {
                    CENSORED => group.censored += 1.0,
                    event if event == kind => group.own += 1.0,
                    _ => group.other += 1.0,
                }
            }
            stratum.add_day();
        }
        variance += stratum.variance();
        for (group, own) in stratum.groups.iter().enumerate() {
            observed[group] += own.observed;
            expected[group] += own.expected;
        }
    }
    Some(GroupTest::new(observed, expected, &variance))
}

/// A group on a day.
#[derive(Clone, Default)]
struct Group {
    at_risk: f64,
    own: f64,
    other: f64,
    censored: f64,
    /// Without any event, before the day.
    survival: f64,
    /// With an event of the kind, before the day.
    incidence: f64,
    observed: f64,
    expected: f64,
    /// Σ ξ² of the integrals that the score's variance is made of.
    squares: f64,
}

/// The sums over the days of a stratum, in the notation of the paper's section 3: the score of a
/// group is a sum of integrals over the martingales of all groups.
struct Stratum {
    groups: Vec<Group>,
    /// The pooled incidence before the day.
    pooled: f64,
    /// The integral of the pooled sub-distribution hazard with the groups' covariances.
    drift: DMatrix<f64>,
    /// By group of the score and group of the martingale.
    cross: DMatrix<f64>,
    direct: DMatrix<f64>,
}

impl Stratum {
    fn new(groups: usize) -> Self {
        let group = Group { survival: 1.0, ..Group::default() };
        let zeros = || DMatrix::zeros(groups, groups);
        Self {
            groups: vec![group; groups],
            pooled: 0.0,
            drift: zeros(),
            cross: zeros(),
            direct: zeros(),
        }
    }

    fn add_day(&mut self) {
        let own: f64 = self.groups.iter().map(|group| group.own).sum();
        let any: f64 = self.groups.iter().map(|group| group.own + group.other).sum();
        if any > 0.0 {
            self.add_events(own);
        }
        for group in &mut self.groups {
            let events = group.own + group.other;
            if group.at_risk > 0.0 {
                group.incidence += group.survival * group.own / group.at_risk;
                group.survival *= (group.at_risk - events) / group.at_risk;
            }
            group.at_risk -= events + group.censored;
            (group.own, group.other, group.censored) = (0.0, 0.0, 0.0);
        }
    }

    fn add_events(&mut self, own: f64) {
        // At risk, as many as there would be without the event: n ÷ S(t−).
        let share = |group: &Group| {
            if group.at_risk > 0.0 { group.at_risk / group.survival } else { 0.0 }
        };
        let sizes: Vec<f64> = self.groups.iter().map(share).collect();
        let size: f64 = sizes.iter().sum();
        let without: f64 = self
            .groups
            .iter()
            .zip(&sizes)
            .map(|(group, size)| size * (1.0 - group.incidence))
            .sum();
        let pooled = self.pooled + own / size;
        let covariance = DMatrix::from_fn(sizes.len(), sizes.len(), |i, j| {
            sizes[i] * (f64::from(u8::from(i == j)) - sizes[j] / size)
        });
        self.drift += &covariance * (own / (size * (1.0 - self.pooled)));
        for (group, size) in self.groups.iter_mut().zip(&sizes) {
            group.observed += group.own;
            group.expected += own * size * (1.0 - group.incidence) / without;
        }
        for at in 0..sizes.len() {
            self.add_own(at, own, size, pooled, &covariance);
            self.add_other(at, pooled);
        }
        self.pooled = pooled;
    }

    /// Events of the kind, through the martingale of one group.
    fn add_own(&mut self, at: usize, own: f64, size: f64, pooled: f64, covariance: &DMatrix<f64>) {
        let group = &self.groups[at];
        if own <= 0.0 || group.at_risk <= 0.0 {
            return;
        }
        let after = group.survival * (1.0 - (group.own + group.other) / group.at_risk);
        let reach = if after > 0.0 { 1.0 - (1.0 - pooled) / after } else { 1.0 };
        let ties = if own > 1.0 { 1.0 - (own - 1.0) / (size * group.survival - 1.0) } else { 1.0 };
        let spread = ties * group.survival * own / (size * group.at_risk);
        let parts = covariance.column(at) - self.drift.column(at) * reach;
        self.groups[at].squares += reach * reach * spread;
        let mut cross = self.cross.column_mut(at);
        cross += &parts * (reach * spread);
        self.direct += &parts * parts.transpose() * spread;
    }

    /// Events of other kinds in one group.
    fn add_other(&mut self, at: usize, pooled: f64) {
        let group = &self.groups[at];
        if group.other <= 0.0 {
            return;
        }
        let after = group.survival * (1.0 - (group.own + group.other) / group.at_risk);
        if after <= 0.0 {
            return;
        }
        let reach = (1.0 - pooled) / after;
        let ties =
            if group.other > 1.0 { 1.0 - (group.other - 1.0) / (group.at_risk - 1.0) } else { 1.0 };
        let part = group.survival / group.at_risk;
        let spread = ties * part * part * group.other;
        let parts = self.drift.column(at) * reach;
        self.groups[at].squares += reach * reach * spread;
        let mut cross = self.cross.column_mut(at);
        cross -= &parts * (reach * spread);
        self.direct += &parts * parts.transpose() * spread;
    }

    fn variance(&self) -> DMatrix<f64> {
        let squares = DMatrix::from_diagonal(&nalgebra::DVector::from_iterator(
            self.groups.len(),
            self.groups.iter().map(|group| group.squares),
        ));
        let mixed = &self.drift * self.cross.transpose();
        &self.direct + &self.drift * squares * self.drift.transpose() + &mixed + mixed.transpose()
    }
}
