//! Odd studies: whatever people are like, nothing that is written is a number that is none.

use std::path::Path;

use throughline::diagnostic::{Document, Source};
use throughline::report::{StudyContent, draft_study, uninterrupted};
use throughline::study::{
    CareState, Cohort, Entry, Era, Followed, History, Intervention, Observed, Person, Sequence,
    Study, contrasts, publish, read_study,
};
use throughline::terms::Day;

const FOLLOW_UP: i32 = 100;
const INDEX: Day = Day(19_000);

fn study(analysis: &str) -> Study {
    let text = format!(
        r#"
id = "odd"
title = "Odd"
question = "Is anything written that is no number?"
follow_up = {FOLLOW_UP}
index = {{ discharge = "inpatient" }}
analysis = {{ {analysis}, draws = 20 }}
pathways = {{}}
sequences = {{ months = 6, most_groups = 3, draws = 2 }}
cost_effectiveness = {{ effect = "Days", worth = [0, 10, 100] }}
intervention = [{{ name = "Care", classes = ["peer"] }}]
strategy = [
  {{ name = "Care", gets = [{{ intervention = "Care", days = [1, 10] }}] }},
  {{ name = "No care", never = [{{ intervention = "Care", days = [1, 10] }}] }},
]
outcome = [
  {{ name = "Readmission", admission = "inpatient" }},
  {{ name = "Death", death = true }},
  {{ name = "Step up", level = {{ at_least = 3 }} }},
  {{ name = "Days", community_days = true }},
  {{ name = "Level", mean_level = true }},
  {{ name = "Level on day 50", level_on = 50 }},
  {{ name = "Spent", cost = true }},
]
covariate = [
  {{ name = "Need", age = true }},
  {{ name = "Ill", smi = true, stratum = true }},
]
"#
    );
    let source = Source { path: "odd.toml".into(), text };
    read_study(&Document::parse(source).expect("it is TOML"))
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// A member like all others, in one of two groups.
fn usual(place: i32, treated: bool) -> Person {
    let care = Followed { met: treated.then_some(3), broken: None };
    let none = Followed { met: Some(0), broken: treated.then_some(3) };
    let era = |kind: u8, from: i32| {
        Era::new(Intervention::new(kind).expect("small"), INDEX + from, INDEX + from + 20)
    };
    let amount = |total: f64, days: i32| Observed::Amount { total, days };
    Person {
        index: INDEX,
        lost: None,
        follow_up: FOLLOW_UP,
        death: None,
        followed: vec![care, none],
        outcomes: vec![
            Observed::First((place % 3 == 0).then_some(1 + place % 90)),
            Observed::First(None),
            Observed::First((place % 5 == 0).then_some(1 + place % 70)),
            amount(f64::from(90 - place % 20), 100),
            amount(f64::from(100 + place % 90), 100),
            amount(f64::from(place % 4), 1),
            amount(f64::from(1000 + place), 100),
        ],
        again: vec![Vec::new(); 7],
        covariates: vec![Some(f64::from(20 + place % 37)), Some(f64::from(place % 2))],
        history: History {
            targets: vec![(INDEX, INDEX + FOLLOW_UP)],
            events: era(0, 1 + place % 9).into_iter().collect(),
            exits: Vec::new(),
        },
        months: Sequence::new(vec![Some(CareState::Level2.state()); 6]),
        career: vec![3; 101],
        phases: vec![1; 101],
    }
}

/// Everything that a study of such people writes; a study that is refused writes nothing.
fn check(name: &str, change: &dyn Fn(&mut Person, i32)) {
    let mut written = 0;
    for analysis in ["landmark = 10", "grace = 10"] {
        let study = study(analysis);
        let one = |place: i32| {
            let mut person = usual(place, place % 2 == 1);
            change(&mut person, place);
            Entry { units: vec![None], person: Some(person) }
        };
        let entries: Vec<Entry> = (0..90).map(one).collect();
        let Ok(cohort) = Cohort::new(&study, entries, Day(20_000)) else { continue };
        let found = contrasts(&study, &cohort);
        for internal in [false, true] {
            let published = publish(&study, &cohort, &found, internal);
            let content = StudyContent {
                study: &published,
                program_version: "0".to_owned(),
                data_through: Day(20_000),
                snapshot: "none".to_owned(),
                definition: ("odd".to_owned(), "none".to_owned()),
                instruments_sha256: None,
                notes: Vec::new(),
                further_files: Vec::new(),
            };
            let folder = tempfile::tempdir().expect("a folder");
            let out = folder.path().join("report");
            let draft = draft_study(&content, &out).expect("it is written");
            draft.put_in_place(&uninterrupted()).expect("it is put in its place");
            written += check_files(name, &out);
        }
    }
    assert!(written > 10, "{name}: something is written");
}

/// No text has a word that is no number; how many files were read.
fn check_files(name: &str, folder: &Path) -> usize {
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read += check_files(name, &path);
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        read += 1;
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        for word in text.split(|letter: char| !is_letter(letter)) {
            let none = ["NaN", "nan", "inf", "Inf", "infinity", "Infinity", "\u{221e}"];
            assert!(!none.contains(&word), "{name}, {}: {word}", path.display());
        }
        assert!(!text.contains('\u{221e}'), "{name}, {}", path.display());
    }
    read
}

#[test]
fn like_people_and_ties_everywhere() {
    check("usual people", &|_, _| {});
    check("all on one day", &|one, _| {
        one.outcomes[0] = Observed::First(Some(7));
        one.outcomes[2] = Observed::First(Some(7));
        one.again[0] = vec![7, 7, 9];
    });
    check("all alike before", &|one, _| one.covariates = vec![Some(1.0), Some(1.0)]);
    check("nothing known before", &|one, _| one.covariates = vec![None, None]);
    check("one is known", &|one, place| {
        one.covariates = vec![(place == 0).then_some(3.0), Some(f64::from(u8::from(place < 11)))];
    });
}

#[test]
fn nothing_happens_or_nothing_is_seen() {
    check("no events", &|one, _| one.outcomes[..3].fill(Observed::First(None)));
    check("no amounts", &|one, _| {
        one.outcomes[3..].fill(Observed::Amount { total: 0.0, days: 100 });
    });
    check("no days", &|one, _| {
        one.outcomes[3..].fill(Observed::Amount { total: 0.0, days: 0 });
    });
    check("nothing measured", &|one, _| one.outcomes[3..].fill(Observed::Unmeasured));
    check("a single person measured", &|one, place| {
        if place > 0 {
            one.outcomes[3..].fill(Observed::Unmeasured);
        }
    });
    check("no courses", &|one, _| {
        one.history.events.clear();
        one.months = Sequence::new(vec![None; 6]);
        (one.career, one.phases) = (Vec::new(), Vec::new());
    });
}

#[test]
fn follow_up_that_ends_at_once() {
    check("left on the first day", &|one, _| {
        one.follow_up = 1;
        one.outcomes[..3].fill(Observed::First(None));
        (one.career, one.phases) = (vec![4; 2], vec![0; 2]);
    });
    check("not a day", &|one, _| {
        one.follow_up = 0;
        one.outcomes[..3].fill(Observed::First(None));
        (one.career, one.phases) = (vec![4], vec![0]);
    });
    check("all die on the first day", &|one, _| {
        (one.follow_up, one.death) = (1, Some(1));
        one.outcomes[..3].fill(Observed::First(None));
        one.outcomes[1] = Observed::First(Some(1));
        (one.career, one.phases) = (vec![3, 5], vec![1, 4]);
        one.months = Sequence::new(vec![Some(CareState::Dead.state()); 6]);
    });
    check("one group is gone at once", &|one, place| {
        if place % 2 == 1 {
            one.follow_up = 1;
            one.outcomes[..3].fill(Observed::First(None));
        }
    });
    check("everybody has it at last", &|one, _| {
        one.outcomes[0] = Observed::First(Some(FOLLOW_UP));
    });
}

#[test]
fn amounts_beyond_measure() {
    check("great and small", &|one, place| {
        let total = if place == 0 { 1e300 } else { 1e-300 };
        one.outcomes[6] = Observed::Amount { total, days: 100 };
        one.covariates[0] = Some(if place == 0 { 1e9 } else { 0.0 });
    });
    check("less than nothing", &|one, place| {
        one.outcomes[6] = Observed::Amount { total: f64::from(40 - place), days: 100 };
    });
}
