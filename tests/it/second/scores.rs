//! Scores on instruments: what the registry says of them, and what a first and a last score say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::criterion::{ScoresAsk, ScoresSay};
use super::definition::{Days, Known, Member, MemberValue, ValueOf};
use super::life::Life;
use super::rows::{Day, Row};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Better {
    Higher,
    Lower,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Norm {
    mean: f64,
    sd: f64,
}

/// A row of the registry; scores are points.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instrument {
    id: String,
    pub(super) domain: String,
    better: Better,
    minimum: f64,
    maximum: f64,
    least_change: Option<f64>,
    sd: Option<f64>,
    reliability: Option<f64>,
    case_from: Option<f64>,
    clinical: Option<Norm>,
    general: Option<Norm>,
    rater: Option<String>,
    #[serde(rename = "evidence")]
    _evidence: String,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Registry {
    instrument: Vec<Instrument>,
}

/// The instruments of a registry.
pub(super) fn registry(text: &str) -> Vec<Instrument> {
    let registry: Registry = toml::from_str(text).expect("the registry can be read");
    registry.instrument
}

impl Instrument {
    /// The smallest change that is more than error: as given, or 1.96 · √2 · SD · √(1 − r).
    fn least_change(&self) -> Option<f64> {
        let by_error = |(sd, r): (f64, f64)| 1.96 * 2.0_f64.sqrt() * sd * (1.0 - r).sqrt();
        self.least_change.or(self.sd.zip(self.reliability).map(by_error))
    }

    /// The best score of a case: as given, or between the norms.
    fn case_from(&self) -> Option<f64> {
        let between = |(ill, well): (Norm, Norm)| {
            (ill.sd * well.mean + well.sd * ill.mean) / (ill.sd + well.sd)
        };
        self.case_from.or(self.clinical.zip(self.general).map(between))
    }

    /// How much better the second score is.
    fn gain(&self, first: f64, last: f64) -> f64 {
        if self.better == Better::Higher { last - first } else { first - last }
    }

    /// Nothing if it is not known from where on somebody is a case.
    fn is_case(&self, points: f64) -> Option<bool> {
        self.case_from().map(|cut| self.gain(cut, points) <= 0.0)
    }

    fn is_of(&self, domains: &[String]) -> bool {
        domains.is_empty() || domains.contains(&self.domain)
    }

    fn knows(&self, known: Option<Known>) -> bool {
        match known {
            None => true,
            Some(Known::CutOff) => self.case_from().is_some(),
            Some(Known::LeastChange) => self.least_change().is_some(),
        }
    }
}

/// A valid score.
#[derive(Debug, Clone, Copy)]
pub(super) struct Score<'a> {
    pub(super) day: Day,
    pub(super) of: &'a Instrument,
    rater: &'a str,
    points: f64,
}

/// Valid scores of a member in the order of days and ids.
pub(super) fn valid<'a>(rows: &[&'a Row], registry: &'a [Instrument]) -> Vec<Score<'a>> {
    let score = |row: &&'a Row| {
        let (name, subscale) = (row.text("instrument"), row.text("subscale"));
        let id = if subscale.is_empty() { name.to_owned() } else { format!("{name}/{subscale}") };
        let of = registry.iter().find(|one| one.id == id)?;
        let points: f64 = row.text("score").parse().ok()?;
        let counts = of.rater.as_ref().is_none_or(|rater| rater == row.text("rater"));
        let is_valid = of.minimum <= points && points <= of.maximum && counts;
        is_valid.then_some(Score { day: row.day("date")?, of, rater: row.text("rater"), points })
    };
    rows.iter().filter_map(score).collect()
}

/// Scores on one instrument by one rater, in order.
fn series<'a>(scores: &[Score<'a>]) -> Vec<Vec<Score<'a>>> {
    let mut found: BTreeMap<(&str, &str), Vec<Score<'a>>> = BTreeMap::new();
    for score in scores {
        found.entry((&score.of.id, score.rater)).or_default().push(*score);
    }
    found.into_values().collect()
}

/// Days with a score that is worse by more than error than the one before, of at most a year ago.
pub(super) fn deteriorations(scores: &[Score<'_>]) -> BTreeSet<Day> {
    let is_worse = |pair: &&[Score<'_>]| {
        let least = pair[0].of.least_change();
        pair[1].day - pair[0].day <= 365
            && least.is_some_and(|least| pair[0].of.gain(pair[0].points, pair[1].points) <= -least)
    };
    let mut days = BTreeSet::new();
    for one in series(scores) {
        days.extend(one.windows(2).filter(is_worse).map(|pair| pair[1].day));
    }
    days
}

/// A first and a last score.
#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    of: &'a Instrument,
    first: f64,
    last: f64,
}

impl Pair<'_> {
    fn gain(&self) -> f64 {
        self.of.gain(self.first, self.last)
    }

    fn is_better(&self) -> bool {
        self.of.least_change().is_some_and(|least| self.gain() >= least)
    }

    fn is_worse(&self) -> bool {
        self.of.least_change().is_some_and(|least| self.gain() <= -least)
    }

    fn was_case(&self) -> bool {
        self.of.least_change().is_some() && self.of.is_case(self.first) == Some(true)
    }
}

/// For each instrument and rater the first score of some days, and the last one that lies far enough
/// after it and not after a day.
fn pairs<'a>(scores: &[Score<'a>], first: Days, apart: i32, until: Day) -> Vec<Pair<'a>> {
    let pair = |one: Vec<Score<'a>>| {
        let begin = one.iter().find(|score| (first[0]..=first[1]).contains(&score.day))?;
        let late = |score: &&Score<'a>| score.day >= begin.day + apart && score.day <= until;
        let end = one.iter().rfind(late)?;
        Some(Pair { of: begin.of, first: begin.points, last: end.points })
    };
    series(scores).into_iter().filter_map(pair).collect()
}

fn of_episode<'a>(ask: &ScoresAsk, life: &Life<'a>, [start, end]: Days) -> Vec<Pair<'a>> {
    let window = [start + ask.baseline[0], start + ask.baseline[1]];
    let mut pairs = pairs(&life.scores, window, ask.apart, end + ask.until);
    pairs.retain(|pair| pair.of.is_of(&ask.domain));
    pairs
}

/// What the scores of an episode say.
pub(super) fn say(ask: &ScoresAsk, life: &Life<'_>, episode: Days) -> bool {
    let pairs = of_episode(ask, life, episode);
    let none_worse = !pairs.iter().any(Pair::is_worse);
    match ask.is {
        ScoresSay::Paired => !pairs.is_empty(),
        ScoresSay::Comparable => pairs.iter().any(|pair| pair.of.least_change().is_some()),
        ScoresSay::Standardised => pairs.iter().any(|pair| pair.of.sd.is_some()),
        ScoresSay::Improved => none_worse && pairs.iter().any(Pair::is_better),
        ScoresSay::Deteriorated => !none_worse,
        ScoresSay::CaseAtFirst => pairs.iter().any(Pair::was_case),
        ScoresSay::Recovered => {
            let recovered = |pair: &Pair<'_>| {
                pair.was_case() && pair.is_better() && pair.of.is_case(pair.last) == Some(false)
            };
            none_worse && pairs.iter().any(recovered)
        }
    }
}

/// The mean change of an episode in standard deviations, positive for the better.
pub(super) fn change(ask: &ScoresAsk, life: &Life<'_>, episode: Days) -> f64 {
    let pairs = of_episode(ask, life, episode);
    let of: Vec<f64> = pairs.iter().filter_map(|pair| Some(pair.gain() / pair.of.sd?)).collect();
    // As it is kept: in millionths.
    (mean(&of) * 1e6).round() / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "a few numbers")]
fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

/// The scores of some domains.
fn wanted<'a>(life: &Life<'a>, domains: &[String], known: Option<Known>) -> Vec<Score<'a>> {
    let of = life.scores.iter().filter(|score| score.of.is_of(domains) && score.of.knows(known));
    of.copied().collect()
}

/// Days with a score of some domains.
pub(super) fn days(life: &Life<'_>, domains: &[String], known: Option<Known>) -> BTreeSet<Day> {
    wanted(life, domains, known).iter().map(|score| score.day).collect()
}

/// Whether the last score of some days is beyond the cut-off.
pub(super) fn is_favourable(life: &Life<'_>, domains: &[String], [from, to]: Days) -> bool {
    let of = wanted(life, domains, Some(Known::CutOff));
    let last = of.iter().rfind(|score| (from..=to).contains(&score.day));
    last.is_some_and(|score| score.of.is_case(score.points) == Some(false))
}

/// The mean of a day's scores of some domains.
pub(super) fn points(life: &Life<'_>, domains: &[String], day: Day) -> f64 {
    let of = wanted(life, domains, None).into_iter().filter(|score| score.day == day);
    // In thousandths of a point, as scores are kept.
    (mean(&of.map(|score| score.points).collect::<Vec<f64>>()) * 1e3).round() / 1e3
}

/// The pairs of a window that a rule of members looks at.
fn of_window<'a>(member: &Member, life: &Life<'a>, [from, to]: Days) -> Vec<Pair<'a>> {
    let scores = wanted(life, member.scored.as_ref().expect("domains"), member.known);
    pairs(&scores, [from, to], member.scores_apart.unwrap_or(0), to)
}

/// True if a member has the scores that are asked for.
pub(super) fn is_scored(member: &Member, life: &Life<'_>, window: Days) -> bool {
    !of_window(member, life, window).is_empty()
}

/// What the scores of a window say of a member.
pub(super) fn of_member(
    member: &Member,
    value: &MemberValue,
    life: &Life<'_>,
    window: Days,
) -> bool {
    let domains = member.scored.as_ref().expect("domains");
    let pairs = of_window(member, life, window);
    let by = || value.by.expect("a number of points");
    let better = |pair: &Pair<'_>| pair.gain() >= by();
    let worse = |pair: &Pair<'_>| pair.gain() <= -by();
    match value.of {
        ValueOf::Favourable => is_favourable(life, domains, window),
        ValueOf::ScoreBetter => pairs.iter().any(better) && !pairs.iter().any(worse),
        ValueOf::ScoreWorse => pairs.iter().any(worse),
        ValueOf::ScoreNotWorse => !pairs.iter().any(Pair::is_worse),
        ValueOf::SeveralInstruments => {
            let near = value.length();
            let of = wanted(life, domains, member.known);
            let of: Vec<&Score<'_>> =
                of.iter().filter(|one| (window[0]..=window[1]).contains(&one.day)).collect();
            let both = |a: &Score<'_>, b: &Score<'_>| {
                a.of.domain == b.of.domain && a.of.id != b.of.id && (a.day - b.day).abs() <= near
            };
            of.iter().any(|a| of.iter().any(|b| both(a, b)))
        }
        other => panic!("{other:?} is not of scores"),
    }
}
