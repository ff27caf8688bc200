//! Arguments, and which command they ask for. The library knows nothing of this.

mod check;
mod columns;
mod explain;
mod indicators;
#[cfg(unix)]
mod interrupt;
mod progress;
mod pseudonymize;
#[cfg(feature = "sql")]
mod query;
mod reconcile;
mod run;
mod scale;
mod store;
mod study;
mod summary;
mod synth;
mod verify;
mod worklist;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use throughline::diagnostic::Problems;
use throughline::extract::is_guarded;
use throughline::pipeline::{self, Earlier, Folders, Pipeline};
use throughline::terms::{Day, Period};

/// Follows the line of care through each person's record, and tells whether it holds: continuity,
/// re-engagement and least-restrictive-level indicators from contact and outcome extracts.
#[derive(Debug, Parser)]
#[command(name = "throughline", version, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take the extracts in, count, and write the report: the monthly run
    Run(IngestArguments),
    /// Take the extracts in, and stop there
    Ingest(IngestArguments),
    /// Count from the store, and write the tables without the page; or count a part of it
    Evaluate(EvaluateArguments),
    /// Count from the store, and write the report; or write it from tallies
    Report(ReportArguments),
    /// Write what a run would count as a file, for counting elsewhere
    Plan(scale::PlanArguments),
    /// Count timeline rows from standard input (Arrow IPC), and write tallies to standard output
    Kernel(scale::KernelArguments),
    /// Add tallies of one plan into one file
    Merge(scale::MergeArguments),
    /// Search values from standard input (Arrow IPC) for identifiers, as taking extracts in does
    Search(scale::SearchArguments),
    /// Make extracts for others: tokens instead of ids, dates moved, details coarsened
    Pseudonymize(pseudonymize::PseudonymizeArguments),
    /// Write made-up extracts with planted effects
    Synth(synth::SynthArguments),
    /// List the columns that extracts may have, and what they hold
    Columns(columns::ColumnsArguments),
    /// Check pipelines and indicator files, and run their examples
    Check {
        /// Files or folders; without any, everything below `pipelines`
        files: Vec<PathBuf>,
    },
    /// List the indicators, show one with its rule in a picture, or write their reference as a page
    Indicators(indicators::IndicatorsArguments),
    /// Show how a number came about: its units, who was left out and why, and the rows that decided
    Explain(explain::ExplainArguments),
    /// Write the members to act on now, by organisation and agency, apart from the report
    Worklist(worklist::WorklistArguments),
    /// Hash a store or a report against its manifest, and count a report's numbers again
    Verify(verify::VerifyArguments),
    /// List, show, compare and remove the snapshots of a store
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Follow people from an event on: pathways, careers and fair comparisons, as a report
    Study(study::StudyArguments),
    #[cfg(feature = "sql")]
    /// Ask the store in SQL: `contacts`, `stays`, `members` … and `timeline` are tables
    Query(query::QueryArguments),
    /// Compare the rates that organisations report with the same rates counted from the store
    Reconcile(reconcile::ReconcileArguments),
}

/// What taking extracts in is told.
#[derive(Debug, Args)]
struct IngestArguments {
    #[command(flatten)]
    run: RunArguments,
    /// Go on although a source has lost rows, members, months or codes against the snapshot in
    /// force; the reason is recorded in the store
    #[arg(long, value_name = "REASON", value_parser = reason)]
    accept: Option<String>,
}

/// What counting from the store is told.
#[derive(Debug, Args)]
struct StoredArguments {
    #[command(flatten)]
    run: RunArguments,
    /// The snapshot to count from, or the beginning of its id; without it, the one in force
    #[arg(long, value_name = "ID")]
    snapshot: Option<String>,
}

/// What `evaluate` is told.
#[derive(Debug, Args)]
struct EvaluateArguments {
    #[command(flatten)]
    stored: StoredArguments,
    /// Count one of N parts of the store, such as 3/16, and write its tallies instead of tables
    #[arg(long, value_name = "I/N", value_parser = bucket, requires = "tallies")]
    bucket: Option<pipeline::Bucket>,
    /// The file of tallies to write
    #[arg(long, value_name = "FILE", requires = "bucket")]
    tallies: Option<PathBuf>,
}

/// What `report` is told.
#[derive(Debug, Args)]
struct ReportArguments {
    #[command(flatten)]
    stored: StoredArguments,
    /// Files of tallies, or folders of such files, instead of counting: all parts of one count
    #[arg(long, value_name = "TALLIES", num_args = 1..)]
    tallies: Vec<PathBuf>,
    /// The plan of these tallies; it is needed if their rows are in no store
    #[arg(long, value_name = "FILE", requires = "tallies", conflicts_with_all = ["snapshot", "period"])]
    plan: Option<PathBuf>,
    /// How many distinct members there are: tallies that saw more or fewer are refused
    #[arg(long, value_name = "N", requires = "tallies")]
    members: Option<u64>,
}

fn bucket(text: &str) -> Result<pipeline::Bucket, String> {
    pipeline::Bucket::parse(text).ok_or_else(|| "expected a part such as 3/16".to_owned())
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("give the reason".to_owned()) } else { Ok(text.to_owned()) }
}

/// What a run is told beside its pipeline file.
#[derive(Debug, Args)]
struct RunArguments {
    /// The pipeline file
    pipeline: PathBuf,
    /// The reported month, such as 2026-09; without it, the last complete one
    #[arg(long, value_name = "MONTH", value_parser = month)]
    period: Option<Period>,
    /// The folder of extracts, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    extracts: Option<PathBuf>,
    /// The folder of the store, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// The folder of the report, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The day all extracts were cut, whatever their manifest says
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// Threads; without it, one for each processor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Write a second report, marked internal, in which small numbers are not hidden
    #[arg(long)]
    internal: bool,
    /// Where the release could be subtracted from an earlier one, leave those periods as they were
    /// released
    #[arg(long, conflicts_with = "restate")]
    as_released: bool,
    /// Withdraw the earlier releases, for a reason that the register and the report record
    #[arg(long, value_name = "WHY", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    restate: Option<String>,
}

impl RunArguments {
    fn earlier(&self) -> Earlier {
        match &self.restate {
            Some(why) => Earlier::Restate(why.clone()),
            None if self.as_released => Earlier::AsReleased,
            None => Earlier::Refuse,
        }
    }
}

const BETWEEN: &str = "expected one of the years from 1900 to 2200,";

fn month(text: &str) -> Result<Period, String> {
    let plausible = |month: &Period| month.start.is_plausible();
    let month = pipeline::month(text).ok_or("expected a month such as 2026-09")?;
    Some(month).filter(plausible).ok_or_else(|| format!("{BETWEEN} such as 2026-09"))
}

fn day(text: &str) -> Result<Day, String> {
    let day = Day::parse(text).ok_or("expected a date such as 2026-10-15")?;
    Some(day)
        .filter(|day| day.is_plausible())
        .ok_or_else(|| format!("{BETWEEN} such as 2026-10-15"))
}

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Findings,
}

/// Reads the arguments, does what they ask, and says how it went.
pub(crate) fn main() -> ExitCode {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A damaged file is told of as such.
        if !is_guarded() {
            usual(panic);
        }
    }));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and versions are answers, everything else is a wrong call.
            let code = if error.use_stderr() { 2 } else { 0 };
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    #[cfg(unix)]
    interrupt::heed();
    match dispatch(&arguments.command) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

fn dispatch(command: &Command) -> anyhow::Result<Verdict> {
    match command {
        Command::Run(arguments) => run::run(arguments),
        Command::Ingest(arguments) => run::ingest(arguments),
        Command::Evaluate(arguments) => run::evaluate(arguments),
        Command::Report(arguments) => run::report(arguments),
        Command::Plan(arguments) => scale::plan(arguments),
        Command::Kernel(arguments) => scale::kernel(arguments),
        Command::Merge(arguments) => scale::merge(arguments),
        Command::Search(arguments) => scale::search(arguments),
        Command::Pseudonymize(arguments) => pseudonymize::pseudonymize(arguments),
        Command::Synth(arguments) => synth::synth(arguments),
        Command::Check { files } => check::check(files),
        Command::Indicators(arguments) => indicators::indicators(arguments),
        Command::Explain(arguments) => explain::explain(arguments),
        Command::Worklist(arguments) => worklist::worklist(arguments),
        Command::Columns(arguments) => columns::columns(arguments),
        Command::Verify(arguments) => verify::verify(arguments),
        Command::Store(command) => store::store(command),
        Command::Study(arguments) => study::study(arguments),
        #[cfg(feature = "sql")]
        Command::Query(arguments) => query::query(arguments),
        Command::Reconcile(arguments) => reconcile::reconcile(arguments),
    }
}

/// Whoever reads the output has gone, as with `| head`.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[expect(clippy::print_stderr, reason = "this is where the binary talks")]
fn complain(error: &anyhow::Error) {
    match error.downcast_ref::<Problems>() {
        Some(problems) => eprintln!("{}", problems.render(std::io::stderr().is_terminal())),
        None => eprintln!("error: {}", in_full(error)),
    }
}

/// An error and its causes, each said once: many name their own cause.
fn in_full(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.ends_with(&cause) {
            text += if text.is_empty() { "" } else { ": " };
            text += &cause;
        }
    }
    text
}

/// Prints one line of an answer.
fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}

fn read_pipeline(arguments: &RunArguments) -> anyhow::Result<(Pipeline, Folders)> {
    let pipeline = pipeline::read(&arguments.pipeline)??;
    let folders = Folders {
        extracts: arguments.extracts.clone(),
        store: arguments.store.clone(),
        out: arguments.out.clone(),
    };
    pipeline::check_folders(&pipeline, &folders)?;
    Ok((pipeline, folders))
}
