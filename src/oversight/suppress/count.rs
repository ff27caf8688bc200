//! From counts and the ways in which they move to a sheet.

use super::sheet::{BEYOND, Direction, Layer, Limits, Need, Reader, Sheet, Sight};
use super::space::Space;
use crate::oversight::Row;

/// A count in every place.
#[derive(Debug, Clone)]
pub(super) struct Count {
    /// Zero where there is no row.
    pub(super) values: Vec<i64>,
    /// Layers whose rows show it.
    pub(super) layers: Vec<usize>,
    /// True if it takes the rows of all these layers to tell it.
    pub(super) jointly: bool,
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
    /// A sum of money, in these places: its range must be as wide as the sum.
    Sum(Vec<bool>),
}

/// Rows of a layer by place; several where equal rows stand in one.
pub(super) type Rows<'t> = Vec<Vec<&'t Row>>;

pub(super) fn is_small(count: i64, threshold: i64) -> bool {
    0 < count && count < threshold
}

/// How wide a range an informed reader must be left with: one count and another.
const CHOICE: i64 = 1;

impl Count {
    /// The least that a reader must take the count for.
    fn least(&self, place: usize, reader: Reader) -> i64 {
        match (reader, &self.kept) {
            (Reader::Plain, _) | (_, Kept::Sum(_) | Kept::Open) => 0,
            (Reader::Informed, Kept::Small) => self.values[place].min(1),
        }
    }

    /// True if a row of a layer shows it by itself.
    fn is_shown_by(&self, layer: usize) -> bool {
        !self.jointly && self.layers.contains(&layer)
    }

    fn is_kept(&self, place: usize, threshold: i64) -> bool {
        match &self.kept {
            Kept::Small => is_small(self.values[place], threshold),
            Kept::Sum(places) => places[place] && self.values[place] > 0,
            Kept::Open => false,
        }
    }

    /// How wide the range must be that each reader is left with.
    fn widths(&self, place: usize, threshold: i64) -> Vec<(Reader, i64)> {
        match &self.kept {
            _ if !self.is_kept(place, threshold) => Vec::new(),
            Kept::Sum(_) => vec![(Reader::Plain, self.values[place])],
            _ => vec![(Reader::Plain, threshold), (Reader::Informed, CHOICE.min(threshold - 1))],
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
            let mut own = counts.iter().filter(|count| count.is_shown_by(index));
            own.any(|count| matches!(count.kept, Kept::Small) && count.is_kept(place, threshold))
        };
        let fixed: Vec<bool> = (0..space.places())
            .map(|place| few(place) || rows[place].iter().any(|row| must_hide(row, threshold)))
            .collect();
        let unpublished = unpublished(space, published, |place| {
            counts.iter().any(|count| count.is_shown_by(index) && count.values[place] > 0)
        });
        let sight = (0..space.places()).map(|place| match (published(place), fixed[place]) {
            (false, _) if unpublished[place] => Sight::Unpublished,
            (false, _) => Sight::Missing,
            (true, true) => Sight::Hidden,
            (true, false) => Sight::Shown,
        });
        let cost = (0..space.places()).map(|place| {
            let all = rows[place].first().map_or(0, |row| size(row));
            let known = rows[place].iter().any(|row| row.shown_before);
            (all + threshold) * worth(space, place) * if known { SHOWN_BEFORE } else { 1 }
        });
        Layer { sight: sight.collect(), cost: cost.collect(), fixed }
    };
    rows.iter().enumerate().map(layer).collect()
}

/// Places whose breakdown is not published in their period, or not at all though there is something to
/// break down. No row says nothing there; elsewhere, it says that there was nothing to count.
fn unpublished(
    space: &Space,
    published: impl Fn(usize) -> bool,
    has_some: impl Fn(usize) -> bool,
) -> Vec<bool> {
    let mut unpublished = vec![false; space.places()];
    let times = || 0..space.times();
    let is_counted = times().any(|time| has_some(space.place(0, time)));
    for kind in &space.kinds {
        let places =
            || kind.members.iter().flat_map(|spot| times().map(|time| space.place(*spot, time)));
        let never = is_counted && !places().any(&published);
        for place in places() {
            unpublished[place] = never || kind.unpublished.contains(&space.split(place).1);
        }
    }
    unpublished
}

/// Hiding what an earlier release showed helps nobody: anything else is hidden instead.
const SHOWN_BEFORE: i64 = 1024;

/// Headlines are worth more than their parts, and longer periods more than shorter ones.
fn worth(space: &Space, place: usize) -> i64 {
    let (spot, time) = space.split(place);
    let steps = if space.is_leaf(time) { 0 } else { 3 - space.chain(time).len().min(2) };
    match (spot, steps) {
        (0, 0) => 4,
        (0, 1) => 16,
        (0, _) => 64,
        (_, 0 | 1) => 1,
        (_, _) => 2,
    }
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
            let published = count
                .layers
                .iter()
                .any(|layer| matches!(layers[*layer].sight[place], Sight::Shown | Sight::Hidden));
            let widths = count.widths(place, threshold).into_iter().filter(|_| published);
            needs.extend(widths.map(|(reader, width)| Need {
                place,
                width,
                reader,
                directions: own.clone(),
            }));
        }
    }
    Sheet::new(space, layers, directions, needs)
}

fn direction(space: &Space, layers: &[Layer], counts: &[Count], by: &[i64]) -> Direction {
    let changed = || counts.iter().zip(by).filter(|(_, by)| **by != 0);
    let seen = changed().filter(|(count, _)| !count.jointly);
    let mut seen_in: Vec<usize> =
        seen.flat_map(|(count, _)| count.layers.iter().copied()).collect();
    seen_in.sort_unstable();
    seen_in.dedup();
    let limits = [Reader::Plain, Reader::Informed].map(|reader| {
        let mut room = vec![BEYOND; space.places()];
        let mut stock = vec![BEYOND; space.places()];
        for (count, by) in changed() {
            let limit = if *by > 0 { &mut stock } else { &mut room };
            for (place, limit) in limit.iter_mut().enumerate() {
                let unknown = |layer: &usize| layers[*layer].sight[place] == Sight::Unpublished;
                if !count.layers.iter().all(unknown) {
                    *limit = (*limit).min(count.values[place] - count.least(place, reader));
                }
            }
        }
        Limits { room, stock }
    });
    Direction { ruled_out: vec![true; seen_in.len()], seen_in, limits }
}
