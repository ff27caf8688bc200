//! Courses of monthly states that may be shown: who is where when, what follows what, and which kinds
//! of courses there are.

use super::care_state::CareState;
use super::cohort::Cohort;
use super::course_group::course_groups;
use super::description::Study;
use super::distinct::Distinct;
use super::sequence::{Sequence, State};
use super::sequence_index::{complexity, degradation, entropy, turbulence};
use super::sheet::{Field, Screen, Sheet};
use super::state_table::{Distribution, TransitionRates, state_distribution};

/// The share of people in each state in a month.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseMonth {
    /// The month, from 1.
    pub month: u32,
    /// Share by the numbers of [`CareState`]; nothing for states with few people.
    pub shares: Vec<Option<f64>>,
    /// The share of those states together.
    pub others: f64,
}

/// One kind of course.
#[derive(Debug, Clone)]
pub struct PublishedCourse {
    /// What it is called: a number by size.
    pub name: String,
    /// How many people.
    pub people: u64,
    /// Who is where when.
    pub months: Vec<CourseMonth>,
}

/// Rows of people with like courses, each the most frequent state of each month among people enough.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseBlock {
    /// How many people stand behind the row.
    pub people: u64,
    /// The most frequent state of each month, if one is known.
    pub states: Vec<Option<u8>>,
}

/// Courses that may be shown.
#[derive(Debug, Clone)]
pub struct PublishedCourses {
    /// Everybody.
    pub all: Vec<CourseMonth>,
    /// Blocks of people in the order of their courses.
    pub blocks: Vec<CourseBlock>,
    /// The kinds of courses.
    pub kinds: Vec<PublishedCourse>,
    /// Everybody's months as a table.
    pub distribution: Sheet,
    /// What follows what.
    pub transitions: Sheet,
    /// The kinds as a table.
    pub groups: Sheet,
    /// How varied courses are.
    pub figures: Sheet,
}

const STATES: usize = CareState::ALL.len();

/// The courses of everybody with an index event that stays; nothing if there are too few.
pub(super) fn published_courses(
    study: &Study,
    cohort: &Cohort,
    screen: Screen,
) -> Option<PublishedCourses> {
    let rules = study.sequences.as_ref()?;
    let people: Vec<Sequence> = cohort
        .people
        .iter()
        .map(|person| person.months.clone())
        .filter(|sequence| sequence.len() == usize::from(rules.months))
        .collect();
    if people.is_empty() || screen.is_small(people.len() as u64) {
        return None;
    }
    let distinct = Distinct::new(&people);
    let everybody = state_distribution(&distinct, STATES);
    let least = if screen.internal { 1 } else { screen.least };
    let found = course_groups(&people, STATES, rules, least).ok();
    let own: Vec<&[Distribution]> =
        found.iter().flat_map(|found| &found.groups).map(|group| group.months.as_slice()).collect();
    let with_all: Vec<&[Distribution]> =
        own.iter().copied().chain([everybody.as_slice()]).collect();
    let pooled = pools(&with_all, screen);
    let all = months(&everybody, &pooled, screen);
    let mut kinds = Vec::new();
    let mut group_rows = Vec::new();
    for (place, group) in found.iter().flat_map(|found| &found.groups).enumerate() {
        let name = format!("Course {}", place + 1);
        group_rows.push(vec![
            Field::words(name.clone()),
            Field::Count(group.people),
            Field::Share(group.share),
            Field::number(Some(group.average_width)),
            Field::number(group.stability.mean),
        ]);
        let months = months(&group.months, &pooled, screen);
        kinds.push(PublishedCourse { name, people: group.people, months });
    }
    Some(PublishedCourses {
        blocks: blocks(&people, screen),
        distribution: distribution_sheet("course_months", "all", &all),
        all,
        kinds,
        transitions: transitions(&distinct, screen),
        groups: Sheet {
            id: "course_groups".into(),
            title: "Kinds of courses: groups with an average silhouette above 0.25 have some structure, those with a stability of 0.75 come back when people are drawn anew".into(),
            heads: vec!["Kind", "People", "Share", "Silhouette", "Stability"],
            rows: group_rows,
        },
        figures: figures(&people),
    })
}

/// Which states are put together, and which months are shown.
struct Pools {
    states: Vec<usize>,
    shown: Vec<bool>,
}

/// What is put together in one kind is so in all of them, and a month that one kind cannot show is
/// shown of none: the numbers of everybody less those of the other kinds would give it away.
fn pools(kinds: &[&[Distribution]], screen: Screen) -> Pools {
    let times: Vec<&[u64]> =
        kinds.iter().copied().flatten().map(|month| month.people.as_slice()).collect();
    let (states, told) = screen.pooled_over(&times);
    let length = kinds.iter().map(|months| months.len()).max().unwrap_or(0);
    let mut shown = vec![true; length];
    let mut told = told.into_iter();
    for months in kinds {
        for (shown, told) in shown.iter_mut().zip(told.by_ref().take(months.len())) {
            *shown &= told;
        }
    }
    Pools { states, shown }
}

fn months(distribution: &[Distribution], pools: &Pools, screen: Screen) -> Vec<CourseMonth> {
    let months = (1_u32..)
        .zip(distribution.iter().zip(&pools.shown))
        .filter(|(_, (month, shown))| **shown && month.known > 0 && !screen.is_small(month.known));
    months
        .map(|(number, (month, _))| {
            let share = |state: usize| share(month.people[state], month.known);
            let is_shown = |state: &usize| !pools.states.contains(state);
            let shown = (0..STATES).map(|state| is_shown(&state).then(|| share(state)));
            CourseMonth {
                month: number,
                shares: shown.collect(),
                // A sum of nothing would be −0.
                others: pools.states.iter().fold(0.0, |sum, state| sum + share(*state)),
            }
        })
        .collect()
}

impl PublishedCourse {
    /// The months as a table.
    pub fn sheet(&self) -> Sheet {
        let id = super::published::slug(&self.name);
        distribution_sheet(&id, &self.name, &self.months)
    }
}

fn distribution_sheet(id: &str, name: &str, months: &[CourseMonth]) -> Sheet {
    let rows = months.iter().map(|month| {
        let mut row = vec![Field::Count(month.month.into())];
        row.extend(month.shares.iter().map(|share| share.map_or(Field::Hidden, Field::Share)));
        row.push(Field::Share(month.others));
        row
    });
    let mut heads = vec!["Month"];
    heads.extend(CareState::ALL.iter().map(|state| state.title()));
    heads.push("Hidden states together");
    Sheet {
        id: id.to_owned(),
        title: format!("Share of people in each state by month after the index: {name}"),
        heads,
        rows: rows.collect(),
    }
}

/// Rates of the states between which not few months lie; the others stand together as one state. The
/// tables of months say how often each state was left and reached, so that a single small number could
/// be found from those beside it.
fn transitions(distinct: &Distinct, screen: Screen) -> Sheet {
    let rates = TransitionRates::new(distinct, STATES);
    let merged = merged(&rates, screen);
    let alone = |state: &usize| !merged.contains(state);
    let sum = |before: &[usize], after: &[usize]| -> u64 {
        before.iter().flat_map(|one| after.iter().map(|other| rates.count(*one, *other))).sum()
    };
    let everything: Vec<usize> = (0..STATES).collect();
    let row = |name: &str, before: &[usize]| {
        let of = sum(before, &everything);
        let rate = |after: &[usize]| Field::Share(share(sum(before, after), of));
        let mut row = vec![Field::words(name)];
        row.extend((0..STATES).map(
            |after| {
                if alone(&after) { rate(&[after]) } else { Field::Hidden }
            },
        ));
        row.push(if merged.is_empty() { Field::Empty } else { rate(&merged) });
        (of > 0).then_some(row)
    };
    let single = (0..STATES).filter(alone);
    let mut rows: Vec<Vec<Field>> =
        single.filter_map(|state| row(CareState::ALL[state].title(), &[state])).collect();
    rows.extend(row("Hidden states together", &merged));
    let mut heads = vec!["From"];
    heads.extend(CareState::ALL.iter().map(|state| state.title()));
    heads.push("Hidden states together");
    Sheet {
        id: "transitions".into(),
        title: "What follows from one month to the next, as a share of months in the state".into(),
        heads,
        rows: if merged.len() == STATES { Vec::new() } else { rows },
    }
}

/// States to be put together so that none of the numbers between what is left is small: always the
/// rarest of those with a small number.
fn merged(rates: &TransitionRates, screen: Screen) -> Vec<usize> {
    let mut merged: Vec<usize> = Vec::new();
    let months = |state: usize| (0..STATES).map(|after| rates.count(state, after)).sum::<u64>();
    loop {
        let groups: Vec<Vec<usize>> = (0..STATES)
            .filter(|state| !merged.contains(state))
            .map(|state| vec![state])
            .chain((!merged.is_empty()).then(|| merged.clone()))
            .collect();
        let is_small = |one: &[usize], other: &[usize]| {
            let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (*a, *b)));
            screen.is_small(pairs.map(|(before, after)| rates.count(before, after)).sum())
        };
        let small = |one: &[usize]| {
            groups.iter().filter(|other| is_small(one, other) || is_small(other, one)).count()
        };
        let alone = groups.iter().filter(|one| merged.is_empty() || **one != merged);
        let rarest = alone.map(|one| (small(one) == 0, months(one[0]), one[0])).min();
        let is_done = groups.iter().all(|one| small(one) == 0) && merged.len() != 1;
        match rarest {
            Some((_, _, state)) if !is_done => merged.push(state),
            _ => break,
        }
    }
    merged.sort_unstable();
    merged
}

/// About fifty rows, each of people enough with courses next to one another.
fn blocks(people: &[Sequence], screen: Screen) -> Vec<CourseBlock> {
    let mut ordered: Vec<&Sequence> = people.iter().collect();
    ordered.sort_unstable();
    let least = usize::try_from(screen.least).unwrap_or(usize::MAX);
    let size = (people.len() / 50).max(least);
    let mut chunks: Vec<&[&Sequence]> = ordered.chunks(size).collect();
    // The last, shorter one is left to the one before.
    if chunks.len() > 1 && chunks.last().is_some_and(|last| last.len() < least) {
        chunks.pop();
    }
    chunks
        .into_iter()
        .filter(|chunk| chunk.len() >= least)
        .map(|chunk| {
            let length = chunk.iter().map(|one| one.len()).max().unwrap_or(0);
            let states = (0..length).map(|month| most_frequent(chunk, month)).collect();
            CourseBlock { people: chunk.len() as u64, states }
        })
        .collect()
}

fn most_frequent(chunk: &[&Sequence], month: usize) -> Option<u8> {
    let mut counts = [0_u32; STATES];
    for one in chunk {
        if let Some(Some(State(state))) = one.positions().get(month) {
            counts[usize::from(*state)] += 1;
        }
    }
    let most = counts.iter().max().filter(|most| **most > 0)?;
    counts.iter().position(|count| count == most).and_then(|state| u8::try_from(state).ok())
}

/// Means of the figures of single courses.
fn figures(people: &[Sequence]) -> Sheet {
    let ranks = CareState::ranks();
    let mean = |value: &dyn Fn(&Sequence) -> Option<f64>| {
        let known: Vec<f64> = people.iter().filter_map(value).collect();
        #[expect(clippy::cast_precision_loss, reason = "people are far below 2^53")]
        let n = known.len() as f64;
        Field::number((n > 0.0).then(|| known.iter().sum::<f64>() / n))
    };
    let rows = vec![
        vec![
            Field::words("Entropy (0: one state, 1: all alike)"),
            mean(&|one| Some(entropy(one, STATES))),
        ],
        vec![Field::words("Complexity (0 to 1)"), mean(&|one| Some(complexity(one, STATES)))],
        vec![Field::words("Turbulence (1: one spell)"), mean(&turbulence)],
        vec![
            Field::words(
                "Degradation (\u{2212}1: only towards less restrictive care, 1: only towards more)",
            ),
            mean(&|one| Some(degradation(one, &ranks))),
        ],
    ];
    Sheet {
        id: "course_figures".into(),
        title: "How varied courses are: means over people".into(),
        heads: vec!["Figure", "Mean"],
        rows,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
fn share(n: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { n as f64 / of as f64 }
}
