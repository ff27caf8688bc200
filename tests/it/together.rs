//! Numbers that depend on all members at once, against sums over everyone that are as slow as obvious.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use throughline::kernel::{self, Cell, Group, Stratum, Tallies};
use throughline::pipeline::{self, Folders};
use throughline::terms::{Day, Grain, Period};

use crate::site::Site;

const MEMBERS: u64 = 70;

/// Numbers that look like chance, the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// What is known of a member.
#[derive(Debug, Default)]
struct Known {
    /// First and last day, and organisation.
    enrolled: Vec<(Day, Day, &'static str)>,
    visits: Vec<(Day, u64)>,
    costs: Vec<(Day, i64)>,
}

impl Known {
    fn bho(&self, day: Day) -> Option<&'static str> {
        let own = self.enrolled.iter().find(|(first, last, _)| *first <= day && day <= *last);
        own.map(|(_, _, bho)| *bho)
    }

    /// The clinicians of the twelve months that end on a day.
    fn team(&self, end: Day) -> BTreeSet<u64> {
        let start = (end + 1).months_later(-12);
        let own = self.visits.iter().filter(|(day, _)| start <= *day && *day <= end);
        own.map(|(_, clinician)| *clinician).collect()
    }

    /// At most one of the twelve months has a day without enrolment.
    fn is_enrolled(&self, end: Day) -> bool {
        let start = (end + 1).months_later(-12);
        let days = (0..=end - start).map(|days| start + days);
        let open = days.filter(|day| self.bho(*day).is_none());
        let months: BTreeSet<(i32, u32)> = open.map(|day| (day.year(), day.month())).collect();
        months.len() <= 1
    }
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn people(chance: &mut Chance) -> Vec<Known> {
    let (start, last) = (day("2023-01-01"), day("2024-12-31"));
    let one = |chance: &mut Chance| {
        let mut known = Known::default();
        let turn = start + i32::try_from(chance.below(700)).expect("small");
        known.enrolled = match chance.below(4) {
            0 => vec![(start, last, "B1")],
            1 => vec![(start, last, "B2")],
            2 => vec![(start, turn, "B1"), (turn + 1, last, "B2")],
            _ => vec![(start, turn, "B2")],
        };
        for _ in 0..chance.below(14) {
            let day = start + i32::try_from(chance.below(730)).expect("small");
            known.visits.push((day, chance.below(9)));
            known.costs.push((day, i64::try_from(chance.below(30)).expect("small") * 500 - 2_000));
        }
        known
    };
    (0..MEMBERS).map(|_| one(chance)).collect()
}

fn site(people: &[Known]) -> Site {
    let site = Site::new("\"care_density\", \"cost_top5_share\"");
    let mut enrolment = "member_id,start,end,bho_id\n".to_owned();
    let mut contacts =
        "contact_id,member_id,contact_date,service_class,service_code,agency_id,clinician_id,status\n"
            .to_owned();
    let mut cost = "claim_id,member_id,service_date,amount_paid\n".to_owned();
    for (member, known) in people.iter().enumerate() {
        for (first, last, bho) in &known.enrolled {
            writeln!(enrolment, "M{member:02},{first},{last},{bho}").expect("text");
        }
        for (number, (day, clinician)) in known.visits.iter().enumerate() {
            writeln!(
                contacts,
                "C{member}-{number},M{member:02},{day},therapy,H0004,A1,K{clinician},attended"
            )
            .expect("text");
        }
        for (number, (day, cents)) in known.costs.iter().enumerate() {
            let sign = if *cents < 0 { "-" } else { "" };
            let (whole, rest) = (cents.abs() / 100, cents.abs() % 100);
            writeln!(cost, "L{member}-{number},M{member:02},{day},{sign}{whole}.{rest:02}")
                .expect("text");
        }
    }
    site.write("extracts/enrolment.csv", enrolment);
    site.write("extracts/contacts.csv", contacts);
    site.write("extracts/cost.csv", cost);
    let source = |name: &str| format!("{name},2025-01-10,2023-01-01,0\n");
    site.write(
        "extracts/manifest.csv",
        format!(
            "source,extract_date,coverage_start,runout_days\n{}{}{}",
            source("enrolment"),
            source("contacts"),
            source("cost")
        ),
    );
    site.fine(&["ingest", "@site.toml"]);
    site
}

fn cell(tallies: &Tallies, id: &str, period: Period, bho: Option<&str>) -> Option<Cell> {
    Some(Cell {
        measure: tallies.measures.iter().position(|measure| measure.id == id)?,
        period,
        group: bho.map_or(Group::All, |bho| Group::Bho(bho.to_owned())),
        stratum: Stratum { kind: "all".to_owned(), value: "all".to_owned() },
    })
}

/// The sum of densities of a group's members, and how many have one.
fn densities(people: &[Known], end: Day, bho: Option<&str>) -> (f64, i128) {
    let teams: Vec<BTreeSet<u64>> = people.iter().map(|known| known.team(end)).collect();
    let (mut sum, mut members) = (0.0, 0);
    for (known, team) in people.iter().zip(&teams) {
        let last =
            known.enrolled.iter().map(|(_, last, _)| (*last).min(end)).max().expect("enrolled");
        let own = bho.is_none_or(|bho| known.bho(last) == Some(bho));
        if team.len() < 2 || !own || !known.is_enrolled(end) {
            continue;
        }
        let (mut shared, mut pairs) = (0, 0);
        for a in team {
            for b in team.iter().filter(|b| *b > a) {
                pairs += 1;
                shared +=
                    teams.iter().filter(|other| other.contains(a) && other.contains(b)).count();
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a few members")]
        let density = shared as f64 / f64::from(pairs);
        sum += density;
        members += 1;
    }
    (sum, members)
}

/// What the top 5 % of those with cost have, and what all of them have.
fn top(people: &[Known], period: Period, bho: Option<&str>) -> (i128, i128) {
    let own = |known: &Known| -> i64 {
        let costs = known.costs.iter().filter(|(day, _)| period.contains(*day));
        let own = costs
            .filter(|(day, _)| known.bho(*day).is_some_and(|own| bho.is_none_or(|bho| bho == own)));
        own.map(|(_, cents)| cents).sum()
    };
    let mut costs: Vec<i64> = people.iter().map(own).filter(|cents| *cents > 0).collect();
    costs.sort_unstable_by_key(|cents| -cents);
    let sum = |some: &[i64]| some.iter().map(|cents| i128::from(*cents)).sum();
    (sum(&costs[..(costs.len() * 5).div_ceil(100)]), sum(&costs))
}

#[test]
fn densities_and_tops_are_those_of_sums_over_everyone() {
    let mut chance = Chance(20_261_122);
    let mut seen = BTreeMap::new();
    for _ in 0..3 {
        let people = people(&mut chance);
        let site = site(&people);
        let read = pipeline::read(&site.path("site.toml")).expect("a file").expect("a pipeline");
        let snapshot = pipeline::snapshot(&read, &Folders::default()).expect("a snapshot");
        let tallies = pipeline::count(&read, snapshot, None, &|_| {}).expect("a count").tallies;
        let years = || tallies.periods.iter().filter(|period| period.grain == Grain::Year);
        for period in &tallies.periods {
            for bho in [None, Some("B1"), Some("B2")] {
                let ends_a_year = years().any(|year| year.end == period.end);
                let expected = ends_a_year.then(|| densities(&people, period.end, bho));
                let (sum, members) = expected.unwrap_or_default();
                let cell = |id| cell(&tallies, id, *period, bho).expect("a measure");
                let nothing = kernel::Tally::default();
                let at = cell("care_density@clinician");
                let found = tallies.cells.get(&at).unwrap_or(&nothing);
                assert_eq!(found.denominator, members, "{at:?}");
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53 parts of a density")]
                let density = found.numerator as f64 / 1e12;
                assert!((density - sum).abs() < 1e-8, "{at:?}: {density}, not {sum}");
                *seen.entry("densities").or_insert(0) += i32::from(members > 0);
                let at = cell("cost_top5_share");
                let found = tallies.cells.get(&at).unwrap_or(&nothing).top(5);
                assert_eq!((found.sum, found.total), top(&people, *period, bho), "{at:?}");
                *seen.entry("tops").or_insert(0) += i32::from(found.sum > 0);
            }
        }
        assert!(tallies.periods.iter().any(|period| period.grain == Grain::Month));
    }
    assert!(seen["densities"] > 20 && seen["tops"] > 100, "{seen:?}");
}

/// The number of an explanation is the number of the report, and a member of it is told with its own
/// density, which depends on members in other buckets.
#[test]
fn a_density_is_explained_with_everyone_in_mind() {
    let people = people(&mut Chance(7));
    let site = site(&people);
    let (period, end) = ("2024-12", day("2024-12-31"));
    let (sum, members) = densities(&people, end, None);
    let all = site.fine(&[
        "explain",
        "care_density@clinician",
        "--period",
        period,
        "--pipeline",
        "@site.toml",
    ]);
    #[expect(clippy::cast_precision_loss, reason = "a few members")]
    let mean = sum / members as f64;
    assert!(all.contains(&format!("{mean:.1}")), "{mean} is not in\n{all}");
    let counted = |known: &&Known| known.team(end).len() == 3 && known.is_enrolled(end);
    let one =
        people.iter().position(|known| counted(&known)).expect("someone has three clinicians");
    let name = format!("M{one:02}");
    let told = site.fine(&[
        "explain",
        "care_density@clinician",
        "--period",
        period,
        "--member",
        &name,
        "--pipeline",
        "@site.toml",
    ]);
    let alone = densities_of(&people, one, end);
    let adds = told.split_once("adds ").expect("what the member adds").1;
    let adds: f64 = adds.split(' ').next().unwrap_or_default().parse().expect("a number");
    assert!((adds - alone).abs() < 1e-3, "{alone}: {told}");
    assert_eq!(told.matches("contact ").count().min(3), 3, "one visit to each clinician: {told}");
    for clinician in 0..9 {
        assert!(!all.contains(&format!("K{clinician} ")), "{all}");
    }
}

/// One member's density.
fn densities_of(people: &[Known], one: usize, end: Day) -> f64 {
    let team: Vec<u64> = people[one].team(end).into_iter().collect();
    let (mut shared, mut pairs) = (0_u32, 0_u32);
    for (place, a) in team.iter().enumerate() {
        for b in &team[place + 1..] {
            let both = |known: &&Known| known.team(end).contains(a) && known.team(end).contains(b);
            shared += u32::try_from(people.iter().filter(both).count()).expect("few");
            pairs += 1;
        }
    }
    f64::from(shared) / f64::from(pairs)
}
