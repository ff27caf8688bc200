//! What surrounds the numbers of the fabricated report.

use std::sync::LazyLock;

use throughline::indicator::Better;
use throughline::oversight::contract::Target;
use throughline::oversight::{Adjusted, PublishedTable, Settings, Table, suppress, tabulate};
use throughline::report::{
    Content, Coverage, MonthRows, Quality, Refused, Share, Snapshot, Source,
};
use throughline::terms::Day;

use super::tallies::{september, tallies};

/// Data to the end of September, and one target.
pub(super) fn settings() -> Settings {
    let mut settings = Settings::new(september().end);
    settings.standardised_by = ["age_band", "sex"].map(Adjusted::from).to_vec();
    settings.targets.push(Target::for_all("fu_hosp_mh_7d", Better::Higher, 0.5));
    settings
}

/// Every number.
pub(super) fn table() -> Table {
    tabulate(&tallies(), &settings())
}

/// What may be shown of it.
pub(crate) fn published() -> &'static PublishedTable {
    static PUBLISHED: LazyLock<PublishedTable> = LazyLock::new(|| suppress(&table(), &settings()));
    &PUBLISHED
}

/// The report about it.
pub(crate) fn content(table: &PublishedTable) -> Content<'_> {
    let change =
        "Follow-up within 7 days of a mental-health hospital discharge is above its limits.";
    Content {
        title: "Sample state: behavioural-health continuity report".to_owned(),
        program_version: "0.1.0".to_owned(),
        period: september(),
        snapshot: snapshot(),
        table,
        scorecard: None,
        changes: vec![change.to_owned()],
        since: None,
        quality: quality(),
        checks: Vec::new(),
        unverified: vec!["IET 194-day look-back and medication rules".to_owned()],
        parameters: vec![("pipeline_sha256".to_owned(), "cd".repeat(32))],
        definitions: vec![("fu_hosp_mh_7d".to_owned(), "cd".repeat(32))],
        results_csv: b"indicator\n".to_vec(),
        results_parquet: b"PAR1".to_vec(),
        refused_csv: b"file,line,column,rule,table\n".to_vec(),
        quality_csv: b"table,measure,subject,rows,of,rounded_to\n".to_vec(),
        further_files: Vec::new(),
    }
}

fn snapshot() -> Snapshot {
    let refused = |rule: &str, rows| Refused { rule: rule.to_owned(), rows };
    let source = |table: &str, accepted, refused: Vec<Refused>| Source {
        file: format!("{table}.csv.gz"),
        table: table.to_owned(),
        extracted_on: Day::from_ymd(2026, 10, 14),
        runout_days: 14,
        runout_stated: true,
        sha256: "ab".repeat(32),
        rows_read: accepted + refused.iter().map(|refused| refused.rows).sum::<u64>(),
        rows_accepted: accepted,
        refused,
    };
    let contacts = vec![refused("impossible_date", 12), refused("unknown_member", 31)];
    Snapshot {
        id: "3f9a2c71".to_owned(),
        sources: vec![
            source("contacts", 412_331, contacts),
            source("stays", 9_120, Vec::new()),
            source("members", 20_114, vec![refused("duplicate_key", 2)]),
        ],
    }
}

fn quality() -> Quality {
    let share = |subject: &str, rows, of| Share { subject: subject.to_owned(), rows, of };
    let months = tallies().periods.into_iter().map(|month| MonthRows {
        month,
        rows: vec![("contacts".to_owned(), 19_000), ("events".to_owned(), 4)],
    });
    Quality {
        missing: vec![
            share("contacts.dx1", 12_331, 412_331),
            share("members.death_date", 20_090, 20_114),
        ],
        unmapped: vec![share("service_code", 2_000, 412_331)],
        coverage: vec![Coverage {
            table: "contacts".to_owned(),
            first_on: Day::from_ymd(2024, 10, 1),
            last_on: Day::from_ymd(2026, 10, 13),
        }],
        months: months.collect(),
        notes: vec!["Costs of people who were not enrolled are left out.".to_owned()],
    }
}
