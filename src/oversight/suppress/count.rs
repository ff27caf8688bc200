//! From counts and the ways in which they move to a sheet.

use super::sheet::{BEYOND, Direction, Layer, Need, Sheet, Sight};
use super::space::Space;
use crate::oversight::Row;

/// A count in every place.
#[derive(Debug, Clone)]
pub(super) struct Count {
    /// Zero where there is no row.
    pub(super) values: Vec<i64>,
    /// Layers whose rows show it.
    pub(super) layers: Vec<usize>,
    /// How well it must be kept.
    pub(super) kept: Kept,
}

/// What readers may not find out about a count.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// Nothing: it only limits others.
    Open,
    /// That it is small.
    Small,
    /// A sum of money or the like: within half of it, in these places.
    Sum(Vec<bool>),
}

/// Rows of a layer by place; several where equal rows stand in one.
pub(super) type Rows<'t> = Vec<Vec<&'t Row>>;

pub(super) fn is_small(count: i64, threshold: i64) -> bool {
    0 < count && count < threshold
}

impl Count {
    /// An informed reader knows that zeros are shown, so that a hidden count is one at least.
    fn least(&self, place: usize) -> i64 {
        match self.kept {
            Kept::Sum(_) => 0,
            Kept::Open | Kept::Small => self.values[place].min(1),
        }
    }

    fn width(&self, place: usize, threshold: i64) -> Option<i64> {
        let value = self.values[place];
        match &self.kept {
            Kept::Small => is_small(value, threshold).then_some(threshold - 1),
            Kept::Sum(places) => places[place].then_some(value).filter(|value| *value > 0),
            Kept::Open => None,
        }
    }
}

/// Layers in which nothing is hidden yet but what must be.
pub(super) fn layers(
    rows: &[Rows<'_>],
    counts: &[Count],
    space: &Space,
    size: impl Fn(&Row) -> i64,
    threshold: i64,
) -> Vec<Layer> {
    let layer = |(index, rows): (usize, &Rows<'_>)| {
        let published = |place: usize| !rows[place].is_empty();
        let few = |place: usize| {
            let mut own = counts.iter().filter(|count| count.layers.contains(&index));
            own.any(|count| {
                !matches!(count.kept, Kept::Sum(_)) && count.width(place, threshold).is_some()
            })
        };
        let fixed: Vec<bool> = (0..space.places())
            .map(|place| few(place) || rows[place].iter().any(|row| must_hide(row, threshold)))
            .collect();
        let sight = (0..space.places()).map(|place| match (published(place), fixed[place]) {
            (false, _) => Sight::Missing,
            (true, true) => Sight::Hidden,
            (true, false) => Sight::Shown,
        });
        // Headlines are worth more than their parts.
        let cost = (0..space.places()).map(|place| {
            let all = rows[place].first().map_or(0, |row| size(row));
            (all + threshold) * if space.split(place).0 == 0 { 4 } else { 1 }
        });
        Layer { sight: sight.collect(), cost: cost.collect(), fixed }
    };
    rows.iter().enumerate().map(layer).collect()
}

fn must_hide(row: &Row, threshold: i64) -> bool {
    row.dominated
        || !row.state.shows_numbers()
        || row.members.is_some_and(|members| is_small(members, threshold))
}

/// The sheet of counts that move in some directions; each direction says by how much it changes
/// each count.
pub(super) fn sheet(
    space: Space,
    layers: Vec<Layer>,
    counts: &[Count],
    moves: &[Vec<i64>],
    threshold: i64,
) -> Sheet {
    let directions =
        moves.iter().map(|by| direction(&space, &layers, counts, by)).collect::<Vec<_>>();
    let mut needs = Vec::new();
    for (index, count) in counts.iter().enumerate() {
        let own: Vec<usize> = (0..moves.len()).filter(|by| moves[*by][index] != 0).collect();
        for place in 0..space.places() {
            let published = count.layers.iter().any(|layer| {
                matches!(layers[*layer].sight[place], Sight::Shown | Sight::Hidden)
            });
            if let Some(width) = count.width(place, threshold).filter(|_| published) {
                needs.push(Need { place, width, directions: own.clone() });
            }
        }
    }
    Sheet { space, layers, directions, needs }
}

fn direction(space: &Space, layers: &[Layer], counts: &[Count], by: &[i64]) -> Direction {
    let mut room = vec![BEYOND; space.places()];
    let mut stock = vec![BEYOND; space.places()];
    let mut seen_in = Vec::new();
    for (count, by) in counts.iter().zip(by).filter(|(_, by)| **by != 0) {
        seen_in.extend(count.layers.iter().copied());
        let limit = if *by > 0 { &mut stock } else { &mut room };
        for (place, limit) in limit.iter_mut().enumerate() {
            let unknown = |layer: &usize| layers[*layer].sight[place] == Sight::Unpublished;
            if !count.layers.iter().all(unknown) {
                *limit = (*limit).min(count.values[place] - count.least(place));
            }
        }
    }
    seen_in.sort_unstable();
    seen_in.dedup();
    Direction { ruled_out_in: seen_in.clone(), seen_in, room, stock }
}
