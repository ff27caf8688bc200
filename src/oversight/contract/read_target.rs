//! The targets of a contract.

use std::ops::Range;

use super::read::{Known, check_organisation};
use super::{KnownMeasure, Target};
use crate::diagnostic::{Fields, Problems};
use crate::indicator::Better;
use crate::terms::{Day, Grain, Period};

pub(super) fn targets(
    fields: &mut Fields<'_>,
    known: &Known<'_>,
    organisations: &[String],
    problems: &mut Problems,
) -> Vec<Target> {
    let mut targets: Vec<(Target, Range<usize>)> = Vec::new();
    for mut table in fields.list("target", problems) {
        let span = table.span();
        if let Some(target) = target(&mut table, known, organisations, problems) {
            if let Some((_, first)) = targets.iter().find(|(other, _)| collide(other, &target)) {
                let message = format!("two targets for `{}` hold at once", target.indicator);
                let problem = table.problem(head(&span), message, "this one …");
                let help = "give them periods or organisations that do not overlap";
                problems.push(problem.also(head(first), "… and this one").help(help));
            }
            targets.push((target, span));
        }
        table.finish(problems);
    }
    targets.into_iter().map(|(target, _)| target).collect()
}

/// The first characters of a table.
fn head(span: &Range<usize>) -> Range<usize> {
    span.start..span.end.min(span.start + 1)
}

/// True if some organisation has both in some period, and neither is more particular.
fn collide(one: &Target, other: &Target) -> bool {
    let (from, until) = (one.from.max(other.from), earlier(one.until, other.until));
    let in_time = from.zip(until).is_none_or(|(from, until)| from <= until);
    let both_for_all = one.organisations.is_empty() && other.organisations.is_empty();
    let shared = one.organisations.iter().any(|id| other.organisations.contains(id));
    one.indicator == other.indicator && in_time && (both_for_all || shared)
}

fn earlier(one: Option<Day>, other: Option<Day>) -> Option<Day> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn target(
    table: &mut Fields<'_>,
    known: &Known<'_>,
    organisations: &[String],
    problems: &mut Problems,
) -> Option<Target> {
    let (id, span) = table.required_text("indicator", "the id of an indicator", problems);
    let measures = if table.has("indicator") && !id.trim().is_empty() {
        known.of(id, &span, table, problems)
    } else {
        Vec::new()
    };
    let bound = bound(table, &measures, problems);
    let mut named = Vec::new();
    for (organisation, span) in table.texts("organisations", problems) {
        check_organisation(table, organisation, &span, organisations, problems);
        named.push(organisation.to_owned());
    }
    let from = month(table, "from", problems);
    let until = month(table, "to", problems);
    if let (Some((from, start)), Some((until, end))) = (&from, &until)
        && until.end < from.start
    {
        let problem = table.problem(start.clone(), "this target never holds", "begins here …");
        problems.push(problem.also(end.clone(), "… and ends before").help("swap the months"));
    }
    let (better, at) = bound?;
    Some(Target {
        indicator: id.to_owned(),
        variants: measures.iter().all(|measure| measure.id != id),
        at,
        better,
        organisations: named,
        from: from.map(|(month, _)| month.start),
        until: until.map(|(month, _)| month.end),
    })
}

/// `at_least` or `at_most`: the number, and with it the direction.
fn bound(
    table: &mut Fields<'_>,
    measures: &[&KnownMeasure],
    problems: &mut Problems,
) -> Option<(Better, f64)> {
    let span_of = |table: &mut Fields<'_>, key| {
        table.node(key).map_or(table.span(), |node| node.span.clone())
    };
    let least = table.number("at_least", problems);
    let most = table.number("at_most", problems);
    let (better, at, key) = match (least, most) {
        (Some(least), None) => (Better::Higher, least, "at_least"),
        (None, Some(most)) => (Better::Lower, most, "at_most"),
        (Some(_), Some(_)) => {
            let (first, second) = (span_of(table, "at_least"), span_of(table, "at_most"));
            let problem = table.problem(second, "a target has one direction", "this one …");
            problems.push(problem.also(first, "… or this one?").help("write two targets"));
            return None;
        }
        (None, None) => {
            if !table.has("at_least") && !table.has("at_most") {
                let problem =
                    table.problem(head(&table.span()), "this target has no direction", "here");
                problems.push(problem.help("add `at_least = …` or `at_most = …`"));
            }
            return None;
        }
    };
    for measure in measures {
        check_bound(table, measure, (better, at, key), problems);
    }
    Some((better, at))
}

fn check_bound(
    table: &mut Fields<'_>,
    measure: &KnownMeasure,
    (better, at, key): (Better, f64, &'static str),
    problems: &mut Problems,
) {
    let span = table.node(key).map_or(table.span(), |node| node.span.clone());
    let (least, most) = measure.bounds();
    if !(least..=most).contains(&at) {
        let message = format!("no value of `{}` can be {at}", measure.id);
        let problem = table.problem(span.clone(), message, "out of range");
        problems.push(problem.help(if most.is_finite() {
            "shares are written from 0 to 1: 0.55 for 55 %"
        } else {
            "values are not below 0"
        }));
    }
    let word = match measure.better {
        Better::Higher => "higher",
        Better::Lower => "lower",
        Better::Neutral => return,
    };
    if measure.better != better {
        let message = format!("`{}` is better when {word}", measure.id);
        let problem = table.problem(span, message, format!("`{key}` would reward the worse"));
        let other = if better == Better::Higher { "at_most" } else { "at_least" };
        problems.push(problem.help(format!("write `{other}`")));
    }
}

/// A month such as `2026-01`, if the key is there.
fn month(
    table: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<(Period, Range<usize>)> {
    let (text, span) = table.text(key, problems)?;
    if let Some(first) = Day::parse(&format!("{text}-01")) {
        return Some((Period::starting(Grain::Month, first), span));
    }
    let problem = table.problem(span, format!("unknown period `{text}`"), "not a month");
    problems.push(problem.help("write a month such as `2026-01`"));
    None
}
