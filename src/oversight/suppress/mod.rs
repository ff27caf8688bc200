//! Small counts, and whatever would give them away, are hidden.
//!
//! A reader who knows every published number and every sum between them must be left with a range for
//! each hidden count from 1 to one less than the threshold t that is at least t wide. This is proved
//! and not hoped for: every such count has a witness, two tables that agree with everything shown and
//! whose counts there are t apart. A reader who also knows which hidden counts are zero must be left
//! with a choice. A hidden sum of money has a range at least as wide as the sum.
//!
//! | file | what it decides |
//! |---|---|
//! | `space` | which cells add up to which |
//! | `axes` | where in that space a row stands |
//! | `count` | which counts are small, and how each may change |
//! | `shares` | which measures count the same people, so that one gives the other away |
//! | `sorts` | which sorts of people there are, and how moving them changes the counts |
//! | `rates` | rates, days by level, and exclusions |
//! | `sheet` | what is shown, and what must be kept |
//! | `flow` | the cheapest way to change counts within a breakdown |
//! | `witness` | other tables that agree with everything shown |
//! | `protect` | what else is hidden so that every count has a witness |
//! | `tops` | where the share of those with most may be shown |
//! | `members` | where the number of members beside a count may be shown |
//!
//! Sums over time are taken to hold even where they hold only nearly, as for ages at the end of a
//! period: the reader is granted the difference.
//!
//! Rows that are broken down both by organisation and by an attribute are not published at all:
//! most of their counts are small, and each would cost a larger one; nor are months by facility or agency,
//! for the same reason. A missing row says that there was nothing to count, unless its breakdown is not
//! published for the period or the measure: then it says nothing.
//!
//! Values of overlapping windows are published without their counts and to three decimals, because two
//! windows that share eleven months can be subtracted. Windows that end on the same day are the same
//! window, and are hidden together. Standardised ratios, from which expected counts can be had, follow
//! their own rule: see `standardised`.

mod axes;
#[cfg(test)]
mod cases;
mod count;
mod flow;
mod members;
#[cfg(test)]
mod price;
mod protect;
mod rates;
mod shares;
mod sheet;
mod sorts;
mod space;
mod tops;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{
    IntoParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator,
};

use super::{Exact, Row, STANDARDISED_RATIO, Settings, Table, is_share_high, standardised};
use crate::indicator::Shape;
use crate::kernel::{Attributed, Group, Stratum};
use crate::terms::{Grain, Period};
use axes::{Seen, Timing};
use shares::Protected;

/// What identifies a row among those of its measure and statistic.
type Key<'r> = (Period, &'r Group, &'r Stratum);

/// Rows by measure, statistic and key.
type Hidden<'r> = BTreeSet<(usize, &'static str, Key<'r>)>;

fn key(row: &Row) -> Key<'_> {
    (row.period, &row.group, &row.stratum)
}

/// Rows without the numbers that must not be shown, in the order of the table, and without those
/// that are not published at all.
pub(super) fn hidden_rows(table: &Table, settings: &Settings) -> Vec<Row> {
    let (mut hidden, excluded) = find_hidden(table, settings.threshold);
    hidden.extend(tops::to_hide(table, settings.threshold));
    let few_members = members::to_blank(table, settings.threshold);
    let longest = axes::longest(&table.rows);
    let why =
        format!("hidden: a count below {}, or one that would give it away", settings.threshold);
    let published = table.rows.par_iter().filter(|row| !is_too_fine(row));
    let mut rows: Vec<Row> = published.cloned().collect();
    let is_hidden = |row: &Row| hidden.contains(&(row.measure, "", key(row)));
    let ratios = standardised::hidden(&rows, &table.expected, settings.threshold, is_hidden);
    rows.par_iter_mut().filter(|row| row.state.shows_numbers()).for_each(|row| {
        let measure = &table.measures[row.measure];
        let is_in = |rows: &Hidden<'_>, statistic: &'static str| {
            rows.contains(&(row.measure, statistic, key(row)))
        };
        let statistic = if is_share_high(row.statistic) { row.statistic } else { "" };
        let blank = is_in(&few_members, "");
        let is_hidden = is_in(&hidden, statistic);
        let without_exclusions = is_in(&excluded, "");
        if row.statistic == STANDARDISED_RATIO {
            if ratios.contains(&(row.measure, row.period, row.group.clone())) {
                hide(row, &why);
            } else {
                standardised::coarsen(row);
            }
            return;
        }
        if is_hidden {
            hide(row, &why);
        } else if measure.overlapping && Some(row.period.grain) != longest
            || matches!(measure.shape, Shape::Top { .. })
        {
            coarsen(row);
        } else if !is_headline(row) || without_exclusions {
            hide_exclusions(row);
        }
        if blank {
            row.members = None;
        }
    });
    rows
}

/// The rows to hide, and those whose exclusions are to be hidden.
fn find_hidden(table: &Table, threshold: i64) -> (Hidden<'_>, Hidden<'_>) {
    let rows = OfMeasures::of(table);
    let timings: Vec<Timing> =
        (0..table.measures.len()).map(|measure| timing(table, measure, &rows)).collect();
    let of_counts = || {
        let mut sheets = rates::of_rates(table, &rows, &timings, threshold);
        sheets.extend(rates::of_levels(table, &rows, &timings, threshold));
        for timing in [Timing::Added, Timing::Ends, Timing::Apart] {
            sheets.extend(shares::sheets(table, &rows, (timing, &timings), threshold));
        }
        protected(sheets)
    };
    rayon::join(of_counts, || protected(rates::of_exclusions(table, &rows, &timings, threshold)))
}

/// The rows that are published, by measure.
struct OfMeasures<'t> {
    of: Vec<Vec<&'t Row>>,
    seen: Seen<'t>,
}

impl<'t> OfMeasures<'t> {
    fn of(table: &'t Table) -> Self {
        let published = || table.rows.iter().filter(|row| !is_too_fine(row));
        let mut of = vec![Vec::new(); table.measures.len()];
        published().for_each(|row| of[row.measure].push(row));
        Self { of, seen: Seen::of(published()) }
    }
}

/// Sheets share no people's counts, so each is protected by itself, on all cores.
fn protected(sheets: Vec<Protected<'_>>) -> Hidden<'_> {
    sheets.into_par_iter().flat_map_iter(hidden_of).collect::<Vec<_>>().into_iter().collect()
}

fn hidden_of(Protected { mut sheet, rows }: Protected<'_>) -> Vec<(usize, &'static str, Key<'_>)> {
    protect::protect(&mut sheet);
    let mut hidden = Vec::new();
    for (layer, parts) in rows.iter().enumerate() {
        let places = (0..sheet.space.places()).filter(|place| sheet.is_hidden(layer, *place));
        let found = places.flat_map(|place| parts.iter().flat_map(move |rows| &rows[place]));
        hidden.extend(found.map(|row| (row.measure, row.statistic, key(row))));
    }
    hidden
}

/// How the periods of a measure hang together. Windows that end on the same day must be the same.
fn timing(table: &Table, measure: usize, rows: &OfMeasures<'_>) -> Timing {
    let timing = Timing::of(&table.measures[measure]);
    if timing != Timing::Ends {
        return timing;
    }
    let mut known: BTreeMap<_, (Option<Exact>, Option<Exact>)> = BTreeMap::new();
    for row in &rows.of[measure] {
        let (kind, value) = (row.stratum.kind.as_str(), row.stratum.value.as_str());
        let at = (row.period.end, &row.group, kind, value, row.statistic);
        let counts = (row.numerator, row.denominator);
        if *known.entry(at).or_insert(counts) != counts {
            return Timing::Apart;
        }
    }
    timing
}

/// True for rows of one organisation and one part of it.
fn is_too_fine(row: &Row) -> bool {
    let kind = row.stratum.kind.as_str();
    (row.group != Group::All && !["all", "level"].contains(&kind))
        || !is_broken_down(kind, row.period.grain)
}

/// False for months by facility or agency.
fn is_broken_down(kind: &str, grain: Grain) -> bool {
    grain != Grain::Month || Attributed::ALL.iter().all(|whose| whose.name() != kind)
}

/// Exclusions are published for everyone only.
fn is_headline(row: &Row) -> bool {
    row.group == Group::All && row.stratum.kind == "all"
}

fn hide(row: &mut Row, why: &str) {
    row.numerator = None;
    row.denominator = None;
    row.members = None;
    row.value = None;
    row.low = None;
    row.high = None;
    row.interval = "";
    row.verdict = None;
    row.suppressed = true;
    hide_exclusions(row);
    row.note(why);
}

fn hide_exclusions(row: &mut Row) {
    row.excluded = None;
    for count in &mut row.excluded_by_reason {
        *count = None;
    }
}

/// A value of a window that overlaps with another published one, or of those with most.
fn coarsen(row: &mut Row) {
    let rounded = |value: Option<f64>| value.map(|value| (value * 1000.0).round() / 1000.0);
    row.value = rounded(row.value);
    row.low = rounded(row.low);
    row.high = rounded(row.high);
    row.numerator = None;
    row.denominator = None;
    row.members = None;
    hide_exclusions(row);
}
