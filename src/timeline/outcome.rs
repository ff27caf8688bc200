//! What rows of the outcomes table say, apart from recommended levels.

use arrow_array::RecordBatch;

use super::Error;
use super::batch::{Answers, NumberColumn, decide};
use crate::terms::{Day, Employment, LivingSituation, column};

/// A row of the outcomes table: whatever it says; most say little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeRecord {
    /// The day.
    pub day: Day,
    /// Where the member lives.
    pub living: Option<LivingSituation>,
    /// What the member works.
    pub employment: Option<Employment>,
    /// Whether the member goes to school; nothing where that does not apply.
    pub school: Option<bool>,
    /// Whether there was an arrest in the last 30 days.
    pub arrested: Option<bool>,
    /// Days of substance use, of the last 30.
    pub use_days: Option<i32>,
    /// Whether self-help groups were attended in the last 30 days.
    pub self_help: Option<bool>,
    /// Whether a screen was positive; nothing if it was not done or has no result.
    pub screen: Option<bool>,
    /// Whether a check-up found a need for treatment.
    pub need: Option<bool>,
}

/// The columns of outcome records.
pub(super) const COLUMNS: [&str; 8] = [
    column::LIVING,
    column::EMPLOYMENT,
    column::SCHOOL,
    column::ARRESTS_30D,
    column::SUBSTANCE_USE_DAYS,
    column::SCREEN_RESULT,
    column::NEED_TREATMENT,
    column::SELFHELP_FREQ,
];

/// Outcome records of a batch.
#[derive(Debug)]
pub(super) struct OutcomeColumns {
    /// Whether codes of living situations and of employment are on their lists.
    is_listed: [Answers<Option<bool>>; 2],
    living: Answers<Option<LivingSituation>>,
    employment: Answers<Option<Employment>>,
    school: Answers<Option<bool>>,
    arrested: Answers<Option<bool>>,
    use_days: NumberColumn,
    screen: Answers<Option<bool>>,
    need: NumberColumn,
    self_help: Answers<Option<bool>>,
}

impl OutcomeColumns {
    pub(super) fn of(batch: &RecordBatch) -> Result<Self, Error> {
        let yes_or_no = |yes: &'static [&'static str], no: &'static [&'static str]| {
            move |text: &str| {
                let known = yes.contains(&text) || no.contains(&text);
                known.then(|| yes.contains(&text))
            }
        };
        let is_listed = |is_known: fn(&str) -> bool| {
            move |text: &str| (!text.is_empty()).then(|| is_known(text))
        };
        Ok(Self {
            is_listed: [
                decide(
                    batch,
                    column::LIVING,
                    None,
                    is_listed(|text| LivingSituation::from_code(text).is_some()),
                )?,
                decide(
                    batch,
                    column::EMPLOYMENT,
                    None,
                    is_listed(|text| Employment::from_code(text).is_some()),
                )?,
            ],
            living: decide(batch, column::LIVING, None, LivingSituation::from_code)?,
            employment: decide(batch, column::EMPLOYMENT, None, Employment::from_code)?,
            school: decide(batch, column::SCHOOL, None, yes_or_no(&["01"], &["02"]))?,
            arrested: decide(batch, column::ARRESTS_30D, None, yes_or_no(&["1", "2+"], &["0"]))?,
            use_days: NumberColumn::of(batch, column::SUBSTANCE_USE_DAYS)?,
            screen: decide(batch, column::SCREEN_RESULT, None, yes_or_no(&["pos"], &["neg"]))?,
            need: NumberColumn::of(batch, column::NEED_TREATMENT)?,
            // The codes of TEDS: 1 no attendance, 2 to 4 by frequency, 5 some.
            self_help: decide(
                batch,
                column::SELFHELP_FREQ,
                None,
                yes_or_no(&["2", "3", "4", "5"], &["1"]),
            )?,
        })
    }

    /// Of each code of a living situation or of employment in a row, whether it is on its list.
    pub(super) fn listed(&self, row: usize) -> impl Iterator<Item = bool> + '_ {
        self.is_listed.iter().filter_map(move |column| column.at(row))
    }

    /// The record of a row.
    pub(super) fn at(&self, row: usize, day: Day) -> OutcomeRecord {
        OutcomeRecord {
            day,
            living: self.living.at(row),
            employment: self.employment.at(row),
            school: self.school.at(row),
            arrested: self.arrested.at(row),
            use_days: self.use_days.int(row),
            screen: self.screen.at(row),
            need: self.need.at(row).map(|need| need == 1),
            self_help: self.self_help.at(row),
        }
    }
}
