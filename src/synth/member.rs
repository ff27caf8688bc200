//! One member: attributes and spans of enrolment, with churn and moves.

use super::calendar::Calendar;
use super::chance::Dice;
use super::need::Need;
use super::region::{Agency, Home};
use super::rows::Rows;
use crate::terms::{Day, Table};

/// A span of enrolment.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: Day,
    /// Last day; nothing while enrolled.
    pub(super) end: Option<Day>,
    pub(super) home: Home,
    pub(super) hospice: bool,
}

/// A member of the plan.
pub(super) struct Member {
    /// From 1; the pseudonym is made of it.
    pub(super) number: u32,
    /// Age in years on the first day.
    pub(super) age: i32,
    pub(super) birth_month: i32,
    /// The need of a member who is served.
    pub(super) need: Option<Need>,
    pub(super) death: Option<Day>,
    pub(super) agency: Agency,
    pub(super) spans: Vec<Span>,
}

impl Member {
    /// Draws a member.
    pub(super) fn draw(number: u32, calendar: &Calendar, dice: &mut Dice) -> Self {
        let age = draw_age(dice);
        let need = draw_need(age, dice);
        let home = Home::draw(dice);
        let mut spans = draw_spans(home, calendar, dice);
        let agency = Agency::draw(home.bho, dice);
        let death = draw_death(age, need, &spans, calendar, dice);
        if let Some(death) = death {
            close_at(&mut spans, death, age, dice);
        }
        Self { number, age, birth_month: 1 + dice.below(12), need, death, agency, spans }
    }

    /// True if enrolled on this day.
    pub(super) fn home_on(&self, day: Day) -> Option<Home> {
        self.spans
            .iter()
            .rev()
            .find(|span| span.start <= day && span.end.is_none_or(|end| day <= end))
            .map(|span| span.home)
    }

    /// Writes the member and the spans.
    pub(super) fn list(&self, rows: &mut Rows<'_>, dice: &mut Dice) {
        let home = self.spans[self.spans.len() - 1].home;
        let category = self.eligibility(dice);
        self.list_attributes(home, category, rows, dice);
        for span in &self.spans {
            let plan = dice.pick(&["standard", "standard", "standard", "plus"]);
            rows.list(Table::Enrolment, |line| {
                line.id(b'M', self.number);
                line.day(span.start);
                line.maybe_day(span.end);
                line.text(span.home.bho().id);
                line.text(plan);
                line.text(category);
                line.flag(span.hospice);
            });
        }
    }

    fn list_attributes(&self, home: Home, category: &str, rows: &mut Rows<'_>, dice: &mut Dice) {
        let year = rows.calendar.first.year() - self.age;
        let sex = dice.weighted(&[(52, "F"), (47, "M"), (1, "X")]);
        let gender = match sex {
            "F" => dice.weighted(&[(94, "woman"), (2, "man"), (2, "nonbinary"), (2, "")]),
            "M" => dice.weighted(&[(94, "man"), (2, "woman"), (2, "nonbinary"), (2, "")]),
            _ => "nonbinary",
        };
        let race = dice.weighted(&[
            (48, "white"),
            (27, "hispanic"),
            (9, "black"),
            (4, "american_indian"),
            (4, "asian"),
            (1, "pacific_islander"),
            (3, "multiracial"),
            (4, ""),
        ]);
        let language = match race {
            "hispanic" => dice.weighted(&[(62, "en"), (36, "es"), (2, "")]),
            "asian" => dice.weighted(&[(60, "en"), (22, "vi"), (16, "zh"), (2, "")]),
            _ => dice.weighted(&[(97, "en"), (1, "ar"), (2, "")]),
        };
        let lead = self.need.is_some().then(|| {
            let choice = i32::try_from(self.number % 1000).unwrap_or(0);
            super::region::clinician(
                self.agency,
                crate::terms::codes::ClinicianType::CaseManager,
                choice,
            )
        });
        let severity = self.severity(dice);
        rows.list(Table::Members, |line| {
            line.id(b'M', self.number);
            line.number(year);
            line.number(self.birth_month);
            line.text(sex);
            line.text(gender);
            line.text(race);
            line.text(language);
            line.flag(!matches!(language, "en" | "") && dice.percent(60));
            line.text(home.county().name);
            line.text(home.bho().region);
            line.flag(home.county().rural);
            line.text(severity);
            line.text(category);
            line.flag(category == "foster_care");
            line.flag(category == "dual");
            line.maybe_day(self.death);
            line.maybe_id(b'C', lead);
            line.text(&if lead.is_some() { self.agency.id() } else { String::new() });
            line.flag(self.age > 20 && dice.percent(5));
        });
    }

    fn eligibility(&self, dice: &mut Dice) -> &'static str {
        match (self.age, self.need) {
            (65.., _) => "dual",
            (..18, Some(Need::Youth)) if dice.percent(22) => "foster_care",
            (..18, _) => "child",
            (_, Some(Need::High | Need::Persistent)) => {
                dice.weighted(&[(60, "disabled"), (28, "expansion"), (12, "dual")])
            }
            _ => dice.weighted(&[(45, "expansion"), (35, "parent"), (14, "disabled"), (6, "dual")]),
        }
    }

    fn severity(&self, dice: &mut Dice) -> &'static str {
        match self.need {
            Some(Need::High | Need::Persistent) => dice.weighted(&[(92, "1"), (4, "3"), (4, "")]),
            Some(Need::Youth) => dice.weighted(&[(88, "2"), (6, "3"), (6, "")]),
            Some(_) => dice.weighted(&[(5, "1"), (25, "3"), (60, "4"), (10, "")]),
            None => dice.weighted(&[(2, "3"), (48, "4"), (50, "")]),
        }
    }
}

fn draw_age(dice: &mut Dice) -> i32 {
    match dice.weighted(&[(10, 0), (24, 1), (8, 2), (46, 3), (9, 4), (3, 5)]) {
        0 => dice.between(1, 5),
        1 => dice.between(6, 17),
        2 => dice.between(18, 25),
        3 => dice.between(26, 55),
        4 => dice.between(56, 64),
        _ => dice.between(65, 88),
    }
}

/// About 35 in 100 members are served at some time.
fn draw_need(age: i32, dice: &mut Dice) -> Option<Need> {
    let draw = dice.below(1000);
    if age < 4 {
        return None;
    }
    if age < 18 {
        return match draw {
            ..130 => Some(Need::Youth),
            130..280 => Some(Need::Episodic),
            280..290 => Some(Need::Substance),
            _ => None,
        };
    }
    match draw {
        ..170 => Some(Need::Episodic),
        170..305 => Some(Need::Persistent),
        305..343 => Some(Need::High),
        343..408 => Some(Need::Substance),
        _ => None,
    }
}

/// Enrolment from before the data or from some month in it, lost and regained, with moves to other
/// counties and BHOs that leave no gap.
fn draw_spans(home: Home, calendar: &Calendar, dice: &mut Dice) -> Vec<Span> {
    let months = (calendar.last - calendar.first) / 30;
    let mut start = if dice.percent(84) {
        calendar.first.months_later(-dice.below(48))
    } else {
        calendar.first.months_later(dice.below(months.max(1)))
    };
    let (mut home, mut spans) = (home, Vec::new());
    loop {
        let mut end = start.max(calendar.first).months_later(1);
        let (mut lost, mut moved) = (false, false);
        while end <= calendar.last && !lost && !moved {
            lost = dice.per_million(11_000);
            moved = !lost && dice.per_million(3_500);
            if !lost && !moved {
                end = end.months_later(1);
            }
        }
        if !lost && !moved {
            spans.push(Span { start, end: None, home, hospice: false });
            return spans;
        }
        spans.push(Span { start, end: Some(end - 1), home, hospice: false });
        start = end;
        if moved {
            home = Home::draw(dice);
        } else {
            start = end.months_later(dice.between(1, 7));
            if dice.percent(30) || start > calendar.last {
                return spans;
            }
        }
    }
}

fn draw_death(
    age: i32,
    need: Option<Need>,
    spans: &[Span],
    calendar: &Calendar,
    dice: &mut Dice,
) -> Option<Day> {
    let by_age = match age {
        ..18 => 1,
        18..50 => 3,
        50..65 => 12,
        _ => 60,
    };
    let rate = by_age + need.map_or(0, |need| need.course().death);
    let weeks = (calendar.last - calendar.first) / 7;
    let day = (0..weeks)
        .find(|_| dice.per_million(rate * 7))
        .map(|week| calendar.first + week * 7 + 3)?;
    let enrolled =
        spans.iter().any(|span| span.start <= day && span.end.is_none_or(|end| day <= end));
    enrolled.then_some(day)
}

/// Enrolment ends with the month of death; some of the old were in hospice before.
fn close_at(spans: &mut Vec<Span>, death: Day, age: i32, dice: &mut Dice) {
    spans.retain(|span| span.start <= death);
    let Some(last) = spans.last_mut() else { return };
    let end = death.months_later(1).first_of_month() - 1;
    last.end = Some(last.end.map_or(end, |earlier| earlier.min(end)));
    let from = death - dice.between(20, 120);
    if age >= 50 && dice.percent(35) && from > last.start {
        let (home, end) = (last.home, last.end);
        last.end = Some(from - 1);
        spans.push(Span { start: from, end, home, hospice: true });
    }
}
