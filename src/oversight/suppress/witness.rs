//! Other tables that agree with everything shown.
//!
//! A reader who knows every published number and every sum can't tell the true table from one that
//! differs from it only in hidden rows and keeps every sum. Two such tables whose counts in a place
//! differ by some width prove that the reader's range there is at least as wide, whatever means the
//! reader has. All numbers are whole, so that there is nothing to round.

use std::collections::BTreeMap;

use super::flow::{End, Flow, Move, Network, Terms};
use super::sheet::{Need, Sheet};

/// Changes to the true table by place.
pub(super) type Change = BTreeMap<usize, i64>;

/// Two tables, as changes to the true one in a direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Witness {
    pub(super) direction: usize,
    pub(super) tables: Vec<Change>,
    /// What hiding the changes costs.
    pub(super) cost: i64,
    /// True if everyone's counts change too.
    pub(super) joint: bool,
}

impl Witness {
    fn of(terms: Terms<'_>, flows: [&Flow; 2], joint: bool) -> Self {
        Self {
            direction: terms.direction,
            tables: flows.map(|flow| flow.change.clone()).to_vec(),
            cost: flows.iter().map(|flow| flow.cost).sum(),
            joint,
        }
    }

    /// Every place that must stay hidden.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let changed = |table: &Change| -> Vec<usize> {
            table.iter().filter(|(_, by)| **by != 0).map(|(place, _)| *place).collect()
        };
        self.tables.iter().flat_map(changed)
    }

    /// True if both tables agree with all that is shown and differ enough in a place.
    pub(super) fn proves(&self, sheet: &Sheet, need: &Need) -> bool {
        let at = |table: &Change| table.get(&need.place).copied().unwrap_or(0);
        let high = self.tables.iter().map(at).max().unwrap_or(0).max(0);
        let low = self.tables.iter().map(at).min().unwrap_or(0).min(0);
        let terms = Terms { sheet, direction: self.direction, reader: need.reader, paying: false };
        let unseen = |(place, by): (&usize, &i64)| {
            *by == 0
                || terms.price(*place).is_some() && by.abs() <= terms.reach(*place, by.signum())
        };
        let agrees = |table: &Change| table.iter().all(unseen) && keeps_sums(sheet, table);
        need.directions.contains(&self.direction)
            && high - low >= need.width
            && self.tables.iter().all(agrees)
    }
}

/// True if periods still add up to longer ones, and parts to everyone.
fn keeps_sums(sheet: &Sheet, table: &Change) -> bool {
    let space = &sheet.space;
    let mut over_time: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    let mut over_parts: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    let is_silent =
        |kind: Option<usize>, time: usize| kind.is_some_and(|kind| sheet.is_silent(kind, time));
    for (place, by) in table {
        let (spot, time) = space.split(*place);
        let own = space.kind_of(spot);
        if !space.children(time).iter().all(|child| is_silent(own, *child)) {
            *over_time.entry((spot, time)).or_default() += by;
        }
        if let Some(parent) = space.parent(time) {
            *over_time.entry((spot, parent)).or_default() -= by;
        }
        for (index, kind) in space.kinds.iter().enumerate() {
            if !kind.adds_up || sheet.is_silent(index, time) {
                continue;
            }
            let sign = i64::from(kind.members.contains(&spot)) - i64::from(spot == 0);
            *over_parts.entry((index, time)).or_default() += sign * by;
        }
    }
    over_time.values().chain(over_parts.values()).all(|rest| *rest == 0)
}

/// Finds witnesses.
pub(super) struct Search {
    networks: Vec<Network>,
    kind_of: Vec<Option<usize>>,
}

impl Search {
    pub(super) fn new(sheet: &Sheet) -> Self {
        let space = &sheet.space;
        let networks = (0..space.kinds.len()).map(|kind| Network::new(sheet, kind)).collect();
        let kind_of = (0..space.spots).map(|spot| space.kind_of(spot)).collect();
        Self { networks, kind_of }
    }

    /// Two tables that differ by `width` in a place, within the breakdown that it is in; for
    /// everyone's place, in all of them.
    pub(super) fn within(&self, terms: Terms<'_>, need: &Need) -> Option<Witness> {
        let (place, width) = (need.place, need.width);
        let (spot, _) = terms.sheet.space.split(place);
        let Some(kind) = self.kind_of[spot] else { return self.joint(terms, need) };
        let network = &self.networks[kind];
        let free = Terms { paying: false, ..terms };
        let [up, down] = [1, -1].map(|sign| network.around(free, place, sign, width));
        let witness = |flows: [&Flow; 2]| Witness::of(terms, flows, false);
        if up.amount + down.amount >= width {
            return Some(witness([&up, &down]));
        }
        if !terms.paying {
            return None;
        }
        let more = network.around(terms, place, 1, width - down.amount);
        let less = network.around(terms, place, -1, width - up.amount);
        [(more, down), (up, less)]
            .iter()
            .filter(|(more, less)| more.amount + less.amount >= width)
            .map(|(more, less)| witness([more, less]))
            .min_by_key(|witness| witness.cost)
    }

    /// As [`Self::within`], but with a change of everyone's count, and with it of every breakdown.
    pub(super) fn joint(&self, terms: Terms<'_>, need: &Need) -> Option<Witness> {
        let (place, width) = (need.place, need.width);
        let free = Terms { paying: false, ..terms };
        let [up, down] = [1, -1].map(|sign| self.gather(free, place, sign, width));
        let witness = |flows: [&Flow; 2]| Witness::of(terms, flows, true);
        if up.amount + down.amount >= width {
            return Some(witness([&up, &down]));
        }
        if !terms.paying {
            return None;
        }
        let more = self.cheapest(terms, place, 1, width - down.amount);
        let less = self.cheapest(terms, place, -1, width - up.amount);
        let ways = [(more.as_ref(), Some(&down)), (Some(&up), less.as_ref())];
        let found = ways.into_iter().filter_map(|(more, less)| Some(witness([more?, less?])));
        found.min_by_key(|witness| witness.cost)
    }

    /// The cheaper of one change and of several smaller ones.
    fn cheapest(&self, terms: Terms<'_>, place: usize, sign: i64, wanted: i64) -> Option<Flow> {
        let none = Flow::default();
        let single = moves(terms, place, sign)
            .into_iter()
            .filter_map(|by| self.moved(terms, place, by, &none, wanted))
            .filter(|flow| flow.amount == wanted)
            .min_by_key(|flow| flow.cost);
        let several = Some(self.gather(terms, place, sign, wanted));
        let found = [single, several].into_iter().flatten().filter(|flow| flow.amount >= wanted);
        found.min_by_key(|flow| flow.cost)
    }

    /// Changes one after the other, those that cost the least for what they move first.
    fn gather(&self, terms: Terms<'_>, place: usize, sign: i64, wanted: i64) -> Flow {
        let mut total = Flow::default();
        let moves = moves(terms, place, sign);
        while total.amount < wanted {
            let rest = wanted - total.amount;
            let mut found =
                moves.iter().filter_map(|by| self.moved(terms, place, *by, &total, rest));
            let next = if terms.paying {
                found.min_by(|a, b| {
                    let product = |cost: i64, amount: i64| i128::from(cost) * i128::from(amount);
                    let (left, right) = (product(a.cost, b.amount), product(b.cost, a.amount));
                    left.cmp(&right).then(b.amount.cmp(&a.amount))
                })
            } else {
                found.next()
            };
            let Some(next) = next else { break };
            total.add(next);
        }
        total
    }

    /// As much of one change of everyone's count as can be made on top of others.
    fn moved(
        &self,
        terms: Terms<'_>,
        place: usize,
        by: Move,
        before: &Flow,
        wanted: i64,
    ) -> Option<Flow> {
        let space = &terms.sheet.space;
        let (spot, _) = space.split(place);
        let mut amount = along(terms, by, before, wanted)?.amount;
        'again: loop {
            let mut total = along(terms, by, before, amount)?;
            for (index, kind) in space.kinds.iter().enumerate() {
                let network = &self.networks[index];
                let flow = if self.kind_of[spot] == Some(index) {
                    network.through_place(terms, place, by, before, amount)
                } else if kind.adds_up {
                    network.through(terms, by, before, amount)
                } else {
                    continue;
                };
                if flow.amount < amount {
                    amount = flow.amount;
                    continue 'again;
                }
                total.join(flow);
            }
            return Some(total);
        }
    }
}

/// Every simple change of everyone's count that changes a place.
fn moves(terms: Terms<'_>, place: usize, sign: i64) -> Vec<Move> {
    let space = &terms.sheet.space;
    let (_, time) = space.split(place);
    let below = space.leaves(time);
    let longest = *space.chain(time).last().expect("a chain holds its own beginning");
    let others = space.leaves(longest).into_iter().filter(|leaf| !below.contains(leaf));
    let ends: Vec<End> = others.map(End::Shortest).chain([End::Longest(longest)]).collect();
    below
        .iter()
        .flat_map(|more| ends.iter().map(|less| Move { more: *more, less: *less, sign }))
        .collect()
}

/// Everyone's part of a change, if it can be made.
fn along(terms: Terms<'_>, by: Move, before: &Flow, wanted: i64) -> Option<Flow> {
    let space = &terms.sheet.space;
    let less = match by.less {
        End::Shortest(time) => Some(time),
        End::Longest(_) => None,
    };
    let mut flow = Flow { amount: wanted, ..Flow::default() };
    let walk = space.walk(by.more, less);
    for (time, sign) in &walk {
        let place = space.place(0, *time);
        let moved = before.change.get(&place).copied();
        let sign = sign * by.sign;
        flow.amount = flow.amount.min(terms.reach(place, sign) - sign * moved.unwrap_or(0));
        let price = terms.price(place)?;
        flow.cost += if moved.is_some() { 0 } else { price };
    }
    for (time, sign) in walk {
        flow.change.insert(space.place(0, time), sign * by.sign * flow.amount);
    }
    (flow.amount > 0).then_some(flow)
}
