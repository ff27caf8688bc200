//! The tables beside the page, as CSV.

use crate::indicator::{Family, Measure};
use crate::kernel::Group;
use crate::oversight::{Exact, Published};

use super::content::Content;
use super::lookup::{Lookup, is_everyone};

const HEADS: [&str; 19] = [
    "indicator",
    "preset",
    "statistic",
    "period_start",
    "period_end",
    "group",
    "stratum_kind",
    "stratum",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
    "members",
    "state",
    "suppressed",
    "signal",
    "target",
    "verdict",
];

/// Rows of a family for its table and sheet: everyone and each organisation in every period, and
/// the parts of the population in the period that the page shows.
pub(super) fn family_rows<'a>(
    content: &Content<'a>,
    lookup: &Lookup<'a>,
    family: Family,
) -> Vec<(&'a Measure, &'a Published)> {
    let mut rows = Vec::new();
    for (place, measure) in
        content.table.measures().iter().enumerate().filter(|(_, measure)| measure.family == family)
    {
        let shown = lookup.headline(place, content.period).map(|row| row.period);
        let kept =
            lookup.rows(place).filter(|row| is_everyone(&row.stratum) || Some(row.period) == shown);
        rows.extend(kept.map(|row| (measure, row)));
    }
    rows
}

/// The table of a family.
pub(super) fn family_csv(rows: &[(&Measure, &Published)]) -> Vec<u8> {
    let mut csv = Csv::with_heads(&HEADS);
    for (measure, row) in rows {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let exact =
            |number: Option<Exact>| number.map_or_else(String::new, |number| number.to_string());
        csv.row(&[
            harmless(&measure.id),
            harmless(&measure.preset),
            row.statistic.to_owned(),
            row.period.start.to_string(),
            row.period.end.to_string(),
            harmless(group_field(&row.group)),
            harmless(&row.stratum.kind),
            harmless(&row.stratum.value),
            number(row.value),
            number(row.low),
            number(row.high),
            exact(row.numerator),
            exact(row.denominator),
            row.members.map_or_else(String::new, |members| members.to_string()),
            row.state.name().to_owned(),
            row.suppressed.to_string(),
            row.signal.to_owned(),
            number(row.target),
            row.verdict.map_or_else(String::new, |verdict| verdict.name().to_owned()),
        ]);
    }
    csv.text.into_bytes()
}

/// Excluded units by reason, for everyone in the period that the page shows.
pub(super) fn exclusions_csv(content: &Content<'_>, lookup: &Lookup<'_>) -> Vec<u8> {
    let mut csv = Csv::with_heads(&[
        "indicator",
        "preset",
        "period_start",
        "period_end",
        "reason",
        "excluded",
    ]);
    for (place, measure) in content.table.measures().iter().enumerate() {
        let Some(row) = lookup.headline(place, content.period) else { continue };
        for (place, reason) in measure.exclusions.iter().enumerate() {
            let counted = row.excluded_by_reason.get(place).copied().flatten();
            csv.row(&[
                harmless(&measure.id),
                harmless(&measure.preset),
                row.period.start.to_string(),
                row.period.end.to_string(),
                harmless(reason),
                counted.map_or_else(String::new, |counted| counted.to_string()),
            ]);
        }
    }
    csv.text.into_bytes()
}

/// The field of a group.
pub(super) fn group_field(group: &Group) -> &str {
    match group {
        Group::All => "all",
        Group::Bho(id) => id,
    }
}

/// A text that no spreadsheet takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A table in the making, one line a row.
pub(super) struct Csv {
    pub(super) text: String,
}

impl Csv {
    pub(super) fn with_heads(heads: &[&str]) -> Self {
        let mut csv = Self { text: String::new() };
        csv.row(&heads.iter().map(ToString::to_string).collect::<Vec<_>>());
        csv
    }

    pub(super) fn row(&mut self, fields: &[String]) {
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            if field.contains([',', '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&field.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(field);
            }
        }
        self.text.push('\n');
    }
}
