//! Takes in the rows of contacts.

use super::contact::Facts;
use super::reader::Reader;
use super::rows::Rows;
use super::{EdVisit, LevelDay, Visit};
use crate::terms::Day;

/// A contact covers at most so many days after its first.
const COVERED_DAYS: i32 = 366;

impl Reader<'_> {
    pub(super) fn take_contact(&mut self, rows: &Rows, row: usize, day: Day) {
        self.row_days.0.push(day);
        self.summary.found.diagnosed(rows.dx1.at(row));
        let is_minor = || self.timeline.age_on(day).is_some_and(|age| age < 18);
        let says = rows.kinds.says(row, is_minor);
        for &index in &says.filters {
            if self.asks_more[index] {
                let is_new = self.timeline.take_day(index, day);
                self.timeline.take_passing(self.needs, index, (rows, row), (day, is_new));
            } else {
                self.timeline.take_day(index, day);
            }
        }
        let facts = &says.facts;
        if self.needs.phases && facts.is_sign() {
            self.signs.push(day);
        }
        if says.qualifying {
            self.take_qualifying(rows, row, day, facts);
        } else {
            self.take_other_contact(rows, row, day, facts);
        }
    }

    fn take_qualifying(&mut self, rows: &Rows, row: usize, day: Day, facts: &Facts) {
        if self.needs.visits && facts.class.is_some_and(crate::terms::ServiceClass::is_treatment) {
            let providers = rows.providers_of(row);
            self.timeline.visits.push(Visit { day, providers, ranks: [0; 3] });
        }
        if self.needs.levels {
            let level = facts.effective_level();
            let class = facts.class.map_or(0, |class| 1 << (class as u32));
            match self.timeline.level_days.last_mut() {
                Some(last) if last.day == day => {
                    last.level = last.level.max(level);
                    last.classes |= class;
                }
                _ => self.timeline.level_days.push(LevelDay { day, level, classes: class }),
            }
            let last = rows.end.at(row).map_or(day, |end| Day(end).min(day + COVERED_DAYS));
            let later = (1..=last - day).map(|days| day + days);
            self.covered.extend(later.map(|day| LevelDay { day, level, classes: class }));
        }
    }

    fn take_other_contact(&mut self, rows: &Rows, row: usize, day: Day, facts: &Facts) {
        let attended = facts.status == crate::terms::codes::ContactStatus::Attended;
        if attended && facts.ed_flag {
            self.timeline.ed_visits.push(EdVisit {
                start: day,
                index: day,
                diagnosis: rows.dx1.at(row),
                further: rows.further_groups(row),
                admitted: rows.ed_admitted.at(row) == Some(1),
                dispositions: 0,
            });
        }
        if attended && self.settings.derive_stays && facts.is_institution_day() {
            let inpatient = facts.place.is_inpatient
                || facts.class == Some(crate::terms::ServiceClass::InpatientDay);
            let days = (day, rows.end.at(row).map_or(day, |end| Day(end).max(day)));
            self.institution_days.push((inpatient, days, rows.dx1.at(row)));
        }
    }
}
