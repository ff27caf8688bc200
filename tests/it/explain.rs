//! Every number can be traced: its units add up to it, and each rests on rows that are named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use throughline::indicator::Measure;
use throughline::kernel::{self, Cell, Plan, StratumKind, Tallies};
use throughline::pipeline::{self, Folders};
use throughline::store;
use throughline::terms::{Day, Grain, Period};

use crate::golden::throughline;
use crate::kernel::made_up;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Exactly the same sums, counts and members, for every indicator, organisation and breakdown.
#[test]
fn units_add_up_to_every_tally() {
    let folder = tempfile::tempdir().expect("a folder");
    let extracts = folder.path().join("extracts");
    made_up(&extracts, 350, 30);
    let everything = pipeline::read(&shipped("pipelines/everything.toml")).expect("a file");
    let everything = everything.unwrap_or_else(|problems| panic!("{problems}"));
    let folders = Folders {
        extracts: Some(extracts),
        store: Some(folder.path().join("store")),
        ..Folders::default()
    };
    let snapshot =
        pipeline::ingest(&everything, &folders, None, &|_| {}).expect("the extracts are fit");
    let prepared = pipeline::prepare(&everything, snapshot.manifest()).expect("extract dates");
    let start = Day::parse("2026-06-01").expect("a day");
    let periods = vec![
        Period::starting(Grain::Month, start),
        Period::starting(Grain::Quarter, start.months_later(-2)),
        Period::starting(Grain::Year, start.months_later(-11)),
    ];
    let indicators: Vec<_> =
        everything.definitions.iter().flat_map(|one| one.indicators.clone()).collect();
    let mut strata = everything.strata.clone();
    for name in ["discharging_facility", "attributed_agency"] {
        let kind = StratumKind::from_name(name).expect("a kind");
        strata.extend((!strata.contains(&kind)).then_some(kind));
    }
    let plan = Plan::new(indicators, periods, strata, prepared.settings, &prepared.supply)
        .with_activities(pipeline::activities(&snapshot).expect("a store"));
    let buckets: Vec<u32> = (0..snapshot.buckets()).collect();
    let columns = plan.columns();
    let open = |bucket: &u32| snapshot.batches(*bucket, &columns);
    let (counted, _) = kernel::count(&plan, &buckets, open, |_| {}).expect("a store");
    let units = kernel::units(&plan, &buckets, open, |_| true).expect("a store");
    let added = kernel::add_up(&plan, &units);
    let shown = |cell: &Cell| format!("{} {cell:?}", counted.measures[cell.measure].id);
    let mut seen = BTreeSet::new();
    for (cell, tally) in &counted.cells {
        let sum = added.cells.get(cell);
        assert_eq!(sum, Some(tally), "{}", shown(cell));
        seen.insert(cell.measure);
    }
    for (cell, tally) in &added.cells {
        // A member may be looked at without anything being counted.
        let empty = tally.numerator == 0 && tally.denominator == 0;
        let empty = empty && tally.excluded.iter().all(|count| *count == 0);
        assert!(empty || counted.cells.contains_key(cell), "{}", shown(cell));
    }
    table_adds_up(&pipeline::units_table(&units, &counted.measures), &counted, folder.path());
    listed_as_counted(&folder.path().join("store"), &counted.measures);
    let computable = counted.measures.iter().filter(|one| one.is_computable()).count();
    assert!(seen.len() * 20 >= computable * 19, "{} of {computable} say something", seen.len());
}

/// The list of indicators calls computable what a run computes from the same store.
fn listed_as_counted(store: &Path, measures: &[Measure]) {
    let folder = shipped("pipelines/indicators");
    let [store, folder] = [store, &folder].map(|path| path.to_str().expect("a path"));
    let output = throughline(&["indicators", "--store", store, "--folder", folder]);
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    for one in measures.iter().filter(|one| one.preset == "default") {
        let start = format!("  {} ", one.id);
        let line = list.lines().find(|line| line.starts_with(&start)).expect("a line");
        assert_eq!(line.contains("not computable: "), !one.is_computable(), "{line}");
    }
}

/// Whose sum it is: indicator, preset, first and last day, kind and name of the group, level.
type Key = (String, String, i32, i32, String, String, Option<String>);

/// The table of units, once written and read again, has the sums of the tallies.
fn table_adds_up(table: &RecordBatch, counted: &Tallies, folder: &Path) {
    let file = folder.join("units.parquet");
    store::write_table(&file, table).expect("a file");
    let mut sums: BTreeMap<Key, (i128, i128, i64)> = BTreeMap::new();
    for batch in store::read_table(&file).expect("a table") {
        let column = |name: &str| batch.column_by_name(name).expect("a column");
        let [indicator, preset, kind, group, level, outcome, reason] =
            ["indicator", "preset", "group_kind", "group", "level", "outcome", "reason"]
                .map(|name| column(name).as_string::<i32>());
        let [start, end] =
            ["period_start", "period_end"].map(|name| column(name).as_primitive::<Date32Type>());
        let [numerators, denominators] =
            ["numerator", "denominator"].map(|name| column(name).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            let key = (
                indicator.value(row).to_owned(),
                preset.value(row).to_owned(),
                start.value(row),
                end.value(row),
                kind.value(row).to_owned(),
                group.value(row).to_owned(),
                level.is_valid(row).then(|| level.value(row).to_owned()),
            );
            let sum = sums.entry(key).or_default();
            if outcome.value(row) == "excluded" {
                assert!(reason.is_valid(row));
                sum.2 += 1;
            } else {
                sum.0 += i128::from(numerators.value(row));
                sum.1 += i128::from(denominators.value(row));
            }
        }
    }
    for (cell, tally) in &counted.cells {
        let level = (cell.stratum.kind == "level").then(|| cell.stratum.value.clone());
        if level.is_none() && cell.stratum.kind != "all" {
            continue;
        }
        let measure = &counted.measures[cell.measure];
        let (kind, name) = throughline::oversight::group_words(&cell.group);
        let key = (
            measure.id.clone(),
            measure.preset.clone(),
            cell.period.start.0,
            cell.period.end.0,
            kind.to_owned(),
            name.to_owned(),
            level,
        );
        let expected = (tally.numerator, tally.denominator, tally.excluded.iter().sum());
        assert_eq!(sums.get(&key), Some(&expected), "{key:?}");
    }
}

/// A store of a few members whose lines are known, and a pipeline over it.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(site.path("extracts")).expect("a folder");
        let mut stays = "stay_id,member_id,admit,discharge,facility_class,level,dx1\n".to_owned();
        let mut contacts =
            "contact_id,member_id,contact_date,service_class,agency_id,status\n".to_owned();
        let mut enrolment = "member_id,start,bho_id\n".to_owned();
        for member in 1..=8 {
            let bho = if member % 2 == 0 { "North" } else { "South" };
            enrolment += &format!("M{member},2023-01-01,{bho}\n");
            stays += &format!("S{member},M{member},2024-03-01,2024-03-10,acute_psych,6,F20.9\n");
            contacts += &format!("A{member},M{member},2024-01-15,therapy,G1,attended\n");
            contacts += &format!("B{member},M{member},2024-03-12,therapy,G1,no_show\n");
            if member != 3 {
                contacts += &format!("C{member},M{member},2024-03-14,therapy,G1,attended\n");
                contacts += &format!("D{member},M{member},2024-03-16,therapy,G1,attended\n");
            }
        }
        site.write("extracts/stays.csv", &stays);
        site.write("extracts/contacts.csv", &contacts);
        site.write("extracts/enrolment.csv", &enrolment);
        site.write(
            "extracts/manifest.csv",
            "source,extract_date,runout_days\ncontacts,2024-12-31,0\nstays,2024-12-31,0\nenrolment,2024-12-31,0\n",
        );
        let text = format!(
            "title = \"Site\"\nstore = \"store\"\nreports = \"reports\"\n[extracts]\nfolder = \"extracts\"\n\
             [indicators]\nfolders = [\"{}\"]\nuse = [\"fu_hosp_mh_7d\", \"loc_mix\", \"upc\"]\n",
            shipped("pipelines/indicators").display()
        );
        site.write("site.toml", &text);
        let output = throughline(&["ingest", &site.text("site.toml")]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    fn explain(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let pipeline = self.text("site.toml");
        let mut all = vec!["explain"];
        all.extend(arguments);
        all.extend(["--pipeline", &pipeline]);
        let output = throughline(&all);
        let text =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        (output.status.code(), text.concat())
    }
}

#[test]
fn a_number_is_traced_to_lines_of_the_extracts() {
    let site = Site::new();
    let (code, text) =
        site.explain(&["fu_hosp_mh_7d", "--period", "2024-03", "--group", "bho=South"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("considered                         4  of 4 members"), "{text}");
    assert!(text.contains("75.0\u{a0}%"), "{text}");
    let (_, text) = site.explain(&["fu_hosp_mh_7d", "--period", "2024-03", "--member", "M5"]);
    let tail = text.split("  member M5").nth(1).unwrap_or(&text);
    // The first attended contact after the discharge decides: neither the one missed two days after
    // it nor the later one is named.
    let expected = expect_test::expect![[r"
        , discharge 2024-03-10: met, decided on 2024-03-14 (day +4)
                       enrolment  2023-01-01               enrolment.csv line 6: bho_id South
                index  stay       2024-03-01 to 2024-03-10 stays.csv line 6: class acute_psych, level 6, dx1 F20.9
               day +4  contact    2024-03-14               contacts.csv line 18: class therapy, status attended

                                   2024-03-10                       2024-04-09
          day 0             ············◆···································  discharge
          counts [0, 30]    ············├────────────────────────────────┤··  another admission for mental health here counts instead
          left out [0, 30]  ············├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤··  not enrolled on every day from discharge to day 30
          left out [0, 30]  ············├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤··  window not complete at the data-through date
          left out [0, 30]  ············├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤··  died within 30 days
          left out [0, 30]  ············├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤··  hospice within 30 days
          left out [0, 30]  ············├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤··  admitted to residential care within 30 days
          left out [0, 30]  ············├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤··  admitted to hospital within 30 days for another than a mental-health reason
          met [1, 7]        ·············├━━━━━━┤···························  a qualifying contact in days 1 to 7 after the discharge (the day itself does not count)
          enrolment         ████████████████████████████████████████████████
          stay              ··███████████···································
          contact           ··············•·•··•····························
    "]];
    expected.assert_eq(tail);
    let (_, text) = site.explain(&["fu_hosp_mh_7d", "--period", "2024-03", "--member", "M3"]);
    assert!(text.contains("discharge 2024-03-10: not met\n"), "{text}");
    assert!(!text.contains("contacts.csv"), "nothing that happened decides: {text}");
}

#[test]
fn the_units_of_a_number_are_a_table_that_adds_up() {
    let site = Site::new();
    let file = site.text("units.parquet");
    let (code, text) =
        site.explain(&["fu_hosp_mh_7d", "--period", "2024", "--units", &file, "--sample", "0"]);
    assert_eq!(code, Some(0), "{text}");
    let batches = store::read_table(Path::new(&file)).expect("a table");
    let sum = |name: &str| -> i64 {
        let column = |batch: &RecordBatch| {
            let numbers = batch.column_by_name(name).expect("a column");
            numbers.as_primitive::<Int64Type>().iter().flatten().sum::<i64>()
        };
        batches.iter().map(column).sum()
    };
    assert_eq!((sum("numerator"), sum("denominator")), (7, 8));
    assert!(text.contains("8 units: "), "{text}");
    let inside = site.text("reports/units.parquet");
    let (code, text) = site.explain(&["fu_hosp_mh_7d", "--period", "2024", "--units", &inside]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("must stay apart from the reports"), "{text}");
}

#[test]
fn a_wrong_question_gets_a_way_out() {
    let site = Site::new();
    for (arguments, message) in [
        (vec!["fu_hosp_mh_7"], "did you mean `fu_hosp_mh_7d`?"),
        (vec!["upc"], "it has the variants `upc@clinician`"),
        (vec!["upc@clinician.median"], "this statistic of `upc@clinician`"),
        (vec!["loc_mix"], "--stratum level=0"),
        (vec!["fu_hosp_mh_7d", "--period", "March"], "expected a month (2026-09)"),
        (vec!["fu_hosp_mh_7d", "--period", "2031"], "choose one with --period"),
        (vec!["fu_hosp_mh_7d", "--period", "2024", "--group", "bho=Nort"], "did you mean `North`?"),
        (vec!["fu_hosp_mh_7d", "--period", "2024", "--group", "county=X"], "`all` or `bho=ID`"),
        (vec!["fu_hosp_mh_7d", "--period", "2024", "--stratum", "sexx=F"], "did you mean `sex`?"),
        (vec!["fu_hosp_mh_7d", "--period", "2024", "--stratum", "sex=Q"], "there are unknown"),
        (vec!["fu_hosp_mh_7d", "--preset", "other"], "with the presets default"),
        (vec!["fu_hosp_mh_7d", "--member", "M77"], "no member with this id has a row"),
    ] {
        let (code, text) = site.explain(&arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
        assert!(text.contains(message), "expected `{message}` for {arguments:?} in:\n{text}");
        assert!(!text.contains("M77"), "a member's id is in a message: {text}");
    }
}

/// The blocks of a kind in `pipelines/README.md`, in order.
fn blocks(kind: &str) -> Vec<String> {
    let text = std::fs::read_to_string(shipped("pipelines/README.md")).expect("the text");
    let fence = format!("```{kind}\n");
    let after = text.split(&fence).skip(1);
    after.map(|block| block.split("```").next().unwrap_or("").to_owned()).collect()
}

/// What the text for authors shows is what the program prints.
#[test]
fn the_walk_through_shows_what_is_printed() {
    const FILE: &str = "pipelines/indicators/continuity/seen_after_stay_14d.toml";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(FILE);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("the program starts");
        let text =
            [output.stderr, output.stdout].map(|text| String::from_utf8_lossy(&text).into_owned());
        text.concat()
    };
    let first = blocks("toml").remove(0);
    let put_right = first.replace("days    = [1, 13] ", "days    = [1, 14] ");
    assert_ne!(first, put_right);
    let shown = blocks("text");
    let misspelt = put_right.replace("\"qualifying\"", "\"qualifing\"");
    for (text, shown) in [(&first, &shown[0]), (&misspelt, &shown[1]), (&put_right, &shown[2])] {
        std::fs::write(&file, text).expect("a file");
        let printed = run(&["check", FILE]);
        assert!(
            printed.starts_with(shown.as_str()),
            "the text shows\n{shown}\nbut it is\n{printed}"
        );
    }
    let printed = run(&["indicators", "seen_after_stay_14d"]);
    assert!(
        printed.contains(shown[3].as_str()),
        "the text shows\n{}\nbut it is\n{printed}",
        shown[3]
    );
}

impl Site {
    fn worklist(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let (pipeline, lists) = (self.text("site.toml"), self.text("worklists.toml"));
        let mut all = vec!["worklist", &pipeline, "--lists", &lists];
        all.extend(arguments);
        let output = throughline(&all);
        let text =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        (output.status.code(), text.concat())
    }
}

#[test]
fn work_lists_name_who_to_see_and_stay_out_of_reports() {
    let site = Site::new();
    let lists = std::fs::read_to_string(shipped("pipelines/worklists.toml")).expect("the lists");
    let folders = format!("folders = [\"{}\"]\n", shipped("pipelines/indicators").display());
    site.write("worklists.toml", &format!("{folders}{lists}"));
    let out = site.text("worklists");
    let (code, text) = site.worklist(&["--out", &out, "--as-of", "2024-03-13"]);
    assert_eq!(code, Some(0), "{text}");
    let csv = std::fs::read_to_string(site.path("worklists/South/worklist.csv")).expect("a list");
    let members: Vec<&str> = csv
        .lines()
        .filter(|line| line.contains("fu_hosp_mh_7d"))
        .map(|line| line.split(',').nth(2).unwrap_or(""))
        .collect();
    // M1, M5 and M7 have a contact on the next day, which is in the store already.
    assert_eq!(members, ["M3"], "{csv}");
    assert!(csv.contains("South,G1,M3,\"Discharged, and not seen since\",4,2024-03-17,discharge,2024-03-10,2024-01-15"), "{csv}");
    let page = std::fs::read_to_string(site.path("worklists/South/worklist.html")).expect("a page");
    assert!(page.contains("M3") && page.contains("4 left") && !page.contains("M2"), "{page}");
    // Twice is once, and what anybody else wrote is left alone.
    assert_eq!(site.worklist(&["--out", &out, "--as-of", "2024-03-13"]).0, Some(0));
    for inside in ["reports", "reports/lists", "reports/../reports/2024-03", "."] {
        let folder = site.text(inside);
        let (code, text) = site.worklist(&["--out", &folder]);
        assert_eq!(code, Some(2), "{inside}: {text}");
        assert!(text.contains("must stay apart from the reports"), "{text}");
    }
    let (code, text) = site.worklist(&["--out", &site.text("store/lists")]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("this lies in the store"), "{text}");
    let (code, text) = site.worklist(&["--out", &site.text("extracts")]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("holds `contacts.csv`"), "{text}");
    let (code, text) = site.worklist(&["--out", &out, "--bho", "Sout"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("did you mean `South`?"), "{text}");
    site.write(
        "worklists.toml",
        &format!("{folders}{}", lists.replace("\"fu_hosp_mh_7d\"", "\"fu_hosp_mh_7\"")),
    );
    let (code, text) = site.worklist(&["--out", &out]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("did you mean `fu_hosp_mh_7d`?"), "{text}");
}

/// Both parts of a share of money are cents inside, and dollars for people.
#[test]
fn a_share_of_money_is_told_in_dollars() {
    let site = crate::site::Site::new("\"spend_share_24h\"").with_contacts(1);
    site.write("extracts/enrolment.csv", "member_id,start,bho_id\nM01,2023-01-01,B1\n");
    let costs = "claim_id,member_id,service_date,level,amount_paid\n\
                 K1,M01,2024-01-03,6,300.25\nK2,M01,2024-01-05,2,100.50\n";
    site.write("extracts/cost.csv", costs);
    let dated = ["contacts", "enrolment", "cost"].map(|name| format!("{name},2024-03-31,0\n"));
    site.write(
        "extracts/manifest.csv",
        "source,extract_date,runout_days\n".to_owned() + &dated.concat(),
    );
    site.fine(&["ingest", "@site.toml"]);
    let asked = ["explain", "spend_share_24h", "--period", "2024-01", "--pipeline", "@site.toml"];
    let told = site.fine(&[&asked[..], &["--units", "@units.parquet"]].concat());
    assert!(told.contains("member M01, adds $300.25 over $400.75"), "{told}");
    let units = store::read_table(&site.path("units.parquet")).expect("a table");
    let number = |name: &str| {
        let column = units[0].column_by_name(name).expect("a column");
        column.as_primitive::<Int64Type>().value(0)
    };
    let names = ["numerator", "numerator_parts", "denominator", "denominator_parts"];
    assert_eq!(names.map(number), [30_025, 100, 40_075, 100]);
}
