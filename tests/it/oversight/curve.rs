//! Curves of return: what can be subtracted between two days.

use std::collections::BTreeMap;

use throughline::indicator::{Shape, Widening};
use throughline::kernel::Group;
use throughline::oversight::{
    Curve, PublishedTable, Settings, release_internal, suppress, tabulate,
};
use throughline::terms::Grain;

use super::world::{Dice, World, bho, day, measure};

/// Who came back within 30 and within 90 days, with the days until then.
fn table(seed: u64, units: u64) -> (PublishedTable, PublishedTable) {
    let mut measures = vec![measure("back_30d", Shape::Share), measure("back_90d", Shape::Share)];
    for (measure, width) in measures.iter_mut().zip([30, 90]) {
        measure.ripe_days = width;
        measure.widening = Some(Widening { of: "back".to_owned(), width });
    }
    measures[1].has_curve = true;
    let mut world = World::new(measures, 12, &[Grain::Year]);
    let mut dice = Dice::new(seed);
    for member in 0..units {
        let group = bho(&format!("B{}", dice.below(5).min(dice.below(6))));
        let after = i64::try_from(dice.below(120).min(dice.below(400))).expect("small");
        for (place, width) in [30, 90].into_iter().enumerate() {
            let cells = world.cells(place, day("2023-05-05"), &group, &[]);
            world.add(&cells, member, i64::from(after <= width), 1);
            if place == 1 && after <= width {
                world.value(&cells, after);
            }
        }
    }
    let settings = Settings::new(day("2030-01-01"));
    let table = tabulate(&world.tallies(), &settings);
    (suppress(&table, &settings), release_internal(&table, &settings))
}

/// How many had come back by each day that is shown, and by day 30 where the other measure says so.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small counts")]
fn met(table: &PublishedTable, curve: &Curve) -> BTreeMap<i32, i64> {
    let units = curve.units.unwrap_or(0) as f64;
    let shown = |share: f64| (share * units).round() as i64;
    let days = curve.points.iter().filter_map(|point| Some((point.day, shown(point.share?))));
    let mut met: BTreeMap<i32, i64> = days.collect();
    let of_30 = table
        .rows()
        .iter()
        .find(|row| row.measure == 0 && row.group == curve.group && row.period == curve.period);
    let counted = of_30.and_then(|row| row.numerator).map(|n| n.parts as i64);
    if !met.is_empty() {
        met.extend(counted.map(|counted| (30, counted)));
    }
    met
}

fn steps(met: &BTreeMap<i32, i64>) -> Vec<i64> {
    let mut last = 0;
    met.values().map(|now| now - std::mem::replace(&mut last, *now)).collect()
}

#[test]
fn no_small_count_lies_between_two_days_of_a_curve() {
    let (mut drawn, mut days, mut small) = (0, 0, 0);
    for seed in 0..60 {
        let (published, internal) = table(seed, 60 + 90 * (seed % 20));
        for curve in internal.curves() {
            let is_small = |step: &i64| (1..11).contains(step);
            small += steps(&met(&internal, curve)).iter().filter(|step| is_small(step)).count();
        }
        let of: BTreeMap<Group, BTreeMap<i32, i64>> = published
            .curves()
            .iter()
            .map(|curve| (curve.group.clone(), met(&published, curve)))
            .filter(|(_, met)| !met.is_empty())
            .collect();
        for (group, met) in &of {
            for step in steps(met) {
                assert!(
                    step == 0 || step >= 11,
                    "seed {seed}, {group:?}: a step of {step} in {met:?}"
                );
            }
            (drawn, days) = (drawn + 1, days + met.len());
        }
        let Some(everyone) = of.get(&Group::All) else { continue };
        let others: BTreeMap<i32, i64> = everyone
            .iter()
            .filter_map(|(on, all)| {
                let own = of.iter().filter(|(group, _)| **group != Group::All);
                let shown: Option<Vec<i64>> = own.map(|(_, met)| met.get(on).copied()).collect();
                Some((*on, all - shown?.into_iter().sum::<i64>()))
            })
            .collect();
        for step in steps(&others) {
            assert!(step == 0 || step >= 11, "seed {seed}: others show a step of {step}");
        }
    }
    assert!(small > 1_000, "there is something to hide: {small}");
    assert!(drawn > 60 && days > 6 * drawn, "{days} days of {drawn} curves are shown");
}
