//! Small counts, and whatever would give them away, are hidden.
//!
//! | file | what it decides |
//! |---|---|
//! | `family` | which measures can be subtracted from each other |
//! | `component` | where their counts lie on one grid |
//! | `variables` | how the counts of one cell depend on each other |
//! | `hierarchy` | how counts change while every sum stays right |
//! | `primary` | which counts are small |
//! | `protect` | what else has to be hidden, with a witness for every small count |

mod component;
mod family;
mod grid;
mod hierarchy;
mod primary;
mod protect;
mod variables;

use super::{Row, Settings, Table};
use component::Component;

/// Rows without the numbers that must not be shown, in the order of the table.
pub(super) fn hidden_rows(table: &Table, settings: &Settings) -> Vec<Row> {
    let mut rows = table.rows.clone();
    let sheets = family::sheets(table);
    for families in family::components(&sheets, &table.measures) {
        let mut component = Component::new(&families, &table.measures);
        let dominated = dominated(&component, table);
        primary::hide(&mut component, &dominated, settings.threshold);
        for row in &mut rows {
            hide_in_row(row, &component, settings.threshold);
        }
    }
    rows
}

/// Sums of money that may be mostly one member's.
fn dominated(component: &Component, table: &Table) -> Vec<([usize; 3], usize)> {
    let of = |row: &Row| {
        let (slot, at) = component.place(row)?;
        Some((at, slot.numerator_of(row)?))
    };
    table.rows.iter().filter(|row| row.dominated).filter_map(of).collect()
}

fn hide_in_row(row: &mut Row, component: &Component, threshold: i64) {
    let Some((slot, at)) = component.place(row) else { return };
    if !row.state.shows_numbers() {
        return;
    }
    let grid = &component.grid;
    let cell = grid.cell(at[0], at[1], at[2]);
    let hidden = |variable: usize| grid.hidden[cell + variable];
    let row_hidden = hidden(slot.denominator);
    let value_hidden = row_hidden || slot.numerator_of(row).is_some_and(hidden);
    let mut partly = false;
    if row_hidden {
        row.denominator = None;
    }
    if row_hidden || hidden(slot.members) {
        row.members = None;
        partly = true;
    }
    if slot.excluded.is_some_and(hidden) && row.excluded.is_some() {
        row.excluded = None;
        partly = true;
    }
    for (count, variable) in row.excluded_by_reason.iter_mut().zip(&slot.reasons) {
        // By reason only for everyone: see `component`.
        if at[2] > 0 || hidden(*variable) {
            *count = None;
        }
    }
    if value_hidden {
        row.numerator = None;
        row.value = None;
        row.low = None;
        row.high = None;
        row.interval = "";
        row.verdict = None;
        row.suppressed = true;
        row.note(&format!("hidden: a count below {threshold}, or one that would give it away"));
    } else if partly {
        row.note("some counts hidden");
    }
}
