//! One member through every rule of the plan.

use super::board::Board;
use super::ledger::{EVERYONE, Ledger, LevelDays, Line, PersonDays};
use super::plan::{Plan, gap_of};
use crate::indicator::care::{self, CareEpisode, Exit};
use crate::indicator::member_value::{self, MemberScene, for_each_owned_run};
use crate::indicator::unit::{self, Outcome, Scene};
use crate::indicator::year::{Active, MemberMonths, Relations};
use crate::indicator::{Candidates, MemberRule, RateRule, Rule, Share};
use crate::terms::Day;
use crate::timeline::{DaySpans, Interner, SpellSet, Timeline, UNKNOWN};

/// Counts members one after the other into its own board.
#[derive(Debug)]
pub(super) struct Counter<'p> {
    plan: &'p Plan,
    pub(super) board: Board<'p>,
    care: Vec<Vec<CareEpisode>>,
    months: MemberMonths,
    relations: [Relations; 3],
    ledger: Ledger,
    things: PersonDays,
    days: PersonDays,
}

impl<'p> Counter<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            board: Board::new(plan),
            care: vec![Vec::new(); plan.gaps.len()],
            months: MemberMonths::default(),
            relations: Default::default(),
            ledger: Ledger::default(),
            things: PersonDays::default(),
            days: PersonDays::default(),
        }
    }

    /// Leaves a bucket: the next reader gives ids other numbers.
    pub(super) fn leave(&mut self) {
        self.board.forget_keys();
    }

    /// Counts one member.
    pub(super) fn count(&mut self, timeline: &Timeline, interner: &mut Interner) {
        let plan = self.plan;
        self.board.begin(timeline);
        self.ledger.clear();
        self.months.clear();
        self.relations.iter_mut().for_each(Relations::clear);
        for (place, gap) in plan.gaps.iter().enumerate() {
            let (treatment, qualifying) =
                (&timeline.contact_days[plan.treatment], &timeline.contact_days[plan.qualifying]);
            care::episodes(
                timeline,
                treatment,
                qualifying,
                *gap,
                plan.settings.data_through,
                &mut self.care[place],
            );
        }
        self.enrolled_days(timeline, interner);
        for (measure, indicator) in plan.indicators.iter().enumerate() {
            if !indicator.measure.missing.is_empty() {
                continue;
            }
            match &indicator.rule {
                Rule::Share(share) => self.units(measure, share, timeline, interner),
                Rule::Member(rule) => self.member(measure, rule, timeline, interner),
                Rule::Rate(rule) => self.rate(measure, rule, timeline, interner),
                Rule::LevelMix => self.levels(measure, timeline, interner),
            }
        }
        self.board.post(&mut self.ledger, timeline, interner);
    }

    fn units(&mut self, measure: usize, share: &Share, timeline: &Timeline, interner: &Interner) {
        let plan = self.plan;
        let gap = gap_of(&plan.indicators[measure].rule).and_then(|gap| plan.gap_place(gap));
        let scene = Scene {
            timeline,
            filters: &plan.filters[measure],
            care: gap.map_or(&[], |place| &self.care[place]),
            treatment: plan.treatment,
            data_through: plan.settings.data_through,
            asked: plan.span(),
        };
        let (board, ledger) = (&mut self.board, &mut self.ledger);
        unit::judge(share, scene, &mut |judged| {
            let group =
                board.group(timeline.enrolled.bho_on(judged.day).unwrap_or(UNKNOWN), interner);
            let age = board.age_on(judged.day);
            for &period in plan.calendar.periods(judged.day) {
                let cell = plan.cell(measure, period);
                match judged.outcome {
                    Outcome::Excluded(reason) => {
                        ledger.leave_out(group, board.reason(measure, reason), period, age);
                    }
                    Outcome::NotMet => ledger.unit(group, cell, age, 0),
                    Outcome::Met(days) => {
                        ledger.unit(group, cell, age, 1);
                        if share.curve {
                            ledger.wait(group, cell, i64::from(days));
                        }
                    }
                }
            }
        });
    }

    fn member(
        &mut self,
        measure: usize,
        rule: &MemberRule,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let plan = self.plan;
        match rule.candidates {
            Candidates::Visits { at_least, .. }
                if (timeline.visits.len() as u64) < at_least.unsigned_abs() =>
            {
                return;
            }
            Candidates::Visits { provider, .. } => {
                self.relations[provider]
                    .see(provider, plan.windows(), timeline, |key| interner.text(key));
            }
            Candidates::ActiveBefore { .. } | Candidates::InCare { .. }
                if timeline.level_days.is_empty() && timeline.stays.is_empty() =>
            {
                return;
            }
            _ => {}
        }
        self.months.see(&plan.grid, timeline);
        for filter in rule.monthly_filters() {
            let filter = plan.filters[measure][filter];
            self.months.see_contacts(&plan.grid, filter, &timeline.contact_days[filter]);
        }
        if let Candidates::ActiveBefore { filter, at_least, days } = rule.candidates {
            let filter = plan.filters[measure][filter];
            let question = Active { filter, at_least, days };
            self.months.see_active(question, plan.windows(), &timeline.contact_days[filter]);
        }
        let scene = MemberScene {
            timeline,
            filters: &plan.filters[measure],
            grid: &plan.grid,
            months: &self.months,
            relations: &self.relations,
        };
        let outcomes = &mut self.ledger.outcomes;
        let from = outcomes.len();
        let windows = plan.window_starts.iter().zip(&plan.ends).enumerate();
        outcomes.extend(
            windows.map(|(place, (start, end))| {
                member_value::value(rule, &scene, place, (*start, *end))
            }),
        );
        if outcomes[from..].iter().any(Option::is_some) {
            self.ledger.measures.push(measure);
        } else {
            outcomes.truncate(from);
        }
    }

    /// Alive enrolled days by period and organisation, once for all rates.
    fn enrolled_days(&mut self, timeline: &Timeline, interner: &Interner) {
        split(
            self.plan,
            &mut self.board,
            &mut self.ledger.enrolled,
            timeline,
            &timeline.alive_enrolled,
            interner,
        );
    }

    fn rate(&mut self, measure: usize, rule: &RateRule, timeline: &Timeline, interner: &Interner) {
        self.things.clear();
        match rule {
            RateRule::Nights(set) => self.nights(*set, timeline, interner),
            RateRule::Events(types) => {
                let days = timeline.events.iter().filter(|event| types.contains(&event.what));
                self.things_on(days.map(|event| (event.start, 1)), timeline, interner);
            }
            RateRule::Served { filter } => {
                self.served(self.plan.filters[measure][*filter], timeline, interner);
            }
            RateRule::Cost => self.things_on(
                timeline.costs.iter().map(|cost| (cost.day, cost.cents)),
                timeline,
                interner,
            ),
            RateRule::Disengagements { gap } => {
                self.disengagements(measure, *gap, timeline, interner);
                return;
            }
        }
        for (group, things) in self.things.groups() {
            for (period, n) in things.iter().enumerate().filter(|(_, n)| **n != 0) {
                let (cell, d) =
                    (self.plan.cell(measure, period), self.ledger.enrolled.at(*group, period));
                self.ledger.rates.push(Line { group: *group, cell, age: 0, n: *n, d });
            }
        }
    }

    /// Adds dated things of enrolled days, up to and including the day of death.
    fn things_on(
        &mut self,
        things: impl Iterator<Item = (Day, i64)>,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let periods = self.plan.periods.len();
        for (day, n) in things.filter(|(day, _)| timeline.death.is_none_or(|death| *day <= death)) {
            let Some(bho) = timeline.enrolled.bho_on(day) else { continue };
            let group = self.board.group(bho, interner);
            self.things.add(group, periods, self.plan.calendar.periods(day), n);
        }
    }

    fn nights(&mut self, set: SpellSet, timeline: &Timeline, interner: &Interner) {
        let nights = timeline.institution(set);
        if nights.is_empty() {
            return;
        }
        let away = timeline.alive_enrolled.without(nights);
        let mut inside = timeline.alive_enrolled.without(&away);
        if set == SpellSet::Residential {
            inside = inside.without(timeline.institution(SpellSet::Inpatient));
        }
        split(self.plan, &mut self.board, &mut self.things, timeline, &inside, interner);
    }

    /// Counts the member once in each period and group with a contact on an enrolled day.
    fn served(&mut self, filter: usize, timeline: &Timeline, interner: &Interner) {
        self.things_on(
            timeline.contact_days[filter].iter().map(|day| (*day, 1)),
            timeline,
            interner,
        );
        self.things.at_most_one();
    }

    fn disengagements(
        &mut self,
        measure: usize,
        gap: i32,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let plan = self.plan;
        let Some(place) = plan.gap_place(gap) else { return };
        if self.care[place].is_empty() {
            return;
        }
        self.days.clear();
        let mut lost = Vec::new();
        for episode in &self.care[place] {
            let end = match episode.exit {
                Exit::Open => plan.settings.data_through,
                Exit::Planned(day) => day,
                Exit::Disengaged { on, .. } => {
                    lost.push((on, 1));
                    on
                }
            };
            let care = DaySpans::one(episode.entry, end);
            let days = timeline.alive_enrolled.without(&timeline.alive_enrolled.without(&care));
            split(plan, &mut self.board, &mut self.days, timeline, &days, interner);
        }
        self.things_on(lost.into_iter(), timeline, interner);
        for (group, days) in self.days.groups() {
            for (period, d) in days.iter().enumerate() {
                let n = self.things.at(*group, period);
                if *d != 0 || n != 0 {
                    let cell = plan.cell(measure, period);
                    self.ledger.rates.push(Line { group: *group, cell, age: 0, n, d: *d });
                }
            }
        }
    }

    fn levels(&mut self, measure: usize, timeline: &Timeline, interner: &Interner) {
        let plan = self.plan;
        let (first, last) = plan.span();
        let (board, found) = (&mut self.board, &mut self.ledger.levels);
        let from = found.len();
        // Days come in order, so most lie in the month and organisation of the day before.
        let (mut near, mut places) = ((Day(1), Day(0)), Vec::new());
        unit::for_each_level_day(timeline, first, last, &mut |day, level| {
            if day < near.0 || day > near.1 {
                let run = timeline.enrolled.run_on(day).unwrap_or((day, day, UNKNOWN));
                let month = plan.calendar.month_of(day);
                near = (run.0.max(month.0), run.1.min(month.1));
                let group = board.group(run.2, interner);
                places.clear();
                for group in [EVERYONE, group] {
                    for period in plan.calendar.periods(day) {
                        let cell = plan.cell(measure, *period);
                        let known = found[from..]
                            .iter()
                            .position(|days| (days.group, days.cell) == (group, cell));
                        places.push(known.map_or(found.len(), |place| from + place));
                        if known.is_none() {
                            found.push(LevelDays { group, cell, days: [0; 7] });
                        }
                    }
                }
            }
            for place in &places {
                found[*place].days[usize::from(level.min(6))] += 1;
            }
        });
    }
}

/// Adds days to the periods and organisations they belong to.
fn split(
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
