//! Counts which providers see a member together, while members go by.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::Group;
use super::board::Board;
use super::ledger::{EVERYONE, Ledger};
use super::plan::Plan;
use super::spread::NumberHasher;
use super::teams::{PairCount, Shared, Teams, densities, part_of_pair, settle};
use crate::indicator::member_value::MemberOutcome;
use crate::timeline::{Interner, Timeline};

/// What there is at each place. A member of n providers adds n(n − 1) ÷ 2 pairs, and no team is too
/// large: pairs take more memory than everything else, so that only windows which end with one of the
/// longest periods are looked at. Counts of one place are added up before more room is taken.
#[derive(Debug)]
pub(super) struct TeamCounts {
    measures: Vec<(usize, usize)>,
    /// Hashes of providers by their keys, for one interner.
    names: HashMap<u32, u64, BuildHasherDefault<NumberHasher>>,
    /// Providers by their hashes.
    places: HashMap<u64, u32, BuildHasherDefault<NumberHasher>>,
    providers: Vec<u64>,
    /// Groups are those of the board, ends those of the plan.
    counts: Vec<PairCount>,
}

/// A provider, and the windows `from..to` in which the member saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    provider: u64,
    from: usize,
    to: usize,
}

/// A hash of a provider's id that is the same in every bucket, task and engine.
pub(super) fn hash(id: &str) -> u64 {
    let hash = blake3::hash(id.as_bytes());
    let first = hash.as_bytes().first_chunk().expect("a hash has 32 bytes");
    u64::from_be_bytes(*first)
}

/// The providers of a kind that a member saw, each with the windows, in order.
pub(super) fn seen(
    plan: &Plan,
    kind: usize,
    timeline: &Timeline,
    name: &mut impl FnMut(u32) -> u64,
) -> Vec<Seen> {
    let mut visits: Vec<(u32, usize, usize)> = Vec::new();
    for visit in &timeline.visits {
        let Some(provider) = visit.providers[kind] else { continue };
        let from = plan.ends.partition_point(|end| *end < visit.day);
        let to = plan.windows.partition_point(|(start, _)| *start <= visit.day);
        if from < to {
            visits.push((provider, from, to));
        }
    }
    visits.sort_unstable();
    visits.dedup_by(|later, first| {
        let touch = later.0 == first.0 && later.1 <= first.2;
        if touch {
            first.2 = first.2.max(later.2);
        }
        touch
    });
    let named = visits.into_iter().map(|(key, from, to)| Seen { provider: name(key), from, to });
    let mut found: Vec<Seen> = named.collect();
    found.sort_unstable();
    found
}

/// Those that were seen in a window, in order.
pub(super) fn team(seen: &[Seen], end: usize) -> Vec<u64> {
    let own = seen.iter().filter(|one| one.from <= end && end < one.to);
    own.map(|one| one.provider).collect()
}

impl TeamCounts {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            measures: densities(plan),
            names: HashMap::default(),
            places: HashMap::default(),
            providers: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Adds a member. `outcomes` gives what becomes of it by measure, `ends` its group, both for each
    /// end of a window; whoever is in no mean is a member whom providers share all the same.
    pub(super) fn post<'o>(
        &mut self,
        plan: &Plan,
        outcomes: impl Fn(usize) -> Option<&'o [Option<MemberOutcome>]>,
        ends: &[usize],
        (timeline, interner): (&Timeline, &Interner),
    ) {
        for (measure, kind) in self.measures.clone() {
            let names = &mut self.names;
            let mut name = |key: u32| *names.entry(key).or_insert_with(|| hash(interner.text(key)));
            let seen = seen(plan, kind, timeline, &mut name);
            if seen.len() < 2 {
                continue;
            }
            let outcomes = outcomes(measure);
            let group = |end: usize| match outcomes.and_then(|outcomes| outcomes[end]) {
                Some(MemberOutcome::Value(_)) => ends[end],
                _ => EVERYONE,
            };
            for end in (0..plan.ends.len()).filter(|end| plan.grid.is_with_longest(*end)) {
                self.add(measure, &team(&seen, end), group(end), end);
            }
        }
    }

    fn add(&mut self, measure: usize, team: &[u64], group: usize, end: usize) {
        const FEW: usize = 1 << 16;
        let small = |number: usize| u16::try_from(number).expect("fewer than 65,536");
        let whole = |number: usize| u32::try_from(number).expect("fewer than 2³²");
        let parts = if group == EVERYONE { 0 } else { part_of_pair(whole(team.len())) };
        let by = Shared { members: 1, parts };
        let (measure, group, end) = (small(measure), whole(group), small(end));
        let team: Vec<u32> = team.iter().map(|provider| self.place(*provider)).collect();
        for (place, one) in team.iter().enumerate() {
            for other in &team[place + 1..] {
                if self.counts.len() == self.counts.capacity() {
                    settle(&mut self.counts);
                    self.counts.reserve_exact(self.counts.len() / 2 + FEW);
                }
                self.counts.push(PairCount::new(measure, [*one, *other], group, end, by));
            }
        }
    }

    fn place(&mut self, provider: u64) -> u32 {
        *self.places.entry(provider).or_insert_with(|| {
            self.providers.push(provider);
            u32::try_from(self.providers.len() - 1).expect("fewer than 2³² providers")
        })
    }

    /// Adds those of another, whose groups have these places here.
    pub(super) fn merge(&mut self, mut other: Self, groups: &[usize]) {
        for counts in [&mut self.counts, &mut other.counts] {
            settle(counts);
            counts.shrink_to_fit();
        }
        let places: Vec<u32> =
            other.providers.iter().map(|provider| self.place(*provider)).collect();
        self.counts.reserve_exact(other.counts.len());
        self.counts.extend(other.counts.into_iter().map(|count| {
            let group =
                u32::try_from(groups[count.group() as usize]).expect("fewer than 2³² groups");
            let pair = count.pair().map(|place| places[place as usize]);
            PairCount::new(count.measure(), pair, group, count.end(), count.by)
        }));
    }

    /// What was counted.
    pub(super) fn teams(self, plan: &Plan, groups: &[Group]) -> Teams {
        Teams::of(self.counts, (&plan.ends, groups, &self.providers))
    }
}

impl Board<'_> {
    /// Adds the teams of the current member, who was posted before. Whoever is in no organisation and
    /// no number is shared by providers all the same.
    pub(super) fn post_teams(&mut self, ledger: &Ledger, timeline: &Timeline, interner: &Interner) {
        let ends = self.plan.ends.len();
        let outcomes = |measure: usize| {
            let place = ledger.measures.iter().position(|own| *own == measure)?;
            ledger.outcomes.chunks(ends).nth(place)
        };
        self.teams.post(self.plan, outcomes, &self.ends, (timeline, interner));
    }
}
