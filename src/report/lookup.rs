//! Finding published rows.

use std::collections::BTreeMap;

use crate::kernel::{Group, Stratum};
use crate::oversight::{Row, State};
use crate::terms::{Grain, Period};

use super::content::Content;

/// The rows of every measure.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    by_measure: BTreeMap<usize, Vec<&'a Row>>,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(content: &Content<'a>) -> Self {
        let mut by_measure: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
        for row in content.rows {
            by_measure.entry(row.measure).or_default().push(row);
        }
        for rows in by_measure.values_mut() {
            rows.sort_by(|a, b| key(a).cmp(&key(b)));
        }
        Self { by_measure }
    }

    /// Every row of a measure, by period, group, stratum and statistic.
    pub(super) fn rows(&self, measure: usize) -> impl Iterator<Item = &'a Row> {
        self.by_measure.get(&measure).into_iter().flatten().copied()
    }

    /// The value itself, for a whole group.
    pub(super) fn whole(&self, measure: usize, period: Period, group: &Group) -> Option<&'a Row> {
        self.rows(measure).find(|row| row.period == period && row.group == *group && is_whole(row))
    }

    /// The shortest grain that everyone's values are reported in.
    pub(super) fn grain(&self, measure: usize) -> Option<Grain> {
        self.rows(measure).filter(|row| row.group == Group::All).map(|row| row.period.grain).min()
    }

    /// Everyone's row for the report: that of its period, or where it is withheld or not reported
    /// that often, the latest before it that says something.
    pub(super) fn headline(&self, measure: usize, wanted: Period) -> Option<&'a Row> {
        let everyone = || self.rows(measure).filter(|row| row.group == Group::All);
        let has_whole = everyone().any(is_whole);
        // Shares by level have no row for the whole.
        let leads =
            |row: &&Row| if has_whole { is_whole(row) } else { row.stratum.kind == "level" };
        let leads = || everyone().filter(leads);
        if let Some(row) = leads().find(|row| row.period == wanted && row.state != State::Withheld)
        {
            return Some(row);
        }
        let grain = self.grain(measure)?;
        let earlier =
            || leads().filter(|row| row.period.grain == grain && row.period.end <= wanted.end);
        let told =
            earlier().filter(|row| row.state != State::Withheld).max_by_key(|row| row.period);
        told.or_else(|| earlier().max_by_key(|row| row.period))
    }

    /// Organisations with rows for the measure, in the order of their ids.
    pub(super) fn organisations(&self, measure: usize) -> Vec<&'a Group> {
        let mut groups: Vec<&Group> = self
            .rows(measure)
            .map(|row| &row.group)
            .filter(|group| **group != Group::All)
            .collect();
        groups.sort();
        groups.dedup();
        groups
    }
}

/// True for the value itself of a whole group.
pub(super) fn is_whole(row: &Row) -> bool {
    row.statistic.is_empty() && is_everyone(&row.stratum)
}

/// True for the stratum of everyone.
pub(super) fn is_everyone(stratum: &Stratum) -> bool {
    stratum.kind == "all"
}

/// What a group is called.
pub(super) fn group_name(group: &Group) -> &str {
    match group {
        Group::All => "All members",
        Group::Bho(id) => id,
    }
}

fn key(row: &Row) -> (Period, &Group, &Stratum, &str) {
    (row.period, &row.group, &row.stratum, row.statistic)
}
