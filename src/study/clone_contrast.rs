//! One strategy with days to begin compared with the reference.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::bootstrap::drawn;
use super::clones::{Clones, Weighted};
use super::contrast::{Balance, Contrast, Division, Groups, Refusal, WeightSummary, poor};
use super::cost_effect;
use super::description::Study;
use super::design::Analysis;
use super::effect::{Effect, effect, horizon};
use super::finding::{finding, limited};
use crate::statistics::{
    LogisticError, effective_sample_size, sorted_quantile, standardised_difference,
};

/// Compares two strategies by clones.
pub(super) fn contrast(
    study: &Study,
    analysis: &Analysis,
    clones: &Clones<'_>,
    strategies: [usize; 2],
) -> Contrast {
    let rows: Vec<usize> = (0..clones.people.len()).collect();
    let dropped = clones.matrix.dropped.iter().map(|name| {
        format!("{name} is left out of the model: everybody is alike in it, or it repeats another covariate.")
    });
    let crude = strategies.map(|strategy| clones.unweighted(strategy, &rows));
    let weighted = both(clones, strategies, &rows);
    let mut found = Contrast {
        strategies,
        balance: balance(clones, &crude, weighted.as_ref().ok()),
        weights: None,
        findings: Vec::new(),
        models: Vec::new(),
        cost_effect: None,
        strata: Vec::new(),
        refusal: None,
        notes: dropped.collect(),
    };
    let weighted = match weighted {
        Ok(weighted) => {
            let summary = summary(&weighted);
            found.refusal = poor(study, strategies, &summary);
            found.weights = Some(summary);
            Some(weighted).filter(|_| found.refusal.is_none())
        }
        Err(error) => {
            found.refusal = Some(match error {
                LogisticError::NoMaximum | LogisticError::OneOutcome => Refusal::Separation,
                other => Refusal::Model(other),
            });
            None
        }
    };
    let horizons: Vec<u32> = (0..study.outcomes.len())
        .map(|outcome| {
            let groups = groups(clones, &crude, outcome).0;
            let longest = u32::try_from(study.follow_up).unwrap_or(0);
            horizon([&groups[0], &groups[1]], longest)
        })
        .collect();
    let samples = match &weighted {
        Some(_) => samples(study, analysis, clones, strategies, &horizons),
        None => Vec::new(),
    };
    for outcome in 0..study.outcomes.len() {
        let own: Vec<Effect> = samples.iter().filter_map(|sample| sample[outcome]).collect();
        let crude = groups(clones, &crude, outcome);
        let weighted = weighted.as_ref().map(|weighted| groups(clones, weighted, outcome));
        let one = finding(study, outcome, &crude, weighted.as_ref(), &own);
        found.findings.push(limited(one, analysis, own.len()));
    }
    found.cost_effect = study.worth.as_ref().and_then(|rule| {
        cost_effect::of_contrast(rule, &study.outcomes, &found, &samples, analysis.draws.count)
    });
    found
}

fn both(
    clones: &Clones<'_>,
    strategies: [usize; 2],
    rows: &[usize],
) -> Result<[Weighted; 2], LogisticError> {
    let [one, other] = strategies.map(|strategy| clones.weighted(strategy, rows));
    Ok([one?, other?])
}

fn groups(clones: &Clones<'_>, weighted: &[Weighted; 2], outcome: usize) -> Groups {
    let [one, other] = [0, 1].map(|side| clones.group(&weighted[side], outcome));
    ([one.0, other.0], [one.1, other.1])
}

fn samples(
    study: &Study,
    analysis: &Analysis,
    clones: &Clones<'_>,
    strategies: [usize; 2],
    horizons: &[u32],
) -> Vec<Vec<Option<Effect>>> {
    let each = vec![1_u64; clones.people.len()];
    (0..analysis.draws.count)
        .into_par_iter()
        .filter_map(|draw| {
            let times = drawn(&each, analysis.draws.seed, draw);
            let often = |times: &u64| usize::try_from(*times).unwrap_or(0);
            let rows: Vec<usize> = times
                .iter()
                .enumerate()
                .flat_map(|(row, times)| std::iter::repeat_n(row, often(times)))
                .collect();
            let weighted = both(clones, strategies, &rows).ok()?;
            let one = |(place, outcome)| {
                let (groups, _) = groups(clones, &weighted, place);
                effect(outcome, [&groups[0], &groups[1]], horizons[place])
            };
            Some(study.outcomes.iter().enumerate().map(one).collect())
        })
        .collect()
}

/// Clones that stayed, of both strategies: covariates, strategies and weights.
fn stayed(pair: &[Weighted; 2]) -> (Vec<usize>, Vec<bool>, Vec<f64>) {
    let (mut people, mut treated, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (side, one) in pair.iter().enumerate() {
        for place in (0..one.people.len()).filter(|place| one.stayed[*place]) {
            people.push(one.people[place]);
            treated.push(side == 0);
            weights.push(one.last[place]);
        }
    }
    (people, treated, weights)
}

fn balance(
    clones: &Clones<'_>,
    crude: &[Weighted; 2],
    weighted: Option<&[Weighted; 2]>,
) -> Vec<Balance> {
    let difference = |pair: &[Weighted; 2], column: usize| {
        let (people, treated, weights) = stayed(pair);
        let all = clones.matrix.column(column);
        let values: Vec<f64> = people.iter().map(|row| all[*row]).collect();
        standardised_difference(&values, &treated, &weights)
    };
    let split = |column: usize| {
        let (people, treated, _) = stayed(crude);
        let all = clones.matrix.column(column);
        let values: Vec<f64> = people.iter().map(|row| all[*row]).collect();
        Division::of_groups(&values, &treated)
    };
    let columns = clones.matrix.names.iter().enumerate();
    columns
        .map(|(column, name)| Balance {
            name: name.clone(),
            before: difference(crude, column),
            after: weighted.and_then(|pair| difference(pair, column)),
            split: split(column),
        })
        .collect()
}

fn summary(pair: &[Weighted; 2]) -> WeightSummary {
    let of = |side: usize| -> Vec<f64> {
        let one = &pair[side];
        let there = (0..one.people.len()).filter(|place| one.stayed[*place]);
        let mut weights: Vec<f64> = there.map(|place| one.last[place]).collect();
        weights.sort_unstable_by(f64::total_cmp);
        weights
    };
    let sides = [of(0), of(1)];
    // The chance of having stayed is the inverse of the weight.
    let quantiles = |weights: &[f64]| {
        [0.95, 0.75, 0.5, 0.25, 0.05].map(|p| sorted_quantile(weights, p).map_or(0.0, |w| 1.0 / w))
    };
    let ends =
        |pick: fn(f64, f64) -> f64, from: f64| sides.iter().flatten().copied().fold(from, pick);
    let range = (ends(f64::min, f64::INFINITY), ends(f64::max, 0.0));
    let range = if range.0 > range.1 { (0.0, 0.0) } else { range };
    let heavy = sides.iter().flatten().filter(|weight| **weight > 50.0).count();
    WeightSummary {
        people: [sides[0].len() as u64, sides[1].len() as u64],
        effective: [effective_sample_size(&sides[0]), effective_sample_size(&sides[1])],
        range,
        truncated: range,
        propensity: [quantiles(&sides[0]), quantiles(&sides[1])],
        nearly_certain: heavy as u64,
    }
}
