//! Twenty-one fabricated months of tallies.

use std::collections::BTreeMap;

use throughline::indicator::{
    Better, Display, Evidence, Family, Interval, Measure, Scale, Shape, Spread, Tables,
};
use throughline::kernel::{
    BETWEEN, Cell, Group, JOINT, Stratum, Tallies, Tally, has_expected_count,
};
use throughline::terms::{Day, Grain, Period};

/// Organisations; two of them try to be more than a name.
pub(super) const BHOS: [&str; 7] = [
    "BHO-1",
    "BHO-2",
    "BHO-3",
    "BHO-4",
    "BHO-5",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
];

/// The month of the report.
pub(super) fn september() -> Period {
    month(2026, 9)
}

fn month(year: i32, month: u32) -> Period {
    Period::starting(Grain::Month, Day::from_ymd(year, month, 1).expect("made up to fit"))
}

/// Numbers that look like chance but are the same every time.
struct Chance(u64);

impl Chance {
    /// A number from 0 to 1.
    fn draw(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).expect("made up to fit")) / f64::from(1_u32 << 31)
    }

    #[expect(clippy::cast_possible_truncation, reason = "small made-up counts")]
    fn about(&mut self, expected: f64) -> i64 {
        let noise = (0..6).map(|_| self.draw()).sum::<f64>() - 3.0;
        (expected + noise * expected.max(0.0).sqrt() * 1.4).round().max(0.0) as i64
    }
}

fn measure(id: &str, title: &str, family: Family, shape: Shape) -> Measure {
    Measure {
        id: id.to_owned(),
        base_id: id.split('@').next().expect("made up to fit").to_owned(),
        preset: "default".to_owned(),
        title: title.to_owned(),
        family,
        counts: "discharge".to_owned(),
        unit: String::new(),
        better: Better::Higher,
        objectives: vec![4, 6],
        source: "NCQA Follow-Up After Hospitalization, as coded by public agencies".to_owned(),
        evidence: Evidence::Verified,
        rationale: "The weeks after discharge are when people are lost.".to_owned(),
        sentence: format!(
            "{title}: share of units that meet the criterion from day 1 to day 7, the day itself not counted."
        ),
        shape,
        scale: Scale::Times(1.0),
        display: Display::Percent,
        interval: Interval::WilsonCluster,
        numerator_parts: 1,
        exclusions: vec!["not_enrolled".to_owned(), "died".to_owned(), "not_observable".to_owned()],
        ripe_days: 0,
        look_back: 0,
        overlapping: false,
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

/// Twelve measures: every shape, every display, small counts, and one that cannot be computed.
pub(super) fn measures() -> Vec<Measure> {
    [continuity(), reengagement(), least_restrictive(), vec![penetration(), spending()]].concat()
}

fn continuity() -> Vec<Measure> {
    let follow_up = |id: &str, days: u8| Measure {
        ripe_days: 30,
        look_back: 0,
        ..measure(
            id,
            &format!("Follow-up within {days} days of a mental-health hospital discharge"),
            Family::Continuity,
            Shape::Share,
        )
    };
    let readmission =
        measure("readmit_30d", "Readmission within 30 days", Family::Continuity, Shape::Share);
    let index = measure(
        "coc_bb@agency",
        "Continuity of care index (Bice-Boxerman), by agency",
        Family::Continuity,
        Shape::MemberMean,
    );
    vec![
        follow_up("fu_hosp_mh_7d", 7),
        follow_up("fu_hosp_mh_30d", 30),
        Measure { better: Better::Lower, ..readmission },
        Measure {
            counts: "member".to_owned(),
            display: Display::Index,
            interval: Interval::Mean,
            numerator_parts: 1_000_000_000_000,
            overlapping: true,
            evidence: Evidence::FromMemory,
            ..index
        },
    ]
}

fn reengagement() -> Vec<Measure> {
    let returned = measure(
        "reengaged_90d",
        "Back in treatment within 90 days of disengagement",
        Family::Reengagement,
        Shape::Share,
    );
    vec![
        Measure { counts: "disengagement".to_owned(), has_curve: true, ripe_days: 90, ..returned },
        rate(
            "disengagement_rate",
            "Disengagement from treatment",
            Family::Reengagement,
            "per 100 person-years in care",
            36525.0,
        ),
    ]
}

fn least_restrictive() -> Vec<Measure> {
    let family = Family::LeastRestrictive;
    let mix = measure("loc_mix", "Days by level of care", family, Shape::Mix);
    let concordance = measure(
        "loc_concordance",
        "Delivered level of care agrees with the assessed level",
        family,
        Shape::Share,
    );
    let unit = "per 1,000 member-months";
    vec![
        Measure { better: Better::Neutral, exclusions: Vec::new(), ..mix },
        rate("bed_days_per_1000mm", "Hospital bed days", family, unit, 30437.5),
        rate("involuntary_hold_rate", "Involuntary holds", family, unit, 30437.5),
        Measure { missing: vec!["outcomes.recommended_level".to_owned()], ..concordance },
    ]
}

fn penetration() -> Measure {
    Measure {
        counts: "member".to_owned(),
        scale: Scale::DaysOfPeriod(1.0),
        ..measure(
            "penetration_rate",
            "Members with a behavioural-health contact",
            Family::Access,
            Shape::Rate,
        )
    }
}

fn spending() -> Measure {
    let title = "Behavioural-health spending";
    Measure {
        numerator_parts: 100,
        display: Display::Dollars,
        interval: Interval::RatioCluster,
        better: Better::Neutral,
        ..rate("pmpm_bh", title, Family::Cost, "per member per month", 30.4375)
    }
}

fn rate(id: &str, title: &str, family: Family, unit: &str, days: f64) -> Measure {
    Measure {
        unit: unit.to_owned(),
        counts: "member_month".to_owned(),
        better: Better::Lower,
        scale: Scale::Times(days),
        display: Display::Rate,
        interval: Interval::Byar,
        evidence: Evidence::ProjectDefined,
        exclusions: Vec::new(),
        ..measure(id, title, family, Shape::Rate)
    }
}

/// Tallies of twenty-one months to September 2026. Something happens in June 2026.
pub(super) fn tallies() -> Tallies {
    let mut chance = Chance(7);
    let measures = measures();
    let periods: Vec<Period> = (0..21)
        .map(|back| Period::starting(Grain::Month, september().start.months_later(back - 20)))
        .collect();
    let mut cells = BTreeMap::new();
    for (place, measure) in
        measures.iter().enumerate().filter(|(_, measure)| measure.missing.is_empty())
    {
        for period in &periods {
            for (group_place, bho) in BHOS.iter().enumerate() {
                let size = [1.0, 0.7, 0.5, 0.45, 0.3, 0.2, 0.08][group_place];
                let group = Group::Bho((*bho).to_owned());
                for (stratum, tally) in fabricated(measure, *period, size, &mut chance) {
                    for group in [group.clone(), Group::All] {
                        let cell = Cell {
                            measure: place,
                            period: *period,
                            group,
                            stratum: stratum.clone(),
                        };
                        if let Some(joint) = joint(measure, &cell, &tally) {
                            add(cells.entry(joint.0).or_default(), &joint.1);
                        }
                        add(cells.entry(cell).or_default(), &tally);
                    }
                }
            }
        }
    }
    Tallies { measures, periods, cells, ..Tallies::default() }
}

/// The same counts as a joint stratum of age and sex, of which there is one.
fn joint(measure: &Measure, cell: &Cell, tally: &Tally) -> Option<(Cell, Tally)> {
    if cell.stratum.kind != "age_band" || !has_expected_count(measure) {
        return None;
    }
    let value = format!("{}{BETWEEN}F", cell.stratum.value);
    let (numerator, denominator) = (tally.numerator, tally.denominator);
    let tally = Tally { numerator, denominator, ..Tally::default() };
    Some((Cell { stratum: stratum(JOINT, &value), ..cell.clone() }, tally))
}

fn stratum(kind: &str, value: &str) -> Stratum {
    Stratum { kind: kind.to_owned(), value: value.to_owned() }
}

fn fabricated(
    measure: &Measure,
    period: Period,
    size: f64,
    chance: &mut Chance,
) -> Vec<(Stratum, Tally)> {
    if measure.shape == Shape::Mix {
        let shares = [0.02, 0.06, 0.55, 0.2, 0.09, 0.05, 0.03];
        let days: Vec<i64> =
            shares.iter().map(|share| chance.about(9000.0 * size * share)).collect();
        let all: i64 = days.iter().sum();
        let tally = |days: i64| Tally {
            numerator: days.into(),
            denominator: all.into(),
            members: chance.about(900.0 * size),
            ..Tally::default()
        };
        return days
            .iter()
            .copied()
            .map(tally)
            .enumerate()
            .map(|(level, tally)| (stratum("level", &level.to_string()), tally))
            .collect();
    }
    let mut all = Tally::default();
    let mut parts = Vec::new();
    for (band, share) in
        [("0-17", 0.2), ("18-25", 0.15), ("26-44", 0.35), ("45-64", 0.22), ("65+", 0.08)]
    {
        let tally = part(measure, period, size * share, chance);
        add(&mut all, &tally);
        parts.push((stratum("age_band", band), tally));
    }
    parts.push((stratum("all", "all"), all));
    parts
}

fn part(measure: &Measure, period: Period, size: f64, chance: &mut Chance) -> Tally {
    let is_after = period >= month(2026, 6);
    let (units, share) = match measure.id.as_str() {
        "fu_hosp_mh_7d" => (260.0, if is_after { 0.52 } else { 0.41 }),
        "fu_hosp_mh_30d" => (260.0, 0.63),
        "readmit_30d" => (240.0, 0.14),
        "coc_bb@agency" => (3000.0, 0.58),
        "reengaged_90d" => (320.0, 0.3),
        "disengagement_rate" => (300_000.0, 0.000_9),
        "involuntary_hold_rate" => (900_000.0, 0.000_003),
        "bed_days_per_1000mm" => (900_000.0, 0.002),
        "penetration_rate" => (900_000.0, 0.0042),
        _ => (900_000.0, 1.3),
    };
    let denominator = chance.about(units * size);
    #[expect(clippy::cast_precision_loss, reason = "small made-up counts")]
    let expected = denominator as f64 * share;
    let numerator = chance.about(expected).min(if units < 5000.0 { denominator } else { i64::MAX });
    let members = if units < 5000.0 { denominator * 9 / 10 } else { denominator / 30 };
    let member_wide = |count: i64| i128::from(count) * 11 / 10;
    Tally {
        nobodys: 0,
        numerator: i128::from(numerator) * i128::from(measure.numerator_parts),
        denominator: denominator.into(),
        members,
        excluded: measure.exclusions.iter().map(|_| chance.about(40.0 * size)).collect(),
        nn: member_wide(numerator) * i128::from(measure.numerator_parts).pow(2),
        nd: member_wide(numerator) * i128::from(measure.numerator_parts),
        dd: member_wide(denominator),
        values: if measure.has_curve { curve(numerator, chance) } else { BTreeMap::new() }
            .into_iter()
            .collect(),
    }
}

/// Days to return of the members that returned.
#[expect(clippy::cast_possible_truncation, reason = "days up to 90")]
fn curve(returned: i64, chance: &mut Chance) -> BTreeMap<i64, i64> {
    let mut days = BTreeMap::new();
    for _ in 0..returned {
        let day = 1 + (chance.draw() * chance.draw() * 90.0) as i64;
        *days.entry(day).or_default() += 1;
    }
    days
}

fn add(into: &mut Tally, more: &Tally) {
    into.numerator += more.numerator;
    into.denominator += more.denominator;
    into.members += more.members;
    into.excluded.resize(more.excluded.len(), 0);
    for (into, more) in into.excluded.iter_mut().zip(&more.excluded) {
        *into += more;
    }
    into.nn += more.nn;
    into.nd += more.nd;
    into.dd += more.dd;
    let both = into.values.counts().iter().chain(more.values.counts());
    into.values = both.copied().collect();
}
