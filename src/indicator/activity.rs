//! What agencies do in their community, which belongs to no member.

use crate::terms::Day;

/// An activity: an event, a coalition, a housing project …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// Its day.
    pub day: Day,
    /// How many people took part, if that is known.
    pub participants: Option<i64>,
    /// How many minutes it lasted, if that is known.
    pub minutes: Option<i64>,
}

/// What a rate counts of activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivitySum {
    /// Each as one.
    Sessions,
    /// The people who took part.
    Participants,
    /// The minutes.
    Minutes,
}

impl ActivitySum {
    /// The words that definitions use.
    pub const NAMES: [&'static str; 3] = ["sessions", "participants", "minutes"];

    /// What a word counts.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sessions" => Some(Self::Sessions),
            "participants" => Some(Self::Participants),
            "minutes" => Some(Self::Minutes),
            _ => None,
        }
    }

    /// What an activity adds; one that does not say adds nothing.
    pub fn of(self, activity: Activity) -> i64 {
        match self {
            Self::Sessions => 1,
            Self::Participants => activity.participants.unwrap_or(0),
            Self::Minutes => activity.minutes.unwrap_or(0),
        }
    }

    /// What is counted, in a reader's words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Sessions => "activities in the community, each as one",
            Self::Participants => "the people who took part in activities in the community",
            Self::Minutes => "the minutes of activities in the community",
        }
    }
}

/// An activity of an example: `activity 2024-03-05 participants=20 hours=1.5`.
///
/// # Errors
/// What is wrong with the line, and what would be right.
pub(super) fn parse(line: &str) -> Result<Activity, (String, Option<String>)> {
    let mut words = line.split_whitespace().skip(1);
    let day = words.next().and_then(Day::parse).ok_or_else(|| {
        let help = Some("write `activity 2024-02-27 participants=20 hours=1.5`".to_owned());
        ("an activity has a day".to_owned(), help)
    })?;
    let mut activity = Activity { day, participants: None, minutes: None };
    for word in words {
        let number = |text: &str| text.parse::<f64>().ok().filter(|number| *number >= 0.0);
        match word.split_once('=') {
            Some(("participants", text)) if text.parse::<u32>().is_ok() => {
                activity.participants = text.parse().ok();
            }
            Some(("hours", text)) if number(text).is_some() => {
                activity.minutes = number(text).map(|hours| minutes(thousandths(hours)));
            }
            _ => {
                let help = Some("one of `participants=20` and `hours=1.5`".to_owned());
                return Err((format!("`{word}` says nothing of an activity"), help));
            }
        }
    }
    Ok(activity)
}

#[expect(clippy::cast_possible_truncation, reason = "an example has no more than a day's hours")]
fn thousandths(hours: f64) -> i64 {
    (hours * 1000.0).round() as i64
}

/// Minutes of so many thousandths of an hour, to the nearest; half a minute is one.
pub fn minutes(hours_milli: i64) -> i64 {
    (hours_milli.max(0).saturating_mul(60) + 500) / 1000
}
