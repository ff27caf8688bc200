//! How complete the months of a snapshot are, by the extracts that came before it.

use std::collections::BTreeMap;

use super::Pipeline;
use super::run::complete_up_to;
use crate::oversight::{Completion, Span};
use crate::statistics::chain_ladder;
use crate::store::{self, Manifest, Snapshot, SourceEntry};
use crate::terms::{Day, Table};

/// Chain-ladder completion of every table, as far as the store's snapshots up to this one tell.
///
/// # Errors
/// If a manifest of the store cannot be read.
pub(super) fn completion(pipeline: &Pipeline, snapshot: &Snapshot) -> anyhow::Result<Completion> {
    let mut completion = Completion { months: BTreeMap::new(), ..pipeline.completion.clone() };
    // Rows that lie elsewhere have no history here.
    let folder = snapshot.folder().ancestors().nth(2);
    for source in &snapshot.manifest().sources {
        let Some(folder) = folder else { break };
        let Some(cut) = source.extract_date.as_deref().and_then(Day::parse) else { continue };
        let triangle = store::triangle(folder, &source.table, Some(cut))?;
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than f64 has")]
        let numbers: Vec<Vec<f64>> = triangle
            .rows
            .iter()
            .map(|rows| rows.iter().map(|rows| *rows as f64).collect())
            .collect();
        let Some(ladder) = chain_ladder(&numbers) else { continue };
        let of_lag = |(share, lag): (&f64, i32)| (cut.first_of_month().months_later(-lag), *share);
        let months = ladder.completion.iter().zip(1..).map(of_lag);
        completion.months.insert(source.table.clone(), months.collect());
    }
    Ok(completion)
}

/// The first and last day that each table covers.
pub(super) fn spans(manifest: &Manifest) -> BTreeMap<String, Span> {
    let day = |day: &Option<String>| day.as_deref().and_then(Day::parse);
    let span = |source: &SourceEntry| {
        // Rows beyond the days that a sender names say more than the sender.
        let (first, last) = (day(&source.first_day), day(&source.last_day));
        let start = day(&source.coverage_start);
        let end = day(&source.coverage_end);
        let span = Span {
            first: start.filter(|start| first.is_none_or(|first| *start <= first)),
            last: end.filter(|end| last.is_none_or(|last| last <= *end)),
            complete: Some(source.table.as_str())
                .filter(|table| Table::from_name(table).is_some_and(Table::is_read_by_few))
                .and_then(|table| complete_up_to(manifest, table)),
        };
        (source.table.clone(), span)
    };
    manifest.sources.iter().map(span).collect()
}
