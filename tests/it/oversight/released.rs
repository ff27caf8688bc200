//! Two releases of one system of care, and a reader who keeps both.

use throughline::kernel::Group;
use throughline::oversight::{
    Leak, PublishedTable, Register, Release, Settings, Table, as_released, conflicts,
    release_internal, restated, suppress, suppress_after, tabulate,
};
use throughline::terms::Grain;

use super::attacker::Attack;
use super::world::{Extent, day, random_and_late};

const GRAINS: [Grain; 3] = [Grain::Month, Grain::Quarter, Grain::Year];

fn settings() -> Settings {
    Settings::new(day("2030-01-01"))
}

/// Half a year, by month and quarter.
fn table(seed: u64, late: u64) -> Table {
    let extent = Extent { months: 6, bhos: 4, units: 400 + 300 * seed, ages: 3 };
    tabulate(&random_and_late(seed, extent, &GRAINS[..2], late), &settings())
}

fn released(table: &PublishedTable, month: &str) -> Register {
    let mut register = Register::default();
    register.add(Release { month: month.to_owned(), ..Release::default() }, table);
    register
}

/// What a run does: rather than hide what was shown, hide others; and where that is not enough, keep
/// the periods as they were.
fn next(table: &Table, register: &Register) -> PublishedTable {
    let next = suppress_after(table, &settings(), register);
    let found = conflicts(&next, register);
    as_released(&next, &found, register)
}

/// Four months are released, and then half a year: what must be hidden for the sake of the second
/// quarter was shown before.
#[test]
fn two_releases_of_the_same_data_give_nothing_away() {
    let mut taken_back = 0;
    for seed in 0..2 {
        let all = table(seed, 0);
        let mut early = all.clone();
        early.rows.retain(|row| row.period.end <= day("2023-04-30"));
        let first = suppress(&early, &settings());
        let register = released(&first, "2023-04");
        let internal = release_internal(&all, &settings());
        let plain = suppress(&all, &settings());
        let found = conflicts(&plain, &register);
        taken_back += found.iter().filter(|one| one.leak == Leak::HiddenNow).count();
        let second = next(&all, &register);
        let found = Attack::with(&second, Some(&first), &internal).found_out(11);
        assert!(found.is_empty(), "seed {seed}: {found:?}");
        assert_eq!(conflicts(&second, &register), []);
    }
    assert!(taken_back > 0, "without a register, what was shown would be hidden");
}

/// A few units come late: whatever changed by few is not shown anew, and nothing is lost.
#[test]
fn a_small_change_is_refused_and_can_be_kept_back() {
    for seed in 0..2 {
        let first = suppress(&table(seed, 0), &settings());
        let register = released(&first, "2023-12");
        assert_eq!(conflicts(&first, &register), [], "a release does not conflict with itself");
        let now = suppress(&table(seed, 3), &settings());
        let found = conflicts(&now, &register);
        assert!(found.iter().any(|one| one.leak == Leak::SmallChange), "seed {seed}");
        let kept = as_released(&now, &found, &register);
        assert_eq!(conflicts(&kept, &register), [], "seed {seed}");
        assert_eq!(restated(&kept, &register, 0).len(), 0);
        let shown =
            |table: &PublishedTable| table.rows().iter().filter(|row| row.value.is_some()).count();
        assert!(shown(&kept) * 100 >= shown(&first) * 99, "{} {}", shown(&kept), shown(&first));
    }
}

/// No visible count of two releases, and no rest of a breakdown, differs by few.
#[test]
fn differences_that_remain_are_large() {
    let table = |late| {
        let extent = Extent { months: 12, bhos: 5, units: 2_300, ages: 4 };
        tabulate(&random_and_late(2, extent, &GRAINS, late), &settings())
    };
    let first = suppress(&table(0), &settings());
    let register = released(&first, "2023-12");
    let later = next(&table(9_000), &register);
    let mut changed = 0;
    for row in later.rows() {
        let before = first.row(row.measure, row.statistic, row.period, &row.group, &row.stratum);
        let Some(before) = before else { continue };
        for (then, now) in
            [(before.denominator, row.denominator), (before.numerator, row.numerator)]
        {
            let (Some(then), Some(now)) = (then, now) else { continue };
            let is_rate = later.measures()[row.measure].id == "holds";
            if now.per_unit == 1 && !(is_rate && Some(now) == row.denominator) {
                let by = (now.parts - then.parts).abs();
                assert!(by == 0 || by > 10, "{row:?} differs by {by}");
                changed += usize::from(by > 0);
            }
        }
    }
    assert!(changed > 30, "{changed} counts were restated");
    assert!(!restated(&later, &register, 0).is_empty());
}

/// A month that was broken down by age is broken down by sex instead.
#[test]
fn another_breakdown_of_a_released_month_is_refused() {
    let all = table(3, 0);
    let without = |kind: &str| {
        let mut part = all.clone();
        part.rows.retain(|row| row.stratum.kind != kind);
        suppress(&part, &settings())
    };
    let register = released(&without("sex"), "2023-12");
    let found = conflicts(&without("age_band"), &register);
    assert!(found.iter().any(|one| one.leak == Leak::OtherBreakdown));
}

#[test]
fn a_register_is_read_as_it_was_written() {
    let first = suppress(&table(0, 0), &settings());
    let mut register = released(&first, "2023-11");
    register.add(Release { month: "2023-12".to_owned(), ..Release::default() }, &first);
    let texts = |register: &Register| -> Vec<String> {
        (0..register.releases.len()).map(|place| register.cells_text(place)).collect()
    };
    let read = |list: &str, texts: &[String]| {
        let mut texts = texts.iter();
        Register::read(list, |_| texts.next().cloned().ok_or("it is not there".to_owned()))
    };
    let (list, written) = (register.list(), texts(&register));
    assert_eq!(written[1], "", "the same numbers again take no room");
    let again = read(&list, &written).expect("a register");
    assert_eq!(again, register);
    assert_eq!((again.list(), texts(&again)), (list.clone(), written.clone()));
    register.add(Release { month: "2023-12".to_owned(), ..Release::default() }, &first);
    assert_eq!(again, register, "the same release again changes nothing");
    register.withdraw("a mistake");
    let late = suppress(&table(0, 3), &settings());
    assert_eq!(conflicts(&late, &register), []);
    // What changed and what is gone is written down as well.
    register.add(Release { month: "2024-01".to_owned(), ..Release::default() }, &late);
    let mut part = table(0, 3);
    part.rows.retain(|row| row.stratum.kind != "sex");
    register.add(Release::default(), &suppress(&part, &settings()));
    let written = texts(&register);
    assert!(written[2].len() < written[0].len() / 2 && written[3].contains("\"gone\":true"));
    assert_eq!(read(&register.list(), &written).expect("a register"), register);
    let mut broken = written.clone();
    broken[0] = broken[0].replacen("\"period\":\"2023-01\"", "\"period\":\"January\"", 1);
    let told = read(&register.list(), &broken).expect_err("another text").to_string();
    assert!(told.contains("release 1") && told.contains("not those that were written"), "{told}");
    assert!(read(&register.list(), &written[..3]).is_err());
    assert!(Register::read("{\"id\":3}", |_| Ok(String::new())).is_err());
    let newer = register.list().replace("\"format\": 2", "\"format\": 3");
    assert!(read(&newer, &written).expect_err("newer").to_string().contains("format 3"));
}

/// The first format: a line for each release, then one for each cell with the releases that showed it.
#[test]
fn the_first_format_of_a_register_is_read() {
    let first = suppress(&table(0, 0), &settings());
    let register = released(&first, "2023-11");
    let release = &register.releases[0];
    let head = format!(
        r#"{{"id":"{}","month":"2023-11","snapshot":"","program_version":"","pipeline":"","definitions":{{}},"sources":[]}}"#,
        release.id
    );
    let cell = |line: &str| {
        let (before, shown) = line.split_once("\"shown\":").expect("a cell");
        format!("{before}\"releases\":[0],\"shown\":{shown}")
    };
    let lines: Vec<String> = register.cells_text(0).lines().map(cell).collect();
    let text = format!("{head}\n{}\n", lines.join("\n"));
    let again = Register::read_lines(&text).expect("the first format");
    assert_eq!(again, register);
    let now = suppress(&table(0, 3), &settings());
    assert_eq!(conflicts(&now, &again), conflicts(&now, &register));
    assert!(
        Register::read_lines("{\"id\":3}")
            .expect_err("no release")
            .to_string()
            .starts_with("line 1")
    );
    let later = text.replacen("\"releases\":[0]", "\"releases\":[7]", 1);
    assert!(Register::read_lines(&later).is_err());
}

/// The register knows what readers know, and nothing more.
#[test]
fn a_register_has_no_hidden_number() {
    let all = table(1, 0);
    let register = released(&suppress(&all, &settings()), "2023-12");
    let internal = release_internal(&all, &settings());
    for (key, shown) in register.cells_of(0) {
        let (numerator, denominator) = shown.counts();
        let small = |count: Option<throughline::oversight::Exact>| {
            count.is_some_and(|count| count.per_unit == 1 && (1..=10).contains(&count.parts))
        };
        assert!(!small(numerator) && !small(denominator), "{key:?}");
    }
    assert!(internal.rows().iter().any(|row| row.group == Group::All));
}
