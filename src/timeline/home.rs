//! Where a member lives on each day: spans of living in one setting, status records carried on, and
//! 24-hour care and custody, which are more restrictive than the home that is kept meanwhile.

use arrow_array::RecordBatch;

use super::batch::{Answers, FloatColumn, NumberColumn, decide};
use super::{Error, SpellSet, Timeline};
use crate::terms::instrument::POINT;
use crate::terms::{Day, LivingSituation, column};

/// A row of the living table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LivingSpan {
    /// First day.
    pub first: Day,
    /// Last day; a far one while it lasts.
    pub last: Day,
    /// The setting, if its word or code is known.
    pub situation: Option<LivingSituation>,
    /// How restrictive the site says it is, from 1 low to 4 high.
    pub rank: Option<i32>,
    /// The site's own weight, in thousandths.
    pub weight: Option<i64>,
}

/// Days in a row on which a member lives in one way, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HomeRun {
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// How restrictive it is, from 1 low to 4 high, if that is known.
    pub rank: Option<i32>,
    /// The site's own weight, in thousandths, on days outside 24-hour care and custody.
    pub weight: Option<i64>,
    /// Whether it is a placement out of home, if that is known: foster care, a group home, residential
    /// care, a hospital or detention.
    pub away: Option<bool>,
    /// True if a span or a status record says where the member lives.
    pub is_said: bool,
    /// True if what they say also tells whether it is a placement out of home.
    pub says_place: bool,
}

/// So many days a status record is carried on.
const CARRIED_DAYS: i32 = 90;
/// The restrictiveness of residential care around the clock.
const RESIDENTIAL: i32 = 3;
/// The restrictiveness of hospital and custody.
const CLOSED: i32 = 4;

/// The columns of living spans.
pub(super) const COLUMNS: [&str; 2] = [column::RESTRICT_RANK, column::WEIGHT];

/// Living spans of a batch.
#[derive(Debug)]
pub(super) struct LivingColumns {
    situation: Answers<Option<LivingSituation>>,
    rank: NumberColumn,
    weight: FloatColumn,
}

impl LivingColumns {
    pub(super) fn of(batch: &RecordBatch) -> Result<Self, Error> {
        Ok(Self {
            situation: decide(batch, column::SETTING, None, LivingSituation::from_setting)?,
            rank: NumberColumn::of(batch, column::RESTRICT_RANK)?,
            weight: FloatColumn::of(batch, column::WEIGHT)?,
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "a weight of a few points")]
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    pub(super) fn at(&self, row: usize, (first, last): (Day, Day)) -> LivingSpan {
        let weight = self.weight.at(row).filter(|weight| weight.abs() < 1e6);
        LivingSpan {
            first,
            last,
            situation: self.situation.at(row),
            rank: self.rank.int(row),
            weight: weight.map(|weight| libm::round(weight * POINT as f64) as i64),
        }
    }
}

/// What is known of one day apart from 24-hour care and custody.
#[derive(Clone, Copy)]
struct Base {
    rank: Option<i32>,
    weight: Option<i64>,
    away: Option<bool>,
}

/// The runs of a member, in order.
pub(super) fn runs(timeline: &Timeline) -> Vec<HomeRun> {
    let carried = carried(timeline);
    let closed = timeline.institution(SpellSet::Inpatient);
    let inside = timeline.institution(SpellSet::Any24Hour);
    let spans = timeline.living.iter().map(|span| (span.first, span.last));
    let records = carried.iter().map(|(first, last, _)| (*first, *last));
    let stays = closed.iter().chain(inside.iter()).chain(timeline.custody.iter());
    let mut edges: Vec<Day> =
        spans.chain(records).chain(stays).flat_map(|(first, last)| [first, last + 1]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut found = Vec::new();
    for edge in edges.windows(2) {
        let (first, last) = (edge[0], edge[1] - 1);
        let base = base(timeline, &carried, first);
        let held = if closed.has(first) || timeline.custody.has(first) {
            Some(CLOSED)
        } else {
            inside.has(first).then_some(RESIDENTIAL)
        };
        if base.is_none() && held.is_none() {
            continue;
        }
        found.push(HomeRun {
            first,
            last,
            rank: base.and_then(|base| base.rank).max(held),
            weight: base.and_then(|base| base.weight).filter(|_| held.is_none()),
            away: if held.is_some() { Some(true) } else { base.and_then(|base| base.away) },
            is_said: base.is_some(),
            says_place: base.is_some_and(|base| base.away.is_some()),
        });
    }
    found
}

impl Timeline {
    /// How the member lives on a day, 24-hour care and custody apart: by the living span of the day (of
    /// several, the one that began last), or else by a status record of the 90 days before. Nothing where
    /// neither says.
    pub fn living_on(&self, day: Day) -> Option<LivingSituation> {
        let spans = self.living.iter().filter(|span| span.first <= day && day <= span.last);
        let own = spans.max_by_key(|span| (span.first, span.last));
        own.and_then(|span| span.situation).or_else(|| {
            let said = carried(self).into_iter();
            said.filter(|(first, last, _)| *first <= day && day <= *last)
                .map(|(_, _, living)| living)
                .next()
        })
    }
}

/// Status records that say where the member lives, up to the next one, at most so many days.
fn carried(timeline: &Timeline) -> Vec<(Day, Day, LivingSituation)> {
    let said = timeline.outcomes.iter().filter_map(|one| Some((one.day, one.living?)));
    let mut found: Vec<(Day, Day, LivingSituation)> = Vec::new();
    for (day, living) in said {
        if let Some((first, last, _)) = found.last_mut() {
            // Of two records of one day, the one that stands last counts.
            *last = if *first == day { day - 1 } else { (*last).min(day - 1) };
        }
        found.push((day, day + CARRIED_DAYS - 1, living));
    }
    found.retain(|(first, last, _)| first <= last);
    found
}

/// The living span of a day (of several, the one that began last), or else a status record.
fn base(timeline: &Timeline, carried: &[(Day, Day, LivingSituation)], day: Day) -> Option<Base> {
    let covers = |(first, last): (Day, Day)| first <= day && day <= last;
    let spans = timeline.living.iter().filter(|span| covers((span.first, span.last)));
    let own = spans.max_by_key(|span| (span.first, span.last)).map(|span| Base {
        rank: span.rank.or(span.situation.and_then(LivingSituation::restrictiveness)),
        weight: span.weight,
        away: span.situation.and_then(LivingSituation::is_out_of_home),
    });
    own.or_else(|| {
        let record = carried.iter().find(|(first, last, _)| covers((*first, *last)));
        record.map(|(_, _, living)| Base {
            rank: living.restrictiveness(),
            weight: None,
            away: living.is_out_of_home(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::DaySpans;

    fn span(first: i32, last: i32, situation: LivingSituation) -> LivingSpan {
        let (first, last) = (Day(first), Day(last));
        LivingSpan { first, last, situation: Some(situation), rank: None, weight: Some(500) }
    }

    #[test]
    fn care_around_the_clock_lies_over_the_home_and_a_record_fills_gaps() {
        let mut timeline = Timeline::default();
        timeline.living.push(span(0, 9, LivingSituation::Independent));
        timeline.living.push(span(8, 19, LivingSituation::Assisted));
        timeline.institution[SpellSet::Any24Hour.place()] = DaySpans::one(Day(2), Day(5));
        timeline.institution[SpellSet::Inpatient.place()] = DaySpans::one(Day(4), Day(5));
        let found = runs(&timeline);
        let shown: Vec<_> = found
            .iter()
            .map(|run| (run.first.0, run.last.0, run.rank, run.weight, run.away))
            .collect();
        let expected = vec![
            (0, 1, Some(1), Some(500), Some(false)),
            (2, 3, Some(3), None, Some(true)),
            (4, 5, Some(4), None, Some(true)),
            (6, 7, Some(1), Some(500), Some(false)),
            (8, 9, Some(2), Some(500), Some(true)),
            (10, 19, Some(2), Some(500), Some(true)),
        ];
        assert_eq!(shown, expected);
        let living = [0, 8, 19, 20].map(|day| timeline.living_on(Day(day)));
        let (own, assisted) = (LivingSituation::Independent, LivingSituation::Assisted);
        assert_eq!(living, [Some(own), Some(assisted), Some(assisted), None]);
    }
}
