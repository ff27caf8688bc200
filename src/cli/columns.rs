//! `throughline columns`.

use clap::Args;
use throughline::terms::Table;

use super::{Verdict, say};

/// What is listed.
#[derive(Debug, Args)]
pub(super) struct ColumnsArguments {
    /// The table, such as `contacts`; without it, all of them
    #[arg(value_parser = table)]
    table: Option<Table>,
}

fn table(name: &str) -> Result<Table, String> {
    let names = Table::ALL.map(Table::name).join(", ");
    Table::from_name(name).ok_or_else(|| format!("there are {names}"))
}

/// Lists the columns that extracts may have, and what they hold.
pub(super) fn columns(arguments: &ColumnsArguments) -> anyhow::Result<Verdict> {
    let tables = arguments.table.map_or(Table::ALL.to_vec(), |table| vec![table]);
    for (place, table) in tables.into_iter().enumerate() {
        if place > 0 {
            say("")?;
        }
        say(&format!("{} (`{0}.csv`, `.csv.gz` or `.parquet`)", table.name()))?;
        for field in table.fields() {
            let needed = if field.required {
                "needed"
            } else if table.either().contains(&field.name) {
                "one of these"
            } else {
                ""
            };
            say(format!("  {:24} {needed:13} {}", field.name, field.holds()).trim_end())?;
        }
    }
    Ok(Verdict::Fine)
}
