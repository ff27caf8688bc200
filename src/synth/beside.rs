//! What other care leaves in the extracts of a member who is served: visits for the body, and a trauma
//! screen. It is drawn after the life itself, which stays as it is.

use super::life::Life;
use super::services;
use super::visit::Contact;
use crate::terms::codes::{ContactStatus, RecordType};
use crate::terms::{Day, Table};

impl Life<'_, '_> {
    /// Visits for the body in some months, and a screen in the first weeks.
    pub(super) fn beside(&mut self) {
        let calendar = self.rows.calendar;
        let days = calendar.last - calendar.first;
        if self.dice.percent(55) {
            for _ in 0..self.dice.between(1, 5) {
                let day = calendar.first + self.dice.below(days);
                self.see_doctor(day);
            }
        }
        let screened = self.dice.percent(45);
        if let Some(started) = self.started.filter(|_| screened) {
            let day = started + self.dice.below(110);
            self.screen_trauma(day);
        }
    }

    fn is_here(&self, day: Day) -> bool {
        let alive = self.member.death.is_none_or(|death| day < death);
        alive && day <= self.rows.calendar.last && self.member.home_on(day).is_some()
    }

    fn see_doctor(&mut self, day: Day) {
        if !self.is_here(day) {
            return;
        }
        let diagnosis = self.dice.pick(&["I10", "E11.9", "J45.909"]);
        let agency = self.agency;
        self.contact(&Contact {
            day,
            service: &services::PRIMARY_CARE,
            status: ContactStatus::Attended,
            agency,
            outreach: None,
            emergency: None,
            diagnosis: Some(diagnosis),
        });
    }

    fn screen_trauma(&mut self, day: Day) {
        if !self.is_here(day) {
            return;
        }
        let result = if self.dice.percent(35) { "pos" } else { "neg" };
        let (member, serial, agency) = (self.member.number, self.serials.outcome, self.agency);
        self.serials.outcome += 1;
        let (posted, key) = (self.posted(day), self.dice.bits());
        self.rows.post(Table::Outcomes, posted, key, |line| {
            line.key(b'O', member, serial);
            line.id(b'M', member);
            line.day(day);
            line.text(RecordType::Screen.name());
            line.text("trauma_screen");
            line.text("1");
            line.text("self");
            line.unknown(5);
            line.text(result);
            line.unknown(1);
            line.text(&agency.id());
            line.text("admission");
            line.unknown(9);
        });
    }
}
