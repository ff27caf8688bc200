//! Things of one member, added up by period and organisation.

use super::board::Board;
use super::count::Counter;
use super::ledger::PersonDays;
use super::plan::Plan;
use crate::indicator::Thing;
use crate::indicator::care::Exit;
use crate::indicator::member_value::for_each_owned_run;
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
        let plan = self.plan;
        into.clear();
        let filter = |filter: usize| plan.filters[measure][filter];
        match thing {
            Thing::Nights(set) => self.nights(set, into, timeline, interner),
            Thing::Admissions(set) => {
                let spells = timeline.spells(set).iter();
                self.things_on(spells.map(|spell| (spell.admit, 1)), into, timeline, interner);
            }
            Thing::Events(types) => {
                let events = timeline.events.iter().filter(|event| types.has(event.what));
                self.things_on(events.map(|event| (event.start, 1)), into, timeline, interner);
            }
            Thing::EdVisits { diagnosis } => {
                let wanted = timeline
                    .ed_visits
                    .iter()
                    .filter(|visit| diagnosis == 0 || visit.diagnosis & diagnosis != 0);
                let mut days: Vec<Day> = wanted.map(|visit| visit.index).collect();
                days.dedup();
                self.things_on(days.into_iter().map(|day| (day, 1)), into, timeline, interner);
            }
            Thing::Deaths => {
                let death = timeline.death.into_iter();
                self.things_on(death.map(|day| (day, 1)), into, timeline, interner);
            }
            Thing::Served { filter: place } => {
                let days = timeline.contact_days[filter(place)].iter();
                self.things_on(days.map(|day| (*day, 1)), into, timeline, interner);
                into.at_most_one();
            }
            Thing::Contacts { filter: place } => {
                let days = timeline.contact_days[filter(place)].iter().copied();
                let counts = timeline.contact_counts[filter(place)].iter().copied();
                self.things_on(days.zip(counts), into, timeline, interner);
            }
            Thing::Cost { levels } => {
                let wanted = timeline.costs.iter().filter(|cost| {
                    levels.is_none_or(|(least, most)| {
                        cost.level.is_some_and(|level| least <= level && level <= most)
                    })
                });
                self.things_on(wanted.map(|cost| (cost.day, cost.cents)), into, timeline, interner);
            }
            Thing::Goals { attained } => {
                let goals = timeline.plans.iter().filter_map(|plan| Some((plan.day, plan.goals?)));
                let counts =
                    goals.map(|(day, goals)| (day, if attained { goals.1 } else { goals.0 }));
                self.things_on(counts, into, timeline, interner);
            }
            Thing::CommunityDays => {
                let mut days =
                    timeline.alive_enrolled.without(timeline.institution(SpellSet::Any24Hour));
                if !timeline.custody.is_empty() {
                    days = days.without(&timeline.custody);
                }
                split(plan, &mut self.board, into, timeline, &days, interner);
            }
            Thing::Disengagements { gap } => {
                let Some(place) = plan.gap_place(gap) else { return };
                let lost = self.care[place].iter().filter_map(|episode| match episode.exit {
                    Exit::Disengaged { on, .. } => Some((on, 1)),
                    _ => None,
                });
                let lost: Vec<(Day, i64)> = lost.collect();
                self.things_on(lost.into_iter(), into, timeline, interner);
            }
            Thing::CareDays { gap } => self.care_days(gap, into, timeline, interner),
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
            into.add(group, periods, self.plan.calendar.periods(day), n);
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
        let away = timeline.alive_enrolled.without(nights);
        let mut inside = timeline.alive_enrolled.without(&away);
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
            let days = timeline.alive_enrolled.without(&timeline.alive_enrolled.without(&care));
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
    let (first, last) = plan.span();
    let periods = plan.periods.len();
    for_each_owned_run(days, &timeline.enrolled.owned, first, last, &mut |from, to, bho| {
        let group = board.group(bho, interner);
        plan.calendar.for_each_month(from, to, &mut |places, days| {
            into.add(group, periods, places, i64::from(days));
        });
    });
}
