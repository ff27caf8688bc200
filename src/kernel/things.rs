//! Things of one member, added up by period and organisation.

use super::bed::{minutes_of, stay_days};
use super::board::Board;
use super::count::Counter;
use super::ledger::PersonDays;
use super::plan::Plan;
use crate::indicator::care::Exit;
use crate::indicator::member_value::for_each_owned_run;
use crate::indicator::{Sum, Thing};
use crate::terms::Day;
use crate::timeline::{DaySpans, Interner, SpellSet, Timeline};

impl Counter<'_> {
    /// Adds up something of the member by period and organisation.
    pub(super) fn add_up(
        &mut self,
        measure: usize,
        thing: Thing,
        into: &mut PersonDays,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        into.clear();
        match thing {
            Thing::Nights(set) => self.nights(set, into, timeline, interner),
            Thing::PatientDays(set) | Thing::WaitingNights(set) => {
                if !timeline.institution(set).is_empty() {
                    let days = stay_days(timeline, set, thing);
                    split(self.plan, &mut self.board, into, timeline, &days, interner);
                }
            }
            Thing::PhaseDays(phases) => {
                let runs = timeline.phases.iter().filter(|run| phases.has(run.phase));
                let inside = DaySpans::from_spans(runs.map(|run| (run.first, run.last)));
                let days = timeline.alive_enrolled.shared_with(&inside);
                split(self.plan, &mut self.board, into, timeline, &days, interner);
            }
            Thing::CareDays { gap } => self.care_days(gap, into, timeline, interner),
            Thing::CommunityDays => {
                split(self.plan, &mut self.board, into, timeline, &timeline.at_risk, interner);
            }
            Thing::CustodyDays if timeline.custody.is_empty() => {}
            Thing::CustodyDays => {
                let days = timeline.alive_enrolled.shared_with(&timeline.custody);
                split(self.plan, &mut self.board, into, timeline, &days, interner);
            }
            _ => {
                let dated = self.dated(measure, thing, timeline);
                self.things_on(dated.into_iter(), into, timeline, interner);
                if matches!(thing, Thing::Served { .. }) {
                    into.at_most_one();
                }
            }
        }
    }

    /// Things that happen on a day, with how many.
    fn dated(&self, measure: usize, thing: Thing, timeline: &Timeline) -> Vec<(Day, i64)> {
        let filter = |filter: usize| self.plan.filters[measure][filter];
        match thing {
            Thing::Admissions(set) => {
                timeline.spells(set).iter().map(|spell| (spell.admit, 1)).collect()
            }
            Thing::Events(types) => {
                let events = timeline.events.iter().filter(|event| types.has(event.what));
                events.map(|event| (event.start, 1)).collect()
            }
            Thing::EdVisits { diagnosis } => {
                let wanted = timeline
                    .ed_visits
                    .iter()
                    .filter(|visit| diagnosis == 0 || visit.diagnosis & diagnosis != 0);
                let mut days: Vec<(Day, i64)> = wanted.map(|visit| (visit.index, 1)).collect();
                days.dedup();
                days
            }
            Thing::Deaths => timeline.death.into_iter().map(|day| (day, 1)).collect(),
            Thing::Served { filter: place } => {
                timeline.contact_days[filter(place)].iter().map(|day| (*day, 1)).collect()
            }
            Thing::Contacts { filter: place } => {
                let days = timeline.contact_days[filter(place)].iter().copied();
                days.zip(timeline.contact_counts[filter(place)].iter().copied()).collect()
            }
            Thing::ContactSum { filter: place, of } => {
                let days = timeline.contact_days[filter(place)].iter().copied();
                let sums = timeline.contact_sums[filter(place)].iter().map(|sum| match of {
                    Sum::Minutes => sum.minutes,
                    Sum::Paid => sum.cents,
                });
                days.zip(sums).collect()
            }
            Thing::PhaseContacts { filter: place, phase } => {
                let days = timeline.contact_days[filter(place)].iter().copied();
                let counted = days.zip(timeline.contact_counts[filter(place)].iter().copied());
                counted.filter(|(day, _)| timeline.phase_on(*day) == Some(phase)).collect()
            }
            Thing::Cost { levels } => {
                let wanted = timeline.costs.iter().filter(|cost| {
                    levels.is_none_or(|(least, most)| {
                        cost.level.is_some_and(|level| least <= level && level <= most)
                    })
                });
                wanted.map(|cost| (cost.day, cost.cents)).collect()
            }
            Thing::Goals { attained } => {
                let goals = timeline.plans.iter().filter_map(|plan| Some((plan.day, plan.goals?)));
                goals.map(|(day, goals)| (day, if attained { goals.1 } else { goals.0 })).collect()
            }
            Thing::Disengagements { gap } => {
                let episodes = self.plan.gap_place(gap).map_or(&[][..], |place| &self.care[place]);
                let lost = episodes.iter().filter_map(|episode| match episode.exit {
                    Exit::Disengaged { on, .. } => Some((on, 1)),
                    _ => None,
                });
                lost.collect()
            }
            Thing::Minutes { types, but } => minutes_of(timeline, types, but),
            Thing::Nights(_)
            | Thing::PatientDays(_)
            | Thing::WaitingNights(_)
            | Thing::CareDays { .. }
            | Thing::PhaseDays(_)
            | Thing::CommunityDays
            | Thing::CustodyDays => Vec::new(),
        }
    }

    /// Adds dated things of enrolled days, up to and including the day of death.
    fn things_on(
        &mut self,
        things: impl Iterator<Item = (Day, i64)>,
        into: &mut PersonDays,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let periods = self.plan.periods.len();
        for (day, n) in things.filter(|(day, _)| timeline.death.is_none_or(|death| *day <= death)) {
            let Some(bho) = timeline.enrolled.bho_on(day) else { continue };
            let group = self.board.group(bho, interner);
            into.open(group, periods).add(self.plan.calendar.periods(day), n);
        }
    }

    fn nights(
        &mut self,
        set: SpellSet,
        into: &mut PersonDays,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let nights = timeline.institution(set);
        if nights.is_empty() {
            return;
        }
        let mut inside = timeline.alive_enrolled.shared_with(nights);
        if set == SpellSet::Residential {
            inside = inside.without(timeline.institution(SpellSet::Inpatient));
        }
        split(self.plan, &mut self.board, into, timeline, &inside, interner);
    }

    fn care_days(
        &mut self,
        gap: i32,
        into: &mut PersonDays,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let plan = self.plan;
        let Some(place) = plan.gap_place(gap) else { return };
        for episode in &self.care[place] {
            let end = match episode.exit {
                Exit::Open => plan.settings.data_through,
                Exit::Planned(day) | Exit::Disengaged { on: day, .. } => day,
            };
            let care = DaySpans::one(episode.entry, end);
            let days = timeline.alive_enrolled.shared_with(&care);
            split(plan, &mut self.board, into, timeline, &days, interner);
        }
    }
}

/// Adds days to the periods and organisations they belong to.
pub(super) fn split(
    plan: &Plan,
    board: &mut Board<'_>,
    into: &mut PersonDays,
    timeline: &Timeline,
    days: &DaySpans,
    interner: &Interner,
) {
    let (first, last) = plan.span;
    let periods = plan.periods.len();
    for_each_owned_run(days, &timeline.enrolled.owned, first, last, &mut |from, to, bho| {
        let mut account = into.open(board.group(bho, interner), periods);
        plan.calendar.for_each_month(from, to, &mut |places, days| {
            account.add(places, i64::from(days));
        });
    });
}
