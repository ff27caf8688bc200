//! The part of the page about the data.

use crate::chart::format;
use crate::oversight::whole_percent;
use crate::timeline::Times;

use super::checks;
use super::content::{Content, Share, Source};
use super::html::Html;
use super::table::{Cell, Part, Table};

/// Writes it.
pub(super) fn write(html: &mut Html, content: &Content<'_>) {
    html.within("section", &[("id", "data-quality")], |html| {
        html.leaf("h2", &[], "Data quality");
        checks::write(html, content);
        write_sources(html, content);
        write_shares(html, "Missing values", ["Column", "Missing"], &content.quality.missing);
        write_shares(
            html,
            "Codes without a class or level",
            ["Code list", "Unmapped"],
            &content.quality.unmapped,
        );
        write_coverage(html, content);
        write_months(html, content);
        for note in &content.quality.notes {
            html.leaf("p", &[], note);
        }
    });
}

fn run_out(source: &Source) -> String {
    let whose = if source.runout_stated { "" } else { ", not stated" };
    format!("{} days{whose}", source.runout_days)
}

fn write_sources(html: &mut Html, content: &Content<'_>) {
    let rows = content.snapshot.sources.iter().map(|source| {
        let refused: u64 = source.refused.iter().map(|refused| refused.rows).sum();
        vec![
            Cell::words(&source.file),
            Cell::words(&source.table),
            Cell::words(source.extracted_on.map_or_else(|| "–".to_owned(), format::day)),
            Cell::number(run_out(source)),
            Cell::number(counted(source.rows_read)),
            Cell::number(counted(source.rows_accepted)),
            Cell::number(counted(refused)),
        ]
    });
    let heads = ["Extract", "Table", "Cut on", "Run-out", "Rows read", "Accepted", "Refused"];
    Table::plain("Extracts of this snapshot", &heads, rows.collect()).write(html);
    let parts: Vec<Part> = content
        .snapshot
        .sources
        .iter()
        .filter(|source| !source.refused.is_empty())
        .map(|source| Part {
            heading: Some(source.file.clone()),
            rows: source
                .refused
                .iter()
                .map(|refused| {
                    vec![Cell::words(&refused.rule), Cell::number(counted(refused.rows))]
                })
                .collect(),
        })
        .collect();
    if parts.is_empty() {
        html.leaf("p", &[], "No row was refused.");
    } else {
        let caption =
            "Refused rows by rule; line and column of each stand in refused.csv".to_owned();
        Table::of_parts(caption, &["Rule", "Rows"], parts).write(html);
    }
}

/// Shares are rounded to whole percents: an exact count of empty death dates would be a count of
/// deaths.
fn write_shares(html: &mut Html, caption: &str, heads: [&str; 2], shares: &[Share]) {
    if shares.is_empty() {
        return;
    }
    let rows =
        shares.iter().map(|share| vec![Cell::words(&share.subject), Cell::number(percent(share))]);
    html.within("details", &[], |html| {
        html.leaf("summary", &[], caption);
        Table::plain(caption, &heads, rows.collect()).write(html);
    });
}

fn percent(share: &Share) -> String {
    whole_percent(Times { found: share.rows, of: share.of })
}

fn write_coverage(html: &mut Html, content: &Content<'_>) {
    if content.quality.coverage.is_empty() {
        return;
    }
    let rows = content.quality.coverage.iter().map(|coverage| {
        let day = |day: Option<_>| Cell::words(day.map_or_else(|| "–".to_owned(), format::day));
        vec![Cell::words(&coverage.table), day(coverage.first_on), day(coverage.last_on)]
    });
    Table::plain("First and last date of each table", &["Table", "First", "Last"], rows.collect())
        .write(html);
}

fn write_months(html: &mut Html, content: &Content<'_>) {
    let months = &content.quality.months;
    let mut tables: Vec<&str> = months
        .iter()
        .flat_map(|month| month.rows.iter().map(|(table, _)| table.as_str()))
        .collect();
    tables.sort_unstable();
    tables.dedup();
    if tables.is_empty() {
        return;
    }
    let mut heads = vec!["Month"];
    heads.extend(&tables);
    let rows = months.iter().map(|month| {
        let mut cells = vec![Cell::words(format::period(month.month))];
        cells.extend(tables.iter().map(|table| {
            let rows =
                month.rows.iter().find(|(name, _)| name == table).map_or(0, |(_, rows)| *rows);
            let is_small =
                rows > 0 && i128::from(rows) < i128::from(content.table.settings().threshold);
            Cell::number(if is_small && !content.table.internal() {
                "hidden".to_owned()
            } else {
                counted(rows)
            })
        }));
        cells
    });
    html.within("details", &[], |html| {
        html.leaf("summary", &[], "Rows by month");
        Table::plain("Accepted rows by month of their first date", &heads, rows.collect())
            .write(html);
    });
}

fn counted(number: u64) -> String {
    format::count(number.into())
}
