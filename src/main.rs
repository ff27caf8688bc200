//! The command line: arguments in, messages and exit codes out. Exit code 0 is fine, 1 means
//! findings, 2 means failure.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
