//! A study file, read and checked: every problem at once, on the author's own text.

use std::ops::Range;
use std::sync::Arc;

use super::description::{Delivered, Study};
use super::design::{Analysis, Covariate, Outcome, Protocol, Strategy};
use super::era::MOST_INTERVENTIONS;
use super::worth::WorthRule;
use super::{example, read_design, read_outcome, read_pathways, read_sequences};
use crate::diagnostic::{Document, Fields, Node, Problem, Problems, Value};
use crate::indicator::population::{Population, keep_contact};
use crate::terms::{Level, ServiceClass};
use crate::timeline::ContactFilter;

/// Days to the next contact within which an era goes on, unless a file says otherwise.
const GAP: i32 = 30;
/// The same for medication, which is checked less often.
const MEDICATION_GAP: i32 = 45;
/// Days that an era lasts after its last contact, unless a file says otherwise.
const TAIL: i32 = 7;
/// Counts from 1 to 10 are hidden, unless a file hides more.
const MIN_CELL: i32 = 11;
/// Days of follow-up, unless a file says otherwise.
const YEAR: i32 = 365;

/// Reads and checks one file.
pub fn read_study(document: &Document) -> Result<Study, Problems> {
    let mut problems = Problems::default();
    let source = &document.source;
    let mut fields = Fields::new(source, &document.root, 0..1);
    let id = id(&mut fields, &mut problems);
    let title = text(&mut fields, "title", "what a reader calls it", &mut problems);
    let question = text(&mut fields, "question", "what the study asks", &mut problems);
    let min_cell = fields.integer_in("min_cell", MIN_CELL, 1000, &mut problems);
    let registry = fields.text("instruments", &mut problems);
    let registry = registry.map(|(path, span)| (path.to_owned(), span));
    let (interventions, mut names) = interventions(&mut fields, &mut problems);
    let follow_up = fields.integer_in("follow_up", 1, 3660, &mut problems).unwrap_or(YEAR);
    let compared = compared(&mut fields, (&interventions, &names), follow_up, &mut problems);
    let pathways = fields
        .fields("pathways", &mut problems)
        .map(|table| read_pathways::rules(table, &mut names, &mut problems));
    if pathways.is_some() && interventions.is_empty() && !fields.has("intervention") {
        let problem = fields.problem(0..1, "pathways need interventions", "none in this file");
        problems.push(problem.help("add [[intervention]] with a name and its classes or stays"));
    }
    let sequences = fields
        .fields("sequences", &mut problems)
        .and_then(|table| read_sequences::rules(table, &mut problems));
    if !["pathways", "sequences", "analysis"].into_iter().any(|key| fields.has(key)) {
        let problem = fields.problem(0..1, "this study computes nothing", "in this file");
        problems.push(problem.help("add [analysis], [pathways] or [sequences]"));
    }
    let examples = example::examples(&mut fields, &compared.outcomes, &mut problems);
    fields.finish(&mut problems);
    let min_cell = u64::try_from(min_cell.unwrap_or(MIN_CELL)).expect("11 at least");
    let Some(population) = compared.population else { return Err(problems) };
    let source = Arc::clone(source);
    problems.none_or(Study {
        source,
        id,
        registry,
        title,
        question,
        min_cell,
        interventions,
        names,
        population,
        follow_up,
        strategies: compared.strategies,
        outcomes: compared.outcomes,
        examples,
        covariates: compared.covariates,
        analysis: compared.analysis,
        worth: compared.worth,
        protocol: compared.protocol,
        filters: compared.filters,
        received: compared.received,
        attributes: compared.attributes,
        pathways,
        sequences,
    })
}

/// What is compared, in whom.
struct Compared {
    population: Option<Population>,
    strategies: Vec<Strategy>,
    outcomes: Vec<Outcome>,
    covariates: Vec<Covariate>,
    analysis: Option<Analysis>,
    worth: Option<WorthRule>,
    protocol: Protocol,
    filters: Vec<ContactFilter>,
    received: Vec<Option<usize>>,
    attributes: Vec<&'static str>,
}

fn compared(
    fields: &mut Fields<'_>,
    (interventions, names): (&[Delivered], &[String]),
    follow_up: i32,
    problems: &mut Problems,
) -> Compared {
    let (mut filters, mut attributes) = (Vec::new(), Vec::new());
    let received = interventions
        .iter()
        .map(|one| one.filter().map(|filter| keep_contact(&mut filters, filter)))
        .collect();
    let population = Population::read(fields, &mut filters, problems);
    let (strategies, places) = read_design::strategies(fields, names, problems);
    let outcomes = read_outcome::outcomes(fields, &mut filters, follow_up, problems);
    let covariates = read_design::covariates(fields, &mut filters, &mut attributes, problems);
    let analysis = read_design::analysis(fields, &strategies, follow_up, problems);
    let worth = WorthRule::read(fields, &outcomes, problems);
    let protocol = read_design::protocol(fields, problems);
    match &analysis {
        Some(analysis) => {
            read_design::refuse_future(fields, &places, analysis.timing, problems);
            check_whole(fields, (&strategies, &outcomes, &covariates), problems);
            let zero = analysis.timing.zero();
            read_outcome::refuse_late_baselines(fields, &outcomes, zero, problems);
        }
        None if !strategies.is_empty() && !fields.has("analysis") => {
            let problem =
                fields.problem(0..1, "strategies need an [analysis]", "none in this file");
            problems.push(problem.help("add [analysis] with `landmark`, `grace` or `at_index`"));
        }
        None => {}
    }
    Compared {
        population,
        strategies,
        outcomes,
        covariates,
        analysis,
        worth,
        protocol,
        filters,
        received,
        attributes,
    }
}

/// An analysis needs something to compare, on something.
fn check_whole(
    fields: &mut Fields<'_>,
    (strategies, outcomes, covariates): (&[Strategy], &[Outcome], &[Covariate]),
    problems: &mut Problems,
) {
    // What is there and wrong has a problem of its own.
    let mut is_missing = |key: &'static str, none: bool| none && !fields.has(key);
    let parts = [
        (strategies.len() < 2, "strategy", "a comparison needs two strategies or more"),
        (is_missing("outcome", outcomes.is_empty()), "outcome", "a comparison needs an outcome"),
        (
            is_missing("covariate", covariates.is_empty())
                || (!covariates.is_empty() && !covariates.iter().any(|one| one.fact.is_before())),
            "covariate",
            "a fair comparison needs covariates",
        ),
    ];
    for (_, key, message) in parts.into_iter().filter(|(lacks, _, _)| *lacks) {
        let problem = fields.problem(0..1, message, "in this file");
        problems.push(problem.help(format!("add [[{key}]]")));
    }
    if outcomes.first().is_some_and(|outcome| outcome.negative_control) {
        let problem = fields.problem(0..1, "the first outcome is the main one", "in this file");
        problems.push(problem.help("put the negative control behind it"));
    }
}

fn text(
    fields: &mut Fields<'_>,
    key: &'static str,
    expected: &str,
    problems: &mut Problems,
) -> String {
    fields.required_text(key, expected, problems).0.to_owned()
}

/// The id has to be the file's name, by which it is found.
fn id(fields: &mut Fields<'_>, problems: &mut Problems) -> String {
    let (id, span) = fields.required_text("id", "the name of the file", problems);
    let path = &fields.source().path;
    let stem = path.rsplit(['/', '\\']).next().and_then(|name| name.strip_suffix(".toml"));
    if !id.is_empty() && stem.is_some_and(|stem| stem != id) {
        let message = "the id differs from the name of the file";
        let problem = fields.problem(span, message, "not the file's name");
        problems.push(problem.help(format!("call the file `{id}.toml`, or change the id")));
    }
    id.to_owned()
}

fn interventions(
    fields: &mut Fields<'_>,
    problems: &mut Problems,
) -> (Vec<Delivered>, Vec<String>) {
    let (mut interventions, mut names) = (Vec::new(), Vec::new());
    let mut places: Vec<Range<usize>> = Vec::new();
    for mut table in fields.list("intervention", problems) {
        let (name, span) = table.required_text("name", "what the steps of a path say", problems);
        check_name(&table, name, &span, (&names, &places), problems);
        interventions.push(delivered(&mut table, problems));
        if names.len() >= usize::from(MOST_INTERVENTIONS) {
            let message = format!("a study tells {MOST_INTERVENTIONS} interventions apart");
            problems.push(table.problem(span.clone(), message, "one too many"));
        }
        names.push(name.to_owned());
        places.push(span);
        table.finish(problems);
    }
    (interventions, names)
}

/// A name is not taken, and has no sign that joins names in a path.
fn check_name(
    table: &Fields<'_>,
    name: &str,
    span: &Range<usize>,
    (names, places): (&[String], &[Range<usize>]),
    problems: &mut Problems,
) {
    if name.contains(['+', '-']) {
        let label = "`-` joins the steps of a path and `+` those at one time";
        problems.push(table.problem(span.clone(), "a name without `-` and `+` is needed", label));
    }
    if let Some(place) = names.iter().position(|known| known == name && !name.is_empty()) {
        let message = format!("there is an intervention `{name}` already");
        let problem = table.problem(span.clone(), message, "here again");
        problems.push(problem.also(places[place].clone(), "first here"));
    }
}

fn delivered(table: &mut Fields<'_>, problems: &mut Problems) -> Delivered {
    if table.has("classes") == table.has("stays") {
        let message = "an intervention is made of contacts or of stays";
        let label = if table.has("classes") { "this has both" } else { "this has neither" };
        let problem = table.problem(table.span(), message, label);
        let help =
            "write `classes = [\"therapy\"]` for contacts or `stays = [5]` for the level of stays";
        problems.push(problem.help(help));
    }
    if let Some(node) = table.node("stays") {
        let levels = levels(table, node, problems);
        return Delivered::Stays { levels };
    }
    let before = problems.len();
    let (known, from_name) = (ServiceClass::NAMES, ServiceClass::from_name);
    let classes = table.words("classes", known, from_name, problems);
    let gap = table.integer_in("gap", 0, 366, problems);
    let tail = table.integer_in("tail", 0, 366, problems);
    let is_medication = classes.contains(&ServiceClass::Medication);
    let usual = if is_medication { MEDICATION_GAP } else { GAP };
    if table.has("classes") && classes.is_empty() && problems.len() == before {
        problems.push(table.problem(table.span(), "`classes` is empty", "in this table"));
    }
    Delivered::Contacts { classes, gap: gap.unwrap_or(usual), tail: tail.unwrap_or(TAIL) }
}

fn levels(table: &Fields<'_>, node: &Node, problems: &mut Problems) -> Vec<Level> {
    let one = std::slice::from_ref(node);
    let items = if let Value::List(items) = &node.value { items.as_slice() } else { one };
    let level = |item: &Node| match item.value {
        Value::Integer(number) => Level::new(number).filter(|level| level.is_24_hour()),
        _ => None,
    };
    if items.is_empty() {
        problems.push(table.problem(node.span.clone(), "`stays` is empty", "expected 5 or 6"));
    }
    for item in items.iter().filter(|item| level(item).is_none()) {
        let label = "expected 5 (residential) or 6 (inpatient)";
        problems.push(Problem::new(
            table.source(),
            item.span.clone(),
            "stays are at a level of 24-hour care",
            label,
        ));
    }
    items.iter().filter_map(level).collect()
}
