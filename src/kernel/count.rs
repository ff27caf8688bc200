//! One member through every rule of the plan.

use super::board::Board;
use super::judged::Gathered;
use super::ledger::{DaysAtLevels, Denominator, EVERYONE, Ledger, Line, Note, Noted, PersonDays};
use super::plan::Plan;
use super::present::Kinds;
use super::things::split;
use crate::indicator::answers::{Answers, CandidateWindows};
use crate::indicator::candidate;
use crate::indicator::care::{self, CareEpisode};
use crate::indicator::criterion::for_each_level_run;
use crate::indicator::excluded::ExcludedWindows;
use crate::indicator::member_outcome::outcomes;
use crate::indicator::member_value::MemberScene;
use crate::indicator::relations::Relations;
use crate::indicator::year::{Active, MemberMonths};
use crate::indicator::{Candidates, ContactShare, MemberRule, RateRule, Rule};
use crate::terms::Day;
use crate::timeline::{Interner, SpellSet, Timeline, UNKNOWN};

/// Counts members one after the other into its own board.
#[derive(Debug)]
pub(super) struct Counter<'p> {
    pub(super) plan: &'p Plan,
    pub(super) board: Board<'p>,
    pub(super) care: Vec<Vec<CareEpisode>>,
    months: MemberMonths,
    excluded: ExcludedWindows,
    answers: Answers,
    candidates: CandidateWindows,
    relations: Vec<Relations>,
    pub(super) ledger: Ledger,
    things: PersonDays,
    pub(super) dated: Vec<(Day, i64)>,
    days_at: DaysAtLevels,
    pub(super) gathered: Gathered,
}

impl<'p> Counter<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            board: Board::new(plan),
            care: vec![Vec::new(); plan.gaps.len()],
            months: MemberMonths::default(),
            excluded: ExcludedWindows::new(plan.alike.exclusion_count()),
            candidates: CandidateWindows::new(plan.alike.candidate_count()),
            answers: Answers::new(plan.alike.question_count(), plan.grid.asked_days()),
            relations: vec![Relations::default(); plan.alike.relations.len()],
            ledger: Ledger::new(plan.alike.denominator_count()),
            things: PersonDays::default(),
            dated: Vec::new(),
            days_at: DaysAtLevels::new(plan.periods.len()),
            gathered: Gathered::default(),
        }
    }

    /// Counts one member.
    ///
    /// What a member of one organisation adds is also what it adds to everyone, so it is entered once.
    /// What lies on a day without enrolment belongs to an organisation of its own, and most members have
    /// something there if they have such days. That a member has several may show only while it is counted;
    /// then it is counted again.
    pub(super) fn count(&mut self, timeline: &Timeline, interner: &mut Interner) {
        self.board.begin(timeline);
        let one_bho = timeline.enrolled.owned.windows(2).all(|pair| pair[0].2 == pair[1].2);
        let (first, last) = self.plan.span;
        let may_be_unknown = timeline.has_records && !timeline.enrolled.days.covers(first, last);
        let for_everyone = !one_bho || may_be_unknown || self.ledger.notes.is_some();
        self.gather(for_everyone, timeline, interner);
        if self.board.post(&mut self.ledger, timeline, interner).is_err() {
            self.gather(true, timeline, interner);
            let posted = self.board.post(&mut self.ledger, timeline, interner);
            debug_assert!(posted.is_ok(), "what is entered for everyone can be posted");
        }
        self.board.post_teams(&self.ledger, timeline, interner);
        self.board.post_volumes(timeline, interner);
    }

    /// Enters everything that a member adds.
    fn gather(&mut self, for_everyone: bool, timeline: &Timeline, interner: &mut Interner) {
        let plan = self.plan;
        self.ledger.clear(for_everyone);
        self.months.clear();
        self.excluded.clear();
        self.answers.clear();
        self.candidates.clear();
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
        let has = Kinds::of(timeline, &self.care);
        let looked_at = &plan.alike.looked_at;
        for &measure in plan.computable.iter().filter(|measure| has.meets(looked_at[**measure])) {
            match &plan.indicators[measure].rule {
                Rule::Share(_) => self.units(measure, timeline, interner),
                Rule::Member(rule) => self.member(measure, rule, timeline, interner),
                Rule::Rate(rule) => self.rate(measure, rule, timeline, interner),
                Rule::LevelMix => self.levels(measure, timeline, interner),
                Rule::Contacts(share) => self.contacts(measure, share, timeline, interner),
            }
        }
    }

    fn member(
        &mut self,
        measure: usize,
        rule: &MemberRule,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let plan = self.plan;
        let visits = plan.alike.visits(measure).map_or(&[][..], |own| own.rows(timeline));
        match rule.candidates {
            Candidates::Visits { at_least, .. }
                if (visits.len() as u64) < at_least.unsigned_abs() =>
            {
                return;
            }
            Candidates::ActiveBefore { filter, .. } | Candidates::HasContact { filter, .. }
                if timeline.contact_days[plan.filters[measure][filter]].is_empty() =>
            {
                return;
            }
            Candidates::InCare { filter }
                if timeline.contact_days[plan.filters[measure][filter]].is_empty()
                    && timeline.institution(SpellSet::Any24Hour).is_empty() =>
            {
                return;
            }
            Candidates::EdVisits { .. } if timeline.ed_visits.is_empty() => return,
            Candidates::Answered(_) if timeline.outcomes.is_empty() => return,
            Candidates::Scored(_) if timeline.scores.is_empty() => return,
            Candidates::Events(_) if timeline.events.is_empty() => return,
            Candidates::InCareSince { gap, .. }
                if plan.gap_place(gap).is_none_or(|place| self.care[place].is_empty()) =>
            {
                return;
            }
            Candidates::Institution(set) if timeline.institution(set).is_empty() => return,
            _ => {}
        }
        self.see_relations(measure, timeline, interner);
        self.see_months(measure, rule, timeline);
        let of_grid = (&plan.grid, plan.windows.as_slice());
        let Some(alike) = plan.alike.members[measure] else { return };
        let list = (alike.exclusions, rule.exclusions.as_slice());
        let asked = plan.reported.of_exclusions[alike.exclusions];
        let excluded = self.excluded.see(list, asked, (timeline, &self.months), of_grid);
        let [relations, agencies] =
            plan.alike.related[measure].map(|place| place.map(|place| &self.relations[place]));
        let scene = MemberScene {
            timeline,
            filters: &plan.filters[measure],
            grid: &plan.grid,
            months: &self.months,
            excluded,
            questions: &plan.alike.questions[measure],
            answers: &self.answers,
            relations,
            visits,
            agencies,
            care: plan.gap_at[measure].map_or(&[], |place| &self.care[place]),
            treatment: plan.treatment,
            qualifying: plan.qualifying,
            data_through: plan.settings.data_through,
        };
        let ask = || candidate::candidates(rule.candidates, &scene, &plan.windows);
        let candidates = self.candidates.see(alike.candidates, ask);
        let candidates = candidates.and(plan.reported.windows(measure));
        if !candidates.is_empty() {
            let windows = (plan.windows.as_slice(), candidates);
            self.ledger.outcomes_of(measure, |found| outcomes(rule, &scene, windows, found));
        }
    }

    /// Looks at the relations that a rule about members asks for.
    fn see_relations(&mut self, measure: usize, timeline: &Timeline, interner: &Interner) {
        let plan = self.plan;
        for place in plan.alike.related[measure].into_iter().flatten() {
            let visits = plan.alike.relations[place];
            self.relations[place].see(
                (visits, visits.rows(timeline)),
                (&plan.windows, plan.reported.of_relations[place]),
                plan.entropy,
                |a, b| interner.compare(a, b),
            );
        }
    }

    /// Looks at the months that a rule about members asks for.
    fn see_months(&mut self, measure: usize, rule: &MemberRule, timeline: &Timeline) {
        let plan = self.plan;
        if !rule.is_monthly() {
            return;
        }
        self.months.see(&plan.grid, timeline);
        for filter in rule.monthly_filters() {
            let filter = plan.filters[measure][filter];
            self.months.see_contacts(&plan.grid, filter, &timeline.contact_days[filter]);
        }
        if let Candidates::ActiveBefore { filter, at_least, days } = rule.candidates {
            let filter = plan.filters[measure][filter];
            let question = Active { filter, at_least, days };
            let windows = plan.windows.iter().copied();
            self.months.see_active(question, windows, &timeline.contact_days[filter]);
        }
    }

    /// What a rate counts, and what it is divided by.
    fn rate(&mut self, measure: usize, rule: &RateRule, timeline: &Timeline, interner: &Interner) {
        let mut of = std::mem::take(&mut self.things);
        of.clear(self.ledger.for_everyone);
        match self.plan.alike.denominators[measure] {
            Some(place) => {
                self.add_up(measure, rule.of, &mut of, timeline, interner);
                self.see_denominator(place, (measure, rule), timeline, interner);
                self.enter_rate(measure, &of, place);
            }
            None => self.top(measure, rule, &mut of, timeline, interner),
        }
        self.things = of;
    }

    /// Adds up a denominator, once for all measures that are divided by it.
    fn see_denominator(
        &mut self,
        place: usize,
        (measure, rule): (usize, &RateRule),
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let Denominator { is_known, mut days } = std::mem::take(&mut self.ledger.over[place]);
        if !is_known {
            days.clear(self.ledger.for_everyone);
            if let Some(thing) = rule.to {
                self.add_up(measure, thing, &mut days, timeline, interner);
            } else {
                let enrolled = &timeline.alive_enrolled;
                split(self.plan, &mut self.board, &mut days, timeline, enrolled, interner);
            }
        }
        self.ledger.over[place] = Denominator { is_known: true, days };
    }

    fn enter_rate(&mut self, measure: usize, of: &PersonDays, over: usize) {
        let plan = self.plan;
        for (group, things) in of.groups() {
            let days = self.ledger.over[over].days.of(*group);
            let things = things.iter().enumerate();
            let counted =
                |(period, n): &(usize, &i64)| **n != 0 && plan.counts_in(measure, *period);
            for (period, n) in things.filter(counted) {
                let d = days.map_or(0, |days| days[period]);
                let cell = plan.cell(measure, period);
                self.ledger.rates.push(Line { group: *group, cell, age: 0, n: *n, d });
            }
        }
    }

    /// Contacts with a property, of all; each in the period and organisation of its day.
    fn contacts(
        &mut self,
        measure: usize,
        share: &ContactShare,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let plan = self.plan;
        let (of, met) = (plan.filters[measure][share.of], plan.filters[measure][share.met]);
        let from = self.ledger.next_units();
        let mut met_days =
            timeline.contact_days[met].iter().zip(&timeline.contact_counts[met]).peekable();
        for (day, d) in timeline.contact_days[of].iter().zip(&timeline.contact_counts[of]) {
            let n = met_days.next_if(|(met_day, _)| *met_day == day).map_or(0, |(_, n)| *n);
            let periods = plan.calendar.periods(*day);
            if periods.is_empty() || *day > plan.settings.data_through {
                continue;
            }
            let bho = timeline.enrolled.bho_on(*day).unwrap_or(UNKNOWN);
            let group = self.board.group(bho, interner);
            let age = self.board.age_on(*day);
            let what = Noted::Contacts { n, d: *d };
            self.ledger.note(Note { measure, day: *day, stay: None, group, age, what });
            for period in plan.periods_of(measure, *day) {
                let cell = plan.cell(measure, period);
                self.ledger.units(plan.slot(0, period), Line { group, cell, age, n, d: *d });
            }
        }
        self.ledger.order_units(from);
    }

    /// Days by level of care, period and organisation.
    fn levels(&mut self, measure: usize, timeline: &Timeline, interner: &Interner) {
        let plan = self.plan;
        let (first, last) = plan.span;
        let (board, days_at) = (&mut self.board, &mut self.days_at);
        days_at.clear(self.ledger.for_everyone);
        // Most runs are a day, and most lie in the month and organisation of the run before.
        let (mut near, mut group, mut days) = ((Day(1), Day(0)), EVERYONE, [0; 7]);
        for_each_level_run(timeline, first, last, &mut |first, last, level| {
            let mut from = first;
            while from <= last {
                if from < near.0 || from > near.1 {
                    days_at.add(group, plan.calendar.periods(near.0), &mut days);
                    let run = timeline.enrolled.run_on(from).unwrap_or((from, from, UNKNOWN));
                    let month = plan.calendar.month_of(from);
                    near = (run.0.max(month.0), run.1.min(month.1));
                    group = board.group(run.2, interner);
                }
                let to = last.min(near.1);
                days[usize::from(level.min(6))] += to - from + 1;
                from = to + 1;
            }
        });
        days_at.add(group, plan.calendar.periods(near.0), &mut days);
        days_at.enter(&mut self.ledger.levels, |period| plan.cell(measure, period));
    }
}
