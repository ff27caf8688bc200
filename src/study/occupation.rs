//! Recovery careers: where people are as time passes, by strategy, on two views: places of care and
//! phases of recovery. Limits are percentiles of the same curves of people drawn anew.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::bootstrap::{Draws, drawn};
use super::career::{CareerState, PhaseState};
use super::cohort::Cohort;
use super::curves::grid;
use super::description::Study;
use super::effect::Estimate;
use super::person::Person;
use super::sheet::{Field, Screen, Sheet};
use crate::statistics::survival::{StateStep, Stretch, state_occupation};
use crate::statistics::{CONFIDENCE, Limits, sorted_quantile};

/// The share of people in each state on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct CareerDay {
    /// Days after time zero.
    pub day: u32,
    /// Share by state; nothing for a state with few people, which is part of `others`.
    pub shares: Vec<Option<Estimate>>,
    /// The share in all states that are not shown on this day.
    pub others: f64,
}

/// The career of the people of one strategy on one view.
#[derive(Debug, Clone, PartialEq)]
pub struct Career {
    /// The strategy, or everybody.
    pub name: String,
    /// Names of the states.
    pub states: Vec<&'static str>,
    /// What the view is about, for the names of files.
    view: &'static str,
    /// The grid.
    pub days: Vec<CareerDay>,
    /// The last day that the careers of every strategy on this view tell.
    pub until: u32,
    /// Mean days in each state up to that day; nothing where few were ever in it.
    pub mean_days: Vec<Option<Estimate>>,
    /// For each move between two states of the living that somebody made: the states, and how many
    /// people made it; nothing where few did.
    pub moves: Vec<(usize, usize, Option<u64>)>,
}

/// What is looked at on each day.
struct View {
    name: &'static str,
    states: Vec<&'static str>,
    dead: u8,
    of: fn(&Person) -> &[u8],
}

impl View {
    fn both() -> [Self; 2] {
        [
            Self {
                name: "career",
                states: CareerState::ALL.iter().map(|state| state.title()).collect(),
                dead: CareerState::Dead as u8,
                of: |one| &one.career,
            },
            Self {
                name: "phases",
                states: PhaseState::ALL.iter().map(|state| state.title()).collect(),
                dead: PhaseState::Dead as u8,
                of: |one| &one.phases,
            },
        ]
    }
}

/// Draws where nothing is compared and the file says none.
const DRAWS: Draws = Draws { count: 200, seed: 1 };

/// The careers of everybody followed, by strategy; of all together where members are told apart only
/// after time zero. Phases are left out where nobody was ever in one.
pub(super) fn careers(study: &Study, cohort: &Cohort, screen: Screen) -> Vec<Career> {
    let days = grid(u32::try_from(study.follow_up).unwrap_or(0));
    let draws = study.analysis.as_ref().map_or(DRAWS, |analysis| analysis.draws);
    let by_strategy =
        study.analysis.as_ref().is_some_and(|one| one.timing.last_day() == one.timing.zero());
    let groups: Vec<(String, Vec<&Person>)> = if by_strategy {
        let named = study.strategies.iter().enumerate();
        named.map(|(arm, one)| (one.name.clone(), cohort.arm(arm).collect())).collect()
    } else {
        vec![("Everybody".to_owned(), cohort.people.iter().collect())]
    };
    let mut found = Vec::new();
    for view in View::both() {
        let none = PhaseState::None as u8;
        let in_phase = |one: &Person| one.phases.iter().any(|at| *at != none);
        if view.name == "phases" && !cohort.people.iter().any(in_phase) {
            continue;
        }
        let told = groups.iter().filter_map(|(name, people)| {
            let followed: Vec<&[u8]> =
                people.iter().map(|one| (view.of)(one)).filter(|days| days.len() > 1).collect();
            Some((name, Told::new(&view, followed, &days, screen)?))
        });
        let told: Vec<(&String, Told<'_>)> = told.collect();
        let until = told.iter().filter_map(|(_, one)| one.days.last()).min().copied().unwrap_or(0);
        found.extend(
            told.iter().filter_map(|(name, one)| career(name, &view, one, (until, draws), screen)),
        );
    }
    found
}

/// The people of one career, and what may be told of it.
struct Told<'p> {
    people: Vec<&'p [u8]>,
    /// States that are put together.
    pooled: Vec<usize>,
    /// Days of the grid, one at least.
    days: Vec<u32>,
}

impl<'p> Told<'p> {
    fn new(view: &View, people: Vec<&'p [u8]>, days: &[u32], screen: Screen) -> Option<Self> {
        if people.is_empty() || screen.is_small(people.len() as u64) {
            return None;
        }
        let counts: Vec<Vec<u64>> = days.iter().map(|day| seen_on(&people, view, *day)).collect();
        let (pooled, is_told) =
            screen.pooled_over(&counts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let told = days.iter().zip(counts.iter().zip(is_told)).filter(|(_, (counts, is_told))| {
            let seen: u64 = counts.iter().sum();
            *is_told && seen > 0 && !screen.is_small(seen)
        });
        let days: Vec<u32> = told.map(|(day, _)| *day).collect();
        (!days.is_empty()).then_some(Self { people, pooled, days })
    }
}

/// Occupation on the days of a grid and mean days in each state.
struct Occupied {
    by_day: Vec<Vec<f64>>,
    mean_days: Vec<f64>,
}

fn occupied(
    stretches: &[Stretch],
    states: usize,
    (days, until): (&[u32], u32),
) -> Option<Occupied> {
    let steps = state_occupation(stretches, states)?;
    let on = |day: &u32| {
        let at = steps.partition_point(|step| step.time <= *day).max(1);
        steps[at - 1].occupation.clone()
    };
    let mean_days = StateStep::days_in_states(&steps, until);
    Some(Occupied { by_day: days.iter().map(on).collect(), mean_days })
}

/// The career of a strategy, with the mean days up to a day.
fn career(
    name: &str,
    view: &View,
    Told { people, pooled, days }: &Told<'_>,
    (until, draws): (u32, Draws),
    screen: Screen,
) -> Option<Career> {
    let states = view.states.len();
    let each: Vec<Vec<Stretch>> = people.iter().map(|one| stretches(one)).collect();
    let point = occupied(&each.concat(), states, (days, until))?;
    let samples = samples(&each, states, (days, until), draws);
    let around = |value: f64, pick: &dyn Fn(&Occupied) -> f64| Estimate {
        value: value.max(0.0),
        limits: limits(samples.iter().map(pick).collect()),
    };
    let shown = days.iter().enumerate().map(|(place, day)| {
        let share = |state: usize| {
            let value = point.by_day[place][state];
            let is_shown = !pooled.contains(&state);
            is_shown.then(|| around(value, &|draw| draw.by_day[place][state].max(0.0)))
        };
        let others = pooled.iter().map(|state| point.by_day[place][*state].max(0.0));
        // A sum of nothing would be −0.
        let others = others.fold(0.0, |sum, share| sum + share);
        CareerDay { day: *day, shares: (0..states).map(share).collect(), others }
    });
    let ever = |state: usize| {
        let own = people.iter().filter(|one| one.iter().any(|at| usize::from(*at) == state));
        own.count() as u64
    };
    // One state alone is known from the days of the others.
    let rare = screen.pooled(&(0..states).map(ever).collect::<Vec<_>>());
    let mean = |state: usize| {
        let value = point.mean_days[state];
        (!rare.contains(&state)).then(|| around(value, &|draw| draw.mean_days[state]))
    };
    Some(Career {
        name: name.to_owned(),
        states: view.states.clone(),
        view: view.name,
        days: shown.collect(),
        until,
        mean_days: (0..states).map(mean).collect(),
        moves: moves(people, view, screen),
    })
}

/// People in each state on a day; who died stays dead.
fn seen_on(people: &[&[u8]], view: &View, day: u32) -> Vec<u64> {
    let mut counts = vec![0_u64; view.states.len()];
    for one in people {
        let dead = (one.last() == Some(&view.dead)).then_some(view.dead);
        if let Some(state) = one.get(day as usize).copied().or(dead) {
            counts[usize::from(state)] += 1;
        }
    }
    counts
}

/// The same of people drawn with replacement.
fn samples(
    each: &[Vec<Stretch>],
    states: usize,
    days: (&[u32], u32),
    draws: Draws,
) -> Vec<Occupied> {
    let ones = vec![1_u64; each.len()];
    let one = |draw: u32| {
        let times = drawn(&ones, draws.seed, draw);
        let often = each.iter().zip(times);
        let all: Vec<Stretch> = often
            .flat_map(|(own, times)| (0..times).flat_map(move |_| own.iter().copied()))
            .collect();
        occupied(&all, states, days)
    };
    (0..draws.count).into_par_iter().filter_map(one).collect()
}

fn limits(mut values: Vec<f64>) -> Option<Limits> {
    if values.len() < 20 {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let ends = sorted_quantile(&values, tail).zip(sorted_quantile(&values, 1.0 - tail));
    ends.map(|(low, high)| Limits { low, high })
}

/// Who moved from one state to another at least once. These are no parts of a whole, so that few are
/// hidden each for themselves; deaths, which are, are left out.
fn moves(people: &[&[u8]], view: &View, screen: Screen) -> Vec<(usize, usize, Option<u64>)> {
    let states = view.states.len();
    let mut counts = vec![0_u64; states * states];
    for one in people {
        let mut own: Vec<usize> = one
            .windows(2)
            .filter(|pair| pair[0] != pair[1] && pair[1] != view.dead)
            .map(|pair| usize::from(pair[0]) * states + usize::from(pair[1]))
            .collect();
        own.sort_unstable();
        own.dedup();
        for at in own {
            counts[at] += 1;
        }
    }
    let made = counts.into_iter().enumerate().filter(|(_, n)| *n > 0);
    made.map(|(at, n)| (at / states, at % states, (!screen.is_small(n)).then_some(n))).collect()
}

/// Runs of days in one state; the day after time zero on which a run begins is the day of the move.
fn stretches(days: &[u8]) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut start = 0_u32;
    let runs: Vec<&[u8]> = days.chunk_by(|a, b| a == b).collect();
    for (place, run) in runs.iter().enumerate() {
        let length = u32::try_from(run.len()).unwrap_or(0);
        let next = runs.get(place + 1).map(|next| usize::from(next[0]));
        // The last run is seen up to its last day; a run before it ends with the move.
        let stop = if next.is_some() { start + length } else { start + length - 1 };
        if stop > start {
            found.push(Stretch { start, stop, state: usize::from(run[0]), next });
        }
        start += length;
    }
    found
}

fn estimate(found: Option<Estimate>, field: fn(f64) -> Field) -> [Field; 3] {
    let Some(found) = found else { return [Field::Hidden, Field::Hidden, Field::Hidden] };
    let end = |pick: fn(Limits) -> f64| found.limits.map_or(Field::Empty, |own| field(pick(own)));
    [field(found.value), end(|own| own.low), end(|own| own.high)]
}

impl Career {
    /// The shares as a table.
    pub fn sheet(&self) -> Sheet {
        let mut rows = Vec::new();
        for day in &self.days {
            for (state, share) in self.states.iter().zip(&day.shares) {
                let mut row = vec![Field::Count(day.day.into()), Field::words(*state)];
                row.extend(estimate(*share, Field::Share));
                rows.push(row);
            }
            let others = [Field::Share(day.others), Field::Empty, Field::Empty];
            let label = [Field::Count(day.day.into()), Field::words("hidden states together")];
            rows.push(label.into_iter().chain(others).collect());
        }
        Sheet {
            id: format!("{}_{}", self.view, super::published::slug(&self.name)),
            title: format!("{}: share of people in each state", self.name),
            heads: vec!["Day", "State", "Share", "Lower 95 %", "Upper 95 %"],
            rows,
        }
    }
}

/// Mean days in each state, and who moved from which to which, as tables.
pub(super) fn career_sheets(careers: &[Career]) -> Vec<Sheet> {
    if careers.is_empty() {
        return Vec::new();
    }
    let days = careers.iter().flat_map(|career| {
        career.states.iter().zip(&career.mean_days).map(|(state, days)| {
            let mut row = vec![Field::words(career.name.clone()), Field::words(*state)];
            row.push(Field::Count(career.until.into()));
            row.extend(estimate(*days, Field::Number));
            row
        })
    });
    let moves = careers.iter().flat_map(|career| {
        career.moves.iter().map(|(from, to, people)| {
            vec![
                Field::words(career.name.clone()),
                Field::words(career.states[*from]),
                Field::words(career.states[*to]),
                people.map_or(Field::Hidden, Field::Count),
            ]
        })
    });
    vec![
        Sheet {
            id: "days_in_states".into(),
            title: "Mean days in each state from time zero up to a day that every strategy tells"
                .to_owned(),
            heads: vec!["Strategy", "State", "Up to day", "Days", "Lower 95 %", "Upper 95 %"],
            rows: days.collect(),
        },
        Sheet {
            id: "moves_between_states".into(),
            title: "Who moved from one state to another, at least once".into(),
            heads: vec!["Strategy", "From", "To", "People"],
            rows: moves.collect(),
        },
    ]
}
