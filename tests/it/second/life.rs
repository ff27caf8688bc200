//! One member's record as sets of days.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chrono::Datelike;

use super::contact::{Contact, Crosswalk, in_groups};
use super::definition::{ContactTest, Group, NamedSet, OwnSet, Set};
use super::homes::{self, Home};
use super::phases::{self, Phases};
use super::rows::{Day, Extract, Row, date, ymd};
use super::scores::{self, Instrument, Score};
use super::units::{Of, Unit};

/// Later than every day that is looked at.
pub(super) const NEVER: Day = 1_000_000;

/// What is the same for all members of a run.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) extract: &'a Extract,
    pub(super) crosswalk: &'a Crosswalk,
    pub(super) instruments: &'a [Instrument],
    pub(super) transfer_gap: i32,
    /// Sets of stays that definitions name by their levels.
    pub(super) sets: Vec<OwnSet>,
    /// The first and the last day that anything looks at.
    pub(super) days: (Day, Day),
}

/// A stay.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub(super) id: String,
    pub(super) admit: Day,
    /// [`NEVER`] for an open stay.
    pub(super) discharge: Day,
    pub(super) level: u8,
    pub(super) dx1: String,
    /// The diagnoses after the first.
    pub(super) further: Vec<String>,
    pub(super) facility: String,
    pub(super) agency: String,
    pub(super) disposition: String,
    pub(super) is_planned: bool,
    /// Voluntary or not, or a code; empty if not known.
    pub(super) legal: String,
    pub(super) leave: i32,
    pub(super) ready: Option<Day>,
}

/// Stays that follow one another.
#[derive(Debug, Clone)]
pub(super) struct Spell {
    pub(super) admit: Day,
    pub(super) discharge: Day,
    pub(super) first: Stay,
    pub(super) last: Stay,
    pub(super) stays: Vec<Stay>,
}

/// A visit to an emergency department: all rows of one date.
#[derive(Debug, Clone)]
pub(super) struct EdVisit {
    pub(super) start: Day,
    pub(super) index: Day,
    pub(super) rows: Vec<EdRow>,
    pub(super) dispositions: Vec<String>,
    pub(super) was_admitted: bool,
}

impl EdVisit {
    /// True if a row has a principal diagnosis in one of these groups, or if none is named.
    pub(super) fn is_of(&self, groups: &[Group]) -> bool {
        self.rows.iter().any(|row| in_groups(groups, &row.dx1))
    }
}

/// An assessment with a recommended level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Assessment {
    pub(super) day: Day,
    pub(super) id: String,
    pub(super) recommended: i64,
}

/// A member.
#[derive(Debug)]
pub(super) struct Life<'a> {
    pub(super) id: String,
    pub(super) born: Option<Day>,
    pub(super) sex: String,
    /// The lead clinician of the register, or nothing.
    pub(super) lead: String,
    pub(super) smi_recorded: bool,
    pub(super) sed_recorded: bool,
    pub(super) language: String,
    /// [`NEVER`] for members not known to have died.
    pub(super) death: Day,
    /// Enrolled days, each with the organisation that owns it.
    pub(super) enrolled: BTreeMap<Day, String>,
    /// First and last day and organisation of the span that owns a day.
    spans: BTreeMap<Day, (Day, String, Day)>,
    pub(super) hospice: BTreeSet<Day>,
    pub(super) custody: BTreeSet<Day>,
    pub(super) contacts: Vec<Contact<'a>>,
    pub(super) stays: Vec<Stay>,
    pub(super) inpatient: Vec<Spell>,
    pub(super) residential: Vec<Spell>,
    pub(super) any_24h: Vec<Spell>,
    pub(super) inpatient_days: BTreeSet<Day>,
    pub(super) residential_days: BTreeSet<Day>,
    pub(super) institution_days: BTreeSet<Day>,
    /// Further sets of stays, with their spells and days.
    own_sets: Vec<(OwnSet, Vec<Spell>, BTreeSet<Day>)>,
    pub(super) ed_visits: Vec<EdVisit>,
    pub(super) assessments: Vec<Assessment>,
    pub(super) events: Vec<(Day, &'a str)>,
    pub(super) planned_ends: BTreeSet<Day>,
    /// Rows of events, referrals, plans and outcomes.
    pub(super) event_rows: Vec<&'a Row>,
    pub(super) outcomes: Vec<&'a Row>,
    pub(super) referrals: Vec<&'a Row>,
    pub(super) plans: Vec<&'a Row>,
    pub(super) fills: Vec<&'a Row>,
    pub(super) living: Vec<&'a Row>,
    /// Valid scores in the order of days and ids.
    pub(super) scores: Vec<Score<'a>>,
    /// Day, cents, level.
    pub(super) costs: Vec<(Day, i64, Option<i64>)>,
    pub(super) data_through: Day,
    found: Found,
}

/// What was found out once.
#[derive(Debug, Default)]
struct Found {
    /// Days with contacts by the tests that were put to them, which stand where they stand.
    put: RefCell<BTreeMap<usize, Rc<BTreeSet<Day>>>>,
    treated: OnceCell<Rc<BTreeSet<Day>>>,
    qualified: OnceCell<Rc<BTreeSet<Day>>>,
    /// The highest level of the qualifying contacts of a day.
    levels: OnceCell<BTreeMap<Day, u8>>,
    cares: RefCell<BTreeMap<i32, Rc<Care>>>,
    in_phases: OnceCell<Phases>,
    homes: RefCell<BTreeMap<Day, Home>>,
    carried: RefCell<BTreeMap<(Day, i32), Option<u8>>>,
}

/// A time in care.
#[derive(Debug, Clone, Default)]
pub(super) struct Care {
    /// Days in care, the last one included.
    pub(super) days: BTreeSet<Day>,
    /// The first and the last day of each time in care; no last day if it goes on.
    pub(super) spans: Vec<(Day, Option<Day>)>,
    /// The day on which the gap became a fact, and the last contact before.
    pub(super) lost: Vec<(Day, Day)>,
}

impl<'a> Life<'a> {
    pub(super) fn of(member: &str, world: &World<'a>) -> Self {
        let rows = |table: &str| -> Vec<&'a Row> {
            let all = world.extract.rows(table).iter();
            all.filter(|row| row.text("member_id") == member).collect()
        };
        let about = rows("members").first().copied();
        let born = about.and_then(born);
        let crosswalk = world.crosswalk;
        let lead = about.map_or("", |row| row.text("lead_clinician_id"));
        let plans = rows("care_plans");
        let contact = |row: &&'a Row| {
            let day = row.day("contact_date").expect("every contact has a day");
            let is_minor = born.is_some_and(|born| age(born, day) < 18);
            Contact::of(row, crosswalk, is_minor)
        };
        let contacts: Vec<Contact<'a>> = rows("contacts").iter().map(contact).collect();
        let stays = stays(&rows("stays"), &contacts, world.extract.has("stays"));
        let spells = |levels: &[u8]| {
            let of = stays.iter().filter(|stay| levels.contains(&stay.level)).cloned().collect();
            merged(of, Some(world.transfer_gap))
        };
        let own_sets = world.sets.iter().map(|set| of_set(*set, &stays, world)).collect();
        let (inpatient, residential, any_24h) = (spells(&[6]), spells(&[5]), spells(&[5, 6]));
        let inpatient_days = days_of(&inpatient, world.days);
        let mut residential_days = days_of(&residential, world.days);
        residential_days.retain(|day| !inpatient_days.contains(day));
        let institution_days = days_of(&any_24h, world.days);
        let events: Vec<(Day, &str)> = rows("events")
            .iter()
            .map(|row| (row.day("start").expect("every event has a day"), row.text("type")))
            .collect();
        let mut life = Self {
            id: member.to_owned(),
            born,
            lead: lead.to_owned(),
            sex: about.map_or("", |row| row.text("sex")).to_owned(),
            smi_recorded: about.is_some_and(|row| row.number("smi_sed") == Some(1)),
            sed_recorded: about.is_some_and(|row| row.number("smi_sed") == Some(2)),
            language: about.map_or("", |row| row.text("language")).to_owned(),
            death: death(about, &rows("stays"), &events),
            enrolled: BTreeMap::new(),
            spans: BTreeMap::new(),
            hospice: BTreeSet::new(),
            custody: custody(&rows("events"), world.days),
            ed_visits: ed_visits(&rows("stays"), &contacts),
            contacts,
            stays,
            inpatient,
            residential,
            any_24h,
            inpatient_days,
            residential_days,
            institution_days,
            own_sets,
            assessments: assessments(&rows("outcomes")),
            events,
            planned_ends: planned_ends(&plans),
            event_rows: rows("events"),
            scores: scores::valid(&outcomes(&rows("outcomes")), world.instruments),
            living: rows("living"),
            outcomes: outcomes(&rows("outcomes")),
            referrals: rows("referrals"),
            plans,
            fills: rows("pharmacy"),
            costs: costs(&rows("cost")),
            data_through: world.extract.data_through(),
            found: Found::default(),
        };
        life.enrol(&rows("enrolment"), world, first_day(&rows));
        life
    }

    /// Reading 4: where spans overlap, the later start owns the day, then the greater organisation.
    fn enrol(&mut self, spans: &[&Row], world: &World<'_>, first_day: Option<Day>) {
        let (first, last) = world.days;
        if !world.extract.has("enrolment") {
            for day in first_day.unwrap_or(NEVER)..=self.data_through {
                self.enrolled.insert(day, "unknown".to_owned());
                self.spans.insert(day, (NEVER, String::new(), NEVER));
            }
            return;
        }
        for day in first..=last {
            let covers = |span: &&&Row| {
                span.day("start").expect("every span has a start") <= day
                    && day <= span.day("end").unwrap_or(NEVER)
            };
            let covering: Vec<&Row> = spans.iter().filter(covers).copied().collect();
            if covering.iter().any(|span| span.flag("hospice") == Some(true)) {
                self.hospice.insert(day);
            }
            let of = |span: &Row| {
                let last = span.day("end").unwrap_or(NEVER);
                (span.day("start").unwrap_or(NEVER), span.text("bho_id").to_owned(), last)
            };
            let owner = covering.iter().max_by_key(|span| of(span));
            if let Some(owner) = owner {
                self.spans.insert(day, of(owner));
                let bho = owner.text("bho_id");
                let bho = if bho.is_empty() { "unknown" } else { bho };
                self.enrolled.insert(day, bho.to_owned());
            }
        }
    }

    pub(super) fn is_enrolled(&self, day: Day) -> bool {
        self.enrolled.contains_key(&day)
    }

    /// True if a day that counts is not enrolled, or in another span than others where they must not be.
    pub(super) fn is_left(&self, days: impl Iterator<Item = Day>, one_span: bool) -> bool {
        let spans: Vec<_> = days.map(|day| self.spans.get(&day)).collect();
        spans.contains(&None) || (one_span && spans.windows(2).any(|pair| pair[0] != pair[1]))
    }

    pub(super) fn enrolled_with(&self, day: Day, bho: &str) -> bool {
        self.enrolled.get(&day).is_some_and(|own| own == bho)
    }

    pub(super) fn is_alive(&self, day: Day) -> bool {
        day < self.death
    }

    pub(super) fn bho(&self, day: Day) -> &str {
        self.enrolled.get(&day).map_or("unknown", String::as_str)
    }

    pub(super) fn is_at_risk(&self, day: Day) -> bool {
        self.is_alive(day)
            && self.is_enrolled(day)
            && !self.institution_days.contains(&day)
            && !self.custody.contains(&day)
    }

    /// True if the age lies in a range; if it is not known, as that of an adult does.
    pub(super) fn is_aged(&self, day: Day, from: i32, to: i32) -> bool {
        self.age(day).map_or(from >= 18 || to >= 120, |age| (from..=to).contains(&age))
    }

    pub(super) fn age(&self, day: Day) -> Option<i32> {
        self.born.map(|born| age(born, day))
    }

    /// The band of the usual break-down by age.
    pub(super) fn age_band(&self, day: Day) -> &'static str {
        match self.age(day) {
            None => "unknown",
            Some(0..=5) => "0-5",
            Some(6..=12) => "6-12",
            Some(13..=17) => "13-17",
            Some(18..=20) => "18-20",
            Some(21..=25) => "21-25",
            Some(26..=44) => "26-44",
            Some(45..=64) => "45-64",
            Some(_) => "65+",
        }
    }

    pub(super) fn spells(&self, set: Set) -> &[Spell] {
        match set {
            Set::Named(NamedSet::Inpatient) => &self.inpatient,
            Set::Named(NamedSet::Residential) => &self.residential,
            Set::Named(NamedSet::Any) => &self.any_24h,
            Set::Own(own) => &self.own_set(own).1,
        }
    }

    pub(super) fn days_in(&self, set: Set) -> &BTreeSet<Day> {
        match set {
            Set::Named(NamedSet::Inpatient) => &self.inpatient_days,
            Set::Named(NamedSet::Residential) => &self.residential_days,
            Set::Named(NamedSet::Any) => &self.institution_days,
            Set::Own(own) => &self.own_set(own).2,
        }
    }

    fn own_set(&self, wanted: OwnSet) -> &(OwnSet, Vec<Spell>, BTreeSet<Day>) {
        self.own_sets.iter().find(|own| own.0 == wanted).expect("every set of a definition")
    }

    /// True if a spell of a set is the unit itself, or the single stay with which the unit began.
    pub(super) fn is_own(unit: &Unit<'_>, set: Set, spell: &Spell) -> bool {
        let (Of::Discharge(own) | Of::Admission(own)) = unit.of else { return false };
        let stay = |spell: &Spell| (spell.first.admit, spell.first.level, spell.first.id.clone());
        let is_single = matches!(set, Set::Own(OwnSet { single: true, .. }));
        std::ptr::eq(own, spell) || (is_single && stay(own) == stay(spell))
    }

    /// The days with a contact that passes a test; each test is put once.
    pub(super) fn contact_days(&self, test: &ContactTest) -> Rc<BTreeSet<Day>> {
        let mut put = self.found.put.borrow_mut();
        let days = put.entry(std::ptr::from_ref(test).addr()).or_insert_with(|| {
            let passing = self.contacts.iter().filter(|contact| contact.passes(test));
            Rc::new(passing.map(|contact| contact.day).collect())
        });
        Rc::clone(days)
    }

    fn days_where(&self, holds: impl Fn(&Contact<'_>) -> bool) -> BTreeSet<Day> {
        self.contacts.iter().filter(|one| holds(one)).map(|contact| contact.day).collect()
    }

    pub(super) fn qualifying_days(&self) -> Rc<BTreeSet<Day>> {
        let found = || Rc::new(self.days_where(|contact| contact.is_qualifying));
        Rc::clone(self.found.qualified.get_or_init(found))
    }

    pub(super) fn treatment_days(&self) -> Rc<BTreeSet<Day>> {
        let found = || Rc::new(self.days_where(|contact| contact.is_treatment));
        Rc::clone(self.found.treated.get_or_init(found))
    }

    /// The highest level of the qualifying contacts of a day.
    pub(super) fn contact_level_on(&self, day: Day) -> Option<u8> {
        let levels = self.found.levels.get_or_init(|| {
            let mut levels = BTreeMap::new();
            for contact in self.contacts.iter().filter(|contact| contact.is_qualifying) {
                let level = levels.entry(contact.day).or_insert(contact.level);
                *level = contact.level.max(*level);
            }
            levels
        });
        levels.get(&day).copied()
    }

    /// Reading 28: a day with a qualifying contact or in an institution, at its highest level.
    pub(super) fn level_on(&self, day: Day) -> Option<u8> {
        let in_bed = self.is_alive(day) && self.institution_days.contains(&day);
        match (in_bed, self.inpatient_days.contains(&day)) {
            (true, true) => Some(6),
            (true, false) => Some(5),
            (false, _) => self.contact_level_on(day),
        }
    }

    /// The level of a day in an institution, or of the last contact of the day or so many days before
    /// it; found once.
    pub(super) fn level_carried(&self, day: Day, days: i32) -> Option<u8> {
        let find = || {
            if self.institution_days.contains(&day) {
                return self.level_on(day);
            }
            let mut earlier = (day - days..=day).rev();
            let last = earlier.find_map(|earlier| self.contact_level_on(earlier));
            last.filter(|_| self.is_alive(day))
        };
        *self.found.carried.borrow_mut().entry((day, days)).or_insert_with(find)
    }

    /// The home of a day, found once.
    pub(super) fn home_on(&self, day: Day) -> Home {
        *self.found.homes.borrow_mut().entry(day).or_insert_with(|| homes::on(self, day))
    }

    /// Section 1.5: recorded, or a severe diagnosis on two contact-days at least 30 days apart or in
    /// an inpatient spell, within the 24 months up to `end`.
    pub(super) fn has_smi(&self, start: Day, end: Day) -> bool {
        let severe = |code: &str| !code.is_empty() && in_groups(&[Group::Severe], code);
        let days = self.days_where(|contact| {
            contact.is_qualifying
                && (start..=end).contains(&contact.day)
                && (1..=5).any(|n| severe(contact.row.text(&format!("dx{n}"))))
        });
        let apart = days.last().zip(days.first()).is_some_and(|(last, first)| last - first >= 30);
        let spell = self.inpatient.iter().any(|spell| {
            spell.admit <= end
                && spell.discharge >= start
                && (severe(&spell.first.dx1) || severe(&spell.last.dx1))
        });
        self.smi_recorded || apart || spell
    }

    /// The phases of recovery, found once.
    pub(super) fn phases(&self) -> &Phases {
        self.found.in_phases.get_or_init(|| phases::of(self))
    }

    /// Times in care for a gap, found once.
    pub(super) fn care(&self, gap: i32) -> Rc<Care> {
        let known = self.found.cares.borrow().get(&gap).cloned();
        known.unwrap_or_else(|| {
            let care = Rc::new(self.followed(gap));
            self.found.cares.borrow_mut().insert(gap, Rc::clone(&care));
            care
        })
    }

    /// Readings 24 and 25, one day after the other.
    fn followed(&self, gap: i32) -> Care {
        let (treatment, qualifying) = (self.treatment_days(), self.qualifying_days());
        let mut care = Care::default();
        let Some(first) = treatment.first().copied() else { return care };
        let (mut in_care, mut clock) = (false, 0);
        let (mut earlier, mut last_contact) = (None, first);
        for day in first..=self.data_through {
            if treatment.contains(&day) {
                if !in_care && earlier.is_some_and(|earlier| day - earlier <= 180) {
                    in_care = true;
                    care.spans.push((day, None));
                }
                earlier = Some(day);
            }
            if qualifying.contains(&day) {
                clock = 0;
                last_contact = day;
            } else if in_care && self.is_at_risk(day) {
                clock += 1;
            }
            if in_care {
                care.days.insert(day);
            }
            let planned = self.planned_ends.contains(&day);
            let lost = in_care && !planned && clock == gap;
            if lost {
                care.lost.push((day, last_contact));
            }
            if lost || planned {
                if in_care && let Some(span) = care.spans.last_mut() {
                    span.1 = Some(day);
                }
                (in_care, clock, earlier) = (false, 0, None);
            }
        }
        care
    }
}

fn born(row: &Row) -> Option<Day> {
    let year = i32::try_from(row.number("birth_year")?).ok()?;
    let month = row.number("birth_month").and_then(|month| u32::try_from(month).ok());
    Some(ymd(year, month.unwrap_or(1), 1))
}

fn age(born: Day, day: Day) -> i32 {
    let (born, day) = (date(born), date(day));
    let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
    day.year() - born.year() - i32::from(before_birthday)
}

/// Reading 6: the earliest of the recorded date, a `death` event and a discharge as dead.
fn death(about: Option<&Row>, stays: &[&Row], events: &[(Day, &str)]) -> Day {
    let recorded = about.and_then(|row| row.day("death_date"));
    let event = events.iter().filter(|(_, what)| *what == "death").map(|(day, _)| *day);
    let died = stays.iter().filter(|row| row.text("discharge_disposition") == "died");
    let discharge = died.filter_map(|row| row.day("discharge"));
    recorded.into_iter().chain(event).chain(discharge).min().unwrap_or(NEVER)
}

/// Reading 27: start ≤ d < end.
fn custody(events: &[&Row], (_, last): (Day, Day)) -> BTreeSet<Day> {
    let of = |what: &str| -> Vec<&Row> {
        events.iter().filter(|row| row.text("type") == what).copied().collect()
    };
    let (starts, ends) = (of("incarceration_start"), of("incarceration_end"));
    let days = |rows: &[&Row]| -> BTreeSet<Day> {
        rows.iter().map(|row| row.day("start").expect("every event has a day")).collect()
    };
    let mut custody = BTreeSet::new();
    let (known, open): (Vec<&Row>, Vec<&Row>) =
        starts.into_iter().partition(|row| row.day("end").is_some());
    for row in known {
        custody.extend(row.day("start").expect("a day")..row.day("end").expect("a day"));
    }
    let (opened, released) = (days(&open), days(&ends));
    let mut inside = false;
    for day in opened.first().copied().unwrap_or(last + 1)..=last {
        let was_inside = inside || custody.contains(&(day - 1));
        // Whoever was in custody is released before being taken again; else it is one short custody.
        inside = match (was_inside, released.contains(&day)) {
            (true, true) => opened.contains(&day),
            (false, true) => false,
            (_, false) => inside || opened.contains(&day),
        };
        if inside {
            custody.insert(day);
        }
    }
    custody
}

/// Reading 12: the level if given, else that of the facility; nothing for emergency departments, and
/// for nursing care of which no level is given.
fn level_of_stay(row: &Row) -> Option<u8> {
    let class = row.text("facility_class");
    if class == "ed" {
        return None;
    }
    match (row.number("level"), class) {
        (Some(level @ 0..=6), _) => u8::try_from(level).ok(),
        (None, "rtf" | "prtf" | "crisis_stab" | "residential_sud") => Some(5),
        (None, "acute_psych" | "state_psych" | "general_hospital" | "wm_inpatient") => Some(6),
        _ => None,
    }
}

/// The codes of a row beside the principal one.
fn further_of(row: &Row) -> Vec<String> {
    (2..=5).map(|n| row.text(&format!("dx{n}")).to_owned()).collect()
}

fn stays(rows: &[&Row], contacts: &[Contact<'_>], delivered: bool) -> Vec<Stay> {
    if !delivered {
        return [6, 5].into_iter().flat_map(|level| derived(contacts, level)).collect();
    }
    let stay = |row: &&Row| {
        Some(Stay {
            id: row.text("stay_id").to_owned(),
            admit: row.day("admit").expect("every stay has a first day"),
            discharge: row.day("discharge").unwrap_or(NEVER),
            level: level_of_stay(row)?,
            dx1: row.text("dx1").to_owned(),
            further: further_of(row),
            facility: row.text("facility_class").to_owned(),
            agency: row.text("agency_id").to_owned(),
            disposition: row.text("discharge_disposition").to_owned(),
            is_planned: row.flag("planned") == Some(true),
            legal: row.text("admit_legal").to_owned(),
            leave: row.number("leave_days").and_then(|n| i32::try_from(n).ok()).unwrap_or(0),
            ready: row.day("ready_date"),
        })
    };
    rows.iter().filter_map(stay).collect()
}

/// Section 1.4 and reading 16: consecutive days of 24-hour care billed as contacts.
fn derived(contacts: &[Contact<'_>], level: u8) -> Vec<Stay> {
    let of_level = |contact: &&Contact<'_>| {
        contact.status == "attended"
            && contact.is_day_of_24h
            && contact.is_inpatient() == (level == 6)
    };
    let mut rows: Vec<&Contact<'_>> = contacts.iter().filter(of_level).collect();
    rows.sort_by_key(|contact| (contact.day, contact.row.text("contact_id")));
    let mut found: Vec<Stay> = Vec::new();
    for contact in rows {
        let dx1 = contact.row.text("dx1");
        match found.last_mut() {
            // The night after the last day belongs to the stay, so it ends on the next day.
            Some(stay) if contact.day <= stay.discharge => {
                stay.discharge = contact.day + 1;
                if !dx1.is_empty() {
                    dx1.clone_into(&mut stay.dx1);
                }
            }
            _ => found.push(Stay {
                id: String::new(),
                admit: contact.day,
                discharge: contact.day + 1,
                level,
                dx1: dx1.to_owned(),
                further: Vec::new(),
                facility: String::new(),
                agency: String::new(),
                disposition: String::new(),
                is_planned: false,
                legal: String::new(),
                leave: 0,
                ready: None,
            }),
        }
    }
    found
}

/// Section 1.4 and reading 13; without a gap each stay is a spell.
fn merged(mut stays: Vec<Stay>, gap: Option<i32>) -> Vec<Spell> {
    stays.sort_by_key(|stay| (stay.admit, stay.discharge, stay.id.clone()));
    let mut spells: Vec<Spell> = Vec::new();
    for stay in stays {
        match spells.last_mut() {
            Some(spell)
                if gap.is_some_and(|gap| stay.admit <= spell.discharge.saturating_add(gap)) =>
            {
                spell.discharge = spell.discharge.max(stay.discharge);
                let key = |stay: &Stay| (stay.discharge, stay.admit, stay.id.clone());
                if key(&stay) > key(&spell.last) {
                    spell.last = stay.clone();
                }
                spell.stays.push(stay);
            }
            _ => spells.push(Spell {
                admit: stay.admit,
                discharge: stay.discharge,
                first: stay.clone(),
                last: stay.clone(),
                stays: vec![stay],
            }),
        }
    }
    spells
}

/// The spells and days of a set that a definition names by its levels.
fn of_set(set: OwnSet, stays: &[Stay], world: &World<'_>) -> (OwnSet, Vec<Spell>, BTreeSet<Day>) {
    let of = stays.iter().filter(|stay| Set::Own(set).has(stay.level)).cloned().collect();
    let gap = set.gap.unwrap_or(world.transfer_gap);
    let spells = merged(of, (!set.single).then_some(gap));
    let days = days_of(&spells, world.days);
    (set, spells, days)
}

fn days_of(spells: &[Spell], (_, last): (Day, Day)) -> BTreeSet<Day> {
    spells.iter().flat_map(|spell| spell.admit..spell.discharge.min(last + 1)).collect()
}

/// A row that says of a visit to an emergency department.
#[derive(Debug, Clone)]
pub(super) struct EdRow {
    start: Day,
    index: Day,
    id: String,
    pub(super) dx1: String,
    pub(super) further: Vec<String>,
    disposition: String,
    was_admitted: bool,
    /// Seconds, where both instants are known.
    pub(super) lasted: Option<i64>,
}

/// Reading 20: rows of stays and contacts, one visit per date.
fn ed_visits(stays: &[&Row], contacts: &[Contact<'_>]) -> Vec<EdVisit> {
    let mut rows: Vec<EdRow> = Vec::new();
    for row in stays.iter().filter(|row| row.text("facility_class") == "ed") {
        let start = row.day("admit").expect("every stay has a first day");
        rows.push(EdRow {
            start,
            index: row.day("discharge").unwrap_or(start),
            id: row.text("stay_id").to_owned(),
            dx1: row.text("dx1").to_owned(),
            further: further_of(row),
            disposition: row.text("discharge_disposition").to_owned(),
            was_admitted: false,
            lasted: row.instant("discharge_ts").zip(row.instant("admit_ts")).map(|(a, b)| a - b),
        });
    }
    for contact in contacts {
        if contact.status == "attended" && contact.row.flag("ed_flag") == Some(true) {
            rows.push(EdRow {
                start: contact.day,
                index: contact.day,
                id: contact.row.text("contact_id").to_owned(),
                dx1: contact.row.text("dx1").to_owned(),
                further: further_of(contact.row),
                disposition: String::new(),
                was_admitted: contact.row.flag("ed_admitted") == Some(true),
                lasted: None,
            });
        }
    }
    rows.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    let dates: BTreeSet<Day> = rows.iter().map(|row| row.index).collect();
    let visit = |index: Day| {
        let of: Vec<&EdRow> = rows.iter().filter(|row| row.index == index).collect();
        EdVisit {
            start: of.iter().map(|row| row.start).min().expect("a date has a row"),
            index,
            dispositions: of.iter().map(|row| row.disposition.clone()).collect(),
            was_admitted: of.iter().any(|row| row.was_admitted),
            rows: of.into_iter().cloned().collect(),
        }
    };
    dates.into_iter().map(visit).collect()
}

/// Records of outcomes in the order of their days, on one day of their ids.
fn outcomes<'a>(rows: &[&'a Row]) -> Vec<&'a Row> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| (row.day("date"), row.text("outcome_id")));
    rows
}

fn assessments(rows: &[&Row]) -> Vec<Assessment> {
    let of = |row: &&Row| {
        (row.text("record_type") == "assessment").then_some(())?;
        Some(Assessment {
            day: row.day("date").expect("every record has a day"),
            id: row.text("outcome_id").to_owned(),
            recommended: row.number("recommended_level")?,
        })
    };
    let mut found: Vec<Assessment> = rows.iter().filter_map(of).collect();
    found.sort();
    found
}

/// Reading 25.
fn planned_ends(plans: &[&Row]) -> BTreeSet<Day> {
    let planned = ["completed", "transferred", "moved", "died"];
    let ended = plans.iter().filter(|row| planned.contains(&row.text("end_reason")));
    ended.filter_map(|row| row.day("ended")).collect()
}

/// Reading 30: the first present of three amounts.
fn costs(rows: &[&Row]) -> Vec<(Day, i64, Option<i64>)> {
    let cost = |row: &&Row| {
        let names = ["amount_paid", "amount_allowed", "std_price"];
        let amount = names.iter().find(|name| !row.text(name).is_empty())?;
        Some((row.day("service_date")?, row.cents(amount)?, row.number("level")))
    };
    rows.iter().filter_map(cost).collect()
}

/// The first dated row of any table that says that a member was there.
fn first_day<'a>(rows: &impl Fn(&str) -> Vec<&'a Row>) -> Option<Day> {
    let columns = [
        ("contacts", "contact_date"),
        ("stays", "admit"),
        ("outcomes", "date"),
        ("referrals", "date"),
        ("care_plans", "created"),
        ("events", "start"),
        ("living", "start"),
        ("cost", "service_date"),
        ("pharmacy", "fill_date"),
    ];
    let days = columns.iter().flat_map(|(table, column)| {
        rows(table).into_iter().filter_map(|row| row.day(column)).collect::<Vec<_>>()
    });
    days.min()
}
