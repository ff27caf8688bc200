//! How members live over a window: how restrictive their homes are, and how many days are spent out of
//! home.

use super::member_value::{PARTS, ratio};
use crate::terms::Day;
use crate::timeline::{HomeRun, Timeline};

/// What has to be known of where a member lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeQuestion {
    /// How restrictive it is, on some day of the window.
    Rank,
    /// The site's own weight of it, on some day of the window.
    Weight,
    /// How restrictive it is, in the first and in the last 90 days of the window.
    Change,
    /// Whether it is a placement out of home, on some day of the window.
    Place,
}

impl HomeQuestion {
    /// The words that definitions use.
    pub const NAMES: [&'static str; 4] = ["restrictiveness", "weight", "change", "place"];

    /// The question of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rank, Self::Weight, Self::Change, Self::Place]
            .into_iter()
            .find(|one| Self::NAMES[*one as usize] == name)
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Rank => {
                "members of whom a span of living or a status record of the last 90 days says how restrictive their home is, in the 12 months that end with the period"
            }
            Self::Weight => {
                "members with a span of living that has the site's own weight, in the 12 months that end with the period"
            }
            Self::Place => {
                "members of whom a span of living or a status record of the last 90 days says whether their home is a placement, in the 12 months that end with the period"
            }
            Self::Change => {
                "members of whom it is known how restrictive their home is in the first and in the last 90 days of the 12 months that end with the period"
            }
        }
    }
}

/// What is measured of how a member lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeValue {
    /// Mean restrictiveness over the days on which it is known.
    Rank,
    /// Mean weight over the days that have one.
    Weight,
    /// The share of alive enrolled days that are spent out of home.
    OutOfHome,
    /// Whether the last 90 days are less restrictive than the first 90, on average.
    Less,
}

impl HomeValue {
    /// The words that definitions use.
    pub const NAMES: [&'static str; 4] =
        ["restrictiveness", "living_weight", "out_of_home", "less_restrictive"];

    /// The value of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rank, Self::Weight, Self::OutOfHome, Self::Less]
            .into_iter()
            .find(|one| Self::NAMES[*one as usize] == name)
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Rank => {
                "how restrictive the home is, from 1 low to 4 high, as a mean over alive, enrolled days on which it is known"
            }
            Self::Weight => {
                "the site's weight of the home, as a mean over alive, enrolled days that have one"
            }
            Self::OutOfHome => {
                "the share of alive, enrolled days in foster or assisted living, group homes, residential care, hospital or custody"
            }
            Self::Less => {
                "whether the home is less restrictive in the last 90 days than in the first 90, on average"
            }
        }
    }
}

/// Alive enrolled days of the window in runs for which `of` gives a number, and the sum of it over them.
fn sums(
    timeline: &Timeline,
    (start, end): (Day, Day),
    of: impl Fn(&HomeRun) -> Option<i64>,
) -> (i64, i64) {
    let (mut sum, mut days) = (0, 0);
    for run in &timeline.homes {
        let Some(number) = of(run) else { continue };
        let (first, last) = (run.first.max(start), run.last.min(end));
        if first <= last {
            let count = i64::from(timeline.alive_enrolled.count_within(first, last));
            sum += number * count;
            days += count;
        }
    }
    (sum, days)
}

fn ranks(timeline: &Timeline, window: (Day, Day)) -> (i64, i64) {
    sums(timeline, window, |run| run.rank.map(i64::from))
}

/// The first and the last 90 days of a window.
fn ends((start, end): (Day, Day)) -> [(Day, Day); 2] {
    [(start, start + 89), (end - 89, end)]
}

/// Whether it is known of a member where the home is.
pub(super) fn is_candidate(
    question: HomeQuestion,
    timeline: &Timeline,
    window: (Day, Day),
) -> bool {
    let said =
        |window| sums(timeline, window, |run| run.rank.filter(|_| run.is_said).map(|_| 1)).1 > 0;
    match question {
        HomeQuestion::Rank => said(window),
        HomeQuestion::Weight => sums(timeline, window, |run| run.weight).1 > 0,
        HomeQuestion::Place => sums(timeline, window, |run| run.says_place.then_some(1)).1 > 0,
        HomeQuestion::Change => ends(window).into_iter().all(said),
    }
}

/// The value of a member in parts of 10⁻¹², or as 1 or 0.
pub(super) fn value(value: HomeValue, timeline: &Timeline, window: (Day, Day)) -> i64 {
    match value {
        HomeValue::Rank => {
            let (sum, days) = ranks(timeline, window);
            ratio(sum, days)
        }
        HomeValue::Weight => {
            let (sum, days) = sums(timeline, window, |run| run.weight);
            ratio(sum, days * 1000)
        }
        HomeValue::OutOfHome => {
            let (away, _) = sums(timeline, window, |run| run.away.map(i64::from));
            let days = timeline.alive_enrolled.count_within(window.0, window.1);
            ratio(away, days.into()).min(PARTS)
        }
        HomeValue::Less => {
            let [first, last] = ends(window).map(|quarter| ranks(timeline, quarter));
            // Means compared without dividing.
            i64::from(last.0 * first.1 < first.0 * last.1)
        }
    }
}
