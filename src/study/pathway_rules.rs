//! The rules by which eras become a pathway.

use super::era::Intervention;
use crate::terms::codes::code_list;

code_list! {
    /// A day of the target period from which a window is counted.
    Anchor {
        /// The first day of the target period.
        Start => "start",
        /// The end of the target period.
        End => "end",
    }
}

/// Eras belong to a target period if they start within this window, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetWindow {
    /// Where the window's first day is counted from.
    pub first_from: Anchor,
    /// Days from there to the first day.
    pub first_days: i32,
    /// Where the window's last day is counted from.
    pub last_from: Anchor,
    /// Days from there to the last day.
    pub last_days: i32,
}

code_list! {
    /// What becomes of several target periods of one person.
    Targets {
        /// One pathway runs through all of them.
        Joined => "joined",
        /// Each has a pathway of its own.
        Apart => "apart",
    }
}

/// When the least length of an era is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortness {
    /// Of delivered rows: many short rows that would make one long era fall away.
    BeforeCollapse,
    /// Of collapsed eras.
    AfterCollapse,
}

code_list! {
    /// What becomes of an overlap that makes no combination.
    Overlaps {
        /// The earlier era ends where the later starts.
        Truncate => "truncate",
        /// Both eras stay as they are.
        Keep => "keep",
    }
}

/// Whose short eras fall away after combining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortEras {
    /// Those of people whose own eras overlap.
    OfOverlapping,
    /// Everybody's, once the eras of anybody in the study overlap. Then a person's pathway depends
    /// on who else is in the study.
    OfAllOnceAnyOverlap,
}

code_list! {
    /// Which eras make the steps of a pathway.
    Keep {
        /// The first era of each combination.
        First => "first",
        /// Eras that differ from the one before.
        Changes => "changes",
        /// Every era.
        All => "all",
    }
}

/// Eras of one intervention, told apart by their length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The intervention that is split.
    pub intervention: Intervention,
    /// Shorter eras are `acute`, others `therapy`. In days.
    pub days: i32,
    /// What shorter eras become.
    pub acute: Intervention,
    /// What longer eras become.
    pub therapy: Intervention,
}

/// The rules, in the order in which they are applied. All lengths are in days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathwayRules {
    /// Which eras belong to a target period, by their start.
    pub window: TargetWindow,
    /// What becomes of several target periods.
    pub targets: Targets,
    /// The least length of an era.
    pub min_era: i32,
    /// When that length is asked for.
    pub shortness: Shortness,
    /// Interventions that are split by length, before collapsing.
    pub splits: Vec<Split>,
    /// Eras of one intervention with at most this gap are one era.
    pub era_collapse: i32,
    /// An overlap this long is a combination; a shorter one is a switch, unless it is all of the
    /// earlier or all of the later era.
    pub combination_window: i32,
    /// The least length of an era after combining.
    pub min_post_combination: i32,
    /// Whose short eras fall away after combining.
    pub short_eras: ShortEras,
    /// What becomes of overlaps that make no combination.
    pub overlaps: Overlaps,
    /// Which eras make the steps.
    pub keep: Keep,
    /// The steps of a pathway; later ones are cut.
    pub max_path: usize,
}

impl PathwayRules {
    /// Our own rules: eras are built from contacts first, so that shorter overlaps count than in
    /// prescriptions, and nobody's pathway depends on who else is in the study.
    pub fn ours() -> Self {
        Self {
            window: TargetWindow {
                first_from: Anchor::Start,
                first_days: 0,
                last_from: Anchor::End,
                last_days: 0,
            },
            targets: Targets::Joined,
            min_era: 0,
            shortness: Shortness::AfterCollapse,
            splits: Vec::new(),
            era_collapse: 30,
            combination_window: 14,
            min_post_combination: 14,
            short_eras: ShortEras::OfOverlapping,
            overlaps: Overlaps::Truncate,
            keep: Keep::First,
            max_path: 5,
        }
    }

    /// The rules and defaults of `TreatmentPatterns` 3.1.0 (DARWIN EU), with whose tests this room
    /// agrees. What the package leaves to the order of its rows, or takes from rows that are no
    /// longer there, is settled here:
    ///
    /// - eras that start on one day are taken in the order of their ends;
    /// - an era inside another of the same intervention does not shorten it;
    /// - whether an overlap is all of an era is asked of the collapsed era, not of its last row;
    /// - a piece of no days is no era;
    /// - a short overlap that is kept does not hide a longer one later on.
    pub fn treatment_patterns() -> Self {
        Self {
            shortness: Shortness::BeforeCollapse,
            combination_window: 30,
            min_post_combination: 30,
            short_eras: ShortEras::OfAllOnceAnyOverlap,
            ..Self::ours()
        }
    }
}

impl PathwayRules {
    /// What is odd about the rules, as sentences for whoever reads the results. The package warns of
    /// the same.
    pub fn oddities(&self) -> Vec<&'static str> {
        let odd = [
            (
                self.min_era > self.min_post_combination,
                "eras have to be longer before combining than after it, so that pieces are left \
                 that would not have counted as eras",
            ),
            (
                self.min_era > self.combination_window,
                "an overlap shorter than any era makes a combination",
            ),
        ];
        odd.iter().filter(|(is_so, _)| *is_so).map(|(_, sentence)| *sentence).collect()
    }
}

impl Default for PathwayRules {
    fn default() -> Self {
        Self::ours()
    }
}
