//! Proof by witness: a hidden count is safe if another table, which agrees with everything that is
//! shown, holds another count in its place. This finds such tables, and hides what they need.
//!
//! A witness is built from moves, each the product of a move of periods, groups, strata and
//! variables; a product of balanced moves leaves every sum of the table as it is (the hypercubes of
//! Repsilber's method, extended to totals). Hiding more can't undo a witness, so one pass over the
//! counts is enough, and no later audit can find a hole in the sums that are modelled.

use super::grid::{ABSENT, Grid, NOT_SHOWN, StratumMove, VariableMove};
use super::hierarchy::Move;

/// A hidden count and what the reader may not learn about it.
#[derive(Debug, Clone)]
pub(super) struct Need {
    pub(super) at: [usize; 3],
    pub(super) variable: usize,
    /// Direction of the first bound: +1 if the count could be larger, −1 if smaller.
    pub(super) direction: i8,
    /// How far it must be able to go in that direction.
    pub(super) reach: i64,
    /// How wide its feasible range must be in all.
    pub(super) width: i64,
    /// True if only moves count that leave the whole of the variable as it is.
    pub(super) inside: bool,
}

/// Works on a copy of the counts and keeps it equal to the truth between needs.
pub(super) struct Protector<'g> {
    grid: &'g mut Grid,
    now: Vec<i64>,
    touched: Vec<usize>,
}

/// A move that can be made: what it costs to hide, and how many steps it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Offer {
    cost: i64,
    steps: i64,
}

/// A found move, by its parts.
#[derive(Debug, Clone)]
struct Found<'m> {
    offer: Offer,
    periods: &'m Move,
    groups: &'m Move,
    change: &'m VariableMove,
    strata: Vec<(usize, i8)>,
}

/// The moves that can raise one count.
struct Ways {
    periods: Vec<Move>,
    groups: Vec<Move>,
    strata: Vec<StratumMove>,
    changes: Vec<VariableMove>,
}

/// Three dimensions of a move that is being priced.
#[derive(Clone, Copy)]
struct Frame<'m> {
    periods: &'m Move,
    groups: &'m Move,
    change: &'m VariableMove,
    all_strata: bool,
    pay: bool,
}

impl<'g> Protector<'g> {
    pub(super) fn new(grid: &'g mut Grid) -> Self {
        let now = grid.counts.clone();
        Self { grid, now, touched: Vec::new() }
    }

    /// Sees to it that a hidden count is safe.
    pub(super) fn protect(&mut self, need: &Need) {
        if !self.found_witness(need) {
            // Every total can rise with its parts, so that this needs sums that contradict each
            // other. Then the whole kind of count is hidden.
            for [period, group, stratum] in self.grid.cells() {
                let cell = self.grid.cell(period, group, stratum);
                if self.grid.counts[cell + need.variable] >= 0 {
                    self.grid.hide(cell, need.variable);
                }
            }
        }
    }

    fn found_witness(&mut self, need: &Need) -> bool {
        let ways = self.ways(need);
        let distinct = self.grid.variables[need.variable].distinct;
        let back = if distinct { 0 } else { self.go(&ways, -need.direction, need.width, false) };
        self.forget();
        let forward = need.reach.max(need.width - back);
        let mut left = forward - self.go(&ways, need.direction, forward, false);
        if left > 0 {
            left -= self.go(&ways, need.direction, left, true);
        }
        self.forget();
        left <= 0
    }

    fn ways(&self, need: &Need) -> Ways {
        let grid = &*self.grid;
        let [period, group, stratum] = need.at;
        let changes = grid.variables[need.variable].moves.iter();
        let keep = |change: &&VariableMove| {
            !need.inside
                || change.changes.iter().map(|(_, sign)| i32::from(*sign)).sum::<i32>() == 0
        };
        Ways {
            periods: grid.periods.moves(period),
            groups: grid.groups.moves(group),
            strata: grid.stratum_moves(stratum),
            changes: changes.filter(keep).cloned().collect(),
        }
    }

    fn forget(&mut self) {
        for index in self.touched.drain(..) {
            self.now[index] = self.grid.counts[index];
        }
    }

    /// Moves the count by up to `steps`, and returns by how many.
    fn go(&mut self, ways: &Ways, direction: i8, steps: i64, pay: bool) -> i64 {
        let mut left = steps;
        while left > 0 {
            let Some(found) = self.find(ways, direction, left, pay) else { break };
            if found.offer.cost > 0 {
                self.hide(&found);
            }
            let made = found.offer.steps.min(left);
            self.make(&found, direction, made);
            left -= made;
        }
        steps - left
    }

    /// The cheapest move with enough steps; failing that, the one with the most steps for its cost.
    /// Without `pay` only moves over hidden counts, and the first that is enough.
    fn find<'m>(&self, ways: &'m Ways, direction: i8, steps: i64, pay: bool) -> Option<Found<'m>> {
        let mut best: Option<Found<'m>> = None;
        for change in &ways.changes {
            for periods in &ways.periods {
                for groups in &ways.groups {
                    for strata in &ways.strata {
                        let all_strata = strata.certain.contains(&0);
                        let frame = Frame { periods, groups, change, all_strata, pay };
                        let Some((offer, chosen)) =
                            self.over_strata(frame, strata, direction, steps)
                        else {
                            continue;
                        };
                        if best.as_ref().is_some_and(|best| !better(offer, best.offer, steps)) {
                            continue;
                        }
                        best = Some(Found { offer, periods, groups, change, strata: chosen });
                        if offer.cost == 0 && offer.steps >= steps {
                            return best;
                        }
                    }
                }
            }
        }
        best
    }

    fn over_strata(
        &self,
        frame: Frame<'_>,
        strata: &StratumMove,
        direction: i8,
        steps: i64,
    ) -> Option<(Offer, Vec<(usize, i8)>)> {
        let mut total = Offer { cost: 0, steps: i64::MAX };
        let mut chosen = Vec::with_capacity(strata.certain.len() + strata.options.len());
        for stratum in &strata.certain {
            total = total.and(self.slice(frame, *stratum, direction)?);
            chosen.push((*stratum, 1));
        }
        for options in &strata.options {
            let mut best: Option<(Offer, (usize, i8))> = None;
            for (stratum, sign) in options {
                let Some(offer) = self.slice(frame, *stratum, direction * sign) else { continue };
                if best.is_none_or(|(best, _)| better(offer, best, steps)) {
                    best = Some((offer, (*stratum, *sign)));
                }
            }
            match best {
                Some((offer, option)) => {
                    total = total.and(offer);
                    chosen.push(option);
                }
                None if self.without_rows(frame, options) => {}
                None => return None,
            }
        }
        Some((total, chosen))
    }

    /// True if a breakdown has no row in any of the cells, so that it says nothing.
    fn without_rows(&self, frame: Frame<'_>, options: &[(usize, i8)]) -> bool {
        let absent = |period: usize, group: usize, stratum: usize| {
            let cell = self.grid.cell(period, group, stratum);
            frame.change.changes.iter().all(|(variable, _)| self.now[cell + variable] < 0)
        };
        frame.periods.iter().all(|(period, _)| {
            frame.groups.iter().all(|(group, _)| {
                options.iter().all(|(stratum, _)| absent(*period, *group, *stratum))
            })
        })
    }

    /// What a move costs and allows in one stratum.
    fn slice(&self, frame: Frame<'_>, stratum: usize, direction: i8) -> Option<Offer> {
        let mut total = Offer { cost: 0, steps: i64::MAX };
        for (period, by_period) in frame.periods {
            for (group, by_group) in frame.groups {
                let sign = direction * by_period * by_group;
                total = total.and(self.corner(frame, [*period, *group, stratum], sign)?);
            }
        }
        Some(total)
    }

    fn corner(&self, frame: Frame<'_>, at: [usize; 3], sign: i8) -> Option<Offer> {
        let grid = &*self.grid;
        let cell = grid.cell(at[0], at[1], at[2]);
        let mut total = Offer { cost: 0, steps: i64::MAX };
        for (variable, by_variable) in &frame.change.changes {
            let now = self.now[cell + variable];
            match now {
                NOT_SHOWN => continue,
                ABSENT => return None,
                _ if grid.hidden[cell + variable] => {}
                _ if !frame.pay => return None,
                // A zero that is shown is hidden only along with its row.
                0 if !self.goes_along(frame.change, *variable) => return None,
                0 => {}
                _ => total.cost += grid.cost(cell, *variable),
            }
            let rises = sign * by_variable > 0;
            if !rises {
                // Readers know that what is hidden is not zero, unless it was hidden with its row.
                total.steps = total.steps.min(now - grid.counts[cell + variable].min(1));
            }
            if grid.variables[*variable].distinct {
                total.steps = total.steps.min(self.room(frame, at, *variable, rises)?);
            }
            if total.steps <= 0 {
                return None;
            }
        }
        for (part, whole, closing) in &frame.change.gaps {
            let closing = closing * i64::from(sign);
            if closing > 0 && self.now[cell + part] != NOT_SHOWN {
                let gap = self.now[cell + whole] - self.now[cell + part].max(0);
                total.steps = total.steps.min(gap / closing);
            }
        }
        (total.steps > 0).then_some(total)
    }

    fn goes_along(&self, change: &VariableMove, variable: usize) -> bool {
        change
            .changes
            .iter()
            .any(|(other, _)| self.grid.variables[*other].takes_along.contains(&variable))
    }

    /// How far a count of distinct people may rise below its totals that stay.
    fn room(&self, frame: Frame<'_>, at: [usize; 3], variable: usize, rises: bool) -> Option<i64> {
        let grid = &*self.grid;
        let now = self.now[grid.cell(at[0], at[1], at[2]) + variable];
        if !rises {
            let total = grid.periods.is_total(at[0])
                || grid.groups.is_total(at[1])
                || grid.strata.is_total(at[2]);
            return (!total).then_some(i64::MAX);
        }
        let mut room = i64::MAX;
        let mut below = |period: usize, group: usize, stratum: usize| {
            let total = self.now[grid.cell(period, group, stratum) + variable];
            if total >= 0 {
                room = room.min(total - now);
            }
        };
        let moved = |list: &Move, node: usize| list.iter().any(|(moved, _)| *moved == node);
        if let Some(total) = grid.periods.total(at[0]).filter(|total| !moved(frame.periods, *total))
        {
            below(total, at[1], at[2]);
        }
        if let Some(total) = grid.groups.total(at[1]).filter(|total| !moved(frame.groups, *total)) {
            below(at[0], total, at[2]);
        }
        if let Some(total) = grid.strata.total(at[2]).filter(|_| !frame.all_strata) {
            below(at[0], at[1], total);
        }
        Some(room)
    }

    fn hide(&mut self, found: &Found<'_>) {
        let grid = &mut *self.grid;
        found.each(|at, _| {
            let cell = grid.cell(at[0], at[1], at[2]);
            for (variable, _) in &found.change.changes {
                if grid.counts[cell + variable] > 0 && !grid.hidden[cell + variable] {
                    grid.hide(cell, *variable);
                }
            }
        });
    }

    fn make(&mut self, found: &Found<'_>, direction: i8, steps: i64) {
        let grid = &*self.grid;
        let (now, touched) = (&mut self.now, &mut self.touched);
        found.each(|at, sign| {
            let cell = grid.cell(at[0], at[1], at[2]);
            for (variable, by_variable) in &found.change.changes {
                let index = cell + variable;
                if now[index] >= 0 {
                    now[index] += i64::from(direction * sign * by_variable) * steps;
                    touched.push(index);
                }
            }
        });
    }
}

impl Found<'_> {
    /// Every cell of the move, with its sign.
    fn each(&self, mut each: impl FnMut([usize; 3], i8)) {
        for (period, by_period) in self.periods {
            for (group, by_group) in self.groups {
                for (stratum, by_stratum) in &self.strata {
                    each([*period, *group, *stratum], by_period * by_group * by_stratum);
                }
            }
        }
    }
}

impl Offer {
    fn and(self, other: Self) -> Self {
        Self { cost: self.cost.saturating_add(other.cost), steps: self.steps.min(other.steps) }
    }
}

/// True if an offer beats another for a number of steps: enough steps first, then less cost for
/// each step that is of use.
fn better(one: Offer, other: Offer, steps: i64) -> bool {
    let price = |offer: Offer| i128::from(offer.cost);
    let use_of = |offer: Offer| i128::from(offer.steps.min(steps));
    match (one.steps >= steps, other.steps >= steps) {
        (true, false) => true,
        (false, true) => false,
        (true, true) => one.cost < other.cost,
        (false, false) if one.cost == 0 && other.cost == 0 => one.steps > other.steps,
        (false, false) => price(one) * use_of(other) < price(other) * use_of(one),
    }
}
