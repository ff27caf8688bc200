//! Status records: what the first and the last of a window say, and what changed between them.

use crate::terms::{Day, Employment, LivingSituation};
use crate::timeline::{OutcomeRecord, Timeline};

/// What a status record is asked. An answer is a number: 1 and 0 for yes and no, or the number itself;
/// a record that does not say is as if it were not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Whether the member lives in an independent or supported home.
    Housed,
    /// Whether the member is without a home.
    Homeless,
    /// Whether the member lives independently, in a private residence.
    Independent,
    /// Whether a child lives at home; dependent living does not say.
    AtHome,
    /// How restrictive the living situation is, 1 to 4; nothing for people without a home.
    Restrictiveness,
    /// Whether the member works, on the open labour market or supported.
    Employed,
    /// Whether the member works, asked only of those in the labour force.
    EmployedInLabourForce,
    /// Whether the member works on the open labour market.
    Competitive,
    /// Whether the member goes to school.
    School,
    /// Whether there was no arrest in the last 30 days.
    ArrestFree,
    /// Days of substance use.
    UseDays,
    /// Whether the member attends self-help groups.
    SelfHelp,
}

impl Said {
    /// Everything that can be asked.
    pub const ALL: [Self; 12] = [
        Self::Housed,
        Self::Homeless,
        Self::Independent,
        Self::AtHome,
        Self::Restrictiveness,
        Self::Employed,
        Self::EmployedInLabourForce,
        Self::Competitive,
        Self::School,
        Self::ArrestFree,
        Self::UseDays,
        Self::SelfHelp,
    ];
    /// The words that definitions use.
    pub const NAMES: [&'static str; 12] = [
        "housed",
        "homeless",
        "independent",
        "at_home",
        "restrictiveness",
        "employed",
        "employed_in_labour_force",
        "competitive_work",
        "school",
        "arrest_free",
        "use_days",
        "self_help",
    ];

    /// What a word asks.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|place| Self::ALL[place])
    }

    /// The question in a reader's words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Housed => "living in an independent or supported home",
            Self::Homeless => "without a home",
            Self::Independent => "living independently",
            Self::AtHome => "living at home",
            Self::Restrictiveness => "restrictiveness of the living situation (1 to 4)",
            Self::Employed | Self::EmployedInLabourForce => "employed",
            Self::Competitive => "working on the open labour market",
            Self::School => "attending school",
            Self::ArrestFree => "without an arrest in the last 30 days",
            Self::UseDays => "days of substance use",
            Self::SelfHelp => "attending self-help groups",
        }
    }

    fn of(self, record: &OutcomeRecord) -> Option<i32> {
        let living = |holds: fn(LivingSituation) -> bool| record.living.map(holds).map(i32::from);
        let work = |holds: fn(Employment) -> bool| record.employment.map(holds).map(i32::from);
        match self {
            Self::Housed => living(|home| {
                matches!(home, LivingSituation::Independent | LivingSituation::Supported)
            }),
            Self::Homeless => living(|home| home == LivingSituation::Homeless),
            Self::Independent => living(|home| home == LivingSituation::Independent),
            Self::AtHome => match record.living? {
                LivingSituation::Dependent => None,
                home => Some((home == LivingSituation::Independent).into()),
            },
            Self::Restrictiveness => record.living?.restrictiveness(),
            Self::Employed => {
                work(|work| matches!(work, Employment::Competitive | Employment::Supported))
            }
            Self::EmployedInLabourForce => match record.employment? {
                Employment::OutOfLabourForce => None,
                work => Some((work != Employment::Unemployed).into()),
            },
            Self::Competitive => work(|work| work == Employment::Competitive),
            Self::School => record.school.map(i32::from),
            Self::ArrestFree => record.arrested.map(|arrested| (!arrested).into()),
            Self::UseDays => record.use_days,
            Self::SelfHelp => record.self_help.map(i32::from),
        }
    }
}

/// Members with two answers in the window that lie far enough apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// What is asked.
    pub said: Said,
    /// Least days from the first to the last answer; with 0, one answer is enough.
    pub apart: i32,
    /// Only members whose first answer is at least this.
    pub first_at_least: Option<i32>,
}

/// What is looked at in the first and the last answer of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusTest {
    /// The first is yes.
    First,
    /// The last is yes.
    Last,
    /// The first is no, the last yes.
    Gained,
    /// The first is yes, the last no.
    Lost,
    /// Some answer of the window is yes.
    Ever,
    /// The last is less than the first.
    Less,
    /// The last is 0, or less than the first.
    NoneOrLess,
}

impl StatusTest {
    /// Every test.
    pub const ALL: [Self; 7] = [
        Self::First,
        Self::Last,
        Self::Gained,
        Self::Lost,
        Self::Ever,
        Self::Less,
        Self::NoneOrLess,
    ];
    /// The words that definitions use.
    pub const NAMES: [&'static str; 7] = [
        "status_first",
        "status_last",
        "status_gained",
        "status_lost",
        "status_ever",
        "status_less",
        "status_none_or_less",
    ];

    /// The test of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|place| Self::ALL[place])
    }

    /// The test in a reader's words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::First => "so at the first record",
            Self::Last => "so at the last record",
            Self::Gained => "not so at the first record, but at the last",
            Self::Lost => "so at the first record, but not at the last",
            Self::Ever => "so at any record",
            Self::Less => "less at the last record than at the first",
            Self::NoneOrLess => "none at the last record, or less than at the first",
        }
    }
}

/// The answers of a window, in order; of one day, the last in the order of rows counts last.
fn answers(
    said: Said,
    timeline: &Timeline,
    (start, end): (Day, Day),
) -> impl DoubleEndedIterator<Item = (Day, i32)> + Clone {
    let records = &timeline.outcomes;
    let from = records.partition_point(|record| record.day < start);
    let to = records.partition_point(|record| record.day <= end);
    let within = records[from..to.max(from)].iter();
    within.filter_map(move |record| Some((record.day, said.of(record)?)))
}

/// The first and the last answer, of a member who has them.
pub(super) fn is_candidate(asked: Answered, timeline: &Timeline, window: (Day, Day)) -> bool {
    let mut all = answers(asked.said, timeline, window);
    let Some(first) = all.next() else { return false };
    let last = all.next_back().unwrap_or(first);
    last.0 - first.0 >= asked.apart && asked.first_at_least.is_none_or(|least| first.1 >= least)
}

/// Whether a candidate passes a test, as 1 or 0.
pub(super) fn value(
    test: StatusTest,
    asked: Answered,
    timeline: &Timeline,
    window: (Day, Day),
) -> i64 {
    let mut all = answers(asked.said, timeline, window);
    let is_ever = test == StatusTest::Ever && all.clone().any(|(_, answer)| answer > 0);
    let first = all.next().map_or(0, |(_, answer)| answer);
    let last = all.next_back().map_or(first, |(_, answer)| answer);
    let holds = match test {
        StatusTest::First => first > 0,
        StatusTest::Last => last > 0,
        StatusTest::Gained => first == 0 && last > 0,
        StatusTest::Lost => first > 0 && last == 0,
        StatusTest::Ever => is_ever,
        StatusTest::Less => last < first,
        StatusTest::NoneOrLess => last == 0 || last < first,
    };
    holds.into()
}
