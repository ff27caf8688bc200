//! Scores on instruments of the registry, decoded once per batch.

use arrow_array::RecordBatch;

use super::Error;
use super::batch::{Answers, FloatColumn, TextColumn, decide};
use crate::terms::instrument::{Instruments, POINT, Rater};
use crate::terms::{Day, column};

/// A valid score on an instrument of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// The day.
    pub day: Day,
    /// The place of the instrument in the registry.
    pub instrument: usize,
    /// Who rated, if that is recorded.
    pub rater: Option<Rater>,
    /// The score in thousandths of a point.
    pub points: i64,
}

impl Score {
    /// True for scores that can be compared: on one instrument, by one rater.
    pub fn is_like(&self, other: &Self) -> bool {
        self.instrument == other.instrument && self.rater == other.rater
    }
}

/// Days with a score that is worse than the one before, on the same instrument by the same rater at
/// most 365 days before, by more than error.
pub(super) fn deteriorations(scores: &[Score], known: &Instruments, found: &mut Vec<Day>) {
    const LONGEST: i32 = 365;
    for (place, score) in scores.iter().enumerate() {
        let before = scores[..place].iter().rev().find(|before| before.is_like(score));
        let worse = before.is_some_and(|before| {
            score.day - before.day <= LONGEST
                && known.at(score.instrument).deteriorated(before.points, score.points)
        });
        if worse && found.last() != Some(&score.day) {
            found.push(score.day);
        }
    }
}

/// The columns of scores.
pub(super) const COLUMNS: [&str; 3] = [column::SCORE, column::SUBSCALE, column::RATER];

/// Scores of a batch.
#[derive(Debug)]
pub(super) struct ScoreColumns {
    whole: Answers<Option<usize>>,
    code: Option<TextColumn>,
    subscale: Option<TextColumn>,
    rater: Answers<Option<Rater>>,
    score: FloatColumn,
}

impl ScoreColumns {
    pub(super) fn of(batch: &RecordBatch, known: &Instruments) -> Result<Self, Error> {
        Ok(Self {
            whole: decide(batch, column::CODE, None, |text| known.place(text))?,
            code: TextColumn::of(batch, column::CODE)?,
            subscale: TextColumn::of(batch, column::SUBSCALE)?,
            rater: decide(batch, column::RATER, None, Rater::from_name)?,
            score: FloatColumn::of(batch, column::SCORE)?,
        })
    }

    /// True if a row has a score at all.
    pub(super) fn has(&self, row: usize) -> bool {
        self.score.at(row).is_some()
    }

    /// The score of a row, if it has a valid one.
    #[expect(clippy::cast_possible_truncation, reason = "checked against the range")]
    #[expect(clippy::cast_precision_loss, reason = "points of a scale")]
    pub(super) fn at(&self, row: usize, day: Day, known: &Instruments) -> Option<Score> {
        let points = self.score.at(row)?;
        let text = |column: &Option<TextColumn>| {
            column.as_ref().and_then(|column| Some(column.text(column.key(row)?).to_owned()))
        };
        let subscale = text(&self.subscale).filter(|subscale| !subscale.is_empty());
        let place = match subscale {
            Some(subscale) => known.place(&format!("{}/{subscale}", text(&self.code)?)),
            None => self.whole.at(row),
        }?;
        let instrument = known.at(place);
        let rater = self.rater.at(row);
        let (least, most) = instrument.range;
        let points = libm::round(points * POINT as f64);
        let valid = (least as f64..=most as f64).contains(&points)
            && (instrument.rater.is_none() || instrument.rater == rater);
        valid.then_some(Score { day, instrument: place, rater, points: points as i64 })
    }
}
