//! The only door to pages and files.

use std::collections::BTreeMap;
use std::ops::Deref;

use crate::indicator::Measure;
use crate::kernel::{Group, Stratum};
use crate::terms::Period;

use super::curve::{Curve, curves};
use super::suppress::hidden_rows;
use super::tabulate::place;
use super::trend::mark_signals;
use super::{Row, Settings, Table};

/// A row that may be shown. Only [`suppress()`] and [`release_internal`] make one.
#[derive(Debug, Clone, PartialEq)]
pub struct Published(Row);

impl Deref for Published {
    type Target = Row;
    fn deref(&self) -> &Row {
        &self.0
    }
}

/// Everything that pages and files may show.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedTable {
    measures: Vec<Measure>,
    rows: Vec<Published>,
    curves: Vec<Curve>,
    models: BTreeMap<(usize, Period), String>,
    settings: Settings,
    internal: bool,
}

impl PublishedTable {
    /// The measures, in the order of the pipeline file.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// Rows in the order of measure, statistic, period, group and stratum.
    pub fn rows(&self) -> &[Published] {
        &self.rows
    }

    /// The rows of one measure, in the same order.
    pub fn rows_of(&self, measure: usize) -> &[Published] {
        let from = self.rows.partition_point(|row| row.measure < measure);
        let to = self.rows.partition_point(|row| row.measure <= measure);
        &self.rows[from..to]
    }

    /// One row.
    pub fn row(
        &self,
        measure: usize,
        statistic: &'static str,
        period: Period,
        group: &Group,
        stratum: &Stratum,
    ) -> Option<&Published> {
        let wanted = (measure, statistic, period, group, stratum);
        self.rows
            .binary_search_by(|row| place(row).cmp(&wanted))
            .ok()
            .map(|index| &self.rows[index])
    }

    /// Shares met by day, for measures that have them.
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// How expected counts of a measure and period came about, and how well the model describes everyone;
    /// nothing where there are none, or where everyone's number is hidden.
    pub fn model(&self, measure: usize, period: Period) -> Option<&str> {
        self.models.get(&(measure, period)).map(String::as_str)
    }

    /// The settings that the table was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// True if nothing is hidden, so that the table must not leave the house.
    pub fn internal(&self) -> bool {
        self.internal
    }
}

/// Hides every small count and whatever would give it away, and gives what is left. See
/// `oversight/suppress` for the rules.
pub fn suppress(table: &Table, settings: &Settings) -> PublishedTable {
    publish(table, hidden_rows(table, settings), settings, false)
}

/// Every number of the table, marked as internal. For the desk of the analyst, not for readers.
pub fn release_internal(table: &Table, settings: &Settings) -> PublishedTable {
    publish(table, table.rows.clone(), settings, true)
}

fn publish(
    table: &Table,
    mut rows: Vec<Row>,
    settings: &Settings,
    internal: bool,
) -> PublishedTable {
    rows.iter_mut().filter(|row| !row.state.shows_numbers()).for_each(withhold);
    mark_signals(&mut rows, &table.measures, settings);
    let curves = curves(table, &rows, settings, internal);
    let is_everyones = |row: &&Row| {
        row.group == Group::All && row.statistic.is_empty() && row.stratum.kind == "all"
    };
    let shown = rows.iter().filter(is_everyones).filter(|row| row.value.is_some());
    let words = shown.filter_map(|row| {
        let at = (row.measure, row.period);
        table.models.get(&at).map(|words| (at, words.by.clone() + &words.quality))
    });
    let models = words.collect();
    let rows = rows.into_iter().map(Published).collect();
    PublishedTable {
        measures: table.measures.clone(),
        rows,
        curves,
        models,
        settings: settings.clone(),
        internal,
    }
}

/// A published table with other rows and curves, whose numbers were published before or are gone;
/// signals are marked anew.
pub(super) fn republish(
    table: &PublishedTable,
    change: impl FnOnce(&mut Vec<Row>, &mut Vec<Curve>),
) -> PublishedTable {
    let mut rows: Vec<Row> = table.rows.iter().map(|row| row.0.clone()).collect();
    let mut curves = table.curves.clone();
    change(&mut rows, &mut curves);
    for row in &mut rows {
        row.signal = "";
    }
    mark_signals(&mut rows, &table.measures, &table.settings);
    let rows = rows.into_iter().map(Published).collect();
    PublishedTable { rows, curves, ..table.clone() }
}

/// Takes every number from a row.
pub(super) fn withhold(row: &mut Row) {
    row.numerator = None;
    row.denominator = None;
    row.excluded = None;
    row.excluded_by_reason.iter_mut().for_each(|count| *count = None);
    row.members = None;
    row.value = None;
    row.low = None;
    row.high = None;
    row.interval = "";
}
