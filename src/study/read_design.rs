//! The strategies, covariates, analysis and protocol of a study file.

use std::ops::Range;

use super::bootstrap::Draws;
use super::design::{Analysis, Covariate, Dose, Exposure, Fact, Protocol, Strategy, Timing};
use crate::diagnostic::{Fields, Problems, suggest};
use crate::indicator::population::{read_contact, read_diagnoses, read_events, read_stays};
use crate::indicator::severe_contacts;
use crate::kernel::StratumKind;
use crate::terms::Window;
use crate::timeline::{ContactFilter, Phase, Phases};

/// Days of a year.
const LONGEST: i32 = 3660;

/// Reads `[analysis]`, given the names of the strategies and the days of follow-up.
pub(super) fn analysis(
    fields: &mut Fields<'_>,
    strategies: &[Strategy],
    follow_up: i32,
    problems: &mut Problems,
) -> Option<Analysis> {
    let mut table = fields.fields("analysis", problems)?;
    let before = problems.len();
    let timings = [
        table.flag("at_index", problems).filter(|at| *at).map(|_| Timing::AtIndex),
        table.integer_in("landmark", 1, LONGEST, problems).map(Timing::Landmark),
        grace(&mut table, follow_up, problems).map(Timing::Grace),
    ];
    let timings: Vec<Timing> = timings.into_iter().flatten().collect();
    if timings.len() != 1 && problems.len() == before {
        let message = "an analysis says in exactly one way when members are told apart";
        let problem = table.problem(table.span(), message, "in this table");
        problems.push(problem.help(
            "`landmark = 30`: by what they got up to day 30, followed from there; `grace = 30`: from the index, with 30 days to begin; `at_index = true`: by what they had got before",
        ));
    }
    let reference = reference(&mut table, strategies, problems);
    let truncate = table.number("truncate", problems).unwrap_or(0.01);
    if !(0.0..0.5).contains(&truncate) {
        let problem = table.problem(table.span(), "`truncate` is out of range", "in this table");
        problems.push(problem.help("the share of weights pulled in at each end, such as 0.01"));
    }
    let count = table.integer_in("draws", 20, 10_000, problems).unwrap_or(200);
    let seed = table.integer_in("seed", 0, i32::MAX, problems).unwrap_or(1);
    table.finish(problems);
    Some(Analysis {
        timing: *timings.first()?,
        reference: reference?,
        truncate: (truncate, 1.0 - truncate),
        draws: Draws {
            count: u32::try_from(count).expect("checked above"),
            seed: u64::try_from(seed).expect("checked above"),
        },
    })
}

/// The days to begin. Nobody departs from a strategy on the last day of follow-up or later.
fn grace(table: &mut Fields<'_>, follow_up: i32, problems: &mut Problems) -> Option<i32> {
    let span = table.node("grace").map(|node| node.span.clone())?;
    let days = table.integer_in("grace", 1, LONGEST, problems)?;
    if days >= follow_up {
        let message = "the days to begin reach to the end of follow-up";
        let label = format!("follow-up is {follow_up} days from the same day on");
        let problem = table.problem(span, message, label);
        problems.push(problem.help("set `follow_up` to more days than `grace`"));
    }
    Some(days)
}

/// The strategy that others are compared with: the named one, or the last.
fn reference(
    table: &mut Fields<'_>,
    strategies: &[Strategy],
    problems: &mut Problems,
) -> Option<usize> {
    let Some((name, span)) = table.text("reference", problems) else {
        return strategies.len().checked_sub(1);
    };
    let found = strategies.iter().position(|strategy| strategy.name == name);
    if found.is_none() {
        let message = format!("there is no strategy `{name}`");
        let problem = table.problem(span, message, "not the name of a [[strategy]]");
        let known = strategies.iter().map(|strategy| strategy.name.as_str());
        problems.push(problem.maybe_help(suggest(name, known)));
    }
    found
}

/// Reads every `[[strategy]]`; with each dose, where it stands.
pub(super) fn strategies(
    fields: &mut Fields<'_>,
    interventions: &[String],
    problems: &mut Problems,
) -> (Vec<Strategy>, Vec<(Dose, Range<usize>)>) {
    let (mut found, mut places): (Vec<Strategy>, Vec<(Dose, Range<usize>)>) =
        (Vec::new(), Vec::new());
    for mut table in fields.list("strategy", problems) {
        let (name, span) = table.required_text("name", "what charts call it", problems);
        if found.iter().any(|known| known.name == name) {
            let message = format!("there is a strategy `{name}` already");
            problems.push(table.problem(span, message, "here again"));
        }
        let otherwise = table.flag("otherwise", problems) == Some(true);
        let gets = doses(&mut table, "gets", interventions, problems);
        let never = doses(&mut table, "never", interventions, problems);
        let in_order = table.flag("in_order", problems) == Some(true);
        let is_empty = !table.has("gets") && !table.has("never");
        if otherwise != is_empty {
            let message = "a strategy says what is received, or is what is left otherwise";
            let label = if otherwise { "this says both" } else { "this says neither" };
            let help = "`gets = [{ intervention = \"…\", days = [1, 30] }]`, `never = […]`, or `otherwise = true` alone";
            problems.push(table.problem(table.span(), message, label).help(help));
        }
        let plain =
            |doses: &[(Dose, Range<usize>)]| doses.iter().map(|(dose, _)| dose.clone()).collect();
        let exposure = if otherwise {
            Exposure::Otherwise
        } else {
            Exposure::Received { gets: plain(&gets), in_order, never: plain(&never) }
        };
        places.extend(gets.into_iter().chain(never));
        found.push(Strategy { name: name.to_owned(), exposure });
        table.finish(problems);
    }
    let others = found.iter().filter(|one| one.exposure == Exposure::Otherwise).count();
    if others > 1 {
        let problem = fields.problem(0..1, "two strategies are what is left otherwise", "here");
        problems.push(problem.help("only one strategy can have `otherwise = true`"));
    }
    (found, places)
}

fn doses(
    table: &mut Fields<'_>,
    key: &'static str,
    interventions: &[String],
    problems: &mut Problems,
) -> Vec<(Dose, Range<usize>)> {
    let mut found = Vec::new();
    for mut one in table.list(key, problems) {
        let wanted = one.texts("intervention", problems);
        if wanted.is_empty() && !one.has("intervention") {
            let problem = one.problem(one.span(), "`intervention` is missing", "in this table");
            problems.push(problem.help("add the name of an [[intervention]], or several names"));
        }
        let mut places = Vec::new();
        for (name, span) in wanted {
            let place = interventions.iter().position(|known| known == name);
            if place.is_none() {
                let message = format!("there is no intervention `{name}`");
                let problem = one.problem(span, message, "not the name of an [[intervention]]");
                let known = interventions.iter().map(String::as_str);
                problems.push(problem.maybe_help(suggest(name, known)));
            }
            places.extend(place);
        }
        let where_from = one.span();
        let days = window(&mut one, problems);
        let at_least = one.integer_in("at_least", 1, 1000, problems).unwrap_or(1);
        one.finish(problems);
        let at_least = usize::try_from(at_least).expect("checked above");
        let is_whole = !places.is_empty();
        let dose =
            days.filter(|_| is_whole).map(|days| Dose { interventions: places, days, at_least });
        found.extend(dose.map(|dose| (dose, where_from)));
    }
    found
}

fn window(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Window> {
    let days = table.window("days", problems);
    if days.is_none() && !table.has("days") {
        let problem = table.problem(table.span(), "`days` is missing", "in this table");
        problems.push(problem.help("add a window such as `days = [1, 30]`"));
    }
    days
}

/// An exposure must be known before outcomes are counted.
pub(super) fn refuse_future(
    fields: &Fields<'_>,
    places: &[(Dose, Range<usize>)],
    timing: Timing,
    problems: &mut Problems,
) {
    let last = timing.last_day();
    for (dose, span) in places.iter().filter(|(dose, _)| dose.days.to > last) {
        let message = "this strategy is defined by the future";
        let label =
            format!("reaches day {}, but members are told apart by day {last}", dose.days.to);
        let problem = fields.problem(span.clone(), message, label);
        problems.push(problem.help(
            "whoever lives, stays enrolled and stays out of hospital longer has more time to receive it, so that it would seem to help even if it did nothing: end the window sooner, or set `landmark` or `grace` to its last day",
        ));
    }
}

/// Reads every `[[covariate]]`, and the columns of members that they look at.
pub(super) fn covariates(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    attributes: &mut Vec<&'static str>,
    problems: &mut Problems,
) -> Vec<Covariate> {
    let mut found: Vec<Covariate> = Vec::new();
    for mut table in fields.list("covariate", problems) {
        let (name, span) = table.required_text("name", "what tables call it", problems);
        if found.iter().any(|known| known.name == name) {
            let message = format!("there is a covariate `{name}` already");
            problems.push(table.problem(span, message, "here again"));
        }
        let before = problems.len();
        let facts = facts(&mut table, filters, attributes, problems);
        let stratum = table.flag("stratum", problems) == Some(true);
        let whole = table.span();
        let complaint = table.problem(whole.clone(), "a covariate is exactly one fact", "here");
        table.finish(problems);
        if stratum && facts.first().is_some_and(|fact| !fact.is_yes_or_no()) {
            let problem =
                fields.problem(whole.clone(), "people are parted by what is so or not", "here");
            problems.push(
                problem
                    .help("`stratum` goes with `smi`, `attribute`, `index_diagnosis` and `phase`"),
            );
        }
        if !stratum && facts.first().is_some_and(|fact| !fact.is_before()) {
            let message = "people are parted by their phase on time zero, and not adjusted for it";
            let problem = fields.problem(whole.clone(), message, "here");
            problems.push(problem.help("add `stratum = true`"));
        }
        match facts.as_slice() {
            [fact] => found.push(Covariate {
                name: name.to_owned(),
                fact: fact.clone(),
                stratum,
                place: whole,
            }),
            _ if problems.len() > before => {}
            _ => problems.push(complaint.help(
                "`age = true`, `smi = true`, `attribute = \"sex\"` with `is`, `phase = […]`, `index_nights = true`, `index_diagnosis = […]`, `nights`, `admissions`, `ed_visits = true`, `contact = { … }` or `event = […]` with `days`",
            )),
        }
    }
    found
}

fn facts(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    attributes: &mut Vec<&'static str>,
    problems: &mut Problems,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut asked = |key| table.flag(key, problems) == Some(true);
    facts.extend(asked("age").then_some(Fact::Age));
    facts.extend(asked("smi").then(|| Fact::SeriousMentalIllness(severe_contacts(filters))));
    facts.extend(asked("index_nights").then_some(Fact::IndexNights));
    facts.extend(attribute(table, attributes, problems));
    let phases = table.words("phase", &Phase::NAMES, Phase::from_name, problems);
    facts.extend((!phases.is_empty()).then(|| Fact::Phase(Phases::of(&phases))));
    let groups = read_diagnoses(table, "index_diagnosis", problems);
    facts.extend((!groups.is_empty()).then_some(Fact::IndexDiagnosis(groups)));
    let days = look_back(table, problems);
    let mut counted: Vec<Fact> = Vec::new();
    let whole = Window { from: 0, to: 0 };
    let on = days.unwrap_or(whole);
    counted.extend(read_stays(table, "nights", problems).map(|set| Fact::Nights(set, on)));
    counted.extend(read_stays(table, "admissions", problems).map(|set| Fact::Admissions(set, on)));
    counted.extend((table.flag("ed_visits", problems) == Some(true)).then_some(Fact::EdVisits(on)));
    if table.has("contact") {
        let filter = read_contact(table, "contact", filters, problems);
        counted.extend(filter.map(|filter| Fact::ContactDays(filter, on)));
    }
    counted.extend(read_events(table, "event", problems).map(|types| Fact::Events(types, on)));
    if !counted.is_empty() && days.is_none() && !table.has("days") {
        let problem = table.problem(table.span(), "`days` is missing", "in this table");
        problems.push(problem.help("add the days before the index, such as `days = [-365, -1]`"));
    }
    facts.extend(counted);
    facts
}

/// The window of a covariate ends at the index.
fn look_back(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Window> {
    let days = table.window("days", problems)?;
    if days.to > 0 {
        let span = table.node("days").map_or(table.span(), |node| node.span.clone());
        let problem =
            table.problem(span, "a covariate is known at the index", "reaches beyond day 0");
        problems.push(problem.help(
            "what happens later may itself be a result of what is compared, and adjusting for it hides or makes up effects",
        ));
    }
    Some(days)
}

fn attribute(
    table: &mut Fields<'_>,
    attributes: &mut Vec<&'static str>,
    problems: &mut Problems,
) -> Option<Fact> {
    let names: Vec<&str> = StratumKind::names()
        .into_iter()
        .filter(|name| matches!(StratumKind::from_name(name), Some(StratumKind::Attribute(_))))
        .collect();
    let column = table.word("attribute", &names, StratumKind::from_name, problems);
    let is: Vec<String> =
        table.texts("is", problems).into_iter().map(|(text, _)| text.to_owned()).collect();
    let StratumKind::Attribute(name) = column? else { return None };
    if is.is_empty() {
        let problem = table.problem(table.span(), "`is` is missing", "in this table");
        problems.push(problem.help("add the texts that count as yes: `is = [\"F\"]`"));
    }
    let column = attributes.iter().position(|known| *known == name).unwrap_or_else(|| {
        attributes.push(name);
        attributes.len() - 1
    });
    Some(Fact::Attribute { column, is })
}

/// Reads `[protocol]`: all of its rows, or none.
pub(super) fn protocol(fields: &mut Fields<'_>, problems: &mut Problems) -> Protocol {
    let Some(mut table) = fields.fields("protocol", problems) else { return Protocol::default() };
    let mut rows = Vec::new();
    for key in Protocol::KEYS {
        let (text, _) =
            table.required_text(key, "a sentence of the trial this stands for", problems);
        rows.push((key, text.to_owned()));
    }
    table.finish(problems);
    Protocol { rows }
}
