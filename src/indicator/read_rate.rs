//! A rule about things counted over person-time.

use super::Scale;
use super::read_contact::contact;
use super::read_rule::{events, groups, spell_set};
use super::rule::{EventSet, RateRule, Rule, Thing};
use super::thing::Sum;
use crate::diagnostic::{Fields, Problems};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{ContactFilter, Phase, Phases};

/// Days of an average month and year.
const MONTH_DAYS: f64 = 30.4375;
const YEAR_DAYS: f64 = 365.25;

const PER: [(&str, Scale, &str); 6] = [
    ("1000 member-months", Scale::Times(1000.0 * MONTH_DAYS), "per 1,000 member-months"),
    ("1000 member-years", Scale::Times(1000.0 * YEAR_DAYS), "per 1,000 member-years"),
    ("member-month", Scale::Times(MONTH_DAYS), "per member per month"),
    ("member-year", Scale::Times(YEAR_DAYS), "per member-year"),
    ("person-year in care", Scale::Times(YEAR_DAYS), "per person-year in care"),
    ("member", Scale::DaysOfPeriod, "of enrolled members"),
];

/// `[rate]`: things over enrolled days (`per`), or over other things (`over`).
pub(super) fn rate(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<(Rule, Scale, String)> {
    let mut table = fields.fields("rate", problems)?;
    let names = PER.map(|(name, _, _)| name);
    let per = table.word(
        "per",
        &names,
        |word| PER.into_iter().find(|(name, _, _)| *name == word),
        problems,
    );
    let over = table.fields("over", problems).and_then(|mut over| {
        let thing = one_thing(&mut over, filters, problems);
        over.finish(problems);
        thing
    });
    let unit = table.text("unit", problems).map(|(text, _)| text.to_owned());
    let times = table.number("times", problems);
    if !table.has("per") && !table.has("over") {
        problems.push(
            table.problem(table.span(), "`per` is missing", "in this table").help(
                "such as `per = \"1000 member-months\"`, or `over = { … }` with another thing",
            ),
        );
    }
    let of = one_thing(&mut table, filters, problems);
    table.finish(problems);
    match (of?, per, over) {
        // Disengagements are counted over days in care.
        (of @ Thing::Disengagements { gap }, Some((_, scale, unit)), _) => {
            let rule = RateRule { of, to: Some(Thing::CareDays { gap }) };
            Some((Rule::Rate(rule), scale, unit.to_owned()))
        }
        (of, Some((_, scale, unit)), None) => {
            Some((Rule::Rate(RateRule { of, to: None }), scale, unit.to_owned()))
        }
        (of, _, Some(to)) => {
            let scale = Scale::Times(times.unwrap_or(1.0));
            Some((Rule::Rate(RateRule { of, to: Some(to) }), scale, unit.unwrap_or_default()))
        }
        (_, None, None) => None,
    }
}

fn one_thing(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Thing> {
    let before = problems.len();
    let counted = things(table, filters, problems);
    if counted.len() != 1 && problems.len() == before {
        let problem =
            table.problem(table.span(), "a rate counts exactly one thing", "in this table");
        problems.push(problem.help("`nights`, `patient_days`, `waiting_nights`, `admissions`, `minutes`, `events`, `ed_visits`, `deaths`, `served`, `contacts`, `cost`, `goals_closed`, `goals_attained`, `community_days`, `custody_days` or `disengagements`"));
    }
    counted.into_iter().next()
}

fn things(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Thing> {
    let mut found = Vec::new();
    found.extend(spell_set(table, "nights", problems).map(Thing::Nights));
    found.extend(spell_set(table, "patient_days", problems).map(Thing::PatientDays));
    found.extend(spell_set(table, "waiting_nights", problems).map(Thing::WaitingNights));
    let but = events(table, "but_not_during", problems).unwrap_or(EventSet::of(&[]));
    let minutes = events(table, "minutes", problems);
    found.extend(minutes.map(|types| Thing::Minutes { types, but }));
    found.extend(spell_set(table, "admissions", problems).map(Thing::Admissions));
    found.extend(events(table, "events", problems).map(Thing::Events));
    if table.flag("ed_visits", problems) == Some(true) {
        let diagnosis = DiagnosisGroup::bits(&groups(table, "diagnosis", problems));
        found.push(Thing::EdVisits { diagnosis });
    }
    if table.has("served") {
        let filter = contact(table, "served", filters, problems);
        found.extend(filter.map(|filter| Thing::Served { filter }));
    }
    if table.has("contacts") {
        let filter = contact(table, "contacts", filters, problems);
        let phase = table.word("in_phase", &Phase::NAMES, Phase::from_name, problems);
        let by = |word: &str| match word {
            "minutes" => Some(Some(Sum::Minutes)),
            "paid" => Some(Some(Sum::Paid)),
            _ => (word == "rows").then_some(None),
        };
        let by = table.word("by", &["rows", "minutes", "paid"], by, problems).flatten();
        found.extend(filter.map(|filter| match (phase, by) {
            (Some(phase), _) => Thing::PhaseContacts { filter, phase },
            (None, Some(of)) => Thing::ContactSum { filter, of },
            (None, None) => Thing::Contacts { filter },
        }));
    }
    let phases = table.words("phase_days", &Phase::NAMES, Phase::from_name, problems);
    if !phases.is_empty() {
        found.push(Thing::PhaseDays(Phases::of(&phases)));
    }
    if table.flag("cost", problems) == Some(true) {
        let level = |day: i32| u8::try_from(day).ok().filter(|level| *level <= 6);
        let levels = table.window("level", problems);
        found.push(Thing::Cost {
            levels: levels.and_then(|range| level(range.from).zip(level(range.to))),
        });
    }
    for (key, thing) in [
        ("deaths", Thing::Deaths),
        ("community_days", Thing::CommunityDays),
        ("custody_days", Thing::CustodyDays),
        ("goals_closed", Thing::Goals { attained: false }),
        ("goals_attained", Thing::Goals { attained: true }),
    ] {
        found.extend((table.flag(key, problems) == Some(true)).then_some(thing));
    }
    found.extend(
        table
            .integer_in("disengagements", 1, 3660, problems)
            .map(|gap| Thing::Disengagements { gap }),
    );
    found
}
