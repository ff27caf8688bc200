//! Recovery careers: where people are as time passes, by strategy.

use super::career::CareerState;
use super::cohort::Cohort;
use super::curves::grid;
use super::description::Study;
use super::person::Person;
use super::sheet::{Field, Screen, Sheet};
use crate::statistics::survival::{StateStep, Stretch, state_occupation};

/// The share of people in each state on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct CareerDay {
    /// Days after time zero.
    pub day: u32,
    /// Share by the numbers of [`CareerState`]; nothing for a state with few people, which is part of
    /// `others`.
    pub shares: Vec<Option<f64>>,
    /// The share in all states that are not shown on this day.
    pub others: f64,
}

/// The career of the people of one strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct Career {
    /// The strategy, or everybody.
    pub name: String,
    /// The grid.
    pub days: Vec<CareerDay>,
    /// Mean days in each state up to the last day of the grid; nothing where few were ever in it.
    pub mean_days: Vec<Option<f64>>,
}

const STATES: usize = CareerState::ALL.len();

/// The careers of everybody followed, by strategy; of all together where members are told apart only
/// after time zero.
pub(super) fn careers(study: &Study, cohort: &Cohort, screen: Screen) -> Vec<Career> {
    let days = grid(u32::try_from(study.follow_up).unwrap_or(0));
    let by_strategy =
        study.analysis.as_ref().is_some_and(|one| one.timing.last_day() == one.timing.zero());
    let followed = |people: Vec<&Person>| -> Vec<Vec<u8>> {
        people
            .into_iter()
            .filter(|one| one.career.len() > 1)
            .map(|one| one.career.clone())
            .collect()
    };
    let groups: Vec<(String, Vec<Vec<u8>>)> = if by_strategy {
        let named = study.strategies.iter().enumerate();
        named.map(|(arm, one)| (one.name.clone(), followed(cohort.arm(arm).collect()))).collect()
    } else {
        vec![("Everybody".to_owned(), followed(cohort.people.iter().collect()))]
    };
    groups.into_iter().filter_map(|(name, people)| career(name, &people, &days, screen)).collect()
}

fn career(name: String, people: &[Vec<u8>], days: &[u32], screen: Screen) -> Option<Career> {
    if people.is_empty() || screen.is_small(people.len() as u64) {
        return None;
    }
    let stretches: Vec<Stretch> = people.iter().flat_map(|one| stretches(one)).collect();
    let steps = state_occupation(&stretches, STATES)?;
    let last = days.last().copied().unwrap_or(0);
    let seen_on = |day: u32| {
        let mut counts = vec![0_u64; STATES];
        for one in people {
            let dead = one.last() == Some(&(CareerState::Dead as u8));
            let state = one.get(day as usize).copied();
            let state = state.or(dead.then_some(CareerState::Dead as u8));
            if let Some(state) = state {
                counts[usize::from(state)] += 1;
            }
        }
        counts
    };
    let counts: Vec<Vec<u64>> = days.iter().map(|day| seen_on(*day)).collect();
    let (pooled, is_told) =
        screen.pooled_over(&counts.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let shown =
        days.iter().zip(counts.iter().zip(is_told)).filter_map(|(day, (counts, is_told))| {
            let seen: u64 = counts.iter().sum();
            if !is_told || seen == 0 || screen.is_small(seen) {
                return None;
            }
            let at = steps.partition_point(|step| step.time <= *day);
            let occupation = &steps[at.checked_sub(1)?].occupation;
            let is_shown = |state: &usize| !pooled.contains(state);
            let shares =
                (0..STATES).map(|state| is_shown(&state).then(|| occupation[state].max(0.0)));
            let others = pooled.iter().map(|state| occupation[*state].max(0.0)).sum();
            Some(CareerDay { day: *day, shares: shares.collect(), others })
        });
    let shown: Vec<CareerDay> = shown.collect();
    let until = shown.last().map_or(last, |day| day.day);
    let ever = |state: usize| {
        let own = people.iter().filter(|one| one.iter().any(|at| usize::from(*at) == state));
        own.count() as u64
    };
    let means = StateStep::days_in_states(&steps, until);
    let means = means.into_iter().enumerate();
    let mean_days = means.map(|(state, days)| (!screen.is_small(ever(state))).then_some(days));
    Some(Career { name, days: shown, mean_days: mean_days.collect() })
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

impl Career {
    /// The shares as a table.
    pub fn sheet(&self) -> Sheet {
        let rows = self.days.iter().map(|day| {
            let mut row = vec![Field::Count(day.day.into())];
            row.extend(day.shares.iter().map(|share| share.map_or(Field::Hidden, Field::Share)));
            row.push(Field::Share(day.others));
            row
        });
        let mut heads = vec!["Day"];
        heads.extend(CareerState::ALL.iter().map(|state| state.title()));
        heads.push("Hidden states together");
        Sheet {
            id: format!("career_{}", super::published::slug(&self.name)),
            title: format!("{}: share of people in each state", self.name),
            heads,
            rows: rows.collect(),
        }
    }
}

/// Mean days in each state as a table.
pub(super) fn career_sheet(careers: &[Career]) -> Option<Sheet> {
    let until = careers.iter().filter_map(|one| one.days.last()).map(|day| day.day).max()?;
    let rows = careers.iter().flat_map(|career| {
        CareerState::ALL.iter().zip(&career.mean_days).map(|(state, days)| {
            vec![
                Field::words(career.name.clone()),
                Field::words(state.title()),
                days.map_or(Field::Hidden, Field::Number),
            ]
        })
    });
    Some(Sheet {
        id: "days_in_states".into(),
        title: format!("Mean days in each state up to day {until} after time zero"),
        heads: vec!["Strategy", "State", "Days"],
        rows: rows.collect(),
    })
}
