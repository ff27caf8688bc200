//! A study as data: what is asked, which interventions count, and how courses are compared.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use super::bootstrap::Draws;
use super::cost::{CostError, Costs, PositionCosts};
use super::design::{Amount, Analysis, Covariate, Outcome, OutcomeMeasure, Protocol, Strategy};
use super::distance::{Metric, Norm};
use super::distinct::Distinct;
use super::example::StudyExample;
use super::grouping::Grouping;
use super::pathway_rules::PathwayRules;
use super::worth::WorthRule;
use crate::diagnostic::Source;
use crate::indicator::population::Population;
use crate::terms::{Level, ServiceClass};
use crate::timeline::{Basis, ContactFilter};

/// A checked study file.
#[derive(Debug, Clone)]
pub struct Study {
    /// The file.
    pub source: Arc<Source>,
    /// The name of the file without its ending.
    pub id: String,
    /// The registry of instruments that it names, from its own folder, and where it does; without one,
    /// the registry beside the file or in the folder above counts.
    pub registry: Option<(String, Range<usize>)>,
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
    /// Who is followed, from which event on. A member enters once, with the first such event that no
    /// reason leaves out.
    pub population: Population,
    /// Days that members are followed after time zero.
    pub follow_up: i32,
    /// The ways of care that are compared; none if nothing is.
    pub strategies: Vec<Strategy>,
    /// What they are compared on; the first one is the main one.
    pub outcomes: Vec<Outcome>,
    /// Examples that the file carries.
    pub examples: Vec<StudyExample>,
    /// What is known at the index.
    pub covariates: Vec<Covariate>,
    /// How they are compared.
    pub analysis: Option<Analysis>,
    /// What a unit of effect may be worth, if that is asked.
    pub worth: Option<WorthRule>,
    /// The trial that the comparison stands for.
    pub protocol: Protocol,
    /// Rules about contacts, named by their place.
    pub filters: Vec<ContactFilter>,
    /// For each intervention of contacts, the place of its rule.
    pub received: Vec<Option<usize>>,
    /// Columns of the members table that covariates look at.
    pub attributes: Vec<&'static str>,
    /// How pathways are built, if they are asked for.
    pub pathways: Option<PathwayRules>,
    /// How state sequences are compared, if they are asked for.
    pub sequences: Option<SequenceRules>,
}

impl Study {
    /// True if an outcome looks at scores, so that a registry of instruments is needed.
    pub fn reads_scores(&self) -> bool {
        let is_scores =
            |one: &Outcome| matches!(one.measure, OutcomeMeasure::Amount(Amount::Scores(_)));
        self.outcomes.iter().any(is_scores)
    }
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

impl Delivered {
    /// The contacts it is made of: qualifying ones, and attempts of classes that never qualify.
    pub(super) fn filter(&self) -> Option<ContactFilter> {
        let Self::Contacts { classes, .. } = self else { return None };
        let (qualifying, others): (Vec<_>, Vec<_>) =
            classes.iter().copied().partition(|class| class.is_qualifying());
        let of = |basis, classes: Vec<ServiceClass>| {
            (!classes.is_empty()).then(|| ContactFilter { classes, ..ContactFilter::of(basis) })
        };
        match (of(Basis::Qualifying, qualifying), of(Basis::Attempt, others)) {
            (Some(one), Some(other)) => {
                Some(ContactFilter { or: vec![one, other], ..ContactFilter::of(Basis::Row) })
            }
            (one, other) => one.or(other),
        }
    }
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
