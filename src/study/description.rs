//! A study as data: what is asked, which interventions count, and how courses are compared.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::bootstrap::Draws;
use super::cost::{CostError, Costs, PositionCosts};
use super::distance::{Metric, Norm};
use super::distinct::Distinct;
use super::grouping::Grouping;
use super::pathway_rules::PathwayRules;
use crate::diagnostic::Source;
use crate::terms::{Level, ServiceClass};

/// A checked study file.
#[derive(Debug, Clone)]
pub struct Study {
    /// The file.
    pub source: Arc<Source>,
    /// The name of the file without its ending.
    pub id: String,
    /// What a reader calls it.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// The least count that may be shown.
    pub min_cell: u64,
    /// The interventions by number; parts of split interventions have the numbers after them.
    pub interventions: Vec<Delivered>,
    /// The names of all numbers.
    pub names: Vec<String>,
    /// How pathways are built, if they are asked for.
    pub pathways: Option<PathwayRules>,
    /// How state sequences are compared, if they are asked for.
    pub sequences: Option<SequenceRules>,
}

/// What makes the eras of an intervention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Contacts of these classes: [`super::eras_of_contacts`].
    Contacts {
        /// The classes.
        classes: Vec<ServiceClass>,
        /// Days to the next contact within which an era goes on.
        gap: i32,
        /// Days that an era lasts after its last contact.
        tail: i32,
    },
    /// Stays at these levels, from admission to discharge.
    Stays {
        /// Levels of 24-hour care.
        levels: Vec<Level>,
    },
}

/// How monthly states of care are compared and grouped.
#[derive(Debug, Clone, PartialEq)]
pub struct SequenceRules {
    /// The months of a sequence.
    pub months: u16,
    /// The comparison.
    pub metric: MetricRule,
    /// What distances are divided by.
    pub norm: Norm,
    /// How groups are formed.
    pub grouping: Grouping,
    /// How many groups are tried.
    pub groups: RangeInclusive<usize>,
    /// The draws by which groups are judged.
    pub draws: Draws,
}

/// A comparison whose costs may have to be learnt from the sequences.
#[derive(Debug, Clone, PartialEq)]
pub enum MetricRule {
    /// Optimal matching.
    OptimalMatching(CostRule),
    /// Longest common subsequence.
    LongestCommonSubsequence,
    /// Month by month.
    Hamming(CostRule),
    /// Month by month, at costs from the transitions of the month.
    DynamicHamming,
}

/// Where costs come from.
#[derive(Debug, Clone, PartialEq)]
pub enum CostRule {
    /// The transition rates of the sequences.
    TransitionRates,
    /// The file.
    Given(Costs),
}

impl MetricRule {
    /// The metric for sequences over so many states.
    pub fn metric(&self, distinct: &Distinct, states: usize) -> Metric {
        let costs = |rule: &CostRule| match rule {
            CostRule::TransitionRates => Costs::transition_rates(distinct, states),
            CostRule::Given(costs) => costs.clone(),
        };
        match self {
            Self::OptimalMatching(rule) => Metric::OptimalMatching(costs(rule)),
            Self::LongestCommonSubsequence => Metric::LongestCommonSubsequence,
            Self::Hamming(rule) => Metric::Hamming(costs(rule)),
            Self::DynamicHamming => {
                Metric::DynamicHamming(PositionCosts::transition_rates(distinct, states))
            }
        }
    }
}

/// Costs that are alike for all pairs of states but some.
pub(super) fn costs_but(
    states: usize,
    substitution: f64,
    indel: Option<f64>,
    pairs: &[(usize, usize, f64)],
) -> Result<Costs, CostError> {
    let mut rows = vec![vec![substitution; states + 1]; states + 1];
    for (state, row) in rows.iter_mut().enumerate() {
        row[state] = 0.0;
    }
    for (one, other, cost) in pairs {
        rows[*one][*other] = *cost;
        rows[*other][*one] = *cost;
    }
    Costs::given(&rows, indel)
}
