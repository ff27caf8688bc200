//! In which periods each measure is counted.

use super::alike::Alike;
use super::plan::Plan;
use crate::indicator::window_set::WindowSet;
use crate::terms::{Grain, Period};

/// For each measure, the periods that it is counted in, and the windows of members that it is asked for.
#[derive(Debug, Clone)]
pub(super) struct Reported {
    /// By measure and length of period.
    grains: Vec<[bool; Grain::ALL.len()]>,
    /// By measure.
    windows: Vec<WindowSet>,
    /// By the place of visits among those whose relations are looked at: the windows of all their measures.
    pub(super) of_relations: Vec<WindowSet>,
    /// By the place of a list of exclusions among those of members.
    pub(super) of_exclusions: Vec<WindowSet>,
}

impl Reported {
    /// Each of so many measures in every period; the windows end on so many days.
    pub(super) fn everywhere(alike: &Alike, measures: usize, ends: usize) -> Self {
        let grains = vec![[true; Grain::ALL.len()]; measures];
        Self::new(alike, grains, vec![WindowSet::all(ends); measures])
    }

    /// Each measure in the periods of the lengths that its file asks for.
    pub(super) fn by_files(plan: &Plan) -> Self {
        let measures = || plan.indicators.iter().map(|one| &one.measure);
        let grains = measures().map(|one| Grain::ALL.map(|grain| one.is_reported_by(grain)));
        let periods = || plan.periods.iter().zip(&plan.end_of);
        let windows = measures().map(|one| {
            WindowSet::of(plan.ends.len(), |end| {
                let ends = |(period, at): (&Period, &usize)| {
                    *at == end && one.is_reported_by(period.grain)
                };
                periods().any(ends)
            })
        });
        Self::new(&plan.alike, grains.collect(), windows.collect())
    }

    fn new(alike: &Alike, grains: Vec<[bool; Grain::ALL.len()]>, windows: Vec<WindowSet>) -> Self {
        let mut of_relations = vec![WindowSet::default(); alike.relations.len()];
        let mut of_exclusions = vec![WindowSet::default(); alike.exclusion_count()];
        for (measure, windows) in windows.iter().enumerate() {
            for place in alike.related[measure].into_iter().flatten() {
                of_relations[place] = of_relations[place].or(*windows);
            }
            if let Some(looks) = alike.members[measure] {
                let all = &mut of_exclusions[looks.exclusions];
                *all = all.or(*windows);
            }
        }
        Self { grains, windows, of_relations, of_exclusions }
    }

    /// True if a measure is counted in periods of a length.
    pub(super) fn by(&self, measure: usize, grain: Grain) -> bool {
        self.grains[measure][grain as usize]
    }

    /// The windows of members that a measure is asked for.
    pub(super) fn windows(&self, measure: usize) -> WindowSet {
        self.windows[measure]
    }
}
