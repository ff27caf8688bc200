//! A small made-up system of care, counted exactly into tallies.

use std::collections::BTreeMap;

use throughline::indicator::{
    Better, Display, Evidence, Family, Interval, Measure, Scale, Shape, Spread, Tables, Widening,
};
use throughline::kernel::{Attributed, BETWEEN, Cell, Group, JOINT, Stratum, Tallies, Tally};
use throughline::terms::{Day, Grain, Period};

/// Numbers that look random and are the same everywhere (Marsaglia's xorshift).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n.max(1)
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

pub(super) fn stratum(kind: &str, value: &str) -> Stratum {
    Stratum { kind: kind.to_owned(), value: value.to_owned() }
}

pub(super) fn everyone() -> Stratum {
    stratum("all", "all")
}

pub(super) fn bho(name: &str) -> Group {
    Group::Bho(name.to_owned())
}

pub(super) fn measure(id: &str, shape: Shape) -> Measure {
    let interval = match shape {
        Shape::Share => Interval::WilsonCluster,
        Shape::MemberShare => Interval::Wilson,
        Shape::MemberMean => Interval::Mean,
        Shape::Rate => Interval::Byar,
        Shape::Mix | Shape::UnitMean | Shape::Agreement | Shape::Duration | Shape::Top { .. } => {
            Interval::RatioCluster
        }
    };
    let rate = shape == Shape::Rate;
    Measure {
        id: id.to_owned(),
        base_id: id.to_owned(),
        preset: "default".to_owned(),
        title: format!("Title of {id}"),
        family: Family::Continuity,
        counts: "discharge".to_owned(),
        unit: if rate { "per 1,000 member-months".to_owned() } else { String::new() },
        better: Better::Higher,
        objectives: vec![4],
        source: String::new(),
        evidence: Evidence::ProjectDefined,
        rationale: String::new(),
        sentence: String::new(),
        shape,
        scale: Scale::Times(if rate { 30_437.5 } else { 1.0 }),
        display: if rate { Display::Rate } else { Display::Percent },
        interval,
        numerator_parts: if shape == Shape::MemberMean { 1_000_000_000_000 } else { 1 },
        exclusions: Vec::new(),
        ripe_days: 0,
        look_back: 0,
        overlapping: matches!(shape, Shape::MemberMean | Shape::MemberShare),
        grains: Grain::ALL.to_vec(),
        has_curve: false,
        ceiling: None,
        spread: Spread::Any,
        high_percent: 75,
        widening: None,
        tables: Tables::default(),
        missing: Vec::new(),
        poor: Vec::new(),
    }
}

/// Counts being collected.
pub(super) struct World {
    pub(super) measures: Vec<Measure>,
    pub(super) periods: Vec<Period>,
    members: BTreeMap<Cell, BTreeMap<u64, (i64, i64)>>,
    excluded: BTreeMap<Cell, Vec<i64>>,
    values: BTreeMap<Cell, BTreeMap<i64, i64>>,
}

impl World {
    /// Months from January 2023, with their quarters and years if they are whole.
    pub(super) fn new(measures: Vec<Measure>, months: i32, grains: &[Grain]) -> Self {
        let start = day("2023-01-01");
        let mut periods = Vec::new();
        for grain in grains {
            let number = months / grain.months();
            periods.extend(
                (0..number)
                    .map(|n| Period::starting(*grain, start.months_later(n * grain.months()))),
            );
        }
        Self {
            measures,
            periods,
            members: BTreeMap::new(),
            excluded: BTreeMap::new(),
            values: BTreeMap::new(),
        }
    }

    pub(super) fn cells(
        &self,
        measure: usize,
        on: Day,
        group: &Group,
        strata: &[Stratum],
    ) -> Vec<Cell> {
        let mut cells = Vec::new();
        for period in self.periods.iter().filter(|period| period.contains(on)) {
            for group in [&Group::All, group] {
                for stratum in [everyone()].iter().chain(strata) {
                    cells.push(Cell {
                        measure,
                        period: *period,
                        group: group.clone(),
                        stratum: stratum.clone(),
                    });
                }
            }
        }
        cells
    }

    pub(super) fn add(&mut self, cells: &[Cell], member: u64, n: i64, d: i64) {
        for cell in cells {
            let sums = self.members.entry(cell.clone()).or_default().entry(member).or_default();
            sums.0 += n;
            sums.1 += d;
        }
    }

    pub(super) fn value(&mut self, cells: &[Cell], value: i64) {
        for cell in cells.iter().filter(|cell| cell.stratum.kind == "all") {
            *self.values.entry(cell.clone()).or_default().entry(value).or_default() += 1;
        }
    }

    pub(super) fn exclude(&mut self, cells: &[Cell], reason: usize) {
        for cell in cells {
            let reasons = self.measures[cell.measure].exclusions.len();
            self.excluded.entry(cell.clone()).or_insert_with(|| vec![0; reasons])[reason] += 1;
        }
    }

    pub(super) fn tallies(self) -> Tallies {
        let mut cells: BTreeMap<Cell, Tally> = BTreeMap::new();
        for (cell, members) in self.members {
            let tally = cells.entry(cell).or_default();
            for (n, d) in members.values().map(|(n, d)| (i128::from(*n), i128::from(*d))) {
                tally.numerator += n;
                tally.denominator += d;
                tally.members += i64::from(d > 0);
                tally.nn += n * n;
                tally.nd += n * d;
                tally.dd += d * d;
            }
        }
        for (cell, excluded) in self.excluded {
            cells.entry(cell).or_default().excluded = excluded;
        }
        for (cell, values) in self.values {
            cells.entry(cell).or_default().values = values.into_iter().collect();
        }
        for (cell, tally) in &mut cells {
            tally.excluded.resize(self.measures[cell.measure].exclusions.len(), 0);
        }
        Tallies { measures: self.measures, periods: self.periods, cells, ..Tallies::default() }
    }
}

/// How large a random world is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) months: i32,
    pub(super) bhos: u64,
    pub(super) units: u64,
    pub(super) ages: u64,
}

/// Follow-up within 7, 14 and 30 days with shared discharges, outreach among the followed-up, a rate of
/// events, days by level, a mean and a share over members.
pub(super) fn random(seed: u64, extent: Extent, grains: &[Grain]) -> Tallies {
    random_by(seed, extent, grains, (0, 0))
}

/// The same world, in which each organisation has some facilities; discharges belong to them.
pub(super) fn random_by_facility(
    seed: u64,
    extent: Extent,
    grains: &[Grain],
    facilities: u64,
) -> Tallies {
    random_by(seed, extent, grains, (0, facilities))
}

/// The same world, in which some more units have come late.
pub(super) fn random_and_late(seed: u64, extent: Extent, grains: &[Grain], late: u64) -> Tallies {
    random_by(seed, extent, grains, (late, 0))
}

fn random_by(
    seed: u64,
    extent: Extent,
    grains: &[Grain],
    (late, facilities): (u64, u64),
) -> Tallies {
    let mut dice = Dice::new(seed);
    let mut measures = vec![
        measure("fu_7d", Shape::Share),
        measure("fu_30d", Shape::Share),
        measure("outreach", Shape::Share),
        measure("holds", Shape::Rate),
        measure("mix", Shape::Mix),
        measure("index", Shape::MemberMean),
        measure("active", Shape::MemberShare),
        measure("fu_14d", Shape::Share),
    ];
    for share in [0, 1, 7] {
        measures[share].exclusions =
            ["died", "hospice", "not enrolled"].map(str::to_owned).to_vec();
    }
    for (measure, width) in [(0, 7), (7, 14), (1, 30)] {
        measures[measure].widening = Some(Widening { of: "follow-up".to_owned(), width });
    }
    let mut world = World::new(measures, extent.months, grains);
    let start = day("2023-01-01");
    for unit in 0..extent.units + late {
        // Skewed: the first organisation, age band and month have the most.
        let group = bho(&format!("B{}", dice.below(extent.bhos).min(dice.below(extent.bhos + 1))));
        let month =
            i32::try_from(dice.below(extent.months.unsigned_abs().into())).expect("a month");
        let on = start.months_later(month) + i32::try_from(dice.below(27)).expect("a day");
        let member = dice.below(extent.units * 2 / 3 + 1);
        let mut strata = vec![
            stratum("age_band", &format!("a{}", member % extent.ages)),
            stratum("sex", if member % 7 < 3 { "F" } else { "M" }),
            stratum(JOINT, &format!("a{}{BETWEEN}{}", member % extent.ages, member / 7 % 3)),
        ];
        // Each facility has half as many as the one before.
        let facility = u64::from((unit + member).trailing_ones()).min(facilities);
        let name = stratum(Attributed::Facility.name(), &format!("f{facility}"));
        strata.extend((facilities > 0).then_some(name));
        discharge(&mut world, &mut dice, on, &group, &strata, member);
        strata.truncate(3);
        days(&mut world, &mut dice, on, &group, &strata, member);
        values(&mut world, &mut dice, on, &group, &strata, unit);
    }
    world.tallies()
}

fn discharge(
    world: &mut World,
    dice: &mut Dice,
    on: Day,
    group: &Group,
    strata: &[Stratum],
    member: u64,
) {
    let reason = usize::try_from(dice.below(12)).expect("small");
    let (in_30, outreach) = (dice.chance(60), dice.chance(30));
    let in_14 = in_30 && dice.chance(80);
    let in_7 = in_14 && dice.chance(75);
    for (measure, met) in [(0, in_7), (1, in_30), (7, in_14)] {
        let cells = world.cells(measure, on, group, strata);
        if reason < 3 {
            world.exclude(&cells, reason);
        } else {
            world.add(&cells, member, i64::from(met), 1);
        }
    }
    if reason >= 3 && in_30 {
        let cells = world.cells(2, on, group, strata);
        world.add(&cells, member, i64::from(outreach), 1);
    }
}

fn days(
    world: &mut World,
    dice: &mut Dice,
    on: Day,
    group: &Group,
    strata: &[Stratum],
    member: u64,
) {
    let cells = world.cells(3, on, group, strata);
    world.add(&cells, member, i64::from(dice.chance(20)), 28);
    let of_care = i64::try_from(dice.below(6)).expect("small") + 1;
    let at = dice.below(3);
    for level in 0..3 {
        let n = if level == at { of_care } else { 0 };
        let by_level = [stratum("level", &level.to_string())];
        let cells: Vec<Cell> = world
            .cells(4, on, group, &by_level)
            .into_iter()
            .filter(|cell| cell.stratum.kind == "level")
            .collect();
        world.add(&cells, member, n, of_care);
    }
}

/// Here a unit is a member, who is counted once in a period.
fn values(
    world: &mut World,
    dice: &mut Dice,
    on: Day,
    group: &Group,
    strata: &[Stratum],
    member: u64,
) {
    for measure in [5, 6] {
        let cells = world.cells(measure, on, group, strata);
        let quarters = i64::try_from(dice.below(5)).expect("small") * 250_000_000_000;
        let n = if measure == 5 { quarters } else { i64::from(quarters > 0) };
        world.add(&cells, member, n, 1);
        if measure == 5 {
            world.value(&cells, quarters);
        }
    }
}
