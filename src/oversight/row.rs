//! A row of results, before and after suppression.

use std::fmt;

use crate::kernel::{Group, Stratum};
use crate::terms::Period;

/// An exact decimal: a whole number of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact {
    /// The number of parts.
    pub parts: i128,
    /// Parts of one unit: 1, 100 (cents) or 10¹² (member values).
    pub per_unit: i64,
}

impl Exact {
    /// A whole number.
    pub fn whole(number: i128) -> Self {
        Self { parts: number, per_unit: 1 }
    }

    /// The nearest float.
    #[expect(
        clippy::cast_precision_loss,
        reason = "this is the one place where precision is given up"
    )]
    pub fn to_f64(self) -> f64 {
        self.parts as f64 / self.per_unit as f64
    }
}

/// Without trailing zeros: 12, 12.5, −0.25.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.per_unit.max(1).ilog10() as usize;
        let per_unit = u128::from(self.per_unit.max(1).unsigned_abs());
        let parts = self.parts.unsigned_abs();
        let sign = if self.parts < 0 { "-" } else { "" };
        let fraction = format!("{:0digits$}", parts % per_unit);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{fraction}", parts / per_unit)
    }
}

/// Whether a number may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Complete.
    Final,
    /// Some units of the period cannot be judged yet.
    Preliminary,
    /// The period ends after the data, or before it begins: no number.
    Withheld,
    /// A table or column is missing: no number.
    NotComputable,
    /// A column that it needs says too little: no number.
    LowQuality,
}

impl State {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Preliminary => "preliminary",
            Self::Withheld => "withheld",
            Self::NotComputable => "not_computable",
            Self::LowQuality => "low_quality",
        }
    }

    /// True if the store has what the number needs.
    pub fn is_computable(self) -> bool {
        !matches!(self, Self::NotComputable | Self::LowQuality)
    }

    /// True if a row of this state shows numbers.
    pub fn shows_numbers(self) -> bool {
        matches!(self, Self::Final | Self::Preliminary)
    }
}

/// How a value stands against its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The whole interval is on the good side.
    Met,
    /// The whole interval is on the bad side.
    NotMet,
    /// The interval covers the target.
    CannotTell,
    /// Nobody was counted, or too few for an interval.
    TooFew,
    /// Some units cannot be judged yet.
    NotRipe,
    /// A table or column is missing, or says too little.
    NotComputable,
}

impl Verdict {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::CannotTell => "cannot_tell",
            Self::TooFew => "too_few",
            Self::NotRipe => "not_ripe",
            Self::NotComputable => "not_computable",
        }
    }
}

/// One row: an indicator in a period for a group and stratum. Only this room makes one, and what
/// leaves it for a page or file is [`super::Published`].
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Index into the measures.
    pub measure: usize,
    /// Suffix of derived rows, such as `.median`; empty for the value itself.
    pub statistic: &'static str,
    /// The reported period.
    pub period: Period,
    /// Whose.
    pub group: Group,
    /// Which part of them.
    pub stratum: Stratum,
    /// Numerator in base units.
    pub numerator: Option<Exact>,
    /// Denominator in base units.
    pub denominator: Option<Exact>,
    /// Of the numerator, in its parts, what is no secret because it belongs to nobody.
    pub(super) nobodys: i64,
    /// All excluded units.
    pub excluded: Option<i64>,
    /// Excluded units by reason, in the measure's order; `None` where hidden.
    pub excluded_by_reason: Vec<Option<i64>>,
    /// Members in the denominator.
    pub members: Option<i64>,
    /// Scale × numerator ÷ denominator, unrounded; empty for a zero denominator.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// Name of the interval's method; empty without one.
    pub interval: &'static str,
    /// Whether the number may be relied on.
    pub state: State,
    /// True if the value is hidden to protect people.
    pub suppressed: bool,
    /// Why the number is hidden, withheld or not computable; or a flag such as `overlapping`.
    pub reason: String,
    /// Signal of the control chart: empty, or the rule's name with its direction. Given only when
    /// the table is published, from the points that the reader can see too.
    pub signal: &'static str,
    /// Target, if the pipeline sets one.
    pub target: Option<f64>,
    /// Verdict against the target; none without one or where the value is hidden.
    pub verdict: Option<Verdict>,
    /// Units without independence of members may let one of them be the most of a sum: true if
    /// the largest member may hold more than half of the numerator.
    pub(super) dominated: bool,
    /// True if an earlier release showed it, so that hiding it now would help nobody.
    pub(super) shown_before: bool,
}

impl Row {
    /// Adds to the reason.
    pub(super) fn note(&mut self, text: &str) {
        if !self.reason.is_empty() {
            self.reason.push_str("; ");
        }
        self.reason.push_str(text);
    }
}
