//! Pairs of providers who see members together: teams as other engines can add them up.
//!
//! Let w be the number of members who saw both of a pair, and a the sum of 2 ÷ (n(n − 1)) over those of a
//! group who saw both, n being how many providers each of them saw. A group's sum of densities is Σ w × a
//! over all pairs, and both w and a are whole numbers (of parts) that add up over tasks.

use std::collections::HashMap;

use super::Group;
use super::ledger::EVERYONE;
use super::plan::Plan;
use super::teams::{Sums, Teams, part_of_pair};
use crate::terms::Day;

/// In the window that ends on a day, so many members of a group see two providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PairCount {
    /// Measure, pair, group and end as one number: it compares, and so sorts, as they would.
    at: u128,
    pub(super) by: Shared,
}

impl PairCount {
    /// `pair` are places among the providers, `group` is one among the groups (everyone for members who
    /// are in no mean, but see the two), `end` one among the ends of windows.
    pub(super) fn new(
        measure: u16,
        [one, other]: [u32; 2],
        group: u32,
        end: u16,
        by: Shared,
    ) -> Self {
        let pair = u128::from(one) << 32 | u128::from(other);
        let at =
            u128::from(measure) << 112 | pair << 48 | u128::from(group) << 16 | u128::from(end);
        Self { at, by }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the parts that it was made of")]
    fn bits(self, from: u32) -> u32 {
        (self.at >> from) as u32
    }

    pub(super) fn measure(self) -> u16 {
        (self.bits(112) & 0xffff).try_into().expect("16 bits")
    }

    pub(super) fn pair(self) -> [u32; 2] {
        [self.bits(80), self.bits(48)]
    }

    pub(super) fn group(self) -> u32 {
        self.bits(16)
    }

    pub(super) fn end(self) -> u16 {
        (self.bits(0) & 0xffff).try_into().expect("16 bits")
    }
}

/// Members who see two providers, and what the pair adds to the densities of those who are in a mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shared {
    pub(super) members: i64,
    /// In parts of 10⁻¹², each time one member is shared.
    pub(super) parts: i64,
}

impl Shared {
    fn add(&mut self, other: Self) {
        self.members = self.members.saturating_add(other.members);
        self.parts = self.parts.saturating_add(other.parts);
    }
}

/// Puts counts in order and adds up those of one place.
pub(super) fn settle(counts: &mut Vec<PairCount>) {
    counts.sort_unstable_by_key(|count| count.at);
    counts.dedup_by(|later, first| {
        let same = later.at == first.at;
        if same {
            first.by.add(later.by);
        }
        same
    });
}

/// All counts, in order, and what their places stand for, in order as well. Providers are named by a hash
/// of their ids; it is shown to nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    pub(super) ends: Vec<Day>,
    pub(super) groups: Vec<Group>,
    pub(super) providers: Vec<u64>,
    pub(super) counts: Vec<PairCount>,
}

/// Values that are used, in order, and by the place that each had before the place it has there.
struct Ranks<T> {
    values: Vec<T>,
    of: Vec<u32>,
}

impl<T: Clone + Ord> Ranks<T> {
    fn new(all: &[T], used: impl Iterator<Item = usize>) -> Self {
        let mut is_used = vec![false; all.len()];
        used.for_each(|place| is_used[place] = true);
        let mut places: Vec<usize> = (0..all.len()).filter(|place| is_used[*place]).collect();
        places.sort_unstable_by(|a, b| all[*a].cmp(&all[*b]));
        let mut of = vec![0; all.len()];
        for (rank, place) in (0_u32..).zip(&places) {
            of[*place] = rank;
        }
        Self { values: places.into_iter().map(|place| all[place].clone()).collect(), of }
    }
}

/// How often two providers see a member together, by measure and pair, for each window.
#[derive(Debug, Default)]
pub(super) struct Weights {
    together: HashMap<(usize, [u64; 2]), Vec<i64>>,
}

impl Pairs {
    /// Counts whose places stand for these ends of windows, groups and providers, each of them once.
    pub(super) fn of(
        mut counts: Vec<PairCount>,
        (ends, groups, providers): (&[Day], &[Group], &[u64]),
    ) -> Self {
        let ends = Ranks::new(ends, counts.iter().map(|count| usize::from(count.end())));
        let groups = Ranks::new(groups, counts.iter().map(|count| count.group() as usize));
        let pairs = counts.iter().flat_map(|count| count.pair().map(|place| place as usize));
        let providers = Ranks::new(providers, pairs);
        for count in &mut counts {
            let end = ends.of[usize::from(count.end())];
            let end = u16::try_from(end).expect("no more ends than before");
            let group = groups.of[count.group() as usize];
            let pair = count.pair().map(|place| providers.of[place as usize]);
            *count = PairCount::new(count.measure(), pair, group, end, count.by);
        }
        settle(&mut counts);
        let (ends, groups, providers) = (ends.values, groups.values, providers.values);
        Self { ends, groups, providers, counts }
    }

    /// The pairs of teams. A member of n providers adds n(n − 1) ÷ 2 of them, and no team is too large, so
    /// that counts of one place are added up before more room is taken.
    pub(super) fn of_teams(teams: &Teams, plan: &Plan, groups: &[Group]) -> Self {
        const FEW: usize = 1 << 16;
        let small = |number: usize| u16::try_from(number).expect("fewer than 65,536");
        let whole = |number: usize| u32::try_from(number).expect("fewer than 2³²");
        let mut counts: Vec<PairCount> = Vec::new();
        teams.each(|(measure, end), group, team| {
            let (measure, end) = (small(measure), small(end));
            let parts = if group == EVERYONE { 0 } else { part_of_pair(whole(team.len())) };
            let by = Shared { members: 1, parts };
            for (place, one) in team.iter().enumerate() {
                for other in &team[place + 1..] {
                    if counts.len() == counts.capacity() {
                        settle(&mut counts);
                        counts.reserve_exact(counts.len() / 2 + FEW);
                    }
                    counts.push(PairCount::new(measure, [*one, *other], whole(group), end, by));
                }
            }
        });
        Self::of(counts, (&plan.ends, groups, teams.providers()))
    }

    /// Each pair of each measure, with how many members see both, for each window.
    fn pairs<'s>(
        &'s self,
        ends: &'s [Day],
    ) -> impl Iterator<Item = (&'s [PairCount], Vec<i64>)> + use<'s> {
        let same = |a: &PairCount, b: &PairCount| a.at >> 48 == b.at >> 48;
        let members = |counts| self.in_windows(counts, ends, |by| by.members);
        self.counts.chunk_by(same).map(move |counts| (counts, members(counts)))
    }

    /// Sums of densities by measure and place of the group, for each end of a window: Σ over the
    /// members of the group, in parts of 10⁻¹².
    pub(super) fn sums(&self, plan: &Plan) -> Sums {
        let mut sums = Sums::new();
        for (counts, together) in self.pairs(&plan.ends) {
            for own in counts.chunk_by(|a, b| a.group() == b.group()) {
                let sum = sums.entry((usize::from(own[0].measure()), own[0].group()));
                let sum = sum.or_insert_with(|| vec![0; plan.ends.len()]);
                let parts = self.in_windows(own, &plan.ends, |by| by.parts);
                for ((sum, parts), together) in sum.iter_mut().zip(parts).zip(&together) {
                    *sum += i128::from(parts) * i128::from(*together);
                }
            }
        }
        sums
    }

    /// What there is in each of some windows, from counts in any order.
    fn in_windows(
        &self,
        counts: &[PairCount],
        ends: &[Day],
        of: impl Fn(&Shared) -> i64,
    ) -> Vec<i64> {
        let mut found = vec![0; ends.len()];
        for count in counts {
            if let Ok(place) = ends.binary_search(&self.ends[usize::from(count.end())]) {
                found[place] += of(&count.by);
            }
        }
        found
    }

    /// The weights of all pairs.
    pub(super) fn weights(&self, plan: &Plan) -> Weights {
        let pair = |count: &PairCount| count.pair().map(|place| self.providers[place as usize]);
        let pairs = self.pairs(&plan.ends);
        let together = pairs
            .map(|(counts, own)| ((usize::from(counts[0].measure()), pair(&counts[0])), own))
            .collect();
        Weights { together }
    }
}

impl Weights {
    /// The density of a member with these providers in the window at a place, in parts of 10⁻¹².
    pub(super) fn density(&self, measure: usize, team: &[u64], end: usize) -> i64 {
        let size = u32::try_from(team.len()).expect("a member has fewer than 2³² providers");
        let mut together = 0;
        for (place, one) in team.iter().enumerate() {
            for other in &team[place + 1..] {
                let own = self.together.get(&(measure, [*one, *other]));
                together += own.map_or(0, |own| own[end]);
            }
        }
        together * part_of_pair(size)
    }
}
