//! `[extracts.<table>]`: how one delivered file feeds one table.

use std::collections::BTreeMap;

use super::read::refused_max;
use crate::diagnostic::{Fields, Node, Problems, Value, suggest};
use crate::extract::{DatePattern, Range, RepeatedKeys, Setting, Source, pattern};
use crate::terms::{Table, column};

/// Reads the settings of one source.
pub(super) fn source(table: Table, fields: &mut Fields<'_>, problems: &mut Problems) -> Source {
    let mut source = Source::of(table);
    source.file = fields.text("file", problems).map(|(text, _)| text.to_owned());
    source.columns = pairs(fields, "columns", problems);
    source.ignore =
        fields.texts("ignore", problems).into_iter().map(|(text, _)| text.to_owned()).collect();
    source.empty =
        fields.some_texts("empty", problems).into_iter().map(|(text, _)| text.to_owned()).collect();
    source.constants = pairs(fields, "constants", problems);
    source.patterns = pairs(fields, "patterns", problems);
    if let Some(values) = fields.fields("values", problems) {
        for (column, _, node) in values.free_entries() {
            if let Some(map) = Fields::of(fields.source(), node, problems) {
                source.values.insert(column.clone(), free_pairs(&map, problems));
            }
        }
    }
    source.dates = dates(fields, problems);
    source.ranges = ranges(fields, problems);
    check_settings(table, fields, problems);
    source.repeated_keys = repeated_keys(table, fields, problems);
    if let Some((text, span)) = fields.text("delimiter", problems) {
        match text.as_bytes() {
            [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => source.delimiter = *byte,
            _ => problems.push(fields.problem(span, "a delimiter is one character", "such as `;`")),
        }
    }
    source.extract_date = fields.day("extract_date", problems);
    source.coverage_start = fields.day("coverage_start", problems);
    source.coverage_end = fields.day("coverage_end", problems);
    source.runout_days = fields.integer_in("runout_days", 0, 3660, problems).map(i32::unsigned_abs);
    source.refused_max = refused_max(fields, problems);
    source
}

/// How the dates of columns are written: one way, or a list of them.
fn dates(fields: &mut Fields<'_>, problems: &mut Problems) -> BTreeMap<String, Vec<DatePattern>> {
    let mut found = BTreeMap::new();
    let Some(dates) = fields.fields("dates", problems) else { return found };
    for (column, _, node) in dates.free_entries() {
        let ways = match &node.value {
            Value::List(ways) => ways.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut patterns = Vec::new();
        for way in ways {
            let read = match &way.value {
                Value::Text(text) => DatePattern::read(text),
                _ => Err("expected a string".to_owned()),
            };
            match read {
                Ok(pattern) => patterns.push(pattern),
                Err(why) => {
                    let message = format!("this is no way to write the dates of `{column}`");
                    let problem = fields.problem(way.span.clone(), message, why);
                    problems.push(problem.help("such as \"%m/%d/%Y\" or \"%Y%m%d\""));
                }
            }
        }
        if patterns.is_empty() && ways.is_empty() {
            let message = format!("`{column}` has no way to write dates");
            problems.push(fields.problem(node.span.clone(), message, "here"));
        }
        found.insert(column.clone(), patterns);
    }
    found
}

fn ranges(fields: &mut Fields<'_>, problems: &mut Problems) -> BTreeMap<String, Range> {
    let mut found = BTreeMap::new();
    let Some(ranges) = fields.fields("ranges", problems) else { return found };
    for (column, _, node) in ranges.free_entries() {
        let Some(mut range) = Fields::of(fields.source(), node, problems) else { continue };
        let mut bound = |key| range.integer(key, problems).map(|(number, _)| number);
        let (min, max) = (bound("min"), bound("max"));
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            let problem = fields.problem(
                node.span.clone(),
                format!("no number of `{column}` is in this range"),
                "`min` is greater than `max`",
            );
            problems.push(problem.help("put the smaller number under `min`"));
        }
        found.insert(column.clone(), Range { min, max });
        range.finish(problems);
    }
    found
}

fn repeated_keys(table: Table, fields: &mut Fields<'_>, problems: &mut Problems) -> RepeatedKeys {
    let words = ["refuse", "first"];
    let place = |word: &str| words.iter().position(|known| *known == word);
    if fields.word("repeated_keys", &words, place, problems) != Some(1) {
        return RepeatedKeys::Refuse;
    }
    let has_key =
        table == Table::Members || table.fields().iter().any(|field| field.to == column::RECORD_ID);
    if let Some(node) = fields.node("repeated_keys").filter(|_| !has_key) {
        let message = format!("table `{}` has no key that could repeat", table.name());
        let problem = fields.problem(node.span.clone(), message, "has no effect here");
        problems.push(problem.help("leave it out"));
    }
    RepeatedKeys::First
}

/// A table of strings under the user's own keys.
fn pairs(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    fields.fields(key, problems).map_or_else(BTreeMap::new, |table| free_pairs(&table, problems))
}

fn free_pairs(table: &Fields<'_>, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (key, _, node) in table.free_entries() {
        match &node.value {
            Value::Text(text) => {
                found.insert(key.clone(), text.clone());
            }
            _ => {
                problems.push(table.problem(
                    node.span.clone(),
                    "expected a string",
                    "not a string",
                ));
            }
        }
    }
    found
}

/// Settings of columns that the table does not have, or that cannot apply to them.
fn check_settings(table: Table, fields: &mut Fields<'_>, problems: &mut Problems) {
    for (setting, key) in SETTINGS {
        let Some(Value::Section(section)) = fields.node(key).map(|node| &node.value) else {
            continue;
        };
        for (key, _, node) in &section.entries {
            let model = match (setting, &node.value) {
                (Setting::Columns, Value::Text(model)) => model,
                (Setting::Columns, _) => continue,
                _ => key,
            };
            check_setting(table, setting, model, node, fields, problems);
        }
    }
}

const SETTINGS: [(Setting, &str); 6] = [
    (Setting::Columns, "columns"),
    (Setting::Constants, "constants"),
    (Setting::Values, "values"),
    (Setting::Patterns, "patterns"),
    (Setting::Dates, "dates"),
    (Setting::Ranges, "ranges"),
];

fn check_setting(
    table: Table,
    setting: Setting,
    model: &str,
    node: &Node,
    fields: &Fields<'_>,
    problems: &mut Problems,
) {
    let problem = |node: &Node, message: String, label: &str| {
        fields.problem(node.span.clone(), message, label)
    };
    let Some(field) = table.field(model) else {
        let message = format!("table `{}` has no column `{model}`", table.name());
        let known = table.fields().iter().map(|field| field.name);
        let problem = problem(node, message, "not in the data model");
        problems.push(problem.maybe_help(suggest(model, known)));
        return;
    };
    if let Some((message, help)) = setting.unfit(field) {
        problems.push(problem(node, message, "has no effect here").help(help));
    }
    let in_list = |node: &Node, text: &str, problems: &mut Problems| {
        if let Some(codes) = field.refuses(text) {
            let message = format!("`{text}` is no value of `{model}`");
            let problem = problem(node, message, "every row with it is refused");
            problems.push(problem.help(format!("there are {codes}")));
        }
    };
    match (setting, &node.value) {
        (Setting::Constants, Value::Text(text)) => in_list(node, text, problems),
        (Setting::Values, Value::Section(values)) => {
            for (_, _, node) in &values.entries {
                if let Value::Text(text) = &node.value {
                    in_list(node, text, problems);
                }
            }
        }
        (Setting::Patterns, Value::Text(text)) => {
            if let Err(error) = pattern(text) {
                let message = format!("the pattern of `{model}` is not a regular expression");
                problems.push(problem(node, message, "cannot be read").help(error));
            }
        }
        _ => {}
    }
}
