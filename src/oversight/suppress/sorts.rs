//! Sorts of people, and how moving them changes the counts.
//!
//! Measures that give each other away are a tree of sets of people: the units, those who met a
//! criterion, and those of them who met a further one. A person of a certain sort is in some of these
//! sets, and another table differs from the true one by persons who are moved or change their sort.
//!
//! Measures of the same units are hidden together, because what their definitions have to do with one
//! another is not known: they may be the parts of a whole. Only a chain of definitions that differ in a
//! width alone is known to be sets within sets, so that hiding one of them can be enough.

use super::axes::Axes;
use super::count::{Count, Kept, Rows, layers, sheet};
use super::shares::{Linked, Part, Protected, whole};
use super::sheet::Sight;
use crate::oversight::{Row, is_share_high};

/// Parts with the same units; the units may be those who met a criterion of another block, or those
/// who did not.
struct Block<'p, 't> {
    parts: Vec<&'p Part<'t>>,
    inside: Option<(usize, bool)>,
}

/// Those who met a criterion.
struct Set<'p> {
    block: usize,
    layer: usize,
    /// The first layer of the measures that may be nested.
    alike: usize,
    met: &'p [i64],
    rest: &'p [i64],
    counted: bool,
}

/// Sets within sets.
pub(super) struct Tree<'p, 't> {
    blocks: Vec<Block<'p, 't>>,
    sets: Vec<Set<'p>>,
    layers: Vec<Vec<&'p Part<'t>>>,
    layers_of: Vec<Vec<usize>>,
    /// Pairs of sets of which the first is always within the second.
    nested: Vec<(usize, usize)>,
}

impl<'p, 't> Tree<'p, 't> {
    pub(super) fn new(own: &[usize], blocks: &'p [Linked<'p, 't>]) -> Self {
        let mut tree = Self {
            blocks: Vec::new(),
            sets: Vec::new(),
            layers: Vec::new(),
            layers_of: Vec::new(),
            nested: Vec::new(),
        };
        let mut set_of = std::collections::BTreeMap::new();
        for (index, block) in own.iter().enumerate() {
            let first_layer = tree.layers.len();
            for part in &blocks[*block].0 {
                let own = tree.layer_of(part, &blocks[*block].0, first_layer);
                let layer = own.unwrap_or(tree.layers.len());
                if own.is_none() {
                    tree.layers.push(Vec::new());
                }
                tree.layers[layer].push(part);
                if let Some(met) = &part.met {
                    if part.statistic.is_empty() {
                        set_of.insert(part.measure, tree.sets.len());
                    }
                    let alike = tree.layers[first_layer..]
                        .iter()
                        .position(|parts| is_alike(parts[0], part))
                        .map_or(layer, |place| first_layer + place);
                    let Part { rest, counted, .. } = part;
                    let counted = *counted;
                    tree.sets.push(Set { block: index, layer, alike, met, rest, counted });
                }
            }
            let layers = (first_layer..tree.layers.len()).collect();
            tree.layers_of.push(layers);
            tree.blocks.push(Block { parts: blocks[*block].0.clone(), inside: None });
        }
        for (index, block) in own.iter().enumerate() {
            tree.blocks[index].inside =
                blocks[*block].1.and_then(|(_, part, side)| Some((*set_of.get(&part)?, side)));
        }
        tree.nested = tree.find_nested();
        tree
    }

    /// The layer, of those from one on, whose rows are hidden with those of a part.
    fn layer_of(&self, part: &Part<'_>, block: &[&Part<'_>], from: usize) -> Option<usize> {
        let are_apart = is_chain(block.iter().copied().filter(|other| is_alike(other, part)));
        let with = |parts: &Vec<&Part<'_>>| {
            is_alike(parts[0], part) && (!are_apart || parts[0].met == part.met)
        };
        self.layers[from..].iter().position(with).map(|place| from + place)
    }

    fn find_nested(&self) -> Vec<(usize, usize)> {
        let sets = self.sets.len();
        let pairs = (0..sets).flat_map(|less| (0..sets).map(move |more| (less, more)));
        let within = |(less, more): &(usize, usize)| {
            less != more
                && self.sets[*less].counted
                && self.sets[*more].counted
                && self.sets[*less].alike == self.sets[*more].alike
                && self.sets[*less].met.iter().zip(self.sets[*more].met).all(|(a, b)| a <= b)
        };
        pairs.filter(within).collect()
    }

    /// True if a person of this sort is among the units of a block.
    fn in_block(&self, sort: &[bool], block: usize) -> bool {
        self.blocks[block].inside.is_none_or(|(set, side)| {
            sort[set] == side && self.in_block(sort, self.sets[set].block)
        })
    }

    fn is_possible(&self, sort: &[bool]) -> bool {
        let inside = |set: usize| !sort[set] || self.in_block(sort, self.sets[set].block);
        (0..sort.len()).all(inside) && self.nested.iter().all(|(a, b)| !sort[*a] || sort[*b])
    }

    /// The fewest sets that a person in one set is in.
    fn with(&self, set: usize) -> Vec<bool> {
        let mut sort = vec![false; self.sets.len()];
        let mut waiting = vec![set];
        while let Some(set) = waiting.pop() {
            if sort[set] {
                continue;
            }
            sort[set] = true;
            waiting.extend(self.nested.iter().filter(|(a, _)| *a == set).map(|(_, b)| *b));
            let inside = self.blocks[self.sets[set].block].inside;
            waiting.extend(inside.filter(|(_, side)| *side).map(|(set, _)| set));
        }
        sort
    }

    /// The most sets that a person who is not in one set is in.
    fn without(&self, set: Option<usize>) -> Vec<bool> {
        let mut sort = vec![true; self.sets.len()];
        if let Some(set) = set {
            sort[set] = false;
        }
        loop {
            let wrong = (0..sort.len()).find(|set| {
                let narrow = self.nested.iter().any(|(a, b)| a == set && !sort[*b]);
                sort[*set] && (narrow || !self.in_block(&sort, self.sets[*set].block))
            });
            match wrong {
                Some(set) => sort[set] = false,
                None => return sort,
            }
        }
    }

    fn counts(&self) -> (Vec<Count>, Vec<What>) {
        let small = |values: Vec<i64>, layers: Vec<usize>, jointly: bool| Count {
            values,
            layers,
            jointly,
            kept: Kept::Small,
        };
        let mut counts = Vec::new();
        let mut whats = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            counts.push(small(block.parts[0].units.clone(), self.layers_of[index].clone(), false));
            whats.push(What { more: None, less: None, block: index });
        }
        for (index, set) in self.sets.iter().enumerate() {
            let kept = || if set.counted { Kept::Small } else { Kept::Open };
            let of = |values: &[i64]| Count {
                values: values.to_vec(),
                layers: vec![set.layer],
                jointly: false,
                kept: kept(),
            };
            counts.push(of(set.met));
            whats.push(What { more: Some(index), less: None, block: set.block });
            counts.push(of(set.rest));
            whats.push(What { more: None, less: Some(index), block: set.block });
        }
        for (less, more) in &self.nested {
            let (set, inner) = (&self.sets[*more], &self.sets[*less]);
            let between = set.met.iter().zip(inner.met).map(|(all, met)| all - met).collect();
            let (layers, jointly) = match (inner.layer, set.layer) {
                (own, other) if own == other => (vec![own], false),
                (own, other) => (vec![own, other], true),
            };
            counts.push(small(between, layers, jointly));
            whats.push(What { more: Some(*more), less: Some(*less), block: set.block });
        }
        (counts, whats)
    }

    /// How each sort of person, and each change of one sort to another, changes the counts.
    fn moves(&self, whats: &[What]) -> Vec<Vec<i64>> {
        let all = |sort: &Vec<bool>| -> Vec<i64> {
            whats.iter().map(|what| i64::from(what.counts(self, sort))).collect()
        };
        let sets = || 0..self.sets.len();
        let mut sorts = vec![vec![false; self.sets.len()], self.without(None)];
        sorts.extend(sets().flat_map(|set| [self.with(set), self.without(Some(set))]));
        let mut moves: Vec<Vec<i64>> =
            sorts.iter().filter(|sort| self.is_possible(sort)).map(all).collect();
        for set in sets() {
            let met = self.with(set);
            let mut unmet = met.clone();
            unmet[set] = false;
            if self.is_possible(&met) && self.is_possible(&unmet) {
                moves.push(all(&met).into_iter().zip(all(&unmet)).map(|(a, b)| a - b).collect());
            }
        }
        let mut distinct: Vec<Vec<i64>> = Vec::new();
        for one in moves {
            if !distinct.contains(&one) && one.iter().any(|by| *by != 0) {
                distinct.push(one);
            }
        }
        distinct
    }

    pub(super) fn protected(&self, axes: &Axes, threshold: i64) -> Protected<'t> {
        let (counts, whats) = self.counts();
        let merged: Vec<Rows<'t>> = self.layers.iter().map(|parts| merged(parts)).collect();
        let size = |row: &Row| whole(row.denominator);
        let mut layers = layers(&merged, &counts, &axes.space, size, threshold);
        for (layer, parts) in layers.iter_mut().zip(&self.layers) {
            // The share of high values is published for groups, not for attributes.
            for place in 0..axes.space.places() {
                if is_share_high(parts[0].statistic) && axes.is_attribute(place) {
                    layer.sight[place] = Sight::Unpublished;
                }
            }
        }
        let sheet = sheet(axes.space.clone(), layers, &counts, &self.moves(&whats), threshold);
        let rows = self
            .layers
            .iter()
            .map(|parts| parts.iter().map(|part| part.rows.clone()).collect())
            .collect();
        Protected { sheet, rows }
    }
}

/// True if two parts of one block may be shown by the same layer.
fn is_alike(one: &Part<'_>, other: &Part<'_>) -> bool {
    one.statistic.is_empty() && other.statistic.is_empty() && one.shape == other.shape
}

/// True if parts are counts of one definition, which differ in its width alone.
fn is_chain<'p, 't: 'p>(mut parts: impl Iterator<Item = &'p Part<'t>>) -> bool {
    let Some(first) = parts.next() else { return false };
    let of = |part: &Part<'t>| part.widening.filter(|_| part.counted).map(|one| &one.of);
    of(first).is_some() && parts.all(|part| of(part) == of(first))
}

/// The rows of several parts, by place.
fn merged<'t>(parts: &[&Part<'t>]) -> Rows<'t> {
    let mut all: Rows<'t> = vec![Vec::new(); parts[0].rows.len()];
    for part in parts {
        all.iter_mut().zip(&part.rows).for_each(|(all, rows)| all.extend(rows.iter().copied()));
    }
    all
}

/// Units of a block that are in one set, not in another, or both.
struct What {
    more: Option<usize>,
    less: Option<usize>,
    block: usize,
}

impl What {
    fn counts(&self, tree: &Tree<'_, '_>, sort: &[bool]) -> bool {
        tree.in_block(sort, self.block)
            && self.more.is_none_or(|set| sort[set])
            && self.less.is_none_or(|set| !sort[set])
    }
}
