//! What is published in every place, what may not be found out, and how counts may move unseen.

use super::space::Space;

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
}

impl Sheet {
    /// What it costs to keep a change in a place from being seen; nothing if it can't be kept.
    pub(super) fn price(&self, direction: usize, place: usize) -> Option<i64> {
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
        let mut hidden = Vec::new();
        for layer in &self.directions[direction].seen_in {
            let sight = &mut self.layers[*layer].sight[place];
            if *sight == Sight::Shown {
                *sight = Sight::Hidden;
                hidden.push(*layer);
            }
        }
        hidden
    }

    /// Hides every row.
    pub(super) fn hide_all(&mut self) {
        for sight in self.layers.iter_mut().flat_map(|layer| &mut layer.sight) {
            if *sight == Sight::Shown {
                *sight = Sight::Hidden;
            }
        }
    }

    pub(super) fn is_hidden(&self, layer: usize, place: usize) -> bool {
        self.layers[layer].sight[place] == Sight::Hidden
    }
}
