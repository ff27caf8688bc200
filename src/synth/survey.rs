//! Answers to surveys, and scores that do not come from visits: milestones of recovery, a second
//! instrument for depression, well-being in the population.

use super::chance::{Dice, Purpose};
use super::member::Member;
use super::need::Need;
use super::rows::Rows;
use crate::terms::codes::RecordType;
use crate::terms::{Day, Table};

/// Keys of these rows begin here, far above those of a life.
const FIRST_SERIAL: i32 = 50_000;

/// A score to be written.
struct Answer {
    kind: RecordType,
    instrument: &'static str,
    subscale: &'static str,
    rater: &'static str,
    score: i32,
}

/// Writes the answers of one member, drawn from a stream of their own.
pub(super) fn answers(seed: u64, member: &Member, rows: &mut Rows<'_>) {
    let mut survey = Survey {
        member,
        dice: Dice::new(seed, Purpose::Survey, u64::from(member.number)),
        serial: FIRST_SERIAL,
    };
    let first = rows.calendar.first;
    let years = (rows.calendar.last - first) / 365 + 1;
    for year in 0..years {
        let start = first + 365 * year;
        if survey.dice.percent(6) {
            survey.well_being(start, rows);
        }
        match member.need {
            Some(Need::Youth) | None => {}
            Some(need) => survey.of_the_served(need, start, rows),
        }
    }
}

struct Survey<'m> {
    member: &'m Member,
    dice: Dice,
    serial: i32,
}

impl Survey<'_> {
    fn of_the_served(&mut self, need: Need, start: Day, rows: &mut Rows<'_>) {
        if self.dice.percent(45) {
            self.experience(start, rows);
        }
        if self.member.age >= 18 && matches!(need, Need::High | Need::Persistent) {
            self.milestones(start, rows);
        }
        if need != Need::Substance && self.dice.percent(25) {
            let score = self.dice.between(6, 34);
            let (kind, rater) = (RecordType::Assessment, "self");
            let answer = Answer { kind, instrument: "distress", subscale: "", rater, score };
            for _ in 0..3 {
                let day = start + self.dice.below(365);
                self.write(day, &answer, rows);
            }
        }
    }

    /// One answer sheet with a score from 1 to 5 for each subscale; some are left out.
    fn experience(&mut self, start: Day, rows: &mut Rows<'_>) {
        let day = start + self.dice.below(365);
        for subscale in [
            "access",
            "quality",
            "outcome",
            "participation",
            "satisfaction",
            "social_connectedness",
        ] {
            let score = self.dice.weighted(&[(3, 1), (7, 2), (22, 3), (42, 4), (26, 5)]);
            if self.dice.percent(92) {
                let (kind, instrument) = (RecordType::Survey, "experience");
                self.write(day, &Answer { kind, instrument, subscale, rater: "self", score }, rows);
            }
        }
    }

    /// A rating three times a year, drifting to the better.
    fn milestones(&mut self, start: Day, rows: &mut Rows<'_>) {
        let mut score = self.dice.between(2, 6);
        for third in 0..3 {
            let day = start + 120 * third + self.dice.below(60);
            let (kind, instrument) = (RecordType::Assessment, "recovery_milestone");
            let rater = "clinician";
            self.write(day, &Answer { kind, instrument, subscale: "", rater, score }, rows);
            score = (score + self.dice.weighted(&[(20, -1), (45, 0), (35, 1)])).clamp(1, 8);
        }
    }

    fn well_being(&mut self, start: Day, rows: &mut Rows<'_>) {
        let served = if self.member.need.is_some() { 12 } else { 0 };
        let score = self.dice.between(45, 95) - served;
        let day = start + self.dice.below(365);
        let (kind, instrument) = (RecordType::Survey, "population_well_being");
        self.write(day, &Answer { kind, instrument, subscale: "", rater: "self", score }, rows);
    }

    fn write(&mut self, day: Day, answer: &Answer, rows: &mut Rows<'_>) {
        let alive = self.member.death.is_none_or(|death| day < death);
        let (posted, key) = (day + self.dice.between(1, 20), self.dice.bits());
        if day > rows.calendar.last || !alive || self.member.home_on(day).is_none() {
            return;
        }
        self.serial += 1;
        rows.post(Table::Outcomes, posted, key, |line| {
            line.key(b'O', self.member.number, self.serial);
            line.id(b'M', self.member.number);
            line.day(day);
            line.text(answer.kind.name());
            line.text(answer.instrument);
            line.text("1");
            line.text(answer.rater);
            line.number(answer.score);
            line.text(answer.subscale);
            line.unknown(5);
            line.text(&self.member.agency.id());
            line.unknown(10);
        });
    }
}
