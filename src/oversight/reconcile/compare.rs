//! Grades reported rates, and finds where a difference arises.

use super::reported::ReportedRate;
use crate::indicator::{Display, Measure, Shape};
use crate::kernel::{Group, Stratum};
use crate::oversight::estimate::factor;
use crate::oversight::ripeness::ripeness;
use crate::oversight::{Exact, Published, PublishedTable, Settings, State};

/// Two values are near each other up to so many percentage points or, where they are no shares, up
/// to this part of the counted one.
const NEAR: f64 = 0.05;

/// How a reported rate stands against the counted one.
#[derive(Debug, Clone, PartialEq)]
pub enum Grade {
    /// Numerator and denominator are the same, to the digits that were reported.
    Agrees,
    /// Counts differ, and the values by at most 5 percentage points; of values that are no shares,
    /// by at most 5 % of the counted one.
    Near,
    /// Values differ by more.
    Differs,
    /// They cannot be compared, and why.
    NotCompared(String),
}

impl Grade {
    /// The word in files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Near => "differs_within_5",
            Self::Differs => "differs",
            Self::NotCompared(_) => "not_compared",
        }
    }

    /// True for either kind of difference.
    pub fn is_difference(&self) -> bool {
        matches!(self, Self::Near | Self::Differs)
    }
}

/// Where a difference arises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the units that the indicator is about.
    Denominator,
    /// In the units that are left out.
    Exclusions,
    /// In the units that meet the criterion.
    Numerator,
}

impl Origin {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Denominator => "denominator",
            Self::Exclusions => "exclusions",
            Self::Numerator => "numerator",
        }
    }
}

/// The parts of a difference, in the unit of the value; they add up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sources {
    /// From other units.
    pub denominator: f64,
    /// From other exclusions.
    pub exclusions: f64,
    /// From other units that meet the criterion.
    pub numerator: f64,
    /// Where the largest part arises.
    pub origin: Origin,
    /// What can be said about it, in words.
    pub note: String,
}

/// A reported rate beside the counted one.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciled {
    /// What was reported.
    pub reported: ReportedRate,
    /// The measure, by its place in the table.
    pub measure: usize,
    /// The reported value: scale × numerator ÷ denominator.
    pub reported_value: Option<f64>,
    /// The counted numerator.
    pub numerator: Option<Exact>,
    /// The counted denominator.
    pub denominator: Option<Exact>,
    /// Units excluded here.
    pub excluded: Option<i64>,
    /// The counted value.
    pub value: Option<f64>,
    /// Reported less counted.
    pub difference: Option<f64>,
    /// How they stand.
    pub grade: Grade,
    /// Where a difference arises.
    pub sources: Option<Sources>,
}

/// Compares reported rates with an internal table of the same indicators and periods, in the order
/// of the file. `bhos` are the organisations that anything was counted for.
pub fn reconcile(
    reported: &[ReportedRate],
    table: &PublishedTable,
    bhos: &[Group],
) -> Vec<Reconciled> {
    let everyone = Stratum::everyone();
    let find = |rate: &ReportedRate| {
        let is_asked = |one: &Measure| one.id == rate.indicator && one.preset == rate.preset;
        table.measures().iter().position(is_asked)
    };
    let one = |rate: &ReportedRate| {
        let place = find(rate)?;
        let row = table.row(place, "", rate.period, &rate.group, &everyone);
        Some(judged(rate, place, table, row, bhos.contains(&rate.group)))
    };
    reported.iter().filter_map(one).collect()
}

fn judged(
    rate: &ReportedRate,
    place: usize,
    table: &PublishedTable,
    row: Option<&Published>,
    is_known: bool,
) -> Reconciled {
    let measure = &table.measures()[place];
    let scale = factor(measure, rate.period);
    let value = |numerator: Exact, denominator: Exact| {
        (denominator.parts > 0).then(|| scale * numerator.to_f64() / denominator.to_f64())
    };
    let zero = Exact::whole(0);
    let counted = row.map_or(Some((zero, zero)), |row| row.numerator.zip(row.denominator));
    let mut found = Reconciled {
        reported: rate.clone(),
        measure: place,
        reported_value: value(rate.numerator, rate.denominator),
        numerator: counted.map(|(numerator, _)| numerator),
        denominator: counted.map(|(_, denominator)| denominator),
        excluded: row.map_or(Some(0), |row| row.excluded),
        value: counted.and_then(|(numerator, denominator)| value(numerator, denominator)),
        difference: None,
        grade: Grade::Agrees,
        sources: None,
    };
    found.difference = found.reported_value.zip(found.value).map(|(theirs, ours)| theirs - ours);
    if let Some(why) = obstacle(rate, measure, row, is_known, table.settings()) {
        found.grade = Grade::NotCompared(why);
        return found;
    }
    let Some((numerator, denominator)) = counted else {
        found.grade = Grade::NotCompared("no number was counted".to_owned());
        return found;
    };
    if is_same(rate.numerator, numerator) && is_same(rate.denominator, denominator) {
        return found;
    }
    let near = match measure.display {
        Display::Percent => NEAR,
        Display::Index | Display::Rate | Display::Dollars => {
            NEAR * found.value.unwrap_or(0.0).abs()
        }
    };
    // 5 points are 5 points, whatever a division leaves behind the fifteenth digit.
    let is_near = found.difference.is_some_and(|by| by.abs() <= near + 1e-12);
    found.grade = if is_near { Grade::Near } else { Grade::Differs };
    found.sources = Some(sources(rate, measure, row, (numerator, denominator), scale));
    found
}

/// Why nothing can be compared.
fn obstacle(
    rate: &ReportedRate,
    measure: &Measure,
    row: Option<&Published>,
    is_known: bool,
    settings: &Settings,
) -> Option<String> {
    if !measure.is_computable() {
        return Some(format!("not computable here: {}", measure.why_not()));
    }
    if measure.shape == Shape::Mix {
        return Some("counted by level of care; a single rate says nothing about it".to_owned());
    }
    if row.is_none() && !is_known {
        let why = "nothing is counted for this organisation in any period of this file";
        return Some(why.to_owned());
    }
    let (state, reason) = row.map_or_else(
        || ripeness(measure, rate.period, settings),
        |row| (row.state, row.reason.clone()),
    );
    match state {
        State::Final => None,
        State::Preliminary => Some(format!("not complete here: {reason}")),
        State::Withheld => Some(format!("no number here: {reason}")),
        State::NotComputable | State::LowQuality => Some(format!("not computable here: {reason}")),
    }
}

/// True if the counted number, rounded to the digits that were reported, is the reported one.
fn is_same(reported: Exact, counted: Exact) -> bool {
    let (per, of) = (i128::from(reported.per_unit), i128::from(counted.per_unit.max(1)));
    (counted.parts * per * 2 + of).div_euclid(of * 2) == reported.parts
}

/// The value changes step by step: other units, other exclusions, other units that meet the
/// criterion. A step that leaves no denominator has no value of its own and goes with the next.
fn sources(
    rate: &ReportedRate,
    measure: &Measure,
    row: Option<&Published>,
    (numerator, denominator): (Exact, Exact),
    scale: f64,
) -> Sources {
    let (n, d) = (numerator.to_f64(), denominator.to_f64());
    let (their_n, their_d) = (rate.numerator.to_f64(), rate.denominator.to_f64());
    let excluded = row.and_then(|row| row.excluded).unwrap_or(0);
    let (between, note) = step(rate, measure, row, their_d - d, excluded, d);
    let value = |n: f64, d: f64| if d > 0.0 { Some(scale * n / d) } else { None };
    let ours = value(n, d).unwrap_or(0.0);
    let with_units = value(n, between).unwrap_or(ours);
    let with_exclusions = value(n, their_d).unwrap_or(with_units);
    let theirs = value(their_n, their_d).unwrap_or(with_exclusions);
    let parts = [with_units - ours, with_exclusions - with_units, theirs - with_exclusions];
    let weight = |part: f64, by: f64| (part.abs(), by.abs());
    let sizes = [
        (Origin::Denominator, weight(parts[0], between - d)),
        (Origin::Exclusions, weight(parts[1], their_d - between)),
        (Origin::Numerator, weight(parts[2], their_n - n)),
    ];
    let largest = sizes.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a });
    Sources {
        denominator: parts[0],
        exclusions: parts[1],
        numerator: parts[2],
        origin: largest.map_or(Origin::Numerator, |(origin, _)| origin),
        note,
    }
}

/// The denominator with their units and our exclusions, and what is known about the difference.
fn step(
    rate: &ReportedRate,
    measure: &Measure,
    row: Option<&Published>,
    more: f64,
    excluded: i64,
    denominator: f64,
) -> (f64, String) {
    #[expect(clippy::cast_precision_loss, reason = "units are far fewer than 2^53")]
    let float = |count: i64| count as f64;
    if let Some(theirs) = rate.excluded {
        let units = more + float(theirs - excluded);
        let note = format!("excluded: {theirs} reported, {excluded} here");
        return (denominator + units, note);
    }
    if more == 0.0 {
        return (denominator, String::new());
    }
    if let Some(reasons) = row.and_then(|row| reasons_of(measure, row, more)) {
        let note = format!("as many more as are excluded here: {}", reasons.join(", "));
        return (denominator, note);
    }
    let may_be = more > 0.0 && more <= float(excluded);
    let note = if may_be {
        format!("{excluded} are excluded here; the file does not say how many it excludes")
    } else {
        String::new()
    };
    (denominator + more, note)
}

/// The fewest reasons of exclusion whose units make up a number exactly.
fn reasons_of<'m>(measure: &'m Measure, row: &Published, units: f64) -> Option<Vec<&'m str>> {
    let counted: Vec<(&str, i64)> = measure
        .exclusions
        .iter()
        .zip(&row.excluded_by_reason)
        .filter_map(|(reason, count)| Some((reason.as_str(), (*count)?)))
        .filter(|(_, count)| *count > 0)
        .take(12)
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "units are far fewer than 2^53")]
    let fits = |set: &u32| {
        let own = counted.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        (own.map(|(_, (_, count))| count).sum::<i64>() as f64 - units).abs() < 0.5
    };
    let found = (1_u32..1 << counted.len()).filter(fits).min_by_key(|set| (set.count_ones(), *set));
    let named = |set: u32| {
        let own = counted.iter().enumerate().filter(move |(at, _)| set & (1 << at) != 0);
        own.map(|(_, (reason, _))| *reason).collect()
    };
    found.map(named)
}
