//! `throughline reconcile`.

use std::path::PathBuf;

use clap::Args;
use throughline::oversight::Grade;
use throughline::pipeline::{self, Folders, Stage};

use super::progress::Bar;
use super::{Verdict, say};

/// Which rates are compared with which store.
#[derive(Debug, Args)]
pub(super) struct ReconcileArguments {
    /// The reported rates: a CSV with the columns `indicator`, `bho_id`, `period`, `numerator` and
    /// `denominator`, and perhaps `preset` and `excluded`
    reported: PathBuf,
    /// The pipeline file, for its rules, its indicator files and its store
    #[arg(long, value_name = "FILE", default_value = "pipelines/monthly.toml")]
    pipeline: PathBuf,
    /// The folder of the store, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// The folder of the comparison; without it, one named after the file, beside the reports
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads; without it, one for each processor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Compares reported rates with counted ones; findings if any differs.
pub(super) fn reconcile(arguments: &ReconcileArguments) -> anyhow::Result<Verdict> {
    let pipeline = pipeline::read(&arguments.pipeline)??;
    let folders = Folders { store: arguments.store.clone(), ..Folders::default() };
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| pipeline::reconcile_folder(&pipeline, &arguments.reported));
    super::run::with_threads(arguments.threads, || {
        let bar = Bar::new();
        let on_stage = |stage: Stage<'_>| bar.stage(stage);
        let snapshot = pipeline::snapshot(&pipeline, &folders)?;
        let compared = pipeline::reconcile(&pipeline, snapshot, &arguments.reported, &on_stage)?;
        let page = compared.write(&pipeline, &out)?;
        bar.end();
        let number =
            |name: &str| compared.rows.iter().filter(|row| row.grade.name() == name).count();
        for (name, words) in [
            (Grade::Agrees.name(), "agree"),
            (Grade::Near.name(), "differ within 5 points"),
            (Grade::Differs.name(), "differ"),
            (Grade::NotCompared(String::new()).name(), "not compared"),
        ] {
            say(&format!("{:6} {words}", number(name)))?;
        }
        say(&format!("comparison, internal, not to be passed on: {}", page.display()))?;
        let differs = compared.rows.iter().any(|row| row.grade.is_difference());
        Ok(if differs { Verdict::Findings } else { Verdict::Fine })
    })?
}
