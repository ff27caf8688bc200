//! The short table of results at the end of a run.

use throughline::chart::format;
use throughline::kernel::Group;
use throughline::oversight::{PublishedTable, State};
use throughline::terms::{Grain, Period};

/// One line per indicator: its value for everyone in the reported month, or why there is none.
pub(super) fn lines(table: &PublishedTable, month: Period) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, measure) in table.measures().iter().enumerate() {
        let row = table.rows().iter().find(|row| {
            row.measure == place
                && row.statistic.is_empty()
                && row.period == month
                && row.period.grain == Grain::Month
                && row.group == Group::All
                && row.stratum.kind == "all"
        });
        let Some(row) = row else { continue };
        let value = match (row.state, row.value) {
            (State::Final | State::Preliminary, Some(value)) => {
                format::value(value, measure.display)
            }
            (State::NotComputable, _) => "not computable".to_owned(),
            (State::Withheld, _) => "not ripe".to_owned(),
            _ if row.suppressed => "hidden".to_owned(),
            _ => "–".to_owned(),
        };
        let count = row.denominator.map_or_else(String::new, |count| count.to_string());
        lines.push(format!("{:34} {:>12} {:>10}  {}", measure.id, value, count, row.reason));
    }
    lines
}
