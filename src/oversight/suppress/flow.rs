//! The cheapest ways to move counts around in one breakdown while every sum stays as it is.
//!
//! Parts × periods, where periods are nested, are a network: a cell is an arc from its longer period
//! to itself, and the cells of a shortest period meet in one node. Changes that keep all sums are
//! the circulations of this network (Castro, “A shortest-paths heuristic for statistical data
//! protection in positive tables”, INFORMS Journal on Computing 19, 2007). Whole numbers stay whole.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::sheet::{Reader, Sheet};

#[derive(Debug, Clone)]
struct Arc {
    from: usize,
    to: usize,
    place: usize,
}

/// The cells of one breakdown.
#[derive(Debug, Clone)]
pub(super) struct Network {
    arcs: Vec<Arc>,
    /// Arcs that begin or end in a node.
    around: Vec<Vec<usize>>,
    arc_of: BTreeMap<usize, usize>,
    /// Where the cells of a shortest period meet, and where those of a longest one begin.
    ends: Vec<usize>,
    begins: Vec<usize>,
    known: RefCell<Known>,
}

/// What a search for a path knows: room that is used again.
#[derive(Debug, Clone)]
struct Known {
    /// By how much the place of each arc is changed, if it is.
    moved: Vec<Option<i64>>,
    /// Price and length of the cheapest path to each node.
    best: Vec<Option<(i64, usize)>>,
    /// The last arc of that path, and which way it is taken.
    came: Vec<(usize, i64)>,
    queue: BinaryHeap<Reverse<((i64, usize), usize)>>,
}

/// Counts moved from one node to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) amount: i64,
    pub(super) cost: i64,
    /// Change of each place.
    pub(super) change: BTreeMap<usize, i64>,
}

impl Flow {
    /// Adds another part of the same change.
    pub(super) fn join(&mut self, other: Self) {
        self.cost += other.cost;
        for (place, by) in other.change {
            *self.change.entry(place).or_default() += by;
        }
    }

    /// Adds a further change.
    pub(super) fn add(&mut self, other: Self) {
        self.amount += other.amount;
        self.join(other);
    }
}

/// A change of everyone's count, and of the parts of every breakdown together: up (+1) or down (−1)
/// in one shortest period, and the other way in another, or the same way in all longer periods.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) more: usize,
    pub(super) less: End,
    pub(super) sign: i64,
}

/// Where a change ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    /// In another shortest period.
    Shortest(usize),
    /// Beyond the longest period that the first one is in.
    Longest(usize),
}

/// What may be moved and at what cost.
#[derive(Clone, Copy)]
pub(super) struct Terms<'s> {
    pub(super) sheet: &'s Sheet,
    pub(super) direction: usize,
    pub(super) reader: Reader,
    /// True if more may be hidden.
    pub(super) paying: bool,
}

impl Terms<'_> {
    pub(super) fn price(&self, place: usize) -> Option<i64> {
        self.sheet.price(self.direction, place).filter(|price| self.paying || *price == 0)
    }

    /// How far a place can change upwards (+1) or downwards (−1).
    pub(super) fn reach(&self, place: usize, sign: i64) -> i64 {
        let limits = &self.sheet.directions[self.direction].limits[self.reader as usize];
        if sign > 0 { limits.room[place] } else { limits.stock[place] }
    }
}

impl Network {
    pub(super) fn new(sheet: &Sheet, kind: usize) -> Self {
        let space = &sheet.space;
        let times = space.times();
        let silent = |time: usize| sheet.is_silent(kind, time);
        let is_leaf = |time: usize| space.children(time).iter().all(|child| silent(*child));
        let kind = &space.kinds[kind];
        let first_end = kind.members.len() * times;
        let ground = first_end + 2 * times;
        let end = |time: usize| if kind.adds_up { first_end + time } else { ground };
        let begin = |time: usize| if kind.adds_up { first_end + times + time } else { ground };
        let mut arcs = Vec::new();
        for (index, spot) in kind.members.iter().enumerate() {
            for time in (0..times).filter(|time| !silent(*time)) {
                let inside = |time: usize| index * times + time;
                let from = space.parent(time).map_or_else(|| begin(time), inside);
                let to = if is_leaf(time) { end(time) } else { inside(time) };
                arcs.push(Arc { from, to, place: space.place(*spot, time) });
            }
        }
        let mut around = vec![Vec::new(); ground + 1];
        for (index, arc) in arcs.iter().enumerate() {
            around[arc.from].push(index);
            around[arc.to].push(index);
        }
        let arc_of = arcs.iter().enumerate().map(|(index, arc)| (arc.place, index)).collect();
        // What a shortest period changes, the longer one that it is in tells, if only that is published.
        let told = |time: usize| match space.chain(time).iter().find(|time| !silent(**time)) {
            Some(first) => end(*first),
            None => begin(*space.chain(time).last().expect("a chain holds its own beginning")),
        };
        let ends = (0..times).map(told).collect();
        let begins = (0..times).map(begin).collect();
        let known = RefCell::new(Known {
            moved: vec![None; arcs.len()],
            best: vec![None; around.len()],
            came: vec![(0, 0); around.len()],
            queue: BinaryHeap::new(),
        });
        Self { arcs, around, arc_of, ends, begins, known }
    }

    /// Changes that raise (+1) or lower (−1) one place by up to `wanted` while all sums stay.
    pub(super) fn around(&self, terms: Terms<'_>, place: usize, sign: i64, wanted: i64) -> Flow {
        let (Some(arc), Some(price)) = (self.arc_of.get(&place), terms.price(place)) else {
            return Flow::default();
        };
        let Arc { from, to, .. } = self.arcs[*arc];
        let ends = if sign > 0 { (to, from) } else { (from, to) };
        let wanted = wanted.min(terms.reach(place, sign));
        let mut flow = self.push(terms, &Flow::default(), ends, Some(*arc), wanted);
        if flow.amount > 0 {
            flow.change.insert(place, sign * flow.amount);
            flow.cost += price;
        }
        flow
    }

    /// As much as can be of a change of all parts together, on top of changes made before.
    pub(super) fn through(&self, terms: Terms<'_>, by: Move, before: &Flow, wanted: i64) -> Flow {
        let (more, less) = (self.ends[by.more], self.less(by));
        let ends = if by.sign > 0 { (less, more) } else { (more, less) };
        self.push(terms, before, ends, None, wanted)
    }

    /// As [`Self::through`], but so that one place changes as much as everyone does.
    pub(super) fn through_place(
        &self,
        terms: Terms<'_>,
        place: usize,
        by: Move,
        before: &Flow,
        wanted: i64,
    ) -> Flow {
        let (Some(index), Some(price)) = (self.arc_of.get(&place), terms.price(place)) else {
            return Flow::default();
        };
        let arc = &self.arcs[*index];
        let (more, less) = (self.ends[by.more], self.less(by));
        let own = before.change.get(&place).copied();
        let wanted = wanted.min(terms.reach(place, by.sign) - by.sign * own.unwrap_or(0));
        let ways = if by.sign > 0 {
            [(arc.to, more), (less, arc.from)]
        } else {
            [(arc.from, less), (more, arc.to)]
        };
        let mut so_far = before.clone();
        let mut flow = Flow { amount: wanted.max(0), ..Flow::default() };
        for ends in ways {
            let part = self.push(terms, &so_far, ends, Some(*index), flow.amount);
            flow.amount = part.amount;
            so_far.join(part.clone());
            flow.join(part);
        }
        flow.cost += if own.is_some() { 0 } else { price };
        flow.change.insert(place, by.sign * flow.amount);
        flow
    }

    fn less(&self, by: Move) -> usize {
        match by.less {
            End::Shortest(time) => self.ends[time],
            End::Longest(time) => self.begins[time],
        }
    }

    /// Moves as much as wanted, if it can be, along paths that are cheap.
    fn push(
        &self,
        terms: Terms<'_>,
        before: &Flow,
        (from, to): (usize, usize),
        banned: Option<usize>,
        wanted: i64,
    ) -> Flow {
        let mut flow = Flow::default();
        if from == to {
            flow.amount = wanted.max(0);
            return flow;
        }
        let known = &mut *self.known.borrow_mut();
        known.moved.fill(None);
        for (place, by) in &before.change {
            if let Some(arc) = self.arc_of.get(place) {
                known.moved[*arc] = Some(*by);
            }
        }
        // In large steps first, so that few cells are touched.
        let mut step = wanted;
        while flow.amount < wanted && step > 0 {
            step = step.min(wanted - flow.amount);
            let Some(path) = self.path(terms, known, (from, to), banned, step) else {
                // Where one can't be moved, no more can.
                let is_none = step > 1 && self.path(terms, known, (from, to), banned, 1).is_none();
                step = if is_none { 0 } else { step / 2 };
                continue;
            };
            for (arc, sign) in path {
                let place = self.arcs[arc].place;
                if known.moved[arc].is_none() {
                    flow.cost += terms.price(place).unwrap_or(0);
                }
                *known.moved[arc].get_or_insert(0) += sign * step;
                *flow.change.entry(place).or_default() += sign * step;
            }
            flow.amount += step;
        }
        flow
    }

    /// The cheapest path on which `step` more can be moved; of equally cheap ones the shortest, and
    /// of those the one that meets lower nodes first (Dijkstra).
    fn path(
        &self,
        terms: Terms<'_>,
        known: &mut Known,
        (from, to): (usize, usize),
        banned: Option<usize>,
        step: i64,
    ) -> Option<Vec<(usize, i64)>> {
        let Known { moved, best, came, queue } = known;
        best.fill(None);
        queue.clear();
        best[from] = Some((0, 0));
        queue.push(Reverse(((0_i64, 0_usize), from)));
        while let Some(Reverse((far, node))) = queue.pop() {
            if node == to {
                return Some(self.way((from, to), came));
            }
            if best[node] != Some(far) {
                continue;
            }
            for index in self.around[node].iter().filter(|index| Some(**index) != banned) {
                let arc = &self.arcs[*index];
                let (next, sign) = if arc.from == node { (arc.to, 1) } else { (arc.from, -1) };
                let Some(price) = terms.price(arc.place) else { continue };
                let moved = moved[*index];
                if terms.reach(arc.place, sign) - sign * moved.unwrap_or(0) < step {
                    continue;
                }
                let price = if moved.is_some() { 0 } else { price };
                let there = (far.0 + price, far.1 + 1);
                if best[next].is_none_or(|known| there < known) {
                    best[next] = Some(there);
                    came[next] = (*index, sign);
                    queue.push(Reverse((there, next)));
                }
            }
        }
        None
    }

    /// The arcs of a path, the last first.
    fn way(&self, (from, to): (usize, usize), came: &[(usize, i64)]) -> Vec<(usize, i64)> {
        let mut path = Vec::new();
        let mut node = to;
        while node != from {
            let (index, sign) = came[node];
            path.push((index, sign));
            node = if sign > 0 { self.arcs[index].from } else { self.arcs[index].to };
        }
        path
    }
}
