//! Tallies to published tables: what is shown, what is not, and what a reader can't find out.

mod attacker;
mod curve;
mod fair;
mod folder;
mod money;
mod released;
mod siblings;
pub(crate) mod simplex;
mod top;
mod world;

use attacker::Attack;
use throughline::indicator::{Interval, Scale, Shape};
use throughline::oversight::{
    PublishedTable, Settings, State, release_internal, suppress, tabulate,
};
use throughline::statistics::{CONFIDENCE, wilson};
use throughline::terms::Grain;
use world::{Extent, day};

const GRAINS: [Grain; 3] = [Grain::Month, Grain::Quarter, Grain::Year];

/// A random table as it is published, and as it is.
fn tables(seed: u64) -> (PublishedTable, PublishedTable) {
    let extent = Extent { months: 12, bhos: 5, units: 600 + 900 * seed, ages: 4 };
    let tallies = world::random(seed, extent, &GRAINS);
    let settings = Settings::new(day("2030-01-01"));
    let table = tabulate(&tallies, &settings);
    (suppress(&table, &settings), release_internal(&table, &settings))
}

fn is_small(count: i64) -> bool {
    (1..=10).contains(&count)
}

#[test]
fn no_small_count_is_shown() {
    for seed in 0..4 {
        let (published, internal) = tables(seed);
        let mut shown = 0;
        for row in published.rows() {
            let whole = |number: Option<throughline::oversight::Exact>| {
                number.filter(|n| n.per_unit == 1).and_then(|n| i64::try_from(n.parts).ok())
            };
            let (n, d) = (whole(row.numerator), whole(row.denominator));
            let counts = [n, d, n.zip(d).map(|(n, d)| d - n), row.members, row.excluded];
            let reasons = row.excluded_by_reason.iter().copied();
            let small = counts.into_iter().chain(reasons).flatten().any(is_small);
            assert!(!small, "seed {seed}: a small count is shown in {row:?}");
            assert!(row.value.is_none() || !row.suppressed, "a hidden value is shown");
            shown += usize::from(row.value.is_some());
        }
        assert!(shown > 0 && shown < internal.rows().len(), "seed {seed}: {shown} rows are shown");
    }
}

#[test]
fn a_hidden_part_is_never_alone_in_its_sum() {
    for seed in 0..4 {
        let (published, internal) = tables(seed);
        for row in published.rows().iter().filter(|row| {
            row.stratum.kind == "all" && row.statistic.is_empty() && row.state == State::Final
        }) {
            let parts: Vec<_> = internal
                .rows_of(row.measure)
                .iter()
                .filter(|part| {
                    part.period == row.period
                        && part.group != row.group
                        && part.stratum == row.stratum
                        && part.statistic.is_empty()
                })
                .collect();
            if row.value.is_none() || row.group != throughline::kernel::Group::All {
                continue;
            }
            let hidden = parts.iter().filter(|part| {
                let twin = published.row(part.measure, "", part.period, &part.group, &part.stratum);
                twin.is_none_or(|twin| twin.suppressed)
            });
            assert_ne!(
                hidden.count(),
                1,
                "seed {seed}: one hidden part can be subtracted from {row:?}"
            );
        }
    }
}

#[test]
fn the_same_table_is_published_the_same_way() {
    assert_eq!(tables(3).0, tables(3).0);
}

/// Four organisations and four quarters. The first two organisations are hidden in the first two
/// quarters, the others in the last two, and one small count joins the two blocks: every sum has
/// several hidden parts, and yet four sums together give the joining count away.
#[test]
fn a_count_that_joins_two_blocks_is_not_given_away_by_four_sums() {
    let quarters = ["2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01"];
    let hidden_in = |group: usize, quarter: usize| (group < 2) == (quarter < 2);
    let mut world = world::World::new(
        vec![world::measure("fu", throughline::indicator::Shape::Share)],
        12,
        &GRAINS[1..],
    );
    for (group, name) in ["B0", "B1", "B2", "B3"].into_iter().enumerate() {
        for (quarter, start) in quarters.into_iter().enumerate() {
            let units = match (group, quarter) {
                (1, 2) => 5,
                _ if hidden_in(group, quarter) => 10,
                _ => 100,
            };
            let cells = world.cells(0, day(start), &world::bho(name), &[]);
            for unit in 0..units {
                world.add(&cells, unit, 0, 1);
            }
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    let table = suppress(&tabulate(&world.tallies(), &settings), &settings);
    let also_hidden = table.rows().iter().filter(|row| {
        let group = ["B0", "B1", "B2", "B3"].iter().position(|name| row.group == world::bho(name));
        let quarter = quarters
            .iter()
            .position(|start| row.period.start == day(start) && row.period.grain == Grain::Quarter);
        let known = group.zip(quarter).is_some_and(|at| at == (1, 2) || hidden_in(at.0, at.1));
        row.suppressed && !known
    });
    assert!(
        also_hidden.count() > 0,
        "20 + 25 hidden in two organisations less 20 + 20 in two quarters leaves the 5"
    );
}

/// Months are not broken down by facility, and only discharges are: what is not published about the one
/// and the other says nothing, so that nearly all of it can be shown.
#[test]
fn a_breakdown_of_longer_periods_and_of_some_measures_hides_little() {
    let extent = Extent { months: 6, bhos: 3, units: 4_500, ages: 2 };
    let settings = Settings::new(day("2030-01-01"));
    for facilities in [0, 9] {
        let tallies = world::random_by_facility(5, extent, &GRAINS[..2], facilities);
        let table = suppress(&tabulate(&tallies, &settings), &settings);
        let shown = |kind: &str| {
            let own = table.rows().iter().filter(|row| row.stratum.kind == kind);
            let (shown, hidden): (Vec<_>, Vec<_>) = own.partition(|row| row.value.is_some());
            (shown.len(), shown.len() + hidden.len())
        };
        for kind in ["all", "age_band", "sex"] {
            let (shown, all) = shown(kind);
            assert!(shown * 10 >= all * 9, "{facilities} facilities, {kind}: {shown} of {all}");
        }
        if facilities > 0 {
            let (shown, all) = shown("discharging_facility");
            assert!(shown * 3 > all && shown < all, "{shown} of {all} by facility");
        }
    }
}

/// Attacks a random table; gives how many counts are hidden, of how many.
#[track_caller]
fn attack(seed: u64, extent: Extent, grains: &[Grain]) -> (usize, usize) {
    let tallies = world::random_by_facility(seed, extent, grains, seed % 3 * (seed % 7));
    let settings = Settings::new(day("2030-01-01"));
    let table = tabulate(&tallies, &settings);
    let attack = Attack::new(&suppress(&table, &settings), &release_internal(&table, &settings));
    let small = attack.shown_small(settings.threshold);
    assert!(small.is_empty(), "seed {seed}: small counts are shown, such as {:?}", small[0]);
    let found = attack.found_out(settings.threshold);
    let some = &found[..found.len().min(3)];
    assert!(
        found.is_empty(),
        "seed {seed}: {} counts are found out, such as {some:?}",
        found.len()
    );
    attack.hidden_share()
}

/// Tables without and with sums over time, from nearly empty to nearly open.
fn attack_many(seeds: std::ops::Range<u64>) {
    let (mut hidden, mut all) = (0, 0);
    for seed in seeds {
        let (months, grains) = if seed % 10 == 0 { (3, &GRAINS[..2]) } else { (1, &GRAINS[..1]) };
        let bhos = 2 + seed % 3;
        let units = (20 + 37 * (seed % 23)) * u64::try_from(months).expect("a few");
        let share = attack(seed, Extent { months, bhos, units, ages: 2 + seed % 2 }, grains);
        hidden += share.0;
        all += share.1;
    }
    assert!(0 < hidden && hidden < all, "{hidden} of {all} counts are hidden");
}

#[test]
fn no_hidden_count_can_be_solved_for() {
    attack_many(1000..1200);
}

#[test]
#[ignore = "thousands of tables take minutes"]
fn no_hidden_count_of_thousands_of_tables_can_be_solved_for() {
    attack_many(2000..5000);
}

/// Twelve months that end in March are the same twelve months for March and for the first quarter.
#[test]
fn a_window_is_hidden_under_both_of_its_names() {
    let measures = vec![world::measure("active", throughline::indicator::Shape::MemberShare)];
    let mut world = world::World::new(measures, 6, &GRAINS[..2]);
    let mut dice = world::Dice::new(7);
    for end in ["2023-03-31", "2023-06-30"] {
        for member in 0..300 {
            let group = world::bho(&format!("B{}", dice.below(8).min(dice.below(9))));
            let strata = [world::stratum("sex", if dice.chance(3) { "X" } else { "F" })];
            let cells = world.cells(0, day(end), &group, &strata);
            world.add(&cells, member, i64::from(dice.chance(40)), 1);
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    let table = suppress(&tabulate(&world.tallies(), &settings), &settings);
    let mut hidden = 0;
    for row in table.rows().iter().filter(|row| row.period.grain == Grain::Quarter) {
        let twin = table.rows().iter().find(|twin| {
            twin.period.grain == Grain::Month
                && (twin.period.end, &twin.group, &twin.stratum)
                    == (row.period.end, &row.group, &row.stratum)
        });
        let twin = twin.expect("the last month of the quarter");
        assert_eq!(row.suppressed, twin.suppressed, "{:?} {:?}", row.group, row.stratum);
        hidden += usize::from(row.suppressed);
    }
    assert!(0 < hidden, "some row is small");
}

/// Members who stand beside other units would add up, too.
#[test]
fn members_beside_events_are_not_shown() {
    for row in tables(2).0.rows().iter().filter(|row| row.measure < 3) {
        assert_eq!(row.members, None, "{row:?}");
    }
}

/// Members served of those enrolled: as many units as there are members, and not as there are days.
#[test]
fn a_share_of_days_has_the_limits_of_members() {
    let mut measure = world::measure("served", Shape::Rate);
    (measure.interval, measure.scale) = (Interval::Wilson, Scale::DaysOfPeriod(1.0));
    let mut world = world::World::new(vec![measure], 1, &[Grain::Month]);
    let cells = world.cells(0, day("2023-01-05"), &world::bho("B0"), &[]);
    for member in 0..186 {
        world.add(&cells, member, i64::from(member < 62), 31);
    }
    let settings = Settings::new(day("2030-01-01"));
    let table = suppress(&tabulate(&world.tallies(), &settings), &settings);
    let row = table.rows().first().expect("a row");
    let limits = wilson(62.0, 186.0, CONFIDENCE).expect("limits");
    let found = [row.value, row.low, row.high].map(|number| number.expect("a number"));
    for (found, expected) in found.into_iter().zip([62.0 / 186.0, limits.low, limits.high]) {
        assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
    }
}

/// Members who are all alike say nothing of how far the next may lie.
#[test]
fn a_value_of_members_who_are_all_alike_has_no_interval() {
    let mut measure = world::measure("community", Shape::Rate);
    measure.interval = Interval::RatioCluster;
    for (share, is_known) in [(1, false), (2, true)] {
        let mut world = world::World::new(vec![measure.clone()], 1, &[Grain::Month]);
        let cells = world.cells(0, day("2023-01-05"), &world::bho("B0"), &[]);
        for member in 0..30 {
            let cents = 1_000 + 37 * i64::try_from(member).expect("a small number");
            world.add(&cells, member, if member % share == 0 { cents } else { 0 }, cents);
        }
        let settings = Settings::new(day("2030-01-01"));
        let table = suppress(&tabulate(&world.tallies(), &settings), &settings);
        let row = table.rows().first().expect("a row");
        assert!(row.value.is_some(), "{row:?}");
        assert_eq!((row.low.is_some(), row.high.is_some()), (is_known, is_known), "{row:?}");
    }
}
