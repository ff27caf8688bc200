//! How complete the months of a snapshot are, by the extracts that came before it.

use std::collections::{BTreeMap, BTreeSet};

use super::Pipeline;
use crate::indicator::{Indicator, Rule};
use crate::kernel::asks_stays;
use crate::oversight::{Completion, Span};
use crate::statistics::chain_ladder;
use crate::store::{self, Manifest, Snapshot};
use crate::terms::Day;

/// Chain-ladder completion of every table, as far as the store's snapshots up to this one tell.
///
/// # Errors
/// If a manifest of the store cannot be read.
pub(super) fn completion(pipeline: &Pipeline, snapshot: &Snapshot) -> anyhow::Result<Completion> {
    let mut completion = Completion {
        months: BTreeMap::new(),
        tables: BTreeMap::new(),
        ..pipeline.completion.clone()
    };
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
    let indicators = pipeline.definitions.iter().flat_map(|one| &one.indicators);
    completion.tables = indicators
        .map(|one| ((one.measure.id.clone(), one.measure.preset.clone()), tables(one)))
        .collect();
    Ok(completion)
}

/// The first and last day that all tables cover without which an indicator has no number.
pub(super) fn spans(pipeline: &Pipeline, manifest: &Manifest) -> BTreeMap<(String, String), Span> {
    let indicators = pipeline.definitions.iter().flat_map(|one| &one.indicators);
    let span = |indicator: &Indicator| {
        let mut span = Span::default();
        for table in needed(indicator) {
            let Some(source) = manifest.source(&table) else { continue };
            let day = |day: &Option<String>| day.as_deref().and_then(Day::parse);
            // Rows beyond the days that a sender names say more than the sender.
            let (first, last) = (day(&source.first_day), day(&source.last_day));
            let start = day(&source.coverage_start);
            let start = start.filter(|start| first.is_none_or(|first| *start <= first));
            let end = day(&source.coverage_end);
            let end = end.filter(|end| last.is_none_or(|last| last <= *end));
            span.first = span.first.max(start.map(|start| (start, table.clone())));
            span.last = match (span.last, end.map(|end| (end, table))) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        span
    };
    indicators
        .map(|one| ((one.measure.id.clone(), one.measure.preset.clone()), span(one)))
        .collect()
}

/// The tables without which an indicator has no number.
fn needed(indicator: &Indicator) -> BTreeSet<String> {
    let named = indicator.needs.iter().filter(|need| !need.contains(" or "));
    named
        .map(|need| table_of(need))
        .chain(asks_stays(&indicator.rule).then(|| "stays".to_owned()))
        .collect()
}

fn table_of(need: &str) -> String {
    need.split('.').next().unwrap_or(need).trim().to_owned()
}

/// The tables that an indicator reads rows of.
fn tables(indicator: &Indicator) -> Vec<String> {
    let named = indicator.needs.iter().flat_map(|need| need.split(" or ")).map(table_of);
    let mut tables: BTreeSet<String> = named.collect();
    if tables.is_empty() || !indicator.filters.is_empty() || indicator.rule == Rule::LevelMix {
        tables.insert("contacts".to_owned());
    }
    tables.into_iter().collect()
}
