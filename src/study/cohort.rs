//! The people of a study, and how many were left at every step.

use super::description::Study;
use super::design::Exposure;
use super::person::{Entry, Followed, Lost, Person};
use crate::terms::Day;

/// Why a study cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StudyError {
    /// No unit stays.
    #[error(
        "nobody is eligible: {units} index events, and each is left out; see [index] and [[exclusion]]"
    )]
    NobodyEligible {
        /// Units of the index.
        units: Count,
    },
    /// The landmark lies beyond the data for everybody.
    #[error(
        "the landmark lies after the end of the data: no index event is {days} days or more before {data_through}; choose an earlier landmark or wait for more data"
    )]
    AfterData {
        /// Days from the index to time zero.
        days: i32,
        /// The last day on which the data are complete.
        data_through: Day,
    },
    /// Too few people follow a strategy.
    #[error(
        "strategy `{name}` has {people} people and needs {least} or more: widen its windows, or compare something else"
    )]
    SmallArm {
        /// The strategy.
        name: String,
        /// How many follow it.
        people: Count,
        /// The least number.
        least: u64,
    },
}

/// A count that is spoken of only if it is none or not small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub n: u64,
    /// Numbers from 1 to one less than this are not told.
    pub least: u64,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.n {
            0 => f.write_str("no"),
            n if n < self.least => write!(f, "fewer than {}", self.least),
            n => n.fmt(f),
        }
    }
}

/// A step on the way from events to people who are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flow {
    /// How many are left.
    Left {
        /// Of what.
        what: &'static str,
        /// The number.
        n: u64,
    },
    /// How many leave, and why.
    Out {
        /// The reason.
        why: String,
        /// The number.
        n: u64,
    },
}

/// The people of a study, in an order that does not depend on how members are stored.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// Everybody with an index event that stays.
    pub people: Vec<Person>,
    /// For each, the strategy that is followed; nothing for people who are lost or follow none.
    pub arms: Vec<Option<usize>>,
    /// What was left at every step.
    pub flow: Vec<Flow>,
}

impl Cohort {
    /// Puts the members of a study together.
    pub fn new(study: &Study, entries: Vec<Entry>, data_through: Day) -> Result<Self, StudyError> {
        let reasons = study.population.exclusions();
        let mut out = vec![0_u64; reasons.len()];
        let (mut units, mut kept, mut people) = (0_u64, 0_u64, Vec::new());
        for entry in entries {
            for excluded in entry.units {
                units += 1;
                match excluded {
                    Some(place) => out[place] += 1,
                    None => kept += 1,
                }
            }
            people.extend(entry.person);
        }
        people.sort_by_cached_key(Person::order);
        let mut flow = vec![Flow::Left { what: "index events", n: units }];
        let left_out = reasons.iter().zip(&out);
        flow.extend(left_out.map(|(one, n)| Flow::Out { why: one.reason.clone(), n: *n }));
        let members = count(people.len());
        flow.push(Flow::Out { why: "a later event of the same member".into(), n: kept - members });
        flow.push(Flow::Left { what: "members", n: members });
        if people.is_empty() {
            let units = Count { n: units, least: study.min_cell };
            return Err(StudyError::NobodyEligible { units });
        }
        let arms = arms(study, &people);
        let cohort = Self { people, arms, flow };
        if study.analysis.is_some() { cohort.compared(study, data_through) } else { Ok(cohort) }
    }

    /// The last steps of a comparison.
    fn compared(mut self, study: &Study, data_through: Day) -> Result<Self, StudyError> {
        let zero = study.analysis.as_ref().map_or(0, |analysis| analysis.timing.zero());
        if self.people.iter().all(|person| person.index + zero >= data_through) {
            return Err(StudyError::AfterData { days: zero, data_through });
        }
        let lost = |why: Lost| count(self.people.iter().filter(|p| p.lost == Some(why)).count());
        let main = study.outcomes.first().map_or("", |outcome| outcome.name.as_str());
        let mut flow = Vec::new();
        for (why, words) in [
            (Lost::Outcome, format!("{main} before time zero")),
            (Lost::Died, "died before time zero".to_owned()),
            (Lost::NotObserved, "no longer enrolled, or the data end, before time zero".to_owned()),
        ] {
            flow.push(Flow::Out { why: words, n: lost(why) });
        }
        let there = self.people.iter().zip(&self.arms).filter(|(person, _)| person.lost.is_none());
        let none = count(there.clone().filter(|(_, arm)| arm.is_none()).count());
        let with_arm = count(there.filter(|(_, arm)| arm.is_some()).count());
        flow.push(Flow::Out { why: "follows none of the strategies".to_owned(), n: none });
        flow.push(Flow::Left { what: "members compared", n: with_arm });
        self.flow.extend(flow);
        for (place, strategy) in study.strategies.iter().enumerate() {
            let n = count(self.arms.iter().filter(|arm| **arm == Some(place)).count());
            if n < study.min_cell {
                let (name, least) = (strategy.name.clone(), study.min_cell);
                let people = Count { n, least };
                return Err(StudyError::SmallArm { name, people, least });
            }
        }
        Ok(self)
    }

    /// The people who follow a strategy.
    pub fn arm(&self, strategy: usize) -> impl Iterator<Item = &Person> + Clone {
        let both = self.people.iter().zip(&self.arms);
        both.filter(move |(_, arm)| **arm == Some(strategy)).map(|(person, _)| person)
    }
}

/// The first strategy that each person follows.
fn arms(study: &Study, people: &[Person]) -> Vec<Option<usize>> {
    people.iter().map(|person| arm_of(study, person)).collect()
}

/// The first strategy that a person follows.
pub(super) fn arm_of(study: &Study, person: &Person) -> Option<usize> {
    let analysis = study.analysis.as_ref().filter(|_| person.lost.is_none())?;
    let follows = |(place, followed): (usize, &Followed)| {
        let is_met = match study.strategies[place].exposure {
            Exposure::Received { .. } => followed.met.is_some(),
            Exposure::Otherwise => true,
        };
        let is_kept = followed.broken.is_none_or(|day| day > analysis.timing.last_day());
        (is_met && is_kept).then_some(place)
    };
    person.followed.iter().enumerate().find_map(follows)
}

fn count(number: usize) -> u64 {
    number.try_into().expect("a count fits 64 bits")
}
