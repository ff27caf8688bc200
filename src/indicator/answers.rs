//! What is asked of a member for each window: definitions that ask the same are answered once.

use std::cell::Cell;

use super::possible::Parts;
use super::rule::{Candidates, Criterion};

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

    /// The answer for the day at a place. `possible` says what may be met at all, `ask` asks for it.
    pub(super) fn of(
        &self,
        question: usize,
        day: usize,
        possible: impl FnOnce() -> Parts,
        ask: impl FnOnce(Parts) -> bool,
    ) -> bool {
        let question = &self.questions[question];
        let parts = question.possible.get().unwrap_or_else(|| {
            let found = possible();
            question.possible.set(Some(found));
            found
        });
        if parts.is_none() {
            return false;
        }
        let answer = &question.answers[day];
        answer.get().unwrap_or_else(|| {
            let found = ask(parts);
            answer.set(Some(found));
            found
        })
    }
}

/// In which windows a member is a candidate, for each kind of candidates that was asked for.
#[derive(Debug, Clone, Default)]
pub struct CandidateWindows {
    kinds: Vec<Kind>,
}

#[derive(Debug, Clone, Default)]
struct Kind {
    /// Empty until the member was looked at.
    windows: Vec<bool>,
    is_any: bool,
}

impl CandidateWindows {
    /// Room for so many kinds.
    pub fn new(kinds: usize) -> Self {
        Self { kinds: vec![Kind::default(); kinds] }
    }

    /// Forgets the member.
    pub fn clear(&mut self) {
        self.kinds.iter_mut().for_each(|kind| kind.windows.clear());
    }

    /// The answer for each window, asked once; nothing if it is no in all of them.
    pub fn see(&mut self, kind: usize, ask: impl FnOnce(&mut Vec<bool>)) -> Option<&[bool]> {
        let kind = &mut self.kinds[kind];
        if kind.windows.is_empty() {
            ask(&mut kind.windows);
            kind.is_any = kind.windows.contains(&true);
        }
        kind.is_any.then_some(kind.windows.as_slice())
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
