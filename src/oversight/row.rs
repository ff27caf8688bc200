//! A row of results, before and after suppression.

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

/// Whether a number may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Complete.
    Final,
    /// Some units of the period cannot be judged yet.
    Preliminary,
    /// The period ends after the data, or before it begins: no number.
    Withheld,
    /// A table or column is missing: no number.
    NotComputable,
}

/// One row: an indicator in a period for a group and stratum. Nothing outside this room makes one,
/// and what leaves it for a page or file is [`super::Published`].
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
    /// Name of the interval's method.
    pub interval: &'static str,
    /// Whether the number may be relied on.
    pub state: State,
    /// True if a number is hidden to protect people.
    pub suppressed: bool,
    /// Why the number is hidden, withheld or not computable; or a flag such as `overlapping`.
    pub reason: String,
    /// Signal of the control chart: empty, or the rule's name with its direction.
    pub signal: String,
    /// Target, if the pipeline sets one.
    pub target: Option<f64>,
    /// Verdict against the target: empty without one.
    pub verdict: String,
}
