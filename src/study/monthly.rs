//! From what happened on days to one state a month.

use super::sequence::{Sequence, State};
use crate::terms::Day;

/// The days `start..end` in a state; `end` is the first day after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateSpan {
    /// The state.
    pub state: State,
    /// The first day.
    pub start: Day,
    /// The first day after.
    pub end: Day,
}

/// What is known of one person's states.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Spans of days in states, in any order; they may overlap.
    pub spans: Vec<StateSpan>,
    /// The day from which one state holds for good, such as death.
    pub absorbed: Option<(Day, State)>,
}

/// The months of a study, and what is seen of them.
#[derive(Debug, Clone)]
pub struct Months {
    /// A day of the first month.
    pub first: Day,
    /// How many months.
    pub count: u16,
    /// The first day of which nothing is known; a month that reaches it is not part of a sequence.
    pub unseen_from: Day,
    /// The states in the order in which they win a month that has several; a state that is not
    /// listed never wins.
    pub priority: Vec<State>,
}

/// The state of each month: the first by priority that holds on one of its days. Death is absorbing
/// from the month after it, and in its own month where nothing else holds. A month in which no
/// state holds is empty.
pub fn monthly_states(course: &Course, months: &Months) -> Sequence {
    let states = (0..i32::from(months.count))
        .map(|later| (months.first.months_later(later), months.first.months_later(later + 1)))
        .take_while(|(_, next)| *next <= months.unseen_from)
        .map(|(start, next)| state_of(course, &months.priority, start, next))
        .collect();
    Sequence::new(states)
}

/// The state of the month `start..next`.
fn state_of(course: &Course, priority: &[State], start: Day, next: Day) -> Option<State> {
    let absorbed = course.absorbed.filter(|(day, _)| *day < next);
    let is_over = absorbed.is_some_and(|(day, _)| day < start);
    let holds = |state: &&State| {
        course
            .spans
            .iter()
            .any(|span| span.state == **state && span.start < next && span.end > start)
    };
    let winner = if is_over { None } else { priority.iter().find(holds).copied() };
    winner.or(absorbed.map(|(_, state)| state))
}
