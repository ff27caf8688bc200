//! The provider a member saw most, in a span of days.

use crate::terms::Day;
use crate::timeline::Visit;

/// Visits from one day to another; visits are in order of days.
pub(super) fn visits_within(visits: &[Visit], start: Day, end: Day) -> &[Visit] {
    let from = visits.partition_point(|visit| visit.day < start);
    let to = from + visits[from..].partition_point(|visit| visit.day <= end);
    &visits[from..to]
}

/// The provider of a kind (0 clinician, 1 team, 2 agency) with visits on most days; of several, the
/// one whose last visit comes last in the order of rows. Nothing without a known one.
pub(super) fn modal(visits: &[Visit], kind: usize) -> Option<u32> {
    let mut best: Option<(usize, u32)> = None;
    for (place, visit) in visits.iter().enumerate().rev() {
        let Some(provider) = visit.providers[kind] else { continue };
        let is_other = |next: &Visit| next.providers[kind] != Some(provider);
        // Fewer visits are left than the best has days.
        if best.is_some_and(|(days, _)| days > place) {
            break;
        }
        if visits[place + 1..].iter().all(is_other) {
            let days = days_with(&visits[..=place], kind, provider);
            if best.is_none_or(|(most, _)| days > most) {
                best = Some((days, provider));
            }
        }
    }
    best.map(|(_, provider)| provider)
}

/// Distinct days with a provider.
pub(super) fn days_with(visits: &[Visit], kind: usize, provider: u32) -> usize {
    let mut last: Option<Day> = None;
    let own = visits.iter().filter(|visit| visit.providers[kind] == Some(provider));
    own.filter(|visit| last.replace(visit.day) != Some(visit.day)).count()
}
