//! A rule about things counted over person-time.

use std::ops::Range;

use super::read_contact::{contact, levels};
use super::read_criterion::criterion;
use super::read_happening::bits;
use super::read_index::index;
use super::read_rule::{events, groups};
use super::read_stays::spell_set;
use super::rule::{Criterion, EventSet, RateRule, Rule, Share, Thing, UnitMoney, UnitThing};
use super::thing::{Organisation, Sum};
use super::{ActivitySum, Scale};
use crate::diagnostic::{Fields, Problems, listed};
use crate::terms::codes::{ReferralStatus, Sector};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{ContactFilter, Phase, Phases};

/// Days of an average month and year.
const MONTH_DAYS: f64 = 30.4375;
const YEAR_DAYS: f64 = 365.25;

const PER: [(&str, Scale, &str); 7] = [
    ("1000 member-months", Scale::Times(1000.0 * MONTH_DAYS), "per 1,000 member-months"),
    ("1000 member-years", Scale::Times(1000.0 * YEAR_DAYS), "per 1,000 member-years"),
    ("member-month", Scale::Times(MONTH_DAYS), "per member per month"),
    ("member-year", Scale::Times(YEAR_DAYS), "per member-year"),
    ("person-year in care", Scale::Times(YEAR_DAYS), "per person-year in care"),
    ("member", Scale::DaysOfPeriod(1.0), "of enrolled members"),
    ("1000 members", Scale::DaysOfPeriod(1000.0), "per 1,000 members"),
];

/// `[rate]`: things over enrolled days (`per`), or over other things (`over`).
pub(super) fn rate(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<(Rule, Scale, String)> {
    let mut table = fields.fields("rate", problems)?;
    let per = if table.has("over") { None } else { per(&mut table, problems) };
    let (mut units, mut activities) = (Vec::new(), [None, None]);
    let over = table.fields("over", problems).and_then(|mut over| {
        let thing = one_thing(&mut over, &mut units, filters, problems);
        activities[1] = activities_of(&mut over, thing, problems);
        over.finish(problems);
        thing
    });
    table.knows(&["unit", "times"]);
    let (mut unit, mut times) = (None, None);
    if table.has("over") || table.has("top_percent") {
        unit = table.text("unit", problems).map(|(text, _)| text.to_owned());
        times = table.number("times", problems);
    }
    let top = top(&mut table, problems);
    if !table.has("per") && !table.has("over") && !table.has("top_percent") {
        problems.push(
            table.problem(table.span(), "`per` is missing", "in this table").help(
                "such as `per = \"1000 member-months\"`, `over = { … }` with another thing, or `top_percent = 5`",
            ),
        );
    }
    let of = one_thing(&mut table, &mut units, filters, problems);
    activities[0] = activities_of(&mut table, of, problems);
    table.finish(problems);
    if let Some(top) = top {
        let of = of?;
        let rule = RateRule { of, to: Some(of), units, top: Some(top), activities: [None, None] };
        return Some((Rule::Rate(rule), Scale::Times(1.0), String::new()));
    }
    match (of?, per, over) {
        // Disengagements are counted over days in care.
        (of @ Thing::Disengagements { gap }, Some((_, scale, unit)), _) => {
            let rule = RateRule { of, to: Some(Thing::CareDays { gap }), units, top, activities };
            Some((Rule::Rate(rule), scale, unit.to_owned()))
        }
        (of, Some((_, scale, unit)), None) => {
            let rule = RateRule { of, to: None, units, top, activities };
            Some((Rule::Rate(rule), scale, unit.to_owned()))
        }
        (of, _, Some(to)) => {
            let scale = Scale::Times(times.unwrap_or(1.0));
            Some((
                Rule::Rate(RateRule { of, to: Some(to), units, top, activities }),
                scale,
                unit.unwrap_or_default(),
            ))
        }
        (_, None, None) => None,
    }
}

/// The person-time that things are counted over.
fn per(
    table: &mut Fields<'_>,
    problems: &mut Problems,
) -> Option<(&'static str, Scale, &'static str)> {
    let names = PER.map(|(name, _, _)| name);
    let known = |word: &str| PER.into_iter().find(|(name, _, _)| *name == word);
    table.word("per", &names, known, problems)
}

/// `top_percent = 5`: how much of the thing falls on the members with most of it.
fn top(table: &mut Fields<'_>, problems: &mut Problems) -> Option<u8> {
    let percent = table.integer_in("top_percent", 1, 50, problems)?;
    if ["per", "over", "times", "unit"].iter().any(|key| table.has(key)) {
        let problem = table.problem(
            table.span(),
            "`top_percent` asks for a share of the thing itself",
            "divided twice here",
        );
        problems.push(problem.help("leave `per`, `over`, `times` and `unit` out"));
    }
    u8::try_from(percent).ok()
}

/// What a rate can count; one of them stands in its table.
const THINGS: [&str; 21] = [
    "contacts",
    "served",
    "nights",
    "patient_days",
    "waiting_nights",
    "admissions",
    "ed_visits",
    "events",
    "minutes",
    "deaths",
    "cost",
    "waiting",
    "disengagements",
    "community_days",
    "custody_days",
    "phase_days",
    "goals_closed",
    "goals_attained",
    "units",
    "members_with",
    "money_of",
];

/// What else stands beside one of them.
const BESIDE: [&str; 9] = [
    "by",
    "activities",
    "in_phase",
    "but_not_during",
    "diagnosis",
    "level",
    "recommended",
    "sector",
    "most_days",
];

fn one_thing(
    table: &mut Fields<'_>,
    units: &mut Vec<UnitThing>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Thing> {
    let before = problems.len();
    table.knows(&THINGS);
    table.knows(&BESIDE);
    let mut counted = things(table, filters, problems);
    counted.extend(of_units(table, units, filters, problems));
    let organisation = organisation(table, problems);
    if counted.len() != 1 && problems.len() == before {
        let problem =
            table.problem(table.span(), "a rate counts exactly one thing", "in this table");
        problems.push(problem.help(format!("one of {}", listed(&THINGS))));
    }
    let thing = counted.into_iter().next();
    let Some(span) = organisation else { return thing };
    let by_row = thing.and_then(Thing::by_row);
    if thing.is_some() && by_row.is_none() {
        let problem = table.problem(
            span,
            "rows name the organisation of contacts only",
            "this is no thing of contacts",
        );
        problems.push(problem.help(
            "`organisation = \"row\"` goes with `served`, and with `contacts` without `in_phase`",
        ));
    }
    by_row
}

/// `activities = "sessions"`: what of the community's activities is counted beside contacts.
fn activities_of(
    table: &mut Fields<'_>,
    thing: Option<Thing>,
    problems: &mut Problems,
) -> Option<ActivitySum> {
    let span = table.node("activities").map(|node| node.span.clone());
    let sum = table.word("activities", &ActivitySum::NAMES, ActivitySum::from_name, problems)?;
    let organisation = Organisation::Enrolment;
    let goes = match thing? {
        Thing::Contacts { organisation: own, .. } => {
            own == organisation && sum != ActivitySum::Minutes
        }
        Thing::ContactSum { of: Sum::Minutes, organisation: own, .. } => {
            own == organisation && sum == ActivitySum::Minutes
        }
        _ => false,
    };
    if !goes {
        let problem = table.problem(
            span.unwrap_or_else(|| table.span()),
            "activities do not add up with this",
            "of what the table counts",
        );
        problems.push(problem.help(
            "\"sessions\" and \"participants\" go with `contacts`, \"minutes\" with `by = \"minutes\"`; activities have no member, phase or organisation",
        ));
    }
    goes.then_some(sum)
}

/// Where `organisation = "row"` stands: things then belong to the organisation that their rows name.
fn organisation(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Range<usize>> {
    let known = |word: &str| match word {
        "enrolment" => Some(Organisation::Enrolment),
        _ => (word == "row").then_some(Organisation::Row),
    };
    let found = table.word("organisation", &["enrolment", "row"], known, problems);
    let span = table.node("organisation")?.span.clone();
    found.filter(|one| *one == Organisation::Row).map(|_| span)
}

/// Things that are units of a rule about units, or the money of such units.
fn of_units(
    table: &mut Fields<'_>,
    units: &mut Vec<UnitThing>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Thing> {
    let mut found = Vec::new();
    for (key, once) in [("units", false), ("members_with", true)] {
        if let Some(mut own) = table.fields(key, problems) {
            let share = share(&mut own, filters, problems);
            own.finish(problems);
            found.push(Thing::Units { place: units.len(), once });
            units.extend(share.map(|share| UnitThing { share, money: None }));
        }
    }
    let list = table.list("money_of", problems);
    if !list.is_empty() {
        found.push(Thing::UnitMoney);
    }
    for mut own in list {
        let money = if own.has("paid") {
            contact(&mut own, "paid", filters, problems).map(|filter| UnitMoney::Paid { filter })
        } else if own.has("whole_until") {
            let after = own.integer_in("whole_until", 0, 3660, problems);
            after.map(|after| UnitMoney::Whole { after })
        } else {
            own.fields("lines", problems).map(|mut lines| {
                let levels = levels(&mut lines, "level", problems);
                lines.finish(problems);
                UnitMoney::Lines { levels }
            })
        };
        if money.is_none() && !own.has("whole_until") && !own.has("paid") && !own.has("lines") {
            let problem = own.problem(own.span(), "which money belongs to a unit?", "here");
            problems.push(problem.help(
                "`lines = { level = [5, 6] }`, `whole_until = 30` or `paid = { is = \"row\" }`",
            ));
        }
        let share = share(&mut own, filters, problems);
        own.finish(problems);
        units
            .extend(share.zip(money).map(|(share, money)| UnitThing { share, money: Some(money) }));
    }
    found
}

/// A rule about units in one table: an index, and under `met` what has to be met.
fn share(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Share> {
    let numerator = match table.fields("met", problems) {
        Some(mut met) => {
            let criterion = criterion(&mut met, filters, problems);
            met.finish(problems);
            criterion?
        }
        None => Criterion::Always,
    };
    let index = index(table, filters, problems)?;
    Some(Share { index, exclusions: Vec::new(), numerator, curve: false, value: None })
}

/// `waiting = ["waitlisted", …]`: members with an open referral on the last days of months.
fn waiting(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Thing> {
    let status = table.words("waiting", ReferralStatus::NAMES, ReferralStatus::from_name, problems);
    if status.is_empty() {
        return None;
    }
    let status = status.into_iter().fold(0, |bits, one| bits | 1 << (one as u32));
    let sectors = bits(table.words("sector", Sector::NAMES, Sector::from_name, problems));
    let most_days = table.integer_in("most_days", 1, 3660, problems).unwrap_or(365);
    let levels = levels(table, "recommended", problems);
    Some(Thing::Waiting { status, sectors, levels, most_days })
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
    found.extend(events(table, "minutes", problems).map(|types| {
        let but = events(table, "but_not_during", problems).unwrap_or(EventSet::of(&[]));
        Thing::Minutes { types, but }
    }));
    found.extend(spell_set(table, "admissions", problems).map(Thing::Admissions));
    found.extend(events(table, "events", problems).map(Thing::Events));
    if table.flag("ed_visits", problems) == Some(true) {
        let diagnosis = DiagnosisGroup::bits(&groups(table, "diagnosis", problems));
        found.push(Thing::EdVisits { diagnosis });
    }
    if table.has("served") {
        let filter = contact(table, "served", filters, problems);
        let organisation = Organisation::Enrolment;
        found.extend(filter.map(|filter| Thing::Served { filter, organisation }));
    }
    if table.has("contacts") {
        let filter = contact(table, "contacts", filters, problems);
        let phase = table.word("in_phase", &Phase::NAMES, Phase::from_name, problems);
        let by = |word: &str| match word {
            "minutes" => Some(Some(Sum::Minutes)),
            "paid" => Some(Some(Sum::Paid)),
            _ => (word == "rows").then_some(None),
        };
        let by = match phase {
            Some(_) => None,
            None => table.word("by", &["rows", "minutes", "paid"], by, problems).flatten(),
        };
        let organisation = Organisation::Enrolment;
        found.extend(filter.map(|filter| match (phase, by) {
            (Some(phase), _) => Thing::PhaseContacts { filter, phase },
            (None, Some(of)) => Thing::ContactSum { filter, of, organisation },
            (None, None) => Thing::Contacts { filter, organisation },
        }));
    }
    let phases = table.words("phase_days", &Phase::NAMES, Phase::from_name, problems);
    if !phases.is_empty() {
        found.push(Thing::PhaseDays(Phases::of(&phases)));
    }
    if table.flag("cost", problems) == Some(true) {
        found.push(Thing::Cost { levels: levels(table, "level", problems) });
    }
    found.extend(waiting(table, problems));
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
