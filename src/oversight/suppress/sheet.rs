//! The cells of a family, the counts in them, and the sums between cells.

use std::collections::BTreeMap;

use super::{Key, adds_up_over_time, is_headline, is_too_fine, key, shorter};
use crate::indicator::Shape;
use crate::kernel::Group;
use crate::oversight::{Row, Table};

/// A cell: either shown with all its counts, or hidden.
#[derive(Debug, Clone)]
pub(super) struct SheetCell {
    pub(super) key: Key,
    /// Counts that add up over sums.
    pub(super) counts: Vec<i64>,
    /// True if nothing of the cell is shown.
    pub(super) hidden: bool,
}

/// A sum that readers can do: the parent is the total of its parts.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    /// The total; nothing if readers always know it.
    pub(super) total: Option<usize>,
    pub(super) parts: Vec<usize>,
}

/// Cells and sums.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) cells: Vec<SheetCell>,
    pub(super) sums: Vec<Sum>,
}

impl Sheet {
    /// Keys of the cells that are hidden.
    pub(super) fn hidden_keys(&self) -> impl Iterator<Item = &Key> {
        self.cells.iter().filter(|cell| cell.hidden).map(|cell| &cell.key)
    }
}

pub(super) fn is_small(count: i64, threshold: i64) -> bool {
    0 < count && count < threshold
}

/// Numerators, denominators and what can be made of them.
pub(super) fn of_values(table: &Table, family: &[usize], threshold: i64) -> Sheet {
    let mut found: BTreeMap<Key, Vec<&Row>> = BTreeMap::new();
    for measure in family {
        let rows = table
            .rows
            .iter()
            .filter(|row| row.measure == *measure && row.statistic.is_empty() && !is_too_fine(row));
        for row in rows {
            found.entry(key(row)).or_default().push(row);
        }
    }
    let shape = table.measures[family[0]].shape;
    let nested = nested(&found, family.len());
    let cells = found.into_iter().map(|(key, rows)| {
        let counts = counts(&rows, shape, &nested);
        let members = rows.iter().filter_map(|row| row.members);
        let few = counts.iter().copied().chain(members).any(|n| is_small(n, threshold));
        let hidden = few || rows.iter().any(|row| row.dominated || !row.state.shows_numbers());
        SheetCell { key, counts, hidden }
    });
    let cells = cells.collect();
    let time = adds_up_over_time(&table.measures[family[0]]);
    with_sums(cells, time, shape != Shape::Rate || time)
}

/// Counts of people or events in a cell, the size of the cell first.
fn counts(rows: &[&Row], shape: Shape, nested: &[(usize, usize)]) -> Vec<i64> {
    let numerators: Vec<i64> = rows.iter().map(|row| parts(row.numerator)).collect();
    let size = parts(rows[0].denominator);
    match shape {
        Shape::MemberMean => vec![size],
        // Days and money are no counts of people; events and members served are.
        Shape::Rate if rows[0].numerator.is_some_and(|n| n.per_unit > 1) => {
            vec![rows[0].members.unwrap_or(0)]
        }
        Shape::Rate => numerators,
        Shape::Mix => vec![numerators[0], size - numerators[0]],
        Shape::Share | Shape::MemberShare => {
            let mut counts = vec![size];
            counts.extend(numerators.iter().flat_map(|n| [*n, size - n]));
            counts.extend(nested.iter().map(|(less, more)| numerators[*more] - numerators[*less]));
            counts
        }
    }
}

fn parts(number: Option<crate::oversight::Exact>) -> i64 {
    number.map_or(0, |number| i64::try_from(number.parts).unwrap_or(i64::MAX))
}

/// Pairs of measures of which one never counts more than the other, as 7 days within 30.
fn nested(cells: &BTreeMap<Key, Vec<&Row>>, measures: usize) -> Vec<(usize, usize)> {
    let pairs = (0..measures).flat_map(|less| (0..measures).map(move |more| (less, more)));
    let holds = |(less, more): &(usize, usize)| {
        less != more
            && cells
                .values()
                .all(|rows| parts(rows[*less].numerator) <= parts(rows[*more].numerator))
    };
    pairs.filter(holds).collect()
}

/// Excluded units by reason, for everyone.
pub(super) fn of_exclusions(table: &Table, measure: usize, threshold: i64) -> Sheet {
    let rows = table
        .rows
        .iter()
        .filter(|row| row.measure == measure && row.statistic.is_empty() && is_headline(row));
    let cells = rows.map(|row| {
        let mut counts = vec![row.excluded.unwrap_or(0)];
        counts.extend(row.excluded_by_reason.iter().map(|count| count.unwrap_or(0)));
        let hidden = counts.iter().any(|n| is_small(*n, threshold)) || !row.state.shows_numbers();
        SheetCell { key: key(row), counts, hidden }
    });
    with_sums(cells.collect(), adds_up_over_time(&table.measures[measure]), false)
}

/// Places of cells by what they have in common.
type Index<'c, K> = BTreeMap<K, Vec<usize>>;

fn index<'c, K: Ord>(cells: &'c [SheetCell], of: impl Fn(&'c Key) -> Option<K>) -> Index<'c, K> {
    let mut found: Index<'c, K> = BTreeMap::new();
    for (place, cell) in cells.iter().enumerate() {
        if let Some(key) = of(&cell.key) {
            found.entry(key).or_default().push(place);
        }
    }
    found
}

fn with_sums(cells: Vec<SheetCell>, over_time: bool, over_groups: bool) -> Sheet {
    let mut sums = Vec::new();
    if over_groups {
        over_groups_sums(&cells, &mut sums);
    }
    over_strata_sums(&cells, &mut sums);
    if over_time {
        over_time_sums(&cells, &mut sums);
    }
    level_sums(&cells, &mut sums);
    // Ages are those at the end of a period, so that some sums over time do not hold.
    let holds = |sum: &Sum| {
        let total = |total: usize, count: usize| cells[total].counts[count];
        let of_parts =
            |count: usize| sum.parts.iter().map(|part| cells[*part].counts[count]).sum::<i64>();
        let n_counts = sum.parts.first().map_or(0, |part| cells[*part].counts.len());
        sum.total
            .is_none_or(|place| (0..n_counts).all(|count| total(place, count) == of_parts(count)))
    };
    sums.retain(|sum| !sum.parts.is_empty() && holds(sum));
    Sheet { cells, sums }
}

/// Organisations add up to everyone.
fn over_groups_sums(cells: &[SheetCell], sums: &mut Vec<Sum>) {
    let parts = index(cells, |key| (key.1 != Group::All).then_some((key.0, &key.2, &key.3)));
    for (total, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.key.1 == Group::All) {
        let parts = parts.get(&(cell.key.0, &cell.key.2, &cell.key.3)).cloned().unwrap_or_default();
        sums.push(Sum { total: Some(total), parts });
    }
}

/// The values of an attribute add up to the whole.
fn over_strata_sums(cells: &[SheetCell], sums: &mut Vec<Sum>) {
    let is_part = |kind: &str| !["all", "level"].contains(&kind);
    let parts = index(cells, |key| is_part(&key.2).then_some((key.0, &key.1, &key.2)));
    let wholes = index(cells, |key| (key.2 == "all").then_some((key.0, &key.1)));
    for ((period, group, _), parts) in parts {
        let total = wholes.get(&(period, group)).and_then(|places| places.first()).copied();
        sums.extend(total.map(|total| Sum { total: Some(total), parts }));
    }
}

/// Months add up to quarters, and quarters to years.
fn over_time_sums(cells: &[SheetCell], sums: &mut Vec<Sum>) {
    let alike = index(cells, |key| Some((&key.1, &key.2, &key.3)));
    for places in alike.values() {
        for total in places {
            let whole = cells[*total].key.0;
            let Some(grain) = shorter(whole.grain) else { continue };
            let inside = |part: &Key| {
                part.0.grain == grain && whole.start <= part.0.start && part.0.end <= whole.end
            };
            let parts = places.iter().copied().filter(|place| inside(&cells[*place].key)).collect();
            sums.push(Sum { total: Some(*total), parts });
        }
    }
}

/// The days of all levels are the denominator, which every level shows.
fn level_sums(cells: &[SheetCell], sums: &mut Vec<Sum>) {
    let levels = index(cells, |key| (key.2 == "level").then_some((key.0, &key.1)));
    sums.extend(levels.into_values().map(|parts| Sum { total: None, parts }));
}
