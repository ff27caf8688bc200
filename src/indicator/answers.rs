//! What is asked of a member for each window: definitions that ask the same are answered once.

use std::cell::Cell;

use super::possible::Parts;
use super::rule::{Candidates, Criterion};
use super::window_set::WindowSet;

/// Answers of one member by question and day.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    questions: Vec<Question>,
}

#[derive(Debug, Clone)]
struct Question {
    /// What may be met on any day, once anyone has asked.
    possible: Cell<Option<Parts>>,
    /// By place of the day; nothing where nobody has asked.
    answers: Vec<Cell<Option<bool>>>,
}

impl Answers {
    /// Room for so many questions on so many days.
    pub fn new(questions: usize, days: usize) -> Self {
        let question = Question { possible: Cell::new(None), answers: vec![Cell::new(None); days] };
        Self { questions: vec![question; questions] }
    }

    /// Forgets the member.
    pub fn clear(&mut self) {
        for question in &mut self.questions {
            if question.possible.take().is_some_and(|parts| !parts.is_none()) {
                question.answers.fill(Cell::new(None));
            }
        }
    }

    /// What may be met at all; it is asked for once.
    pub(super) fn possible(&self, question: usize, ask: impl FnOnce() -> Parts) -> Parts {
        let possible = &self.questions[question].possible;
        possible.get().unwrap_or_else(|| {
            let found = ask();
            possible.set(Some(found));
            found
        })
    }

    /// The answer for the day at a place, to a question of which it is known what may be met.
    pub(super) fn of(&self, question: usize, day: usize, ask: impl FnOnce() -> bool) -> bool {
        let answer = &self.questions[question].answers[day];
        answer.get().unwrap_or_else(|| {
            let found = ask();
            answer.set(Some(found));
            found
        })
    }
}

/// In which windows a member is a candidate, for each kind of candidates that was asked for.
#[derive(Debug, Clone, Default)]
pub struct CandidateWindows {
    /// Nothing until the member was looked at.
    kinds: Vec<Option<WindowSet>>,
}

impl CandidateWindows {
    /// Room for so many kinds.
    pub fn new(kinds: usize) -> Self {
        Self { kinds: vec![None; kinds] }
    }

    /// Forgets the member.
    pub fn clear(&mut self) {
        self.kinds.fill(None);
    }

    /// The windows in which it is one, asked for once.
    pub fn see(&mut self, kind: usize, ask: impl FnOnce() -> WindowSet) -> WindowSet {
        *self.kinds[kind].get_or_insert_with(ask)
    }
}

impl Candidates {
    /// The same, with the filter at a place among others.
    #[must_use]
    pub fn placed(self, of: impl Fn(usize) -> usize) -> Self {
        match self {
            Self::ActiveBefore { filter, at_least, days } => {
                Self::ActiveBefore { filter: of(filter), at_least, days }
            }
            Self::InCare { filter } => Self::InCare { filter: of(filter) },
            Self::HasContactIn24Months { filter } => {
                Self::HasContactIn24Months { filter: of(filter) }
            }
            Self::HasContact { filter, at_least } => {
                Self::HasContact { filter: of(filter), at_least }
            }
            Self::Visits { visits, at_least } => {
                Self::Visits { visits: visits.placed(of), at_least }
            }
            Self::Enrolled
            | Self::EdVisits { .. }
            | Self::Events(_)
            | Self::Institution(_)
            | Self::InCareSince { .. }
            | Self::Answered(_)
            | Self::Living(_)
            | Self::Scored(_) => self,
        }
    }
}

impl Criterion {
    /// True if both ask the same of members. The filters of each stand at places among others.
    pub fn is_same(&self, other: &Self, (own, others): (&[usize], &[usize])) -> bool {
        self == other && self.filters().iter().all(|filter| own[*filter] == others[*filter])
    }
}
