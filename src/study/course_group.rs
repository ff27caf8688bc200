//! The kinds of courses of a study: sequences compared, grouped, judged and described.

use super::bootstrap::{Stability, bootstrap_stability};
use super::description::SequenceRules;
use super::distance::{DistanceError, Distances, distances};
use super::distinct::Distinct;
use super::grouping::{Candidate, best};
use super::sequence::Sequence;
use super::silhouette::silhouette;
use super::state_table::{Distribution, state_distribution};

/// One kind of course.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseGroup {
    /// How many people have such a course.
    pub people: u64,
    /// Their share of the people in any group, 0 to 1.
    pub share: f64,
    /// The course with the least distance to all of the group.
    pub middle: Sequence,
    /// The average silhouette width of its people, -1 to 1.
    pub average_width: f64,
    /// Whether it comes back when people are drawn anew.
    pub stability: Stability,
    /// People by state in each month. These can be few: not for showing as they are.
    pub months: Vec<Distribution>,
}

/// The kinds of courses of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseGroups {
    /// The groups by falling size; none if there is no number of groups that can be shown.
    pub groups: Vec<CourseGroup>,
    /// The group of each person; nothing for people without a known state.
    pub of_person: Vec<Option<usize>>,
    /// The numbers of groups that were tried with the average silhouette width of each. Those with
    /// a group that is too small are left out.
    pub tried: Vec<(usize, f64)>,
}

/// Groups the courses of people over so many states, into the number of groups with the greatest
/// average silhouette width among those whose groups all have `min_cell` people or more. People
/// without a known state are in no group.
pub fn course_groups(
    people: &[Sequence],
    states: usize,
    rules: &SequenceRules,
    min_cell: u64,
) -> Result<CourseGroups, DistanceError> {
    let known: Vec<Sequence> =
        people.iter().filter(|sequence| !sequence.is_empty()).cloned().collect();
    let distinct = Distinct::new(&known);
    let metric = rules.metric.metric(&distinct, states);
    let distances = distances(&distinct.sequences, &metric, rules.norm)?;
    let mut candidates =
        rules.grouping.candidates(&distances, &distinct.people, rules.groups.clone());
    candidates.retain(|candidate| {
        candidate.partition.people(&distinct.people).iter().all(|people| *people >= min_cell)
    });
    let tried = candidates.iter().map(|candidate| (candidate.k, candidate.average_width)).collect();
    let Some(chosen) = best(&candidates) else {
        return Ok(CourseGroups { groups: Vec::new(), of_person: vec![None; people.len()], tried });
    };
    let mut groups_of_known =
        distinct.of_person.iter().map(|place| chosen.partition.group_of()[*place]);
    let of_person: Vec<Option<usize>> = people
        .iter()
        .map(|sequence| if sequence.is_empty() { None } else { groups_of_known.next() })
        .collect();
    let groups = described(&distinct, &distances, chosen, rules);
    let months = |group| {
        let own = people.iter().zip(&of_person).filter(|(_, own)| **own == Some(group));
        let own: Vec<Sequence> = own.map(|(sequence, _)| sequence.clone()).collect();
        state_distribution(&Distinct::new(&own), states)
    };
    let groups = groups.into_iter().enumerate();
    let groups = groups.map(|(group, course)| CourseGroup { months: months(group), ..course });
    Ok(CourseGroups { groups: groups.collect(), of_person, tried })
}

/// The groups without their months.
fn described(
    distinct: &Distinct,
    distances: &Distances,
    chosen: &Candidate,
    rules: &SequenceRules,
) -> Vec<CourseGroup> {
    let (people, partition) = (&distinct.people, &chosen.partition);
    let widths = silhouette(distances, people, partition).map(|found| found.of_groups);
    let stable = bootstrap_stability(distances, people, partition, rules.grouping, rules.draws);
    let sizes = partition.people(people);
    let all: u64 = sizes.iter().sum();
    let group = |(group, stability): (usize, Stability)| CourseGroup {
        people: sizes[group],
        share: number(sizes[group]) / number(all),
        middle: distinct.sequences[middle(distances, people, partition.group_of(), group)].clone(),
        average_width: widths.as_ref().map_or(0.0, |widths| widths[group]),
        stability,
        months: Vec::new(),
    };
    stable.into_iter().enumerate().map(group).collect()
}

/// The place in a group with the least sum of distances to the people of the group.
fn middle(distances: &Distances, people: &[u64], group_of: &[usize], group: usize) -> usize {
    let inside = || (0..group_of.len()).filter(|place| group_of[*place] == group);
    let sum = |place: usize| -> f64 {
        inside().map(|other| number(people[other]) * distances.get(place, other)).sum()
    };
    let least = inside().map(|place| (sum(place), place)).min_by(|a, b| a.0.total_cmp(&b.0));
    least.expect("no group is empty").1
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}
