//! What is published in every place, what may not be found out, and how counts may move unseen.

use super::space::{Kind, Space};

/// More than any count.
pub(super) const BEYOND: i64 = 1 << 50;

/// What readers see of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// There is no row, so that readers know there was nothing to count.
    Missing,
    /// Every number of the row is shown.
    Shown,
    /// Nothing of it is shown.
    Hidden,
    /// Rows of this sort are not published here at all.
    Unpublished,
}

/// Rows that are shown or hidden as a whole, one in each place.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) sight: Vec<Sight>,
    /// What is lost by hiding the row.
    pub(super) cost: Vec<i64>,
    /// True if the row must stay hidden.
    pub(super) fixed: Vec<bool>,
}

/// A way in which counts may change: one more of a certain sort in one place, one less in another.
#[derive(Debug, Clone)]
pub(super) struct Direction {
    /// The layers in which a change would be seen.
    pub(super) seen_in: Vec<usize>,
    /// For each of them, true if a missing row says that there is none of this sort.
    pub(super) ruled_out: Vec<bool>,
    /// How many more and less each place can have, as each reader knows.
    pub(super) limits: [Limits; 2],
}

/// How far counts can change, by place.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// How many more each place can have.
    pub(super) room: Vec<i64>,
    /// How many less each place can have.
    pub(super) stock: Vec<i64>,
}

/// What a reader knows beside all that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reader {
    /// That counts are not negative.
    Plain,
    /// Also which hidden counts are zero, because zeros need not be hidden.
    Informed,
}

/// A count that may not be found out: its feasible range must have a certain width.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) place: usize,
    pub(super) width: i64,
    pub(super) reader: Reader,
    /// The directions in which the count itself changes, by one each.
    pub(super) directions: Vec<usize>,
}

/// Layers over one space, and what has to be kept from readers of all of them.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) space: Space,
    pub(super) layers: Vec<Layer>,
    pub(super) directions: Vec<Direction>,
    pub(super) needs: Vec<Need>,
    /// By breakdown and period: see [`silent`].
    silent: Vec<Vec<bool>>,
    /// By direction and place: see [`Sheet::price`].
    prices: Vec<Vec<Option<i64>>>,
}

/// For each period, true if nothing is published of a breakdown in it, nor in any other part of the next
/// longer period. Then nothing adds up there: however the parts of the longer period change, its own parts
/// can follow, because whole numbers with one total fill a table with any margins.
fn silent(space: &Space, layers: &[Layer], kind: &Kind) -> Vec<bool> {
    let unpublished =
        |place: usize| layers.iter().all(|layer| layer.sight[place] == Sight::Unpublished);
    let alone: Vec<bool> = (0..space.times())
        .map(|time| kind.members.iter().all(|spot| unpublished(space.place(*spot, time))))
        .collect();
    let below = |time: usize| space.below(time).iter().all(|time| alone[*time]);
    let beside = |parent: usize| space.children(parent).iter().all(|time| below(*time));
    (0..space.times()).map(|time| below(time) && space.parent(time).is_none_or(beside)).collect()
}

impl Sheet {
    pub(super) fn new(
        space: Space,
        layers: Vec<Layer>,
        directions: Vec<Direction>,
        needs: Vec<Need>,
    ) -> Self {
        let silent = space.kinds.iter().map(|kind| silent(&space, &layers, kind)).collect();
        let mut sheet = Self { space, layers, directions, needs, silent, prices: Vec::new() };
        sheet.prices = (0..sheet.directions.len()).map(|one| sheet.prices_of(one)).collect();
        sheet
    }

    /// Says in which layers that a direction is seen in a missing row rules it out.
    pub(super) fn rule_out(&mut self, direction: usize, ruled_out: Vec<bool>) {
        self.directions[direction].ruled_out = ruled_out;
        self.prices[direction] = self.prices_of(direction);
    }

    fn prices_of(&self, direction: usize) -> Vec<Option<i64>> {
        (0..self.space.places()).map(|place| self.sum_of_costs(direction, place)).collect()
    }

    /// True if a breakdown says nothing about a period.
    pub(super) fn is_silent(&self, kind: usize, time: usize) -> bool {
        self.silent[kind][time]
    }

    /// What it costs to keep a change in a place from being seen; nothing if it can't be kept.
    pub(super) fn price(&self, direction: usize, place: usize) -> Option<i64> {
        self.prices[direction][place]
    }

    /// Shows or hides a row, or changes what is lost by hiding it.
    pub(super) fn set(&mut self, (layer, place): (usize, usize), sight: Sight, cost: i64) {
        self.layers[layer].sight[place] = sight;
        self.layers[layer].cost[place] = cost;
        for direction in 0..self.directions.len() {
            if self.directions[direction].seen_in.contains(&layer) {
                self.prices[direction][place] = self.sum_of_costs(direction, place);
            }
        }
    }

    fn sum_of_costs(&self, direction: usize, place: usize) -> Option<i64> {
        let direction = &self.directions[direction];
        let mut price = 0;
        for (layer, ruled_out) in direction.seen_in.iter().zip(&direction.ruled_out) {
            match self.layers[*layer].sight[place] {
                Sight::Missing if *ruled_out => return None,
                Sight::Shown => price += self.layers[*layer].cost[place],
                Sight::Missing | Sight::Hidden | Sight::Unpublished => {}
            }
        }
        Some(price)
    }

    /// Hides whatever would show a change, and says in which layers that was something new.
    pub(super) fn hide(&mut self, direction: usize, place: usize) -> Vec<usize> {
        let seen_in = self.directions[direction].seen_in.iter().copied();
        let shown = |layer: &usize| self.layers[*layer].sight[place] == Sight::Shown;
        let hidden: Vec<usize> = seen_in.filter(shown).collect();
        for layer in &hidden {
            self.set((*layer, place), Sight::Hidden, self.layers[*layer].cost[place]);
        }
        hidden
    }

    /// Hides every row.
    pub(super) fn hide_all(&mut self) {
        for layer in 0..self.layers.len() {
            for place in 0..self.space.places() {
                if self.layers[layer].sight[place] == Sight::Shown {
                    self.set((layer, place), Sight::Hidden, self.layers[layer].cost[place]);
                }
            }
        }
    }

    pub(super) fn is_hidden(&self, layer: usize, place: usize) -> bool {
        self.layers[layer].sight[place] == Sight::Hidden
    }
}
