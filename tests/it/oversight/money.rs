//! Sums of people's own amounts: nobody's own money or nights can be read off them.

use throughline::indicator::{Display, Shape};
use throughline::kernel::Group;
use throughline::oversight::{PublishedTable, Settings, suppress, tabulate};
use throughline::terms::Grain;

use super::world::{self, bho, day, everyone};

/// Cents of 40 in 100.
const USUAL: (i64, i64) = (40_000, 100_000);

/// Thirty members in each of three organisations, with a part and a whole in cents each; the first of the
/// third has `most`.
fn table(others: (i64, i64), most: (i64, i64)) -> PublishedTable {
    let mut measure = world::measure("spend_share", Shape::Rate);
    (measure.display, measure.numerator_parts) = (Display::Percent, 100);
    let mut world = world::World::new(vec![measure], 1, &[Grain::Month]);
    for place in 0..3 {
        let cells = world.cells(0, day("2023-01-05"), &bho(&format!("B{place}")), &[]);
        for member in 0..30 {
            let (n, d) = if (place, member) == (2, 0) { most } else { others };
            world.add(&cells, place * 1000 + member, n, d);
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    suppress(&tabulate(&world.tallies(), &settings), &settings)
}

/// Numerator and denominator of everyone, where they are shown, and how many organisations are hidden.
fn shown(table: &PublishedTable) -> (Option<(f64, f64)>, usize) {
    let rows = || table.rows().iter().filter(|row| row.stratum == everyone());
    let all = rows().find(|row| row.group == Group::All).expect("a row");
    let numbers = all.numerator.zip(all.denominator).map(|(n, d)| (n.to_f64(), d.to_f64()));
    let others = rows().filter(|row| row.group != Group::All);
    (numbers, others.filter(|row| row.numerator.is_none()).count())
}

#[test]
fn both_sides_of_a_share_of_money_are_dollars() {
    assert_eq!(shown(&table(USUAL, USUAL)), (Some((36_000.0, 90_000.0)), 0));
}

#[test]
fn what_one_member_may_have_most_of_is_hidden_and_cannot_be_subtracted_back() {
    for most in [(8_000_000, 20_000_000), (40_000, 20_000_000)] {
        let (all, hidden) = shown(&table(USUAL, most));
        assert!(hidden > 1 || (hidden == 1 && all.is_none()), "{most:?}: {all:?}, {hidden}");
    }
}

/// The whole without a part is another part, such as all money without that for care outside beds.
#[test]
fn what_is_left_of_the_whole_is_no_single_members() {
    let of_one = |most: i64| shown(&table((40_000, 50_000), (40_000, 40_000 + most)));
    assert_eq!(of_one(10_000), (Some((36_000.0, 45_000.0)), 0));
    let (all, hidden) = of_one(600_000);
    assert!(hidden > 1 || (hidden == 1 && all.is_none()), "{all:?}, {hidden}");
}

/// Contacts may name an organisation with which nobody is enrolled: its money is that of unknown few.
#[test]
fn money_of_an_organisation_without_members_is_hidden() {
    let mut measure = world::measure("paid", Shape::Rate);
    (measure.display, measure.numerator_parts) = (Display::Dollars, 100);
    let mut world = world::World::new(vec![measure], 1, &[Grain::Month]);
    for (place, members, days) in [(0, 30, 31), (1, 30, 31), (2, 6, 0)] {
        let cells = world.cells(0, day("2023-01-05"), &bho(&format!("B{place}")), &[]);
        for member in 0..members {
            world.add(&cells, place * 1000 + member, 40_000, days);
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    let (all, hidden) = shown(&suppress(&tabulate(&world.tallies(), &settings), &settings));
    assert!(hidden > 1 || (hidden == 1 && all.is_none()), "{all:?}, {hidden}");
}

/// Nights of stays, of which `nights` are of one member of the third organisation.
fn nights(others: i64, nights: i64) -> PublishedTable {
    let mut world =
        world::World::new(vec![world::measure("bed_days", Shape::Rate)], 1, &[Grain::Month]);
    for place in 0..3 {
        let cells = world.cells(0, day("2023-01-05"), &bho(&format!("B{place}")), &[]);
        for member in 0..60 {
            let own = if (place, member) == (2, 0) { nights } else { others };
            let has = (place < 2 || member < 20) && member < 40;
            world.add(&cells, place * 1000 + member, if has { own } else { 0 }, 31);
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    suppress(&tabulate(&world.tallies(), &settings), &settings)
}

/// Seventeen nights of one person are the days of a stay.
#[test]
fn nights_of_mostly_one_member_are_hidden() {
    assert_eq!(shown(&nights(2, 2)), (Some((200.0, 5580.0)), 0));
    let (all, hidden) = shown(&nights(1, 31));
    assert!(hidden > 1 || (hidden == 1 && all.is_none()), "{all:?}, {hidden}");
}
