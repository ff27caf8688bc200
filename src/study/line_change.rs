//! What happens from one line of a pathway to the next: switches, additions and reductions.

use super::pathway_table::counts;
use std::collections::BTreeMap;

use super::era::Combination;
use super::pathway::Pathways;
use crate::statistics::quantile;

/// How many pathways have which change; all counts are of pathways.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChanges {
    /// Pathways: the denominator of every share.
    pub pathways: u64,
    /// Pathways with several interventions at once.
    pub with_combination: u64,
    /// Pathways with a second line.
    pub with_second_line: u64,
    /// Pathways with a step that neither holds nor is held in the one before.
    pub with_switch: u64,
    /// Pathways with a step that adds to the one before.
    pub with_augmentation: u64,
    /// Pathways with a step that takes away from the one before.
    pub with_reduction: u64,
    /// The median of the days from the start of the first line to the start of the second, among
    /// those with a second line. It says nothing of those who had no time to reach one.
    pub median_days_to_second_line: Option<f64>,
}

/// Counts the changes from line to line.
pub fn line_changes(pathways: &Pathways) -> LineChanges {
    let having = |has: &dyn Fn(&[Combination]) -> bool| {
        let paths = pathways.paths.iter().filter(|path| {
            let steps: Vec<Combination> = path.eras.iter().map(|era| era.combination).collect();
            has(&steps)
        });
        u64::try_from(paths.count()).expect("a count fits 64 bits")
    };
    let with_change = |change: fn(Combination, Combination) -> bool| {
        having(&|steps| steps.windows(2).any(|pair| change(pair[0], pair[1])))
    };
    let mut days_to_second = BTreeMap::new();
    for path in pathways.paths.iter().filter(|path| path.eras.len() > 1) {
        let days = path.eras[1].start - path.eras[0].start;
        *days_to_second.entry(i64::from(days)).or_default() += 1;
    }
    LineChanges {
        pathways: having(&|_| true),
        with_combination: having(&|steps| steps.iter().any(|step| step.size() > 1)),
        with_second_line: having(&|steps| steps.len() > 1),
        with_switch: with_change(|old, new| !new.covers(old) && !old.covers(new)),
        with_augmentation: with_change(|old, new| new != old && new.covers(old)),
        with_reduction: with_change(|old, new| new != old && old.covers(new)),
        median_days_to_second_line: quantile(&counts(&days_to_second), 0.5),
    }
}
