//! A second implementation of every indicator, slow and obvious, against the first: the same random
//! extracts through the front door and through sets of days. It reads the definitions' TOML itself,
//! merges stays itself and knows nothing of timelines.

mod chance;
mod compare;
mod contact;
mod definition;
mod invariance;
mod life;
mod rates;
mod rows;
mod sums;
mod units;
mod years;

use std::collections::BTreeSet;

use compare::shipped;

/// Files with parts of the language that the second implementation does not know yet. The list is
/// exact: a file that is not here is computed twice.
const ONCE_ONLY: [&str; 90] = [
    "abstinence_or_reduced_use",
    "act_reach",
    "alos",
    "antidepressant_84d",
    "antipsychotic_duplication",
    "arrest_free_30d",
    "awaiting_placement_days",
    "bimonthly_2plus_postdisch",
    "capacity_gap",
    "care_plan_current",
    "competitive_employment",
    "contacts_per_p3_month",
    "continual_evaluation",
    "converted_to_voluntary_7d",
    "cost_per_episode",
    "cross_sector_linkage",
    "disengaged_after_involuntary",
    "distinct_instruments_same_domain",
    "early_reintervention_14d",
    "ebp_receipt",
    "ed_boarding_over_24h",
    "employed_any",
    "episode_resolved_minimal",
    "episodic_need_identified",
    "episodic_to_persistent",
    "fu_post_discharge_engagement",
    "functional_maintenance",
    "functioning_change",
    "homeless_any",
    "housing_stable",
    "iet_engagement",
    "iet_initiation",
    "independent_living_maintained",
    "independent_living_progress",
    "joint_care_share",
    "language_concordance",
    "lateral_escalation_30d",
    "lead_assigned",
    "mutual_aid_attendance",
    "no_wrong_door_14d",
    "outreach_attempts_4plus",
    "p1_to_p2_60d",
    "p2_to_p3_180d",
    "p3_retained_12m",
    "paired_score_share",
    "perception_of_care",
    "persistent_disruption_index",
    "persistent_in_care",
    "persistent_located_90d",
    "persistent_need_identified",
    "persistent_newly_found",
    "physical_bh_integration",
    "physical_fu_180d",
    "plan_service_delivered",
    "potentially_avoidable_cost",
    "primary_relationship_share",
    "provider_change_rate",
    "recovery_phase_mix",
    "recovery_scale_progress",
    "reentry_route",
    "referral_wait_days",
    "relapse_not_discharged",
    "relationship_tenure_days",
    "reliable_deterioration",
    "reliable_improvement",
    "reliable_recovery",
    "repeat_stays_3plus",
    "restraint_hours_rate",
    "restrictive_persons_share",
    "rmc_coverage",
    "rmc_need_linked",
    "same_agency_after_discharge",
    "school_attendance",
    "screen_positive_followup_14d",
    "screen_positive_followup_30d",
    "seclusion_hours_rate",
    "shared_care_plan",
    "smi_unengaged_engaged_30d",
    "social_connectedness",
    "spend_share_peer_prevention",
    "stage_matched_service",
    "stepdown_gap_days",
    "suicide_death_rate",
    "time_to_first_inst_return",
    "time_to_first_service",
    "time_to_reengagement",
    "transition_age_continuity",
    "trauma_screened",
    "wellbeing_population",
    "youth_home_share",
];

#[test]
fn every_indicator_is_computed_twice_or_named_here() {
    let shipped = shipped();
    let unknown: Vec<&str> = shipped.unknown.keys().map(String::as_str).collect();
    assert_eq!(
        unknown, ONCE_ONLY,
        "teach tests/it/second the new part of the language, or name the files here: {:#?}",
        shipped.unknown
    );
    assert!(shipped.definitions.len() > 100, "{} rules", shipped.definitions.len());
}

/// The indicators that differ, and for some of them the smallest extract with which they do.
fn told(case: &compare::Case, differences: &[compare::Difference]) -> String {
    let indicators: BTreeSet<&String> = differences.iter().map(|one| &one.indicator).collect();
    let mut text = format!("{} cells differ, of {indicators:?}\n", differences.len());
    for indicator in indicators.into_iter().take(AT_MOST) {
        let only = shipped().only(indicator);
        let small = case.shrunk(&only);
        let (left, _) = small.differences(&only).expect("it was taken in before");
        let left: Vec<String> = left.into_iter().take(4).map(|one| one.shown).collect();
        text += &format!("{}{}\n\n", small.shown(), left.join("\n"));
    }
    text
}

/// Differences that are shown in full.
const AT_MOST: usize = 12;

/// Runs the extracts of some seeds; panics with the smallest extract that differs.
fn agree(seeds: std::ops::Range<u64>, members: usize) -> usize {
    let shipped = shipped();
    let mut cells = 0;
    for seed in seeds {
        let case = chance::case(seed, members);
        let (differences, compared) =
            case.differences(&shipped).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert!(differences.is_empty(), "seed {seed}:\n{}", told(&case, &differences));
        cells += compared;
    }
    cells
}

#[test]
fn random_timelines_give_the_same_twice() {
    let cells = agree(0..3, 30);
    assert!(cells > 10_000, "the cases say something: {cells} cells");
}

#[test]
#[ignore = "thousands of timelines; run it after a change of the kernel"]
fn thousands_of_random_timelines_give_the_same_twice() {
    agree(1000..1040, 60);
}
