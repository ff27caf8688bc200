//! Units one after the other: which there are, which are left out, which are met.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::contact::{TREATMENT, in_groups};
use super::course::{
    Says, Visit, above_recommended, happen, happens, met, most_visited, says, visits,
};
use super::criterion::{Criterion, Happening};
use super::definition::{
    Around, By, ContactTest, Days, Definition, Exclusion, Index, MemberValue, Provider, ValueOf,
};
use super::life::{Care, EdRow, EdVisit, Life, NEVER, Spell};
use super::rates::in_levels;
use super::rows::{Day, Row, date, month_start};
use super::scores;

/// Classes of reading 9 that are no treatment.
const OTHER_CLASSES: [&str; 9] = [
    "crisis_ambulatory",
    "monitoring",
    "outreach",
    "screening",
    "coordination",
    "prevention",
    "other",
    "residential_day",
    "inpatient_day",
];

/// What became of a unit: left out under the exclusion at this place, not met, met so many days after
/// the index, or of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    Excluded(usize),
    NotMet,
    Met(i32),
    Value(f64),
}

/// A unit before it is judged.
#[derive(Debug, Clone)]
pub(super) struct Unit<'a> {
    pub(super) day: Day,
    pub(super) of: Of<'a>,
}

#[derive(Debug, Clone)]
pub(super) enum Of<'a> {
    Discharge(&'a Spell),
    Admission(&'a Spell),
    /// With how many seconds it took, by the first row that the index asks for and that says it.
    EdVisit(&'a EdVisit, Option<i64>),
    Assessment(i64),
    Lost {
        last_contact: Day,
    },
    /// The end of an episode of care.
    Episode {
        start: Day,
    },
    Row(&'a Row),
    /// A thing of the kind at this place of the list.
    Signal(usize),
    /// A planned service of this class.
    Service(&'a str),
    /// A need for help from this sector.
    Sector(&'a str),
    /// A contact of this kind at an agency.
    Agency {
        test: &'a ContactTest,
        agency: &'a str,
    },
    /// Two quarters.
    Quarters {
        changed: bool,
    },
    Day,
}

/// Index day and outcome of every unit of a member.
pub(super) fn judged(definition: &Definition, life: &Life<'_>) -> Vec<(Day, Outcome)> {
    let index = definition.index.as_ref().expect("a rule of units has an index");
    let numerator = definition.numerator.as_ref().expect("a rule of units has a numerator");
    let mut found = Vec::new();
    // Units after the data-through date are none, unless a reason says that they are left out.
    let leaves_out = definition.exclusion.iter().any(|one| one.not_observable.is_some());
    let counts = |unit: &Unit<'_>| leaves_out || unit.day <= life.data_through;
    for unit in considered(index, Some(numerator), life).into_iter().filter(counts) {
        let applies = |one: &Exclusion| applies(one, numerator, life, &unit);
        let outcome = match (definition.exclusion.iter().position(applies), &definition.value) {
            (Some(place), _) => Outcome::Excluded(place),
            (None, Some(value)) => {
                Outcome::Value(measured((definition, value), numerator, life, &unit))
            }
            (None, None) => {
                let decided = decided(&definition.exclusion, numerator, life, &unit);
                decided.map_or(Outcome::NotMet, Outcome::Met)
            }
        };
        found.push((unit.day, outcome));
    }
    found
}

/// As [`met`], for the days up to a death where members are followed until they die.
fn decided(
    exclusions: &[Exclusion],
    numerator: &Criterion,
    life: &Life<'_>,
    unit: &Unit<'_>,
) -> Option<i32> {
    let is_followed = exclusions.iter().any(|one| one.not_enrolled.is_some() && one.until_death);
    let in_time = |days: &i32| !is_followed || unit.day + days <= life.death;
    met(numerator, life, unit).filter(in_time)
}

/// The units that an index looks at, in order.
pub(super) fn considered<'a>(
    index: &'a Index,
    numerator: Option<&Criterion>,
    life: &'a Life<'_>,
) -> Vec<Unit<'a>> {
    let care = index.disengagement.map(|gap| life.care(gap)).unwrap_or_default();
    let mut units = all(index, life, &care);
    if index.first {
        units.truncate(1);
    }
    let has_said = |unit: &Unit<'_>| numerator.is_none_or(|one| says(one, unit) != Says::Nothing);
    units.retain(|unit| is_eligible(index, life, unit) && has_said(unit));
    if index.once {
        units.truncate(1);
    }
    let mut kept: BTreeMap<&str, Day> = BTreeMap::new();
    units.retain(|unit| {
        // A need of one sector says nothing about those of another.
        let kind = if let Of::Sector(sector) = unit.of { sector } else { "" };
        let Some(apart) = index.days_apart else { return true };
        let is_apart = kept.get(kind).is_none_or(|last| unit.day - last >= apart);
        if is_apart {
            kept.insert(kind, unit.day);
        }
        is_apart
    });
    for unit in &mut units {
        unit.day += index.days_after;
    }
    units.retain(|unit| is_in_calendar(index, unit.day));
    let Some(repeat) = index.repeat else { return units };
    let again = |unit: Unit<'a>| {
        (0..repeat.times).map(move |n| Unit { day: unit.day + 1 + n * repeat.every, of: Of::Day })
    };
    units.into_iter().flat_map(again).collect()
}

/// What is measured of a unit.
fn measured(
    (definition, value): (&Definition, &MemberValue),
    numerator: &Criterion,
    life: &Life<'_>,
    unit: &Unit<'_>,
) -> f64 {
    let start = || match unit.of {
        Of::Episode { start } => start,
        _ => unit.day,
    };
    match value.of {
        ValueOf::Cost => {
            let [from, to] = value.window();
            let days = start() + from..=unit.day + to;
            let of = life
                .costs
                .iter()
                .filter(|(day, _, level)| days.contains(day) && in_levels(value.level, *level))
                .filter(|(day, ..)| life.is_enrolled(*day));
            let cents: i64 = of.map(|(_, cents, _)| cents).sum();
            f64::from(i32::try_from(cents).expect("a few cents")) / 100.0
        }
        ValueOf::StandardisedChange => {
            let ask = numerator.scores.as_ref().expect("a question about scores");
            scores::change(ask, life, [start(), unit.day])
        }
        ValueOf::Points => {
            let index = definition.index.as_ref().expect("a rule of units has an index");
            let of = index.any.iter().find_map(|kind| kind.score_of.as_ref());
            scores::points(life, of.expect("domains"), unit.day)
        }
        ValueOf::LevelDifference => {
            let above = above_recommended(numerator, life, unit).expect("others are left out");
            i32::try_from(above).expect("levels").into()
        }
        ValueOf::LevelAgreement => {
            let above = above_recommended(numerator, life, unit).expect("others are left out");
            let Of::Assessment(recommended) = unit.of else { panic!("only of assessments") };
            // Delivered and recommended, as the digits of a number to the base eight.
            i32::try_from((recommended + above) * 8 + recommended).expect("levels").into()
        }
        ValueOf::DaysUntil => decided(&definition.exclusion, numerator, life, unit)
            .unwrap_or_else(|| value.otherwise.expect("days of a unit that is not met"))
            .into(),
        ValueOf::MinutesUntil => {
            let last = unit.day + met(numerator, life, unit).expect("others are left out");
            let test = value.contact.as_ref().expect("of contacts");
            let of = life
                .contacts
                .iter()
                .filter(|contact| (unit.day..=last).contains(&contact.day) && contact.passes(test));
            let minutes: i64 = of.map(|contact| contact.amount(By::Minutes)).sum();
            i32::try_from(minutes).expect("a few minutes").into()
        }
        ValueOf::Nights => {
            let Of::Discharge(spell) = unit.of else { panic!("only of discharges") };
            let leave: i32 = spell.stays.iter().map(|stay| stay.leave).sum();
            (spell.discharge - spell.admit - leave).max(0).into()
        }
        ValueOf::HowMany => {
            let of = numerator.any_of.as_ref().or(numerator.all_of.as_ref()).expect("criteria");
            let count = of.iter().filter(|one| met(one, life, unit).is_some()).count();
            i32::try_from(count).expect("a count").into()
        }
        other => panic!("{other:?} is not of units"),
    }
}

/// First and last day that each possible unit of a member looks at; a stay from its first day on.
pub(super) fn looks_at(definition: &Definition, life: &Life<'_>) -> Vec<Days> {
    let index = definition.index.as_ref().expect("a rule of units has an index");
    let numerator = definition.numerator.as_ref().expect("a rule of units has a numerator");
    let around = index.with.iter().chain(&index.without).map(|around| around.days);
    let excluded = definition.exclusion.iter().flat_map(|one| [one.days, one.no_service]).flatten();
    let tests = definition.exclusion.iter().flat_map(|one| [&one.when, &one.comes_first]).flatten();
    let criteria = index.when.iter().chain(tests).chain([numerator]);
    let window = around.chain(excluded).chain(criteria.map(reach)).fold([0, 0], both);
    let units = all(index, life, &Care::default());
    let days = |unit: &Unit<'_>| {
        let begin = match unit.of {
            Of::Discharge(spell) => spell.admit,
            _ => unit.day,
        };
        [begin + window[0], unit.day + window[1]]
    };
    units.iter().map(days).collect()
}

fn both(a: Days, b: Days) -> Days {
    [a[0].min(b[0]), a[1].max(b[1])]
}

/// The days around the index that a criterion looks at.
fn reach(criterion: &Criterion) -> Days {
    let agencies = criterion.same_agency.as_ref().or(criterion.known_agencies.as_ref());
    let own = [
        criterion.days,
        criterion.no_service,
        criterion.no_acute_care,
        criterion.linked,
        criterion.delivered,
        criterion.from_level_in,
        criterion.within.or(criterion.hold_ends_within).map(|last| [0, last]),
        criterion.smi.then(|| criterion.on_day.unwrap_or(0)).map(|on| [on - 731, on]),
        criterion.carried.zip(criterion.days).map(|(carried, [from, to])| [from - carried, to]),
        criterion.other_agency_within.map(|days| [-days, 0]),
        agencies.map(|one| both(one.before_admission, one.after_discharge)),
    ];
    let lists = [&criterion.any_of, &criterion.all_of, &criterion.none_of];
    let inner = lists.into_iter().flatten().flatten().map(reach);
    let here = own.into_iter().flatten().chain(inner).fold([0, 0], both);
    let then = criterion.then.iter().map(|next| next.days);
    let later = then.chain(criterion.followed_by.iter().map(|next| reach(next))).fold([0, 0], both);
    [here[0] + later[0], here[1] + later[1]]
}

/// Every unit, in the order of days.
fn all<'a>(index: &'a Index, life: &'a Life<'_>, care: &Care) -> Vec<Unit<'a>> {
    let mut units = Vec::new();
    let mut add = |day: Day, of: Of<'a>| units.push(Unit { day, of });
    if let Some(set) = index.discharge {
        for spell in life.spells(set).iter().filter(|spell| spell.discharge < NEVER) {
            add(spell.discharge, Of::Discharge(spell));
        }
    }
    if let Some(set) = index.admission {
        for spell in life.spells(set) {
            add(spell.admit, Of::Admission(spell));
        }
    }
    if index.ed_visit {
        for visit in &life.ed_visits {
            let mut own = visit.rows.iter().filter(|row| is_visit_of(index, row));
            add(visit.index, Of::EdVisit(visit, own.find_map(|row| row.lasted)));
        }
    }
    if index.assessment {
        for one in &life.assessments {
            add(one.day, Of::Assessment(one.recommended));
        }
    }
    for (day, last_contact) in &care.lost {
        add(*day, Of::Lost { last_contact: *last_contact });
    }
    for (day, what) in &life.events {
        if index.event.iter().any(|wanted| wanted == what) {
            add(*day, Of::Day);
        }
    }
    if let Some(gap) = index.episode_end {
        for (start, last) in &life.care(gap).spans {
            if let Some(last) = last {
                add(*last, Of::Episode { start: *start });
            }
        }
    }
    if index.planned_end {
        for day in &life.planned_ends {
            add(*day, Of::Day);
        }
    }
    for day in happen(&index.any, life, [-NEVER, NEVER]) {
        let of = |kind: &Happening| happens(kind, life).contains(&day);
        add(day, Of::Signal(index.any.iter().position(of).expect("some kind happens")));
    }
    if let Some(age) = index.birthday
        && let Some(born) = life.born
    {
        add(month_start(born, 12 * age), Of::Day);
    }
    if let Some(provider) = index.quarter_pair {
        for (day, changed) in quarter_pairs(provider, life) {
            add(day, Of::Quarters { changed });
        }
    }
    units.extend(of_contacts(index, life));
    units.extend(of_records(index, life));
    units.sort_by_key(|unit| unit.day);
    units
}

/// Contacts, contacts at an agency, and the ends of months with something.
fn of_contacts<'a>(index: &'a Index, life: &'a Life<'_>) -> Vec<Unit<'a>> {
    let mut units = Vec::new();
    let mut add = |day: Day, of: Of<'a>| units.push(Unit { day, of });
    if let Some(test) = &index.contact {
        for day in life.contact_days(test).iter() {
            add(*day, Of::Day);
        }
    }
    if let Some(test) = &index.agency_contact {
        let passing = life.contacts.iter().filter(|contact| contact.passes(test));
        let visits = passing.map(|contact| (contact.day, contact.row.text("agency_id")));
        for (day, agency) in visits.collect::<BTreeSet<_>>() {
            add(day, Of::Agency { test, agency });
        }
    }
    let ends = happen(&index.months_with, life, [-NEVER, NEVER]);
    let ends: BTreeSet<Day> = ends.into_iter().map(|day| month_start(day, 1) - 1).collect();
    for day in ends.into_iter().filter(|day| *day <= life.data_through) {
        add(day, Of::Day);
    }
    units
}

/// Units that outcomes, referrals and plans tell of.
fn of_records<'a>(index: &Index, life: &'a Life<'_>) -> Vec<Unit<'a>> {
    let mut units = Vec::new();
    let mut add = |day: Day, of: Of<'a>| units.push(Unit { day, of });
    if index.referral {
        for row in &life.referrals {
            add(row.day("date").expect("every referral has a day"), Of::Row(row));
        }
    }
    if index.plan {
        for row in &life.plans {
            add(row.day("created").expect("every plan has a day"), Of::Row(row));
        }
    }
    for row in &life.outcomes {
        let day = row.day("date").expect("every record has a day");
        if (index.positive_screen && row.text("screen_result") == "pos")
            || (index.need_found && row.flag("need_treatment") == Some(true))
        {
            add(day, Of::Day);
        }
        if index.sector_need {
            let wanted = |sector: &&str| {
                index.sector.is_empty() || index.sector.iter().any(|one| one == sector)
            };
            for sector in row.words("sectors_needed").into_iter().filter(wanted) {
                add(day, Of::Sector(sector));
            }
        }
    }
    if index.planned_service {
        for row in &life.plans {
            let is_class = |word: &&str| TREATMENT.contains(word) || OTHER_CLASSES.contains(word);
            for class in row.words("services_planned").into_iter().filter(is_class) {
                add(row.day("created").expect("every plan has a day"), Of::Service(class));
            }
        }
    }
    if index.request {
        for row in &life.referrals {
            if let Some(day) = row.day("request_received_date") {
                add(day, Of::Row(row));
            }
        }
    }
    units
}

/// Neighbouring calendar quarters with treatment visits in both: the last day of the second, and
/// whether the provider of most visits is another.
fn quarter_pairs(provider: Provider, life: &Life<'_>) -> Vec<(Day, bool)> {
    let treatment = life.contacts.iter().filter(|contact| contact.is_treatment);
    let mut quarters: BTreeMap<Day, Vec<Visit<'_>>> = BTreeMap::new();
    for visit in visits(treatment, provider.column()) {
        let into = i32::try_from(date(visit.day).month0() % 3).expect("a month");
        quarters.entry(month_start(visit.day, -into)).or_default().push(visit);
    }
    let modal = |start: Day| most_visited(quarters.get(&start)?);
    let pair = |start: &Day| {
        let (before, now) = (modal(month_start(*start, -3))?, modal(*start)?);
        Some((month_start(*start, 3) - 1, before != now))
    };
    quarters.keys().filter_map(pair).collect()
}

/// What the definition drops without counting it.
fn is_eligible(index: &Index, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let alive = match unit.of {
        Of::Discharge(_) | Of::Admission(_) => life.is_alive(unit.day),
        _ => true,
    };
    let long_enough = match unit.of {
        Of::Discharge(spell) => spell.discharge - spell.admit >= index.nights_min.unwrap_or(1),
        _ => true,
    };
    let diagnosed = match unit.of {
        Of::Discharge(spell) => {
            in_groups(&index.diagnosis, &spell.last.dx1)
                || index.or_facility.contains(&spell.last.facility)
        }
        Of::Admission(spell) => in_groups(&index.diagnosis, &spell.first.dx1),
        Of::EdVisit(visit, _) => visit.rows.iter().any(|row| is_visit_of(index, row)),
        _ => true,
    };
    let old_enough =
        index.age_min.is_none_or(|least| life.age(unit.day).is_none_or(|age| age >= least));
    let returned = index.returned.is_none_or(|[from, to]| {
        life.treatment_days().range(unit.day + from..=unit.day + to).next().is_some()
    });
    let has = |around: &Around| {
        let [from, to] = around.days;
        let days = life.contact_days(&around.contact);
        days.range(unit.day + from..=unit.day + to).next().is_some()
    };
    alive
        && long_enough
        && diagnosed
        && old_enough
        && returned
        && !index.without.iter().any(has)
        && index.with.iter().all(has)
        && index.when.iter().all(|one| met(one, life, unit).is_some())
        && !is_chained(index, life, unit)
}

/// Reading 17: a later admission takes the place of an earlier discharge.
/// True if a row of a visit has a diagnosis that the index asks for.
fn is_visit_of(index: &Index, row: &EdRow) -> bool {
    let or_further = &index.or_further_diagnosis;
    in_groups(&index.diagnosis, &row.dx1)
        || (!or_further.is_empty() && row.further.iter().any(|code| in_groups(or_further, code)))
}

fn is_chained(index: &Index, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let (Some(chain), Some(set), Of::Discharge(own)) = (&index.chain, index.discharge, &unit.of)
    else {
        return false;
    };
    let [from, to] = chain.days;
    let order = |spell: &Spell| (spell.discharge, spell.admit, spell.first.id.clone());
    // A preset can say that every discharge counts.
    !index.every
        && life.spells(set).iter().any(|other| {
            order(other) > order(own)
                && (from..=to).contains(&(other.admit - unit.day))
                && in_groups(&chain.diagnosis, &other.first.dx1)
        })
}

fn is_in_calendar(index: &Index, day: Day) -> bool {
    let date = date(day);
    let shown = format!("{:02}-{:02}", date.month(), date.day());
    index.until.as_ref().is_none_or(|last| shown <= *last)
}

fn applies(exclusion: &Exclusion, numerator: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let any = |days: Days, holds: &dyn Fn(Day) -> bool| {
        (unit.day + days[0]..=unit.day + days[1]).any(holds)
    };
    let of_unit: Vec<&str> = match unit.of {
        Of::Discharge(spell) => vec![&spell.last.disposition],
        Of::EdVisit(visit, _) => visit.dispositions.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    exclusion.not_enrolled.is_some_and(|days| {
        let days = unit.day + days[0]..=unit.day + days[1];
        let counts = |day: &Day| !exclusion.until_death || life.is_alive(*day);
        life.is_left(days.filter(counts), exclusion.one_span)
    }) || exclusion.not_observable.is_some_and(|days| unit.day + days > life.data_through)
        || exclusion.died.is_some_and(|days| !life.is_alive(unit.day + days[1]))
        || exclusion.hospice.is_some_and(|days| any(days, &|day| life.hospice.contains(&day)))
        || exclusion.disposition.iter().any(|wanted| of_unit.contains(&wanted.as_str()))
        || is_admitted(exclusion, life, unit)
        || (exclusion.ed_admitted && matches!(unit.of, Of::EdVisit(visit, _) if visit.was_admitted))
        || exclusion.no_service.is_some_and(|days| !any(days, &|day| life.level_on(day).is_some()))
        || exclusion.when.as_ref().is_some_and(|one| met(one, life, unit).is_some())
        || exclusion.comes_first.as_ref().is_some_and(|one| comes_first(one, numerator, life, unit))
}

/// True if one of some things happens and the numerator is not met by that day.
fn comes_first(first: &Criterion, numerator: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let happened = met(first, life, unit);
    happened.is_some_and(|day| met(numerator, life, unit).is_none_or(|decided| decided > day))
}

fn is_admitted(exclusion: &Exclusion, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let (Some(set), Some([from, to])) = (exclusion.admission, exclusion.days) else {
        return false;
    };
    // Reading 20: from the start of an emergency visit.
    let first = match unit.of {
        Of::EdVisit(visit, _) => visit.start.min(unit.day + from),
        _ => unit.day + from,
    };
    life.spells(set).iter().any(|spell| {
        let own = Life::is_own(unit, set, spell);
        let other_reason = exclusion.diagnosis_not.is_empty()
            || !in_groups(&exclusion.diagnosis_not, &spell.first.dx1);
        !own && first <= spell.admit && spell.admit <= unit.day + to && other_reason
    })
}
