//! A served member's way through the system of care, day by day.

use super::chance::Dice;
use super::member::Member;
use super::need::{Course, Need};
use super::record::Plan;
use super::region::{Agency, Home};
use super::rows::Rows;
use super::services;
use crate::terms::Day;

/// No day that ever comes.
const NEVER: Day = Day(i32::MAX / 2);
/// A day before all others.
const LONG_AGO: Day = Day(i32::MIN / 2);

/// How many rows of each kind the member has, for their keys.
#[derive(Default)]
pub(super) struct Serials {
    pub(super) contact: i32,
    pub(super) stay: i32,
    pub(super) outcome: i32,
    pub(super) referral: i32,
    pub(super) plan: i32,
    pub(super) event: i32,
    pub(super) claim: i32,
}

/// What is due on which day; `NEVER` and `LONG_AGO` stand for "not at all" and "at any time".
pub(super) struct Due {
    /// First contact of the first episode.
    pub(super) begin: Day,
    pub(super) visit: Day,
    /// No planned visit before this day.
    pub(super) quiet_until: Day,
    /// First contact after a discharge.
    pub(super) follow_up: Day,
    pub(super) readmission: Day,
    /// Care around the clock after an assessment.
    pub(super) placement: Day,
    /// Back in care after outreach.
    pub(super) comeback: Day,
    pub(super) outreach: Day,
    /// Planned end of the episode.
    pub(super) end: Day,
    pub(super) assessment: Day,
    pub(super) score: Day,
    pub(super) status: Day,
    pub(super) fill: Day,
}

/// One member's life in the data.
pub(super) struct Life<'r, 'c> {
    pub(super) member: &'r Member,
    pub(super) need: Need,
    pub(super) course: &'static Course,
    pub(super) dice: Dice,
    pub(super) rows: &'r mut Rows<'c>,
    pub(super) serials: Serials,
    pub(super) due: Due,
    pub(super) home: Home,
    pub(super) agency: Agency,
    pub(super) diagnosis: &'static str,
    /// Days between visits.
    pub(super) rhythm: i32,
    /// How easily things go wrong, in percent.
    pub(super) fragility: i32,
    pub(super) in_care: bool,
    /// In a stay or in custody before this day.
    pub(super) away_until: Day,
    /// The first visit of a new member.
    pub(super) started: Option<Day>,
    /// Last day the member was seen.
    pub(super) seen: Day,
    /// Attempts at outreach that are left.
    pub(super) attempts: i32,
    /// Daily intensive programme up to this day.
    pub(super) intensive_until: Day,
    pub(super) plan: Option<Plan>,
    /// The last score, as a share of the instrument's range in percent.
    pub(super) distress: i32,
    /// Cost of the month so far: month as a number, cents, last day.
    pub(super) bill: (i32, i32, Day),
}

/// Lives a member's life into rows.
pub(super) fn live(member: &Member, need: Need, dice: Dice, rows: &mut Rows<'_>) {
    let mut life = Life::new(member, need, dice, rows);
    life.other_events();
    life.live_spans();
    life.beside();
}

/// Persistent needs are mostly in care before the data begin; episodes begin at any time.
fn draw_begin(need: Need, first: Day, last: Day, dice: &mut Dice) -> Day {
    let days = last - first;
    let before = match need {
        Need::Episodic => 14,
        Need::Persistent | Need::High => 82,
        Need::Substance => 44,
        Need::Youth => 62,
    };
    if dice.percent(before) { first - dice.between(1, 200) } else { first + dice.below(days) }
}

impl<'r, 'c> Life<'r, 'c> {
    fn new(member: &'r Member, need: Need, mut dice: Dice, rows: &'r mut Rows<'c>) -> Self {
        let course = need.course();
        let fragility = dice.weighted(&[(50, 25), (30, 90), (14, 220), (6, 500)]);
        let (diagnosis, rhythm) = (dice.pick(course.diagnoses), dice.pick(course.rhythm));
        let begin = draw_begin(need, rows.calendar.first, rows.calendar.last, &mut dice);
        let home = member.spans[0].home;
        let due = Due::at_birth(begin, &mut dice);
        let distress = dice.between(45, 90);
        Self {
            member,
            need,
            course,
            dice,
            rows,
            serials: Serials::default(),
            due,
            home,
            agency: member.agency,
            diagnosis,
            rhythm,
            fragility,
            in_care: false,
            away_until: LONG_AGO,
            started: None,
            seen: LONG_AGO,
            attempts: 0,
            intensive_until: LONG_AGO,
            plan: None,
            distress,
            bill: (0, 0, LONG_AGO),
        }
    }
}

impl Due {
    fn at_birth(begin: Day, dice: &mut Dice) -> Self {
        Self {
            begin,
            visit: NEVER,
            quiet_until: LONG_AGO,
            follow_up: NEVER,
            readmission: NEVER,
            placement: NEVER,
            comeback: NEVER,
            outreach: NEVER,
            end: NEVER,
            assessment: begin + dice.between(20, 170),
            score: begin + dice.between(0, 50),
            status: begin + dice.between(0, 160),
            fill: LONG_AGO,
        }
    }
}

impl Life<'_, '_> {
    fn live_spans(&mut self) {
        let calendar = self.rows.calendar;
        let last = self.member.death.map_or(calendar.last, |death| death.min(calendar.last));
        let mut previous: Option<Day> = None;
        for span in &self.member.spans {
            let from = span.start.max(calendar.first);
            let to = span.end.map_or(last, |end| end.min(last));
            self.enter(span.home, previous.map(|end| from - end), from);
            let mut day = from;
            while day <= to {
                if day < self.away_until {
                    day = self.away_until;
                    continue;
                }
                self.day(day);
                day = day + 1;
            }
            previous = Some(to);
        }
        self.close();
    }

    /// A new span: another BHO means another agency, a gap often means falling silent.
    fn enter(&mut self, home: Home, gap: Option<i32>, day: Day) {
        if home.bho != self.agency.bho {
            self.agency = Agency::draw(home.bho, &mut self.dice);
        }
        self.home = home;
        if gap.is_some_and(|days| days > 1) && self.in_care && self.dice.percent(45) {
            self.in_care = false;
        }
        if self.due.follow_up < day {
            self.due.follow_up = NEVER;
        }
        self.due.readmission =
            if self.due.readmission < day { NEVER } else { self.due.readmission };
    }

    fn day(&mut self, day: Day) {
        if self.due.readmission <= day {
            self.due.readmission = NEVER;
            return self.admit(day, false);
        }
        if self.due.placement <= day {
            self.due.placement = NEVER;
            return self.place(day);
        }
        if self.acute(day) {
            return;
        }
        if self.due.follow_up <= day {
            self.due.follow_up = NEVER;
            self.return_to_care(day, services::FOLLOW_UP);
        } else if self.in_care {
            if self.due.visit <= day && self.due.quiet_until <= day {
                self.visit(day);
            }
        } else if self.due.begin <= day {
            self.due.begin = NEVER;
            self.begin(day);
        } else if self.due.begin == NEVER && self.due.quiet_until <= day {
            self.silent_day(day);
        }
    }

    /// Crisis, emergency department, hospital, custody: true if the day is taken.
    fn acute(&mut self, day: Day) -> bool {
        let draw = self.dice.below(1_000_000);
        let sharp = |rate: i32| rate * self.fragility / 100 * self.rows.calendar.acuity(day) / 100;
        let admission = sharp(self.course.admission);
        let emergency = admission + sharp(self.course.emergency);
        let crisis = emergency + sharp(self.course.crisis);
        let custody = crisis + self.course.custody;
        match draw {
            _ if draw < admission => self.admit(day, true),
            _ if draw < emergency => self.emergency(day),
            _ if draw < crisis => self.crisis(day),
            _ if draw < custody => self.custody(day),
            _ => return false,
        }
        true
    }

    /// First contact of an episode. Members in care since before the data begin without an intake.
    fn begin(&mut self, day: Day) {
        let new = day > self.rows.calendar.first + 2;
        self.in_care = true;
        self.due.quiet_until = LONG_AGO;
        self.seen = day;
        let known_for = if new { 0 } else { self.dice.below(300) };
        self.write_plan(day - known_for);
        if self.need == Need::Episodic {
            self.due.end = day
                + self.dice.weighted(&[(3, 60), (4, 100), (3, 150), (2, 220)])
                + self.dice.below(30);
        }
        if new {
            self.started.get_or_insert(day);
            self.intake(day);
        } else {
            self.due.visit = day + self.dice.below(self.rhythm.max(1));
        }
    }

    /// Out of care: outreach, and coming back by itself or because of it.
    fn silent_day(&mut self, day: Day) {
        if self.due.outreach <= day {
            self.reach_out(day);
        }
        let rate = self.course.comeback;
        let back =
            self.due.comeback <= day || (day - self.seen > 35 && self.dice.per_million(rate));
        if back {
            self.due.comeback = NEVER;
            self.return_to_care(day, self.course.menu);
        }
    }

    /// Stops coming without a word.
    pub(super) fn fall_silent(&mut self, day: Day) {
        self.in_care = false;
        self.due.visit = NEVER;
        self.due.end = NEVER;
        self.plan_outreach(day);
        if self.dice.percent(45) {
            let ended = day + self.dice.between(40, 100);
            self.end_plan(ended, None);
        }
    }

    /// An attended contact that takes the member back into care.
    fn return_to_care(&mut self, day: Day, menu: &services::Menu) {
        let service = self.dice.weighted(menu);
        let service = if service.class.is_treatment() { service } else { &services::THERAPY };
        self.in_care = true;
        self.attempts = 0;
        self.due.outreach = NEVER;
        self.due.comeback = NEVER;
        self.due.begin = NEVER;
        self.due.quiet_until = LONG_AGO;
        self.attended(day, service);
        if self.plan.is_none() {
            self.write_plan(day);
        }
        if self.need == Need::Episodic {
            self.due.end = day + self.dice.between(30, 120);
        }
        self.schedule(day);
    }

    /// Sets the next visit by the member's rhythm, the season and the day of the week.
    pub(super) fn schedule(&mut self, day: Day) {
        let rhythm = if day < self.intensive_until { 2 } else { self.rhythm };
        let spacing = rhythm * self.rows.calendar.visit_spacing(day);
        let mut next =
            day + (spacing * self.dice.between(60, 140) + 5_000).div_euclid(10_000).max(1);
        let weekday = super::calendar::weekday(next);
        if weekday >= 5 && self.dice.percent(92) {
            next = if next - day > 3 && self.dice.percent(50) {
                next - (weekday - self.dice.between(2, 4))
            } else {
                next + (7 - weekday) + self.dice.below(3)
            };
        }
        self.due.visit = next;
    }

    /// The end of the data, of enrolment or of life.
    fn close(&mut self) {
        self.flush_bill();
        let died = self.member.death;
        match died {
            Some(day) => self.end_plan(day, Some(crate::terms::codes::EndReason::Died)),
            None => self.post_open_plan(),
        }
    }

    /// `NEVER`, for the other parts of a life.
    pub(super) fn never() -> Day {
        NEVER
    }
}

/// A member without a need: at most a screening and a visit to an emergency department.
pub(super) fn pass_by(member: &Member, mut dice: Dice, rows: &mut Rows<'_>) {
    let calendar = rows.calendar;
    let days = calendar.last - calendar.first + 1;
    let (screened, emergency) = (dice.percent(5), dice.percent(2));
    if !screened && !emergency {
        return;
    }
    let day = calendar.first + dice.below(days);
    let alive = member.death.is_none_or(|death| day < death);
    if let (Some(home), true) = (member.home_on(day), alive) {
        let mut life = Life::new(member, Need::Episodic, dice, rows);
        life.home = home;
        life.agency.bho = home.bho;
        if screened {
            life.screen(day, &services::SCREEN);
        } else {
            life.pass_emergency(day);
        }
    }
}
