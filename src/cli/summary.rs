//! The short table of results at the end of a run.

use throughline::chart::format;
use throughline::indicator::{Measure, Shape};
use throughline::kernel::Group;
use throughline::oversight::{PublishedTable, State};
use throughline::terms::Period;

/// Headings, and one line per indicator: its value for everyone in the last complete month (or in
/// the shortest period that it is reported in) up to the reported one, or why there is none.
pub(super) fn lines(table: &PublishedTable, month: Period) -> Vec<String> {
    let width = table.measures().iter().map(|measure| name(measure).len()).max();
    let width = width.unwrap_or(0).max(34);
    let mut lines =
        vec![format!("{:width$} {:>8} {:>14} {:>10}", "indicator", "month", "value", "counted")];
    for (place, measure) in table.measures().iter().enumerate() {
        let shortest = table.rows_of(place).iter().map(|row| row.period.grain).min();
        let everyone = || {
            table.rows_of(place).iter().filter(|row| {
                row.statistic.is_empty()
                    && Some(row.period.grain) == shortest
                    && row.period.end <= month.end
                    && row.group == Group::All
                    && row.stratum.kind == "all"
            })
        };
        let complete =
            everyone().filter(|row| row.state == State::Final).max_by_key(|row| row.period);
        let Some(row) = complete.or_else(|| everyone().max_by_key(|row| row.period)) else {
            continue;
        };
        let value = match (row.state, row.value) {
            (State::NotComputable | State::LowQuality, _) => "not computable".to_owned(),
            (State::Withheld, _) => "withheld".to_owned(),
            (_, Some(value)) => format::value(value, measure.display),
            _ if row.suppressed => "hidden".to_owned(),
            _ => "–".to_owned(),
        };
        // What rates are divided by are days and the like: they are told with their members.
        let count = match measure.shape {
            Shape::Rate | Shape::Mix | Shape::Top { .. } => row.members.map(|n| n.to_string()),
            _ => row.denominator.map(|count| count.to_string()),
        };
        let count = count.unwrap_or_default();
        let has_none = row.value.is_none() && !row.reason.is_empty();
        let says = if row.suppressed || row.state != State::Final || has_none {
            row.reason.as_str()
        } else {
            &measure.unit
        };
        lines.push(format!(
            "{:width$} {:>8} {:>14} {:>10}  {says}",
            name(measure),
            row.period.to_string(),
            value,
            count
        ));
    }
    lines
}

/// The indicator as a pipeline names it: with its preset, where one was chosen.
fn name(measure: &Measure) -> String {
    match measure.preset.as_str() {
        "" | "default" => measure.id.clone(),
        preset => format!("{}:{preset}", measure.id),
    }
}
