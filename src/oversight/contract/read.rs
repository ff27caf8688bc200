//! A contract file, read and checked against the indicators that there are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::read_standardisation::standardisation;
use super::read_target::targets;
use super::{Attribution, Contract, KnownMeasure, Objective};
use crate::diagnostic::{Document, Fields, Problem, Problems, suggest};
use crate::terms::Grain;

/// Reads a contract. `known` are the indicators that are computed; `elsewhere` the ids of those
/// that have a file, but are not.
pub fn read(
    document: &Document,
    known: &[KnownMeasure],
    elsewhere: &BTreeSet<String>,
) -> Result<Contract, Problems> {
    let mut problems = Problems::default();
    let mut fields = Fields::new(&document.source, &document.root, 0..1);
    let title = fields.required_text("title", "its heading", &mut problems).0.to_owned();
    let grain = grain(&mut fields, &mut problems);
    let known = Known { measures: known, elsewhere, grain };
    let attribution = attribution(&mut fields, &mut problems);
    let (organisations, peers) = organisations(&mut fields, &mut problems);
    let standardised_by = standardisation(&mut fields, &mut problems);
    let objectives = objectives(&mut fields, &known, &mut problems);
    let targets = targets(&mut fields, &known, &organisations, &mut problems);
    fields.finish(&mut problems);
    problems.none_or(Contract {
        title,
        grain,
        attribution,
        organisations,
        peers,
        standardised_by,
        objectives,
        targets,
    })
}

/// The indicators that a contract may name.
pub(super) struct Known<'k> {
    measures: &'k [KnownMeasure],
    elsewhere: &'k BTreeSet<String>,
    /// The length of the periods that the contract judges.
    grain: Grain,
}

impl<'k> Known<'k> {
    /// The indicators of an id: one, or for the id of a file all of its variants.
    pub(super) fn of(
        &self,
        id: &str,
        span: &Range<usize>,
        fields: &Fields<'_>,
        problems: &mut Problems,
    ) -> Vec<&'k KnownMeasure> {
        let mut found: Vec<_> = self.measures.iter().filter(|one| one.id == id).collect();
        if found.is_empty() {
            found = self.measures.iter().filter(|one| one.base_id == id).collect();
        }
        if found.is_empty() {
            problems.push(self.unknown(id, span, fields));
        }
        if !found.is_empty() && !found.iter().any(|one| one.grains.contains(&self.grain)) {
            let by = self.grain.name();
            let message = format!("`{id}` is not reported by {by}, as this contract judges");
            let problem = fields.problem(span.clone(), message, "named here");
            problems.push(problem.help(format!("add \"{by}\" to `grains` in its file")));
        }
        found
    }

    fn unknown(&self, id: &str, span: &Range<usize>, fields: &Fields<'_>) -> Problem {
        let base = id.split('@').next().unwrap_or(id);
        if self.elsewhere.contains(base) {
            let message = format!("the pipeline does not compute `{id}`");
            let problem = fields.problem(span.clone(), message, "needed here");
            return problem.help(format!("add `{base}` to `use` under [indicators]"));
        }
        let ids = self.measures.iter().flat_map(|one| [one.id.as_str(), one.base_id.as_str()]);
        let ids = ids.chain(self.elsewhere.iter().map(String::as_str));
        fields
            .problem(
                span.clone(),
                format!("there is no indicator `{id}`"),
                "not among the indicator files",
            )
            .maybe_help(suggest(id, ids))
    }
}

fn grain(fields: &mut Fields<'_>, problems: &mut Problems) -> Grain {
    if !fields.has("period") {
        fields.required_text("period", "which period is judged: month, quarter or year", problems);
        return Grain::Quarter;
    }
    fields
        .word("period", &Grain::ALL.map(Grain::name), Grain::from_name, problems)
        .unwrap_or(Grain::Quarter)
}

fn attribution(fields: &mut Fields<'_>, problems: &mut Problems) -> Attribution {
    if fields.has("attribution") {
        let names = Attribution::NAMES;
        let found = fields.word("attribution", &names, Attribution::from_name, problems);
        return found.unwrap_or(Attribution::Enrolment);
    }
    fields.required_text("attribution", "to whom events and members belong: enrolment", problems);
    Attribution::Enrolment
}

fn organisations(
    fields: &mut Fields<'_>,
    problems: &mut Problems,
) -> (Vec<String>, Vec<Vec<String>>) {
    let Some(mut table) = fields.fields("organisations", problems) else {
        let problem = fields.problem(0..1, "[organisations] is missing", "in this file");
        problems.push(problem.help("name whom the contract binds: `ids = [\"B1\", \"B2\"]`"));
        return (Vec::new(), Vec::new());
    };
    let mut ids: Vec<String> = Vec::new();
    for (id, span) in table.texts("ids", problems) {
        if ids.iter().any(|known| known == id) {
            problems.push(table.problem(span, format!("`{id}` is named twice"), "here again"));
        } else {
            ids.push(id.to_owned());
        }
    }
    if ids.is_empty() {
        let problem = table.problem(table.span(), "no organisation is named", "here");
        problems.push(problem.help("`ids = [\"B1\", \"B2\"]`"));
    }
    let peers = peers(&mut table, &ids, problems);
    table.finish(problems);
    (ids, peers)
}

/// Groups of organisations that are compared; without any, all with each other.
fn peers(table: &mut Fields<'_>, ids: &[String], problems: &mut Problems) -> Vec<Vec<String>> {
    let mut peers = Vec::new();
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for mut group in table.list("peers", problems) {
        let mut members = Vec::new();
        for (id, span) in group.texts("ids", problems) {
            check_organisation(&group, id, &span, ids, problems);
            if let Some(first) = seen.insert(id.to_owned(), span.clone()) {
                let message = format!("`{id}` is in two groups of peers");
                let problem = group.problem(span, message, "here again");
                problems.push(problem.also(first, "first here"));
            }
            members.push(id.to_owned());
        }
        if members.len() < 2 {
            problems.push(group.problem(group.span(), "nobody to compare with", "fewer than two"));
        }
        group.finish(problems);
        peers.push(members);
    }
    if peers.is_empty() { vec![ids.to_vec()] } else { peers }
}

pub(super) fn check_organisation(
    fields: &Fields<'_>,
    id: &str,
    span: &Range<usize>,
    ids: &[String],
    problems: &mut Problems,
) {
    if !ids.iter().any(|known| known == id) {
        let message = format!("there is no organisation `{id}`");
        let label = "not under [organisations]";
        let problem = fields.problem(span.clone(), message, label);
        problems.push(problem.maybe_help(suggest(id, ids.iter().map(String::as_str))));
    }
}

fn objectives(
    fields: &mut Fields<'_>,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    let tables = fields.list("objective", problems);
    if tables.is_empty() {
        let problem = fields.problem(0..1, "no [[objective]] is named", "in this file");
        problems.push(problem.help("say what is wanted: number, title, lead"));
    }
    for mut table in tables {
        if !table.has("number") {
            table.required_text("number", "its number, such as 1", problems);
        }
        let number = table.integer_in("number", 1, 99, problems).unwrap_or(0);
        let number = u8::try_from(number).unwrap_or(0);
        if number > 0 && objectives.iter().any(|other| other.number == number) {
            let span = table.node("number").map_or(table.span(), |node| node.span.clone());
            let message = format!("objective {number} is there twice");
            problems.push(table.problem(span, message, "here again"));
        }
        let title = table.required_text("title", "its wording, in short", problems).0.to_owned();
        let lead = named(&mut table, "lead", known, problems);
        if lead.is_empty() {
            let problem = table.problem(table.span(), "no lead indicator is named", "here");
            problems.push(problem.help("an objective is told by at least one: `lead = [\"…\"]`"));
        }
        let supporting = named(&mut table, "supporting", known, problems);
        let cannot_show = table.text("cannot_show", problems).map_or("", |(text, _)| text);
        objectives.push(Objective {
            number,
            title,
            lead,
            supporting,
            cannot_show: cannot_show.to_owned(),
        });
        table.finish(problems);
    }
    objectives
}

/// The indicators of a list, each of which must have one number.
fn named(
    table: &mut Fields<'_>,
    key: &'static str,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (id, span) in table.texts(key, problems) {
        if ids.iter().any(|other| other == id) {
            problems.push(table.problem(span, format!("`{id}` is named twice"), "here again"));
            continue;
        }
        let found = known.of(id, &span, table, problems);
        match found.as_slice() {
            [one] if one.id == id && !one.has_value => problems.push(
                table
                    .problem(
                        span,
                        format!("`{id}` has no single number"),
                        "shares by level of care",
                    )
                    .help("name an indicator with one value for each organisation"),
            ),
            [one, ..] if one.id != id => {
                let variants: Vec<String> =
                    found.iter().map(|one| format!("`{}`", one.id)).collect();
                let problem = table.problem(span, format!("`{id}` has variants"), "which one?");
                problems.push(problem.help(format!("name one of {}", variants.join(", "))));
            }
            _ => {}
        }
        ids.push(id.to_owned());
    }
    ids
}
