//! Events that come again: how many a member has had by a day, on average.

use super::super::Limits;
use super::super::distribution::normal_quantile;
use super::follow_up::{FollowUp, ordered_by, sound};

/// A mean cumulative function.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanCount {
    /// Every day on which a stretch ends, in order.
    pub steps: Vec<MeanCountStep>,
}

/// One day of a mean cumulative function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanCountStep {
    /// Days after time zero.
    pub time: u32,
    /// Members at risk on the day.
    pub at_risk: f64,
    /// Events on the day.
    pub events: f64,
    /// Events that a member has had by the day, on average.
    pub mean: f64,
    /// Variance of `mean`.
    pub variance: f64,
}

impl MeanCountStep {
    /// Limits of the mean, even on the logarithmic scale; both 0 before the first event.
    pub fn limits(&self, confidence: f64) -> Limits {
        if self.mean <= 0.0 {
            return Limits { low: 0.0, high: 0.0 };
        }
        let z = normal_quantile(f64::midpoint(1.0, confidence));
        let factor = libm::exp(z * self.variance.sqrt() / self.mean);
        Limits { low: self.mean / factor, high: self.mean * factor }
    }
}

/// The mean cumulative function Σ d ÷ n with the robust variance of Lawless and Nadeau (Technometrics
/// 37 (1995)), which holds whether or not a member's events depend on each other. `members` says whose
/// stretch each row is; an event ends a stretch and the next begins on the same day. Every event
/// counts, whatever its kind; weights are not used. Nothing for rows that do not fit each other.
pub fn mean_cumulative_function(follow_ups: &[FollowUp], members: &[u32]) -> Option<MeanCount> {
    if !sound(follow_ups) || members.len() != follow_ups.len() {
        return None;
    }
    let by_member = ordered_by(members.len(), |row| members[row]);
    let mut own = vec![0; members.len()];
    let mut count = 0;
    for rows in by_member.chunk_by(|a, b| members[*a] == members[*b]) {
        for row in rows {
            own[*row] = count;
        }
        count += 1;
    }
    let order = ordered_by(follow_ups.len(), |row| follow_ups[row].stop);
    let mut waiting =
        ordered_by(follow_ups.len(), |row| follow_ups[row].start).into_iter().peekable();
    let mut residuals = Residuals { past: vec![0.0; count], ..Residuals::default() };
    let mut mean = 0.0;
    let mut steps = Vec::new();
    for day in order.chunk_by(|a, b| follow_ups[*a].stop == follow_ups[*b].stop) {
        let time = follow_ups[day[0]].stop;
        while let Some(row) = waiting.next_if(|row| follow_ups[*row].start < time) {
            residuals.enter(own[row]);
        }
        let at_risk = residuals.present;
        let with_event = || day.iter().filter(|row| follow_ups[**row].is_event());
        #[expect(clippy::cast_precision_loss, reason = "events are far below 2^53")]
        let events = with_event().count() as f64;
        mean += events / at_risk;
        for row in with_event() {
            residuals.gain(own[*row], 1.0 / at_risk);
        }
        residuals.drift += events / (at_risk * at_risk);
        let variance = residuals.sum_of_squares();
        for row in day {
            residuals.leave(own[*row]);
        }
        steps.push(MeanCountStep { time, at_risk, events, mean, variance });
    }
    Some(MeanCount { steps })
}

/// Each member's own events less what the mean expected of them, each ÷ the number at risk. Those
/// present share one drift, so that a day costs only as much as has happened on it.
#[derive(Default)]
struct Residuals {
    /// What each member has gained; for those present, plus the drift at entry.
    past: Vec<f64>,
    /// Σ d ÷ n² so far: what everybody present loses.
    drift: f64,
    present: f64,
    sum: f64,
    squares: f64,
    gone: f64,
}

impl Residuals {
    fn enter(&mut self, member: usize) {
        self.gone -= self.past[member] * self.past[member];
        self.past[member] += self.drift;
        self.sum += self.past[member];
        self.squares += self.past[member] * self.past[member];
        self.present += 1.0;
    }

    fn gain(&mut self, member: usize, amount: f64) {
        let past = self.past[member];
        self.past[member] += amount;
        self.sum += amount;
        self.squares += (past + past + amount) * amount;
    }

    fn leave(&mut self, member: usize) {
        let past = self.past[member];
        self.sum -= past;
        self.squares -= past * past;
        self.present -= 1.0;
        self.past[member] = past - self.drift;
        self.gone += self.past[member] * self.past[member];
    }

    fn sum_of_squares(&self) -> f64 {
        let present =
            self.squares - 2.0 * self.drift * self.sum + self.present * self.drift * self.drift;
        (present + self.gone).max(0.0)
    }
}
