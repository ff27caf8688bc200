//! Variants that part one whole, such as practice levels, and other measures that count what one of them
//! counts.

use throughline::indicator::{Display, Measure, Scale, Shape, Spread};
use throughline::kernel::Group;
use throughline::oversight::{Exact, PublishedTable, Settings, suppress, tabulate};
use throughline::terms::Grain;

use super::world::{self, bho, day, everyone};

/// A share of contacts, told by a variant of one definition.
fn variant(name: &str) -> Measure {
    let mut measure = world::measure(&format!("levels@{name}"), Shape::Rate);
    "levels".clone_into(&mut measure.base_id);
    (measure.display, measure.scale) = (Display::Percent, Scale::Times(1.0));
    measure
}

/// Contacts of three levels among those of one organisation, and two rates with the numerators of the
/// first two; `order` gives the place of each of the five in the report.
fn table(order: [usize; 5]) -> PublishedTable {
    let contacts = [60, 45, 3, 60, 45];
    let measures = [
        variant("l1"),
        variant("l2"),
        variant("l3"),
        world::measure("as_many_as_l1", Shape::Rate),
        world::measure("as_many_as_l2", Shape::Rate),
    ];
    let ordered = order.map(|at| measures[at].clone()).to_vec();
    let mut world = world::World::new(ordered, 1, &[Grain::Month]);
    for (place, at) in order.into_iter().enumerate() {
        let cells = world.cells(place, day("2023-01-05"), &bho("B0"), &[]);
        for member in 0..108_u64 {
            // One contact of each member, of one level; 31 days of enrolment.
            let first = [0, 60, 105, 0, 60][at];
            let has = i64::from((first..first + contacts[at]).contains(&member));
            let whole = if at < 3 { 1 } else { 31 };
            world.add(&cells, member, has, whole);
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    suppress(&tabulate(&world.tallies(), &settings), &settings)
}

fn shown(table: &PublishedTable, id: &str) -> Option<f64> {
    let at = table.measures().iter().position(|measure| measure.id == id).expect("a measure");
    let mut rows = table.rows_of(at).iter();
    let all = rows.find(|row| row.group == Group::All && row.stratum == everyone());
    all.expect("a row").numerator.map(Exact::to_f64)
}

#[test]
fn who_counts_what_a_hidden_variant_counts_is_hidden_with_it() {
    for order in [[0, 1, 2, 3, 4], [4, 3, 0, 1, 2], [3, 2, 1, 0, 4]] {
        let table = table(order);
        let own = ["levels@l1", "levels@l2", "levels@l3"].map(|id| shown(&table, id));
        assert_eq!(own[2], None, "{order:?}: three contacts are shown");
        assert!(own[0].is_none() || own[1].is_none(), "{order:?}: can be subtracted: {own:?}");
        let others = ["as_many_as_l1", "as_many_as_l2"].map(|id| shown(&table, id));
        for (own, other) in own.iter().zip(others) {
            assert!(own.is_some() || other.is_none(), "{order:?}: {own:?}, {other:?}");
        }
    }
}

/// Thirty-seven of forty are as they should be, and three are one below: a mean of differences says so as well.
#[test]
fn a_mean_of_few_values_is_hidden_with_the_shares_of_its_units() {
    let table = |spread: Spread| {
        let mut difference = world::measure("levels@difference", Shape::UnitMean);
        (difference.display, difference.spread) = (Display::Rate, spread);
        let measures = vec![world::measure("levels", Shape::Share), difference];
        let mut world = world::World::new(measures, 1, &[Grain::Month]);
        for (place, of_last) in [(0, 0), (1, -1)] {
            let cells = world.cells(place, day("2023-01-05"), &bho("B0"), &[]);
            for member in 0..40_u64 {
                let is_below = member >= 37;
                let of_others = i64::from(place == 0);
                world.add(&cells, member, if is_below { of_last } else { of_others }, 1);
            }
        }
        let settings = Settings::new(day("2030-01-01"));
        suppress(&tabulate(&world.tallies(), &settings), &settings)
    };
    assert_eq!(shown(&table(Spread::Few), "levels"), None);
    assert_eq!(shown(&table(Spread::Few), "levels@difference"), None);
    assert_eq!(shown(&table(Spread::Any), "levels@difference"), Some(-3.0), "of many values");
}
