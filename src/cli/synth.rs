//! `throughline synth`.

use std::path::PathBuf;

use clap::Args;
use throughline::synth::{self, Compress, Settings};
use throughline::terms::Day;

use super::progress::Bar;
use super::{Verdict, day, say};

/// What made-up extracts are to be like.
#[derive(Debug, Args)]
pub(super) struct SynthArguments {
    /// How many members
    #[arg(long, value_name = "N")]
    members: u32,
    /// How many months of data
    #[arg(long, value_name = "M")]
    months: u32,
    /// The same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The folder to write; it must not exist or be empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The first day of the first month; without it, the last month is 2026-10
    #[arg(long, value_name = "DATE", value_parser = day)]
    start: Option<Day>,
    /// Compress the files
    #[arg(long)]
    gzip: bool,
}

/// Writes made-up extracts.
pub(super) fn synth(arguments: &SynthArguments) -> anyhow::Result<Verdict> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings {
        members: arguments.members,
        months: arguments.months,
        seed: arguments.seed,
        start: arguments.start.unwrap_or_else(|| synth::default_start(arguments.months)),
        out: &arguments.out,
        compress: if arguments.gzip { Compress::Gzip } else { Compress::None },
        threads,
    };
    let bar = Bar::new();
    let written = synth::write(&settings, &|done| bar.step("writing extracts", done, 1000))?;
    bar.end();
    for (table, rows) in &written.rows {
        say(&format!("{:>12} rows  {}", rows, table.name()))?;
    }
    say(&format!("extracts and a README of what is planted: {}", arguments.out.display()))?;
    Ok(Verdict::Fine)
}
