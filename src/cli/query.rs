//! `throughline query`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use throughline::oversight::{self, QueryError};
use throughline::pipeline;
use throughline::store::{self, Snapshot};

use super::{Verdict, say};

/// What is asked, and of which store.
#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// The question, such as "select class, count(*) as n from contacts group by class"
    sql: String,
    /// The folder of the store
    #[arg(long, value_name = "DIR", default_value = "reports/store")]
    store: PathBuf,
    /// The folder of a report (or a `results.parquet`), whose table `results` may be asked as well
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Answer as CSV
    #[arg(long)]
    csv: bool,
}

/// Answers a question in SQL.
pub(super) fn query(arguments: &QueryArguments) -> anyhow::Result<Verdict> {
    let mut has = String::new();
    let mut views = if pipeline::asks_for_results_only(&arguments.sql) {
        Vec::new()
    } else {
        let folder = &arguments.store;
        let snapshot = Snapshot::open(folder)?.with_context(|| {
            format!("{}: there is no store here; name one with --store", folder.display())
        })?;
        has = pipeline::view_columns(&snapshot, &arguments.sql);
        pipeline::views(&snapshot, &arguments.sql)?
    };
    if pipeline::asks_for_results(&arguments.sql) {
        let report = arguments
            .report
            .as_ref()
            .context("the question names `results`; say of which report with --report DIR")?;
        let file = ["tables/results.parquet", "results.parquet"]
            .map(|name| report.join(name))
            .into_iter()
            .chain([report.clone()])
            .find(|file| file.is_file())
            .with_context(|| format!("{}: there is no report here", report.display()))?;
        let table = store::read_table(&file)?;
        let fields = table.iter().take(1).flat_map(|batch| batch.schema().fields().to_vec());
        let names: Vec<String> = fields.map(|field| field.name().clone()).collect();
        let between = if has.is_empty() { "" } else { "; " };
        has += &format!("{between}results has {}", names.join(", "));
        views.push((pipeline::RESULTS.to_owned(), table));
    }
    let answer = match oversight::query(&arguments.sql, views) {
        Err(error @ QueryError::Column(_)) => bail!("{error}; {has}"),
        answer => answer?,
    };
    say(if arguments.csv { answer.csv.trim_end() } else { answer.table.trim_end() })?;
    Ok(Verdict::Fine)
}
