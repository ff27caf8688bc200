//! `throughline worklist`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use throughline::diagnostic::suggest;
use throughline::pipeline::{self, Folders};
use throughline::report;
use throughline::terms::Day;

use super::{Verdict, day, say};

/// Which work lists, and where to.
#[derive(Debug, Args)]
pub(super) struct WorklistArguments {
    /// The pipeline file, which says how timelines are read
    #[arg(default_value = "pipelines/monthly.toml")]
    pipeline: PathBuf,
    /// The file of work lists
    #[arg(long, value_name = "FILE", default_value = "pipelines/worklists.toml")]
    lists: PathBuf,
    /// The folder of the store, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// The folder to write, apart from every report: it names members
    #[arg(long, value_name = "DIR", default_value = "worklists")]
    out: PathBuf,
    /// The folder of reports, which the work lists must stay out of, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    reports: Option<PathBuf>,
    /// The day from which days left are counted; without it, the day of the last extract
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// Only this organisation
    #[arg(long, value_name = "ID")]
    bho: Option<String>,
}

/// Writes the members to act on.
pub(super) fn worklist(arguments: &WorklistArguments) -> anyhow::Result<Verdict> {
    let pipeline = pipeline::read(&arguments.pipeline)??;
    let rules = pipeline::read_worklists(&arguments.lists)??;
    let reports = arguments.reports.as_ref().unwrap_or(&pipeline.reports);
    pipeline::check_apart(&arguments.out, reports)?;
    let folders = Folders { store: arguments.store.clone(), ..Folders::default() };
    let snapshot = pipeline::snapshot(&pipeline, &folders)?;
    let mut list = pipeline::worklist(&pipeline, &rules, &snapshot, arguments.as_of)?;
    if let Some(wanted) = &arguments.bho {
        let known = &list.organisations;
        if !known.contains(wanted) {
            let all = || known.iter().cloned().collect::<Vec<_>>().join(", ");
            let help = suggest(wanted, known.iter().map(String::as_str))
                .unwrap_or_else(|| format!("there are {}", all()));
            bail!("the store knows no bho `{wanted}`; {help}");
        }
        list.items.retain(|item| item.bho == *wanted);
    }
    let organisations =
        report::write_worklist(&list, &arguments.out).context("the work lists were not written")?;
    say(&format!("{:48} {:>8} {:>8}", format!("as of {}", list.as_of), "on list", "overdue"))?;
    for (title, _) in &list.lists {
        let own = || list.items.iter().filter(|item| item.list == *title);
        let over = own().filter(|item| item.days_left < 0).count();
        say(&format!("{title:48} {:>8} {over:>8}", own().count()))?;
    }
    for (rule, missing) in &list.not_computable {
        say(&format!("note: {rule} is not computable: {missing}"))?;
    }
    say(&format!(
        "work lists of {organisations} organisations, which name members: {}",
        arguments.out.display()
    ))?;
    Ok(Verdict::Fine)
}
