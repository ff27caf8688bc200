//! Pathways counted: nothing rare is shown or follows.

use proptest::prelude::*;
use throughline::study::{
    Era, History, Intervention, Keep, PathGroup, PathwayRules, Pathways, line_changes,
    pathway_table, pathways, step_durations,
};
use throughline::terms::Day;

fn era(number: u8, start: i32, days: i32) -> Era {
    let intervention = Intervention::new(number).expect("below 64");
    Era::new(intervention, Day(start), Day(start + days)).expect("in order")
}

fn study(people: &[Vec<Era>]) -> Pathways {
    let people: Vec<History> = people
        .iter()
        .map(|events| History {
            targets: vec![(Day(0), Day(1000))],
            events: events.clone(),
            exits: Vec::new(),
        })
        .collect();
    pathways(&people, &PathwayRules { keep: Keep::All, ..PathwayRules::ours() })
}

/// So many people on the path of one era of each of the numbers, and without a path.
fn people(counts: &[(&[u8], usize)], without: usize) -> Vec<Vec<Era>> {
    let mut people = vec![Vec::new(); without];
    for (path, count) in counts {
        let place = |at: usize| i32::try_from(at).expect("small");
        let eras =
            path.iter().enumerate().map(|(at, number)| era(*number, place(at) * 100, 50)).collect();
        people.extend(vec![eras; *count]);
    }
    people
}

fn rows(people: &[Vec<Era>], min_cell: u64) -> Vec<(String, u64)> {
    let table = pathway_table(&study(people), min_cell).expect("enough people");
    let name = |group: &PathGroup| match group {
        PathGroup::Path(steps) => {
            steps.iter().map(|step| step.name(&["A", "B", "C"])).collect::<Vec<_>>().join("-")
        }
        PathGroup::Without => "none".into(),
        PathGroup::Other { paths } => format!("other {paths}"),
    };
    table.rows.iter().map(|row| (name(&row.group), row.n)).collect()
}

#[test]
fn paths_are_counted_with_share_and_median() {
    let study = study(&people(&[(&[0], 30), (&[0, 1], 12)], 18));
    let table = pathway_table(&study, 11).expect("enough people");
    assert_eq!(table.denominator, 60);
    let row = |at: usize| {
        let row = &table.rows[at];
        (row.n, row.share.to_string(), row.median_days)
    };
    assert_eq!(row(0), (30, "0.5".into(), Some(50.0)));
    assert_eq!(row(1), (12, "0.2".into(), Some(100.0)));
    assert_eq!(row(2), (18, "0.3".into(), None));
    assert_eq!(table.rows[2].group, PathGroup::Without);
}

#[test]
fn rare_paths_are_other_and_no_single_rare_count_follows() {
    let counted = people(&[(&[0], 30), (&[1], 8), (&[2], 7)], 20);
    let expected = [("A".to_owned(), 30), ("none".into(), 20), ("other 2".into(), 15)];
    assert_eq!(rows(&counted, 11), expected);
    let alone = people(&[(&[0], 30), (&[1], 8)], 20);
    assert_eq!(rows(&alone, 11), [("A".to_owned(), 30), ("other 1".into(), 28)]);
    let few = people(&[(&[0], 3), (&[1], 4)], 2);
    assert_eq!(pathway_table(&study(&few), 11), None);
    assert_eq!(rows(&few, 5), [("other 2".to_owned(), 9)]);
}

#[test]
fn lines_change_by_switch_addition_and_reduction() {
    let study = study(&[
        vec![era(0, 0, 60), era(1, 70, 60)],
        vec![era(0, 0, 120), era(1, 40, 80)],
        vec![era(0, 0, 120), era(1, 0, 60)],
        vec![era(0, 0, 50), era(0, 200, 50)],
        vec![era(0, 0, 120)],
        Vec::new(),
    ]);
    let changes = line_changes(&study);
    assert_eq!((changes.pathways, changes.with_second_line, changes.with_combination), (5, 4, 2));
    assert_eq!((changes.with_switch, changes.with_augmentation, changes.with_reduction), (1, 1, 1));
    assert_eq!((changes.switches, changes.augmentations), (1, 1));
    // 1,000 days from each of the five first lines on.
    assert!((changes.years - 5_000.0 / 365.25).abs() < 1e-12);
    let median = changes.days_to_second_line.expect("five pathways").time;
    assert_eq!(median, Some(70.0), "of 40, 60, 70, 200 and one that is not seen");
}

/// Nobody is followed who begins on the last day; the others still are.
#[test]
fn who_begins_on_the_last_day_has_no_time_to_a_second_line() {
    let mut people = vec![vec![era(0, 0, 60), era(1, 70, 60)]; 3];
    people.push(vec![era(0, 1000, 60)]);
    let changes = line_changes(&study(&people));
    assert_eq!(changes.pathways, 4);
    assert_eq!(changes.days_to_second_line.and_then(|days| days.time), Some(70.0));
}

#[test]
fn durations_are_given_by_line() {
    let mut counted = people(&[(&[0, 1], 3)], 0);
    counted.push(vec![era(0, 0, 90)]);
    let rows = step_durations(&study(&counted), 3);
    let of: Vec<(Option<usize>, u64, f64)> =
        rows.iter().map(|row| (row.line, row.n, row.quartiles.1)).collect();
    assert_eq!(of, [(None, 4, 60.0), (None, 3, 50.0), (Some(1), 4, 60.0), (Some(2), 3, 50.0)]);
}

proptest! {
    #[test]
    fn rows_add_up_and_none_is_rare(
        counts in prop::collection::vec(0_usize..25, 3),
        without in 0_usize..25,
    ) {
        let paths: [&[u8]; 3] = [&[0], &[1], &[0, 1]];
        let counted: Vec<(&[u8], usize)> =
            paths.into_iter().zip(counts.iter().copied()).collect();
        let study = study(&people(&counted, without));
        match pathway_table(&study, 11) {
            None => prop_assert!(study.denominator() < 11),
            Some(table) => {
                let sum: u64 = table.rows.iter().map(|row| row.n).sum();
                prop_assert_eq!(sum, study.denominator());
                prop_assert!(table.rows.iter().all(|row| row.n >= 11));
            }
        }
    }
}
