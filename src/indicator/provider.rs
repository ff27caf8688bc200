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
    struct Seen {
        provider: u32,
        days: usize,
        last: (Day, usize),
    }
    // Few members see more providers.
    let mut known: Vec<Seen> = Vec::with_capacity(visits.len().min(16));
    for (place, visit) in visits.iter().enumerate() {
        let Some(provider) = visit.providers[kind] else { continue };
        let last = (visit.day, place);
        match known.iter_mut().find(|seen| seen.provider == provider) {
            Some(seen) => {
                seen.days += usize::from(seen.last.0 != visit.day);
                seen.last = last;
            }
            None => known.push(Seen { provider, days: 1, last }),
        }
    }
    let best = known.iter().max_by_key(|seen| (seen.days, seen.last.1));
    best.map(|seen| seen.provider)
}

/// Distinct days with a provider.
pub(super) fn days_with(visits: &[Visit], kind: usize, provider: u32) -> usize {
    let mut last: Option<Day> = None;
    let own = visits.iter().filter(|visit| visit.providers[kind] == Some(provider));
    own.filter(|visit| last.replace(visit.day) != Some(visit.day)).count()
}
