//! When a criterion is met, and on which day.

use std::collections::BTreeSet;
use std::ops::ControlFlow::{self, Break, Continue};

use super::amounts;
use super::contact::{Contact, in_groups};
use super::criterion::{
    Agencies, Assessed, Compared, Criterion, Happening, PlanSays, Record, ReferralSays, Route,
};
use super::definition::Days;
use super::life::{EdVisit, Life, NEVER, Spell};
use super::rows::{Day, Row, on_month};
use super::scores;
use super::units::{Of, Unit};

pub(super) const INVOLUNTARY: [&str; 4] =
    ["involuntary_72h", "emergency_commitment", "cert_short", "cert_long"];

/// The days on which one of several kinds of things happens, from one day to another.
pub(super) fn happen(any: &[Happening], life: &Life<'_>, [from, to]: Days) -> BTreeSet<Day> {
    let days = any.iter().flat_map(|kind| happens(kind, life));
    days.filter(|day| from <= *day && *day <= to).collect()
}

/// All days of one kind of thing.
pub(super) fn happens(kind: &Happening, life: &Life<'_>) -> BTreeSet<Day> {
    if let Some(test) = &kind.contact {
        return BTreeSet::clone(&life.contact_days(test));
    }
    if let Some(record) = &kind.record {
        return records(record, life)
            .into_iter()
            .filter_map(|row| row.day(day_of(record)))
            .collect();
    }
    if kind.ed_visit {
        let visits = life.ed_visits.iter().filter(|visit| visit.is_of(&kind.diagnosis));
        let visits = visits.filter(|visit| !(kind.not_admitted && ended_in_admission(visit, life)));
        return visits.map(|visit| visit.index).collect();
    }
    if let Some(days) = of_course(kind, life) {
        return days;
    }
    if let Some(set) = kind.admission {
        let spells = life.spells(set).iter();
        let of = spells.filter(|spell| {
            in_groups(&kind.diagnosis, &spell.first.dx1)
                && (kind.facility.is_empty() || kind.facility.contains(&spell.first.facility))
                && !kind.facility_not.contains(&spell.first.facility)
        });
        return of.map(|spell| spell.admit).collect();
    }
    if let Some(set) = kind.discharge {
        let ended = |spell: &&Spell| {
            let of = if kind.as_admitted { &spell.first } else { &spell.last };
            spell.discharge < NEVER
                && (kind.as_admitted || spell.discharge > spell.admit)
                && life.is_alive(spell.discharge)
                && in_groups(&kind.diagnosis, &of.dx1)
                && (kind.facility.is_empty() || kind.facility.contains(&of.facility))
                && !kind.facility_not.contains(&of.facility)
                && !kind.disposition_not.contains(&spell.last.disposition)
        };
        return life.spells(set).iter().filter(ended).map(|spell| spell.discharge).collect();
    }
    if !kind.event.is_empty() {
        return events(&kind.event, life);
    }
    if kind.referral || !kind.referral_to.is_empty() {
        let to = |row: &&&Row| {
            kind.referral || kind.referral_to.iter().any(|one| one == row.text("to_sector"))
        };
        return life.referrals.iter().filter(to).filter_map(|row| row.day("date")).collect();
    }
    if !kind.plan_end.is_empty() {
        let of = |row: &&&Row| kind.plan_end.iter().any(|one| one == row.text("end_reason"));
        return life.plans.iter().filter(of).filter_map(|row| row.day("ended")).collect();
    }
    assert!(kind.death, "a thing that is not known here: {kind:?}");
    BTreeSet::from_iter((life.death < NEVER).then_some(life.death))
}

/// An admission was recorded, or one falls on a day of the visit.
fn ended_in_admission(visit: &EdVisit, life: &Life<'_>) -> bool {
    let mut spells = life.inpatient.iter().chain(&life.residential);
    visit.was_admitted
        || visit.dispositions.iter().any(|to| to == "inpatient_transfer")
        || spells.any(|spell| (visit.start..=visit.index).contains(&spell.admit))
}

/// The days of things that scores, check-ups, assessments and phases tell of.
fn of_course(kind: &Happening, life: &Life<'_>) -> Option<BTreeSet<Day>> {
    if kind.deterioration {
        return Some(scores::deteriorations(&life.scores));
    }
    if kind.need_found {
        let found = life.outcomes.iter().filter(|row| row.flag("need_treatment") == Some(true));
        return Some(found.filter_map(|row| row.day("date")).collect());
    }
    if let Some(before) = kind.assessed_above {
        let delivered = |day: Day| {
            let levels = (day - before..=day).filter_map(|other| life.level_on(other));
            levels.max().map_or(-1, i64::from)
        };
        let above = life.assessments.iter().filter(|one| one.recommended > delivered(one.day));
        return Some(above.map(|one| one.day).collect());
    }
    if let Some(domains) = &kind.score_of {
        return Some(scores::days(life, domains, kind.known));
    }
    kind.phase_begins.map(|phase| life.phases().begins(phase))
}

/// The column of the day of a row.
fn day_of(record: &Record) -> &'static str {
    match record.table.as_str() {
        "pharmacy" => "fill_date",
        "outcomes" => "date",
        "events" => "start",
        table => panic!("{table} is not known here"),
    }
}

/// The rows of a table that say what is asked for.
pub(super) fn records<'a>(record: &Record, life: &Life<'a>) -> Vec<&'a Row> {
    let rows = match record.table.as_str() {
        "pharmacy" => &life.fills,
        "outcomes" => &life.outcomes,
        "events" => &life.event_rows,
        table => panic!("{table} is not known here"),
    };
    // Words of a site, whatever the case.
    let one_of = |wanted: &[String], text: &str| {
        wanted.is_empty() || wanted.iter().any(|one| one.to_lowercase() == text.to_lowercase())
    };
    let kind = if record.table == "outcomes" { "record_type" } else { "type" };
    let says = |row: &&&Row| {
        one_of(&record.drug, row.text("drug_class"))
            && one_of(&record.screen, row.text("screen_result"))
            && !record.screen_not.iter().any(|one| one == row.text("screen_result"))
            && one_of(&record.reason, row.text("reason"))
            && one_of(&record.instrument, row.text("instrument"))
            && one_of(&record.what, row.text(kind))
            && one_of(&record.cause, row.text("cause"))
    };
    rows.iter().filter(says).copied().collect()
}

fn events(types: &[String], life: &Life<'_>) -> BTreeSet<Day> {
    let of = life.events.iter().filter(|(_, what)| types.iter().any(|one| one == what));
    of.map(|(day, _)| *day).collect()
}

/// What a record says about the numerator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing, and then it is no unit.
    Nothing,
    No,
    /// So many days after the index.
    Yes(i32),
}

pub(super) fn says(numerator: &Criterion, unit: &Unit<'_>) -> Says {
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
        (Some(ReferralSays::Offered), _) => within("first_offered_date"),
        (_, Some(PlanSays::Signed)) => whether(row.flag("member_signed")),
        (_, Some(PlanSays::Family)) => whether(row.flag("family_involved")),
        _ => Says::No,
    }
}

/// Days from the index to the day that decides, if the unit is met.
pub(super) fn met(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Option<i32> {
    let first = met_itself(criterion, life, unit)?;
    let Some(next) = &criterion.followed_by else { return Some(first) };
    let later = Unit { day: unit.day + first, of: unit.of.clone() };
    met(next, life, &later).map(|days| first + days)
}

/// Whether a kind of criterion is met, or that the criterion is of another kind.
pub(super) type Answer = ControlFlow<Option<i32>>;

fn met_itself(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Option<i32> {
    let kinds = [amounts::met, lists, what_follows];
    for kind in kinds {
        if let Break(found) = kind(criterion, life, unit) {
            return found;
        }
    }
    if let Some(holds) = itself(criterion, life, unit) {
        return holds.then_some(0);
    }
    let window = |days: Days| unit.day + days[0]..=unit.day + days[1];
    let in_window = |day: Day| window(criterion.days.expect("a window")).contains(&day);
    if criterion.referral.is_some() || criterion.plan.is_some() {
        return match says(criterion, unit) {
            Says::Yes(days) => Some(days),
            Says::No | Says::Nothing => None,
        };
    }
    if criterion.contact.is_some() {
        return contact_met(criterion, life, unit);
    }
    if let (Some(nights), Of::Discharge(spell)) = (criterion.nights_over, &unit.of) {
        let leave: i32 = spell.stays.iter().map(|stay| stay.leave).sum();
        return (spell.discharge - spell.admit - leave > nights).then_some(0);
    }
    if let Some(days) = criterion.no_service {
        return (!window(days).any(|day| life.level_on(day).is_some())).then_some(0);
    }
    if let Some(days) = criterion.no_acute_care {
        let visit = life.ed_visits.iter().any(|visit| window(days).contains(&visit.start));
        let admitted = life.inpatient.iter().any(|spell| window(days).contains(&spell.admit));
        return (!visit && !admitted).then_some(0);
    }
    if criterion.ed_visit {
        let visits = life.ed_visits.iter().filter(|visit| visit.is_of(&criterion.diagnosis));
        let days = visits.map(|visit| visit.start).filter(|day| in_window(*day));
        return days.min().map(|day| day - unit.day);
    }
    if !criterion.event.is_empty() {
        let days = events(&criterion.event, life);
        return days.into_iter().find(|day| in_window(*day)).map(|day| day - unit.day);
    }
    if let Some(set) = criterion.admission {
        let wanted = life.spells(set).iter().filter(|spell| {
            !Life::is_own(unit, set, spell)
                && !spell.first.is_planned
                && in_groups(&criterion.diagnosis, &spell.first.dx1)
        });
        let days = wanted.map(|spell| spell.admit).filter(|day| in_window(*day));
        return days.min().map(|day| day - unit.day);
    }
    if let Some(says) = criterion.assessed_level {
        return assessed_level(says, criterion.days.expect("a window"), life, unit);
    }
    delivered_level(criterion, life, unit)
}

/// The level of a stay against the highest that is recommended on the last day with an assessment.
fn assessed_level(
    says: Assessed,
    [from, to]: Days,
    life: &Life<'_>,
    unit: &Unit<'_>,
) -> Option<i32> {
    let (Of::Discharge(spell) | Of::Admission(spell)) = unit.of else { return None };
    let level = spell.stays.iter().map(|stay| i64::from(stay.level)).max().expect("a stay");
    let in_window = |day: &Day| life.assessments.iter().any(|one| one.day == *day);
    let day = (unit.day + from..=unit.day + to).rev().find(in_window)?;
    let of_day = life.assessments.iter().filter(|one| one.day == day);
    let recommended = of_day.map(|one| one.recommended).max().expect("one of that day");
    let holds = match says {
        Assessed::Known => true,
        Assessed::Equal => level == recommended,
        Assessed::Under => level < recommended,
        Assessed::Over => level > recommended,
    };
    holds.then_some(day - unit.day)
}

/// The delivered level against the recommended one.
fn delivered_level(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Option<i32> {
    let Some(compared) = criterion.delivered_level else {
        panic!("a criterion that is not known here: {criterion:?}")
    };
    let above = above_recommended(criterion, life, unit)?;
    let holds = match compared {
        Compared::Equal => above == 0,
        Compared::Under => above < 0,
        Compared::Over => above > 0,
    };
    holds.then_some(0)
}

/// How far the level with most days in the window, or the highest, is above the recommended one.
pub(super) fn above_recommended(
    criterion: &Criterion,
    life: &Life<'_>,
    unit: &Unit<'_>,
) -> Option<i64> {
    let Of::Assessment(recommended) = unit.of else { panic!("only of assessments") };
    let [from, to] = criterion.days.expect("a window");
    let mut days_at = [0; 7];
    for level in (unit.day + from..=unit.day + to).filter_map(|day| life.level_on(day)) {
        days_at[usize::from(level)] += 1;
    }
    let most = days_at.iter().max().copied().filter(|most| *most > 0)?;
    let mut levels = (0_i64..).zip(days_at).filter(|(_, days)| *days > 0);
    let delivered =
        if criterion.highest { levels.last() } else { levels.find(|(_, days)| *days == most) };
    delivered.map(|(level, _)| level - recommended)
}

/// Things of several kinds and criteria made of criteria.
fn lists(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Answer {
    let at_least = criterion.at_least.unwrap_or(1);
    let around = |[from, to]: Days| [unit.day + from, unit.day + to];
    if !criterion.any.is_empty() {
        let days = happen(&criterion.any, life, around(criterion.days.expect("a window")));
        return Break(days.into_iter().nth(at_least - 1).map(|day| day - unit.day));
    }
    let days_of = |of: &[Criterion]| -> Vec<i32> {
        let mut days: Vec<i32> = of.iter().filter_map(|one| met(one, life, unit)).collect();
        days.sort_unstable();
        days
    };
    if let Some(of) = &criterion.any_of {
        return Break(days_of(of).get(at_least - 1).copied());
    }
    if let Some(of) = &criterion.all_of {
        let days = days_of(of);
        return Break((days.len() == of.len()).then(|| days.last().copied()).flatten());
    }
    if let Some(of) = &criterion.none_of {
        return Break((!of.iter().any(|one| met(one, life, unit).is_some())).then_some(0));
    }
    if !criterion.first_of.is_empty() {
        return Break(first_route(criterion, life, unit));
    }
    if let Some(test) = &criterion.rows {
        let [from, to] = around(criterion.days.expect("a window"));
        let passing = life.contacts.iter().filter(|contact| contact.passes(test));
        let mut days: Vec<Day> =
            passing.map(|contact| contact.day).filter(|day| from <= *day && *day <= to).collect();
        days.sort_unstable();
        return Break(days.get(at_least - 1).map(|day| day - unit.day));
    }
    Continue(())
}

/// The route of the first day on which anything happens; of several on that day the last in the list.
fn first_route(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Option<i32> {
    let [from, to] = criterion.days.expect("a window");
    let window = [unit.day + from, unit.day + to];
    let first = |route: &Route| happen(&route.any, life, window).first().copied();
    let day = criterion.first_of.iter().filter_map(first).min()?;
    let mut on_that_day = criterion.first_of.iter().filter(|route| first(route) == Some(day));
    let winner = on_that_day.next_back().expect("one of them is the first");
    (Some(&winner.route) == criterion.is.as_ref()).then_some(day - unit.day)
}

/// What the unit itself is; nothing if the criterion is about something else.
fn itself(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Option<bool> {
    if criterion.always {
        return Some(true);
    }
    if let Some(place) = criterion.own_kind {
        return Some(matches!(unit.of, Of::Signal(kind) if kind + 1 == place));
    }
    if let Some(holds) = of_stay(criterion, unit) {
        return Some(holds);
    }
    if let Some(about) = &criterion.member {
        let language = life.language.to_lowercase();
        return Some(!language.is_empty() && !about.language_not.contains(&language));
    }
    if criterion.sed {
        return Some(life.sed_recorded);
    }
    if let Some([from, to]) = criterion.age {
        return Some(life.is_aged(unit.day, from, to));
    }
    if let Some(phase) = criterion.in_phase {
        let [from, to] = criterion.days.expect("a window");
        let mut days = unit.day + from..=unit.day + to;
        return Some(days.all(|day| life.phases().on(day) == Some(phase)));
    }
    if let Some(ask) = &criterion.scores {
        let Of::Episode { start } = unit.of else { panic!("only of episodes") };
        return Some(scores::say(ask, life, [start, unit.day]));
    }
    if !criterion.favourable.is_empty() {
        return Some(scores::is_favourable(life, &criterion.favourable, [unit.day; 2]));
    }
    if !criterion.own_facility.is_empty() {
        return Some(match unit.of {
            Of::Discharge(spell) => criterion.own_facility.contains(&spell.last.facility),
            Of::Admission(spell) => criterion.own_facility.contains(&spell.first.facility),
            _ => false,
        });
    }
    if criterion.involuntary {
        let (Of::Discharge(spell) | Of::Admission(spell)) = unit.of else { return Some(false) };
        return Some(is_involuntary(spell, life));
    }
    if criterion.lead {
        return Some(has_lead(life, unit.day));
    }
    if criterion.smi {
        let on = unit.day + criterion.on_day.unwrap_or(0);
        return Some(life.has_smi(on_month(on + 1, -24), on));
    }
    if criterion.times_known || criterion.hours_over.is_some() {
        let Of::EdVisit(_, seconds) = unit.of else { return Some(false) };
        let hours = criterion.hours_over.map(|hours| hours * 3600);
        return Some(seconds.is_some_and(|seconds| hours.is_none_or(|most| seconds > most)));
    }
    criterion.changed.then_some(matches!(unit.of, Of::Quarters { changed: true }))
}

/// What a stay or visit itself is.
fn of_stay(criterion: &Criterion, unit: &Unit<'_>) -> Option<bool> {
    if !criterion.own_diagnosis.is_empty() {
        let groups = &criterion.own_diagnosis;
        return Some(match unit.of {
            Of::Discharge(spell) => in_groups(groups, &spell.last.dx1),
            Of::Admission(spell) => in_groups(groups, &spell.first.dx1),
            Of::EdVisit(visit, _) => visit.is_of(groups),
            _ => false,
        });
    }
    if !criterion.own_further_diagnosis.is_empty() {
        let Of::Discharge(spell) = unit.of else { panic!("only of discharges") };
        let groups = &criterion.own_further_diagnosis;
        return Some(spell.last.further.iter().any(|code| in_groups(groups, code)));
    }
    if criterion.agency_known {
        return Some(!own_agency(unit).is_empty());
    }
    let is_planned = matches!(unit.of, Of::Admission(spell) if spell.first.is_planned);
    criterion.planned.then_some(is_planned)
}

/// As recorded of the first stay, else by an involuntary event on the day of admission or after.
fn is_involuntary(spell: &Spell, life: &Life<'_>) -> bool {
    match spell.first.legal.as_str() {
        "" => life.events.iter().any(|(day, what)| {
            INVOLUNTARY.contains(what) && (spell.admit..=spell.admit + 1).contains(day)
        }),
        legal => ["involuntary", "04", "05", "06", "09", "14"].contains(&legal),
    }
}

fn has_lead(life: &Life<'_>, day: Day) -> bool {
    let runs = |row: &&&Row| {
        row.day("created").is_some_and(|made| made <= day)
            && row.day("ended").is_none_or(|end| end > day)
    };
    let mut named = life.plans.iter().filter(runs).map(|row| row.text("lead_id"));
    !life.lead.is_empty() || named.any(|lead| !lead.is_empty())
}

/// What becomes of the member.
fn what_follows(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Answer {
    let window = |[from, to]: Days| unit.day + from..=unit.day + to;
    if let Some(gap) = criterion.lost {
        return Break(lost(gap, criterion.within.expect("a last day"), life, unit.day));
    }
    if let Some(gap) = criterion.disengagement {
        let days = window(criterion.days.expect("a window"));
        let care = life.care(gap);
        return Break(
            days.clone()
                .find(|day| care.lost.iter().any(|(on, _)| on == day))
                .map(|day| day - unit.day),
        );
    }
    if let Some(by) = criterion.escalates_by {
        let days = criterion.days.expect("a window");
        let first = window(criterion.from_level_in.unwrap_or(days));
        let stepped = first
            .filter_map(|day| Some((day, life.contact_level_on(day)?)))
            .find(|(_, level)| (1..=4).contains(level));
        return Break(stepped.and_then(|(down, low)| {
            let higher = |day: &Day| life.level_on(*day).is_some_and(|level| level >= low + by);
            window(days).filter(|day| *day > down).find(higher).map(|day| day - unit.day)
        }));
    }
    if let Some(within) = criterion.hold_ends_within {
        let Of::Admission(spell) = unit.of else { return Break(None) };
        let end = hold_end(spell, life);
        let ends = end.filter(|end| end - spell.admit <= within && spell.discharge > *end);
        return Break(ends.map(|end| end - spell.admit));
    }
    if let Some(days) = criterion.delivered {
        let Of::Service(class) = unit.of else { return Break(None) };
        let of = life.contacts.iter().filter(|one| one.is_qualifying && one.class == class);
        let days = of.map(|one| one.day).filter(|day| window(days).contains(day));
        return Break(days.min().map(|day| day - unit.day));
    }
    if let Some(test) = &criterion.contact_at_assessed_level {
        let until = life.assessments.iter().filter(|one| one.day <= unit.day);
        let assessed = until.max_by_key(|one| (one.day, &one.id)).map(|one| one.recommended);
        let enough = life.contacts.iter().filter(|contact| {
            contact.passes(test) && assessed.is_none_or(|level| i64::from(contact.level) >= level)
        });
        let mut days = window(criterion.days.expect("a window"));
        let days_of: BTreeSet<Day> = enough.map(|contact| contact.day).collect();
        return Break(days.find(|day| days_of.contains(day)).map(|day| day - unit.day));
    }
    if let Some(days) = criterion.other_agency_within {
        let Of::Agency { test, agency } = unit.of else { return Break(None) };
        let repeated = life.contacts.iter().any(|contact| {
            contact.passes(test)
                && contact.row.text("agency_id") != agency
                && (unit.day - days..unit.day).contains(&contact.day)
                && life.planned_ends.range(contact.day..unit.day).next().is_none()
        });
        return Break(repeated.then_some(0));
    }
    if criterion.linked.is_some() {
        return Break(linked(criterion, life, unit));
    }
    let asked = criterion.same_agency.as_ref().or(criterion.known_agencies.as_ref());
    let Some(asked) = asked else { return Continue(()) };
    let known = agency_after(asked, life, unit);
    let wanted = known.filter(|(_, is_usual)| *is_usual || criterion.known_agencies.is_some());
    Break(wanted.map(|(first, _)| first))
}

/// The clock of reading 24 from a day on, up to a last day.
fn lost(gap: i32, within: i32, life: &Life<'_>, index: Day) -> Option<i32> {
    let contacts = life.qualifying_days();
    let mut clock = 0;
    for day in index + 1..=index + within {
        if contacts.contains(&day) {
            clock = 0;
        } else if life.is_at_risk(day) {
            clock += 1;
        }
        if clock == gap {
            return Some(day - index);
        }
    }
    None
}

/// The day on which the last of the involuntary events around an admission ends.
fn hold_end(spell: &Spell, life: &Life<'_>) -> Option<Day> {
    let of = |row: &&&Row| INVOLUNTARY.contains(&row.text("type"));
    let mut held: Vec<(Day, Day)> = life
        .event_rows
        .iter()
        .filter(of)
        .filter_map(|row| Some((row.day("start")?, row.day("end").unwrap_or(NEVER))))
        .filter(|(start, _)| *start >= spell.admit - 1)
        .collect();
    held.sort_unstable();
    let mut end: Option<Day> = None;
    for (start, over) in held {
        if start > end.unwrap_or(spell.admit + 1) {
            break;
        }
        end = Some(end.unwrap_or(over).max(over));
    }
    end.filter(|end| *end < NEVER)
}

/// A referral to the sector of a need, and if that is asked attended.
fn linked(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Option<i32> {
    let (Of::Sector(sector), Some([from, to])) = (&unit.of, criterion.linked) else { return None };
    let is_attended = |row: &Row, made: Day| {
        criterion.attended_within.is_none_or(|most| {
            row.day("first_attended_date").is_some_and(|day| (0..=most).contains(&(day - made)))
        })
    };
    let days = life.referrals.iter().filter_map(|row| {
        let day = row.day("date")?;
        let counts = (unit.day + from..=unit.day + to).contains(&day)
            && row.text("to_sector") == *sector
            && is_attended(row, day);
        counts.then_some(day - unit.day)
    });
    days.min()
}

/// Days to the first qualifying contact after a discharge, and whether it is to the usual agency; nothing
/// if one of them is not known.
fn agency_after(asked: &Agencies, life: &Life<'_>, unit: &Unit<'_>) -> Option<(i32, bool)> {
    let Of::Discharge(spell) = unit.of else { return None };
    let visits = |[from, to]: Days, around: Day| {
        let of = |contact: &&Contact<'_>| {
            contact.is_qualifying && (around + from..=around + to).contains(&contact.day)
        };
        visits(life.contacts.iter().filter(of), "agency_id")
    };
    let usual = most_visited(&visits(asked.before_admission, spell.admit))?;
    let after = visits(asked.after_discharge, unit.day);
    let first = after.first()?.day;
    let mut on_it = after.iter().filter(|visit| visit.day == first);
    Some((first - unit.day, on_it.any(|visit| visit.who == usual)))
}

/// A contact with a provider that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Visit<'a> {
    pub(super) day: Day,
    id: &'a str,
    pub(super) who: &'a str,
}

/// Contacts with a known provider in the order of days, on one day of their ids.
pub(super) fn visits<'a>(
    contacts: impl Iterator<Item = &'a Contact<'a>>,
    column: &str,
) -> Vec<Visit<'a>> {
    let visit = |one: &'a Contact<'a>| Visit {
        day: one.day,
        id: one.row.text("contact_id"),
        who: one.row.text(column),
    };
    let mut found: Vec<Visit<'_>> =
        contacts.map(visit).filter(|visit| !visit.who.is_empty()).collect();
    // Those of one day stand in the order of their providers.
    found.sort_unstable_by_key(|visit| (visit.day, visit.who));
    found
}

/// The provider of most visit days; of several, the one seen last, and on one day the one whose id comes
/// last.
pub(super) fn most_visited<'a>(visits: &[Visit<'a>]) -> Option<&'a str> {
    let days = |own: &Visit<'_>| {
        let with = visits.iter().filter(|visit| visit.who == own.who);
        with.map(|visit| visit.day).collect::<BTreeSet<Day>>().len()
    };
    // Visits are in order, so the last of the best is the one seen last.
    let best = visits.iter().max_by_key(|visit| days(visit));
    best.map(|visit| visit.who)
}

/// The agency of the stay with which a discharge ends or an admission begins; empty if not known.
fn own_agency<'a>(unit: &Unit<'a>) -> &'a str {
    match unit.of {
        Of::Discharge(spell) => &spell.last.agency,
        Of::Admission(spell) => &spell.first.agency,
        _ => panic!("only of stays"),
    }
}

fn contact_met(criterion: &Criterion, life: &Life<'_>, unit: &Unit<'_>) -> Option<i32> {
    let contacts = life.contact_days(criterion.contact.as_ref().expect("of contacts"));
    if criterion.before_return {
        let Of::Lost { last_contact } = unit.of else { panic!("only of those who were lost") };
        let back = life.treatment_days().range(unit.day + 1..).next().copied()?;
        return (last_contact + 1..back).any(|day| contacts.contains(&day)).then_some(0);
    }
    if criterion.during_stay {
        let Of::Discharge(spell) = unit.of else { panic!("only of discharges") };
        return contacts.range(spell.admit..=spell.discharge).next().map(|_| 0);
    }
    let [from, to] = criterion.days.expect("a window");
    if criterion.own_agency {
        let test = criterion.contact.as_ref().expect("of contacts");
        let agency = own_agency(unit);
        let at_it = life.contacts.iter().filter(|one| {
            (unit.day + from..=unit.day + to).contains(&one.day)
                && one.passes(test)
                && !agency.is_empty()
                && one.row.text("agency_id") == agency
        });
        return at_it.map(|one| one.day - unit.day).min();
    }
    let mut found: BTreeSet<Day> =
        contacts.range(unit.day + from..=unit.day + to).copied().collect();
    if criterion.or_plan {
        let made = life.plans.iter().filter_map(|row| row.day("created"));
        found.extend(made.filter(|day| (unit.day + from..=unit.day + to).contains(day)));
    }
    if criterion.none {
        return found.is_empty().then_some(0);
    }
    let goes_on = criterion.then.iter().all(|next| {
        let days = life.contact_days(&next.contact);
        let [from, to] = next.days;
        let first = found.first();
        first.is_some_and(|first| days.range(first + from..=first + to).next().is_some())
    });
    let decides = found.into_iter().nth(criterion.at_least.unwrap_or(1) - 1)?;
    goes_on.then_some(decides - unit.day)
}
