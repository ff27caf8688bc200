//! Totals and parts, and the ways in which counts can change while every sum stays right.

/// Nodes changed by a move, and in which direction.
pub(super) type Move = Vec<(usize, i8)>;

/// More choices than these are not listed one by one.
const CHOICES: usize = 64;

/// Nodes of which some are totals of others. A total may be split in several ways, and every node
/// is a part of at most one split.
#[derive(Debug, Clone, Default)]
pub(super) struct Hierarchy {
    splits: Vec<(usize, Vec<usize>)>,
    /// The split that a node is a part of.
    part_of: Vec<Option<usize>>,
    /// The splits that a node is the total of.
    total_of: Vec<Vec<usize>>,
}

impl Hierarchy {
    pub(super) fn new(nodes: usize, splits: Vec<(usize, Vec<usize>)>) -> Self {
        let splits: Vec<_> = splits.into_iter().filter(|(_, parts)| !parts.is_empty()).collect();
        let mut part_of = vec![None; nodes];
        let mut total_of = vec![Vec::new(); nodes];
        for (index, (total, parts)) in splits.iter().enumerate() {
            total_of[*total].push(index);
            parts.iter().for_each(|part| part_of[*part] = Some(index));
        }
        Self { splits, part_of, total_of }
    }

    /// The total that a node is a part of.
    pub(super) fn total(&self, node: usize) -> Option<usize> {
        self.part_of[node].map(|split| self.splits[split].0)
    }

    /// True if the node is the total of others.
    pub(super) fn is_total(&self, node: usize) -> bool {
        !self.total_of[node].is_empty()
    }

    /// The splits: a total and its parts.
    pub(super) fn splits(&self) -> &[(usize, Vec<usize>)] {
        &self.splits
    }

    /// Every simplest way to raise a node by one: a part falls in its stead, or the total rises
    /// with it. Whatever rises or falls takes one part of each of its other splits along.
    pub(super) fn moves(&self, node: usize) -> Vec<Move> {
        let mut moves = Vec::new();
        for taken in self.with_parts(node) {
            self.balance(node, signed(&taken, 1), &mut moves);
        }
        moves
    }

    fn balance(&self, node: usize, moved: Move, moves: &mut Vec<Move>) {
        let Some(split) = self.part_of[node] else {
            moves.push(moved);
            return;
        };
        let (total, parts) = &self.splits[split];
        for part in parts.iter().filter(|part| **part != node) {
            for taken in self.with_parts(*part) {
                moves.push([&moved[..], &signed(&taken, -1)].concat());
            }
        }
        for taken in self.choices(*total, Some(split)) {
            let risen = [&moved[..], &[(*total, 1)], &signed(&taken, 1)].concat();
            self.balance(*total, risen, moves);
        }
    }

    /// The node with one part of each of its splits, in every way.
    fn with_parts(&self, node: usize) -> Vec<Vec<usize>> {
        self.choices(node, None).into_iter().map(|taken| [&[node][..], &taken].concat()).collect()
    }

    fn choices(&self, total: usize, except: Option<usize>) -> Vec<Vec<usize>> {
        let splits = self.total_of[total].iter().filter(|split| Some(**split) != except);
        let options: Vec<Vec<Vec<usize>>> = splits
            .map(|split| {
                self.splits[*split].1.iter().flat_map(|part| self.with_parts(*part)).collect()
            })
            .collect();
        let number = options.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul);
        if number.is_none_or(|number| number > CHOICES) {
            // Too many to try: the n-th option of every split together.
            let most = options.iter().map(Vec::len).max().unwrap_or(0);
            let nth = |n: usize| {
                options
                    .iter()
                    .filter(|o| !o.is_empty())
                    .flat_map(|o| o[n % o.len()].clone())
                    .collect()
            };
            return (0..most.min(CHOICES)).map(nth).collect();
        }
        let start = vec![Vec::new()];
        options.iter().fold(start, |chosen: Vec<Vec<usize>>, options| {
            let with = |one: &Vec<usize>| {
                options.iter().map(|o| [&one[..], o].concat()).collect::<Vec<_>>()
            };
            chosen.iter().flat_map(with).collect()
        })
    }
}

fn signed(nodes: &[usize], sign: i8) -> Move {
    nodes.iter().map(|node| (*node, sign)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every move leaves every split in balance.
    #[test]
    fn moves_keep_every_sum() {
        let splits = vec![(0, vec![1, 2]), (0, vec![3, 4, 5]), (3, vec![6, 7])];
        let hierarchy = Hierarchy::new(8, splits.clone());
        for node in 0..8 {
            let moves = hierarchy.moves(node);
            assert!(!moves.is_empty());
            for one in moves {
                let change = |node: usize| -> i32 {
                    one.iter()
                        .filter(|(moved, _)| *moved == node)
                        .map(|(_, sign)| i32::from(*sign))
                        .sum()
                };
                assert_eq!(change(node), 1, "{one:?}");
                for (total, parts) in &splits {
                    assert_eq!(
                        change(*total),
                        parts.iter().map(|part| change(*part)).sum::<i32>(),
                        "{one:?}"
                    );
                }
            }
        }
    }
}
