//! Where a table and an earlier release would give a small count away.

use std::collections::{BTreeMap, BTreeSet};

use super::register::{CellKey, Register, Shown, shown};
use crate::indicator::{Measure, Scale, Shape};
use crate::kernel::{Group, Stratum};
use crate::oversight::{Exact, PublishedTable, STANDARDISED_RATIO, is_share_high};
use crate::terms::{Grain, Period};

/// What a reader of both releases would find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leak {
    /// A number that was shown is hidden now, and what it is hidden for can be had from it.
    HiddenNow,
    /// A count differs by less than the threshold.
    SmallChange,
    /// What is left of a sum beside its visible parts differs by less than the threshold.
    SmallRest,
    /// An earlier breakdown is missing, so that nobody can say what both give away together.
    OtherBreakdown,
}

impl Leak {
    /// What is wrong, for the user.
    pub fn words(self) -> &'static str {
        match self {
            Self::HiddenNow => "shown before would be hidden now",
            Self::SmallChange => "would change by a small count",
            Self::SmallRest => "with hidden parts that would change by a small count",
            Self::OtherBreakdown => "broken down by an attribute that is missing now",
        }
    }
}

/// A cell that cannot be released as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// Where.
    pub key: CellKey,
    /// What a reader would find out.
    pub leak: Leak,
    /// The earlier release, by its place in the register.
    pub release: usize,
}

/// Every cell of a table that a standing release makes a risk, in order.
pub fn conflicts(table: &PublishedTable, register: &Register) -> Vec<Conflict> {
    if register.standing().next().is_none() {
        return Vec::new();
    }
    let new: BTreeMap<CellKey, Shown> = shown(table).into_iter().collect();
    let about: BTreeMap<String, &Measure> =
        table.measures().iter().map(|one| (super::register::name(one), one)).collect();
    let mut found = Vec::new();
    for release in register.standing() {
        let old: BTreeMap<&CellKey, &Shown> = register.cells_of(release).collect();
        let pair =
            Pair { new: &new, old: &old, about: &about, threshold: table.settings().threshold };
        found.extend(pair.leaks().into_iter().map(|(key, leak)| Conflict { key, leak, release }));
    }
    found.sort();
    found.dedup_by(|a, b| (&a.key, a.leak) == (&b.key, b.leak));
    found
}

/// Places among the changes, and how many of them add up.
const UNITS: usize = 0;
const MET: usize = 1;
const ADDED: usize = 3;

/// Two releases.
struct Pair<'t> {
    new: &'t BTreeMap<CellKey, Shown>,
    old: &'t BTreeMap<&'t CellKey, &'t Shown>,
    about: &'t BTreeMap<String, &'t Measure>,
    threshold: i64,
}

/// By how much each count of a cell changed; nothing where either release hides it. Units, those
/// who met the criterion, those who did not, then what does not add up.
type Changes = Vec<Option<i64>>;

impl Pair<'_> {
    fn leaks(&self) -> Vec<(CellKey, Leak)> {
        // Periods and breakdowns of each measure in the new release.
        let mut periods: BTreeSet<(&str, Period)> = BTreeSet::new();
        let mut kinds: BTreeSet<(&str, bool, &str)> = BTreeSet::new();
        for key in self.new.keys() {
            periods.insert((&key.measure, key.period));
            kinds.insert((&key.measure, key.group == Group::All, &key.stratum.kind));
        }
        let mut found = Vec::new();
        let mut changes: BTreeMap<&CellKey, Changes> = BTreeMap::new();
        for (key, before) in self.old {
            let is_ratio = key.statistic == STANDARDISED_RATIO;
            let is_counted = key.statistic.is_empty() || is_share_high(&key.statistic) || is_ratio;
            if !is_counted || !periods.contains(&(key.measure.as_str(), key.period)) {
                continue;
            }
            let kind = (key.measure.as_str(), key.group == Group::All, key.stratum.kind.as_str());
            let after = self.new.get(*key);
            if after.is_none() && !kinds.contains(&kind) {
                found.push(((*key).clone(), Leak::OtherBreakdown));
                continue;
            }
            if before.value().is_some() && after.is_some_and(|after| after.suppressed) {
                found.push(((*key).clone(), Leak::HiddenNow));
                continue;
            }
            if is_ratio {
                continue;
            }
            let shape = self.about[&key.measure].shape;
            let change = changed(shape, key, before, after);
            // A value to three decimals, without its counts: nobody can say how few have changed it.
            let bare =
                before.counts().1.is_none() && after.is_some_and(|now| now.value != before.value);
            if bare || change.iter().flatten().any(|by| self.is_small(*by)) {
                found.push(((*key).clone(), Leak::SmallChange));
            }
            changes.insert(key, change);
        }
        // A cell that is new had nothing in it before, if its breakdown was there.
        let was_there: BTreeSet<(&str, Period, bool, &str)> =
            self.old.keys().map(|key| breakdown(key)).collect();
        let before = Shown::zero();
        for (key, after) in self.new {
            let is_new = key.statistic.is_empty() && !self.old.contains_key(key);
            if is_new && was_there.contains(&breakdown(key)) {
                let change = changed(self.about[&key.measure].shape, key, &before, Some(after));
                changes.insert(key, change);
            }
        }
        found.extend(self.rests(&changes));
        found
    }

    fn is_small(&self, change: i64) -> bool {
        (1..self.threshold).contains(&change.abs())
    }

    /// Sums whose visible part leaves a small change for the hidden one.
    fn rests(&self, changes: &BTreeMap<&CellKey, Changes>) -> Vec<(CellKey, Leak)> {
        let mut sums: BTreeMap<(CellKey, String), Vec<&Changes>> = BTreeMap::new();
        for (key, change) in changes {
            for (total, how) in self.totals(key) {
                if changes.contains_key(&total) {
                    sums.entry((total, how)).or_default().push(change);
                }
            }
        }
        let mut found = Vec::new();
        for ((total, _), parts) in sums {
            let whole = &changes[&total];
            for (count, change) in whole.iter().take(ADDED).enumerate() {
                let Some(change) = change else { continue };
                let of = |part: &&Changes| part.get(count).copied().flatten();
                let hidden = parts.iter().any(|part| of(&&**part).is_none());
                let seen: i64 = parts.iter().filter_map(|part| of(&&**part)).sum();
                if hidden && self.is_small(change - seen) {
                    found.push((total.clone(), Leak::SmallRest));
                }
            }
        }
        found.extend(self.rests_of_levels(changes));
        found
    }

    /// The days of all levels are the denominator, which every level shows.
    fn rests_of_levels(&self, changes: &BTreeMap<&CellKey, Changes>) -> Vec<(CellKey, Leak)> {
        type Levels<'c> = Vec<(&'c CellKey, &'c Changes)>;
        let mut levels: BTreeMap<(&str, Period, &Group), Levels<'_>> = BTreeMap::new();
        for (key, change) in changes.iter().filter(|(key, _)| key.stratum.kind == "level") {
            levels.entry((&key.measure, key.period, &key.group)).or_default().push((key, change));
        }
        let mut found = Vec::new();
        for rows in levels.into_values() {
            let Some((key, days)) = rows.iter().find_map(|(key, by)| Some((*key, by[UNITS]?)))
            else {
                continue;
            };
            let seen: i64 = rows.iter().filter_map(|(_, by)| by[MET]).sum();
            let hidden = rows.iter().any(|(_, by)| by[MET].is_none());
            if hidden && self.is_small(days - seen) {
                found.push((key.clone(), Leak::SmallRest));
            }
        }
        found
    }

    /// The sums that a cell is a part of.
    fn totals(&self, key: &CellKey) -> Vec<(CellKey, String)> {
        let measure = self.about[&key.measure];
        let adds_up_in_time =
            !measure.overlapping && !matches!(measure.scale, Scale::DaysOfPeriod(_));
        let mut totals = Vec::new();
        let whole = matches!(key.stratum.kind.as_str(), "all" | "level");
        if key.group != Group::All && whole && (measure.shape != Shape::Rate || adds_up_in_time) {
            totals.push((CellKey { group: Group::All, ..key.clone() }, "group".to_owned()));
        }
        if key.group == Group::All && !whole {
            let stratum = Stratum::everyone();
            let total = CellKey { stratum, ..key.clone() };
            totals.push((total, key.stratum.kind.clone()));
        }
        let longer = match key.period.grain {
            _ if !adds_up_in_time => None,
            Grain::Month => Some(Grain::Quarter),
            Grain::Quarter => Some(Grain::Year),
            Grain::Year => None,
        };
        let around = longer.into_iter().flat_map(|grain| around(key.period, grain));
        totals.extend(around.map(|period| (CellKey { period, ..key.clone() }, "time".to_owned())));
        totals
    }
}

/// Every longer period of a grain that a period lies in, whatever month years begin with.
pub(super) fn around(period: Period, grain: Grain) -> impl Iterator<Item = Period> {
    let slack = grain.months() - period.grain.months();
    (0..=slack).map(move |back| Period::starting(grain, period.start.months_later(-back)))
}

/// What a cell is a part of: a measure, a period, and a way to break it down.
fn breakdown(key: &CellKey) -> (&str, Period, bool, &str) {
    (&key.measure, key.period, key.group == Group::All, &key.stratum.kind)
}

/// Units, units that met the criterion, units that did not, exclusions, and points of a curve.
fn changed(shape: Shape, key: &CellKey, before: &Shown, after: Option<&Shown>) -> Changes {
    let nothing = Shown::zero();
    let after = after.unwrap_or(&nothing);
    let counts = |shown: &Shown| -> Vec<Option<i64>> {
        if shown.suppressed {
            return vec![None; 5];
        }
        let whole = |number: Option<&(String, i64)>| {
            let number = Shown::exact(number)?;
            let Exact { parts, per_unit } = number;
            (per_unit == 1).then(|| i64::try_from(parts).ok()).flatten()
        };
        let (met, units) = (whole(shown.numerator.as_ref()), whole(shown.denominator.as_ref()));
        let met = met.map(|met| met - shown.nobodys);
        let unmet = units.zip(met).map(|(units, met)| units - met);
        let is_share = is_share_high(&key.statistic)
            || matches!(shape, Shape::Share | Shape::MemberShare | Shape::Mix);
        let met_counts = is_share || shape == Shape::Rate;
        vec![
            units.filter(|_| shape != Shape::Rate),
            met.filter(|_| met_counts),
            unmet.filter(|_| is_share),
            shown.members,
            shown.excluded,
        ]
    };
    let difference = |(a, b): (Option<i64>, Option<i64>)| a.zip(b).map(|(a, b)| b - a);
    let mut changes: Changes =
        counts(before).into_iter().zip(counts(after)).map(difference).collect();
    if before.reasons.len() == after.reasons.len() {
        let reasons = before.reasons.iter().copied().zip(after.reasons.iter().copied());
        changes.extend(reasons.map(difference));
    }
    for (day, met) in &before.curve {
        let now = after.curve.iter().find(|(other, _)| other == day).and_then(|(_, met)| *met);
        changes.push(difference((*met, now)));
    }
    changes
}

impl Shown {
    /// A cell without a row: nothing was counted there, and everyone can see it.
    pub(super) fn zero() -> Self {
        let zero = || Some(("0".to_owned(), 1));
        Self { numerator: zero(), denominator: zero(), ..Self::default() }
    }
}
