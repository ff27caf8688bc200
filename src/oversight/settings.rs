//! What a run decides about its tables.

use std::collections::BTreeMap;

use super::contract::Target;
use super::{Completion, Span};
use crate::kernel::Group;
use crate::terms::{Day, Period};

/// Which rules tell special from common variation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSet {
    /// NHS England's “Making data count”.
    Nhs,
    /// A point outside the limits, and Anhøj's tests of runs and crossings for the last point.
    Anhoej,
}

impl RuleSet {
    /// The name in pipeline files and under charts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nhs => "nhs",
            Self::Anhoej => "anhoej",
        }
    }

    /// What the rules are called under a chart.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nhs => "NHS “Making data count”",
            Self::Anhoej => "Anhøj",
        }
    }

    /// The rule set of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Nhs, Self::Anhoej].into_iter().find(|rules| rules.name() == name)
    }
}

/// A covariate that organisations are to be made comparable by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjusted {
    /// Its word in the contract.
    pub name: String,
    /// What is missing for it, by the names of the data model.
    pub missing: Option<String>,
}

impl From<&str> for Adjusted {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), missing: None }
    }
}

/// What a run decides about its tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The data-through date: the last day on which the extracts are complete.
    pub data_through: Day,
    /// The first day that the extracts cover, if it is known.
    pub coverage_start: Option<Day>,
    /// The day of the first contact: nobody knows anything of what ended before.
    pub first_contact: Option<Day>,
    /// What tables cover, by their names.
    pub spans: BTreeMap<String, Span>,
    /// Counts from 1 to one less than this are hidden.
    pub threshold: i64,
    /// What has to be reached: see [`Target`].
    pub targets: Vec<Target>,
    /// Points that a control chart's limits rest on: the first ones, and never fewer.
    pub baseline_points: usize,
    /// Which rules give signals.
    pub rules: RuleSet,
    /// What organisations are made comparable by, in the order of joint strata; empty: by nothing.
    pub standardised_by: Vec<Adjusted>,
    /// How complete months are.
    pub completion: Completion,
    /// True if a sender moved dates: a month then is no month of the calendar, and nothing is
    /// charted over time.
    pub dates_shifted: bool,
}

impl Settings {
    /// The usual settings: threshold 11, a baseline of 12 points, the NHS rules, no targets.
    pub fn new(data_through: Day) -> Self {
        Self {
            data_through,
            coverage_start: None,
            first_contact: None,
            spans: BTreeMap::new(),
            threshold: 11,
            targets: Vec::new(),
            baseline_points: 12,
            rules: RuleSet::Nhs,
            standardised_by: Vec::new(),
            completion: Completion::default(),
            dates_shifted: false,
        }
    }

    /// The target that binds a group in a period; the most particular one, if there are several.
    pub fn target(
        &self,
        id: &str,
        base_id: &str,
        group: &Group,
        period: Period,
    ) -> Option<&Target> {
        let about = |target: &&Target| {
            target.indicator == id || (target.variants && target.indicator == base_id)
        };
        let bind = self.targets.iter().filter(about).filter(|one| one.binds(group, period));
        bind.max_by_key(|target| target.precedence(id))
    }
}
