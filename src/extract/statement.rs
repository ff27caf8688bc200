//! What goes with a pseudonymized extract: its manifest, and a statement of what was done.

use std::collections::BTreeMap;

use super::manifest::{Dates, ManifestRow};
use super::pseudonymize::{Done, Pseudonymize};
use crate::terms::{Day, Table};

/// What intake has to know of dates that moved: the last days are as thin as the longest shift.
pub(super) fn manifest_csv(
    files: &[(Table, &str, Dates)],
    given: &[ManifestRow],
    shift: Option<u32>,
) -> Vec<u8> {
    let mut text = String::from(
        "source,sender,extract_date,coverage_start,coverage_end,runout_days,refresh,date_shifted\n",
    );
    let days = i32::try_from(shift.unwrap_or(0)).unwrap_or(0);
    for (table, file, dates) in files {
        let day = |day: Option<Day>| day.map_or(String::new(), |day| day.to_string());
        let several = files.iter().filter(|(other, ..)| other == table).count() > 1;
        let source = if several { file } else { table.name() };
        let row = given.iter().find(|row| row.source == *file);
        let row = row.or_else(|| given.iter().find(|row| row.source == table.name()));
        let sent = row.map_or(("", "full"), |row| {
            (row.sender.as_str(), if row.incremental { "incremental" } else { "full" })
        });
        let moves = shift.is_some() && table.kind().is_some();
        let later = if moves { days } else { 0 };
        let runout = dates.runout_days.map(|days| (days + later.unsigned_abs()).to_string());
        let runout = runout.unwrap_or_default();
        text += &format!(
            "{source},{},{},{},{},{runout},{},{}\n",
            sent.0,
            day(dates.extract_date),
            day(dates.coverage_start),
            day(dates.coverage_end.map(|end| end - later)),
            sent.1,
            moves || dates.date_shifted,
        );
    }
    text.into_bytes()
}

/// What was done, for whoever receives the extract.
pub(super) fn statement(request: &Pseudonymize, done: &[Done]) -> Vec<u8> {
    let done_of = |table: &str| done.iter().filter(|one| one.table == table).count();
    let tables: BTreeMap<&str, serde_json::Value> = done
        .iter()
        .map(|done| {
            let columns: BTreeMap<&str, &str> =
                done.columns.iter().map(|(name, what)| (name.as_str(), *what)).collect();
            let about = serde_json::json!({
                "file": done.file, "rows": done.rows, "columns": columns,
                "values_replaced_by_a_question_mark": done.unreadable,
            });
            let several = done_of(done.table) > 1;
            (if several { done.file.as_str() } else { done.table }, about)
        })
        .collect();
    let shift = request.shift_days.map(|days| {
        format!("each member's dates lie 1 to {days} days earlier, all of them by the same number; years of birth are as they were")
    });
    let statement = serde_json::json!({
        "program": "throughline",
        "version": env!("CARGO_PKG_VERSION"),
        "method": "keyed BLAKE3, 75 bits, one key for tokens and one for shifts, both derived from the sender's secret",
        "mark_of_the_key": request.key.mark(),
        "policy": request.privacy.policy.name(),
        "date_shift": shift,
        "tables": tables,
    });
    let mut bytes =
        serde_json::to_vec_pretty(&statement).expect("strings and numbers always serialise");
    bytes.push(b'\n');
    bytes
}
