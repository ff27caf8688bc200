//! The units behind tallies, one by one, for whoever asks how a number came about. The same counter
//! judges them that counts them.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::board::Board;
use super::count::Counter;
use super::covariate::Which;
use super::ledger::{EVERYONE, Ledger, Note, Noted};
use super::pairs::Weights;
use super::part::band_name;
use super::plan::{Plan, StratumKind};
use super::run::{Error, counted};
use super::teams::{self, densities};
use super::{
    Attributed, Cell, Group, Stratum, Tallies, Tally, Values, Volumes, activities, attribution,
};
use crate::indicator::member_outcome::{MemberOutcome, Steady};
use crate::indicator::unit::Outcome;
use crate::indicator::{Rule, Shape};
use crate::terms::{Day, Period};
use crate::timeline::{Interner, Reader, Timeline, UNKNOWN};

/// What became of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Left out, under the reason at this place of the measure.
    Excluded(usize),
    /// In the denominator. A unit that is judged has a denominator of 1 and, if met, a numerator
    /// of 1; of members, rates and days these are what one member adds.
    Counted {
        /// What it adds to the numerator, in `1 / numerator_parts`.
        numerator: i64,
        /// What it adds to the denominator, in `1 / denominator_parts`.
        denominator: i64,
        /// The day of the event that decides; the index day where no single day does.
        decided: Option<Day>,
    },
}

/// One line of a number: a unit with a day (a discharge, an assessment …), or what a member adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The member's id; nothing of an activity in the community, which belongs to no member.
    pub member: Option<String>,
    /// Place of the measure.
    pub measure: usize,
    /// The reported period.
    pub period: Period,
    /// Whose number it is part of; each unit of an organisation is also one of everyone.
    pub group: Group,
    /// Where it stands in each breakdown of the plan, and its level of care.
    pub strata: Vec<Stratum>,
    /// The index day, where the unit has one.
    pub day: Option<Day>,
    /// What became of it.
    pub fate: Fate,
}

/// Every unit of every bucket that `keep` wants, in the order of buckets and members. As
/// [`super::count()`], which the units add up to. Where values depend on all members, `buckets` must be
/// all there are, and each is opened twice.
pub fn units<B, I, E>(
    plan: &Plan,
    buckets: &[B],
    open: impl Fn(&B) -> Result<I, E> + Sync,
    keep: impl Fn(&Unit) -> bool + Sync,
) -> Result<Vec<Unit>, Error<E>>
where
    B: Sync,
    E: Send,
    I: Iterator<Item = Result<RecordBatch, E>>,
{
    // Densities depend on all members: those are counted first.
    let weights = if densities(plan).is_empty() {
        Weights::default()
    } else {
        counted(plan, buckets, &open, |_| {})?.pairs(plan).weights(plan)
    };
    let of_bucket = |bucket: &B| -> Result<Vec<Unit>, Error<E>> {
        let mut found = Vec::new();
        let mut counter = Counter::new(plan);
        counter.ledger.notes = Some(Vec::new());
        let mut reader = Reader::new(&plan.needs, &plan.settings);
        let mut each = |timeline: &Timeline, interner: &mut Interner| {
            counter.count(timeline, interner);
            let of = (&counter.ledger, &weights);
            write_down(&counter.board, of, timeline, interner, &mut |unit| {
                found.extend(activities::told(plan, unit).filter(|unit| keep(unit)));
            });
        };
        for batch in open(bucket).map_err(Error::Source)? {
            reader.read(&batch.map_err(Error::Source)?, &mut each)?;
        }
        reader.finish(&mut each);
        Ok(found)
    };
    let found: Vec<Result<Vec<Unit>, Error<E>>> = buckets.par_iter().map(of_bucket).collect();
    let mut all = Vec::new();
    for units in found {
        all.extend(units?);
    }
    all.extend(activities::units(plan).into_iter().filter(|unit| keep(unit)));
    Ok(all)
}

/// The member at hand, as units are written down for it.
struct Writer<'a> {
    plan: &'a Plan,
    board: &'a Board<'a>,
    timeline: &'a Timeline,
    interner: &'a Interner,
    weights: &'a Weights,
    each: &'a mut dyn FnMut(Unit),
}

fn write_down(
    board: &Board<'_>,
    (ledger, weights): (&Ledger, &Weights),
    timeline: &Timeline,
    interner: &Interner,
    each: &mut dyn FnMut(Unit),
) {
    if !ledger.has_entries() {
        return;
    }
    let mut writer = Writer { plan: board.plan, board, timeline, interner, weights, each };
    for note in ledger.notes.iter().flatten() {
        writer.note(note);
    }
    writer.members(ledger);
    writer.rates(ledger);
    writer.levels(ledger);
}

impl Writer<'_> {
    fn write(
        &mut self,
        at: (usize, usize, usize),
        age: usize,
        day: Option<(Day, Option<usize>)>,
        fate: Fate,
    ) {
        let (measure, period, group) = at;
        if !self.plan.counts_in(measure, period) {
            return;
        }
        let rule = &self.plan.indicators[measure].rule;
        let applies = |kind: &&StratumKind| match kind {
            StratumKind::Provider(whose) => attribution::applies(rule, *whose),
            StratumKind::AgeBand | StratumKind::Attribute(_) => true,
        };
        let strata = self.plan.strata.iter().filter(applies).map(|kind| {
            let value = match kind {
                StratumKind::Provider(whose) => self.provider((rule, period), *whose, day),
                StratumKind::AgeBand => band_name(age).to_owned(),
                StratumKind::Attribute(name) => {
                    let mut attributes = self.plan.needs.attributes.iter();
                    let place = attributes.position(|attribute| attribute == name);
                    let key = place.map_or(UNKNOWN, |place| self.timeline.attributes[place]);
                    self.interner.text(key).to_owned()
                }
            };
            Stratum { kind: kind.name().to_owned(), value }
        });
        let strata: Vec<Stratum> = strata.collect();
        (self.each)(Unit {
            member: Some(self.timeline.member.clone()),
            measure,
            period: self.plan.periods[period],
            group: self.board.groups[group].clone(),
            strata,
            day: day.map(|(day, _)| day),
            fate,
        });
    }

    /// The provider that a unit of a day, or the member in a period, belongs to.
    fn provider(
        &self,
        (rule, period): (&Rule, usize),
        whose: Attributed,
        day: Option<(Day, Option<usize>)>,
    ) -> String {
        let (plan, timeline) = (self.plan, self.timeline);
        let key = if let (Rule::Share(share), Some((day, stay))) = (rule, day) {
            let which = Which { unit: share.index.unit, day, stay };
            attribution::of_unit(plan, timeline, which, whose, self.interner).unwrap_or(UNKNOWN)
        } else {
            let window = plan.windows[plan.end_of[period]];
            attribution::agency(plan, timeline, window, self.interner)
        };
        attribution::word(key, whose, self.interner).to_owned()
    }

    fn note(&mut self, note: &Note) {
        let counted =
            |numerator, denominator, decided| Fate::Counted { numerator, denominator, decided };
        let fate = match note.what {
            Noted::Judged(Outcome::Excluded(reason)) => Fate::Excluded(reason),
            Noted::Judged(Outcome::NotMet) => counted(0, 1, None),
            Noted::Judged(Outcome::Value(value)) => counted(value, 1, None),
            Noted::Judged(Outcome::Met(days)) => counted(1, 1, Some(note.day + days)),
            Noted::Contacts { n, d } => counted(n, d, None),
        };
        for &period in self.plan.calendar.periods(note.day) {
            for group in [EVERYONE, note.group] {
                let day = Some((note.day, note.stay));
                self.write((note.measure, period, group), note.age, day, fate);
            }
        }
    }

    /// The current member's age band at the end of a period, if age is asked for.
    fn age_in(&self, period: usize) -> usize {
        self.board.age_at(self.plan.end_of[period])
    }

    fn members(&mut self, ledger: &Ledger) {
        for (measure, outcomes) in ledger.outcomes() {
            let density = self.density(measure);
            for period in 0..self.plan.periods.len() {
                let end = self.plan.end_of[period];
                let fate = match Steady::at(outcomes, end) {
                    None => continue,
                    Some(MemberOutcome::Excluded(reason)) => Fate::Excluded(reason),
                    Some(MemberOutcome::Value(value)) => {
                        let numerator = density.as_ref().map_or(value, |density| density[end]);
                        Fate::Counted { numerator, denominator: 1, decided: None }
                    }
                };
                for group in [EVERYONE, self.board.ends(measure)[end]] {
                    self.write((measure, period, group), self.age_in(period), None, fate);
                }
            }
        }
    }

    /// The density of the current member's providers in each window, if a measure is one.
    fn density(&self, measure: usize) -> Option<Vec<i64>> {
        let (_, visits) = densities(self.plan).into_iter().find(|(own, _)| *own == measure)?;
        let seen = teams::seen(self.plan, visits, self.timeline);
        let at = |end| {
            let keys = teams::team(&seen, end);
            let mut team: Vec<u64> = keys.map(|key| teams::hash(self.interner.text(key))).collect();
            team.sort_unstable();
            self.weights.density(measure, &team, end)
        };
        Some((0..self.plan.ends.len()).map(at).collect())
    }

    fn rates(&mut self, ledger: &Ledger) {
        let periods = self.plan.periods.len();
        for (measure, indicator) in self.plan.indicators.iter().enumerate() {
            if !matches!(indicator.rule, Rule::Rate(_)) {
                continue;
            }
            if !indicator.measure.is_computable() {
                continue;
            }
            let cells = self.plan.cell(measure, 0)..self.plan.cell(measure, 0) + periods;
            let mut sums: BTreeMap<(usize, usize), (i64, i64)> = BTreeMap::new();
            for line in ledger.rates.iter().filter(|line| cells.contains(&line.cell)) {
                let sum = sums.entry((line.group, line.cell % periods)).or_default();
                *sum = (sum.0 + line.n, sum.1 + line.d);
            }
            if let Some(over) = self.plan.alike.denominators[measure] {
                for (group, days) in ledger.over[over].days.groups() {
                    for (period, days) in days.iter().enumerate().filter(|(_, days)| **days != 0) {
                        sums.entry((*group, period)).or_default().1 = *days;
                    }
                }
            }
            for ((group, period), (numerator, denominator)) in sums {
                let fate = Fate::Counted { numerator, denominator, decided: None };
                self.write((measure, period, group), self.age_in(period), None, fate);
            }
        }
    }

    fn levels(&mut self, ledger: &Ledger) {
        let periods = self.plan.periods.len();
        for (measure, indicator) in self.plan.indicators.iter().enumerate() {
            if indicator.rule != Rule::LevelMix {
                continue;
            }
            for days in
                ledger.levels.iter().filter(|days| self.plan.row_of[measure] == days.cell / periods)
            {
                let denominator = days.days.iter().sum();
                for (level, numerator) in days.days.iter().enumerate() {
                    let fate = Fate::Counted { numerator: *numerator, denominator, decided: None };
                    let each = &mut *self.each;
                    let mut at_level = |mut unit: Unit| {
                        unit.strata =
                            vec![Stratum { kind: "level".to_owned(), value: level.to_string() }];
                        each(unit);
                    };
                    let mut writer = Writer { each: &mut at_level, ..*self };
                    writer.write((measure, days.cell % periods, days.group), 0, None, fate);
                }
            }
        }
    }
}

/// The tallies that units add up to, in every group and breakdown. Sums over members are made from
/// each member's own sums, as [`super::count()`] does without knowing the units. Volumes are not made of
/// units: there are none.
pub fn add_up(plan: &Plan, units: &[Unit]) -> Tallies {
    let densities = densities(plan);
    let mut cells: BTreeMap<Cell, Tally> = BTreeMap::new();
    let mut values: BTreeMap<Cell, Vec<(i64, i64)>> = BTreeMap::new();
    let mut members: BTreeMap<(Cell, &str), (i64, i64)> = BTreeMap::new();
    for unit in units {
        let measure = &plan.indicators[unit.measure].measure;
        let whole = plan.indicators[unit.measure].rule.is_of_whole_groups();
        for stratum in
            strata(unit, measure.shape).into_iter().filter(|one| !whole || one.kind == "all")
        {
            let cell = Cell {
                measure: unit.measure,
                period: unit.period,
                group: unit.group.clone(),
                stratum,
            };
            let tally = cells.entry(cell.clone()).or_default();
            tally.excluded.resize(measure.exclusions.len(), 0);
            match unit.fate {
                Fate::Excluded(reason) => tally.excluded[reason] += 1,
                Fate::Counted { numerator, denominator, decided } => {
                    tally.numerator += i128::from(numerator);
                    tally.denominator += i128::from(denominator);
                    let Some(member) = &unit.member else {
                        tally.nobodys += i128::from(numerator);
                        tally.add_squares(numerator, denominator);
                        continue;
                    };
                    let sums = members.entry((cell.clone(), member)).or_default();
                    *sums = (sums.0 + numerator, sums.1 + denominator);
                    if cell.stratum.kind != "all" {
                        continue;
                    }
                    let days = decided.zip(unit.day).filter(|_| measure.has_curve);
                    let value = match measure.shape {
                        Shape::MemberMean if whole => None,
                        Shape::MemberMean
                        | Shape::UnitMean
                        | Shape::Agreement
                        | Shape::Duration => Some(numerator),
                        Shape::Top { .. } => Some(numerator).filter(|own| *own != 0),
                        _ => None,
                    };
                    let value = value.or(days.map(|(decided, index)| i64::from(decided - index)));
                    values.entry(cell).or_default().extend(value.map(|value| (value, 1)));
                }
            }
        }
    }
    for ((cell, _), (n, d)) in members {
        // What a density is made of is a sum over pairs, not over members.
        let dense = densities.iter().any(|(measure, _)| *measure == cell.measure);
        let n = if dense { 0 } else { n };
        let tally = cells.entry(cell).or_default();
        tally.members += i64::from(d > 0);
        tally.add_squares(n, d);
    }
    for (cell, values) in values {
        cells.entry(cell).or_default().values = values.into_iter().collect::<Values>();
    }
    let (measures, periods) = (plan.measures(), plan.periods.clone());
    Tallies { measures, periods, cells, volumes: Volumes::new() }
}

/// The parts of a group that a unit belongs to. Days by level have no whole.
fn strata(unit: &Unit, shape: Shape) -> BTreeSet<Stratum> {
    let all = Stratum::everyone();
    let whole = (shape != Shape::Mix).then_some(all);
    unit.strata.iter().cloned().chain(whole).collect()
}
