//! Sums by several attributes at once, which expected counts are made from. They are never shown: only
//! numerators and denominators are kept, of shares and rates, in periods of one grain.

use std::collections::{BTreeMap, HashMap};

use super::ledger::{EVERYONE, Ledger, Line};
use super::part::{AGE_BANDS, band_name};
use super::plan::{Plan, StratumKind};
use super::{Cell, Group, Stratum, Tally};
use crate::indicator::member_value::MemberOutcome;
use crate::indicator::{Measure, RateRule, Rule, Shape};
use crate::terms::Grain;
use crate::timeline::{Interner, Timeline};

/// The kind of a stratum of several attributes at once. Its value has theirs, in the order of the
/// plan, separated by [`BETWEEN`].
pub const JOINT: &str = "joint";

/// Between the values of several attributes.
pub const BETWEEN: char = '\u{1f}';

/// Which attributes are joined, and in which periods.
#[derive(Debug, Clone, Default)]
pub(super) struct Joined {
    pub(super) kinds: Vec<StratumKind>,
    /// Places of the periods.
    periods: Vec<usize>,
    /// For each period of the plan, its place among them.
    place_of: Vec<Option<usize>>,
}

impl Joined {
    pub(super) fn new(kinds: &[StratumKind], grain: Grain, plan: &Plan) -> Self {
        let places = 0..plan.periods.len();
        let periods: Vec<usize> =
            places.clone().filter(|place| plan.periods[*place].grain == grain).collect();
        let place_of = places.map(|place| periods.iter().position(|own| *own == place)).collect();
        Self { kinds: kinds.to_vec(), periods, place_of }
    }

    pub(super) fn by_age(&self) -> bool {
        self.kinds.contains(&StratumKind::AgeBand)
    }
}

/// True for counts whose expected number can be told: of shares, and of rates of events, days and
/// members; not of sums of money, and not of means.
pub fn has_expected_count(measure: &Measure) -> bool {
    match measure.shape {
        Shape::Share | Shape::MemberShare | Shape::Rate => measure.numerator_parts == 1,
        Shape::Mix | Shape::MemberMean | Shape::UnitMean | Shape::Top { .. } => false,
    }
}

/// What the members of a group with the same values add: numerator and denominator by measure and
/// period, and their enrolled days.
type Sums = Vec<(i64, i64)>;

/// Group, profile and age band.
type Place = (usize, usize, usize);

/// The sums of all groups and joint strata.
#[derive(Debug)]
pub(super) struct Joint {
    /// Values of attributes other than age, as they were seen first.
    profiles: Vec<Vec<String>>,
    /// Places of profiles by the keys of their values, for one interner.
    known: HashMap<Vec<u32>, usize>,
    /// Places of sums by group, profile and age band.
    places: BTreeMap<Place, usize>,
    sums: Vec<Sums>,
    /// Where something was added last: most lines of a member go to one place.
    last: (Place, usize),
    /// Measures that are summed.
    wanted: Vec<bool>,
}

impl Joint {
    pub(super) fn new(plan: &Plan) -> Self {
        let wanted = plan.indicators.iter().map(|one| {
            !plan.joined.kinds.is_empty()
                && one.measure.is_computable()
                && has_expected_count(&one.measure)
        });
        Self {
            profiles: Vec::new(),
            known: HashMap::new(),
            places: BTreeMap::new(),
            sums: Vec::new(),
            last: ((usize::MAX, 0, 0), 0),
            wanted: wanted.collect(),
        }
    }

    /// Forgets what the interner's keys stood for.
    pub(super) fn forget_keys(&mut self) {
        self.known.clear();
    }

    fn profile(&mut self, plan: &Plan, timeline: &Timeline, interner: &Interner) -> usize {
        let place = |kind: &StratumKind| match kind {
            StratumKind::AgeBand => None,
            StratumKind::Attribute(name) => {
                plan.needs.attributes.iter().position(|attribute| attribute == name)
            }
        };
        let places = plan.joined.kinds.iter().filter_map(place);
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

    /// Adds what the current member contributes; `ages` and `ends` are its age bands and groups at
    /// each end of a window.
    pub(super) fn post(
        &mut self,
        (plan, ledger): (&Plan, &Ledger),
        (ages, ends): (&[usize], &[usize]),
        timeline: &Timeline,
        interner: &Interner,
    ) {
        if plan.joined.kinds.is_empty() {
            return;
        }
        let profile = self.profile(plan, timeline, interner);
        let mut adder = Adder { plan, profile, joint: self };
        let with_everyone =
            |group: usize| (!ledger.for_everyone).then_some(EVERYONE).into_iter().chain([group]);
        let age_at = |period: usize| ages.get(plan.end_of[period]).copied().unwrap_or(0);
        let periods = plan.periods.len();
        for unit in &ledger.units {
            for group in with_everyone(unit.group) {
                adder.line(&Line { group, ..*unit }, unit.age);
            }
        }
        for rate in &ledger.rates {
            // The denominator is everyone's enrolled days, or stands in the line.
            for group in with_everyone(rate.group) {
                adder.line(&Line { group, ..*rate }, age_at(rate.cell % periods));
            }
        }
        for (group, days) in ledger.enrolled.groups() {
            for (at, period) in plan.joined.periods.iter().enumerate() {
                if days[*period] > 0 {
                    let column = plan.indicators.len() * plan.joined.periods.len() + at;
                    for group in with_everyone(*group) {
                        adder.add(group, age_at(*period), column, (0, days[*period]));
                    }
                }
            }
        }
        for (measure, outcomes) in
            ledger.measures.iter().zip(ledger.outcomes.chunks(plan.ends.len()))
        {
            adder.outcomes(*measure, outcomes, &age_at, ends);
        }
    }

    fn sums_of(&mut self, place: Place, columns: usize) -> &mut Sums {
        if self.last.0 != place {
            let at = *self.places.entry(place).or_insert_with(|| {
                self.sums.push(vec![(0, 0); columns]);
                self.sums.len() - 1
            });
            self.last = (place, at);
        }
        &mut self.sums[self.last.1]
    }

    /// Adds the sums of another, whose groups have these places here.
    pub(super) fn merge(&mut self, other: Self, groups: &[usize]) {
        let profiles: Vec<usize> =
            other.profiles.into_iter().map(|values| self.profile_of(values)).collect();
        for ((group, profile, age), at) in other.places {
            let sums = &other.sums[at];
            let own = self.sums_of((groups[group], profiles[profile], age), sums.len());
            for (own, sum) in own.iter_mut().zip(sums) {
                *own = (own.0 + sum.0, own.1 + sum.1);
            }
        }
    }

    /// The cells of all joint strata.
    pub(super) fn cells(&self, plan: &Plan, groups: &[Group]) -> Vec<(Cell, Tally)> {
        let mut cells = Vec::new();
        let columns = plan.joined.periods.len();
        for ((group, profile, age), at) in &self.places {
            let sums = &self.sums[*at];
            let stratum =
                Stratum { kind: JOINT.to_owned(), value: self.value(plan, *profile, *age) };
            for measure in (0..plan.indicators.len()).filter(|measure| self.wanted[*measure]) {
                for (at, period) in plan.joined.periods.iter().enumerate() {
                    let (numerator, denominator) = sums[measure * columns + at];
                    let days = sums[plan.indicators.len() * columns + at].1;
                    let per_day = matches!(
                        plan.indicators[measure].rule,
                        Rule::Rate(RateRule { to: None, .. })
                    );
                    let denominator = if per_day { days } else { denominator };
                    if (numerator, denominator) == (0, 0) {
                        continue;
                    }
                    let cell = Cell {
                        measure,
                        period: plan.periods[*period],
                        group: groups[*group].clone(),
                        stratum: stratum.clone(),
                    };
                    let tally = Tally {
                        numerator: numerator.into(),
                        denominator: denominator.into(),
                        ..Tally::default()
                    };
                    cells.push((cell, tally));
                }
            }
        }
        cells
    }

    fn value(&self, plan: &Plan, profile: usize, age: usize) -> String {
        let mut others = self.profiles[profile].iter();
        let value = |kind: &StratumKind| match kind {
            StratumKind::AgeBand => band_name(age),
            StratumKind::Attribute(_) => others.next().map_or("", String::as_str),
        };
        let values: Vec<&str> = plan.joined.kinds.iter().map(value).collect();
        values.join(&BETWEEN.to_string())
    }
}

/// The sums of one member's profile.
struct Adder<'a> {
    plan: &'a Plan,
    profile: usize,
    joint: &'a mut Joint,
}

impl Adder<'_> {
    fn add(&mut self, group: usize, age: usize, column: usize, by: (i64, i64)) {
        let age = if self.plan.joined.by_age() { age.min(AGE_BANDS.len()) } else { 0 };
        let columns = (self.plan.indicators.len() + 1) * self.plan.joined.periods.len();
        let sums = self.joint.sums_of((group, self.profile, age), columns);
        sums[column] = (sums[column].0 + by.0, sums[column].1 + by.1);
    }

    fn line(&mut self, line: &Line, age: usize) {
        let (row, period) =
            (line.cell / self.plan.periods.len(), line.cell % self.plan.periods.len());
        let Some(at) = self.plan.joined.place_of[period] else { return };
        let measure = self.plan.measure_of_row[row];
        if self.joint.wanted[measure] {
            let column = measure * self.plan.joined.periods.len() + at;
            self.add(line.group, age, column, (line.n, line.d));
        }
    }

    fn outcomes(
        &mut self,
        measure: usize,
        outcomes: &[Option<MemberOutcome>],
        age_at: &impl Fn(usize) -> usize,
        ends: &[usize],
    ) {
        if !self.joint.wanted[measure] {
            return;
        }
        let plan = self.plan;
        for (at, period) in plan.joined.periods.iter().enumerate() {
            let end = plan.end_of[*period];
            if let Some(MemberOutcome::Value(value)) = outcomes[end] {
                let column = measure * plan.joined.periods.len() + at;
                for group in [EVERYONE, ends[end]] {
                    self.add(group, age_at(*period), column, (value, 1));
                }
            }
        }
    }
}
