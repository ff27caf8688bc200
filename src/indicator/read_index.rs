//! The index of a definition: what its units are.

use super::read_contact::contact;
use super::read_criterion::criterion;
use super::read_happening::happenings;
use super::read_member::PROVIDERS;
use super::read_rule::{events, groups, missing_window};
use super::read_stays::spell_set;
use super::rule::{Around, Chain, Criterion, Index, Unit};
use super::signal::Repeat;
use crate::diagnostic::{Fields, Problems};
use crate::terms::codes::{FacilityClass, Sector};
use crate::timeline::ContactFilter;

/// `[[without]]` or `[[then]]`: contacts in a window.
pub(super) fn contacts_around(
    table: &mut Fields<'_>,
    key: &'static str,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Around> {
    let mut found = Vec::new();
    for mut one in table.list(key, problems) {
        let filter = contact(&mut one, "contact", filters, problems);
        let days = one.window("days", problems);
        missing_window(&mut one, days, problems);
        one.finish(problems);
        found.extend(filter.zip(days).map(|(filter, days)| Around { filter, days }));
    }
    found
}

pub(super) fn index(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Index> {
    let before = problems.len();
    let units = named_units(table, filters, problems);
    let unit = if let [unit] = units.as_slice() { Some(*unit) } else { None };
    if unit.is_none() && problems.len() == before {
        let problem = table.problem(table.span(), "the index names exactly one unit", "here");
        problems.push(problem.help(
            "`discharge = \"inpatient\"`, `admission`, `ed_visit = true`, `assessment`, `contact = { … }`, `event = […]`, `any = [{ … }]`, `months_with = [{ … }]`, `birthday`, `planned_service`, `sector_need`, `quarter_pair`, `planned_end`, `positive_screen`, `need_found`, `referral`, `request`, `plan`, `agency_contact = { … }`, `episode_end = 90` or `disengagement = 90` (days)",
        ));
    }
    let chain = table.fields("chain", problems).and_then(|mut chain| {
        let days = chain.window("days", problems);
        let diagnosis = groups(&mut chain, "diagnosis", problems);
        missing_window(&mut chain, days, problems);
        chain.finish(problems);
        Some(Chain { days: days?, diagnosis })
    });
    // A preset cannot take a table away, but it can say that every unit counts.
    let every = table.flag("every", problems) == Some(true);
    let chain = chain.filter(|_| !every);
    // Everything is read before a wrong unit ends it, so that all problems come at once.
    let read = Index {
        unit: unit.unwrap_or(Unit::EdVisit),
        diagnosis: groups(table, "diagnosis", problems),
        or_further: groups(table, "or_further_diagnosis", problems),
        or_facility: table.words(
            "or_facility",
            FacilityClass::NAMES,
            FacilityClass::from_name,
            problems,
        ),
        age_min: table.integer_in("age_min", 0, 120, problems),
        chain,
        without: contacts_around(table, "without", filters, problems),
        with: contacts_around(table, "with", filters, problems),
        nights: table.integer_in("nights_min", 0, 3660, problems),
        first: table.flag("first", problems) == Some(true),
        once: table.flag("once", problems) == Some(true),
        apart: table.integer_in("days_apart", 1, 3660, problems),
        until: until(table, problems),
        any: if table.has("months_with") {
            happenings(table, "months_with", filters, problems)
        } else {
            happenings(table, "any", filters, problems)
        },
        repeat: repeat(table, problems),
        after: table.integer_in("days_after", 1, 3660, problems).unwrap_or(0),
        when: when(table, filters, problems),
    };
    if let Some(unit) = unit {
        refuse_idle(table, unit, problems);
    }
    if let Some(node) = table.node("or_further_diagnosis")
        && (read.unit != Unit::EdVisit || read.diagnosis.is_empty())
    {
        let span = node.span.clone();
        let message = "`or_further_diagnosis` goes with `ed_visit` and a `diagnosis`";
        let problem = table.problem(span, message, "here");
        problems.push(problem.help("leave it out, or name the principal diagnoses that count"));
    }
    if let Some(node) = table.node("days_after")
        && (read.unit != Unit::Signal || read.repeat.is_some())
    {
        let problem = table.problem(
            node.span.clone(),
            "`days_after` goes with `any = […]`, and not with `repeat`",
            "here",
        );
        problems.push(problem.help("leave it out, or name the units with `any = [{ … }]`"));
    }
    unit.map(|_| read)
}

/// A key, the units that have it, and those units as a file names them.
type Has = (&'static str, fn(Unit) -> bool, &'static str);

/// Keys that only some units have.
const OF_SOME_UNITS: [Has; 9] = [
    ("diagnosis", has_diagnosis, "`discharge`, `admission` and `ed_visit`"),
    ("or_facility", is_discharge, "`discharge`"),
    ("nights_min", is_discharge, "`discharge`"),
    ("chain", is_discharge, "`discharge`"),
    ("every", is_discharge, "`discharge`"),
    (
        "first",
        has_first,
        "`admission`, `contact`, `event`, `any`, `planned_end`, `positive_screen`, `need_found` and `birthday`",
    ),
    ("once", has_once, "`any` and `months_with`"),
    (
        "days_apart",
        has_apart,
        "`discharge`, `ed_visit`, `assessment`, `contact`, `event`, `any`, `planned_end`, `positive_screen`, `need_found`, `sector_need` and `birthday`",
    ),
    ("repeat", is_signal, "`any`"),
];

fn is_discharge(unit: Unit) -> bool {
    matches!(unit, Unit::Discharge(_))
}

fn is_signal(unit: Unit) -> bool {
    unit == Unit::Signal
}

fn has_once(unit: Unit) -> bool {
    matches!(unit, Unit::Signal | Unit::Month)
}

fn has_diagnosis(unit: Unit) -> bool {
    matches!(unit, Unit::Discharge(_) | Unit::Admission(_) | Unit::EdVisit)
}

/// Units that are nothing but a day.
fn is_day(unit: Unit) -> bool {
    matches!(
        unit,
        Unit::Contact { .. }
            | Unit::Event(_)
            | Unit::PlannedEnd
            | Unit::PositiveScreen
            | Unit::NeedFound
            | Unit::Birthday(_)
            | Unit::Signal
    )
}

fn has_first(unit: Unit) -> bool {
    is_day(unit) || matches!(unit, Unit::Admission(_))
}

fn has_apart(unit: Unit) -> bool {
    is_day(unit)
        || matches!(
            unit,
            Unit::Discharge(_) | Unit::EdVisit | Unit::Assessment | Unit::SectorNeed(_)
        )
}

/// A key that would change nothing of these units is a mistake, and the rule's sentence would tell of it.
fn refuse_idle(table: &mut Fields<'_>, unit: Unit, problems: &mut Problems) {
    for (key, has, units) in OF_SOME_UNITS {
        if let Some(node) = table.node(key).filter(|_| !has(unit)) {
            let message = format!("`{key}` goes with {units}");
            let problem = table.problem(node.span.clone(), message, "it would change nothing here");
            problems.push(problem.help("leave it out"));
        }
    }
}

/// `repeat = { every = 90, times = 4 }`.
fn repeat(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Repeat> {
    let mut repeat = table.fields("repeat", problems)?;
    let every = repeat.integer_in("every", 1, 366, problems);
    let times = repeat.integer_in("times", 1, 100, problems);
    if every.zip(times).is_none() && !(repeat.has("every") && repeat.has("times")) {
        let problem = repeat.problem(repeat.span(), "how long, and how often?", "in this table");
        problems.push(problem.help("`repeat = { every = 90, times = 4 }`"));
    }
    repeat.finish(problems);
    every.zip(times).map(|(every, times)| Repeat { every, times })
}

/// `[[when]]`: criteria that every unit has to meet.
fn when(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Criterion> {
    let mut found = Vec::new();
    for mut one in table.list("when", problems) {
        found.extend(criterion(&mut one, filters, problems));
        one.finish(problems);
    }
    found
}

/// The last month and day of a year: "12-01".
fn until(table: &mut Fields<'_>, problems: &mut Problems) -> Option<(u32, u32)> {
    let (text, span) = table.text("until", problems)?;
    let parts = text
        .split_once('-')
        .and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
    let known = parts.filter(|(month, day)| (1..=12).contains(month) && (1..=31).contains(day));
    if known.is_none() {
        problems.push(table.problem(
            span,
            "expected a month and day such as \"12-01\"",
            "not a month and day",
        ));
    }
    known
}

/// Every unit that the index names; a right one names one.
fn named_units(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Unit> {
    let mut units = Vec::new();
    units.extend(spell_set(table, "discharge", problems).map(Unit::Discharge));
    units.extend(spell_set(table, "admission", problems).map(Unit::Admission));
    for (key, unit) in [
        ("ed_visit", Unit::EdVisit),
        ("assessment", Unit::Assessment),
        ("planned_end", Unit::PlannedEnd),
        ("positive_screen", Unit::PositiveScreen),
        ("need_found", Unit::NeedFound),
        ("referral", Unit::Referral),
        ("request", Unit::Request),
        ("plan", Unit::Plan),
    ] {
        units.extend((table.flag(key, problems) == Some(true)).then_some(unit));
    }
    table.knows(&["returned", "sector"]);
    let gap = table.integer_in("disengagement", 1, 3660, problems);
    let returned = gap.and_then(|_| table.window("returned", problems));
    units.extend(gap.map(|gap| match returned {
        Some(days) => Unit::Reengagement { gap, days },
        None => Unit::Disengagement { gap },
    }));
    if table.has("contact") {
        units.extend(
            contact(table, "contact", filters, problems).map(|filter| Unit::Contact { filter }),
        );
    }
    let own = contact(table, "agency_contact", filters, problems);
    units.extend(own.map(|filter| Unit::AgencyDay { filter }));
    units.extend(events(table, "event", problems).map(Unit::Event));
    units.extend(
        table.integer_in("episode_end", 1, 3660, problems).map(|gap| Unit::EpisodeEnd { gap }),
    );
    if table.has("any") {
        units.push(Unit::Signal);
    }
    if table.has("months_with") {
        units.push(Unit::Month);
    }
    if table.flag("planned_service", problems) == Some(true) {
        units.push(Unit::PlannedService);
    }
    if table.flag("sector_need", problems) == Some(true) {
        let sectors = table.words("sector", Sector::NAMES, Sector::from_name, problems);
        units.push(Unit::SectorNeed(super::read_happening::bits(sectors)));
    }
    let kind = |word: &str| PROVIDERS.iter().position(|name| *name == word);
    units.extend(table.word("quarter_pair", &PROVIDERS, kind, problems).map(Unit::QuarterPair));
    units.extend(table.integer_in("birthday", 1, 120, problems).map(Unit::Birthday));
    units
}
