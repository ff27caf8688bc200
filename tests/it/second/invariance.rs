//! What must not change a number: rows outside of every window, rows of the time after, and the
//! order of rows.

use std::collections::{BTreeMap, BTreeSet};

use throughline::kernel::{Cell, Tallies, Tally};

use super::chance;
use super::compare::{Case, Shipped, day, periods, shipped};
use super::definition::{Days, Definition, ValueOf};
use super::life::Life;
use super::rows::{Day, Extract, Row};
use super::{sums, units};

/// The sums of the indicators that are asked about.
fn cells(
    tallies: &Tallies,
    of: impl Fn(&String, &Cell) -> bool,
) -> BTreeMap<(String, Cell), Tally> {
    let named = tallies.cells.iter().map(|(cell, tally)| {
        let measure = &tallies.measures[cell.measure];
        ((format!("{}:{}", measure.id, measure.preset), cell.clone()), tally.clone())
    });
    named.filter(|((name, cell), _)| of(name, cell)).collect()
}

/// The same without the place of an indicator among those that are asked for.
fn unplaced(cells: BTreeMap<(String, Cell), Tally>) -> BTreeMap<(String, Cell), Tally> {
    let place = |cell: Cell| Cell { measure: 0, ..cell };
    cells.into_iter().map(|((name, cell), tally)| ((name, place(cell)), tally)).collect()
}

/// A treatment contact of a member.
fn contact(member: &str, on: Day, number: usize) -> Row {
    let mut row = Row::new()
        .with("member_id", member)
        .with("contact_id", format!("X{number:06}"))
        .with("agency_id", "A1")
        .with("service_class", "therapy")
        .with("status", "attended")
        .with("dx1", "F33.2");
    row.set_day("contact_date", on);
    row
}

fn with_contacts(extract: &Extract, added: Vec<Row>) -> Extract {
    let mut more = extract.clone();
    more.0.get_mut("contacts").expect("contacts are always delivered").rows.extend(added);
    more
}

/// True if units are neither contacts nor made of them.
fn is_of_other_things(definition: &Definition) -> bool {
    definition.index.as_ref().is_some_and(|index| {
        let signals = index.any.iter().any(|kind| {
            kind.contact.is_some() || kind.phase_begins.is_some() || kind.assessed_above.is_some()
        });
        let of_contacts = index.contact.is_some()
            || index.agency_contact.is_some()
            || index.quarter_pair.is_some()
            || !index.months_with.is_empty()
            || signals;
        !of_contacts && index.disengagement.is_none() && index.episode_end.is_none()
    })
}

/// For each member, the days that the units of an indicator look at.
fn windows(case: &Case, shipped: &Shipped, definition: &Definition) -> Vec<(String, Vec<Days>)> {
    let world = case.asked(shipped, &[]).world(&case.extract, days(case));
    let of = |member: &str| units::looks_at(definition, &Life::of(member, &world));
    case.extract.members().into_iter().map(|member| (member.to_owned(), of(member))).collect()
}

/// The first and the last day of a contact.
fn days(case: &Case) -> (Day, Day) {
    let contacts = &case.extract.0["contacts"];
    let days = contacts.rows.iter().filter_map(|row| row.day("contact_date"));
    (days.min().expect("a contact"), contacts.extract_date)
}

#[test]
fn a_contact_outside_of_every_window_changes_nothing() {
    let case = chance::case(77, 12);
    let all = shipped();
    // Definitions that look at the same days are asked together.
    let mut alike: BTreeMap<Vec<(String, Vec<Days>)>, Vec<String>> = BTreeMap::new();
    for definition in all.definitions.iter().filter(|one| is_of_other_things(one)) {
        let name = format!("{}:{}", definition.id, definition.preset);
        alike.entry(windows(&case, &all, definition)).or_default().push(name);
    }
    let (first, last) = days(&case);
    let tallies = case.tallies(&all).expect("it is taken in");
    let mut asked = 0;
    for (windows, names) in alike {
        let is_named = |name: &String| names.contains(name);
        let some = shipped().those(|one| is_named(&format!("{}:{}", one.id, one.preset)));
        let mut added = Vec::new();
        for (member, windows) in windows.iter().filter(|(_, windows)| !windows.is_empty()) {
            let seen = |day: &Day| windows.iter().any(|[from, to]| from <= day && day <= to);
            for on in (first..=last).step_by(3).filter(|day| !seen(day)) {
                added.push(contact(member, on, added.len()));
            }
        }
        asked += usize::from(!added.is_empty()) * names.len();
        let more = Case { extract: with_contacts(&case.extract, added), ..case.clone() };
        let named = |name: &String, _: &Cell| is_named(name);
        let before = unplaced(cells(&tallies, named));
        let after = unplaced(cells(&more.tallies(&some).expect("it is taken in"), named));
        assert_eq!(before, after, "{names:?}");
    }
    assert!(asked > 20, "the case says something: {asked} indicators");
}

/// A row of every kind for a member on a day. Nothing in it goes on: what begins ends, and no plan
/// names a lead.
fn one_of_each(extract: &mut Extract, member: &str, on: Day, place: usize) {
    let mut add = |table: &str, key: &'static str, days: &[(&'static str, i32)], texts: Texts| {
        let mut row = Row::new().with("member_id", member);
        if !key.is_empty() {
            row.set(key, format!("Z{place:05}{}", texts.first().map_or("", |one| one.1)));
        }
        for (column, after) in days {
            row.set_day(column, on + after);
        }
        for (column, text) in texts {
            row.set(column, text);
        }
        extract.0.get_mut(table).expect("every table is delivered").rows.push(row);
    };
    for class in ["therapy", "crisis_ambulatory", "outreach", "monitoring", "coordination"] {
        let texts: Texts = &[("service_class", class), ("agency_id", "A9"), ("dx1", "F20.9")];
        add("contacts", "contact_id", &[("contact_date", 0)], texts);
    }
    let gone: Texts = &[("status", "no_show"), ("agency_id", "A1"), ("service_class", "therapy")];
    add("contacts", "contact_id", &[("contact_date", 0)], gone);
    for facility in ["acute_psych", "residential_sud", "ed"] {
        let texts: Texts = &[("facility_class", facility), ("dx1", "F10.20")];
        add("stays", "stay_id", &[("admit", 0), ("discharge", 3)], texts);
    }
    let said: Texts = &[
        ("record_type", "assessment"),
        ("instrument", "LOC"),
        ("recommended_level", "2"),
        ("living", "12"),
        ("employment", "3"),
        ("school", "02"),
        ("arrests_30d", "1"),
        ("substance_use_days", "9"),
        ("screen_result", "pos"),
        ("need_treatment", "true"),
        ("sectors_needed", "housing;food"),
    ];
    add("outcomes", "outcome_id", &[("date", 0)], said);
    let sent: Texts = &[("to_sector", "housing"), ("warm", "true"), ("status", "declined")];
    let days = [("date", 0), ("request_received_date", 0), ("first_attended_date", 1)];
    add("referrals", "referral_id", &days, sent);
    let plan: Texts = &[("end_reason", "completed"), ("services_planned", "therapy")];
    let days = [("created", 0), ("reviewed", 1), ("ended", 2)];
    add("care_plans", "plan_id", &days, plan);
    for what in ["involuntary_72h", "seclusion", "arrest", "incarceration_start", "overdose"] {
        add("events", "event_id", &[("start", 0), ("end", 2)], &[("type", what)]);
    }
    add("events", "event_id", &[("start", 2)], &[("type", "incarceration_end")]);
    add("cost", "claim_id", &[("service_date", 0)], &[("amount_paid", "77"), ("level", "6")]);
}

type Texts<'a> = &'a [(&'static str, &'a str)];

/// True for rules that ask for all that was before: for the first of its kind, or for how long a
/// relationship has lasted.
fn reaches_back_for_ever(definition: &Definition) -> bool {
    let rate = definition.rate.as_ref();
    let of_rate = rate.and_then(|rate| rate.units.as_ref().or(rate.members_with.as_ref()));
    definition.index.as_ref().or(of_rate).is_some_and(|index| index.first || index.once)
        || definition
            .value
            .as_ref()
            .is_some_and(|value| matches!(value.of, ValueOf::Tenure | ValueOf::Relationship))
}

/// Every indicator: what was long before its look-back changes no number.
#[test]
fn what_was_long_before_changes_nothing() {
    let case = chance::complete(80, 24);
    let shipped = shipped();
    let before = case.tallies(&shipped).expect("it is taken in");
    let mut more = case.clone();
    let first = periods(&before).into_iter().map(|period| period.0).min().expect("a period");
    for (place, member) in case.extract.members().into_iter().enumerate() {
        one_of_each(&mut more.extract, member, first - 2200, place);
    }
    let exempt = shipped.definitions.iter().filter(|one| reaches_back_for_ever(one));
    let exempt: BTreeSet<String> = exempt.map(sums::name).collect();
    let kept = |name: &String, _: &Cell| !exempt.contains(name);
    let after = more.tallies(&shipped).expect("it is taken in");
    let (before, after) = (cells(&before, kept), cells(&after, kept));
    assert!(before.len() > 10_000, "{} cells", before.len());
    differ_nowhere(&before, &after);
}

/// Indicators that look at the same units are counted together; no number may depend on which comes first,
/// also in periods that are not complete.
#[test]
fn the_order_of_indicators_changes_nothing() {
    let mut case = chance::case(83, 30);
    for table in case.extract.0.values_mut() {
        table.runout_days = 45;
    }
    let all = |_: &String, _: &Cell| true;
    let tallies = case.tallies(&shipped()).expect("it is taken in");
    let through = case.extract.data_through();
    assert!(tallies.periods.iter().any(|period| day(period.end) > through), "some are open");
    let other = case.tallies(&shipped().the_last_first()).expect("it is taken in");
    assert_eq!(unplaced(cells(&tallies, all)), unplaced(cells(&other, all)));
}

/// Every indicator: what comes after the run-out changes no number that was ripe.
#[test]
fn what_comes_after_the_run_out_changes_nothing() {
    let mut case = chance::complete(81, 20);
    for table in case.extract.0.values_mut() {
        table.runout_days = 60;
    }
    let through = case.extract.data_through();
    // Nothing is open at the data-through date, so that nothing can be changed by going on.
    for table in case.extract.0.values_mut() {
        let days = ["contact_date", "admit", "discharge", "date", "created", "start"];
        let is_old = |row: &Row| days.iter().all(|one| row.day(one).is_none_or(|d| d <= through));
        table.rows.retain(is_old);
    }
    let shipped = shipped();
    let before = case.tallies(&shipped).expect("it is taken in");
    let mut more = case.clone();
    for (place, member) in case.extract.members().into_iter().enumerate() {
        one_of_each(&mut more.extract, member, through + 10, place);
    }
    let after = more.tallies(&shipped).expect("it is taken in");
    let ripe = |_: &String, cell: &Cell| day(cell.period.end) <= through;
    // What is not ripe may be left out for another reason, but no number may move.
    let numbers = |tallies: &Tallies| {
        let cells = cells(tallies, ripe).into_iter();
        let bare = cells.map(|(place, tally)| (place, Tally { excluded: Vec::new(), ..tally }));
        bare.filter(|(_, tally)| tally.denominator != 0 || tally.numerator != 0).collect()
    };
    let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) = (numbers(&before), numbers(&after));
    assert!(before.len() > 5_000, "{} cells", before.len());
    differ_nowhere(&before, &after);
}

/// Panics with the indicators that differ and one cell of each.
fn differ_nowhere(
    before: &BTreeMap<(String, Cell), Tally>,
    after: &BTreeMap<(String, Cell), Tally>,
) {
    let places: BTreeSet<&(String, Cell)> = before.keys().chain(after.keys()).collect();
    let mut differing = BTreeMap::new();
    for place in places.into_iter().filter(|place| before.get(place) != after.get(place)) {
        let shown = format!("{:?}\n  {:?}\n  {:?}", place.1, before.get(place), after.get(place));
        differing.entry(&place.0).or_insert(shown);
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

/// Members, rates, mixes and contacts: what comes after a period is not yet known in it.
#[test]
fn what_comes_later_changes_no_number_of_members_and_days() {
    let case = chance::case(78, 15);
    let shipped = shipped().those(|one| one.index.is_none());
    let before = case.tallies(&shipped).expect("it is taken in");
    let ends: BTreeSet<Day> = periods(&before).into_iter().map(|period| period.1).collect();
    let cut = *ends.iter().nth(ends.len() / 2).expect("a period");
    let last = case.extract.0["contacts"].extract_date;
    let mut added = Vec::new();
    for member in case.extract.members() {
        for on in (cut + 1..=last).step_by(5) {
            added.push(contact(member, on, added.len()));
        }
    }
    assert!(added.len() > 100, "{} contacts", added.len());
    let more = Case { extract: with_contacts(&case.extract, added), ..case.clone() };
    let earlier = |_: &String, cell: &Cell| day(cell.period.end) <= cut;
    let after = more.tallies(&shipped).expect("it is taken in");
    let (before, after) = (cells(&before, earlier), cells(&after, earlier));
    assert!(before.len() > 500, "{} cells", before.len());
    assert_eq!(before, after);
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let case = chance::case(79, 25);
    let shipped = shipped();
    let before = case.tallies(&shipped).expect("it is taken in");
    let mut turned = case.clone();
    for table in turned.extract.0.values_mut() {
        // Backwards, and every other row first.
        let rows = table.rows.iter().rev();
        let (even, odd): (Vec<_>, Vec<_>) = rows.enumerate().partition(|(at, _)| at % 2 == 0);
        table.rows = odd.into_iter().chain(even).map(|(_, row)| row.clone()).collect();
    }
    assert_eq!(before, turned.tallies(&shipped).expect("it is taken in"));
}
