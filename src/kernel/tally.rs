//! Exact tallies: only checked integers, so that the order of additions cannot matter.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Volumes;
use crate::indicator::Measure;
use crate::terms::Period;

/// Whose number it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Everyone.
    All,
    /// One behavioural-health organisation; `unknown` for people and days without enrolment.
    Bho(String),
}

/// A part of a group: everyone in it, or one value of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stratum {
    /// The attribute: `all`, `age_band`, `sex`, `level` …
    pub kind: String,
    /// Its value: `all`, `26-44`, `F`, `6` …
    pub value: String,
}

impl Stratum {
    /// The part that is the whole.
    pub fn everyone() -> Self {
        Self { kind: "all".to_owned(), value: "all".to_owned() }
    }
}

/// Where a tally belongs. Orders by measure, period, group and stratum.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Index into [`Tallies::measures`].
    pub measure: usize,
    /// The reported period.
    pub period: Period,
    /// Whose.
    pub group: Group,
    /// Which part of them.
    pub stratum: Stratum,
}

/// The sums of one cell. Sums over members (`members`, `nn`, `nd`, `dd`) count each member of the
/// cell once, with that member's own numerator n and denominator d.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Numerator, in `1 / numerator_parts` of a unit.
    pub numerator: i128,
    /// Denominator: units, members or days.
    pub denominator: i128,
    /// Of the numerator, what activities of the community gave: many people know it, and who subtracts
    /// it has the rest.
    pub nobodys: i128,
    /// Members with at least one unit in the denominator.
    pub members: i64,
    /// Units excluded, one count for each reason of the measure.
    pub excluded: Vec<i64>,
    /// Σ n² over members.
    pub nn: i128,
    /// Σ n·d over members.
    pub nd: i128,
    /// Σ d² over members.
    pub dd: i128,
    /// How often each value occurs: member values (10⁻¹²) of a [`crate::indicator::Shape::MemberMean`]
    /// for stratum `all`, what each member has where the top of them is asked, or days to the deciding
    /// event where the measure has a curve.
    pub values: Values,
}

impl Tally {
    /// Adds the squares of what one member or activity adds.
    pub(super) fn add_squares(&mut self, numerator: i64, denominator: i64) {
        let (n, d) = (i128::from(numerator), i128::from(denominator));
        self.nn += n * n;
        self.nd += n * d;
        self.dd += d * d;
    }

    /// Adds the sums of other members of the same cell (numerator, denominator, members, nn, nd, dd);
    /// nothing if one becomes too great.
    pub(super) fn add(&mut self, sums: [i128; 6], members: i64) -> Option<()> {
        let [numerator, denominator, _, nn, nd, dd] = sums;
        let own = [
            (&mut self.numerator, numerator),
            (&mut self.denominator, denominator),
            (&mut self.nn, nn),
            (&mut self.nd, nd),
            (&mut self.dd, dd),
        ];
        for (own, other) in own {
            *own = own.checked_add(other)?;
        }
        self.members = self.members.checked_add(members)?;
        Some(())
    }

    /// Adds the sums of members who each have one of the tally's values.
    pub(super) fn add_members_with_values(&mut self) {
        for (value, count) in self.values.counts() {
            let (value, members) = (i128::from(*value), i128::from(*count));
            self.numerator += value * members;
            self.nn += value * value * members;
            self.nd += value * members;
            self.denominator += members;
            self.dd += members;
            self.members += count;
        }
    }
}

/// Values in order, each with how often it occurs. Periods that end on one day share them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Arc<[(i64, i64)]>);

impl Values {
    /// Values in order, none of them twice.
    pub(super) fn sorted(counts: Vec<(i64, i64)>) -> Self {
        debug_assert!(counts.is_sorted_by(|a, b| a.0 < b.0), "values come in order");
        Self(counts.into())
    }

    /// Value and count, in order.
    pub fn counts(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// True if there is no value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many values there are up to one.
    pub fn up_to(&self, most: i64) -> i64 {
        self.0.iter().take_while(|(value, _)| *value <= most).map(|(_, count)| count).sum()
    }

    /// How many values there are.
    pub fn total(&self) -> i64 {
        self.0.iter().map(|(_, count)| count).sum()
    }
}

impl FromIterator<(i64, i64)> for Values {
    fn from_iter<I: IntoIterator<Item = (i64, i64)>>(counts: I) -> Self {
        let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
        for (value, count) in counts {
            *sums.entry(value).or_insert(0) += count;
        }
        Self(sums.into_iter().collect())
    }
}

/// What the kernel gives: every cell with at least one unit, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tallies {
    /// The measures, in the order of the pipeline file.
    pub measures: Vec<Measure>,
    /// Every period that is reported.
    pub periods: Vec<Period>,
    /// The sums.
    pub cells: BTreeMap<Cell, Tally>,
    /// How much each organisation delivers.
    pub volumes: Volumes,
}
