//! Facilities and agencies beside one another.

use super::peers::{Compared, PeerPlot, Standard, peers};
use super::{Published, PublishedTable, State};
use crate::kernel::{Attributed, Group, Stratum};
use crate::terms::Period;

/// The funnels of facilities and agencies in a period, where results are broken down by them. Those
/// whose numbers are hidden or not complete are not on them, nor are units of no known provider.
pub fn provider_peers(
    table: &PublishedTable,
    measure: usize,
    period: Period,
) -> Vec<(Attributed, PeerPlot)> {
    let everyone = Stratum::everyone();
    let everyone = table.row(measure, "", period, &Group::All, &everyone);
    let of = |whose: Attributed| {
        let is_own = |row: &&Published| {
            row.period == period
                && row.group == Group::All
                && row.statistic.is_empty()
                && row.stratum.kind == whose.name()
                && !["none", "unknown"].contains(&row.stratum.value.as_str())
                && row.state == State::Final
        };
        let rows = table.rows_of(measure).iter().filter(is_own);
        let rows: Vec<Compared<'_>> = rows.map(|row| Compared { row, ratio: None }).collect();
        let plot = peers(&table.measures()[measure], &rows, everyone, Standard::NotAsked)?;
        Some((whose, plot))
    };
    Attributed::ALL.into_iter().filter_map(of).collect()
}
