//! `dictionary.csv`: every column of every table of the report, in words.

use super::delimited::Csv;

/// Column, type and meaning. A column means the same in every table that has it; `file:column` says
/// what it means in one.
const COLUMNS: [(&str, &str, &str); 62] = [
    (
        "indicator",
        "text",
        "id of the indicator with its variant; in results.csv with the suffix of derived rows (.median .p25 .p75 .geometric_mean .share_ge_0.75 .share_ge_0.95 .standardised_ratio)",
    ),
    ("preset", "text", "variant of the definition; default if none was chosen"),
    ("statistic", "text", "suffix of derived rows; empty for the value itself"),
    ("period_start", "date", "first day of the period"),
    ("period_end", "date", "last day of the period"),
    ("period", "text", "length of the period: month, quarter or year"),
    ("group_kind", "text", "all for everyone, bho for one behavioural-health organisation"),
    ("group", "text", "all, the id of the organisation, or unknown for people without enrolment"),
    (
        "stratum_kind",
        "text",
        "attribute of the breakdown; all for everyone in the group; level for levels of care",
    ),
    ("stratum", "text", "value of the attribute; all for everyone in the group"),
    (
        "numerator",
        "number",
        "counts, days or dollars as the indicator defines; exact; for means the sum of members' values",
    ),
    ("denominator", "number", "units, members, days or dollars as the indicator defines"),
    ("excluded", "number", "units left out for a reason"),
    ("members", "number", "members in the denominator, where they may be shown"),
    (
        "value",
        "number",
        "scale × numerator ÷ denominator, unrounded; shares from 0 to 1; three decimals where windows overlap",
    ),
    ("low", "number", "lower end of the 95 % interval"),
    ("high", "number", "upper end of the 95 % interval"),
    (
        "interval",
        "text",
        "method of the interval: wilson, wilson_cluster, byar, exact_poisson, t, bootstrap (means of 10 to 29 members), ratio_cluster",
    ),
    (
        "state",
        "text",
        "final, preliminary (some units cannot be judged yet, or rows are still missing: see reason), withheld (outside the data), not_computable (a table or column is missing), low_quality (too many rows say nothing in a column that it needs)",
    ),
    (
        "suppressed",
        "flag",
        "true if numbers are hidden because a count is small or would give one away",
    ),
    (
        "reason",
        "text",
        "why a number is hidden, withheld, not computable or kept as released; overlapping for 12-month windows",
    ),
    ("exclusions.csv:reason", "text", "why units are left out"),
    ("signal", "text", "rule of the control chart that the month meets; empty if none"),
    ("target", "number", "target in the unit of the value, if the pipeline sets one"),
    (
        "verdict",
        "text",
        "value against target: met, not_met, cannot_tell, too_few, not_ripe, not_computable; in the scorecard also no_target, nothing_counted and before_data (period or look-back begins before the data)",
    ),
    (
        "evidence",
        "text",
        "how well the definition is founded: verified, from memory, project-defined",
    ),
    ("title", "text", "title of the indicator"),
    ("released_numerator", "number", "numerator in the last release"),
    ("released_denominator", "number", "denominator in the last release"),
    ("released_value", "number", "value in the last release"),
    ("cause", "text", "what may have changed the value since the last release"),
    (
        "standardised_ratio",
        "number",
        "observed ÷ expected with everyone's mix of members, two decimals; empty where an expected count would give a hidden one away",
    ),
    ("ratio_low", "number", "lower end of the 95 % interval of the ratio"),
    ("ratio_high", "number", "upper end of the 95 % interval of the ratio"),
    ("attribute", "text", "attribute of members that results are broken down by"),
    ("part", "text", "value of the attribute"),
    ("reference", "text", "part that the others are compared with: the one with the most members"),
    ("reference_value", "number", "value of the indicator in the reference"),
    ("ratio", "number", "value ÷ value of the reference"),
    ("difference", "number", "value − value of the reference, in the unit of the value"),
    (
        "difference_low",
        "number",
        "lower end of the 95 % interval of value − value of the reference",
    ),
    (
        "difference_high",
        "number",
        "upper end of the 95 % interval of value − value of the reference",
    ),
    ("file", "text", "delivered file, without folders"),
    ("table", "text", "table of the data model"),
    ("line", "number", "line of the delivered file, counted from 1"),
    ("row", "number", "row of the delivered file, counted from 1 without the header"),
    ("column", "text", "column of the delivered file"),
    ("rule", "text", "rule that refused the row"),
    ("explanation", "text", "the rule in words"),
    (
        "measure",
        "text",
        "what is counted: rows_read, rows_accepted, rows_repeated, rows_alike, rows_replaced, rows_voided, rows_refused, missing, rows_in_month, unmapped",
    ),
    ("subject", "text", "what it is counted for: a rule, a column or a month"),
    ("rows", "number", "rows; rounded as rounded_to says"),
    ("of", "number", "of so many rows"),
    ("rounded_to", "number", "rows are rounded to multiples of this; 1 is exact"),
    ("number", "number", "number of the pitfall in the catalogue"),
    ("pitfall", "text", "what could mislead a reader"),
    ("finding", "text", "what was found of it"),
    ("text", "text", "the finding in words"),
    ("dictionary.csv:file", "text", "path of the table in this report"),
    ("dictionary.csv:column", "text", "name of the column"),
    (
        "type",
        "text",
        "text, number (a point for decimals), date (YYYY-MM-DD) or flag (true, false)",
    ),
    (
        "meaning",
        "text",
        "what the column says; everywhere an empty field is not known or not shown, never 0",
    ),
];

/// Type and meaning of a column of a table.
fn about(path: &str, column: &str) -> Option<(&'static str, &'static str)> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let own = format!("{file}:{column}");
    let named = |name: &str| COLUMNS.iter().find(|(known, _, _)| *known == name);
    named(&own).or_else(|| named(column)).map(|(_, kind, meaning)| (*kind, *meaning))
}

fn is_table(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|ending| ending == "csv")
}

/// The dictionary of all tables among some files, and of itself.
pub(super) fn csv(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut csv = Csv::with_heads(&["file", "column", "type", "meaning"]);
    let mut row = |path: &str, column: &str| {
        let (kind, meaning) = about(path, column).unwrap_or_default();
        csv.row(&[path, column, kind, meaning].map(str::to_owned));
    };
    for (path, bytes) in files.iter().filter(|(path, _)| is_table(path)) {
        let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        for column in String::from_utf8_lossy(head).trim_end().split(',') {
            row(path, column);
        }
    }
    for column in ["file", "column", "type", "meaning"] {
        row("dictionary.csv", column);
    }
    csv.text.into_bytes()
}
