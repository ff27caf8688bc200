//! `throughline study`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use throughline::pipeline::{self, Stage};
use throughline::store::Snapshot;

use super::progress::Bar;
use super::{Verdict, say};

/// Which study, on which store.
#[derive(Debug, Args)]
pub(super) struct StudyArguments {
    /// The study file
    study: PathBuf,
    /// The folder of the store
    #[arg(long, value_name = "DIR", default_value = "reports/store")]
    store: PathBuf,
    /// The folder of the report; without it, one below reports/studies
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads; without it, one for each processor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Write a second report, marked internal, in which small numbers are not hidden, with the analysis
    /// data set as Parquet
    #[arg(long)]
    internal: bool,
    /// Release the study although its numbers differ from those that were released before: withdraw
    /// these, and record why
    #[arg(long, value_name = "WHY", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    restate: Option<String>,
}

/// Does a study and writes its report.
pub(super) fn study(arguments: &StudyArguments) -> anyhow::Result<Verdict> {
    let file = pipeline::read_study_file(&arguments.study)??;
    let folder = &arguments.store;
    let snapshot = Snapshot::open(folder)?.with_context(|| {
        format!(
            "{}: there is no store here; take extracts in with `throughline ingest PIPELINE`, or name a store with --store",
            folder.display()
        )
    })?;
    let usual = || PathBuf::from("reports/studies").join(&file.study.id);
    let out = arguments.out.clone().unwrap_or_else(usual);
    pipeline::check_out(&out)?;
    let threads = arguments.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    pool.install(|| {
        let bar = Bar::new();
        let studied = pipeline::study(file, &snapshot, &|stage: Stage<'_>| bar.stage(stage))?;
        let mut pages = Vec::new();
        if arguments.internal {
            let out = pipeline::internal_folder(&out);
            let written = pipeline::write_internal_study(&studied, &out)?;
            pages.push(("internal report, not to be passed on", written.page));
        }
        let written = pipeline::release_study(&studied, &out, arguments.restate.as_deref())?;
        pages.insert(0, ("report", written.page));
        bar.end();
        say(&format!("{} · data complete through {}", studied.study.title, studied.data_through))?;
        let mut verdict = Verdict::Fine;
        for contrast in &studied.contrasts {
            let [one, other] = contrast.strategies.map(|at| &studied.study.strategies[at].name);
            match &contrast.refusal {
                Some(refusal) => {
                    verdict = Verdict::Findings;
                    say(&format!("{one} compared with {other}: no fair comparison: {refusal}"))?;
                }
                None => say(&format!("{one} compared with {other}: see the report"))?,
            }
        }
        for (what, page) in pages {
            say(&format!("{what}: {}", page.display()))?;
        }
        Ok(verdict)
    })
}
