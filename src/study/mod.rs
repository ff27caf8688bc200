//! What people received, in which order, what came of it, and how their courses resemble one another:
//! cohorts, pathways of interventions, state sequences, and comparisons of strategies. Nothing here
//! reads a file; people are known by their place in a list.
//!
//! | question | where |
//! |---|---|
//! | what does a study ask? | [`Study`], from a file by [`read_study`] |
//! | who is followed, and how many are left at each step? | [`enter`] one member, [`Cohort`] |
//! | how do strategies differ, weighted for what was known before? | [`contrasts()`] |
//! | is the difference worth its cost? | [`cost_effect()`] |
//! | what does it need that a store lacks? | [`lacks`] |
//! | what of it may be shown? | [`publish`], every number through a [`Screen`] |
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

mod analysis_rows;
mod bootstrap;
mod care_level;
mod care_state;
mod career;
mod clone_contrast;
mod clones;
mod cohort;
mod combination;
mod contrast;
mod cost;
mod cost_effect;
mod cost_effect_sheet;
mod course_group;
mod curves;
mod description;
mod design;
mod distance;
mod distinct;
mod effect;
mod entangled;
mod era;
mod example;
mod finding;
mod flow_sheet;
mod grouping;
mod line_change;
mod matching;
mod matrix;
mod model;
mod model_sheet;
mod monthly;
mod needs;
mod observe;
mod occupation;
mod pam;
mod partition;
mod pathway;
mod pathway_rules;
mod pathway_table;
mod person;
mod published;
mod published_courses;
mod published_paths;
mod read;
mod read_design;
mod read_outcome;
mod read_pathways;
mod read_sequences;
mod sequence;
mod sequence_index;
mod sheet;
mod silhouette;
mod state_table;
mod strata;
mod ward;
mod weight_sheet;
mod wording;
mod worth;

pub use analysis_rows::analysis_rows;
pub use bootstrap::{Draws, Stability, bootstrap_stability};
pub use care_state::CareState;
pub use career::{CareerState, PhaseState};
pub use cohort::{Cohort, Count, Flow, StudyError};
pub use contrast::{Balance, Contrast, Division, Refusal, WeightSummary, contrasts};
pub use cost::{CostError, Costs, PositionCosts};
pub use cost_effect::{Benefit, CostEffect, Gain, Quadrant, cost_effect};
pub use cost_effect_sheet::PublishedCostEffect;
pub use course_group::{CourseGroup, CourseGroups, course_groups};
pub use curves::{DayOfCurve, OutcomeCurves, StrategyCurve};
pub use description::{CostRule, Delivered, MetricRule, SequenceRules, Study};
pub use design::{
    Amount, Analysis, Covariate, Dose, Exposure, Fact, Happening, LevelRun, Outcome,
    OutcomeMeasure, Protocol, Strategy, Timing,
};
pub use distance::{DistanceError, Distances, Metric, Norm, distances};
pub use distinct::Distinct;
pub use effect::{Effect, Estimate};
pub use era::{Combination, Era, Intervention, MOST_INTERVENTIONS, collapsed, eras_of_contacts};
pub use example::{StudyExample, check_study_examples};
pub use finding::Finding;
pub use grouping::{Candidate, Grouping, best};
pub use line_change::{LineChanges, line_changes};
pub use model::{Again, Model, ModelLine};
pub use monthly::{Course, Months, StateSpan, monthly_states};
pub use needs::lacks;
pub use occupation::{Career, CareerDay};
pub use pam::{Medoids, pam};
pub use partition::Partition;
pub use pathway::{Attrition, History, Pathway, Pathways, Step, pathways};
pub use pathway_rules::{
    Anchor, Keep, Overlaps, PathwayRules, ShortEras, Shortness, Split, TargetWindow, Targets,
};
pub use pathway_table::{
    DurationRow, PathGroup, PathwayRow, PathwayTable, pathway_table, step_durations,
};
pub use person::{Entry, Followed, Lost, Observed, Person, Reading, enter};
pub use published::{ForestRow, PublishedContrast, PublishedStudy, publish};
pub use published_courses::{CourseBlock, CourseMonth, PublishedCourse, PublishedCourses};
pub use published_paths::PublishedPathways;
pub use read::read_study;
pub use sequence::{Sequence, State};
pub use sequence_index::{
    complexity, degradation, entropy, longitudinal_shares, transitions, turbulence, volatility,
};
pub use sheet::{Field, Screen, Sheet};
pub use silhouette::{Silhouette, silhouette};
pub use state_table::{Distribution, TransitionRates, state_distribution};
pub use strata::StratumFinding;
pub use ward::{Merge, Tree, ward};
pub use weight_sheet::BalanceRow;
pub use worth::WorthRule;
