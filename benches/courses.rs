//! Kinds of courses among 2,000 people whose 36 months all differ: distances by each metric, then
//! groups with silhouettes and stability.
//!
//! ```text
//! cargo bench --bench courses
//! ```

#![expect(clippy::print_stdout, reason = "a measurement talks")]

use std::error::Error;
use std::time::Instant;

use rand_core::Rng as _;
use rand_pcg::Pcg64Mcg;
use throughline::study::{
    CostRule, Distinct, Draws, Grouping, MetricRule, Norm, Sequence, SequenceRules, State,
    course_groups, distances,
};

const PEOPLE: usize = 2_000;
const MONTHS: u16 = 36;
const STATES: u8 = 11;

fn main() -> Result<(), Box<dyn Error>> {
    let people = made();
    let distinct = Distinct::new(&people);
    println!("{PEOPLE} people, {} different courses of {MONTHS} months", distinct.sequences.len());
    for (name, metric) in [
        ("optimal matching", MetricRule::OptimalMatching(CostRule::TransitionRates)),
        ("longest common subsequence", MetricRule::LongestCommonSubsequence),
        ("Hamming", MetricRule::Hamming(CostRule::TransitionRates)),
        ("dynamic Hamming", MetricRule::DynamicHamming),
    ] {
        let start = Instant::now();
        distances(&distinct.sequences, &metric.metric(&distinct, STATES.into()), Norm::Raw)?;
        println!("{name}: {:.2} s", start.elapsed().as_secs_f64());
    }
    for (name, grouping) in [("PAM", Grouping::Pam), ("Ward", Grouping::Ward)] {
        let rules = SequenceRules {
            months: MONTHS,
            metric: MetricRule::OptimalMatching(CostRule::TransitionRates),
            norm: Norm::Raw,
            grouping,
            groups: 2..=8,
            draws: Draws { count: 100, seed: 1 },
        };
        let start = Instant::now();
        let found = course_groups(&people, STATES.into(), &rules, 11)?;
        let seconds = start.elapsed().as_secs_f64();
        let groups = found.groups.len();
        println!(
            "optimal matching, {name} for 2 to 8 groups, 100 draws: {seconds:.2} s, {groups} groups"
        );
    }
    Ok(())
}

/// People stay in a state for some months and move on, each kind of people among states of its own.
fn made() -> Vec<Sequence> {
    let mut chance = Pcg64Mcg::new(0x2545_f491_4f6c_dd1d_0000_0000_0000_0003);
    let mut below = |n: u8| u8::try_from((chance.next_u64() >> 33) % u64::from(n)).expect("small");
    let mut course = |kind: u8| {
        let mut state = 2 * kind;
        let mut months = Vec::new();
        for _ in 0..MONTHS {
            if below(5) == 0 {
                state = (2 * kind + below(4)) % STATES;
            }
            months.push(Some(State(state)));
        }
        Sequence::new(months)
    };
    (0_u8..5).cycle().take(PEOPLE).map(&mut course).collect()
}
