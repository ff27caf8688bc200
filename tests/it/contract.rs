//! Contract files: the shipped one is right, and a wrong one is told all of its mistakes at once.

use std::path::Path;

use expect_test::expect;
use throughline::diagnostic::{Document, Source};
use throughline::indicator::Better;
use throughline::kernel::Group;
use throughline::oversight::Settings;
use throughline::oversight::contract::{Contract, Target};
use throughline::pipeline::{check_contract, month, read};
use throughline::terms::Day;

use crate::site::Site;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn checked(text: &str) -> Result<Contract, String> {
    let source = Source { path: "contract.toml".to_owned(), text: text.to_owned() };
    let document = Document::parse(source).expect("the text is TOML");
    let place = root().join("pipelines/contracts/contract.toml");
    check_contract(&document, &place).map_err(|problems| problems.to_string())
}

#[test]
fn the_shipped_pipeline_has_a_contract_with_ten_objectives() {
    let pipeline = read(&root().join("pipelines/monthly.toml")).expect("a file");
    let contract = pipeline.unwrap_or_else(|problems| panic!("{problems}")).contract;
    let contract = contract.expect("the pipeline names one");
    let numbers: Vec<u8> = contract.objectives.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list of every mistake and what is told of it")]
fn every_mistake_is_told_at_once() {
    let wrong = r#"title = "Wrong"
period = "quartr"
[organisations]
ids = ["B1", "B2", "B1"]
[[organisations.peers]]
ids = ["B1", "B3"]
[[objective]]
number = 1
title = "First"
lead = ["fu_hosp_mh_7", "loc_mix", "upc"]
[[objective]]
number = 1
title = "Again"
leads = ["readmit_30d"]
[[target]]
indicator = "readmit_30d"
at_least = 0.2
[[target]]
indicator = "fu_hosp_mh_7d"
at_least = 55
organisations = ["B7"]
from = "2026-13"
[[target]]
indicator = "fu_hosp_mh_7d"
[[target]]
indicator = "pmpm_bh"
at_most = 300
from = "2026-06"
to = "2026-01"
[[target]]
indicator = "pmpm_bh"
at_most = 290
to = "2026-05"
[[target]]
indicator = "pmpm_bh"
at_most = 280
from = "2026-05"
"#;
    let told = checked(wrong).expect_err("there are mistakes");
    expect![[r#"
        error: `attribution` is missing
         --> contract.toml:1:1
          |
        1 | title = "Wrong"
          | ^ in this table
          |
        help: add `attribution = …`: to whom events and members belong: enrolment

        error: unknown period `quartr`
         --> contract.toml:2:10
          |
        2 | period = "quartr"
          |          ^^^^^^^^ expected `month`, `quarter`, `year`
          |
        help: did you mean `quarter`?

        error: `B1` is named twice
         --> contract.toml:4:20
          |
        4 | ids = ["B1", "B2", "B1"]
          |                    ^^^^ here again

        error: there is no organisation `B3`
         --> contract.toml:6:14
          |
        6 | ids = ["B1", "B3"]
          |              ^^^^ not under [organisations]
          |
        help: did you mean `B1`?

        error: there is no indicator `fu_hosp_mh_7`
          --> contract.toml:10:9
           |
        10 | lead = ["fu_hosp_mh_7", "loc_mix", "upc"]
           |         ^^^^^^^^^^^^^^ not among the indicator files
           |
        help: did you mean `fu_hosp_mh_7d`?

        error: `loc_mix` has no single number
          --> contract.toml:10:25
           |
        10 | lead = ["fu_hosp_mh_7", "loc_mix", "upc"]
           |                         ^^^^^^^^^ shares by level of care
           |
        help: name an indicator with one value for each organisation

        error: `upc` has variants
          --> contract.toml:10:36
           |
        10 | lead = ["fu_hosp_mh_7", "loc_mix", "upc"]
           |                                    ^^^^^ which one?
           |
        help: name one of `upc@clinician`, `upc@team`, `upc@agency`

        error: no lead indicator is named
          --> contract.toml:11:1
           |
        11 | [[objective]]
           | ^^^^^^^^^^^^^ here
           |
        help: an objective is told by at least one: `lead = ["…"]`

        error: objective 1 is there twice
          --> contract.toml:12:10
           |
        12 | number = 1
           |          ^ here again

        error: unknown setting `leads`
          --> contract.toml:14:1
           |
        14 | leads = ["readmit_30d"]
           | ^^^^^ nothing reads this
           |
        help: did you mean `lead`?

        error: `readmit_30d` is better when lower
          --> contract.toml:17:12
           |
        17 | at_least = 0.2
           |            ^^^ `at_least` would reward the worse
           |
        help: write `at_most`

        error: no value of `fu_hosp_mh_7d` can be 55
          --> contract.toml:20:12
           |
        20 | at_least = 55
           |            ^^ out of range
           |
        help: shares are written from 0 to 1: 0.55 for 55 %

        error: there is no organisation `B7`
          --> contract.toml:21:18
           |
        21 | organisations = ["B7"]
           |                  ^^^^ not under [organisations]
           |
        help: did you mean `B1`?

        error: unknown period `2026-13`
          --> contract.toml:22:8
           |
        22 | from = "2026-13"
           |        ^^^^^^^^^ not a month
           |
        help: write a month such as `2026-01`

        error: this target has no direction
          --> contract.toml:23:1
           |
        23 | [[target]]
           | ^ here
           |
        help: add `at_least = …` or `at_most = …`

        error: this target never holds
          --> contract.toml:28:8
           |
        28 | from = "2026-06"
           |        ^^^^^^^^^ begins here …
        29 | to = "2026-01"
           |      --------- … and ends before
           |
        help: swap the months

        error: two targets for `pmpm_bh` hold at once
          --> contract.toml:34:1
           |
        30 | [[target]]
           | - … and this one
        ...
        34 | [[target]]
           | ^ this one …
           |
        help: give them periods or organisations that do not overlap"#]]
    .assert_eq(&told);
}

#[test]
fn the_most_particular_target_holds() {
    let bound = |organisations: &[&str], at: f64, from: Option<&str>| Target {
        organisations: organisations.iter().map(|id| (*id).to_owned()).collect(),
        from: from.and_then(Day::parse),
        ..Target::for_all("coc_bb", Better::Higher, at)
    };
    let mut settings = Settings::new(Day::parse("2026-12-31").expect("a day"));
    settings.targets = vec![
        bound(&[], 0.5, None),
        bound(&["B1"], 0.6, Some("2026-07-01")),
        Target::for_all("coc_bb@team", Better::Higher, 0.7),
    ];
    let at = |id: &str, group: &Group, when: &str| {
        let month = month(when).expect("a month");
        settings.target(id, "coc_bb", group, month).map(|target| target.at)
    };
    let bho = |id: &str| Group::Bho(id.to_owned());
    assert_eq!(at("coc_bb@agency", &Group::All, "2026-08"), Some(0.5));
    assert_eq!(at("coc_bb@agency", &bho("B1"), "2026-08"), Some(0.6));
    assert_eq!(at("coc_bb@agency", &bho("B1"), "2026-06"), Some(0.5));
    assert_eq!(at("coc_bb@team", &bho("B1"), "2026-08"), Some(0.7));
    assert_eq!(at("coc_bb@agency", &bho("unknown"), "2026-08"), None);
    // A file with an indicator of its own name: what is shown beside it has no target.
    settings.targets =
        vec![Target { variants: false, ..Target::for_all("fu", Better::Higher, 0.5) }];
    let month = month("2026-08").expect("a month");
    let of = |id: &str| settings.target(id, "fu", &Group::All, month).map(|target| target.at);
    assert_eq!((of("fu"), of("fu@in_person")), (Some(0.5), None));
}

#[test]
fn race_is_never_adjusted_for() {
    let contract = |by: &str| {
        checked(&format!(
            "title = \"Fair\"\nperiod = \"quarter\"\nattribution = \"enrolment\"\n[organisations]\nids = [\"B1\"]\n\
             [standardisation]\nby = [{by}]\n[[objective]]\nnumber = 1\ntitle = \"One\"\nlead = [\"fu_hosp_mh_7d\"]\n"
        ))
    };
    let fair = contract(r#""age_band", "sex", "prior_admissions""#)
        .unwrap_or_else(|told| panic!("{told}"));
    let names: Vec<&str> = fair.standardised_by.iter().map(|kind| kind.name()).collect();
    assert_eq!(names, ["age_band", "sex", "prior_admissions"]);
    let told = contract(
        r#""age_band", "race_eth", "smi_sec", "county", "age_band", "Ethnicity", "prior_admission""#,
    );
    let told = told.expect_err("six mistakes");
    for part in [
        "`race_eth` is never adjusted for",
        "adjusting would hide a disparity",
        "`smi_sec` cannot be adjusted for",
        "did you mean `smi_sed`?",
        "`county` cannot be adjusted for",
        "`age_band` is named twice",
        "`Ethnicity` is never adjusted for",
        "did you mean `prior_admissions`?",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = contract(r#""sex""#).expect_err("one attribute");
    assert!(told.contains("fewer than two covariates"), "{told}");
}

/// What a file asks to be reported by year only has no month, is explained by year, and cannot be in a
/// contract that judges quarters.
#[test]
fn a_file_may_ask_for_years_alone() {
    let site = Site::new("\"seen_at_all\", \"months_with_contact\"").with_contacts(12);
    let manifest =
        "source,extract_date,coverage_start,runout_days\ncontacts,2024-12-31,2024-01-01,0\n";
    site.write("extracts/manifest.csv", manifest);
    std::fs::create_dir(site.path("own")).expect("a folder");
    let shipped = root().join("pipelines/indicators");
    let file = std::fs::read_to_string(shipped.join("continuity/months_with_contact.toml"));
    let file = file.expect("it is there").replacen("months_with_contact", "seen_at_all", 1);
    site.write("own/seen_at_all.toml", file.replacen("better", "grains = [\"year\"]\nbetter", 1));
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("it is there");
    let pipeline = pipeline.replace("folders = [", "folders = [\"own\", ");
    site.write("site.toml", &pipeline);
    site.fine(&["run", "@site.toml"]);
    let periods = |id: &str| {
        let rows =
            site.results("reports/2024-12", &[("indicator", id), ("group", "all")], ["period"]);
        rows.into_iter().map(|[period]| period).collect::<std::collections::BTreeSet<String>>()
    };
    assert_eq!(periods("seen_at_all").into_iter().collect::<Vec<_>>(), ["year"]);
    assert_eq!(periods("months_with_contact").len(), 3);
    let said = site.fine(&["explain", "seen_at_all", "--pipeline", "@site.toml"]);
    assert!(said.contains("number      2024-01 to 2024-12, everyone"), "{said}");

    let contract = "title = \"C\"\nperiod = \"quarter\"\nattribution = \"enrolment\"\n[organisations]\nids = [\"B1\"]\n\
        [[objective]]\nnumber = 1\ntitle = \"T\"\nlead = [\"seen_at_all\"]\n";
    site.write("contract.toml", contract);
    site.write(
        "site.toml",
        pipeline.replacen("store =", "contract = \"contract.toml\"\nstore =", 1),
    );
    let said = site.says(&["check", "@site.toml"], 1);
    assert!(
        said.contains("`seen_at_all` is not reported by quarter, as this contract judges"),
        "{said}"
    );
}
