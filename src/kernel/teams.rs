//! Which providers each member saw: what densities of care are made of.
//!
//! Let P be the providers that a member saw in a window, n of them, and w the number of members who
//! saw both of a pair. The member's density is Σ w over the pairs of P ÷ (n(n − 1) ÷ 2). It depends on
//! everyone, so that no member's value can be made while members go by: their teams are kept, as numbers,
//! and added up at the end. Source: care density, Pollack et al., Medical Care 2013, as in the R package
//! `CareDensity`.

use std::collections::{BTreeMap, HashMap};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::board::Board;
use super::ledger::{EVERYONE, Ledger};
use super::plan::Plan;
use super::{Cell, Group, Stratum, Tally};
use crate::indicator::member_outcome::{MemberOutcome, Steady};
use crate::indicator::member_value::PARTS;
use crate::indicator::{MemberValue, Rule, Visits};
use crate::timeline::{Interner, Timeline};

/// Of a provider without a place.
const NONE: u32 = u32::MAX;

/// The teams of all members. Only windows which end with one of the longest periods are looked at.
#[derive(Debug)]
pub(super) struct Teams {
    /// Measures, and the visits that each is about.
    measures: Vec<(usize, Visits)>,
    /// Places of providers by their keys, for one interner; [`NONE`] of one without a place.
    known: Vec<u32>,
    /// Hashes of the providers' ids; they are shown to nobody.
    providers: Vec<u64>,
    /// For each measure and end of a window.
    rosters: Vec<Roster>,
}

/// The teams of one measure in the windows that end on one day.
#[derive(Debug, Default)]
struct Roster {
    /// By team its group, everyone for a member who is in no mean.
    groups: Vec<u32>,
    /// By team the place after its last provider.
    ends: Vec<usize>,
    /// Places of providers, team after team.
    members: Vec<u32>,
}

/// A provider, and the windows `from..to` in which the member saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    key: u32,
    from: usize,
    to: usize,
}

/// Sums of densities by measure and place of the group, for each end of a window.
pub(super) type Sums = BTreeMap<(usize, u32), Vec<i128>>;

/// A hash of a provider's id that is the same in every bucket, task and engine.
pub(super) fn hash(id: &str) -> u64 {
    let hash = blake3::hash(id.as_bytes());
    let first = hash.as_bytes().first_chunk().expect("a hash has 32 bytes");
    u64::from_be_bytes(*first)
}

/// The measures whose values are densities, and which visits they are about.
pub(super) fn densities(plan: &Plan) -> Vec<(usize, Visits)> {
    let of = |measure: &usize| match &plan.indicators[*measure].rule {
        Rule::Member(rule) if rule.value == MemberValue::Density => {
            plan.alike.visits(*measure).map(|visits| (*measure, visits))
        }
        _ => None,
    };
    plan.computable.iter().filter_map(of).collect()
}

/// What one pair adds to the density of a member with so many providers, in parts of 10⁻¹² and rounded
/// to the nearest: 2 ÷ (n(n − 1)). A density of teams of n is off by at most n² ÷ 4 such parts for
/// every member who is shared.
pub(super) fn part_of_pair(size: u32) -> i64 {
    let pairs = i64::from(size) * (i64::from(size) - 1);
    if pairs == 0 { 0 } else { (2 * PARTS + pairs / 2) / pairs }
}

/// The providers that a member saw, each with the windows, in the order of their keys.
pub(super) fn seen(plan: &Plan, visits: Visits, timeline: &Timeline) -> Vec<Seen> {
    let mut found: Vec<Seen> = Vec::new();
    let (mut from, mut to) = (0, 0);
    for visit in visits.rows(timeline) {
        let Some(key) = visit.providers[visits.provider] else { continue };
        // Visits come in the order of days, and windows in that of their ends.
        from += plan.ends[from..].iter().take_while(|end| **end < visit.day).count();
        to += plan.windows[to..].iter().take_while(|(start, _)| *start <= visit.day).count();
        if from < to {
            found.push(Seen { key, from, to });
        }
    }
    found.sort_unstable();
    found.dedup_by(|later, first| {
        let touch = later.key == first.key && later.from <= first.to;
        if touch {
            first.to = first.to.max(later.to);
        }
        touch
    });
    found
}

/// Keys of those that were seen in a window, in order.
pub(super) fn team(seen: &[Seen], end: usize) -> impl Iterator<Item = u32> + '_ {
    seen.iter().filter(move |one| one.from <= end && end < one.to).map(|one| one.key)
}

impl Roster {
    /// Each team, with its group.
    fn teams(&self) -> impl Iterator<Item = (usize, &[u32])> + '_ {
        let from = std::iter::once(0).chain(self.ends.iter().copied());
        let spans = from.zip(&self.ends);
        let teams = spans.map(|(from, to)| &self.members[from..*to]);
        self.groups.iter().map(|group| *group as usize).zip(teams)
    }

    /// Ends a team whose providers were added; one provider makes no pair.
    fn close(&mut self, group: usize) {
        let from = self.ends.last().copied().unwrap_or(0);
        if self.members.len() < from + 2 {
            self.members.truncate(from);
            return;
        }
        self.groups.push(u32::try_from(group).expect("fewer than 2³² groups"));
        self.ends.push(self.members.len());
    }

    /// Adds the teams of another, whose groups and providers have these places here.
    fn merge(&mut self, other: &Self, groups: &[usize], providers: &[u32]) {
        for (group, team) in other.teams() {
            self.members.extend(team.iter().map(|place| providers[*place as usize]));
            self.close(groups[group]);
        }
    }

    /// Gives providers other places, and every team their order.
    fn place(&mut self, places: &[u32]) {
        let mut from = 0;
        for to in &self.ends {
            let team = &mut self.members[from..*to];
            for place in team.iter_mut() {
                *place = places[*place as usize];
            }
            team.sort_unstable();
            from = *to;
        }
    }

    /// Where each provider stands: for each of them, places of teams and of the teammates that follow.
    fn stands(&self, providers: usize) -> (Vec<usize>, Vec<(usize, usize)>) {
        let mut from = vec![0; providers + 1];
        self.members.iter().for_each(|place| from[*place as usize + 1] += 1);
        for place in 0..providers {
            from[place + 1] += from[place];
        }
        let mut next = from.clone();
        let mut stands = vec![(0, 0); self.members.len()];
        let mut at = 0;
        for (team, end) in self.ends.iter().enumerate() {
            for place in &self.members[at..*end] {
                let next = &mut next[*place as usize];
                at += 1;
                stands[*next] = (team, at);
                *next += 1;
            }
        }
        (from, stands)
    }

    /// Σ of densities by group: over each provider and those after it, members who see both times
    /// what each such pair is in the density of a member of the group.
    fn sums(&self, providers: usize) -> BTreeMap<u32, i128> {
        let (from, stands) = self.stands(providers);
        let mut sums: BTreeMap<u32, i128> = BTreeMap::new();
        let mut together = vec![0_i64; providers];
        for own in from.windows(2).map(|pair| &stands[pair[0]..pair[1]]) {
            let mates = |(team, at): &(usize, usize)| &self.members[*at..self.ends[*team]];
            for mate in own.iter().flat_map(mates) {
                together[*mate as usize] += 1;
            }
            for stand in own {
                let group = self.groups[stand.0];
                if group as usize != EVERYONE {
                    let first = stand.0.checked_sub(1).map_or(0, |before| self.ends[before]);
                    let size = u32::try_from(self.ends[stand.0] - first).expect("few providers");
                    let shared: i64 =
                        mates(stand).iter().map(|mate| together[*mate as usize]).sum();
                    *sums.entry(group).or_default() +=
                        i128::from(shared) * i128::from(part_of_pair(size));
                }
            }
            for mate in own.iter().flat_map(mates) {
                together[*mate as usize] = 0;
            }
        }
        sums
    }
}

impl Teams {
    pub(super) fn new(plan: &Plan) -> Self {
        let measures = densities(plan);
        let mut rosters = Vec::new();
        rosters.resize_with(measures.len() * plan.ends.len(), Roster::default);
        Self { measures, known: Vec::new(), providers: Vec::new(), rosters }
    }

    /// Hashes of providers, in order once the teams are.
    pub(super) fn providers(&self) -> &[u64] {
        &self.providers
    }

    /// Adds a member. `outcomes` gives what becomes of it by measure, `ends` its groups, both for each
    /// end of a window; whoever is in no mean is a member whom providers share all the same.
    fn post<'o>(
        &mut self,
        plan: &Plan,
        outcomes: impl Fn(usize) -> &'o [Steady],
        ends: &[Vec<usize>],
        (timeline, interner): (&Timeline, &Interner),
    ) {
        for (place, (measure, visits)) in self.measures.iter().enumerate() {
            let seen = seen(plan, *visits, timeline);
            if seen.len() < 2 {
                continue;
            }
            let outcomes = outcomes(*measure);
            let group = |end: usize| match Steady::at(outcomes, end) {
                Some(MemberOutcome::Value(_)) => ends[plan.alike.belongs[*measure]][end],
                _ => EVERYONE,
            };
            for end in (0..plan.ends.len()).filter(|end| plan.grid.is_with_longest(*end)) {
                let roster = &mut self.rosters[place * plan.ends.len() + end];
                for key in team(&seen, end) {
                    let place = known_at(&mut self.known, key);
                    if *place == NONE {
                        *place = place_of(self.providers.len());
                        self.providers.push(hash(interner.text(key)));
                    }
                    roster.members.push(*place);
                }
                roster.close(group(end));
            }
        }
    }

    /// Adds those of another, whose groups have these places here.
    pub(super) fn merge(&mut self, other: &Self, groups: &[usize]) {
        let mut places: HashMap<u64, u32> =
            (0..).zip(&self.providers).map(|(place, provider)| (*provider, place)).collect();
        let theirs = other.providers.iter().map(|provider| {
            *places.entry(*provider).or_insert_with(|| {
                self.providers.push(*provider);
                place_of(self.providers.len() - 1)
            })
        });
        let theirs: Vec<u32> = theirs.collect();
        for (own, roster) in self.rosters.iter_mut().zip(&other.rosters) {
            own.merge(roster, groups, &theirs);
        }
    }

    /// Puts providers in the order of their hashes, whoever was seen first.
    pub(super) fn in_order(mut self) -> Self {
        let mut order: Vec<u32> = (0..place_of(self.providers.len())).collect();
        order.sort_unstable_by_key(|place| self.providers[*place as usize]);
        let mut places = vec![0; order.len()];
        for (rank, place) in (0..).zip(&order) {
            places[*place as usize] = rank;
        }
        self.providers.sort_unstable();
        self.known.clear();
        self.rosters.iter_mut().for_each(|roster| roster.place(&places));
        self
    }

    /// Each team, by its providers in order, with the measure, the end of the window and the group.
    pub(super) fn each(&self, mut each: impl FnMut((usize, usize), usize, &[u32])) {
        let ends = self.rosters.len() / self.measures.len().max(1);
        for (place, roster) in self.rosters.iter().enumerate() {
            let (measure, _) = self.measures[place / ends];
            roster.teams().for_each(|(group, team)| each((measure, place % ends), group, team));
        }
    }

    /// Sums of densities over the members of each group, in parts of 10⁻¹².
    pub(super) fn sums(&self) -> Sums {
        let ends = self.rosters.len() / self.measures.len().max(1);
        let providers = self.providers.len();
        let found: Vec<BTreeMap<u32, i128>> =
            self.rosters.par_iter().map(|roster| roster.sums(providers)).collect();
        let mut sums = Sums::new();
        for (place, of_groups) in found.into_iter().enumerate() {
            let (measure, _) = self.measures[place / ends];
            for (group, sum) in of_groups {
                sums.entry((measure, group)).or_insert_with(|| vec![0; ends])[place % ends] = sum;
            }
        }
        sums
    }
}

/// The place of a provider by its key.
fn known_at(known: &mut Vec<u32>, key: u32) -> &mut u32 {
    let key = key as usize;
    if known.len() <= key {
        known.resize(key + 1, NONE);
    }
    &mut known[key]
}

fn place_of(place: usize) -> u32 {
    u32::try_from(place).expect("fewer than 2³² providers")
}

impl Board<'_> {
    /// Adds the teams of the current member, who was posted before. Whoever is in no organisation and
    /// no number is shared by providers all the same.
    pub(super) fn post_teams(&mut self, ledger: &Ledger, timeline: &Timeline, interner: &Interner) {
        let outcomes = |measure: usize| {
            let own = ledger.outcomes().find(|(own, _)| *own == measure);
            own.map_or(&[][..], |(_, outcomes)| outcomes)
        };
        self.teams.post(self.plan, outcomes, &self.ends, (timeline, interner));
    }
}

/// Gives the cells of densities their numerators.
pub(super) fn fill(
    plan: &Plan,
    (sums, groups): (&Sums, &[Group]),
    cells: &mut BTreeMap<Cell, Tally>,
) {
    for (measure, _) in densities(plan) {
        for (period, end) in plan.periods.iter().zip(&plan.end_of) {
            let own = sums.iter().filter(|((of, _), _)| *of == measure);
            let mut all = 0;
            for ((_, group), sum) in own {
                all += sum[*end];
                let group = &groups[*group as usize];
                if *group != Group::All {
                    set(cells, (measure, *period, group), sum[*end]);
                }
            }
            set(cells, (measure, *period, &Group::All), all);
        }
    }
}

/// Sets the numerator of a group, if it has anyone.
fn set(
    cells: &mut BTreeMap<Cell, Tally>,
    (measure, period, group): (usize, crate::terms::Period, &Group),
    numerator: i128,
) {
    let stratum = Stratum::everyone();
    let cell = Cell { measure, period, group: group.clone(), stratum };
    if let Some(tally) = cells.get_mut(&cell) {
        tally.numerator = numerator;
    }
}
