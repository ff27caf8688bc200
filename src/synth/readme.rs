//! The manifest of the sources, and the README that says how a set was made and what is planted.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::broken::Flaw;
use super::calendar::{Calendar, RUNOUT_DAYS};
use super::output::Output;
use super::{Compress, Error, Settings, Written, at, planted};
use crate::terms::Table;

/// Writes `manifest.csv` and `README.md`.
pub(super) fn write(
    settings: &Settings<'_>,
    calendar: &Calendar,
    written: &Written,
    folder: &Path,
) -> Result<(), Error> {
    let mut manifest = Output::create(folder, "manifest", false)?;
    manifest.write(b"source,extract_date,coverage_start,coverage_end,runout_days,refresh\n")?;
    for table in Table::ALL {
        let (name, first, last, extract) =
            (table.name(), calendar.first, calendar.last, calendar.extract);
        manifest
            .write(format!("{name},{extract},{first},{last},{RUNOUT_DAYS},full\n").as_bytes())?;
    }
    manifest.finish()?;
    let path = folder.join("README.md");
    fs::write(&path, text(settings, calendar, written)).map_err(at(&path))
}

fn text(settings: &Settings<'_>, calendar: &Calendar, written: &Written) -> String {
    let (members, months, seed) = (settings.members, settings.months, settings.seed);
    let gzip = if settings.compress == Compress::Gzip { " --gzip" } else { "" };
    let (first, last, extract) = (calendar.first, calendar.last, calendar.extract);
    let start = if first == super::default_start(months) {
        String::new()
    } else {
        format!(" --start {first}")
    };
    let mut text = format!(
        "# Synthetic extracts\n\n\
         No row is about a real person: everything here was drawn by chance. The same command gives the same \
         bytes on every machine:\n\n\
         ```\n\
         throughline synth --members {members} --months {months} --seed {seed}{start}{gzip} --out DIR\n\
         ```\n\n\
         Care from {first} to {last}; extracts cut on {extract} with {RUNOUT_DAYS} days of run-out. Rows are in the \
         order in which they were posted, and some come months late. About one contact in fifty has a local \
         code that no crosswalk knows.\n\n\
         | table | rows |\n|---|--:|\n"
    );
    for (table, rows) in &written.rows {
        line(&mut text, &format!("| {} | {rows} |", table.name()));
    }
    text.push_str(&planted_text(calendar));
    text.push_str(
        "\n## Broken rows, to be refused\n\n| what is wrong | table | rows |\n|---|---|--:|\n",
    );
    for flaw in Flaw::ALL {
        for (table, rows) in flaw.rows(members) {
            line(&mut text, &format!("| {} | {} | {rows} |", flaw.title(), table.name()));
        }
    }
    text
}

fn planted_text(calendar: &Calendar) -> String {
    let (there, elsewhere) = planted::RESTRICTIVE_PERCENT;
    format!(
        "\n## What is planted\n\n\
         - **Poor follow-up.** BHO {poor}: about {poor_percent} in 100 mental-health discharges are followed by a \
         contact on day 1 to 7; in the other BHOs 44 to 52.\n\
         - **A step change.** BHO {step}: the same share rises from 44 to {step_percent} for discharges from \
         {from} on.\n\
         - **Too restrictive.** County {county} (BHO B2): after {there} in 100 assessments with a recommended level \
         of 1 to 3 (substance use apart) the member is placed in residential care, level 5, within three days; elsewhere \
         after {elsewhere}.\n\
         - **Outreach that works.** BHO {outreach}: when a gap in care reaches {gap} days a programme tries up to six \
         times, and most of those reached come back. Elsewhere one or two attempts for a quarter of the members, with \
         little effect.\n\n\
         Seasons (fewer visits in July and December, more admissions in spring), skewed counts, transfers, \
         readmissions, churn and moves between BHOs are there as well.\n",
        poor = planted::POOR_FOLLOW_UP_BHO,
        poor_percent = planted::POOR_FOLLOW_UP_PERCENT,
        step = planted::STEP_BHO,
        step_percent = planted::STEP_PERCENT,
        from = calendar.step,
        county = planted::RESTRICTIVE_COUNTY,
        outreach = planted::OUTREACH_BHO,
        gap = planted::OUTREACH_GAP_DAYS,
    )
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}
