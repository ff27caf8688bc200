//! What falls on the members with most, of random systems of care: what the shown tops leave of everyone's
//! is never that of one organisation, of few members, or mostly of one member.

use std::collections::BTreeMap;

use throughline::indicator::Shape;
use throughline::kernel::Group;
use throughline::oversight::{Settings, suppress, tabulate};
use throughline::terms::Grain;

use super::world::{self, bho, day, everyone};

/// The sum and the largest of the top of some amounts.
fn top(amounts: &[i64], percent: usize) -> (usize, i64, i64) {
    let mut amounts = amounts.to_vec();
    amounts.sort_unstable_by(|a, b| b.cmp(a));
    let members = (amounts.len() * percent).div_ceil(100);
    (members, amounts[..members].iter().sum(), amounts.first().copied().unwrap_or(0))
}

/// How many tops of organisations are hidden and shown.
fn attack(seed: u64) -> (usize, usize) {
    let mut dice = world::Dice::new(seed);
    let percent = 5 + usize::try_from(dice.below(30)).expect("small");
    let shape = Shape::Top { percent: u8::try_from(percent).expect("small") };
    let mut world = world::World::new(vec![world::measure("top", shape)], 1, &[Grain::Month]);
    let mut amounts: BTreeMap<Group, Vec<i64>> = BTreeMap::new();
    for place in 0..2 + dice.below(5) {
        let group = bho(&format!("B{place}"));
        let cells = world.cells(0, day("2023-01-05"), &group, &[]);
        for member in 0..=dice.below(400) * dice.below(3) {
            let giant = if dice.below(150) == 0 { 300 } else { 1 };
            let amount = i64::try_from(giant * (1 + dice.below(1000))).expect("small");
            world.add(&cells, place * 1000 + member, amount, amount);
            world.value(&cells, amount);
            for group in [&Group::All, &group] {
                amounts.entry(group.clone()).or_default().push(amount);
            }
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    let table = suppress(&tabulate(&world.tallies(), &settings), &settings);
    let mut left: Vec<(usize, i64, i64)> = Vec::new();
    let (mut shown, mut all_shown) = (0, false);
    for (group, amounts) in &amounts {
        let row = table.rows().iter().find(|row| row.group == *group && row.stratum == everyone());
        let row = row.expect("a row");
        let (members, sum, most) = top(amounts, percent);
        assert_eq!((row.numerator, row.denominator, row.members), (None, None, None), "{row:?}");
        match row.value {
            Some(value) => {
                assert!(members > 10 && 2 * most <= sum, "seed {seed}: {row:?}");
                let thousandths = value * 1000.0;
                assert!((thousandths - thousandths.round()).abs() < 1e-9, "{row:?}");
                all_shown |= *group == Group::All;
                shown += usize::from(*group != Group::All);
            }
            None if *group != Group::All => left.push((members, sum, most)),
            None => {}
        }
    }
    let hidden = left.len();
    if all_shown && hidden > 0 {
        let members: usize = left.iter().map(|one| one.0).sum();
        let sum: i64 = left.iter().map(|one| one.1).sum();
        let most = left.iter().map(|one| one.2).max().expect("there is one");
        assert!(hidden > 1 && members > 10, "seed {seed}: {members} members of {hidden} are left");
        assert!(2 * most <= sum, "seed {seed}: one has {most} of {sum} that are left");
    }
    (hidden, shown)
}

#[test]
fn what_shown_tops_leave_is_of_many() {
    let (mut hidden, mut shown) = (0, 0);
    for seed in 0..2000 {
        let found = attack(seed);
        hidden += found.0;
        shown += found.1;
    }
    assert!(hidden > 1000 && shown > 1000, "{hidden} tops are hidden, {shown} are shown");
}
