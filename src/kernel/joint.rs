//! Sums by several attributes at once, which expected counts are made from. They are never shown: only
//! numerators and denominators are kept, of shares and rates, in periods of one grain.

use std::collections::HashMap;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use foldhash::fast::RandomState;

use super::covariate::{self, Covariate, IndexFact, Levels};
use super::ledger::{EVERYONE, Ledger, Line, PersonDays};
use super::part::{AGE_BANDS, band_name};
use super::plan::{Plan, StratumKind};
use super::{Cell, Group, Stratum, Tally};
use crate::indicator::member_outcome::{MemberOutcome, Steady};
use crate::indicator::{Measure, RateRule, Rule, Shape};
use crate::terms::Grain;
use crate::timeline::{Interner, Timeline};

/// The kind of a stratum of several attributes at once. Its value has theirs, in the order of the
/// plan, separated by [`BETWEEN`].
pub const JOINT: &str = "joint";

/// The same of a rate over enrolled days, with numerators alone: all such rates share their days.
pub const JOINT_EVENTS: &str = "joint_events";

/// Enrolled days of such strata, under the first measure that needs them.
pub const JOINT_DAYS: &str = "joint_days";

/// Between the values of several attributes.
pub const BETWEEN: char = '\u{1f}';

/// Which covariates are joined, and in which periods.
#[derive(Debug, Clone, Default)]
pub(super) struct Joined {
    pub(super) covariates: Vec<Covariate>,
    /// For each fact, whether it is among them.
    asked: [bool; IndexFact::ALL.len()],
    /// Places of the periods.
    periods: Vec<usize>,
    /// For each period of the plan, its place among them.
    place_of: Vec<Option<usize>>,
}

impl Joined {
    /// The last four periods of a grain: what is compared is how organisations stand now.
    pub(super) fn new(covariates: &[Covariate], grain: Grain, plan: &Plan) -> Self {
        const PERIODS: usize = 4;
        if covariates.is_empty() {
            return Self::default();
        }
        let places = 0..plan.periods.len();
        let of_grain = |place: &usize| plan.periods[*place].grain == grain;
        let periods: Vec<usize> = places.clone().filter(of_grain).collect();
        let periods = periods[periods.len().saturating_sub(PERIODS)..].to_vec();
        let place_of = places.map(|place| periods.iter().position(|own| *own == place)).collect();
        let asked = IndexFact::ALL.map(|fact| covariates.contains(&Covariate::Index(fact)));
        Self { covariates: covariates.to_vec(), asked, periods, place_of }
    }

    /// Facts alone, without periods.
    #[cfg(test)]
    pub(super) fn of_facts(facts: &[IndexFact]) -> Self {
        let asked = IndexFact::ALL.map(|fact| facts.contains(&fact));
        Self { asked, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.covariates.is_empty()
    }

    pub(super) fn by_age(&self) -> bool {
        self.covariates.contains(&Covariate::Stratum(StratumKind::AgeBand))
    }

    /// True if a fact is among the covariates.
    pub(super) fn asks(&self, fact: IndexFact) -> bool {
        self.asked[fact as usize]
    }

    /// True if units of a period are summed.
    pub(super) fn has(&self, period: usize) -> bool {
        self.place_of.get(period).is_some_and(Option::is_some)
    }
}

/// True for counts whose expected number can be told: of shares, and of rates of events, days and
/// members; not of sums of money, and not of means.
pub fn has_expected_count(measure: &Measure) -> bool {
    match measure.shape {
        Shape::Share | Shape::MemberShare | Shape::Rate => measure.numerator_parts == 1,
        Shape::Mix
        | Shape::Agreement
        | Shape::Duration
        | Shape::MemberMean
        | Shape::UnitMean
        | Shape::Top { .. } => false,
    }
}

/// A unit, with what is known of it on its index day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) line: Line,
    pub(super) levels: Levels,
}

/// Group, profile, age band and levels.
type Place = (usize, usize, usize, Levels);

/// The sums of all groups and joint strata.
#[derive(Debug)]
pub(super) struct Joint {
    /// Values of attributes other than age, as they were seen first.
    profiles: Vec<Vec<String>>,
    /// Places of profiles by the keys of their values, for one interner.
    known: HashMap<Vec<u32>, usize, RandomState>,
    /// Numbers of places, and the places by their number.
    numbers: HashMap<Place, u32, RandomState>,
    places: Vec<Place>,
    /// Number of a place and column (measure and period, or enrolled days of a period), numerator and
    /// denominator.
    sums: Vec<((u32, u32), (i64, i64))>,
    /// Where each of them stands.
    sum_at: HashMap<(u32, u32), usize, RandomState>,
    /// Where something was added last: most lines of a member go to one place.
    last: Option<(Place, u32)>,
    /// Measures that are summed.
    wanted: Vec<bool>,
    /// The current member's levels at the start of each period, and of each member window.
    at_start: Vec<Levels>,
    at_window: Vec<Levels>,
}

impl Joint {
    pub(super) fn new(plan: &Plan) -> Self {
        let wanted = plan.indicators.iter().enumerate().map(|(measure, one)| {
            plan.joined.periods.iter().any(|period| plan.counts_in(measure, *period))
                && one.measure.is_computable()
                && has_expected_count(&one.measure)
        });
        Self {
            profiles: Vec::new(),
            known: HashMap::default(),
            numbers: HashMap::default(),
            places: Vec::new(),
            sums: Vec::new(),
            sum_at: HashMap::default(),
            last: None,
            wanted: wanted.collect(),
            at_start: Vec::new(),
            at_window: Vec::new(),
        }
    }

    fn profile(&mut self, plan: &Plan, timeline: &Timeline, interner: &Interner) -> usize {
        let place = |one: &Covariate| match one {
            Covariate::Stratum(StratumKind::Attribute(name)) => {
                plan.needs.attributes.iter().position(|attribute| attribute == name)
            }
            Covariate::Stratum(_) | Covariate::Index(_) => None,
        };
        let places = plan.joined.covariates.iter().filter_map(place);
        let keys: Vec<u32> = places.map(|place| timeline.attributes[place]).collect();
        if let Some(known) = self.known.get(&keys) {
            return *known;
        }
        let values = keys.iter().map(|key| interner.text(*key).to_owned()).collect();
        let profile = self.profile_of(values);
        self.known.insert(keys, profile);
        profile
    }

    fn profile_of(&mut self, values: Vec<String>) -> usize {
        self.profiles.iter().position(|known| *known == values).unwrap_or_else(|| {
            self.profiles.push(values);
            self.profiles.len() - 1
        })
    }

    /// Adds what the current member contributes; `ages` and `ends` are its age bands at each end of
    /// a window, and its groups by how members belong to them.
    pub(super) fn post(
        &mut self,
        (plan, ledger): (&Plan, &Ledger),
        (ages, ends): (&[usize], &[Vec<usize>]),
        timeline: &Timeline,
        interner: &Interner,
    ) {
        if plan.joined.is_empty() {
            return;
        }
        let profile = self.profile(plan, timeline, interner);
        let at_start = std::mem::take(&mut self.at_start);
        let at_window = std::mem::take(&mut self.at_window);
        let mut adder = Adder { plan, profile, ages, at_start, at_window, joint: self };
        adder.see_levels(timeline);
        for unit in &ledger.known {
            for group in [EVERYONE, unit.line.group] {
                adder.line(&Line { group, ..unit.line }, unit.levels);
            }
        }
        adder.rates(ledger);
        for (measure, outcomes) in ledger.outcomes() {
            adder.outcomes(measure, outcomes, &ends[plan.alike.belongs[measure]]);
        }
        let Adder { at_start, at_window, .. } = adder;
        self.at_start = at_start;
        self.at_window = at_window;
    }

    fn number_of(&mut self, place: Place) -> u32 {
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == place) {
            return number;
        }
        let next = u32::try_from(self.places.len()).expect("fewer than 2³² places");
        let number = *self.numbers.entry(place).or_insert_with(|| {
            self.places.push(place);
            next
        });
        self.last = Some((place, number));
        number
    }

    fn add(&mut self, place: Place, column: u32, by: (i64, i64)) {
        let key = (self.number_of(place), column);
        let at = *self.sum_at.entry(key).or_insert_with(|| {
            self.sums.push((key, (0, 0)));
            self.sums.len() - 1
        });
        let (_, sum) = &mut self.sums[at];
        *sum = (sum.0 + by.0, sum.1 + by.1);
    }

    /// Adds the sums of another, whose groups have these places here.
    pub(super) fn merge(&mut self, other: Self, groups: &[usize]) {
        let profiles: Vec<usize> =
            other.profiles.into_iter().map(|values| self.profile_of(values)).collect();
        for ((number, column), sums) in other.sums {
            let (group, profile, age, levels) = other.places[number as usize];
            self.add((groups[group], profiles[profile], age, levels), column, sums);
        }
    }

    /// The cells of all joint strata.
    pub(super) fn cells(&self, plan: &Plan, groups: &[Group]) -> Vec<(Cell, Tally)> {
        let columns = plan.joined.periods.len();
        let per_day = |measure: usize| {
            self.wanted[measure]
                && matches!(plan.indicators[measure].rule, Rule::Rate(RateRule { to: None, .. }))
        };
        let days = plan.indicators.len();
        let days_of = (0..days).find(|measure| per_day(*measure));
        let of = |((number, column), sums): &((u32, u32), (i64, i64))| {
            let (measure, at) = (*column as usize / columns, *column as usize % columns);
            let (kind, measure, sums) = match measure {
                measure if measure == days => (JOINT_DAYS, days_of?, (0, sums.1)),
                measure if per_day(measure) => (JOINT_EVENTS, measure, (sums.0, 0)),
                measure => (JOINT, measure, *sums),
            };
            let place = self.places[*number as usize];
            let cell = Cell {
                measure,
                period: plan.periods[plan.joined.periods[at]],
                group: groups[place.0].clone(),
                stratum: Stratum { kind: kind.to_owned(), value: self.value(plan, place) },
            };
            let (numerator, denominator) = (sums.0.into(), sums.1.into());
            let tally = Tally { numerator, denominator, ..Tally::default() };
            (sums != (0, 0)).then_some((cell, tally))
        };
        self.sums.par_iter().filter_map(of).collect()
    }

    fn value(&self, plan: &Plan, (_, profile, age, levels): Place) -> String {
        let mut others = self.profiles[profile].iter();
        let value = |one: &Covariate| match one {
            Covariate::Stratum(StratumKind::AgeBand) => band_name(age),
            Covariate::Stratum(_) => others.next().map_or("", String::as_str),
            Covariate::Index(fact) => fact.levels()[usize::from(levels[*fact as usize])],
        };
        let values: Vec<&str> = plan.joined.covariates.iter().map(value).collect();
        values.join(&BETWEEN.to_string())
    }
}

fn small(column: usize) -> u32 {
    u32::try_from(column).expect("fewer than 2³² columns")
}

/// The sums of one member's profile.
struct Adder<'a> {
    plan: &'a Plan,
    profile: usize,
    ages: &'a [usize],
    at_start: Vec<Levels>,
    at_window: Vec<Levels>,
    joint: &'a mut Joint,
}

impl Adder<'_> {
    /// The member's levels on the first day of each period and of each window.
    fn see_levels(&mut self, timeline: &Timeline) {
        let plan = self.plan;
        let on = |day| covariate::on_day(plan, timeline, day);
        let windows = |place: &usize| plan.windows[plan.end_of[*place]].0;
        self.at_start.clear();
        self.at_window.clear();
        if plan.joined.asked == [false; IndexFact::ALL.len()] {
            self.at_start.resize(plan.joined.periods.len(), Levels::default());
            self.at_window.resize(plan.joined.periods.len(), Levels::default());
            return;
        }
        self.at_start
            .extend(plan.joined.periods.iter().map(|place| on(plan.periods[*place].start)));
        self.at_window.extend(plan.joined.periods.iter().map(|place| on(windows(place))));
    }

    fn add(&mut self, (group, age): (usize, usize), column: usize, levels: Levels, by: (i64, i64)) {
        let age = if self.plan.joined.by_age() { age.min(AGE_BANDS.len()) } else { 0 };
        self.joint.add((group, self.profile, age, levels), small(column), by);
    }

    fn age_at(&self, period: usize) -> usize {
        self.ages.get(self.plan.end_of[period]).copied().unwrap_or(0)
    }

    fn line(&mut self, line: &Line, levels: Levels) {
        let (row, period) =
            (line.cell / self.plan.periods.len(), line.cell % self.plan.periods.len());
        let Some(at) = self.plan.joined.place_of[period] else { return };
        let measure = self.plan.measure_of_row[row];
        if self.joint.wanted[measure] {
            let column = measure * self.plan.joined.periods.len() + at;
            self.add((line.group, line.age), column, levels, (line.n, line.d));
        }
    }

    /// Rates, contacts and enrolled days: what is known on the first day of the period.
    fn rates(&mut self, ledger: &Ledger) {
        let plan = self.plan;
        let with_everyone =
            |group: usize| (!ledger.for_everyone).then_some(EVERYONE).into_iter().chain([group]);
        let is_contacts = |line: &&Line| {
            let measure = plan.measure_of_row[line.cell / plan.periods.len()];
            matches!(plan.indicators[measure].rule, Rule::Contacts(_))
        };
        let contacts = ledger.units.iter().filter(is_contacts).map(|line| (*line, line.age));
        // What rates are divided by follows.
        let rates = ledger.rates.iter().map(|line| (Line { d: 0, ..*line }, usize::MAX));
        for (line, age) in contacts.chain(rates) {
            let period = line.cell % plan.periods.len();
            let Some(at) = plan.joined.place_of[period] else { continue };
            let age = if age == usize::MAX { self.age_at(period) } else { age };
            let levels = self.at_start[at];
            for group in with_everyone(line.group) {
                self.line(&Line { group, age, ..line }, levels);
            }
        }
        for (over, days) in ledger.denominators() {
            if plan.alike.enrolled_days == Some(over) {
                self.denominators(plan.indicators.len(), days, with_everyone);
                continue;
            }
            for (measure, own) in plan.alike.denominators.iter().enumerate() {
                if *own == Some(over) && self.joint.wanted[measure] {
                    self.denominators(measure, days, with_everyone);
                }
            }
        }
    }

    /// What a rate (or, at the place after the last, all rates over enrolled days) is divided by.
    fn denominators<G: Iterator<Item = usize>>(
        &mut self,
        measure: usize,
        days: &PersonDays,
        groups: impl Fn(usize) -> G,
    ) {
        let plan = self.plan;
        for (group, days) in days.groups() {
            for (at, period) in plan.joined.periods.iter().enumerate() {
                if days[*period] != 0 {
                    let column = measure * plan.joined.periods.len() + at;
                    let (age, levels) = (self.age_at(*period), self.at_start[at]);
                    for group in groups(*group) {
                        self.add((group, age), column, levels, (0, days[*period]));
                    }
                }
            }
        }
    }

    /// Values of members: what is known on the first day of their window.
    fn outcomes(&mut self, measure: usize, outcomes: &[Steady], ends: &[usize]) {
        if !self.joint.wanted[measure] {
            return;
        }
        let plan = self.plan;
        for (at, period) in plan.joined.periods.iter().enumerate() {
            let end = plan.end_of[*period];
            if let Some(MemberOutcome::Value(value)) = Steady::at(outcomes, end) {
                let column = measure * plan.joined.periods.len() + at;
                let (age, levels) = (self.age_at(*period), self.at_window[at]);
                for group in [EVERYONE, ends[end]] {
                    self.add((group, age), column, levels, (value, 1));
                }
            }
        }
    }
}
