//! Overlapping eras become combinations and switches, until nobody is in two eras at once.
//!
//! The rules are those of `TreatmentPatterns` 3.1 (`doCombinationWindow`): the first overlap is
//! settled, short eras fall away, and the search begins again.

use super::era::Era;
use super::pathway_rules::{Overlaps, PathwayRules};

/// Whether there is an overlap that the rules settle.
pub(super) fn overlap(eras: &mut [Era], rules: &PathwayRules) -> bool {
    eras.sort_unstable();
    first_overlap(eras, rules).is_some()
}

/// The eras after combining, ordered by start and end.
pub(super) fn combined(mut eras: Vec<Era>, rules: &PathwayRules) -> Vec<Era> {
    eras.sort_unstable();
    while let Some(earlier) = first_overlap(&eras, rules) {
        let pieces = settled(eras[earlier], eras[earlier + 1], rules);
        eras.splice(earlier..=earlier + 1, pieces);
        eras.retain(|era| era.days() >= rules.min_post_combination);
        eras.sort_unstable();
    }
    eras
}

/// The place of the first era that the next one overlaps.
fn first_overlap(eras: &[Era], rules: &PathwayRules) -> Option<usize> {
    let least = match rules.overlaps {
        Overlaps::Truncate => 1,
        Overlaps::Keep => rules.combination_window.max(1),
    };
    eras.windows(2).position(|pair| pair[0].end - pair[1].start >= least)
}

/// The pieces that two overlapping eras leave; the later starts not before the earlier.
fn settled(earlier: Era, later: Era, rules: &PathwayRules) -> Vec<Era> {
    let overlap = earlier.end - later.start;
    let is_all_of_one = overlap == earlier.days() || overlap == later.days();
    let before = Era { end: later.start, ..earlier };
    let pieces = if overlap < rules.combination_window && !is_all_of_one {
        vec![before, later]
    } else {
        let both = Era {
            start: later.start,
            end: earlier.end.min(later.end),
            combination: earlier.combination.with(later.combination),
        };
        let longer = if earlier.end < later.end { later } else { earlier };
        vec![before, both, Era { start: both.end, ..longer }]
    };
    pieces.into_iter().filter(|piece| piece.days() > 0).collect()
}
