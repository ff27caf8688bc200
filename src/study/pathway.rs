//! From the eras of people to their pathways, with the losses of every step.

use std::collections::BTreeSet;

use super::combination::{combined, overlap};
use super::era::{Era, collapsed};
use super::pathway_rules::{
    Anchor, Keep, PathwayRules, ShortEras, Shortness, TargetWindow, Targets,
};
use crate::terms::Day;

/// One person's target periods and what was received around them, in any order.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The periods that make the person part of the study, as first day and end.
    pub targets: Vec<(Day, Day)>,
    /// Eras of single interventions.
    pub events: Vec<Era>,
    /// Events that end a path, such as death: they are neither collapsed nor combined.
    pub exits: Vec<Era>,
}

/// The steps of one pathway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pathway {
    /// The person's place in the list.
    pub person: usize,
    /// The place of the target period in order of its days; 0 where periods are joined.
    pub target: usize,
    /// The steps, one at least, by start and end.
    pub eras: Vec<Era>,
    /// The day up to which steps are looked for: the last of the windows; of a pathway that is as long as
    /// one may be, the beginning of its last step.
    pub until: Day,
}

impl Pathway {
    /// The names of the steps, joined by `-`; those of a combination by `+`.
    pub fn name(&self, names: &[impl AsRef<str>]) -> String {
        let steps: Vec<String> = self.eras.iter().map(|era| era.combination.name(names)).collect();
        steps.join("-")
    }
}

/// After which step eras and people were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// What was delivered for people with a target period.
    Delivered,
    /// Long enough, before collapsing.
    LongEnough,
    /// Started in the window of a target period.
    InWindow,
    /// Near eras of one intervention joined.
    Collapsed,
    /// Long enough, after collapsing.
    LongEnoughCollapsed,
    /// Overlaps settled.
    Combined,
    /// First eras, changes or all.
    Kept,
    /// With exits, and not longer than a pathway may be.
    WithinLength,
}

/// What is left after a step. Differences between steps can be small counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attrition {
    /// The step.
    pub step: Step,
    /// Eras that are left, once for each target period that they may belong to.
    pub eras: u64,
    /// People with an era left.
    pub people: u64,
}

/// The pathways of a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pathways {
    /// By person and target period.
    pub paths: Vec<Pathway>,
    /// People with a target period and no pathway at all.
    pub people_without: u64,
    /// People with a target period.
    pub people: u64,
    /// What was left after each step.
    pub attrition: Vec<Attrition>,
}

impl Pathways {
    /// What shares are taken of: every pathway, and everybody without one.
    pub fn denominator(&self) -> u64 {
        count(self.paths.len()) + self.people_without
    }
}

/// The pathways of people under the rules. People without a target period are not in the study.
pub fn pathways(people: &[History], rules: &PathwayRules) -> Pathways {
    let mut units = units(people, rules);
    let mut attrition = Vec::new();
    let mut note = |step, units: &[Unit]| attrition.push(counted(step, units));
    note(Step::Delivered, &units);
    if rules.shortness == Shortness::BeforeCollapse {
        drop_short(&mut units, rules);
        note(Step::LongEnough, &units);
    }
    for unit in &mut units {
        unit.keep_window();
    }
    note(Step::InWindow, &units);
    for unit in &mut units {
        split(&mut unit.eras, rules);
        unit.eras = collapsed(&unit.eras, rules.era_collapse);
    }
    note(Step::Collapsed, &units);
    if rules.shortness == Shortness::AfterCollapse {
        drop_short(&mut units, rules);
        note(Step::LongEnoughCollapsed, &units);
    }
    combine(&mut units, rules);
    note(Step::Combined, &units);
    for unit in &mut units {
        keep(&mut unit.eras, rules.keep);
    }
    note(Step::Kept, &units);
    for unit in &mut units {
        unit.eras.append(&mut unit.exits);
        unit.eras.sort_unstable();
        if unit.eras.len() >= rules.max_path {
            unit.eras.truncate(rules.max_path);
            unit.until = unit.eras.last().map_or(unit.until, |last| last.start);
        }
    }
    note(Step::WithinLength, &units);
    finished(units, attrition)
}

/// A pathway in the making.
struct Unit {
    person: usize,
    target: usize,
    /// First and last days of the windows.
    windows: Vec<(Day, Day)>,
    eras: Vec<Era>,
    exits: Vec<Era>,
    until: Day,
}

impl Unit {
    fn keep_window(&mut self) {
        let windows = &self.windows;
        let inside =
            |era: &Era| windows.iter().any(|(first, last)| (*first..=*last).contains(&era.start));
        self.eras.retain(inside);
        self.exits.retain(inside);
    }
}

fn units(people: &[History], rules: &PathwayRules) -> Vec<Unit> {
    let mut units = Vec::new();
    for (person, history) in people.iter().enumerate() {
        let mut targets = history.targets.clone();
        targets.sort_unstable();
        let windows: Vec<(Day, Day)> =
            targets.into_iter().map(|target| window(target, rules.window)).collect();
        let groups: Vec<Vec<(Day, Day)>> = match rules.targets {
            Targets::Joined if windows.is_empty() => Vec::new(),
            Targets::Joined => vec![windows],
            Targets::Apart => windows.into_iter().map(|window| vec![window]).collect(),
        };
        for (target, windows) in groups.into_iter().enumerate() {
            let (eras, exits) = (history.events.clone(), history.exits.clone());
            let until = windows.iter().map(|(_, last)| *last).max().unwrap_or(Day(0));
            units.push(Unit { person, target, windows, eras, exits, until });
        }
    }
    units
}

fn window((start, end): (Day, Day), rule: TargetWindow) -> (Day, Day) {
    let from = |anchor| match anchor {
        Anchor::Start => start,
        Anchor::End => end,
    };
    (from(rule.first_from) + rule.first_days, from(rule.last_from) + rule.last_days)
}

fn drop_short(units: &mut [Unit], rules: &PathwayRules) {
    for unit in units {
        unit.eras.retain(|era| era.days() >= rules.min_era);
    }
}

fn split(eras: &mut [Era], rules: &PathwayRules) {
    for era in eras {
        let own = rules.splits.iter().find(|split| era.combination == split.intervention.into());
        if let Some(split) = own {
            let is_acute = era.days() < split.days;
            era.combination = if is_acute { split.acute } else { split.therapy }.into();
        }
    }
}

fn combine(units: &mut [Unit], rules: &PathwayRules) {
    let overlapping: Vec<bool> =
        units.iter_mut().map(|unit| overlap(&mut unit.eras, rules)).collect();
    let all_lose_short_eras =
        rules.short_eras == ShortEras::OfAllOnceAnyOverlap && overlapping.contains(&true);
    for (unit, overlaps) in units.iter_mut().zip(overlapping) {
        if overlaps {
            unit.eras = combined(std::mem::take(&mut unit.eras), rules);
        } else if all_lose_short_eras {
            unit.eras.retain(|era| era.days() >= rules.min_post_combination);
        }
    }
}

/// Eras are ordered by start and end.
fn keep(eras: &mut Vec<Era>, keep: Keep) {
    match keep {
        Keep::All => {}
        Keep::Changes => eras.dedup_by_key(|era| era.combination),
        Keep::First => {
            let mut seen = BTreeSet::new();
            eras.retain(|era| seen.insert(era.combination));
        }
    }
}

/// Units stand by person.
fn counted(step: Step, units: &[Unit]) -> Attrition {
    let people: BTreeSet<usize> =
        units.iter().filter(|unit| !unit.eras.is_empty()).map(|unit| unit.person).collect();
    let eras = units.iter().map(|unit| unit.eras.len()).sum();
    Attrition { step, eras: count(eras), people: count(people.len()) }
}

fn finished(units: Vec<Unit>, attrition: Vec<Attrition>) -> Pathways {
    let people: BTreeSet<usize> = units.iter().map(|unit| unit.person).collect();
    let paths: Vec<Pathway> = units
        .into_iter()
        .filter(|unit| !unit.eras.is_empty())
        .map(|unit| {
            let Unit { person, target, eras, until, .. } = unit;
            Pathway { person, target, eras, until }
        })
        .collect();
    let on_a_path: BTreeSet<usize> = paths.iter().map(|path| path.person).collect();
    Pathways {
        people_without: count(people.len() - on_a_path.len()),
        people: count(people.len()),
        paths,
        attrition,
    }
}

fn count(number: usize) -> u64 {
    number.try_into().expect("a count fits 64 bits")
}
