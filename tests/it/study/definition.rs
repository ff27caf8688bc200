//! Study files: what is read, and how problems are drawn on the author's text.

use expect_test::{Expect, expect};
use throughline::diagnostic::{Document, Problems, Source};
use throughline::study::{
    Anchor, CareState, CostRule, Delivered, Distinct, Grouping, Intervention, Keep, Metric,
    MetricRule, Norm, Overlaps, PathwayRules, Shortness, Study, Targets, check_study_examples,
    read_study,
};

use super::letters;

fn read(text: &str) -> Result<Study, Problems> {
    let source = Source { path: "step_down.toml".into(), text: text.into() };
    read_study(&Document::parse(source).expect("it is TOML"))
}

#[track_caller]
fn check_problem(text: &str, expected: &Expect) {
    let problems = read(text).expect_err("a problem");
    expected.assert_eq(&problems.to_string());
}

const HEAD: &str = r#"
id       = "step_down"
title    = "After hospital"
question = "Which care follows a stay in hospital, and in which order?"
index    = { discharge = "inpatient" }
"#;

const THERAPY: &str = r#"
[[intervention]]
name    = "Therapy"
classes = ["therapy"]
"#;

#[test]
fn a_whole_file_is_read() {
    let text = format!(
        r#"{HEAD}min_cell = 20
{THERAPY}
[[intervention]]
name    = "Medication"
classes = ["medication"]
tail    = 28

[[intervention]]
name  = "Residential"
stays = 5

[pathways]
preset                 = "treatment_patterns"
first                  = {{ days = -60 }}
last                   = {{ from = "start", days = 365 }}
targets                = "apart"
min_era                = 7
min_era_after_collapse = true
overlaps               = "keep"
keep                   = "changes"
max_path               = 3
split                  = [{{ intervention = "Therapy", days = 90 }}]

[sequences]
months       = 24
norm         = "longer_length"
substitution = 2
groups_by    = "ward"
least_groups = 3
most_groups  = 6
draws        = 50
seed         = 7
cost         = [{{ between = ["Custody", "Dead"], cost = 3.5 }}]
"#
    );
    let study = read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((study.id.as_str(), study.min_cell), ("step_down", 20));
    let names = ["Therapy", "Medication", "Residential", "Therapy (acute)", "Therapy (therapy)"];
    assert_eq!(study.names, names);
    let gaps: Vec<Option<(i32, i32)>> = study
        .interventions
        .iter()
        .map(|delivered| match delivered {
            Delivered::Contacts { gap, tail, .. } => Some((*gap, *tail)),
            Delivered::Stays { .. } => None,
        })
        .collect();
    assert_eq!(gaps, [Some((30, 7)), Some((45, 28)), None]);

    let rules = study.pathways.expect("pathways are asked for");
    assert_eq!((rules.window.first_from, rules.window.first_days), (Anchor::Start, -60));
    assert_eq!((rules.window.last_from, rules.window.last_days), (Anchor::Start, 365));
    assert_eq!(
        (rules.targets, rules.overlaps, rules.keep),
        (Targets::Apart, Overlaps::Keep, Keep::Changes)
    );
    assert_eq!((rules.min_era, rules.shortness), (7, Shortness::AfterCollapse));
    assert_eq!((rules.combination_window, rules.max_path), (30, 3));
    let split = rules.splits[0];
    let numbers = [split.intervention, split.acute, split.therapy].map(Intervention::number);
    assert_eq!((numbers, split.days), ([0, 3, 4], 90));

    let sequences = study.sequences.expect("sequences are asked for");
    assert_eq!((sequences.months, sequences.norm), (24, Norm::LongerLength));
    assert_eq!((sequences.grouping, sequences.groups), (Grouping::Ward, 3..=6));
    assert_eq!((sequences.draws.count, sequences.draws.seed), (50, 7));
    let MetricRule::OptimalMatching(CostRule::Given(costs)) = sequences.metric else {
        panic!("constant costs but one")
    };
    let place = |state: CareState| state.state().index();
    let (custody, dead) = (place(CareState::Custody), place(CareState::Dead));
    assert_eq!(costs.substitution(dead, custody).to_string(), "3.5");
    assert_eq!(costs.substitution(dead, place(CareState::NoContact)).to_string(), "2");
    assert_eq!(costs.indel().to_string(), "1.75");
}

#[test]
fn what_is_left_out_is_ours() {
    let study = read(&format!("{HEAD}{THERAPY}\n[pathways]\n")).expect("a file");
    assert_eq!(study.pathways, Some(PathwayRules::ours()));
    assert_eq!((study.min_cell, study.sequences), (11, None));
    let text = format!("{HEAD}\n[sequences]\nmonths = 12\ncosts = \"transition_rates\"\n");
    let rules = read(&text).expect("a file").sequences.expect("sequences");
    assert_eq!((rules.grouping, rules.groups, rules.norm), (Grouping::Pam, 2..=8, Norm::Raw));
    let distinct = Distinct::new(&[letters("AB", "AB")]);
    assert!(matches!(rules.metric.metric(&distinct, 2), Metric::OptimalMatching(_)));
}

#[test]
fn odd_rules_are_said() {
    assert!(PathwayRules::ours().oddities().is_empty());
    assert!(PathwayRules::treatment_patterns().oddities().is_empty());
    let rules = PathwayRules { min_era: 20, ..PathwayRules::ours() };
    assert_eq!(rules.oddities().len(), 2);
}

#[test]
fn an_intervention_is_contacts_or_stays() {
    check_problem(
        &format!("{HEAD}\n[[intervention]]\nname = \"Peer\"\n\n[pathways]\n"),
        &expect![[r#"
            error: an intervention is made of contacts or of stays
             --> step_down.toml:7:1
              |
            7 | [[intervention]]
              | ^^^^^^^^^^^^^^^^ this has neither
              |
            help: write `classes = ["therapy"]` for contacts or `stays = [5]` for the level of stays"#]],
    );
    check_problem(
        &format!("{HEAD}\n[[intervention]]\nname = \"Home\"\nstays = [2]\n\n[pathways]\n"),
        &expect![[r"
            error: stays are at a level of 24-hour care
             --> step_down.toml:9:10
              |
            9 | stays = [2]
              |          ^ expected 5 (residential) or 6 (inpatient)"]],
    );
}

#[test]
fn words_are_suggested() {
    check_problem(
        &format!("{HEAD}{THERAPY}\n[pathways]\nkeep = \"chnages\"\nmax_pth = 4\n"),
        &expect![[r#"
            error: unknown keep `chnages`
              --> step_down.toml:12:8
               |
            12 | keep = "chnages"
               |        ^^^^^^^^^ expected `first`, `changes`, `all`
               |
            help: did you mean `changes`?

            error: unknown setting `max_pth`
              --> step_down.toml:13:1
               |
            13 | max_pth = 4
               | ^^^^^^^ nothing reads this
               |
            help: did you mean `max_path`?"#]],
    );
    check_problem(
        &format!(
            "{HEAD}{THERAPY}\n[pathways]\nsplit = [{{ intervention = \"Terapy\", days = 90 }}]\n"
        ),
        &expect![[r#"
            error: there is no intervention `Terapy`
              --> step_down.toml:12:27
               |
            12 | split = [{ intervention = "Terapy", days = 90 }]
               |                           ^^^^^^^^ not the name of an [[intervention]]
               |
            help: did you mean `Therapy`?"#]],
    );
}

#[test]
fn costs_are_checked_where_they_stand() {
    let sequences = |rest: &str| format!("{HEAD}\n[sequences]\nmonths = 12\n{rest}");
    check_problem(
        &sequences("costs = \"transition_rates\"\nsubstitution = 2\n"),
        &expect![[r#"
            error: costs from transition rates have no numbers of their own
              --> step_down.toml:10:16
               |
            10 | substitution = 2
               |                ^ nothing reads this
               |
            help: write `costs = "constant"`, or leave this out"#]],
    );
    check_problem(
        &sequences("cost = [{ between = [\"Custody\"], cost = 3 }]\n"),
        &expect![[r#"
            error: a cost stands between two different states
             --> step_down.toml:9:9
              |
            9 | cost = [{ between = ["Custody"], cost = 3 }]
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in this table
              |
            help: write `between = ["Custody", "No contact"]` and `cost = 3`"#]],
    );
    check_problem(
        &sequences("substitution = -1\n"),
        &expect![[r"
            error: `substitution` is out of range
             --> step_down.toml:9:16
              |
            9 | substitution = -1
              |                ^^ expected above 0"]],
    );
}

#[test]
fn days_to_begin_end_before_follow_up() {
    let text = |grace: i32| {
        format!(
            r#"{HEAD}follow_up = 14
analysis = {{ grace = {grace} }}
strategy = [
  {{ name = "Therapy", gets = [{{ intervention = "Therapy", days = [1, 10] }}] }},
  {{ name = "None", otherwise = true }},
]
outcome = [{{ name = "Readmission", admission = "inpatient" }}]
covariate = [{{ name = "Age", age = true }}]
{THERAPY}"#
        )
    };
    read(&text(13)).unwrap_or_else(|problems| panic!("{problems}"));
    check_problem(
        &text(14),
        &expect![[r"
            error: the days to begin reach to the end of follow-up
             --> step_down.toml:7:22
              |
            7 | analysis = { grace = 14 }
              |                      ^^ follow-up is 14 days from the same day on
              |
            help: set `follow_up` to more days than `grace`"]],
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    let text = format!(
        "id = \"other\"\ntitle = \"\"\n{THERAPY}{THERAPY}\n[[intervention]]\nname = \"A-B\"\n\
         classes = [\"peers\"]\n"
    );
    check_problem(
        &text,
        &expect![[r#"
            error: `question` is missing
             --> step_down.toml:1:1
              |
            1 | id = "other"
              | ^ in this table
              |
            help: add `question = …`: what the study asks

            error: [index] is missing
             --> step_down.toml:1:1
              |
            1 | id = "other"
              | ^ in this file
              |
            help: say which event begins: `discharge = "inpatient"`

            error: this study computes nothing
             --> step_down.toml:1:1
              |
            1 | id = "other"
              | ^ in this file
              |
            help: add [analysis], [pathways] or [sequences]

            error: the id differs from the name of the file
             --> step_down.toml:1:6
              |
            1 | id = "other"
              |      ^^^^^^^ not the file's name
              |
            help: call the file `other.toml`, or change the id

            error: `title` is empty
             --> step_down.toml:2:9
              |
            2 | title = ""
              |         ^^ expected what a reader calls it

            error: there is an intervention `Therapy` already
             --> step_down.toml:9:11
              |
            5 | name    = "Therapy"
              |           --------- first here
            ...
            9 | name    = "Therapy"
              |           ^^^^^^^^^ here again

            error: a name without `-` and `+` is needed
              --> step_down.toml:13:8
               |
            13 | name = "A-B"
               |        ^^^^^ `-` joins the steps of a path and `+` those at one time

            error: unknown classes `peers`
              --> step_down.toml:14:12
               |
            14 | classes = ["peers"]
               |            ^^^^^^^ expected `assessment`, `screening`, `therapy`, `medication`, `case_management`, `coordination`, `peer`, `rehab`, `skills`, `supported_employment`, `supported_housing`, `supported_education`, `psychoeducation`, `crisis_ambulatory`, `outreach`, `iop`, `php`, `act`, `wraparound`, `residential_day`, `inpatient_day`, `wm`, `moud`, `monitoring`, `prevention`, `other`
               |
            help: did you mean `peer`?"#]],
    );
}

#[test]
fn examples_are_run_and_drawn_where_they_fail() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/studies");
    let path = folder.join("step_down_peer.toml");
    let text = std::fs::read_to_string(path).expect("a study");
    let text = text.replace("step_down_peer", "step_down");
    let study = read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(study.examples.len() > 8);
    assert!(check_study_examples(&study).is_empty());
    let wrong = text
        .replace("\"Readmission\" = 10", "\"Readmission\" = 11")
        .replace("expect   = \"Without peer support\"", "expect   = \"With peer support\"");
    let study = read(&wrong).unwrap_or_else(|problems| panic!("{problems}"));
    let said = check_study_examples(&study).to_string();
    for part in ["gives 10", "gives \"Without peer support\"", "comes after time zero"] {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
    let unknown = text.replace("{ \"Readmission\" = \"none\" }", "{ \"Readmision\" = true }");
    let said = read(&unknown).expect_err("an unknown outcome").to_string();
    assert!(
        said.contains("unknown outcome `Readmision`") && said.contains("Readmission"),
        "{said}"
    );
}
