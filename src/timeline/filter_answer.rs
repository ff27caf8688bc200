//! What filters say about the texts of a batch, decided once per distinct text.

use arrow_array::RecordBatch;

use super::Error;
use super::batch::{Answers, decide};
use super::contact::ContactFilter;
use super::contact_kind::Questions;
use crate::terms::codes::ContactStatus;
use crate::terms::column;

/// What a filter says about the texts of a batch.
#[derive(Debug)]
pub(super) struct FilterAnswers {
    pub(super) texts: Vec<(&'static str, Answers<bool>)>,
    pub(super) or: Vec<FilterAnswers>,
    pub(super) and: Vec<FilterAnswers>,
}

impl FilterAnswers {
    pub(super) fn add_to<'a>(&'a self, questions: &mut Questions<'a>) {
        self.texts.iter().for_each(|(name, answers)| questions.add(name, answers));
        self.or.iter().chain(&self.and).for_each(|part| part.add_to(questions));
    }
}

fn answers(batch: &RecordBatch, filter: &ContactFilter) -> Result<FilterAnswers, Error> {
    let mut texts = Vec::new();
    let has = |list: &[String], text: &str| list.iter().any(|item| item == text);
    for (name, wanted, unwanted) in [
        (column::CODE, &filter.codes, &filter.not_codes),
        (column::SETTING, &filter.settings, &filter.not_settings),
    ] {
        if !wanted.is_empty() || !unwanted.is_empty() {
            let answers = decide(batch, name, wanted.is_empty(), |text| {
                (wanted.is_empty() || has(wanted, text)) && !has(unwanted, text)
            })?;
            texts.push((name, answers));
        }
    }
    // Words of a site are written as people write them: `EN`, `en`.
    let says = |list: &[String], text: &str| list.iter().any(|one| one.eq_ignore_ascii_case(text));
    for (name, wanted) in &filter.values {
        // A contact without a status was attended.
        let absent = *name == column::STATUS && has(wanted, ContactStatus::Attended.name());
        let answers = decide(batch, name, absent, |text| {
            says(wanted, text) || text.split([';', '|', ',', ' ']).any(|one| says(wanted, one))
        })?;
        texts.push((*name, answers));
    }
    for (name, unwanted) in &filter.not_values {
        // Who was screened was screened, whether or not the result was recorded.
        let absent = *name == column::SCREEN_RESULT;
        let answers = decide(batch, name, absent, |text| !says(unwanted, text))?;
        texts.push((*name, answers));
    }
    let (or, and) = (all_answers(batch, &filter.or)?, all_answers(batch, &filter.and)?);
    Ok(FilterAnswers { texts, or, and })
}

/// What every filter says about the texts of a batch.
pub(super) fn all_answers(
    batch: &RecordBatch,
    filters: &[ContactFilter],
) -> Result<Vec<FilterAnswers>, Error> {
    filters.iter().map(|filter| answers(batch, filter)).collect()
}
