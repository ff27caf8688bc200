//! What happens from one line of a pathway to the next: switches, additions and reductions.

use super::era::Combination;
use super::pathway::{Pathway, Pathways};
use crate::statistics::survival::{CurveLimits, FollowUp, Quantile, kaplan_meier};

/// How many pathways have which change, and how often they change.
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
    /// Switches of all pathways.
    pub switches: u64,
    /// Additions of all pathways.
    pub augmentations: u64,
    /// Years of 365.25 days from the first line to the end of what is looked at.
    pub years: f64,
    /// The Kaplan–Meier median of the days from the first line to the second, with 95 % limits; nothing
    /// without a pathway.
    pub days_to_second_line: Option<Quantile>,
}

/// A step that neither holds nor is held in the one before.
fn is_switch(old: Combination, new: Combination) -> bool {
    !new.covers(old) && !old.covers(new)
}

/// A step that adds to the one before.
fn is_augmentation(old: Combination, new: Combination) -> bool {
    new != old && new.covers(old)
}

/// A step that takes away from the one before.
fn is_reduction(old: Combination, new: Combination) -> bool {
    new != old && old.covers(new)
}

/// Counts the changes from line to line.
pub fn line_changes(pathways: &Pathways) -> LineChanges {
    let paths = &pathways.paths;
    let number = |n: usize| u64::try_from(n).expect("a count fits 64 bits");
    let having =
        |has: &dyn Fn(&Pathway) -> bool| number(paths.iter().filter(|path| has(path)).count());
    let with = |change| having(&|path| changes(path, change) > 0);
    let all = |change| number(paths.iter().map(|path| changes(path, change)).sum());
    let follow_ups: Vec<FollowUp> = paths.iter().filter_map(to_second_line).collect();
    let days: i32 = paths.iter().map(|path| (path.until - path.eras[0].start).max(0)).sum();
    LineChanges {
        pathways: number(paths.len()),
        with_combination: having(&|path| path.eras.iter().any(|era| era.combination.size() > 1)),
        with_second_line: having(&|path| path.eras.len() > 1),
        with_switch: with(is_switch),
        with_augmentation: with(is_augmentation),
        with_reduction: with(is_reduction),
        switches: all(is_switch),
        augmentations: all(is_augmentation),
        years: f64::from(days) / 365.25,
        days_to_second_line: kaplan_meier(&follow_ups)
            .map(|curve| curve.quantile(0.5, CurveLimits::LogLog, 0.95)),
    }
}

/// How many steps of a pathway are such a change.
fn changes(path: &Pathway, change: fn(Combination, Combination) -> bool) -> usize {
    let is_so = |pair: &&[super::Era]| change(pair[0].combination, pair[1].combination);
    path.eras.windows(2).filter(is_so).count()
}

/// Days from the first line to the second, or to the end of what is looked at; nothing if no day follows.
fn to_second_line(path: &Pathway) -> Option<FollowUp> {
    let after = |day| u32::try_from(day - path.eras[0].start).ok().filter(|days: &u32| *days > 0);
    match path.eras.get(1) {
        Some(second) => after(second.start).map(|days| FollowUp::until(days, 1)),
        None => after(path.until).map(FollowUp::censored),
    }
}
