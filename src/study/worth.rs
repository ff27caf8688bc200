//! `[cost_effectiveness]` of a study file: which outcome is the effect, and what a unit of it may be
//! worth.

use super::design::{Amount, Outcome, OutcomeMeasure};
use crate::diagnostic::{Fields, Problems, Value, suggest};

/// Which outcomes are cost and effect, and what a unit of effect may be worth.
#[derive(Debug, Clone, PartialEq)]
pub struct WorthRule {
    /// The place of the outcome that is cost.
    pub cost: usize,
    /// The place of the outcome that is the effect.
    pub effect: usize,
    /// True if less of the effect is better, as of readmissions.
    pub fewer: bool,
    /// Dollars that a unit of effect may be worth, in rising order.
    pub worth: Vec<f64>,
}

impl WorthRule {
    /// `[cost_effectiveness]`: the name of an outcome, and worths.
    pub(super) fn read(
        fields: &mut Fields<'_>,
        outcomes: &[Outcome],
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut table = fields.fields("cost_effectiveness", problems)?;
        if !fields.has("analysis") {
            let message = "cost and effect are compared, and this study has no [analysis]";
            problems.push(table.problem(table.span(), message, "here").help("add [analysis]"));
        }
        let effect = effect(&mut table, outcomes, problems);
        let cost = outcomes.iter().position(is_cost);
        if cost.is_none() {
            let problem = table.problem(table.span(), "no outcome is a cost", "here");
            problems.push(problem.help("add an [[outcome]] with `cost = true`"));
        }
        let fewer = table.flag("fewer_is_better", problems) == Some(true);
        let worth = worths(&mut table, problems);
        table.finish(problems);
        Some(Self { cost: cost?, effect: effect?, fewer, worth })
    }
}

fn is_cost(outcome: &Outcome) -> bool {
    outcome.measure == OutcomeMeasure::Amount(Amount::Cost)
}

fn effect(table: &mut Fields<'_>, outcomes: &[Outcome], problems: &mut Problems) -> Option<usize> {
    let (name, span) = table.required_text("effect", "the name of an outcome", problems);
    let effect = outcomes.iter().position(|known| known.name == name);
    match effect.map(|place| &outcomes[place]) {
        None if !name.is_empty() => {
            let problem = table.problem(span, format!("no outcome is called `{name}`"), "here");
            let names = outcomes.iter().map(|outcome| outcome.name.as_str());
            problems.push(problem.maybe_help(suggest(name, names)));
        }
        Some(outcome) if is_cost(outcome) || outcome.negative_control => {
            let message = "neither a cost nor a negative control is an effect that is paid for";
            let problem = table.problem(span, message, "here");
            problems.push(problem.help("such as an outcome with `community_days = true`"));
        }
        _ => {}
    }
    effect
}

#[expect(clippy::cast_precision_loss, reason = "dollars that somebody would pay")]
fn worths(table: &mut Fields<'_>, problems: &mut Problems) -> Vec<f64> {
    const EXAMPLE: &str = "dollars per unit of effect, such as `worth = [0, 50, 100]`";
    let Some(node) = table.node("worth") else {
        let problem = table.problem(table.span(), "`worth` is missing", "in this table");
        problems.push(problem.help(EXAMPLE));
        return Vec::new();
    };
    let dollars = |value: &Value| match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    };
    let found: Option<Vec<f64>> = match &node.value {
        Value::List(items) => items.iter().map(|item| dollars(&item.value)).collect(),
        _ => None,
    };
    let is_rising = |worths: &[f64]| {
        worths.first().is_some_and(|first| *first >= 0.0)
            && worths.windows(2).all(|pair| pair[0] < pair[1])
            && worths.last().is_some_and(|last| last.is_finite())
    };
    found.filter(|worths| is_rising(worths)).unwrap_or_else(|| {
        let message = "expected different dollars in rising order, none of them below 0";
        problems.push(table.problem(node.span.clone(), message, "here").help(EXAMPLE));
        Vec::new()
    })
}
