//! One strategy with days to begin compared with the reference.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::bootstrap::drawn;
use super::clones::{Clones, Weighted};
use super::contrast::{
    Balance, Contrast, Division, Groups, NEARLY_CERTAIN, Refusal, WeightSummary, left_out, poor,
    positivity,
};
use super::cost_effect;
use super::description::Study;
use super::design::Analysis;
use super::effect::{Effect, effect, horizon};
use super::finding::{finding, limited};
use crate::statistics::{effective_sample_size, sorted_quantile, standardised_difference};

/// Compares two strategies by clones. Weights and balance are told of the main outcome.
pub(super) fn contrast(
    study: &Study,
    analysis: &Analysis,
    clones: &Clones<'_>,
    strategies: [usize; 2],
) -> Contrast {
    let rows: Vec<usize> = (0..clones.people.len()).collect();
    let all = 0..study.outcomes.len();
    let crude: Vec<[Weighted; 2]> = all
        .clone()
        .map(|outcome| strategies.map(|strategy| clones.unweighted((strategy, outcome), &rows)))
        .collect();
    let weighted: Vec<Result<[Weighted; 2], Refusal>> =
        all.clone().map(|outcome| both(clones, strategies, outcome, &rows)).collect();
    let mut found = described(study, clones, strategies, (&crude[0], weighted[0].as_ref()));
    let is_fair = found.refusal.is_none();
    let horizons: Vec<u32> = crude
        .iter()
        .map(|pair| {
            let groups = groups(clones, pair).0;
            horizon([&groups[0], &groups[1]], u32::try_from(study.follow_up).unwrap_or(0))
        })
        .collect();
    let samples =
        if is_fair { samples(study, analysis, clones, strategies, &horizons) } else { Vec::new() };
    for outcome in all {
        let own: Vec<Effect> = samples.iter().filter_map(|sample| sample[outcome]).collect();
        let fair = weighted[outcome]
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|pair| poor(study, strategies, &summary(pair)).map_or(Ok(pair), Err));
        let pair = fair.as_ref().ok().filter(|_| is_fair).map(|pair| groups(clones, pair));
        let one = finding(study, outcome, &groups(clones, &crude[outcome]), pair.as_ref(), &own);
        let mut one = limited(one, analysis, own.len());
        one.notes.extend(fair.err().filter(|_| is_fair).map(|why| format!("Not weighted: {why}.")));
        found.findings.push(one);
    }
    found.cost_effect = study.worth.as_ref().and_then(|rule| {
        cost_effect::of_contrast(rule, &study.outcomes, &found, &samples, analysis.draws.count)
    });
    found
}

/// What is told of a comparison before any outcome is.
fn described(
    study: &Study,
    clones: &Clones<'_>,
    strategies: [usize; 2],
    (crude, weighted): (&[Weighted; 2], Result<&[Weighted; 2], &Refusal>),
) -> Contrast {
    let mut notes = left_out(&clones.matrix);
    if study.outcomes.len() > 1 {
        notes.push(format!(
            "Whoever had an outcome cannot depart from a strategy any more, so that each outcome has weights of its own; weights and balance are told of {}.",
            study.outcomes[0].name
        ));
    }
    let weights = weighted.ok().map(summary);
    notes.extend(weights.as_ref().and_then(positivity));
    let is_poor = weights.as_ref().and_then(|weights| poor(study, strategies, weights));
    Contrast {
        strategies,
        balance: balance(clones, crude, weighted.ok()),
        weights,
        findings: Vec::new(),
        models: Vec::new(),
        cost_effect: None,
        strata: Vec::new(),
        refusal: weighted.err().cloned().or(is_poor),
        notes,
    }
}

fn both(
    clones: &Clones<'_>,
    strategies: [usize; 2],
    outcome: usize,
    rows: &[usize],
) -> Result<[Weighted; 2], Refusal> {
    let [one, other] = strategies.map(|strategy| clones.weighted((strategy, outcome), rows));
    Ok([one?, other?])
}

fn groups(clones: &Clones<'_>, weighted: &[Weighted; 2]) -> Groups {
    let [one, other] = [0, 1].map(|side| clones.group(&weighted[side]));
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
        .map(|draw| {
            let times = drawn(&each, analysis.draws.seed, draw);
            let often = |times: &u64| usize::try_from(*times).unwrap_or(0);
            let rows: Vec<usize> = times
                .iter()
                .enumerate()
                .flat_map(|(row, times)| std::iter::repeat_n(row, often(times)))
                .collect();
            let one = |(place, outcome)| {
                let weighted = both(clones, strategies, place, &rows).ok()?;
                let (groups, _) = groups(clones, &weighted);
                effect(outcome, [&groups[0], &groups[1]], horizons[place])
            };
            study.outcomes.iter().enumerate().map(one).collect()
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
    let of = |weights: fn(&Weighted) -> &[f64]| {
        [0, 1].map(|side| {
            let one = &pair[side];
            let there = (0..one.people.len()).filter(|place| one.stayed[*place]);
            let mut own: Vec<f64> = there.map(|place| weights(one)[place]).collect();
            own.sort_unstable_by(f64::total_cmp);
            own
        })
    };
    let (estimated, pulled) = (of(|one| &one.estimated), of(|one| &one.last));
    // The chance of having stayed is the inverse of the weight.
    let quantiles = |weights: &[f64]| {
        [0.95, 0.75, 0.5, 0.25, 0.05].map(|p| sorted_quantile(weights, p).map_or(0.0, |w| 1.0 / w))
    };
    let range = |sides: &[Vec<f64>; 2]| {
        let all = || sides.iter().flatten().copied();
        all().reduce(f64::min).zip(all().reduce(f64::max)).unwrap_or((0.0, 0.0))
    };
    let everybody = || pair.iter().flat_map(|one| &one.estimated);
    let hardly = everybody().filter(|weight| **weight * NEARLY_CERTAIN.0 > 1.0).count();
    WeightSummary {
        people: [pulled[0].len() as u64, pulled[1].len() as u64],
        effective: [effective_sample_size(&pulled[0]), effective_sample_size(&pulled[1])],
        range: range(&estimated),
        truncated: range(&pulled),
        propensity: [quantiles(&estimated[0]), quantiles(&estimated[1])],
        staying: true,
        nearly_certain: (hardly as u64, everybody().count() as u64),
    }
}
