//! Finding published rows.

use crate::kernel::{Group, Stratum};
use crate::oversight::{Curve, Published, PublishedTable, State, Trend, trend};
use crate::terms::{Grain, Period};

use super::content::Content;

/// The rows of every measure, and the control chart of everyone for each.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    table: &'a PublishedTable,
    trends: Vec<Trend>,
    everyone: Stratum,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(content: &Content<'a>) -> Self {
        let table = content.table;
        let trends = (0..table.measures().len()).map(|measure| trend(table, measure, &Group::All));
        let everyone = Stratum { kind: "all".to_owned(), value: "all".to_owned() };
        Self { table, trends: trends.collect(), everyone }
    }

    /// Every row of a measure.
    pub(super) fn rows(&self, measure: usize) -> impl Iterator<Item = &'a Published> + use<'a> {
        self.table.rows_of(measure).iter()
    }

    /// The control chart of everyone.
    pub(super) fn trend(&self, measure: usize) -> &Trend {
        &self.trends[measure]
    }

    /// The value itself, for a whole group.
    pub(super) fn whole(
        &self,
        measure: usize,
        period: Period,
        group: &Group,
    ) -> Option<&'a Published> {
        self.table.row(measure, "", period, group, &self.everyone)
    }

    /// The shortest grain that everyone's values are reported in.
    pub(super) fn grain(&self, measure: usize) -> Option<Grain> {
        let everyone = self.rows(measure).filter(|row| row.group == Group::All);
        everyone.map(|row| row.period.grain).min()
    }

    /// Everyone's row for the report: the latest complete one up to its period; where there is
    /// none, the latest that says something, else the latest.
    pub(super) fn headline(&self, measure: usize, wanted: Period) -> Option<&'a Published> {
        let everyone = || self.rows(measure).filter(|row| row.group == Group::All);
        let has_whole = everyone().any(is_whole);
        let grain = self.grain(measure)?;
        // Shares by level have no row for the whole.
        let leads =
            |row: &&Published| if has_whole { is_whole(row) } else { row.stratum.kind == "level" };
        let rows = || {
            everyone()
                .filter(leads)
                .filter(|row| row.period.grain == grain && row.period.end <= wanted.end)
        };
        let latest = |state: fn(State) -> bool| {
            rows().filter(|row| state(row.state)).max_by_key(|row| row.period)
        };
        latest(|state| state == State::Final)
            .or_else(|| latest(|state| state != State::Withheld))
            .or_else(|| latest(|_| true))
    }

    /// Organisations with rows for the measure, in the order of their ids.
    pub(super) fn organisations(&self, measure: usize) -> Vec<&'a Group> {
        let groups = self.rows(measure).map(|row| &row.group);
        let mut groups: Vec<&Group> = groups.filter(|group| **group != Group::All).collect();
        groups.sort();
        groups.dedup();
        groups
    }

    /// Curves of the latest period that has them, everyone first.
    pub(super) fn curves(&self, measure: usize, wanted: Period) -> Vec<&'a Curve> {
        let curves = || self.table.curves().iter().filter(|curve| curve.measure == measure);
        let ended = curves().map(|curve| curve.period).filter(|period| period.end <= wanted.end);
        let Some(latest) = ended.max_by_key(|period| period.end) else { return Vec::new() };
        let mut curves: Vec<&Curve> = curves().filter(|curve| curve.period == latest).collect();
        curves.sort_by(|a, b| a.group.cmp(&b.group));
        curves
    }
}

/// True for the value itself of a whole group.
pub(super) fn is_whole(row: &Published) -> bool {
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
