//! Small counts, and whatever would give them away, are hidden.
//!
//! | file | what it decides |
//! |---|---|
//! | `family` | which measures count the same units, so that one gives the other away |
//! | `sheet` | their cells, the counts in them, and the sums between cells |
//! | `protect` | which cells are small, and what else has to be hidden |
//!
//! Rows that are broken down both by organisation and by an attribute are not published at all:
//! most of their counts are small, and each would cost a larger one. Values of overlapping windows
//! are published without their counts and to three decimals, because two windows that share eleven
//! months can be subtracted.

mod family;
mod protect;
mod sheet;

use std::collections::BTreeSet;

use super::{Row, Settings, Table};
use crate::indicator::Measure;
use crate::kernel::Group;
use crate::terms::{Grain, Period};

/// What identifies a row among those of its measure and statistic.
type Key = (Period, Group, String, String);

fn key(row: &Row) -> Key {
    (row.period, row.group.clone(), row.stratum.kind.clone(), row.stratum.value.clone())
}

/// Rows without the numbers that must not be shown, in the order of the table, and without those
/// that are not published at all.
pub(super) fn hidden_rows(table: &Table, settings: &Settings) -> Vec<Row> {
    let mut hidden: BTreeSet<(usize, Key)> = BTreeSet::new();
    let mut excluded: BTreeSet<(usize, Key)> = BTreeSet::new();
    for family in family::families(table) {
        let mut sheet = sheet::of_values(table, &family, settings.threshold);
        protect::protect(&mut sheet, settings.threshold);
        for key in sheet.hidden_keys() {
            hidden.extend(family.iter().map(|measure| (*measure, key.clone())));
        }
        let mut sheet = sheet::of_exclusions(table, family[0], settings.threshold);
        protect::protect(&mut sheet, settings.threshold);
        excluded.extend(
            sheet
                .hidden_keys()
                .flat_map(|key| family.iter().map(move |measure| (*measure, key.clone()))),
        );
    }
    let longest = table.rows.iter().map(|row| row.period.grain).max();
    let mut rows: Vec<Row> = table.rows.iter().filter(|row| !is_too_fine(row)).cloned().collect();
    for row in rows.iter_mut().filter(|row| row.state.shows_numbers()) {
        let measure = &table.measures[row.measure];
        let at = (row.measure, key(row));
        if hidden.contains(&at) || is_small_share(row, settings.threshold) {
            hide(
                row,
                &format!(
                    "hidden: a count below {}, or one that would give it away",
                    settings.threshold
                ),
            );
        } else if measure.overlapping && Some(row.period.grain) != longest {
            coarsen(row);
        } else if !is_headline(row) || excluded.contains(&at) {
            hide_exclusions(row);
        }
    }
    rows
}

/// True for rows of one organisation and one part of it.
fn is_too_fine(row: &Row) -> bool {
    row.group != Group::All && !["all", "level"].contains(&row.stratum.kind.as_str())
}

/// True for the share of members beyond a mark, if those on one side of it are few.
fn is_small_share(row: &Row, threshold: i64) -> bool {
    let counts = row.statistic.starts_with(".share").then_some(()).and(row.value.zip(row.members));
    counts.is_some_and(|(share, members)| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "a count of members"
        )]
        let n = (share * members as f64).round() as i64;
        sheet::is_small(n, threshold) || sheet::is_small(members - n, threshold)
    })
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

/// A value of a window that overlaps with another published one.
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

/// True if months and organisations of a measure add up.
fn adds_up_over_time(measure: &Measure) -> bool {
    !measure.overlapping && measure.scale != crate::indicator::Scale::DaysOfPeriod
}

/// Quarters have months, years have quarters.
fn shorter(grain: Grain) -> Option<Grain> {
    match grain {
        Grain::Month => None,
        Grain::Quarter => Some(Grain::Month),
        Grain::Year => Some(Grain::Quarter),
    }
}
