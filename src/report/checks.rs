//! What could mislead a reader, in the part about the data and in `checks.csv`.

use crate::oversight::{Check, Finding};

use super::content::Content;
use super::html::Html;
use super::table::{Cell, Part, Table};

/// Writes what was found; what the rules settle is folded.
pub(super) fn write(html: &mut Html, content: &Content<'_>) {
    if content.checks.is_empty() {
        return;
    }
    let open = [Finding::Warning, Finding::Unknown];
    table(&open, "What could mislead in this report", content).write(html);
    html.within("details", &[], |html| {
        html.leaf("summary", &[], "What was looked for and not found, and what the rules settle");
        let folded = [Finding::Clear, Finding::Settled];
        table(&folded, "What does not mislead in this report", content).write(html);
    });
}

fn table(findings: &[Finding], caption: &str, content: &Content<'_>) -> Table<'static> {
    let part = |finding: &Finding| {
        let own = content.checks.iter().filter(|check| check.finding == *finding);
        let row =
            |check: &Check| vec![Cell::words(capital(check.pitfall)), Cell::words(&check.text)];
        Part { heading: Some(heading(*finding).to_owned()), rows: own.map(row).collect() }
    };
    let parts = findings.iter().map(part).filter(|part| !part.rows.is_empty());
    Table::of_parts(caption, &["Pitfall", "In this report"], parts.collect())
}

fn heading(finding: Finding) -> &'static str {
    match finding {
        Finding::Warning => "Take care",
        Finding::Unknown => "The data cannot say",
        Finding::Clear => "Looked for and not found",
        Finding::Settled => "Settled by the rules",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `checks.csv`: a line for each pitfall, in the order of the catalogue.
pub(super) fn csv(content: &Content<'_>) -> Vec<u8> {
    let mut checks: Vec<&Check> = content.checks.iter().collect();
    checks.sort_by_key(|check| check.number);
    let mut lines = vec!["number,pitfall,finding,text".to_owned()];
    lines.extend(checks.into_iter().map(|check| {
        let text = check.text.replace('"', "\"\"");
        format!("{},{},{},\"{text}\"", check.number, check.pitfall, check.finding.name())
    }));
    (lines.join("\n") + "\n").into_bytes()
}
