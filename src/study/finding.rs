//! What is found on one outcome: who had it, how the groups differ, and what a reader has to know.

use super::contrast::Groups;
use super::description::Study;
use super::design::{Amount, Analysis, Outcome, OutcomeMeasure};
use super::effect::{DIED, Effect, Estimate, Group, HAPPENED, effect, hazard, horizon};
use super::model::LEAST_PER_COEFFICIENT;
use crate::statistics::{CONFIDENCE, EValue, Limits, e_value, sorted_quantile};

/// What is found on one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The place of the outcome.
    pub outcome: usize,
    /// The last day of the comparison.
    pub horizon: u32,
    /// People of each group.
    pub people: [u64; 2],
    /// People of each group who had the outcome by the horizon, or an amount other than all do.
    pub events: [u64; 2],
    /// People of each group who died without it by the horizon.
    pub deaths: [u64; 2],
    /// True if the people without the outcome could be counted back: a risk or share says how many
    /// they are, a mean of days or dollars does not.
    pub counted: bool,
    /// True if one person makes up half of an amount or more.
    pub dominated: bool,
    /// True if it could be subtracted from an earlier outcome of the study, and few would be left.
    pub entangled: bool,
    /// As observed.
    pub crude: Option<Effect>,
    /// After weighting.
    pub weighted: Option<Effect>,
    /// How strong a hidden cause would have to be.
    pub e_value: Option<EValue>,
    /// What a reader has to know.
    pub notes: Vec<String>,
}

/// True unless more than one of twenty draws gave nothing.
pub(super) fn is_enough(found: usize, draws: u32) -> bool {
    let wanted = usize::try_from(draws).unwrap_or(usize::MAX);
    found * 20 >= wanted.saturating_mul(19)
}

/// Says so where too many draws gave nothing.
pub(super) fn limited(mut finding: Finding, analysis: &Analysis, draws: usize) -> Finding {
    if !is_enough(draws, analysis.draws.count)
        && let Some(effect) = &mut finding.weighted
    {
        effect.difference.limits = None;
        effect.days = effect.days.map(|days| Estimate::bare(days.value));
        effect.ratio = effect.ratio.map(|ratio| Estimate::bare(ratio.value));
        finding.e_value = None;
        finding.notes.push(
            "No limits: in more than one of twenty draws of people the model could not be fitted."
                .to_owned(),
        );
    }
    finding
}

pub(super) fn finding(
    study: &Study,
    place: usize,
    (groups, members): &Groups,
    weighted: Option<&Groups>,
    samples: &[Effect],
) -> Finding {
    let outcome = &study.outcomes[place];
    let longest = u32::try_from(study.follow_up).unwrap_or(0);
    let pair = [&groups[0], &groups[1]];
    let is_day = matches!(outcome.measure, OutcomeMeasure::First(_));
    let horizon = if is_day { horizon(pair, longest) } else { longest };
    let mut notes = Vec::new();
    let events = pair.map(|group| happened(outcome, group, horizon));
    if is_day && events.contains(&0) {
        notes.push("No events in one of the groups: no ratio can be estimated.".to_owned());
    }
    if is_day && horizon < longest {
        notes.push(format!("Compared at day {horizon}, the last that both groups reach."));
    }
    let with_hazard = |pair: [&Group; 2], members: &[Vec<u32>; 2], notes: &mut Vec<String>| {
        let mut found = effect(outcome, pair, horizon)?;
        if is_day && events.iter().sum::<u64>() < LEAST_PER_COEFFICIENT {
            notes.push(format!(
                "No hazard ratio: it asks for {LEAST_PER_COEFFICIENT} outcomes or more."
            ));
        } else if is_day && !events.contains(&0) {
            match hazard(pair, [&members[0], &members[1]]) {
                Ok(ratio) => found.hazard = Some(ratio),
                Err(error) => notes.push(format!("No hazard ratio: {error}.")),
            }
        }
        Some(found)
    };
    if let OutcomeMeasure::Amount(Amount::Scores(_)) = outcome.measure {
        notes.push("Only of members who were scored before and after: if one group is scored again more often than the other, the weights do not mend that.".to_owned());
    }
    if let OutcomeMeasure::Amount(Amount::LevelOn(day)) = outcome.measure {
        notes.push(format!("Only of members who are alive, enrolled and not in custody on day {day}: if one group is seen then more often than the other, the weights do not mend that."));
    }
    let crude = with_hazard(pair, members, &mut notes);
    let weighted = weighted.and_then(|(groups, members)| {
        let found = with_hazard([&groups[0], &groups[1]], members, &mut notes)?;
        Some(with_limits(found, samples))
    });
    let ratio = weighted.and_then(|effect| effect.ratio);
    let e_value = ratio.and_then(|ratio| e_value(ratio.value, ratio.limits?)).filter(|_| is_day);
    notes.dedup();
    let people = [0, 1].map(|side| people(&groups[side], &members[side]));
    let counted = is_day || matches!(outcome.measure, OutcomeMeasure::Amount(Amount::Scores(_)));
    Finding {
        outcome: place,
        horizon,
        people,
        events,
        deaths: pair.map(|group| ended_by(group, DIED, horizon)),
        counted,
        dominated: !counted && pair.into_iter().any(is_dominated),
        entangled: false,
        crude,
        weighted,
        e_value,
        notes,
    }
}

/// People of a group: those with follow-up, each once, or with an amount.
fn people(group: &Group, members: &[u32]) -> u64 {
    let mut members = members.to_vec();
    members.sort_unstable();
    members.dedup();
    (members.len() + group.amounts.len()).try_into().expect("a count fits 64 bits")
}

/// People who had the outcome, or an amount other than the one that says nothing.
fn happened(outcome: &Outcome, group: &Group, horizon: u32) -> u64 {
    let is_usual = |(total, days, _): &&(f64, f64, f64)| match outcome.measure {
        OutcomeMeasure::Amount(Amount::CommunityDays) => total >= days,
        _ => *total == 0.0,
    };
    let amounts = group.amounts.iter().filter(|amount| !is_usual(amount)).count();
    ended_by(group, HAPPENED, horizon) + amounts as u64
}

/// People whose follow-up ended in one way by a day.
fn ended_by(group: &Group, event: u8, day: u32) -> u64 {
    group.follow_ups.iter().filter(|one| one.event == event && one.stop <= day).count() as u64
}

fn is_dominated(group: &Group) -> bool {
    let sum: f64 = group.amounts.iter().map(|(total, _, _)| total).sum();
    group.amounts.iter().any(|(total, _, _)| sum > 0.0 && *total >= 0.5 * sum)
}

/// Percentile limits from draws of people.
pub(super) fn with_limits(effect: Effect, samples: &[Effect]) -> Effect {
    let limits = |pick: &dyn Fn(&Effect) -> Option<f64>| {
        let mut values: Vec<f64> =
            samples.iter().filter_map(pick).filter(|value| value.is_finite()).collect();
        if values.len() < 20 || values.len() * 20 < samples.len() * 19 {
            return None;
        }
        values.sort_unstable_by(f64::total_cmp);
        let tail = (1.0 - CONFIDENCE) / 2.0;
        let end = |probability| sorted_quantile(&values, probability);
        end(tail).zip(end(1.0 - tail)).map(|(low, high)| Limits { low, high })
    };
    let difference =
        Estimate { limits: limits(&|one| Some(one.difference.value)), ..effect.difference };
    let ratio = effect.ratio.map(|ratio| Estimate {
        limits: limits(&|one| one.ratio.map(|ratio| ratio.value)),
        ..ratio
    });
    let days = effect
        .days
        .map(|days| Estimate { limits: limits(&|one| one.days.map(|days| days.value)), ..days });
    Effect { difference, ratio, days, ..effect }
}
