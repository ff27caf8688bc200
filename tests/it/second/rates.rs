//! Things counted day by day over person-time.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::contact::Contact;
use super::course::met;
use super::definition::{Index, Organisation, Rate};
use super::life::{Care, Life, Stay};
use super::rows::{Day, Row, month_start};
use super::units::{Of, Unit, considered};

/// What a rate counts of a member, and what it is divided by.
#[derive(Debug)]
pub(super) struct Things<'a> {
    rate: &'a Rate,
    life: &'a Life<'a>,
    care: Rc<Care>,
    /// What happens on single days, whoever is enrolled.
    happened: BTreeMap<Day, i64>,
    over: Option<Box<Things<'a>>>,
}

impl<'a> Things<'a> {
    pub(super) fn of(rate: &'a Rate, life: &'a Life<'a>) -> Self {
        let mut happened = BTreeMap::new();
        for (day, amount) in happenings(rate, life) {
            *happened.entry(day).or_insert(0) += amount;
        }
        Self {
            rate,
            life,
            care: rate.disengagements.map(|gap| life.care(gap)).unwrap_or_default(),
            happened,
            over: rate.over.as_ref().map(|over| Box::new(Self::of(over, life))),
        }
    }

    /// How much of a thing falls on a day. Readings 26 and 30: events count on enrolled days up to
    /// death, nights and person-time on alive enrolled days.
    pub(super) fn on(&self, day: Day) -> i64 {
        let (rate, life) = (self.rate, self.life);
        if !life.is_enrolled(day) || day > life.death || self.is_by_row() {
            return 0;
        }
        let is_day = |holds: bool| i64::from(holds && life.is_alive(day));
        if let Some(set) = rate.nights {
            return is_day(life.days_in(set).contains(&day));
        }
        if rate.patient_days.is_some() || rate.waiting_nights.is_some() {
            return is_day(is_in_bed(rate, life, day));
        }
        if !rate.phase_days.is_empty() {
            return is_day(life.phases().on(day).is_some_and(|on| rate.phase_days.contains(&on)));
        }
        if rate
            .in_phase
            .is_some_and(|phase| !life.is_alive(day) || life.phases().on(day) != Some(phase))
        {
            return 0;
        }
        if rate.community_days {
            return is_day(life.is_at_risk(day));
        }
        if rate.custody_days {
            return is_day(life.custody.contains(&day));
        }
        if !rate.waiting.is_empty() {
            return is_day(day == month_start(day, 1) - 1 && is_waiting(rate, life, day));
        }
        if rate.disengagements.is_some() {
            let lost = self.care.lost.iter().filter(|(lost, _)| *lost == day);
            return i64::try_from(lost.count()).expect("a count");
        }
        self.happened.get(&day).copied().unwrap_or(0)
    }

    fn is_by_row(&self) -> bool {
        self.rate.organisation == Some(Organisation::Row)
    }

    /// What belongs to the organisations that rows name, of everyone and of each of them.
    pub(super) fn by_row(&self, (first, last): (Day, Day)) -> BTreeMap<&'a str, i64> {
        let (rate, life) = (self.rate, self.life);
        let mut found = BTreeMap::new();
        if !self.is_by_row() {
            return found;
        }
        let test = rate.served.as_ref().or(rate.contacts.as_ref()).expect("contacts");
        let counts = |one: &&Contact<'_>| {
            one.passes(test) && first <= one.day && one.day <= last.min(life.death)
        };
        for one in life.contacts.iter().filter(counts) {
            let who = one.organisation();
            let is_enrolled =
                (first..=last).any(|day| life.is_alive(day) && life.enrolled_with(day, who));
            for group in ["all of them", who] {
                if rate.served.is_none() {
                    *found.entry(group).or_insert(0) += rate.by.map_or(1, |by| one.amount(by));
                } else if is_enrolled {
                    found.insert(group, 1);
                }
            }
        }
        found
    }

    /// The same of what it is divided by.
    pub(super) fn under_by_row(&self, period: (Day, Day)) -> BTreeMap<&'a str, i64> {
        self.over.as_ref().map(|over| over.by_row(period)).unwrap_or_default()
    }

    /// What a rate is divided by: another thing, days in care, or alive enrolled days.
    pub(super) fn under(&self, day: Day) -> i64 {
        match (&self.over, self.rate.disengagements) {
            (Some(other), _) => other.on(day),
            (None, gap) => {
                let in_care = gap.is_none() || self.care.days.contains(&day);
                i64::from(self.life.is_enrolled(day) && self.life.is_alive(day) && in_care)
            }
        }
    }
}

/// Things that happen on single days, each with how much of it.
fn happenings(rate: &Rate, life: &Life<'_>) -> Vec<(Day, i64)> {
    let once = |day: Day| (day, 1);
    if !rate.minutes.is_empty() {
        return minutes(rate, life);
    }
    if let Some(set) = rate.admissions {
        return life.spells(set).iter().map(|spell| once(spell.admit)).collect();
    }
    if !rate.events.is_empty() {
        let of = |(_, what): &&(Day, &str)| rate.events.iter().any(|one| one == what);
        return life.events.iter().filter(of).map(|(day, _)| once(*day)).collect();
    }
    if rate.ed_visits {
        let of = life.ed_visits.iter();
        let of = of.filter(|visit| visit.is_of(&rate.diagnosis));
        return of.map(|visit| once(visit.index)).collect();
    }
    if let Some(test) = rate.served.as_ref().or(rate.contacts.as_ref()) {
        let of = life.contacts.iter().filter(|contact| contact.passes(test));
        return of.map(|one| (one.day, rate.by.map_or(1, |by| one.amount(by)))).collect();
    }
    if rate.cost {
        let of = life.costs.iter().filter(|(.., level)| in_levels(rate.level, *level));
        return of.map(|(day, cents, _)| (*day, *cents)).collect();
    }
    if rate.goals_closed || rate.goals_attained {
        let column = if rate.goals_closed { "goals_closed" } else { "goals_attained" };
        // A goal that was closed says nothing where it is not known whether it was attained.
        let is_known = |row: &&&Row| {
            row.number("goals_closed").is_some() && row.number("goals_attained").is_some()
        };
        let of = life.plans.iter().filter(is_known);
        return of.filter_map(|row| Some((row.day("created")?, row.number(column)?))).collect();
    }
    if rate.deaths {
        return vec![once(life.death)];
    }
    if let Some(index) = rate.units.as_ref().or(rate.members_with.as_ref()) {
        return units(index, life).iter().map(|unit| once(unit.day)).collect();
    }
    if !rate.money_of.is_empty() {
        return money(&rate.money_of, life);
    }
    let of_days = rate.nights.is_some()
        || rate.patient_days.is_some()
        || rate.waiting_nights.is_some()
        || rate.community_days
        || rate.custody_days
        || rate.disengagements.is_some()
        || !rate.waiting.is_empty()
        || !rate.phase_days.is_empty();
    assert!(of_days, "a rate of nothing that is known here: {rate:?}");
    Vec::new()
}

/// True if a level is in a range of levels, or none is named.
pub(super) fn in_levels(levels: Option<[u8; 2]>, level: Option<i64>) -> bool {
    levels.is_none_or(|[from, to]| {
        level.is_some_and(|level| (i64::from(from)..=i64::from(to)).contains(&level))
    })
}

/// The units that a rate counts.
fn units<'a>(index: &'a Index, life: &'a Life<'_>) -> Vec<Unit<'a>> {
    let mut units = considered(index, None, life);
    // What is not known to be complete is no unit yet.
    units.retain(|unit| unit.day <= life.data_through);
    units.retain(|unit| index.met.as_ref().is_none_or(|one| met(one, life, unit).is_some()));
    units
}

/// Cost lines of the days of some units, each once; of whole episodes their sum, on the last day.
fn money(of: &[Index], life: &Life<'_>) -> Vec<(Day, i64)> {
    let mut covered: Vec<(Day, Day, Option<[u8; 2]>)> = Vec::new();
    let mut found = Vec::new();
    for index in of {
        if let Some(until) = index.whole_until {
            for unit in units(index, life) {
                let Of::Episode { start } = unit.of else { panic!("only of episodes") };
                let days = start..=unit.day + until;
                let is_own = |day: &Day| days.contains(day) && life.is_enrolled(*day);
                let lines = life.costs.iter().filter(|(day, ..)| is_own(day));
                found.push((unit.day, lines.map(|(_, cents, _)| cents).sum()));
            }
            continue;
        }
        let lines = index.lines.expect("which lines");
        for unit in units(index, life) {
            let (first, last) = match unit.of {
                Of::Admission(spell) | Of::Discharge(spell) => (spell.admit, spell.discharge),
                Of::EdVisit(visit, _) => (visit.start, visit.index),
                _ => (unit.day, unit.day),
            };
            covered.push((first, last, lines.level));
        }
    }
    let belongs = |(day, _, level): &&(Day, i64, Option<i64>)| {
        let is_in = |(from, to, levels): &(Day, Day, Option<[u8; 2]>)| {
            from <= day && day <= to && in_levels(*levels, *level)
        };
        covered.iter().any(is_in)
    };
    let lines = life.costs.iter().filter(belongs).map(|(day, cents, _)| (*day, *cents));
    found.into_iter().chain(lines).collect()
}

/// True if a referral of at most so many days has not been attended, and it is known to wait or to be
/// turned away; of the members with a last recommended level of a year, those in a range of levels.
fn is_waiting(rate: &Rate, life: &Life<'_>, day: Day) -> bool {
    let open = |row: &Row| {
        let made = row.day("date").expect("every referral has a day");
        let most = rate.most_days.expect("a most of days");
        (day - most..=day).contains(&made)
            && rate.waiting.iter().any(|one| one == row.text("status"))
            && (rate.sector.is_empty()
                || rate.sector.iter().any(|one| one == row.text("to_sector")))
            && row.day("first_attended_date").is_none_or(|attended| attended > day)
    };
    let level = || {
        let of = life.assessments.iter().filter(|one| (day - 365..=day).contains(&one.day));
        of.max_by_key(|one| (one.day, &one.id)).map(|one| one.recommended)
    };
    life.referrals.iter().any(|row| open(row))
        && rate
            .recommended
            .is_none_or(|[from, to]| level().is_some_and(|level| (from..=to).contains(&level)))
}

/// Minutes of events by day, begun ones in full, without those in an event of other types.
fn minutes(rate: &Rate, life: &Life<'_>) -> Vec<(Day, i64)> {
    let of = |types: &[String]| -> Vec<(Day, i64, i64)> {
        let rows = life.event_rows.iter().filter(|row| types.iter().any(|t| t == row.text("type")));
        let timed = rows.filter_map(|row| {
            Some((row.day("start")?, row.instant("start_ts")?, row.instant("end_ts")?))
        });
        timed.collect()
    };
    let mut others = of(&rate.but_not_during);
    let mut own = of(&rate.minutes);
    own.sort_by_key(|(_, start, end)| (*start, *end));
    let mut found = Vec::new();
    for (day, start, end) in own {
        let counts = |at: &i64| !others.iter().any(|(_, from, to)| (*from..*to).contains(at));
        let seconds = i64::try_from((start..end).filter(counts).count()).expect("a count");
        found.push((day, (seconds + 59) / 60));
        others.push((day, start, end));
    }
    found
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
