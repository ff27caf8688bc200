//! What is asked of a member in each window: definitions that ask the same are answered once.

use std::cell::Cell;

use super::rule::{Candidates, MemberCriterion};

/// Answers of one member by question and window.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    questions: Vec<Question>,
}

#[derive(Debug, Clone)]
struct Question {
    is_asked: Cell<bool>,
    /// By window; nothing where nobody has asked.
    answers: Vec<Cell<Option<bool>>>,
}

impl Answers {
    /// Room for so many questions in so many windows.
    pub fn new(questions: usize, windows: usize) -> Self {
        let question =
            Question { is_asked: Cell::new(false), answers: vec![Cell::new(None); windows] };
        Self { questions: vec![question; questions] }
    }

    /// Forgets the member.
    pub fn clear(&mut self) {
        for question in self.questions.iter_mut().filter(|question| question.is_asked.take()) {
            question.answers.fill(Cell::new(None));
        }
    }

    /// The answer for a window.
    pub(super) fn of(&self, question: usize, window: usize, ask: impl FnOnce() -> bool) -> bool {
        let question = &self.questions[question];
        let answer = &question.answers[window];
        answer.get().unwrap_or_else(|| {
            question.is_asked.set(true);
            let found = ask();
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

impl MemberCriterion {
    /// True if both ask the same. The filters of each stand at places among others.
    pub fn is_same(&self, other: &Self, (own, others): (&[usize], &[usize])) -> bool {
        self == other && self.is.filters().iter().all(|filter| own[*filter] == others[*filter])
    }
}
