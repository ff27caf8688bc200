//! Things counted day by day over person-time.

use super::contact::in_groups;
use super::definition::Rate;
use super::life::{Care, Life, Stay};
use super::rows::{Day, Row};

/// How much of a thing falls on a day. Readings 26 and 30: events count on enrolled days up to death,
/// nights and person-time on alive enrolled days.
pub(super) fn on(rate: &Rate, life: &Life<'_>, care: &Care, day: Day) -> i64 {
    if !life.is_enrolled(day) || day > life.death {
        return 0;
    }
    let count = |n: usize| i64::try_from(n).expect("a count");
    let is_day = |holds: bool| i64::from(holds && life.is_alive(day));
    if let Some(set) = rate.nights {
        return is_day(life.days_in(set).contains(&day));
    }
    if rate.patient_days.is_some() || rate.waiting_nights.is_some() {
        return is_day(is_in_bed(rate, life, day));
    }
    if !rate.minutes.is_empty() {
        return minutes(rate, life, day);
    }
    if let Some(set) = rate.admissions {
        return count(life.spells(set).iter().filter(|spell| spell.admit == day).count());
    }
    if !rate.events.is_empty() {
        let of =
            |(when, what): &&(Day, &str)| *when == day && rate.events.iter().any(|one| one == what);
        return count(life.events.iter().filter(of).count());
    }
    if rate.ed_visits {
        let visits = life.ed_visits.iter().filter(|visit| visit.index == day);
        let of =
            visits.filter(|visit| visit.dx1.iter().any(|code| in_groups(&rate.diagnosis, code)));
        return count(of.count());
    }
    if let Some(test) = rate.served.as_ref().or(rate.contacts.as_ref()) {
        let of = life.contacts.iter().filter(|contact| contact.day == day && contact.passes(test));
        return count(of.count());
    }
    if rate.cost {
        let of = life.costs.iter().filter(|(when, _, level)| {
            let in_levels = |[from, to]: [u8; 2]| {
                level.is_some_and(|level| (i64::from(from)..=i64::from(to)).contains(&level))
            };
            *when == day && rate.level.is_none_or(in_levels)
        });
        return of.map(|(_, cents, _)| cents).sum();
    }
    if rate.goals_closed || rate.goals_attained {
        let column = if rate.goals_closed { "goals_closed" } else { "goals_attained" };
        // A goal that was closed says nothing where it is not known whether it was attained.
        let is_known = |row: &&&Row| {
            row.number("goals_closed").is_some() && row.number("goals_attained").is_some()
        };
        let of = life.plans.iter().filter(|row| row.day("created") == Some(day)).filter(is_known);
        return of.filter_map(|row| row.number(column)).sum();
    }
    if rate.deaths {
        return i64::from(day == life.death);
    }
    if rate.community_days {
        return is_day(life.is_at_risk(day));
    }
    if rate.custody_days {
        return is_day(life.custody.contains(&day));
    }
    if rate.disengagements.is_some() {
        return count(care.lost.iter().filter(|(lost, _)| *lost == day).count());
    }
    panic!("a rate of nothing that is known here: {rate:?}")
}

/// What a rate is divided by: another thing, days in care, or alive enrolled days.
pub(super) fn under(rate: &Rate, life: &Life<'_>, care: &Care, day: Day) -> i64 {
    match (&rate.over, rate.disengagements) {
        (Some(other), _) => on(other, life, care, day),
        (None, gap) => {
            let in_care = gap.is_none() || care.days.contains(&day);
            i64::from(life.is_enrolled(day) && life.is_alive(day) && in_care)
        }
    }
}

/// Minutes of the events of a day, begun ones in full, without those in an event of other types.
fn minutes(rate: &Rate, life: &Life<'_>, day: Day) -> i64 {
    let of = |types: &[String]| -> Vec<(Day, i64, i64)> {
        let rows = life.event_rows.iter().filter(|row| types.iter().any(|t| t == row.text("type")));
        let timed = rows.filter_map(|row| {
            Some((row.day("start")?, row.instant("start_ts")?, row.instant("end_ts")?))
        });
        timed.collect()
    };
    let others = of(&rate.but_not_during);
    let counted = of(&rate.minutes).into_iter().filter(|(on, _, _)| *on == day);
    let lasts = |(_, start, end): (Day, i64, i64)| {
        let minute = |at: &i64| {
            let at = start + 60 * at;
            !others.iter().any(|(_, from, to)| *from <= at && at < *to)
        };
        let whole = (end - start + 59) / 60;
        i64::try_from((0..whole).filter(minute).count()).expect("a count")
    };
    counted.map(lasts).sum()
}

/// Whether a night is one of a patient who is there, or one of waiting to leave.
fn is_in_bed(rate: &Rate, life: &Life<'_>, day: Day) -> bool {
    if let Some(set) = rate.patient_days {
        // The last nights of a stay stand for the days on leave that it records.
        let on_leave = |stay: &Stay| {
            let from = (stay.discharge - stay.leave).max(stay.admit);
            set.has(stay.level) && (from..stay.discharge).contains(&day)
        };
        let away = life.stays.iter().any(on_leave);
        return life.days_in(set).contains(&day) && !away;
    }
    let set = rate.waiting_nights.expect("one of the two");
    let waits = |stay: &Stay| {
        set.has(stay.level)
            && stay.ready.is_some_and(|ready| ready <= day)
            && (stay.admit..stay.discharge).contains(&day)
    };
    life.days_in(set).contains(&day) && life.stays.iter().any(waits)
}
