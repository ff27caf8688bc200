//! Units one after the other: which there are, which are left out, which are met.

use std::collections::BTreeSet;

use chrono::Datelike;

use super::contact::in_groups;
use super::definition::{
    Around, Compared, Days, Definition, Exclusion, Index, Numerator, PlanSays, ReferralSays,
};
use super::life::{Care, EdVisit, Life, NEVER, Spell};
use super::rows::{Day, Row, date};

/// What became of a unit: left out under the exclusion at this place, not met, or met so many days
/// after the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Excluded(usize),
    NotMet,
    Met(i32),
}

/// A unit before it is judged.
#[derive(Debug, Clone)]
struct Unit<'a> {
    day: Day,
    of: Of<'a>,
}

#[derive(Debug, Clone)]
enum Of<'a> {
    Discharge(&'a Spell),
    Admission(&'a Spell),
    EdVisit(&'a EdVisit),
    Assessment(i64),
    Lost { last_contact: Day },
    Row(&'a Row),
    Day,
}

/// Index day and outcome of every unit of a member.
pub(super) fn judged(definition: &Definition, life: &Life<'_>) -> Vec<(Day, Outcome)> {
    let index = definition.index.as_ref().expect("a rule of units has an index");
    let numerator = definition.numerator.as_ref().expect("a rule of units has a numerator");
    let care = index.disengagement.map(|gap| life.care(gap)).unwrap_or_default();
    let mut units = all(index, life, &care);
    if index.first {
        units.truncate(1);
    }
    units.retain(|unit| is_eligible(index, life, unit) && says(numerator, unit) != Says::Nothing);
    let mut kept: Option<Day> = None;
    let mut found = Vec::new();
    for unit in units {
        if let Some(apart) = index.days_apart {
            if kept.is_some_and(|last| unit.day - last < apart) {
                continue;
            }
            kept = Some(unit.day);
        }
        if !is_in_calendar(index, unit.day) {
            continue;
        }
        let excluded = definition.exclusion.iter().position(|one| applies(one, life, &unit));
        let outcome = match excluded {
            Some(place) => Outcome::Excluded(place),
            None => met(numerator, life, &unit).map_or(Outcome::NotMet, Outcome::Met),
        };
        found.push((unit.day, outcome));
    }
    found
}

/// First and last day that each possible unit of a member looks at; a stay from its first day on.
pub(super) fn looks_at(definition: &Definition, life: &Life<'_>) -> Vec<Days> {
    let index = definition.index.as_ref().expect("a rule of units has an index");
    let numerator = definition.numerator.as_ref().expect("a rule of units has a numerator");
    let around = index.with.iter().chain(&index.without).map(|around| around.days);
    let excluded = definition.exclusion.iter().flat_map(|one| [one.days, one.no_service]).flatten();
    let own = [numerator.days, numerator.no_service, numerator.no_acute_care].into_iter().flatten();
    let mut window = [0, 0];
    for [from, to] in around.chain(excluded).chain(own) {
        window = [window[0].min(from), window[1].max(to)];
    }
    let units = all(index, life, &Care::default());
    let days = |unit: &Unit<'_>| {
        let begin = match unit.of {
            Of::Discharge(spell) => spell.admit,
            _ => unit.day,
        };
        [begin.min(unit.day + window[0]), unit.day + window[1]]
    };
    units.iter().map(days).collect()
}

/// Every unit, in the order of days.
fn all<'a>(index: &Index, life: &'a Life<'_>, care: &Care) -> Vec<Unit<'a>> {
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
            add(visit.index, Of::EdVisit(visit));
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
    if let Some(test) = &index.contact {
        for day in life.contact_days(test) {
            add(day, Of::Day);
        }
    }
    for (day, what) in &life.events {
        if index.event.iter().any(|wanted| wanted == what) {
            add(*day, Of::Day);
        }
    }
    if index.planned_end {
        for day in &life.planned_ends {
            add(*day, Of::Day);
        }
    }
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
    units.sort_by_key(|unit| unit.day);
    units
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
        Of::EdVisit(visit) => visit.dx1.iter().any(|code| in_groups(&index.diagnosis, code)),
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
        && !is_chained(index, life, unit)
}

/// Reading 17: a later admission takes the place of an earlier discharge.
fn is_chained(index: &Index, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let (Some(chain), Some(set), Of::Discharge(own)) = (&index.chain, index.discharge, &unit.of)
    else {
        return false;
    };
    let [from, to] = chain.days;
    // A preset can say that every discharge counts.
    !index.every
        && life.spells(set).iter().any(|other| {
            other.admit != own.admit
                && (from..=to).contains(&(other.admit - unit.day))
                && in_groups(&chain.diagnosis, &other.first.dx1)
        })
}

fn is_in_calendar(index: &Index, day: Day) -> bool {
    let date = date(day);
    let shown = format!("{:02}-{:02}", date.month(), date.day());
    index.until.as_ref().is_none_or(|last| shown <= *last)
}

fn applies(exclusion: &Exclusion, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let any = |days: Days, holds: &dyn Fn(Day) -> bool| {
        (unit.day + days[0]..=unit.day + days[1]).any(holds)
    };
    let of_unit: Vec<&str> = match unit.of {
        Of::Discharge(spell) => vec![&spell.last.disposition],
        Of::EdVisit(visit) => visit.dispositions.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    exclusion.not_enrolled.is_some_and(|days| {
        any(days, &|day| !life.is_enrolled(day) && (!exclusion.until_death || life.is_alive(day)))
    }) || exclusion.not_observable.is_some_and(|days| unit.day + days > life.data_through)
        || exclusion.died.is_some_and(|days| !life.is_alive(unit.day + days[1]))
        || exclusion.hospice.is_some_and(|days| any(days, &|day| life.hospice.contains(&day)))
        || exclusion.disposition.iter().any(|wanted| of_unit.contains(&wanted.as_str()))
        || is_admitted(exclusion, life, unit)
        || (exclusion.ed_admitted && matches!(unit.of, Of::EdVisit(visit) if visit.was_admitted))
        || exclusion.no_service.is_some_and(|days| !any(days, &|day| life.level_on(day).is_some()))
}

fn is_admitted(exclusion: &Exclusion, life: &Life<'_>, unit: &Unit<'_>) -> bool {
    let (Some(set), Some([from, to])) = (exclusion.admission, exclusion.days) else {
        return false;
    };
    // Reading 20: from the start of an emergency visit.
    let first = match unit.of {
        Of::EdVisit(visit) => visit.start.min(unit.day + from),
        _ => unit.day + from,
    };
    life.spells(set).iter().any(|spell| {
        let own = match unit.of {
            Of::Discharge(own) | Of::Admission(own) => std::ptr::eq(own, spell),
            _ => false,
        };
        let other_reason = exclusion.diagnosis_not.is_empty()
            || !in_groups(&exclusion.diagnosis_not, &spell.first.dx1);
        !own && first <= spell.admit && spell.admit <= unit.day + to && other_reason
    })
}

/// What a record says about the numerator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Nothing, and then it is no unit.
    Nothing,
    No,
    /// So many days after the index.
    Yes(i32),
}

fn says(numerator: &Numerator, unit: &Unit<'_>) -> Says {
    let Of::Row(row) = unit.of else { return Says::No };
    let within = |column: &str| {
        let [from, to] = numerator.days.expect("a window");
        let after = row.day(column).map(|day| day - unit.day);
        after.filter(|after| (from..=to).contains(after)).map_or(Says::No, Says::Yes)
    };
    let whether = |flag: Option<bool>| match flag {
        None => Says::Nothing,
        Some(false) => Says::No,
        Some(true) => Says::Yes(0),
    };
    match (numerator.referral, numerator.plan) {
        (Some(ReferralSays::Warm), _) => whether(row.flag("warm")),
        (Some(ReferralSays::Declined), _) => {
            let status = row.text("status");
            whether((!status.is_empty()).then_some(status == "declined"))
        }
        (Some(ReferralSays::Attended), _) => within("first_attended_date"),
        (Some(ReferralSays::Reported), _) => within("report_back_date"),
        (_, Some(PlanSays::Signed)) => whether(row.flag("member_signed")),
        (_, Some(PlanSays::Family)) => whether(row.flag("family_involved")),
        _ => Says::No,
    }
}

/// Days from the index to the day that decides, if the unit is met.
fn met(numerator: &Numerator, life: &Life<'_>, unit: &Unit<'_>) -> Option<i32> {
    let window = |days: Days| unit.day + days[0]..=unit.day + days[1];
    let in_window = |day: Day| window(numerator.days.expect("a window")).contains(&day);
    if numerator.referral.is_some() || numerator.plan.is_some() {
        return match says(numerator, unit) {
            Says::Yes(days) => Some(days),
            Says::No | Says::Nothing => None,
        };
    }
    if let Some(test) = &numerator.contact {
        return contact_met(numerator, &life.contact_days(test), life, unit);
    }
    if let (Some(nights), Of::Discharge(spell)) = (numerator.nights_over, &unit.of) {
        let slept = i64::from(spell.discharge - spell.admit) - spell.leave;
        return (slept > i64::from(nights)).then_some(0);
    }
    if let Some(days) = numerator.no_service {
        return (!window(days).any(|day| life.level_on(day).is_some())).then_some(0);
    }
    if let Some(days) = numerator.no_acute_care {
        let visit = life.ed_visits.iter().any(|visit| window(days).contains(&visit.start));
        let admitted = life.inpatient.iter().any(|spell| window(days).contains(&spell.admit));
        return (!visit && !admitted).then_some(0);
    }
    if numerator.ed_visit {
        let visits = life
            .ed_visits
            .iter()
            .filter(|visit| visit.dx1.iter().any(|code| in_groups(&numerator.diagnosis, code)));
        let days = visits.map(|visit| visit.start).filter(|day| in_window(*day));
        return days.min().map(|day| day - unit.day);
    }
    if !numerator.event.is_empty() {
        let of =
            life.events.iter().filter(|(_, what)| numerator.event.iter().any(|one| one == what));
        let days = of.map(|(day, _)| *day).filter(|day| in_window(*day));
        return days.min().map(|day| day - unit.day);
    }
    if let Some(set) = numerator.admission {
        let wanted = life.spells(set).iter().filter(|spell| {
            !spell.first.is_planned && in_groups(&numerator.diagnosis, &spell.first.dx1)
        });
        let days = wanted.map(|spell| spell.admit).filter(|day| in_window(*day));
        return days.min().map(|day| day - unit.day);
    }
    let (Some(compared), Of::Assessment(recommended)) = (numerator.delivered_level, &unit.of)
    else {
        panic!("a numerator that is not known here: {numerator:?}")
    };
    let mut days_at = [0; 7];
    for level in window(numerator.days.expect("a window")).filter_map(|day| life.level_on(day)) {
        days_at[usize::from(level)] += 1;
    }
    let most = days_at.iter().max().copied().filter(|most| *most > 0)?;
    let delivered =
        (0_i64..).zip(days_at).find(|(_, days)| *days == most).map(|(level, _)| level)?;
    let holds = match compared {
        Compared::Equal => delivered == *recommended,
        Compared::Under => delivered < *recommended,
        Compared::Over => delivered > *recommended,
    };
    holds.then_some(0)
}

fn contact_met(
    numerator: &Numerator,
    contacts: &BTreeSet<Day>,
    life: &Life<'_>,
    unit: &Unit<'_>,
) -> Option<i32> {
    if numerator.before_return {
        let Of::Lost { last_contact } = unit.of else { panic!("only of those who were lost") };
        let back = life.treatment_days().range(unit.day + 1..).next().copied()?;
        return (last_contact + 1..back).any(|day| contacts.contains(&day)).then_some(0);
    }
    if numerator.during_stay {
        let Of::Discharge(spell) = unit.of else { panic!("only of discharges") };
        return contacts.range(spell.admit..=spell.discharge).next().map(|_| 0);
    }
    let [from, to] = numerator.days.expect("a window");
    let found: Vec<Day> = contacts.range(unit.day + from..=unit.day + to).copied().collect();
    if numerator.none {
        return found.is_empty().then_some(0);
    }
    let goes_on = numerator.then.iter().all(|next| {
        let days = life.contact_days(&next.contact);
        let [from, to] = next.days;
        let first = found.first();
        first.is_some_and(|first| days.range(first + from..=first + to).next().is_some())
    });
    let decides = found.get(numerator.at_least.unwrap_or(1) - 1)?;
    goes_on.then_some(decides - unit.day)
}
