//! `throughline store log|show|diff|prune`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use throughline::diagnostic::suggest;
use throughline::statistics::chain_ladder;
use throughline::store::{self, Manifest, Snapshot, Store};
use throughline::terms::Table;

use super::{Verdict, say};

/// Which store.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The folder of the store
    #[arg(long, value_name = "DIR", default_value = "reports/store")]
    store: PathBuf,
}

/// What is asked of it.
#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// List the snapshots in the order in which they were put in force
    Log(Place),
    /// Show what a snapshot was made from
    Show {
        /// The snapshot, or the beginning of its id; without it, the one in force
        snapshot: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Compare two snapshots, source by source
    Diff {
        /// The earlier snapshot
        before: String,
        /// The later one; without it, the one in force
        after: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Show how the rows of each month came in, and how complete recent months therefore are
    Lag {
        /// The table
        #[arg(long, value_name = "TABLE", default_value = "contacts")]
        table: String,
        #[command(flatten)]
        place: Place,
    },
    /// Remove old snapshots; the one in force always stays
    Prune {
        /// How many to keep, counted from the one put in force last
        #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..))]
        keep: u16,
        #[command(flatten)]
        place: Place,
    },
}

/// Answers what is asked of a store.
pub(super) fn store(command: &StoreCommand) -> anyhow::Result<Verdict> {
    match command {
        StoreCommand::Log(place) => log(&place.store),
        StoreCommand::Show { snapshot, place } => show(&place.store, snapshot.as_deref()),
        StoreCommand::Diff { before, after, place } => diff(&place.store, before, after.as_deref()),
        StoreCommand::Lag { table, place } => lag(&place.store, table),
        StoreCommand::Prune { keep, place } => prune(&place.store, usize::from(*keep)),
    }
}

/// A snapshot by its id, or the one in force.
pub(super) fn found(store: &Path, id: Option<&str>) -> anyhow::Result<Snapshot> {
    let shown = store.display();
    match id {
        None => Snapshot::open(store)?.with_context(|| {
            format!("{shown}: this store is empty; take extracts in first: `throughline ingest PIPELINE`")
        }),
        Some(id) => Snapshot::find(store, id)?.with_context(|| {
            format!("{shown}: there is no snapshot {id}; `throughline store log` lists them")
        }),
    }
}

fn rows(manifest: &Manifest) -> u64 {
    manifest.sources.iter().map(|source| source.rows_accepted).sum()
}

fn cut(manifest: &Manifest) -> String {
    let last = manifest.sources.iter().filter_map(|source| source.extract_date.clone()).max();
    last.unwrap_or_else(|| "-".to_owned())
}

fn log(store: &Path) -> anyhow::Result<Verdict> {
    let current = found(store, None)?.manifest().snapshot.clone();
    let entries = store::history(store)?;
    let last = entries.iter().rposition(|entry| entry.snapshot == current);
    say(&format!("{:>4}  {:16}  {:10}  {:>12}", "", "snapshot", "cut on", "rows"))?;
    for (place, entry) in entries.iter().enumerate() {
        let about = Snapshot::find(store, &entry.snapshot)?.map_or_else(
            || "pruned".to_owned(),
            |snapshot| {
                format!("{:10}  {:>12}", cut(snapshot.manifest()), rows(snapshot.manifest()))
            },
        );
        let mark = if Some(place) == last { "  in force" } else { "" };
        let accepted =
            entry.accepted.as_ref().map_or(String::new(), |why| format!("  accepted: {why}"));
        say(&format!("{:>4}  {:16}  {about}{mark}{accepted}", entry.number, entry.snapshot))?;
    }
    Ok(Verdict::Fine)
}

fn show(store: &Path, id: Option<&str>) -> anyhow::Result<Verdict> {
    let snapshot = found(store, id)?;
    let manifest = snapshot.manifest();
    say(&format!("snapshot {} by version {}", manifest.snapshot, manifest.program_version))?;
    if !manifest.privacy_policy.is_empty() {
        say(&format!("privacy policy {}", manifest.privacy_policy))?;
    }
    for done in &manifest.privacy {
        say(&format!("  {done}"))?;
    }
    say(&format!(
        "{:20} {:28} {:10} {:>12} {:>9} {:>9}  sha256",
        "table", "file", "cut on", "accepted", "refused", "members"
    ))?;
    for source in &manifest.sources {
        let refused: u64 = source.rows_refused.values().sum();
        say(&format!(
            "{:20} {:28} {:10} {:>12} {refused:>9} {:>9}  {:.12}",
            source.table,
            source.file,
            source.extract_date.as_deref().unwrap_or("-"),
            source.rows_accepted,
            source.members,
            source.sha256
        ))?;
        for one in &source.submissions {
            say(&format!(
                "{:20} {:28} {:10} {:>12} {}",
                "",
                format!("  {}", one.file),
                one.extract_date.as_deref().unwrap_or("-"),
                format!("{} read", one.rows_read),
                if one.incremental { "changes" } else { "full" },
            ))?;
        }
        if source.rows_replaced + source.rows_voided > 0 {
            say(&format!(
                "{:20}   {} rows replaced by later ones, {} that take others back or were taken back",
                "", source.rows_replaced, source.rows_voided
            ))?;
        }
    }
    for file in &manifest.replaced_files {
        say(&format!("not in force: {file}, which a later full extract replaces"))?;
    }
    Ok(Verdict::Fine)
}

fn diff(store: &Path, before: &str, after: Option<&str>) -> anyhow::Result<Verdict> {
    let (old, new) = (found(store, Some(before))?, found(store, after)?);
    let (old, new) = (old.manifest(), new.manifest());
    let tables = old.sources.iter().chain(&new.sources).map(|source| source.table.as_str());
    let tables: std::collections::BTreeSet<&str> = tables.collect();
    let mut changed = false;
    say(&format!("{:20} {:24} {:>12} {:>12}", "table", "what", old.snapshot, new.snapshot))?;
    for table in tables {
        for (what, before, after) in differences(old, new, table) {
            changed = true;
            say(&format!("{table:20} {what:24} {before:>12} {after:>12}"))?;
        }
    }
    if !changed {
        say("nothing differs in rows, members, months or refused rows")?;
    }
    Ok(if changed { Verdict::Findings } else { Verdict::Fine })
}

/// What differs between two states of a table: what, before and after.
fn differences(old: &Manifest, new: &Manifest, table: &str) -> Vec<(String, u64, u64)> {
    let (old, new) = (old.source(table), new.source(table));
    let mut all = Vec::new();
    let number = |of: fn(&store::SourceEntry) -> u64| (old.map_or(0, of), new.map_or(0, of));
    let mut add = |what: String, (before, after): (u64, u64)| {
        if before != after {
            all.push((what, before, after));
        }
    };
    add("rows".to_owned(), number(|source| source.rows_accepted));
    add("members".to_owned(), number(|source| source.members));
    add("refused rows".to_owned(), number(|source| source.rows_refused.values().sum()));
    let months = old.into_iter().chain(new).flat_map(|source| source.rows_by_month.keys());
    for month in months.collect::<std::collections::BTreeSet<_>>() {
        let of = |source: Option<&store::SourceEntry>| {
            source.and_then(|source| source.rows_by_month.get(month)).copied().unwrap_or(0)
        };
        add(format!("rows of {month}"), (of(old), of(new)));
    }
    all
}

fn lag(store: &Path, table: &str) -> anyhow::Result<Verdict> {
    found(store, None)?;
    let tables = Table::ALL.map(Table::name);
    if !tables.contains(&table) {
        let near = suggest(table, tables)
            .unwrap_or_else(|| format!("the tables are {}", tables.join(", ")));
        bail!("there is no table `{table}`: {near}");
    }
    let triangle = store::triangle(store, table, None)?;
    if triangle.months.is_empty() {
        bail!(
            "no two extracts of {table} follow one another by months: there is nothing to compare"
        );
    }
    say("rows of each month, by months from the month to the cut of the extract")?;
    for (month, rows) in triangle.months.iter().zip(&triangle.rows) {
        let cells: String = rows.iter().map(|rows| format!(" {rows:>12}")).collect();
        say(&format!("{}{cells}", &month.to_string()[..7]))?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than f64 has")]
    let numbers: Vec<Vec<f64>> =
        triangle.rows.iter().map(|rows| rows.iter().map(|rows| *rows as f64).collect()).collect();
    match chain_ladder(&numbers) {
        Some(ladder) => {
            let cells: String = ladder
                .completion
                .iter()
                .map(|share| format!(" {:>10.1} %", share * 100.0))
                .collect();
            say(&format!("complete{}", cells.get(1..).unwrap_or("")))?;
        }
        None => say("how complete a month is cannot be told: a lag has no rows to grow from")?,
    }
    Ok(Verdict::Fine)
}

fn prune(store: &Path, keep: usize) -> anyhow::Result<Verdict> {
    found(store, None)?;
    let removed = Store::open(store)?.prune(keep)?;
    for id in &removed {
        say(&format!("removed {id}"))?;
    }
    say(&format!("{} snapshots removed", removed.len()))?;
    Ok(Verdict::Fine)
}
