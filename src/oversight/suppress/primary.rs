//! Which counts are small, and what must stay open about them.

use super::component::{Component, Slot};
use super::grid::{Grid, Role};
use super::protect::{Need, Protector};

/// Hides the small counts of a component, and then whatever would give them away.
pub(super) fn hide(component: &mut Component, dominated: &[([usize; 3], usize)], threshold: i64) {
    let small = |count: i64| (1..threshold).contains(&count);
    let slots = component.slots.clone();
    let grid = &mut component.grid;
    let cells = grid.cells();
    for at in &cells {
        let cell = grid.cell(at[0], at[1], at[2]);
        for slot in &slots {
            hide_small(grid, cell, slot, &small);
        }
    }
    for (at, numerator) in dominated {
        let cell = grid.cell(at[0], at[1], at[2]);
        grid.hide(cell, *numerator);
    }
    let mut needs = Vec::new();
    for at in cells {
        let cell = grid.cell(at[0], at[1], at[2]);
        needs.extend(needs_of_counts(grid, at, threshold));
        for slot in &slots {
            needs.extend(needs_of_sums(grid, at, slot, &small, threshold));
            needs.extend(needs_of_levels(grid, at, slot, &small, threshold));
        }
        for (_, numerator) in dominated.iter().filter(|(dominated, _)| *dominated == at) {
            needs.push(spread(at, *numerator, grid.counts[cell + numerator] / 5));
        }
    }
    let mut protector = Protector::new(grid);
    needs.iter().for_each(|need| protector.protect(need));
}

fn hide_small(grid: &mut Grid, cell: usize, slot: &Slot, small: &impl Fn(i64) -> bool) {
    let is_small = |grid: &Grid, variable: usize| {
        grid.variables[variable].role == Role::Count && small(grid.counts[cell + variable])
    };
    if is_small(grid, slot.denominator) || is_small(grid, slot.members) {
        grid.hide(cell, slot.denominator);
    }
    let pair = [slot.numerator, slot.complement];
    if pair.into_iter().flatten().any(|variable| is_small(grid, variable)) {
        pair.into_iter().flatten().for_each(|variable| grid.hide(cell, variable));
    }
    for variable in slot.excluded.iter().chain(&slot.reasons) {
        if is_small(grid, *variable) {
            grid.hide(cell, *variable);
        }
    }
    let days = grid.counts[cell + slot.denominator];
    for variable in slot.levels.values() {
        let count = grid.counts[cell + variable];
        if count >= 0 && (small(count) || small(days - count)) {
            grid.hide(cell, *variable);
        }
    }
}

/// A small count must be able to reach the threshold, and its range to be as wide as the threshold.
fn needs_of_counts(grid: &Grid, at: [usize; 3], threshold: i64) -> Vec<Need> {
    let cell = grid.cell(at[0], at[1], at[2]);
    let of = |variable: usize| {
        let count = grid.counts[cell + variable];
        let counts =
            grid.variables[variable].role == Role::Count && (1..threshold).contains(&count);
        counts.then(|| Need {
            at,
            variable,
            direction: 1,
            reach: threshold - count,
            width: threshold - 1,
            inside: false,
        })
    };
    (0..grid.variables.len()).filter_map(of).collect()
}

/// Where the members are few, days, events and dollars must not come out exactly either.
fn needs_of_sums(
    grid: &Grid,
    at: [usize; 3],
    slot: &Slot,
    small: &impl Fn(i64) -> bool,
    threshold: i64,
) -> Vec<Need> {
    let cell = grid.cell(at[0], at[1], at[2]);
    if !small(grid.counts[cell + slot.members]) || slot.members == slot.denominator {
        return Vec::new();
    }
    let large = |variable: &usize| {
        let count = grid.counts[cell + variable];
        count > 0 && !(grid.variables[*variable].role == Role::Count && small(count))
    };
    let width = |variable: usize| (grid.counts[cell + variable] / 5).max(threshold - 1);
    let variables = [Some(slot.denominator), slot.numerator, slot.complement];
    variables
        .into_iter()
        .flatten()
        .filter(large)
        .map(|variable| spread(at, variable, width(variable)))
        .collect()
}

/// Where nearly all days are at one level, the rest is small although no row shows it.
fn needs_of_levels(
    grid: &Grid,
    at: [usize; 3],
    slot: &Slot,
    small: &impl Fn(i64) -> bool,
    threshold: i64,
) -> Vec<Need> {
    let cell = grid.cell(at[0], at[1], at[2]);
    let days = grid.counts[cell + slot.denominator];
    let of = |variable: &usize| {
        let count = grid.counts[cell + variable];
        let rest = days - count;
        (count >= 0 && small(rest)).then(|| Need {
            at,
            variable: *variable,
            direction: -1,
            reach: threshold - rest,
            width: threshold - 1,
            inside: true,
        })
    };
    slot.levels.values().filter_map(of).collect()
}

fn spread(at: [usize; 3], variable: usize, width: i64) -> Need {
    Need { at, variable, direction: 1, reach: 0, width: width.max(1), inside: false }
}
