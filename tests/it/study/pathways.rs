//! Pathways against the strings of `TreatmentPatterns` 3.1.0, whose logical tests these are, and
//! against their own rules.

use proptest::prelude::*;
use throughline::study::{
    Anchor, Combination, Era, History, Intervention, Keep, Overlaps, PathwayRules, Pathways,
    ShortEras, Shortness, Split, Step, TargetWindow, Targets, collapsed, eras_of_contacts,
    pathways,
};
use throughline::terms::Day;

use super::day;

const NAMES: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "X"];

fn intervention(name: &str) -> Intervention {
    let number = NAMES.iter().position(|known| *known == name).expect("a known name");
    Intervention::new(u8::try_from(number).expect("small")).expect("below 64")
}

/// `A 01-10 03-10; …`: event, first day and end, in 2014 unless a year is given; `X` is the target.
fn history(text: &str) -> History {
    let mut history = History::default();
    let date =
        |text: &str| day(&if text.len() == 5 { format!("2014-{text}") } else { text.into() });
    for row in text.split(';') {
        let words: Vec<&str> = row.split_whitespace().collect();
        let (start, end) = (date(words[1]), date(words[2]));
        if words[0] == "X" {
            history.targets.push((start, end));
        } else {
            let era = Era::new(intervention(words[0]), start, end).expect("in order");
            history.events.push(era);
        }
    }
    history
}

/// The rules of most of the package's tests.
fn tested() -> PathwayRules {
    PathwayRules { era_collapse: 5, keep: Keep::All, ..PathwayRules::treatment_patterns() }
}

fn names(result: &Pathways) -> Vec<String> {
    result.paths.iter().map(|path| path.name(&NAMES)).collect()
}

#[track_caller]
fn check(rules: &PathwayRules, events: &str, expected: &str) {
    let person = history(&format!("X 01-01 2015-01-01; {events}"));
    let result = pathways(&[person], rules);
    assert_eq!(names(&result), [expected], "{events}");
}

#[test]
fn one_after_the_other() {
    check(&tested(), "A 01-10 03-10", "A");
    check(&tested(), "A 01-10 03-10; B 03-12 05-12; C 05-14 07-14", "A-B-C");
    check(&tested(), "A 01-03 03-02; B 03-10 05-10; A 05-12 07-12; B 07-14 09-14", "A-B-A-B");
    check(&tested(), "A 01-03 03-02; B 03-10 05-10; B 05-12 06-12", "A-B");
}

#[test]
fn at_the_same_time() {
    check(&tested(), "A 01-10 03-10; B 01-10 03-10; C 03-12 05-12", "A+B-C");
    check(&tested(), "A 01-10 03-10; B 01-10 03-10; A 03-20 05-12", "A+B-A");
    let twice = "A 01-10 03-10; B 01-10 03-10; A 03-12 05-12; B 03-12 05-12";
    check(&tested(), twice, "A+B");
}

#[test]
fn overlaps_that_are_long_enough_are_combinations() {
    let rules = PathwayRules { combination_window: 5, min_post_combination: 5, ..tested() };
    check(&rules, "A 01-01 02-01; B 01-15 02-15", "A-A+B-B");
    let rules = PathwayRules { min_era: 1, ..rules };
    check(&rules, "A 01-01 02-01; B 01-10 01-20; C 01-10 03-01", "A-A+B+C-A+C-C");
    let rules =
        PathwayRules { min_era: 14, combination_window: 14, min_post_combination: 14, ..tested() };
    check(&rules, "A 02-01 03-01; B 02-05 03-03; A 03-05 04-01; B 03-05 04-07", "A+B");
}

#[test]
fn the_window_is_reached_on_its_last_day_or_by_a_whole_era() {
    check(&tested(), "A 01-01 04-11; B 03-12 06-10", "A-A+B-B");
    check(&tested(), "A 01-01 04-10; B 03-12 06-10", "A-B");
    let rules = PathwayRules { min_post_combination: 10, ..tested() };
    check(&rules, "A 01-01 03-01; B 02-09 03-01", "A-A+B");
    check(&rules, "A 01-01 01-21; B 01-01 03-01", "A+B-B");
    check(&rules, "A 01-01 03-01; B 02-09 03-02", "A-B");
    check(&tested(), "A 01-01 06-01; B 03-01 04-10", "A-A+B-A");
}

#[test]
fn a_window_holds_its_first_and_last_day() {
    let rules = PathwayRules { era_collapse: 0, min_post_combination: 0, ..tested() };
    let around =
        "A 2013-12-31 2014-01-01; B 01-01 01-02; C 2015-01-01 2015-01-02; D 2015-01-02 2015-01-03";
    check(&rules, around, "B-C");
}

#[test]
fn rules_are_those_of_their_source() {
    let lengths = |rules: &PathwayRules| {
        let combining = (rules.combination_window, rules.min_post_combination);
        (rules.min_era, rules.era_collapse, combining, rules.max_path)
    };
    assert_eq!(lengths(&PathwayRules::ours()), (0, 30, (14, 14), 5));
    assert_eq!(lengths(&PathwayRules::treatment_patterns()), (0, 30, (30, 30), 5));
    assert_eq!(PathwayRules::ours().keep, Keep::First);
}

#[test]
fn steps_are_first_eras_changes_or_all() {
    let events = "A 01-10 02-10; A 03-10 04-10; B 05-10 06-10; A 07-10 08-10";
    let keep = |keep| PathwayRules { keep, ..tested() };
    check(&keep(Keep::All), events, "A-A-B-A");
    check(&keep(Keep::Changes), events, "A-B-A");
    check(&keep(Keep::First), events, "A-B");
}

#[test]
fn near_eras_are_one() {
    let rules = PathwayRules { era_collapse: 30, keep: Keep::Changes, ..tested() };
    check(&rules, "A 01-10 03-10; A 03-12 05-12; B 05-14 06-14", "A-B");
    let rules = PathwayRules { min_era: 14, ..tested() };
    check(&rules, "A 01-01 02-01; A 02-03 03-01; B 03-03 04-01; B 04-03 05-01", "A-B");
    let rules = PathwayRules { min_era: 30, era_collapse: 30, ..tested() };
    let later = "A 05-20 08-17; B 07-08 08-25; B 09-19 2015-02-22; B 2015-02-28 2015-09-26";
    check(&rules, later, "A-A+B-B");
}

#[test]
fn short_eras_stay_where_nothing_overlaps() {
    let contacts = "A 01-10 01-10; A 01-23 01-24; A 01-11 01-12; A 01-13 01-14; A 01-15 01-16; \
                    A 01-17 01-18; A 01-19 01-20; A 05-21 05-22";
    check(&tested(), contacts, "A-A");
    let rules = PathwayRules { era_collapse: 0, ..tested() };
    let mixed = "A 01-10 01-10; B 01-23 01-24; B 01-11 01-12; B 01-13 01-14; A 01-15 01-16; \
                 A 01-17 01-18; A 01-19 01-20; A 05-21 05-22";
    check(&rules, mixed, "A-B-B-A-A");
}

#[test]
fn eras_belong_to_the_window_they_start_in() {
    let events = "A 01-10 03-10; B 03-12 05-12; C 05-14 07-14";
    let within = |last_days| PathwayRules {
        window: TargetWindow { last_from: Anchor::Start, last_days, ..tested().window },
        ..tested()
    };
    check(&within(180), events, "A-B-C");
    check(&within(60), events, "A");
    let late = history("X 10-10 2015-08-01; A 09-10 2015-08-01");
    let rules = PathwayRules {
        window: TargetWindow { first_days: -60, ..tested().window },
        keep: Keep::First,
        ..tested()
    };
    assert_eq!(names(&pathways(std::slice::from_ref(&late), &rules)), ["A"]);
    let result = pathways(&[late], &tested());
    assert_eq!((names(&result), result.people_without), (Vec::new(), 1));
}

#[test]
fn target_periods_are_joined_or_apart() {
    let twice = "X 01-01 05-30; A 01-10 03-10; X 06-01 12-31; A 06-10 09-10";
    assert_eq!(names(&pathways(&[history(twice)], &tested())), ["A-A"]);
    let people = [
        "X 01-01 05-30; A 01-01 02-01; B 01-15 02-15; X 06-01 12-31; A 06-01 07-01; B 06-15 07-15",
        "X 06-01 12-31",
        "X 06-01 12-31",
        "X 01-01 05-30; X 06-01 12-31",
    ]
    .map(history);
    let rules = PathwayRules {
        combination_window: 5,
        min_post_combination: 5,
        targets: Targets::Apart,
        ..tested()
    };
    let result = pathways(&people, &rules);
    assert_eq!(names(&result), ["A-A+B-B", "A-A+B-B"]);
    assert_eq!((result.people_without, result.people, result.denominator()), (3, 4, 5));
}

#[test]
fn only_the_package_lets_other_people_shorten_a_path() {
    let people = [
        history("X 01-01 12-31; A 01-10 01-20"),
        history("X 01-01 12-31; A 01-15 06-01; B 03-01 07-15"),
    ];
    let package = pathways(&people, &tested());
    assert_eq!(names(&package), ["A-A+B-B"]);
    assert_eq!(package.people_without, 1);
    let ours =
        pathways(&people, &PathwayRules { short_eras: ShortEras::OfOverlapping, ..tested() });
    assert_eq!(names(&ours), ["A", "A-A+B-B"]);
}

#[test]
fn a_short_overlap_is_a_switch() {
    let events = "A 01-01 03-01; B 02-20 04-20; C 04-01 06-01";
    check(&tested(), events, "A-B-C");
    let person = history(&format!("X 01-01 12-31; {events}"));
    let days = |rules: &PathwayRules| -> Vec<i32> {
        let result = pathways(std::slice::from_ref(&person), rules);
        result.paths[0].eras.iter().map(|era| era.days()).collect()
    };
    assert_eq!(days(&tested()), [50, 40, 61]);
    assert_eq!(days(&PathwayRules { overlaps: Overlaps::Keep, ..tested() }), [59, 59, 61]);
}

#[test]
fn eras_are_split_by_length_and_paths_end_with_exits() {
    let split = |days| Split {
        intervention: intervention("A"),
        days,
        acute: intervention("C"),
        therapy: intervention("D"),
    };
    let mut person = history("X 01-01 12-31; A 01-10 01-20; A 03-01 06-01; B 07-01 08-01");
    let exit = Era::new(intervention("G"), day("2014-09-01"), day("2014-09-01"));
    person.exits.extend(exit);
    let rules = |max_path| PathwayRules { splits: vec![split(30)], max_path, ..tested() };
    let path = |max_path| names(&pathways(std::slice::from_ref(&person), &rules(max_path)));
    assert_eq!(path(5), ["C-D-B-G"]);
    assert_eq!(path(2), ["C-D"]);
}

#[test]
fn every_step_says_what_is_left() {
    let person =
        history("X 01-01 06-30; A 01-10 01-12; A 02-01 05-01; A 05-03 06-01; B 08-01 09-01");
    let rules = PathwayRules { min_era: 10, ..PathwayRules::treatment_patterns() };
    let result = pathways(&[person, history("X 01-01 06-30"), History::default()], &rules);
    let left: Vec<(Step, u64, u64)> =
        result.attrition.iter().map(|row| (row.step, row.eras, row.people)).collect();
    assert_eq!(
        left,
        [
            (Step::Delivered, 4, 1),
            (Step::LongEnough, 3, 1),
            (Step::InWindow, 2, 1),
            (Step::Collapsed, 1, 1),
            (Step::Combined, 1, 1),
            (Step::Kept, 1, 1),
            (Step::WithinLength, 1, 1),
        ]
    );
    assert_eq!((result.people, result.people_without), (2, 1));
}

#[test]
fn short_rows_count_once_they_are_joined() {
    let person = history("X 01-01 12-31; A 01-01 01-08; A 01-10 01-18; B 05-01 05-05");
    let rules = |shortness| PathwayRules { min_era: 10, shortness, ..PathwayRules::ours() };
    let path = |shortness| names(&pathways(std::slice::from_ref(&person), &rules(shortness)));
    assert_eq!(path(Shortness::AfterCollapse), ["A"]);
    assert!(path(Shortness::BeforeCollapse).is_empty());
}

#[test]
fn contacts_make_eras() {
    let days = ["2024-03-01", "2024-01-01", "2024-01-31", "2024-03-01"].map(day);
    let eras = |tail| -> Vec<(String, String)> {
        eras_of_contacts(intervention("A"), &days, 30, tail)
            .iter()
            .map(|era| (era.start.to_string(), era.end.to_string()))
            .collect()
    };
    assert_eq!(eras(7), [("2024-01-01".into(), "2024-03-08".into())]);
    let apart = eras_of_contacts(intervention("A"), &days, 29, 40);
    let ends: Vec<Day> = apart.iter().map(|era| era.end).collect();
    let expected = ["2024-01-31", "2024-03-01", "2024-04-10"].map(day);
    assert_eq!(ends, expected, "a tail is cut where the next era starts");
}

#[test]
fn numbers_end_at_64() {
    assert!(Intervention::new(63).is_some() && Intervention::new(64).is_none());
    let all: Combination = intervention("B").into();
    assert_eq!(all.with(intervention("A").into()).name(&["late", "early"]), "early+late");
}

/// The combinations of a person on each day, by looking at every day: which of the rules that do
/// not depend on length have to leave alone.
fn by_day(eras: &[Era]) -> Vec<(i32, Combination)> {
    let mut days = std::collections::BTreeMap::<i32, Combination>::new();
    for era in eras {
        for day in era.start.0..era.end.0 {
            let on_day = days.entry(day).or_insert(era.combination);
            *on_day = on_day.with(era.combination);
        }
    }
    days.into_iter().collect()
}

fn some_eras() -> impl Strategy<Value = Vec<Era>> {
    prop::collection::vec((0_u8..4, 0_i32..60, 1_i32..30), 0..8).prop_map(|rows| {
        rows.into_iter()
            .map(|(number, start, days)| {
                let intervention = Intervention::new(number).expect("below 64");
                Era::new(intervention, Day(start), Day(start + days)).expect("in order")
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn without_least_lengths_the_steps_are_what_was_received_day_by_day(eras in some_eras()) {
        let rules = PathwayRules {
            era_collapse: 0,
            combination_window: 0,
            min_post_combination: 0,
            keep: Keep::All,
            max_path: usize::MAX,
            ..PathwayRules::ours()
        };
        let person = History {
            targets: vec![(Day(0), Day(100))],
            events: eras.clone(),
            exits: Vec::new(),
        };
        let result = pathways(&[person], &rules);
        let steps = result.paths.first().map_or(Vec::new(), |path| path.eras.clone());
        prop_assert_eq!(by_day(&steps), by_day(&eras));
        let overlap = steps.windows(2).any(|pair| pair[1].start < pair[0].end);
        prop_assert!(!overlap, "nobody is in two eras at once");
    }

    #[test]
    fn the_order_of_rows_and_people_changes_nothing(
        one in some_eras(),
        other in some_eras(),
        keep in prop::sample::select(vec![Keep::All, Keep::First, Keep::Changes]),
    ) {
        let rules = PathwayRules { keep, min_post_combination: 5, ..PathwayRules::treatment_patterns() };
        let person = |mut events: Vec<Era>, reversed: bool| {
            if reversed {
                events.reverse();
            }
            History { targets: vec![(Day(0), Day(100))], events, exits: Vec::new() }
        };
        let there = pathways(&[person(one.clone(), false), person(other.clone(), false)], &rules);
        let back = pathways(&[person(other, true), person(one, true)], &rules);
        let path = |result: &Pathways, person: usize| {
            result.paths.iter().find(|path| path.person == person).map(|path| path.eras.clone())
        };
        prop_assert_eq!(path(&there, 0), path(&back, 1));
        prop_assert_eq!(path(&there, 1), path(&back, 0));
        prop_assert_eq!(there.attrition, back.attrition);
    }

    #[test]
    fn collapsing_twice_is_collapsing_once(eras in some_eras(), gap in 0_i32..20) {
        let once = collapsed(&eras, gap);
        prop_assert_eq!(collapsed(&once, gap), once);
    }
}
