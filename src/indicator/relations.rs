//! A member's visits and how they spread over providers, window by window.

use std::cmp::Ordering;

use super::member_value::PARTS;
use super::visits::Visits;
use super::window_set::WindowSet;
use crate::terms::Day;
use crate::timeline::Visit;

/// Visits of a window: how many, to how many of the most visited provider, Σ n², and how many
/// follow a visit to the same provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relation {
    /// N, the number of visits.
    pub visits: i64,
    /// The visits to the most visited provider.
    pub most: i64,
    /// Σ n² over providers.
    pub squares: i64,
    /// Successive visits to the same provider.
    pub same: i64,
    /// p, the number of providers.
    pub providers: i64,
    /// −Σ (n/N) log₂ (n/N) in parts of 10⁻¹², where a rule asks for it.
    pub entropy: i64,
}

/// A member's relations to providers of one kind, for each window end.
#[derive(Debug, Clone, Default)]
pub struct Relations {
    /// One per end.
    pub by_end: Vec<Relation>,
    visits: Vec<(Day, u32)>,
    /// Visits of the window by provider.
    counts: Vec<u32>,
    /// How many providers are visited so often.
    visited: Vec<usize>,
    numbers: ProviderNumbers,
    ready: bool,
    bits: Bits,
}

impl Relations {
    /// Forgets the member.
    pub fn clear(&mut self) {
        self.ready = false;
    }

    /// Looks at a member's visits, of which these are the rows, once. Visits on one day are in the
    /// order of providers' ids, which `order` tells. The windows are in order and have their first and
    /// last day; of those that are not asked for nothing is known.
    pub fn see(
        &mut self,
        (visits, rows): (Visits, &[Visit]),
        windows: (&[(Day, Day)], WindowSet),
        with_entropy: bool,
        order: impl Fn(u32, u32) -> Ordering,
    ) {
        if self.ready {
            return;
        }
        self.ready = true;
        self.visits.clear();
        let known = |visit: &Visit| Some((visit.day, visit.providers[visits.provider]?));
        self.visits.extend(rows.iter().filter_map(known));
        order_within_days(&mut self.visits, order);
        if !visits.each_row {
            self.visits.dedup();
        }
        let providers = self.numbers.put_in(&mut self.visits);
        self.counts.clear();
        self.counts.resize(providers, 0);
        self.slide(windows, with_entropy);
    }

    /// Slides the window over the visits: each visit enters once and leaves once.
    fn slide(&mut self, (windows, asked): (&[(Day, Day)], WindowSet), with_entropy: bool) {
        self.by_end.clear();
        self.by_end.resize(windows.len(), Relation::default());
        let (mut from, mut to) = (0, 0);
        let (mut now, mut most) = (Relation::default(), 0);
        self.visited.clear();
        self.visited.resize(self.visits.len() + 1, 0);
        self.visited[0] = self.counts.len();
        for place in asked.iter() {
            let (start, end) = windows[place];
            let before = (from, to);
            while self.visits.get(to).is_some_and(|(day, _)| *day <= end) {
                let provider = self.visits[to].1 as usize;
                let count = self.counts[provider];
                now.squares += 2 * i64::from(count) + 1;
                now.providers += i64::from(count == 0);
                self.visited[count as usize] -= 1;
                self.visited[count as usize + 1] += 1;
                self.counts[provider] = count + 1;
                most = most.max(count + 1);
                now.visits += 1;
                now.same += i64::from(to > from && self.visits[to - 1].1 == self.visits[to].1);
                to += 1;
            }
            while from < to && self.visits[from].0 < start {
                let provider = self.visits[from].1 as usize;
                let count = self.counts[provider];
                now.squares -= 2 * i64::from(count) - 1;
                now.providers -= i64::from(count == 1);
                self.visited[count as usize] -= 1;
                self.visited[count as usize - 1] += 1;
                self.counts[provider] = count - 1;
                // The provider itself is visited once less often now, so one step down is enough.
                most -= u32::from(count == most && self.visited[count as usize] == 0);
                now.visits -= 1;
                now.same -=
                    i64::from(from + 1 < to && self.visits[from + 1].1 == self.visits[from].1);
                from += 1;
            }
            if (from, to) != before {
                now.most = most.into();
                now.entropy = if with_entropy {
                    entropy(&self.visited[..=most as usize], now.visits, &mut self.bits)
                } else {
                    0
                };
            }
            self.by_end[place] = now;
        }
    }
}

/// Entropy of visits over providers, in bits and parts of 10⁻¹²; `visited` says how many providers are
/// visited how often.
#[expect(clippy::cast_precision_loss, reason = "parts of one")]
#[expect(clippy::cast_possible_truncation, reason = "at most the bits of a count of visits")]
fn entropy(visited: &[usize], visits: i64, known: &mut Bits) -> i64 {
    let mut bits = 0.0;
    for (n, providers) in (0..).zip(visited).skip(1) {
        // One by one, so that the sum is the same to the last bit however it is come by.
        for _ in 0..*providers {
            bits += known.of(n, visits);
        }
    }
    libm::round(bits * PARTS as f64) as i64
}

/// −(n/N) log₂ (n/N), kept for few visits.
#[derive(Debug, Clone, Default)]
struct Bits {
    /// For n from 1 to N, one N after the other.
    known: Vec<f64>,
}

impl Bits {
    fn of(&mut self, n: i64, visits: i64) -> f64 {
        const FEW: i64 = 64;
        if visits > FEW {
            return of_share(n, visits);
        }
        if self.known.is_empty() {
            let all = (1..=FEW).flat_map(|visits| (1..=visits).map(move |n| of_share(n, visits)));
            self.known = all.collect();
        }
        let place = visits * (visits - 1) / 2 + n - 1;
        self.known[usize::try_from(place).expect("n is from 1 to the number of visits")]
    }
}

#[expect(clippy::cast_precision_loss, reason = "visits of one member")]
fn of_share(n: i64, visits: i64) -> f64 {
    let share = n as f64 / visits as f64;
    -share * libm::log2(share)
}

fn order_within_days(visits: &mut [(Day, u32)], order: impl Fn(u32, u32) -> Ordering) {
    for day in visits.chunk_by_mut(|a, b| a.0 == b.0) {
        if day.len() > 1 {
            day.sort_unstable_by(|a, b| order(a.1, b.1));
        }
    }
}

/// Small numbers of a member's own for providers, in the order of visits.
#[derive(Debug, Clone, Default)]
struct ProviderNumbers {
    /// By provider; [`NONE`] between members.
    of: Vec<u32>,
    /// The providers that have a number.
    numbered: Vec<u32>,
}

/// Of a provider without a number.
const NONE: u32 = u32::MAX;

impl ProviderNumbers {
    /// Replaces the providers of visits by their numbers, of which there are so many.
    fn put_in(&mut self, visits: &mut [(Day, u32)]) -> usize {
        for (_, provider) in visits {
            let key = *provider as usize;
            if self.of.len() <= key {
                self.of.resize(key + 1, NONE);
            }
            if self.of[key] == NONE {
                self.of[key] = u32::try_from(self.numbered.len()).unwrap_or(NONE);
                self.numbered.push(*provider);
            }
            *provider = self.of[key];
        }
        let providers = self.numbered.len();
        for key in self.numbered.drain(..) {
            self.of[key as usize] = NONE;
        }
        providers
    }
}
