//! What people received, in which order, and how their courses resemble one another: eras and
//! pathways of interventions, state sequences and their groups. Nothing here reads a file; people
//! come in as typed values and are known by their place in a list.
//!
//! | question | where |
//! |---|---|
//! | what does a study ask? | [`Study`], from a file by [`read_study`] |
//! | which interventions, alone or together, in which order? | [`pathways`], by [`PathwayRules`] |
//! | how many people went which way, and for how long? | [`pathway_table()`], [`step_durations`], [`line_changes`] |
//! | in which state was a person each month? | [`monthly_states`], a [`Sequence`] of states such as [`CareState`] |
//! | how varied and how downward is one course? | [`entropy`], [`complexity`], [`turbulence`], [`degradation`] |
//! | which states when, and what follows what? | [`state_distribution`], [`TransitionRates`] |
//! | how unlike are two courses? | [`distances`] by a [`Metric`] |
//! | which kinds of courses are there? | [`course_groups`]: by [`pam()`] or [`ward()`], judged by [`silhouette()`] and [`bootstrap_stability`], chosen by [`best`] |
//!
//! Groups of courses describe. They are no exposure for outcomes of the same months: who lives
//! longer has more time to show a pattern.

mod bootstrap;
mod care_state;
mod combination;
mod cost;
mod course_group;
mod description;
mod distance;
mod distinct;
mod era;
mod grouping;
mod line_change;
mod matching;
mod monthly;
mod pam;
mod partition;
mod pathway;
mod pathway_rules;
mod pathway_table;
mod read;
mod read_pathways;
mod read_sequences;
mod sequence;
mod sequence_index;
mod silhouette;
mod state_table;
mod ward;

pub use bootstrap::{Draws, Stability, bootstrap_stability};
pub use care_state::CareState;
pub use cost::{CostError, Costs, PositionCosts};
pub use course_group::{CourseGroup, CourseGroups, course_groups};
pub use description::{CostRule, Delivered, MetricRule, SequenceRules, Study};
pub use distance::{DistanceError, Distances, Metric, Norm, distances};
pub use distinct::Distinct;
pub use era::{Combination, Era, Intervention, MOST_INTERVENTIONS, collapsed, eras_of_contacts};
pub use grouping::{Candidate, Grouping, best};
pub use line_change::{LineChanges, line_changes};
pub use monthly::{Course, Months, StateSpan, monthly_states};
pub use pam::{Medoids, pam};
pub use partition::Partition;
pub use pathway::{Attrition, History, Pathway, Pathways, Step, pathways};
pub use pathway_rules::{
    Anchor, Keep, Overlaps, PathwayRules, ShortEras, Shortness, Split, TargetWindow, Targets,
};
pub use pathway_table::{
    DurationRow, PathGroup, PathwayRow, PathwayTable, pathway_table, step_durations,
};
pub use read::read_study;
pub use sequence::{Sequence, State};
pub use sequence_index::{
    complexity, degradation, entropy, longitudinal_shares, transitions, turbulence, volatility,
};
pub use silhouette::{Silhouette, silhouette};
pub use state_table::{Distribution, TransitionRates, state_distribution};
pub use ward::{Merge, Tree, ward};
