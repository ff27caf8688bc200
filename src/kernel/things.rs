//! Things of one member, added up by period and organisation.

use super::bed::{minutes_of, stay_days};
use super::board::Board;
use super::by_row;
use super::count::Counter;
use super::ledger::PersonDays;
use super::plan::Plan;
use super::rate_unit::waiting;
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
        if let Some(filter) = thing.filter_by_row() {
            let of = (thing, self.plan.filters[measure][filter]);
            by_row::add_up(self.plan, &mut self.board, of, into, timeline, interner);
            return;
        }
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
                let mut dated = std::mem::take(&mut self.dated);
                dated.clear();
                self.list(measure, thing, timeline, &mut dated);
                self.things_on(&dated, into, timeline, interner);
                self.dated = dated;
                if matches!(thing, Thing::Served { .. } | Thing::Units { once: true, .. }) {
                    into.at_most_one();
                }
            }
        }
    }

    /// Lists things that happen on a day, with how many.
    fn list(&self, measure: usize, thing: Thing, timeline: &Timeline, into: &mut Vec<(Day, i64)>) {
        let filter = |filter: usize| self.plan.filters[measure][filter];
        let days = |place: usize| timeline.contact_days[filter(place)].iter().copied();
        let counts = |place: usize| timeline.contact_counts[filter(place)].iter().copied();
        match thing {
            Thing::Admissions(set) => {
                into.extend(timeline.spells(set).iter().map(|spell| (spell.admit, 1)));
            }
            Thing::Events(types) => {
                let events = timeline.events.iter().filter(|event| types.has(event.what));
                into.extend(events.map(|event| (event.start, 1)));
            }
            Thing::EdVisits { diagnosis } => {
                let wanted = timeline
                    .ed_visits
                    .iter()
                    .filter(|visit| diagnosis == 0 || visit.diagnosis & diagnosis != 0);
                into.extend(wanted.map(|visit| (visit.index, 1)));
            }
            Thing::Deaths => into.extend(timeline.death.map(|day| (day, 1))),
            Thing::Served { filter, .. } => into.extend(days(filter).map(|day| (day, 1))),
            Thing::Contacts { filter, .. } => into.extend(days(filter).zip(counts(filter))),
            Thing::ContactSum { filter: place, of, .. } => {
                let sums = timeline.contact_sums[filter(place)].iter().map(|sum| match of {
                    Sum::Minutes => sum.minutes,
                    Sum::Paid => sum.cents,
                });
                into.extend(days(place).zip(sums));
            }
            Thing::PhaseContacts { filter, phase } => {
                let counted = days(filter).zip(counts(filter));
                into.extend(counted.filter(|(day, _)| timeline.phase_on(*day) == Some(phase)));
            }
            Thing::Cost { levels } => into.extend(costs(timeline, levels)),
            Thing::Goals { attained } => {
                let goals = timeline.plans.iter().filter_map(|plan| Some((plan.day, plan.goals?)));
                into.extend(goals.map(|(day, g)| (day, if attained { g.1 } else { g.0 })));
            }
            Thing::Disengagements { gap } => {
                let episodes = self.plan.gap_place(gap).map_or(&[][..], |place| &self.care[place]);
                into.extend(episodes.iter().filter_map(|episode| match episode.exit {
                    Exit::Disengaged { on, .. } => Some((on, 1)),
                    _ => None,
                }));
            }
            Thing::Minutes { types, but } => into.extend(minutes_of(timeline, types, but)),
            Thing::Units { place, .. } => into.extend(self.units_of_rate(measure, place, timeline)),
            Thing::UnitMoney => into.extend(self.money_of_units(measure, timeline)),
            Thing::Waiting { .. } => into.extend(waiting(self.plan, thing, timeline)),
            Thing::Nights(_)
            | Thing::PatientDays(_)
            | Thing::WaitingNights(_)
            | Thing::CareDays { .. }
            | Thing::PhaseDays(_)
            | Thing::CommunityDays
            | Thing::CustodyDays => {}
        }
    }

    /// Adds dated things of enrolled days, up to and including the day of death.
    fn things_on(
        &mut self,
        things: &[(Day, i64)],
        into: &mut PersonDays,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let plan = self.plan;
        let in_life = |day: Day| timeline.death.is_none_or(|death| day <= death);
        // Most things lie in the month and organisation of the thing before.
        let (mut near, mut group, mut sum) = ((Day(1), Day(0)), None, 0);
        let mut enter = |day: Day, group: Option<usize>, sum: i64| {
            if let Some(group) = group.filter(|_| sum != 0) {
                into.open(group, plan.periods.len()).add(plan.calendar.periods(day), sum);
            }
        };
        for (day, n) in things.iter().filter(|(day, _)| in_life(*day)) {
            if *day < near.0 || *day > near.1 {
                enter(near.0, group, std::mem::take(&mut sum));
                let month = plan.calendar.month_of(*day);
                let run = timeline.enrolled.run_on(*day);
                near = run.map_or((*day, *day), |run| (run.0.max(month.0), run.1.min(month.1)));
                group = run.map(|(_, _, bho)| self.board.group(bho, interner));
            }
            sum += n;
        }
        enter(near.0, group, sum);
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

/// Cost lines at some levels of care.
fn costs(timeline: &Timeline, levels: Option<(u8, u8)>) -> impl Iterator<Item = (Day, i64)> + '_ {
    let wanted = timeline.costs.iter().filter(move |cost| {
        levels.is_none_or(|(least, most)| {
            cost.level.is_some_and(|level| least <= level && level <= most)
        })
    });
    wanted.map(|cost| (cost.day, cost.cents))
}
