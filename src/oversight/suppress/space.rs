//! How cells add up: periods to longer periods, and the parts of every breakdown to everyone.

/// The parts of everyone in one breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its spots; never the first, which is everyone.
    pub(super) members: Vec<usize>,
    /// False if a person may be in several parts, so that they say nothing about each other.
    pub(super) adds_up: bool,
    /// Periods in which it is not published.
    pub(super) unpublished: Vec<usize>,
}

/// Places are spots × times. The first spot is everyone; every other one is in one breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Space {
    pub(super) spots: usize,
    pub(super) kinds: Vec<Kind>,
    /// The next longer period, for each period that is added up into one.
    parents: Vec<Option<usize>>,
    children: Vec<Vec<usize>>,
    /// The breakdown that each spot is in.
    kind_of: Vec<Option<usize>>,
}

impl Space {
    pub(super) fn new(spots: usize, kinds: Vec<Kind>, parents: Vec<Option<usize>>) -> Self {
        let mut children = vec![Vec::new(); parents.len()];
        for (time, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                children[*parent].push(time);
            }
        }
        let mut kind_of = vec![None; spots];
        for (index, kind) in kinds.iter().enumerate() {
            for spot in &kind.members {
                kind_of[*spot] = Some(index);
            }
        }
        Self { spots, kinds, parents, children, kind_of }
    }

    pub(super) fn times(&self) -> usize {
        self.parents.len()
    }

    pub(super) fn places(&self) -> usize {
        self.spots * self.times()
    }

    pub(super) fn place(&self, spot: usize, time: usize) -> usize {
        spot * self.times() + time
    }

    /// Spot and time of a place.
    pub(super) fn split(&self, place: usize) -> (usize, usize) {
        (place / self.times(), place % self.times())
    }

    pub(super) fn kind_of(&self, spot: usize) -> Option<usize> {
        self.kind_of[spot]
    }

    pub(super) fn parent(&self, time: usize) -> Option<usize> {
        self.parents[time]
    }

    /// The periods that are added up into this one.
    pub(super) fn children(&self, time: usize) -> &[usize] {
        &self.children[time]
    }

    pub(super) fn is_leaf(&self, time: usize) -> bool {
        self.children[time].is_empty()
    }

    /// The period and all longer ones that it is added up into.
    pub(super) fn chain(&self, time: usize) -> Vec<usize> {
        std::iter::successors(Some(time), |time| self.parents[*time]).collect()
    }

    /// The shortest periods inside a period; the period itself if it has no parts.
    pub(super) fn leaves(&self, time: usize) -> Vec<usize> {
        if self.is_leaf(time) {
            return vec![time];
        }
        self.children[time].iter().flat_map(|child| self.leaves(*child)).collect()
    }

    /// The period and all shorter ones inside it.
    pub(super) fn below(&self, time: usize) -> Vec<usize> {
        let inside = self.children[time].iter().flat_map(|child| self.below(*child));
        std::iter::once(time).chain(inside).collect()
    }

    /// The periods that change if one shortest period has more: every longer one too, or those up to
    /// where another shortest period has as much less.
    pub(super) fn walk(&self, more: usize, less: Option<usize>) -> Vec<(usize, i64)> {
        let up = self.chain(more);
        let down = less.map(|less| self.chain(less)).unwrap_or_default();
        let only = |one: &[usize], other: &[usize], sign: i64| -> Vec<(usize, i64)> {
            one.iter().filter(|time| !other.contains(time)).map(|time| (*time, sign)).collect()
        };
        let mut walk = only(&up, &down, 1);
        walk.extend(only(&down, &up, -1));
        walk
    }
}
