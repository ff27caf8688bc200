//! The main outcome compared within parts of the people.

use super::cohort::Cohort;
use super::contrast::{Contrast, compared};
use super::description::Study;
use super::finding::Finding;

/// What is found on the main outcome in one part of the people.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumFinding {
    /// The covariate.
    pub covariate: String,
    /// Whether it is so or not.
    pub is_so: bool,
    /// The finding.
    pub finding: Finding,
}

/// The main outcome within both parts by every covariate that asks for it, weights estimated anew in
/// each part; nothing by a covariate one of whose parts is too small or cannot be compared fairly.
pub(super) fn strata(study: &Study, cohort: &Cohort, pair: [usize; 2]) -> Vec<StratumFinding> {
    let mut found = Vec::new();
    for (place, covariate) in study.covariates.iter().enumerate().filter(|(_, one)| one.stratum) {
        // Both parts beside all people tell of those in neither.
        let unknown = |arm: &usize| {
            let own = cohort.arm(*arm).filter(|one| one.covariates[place].is_none());
            (1..study.min_cell).contains(&(own.count() as u64))
        };
        if pair.iter().any(unknown) {
            continue;
        }
        let parts = [true, false].map(|is_so| {
            let own = part(cohort, place, is_so);
            let is_large = pair.iter().all(|arm| own.arm(*arm).count() as u64 >= study.min_cell);
            let contrast = is_large.then(|| main_only(study, &own, pair))?;
            let finding = contrast.findings.into_iter().next()?;
            let covariate = covariate.name.clone();
            contrast.refusal.is_none().then_some(StratumFinding { covariate, is_so, finding })
        });
        if let [Some(one), Some(other)] = parts {
            found.extend([one, other]);
        }
    }
    found
}

fn main_only(study: &Study, cohort: &Cohort, pair: [usize; 2]) -> Contrast {
    let outcomes = study.outcomes.iter().take(1).cloned().collect();
    compared(&Study { outcomes, worth: None, ..study.clone() }, cohort, pair)
}

/// The people of whom a covariate holds, or does not.
fn part(cohort: &Cohort, covariate: usize, is_so: bool) -> Cohort {
    let both = cohort.people.iter().zip(&cohort.arms);
    let own = both.filter(|(person, _)| {
        person.covariates[covariate].is_some_and(|value| (value > 0.5) == is_so)
    });
    let (people, arms) = own.map(|(person, arm)| (person.clone(), *arm)).unzip();
    Cohort { people, arms, flow: Vec::new() }
}
