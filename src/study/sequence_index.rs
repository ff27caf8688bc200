//! Figures of one sequence: how many states and changes it has, and where it leads.
//!
//! Definitions as in `TraMineR` 2.2 (Gabadinho and others, 2011), which this agrees with. Logarithms
//! go through `libm`, so that they are the same on every machine.

use super::sequence::{Sequence, State};

/// The share of its known positions that a sequence spends in each state; all 0 where none is known.
pub fn longitudinal_shares(sequence: &Sequence, states: usize) -> Vec<f64> {
    let mut counts = vec![0_u32; states];
    for state in sequence.positions().iter().flatten() {
        counts[state.index()] += 1;
    }
    let known = counts.iter().sum::<u32>().max(1);
    counts.into_iter().map(|count| f64::from(count) / f64::from(known)).collect()
}

/// The longitudinal entropy, 0 (one state) to 1 (all states of the alphabet alike long).
pub fn entropy(sequence: &Sequence, states: usize) -> f64 {
    entropy_of_shares(&longitudinal_shares(sequence, states))
}

/// Entropy of shares that sum to 1, over that of equal shares.
pub(super) fn entropy_of_shares(shares: &[f64]) -> f64 {
    if shares.len() < 2 {
        return 0.0;
    }
    let sum: f64 =
        shares.iter().filter(|share| **share > 0.0).map(|share| share * libm::log(*share)).sum();
    // Without the guard, a single state has an entropy of minus zero.
    if sum == 0.0 { 0.0 } else { -sum / libm::log(number(shares.len())) }
}

/// How often the state changes.
pub fn transitions(sequence: &Sequence) -> usize {
    sequence.spells().len().saturating_sub(1)
}

/// The complexity index of Gabadinho and others (2010), 0 to 1: the geometric mean of the share of
/// positions that bring a change and of the entropy.
pub fn complexity(sequence: &Sequence, states: usize) -> f64 {
    (share_of_changes(sequence) * entropy(sequence, states)).sqrt()
}

fn share_of_changes(sequence: &Sequence) -> f64 {
    let most = sequence.len().saturating_sub(1);
    if most == 0 { 0.0 } else { number(transitions(sequence)) / number(most) }
}

/// The turbulence of Elzinga and Liefbroer (2007), 1 for a single spell and more for more and more
/// even spells: log2 of the number of distinct subsequences of the successive states, times how even
/// the spells are. Nothing where no state is known.
pub fn turbulence(sequence: &Sequence) -> Option<f64> {
    let spells = sequence.spells();
    if spells.is_empty() {
        return None;
    }
    let count = number(spells.len());
    let mean = spells.iter().map(|(_, length)| f64::from(*length)).sum::<f64>() / count;
    let squares = spells.iter().map(|(_, length)| (f64::from(*length) - mean).powi(2));
    let variance = squares.sum::<f64>() / count;
    let most = (count - 1.0) * (1.0 - mean).powi(2);
    let states: Vec<State> = spells.iter().map(|(state, _)| *state).collect();
    Some(libm::log2(distinct_subsequences(&states) * (most + 1.0) / (variance + 1.0)))
}

/// How many different subsequences a list has, the empty one included. As a float, because it
/// doubles with each state.
fn distinct_subsequences(states: &[State]) -> f64 {
    let mut count = 1.0;
    let mut before_last = [0.0; 256];
    for state in states {
        let previous = std::mem::replace(&mut before_last[state.index()], count);
        count = 2.0 * count - previous;
    }
    count
}

/// The objective volatility of Brzinsky-Fay (2007): `weight` times the share of visited states (from
/// the second on) plus `1 - weight` times the share of positions that bring a change. 0 to 1.
pub fn volatility(sequence: &Sequence, states: usize, weight: f64) -> f64 {
    let visited =
        longitudinal_shares(sequence, states).iter().filter(|share| **share > 0.0).count();
    let of_others = match states {
        0 | 1 => 0.0,
        _ => number(visited.saturating_sub(1)) / number(states - 1),
    };
    weight * of_others + (1.0 - weight) * share_of_changes(sequence)
}

/// Changes for the worse less changes for the better, as a share of both: -1 (only up) to 1 (only
/// down), 0 without changes. `ranks` gives each state its place from best (least) to worst; states
/// of one rank are alike. A state without a rank is passed over: a change through it is the change
/// from the state before to the state after. That of `TraMineR`'s `seqidegrad` with `method = "ONE"`
/// and without spell weights.
pub fn degradation(sequence: &Sequence, ranks: &[Option<u8>]) -> f64 {
    let mut course: Vec<u8> = sequence
        .positions()
        .iter()
        .flatten()
        .filter_map(|state| ranks.get(state.index()).copied().flatten())
        .collect();
    course.dedup();
    let changes = course.len().saturating_sub(1);
    if changes == 0 {
        return 0.0;
    }
    let downward = course.windows(2).filter(|pair| pair[1] > pair[0]).count();
    (2.0 * number(downward) - number(changes)) / number(changes)
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}
