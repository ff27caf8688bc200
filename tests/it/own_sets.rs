//! Sets of stays that a definition names by their levels: what is wrong is drawn, what is right is
//! told in words, and each single stay is itself.

use expect_test::{Expect, expect};
use throughline::diagnostic::{Document, Source};
use throughline::indicator::{self, DEFAULT_PRESET, Definition};
use throughline::kernel::{self, Plan, StratumKind};
use throughline::pipeline::{self, Folders};
use throughline::terms::{Day, Grain, Period};

use crate::definitions::{definitions, files_in};
use crate::site::Site;

const SITE: &str = "tests/it/second/site";

#[test]
fn definitions_of_a_site_load_and_their_examples_hold() {
    for path in files_in(SITE) {
        for definition in definitions(&path) {
            let problems = kernel::check_examples(&definition);
            assert!(problems.is_empty(), "{problems}");
        }
    }
}

/// A definition of discharges from some stays.
fn read(stays: &str, numerator: &str) -> Result<Definition, String> {
    let text = format!(
        "id = \"mine\"\ntitle = \"Mine\"\nfamily = \"continuity\"\ncounts = \"stay\"\nbetter = \"higher\"\nobjectives = [4]\n\
         evidence = \"project-defined\"\nsource = \"Mine\"\nrationale = \"Mine\"\n[index]\ndischarge = {stays}\n[numerator]\n{numerator}\n\
         [[example]]\nname = \"none\"\ntimeline = [\"contact 2024-02-01\"]\nexpect = \"nothing\"\n"
    );
    let source = Source { path: "mine.toml".to_owned(), text };
    let document = Document::parse(source).map_err(|problems| problems.to_string())?;
    indicator::read(&document, DEFAULT_PRESET).map_err(|problems| problems.to_string())
}

const ANY: &str = "contact = { is = \"row\" }\ndays = [1, 7]";

#[track_caller]
fn told(stays: &str, numerator: &str, expected: &Expect) {
    expected.assert_eq(&match read(stays, numerator) {
        Ok(definition) => definition.indicators[0].measure.sentence.clone(),
        Err(problems) => problems,
    });
}

#[test]
fn sets_are_told_in_words() {
    told(
        "{ level = [5, 6], single = true }",
        ANY,
        &expect![
            "Of discharges from single stays at levels 5 to 6 after at least one night. Met: a contact row in days 1 to 7 after the discharge (the day itself does not count)."
        ],
    );
    told(
        "{ level = [4, 4] }",
        ANY,
        &expect![
            "Of discharges from spells of stays at level 4 after at least one night. Met: a contact row in days 1 to 7 after the discharge (the day itself does not count)."
        ],
    );
    told(
        "{ level = [0, 6], gap = 0 }",
        ANY,
        &expect![
            "Of discharges from spells of stays at levels 0 to 6 (one begins by the day on which the other ends) after at least one night. Met: a contact row in days 1 to 7 after the discharge (the day itself does not count)."
        ],
    );
    told(
        "{ level = [0, 6], gap = 3 }",
        ANY,
        &expect![
            "Of discharges from spells of stays at levels 0 to 6 (at most 3 days from one to the next) after at least one night. Met: a contact row in days 1 to 7 after the discharge (the day itself does not count)."
        ],
    );
    let known = "assessed_level = \"known\"\ndays = [-90, 0]";
    told(
        "\"24h\"",
        known,
        &expect![
            "Of discharges from spells of 24-hour care after at least one night. Met: an assessment that recommends a level of care from day -90 to day 0 around the discharge."
        ],
    );
    let over = "assessed_level = \"over\"\ndays = [-90, 0]";
    told(
        "\"24h\"",
        over,
        &expect![
            "Of discharges from spells of 24-hour care after at least one night. Met: the level of the stay lies above (is more restrictive than) the one that the latest assessment recommends from day -90 to day 0 around the discharge."
        ],
    );
}

#[test]
fn every_problem_is_drawn_on_the_users_text() {
    told(
        "{ level = [6, 5] }",
        ANY,
        &expect![[r"
        error: `level` is a first and a last number
          --> mine.toml:11:23
           |
        11 | discharge = { level = [6, 5] }
           |                       ^^^^^^ expected two from 0 to 6, the smaller one first
           |
        help: such as `level = [0, 6]`"]],
    );
    told(
        "{ level = [5, 7] }",
        ANY,
        &expect![[r"
        error: `level` is a first and a last number
          --> mine.toml:11:23
           |
        11 | discharge = { level = [5, 7] }
           |                       ^^^^^^ expected two from 0 to 6, the smaller one first
           |
        help: such as `level = [0, 6]`"]],
    );
    told(
        "{ gap = 0 }",
        ANY,
        &expect![[r"
        error: `level` is missing
          --> mine.toml:11:13
           |
        11 | discharge = { gap = 0 }
           |             ^^^^^^^^^^^ stays of which levels?
           |
        help: such as `level = [5, 6]`, or `[6, 6]` for one"]],
    );
    told(
        "{ level = [5, 6], gap = -1 }",
        ANY,
        &expect![[r"
        error: `gap` is out of range
          --> mine.toml:11:37
           |
        11 | discharge = { level = [5, 6], gap = -1 }
           |                                     ^^ expected 0 to 366"]],
    );
}

#[test]
fn what_does_not_go_together_or_is_not_known_is_drawn_as_well() {
    told(
        "{ level = [5, 6], gap = 0, single = true }",
        ANY,
        &expect![[r"
        error: single stays have no gap
          --> mine.toml:11:37
           |
        11 | discharge = { level = [5, 6], gap = 0, single = true }
           |                                     ^           ---- … and none are
           |                                     |
           |                                     how far apart stays are one …
           |
        help: leave one of them out"]],
    );
    told(
        "{ level = [5, 6], singel = true }",
        ANY,
        &expect![[r"
        error: unknown setting `singel`
          --> mine.toml:11:31
           |
        11 | discharge = { level = [5, 6], singel = true }
           |                               ^^^^^^ nothing reads this
           |
        help: did you mean `single`?"]],
    );
    told(
        "\"inpatent\"",
        ANY,
        &expect![[r#"
        error: unknown discharge `inpatent`
          --> mine.toml:11:13
           |
        11 | discharge = "inpatent"
           |             ^^^^^^^^^^ expected `inpatient`, `24h`, `residential`
           |
        help: did you mean `inpatient`?"#]],
    );
    told(
        "\"24h\"",
        "assessed_level = \"below\"",
        &expect![[r#"
        error: `days` is missing
          --> mine.toml:12:1
           |
        12 | [numerator]
           | ^^^^^^^^^^^ in this table
           |
        help: add a window such as `days = [1, 7]`

        error: unknown assessed_level `below`
          --> mine.toml:13:18
           |
        13 | assessed_level = "below"
           |                  ^^^^^^^ expected `known`, `equal`, `under`, `over`"#]],
    );
}

#[test]
fn each_of_two_stays_that_end_on_one_day_belongs_to_its_own_facility() {
    let site = Site::new("\"fu_hosp_mh_7d\"");
    site.write(
        "extracts/stays.csv",
        "stay_id,member_id,admit,discharge,level,facility_id\n\
         S1,M1,2024-02-01,2024-02-10,5,F1\nS2,M1,2024-02-05,2024-02-10,6,F2\n",
    );
    site.write(
        "extracts/enrolment.csv",
        "member_id,start,end,bho_id\nM1,2020-01-01,2030-01-01,B1\n",
    );
    site.write(
        "extracts/contacts.csv",
        "contact_id,member_id,contact_date,service_class,service_code,agency_id\n\
         C1,M1,2024-02-12,therapy,H0004,A1\n",
    );
    site.write(
        "extracts/manifest.csv",
        "source,extract_date,coverage_start,runout_days\ncontacts,2024-06-30,2024-01-01,0\n\
         stays,2024-06-30,2024-01-01,0\nenrolment,2024-06-30,2024-01-01,0\n",
    );
    let pipeline = pipeline::read(&site.path("site.toml")).expect("a file");
    let pipeline = pipeline.unwrap_or_else(|problems| panic!("{problems}"));
    let folders = Folders::default();
    let snapshot = pipeline::ingest(&pipeline, &folders, None, &|_| {}).expect("fit extracts");
    let prepared = pipeline::prepare(&pipeline, snapshot.manifest()).expect("extract dates");
    let month = Period::starting(Grain::Month, Day::parse("2024-02-01").expect("a day"));
    let definition = read("{ level = [5, 6], single = true }", ANY).expect("it is right");
    let facility = StratumKind::from_name("discharging_facility").expect("a kind");
    let plan = Plan::new(
        definition.indicators,
        vec![month],
        vec![facility],
        prepared.settings,
        &prepared.supply,
    );
    let buckets: Vec<u32> = (0..snapshot.buckets()).collect();
    let columns = plan.columns();
    let open = |bucket: &u32| snapshot.batches(*bucket, &columns);
    let (counted, _) = kernel::count(&plan, &buckets, open, |_| {}).expect("a store");
    let units = kernel::units(&plan, &buckets, open, |_| true).expect("a store");
    let added = kernel::add_up(&plan, &units);
    let mut by_facility: Vec<(&str, i128, i128)> = Vec::new();
    for (cell, tally) in &counted.cells {
        assert_eq!(added.cells.get(cell), Some(tally), "{cell:?}");
        if cell.stratum.kind == "discharging_facility" && cell.group == kernel::Group::All {
            by_facility.push((&cell.stratum.value, tally.numerator, tally.denominator));
        }
    }
    assert_eq!(by_facility, [("F1", 1, 1), ("F2", 1, 1)]);
}
