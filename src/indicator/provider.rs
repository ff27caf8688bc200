//! The provider a member saw most, in windows of days.

use crate::terms::Day;
use crate::timeline::Visit;

/// Visits from one day to another; visits are in order of days.
pub(super) fn visits_within(visits: &[Visit], start: Day, end: Day) -> &[Visit] {
    let from = visits.partition_point(|visit| visit.day < start);
    let to = from + visits[from..].partition_point(|visit| visit.day <= end);
    &visits[from..to]
}

/// A provider that a member saw most in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MostSeen {
    /// The provider, as a key of the interner.
    pub(super) provider: u32,
    /// The first day with it, also before the window.
    pub(super) first: Day,
    /// The last day with it in the window.
    pub(super) last: Day,
}

/// The provider of a kind (0 clinician, 1 team, 2 agency) with visits on most days; of several, the
/// one seen last, and on one day the one whose id comes last. Nothing without a known one.
pub(super) fn modal(visits: &[Visit], kind: usize) -> Option<u32> {
    let (first, last) = visits.first().zip(visits.last())?;
    let mut found = most_seen(visits, kind, [(first.day, last.day)]);
    found.next().flatten().map(|most| most.provider)
}

/// As [`modal`], for windows one after the other: neither their first nor their last days go back.
/// Each visit enters once and leaves once.
pub(super) fn most_seen(
    visits: &[Visit],
    kind: usize,
    windows: impl IntoIterator<Item = (Day, Day)>,
) -> impl Iterator<Item = Option<MostSeen>> {
    // Few members see more providers.
    let mut known: Vec<Seen> = Vec::with_capacity(visits.len().min(16));
    let (mut left, mut entered) = (0, 0);
    let mut most = None;
    windows.into_iter().map(move |(start, end)| {
        let before = (left, entered);
        while let Some(visit) = visits.get(entered).filter(|visit| visit.day <= end) {
            if let Some(provider) = visit.providers[kind] {
                Seen::enter(&mut known, provider, (visit.day, visit.ranks[kind]));
            }
            entered += 1;
        }
        while left < entered && visits[left].day < start {
            if let Some(provider) = visits[left].providers[kind] {
                Seen::leave(&mut known, provider, visits[left].day);
            }
            left += 1;
        }
        if (left, entered) != before {
            let seen = known.iter().filter(|seen| seen.days > 0);
            most = seen.max_by_key(|seen| (seen.days, seen.last)).map(Seen::shown);
        }
        most
    })
}

/// A provider and its days in a window.
#[derive(Debug)]
struct Seen {
    provider: u32,
    days: usize,
    first: Day,
    /// The day of the last visit, and the rank of the provider on it.
    last: (Day, u32),
    /// The last day that left the window.
    gone: Option<Day>,
}

impl Seen {
    fn shown(&self) -> MostSeen {
        MostSeen { provider: self.provider, first: self.first, last: self.last.0 }
    }

    fn enter(known: &mut Vec<Self>, provider: u32, last: (Day, u32)) {
        if let Some(seen) = known.iter_mut().find(|seen| seen.provider == provider) {
            seen.days += usize::from(seen.last.0 != last.0);
            seen.last = last;
        } else {
            known.push(Self { provider, days: 1, first: last.0, last, gone: None });
        }
    }

    fn leave(known: &mut [Self], provider: u32, day: Day) {
        // Whoever leaves has entered.
        if let Some(seen) = known.iter_mut().find(|seen| seen.provider == provider) {
            seen.days -= usize::from(seen.gone != Some(day));
            seen.gone = Some(day);
        }
    }
}

/// Distinct days with a provider.
pub(super) fn days_with(visits: &[Visit], kind: usize, provider: u32) -> usize {
    let mut last: Option<Day> = None;
    let own = visits.iter().filter(|visit| visit.providers[kind] == Some(provider));
    own.filter(|visit| last.replace(visit.day) != Some(visit.day)).count()
}
