//! What is asked of a member in each window: definitions that ask the same are answered once.

use std::cell::Cell;

use super::rule::MemberCriterion;

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

impl MemberCriterion {
    /// True if both ask the same. The filters of each stand at places among others.
    pub fn is_same(&self, other: &Self, (own, others): (&[usize], &[usize])) -> bool {
        self == other && self.is.filters().iter().all(|filter| own[*filter] == others[*filter])
    }
}
