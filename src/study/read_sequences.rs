//! The `[sequences]` of a study file.

use super::bootstrap::Draws;
use super::care_state::CareState;
use super::description::{CostRule, MetricRule, SequenceRules, costs_but};
use super::distance::Norm;
use super::grouping::Grouping;
use crate::diagnostic::{Fields, Problems};

const METRICS: [&str; 4] =
    ["optimal_matching", "longest_common_subsequence", "hamming", "dynamic_hamming"];
const COSTS: [&str; 2] = ["transition_rates", "constant"];
const STATES: usize = CareState::ALL.len();

/// Reads the rules; nothing after a problem that leaves no metric.
pub(super) fn rules(mut table: Fields<'_>, problems: &mut Problems) -> Option<SequenceRules> {
    let months = table.integer_in("months", 2, 120, problems);
    if !table.has("months") {
        let problem = table.problem(table.span(), "`months` is missing", "in this table");
        problems.push(problem.help("add `months = …`: the months of a sequence, such as 24"));
    }
    let metric = metric(&mut table, problems);
    let norm = table.word("norm", Norm::NAMES, Norm::from_name, problems);
    let grouping = table.word("groups_by", Grouping::NAMES, Grouping::from_name, problems);
    let least = table.integer_in("least_groups", 2, 50, problems).unwrap_or(2);
    let most = table.integer_in("most_groups", 2, 50, problems).unwrap_or(least.max(8));
    if least > most {
        let message = "there are no numbers of groups to try";
        let label = format!("`least_groups` is {least} and `most_groups` {most}");
        problems.push(table.problem(table.span(), message, label));
    }
    let count = table.integer_in("draws", 0, 10_000, problems).unwrap_or(100);
    let seed = table.integer_in("seed", 0, i32::MAX, problems).unwrap_or(0);
    table.finish(problems);
    let number = |number: i32| usize::try_from(number).expect("checked above");
    Some(SequenceRules {
        months: u16::try_from(months?).expect("checked above"),
        metric: metric?,
        norm: norm.unwrap_or(Norm::Raw),
        grouping: grouping.unwrap_or(Grouping::Pam),
        groups: number(least)..=number(most),
        draws: Draws {
            count: u32::try_from(count).expect("checked above"),
            seed: u64::try_from(seed).expect("checked above"),
        },
    })
}

fn metric(table: &mut Fields<'_>, problems: &mut Problems) -> Option<MetricRule> {
    let known = |name: &str| METRICS.iter().find(|metric| **metric == name).copied();
    let name = if table.has("metric") {
        table.word("metric", &METRICS, known, problems)?
    } else {
        METRICS[0]
    };
    match name {
        "optimal_matching" => Some(MetricRule::OptimalMatching(costs(table, 2.0, problems)?)),
        "hamming" => Some(MetricRule::Hamming(costs(table, 1.0, problems)?)),
        "dynamic_hamming" => Some(MetricRule::DynamicHamming),
        _ => Some(MetricRule::LongestCommonSubsequence),
    }
}

/// Costs from the transitions, or one for all pairs of states but those of `[[sequences.cost]]`.
fn costs(table: &mut Fields<'_>, usual: f64, problems: &mut Problems) -> Option<CostRule> {
    let known = |name: &str| COSTS.iter().find(|costs| **costs == name).copied();
    let name = table.word("costs", &COSTS, known, problems);
    if name == Some("transition_rates") {
        for key in ["substitution", "indel", "cost"] {
            if let Some(node) = table.node(key) {
                let message = "costs from transition rates have no numbers of their own";
                let problem = table.problem(node.span.clone(), message, "nothing reads this");
                problems.push(problem.help("write `costs = \"constant\"`, or leave this out"));
            }
        }
        return Some(CostRule::TransitionRates);
    }
    let substitution = positive(table, "substitution", problems).unwrap_or(usual);
    let indel = positive(table, "indel", problems);
    let pairs = pairs(table, problems);
    match costs_but(STATES, substitution, indel, &pairs) {
        Ok(costs) => Some(CostRule::Given(costs)),
        Err(error) => {
            problems.push(table.problem(table.span(), error.to_string(), "in this table"));
            None
        }
    }
}

/// A number above 0, if the key is there.
fn positive(table: &mut Fields<'_>, key: &'static str, problems: &mut Problems) -> Option<f64> {
    let number = table.number(key, problems)?;
    if number > 0.0 {
        return Some(number);
    }
    let place = table.node(key)?.span.clone();
    problems.push(table.problem(place, format!("`{key}` is out of range"), "expected above 0"));
    None
}

/// `[[sequences.cost]]` with `between = ["Custody", "Dead"]` and `cost = 3`.
fn pairs(table: &mut Fields<'_>, problems: &mut Problems) -> Vec<(usize, usize, f64)> {
    let titles = CareState::ALL.map(CareState::title);
    let place = |title: &str| titles.iter().position(|known| *known == title);
    let mut pairs = Vec::new();
    for mut table in table.list("cost", problems) {
        let before = problems.len();
        let between = table.words("between", &titles, place, problems);
        let cost = positive(&mut table, "cost", problems);
        match (between.as_slice(), cost) {
            ([one, other], Some(cost)) if one != other => pairs.push((*one, *other, cost)),
            _ if problems.len() == before => {
                let message = "a cost stands between two different states";
                let problem = table.problem(table.span(), message, "in this table");
                let help = "write `between = [\"Custody\", \"No contact\"]` and `cost = 3`";
                problems.push(problem.help(help));
            }
            _ => {}
        }
        table.finish(problems);
    }
    pairs
}
