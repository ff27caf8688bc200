//! Finding published rows.

use std::cmp::Reverse;

use crate::kernel::{Group, Stratum};
use crate::oversight::{Curve, Peer, Published, PublishedTable, State, Trend, trend};
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
        let everyone = Stratum::everyone();
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

    /// Everyone's value in every period of a grain up to the wanted one, in order; for shares by
    /// level, which have no row for the whole, a row for each level.
    pub(super) fn everyone(
        &self,
        measure: usize,
        grain: Grain,
        wanted: Period,
    ) -> impl Iterator<Item = &'a Published> + use<'a> {
        self.series(measure, &Group::All, grain, wanted)
    }

    /// The same of any group.
    pub(super) fn series(
        &self,
        measure: usize,
        group: &Group,
        grain: Grain,
        wanted: Period,
    ) -> impl Iterator<Item = &'a Published> + use<'a> {
        let group = group.clone();
        let rows = self.rows(measure).filter(move |row| row.group == group);
        let rows = rows.filter(|row| row.statistic.is_empty());
        let rows = rows.filter(|row| is_everyone(&row.stratum) || row.stratum.kind == "level");
        rows.filter(move |row| row.period.grain == grain && row.period.end <= wanted.end)
    }

    /// Everyone's row that stands for the measure in a report: that of the last complete period, as
    /// short a one as can be shown; where all of these are hidden, the last of a year that can be shown; without
    /// a complete one, the last that says anything.
    pub(super) fn headline(&self, measure: usize, wanted: Period) -> Option<&'a Published> {
        let latest = |state: State, grain: Grain| {
            let rows = self.everyone(measure, grain, wanted).filter(|row| row.state == state);
            rows.max_by_key(|row| (row.period, row.value.is_some()))
        };
        let states = [
            State::Final,
            State::Preliminary,
            State::Withheld,
            State::NotComputable,
            State::LowQuality,
        ];
        for state in states {
            let rows = || Grain::ALL.into_iter().filter_map(|grain| latest(state, grain));
            let earlier = || {
                let rows = Grain::ALL.map(|grain| self.everyone(measure, grain, wanted));
                let shown = rows.into_iter().flatten().filter(|row| {
                    row.state == state
                        && row.value.is_some()
                        && row.period.end > wanted.end.months_later(-12)
                });
                shown.max_by_key(|row| (row.period.end, Reverse(row.period.grain)))
            };
            let found = rows().find(|row| row.value.is_some()).or_else(earlier);
            let found = found.or_else(|| rows().next());
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The period to compare organisations in: the preferred one, or where it shows fewer than two
    /// of them, the last complete longer one that shows more.
    pub(super) fn compared_in(&self, measure: usize, preferred: Period, wanted: Period) -> Period {
        let shown = |period: Period| {
            let rows = self.rows(measure).filter(|row| row.period == period);
            let rows = rows.filter(|row| row.statistic.is_empty() && row.group != Group::All);
            let rows = rows.filter(|row| is_everyone(&row.stratum) || row.stratum.kind == "level");
            rows.filter(|row| row.value.is_some()).count()
        };
        let longer = Grain::ALL.into_iter().filter(|grain| *grain > preferred.grain);
        let longer = longer.filter_map(|grain| {
            let rows = self.everyone(measure, grain, wanted);
            rows.filter(|row| row.state == State::Final).map(|row| row.period).max()
        });
        std::iter::once(preferred)
            .chain(longer)
            .find(|period| shown(*period) > 1)
            .unwrap_or(preferred)
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

/// What a peer is called: an organisation, or a facility or agency.
pub(super) fn peer_name(peer: &Peer) -> &str {
    match peer.part.kind.as_str() {
        "all" => group_name(&peer.group),
        _ => &peer.part.value,
    }
}

/// What a group is called.
pub(super) fn group_name(group: &Group) -> &str {
    match group {
        Group::All => "All members",
        Group::Bho(id) => id,
    }
}
