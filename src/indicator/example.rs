//! Examples that a definition carries: a timeline in words, and what is expected of it.

use std::ops::Range;
use std::sync::Arc;

use super::activity::{self, Activity};
use super::example_rows::Line;
use super::read_instruments::instruments;
use super::rule::Indicator;
use super::{example_rows, read::DEFAULT_PRESET};
use crate::diagnostic::{Fields, Node, Problems, Value, suggest};
use crate::terms::instrument::Instruments;
use crate::terms::{Day, Period};
use arrow_array::RecordBatch;

/// A timeline and what an indicator has to make of it.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The id (with variant) of the indicator it is about.
    pub indicator: String,
    /// The preset it is about.
    pub preset: String,
    /// The timeline, as the author wrote it; of several members, each line after the member's number.
    pub timeline: Vec<String>,
    /// The instruments that scores are of.
    pub instruments: Arc<Instruments>,
    /// The rows of its member, or members.
    pub rows: RecordBatch,
    /// Activities, which belong to no member.
    pub activities: Vec<Activity>,
    /// The data-through date.
    pub data_through: Day,
    /// The reported period: first and last day, whole months.
    pub period: (Day, Day),
    /// What is expected.
    pub expect: Expect,
    /// Where the expectation stands in the file.
    pub span: Range<usize>,
}

/// What an example expects.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// Of each unit in order: `met`, `not met`, or `excluded: <reason>`.
    Units(Vec<String>),
    /// A value over the period, to 9 decimals.
    Value(f64),
    /// Nothing is counted.
    Nothing,
    /// Numerator and denominator in base units over the period, at a level where the rule has them.
    Counts {
        /// The numerator.
        numerator: f64,
        /// The denominator.
        denominator: f64,
        /// The level of care, for days by level.
        level: Option<u8>,
    },
}

impl Expect {
    /// The expectation in words.
    pub fn words(&self) -> String {
        match self {
            Self::Units(outcomes) => outcomes.join("; "),
            Self::Value(value) => value.to_string(),
            Self::Nothing => "nothing is counted".to_owned(),
            Self::Counts { numerator, denominator, level } => {
                let level = level.map_or_else(String::new, |level| format!(" at level {level}"));
                format!("{numerator} of {denominator}{level}")
            }
        }
    }
}

/// The presets and variants of a file.
pub(super) struct Names {
    pub presets: Vec<String>,
    pub variants: Vec<String>,
}

/// Reads the examples of a file.
pub(super) fn read(
    fields: &mut Fields<'_>,
    indicators: &[Indicator],
    names: &Names,
    problems: &mut Problems,
) -> Vec<Example> {
    let known = instruments(fields, "example_instrument", false, problems);
    let known = Arc::new(known);
    let mut found = Vec::new();
    for mut table in fields.list("example", problems) {
        check(&mut table, "preset", &names.presets, problems);
        check(&mut table, "variant", &names.variants, problems);
        found.extend(one(&mut table, indicators, &known, problems));
        table.finish(problems);
    }
    found
}

/// Reports the name of a preset or variant that the file does not have.
fn check(table: &mut Fields<'_>, key: &'static str, known: &[String], problems: &mut Problems) {
    let Some((name, span)) = table.text(key, problems) else { return };
    if !known.iter().any(|one| one == name) {
        let message = format!("unknown {key} `{name}`");
        let problem = table.problem(span, message, format!("no [{key}] of this name"));
        problems.push(problem.maybe_help(suggest(name, known.iter().map(String::as_str))));
    }
}

fn one(
    table: &mut Fields<'_>,
    indicators: &[Indicator],
    instruments: &Arc<Instruments>,
    problems: &mut Problems,
) -> Option<Example> {
    let name = table.required_text("name", "what the example shows", problems).0.to_owned();
    let preset = table.text("preset", problems).map_or(DEFAULT_PRESET, |(text, _)| text).to_owned();
    let variant = table.text("variant", problems).map(|(text, _)| text);
    let indicator = chosen(variant, indicators);
    let members = members(table, problems);
    let timeline = shown(&members);
    let (activities, members) = without_activities(members, table, problems);
    let rows = example_rows::batch(&members, table, problems);
    let data_through = table.day("data_through", problems);
    let period = period(table, problems);
    let Some(node) = table.node("expect") else {
        problems.push(
            table
                .problem(table.span(), "`expect` is missing", "in this example")
                .help("such as `expect = \"met\"`"),
        );
        return None;
    };
    let expect = expect(table, node, problems)?;
    let end = Day::from_ymd(2024, 12, 31)?;
    let period = period.unwrap_or((Day::from_ymd(2024, 1, 1)?, end));
    Some(Example {
        name,
        indicator: indicator?,
        preset,
        timeline,
        instruments: Arc::clone(instruments),
        rows: rows?,
        activities,
        data_through: data_through.unwrap_or(period.1 + 400),
        period,
        expect,
        span: node.span.clone(),
    })
}

/// The lines of each member: `timeline` of one, `members` of several.
fn members<'a>(table: &mut Fields<'a>, problems: &mut Problems) -> Vec<Vec<Line<'a>>> {
    let one = table.texts("timeline", problems);
    let Some(node) = table.node("members") else { return vec![one] };
    if table.has("timeline") {
        let problem = table.problem(node.span.clone(), "whose lines are these?", "and `timeline`");
        problems.push(problem.help("write either `timeline`, or a list of lines for each member"));
    }
    let mut each = table.each("members", problems);
    if each.len() < 2 {
        let problem = table.problem(node.span.clone(), "expected several members", "too few");
        problems.push(problem.help("such as `members = [[\"contact 2024-01-10\"], []]`"));
        each = vec![Vec::new()];
    }
    each
}

/// The activities among the lines, and the other lines of each member.
fn without_activities<'a>(
    members: Vec<Vec<Line<'a>>>,
    table: &Fields<'_>,
    problems: &mut Problems,
) -> (Vec<Activity>, Vec<Vec<Line<'a>>>) {
    let is_activity = |line: &Line<'_>| line.0.split_whitespace().next() == Some("activity");
    let mut activities = Vec::new();
    for (line, span) in members.iter().flatten().filter(|line| is_activity(line)) {
        match activity::parse(line) {
            Ok(activity) => activities.push(activity),
            Err((message, help)) => {
                problems
                    .push(table.problem(span.clone(), message, "in this line").maybe_help(help));
            }
        }
    }
    let of_members = |lines: Vec<Line<'a>>| lines.into_iter().filter(|one| !is_activity(one));
    (activities, members.into_iter().map(|lines| of_members(lines).collect()).collect())
}

fn shown(members: &[Vec<Line<'_>>]) -> Vec<String> {
    let numbered = |(place, lines): (usize, &Vec<Line<'_>>)| -> Vec<String> {
        let number = |line: &str| match members.len() {
            1 => line.to_owned(),
            _ => format!("{}: {line}", place + 1),
        };
        lines.iter().map(|(line, _)| number(line)).collect()
    };
    members.iter().enumerate().flat_map(numbered).collect()
}

/// The indicator of a variant; the first of the file without one.
fn chosen(variant: Option<&str>, indicators: &[Indicator]) -> Option<String> {
    let is_meant = |indicator: &&Indicator| {
        let suffix = indicator.measure.id.split_once('@').map_or("", |(_, suffix)| suffix);
        variant.is_none_or(|wanted| wanted == suffix)
    };
    indicators.iter().find(is_meant).map(|indicator| indicator.measure.id.clone())
}

fn period(table: &mut Fields<'_>, problems: &mut Problems) -> Option<(Day, Day)> {
    let (text, span) = table.text("period", problems)?;
    let month = |text: &str| Day::parse(&format!("{text}-01"));
    // Examples may be of any run of months; other periods are those of reports.
    let known = match text.split_once(" to ") {
        Some((first, last)) => month(first)
            .zip(month(last))
            .filter(|(first, last)| first <= last)
            .map(|(first, last)| (first, last.months_later(1) - 1)),
        None => Period::parse(text).map(|period| (period.start, period.end)),
    };
    if known.is_none() {
        let problem = table.problem(span, "this is not a period", "expected months");
        problems.push(problem.help("a month (\"2024-03\"), a quarter (\"2024-Q1\"), a year (\"2024\") or a first and a last month (\"2024-01 to 2024-12\")"));
    }
    known
}

fn expect(table: &Fields<'_>, node: &Node, problems: &mut Problems) -> Option<Expect> {
    let outcome = |node: &Node, problems: &mut Problems| -> Option<String> {
        if let Value::Text(text) = &node.value {
            let known =
                ["met", "not met"].contains(&text.as_str()) || text.starts_with("excluded: ");
            if known {
                return Some(text.clone());
            }
        }
        let problem =
            table.problem(node.span.clone(), "this is not an outcome", "expected an outcome");
        problems.push(problem.help("`met`, `not met`, `excluded: <reason>`, `nothing`, a number, or a list with one outcome per unit"));
        None
    };
    match &node.value {
        Value::Text(text) if text == "nothing" => Some(Expect::Nothing),
        Value::Text(_) => Some(Expect::Units(vec![outcome(node, problems)?])),
        Value::List(items) => {
            let outcomes: Vec<Option<String>> =
                items.iter().map(|item| outcome(item, problems)).collect();
            outcomes.into_iter().collect::<Option<Vec<_>>>().map(Expect::Units)
        }
        #[expect(clippy::cast_precision_loss, reason = "a small expected value")]
        Value::Integer(number) => Some(Expect::Value(*number as f64)),
        Value::Float(number) => Some(Expect::Value(*number)),
        Value::Section(_) => {
            let mut counts = Fields::of(table.source(), node, problems)?;
            let numerator = counts.number("numerator", problems);
            let denominator = counts.number("denominator", problems);
            let level = counts
                .integer_in("level", 0, 6, problems)
                .and_then(|level| u8::try_from(level).ok());
            counts.finish(problems);
            Some(Expect::Counts { numerator: numerator?, denominator: denominator?, level })
        }
        _ => outcome(node, problems).map(|_| Expect::Nothing),
    }
}
