//! What the author of an indicator file is told: a wrong value is never passed over, a list of settings
//! is complete, and the manual has the same settings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use expect_test::{Expect, expect};
use throughline::diagnostic::{Document, Problems, Section, Source, Value};
use throughline::indicator;

use crate::definitions::{document, files};
use crate::site::Site;

const HEAD: &str = "\
id = \"told\"\ntitle = \"Told\"\nfamily = \"continuity\"\ncounts = \"stay\"\nbetter = \"higher\"
objectives = [4]\nevidence = \"project-defined\"\nsource = \"Made up\"\nrationale = \"To be told\"
";
const EXAMPLE: &str = "[[example]]\nname = \"nothing\"\ntimeline = []\nexpect = \"nothing\"\n";

/// What is said of a file with this rule, in any of its presets; nothing where it is right.
fn told(rule: &str) -> String {
    let example = if rule.contains("[[example]]") { "" } else { EXAMPLE };
    let text = format!("{HEAD}{rule}\n{example}");
    let document = match Document::parse(Source { path: "told.toml".to_owned(), text }) {
        Ok(document) => document,
        Err(problems) => return problems.to_string(),
    };
    let mut problems = Problems::default();
    for preset in indicator::presets(&document) {
        problems.extend(indicator::read(&document, &preset).err().unwrap_or_default());
    }
    problems.to_string()
}

#[track_caller]
fn check(rule: &str, expected: &Expect) {
    expected.assert_eq(&told(rule));
}

/// Each rule has a problem with these words, and none about anything that is right.
#[track_caller]
fn check_each(rules: &[(&str, &str)]) {
    for (rule, words) in rules {
        let said = told(rule);
        assert!(said.contains(words), "`{words}` is not said of\n{rule}\n\n{said}");
    }
}

const ANY: &str = "[index]\ncontact = { is = \"row\" }\n[numerator]\n";

#[test]
fn days_after_are_told_where_they_stand() {
    check(
        "[index]\ncontact = { is = \"row\" }\ndays_after = 91\n[numerator]\nalways = true",
        &expect![[r"
            error: `days_after` goes with `any = […]`, and not with `repeat`
              --> told.toml:12:14
               |
            12 | days_after = 91
               |              ^^ here
               |
            help: leave it out, or name the units with `any = [{ … }]`"]],
    );
}

#[test]
fn a_key_that_its_units_do_not_have_is_told() {
    check(
        "[index]\nreferral = true\ndiagnosis = [\"psychosis\"]\ndays_apart = 31\n[numerator]\nalways = true",
        &expect![[r#"
            error: `diagnosis` goes with `discharge`, `admission` and `ed_visit`
              --> told.toml:12:13
               |
            12 | diagnosis = ["psychosis"]
               |             ^^^^^^^^^^^^^ it would change nothing here
               |
            help: leave it out

            error: `days_apart` goes with `discharge`, `ed_visit`, `assessment`, `contact`, `event`, `any`, `planned_end`, `positive_screen`, `need_found`, `sector_need` and `birthday`
              --> told.toml:13:14
               |
            13 | days_apart = 31
               |              ^^ it would change nothing here
               |
            help: leave it out"#]],
    );
    let of = |index: &str| format!("[index]\n{index}\n[numerator]\nalways = true");
    check_each(&[
        (&of("ed_visit = true\nchain = { days = [0, 1] }"), "`chain` goes with `discharge`"),
        (&of("ed_visit = true\nnights_min = 2"), "`nights_min` goes with `discharge`"),
        (&of("ed_visit = true\nor_facility = [\"rtf\"]"), "`or_facility` goes with `discharge`"),
        (&of("discharge = \"24h\"\nfirst = true"), "`first` goes with `admission`"),
        (&of("discharge = \"24h\"\nonce = true"), "`once` goes with `any` and `months_with`"),
        (&of("plan = true\nrepeat = { every = 90, times = 4 }"), "`repeat` goes with `any`"),
        (&of("admission = \"24h\"\ndays_apart = 30"), "`days_apart` goes with `discharge`"),
    ]);
}

/// An age holds for whatever the units are, and of each member the first unit is one.
#[test]
fn what_a_sentence_says_of_units_holds() {
    let example = |timeline: &str, expected: &str| {
        format!("[[example]]\nname = \"n\"\ntimeline = [{timeline}]\nexpect = {expected}\n")
    };
    let of = |index: &str| format!("[index]\n{index}\n[numerator]\nalways = true\n");
    let born = "\"member birth=1980-01\"";
    for unit in ["referral 2024-03-01", "plan 2024-03-01", "assessment 2024-03-01 level=2"] {
        let word = unit.split(' ').next().expect("a word");
        for (age, expected) in [(44, "\"met\""), (45, "\"nothing\"")] {
            let rule = of(&format!("{word} = true\nage_min = {age}"));
            assert_eq!(told(&(rule + &example(&format!("{born}, \"{unit}\""), expected))), "");
        }
    }
    let arrests = "\"event 2024-03-01 type=arrest\", \"event 2024-04-01 type=arrest\"";
    let rule = of("any = [{ event = [\"arrest\"] }]\nonce = true");
    assert_eq!(told(&(rule + &example(arrests, "\"met\""))), "");
}

#[test]
fn a_word_that_is_no_answer_is_told_with_one_that_is() {
    let example = "always = true\n[[example]]\nname = \"n\"\nexpect = \"nothing\"\n";
    let line =
        |cell: &str| format!("{ANY}{example}timeline = [\"stay 2024-02-01..2024-02-10 {cell}\"]");
    for (cell, help) in [("planned=1", "write yes or no"), ("level=high", "write a whole number")] {
        let said = told(&line(cell));
        assert!(said.contains(help), "{said}");
    }
}

#[test]
fn a_level_that_there_is_not_is_told() {
    check(
        "[rate]\ncost = true\nper = \"member-month\"\nlevel = [5, 7]",
        &expect![[r"
            error: `level` is a first and a last number
              --> told.toml:13:9
               |
            13 | level = [5, 7]
               |         ^^^^^^ expected two from 0 to 6, the smaller one first
               |
            help: such as `level = [0, 6]`"]],
    );
    for level in ["[7, 9]", "[-1, 3]", "[3, 1]", "[5]", "5", "[\"5\", \"6\"]"] {
        let said = "is a first and a last number";
        let contact = format!(
            "[index]\ncontact = {{ is = \"row\", level = {level} }}\n[numerator]\nalways = true"
        );
        let waiting =
            format!("[rate]\nwaiting = [\"waitlisted\"]\nper = \"member\"\nrecommended = {level}");
        let cost = format!(
            "[index]\ndischarge = \"24h\"\n[numerator]\nalways = true\n[value]\nof = \"cost\"\ndays = [0, 9]\nlevel = {level}"
        );
        let lines = format!(
            "[rate]\nper = \"member\"\nmoney_of = [{{ discharge = \"24h\", lines = {{ level = {level} }} }}]"
        );
        for rule in [contact, waiting, cost, lines] {
            check_each(&[(&rule, said)]);
        }
    }
}

#[test]
fn a_wrong_value_is_not_passed_over() {
    check_each(&[
        (&format!("{ANY}any_of = []"), "`any_of` is empty"),
        (&format!("{ANY}any = []\ndays = [0, 1]"), "`any` is empty"),
        (&format!("{ANY}rows = {{ is = \"row\", code = [] }}\ndays = [0, 1]"), "`code` is empty"),
        (&format!("{ANY}rows = {{ is = \"row\", class = [] }}\ndays = [0, 1]"), "`class` is empty"),
        (
            &format!("{ANY}rows = {{ is = \"row\", place_not = [\"99x\"] }}\ndays = [0, 1]"),
            "unknown place of service `99x`",
        ),
        (&format!("{ANY}agencies = false\ndays = [0, 1]\nat_least = 1"), "nothing is counted"),
        (
            &format!("{ANY}agencies = true\ndays = [0, 1]\nat_least = 3\nat_most = 2"),
            "this is never met",
        ),
        (
            "[index]\ndischarge = \"24h\"\n[numerator]\nsame_agency = { after_discharge = [0, 9] }",
            "two windows are needed",
        ),
        (&format!("{ANY}age = [17, 0]"), "`age` is a first and a last number"),
        (&format!("{ANY}always = true\ndays = [0, 1]\nwithin = 3"), "`within` is not read here"),
        ("[rate]\ndeaths = true\nper = \"member\"\nlevel = [5, 6]", "`level` is not read here"),
        (
            "[rate]\ndeaths = true\nper = \"member\"\nover = { events = [\"arrest\"] }",
            "`per` is not read here",
        ),
        (
            "[member]\nvisits_to = \"team\"\n[value]\nof = \"usual_provider\"\ndays = 90",
            "`days` is not read here",
        ),
        (
            "[member]\nvisits_to = \"team\"\ncontact = { is = \"row\" }\n[value]\nof = \"entropy\"",
            "`contact` is not read here",
        ),
        (&format!("preset.hedis = 3\n{ANY}always = true"), "expected a table"),
    ]);
}

/// `zzz` in each kind of table, and the place of its settings in the manual.
const TABLES: [(&str, &str); 22] = [
    ("the file", "zzz = 1\n[mix]\ndays_by = \"level\""),
    (
        "`chain`",
        "[index]\nassessment = true\nchain = { days = [0, 1], zzz = 1 }\n[numerator]\nalways = true",
    ),
    (
        "`repeat`",
        "[index]\nany = [{ death = true }]\nrepeat = { every = 1, times = 1, zzz = 1 }\n[numerator]\nalways = true",
    ),
    (
        "`with`, `without`, `then`",
        "[index]\nassessment = true\nwith = [{ contact = { is = \"row\" }, days = [0, 1], zzz = 1 }]\n[numerator]\nalways = true",
    ),
    (
        "`comes_first`",
        "[index]\nassessment = true\n[[exclusion]]\nreason = \"x\"\ncomes_first = { any = [{ death = true }], days = [0, 1], zzz = 1 }\n[numerator]\nalways = true",
    ),
    (
        "`first_of`",
        "[index]\nassessment = true\n[numerator]\nis = \"a\"\ndays = [0, 1]\nfirst_of = [{ route = \"a\", any = [{ death = true }], zzz = 1 }]",
    ),
    (
        "`scores`",
        "[index]\nepisode_end = 90\n[numerator]\nscores = { is = \"paired\", baseline = [-14, 30], apart = 30, until = 30, zzz = 1 }",
    ),
    (
        "`record`",
        "[index]\nany = [{ record = { table = \"events\", zzz = 1 } }]\n[numerator]\nalways = true",
    ),
    (
        "`member`",
        "[index]\nassessment = true\n[numerator]\nmember = { language = [\"en\"], zzz = 1 }",
    ),
    ("`[index]`", "[index]\ndischarge = \"24h\"\nzzz = 1\n[numerator]\nalways = true"),
    ("a criterion", "[index]\ndischarge = \"24h\"\n[numerator]\nalways = true\nzzz = 1"),
    ("a thing in `any`", "[index]\nany = [{ death = true, zzz = 1 }]\n[numerator]\nalways = true"),
    ("contacts", "[index]\ncontact = { is = \"row\", zzz = 1 }\n[numerator]\nalways = true"),
    (
        "`[[exclusion]]` of units",
        "[index]\ndischarge = \"24h\"\n[[exclusion]]\nreason = \"x\"\nno_service = [0, 1]\nzzz = 1\n[numerator]\nalways = true",
    ),
    (
        "`[value]` of units",
        "[index]\ndischarge = \"24h\"\n[numerator]\nalways = true\n[value]\nof = \"nights\"\nzzz = 1",
    ),
    ("`[member]`", "[member]\nenrolled = true\nzzz = 1\n[value]\nof = \"community_days\""),
    (
        "`[[exclusion]]` of members",
        "[member]\nenrolled = true\n[[exclusion]]\nreason = \"x\"\ndied_in_year = true\nzzz = 1\n[value]\nof = \"community_days\"",
    ),
    (
        "`[value]` of members",
        "[member]\nenrolled = true\n[value]\nof = \"community_days\"\nzzz = 1",
    ),
    ("`[rate]`", "[rate]\ndeaths = true\nper = \"member\"\nzzz = 1"),
    ("`[mix]`", "[mix]\ndays_by = \"level\"\nzzz = 1"),
    ("`[contacts]`", "[contacts]\nof = { is = \"row\" }\nmet = { is = \"attempt\" }\nzzz = 1"),
    (
        "`[[example]]`",
        "[mix]\ndays_by = \"level\"\n[[example]]\nname = \"x\"\ntimeline = []\nexpect = \"nothing\"\nzzz = 1",
    ),
];

/// The words in backticks of a text.
fn words(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The settings that a message lists.
#[track_caller]
fn settings(rule: &str) -> BTreeSet<String> {
    let said = told(rule);
    let listed = said.split("this table may have ").nth(1);
    let listed = listed.unwrap_or_else(|| panic!("no list in\n{said}"));
    words(listed.lines().next().unwrap_or(listed))
}

/// Every key of a shipped file is in the list of its kind of table.
#[test]
fn lists_of_settings_have_whatever_shipped_files_use() {
    let known: BTreeMap<&str, BTreeSet<String>> =
        TABLES.into_iter().map(|(name, rule)| (name, settings(rule))).collect();
    for path in files() {
        let root = document(&path).root;
        let of_members = root.get("member").is_some();
        let (exclusion, value) = if of_members {
            ("`[[exclusion]]` of members", "`[value]` of members")
        } else {
            ("`[[exclusion]]` of units", "`[value]` of units")
        };
        for (key, kind) in [
            ("index", "`[index]`"),
            ("numerator", "a criterion"),
            ("member", "`[member]`"),
            ("rate", "`[rate]`"),
            ("exclusion", exclusion),
            ("value", value),
            ("example", "`[[example]]`"),
        ] {
            for section in sections(&root, key) {
                for (name, _, _) in &section.entries {
                    assert!(known[kind].contains(name), "{}: {kind}: {name}", path.display());
                }
            }
        }
    }
}

fn sections<'s>(root: &'s Section, key: &str) -> Vec<&'s Section> {
    match root.get(key).map(|node| &node.value) {
        Some(Value::Section(section)) => vec![section],
        Some(Value::List(items)) => items
            .iter()
            .filter_map(|item| match &item.value {
                Value::Section(section) => Some(section),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn manual() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/README.md");
    std::fs::read_to_string(path).expect("the manual")
}

/// The rows of the manual's table that begins with this line.
fn rows<'m>(manual: &'m str, head: &str) -> Vec<&'m str> {
    let rows = manual.lines().skip_while(|line| *line != head);
    rows.take_while(|line| line.starts_with('|')).collect()
}

/// The manual lists the settings of each kind of table, no more and no fewer.
#[test]
fn the_manual_lists_the_settings_of_every_table() {
    let manual = manual();
    let rows = rows(&manual, "| table | may have |");
    let mut wrong = Vec::new();
    for (name, rule) in TABLES {
        let start = format!("| {name} | ");
        let row = rows.iter().find_map(|line| line.strip_prefix(&start));
        let (there, known) = (words(row.unwrap_or_default()), settings(rule));
        if there != known {
            let (missing, strange) = (known.difference(&there), there.difference(&known));
            let (missing, strange) = (missing.collect::<Vec<_>>(), strange.collect::<Vec<_>>());
            wrong.push(format!("{name}: missing {missing:?}, unknown {strange:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The manual has every word of the lines of examples.
#[test]
fn the_manual_lists_the_words_of_examples() {
    let said = told(&format!(
        "{ANY}always = true\n[[example]]\nname = \"x\"\nexpect = \"met\"\n\
         timeline = [\"contact 2024-01-01 zzz=1\"]"
    ));
    let list = said.split("help: one of ").nth(1).unwrap_or_else(|| panic!("no list in\n{said}"));
    let manual = manual();
    let rows = rows(&manual, "| line | may say |").into_iter().skip(2);
    let of_rows = rows.filter_map(|row| row.split(" | ").nth(1)).flat_map(words);
    assert_eq!(of_rows.collect::<BTreeSet<String>>(), words(list));
}

#[test]
fn an_unknown_setting_is_told_with_the_one_that_is_near() {
    check(
        "[index]\ncontact = { is = \"row\", not_place = [\"21\"] }\n[numerator]\nalways = true",
        &expect![[r#"
            error: unknown setting `not_place`
              --> told.toml:11:25
               |
            11 | contact = { is = "row", not_place = ["21"] }
               |                         ^^^^^^^^^ nothing reads this
               |
            help: did you mean `place_not`?"#]],
    );
    check_each(&[
        ("[rate]\ncontact = { is = \"row\" }\nper = \"member\"", "did you mean `contacts`?"),
        ("[member]\nvisit_to = \"team\"\n[value]\nof = \"entropy\"", "did you mean `visits_to`?"),
    ]);
}

#[test]
fn a_table_without_a_criterion_is_called_by_its_name() {
    for (rule, name) in [
        ("[index]\nplan = true\n[[index.when]]\n[numerator]\nalways = true", "`[[index.when]]`"),
        (
            "[index]\nplan = true\n[[exclusion]]\nreason = \"x\"\nwhen = {}\n[numerator]\nalways = true",
            "this table",
        ),
        ("[index]\nplan = true\n[numerator]", "`[numerator]`"),
    ] {
        let said = told(rule);
        assert!(said.contains(&format!("error: {name} names no criterion")), "{said}");
        for word in ["any", "any_of", "all_of", "none_of", "event", "admission", "always"] {
            assert!(said.contains(&format!("`{word}`")), "{word}: {said}");
        }
    }
}

#[test]
fn a_value_that_does_not_fit_is_drawn_where_it_stands() {
    check(
        &format!("{ANY}always = true\n[value]\nof = \"how_many\""),
        &expect![[r#"
            error: `how_many` cannot be measured of these units
              --> told.toml:15:6
               |
            15 | of = "how_many"
               |      ^^^^^^^^^^ does not fit index and numerator
               |
            help: `nights` goes with discharges, `how_many` with `any_of` in the numerator, `days_until` and `minutes_until` with a numerator that has a day, `cost` with `always = true`, `standardised_change` with `scores`, `points` with `any = […]` in the index, `level_difference` and `level_agreement` with `delivered_level` where those without a day of care are left out (`no_service`, of the same days)"#]],
    );
}

/// Nothing would be taken for no difference where nothing is delivered, and a contact names no stay.
#[test]
fn what_says_nothing_of_some_units_is_refused() {
    let levels = "[index]\nassessment = true\n[numerator]\ndelivered_level = \"equal\"\ndays = [0, 30]\n[value]\nof = \"level_difference\"\n";
    let left_out =
        |to: i32| format!("{levels}[[exclusion]]\nreason = \"none\"\nno_service = [0, {to}]");
    check_each(&[
        (levels, "`level_difference` cannot be measured of these units"),
        (&left_out(7), "`level_difference` cannot be measured of these units"),
        (&format!("{ANY}agency_known = true"), "this criterion does not fit the unit"),
        (
            &format!("{ANY}contact = {{ is = \"row\" }}\ndays = [0, 1]\nown_agency = true"),
            "`agency_known` about admissions and discharges",
        ),
    ]);
    assert_eq!(told(&left_out(30)), "");
}

/// A faulty example is an example: it is not said that there is none.
#[test]
fn faults_of_an_example_are_told_and_nothing_else() {
    let example = |rest: &str| {
        format!("{ANY}always = true\n[[example]]\nname = \"x\"\nexpect = \"met\"\n{rest}")
    };
    check(
        &example("timeline = [\"stay 2024-03-01..2024-02-01\"]"),
        &expect![[r#"
            error: `2024-03-01..2024-02-01` ends before it starts
              --> told.toml:17:13
               |
            17 | timeline = ["stay 2024-03-01..2024-02-01"]
               |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in this line
               |
            help: write the earlier day first: 2024-02-01..2024-03-01"#]],
    );
    check(
        &example("timeline = [\"contact 2024-03-01 paid_amount_cents=100\"]"),
        &expect![[r#"
            error: unknown field `paid_amount_cents`
              --> told.toml:17:13
               |
            17 | timeline = ["contact 2024-03-01 paid_amount_cents=100"]
               |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in this line
               |
            help: did you mean `amount_cents`?"#]],
    );
    check_each(&[
        (
            &example("timeline = [\"contact 2024-03-01 status=atended\"]"),
            "did you mean `attended`?",
        ),
        (&example("timeline = [\"contact 2024-03-01 place=99x\"]"), "unknown place `99x`"),
        (&example("timeline = []\npreset = \"hedis\""), "unknown preset `hedis`"),
        (&example("timeline = []\nperiod = \"24\""), "this is not a period"),
    ]);
    for period in ["2024", "2024-Q1", "2024-03", "2024-03 to 2024-04"] {
        let rule = example(&format!("timeline = []\nperiod = \"{period}\""));
        assert_eq!(told(&rule), "", "{period}");
    }
}

/// A preset or variant takes a setting away with an empty list.
#[test]
fn an_empty_list_of_a_variant_takes_a_setting_away() {
    let rule =
        "[index]\ncontact = { is = \"row\", code = [\"H0004\"] }\n[numerator]\nalways = true\n";
    assert_eq!(told(&format!("{rule}[variant.all.index]\ncontact = {{ code = [] }}")), "");
    check_each(&[(
        &format!("{rule}[variant.all.index]\ncontact = {{ class = [] }}"),
        "`class` is empty",
    )]);
}

#[test]
fn one_problem_is_not_several() {
    let site = Site::new("");
    site.write("told.toml", format!("{HEAD}{ANY}always = true\n{EXAMPLE}"));
    let said = site.fine(&["check", "@told.toml"]);
    assert_eq!(said.lines().last(), Some("1 file is right; 1 example holds"));
    site.write("told.toml", format!("{HEAD}{ANY}\n{EXAMPLE}"));
    let said = site.says(&["check", "@told.toml"], 1);
    assert!(said.contains("\n1 problem in 1 file\n"), "{said}");
}
