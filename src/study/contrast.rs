//! One strategy compared with the reference among people who were told apart at time zero: weights that
//! balance what was known, and effects before and after weighting.

use std::collections::BTreeMap;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::bootstrap::drawn;
use super::clone_contrast;
use super::clones::Clones;
use super::cohort::Cohort;
use super::cost_effect::{self, CostEffect};
use super::description::Study;
use super::design::{Analysis, Outcome, Timing};
use super::effect::{Effect, Group, effect, horizon, with_variance};
use super::entangled::mark_entangled;
use super::finding::{Finding, finding, limited};
use super::matrix::Matrix;
use super::model::{Model, models};
use super::person::Person;
use super::sheet::Screen;
use super::strata::{StratumFinding, strata};
use crate::statistics::{
    LogisticData, LogisticError, effective_sample_size, logistic, sorted_quantile,
    stabilised_weights, standardised_difference, truncated_weights,
};

/// Propensities beyond these are nearly certain.
pub(super) const NEARLY_CERTAIN: (f64, f64) = (0.02, 0.98);
/// An arm that weighs as little as this share of its people says too little.
const LEAST_EFFECTIVE: f64 = 0.1;

/// Why a fair comparison cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The propensity model has no maximum.
    #[error(
        "{} without error who follows which strategy, of all people or of some (separation){}, or compare people among whom both strategies occur",
        told_by(.by),
        if .by.is_empty() { ", or repeat each other: leave one out" } else { ": leave it out" }
    )]
    Separation {
        /// The covariates each of which does so by itself, if any does.
        by: Vec<String>,
    },
    /// Too little overlap.
    #[error(
        "the two groups overlap too poorly: after weighting, {name} speaks for {effective:.0} people only; compare people among whom both strategies occur"
    )]
    Overlap {
        /// The arm.
        name: String,
        /// Its effective number of people.
        effective: f64,
    },
    /// The model cannot be fitted for another reason.
    #[error("the model of who follows which strategy cannot be fitted: {0}")]
    Model(LogisticError),
}

fn told_by(covariates: &[String]) -> String {
    match covariates {
        [] => "the covariates together tell".to_owned(),
        [one] => format!("the covariate {one} tells"),
        more => format!("each of the covariates {} tells", more.join(", ")),
    }
}

impl Refusal {
    /// Why a model of who follows which strategy could not be fitted to rows of covariates.
    pub(super) fn unfitted(
        error: LogisticError,
        matrix: &Matrix,
        rows: &[usize],
        outcomes: &[bool],
    ) -> Self {
        match error {
            LogisticError::NoMaximum => Self::Separation { by: matrix.deciding(rows, outcomes) },
            other => Self::Model(other),
        }
    }
}

/// Balance of one covariate.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// Its name.
    pub name: String,
    /// The standardised difference before weighting; nothing if nobody differs.
    pub before: Option<f64>,
    /// The same after weighting.
    pub after: Option<f64>,
    /// How the people of each group are split by it.
    pub split: [Division; 2],
}

/// How people are split by a covariate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Division {
    /// People with another value than the one that is most frequent in both groups together.
    pub others: u64,
    /// The fewest people with one value, where there are few values in all: yes, no and not known.
    pub fewest: Option<u64>,
}

impl Division {
    /// The split of groups by the values of a column.
    pub(super) fn of_groups(values: &[f64], treated: &[bool]) -> [Self; 2] {
        let mut times: BTreeMap<u64, [u64; 2]> = BTreeMap::new();
        for (value, treated) in values.iter().zip(treated) {
            times.entry(value.to_bits()).or_default()[usize::from(!treated)] += 1;
        }
        let usual = times.iter().max_by_key(|(_, n)| n[0] + n[1]).map(|(value, _)| *value);
        [0, 1].map(|side| {
            let own = || times.iter().map(|(value, n)| (*value, n[side])).filter(|(_, n)| *n > 0);
            let others = own().filter(|(value, _)| Some(*value) != usual).map(|(_, n)| n).sum();
            let fewest = own().map(|(_, n)| n).min().filter(|_| times.len() <= 3);
            Self { others, fewest }
        })
    }

    /// True if a number that is computed from it could give few people away.
    pub(super) fn is_telling(self, screen: Screen) -> bool {
        screen.is_small(self.others) || self.fewest.is_some_and(|n| screen.is_small(n))
    }
}

/// What the weights are like.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightSummary {
    /// People of the strategy and of the reference.
    pub people: [u64; 2],
    /// As many people without weights as would say as much.
    pub effective: [f64; 2],
    /// The least and the greatest weight before they are pulled in.
    pub range: (f64, f64),
    /// The least and the greatest weight after.
    pub truncated: (f64, f64),
    /// Quantiles (5, 25, 50, 75 and 95 %) of the chance of the strategy, in each group.
    pub propensity: [[f64; 5]; 2],
    /// True if it is the chance of staying with a strategy, which may well be 1.
    pub staying: bool,
    /// Those whose chance is below 0.02, or above 0.98 unless that is of staying; and of how many.
    pub nearly_certain: (u64, u64),
}

/// A comparison of a strategy with the reference.
#[derive(Debug, Clone)]
pub struct Contrast {
    /// The places of the strategy and of the reference.
    pub strategies: [usize; 2],
    /// Balance of every covariate.
    pub balance: Vec<Balance>,
    /// The weights.
    pub weights: Option<WeightSummary>,
    /// Each outcome.
    pub findings: Vec<Finding>,
    /// Models of outcomes that happen on a day.
    pub models: Vec<Model>,
    /// What the strategy costs and brings, if that is asked.
    pub cost_effect: Option<CostEffect>,
    /// The main outcome within parts of the people.
    pub strata: Vec<StratumFinding>,
    /// Why there is no fair comparison, if so.
    pub refusal: Option<Refusal>,
    /// What a reader has to know.
    pub notes: Vec<String>,
}

/// The follow-up of two groups, and whose each stretch is.
pub(super) type Groups = ([Group; 2], [Vec<u32>; 2]);

/// People of two strategies, the first and then the reference.
struct Two<'c> {
    people: Vec<&'c Person>,
    treated: Vec<bool>,
    matrix: Matrix,
}

impl<'c> Two<'c> {
    fn new(study: &Study, one: Vec<&'c Person>, other: Vec<&'c Person>) -> Self {
        let treated = one.iter().map(|_| true).chain(other.iter().map(|_| false)).collect();
        let people: Vec<&Person> = one.into_iter().chain(other).collect();
        let matrix = Matrix::new(&study.covariates, &people);
        Self { people, treated, matrix }
    }

    /// Stabilised weights and the chances they come from, for rows of this table.
    fn weights(&self, rows: &[usize]) -> Result<(Vec<f64>, Vec<f64>), Refusal> {
        let treated: Vec<bool> = rows.iter().map(|row| self.treated[*row]).collect();
        let covariates = self.matrix.rows(rows);
        let data = LogisticData {
            outcomes: &treated,
            covariates: &covariates,
            width: self.matrix.width(),
        };
        let unfitted = |error| Refusal::unfitted(error, &self.matrix, rows, &treated);
        let fit = logistic(&data).map_err(unfitted)?;
        let chances: Vec<f64> =
            rows.iter().map(|row| fit.probability(self.matrix.row(*row))).collect();
        let weights = stabilised_weights(&treated, &chances);
        Ok((weights.ok_or_else(|| unfitted(LogisticError::NoMaximum))?, chances))
    }

    /// Both groups for an outcome, with weights and whose each stretch is.
    fn groups(&self, outcome: usize, rows: &[usize], weights: &[f64]) -> Groups {
        let (mut groups, mut members) = ([Group::default(), Group::default()], [vec![], vec![]]);
        for (row, weight) in rows.iter().zip(weights) {
            let side = usize::from(!self.treated[*row]);
            let before = groups[side].follow_ups.len();
            groups[side].add(self.people[*row], outcome, *weight);
            if groups[side].follow_ups.len() > before {
                members[side].push(u32::try_from(*row).expect("fewer than 2^32 people"));
            }
        }
        (groups, members)
    }
}

/// Compares every strategy with the reference.
pub fn contrasts(study: &Study, cohort: &Cohort) -> Vec<Contrast> {
    let Some(analysis) = &study.analysis else { return Vec::new() };
    let others = (0..study.strategies.len()).filter(|place| *place != analysis.reference);
    let mut found: Vec<Contrast> = others
        .map(|place| {
            let pair = [place, analysis.reference];
            let strata = strata(study, cohort, pair);
            let models = models(study, cohort, pair);
            Contrast { models, strata, ..compared(study, cohort, pair) }
        })
        .collect();
    mark_entangled(study, cohort, &mut found);
    found
}

/// Compares two strategies in the way that the analysis asks for.
pub(super) fn compared(study: &Study, cohort: &Cohort, pair: [usize; 2]) -> Contrast {
    let analysis = study.analysis.as_ref().expect("only a study with an analysis is compared");
    if let Timing::Grace(_) = analysis.timing {
        let clones = Clones::new(study, analysis, cohort);
        return clone_contrast::contrast(study, analysis, &clones, pair);
    }
    contrast(study, analysis, pair, pair.map(|arm| cohort.arm(arm).collect()))
}

/// Compares two groups of people.
fn contrast(
    study: &Study,
    analysis: &Analysis,
    strategies: [usize; 2],
    [one, other]: [Vec<&Person>; 2],
) -> Contrast {
    let two = Two::new(study, one, other);
    let rows: Vec<usize> = (0..two.people.len()).collect();
    let mut notes = left_out(&two.matrix);
    if study.strategies.len() > 2 {
        notes.push("Each pair of strategies is weighted by itself: the comparison is about people who follow one of these two, and comparisons of other pairs are about others.".to_owned());
    }
    let mut found = Contrast {
        strategies,
        balance: Vec::new(),
        weights: None,
        findings: Vec::new(),
        models: Vec::new(),
        cost_effect: None,
        strata: Vec::new(),
        refusal: None,
        notes,
    };
    let ones = vec![1.0; rows.len()];
    let crude = |outcome: usize| two.groups(outcome, &rows, &ones);
    let weights = match two.weights(&rows) {
        Ok((weights, chances)) => {
            let pulled = truncated_weights(&weights, analysis.truncate.0, analysis.truncate.1);
            let summary = summary(&two, (&weights, &pulled), &chances);
            found.refusal = poor(study, strategies, &summary);
            found.notes.extend(positivity(&summary));
            found.balance = balance(&two, Some(&pulled));
            found.weights = Some(summary);
            Some(pulled).filter(|_| found.refusal.is_none())
        }
        Err(refusal) => {
            found.balance = balance(&two, None);
            found.refusal = Some(refusal);
            None
        }
    };
    let samples = weights.as_ref().map(|_| samples(study, analysis, &two)).unwrap_or_default();
    for place in 0..study.outcomes.len() {
        let crude = crude(place);
        let reweighted = weights.as_ref().map(|weights| two.groups(place, &rows, weights));
        let own: Vec<Effect> = samples.iter().filter_map(|sample| sample[place]).collect();
        let mut finding = finding(study, place, &crude, reweighted.as_ref(), &own);
        let pair = [&crude.0[0], &crude.0[1]];
        finding.crude = finding.crude.map(|one| with_variance(one, pair, finding.horizon));
        found.findings.push(limited(finding, analysis, own.len()));
    }
    found.cost_effect = study.worth.as_ref().and_then(|rule| {
        cost_effect::of_contrast(rule, &study.outcomes, &found, &samples, analysis.draws.count)
    });
    found
}

/// What a reader has to know of covariates that are in no model.
pub(super) fn left_out(matrix: &Matrix) -> Vec<String> {
    let note = |name: &String| {
        format!(
            "{name} is left out of the model: everybody is alike in it, or it repeats another covariate."
        )
    };
    matrix.dropped.iter().map(note).collect()
}

/// The weighted effects of people drawn with replacement, with the chances estimated anew each time.
fn samples(study: &Study, analysis: &Analysis, two: &Two<'_>) -> Vec<Vec<Option<Effect>>> {
    let each = vec![1_u64; two.people.len()];
    let longest = u32::try_from(study.follow_up).unwrap_or(0);
    let (all, ones) = ((0..two.people.len()).collect::<Vec<_>>(), vec![1.0; two.people.len()]);
    let last = |place: usize| {
        let (groups, _) = two.groups(place, &all, &ones);
        horizon([&groups[0], &groups[1]], longest)
    };
    let horizons: Vec<u32> = (0..study.outcomes.len()).map(last).collect();
    (0..analysis.draws.count)
        .into_par_iter()
        .filter_map(|draw| {
            let times = drawn(&each, analysis.draws.seed, draw);
            let rows: Vec<usize> = times
                .iter()
                .enumerate()
                .flat_map(|(row, times)| {
                    std::iter::repeat_n(row, usize::try_from(*times).unwrap_or(0))
                })
                .collect();
            let (weights, _) = two.weights(&rows).ok()?;
            let weights = truncated_weights(&weights, analysis.truncate.0, analysis.truncate.1);
            let one = |(place, outcome): (usize, &Outcome)| {
                let (groups, _) = two.groups(place, &rows, &weights);
                let pair = [&groups[0], &groups[1]];
                effect(outcome, pair, horizons[place])
            };
            Some(study.outcomes.iter().enumerate().map(one).collect())
        })
        .collect()
}

fn balance(two: &Two<'_>, weights: Option<&[f64]>) -> Vec<Balance> {
    let ones = vec![1.0; two.people.len()];
    let columns = two.matrix.names.iter().enumerate();
    columns
        .map(|(column, name)| {
            let values = two.matrix.column(column);
            let difference =
                |weights: &[f64]| standardised_difference(&values, &two.treated, weights);
            Balance {
                name: name.clone(),
                before: difference(&ones),
                after: weights.and_then(difference),
                split: Division::of_groups(&values, &two.treated),
            }
        })
        .collect()
}

fn summary(two: &Two<'_>, (weights, pulled): (&[f64], &[f64]), chances: &[f64]) -> WeightSummary {
    let side = |wanted: bool, values: &[f64]| -> Vec<f64> {
        let own = values.iter().zip(&two.treated).filter(|(_, treated)| **treated == wanted);
        own.map(|(value, _)| *value).collect()
    };
    let quantiles = |wanted: bool| {
        let mut own = side(wanted, chances);
        own.sort_unstable_by(f64::total_cmp);
        [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| sorted_quantile(&own, p).unwrap_or(0.0))
    };
    let range = |values: &[f64]| {
        let ends = values.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        if values.is_empty() { (0.0, 0.0) } else { ends }
    };
    let certain = |chance: &&f64| **chance < NEARLY_CERTAIN.0 || **chance > NEARLY_CERTAIN.1;
    WeightSummary {
        people: [true, false].map(|wanted| side(wanted, weights).len() as u64),
        effective: [true, false].map(|wanted| effective_sample_size(&side(wanted, pulled))),
        range: range(weights),
        truncated: range(pulled),
        propensity: [quantiles(true), quantiles(false)],
        staying: false,
        nearly_certain: (chances.iter().filter(certain).count() as u64, chances.len() as u64),
    }
}

/// Whether the groups overlap too poorly to be compared.
pub(super) fn poor(
    study: &Study,
    strategies: [usize; 2],
    summary: &WeightSummary,
) -> Option<Refusal> {
    let least = |people: u64| {
        #[expect(clippy::cast_precision_loss, reason = "people are far below 2^53")]
        let people = people as f64;
        #[expect(clippy::cast_precision_loss, reason = "a setting")]
        let cell = study.min_cell as f64;
        (LEAST_EFFECTIVE * people).max(cell)
    };
    let side = (0..2).find(|side| summary.effective[*side] < least(summary.people[*side]))?;
    let name = study.strategies[strategies[side]].name.clone();
    Some(Refusal::Overlap { name, effective: summary.effective[side] })
}

/// Says so if more than one of a hundred could hardly have followed the one strategy, or the other.
pub(super) fn positivity(summary: &WeightSummary) -> Option<String> {
    let (certain, of) = summary.nearly_certain;
    let what = if summary.staying {
        "below 2 % of staying with a strategy; for them the data say little about it"
    } else {
        "below 2 % or above 98 % of the strategy; for them the data say little about the other one"
    };
    (certain * 100 > of)
        .then(|| format!("Positivity: more than 1 % of people have a chance {what}."))
}
