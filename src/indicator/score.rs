//! Scores on instruments: what the first and the last score of an episode or of a window say.

use super::happening::Happening;
use super::rule::{Criterion, Index};
use super::unit::{Candidate, Scene, Subject};
use crate::terms::instrument::{Domain, Domains};
use crate::terms::{Day, Window};
use crate::timeline::{Score, Timeline};

/// What is asked of the pairs of an episode: a first and a last score on one instrument by one rater.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairQuestion {
    /// Whether there is any.
    Paired,
    /// Whether there is one on an instrument whose smallest change beyond error is known.
    Comparable,
    /// Whether there is one on an instrument whose standard deviation is known.
    Standardised,
    /// Whether one is better by more than error, and none worse by more than error.
    Improved,
    /// Whether one is worse by more than error.
    Deteriorated,
    /// Whether one began as a case, on an instrument whose smallest change is known.
    Case,
    /// Whether one began as a case, is better by more than error and no case any more, and none is
    /// worse by more than error.
    Recovered,
}

impl PairQuestion {
    /// Every question.
    pub const ALL: [Self; 7] = [
        Self::Paired,
        Self::Comparable,
        Self::Standardised,
        Self::Improved,
        Self::Deteriorated,
        Self::Case,
        Self::Recovered,
    ];
    /// The words that definitions use.
    pub const NAMES: [&'static str; 7] = [
        "paired",
        "comparable",
        "standardised",
        "improved",
        "deteriorated",
        "case_at_first",
        "recovered",
    ];

    /// The question of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|place| Self::ALL[place])
    }

    fn words(self) -> &'static str {
        match self {
            Self::Paired => "a first and a last score on one instrument by one rater",
            Self::Comparable => {
                "a first and a last score on one instrument by one rater, for which the smallest change beyond error is known"
            }
            Self::Standardised => {
                "a first and a last score on one instrument by one rater, for which the standard deviation is known"
            }
            Self::Improved => {
                "better by more than error on one instrument, and worse by more than error on none"
            }
            Self::Deteriorated => "worse by more than error on an instrument",
            Self::Case => "a first score that is a case, with a last one on the same instrument",
            Self::Recovered => {
                "from a case to none and better by more than error on one instrument, and worse by more than error on none"
            }
        }
    }
}

/// A question about the scores of an episode of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairTest {
    /// What is asked.
    pub question: PairQuestion,
    /// Of instruments of these domains.
    pub domains: Domains,
    /// First and last day of the first score, from the start of the episode.
    pub baseline: (i32, i32),
    /// Least days from the first to the last score.
    pub apart: i32,
    /// Days after the end of the episode up to which a last score counts.
    pub until: i32,
}

impl PairTest {
    /// The window of the last score around the end of the episode.
    pub(super) fn window(self) -> Window {
        Window { from: 0, to: self.until }
    }

    pub(super) fn words(self) -> String {
        let (from, to) = self.baseline;
        format!(
            "{}{} (first: from day {from} to day {to} around the start of the episode; last: at least {} days later, up to {} days after the end)",
            self.question.words(),
            of_domains(self.domains),
            self.apart,
            self.until
        )
    }
}

/// “ of functioning or quality of life”; nothing for all domains.
pub(super) fn of_domains(domains: Domains) -> String {
    let names: Vec<String> = domains.named().map(|one| one.name().replace('_', " ")).collect();
    if names.is_empty() { String::new() } else { format!(" of {}", names.join(" or ")) }
}

/// What has to be known of an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// No more than that it is in the registry.
    Instrument,
    /// From which score on a member is a case.
    CutOff,
    /// The smallest change beyond error.
    LeastChange,
}

impl Known {
    /// The words that definitions use.
    pub const NAMES: [&'static str; 3] = ["instrument", "cut_off", "least_change"];

    /// What a word asks for.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Instrument, Self::CutOff, Self::LeastChange]
            .into_iter()
            .find(|one| Self::NAMES[*one as usize] == name)
    }

    fn holds(self, timeline: &Timeline, score: &Score) -> bool {
        let instrument = timeline.instrument(score);
        match self {
            Self::Instrument => true,
            Self::CutOff => instrument.case_from.is_some(),
            Self::LeastChange => instrument.least_change.is_some(),
        }
    }
}

/// Members with scores in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scored {
    /// On instruments of these domains.
    pub domains: Domains,
    /// Least days from the first to the last score on one instrument by one rater.
    pub apart: i32,
    /// What has to be known of the instrument.
    pub known: Known,
}

impl Known {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Instrument => "",
            Self::CutOff => " with a known cut-off",
            Self::LeastChange => " with a known smallest change beyond error",
        }
    }
}

impl Scored {
    pub(super) fn words(self) -> String {
        let (scores, apart) = match self.apart {
            0 => ("a score", String::new()),
            days => (
                "two scores",
                format!(", at least {days} days apart on one instrument by one rater,"),
            ),
        };
        format!(
            "members with {scores}{}{}{apart} in the 12 months that end with the period",
            of_domains(self.domains),
            self.known.words()
        )
    }
}

/// What is looked at in a window's first and last score on one instrument by one rater.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreValue {
    /// Whether the last of all is no case.
    Favourable,
    /// Whether one is better by at least so many thousandths of a point, and none worse by as much.
    Better(i64),
    /// Whether one is worse by at least so many thousandths of a point.
    Worse(i64),
    /// Whether none is worse by more than error.
    NotWorse,
    /// Whether two different instruments of one domain have scores at most so many days apart.
    Several(i32),
}

impl ScoreValue {
    pub(super) fn words(self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "points of a scale")]
        let points = |thousandths: i64| thousandths as f64 / 1000.0;
        match self {
            Self::Favourable => "whether the last score is no case".to_owned(),
            Self::Better(by) => format!(
                "whether the last score is better than the first by {} or more on an instrument, and worse by as much on none",
                points(by)
            ),
            Self::Worse(by) => format!(
                "whether the last score is worse than the first by {} or more on an instrument",
                points(by)
            ),
            Self::NotWorse => {
                "whether the last score is worse than the first by more than error on no instrument"
                    .to_owned()
            }
            Self::Several(days) => format!(
                "whether two different instruments of one domain have scores at most {days} days apart"
            ),
        }
    }
}

/// The first score of each instrument and rater in a span of days, with the last one that lies so many
/// days later and not after `until`.
fn pairs(
    timeline: &Timeline,
    domains: Domains,
    (from, to): (Day, Day),
    (apart, until): (i32, Day),
) -> impl Iterator<Item = (Score, Score)> + Clone {
    let of = move |score: &&Score| domains.has(timeline.instrument(score).domain);
    let start = timeline.scores.partition_point(|score| score.day < from);
    let all = &timeline.scores[start..];
    let within = all.iter().take_while(move |score| score.day <= to).enumerate();
    let firsts = within.filter(move |(place, score)| {
        of(score) && !all[..*place].iter().any(|before| before.is_like(score))
    });
    firsts.filter_map(move |(place, first)| {
        let later = all[place..].iter().rev();
        let mut like = later.filter(|score| {
            first.is_like(score) && score.day - first.day >= apart && score.day <= until
        });
        like.next().map(|last| (*first, *last))
    })
}

fn pairs_of_episode(
    test: PairTest,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> Option<impl Iterator<Item = (Score, Score)> + Clone> {
    let Subject::Episode { start } = unit.of else { return None };
    let baseline = (start + test.baseline.0, start + test.baseline.1);
    Some(pairs(scene.timeline, test.domains, baseline, (test.apart, unit.day + test.until)))
}

/// As [`super::criterion::met`], for the scores of an episode.
pub(super) fn pairs_met(test: PairTest, scene: Scene<'_>, unit: Candidate<'_>) -> Option<i32> {
    let all = pairs_of_episode(test, scene, unit)?;
    answer(test.question, scene.timeline, all).then_some(0)
}

/// Whether a question holds of the first score in a baseline window and the last one after it, within
/// `after..=until` and so many days later as the test asks; nothing where no pair can tell.
pub fn score_change(
    test: PairTest,
    timeline: &Timeline,
    baseline: (Day, Day),
    (after, until): (Day, Day),
) -> Option<bool> {
    let all = pairs(timeline, test.domains, baseline, (test.apart, until))
        .filter(move |(_, last)| last.day >= after);
    let can_tell = match test.question {
        PairQuestion::Recovered => PairQuestion::Case,
        PairQuestion::Improved | PairQuestion::Deteriorated => PairQuestion::Comparable,
        other => other,
    };
    answer(can_tell, timeline, all.clone()).then(|| answer(test.question, timeline, all))
}

fn answer(
    question: PairQuestion,
    timeline: &Timeline,
    mut all: impl Iterator<Item = (Score, Score)> + Clone,
) -> bool {
    let worse = |(first, last): (Score, Score)| {
        timeline.instrument(&first).deteriorated(first.points, last.points)
    };
    let better = |(first, last): (Score, Score)| {
        timeline.instrument(&first).improved(first.points, last.points)
    };
    let case = |score: Score| timeline.instrument(&score).is_case(score.points);
    match question {
        PairQuestion::Paired => all.next().is_some(),
        PairQuestion::Comparable => {
            all.any(|(first, _)| Known::LeastChange.holds(timeline, &first))
        }
        PairQuestion::Standardised => {
            all.any(|(first, _)| timeline.instrument(&first).deviation.is_some())
        }
        PairQuestion::Improved => all.clone().any(better) && !all.any(worse),
        PairQuestion::Deteriorated => all.any(worse),
        PairQuestion::Case => all.any(|(first, _)| {
            case(first) == Some(true) && Known::LeastChange.holds(timeline, &first)
        }),
        PairQuestion::Recovered => {
            let recovered = |pair: (Score, Score)| {
                case(pair.0) == Some(true) && case(pair.1) == Some(false) && better(pair)
            };
            all.clone().any(recovered) && !all.any(worse)
        }
    }
}

/// Parts of one standard deviation.
pub(super) const DEVIATION_PARTS: i64 = 1_000_000;

/// The mean over instruments of (last − first) ÷ standard deviation, positive for the better, in parts of
/// a millionth.
#[expect(clippy::cast_precision_loss, reason = "points of a scale")]
#[expect(clippy::cast_possible_truncation, reason = "a few standard deviations")]
pub(super) fn standardised_change(
    numerator: &Criterion,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> i64 {
    let Criterion::Scores(test) = numerator else { return 0 };
    let Some(all) = pairs_of_episode(*test, scene, unit) else { return 0 };
    let (mut sum, mut count) = (0.0, 0.0);
    for (first, last) in all {
        let instrument = scene.timeline.instrument(&first);
        if let Some(deviation) = instrument.deviation {
            sum += instrument.change(first.points, last.points) as f64 / deviation;
            count += 1.0;
        }
    }
    if count == 0.0 { 0 } else { libm::round(sum / count * DEVIATION_PARTS as f64) as i64 }
}

/// The mean of a day's scores of the domains that the index names, in thousandths of a point.
pub(super) fn points(index: &Index, timeline: &Timeline, day: Day) -> i64 {
    let wanted = |score: &&Score| {
        index.any.iter().any(|one| {
            matches!(one, Happening::Scored { domains, known }
                if domains.has(timeline.instrument(score).domain) && known.holds(timeline, score))
        })
    };
    let (mut sum, mut count) = (0, 0);
    for score in on_day(timeline, day).iter().filter(wanted) {
        sum += score.points;
        count += 1;
    }
    if count == 0 { 0 } else { (2 * sum + count).div_euclid(2 * count) }
}

fn on_day(timeline: &Timeline, day: Day) -> &[Score] {
    let from = timeline.scores.partition_point(|score| score.day < day);
    let to = timeline.scores.partition_point(|score| score.day <= day);
    &timeline.scores[from..to]
}

/// True if the last score of a day in these domains with a known cut-off is no case.
pub(super) fn is_favourable(domains: Domains, timeline: &Timeline, day: Day) -> bool {
    let mut judged = on_day(timeline, day).iter().rev().filter_map(|score| {
        let instrument = timeline.instrument(score);
        domains.has(instrument.domain).then(|| instrument.is_case(score.points)).flatten()
    });
    judged.next() == Some(false)
}

/// The first day from `from` on with a score.
pub(super) fn scored_from(
    (domains, known): (Domains, Known),
    timeline: &Timeline,
    from: Day,
) -> Option<Day> {
    let at = timeline.scores.partition_point(|score| score.day < from);
    let wanted = |score: &&Score| {
        domains.has(timeline.instrument(score).domain) && known.holds(timeline, score)
    };
    timeline.scores[at..].iter().find(wanted).map(|score| score.day)
}

fn pairs_of_window(
    scored: Scored,
    timeline: &Timeline,
    (start, end): (Day, Day),
) -> impl Iterator<Item = (Score, Score)> + Clone {
    pairs(timeline, scored.domains, (start, end), (scored.apart, end))
        .filter(move |(first, _)| scored.known.holds(timeline, first))
}

/// Whether a member has the scores that are looked at.
pub(super) fn is_candidate(scored: Scored, timeline: &Timeline, window: (Day, Day)) -> bool {
    pairs_of_window(scored, timeline, window).next().is_some()
}

/// The value of a candidate, as 1 or 0.
pub(super) fn value(
    value: ScoreValue,
    scored: Scored,
    timeline: &Timeline,
    window: (Day, Day),
) -> i64 {
    let mut all = pairs_of_window(scored, timeline, window);
    let change = |(first, last): (Score, Score)| {
        timeline.instrument(&first).change(first.points, last.points)
    };
    let holds = match value {
        ScoreValue::Favourable => {
            // Of several last scores of one day, the one that stands last.
            let last = all.max_by_key(|(_, last)| last.day).map(|(_, last)| last);
            last.is_some_and(|score| {
                timeline.instrument(&score).is_case(score.points) == Some(false)
            })
        }
        ScoreValue::Better(by) => {
            all.clone().any(|pair| change(pair) >= by) && !all.any(|pair| change(pair) <= -by)
        }
        ScoreValue::Worse(by) => all.any(|pair| change(pair) <= -by),
        ScoreValue::NotWorse => !all.any(|(first, last)| {
            timeline.instrument(&first).deteriorated(first.points, last.points)
        }),
        ScoreValue::Several(days) => several(scored, timeline, window, days),
    };
    holds.into()
}

/// True if two instruments of one domain have scores so near to one another.
fn several(scored: Scored, timeline: &Timeline, (start, end): (Day, Day), days: i32) -> bool {
    let wanted = |score: &&Score| {
        start <= score.day
            && score.day <= end
            && scored.domains.has(timeline.instrument(score).domain)
    };
    let domain = |score: &Score| -> Domain { timeline.instrument(score).domain };
    let all: Vec<&Score> = timeline.scores.iter().filter(wanted).collect();
    all.iter().enumerate().any(|(place, first)| {
        all[place + 1..]
            .iter()
            .take_while(|next| next.day - first.day <= days)
            .any(|next| next.instrument != first.instrument && domain(next) == domain(first))
    })
}

/// True if each of these spans of days has a score.
pub(super) fn in_each(timeline: &Timeline, mut spans: impl Iterator<Item = (Day, Day)>) -> bool {
    let any = (Domains::default(), Known::Instrument);
    spans.all(|(from, to)| scored_from(any, timeline, from).is_some_and(|day| day <= to))
}
