//! The main outcome compared within parts of the people.

use super::cohort::Cohort;
use super::contrast::{Contrast, compared};
use super::description::Study;
use super::finding::Finding;
use super::person::Person;

/// What is found on the main outcome in one part of the people.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumFinding {
    /// The covariate.
    pub covariate: String,
    /// Whether it is so: yes, no or not known.
    pub part: &'static str,
    /// The finding.
    pub finding: Finding,
}

/// What parts people: the word for a part, and the value of its people.
const PARTS: [(&str, Option<bool>); 3] =
    [("yes", Some(true)), ("no", Some(false)), ("not known", None)];

/// The main outcome within the parts by every covariate that asks for it, weights estimated anew in
/// each part; nothing by a covariate with yes or no too few or not to be compared fairly.
pub(super) fn strata(study: &Study, cohort: &Cohort, pair: [usize; 2]) -> Vec<StratumFinding> {
    let mut found = Vec::new();
    for (place, covariate) in study.covariates.iter().enumerate().filter(|(_, one)| one.stratum) {
        // The other parts beside all people tell of those of whom it is not known.
        let unknown = |arm: &usize| {
            let own = cohort.arm(*arm).filter(|one| one.covariates[place].is_none());
            (1..study.min_cell).contains(&(own.count() as u64))
        };
        if pair.iter().any(unknown) {
            continue;
        }
        let parts = PARTS.map(|(part, value)| {
            let own = people(cohort, place, value);
            let is_large = pair.iter().all(|arm| own.arm(*arm).count() as u64 >= study.min_cell);
            let contrast = is_large.then(|| main_only(study, &own, pair))?;
            let finding = contrast.findings.into_iter().next()?;
            let covariate = covariate.name.clone();
            contrast.refusal.is_none().then_some(StratumFinding { covariate, part, finding })
        });
        if parts[..2].iter().all(Option::is_some) {
            found.extend(parts.into_iter().flatten());
        }
    }
    found
}

fn main_only(study: &Study, cohort: &Cohort, pair: [usize; 2]) -> Contrast {
    let outcomes = study.outcomes.iter().take(1).cloned().collect();
    compared(&Study { outcomes, worth: None, ..study.clone() }, cohort, pair)
}

/// The people of whom a covariate holds, does not, or is not known.
fn people(cohort: &Cohort, covariate: usize, wanted: Option<bool>) -> Cohort {
    let both = cohort.people.iter().zip(&cohort.arms);
    let is_so = |person: &Person| person.covariates[covariate].map(|value| value > 0.5);
    let own = both.filter(|(person, _)| is_so(person) == wanted);
    let (people, arms) = own.map(|(person, arm)| (person.clone(), *arm)).unzip();
    Cohort { people, arms, flow: Vec::new() }
}
