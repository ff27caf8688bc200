//! Which counts of a cell depend on each other, and how they can change together.

use super::grid::{Role, Variable, VariableMove};
use super::hierarchy::{Hierarchy, Move};

/// A numerator with what is left of its denominator, or the levels that share one out.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// The denominator.
    pub(super) whole: usize,
    /// Numerator and complement; or one numerator for each level of care.
    pub(super) parts: Vec<usize>,
    /// True for numerator and complement, which can only be hidden together.
    pub(super) pair: bool,
}

/// The kinds of counts in a cell while they are being collected.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    roles: Vec<(Role, i64)>,
    /// Denominators with their numerators.
    pub(super) parts: Vec<Parts>,
    /// Excluded units by reason.
    pub(super) reasons: Vec<(usize, Vec<usize>)>,
    /// Denominators with the members in them.
    pub(super) members: Vec<(usize, usize)>,
    /// Denominators with the numerators of rates.
    pub(super) rates: Vec<(usize, usize)>,
    /// Numerators of one denominator of which the first is never the greater.
    pub(super) nested: Vec<(usize, usize)>,
}

impl Variables {
    /// A new kind of count, with what a unit of it is worth to a reader.
    pub(super) fn add(&mut self, role: Role, weight: i64) -> usize {
        self.roles.push((role, weight));
        self.roles.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.roles.len()
    }

    /// The finished kinds, with every way in which they change.
    pub(super) fn finish(&self) -> Vec<Variable> {
        let parts = self.parts.iter().map(|parts| (parts.whole, parts.parts.clone()));
        let splits: Vec<_> = parts.chain(self.reasons.iter().cloned()).collect();
        let hierarchy = Hierarchy::new(self.len(), splits);
        let variable = |(index, (role, weight)): (usize, &(Role, i64))| Variable {
            role: *role,
            distinct: false,
            takes_along: self.takes_along(index),
            weight: *weight,
            moves: self.moves(index, &hierarchy),
        };
        self.roles.iter().enumerate().map(variable).collect()
    }

    /// A hidden denominator hides its row, a hidden numerator its complement, and either whatever
    /// it is itself the denominator of.
    fn takes_along(&self, variable: usize) -> Vec<usize> {
        let mut taken = vec![variable];
        let mut next = 0;
        while let Some(&from) = taken.get(next) {
            let mut add = |other: usize| {
                if !taken.contains(&other) {
                    taken.push(other);
                }
            };
            for (den, other) in self.members.iter().chain(&self.rates) {
                if *den == from {
                    add(*other);
                }
            }
            for parts in &self.parts {
                if parts.whole == from || (parts.pair && parts.parts.contains(&from)) {
                    parts.parts.iter().for_each(|part| add(*part));
                }
            }
            next += 1;
        }
        taken.retain(|other| *other != variable);
        taken
    }

    fn moves(&self, variable: usize, hierarchy: &Hierarchy) -> Vec<VariableMove> {
        let mut moves = hierarchy.moves(variable);
        if let Some((den, _)) = self.members.iter().find(|(_, members)| *members == variable) {
            moves.extend(
                hierarchy.moves(*den).into_iter().map(|one| [&one[..], &[(variable, 1)]].concat()),
            );
        }
        let nested: Vec<Move> = moves.iter().flat_map(|one| self.with_nested(one)).collect();
        moves.extend(nested);
        let with_members: Vec<Move> =
            moves.iter().filter_map(|one| self.with_members(one)).collect();
        moves.extend(with_members);
        moves
            .into_iter()
            .map(|changes| VariableMove { gaps: self.gaps(&changes), changes })
            .collect()
    }

    /// A numerator that rises inside its denominator may take along those that it is a part of, or
    /// those that are a part of it.
    fn with_nested(&self, one: &Move) -> Vec<Move> {
        let sign = |variable: usize| {
            one.iter().find(|(changed, _)| *changed == variable).map(|(_, sign)| *sign)
        };
        let pair = |variable: usize| {
            self.parts.iter().find(|parts| parts.pair && parts.parts[0] == variable)
        };
        let Some(own) = self.parts.iter().find(|parts| {
            parts.pair
                && sign(parts.whole).is_none()
                && sign(parts.parts[0]).is_some()
                && sign(parts.parts[1]).is_some()
        }) else {
            return Vec::new();
        };
        let (numerator, by) = (own.parts[0], sign(own.parts[0]).unwrap_or(1));
        let outer =
            self.nested.iter().filter(|(inner, _)| *inner == numerator).map(|(_, outer)| *outer);
        let inner =
            self.nested.iter().filter(|(_, outer)| *outer == numerator).map(|(inner, _)| *inner);
        let sets: [Vec<usize>; 2] = [outer.collect(), inner.collect()];
        let joined = |others: &[usize]| -> Move {
            let mut moved = one.clone();
            for parts in others.iter().filter_map(|other| pair(*other)) {
                moved.extend([(parts.parts[0], by), (parts.parts[1], -by)]);
            }
            moved
        };
        let all = [&sets[0][..], &sets[1][..]].concat();
        let lists = [&sets[0][..], &sets[1][..], &all[..]];
        lists.iter().filter(|list| !list.is_empty()).map(|list| joined(list)).collect()
    }

    /// The same move with the members of every denominator that changes.
    fn with_members(&self, one: &Move) -> Option<Move> {
        let mut moved = one.clone();
        for (den, members) in &self.members {
            let sign = one.iter().find(|(changed, _)| changed == den).map(|(_, sign)| *sign);
            if let Some(sign) = sign.filter(|_| one.iter().all(|(changed, _)| changed != members)) {
                moved.push((*members, sign));
            }
        }
        (moved.len() > one.len()).then_some(moved)
    }

    /// Where a part closes in on its whole: members on units, a numerator on a wider one.
    fn gaps(&self, changes: &Move) -> Vec<(usize, usize, i64)> {
        let by = |variable: usize| {
            changes
                .iter()
                .find(|(changed, _)| *changed == variable)
                .map_or(0, |(_, sign)| i64::from(*sign))
        };
        let members = self.members.iter().map(|(den, members)| (*members, *den));
        let pairs = members.chain(self.nested.iter().copied());
        pairs
            .map(|(part, whole)| (part, whole, by(part) - by(whole)))
            .filter(|(_, _, closing)| *closing != 0)
            .collect()
    }
}
