//! Cumulative incidence of one kind of event when another may come first.

use super::super::Limits;
use super::super::distribution::normal_quantile;
use super::follow_up::{CENSORED, FollowUp, days, sound};

/// The cumulative incidence of one kind of event.
#[derive(Debug, Clone, PartialEq)]
pub struct CumulativeIncidence {
    /// The kind of event.
    pub kind: u8,
    /// Every day on which somebody's follow-up ends, in order.
    pub steps: Vec<IncidenceStep>,
}

/// One day of a cumulative incidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncidenceStep {
    /// Days after time zero.
    pub time: u32,
    /// Members at risk on the day.
    pub at_risk: f64,
    /// Events of the kind on the day.
    pub events: f64,
    /// Events of other kinds on the day.
    pub competing: f64,
    /// The share without any event after the day.
    pub survival: f64,
    /// The share with an event of the kind by the day.
    pub incidence: f64,
    /// Variance of `incidence`.
    pub variance: f64,
}

impl IncidenceStep {
    /// Limits of the incidence, even on the scale ln(−ln F).
    pub fn limits(&self, confidence: f64) -> Limits {
        let share = self.incidence;
        if share <= 0.0 || share >= 1.0 {
            return Limits { low: share, high: share };
        }
        let log = libm::log(share);
        let z = normal_quantile(f64::midpoint(1.0, confidence));
        let power = libm::exp(-z * self.variance.sqrt() / (share * log));
        Limits { low: libm::exp(log * power), high: libm::exp(log / power) }
    }
}

impl CumulativeIncidence {
    /// The share with an event of the kind by a day.
    pub fn incidence_at(&self, day: u32) -> f64 {
        self.step_at(day).map_or(0.0, |step| step.incidence)
    }

    /// The last step on or before a day, if there is one.
    pub fn step_at(&self, day: u32) -> Option<&IncidenceStep> {
        let after = self.steps.partition_point(|step| step.time <= day);
        after.checked_sub(1).map(|index| &self.steps[index])
    }
}

/// Aalen and Johansen's estimate Σ S(t−) d₁ ÷ n with the variance of the delta method (Marubini and
/// Valsecchi, Analysing Survival Data, 1995, 10.2): over the days up to t, with F for the incidence,
/// Σ (F(t) − F)² d ÷ n(n − d) + S(t−)² d₁(n − d₁) ÷ n³ − 2(F(t) − F) S(t−) d₁ ÷ n².
/// Nothing for no stretches, for one that ends before it begins, or for the kind [`CENSORED`].
pub fn cumulative_incidence(follow_ups: &[FollowUp], kind: u8) -> Option<CumulativeIncidence> {
    if !sound(follow_ups) || kind == CENSORED {
        return None;
    }
    let place = |event: u8| (event != CENSORED).then_some(usize::from(event != kind));
    let (mut survival, mut incidence) = (1.0, 0.0);
    let mut sums = DeltaSums::default();
    let mut steps = Vec::new();
    for day in days::<2>(follow_ups, place) {
        let (n, [own, other]) = (day.at_risk, day.events);
        if own + other > 0.0 {
            incidence += survival * own / n;
            // Parts of a whole add up to it but for a rounding, which would widen its limits to 0 and 1.
            if incidence > 1.0 - 1e-12 {
                incidence = 1.0;
            }
            sums.add(n, own, own + other, survival, incidence);
            let left = n - own - other;
            survival *= if left > 1e-9 * n { left / n } else { 0.0 };
        }
        steps.push(IncidenceStep {
            time: day.time,
            at_risk: n,
            events: own,
            competing: other,
            survival,
            incidence,
            variance: sums.variance(incidence),
        });
    }
    Some(CumulativeIncidence { kind, steps })
}

/// The three sums of the delta method, with F(t) − F multiplied out, so that each day is added once.
#[derive(Default)]
struct DeltaSums {
    all: [f64; 3],
    own: f64,
    both: [f64; 2],
}

impl DeltaSums {
    fn add(&mut self, n: f64, own: f64, events: f64, survival: f64, incidence: f64) {
        let left = n - events;
        // Where nobody is left, F(t) − F is 0 for ever.
        if left > 1e-9 * n {
            let all = events / (n * left);
            self.all[0] += all;
            self.all[1] += all * incidence;
            self.all[2] += all * incidence * incidence;
        }
        self.own += survival * survival * own * (n - own) / (n * n * n);
        let both = survival * own / (n * n);
        self.both[0] += both;
        self.both[1] += both * incidence;
    }

    fn variance(&self, incidence: f64) -> f64 {
        let all = incidence * incidence * self.all[0] - 2.0 * incidence * self.all[1] + self.all[2];
        let both = incidence * self.both[0] - self.both[1];
        (all + self.own - 2.0 * both).max(0.0)
    }
}
