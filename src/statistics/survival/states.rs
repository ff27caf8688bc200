//! Members who move between several states: the share in each state as time passes.

use super::follow_up::ordered_by;

/// A stretch that a member spends in one state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Days after time zero at which it begins; 0 for where a member starts.
    pub start: u32,
    /// Days after time zero at which it ends; above `start`.
    pub stop: u32,
    /// The state, from 0.
    pub state: usize,
    /// The state that the member moves to at the end; none if observation ends.
    pub next: Option<usize>,
}

/// The share of members in each state after a day.
#[derive(Debug, Clone, PartialEq)]
pub struct StateStep {
    /// Days after time zero; 0 for where members start.
    pub time: u32,
    /// The share in each state; they add up to 1.
    pub occupation: Vec<f64>,
}

/// Aalen and Johansen's estimate of state occupation (Scandinavian Journal of Statistics 5 (1978)),
/// consistent for any process whose censoring does not depend on it (Datta and Satten 2001): the shares
/// at time zero times ∏ (I + dA), dA the moves from each state ÷ those at risk in it. Its limits want a
/// bootstrap by member. Nothing for a state beyond `states`, a stretch that ends before it begins, or
/// where nobody starts at 0.
pub fn state_occupation(stretches: &[Stretch], states: usize) -> Option<Vec<StateStep>> {
    let sound = |one: &Stretch| {
        one.start < one.stop && one.state < states && one.next.is_none_or(|next| next < states)
    };
    if !stretches.iter().all(sound) {
        return None;
    }
    let mut at_risk = vec![0.0; states];
    let mut waiting =
        ordered_by(stretches.len(), |row| stretches[row].start).into_iter().peekable();
    while let Some(row) = waiting.next_if(|row| stretches[*row].start == 0) {
        at_risk[stretches[row].state] += 1.0;
    }
    let all: f64 = at_risk.iter().sum();
    if all <= 0.0 {
        return None;
    }
    let mut occupation: Vec<f64> = at_risk.iter().map(|own| own / all).collect();
    let mut steps = vec![StateStep { time: 0, occupation: occupation.clone() }];
    let order = ordered_by(stretches.len(), |row| stretches[row].stop);
    for day in order.chunk_by(|a, b| stretches[*a].stop == stretches[*b].stop) {
        let time = stretches[day[0]].stop;
        while let Some(row) = waiting.next_if(|row| stretches[*row].start < time) {
            at_risk[stretches[row].state] += 1.0;
        }
        let before = occupation.clone();
        for one in day.iter().map(|row| &stretches[*row]) {
            if let Some(next) = one.next.filter(|next| *next != one.state) {
                let moved = before[one.state] / at_risk[one.state];
                occupation[one.state] -= moved;
                occupation[next] += moved;
            }
        }
        for row in day {
            at_risk[stretches[*row].state] -= 1.0;
        }
        // Shares that are added and taken away again can leave 0 to 1 by a rounding.
        for share in &mut occupation {
            *share = share.clamp(0.0, 1.0);
        }
        if occupation != before {
            steps.push(StateStep { time, occupation: occupation.clone() });
        }
    }
    Some(steps)
}

impl StateStep {
    /// Mean days spent in each state up to a horizon: the areas under the occupation curves.
    pub fn days_in_states(steps: &[Self], horizon: u32) -> Vec<f64> {
        let states = steps.first().map_or(0, |step| step.occupation.len());
        let mut days = vec![0.0; states];
        for (index, step) in steps.iter().enumerate() {
            let until = steps.get(index + 1).map_or(horizon, |next| next.time.min(horizon));
            let length = f64::from(until.saturating_sub(step.time));
            for (days, share) in days.iter_mut().zip(&step.occupation) {
                *days += share * length;
            }
        }
        days
    }
}
