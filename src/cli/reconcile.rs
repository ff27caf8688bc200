//! `throughline reconcile`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use throughline::oversight::{Grade, MemberDifference};
use throughline::pipeline::{self, Folders, Stage};

use super::progress::Bar;
use super::{Verdict, say};

/// Which rates are compared with which store.
#[derive(Debug, Args)]
pub(super) struct ReconcileArguments {
    /// The reported rates: a CSV with the columns `indicator`, `bho_id`, `period`, `numerator` and
    /// `denominator`, and perhaps `preset` and `excluded`
    reported: PathBuf,
    /// Lists of members: a CSV with the columns `indicator`, `bho_id`, `period`, `member_id` and `unit`
    /// (`met`, `denominator` or `excluded`), one line for each unit; who differs is written into the
    /// folder of the comparison
    #[arg(long, value_name = "FILE")]
    members: Option<PathBuf>,
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
    pipeline::check_out(&out)?;
    super::run::with_threads(arguments.threads, || {
        let bar = Bar::new();
        let on_stage = |stage: Stage<'_>| bar.stage(stage);
        let snapshot = pipeline::snapshot(&pipeline, &folders)?;
        let files = (arguments.reported.as_path(), arguments.members.as_deref());
        let compared = pipeline::reconcile(&pipeline, snapshot, files, &on_stage)?;
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
        let members = compared.members.as_deref();
        if let Some(members) = members {
            say(&format!("{:6} members of the lists differ", distinct(members)))?;
        }
        let differs = compared.rows.iter().any(|row| row.grade.is_difference())
            || members.is_some_and(|members| !members.is_empty());
        Ok(if differs { Verdict::Findings } else { Verdict::Fine })
    })?
}

/// How many members there are.
fn distinct(members: &[MemberDifference]) -> usize {
    members.iter().map(|one| &one.member).collect::<BTreeSet<_>>().len()
}
