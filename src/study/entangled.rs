//! Outcomes that look at the same people: a stay in hospital is one in 24-hour care as well, so that the
//! one number less the other counts those of whom only one is so. Where these are few, the later outcome
//! of the file is not told.

use super::cohort::Cohort;
use super::contrast::Contrast;
use super::description::Study;
use super::design::{Amount, Happening, Outcome, OutcomeMeasure};
use super::finding::Finding;
use super::person::{Observed, Person};
use super::published::is_shown;
use super::sheet::Screen;
use crate::timeline::SpellSet;

/// True if both look for things of one kind, so that the one may be a part of the other.
pub(super) fn are_related(one: &Outcome, other: &Outcome) -> bool {
    match (&one.measure, &other.measure) {
        (OutcomeMeasure::First(one), OutcomeMeasure::First(other)) => {
            std::mem::discriminant(one) == std::mem::discriminant(other)
        }
        (OutcomeMeasure::Amount(one), OutcomeMeasure::Amount(other)) => {
            use Amount::{Admissions, CommunityDays, ContactDays, Nights};
            matches!(
                (one, other),
                (Nights(_), Nights(_))
                    | (Admissions(_), Admissions(_))
                    | (ContactDays(_), ContactDays(_))
                    | (CommunityDays, Nights(SpellSet::Any24Hour))
                    | (Nights(SpellSet::Any24Hour), CommunityDays)
            )
        }
        _ => false,
    }
}

/// True if an outcome is death, which every other outcome's follow-up ends with.
pub(super) fn is_death(outcome: &Outcome) -> bool {
    outcome.measure == OutcomeMeasure::First(Happening::Death)
}

/// Marks the findings that could be subtracted from an earlier one.
pub(super) fn mark_entangled(study: &Study, cohort: &Cohort, contrasts: &mut [Contrast]) {
    let screen = Screen { least: study.min_cell, internal: false };
    let mut told: Vec<(usize, usize, u64)> = Vec::new();
    for contrast in contrasts {
        let arms = contrast.strategies;
        for place in 0..contrast.findings.len() {
            let finding = &contrast.findings[place];
            let earlier = &contrast.findings[..place];
            let is_near = earlier.iter().filter(|one| is_shown(one, screen)).any(|one| {
                let outcomes = [one, finding].map(|one| &study.outcomes[one.outcome]);
                are_related(outcomes[0], outcomes[1])
                    && arms.iter().enumerate().any(|(side, arm)| {
                        let n = few(cohort.arm(*arm), [one, finding], side, outcomes);
                        screen.is_small(n)
                    })
            });
            // The reference is compared again and again, up to different days.
            let own = arms.iter().zip(finding.events);
            let is_again = own.clone().any(|(arm, events)| {
                let same = told.iter().filter(|one| (one.0, one.1) == (finding.outcome, *arm));
                same.into_iter().any(|one| screen.is_small(one.2.abs_diff(events)))
            });
            if !(is_near || is_again) && finding.counted && is_shown(finding, screen) {
                told.extend(own.map(|(arm, events)| (finding.outcome, *arm, events)));
            }
            contrast.findings[place].entangled = is_near || is_again;
        }
    }
}

/// People of whom only one of two outcomes is so, or whose amounts differ.
fn few<'p>(
    people: impl Iterator<Item = &'p Person>,
    findings: [&Finding; 2],
    side: usize,
    outcomes: [&Outcome; 2],
) -> u64 {
    let [one, other] = findings;
    if one.counted {
        return one.events[side].abs_diff(other.events[side]);
    }
    let is_rest =
        outcomes.iter().any(|one| one.measure == OutcomeMeasure::Amount(Amount::CommunityDays));
    let differs = |person: &&Person| {
        let amount = |finding: &Finding| match person.outcomes.get(finding.outcome) {
            Some(Observed::Amount { total, days }) => Some((*total, f64::from(*days))),
            _ => None,
        };
        let Some(((one, days), (other, _))) = amount(one).zip(amount(other)) else { return false };
        // Days in the community and nights in care leave days in custody.
        let apart = if is_rest { days - one - other } else { one - other };
        apart.abs() > 1e-9
    };
    people.filter(differs).count() as u64
}
