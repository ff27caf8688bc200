//! Shares and means: units or members, and those among them who met a criterion.
//!
//! Measures are taken together if they count the same units, or if one counts those who met the
//! criterion of the other, because then one gives the other away.

use super::OfMeasures;
use super::axes::{Axes, Timing};
use super::count::Rows;
use super::sheet::Sheet;
use super::sorts::Tree;
use crate::indicator::{Display, Shape, Spread, Widening};
use crate::oversight::{Exact, Row, SHARE_HIGH, SHARE_VERY_HIGH, Table, is_share_high};

/// Rows of a measure, or of the share of high values that goes with it.
pub(super) struct Part<'t> {
    pub(super) measure: usize,
    pub(super) statistic: &'static str,
    /// Of means that would tell how many units have another value, that of the shares they are hidden with.
    pub(super) shape: Shape,
    pub(super) widening: Option<&'t Widening>,
    pub(super) rows: Rows<'t>,
    pub(super) units: Vec<i64>,
    /// Units that met the criterion; for a mean of values from 0 to 1, whole units of their sum.
    pub(super) met: Option<Vec<i64>>,
    /// What is left of the units, in whole units.
    pub(super) rest: Vec<i64>,
    /// False for a mean, whose sum is not a count.
    pub(super) counted: bool,
    /// True for what is made of whole groups, and is in no breakdown.
    of_wholes: bool,
}

impl Part<'_> {
    /// True if these are the units of another part, wherever there are any.
    fn has_units_of(&self, other: &Self) -> bool {
        let units = self.units.iter().zip(&other.units).zip(&self.rows);
        let mut asked = units.filter(|(_, rows)| !self.of_wholes || !rows.is_empty());
        asked.all(|((own, others), _)| own == others)
    }
}

/// A sheet, and the parts whose rows each layer holds.
pub(super) struct Protected<'t> {
    pub(super) sheet: Sheet,
    pub(super) rows: Vec<Vec<Rows<'t>>>,
}

pub(super) fn whole(number: Option<Exact>) -> i64 {
    number.map_or(0, |number| {
        i64::try_from(number.parts / i128::from(number.per_unit.max(1))).unwrap_or(i64::MAX / 16)
    })
}

/// What the numerator leaves of the denominator, in whole units.
fn left(row: &Row) -> i64 {
    let part = row.numerator.map_or(0, |number| {
        let per_unit = i128::from(number.per_unit.max(1));
        i64::try_from((number.parts + per_unit - 1) / per_unit).unwrap_or(i64::MAX / 16)
    });
    (whole(row.denominator) - part).max(0)
}

/// The sum of one count over the rows of each place, which are equal.
pub(super) fn by_place(rows: &Rows<'_>, of: impl Fn(&Row) -> i64) -> Vec<i64> {
    rows.iter().map(|rows| rows.first().map_or(0, |row| of(row))).collect()
}

/// Rows by place.
pub(super) fn placed<'t>(rows: impl Iterator<Item = &'t Row>, axes: &Axes<'_>) -> Rows<'t> {
    let mut placed: Rows<'t> = vec![Vec::new(); axes.space.places()];
    for row in rows {
        if let Some(place) = axes.place(row) {
            placed[place].push(row);
        }
    }
    placed
}

fn parts<'t>(
    table: &'t Table,
    rows: &OfMeasures<'t>,
    axes: &Axes<'_>,
    own: &[usize],
) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    for measure in own.iter().copied() {
        let about = &table.measures[measure];
        let shares = !matches!(about.shape, Shape::Rate | Shape::Mix | Shape::Top { .. });
        if !shares {
            continue;
        }
        for statistic in ["", SHARE_HIGH, SHARE_VERY_HIGH] {
            let own = rows.of[measure].iter().copied();
            let rows = placed(own.filter(|row| row.statistic == statistic), axes);
            if rows.iter().all(Vec::is_empty) {
                continue;
            }
            let is_mean =
                matches!(about.shape, Shape::MemberMean | Shape::UnitMean) || about.has_no_sum();
            let counted = !is_mean || is_share_high(statistic);
            let bounded =
                matches!(about.display, Display::Index | Display::Percent) && !about.has_no_sum();
            let met = (counted || bounded).then(|| by_place(&rows, |row| whole(row.numerator)));
            let units = by_place(&rows, |row| whole(row.denominator));
            let rest = by_place(&rows, left);
            parts.push(Part {
                measure,
                statistic,
                shape: if about.spread == Spread::Few { Shape::Share } else { about.shape },
                widening: about.widening.as_ref(),
                rows,
                units,
                met,
                rest,
                counted,
                of_wholes: about.has_no_sum(),
            });
        }
    }
    parts
}

/// The sheets of all shares and means of one timing.
pub(super) fn sheets<'t>(
    table: &'t Table,
    rows: &OfMeasures<'t>,
    (timing, timings): (Timing, &[Timing]),
    threshold: i64,
) -> Vec<Protected<'t>> {
    let axes = Axes::of(&rows.seen, timing, true);
    let own: Vec<usize> =
        (0..timings.len()).filter(|measure| timings[*measure] == timing).collect();
    let parts = parts(table, rows, &axes, &own);
    let blocks = linked(blocks(&parts));
    let root = |mut block: usize| {
        while let Some((outer, _, _)) = blocks[block].1 {
            block = outer;
        }
        block
    };
    let mut sheets = Vec::new();
    for first in (0..blocks.len()).filter(|block| blocks[*block].1.is_none()) {
        let own: Vec<usize> = (0..blocks.len()).filter(|block| root(*block) == first).collect();
        let tree = Tree::new(&own, &blocks);
        sheets.push(tree.protected(&axes, threshold));
    }
    sheets
}

fn blocks<'p, 't>(parts: &'p [Part<'t>]) -> Vec<Vec<&'p Part<'t>>> {
    let mut blocks: Vec<Vec<&Part<'_>>> = Vec::new();
    for part in parts {
        let same = |block: &&mut Vec<&Part<'_>>| {
            // A share of high values is about the members of its mean.
            let mean = is_share_high(part.statistic) && block[0].measure == part.measure;
            let twin = is_share_high(part.statistic)
                && block.iter().any(|other| other.measure == part.measure);
            mean || twin || part.statistic.is_empty() && part.has_units_of(block[0])
        };
        match blocks.iter_mut().find(same) {
            Some(block) => block.push(part),
            None => blocks.push(vec![part]),
        }
    }
    blocks
}

/// A block's parts, and the block, measure and side of the criterion that its units come from.
pub(super) type Linked<'p, 't> = (Vec<&'p Part<'t>>, Option<(usize, usize, bool)>);

fn linked<'p, 't>(blocks: Vec<Vec<&'p Part<'t>>>) -> Vec<Linked<'p, 't>> {
    let total = |block: &[&Part<'_>]| block[0].units.iter().sum::<i64>();
    let outer = |own: &[&Part<'_>]| {
        for (index, other) in blocks.iter().enumerate() {
            if total(other) <= total(own) || total(own) == 0 {
                continue;
            }
            for part in other.iter().filter(|part| part.counted && part.statistic.is_empty()) {
                let Some(met) = &part.met else { continue };
                if *met == own[0].units {
                    return Some((index, part.measure, true));
                }
                if met
                    .iter()
                    .zip(&part.units)
                    .map(|(met, all)| all - met)
                    .eq(own[0].units.iter().copied())
                {
                    return Some((index, part.measure, false));
                }
            }
        }
        None
    };
    let outers: Vec<_> = blocks.iter().map(|block| outer(block)).collect();
    blocks.into_iter().zip(outers).collect()
}
