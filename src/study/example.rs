//! Examples that a study carries: a timeline in words, and which strategy and outcomes it gives.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;

use super::cohort::arm_of;
use super::description::Study;
use super::design::{Amount, Outcome, OutcomeMeasure};
use super::person::{Entry, Lost, Observed, Person, Reading, enter};
use crate::diagnostic::{Fields, Problem, Problems, Value, suggest};
use crate::indicator::example_rows;
use crate::indicator::population::read_example_instruments;
use crate::terms::Day;
use crate::terms::instrument::Instruments;
use crate::timeline::{Reader, Settings};

/// Who follows no strategy.
const NONE: &str = "none of the strategies";
/// Who has no index event.
const NOBODY: &str = "no index event";

/// A timeline and what a study has to make of it.
#[derive(Debug, Clone)]
pub struct StudyExample {
    /// What it shows.
    pub name: String,
    /// The rows of one member.
    rows: RecordBatch,
    /// The instruments that its scores come from.
    instruments: Arc<Instruments>,
    data_through: Day,
    /// A strategy, or why there is none.
    expect: (String, Range<usize>),
    /// For some outcomes, by place: days from time zero (nothing if it does not happen) or an amount.
    outcomes: Vec<(usize, Option<f64>, Range<usize>)>,
}

/// Reads the examples of a file.
pub(super) fn examples(
    fields: &mut Fields<'_>,
    outcomes: &[Outcome],
    problems: &mut Problems,
) -> Vec<StudyExample> {
    let known = Arc::new(read_example_instruments(fields, problems));
    let mut found = Vec::new();
    for mut table in fields.list("example", problems) {
        found.extend(example(&mut table, outcomes, &known, problems));
        table.finish(problems);
    }
    found
}

fn example(
    table: &mut Fields<'_>,
    outcomes: &[Outcome],
    instruments: &Arc<Instruments>,
    problems: &mut Problems,
) -> Option<StudyExample> {
    let name = table.required_text("name", "what the example shows", problems).0.to_owned();
    let lines = table.texts("timeline", problems);
    let rows = example_rows(&[lines], table, problems);
    let data_through = table.day("data_through", problems);
    let (expect, span) =
        table.required_text("expect", "a strategy, or why the member has none", problems);
    let expected = expected(table, outcomes, problems);
    Some(StudyExample {
        name,
        rows: rows?,
        instruments: Arc::clone(instruments),
        data_through: data_through.or_else(|| Day::from_ymd(2026, 12, 31))?,
        expect: (expect.to_owned(), span),
        outcomes: expected,
    })
}

fn expected(
    table: &mut Fields<'_>,
    outcomes: &[Outcome],
    problems: &mut Problems,
) -> Vec<(usize, Option<f64>, Range<usize>)> {
    let Some(own) = table.fields("outcomes", problems) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, span, node) in own.free_entries() {
        let Some(place) = outcomes.iter().position(|one| one.name == *name) else {
            let problem = table.problem(span.clone(), format!("unknown outcome `{name}`"), "here");
            let names = outcomes.iter().map(|one| one.name.as_str());
            problems.push(problem.maybe_help(suggest(name, names)));
            continue;
        };
        let value = match &node.value {
            Value::Text(text) if text == "none" => Some(None),
            #[expect(clippy::cast_precision_loss, reason = "a small expected value")]
            Value::Integer(number) => Some(Some(*number as f64)),
            Value::Float(number) => Some(Some(*number)),
            _ => None,
        };
        if let Some(value) = value {
            found.push((place, value, node.span.clone()));
        } else {
            let what = "this is neither a day, an amount nor \"none\"";
            let problem = table.problem(node.span.clone(), what, "here");
            problems.push(problem.help("days from time zero, such as `45`, or `\"none\"`"));
        }
    }
    found
}

/// Checks every example of a study; each that gives something else is a problem.
pub fn check_study_examples(study: &Study) -> Problems {
    let mut problems = Problems::default();
    for example in &study.examples {
        let found = entry(study, example);
        let (expect, span) = &example.expect;
        let given = found.as_ref().map_or_else(Clone::clone, |entry| outcome_of(study, entry));
        let mut say = |span: &Range<usize>, found: String| {
            let message = format!("example `{}` gives something else", example.name);
            problems.push(Problem::new(&study.source, span.clone(), message, found));
        };
        if given != *expect {
            say(span, format!("gives \"{given}\""));
            continue;
        }
        let person = found.ok().and_then(|entry| entry.person);
        for (place, wanted, span) in &example.outcomes {
            let is_mean =
                study.outcomes[*place].measure == OutcomeMeasure::Amount(Amount::MeanLevel);
            let seen = person.as_ref().and_then(|person| seen(person, *place, is_mean));
            let same = match (wanted, seen) {
                (Some(wanted), Some(seen)) => (wanted - seen).abs() < 1e-9,
                (None, None) => true,
                _ => false,
            };
            if !same {
                say(span, seen.map_or("gives \"none\"".to_owned(), |seen| format!("gives {seen}")));
            }
        }
    }
    problems
}

/// A day from time zero, an amount, or a mean over days.
fn seen(person: &Person, place: usize, is_mean: bool) -> Option<f64> {
    match person.outcomes.get(place)? {
        Observed::First(day) => day.map(f64::from),
        Observed::Amount { total, days } if is_mean => Some(*total / f64::from(*days)),
        Observed::Amount { total, .. } => Some(*total),
        Observed::Unmeasured => None,
    }
}

/// What the member of an example brings to a study.
pub(super) fn entry(study: &Study, example: &StudyExample) -> Result<Entry, String> {
    let settings = Settings {
        transfer_gap: 1,
        data_through: example.data_through,
        assume_enrolment: false,
        derive_stays: false,
        instruments: Arc::clone(&example.instruments),
    };
    let reading = Reading::new(study, settings);
    let mut entries = Vec::new();
    let mut each = |timeline: &crate::timeline::Timeline,
                    interner: &mut crate::timeline::Interner| {
        entries.push(enter(&reading, timeline, interner));
    };
    let mut reader = Reader::new(&reading.needs, &reading.settings);
    reader.read(&example.rows, &mut each).map_err(|error| error.to_string())?;
    reader.finish(&mut each);
    Ok(entries.pop().unwrap_or_default())
}

/// What becomes of a member, in the words of an example.
fn outcome_of(study: &Study, entry: &Entry) -> String {
    let Some(person) = &entry.person else {
        let excluded = entry.units.iter().rev().find_map(|one| *one);
        let reasons = study.population.exclusions();
        return excluded.map_or_else(
            || NOBODY.to_owned(),
            |place| format!("excluded: {}", reasons[place].reason),
        );
    };
    match person.lost {
        Some(Lost::Outcome) => "lost: had the main outcome before time zero".to_owned(),
        Some(Lost::Died) => "lost: died before time zero".to_owned(),
        Some(Lost::NotObserved) => "lost: not observed until time zero".to_owned(),
        None => arm_of(study, person)
            .map_or_else(|| NONE.to_owned(), |arm| study.strategies[arm].name.clone()),
    }
}
