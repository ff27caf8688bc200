//! What follows from a member's rows once all of them are there.

use super::reader::{OPEN, Reader};
use super::rows::RECORDED;
use super::{
    Cost, DaySpans, Enrolment, Event, SpellSet, Stay, UNKNOWN, home, member, phase, score, spell,
};
use crate::terms::codes::EventType;
use crate::terms::{Day, Level};

impl Reader<'_> {
    /// Derives spells, enrolment, custody and days at risk.
    pub(super) fn conclude(&mut self) {
        let death = self
            .timeline
            .events
            .iter()
            .filter(|event| event.what == EventType::Death)
            .map(|event| event.start)
            .min();
        self.died_on(death);
        self.summary.found.member(
            (&self.row_days.0, &self.row_days.1),
            (&self.timeline.stays, &self.enrolment),
            self.timeline.death,
        );
        self.cover_days();
        for visits in self.timeline.contact_visits.iter_mut().chain([&mut self.timeline.visits]) {
            member::rank(visits, &self.interner);
        }
        self.derive_stays();
        self.resolve_enrolment();
        self.settle_costs();
        let timeline = &mut self.timeline;
        let named = SpellSet::NAMED.into_iter().zip(&mut timeline.spells);
        let named = named.zip(&mut timeline.institution);
        let own = timeline.own_sets.iter_mut();
        let own = own.map(|own| ((SpellSet::Own(own.set), &mut own.spells), &mut own.days));
        for ((set, spells), days) in named.chain(own) {
            spell::merge(&timeline.stays, set, self.settings.transfer_gap, spells);
            days.refill(spells.iter().map(super::Spell::days));
            if let Some(death) = timeline.death {
                *days = days.until(death - 1);
            }
        }
        timeline.custody.refill(custody(&timeline.events));
        let last = timeline.death.map(|death| death - 1);
        timeline.alive_enrolled.refill_until(&timeline.enrolled.days, last);
        timeline.at_risk.refill_without(
            &timeline.alive_enrolled,
            &timeline.institution[SpellSet::Any24Hour.place()],
        );
        if !timeline.custody.is_empty() {
            timeline.at_risk = timeline.at_risk.without(&timeline.custody);
        }
        timeline.ed_visits.sort_by_key(|visit| (visit.index, visit.start));
        timeline.ed_visits.dedup_by(|later, first| first.takes_in(later));
        timeline.planned_ends.sort_unstable();
        timeline.planned_ends.dedup();
        let known = &self.settings.instruments;
        score::deteriorations(&timeline.scores, known, &mut timeline.deteriorations);
        if self.needs.homes {
            timeline.homes = home::runs(timeline);
        }
        if self.needs.phases {
            timeline.phases = phase::runs(timeline, &self.signs, self.settings.data_through);
        }
    }

    fn resolve_enrolment(&mut self) {
        if self.settings.assume_enrolment {
            self.enrolment.clear();
            self.enrolment.extend(self.timeline.first_row.map(|start| Enrolment {
                start,
                end: self.settings.data_through,
                bho: UNKNOWN,
                hospice: false,
            }));
        }
        self.timeline.enrolled.resolve(&mut self.enrolment, &self.interner);
    }

    /// Days that contacts cover beyond their first, beside those with a contact of their own: the highest
    /// level of a day counts, and every class.
    fn cover_days(&mut self) {
        if self.covered.is_empty() {
            return;
        }
        let days = &mut self.timeline.level_days;
        days.append(&mut self.covered);
        days.sort_by_key(|day| day.day);
        days.dedup_by(|later, first| {
            let same = later.day == first.day;
            if same {
                first.level = first.level.max(later.level);
                first.classes |= later.classes;
            }
            same
        });
    }

    /// A line of cost that says its month only is of the last day of it on which the member was enrolled, and
    /// not later than the day of death if there is such a day.
    fn settle_costs(&mut self) {
        let timeline = &mut self.timeline;
        let enrolled = &timeline.enrolled.days;
        let death = timeline.death.unwrap_or(Day(OPEN));
        let settled = self.costs.drain(..).map(|(cost, end)| {
            let last = |end: Day| enrolled.last_within(cost.day, end);
            let day = end.and_then(|end| last(end.min(death)).or_else(|| last(end)));
            Cost { day: day.unwrap_or(cost.day), ..cost }
        });
        timeline.costs.extend(settled);
        timeline.costs.sort_by_key(|cost| cost.day);
        if !self.settings.assume_enrolment {
            let is_enrolled = |cost: &Cost| timeline.enrolled.days.has(cost.day);
            self.summary.found.costs(&timeline.costs, is_enrolled);
        }
    }

    /// Consecutive days of 24-hour care at one level are one stay; the last day's night counts, and the latest recorded
    /// diagnosis is the stay's.
    fn derive_stays(&mut self) {
        if !self.settings.derive_stays {
            return;
        }
        // A stable sort: within a day, rows stay in the order of their keys.
        self.institution_days.sort_by_key(|(inpatient, (day, _), _)| (*inpatient, *day));
        let mut stays: Vec<Stay> = Vec::new();
        for (inpatient, (day, last), diagnosis) in self.institution_days.drain(..) {
            let level = if inpatient { Level::INPATIENT } else { Level::RESIDENTIAL };
            match stays.last_mut() {
                Some(stay)
                    if stay.level == Some(level)
                        && stay.discharge.is_some_and(|discharge| day <= discharge) =>
                {
                    stay.discharge = stay.discharge.max(Some(last + 1));
                    if diagnosis & RECORDED != 0 {
                        stay.diagnosis = diagnosis;
                    }
                }
                _ => stays.push(Stay {
                    admit: day,
                    discharge: Some(last + 1),
                    level: Some(level),
                    diagnosis,
                    further: 0,
                    facility: None,
                    facility_id: UNKNOWN,
                    agency: None,
                    disposition: None,
                    planned: false,
                    leave: 0,
                    ready: None,
                    involuntary: None,
                    rank: 0,
                }),
            }
        }
        stays.sort_by_key(|stay| (stay.admit, stay.level));
        self.timeline.stays = stays;
    }
}

/// Custody runs from a start to its end, or to the next recorded end, or stays open. An end on the very
/// day is that of an earlier custody, if somebody was in custody the day before.
fn custody(events: &[Event]) -> Vec<(Day, Day)> {
    let ends: Vec<Day> = events
        .iter()
        .filter(|event| event.what == EventType::IncarcerationEnd)
        .map(|event| event.start)
        .collect();
    let starts = events.iter().filter(|event| event.what == EventType::IncarcerationStart);
    let mut spans: Vec<(Day, Day)> = Vec::new();
    for event in starts {
        let start = event.start;
        let was_inside = spans.iter().any(|(first, last)| *first < start && *last >= start - 1);
        let from = if was_inside { start + 1 } else { start };
        let end = event.end.or_else(|| ends.iter().copied().filter(|end| *end >= from).min());
        spans.push((start, end.map_or(Day(OPEN), |end| end - 1)));
    }
    spans
}

impl DaySpans {
    /// A set of one span.
    pub fn one(start: Day, end: Day) -> Self {
        Self::from_spans([(start, end)])
    }
}
