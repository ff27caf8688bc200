//! `throughline query`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use throughline::store::Snapshot;
use throughline::{oversight, pipeline};

use super::{Verdict, say};

/// What is asked, and of which store.
#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// The question, such as "select class, count(*) as n from contacts group by class"
    sql: String,
    /// The folder of the store
    #[arg(long, value_name = "DIR", default_value = "reports/store")]
    store: PathBuf,
    /// Answer as CSV
    #[arg(long)]
    csv: bool,
}

/// Answers a question in SQL.
pub(super) fn query(arguments: &QueryArguments) -> anyhow::Result<Verdict> {
    let store = &arguments.store;
    let snapshot = Snapshot::open(store)?.with_context(|| {
        format!("{}: there is no store here; name one with --store", store.display())
    })?;
    let views = pipeline::views(&snapshot, &arguments.sql)?;
    let answer = oversight::query(&arguments.sql, views)?;
    say(if arguments.csv { answer.csv.trim_end() } else { answer.table.trim_end() })?;
    Ok(Verdict::Fine)
}
