//! Level of care as an outcome: reached, on average and on a day; and studies on stores that cannot say.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use throughline::diagnostic::{Document, Problems, Source};
use throughline::study::{Study, check_study_examples, lacks, read_study};

fn read(rest: &str) -> Result<Study, Problems> {
    let text = format!(
        r#"
id = "levels"
title = "Levels"
question = "At which level of care are people?"
follow_up = 120
index = {{ discharge = "inpatient" }}
analysis = {{ at_index = true, draws = 20 }}
intervention = [{{ name = "Care", classes = ["peer"] }}]
strategy = [
  {{ name = "Care", gets = [{{ intervention = "Care", days = [-30, 0] }}] }},
  {{ name = "No care", otherwise = true }},
]
covariate = [{{ name = "Need", age = true }}]
{rest}"#
    );
    read_study(&Document::parse(Source { path: "levels.toml".into(), text }).expect("it is TOML"))
}

/// The discharge is on 10 February 2024; day 120 is 9 June. A stay ended on day 0, so that day 90 is
/// the last on which it counts.
const OUTCOMES: &str = r#"
[[outcome]]
name  = "Step down"
level = { at_most = 1, for_days = 30 }

[[outcome]]
name  = "Step up"
level = { at_least = 3 }

[[outcome]]
name  = "Kept in outpatient care"
level = { at_least = 1, at_most = 2, for_days = 40 }

[[outcome]]
name       = "Mean"
mean_level = true

[[outcome]]
name     = "On day 100"
level_on = 100
"#;

fn example(timeline: &str, more: &str, outcomes: &str) -> String {
    format!(
        "[[example]]\nname = \"one\"\ntimeline = [\"stay 2024-02-01..2024-02-10\", {timeline}]\n{more}\nexpect = \"No care\"\noutcomes = {{ {outcomes} }}\n"
    )
}

#[track_caller]
fn check(timeline: &str, more: &str, outcomes: &str) {
    let text = format!("{OUTCOMES}\n{}", example(timeline, more, outcomes));
    let study = read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    let found = check_study_examples(&study);
    assert!(found.is_empty(), "{found}");
}

#[test]
fn a_stay_leaves_maintenance_and_then_nothing() {
    // 89 days of level 1 and 31 of level 0: the last night, of 9 February, is day −1.
    check(
        "",
        "",
        "\"Step down\" = 30, \"Step up\" = \"none\", \"Kept in outpatient care\" = 40, \
         \"Mean\" = 0.741666666666666667, \"On day 100\" = 0",
    );
}

#[test]
fn a_contact_goes_on_for_thirty_days() {
    // Level 2 on days 5 to 35, maintenance before and until day 95, nothing after it.
    check(
        "\"contact 2024-02-15\"",
        "",
        "\"Step down\" = 65, \"Step up\" = \"none\", \"Kept in outpatient care\" = 40, \
         \"Mean\" = 1.05, \"On day 100\" = 0",
    );
}

#[test]
fn the_last_contact_decides_between_contacts() {
    // 1 on days 1 to 4, ACT (3) on days 5 to 14, therapy (2) on days 15 to 45, 1 up to day 105, then 0.
    check(
        "\"contact 2024-02-15 class=act\", \"contact 2024-02-25\"",
        "",
        "\"Step up\" = 5, \"Step down\" = 75, \"Mean\" = 1.3, \"On day 100\" = 1",
    );
}

#[test]
fn readmissions_are_levels_of_their_own() {
    // Ten nights at level 6 from day 100 on.
    check(
        "\"stay 2024-05-20..2024-05-30\"",
        "",
        "\"Step up\" = 100, \"Step down\" = 30, \"On day 100\" = 6",
    );
}

#[test]
fn who_is_not_seen_on_the_day_is_not_counted() {
    let ends = "data_through = \"2024-03-11\"";
    check("", ends, "\"Mean\" = 1, \"On day 100\" = \"none\", \"Step down\" = 30");
    let ends = "data_through = \"2024-03-10\"";
    check("", ends, "\"On day 100\" = \"none\", \"Step down\" = \"none\"");
    let dies = "\"member birth=1980-01 death=2024-03-01\"";
    check(dies, "", "\"Mean\" = 1, \"On day 100\" = \"none\", \"Step down\" = \"none\"");
}

#[test]
fn custody_is_no_level() {
    // In jail on days 20 to 24, so that 30 days in a row begin on day 25.
    check(
        "\"event 2024-03-01 type=incarceration_start\", \"event 2024-03-06 type=incarceration_end\"",
        "",
        "\"Step down\" = 54, \"On day 100\" = 0",
    );
}

#[track_caller]
fn check_problem(rest: &str, expected: &Expect) {
    let problems = read(rest).expect_err("a problem");
    expected.assert_eq(&problems.to_string());
}

#[test]
fn ranges_and_days_are_checked_where_they_stand() {
    let outcome = |rest: &str| format!("[[outcome]]\nname = \"Level\"\n{rest}\n");
    check_problem(
        &outcome("level = { at_least = 3, at_most = 2 }"),
        &expect![[r"
        error: no level is at least the one and at most the other
          --> levels.toml:16:9
           |
        16 | level = { at_least = 3, at_most = 2 }
           |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in this table
           |
        help: levels are 0 (prevention), 1 (recovery maintenance), 2 (low-intensity community), 3 (high-intensity community), 4 (intensive non-residential), 5 (24-hour residential), 6 (24-hour inpatient): `at_most = 2` for a step down, `at_least = 3` for a step up"]],
    );
    check_problem(
        &outcome("level = { at_mots = 2 }"),
        &expect![[r"
            error: a level of care says at least or at most which
              --> levels.toml:16:9
               |
            16 | level = { at_mots = 2 }
               |         ^^^^^^^^^^^^^^^ in this table
               |
            help: levels are 0 (prevention), 1 (recovery maintenance), 2 (low-intensity community), 3 (high-intensity community), 4 (intensive non-residential), 5 (24-hour residential), 6 (24-hour inpatient): `at_most = 2` for a step down, `at_least = 3` for a step up

            error: unknown setting `at_mots`
              --> levels.toml:16:11
               |
            16 | level = { at_mots = 2 }
               |           ^^^^^^^ nothing reads this
               |
            help: did you mean `at_most`?"]],
    );
    check_problem(
        &outcome("level = { at_most = 7 }"),
        &expect![[r"
        error: `at_most` is out of range
          --> levels.toml:16:21
           |
        16 | level = { at_most = 7 }
           |                     ^ expected 0 to 6"]],
    );
    check_problem(
        &outcome("level_on = 200"),
        &expect![[r"
        error: nobody is followed so far
          --> levels.toml:16:12
           |
        16 | level_on = 200
           |            ^^^ follow-up is 120 days
           |
        help: name an earlier day, or let `follow_up` be longer"]],
    );
    check_problem(
        &outcome("mean_levle = true"),
        &expect![[r"
            error: unknown setting `mean_levle`
              --> levels.toml:16:1
               |
            16 | mean_levle = true
               | ^^^^^^^^^^ nothing reads this
               |
            help: did you mean `mean_level`?"]],
    );
}

#[test]
fn what_a_store_cannot_say_is_no_zero() {
    let rest = r#"
[[outcome]]
name = "Days"
community_days = true

[[outcome]]
name = "Spent"
cost = true
"#;
    let study = read(rest).unwrap_or_else(|problems| panic!("{problems}"));
    let with = |tables: &[&str]| -> BTreeSet<String> {
        tables.iter().map(|table| (*table).to_owned()).collect()
    };
    let all = with(&["contacts", "members", "stays", "cost"]);
    assert!(lacks(&study, &all).is_empty());
    let said = lacks(&study, &with(&["contacts", "members", "stays"])).to_string();
    expect![[r"
        error: the outcome `Spent` needs `cost`, and the store has none
          --> levels.toml:19:1
           |
        19 | [[outcome]]
           | ^^^^^^^^^^^ asked for here
           |
        help: without it everybody would seem to have none: take it in with `throughline ingest`, or leave this out of the study"]].assert_eq(&said);
}
