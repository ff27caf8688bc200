//! Optimal matching by dynamic programming (Needleman and Wunsch 1970).
//!
//! Each cell of the table waits for the cell to its left. Eight tables are filled side by side, so
//! that a processor has something to do meanwhile: 2,000 sequences of 36 months take a third of the
//! time.

use super::cost::Costs;

/// Tables filled at a time.
const LANES: usize = 8;

/// The distances of one sequence of state numbers to others, in their order.
pub(super) fn matched(one: &[usize], others: &[Vec<usize>], costs: &Costs) -> Vec<f64> {
    others.chunks(LANES).flat_map(|lanes| side_by_side(one, lanes, costs)).collect()
}

/// A row of the tables at a time. A lane that ends before the longest goes on with states that
/// nobody reads.
fn side_by_side(one: &[usize], lanes: &[Vec<usize>], costs: &Costs) -> Vec<f64> {
    let longest = lanes.iter().map(Vec::len).max().unwrap_or(0);
    let state = |place: usize, lane: usize| {
        lanes.get(lane).and_then(|other| other.get(place)).copied().unwrap_or(0)
    };
    let columns: Vec<[usize; LANES]> =
        (0..longest).map(|place| std::array::from_fn(|lane| state(place, lane))).collect();
    let indel = costs.indel();
    let mut table: Vec<[f64; LANES]> =
        std::iter::successors(Some([0.0; LANES]), |cell| Some(cell.map(|cost| cost + indel)))
            .take(longest + 1)
            .collect();
    for from in one {
        let row = costs.row(*from);
        let mut diagonal = table[0];
        let mut left = diagonal.map(|cost| cost + indel);
        table[0] = left;
        for (cell, to) in table[1..].iter_mut().zip(&columns) {
            for lane in 0..LANES {
                let above = lesser(diagonal[lane] + row[to[lane]], cell[lane] + indel);
                left[lane] = lesser(above, left[lane] + indel);
            }
            diagonal = *cell;
            *cell = left;
        }
    }
    lanes.iter().enumerate().map(|(lane, other)| table[other.len()][lane]).collect()
}

/// `f64::min` without its care for numbers that are none: one instruction in the innermost loop.
fn lesser(one: f64, other: f64) -> f64 {
    if one < other { one } else { other }
}
