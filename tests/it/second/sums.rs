//! Every cell of every indicator, summed member by member.

use std::collections::{BTreeMap, BTreeSet};

use super::contact::{Contact, Crosswalk};
use super::definition::{Definition, OfActivities, OwnSet, ValueOf};
use super::life::{Life, World};
use super::rates::Things;
use super::rows::{Day, Extract, Row};
use super::scores::Instrument;
use super::units;
use super::years::{self, Year};

/// Where a sum belongs: indicator and preset, first and last day, organisation, attribute and value.
pub(super) type Place = (String, (Day, Day), String, (String, String));

/// The sums of one cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sums {
    /// Numerator and denominator of each member.
    pub(super) of: BTreeMap<String, (f64, i64)>,
    /// Those of activities, by their number.
    pub(super) nobodys: BTreeMap<usize, (f64, i64)>,
    /// Excluded units, by the place of the reason.
    pub(super) excluded: BTreeMap<usize, i64>,
    /// Member values, or days to the deciding event.
    pub(super) values: Vec<f64>,
}

/// What a run is asked for.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) definitions: &'a [Definition],
    pub(super) periods: &'a [(Day, Day)],
    pub(super) crosswalk: &'a Crosswalk,
    pub(super) instruments: &'a [Instrument],
    pub(super) transfer_gap: i32,
}

impl<'a> Asked<'a> {
    /// The sets of stays that the definitions name by their levels, each once.
    fn sets(&self) -> Vec<OwnSet> {
        let mut sets: Vec<OwnSet> = Vec::new();
        for set in self.definitions.iter().flat_map(|one| &one.sets) {
            if !sets.contains(set) {
                sets.push(*set);
            }
        }
        sets
    }

    /// What is the same for all members, where anything from one day to another is asked for.
    pub(super) fn world(&self, extract: &'a Extract, (first, last): (Day, Day)) -> World<'a> {
        World {
            extract,
            crosswalk: self.crosswalk,
            instruments: self.instruments,
            transfer_gap: self.transfer_gap,
            sets: self.sets(),
            days: (first - 1200, last.max(extract.data_through()) + 400),
        }
    }
}

struct Counter<'a> {
    asked: &'a Asked<'a>,
    data_through: Day,
    /// By the place of the indicator among those that are asked for.
    cells: BTreeMap<(usize, Cell), Sums>,
}

/// First and last day, organisation, attribute and value.
type Cell = ((Day, Day), String, (String, String));

/// How much an activity adds.
fn amount(asked: OfActivities, row: &Row) -> i64 {
    match asked {
        OfActivities::Sessions => 1,
        OfActivities::Participants => row.number("participants").unwrap_or(0),
        // Hours in thousandths, to the nearest minute.
        OfActivities::Minutes => {
            let hours = row.text("hours");
            let (whole, part) = hours.split_once('.').unwrap_or((hours, ""));
            let thousandths = format!("{whole}{part:0<3}").parse::<i64>().unwrap_or(0);
            (thousandths * 60 + 500) / 1000
        }
    }
}

pub(super) fn name(definition: &Definition) -> String {
    format!("{}:{}", definition.id, definition.preset)
}

/// Every cell in which something was counted.
pub(super) fn all(asked: &Asked<'_>, extract: &Extract) -> BTreeMap<Place, Sums> {
    let data_through = extract.data_through();
    let first = asked.periods.iter().map(|period| period.0).min().expect("a period");
    let last = asked.periods.iter().map(|period| period.1).max().expect("a period");
    let world = asked.world(extract, (first, last));
    let mut counter = Counter { asked, data_through, cells: BTreeMap::new() };
    let can_say = |one: &&Definition| {
        let met = |need: &String| {
            need.split(" or ").map(str::trim).any(|one| match one.strip_prefix("instruments") {
                Some(domain) => {
                    let domain = domain.trim_start_matches('.');
                    let is_of = |known: &Instrument| domain.is_empty() || known.domain == domain;
                    asked.instruments.iter().any(is_of)
                }
                None => extract.delivers(one),
            })
        };
        one.needs.iter().all(met)
    };
    let definitions: Vec<&Definition> = asked.definitions.iter().filter(can_say).collect();
    for member in extract.members() {
        counter.count(&definitions, &Life::of(member, &world));
    }
    counter.activities(&definitions, extract);
    // Of activities nobody knows whose they are.
    if !extract.rows("community_activities").is_empty() {
        let counts =
            |of: usize| definitions[of].rate.as_ref().is_some_and(|rate| rate.activities.is_some());
        counter.cells.retain(|(of, (_, group, (kind, _))), _| {
            !counts(*of) || group == "all of them" && kind == "all"
        });
    }
    // Kappa and medians of durations are made of whole groups, and a file may ask for some lengths of periods only.
    counter.cells.retain(|(of, (period, _, (kind, _))), _| {
        let value = definitions[*of].value.as_ref().map(|value| value.of);
        let of_wholes = [Some(ValueOf::LevelAgreement), Some(ValueOf::Relationship)];
        let whole = !of_wholes.contains(&value) || kind == "all";
        whole && definitions[*of].is_reported_over(*period)
    });
    let named = |((place, (period, group, stratum)), sums): ((usize, Cell), Sums)| {
        ((name(definitions[place]), period, group, stratum), sums)
    };
    counter.cells.into_iter().map(named).collect()
}

/// What one unit, or one member's part of a rate, adds to its cells.
struct Add {
    /// The place of the indicator.
    of: usize,
    period: (Day, Day),
    /// The day on which the member's age is taken.
    aged_on: Day,
    numerator: f64,
    denominator: i64,
    excluded: Option<usize>,
    value: Option<f64>,
}

impl Counter<'_> {
    fn count(&mut self, definitions: &[&Definition], life: &Life<'_>) {
        for (place, definition) in definitions.iter().enumerate() {
            let one = (place, *definition);
            if definition.index.is_some() {
                self.units(one, life);
            } else if definition.contacts.is_some() {
                self.contacts(one, life);
            } else if definition.rate.is_some() {
                self.rate(one, life);
            } else if definition.mix.is_some() {
                self.mix(place, life);
            }
        }
        let ends: BTreeSet<Day> = self.asked.periods.iter().map(|period| period.1).collect();
        let data_through = self.data_through;
        for end in ends.into_iter().filter(|end| *end <= data_through) {
            let year = Year::ending(life, end);
            for (place, definition) in definitions.iter().enumerate() {
                if definition.member.is_some() {
                    self.member((place, definition), life, &year);
                }
            }
        }
    }

    /// The member's own cells: everyone and the organisation (or one of them), by each attribute.
    fn add(&mut self, life: &Life<'_>, groups: &[&str], one: &Add) {
        let strata = [
            ("all", "all"),
            ("age_band", life.age_band(one.aged_on)),
            ("sex", if life.sex.is_empty() { "unknown" } else { &life.sex }),
        ];
        for group in groups {
            for (kind, value) in strata {
                let place = (one.period, (*group).to_owned(), (kind.to_owned(), value.to_owned()));
                let cell = self.cells.entry((one.of, place)).or_default();
                if let Some(reason) = one.excluded {
                    *cell.excluded.entry(reason).or_insert(0) += 1;
                } else {
                    let own = cell.of.entry(life.id.clone()).or_insert((0.0, 0));
                    own.0 += one.numerator;
                    own.1 += one.denominator;
                }
                if kind == "all" {
                    cell.values.extend(one.value);
                }
            }
        }
    }

    /// Reading 2: rates are withheld for periods that end after the data-through date.
    fn complete_periods(&self) -> Vec<(Day, Day)> {
        let complete = |period: &&(Day, Day)| period.1 <= self.data_through;
        self.asked.periods.iter().filter(complete).copied().collect()
    }

    /// A unit of a day, with what it adds to the numerator or the reason why it is left out.
    fn unit(
        &mut self,
        of: usize,
        life: &Life<'_>,
        day: Day,
        counts: Result<(f64, Option<f64>), usize>,
    ) {
        let (numerator, value) = counts.unwrap_or_default();
        for period in self.asked.periods {
            if period.0 <= day && day <= period.1 {
                let one = Add {
                    of,
                    period: *period,
                    aged_on: day,
                    numerator,
                    denominator: 1,
                    excluded: counts.err(),
                    value,
                };
                self.add(life, &["all of them", life.bho(day)], &one);
            }
        }
    }

    fn units(&mut self, (place, definition): (usize, &Definition), life: &Life<'_>) {
        for (day, outcome) in units::judged(definition, life) {
            let counts = match outcome {
                units::Outcome::Excluded(place) => Err(place),
                units::Outcome::NotMet => Ok((0.0, None)),
                units::Outcome::Met(days) => Ok((1.0, definition.curve.then_some(days.into()))),
                units::Outcome::Value(value) => Ok((value, Some(value))),
            };
            self.unit(place, life, day, counts);
        }
    }

    fn contacts(&mut self, (place, definition): (usize, &Definition), life: &Life<'_>) {
        let share = definition.contacts.as_ref().expect("a share of contacts");
        let through = self.data_through;
        let counts = |one: &&Contact<'_>| one.day <= through && one.passes(&share.of);
        for contact in life.contacts.iter().filter(counts) {
            let met = f64::from(u8::from(contact.passes(&share.met)));
            self.unit(place, life, contact.day, Ok((met, None)));
        }
    }

    fn member(
        &mut self,
        (place, definition): (usize, &Definition),
        life: &Life<'_>,
        year: &Year<'_>,
    ) {
        let Some(outcome) = year.judged(definition) else { return };
        let of = definition.value.as_ref().expect("a rule of members has a value");
        let is_share = of.of.is_share() || of.of == ValueOf::Providers && of.at_least.is_some();
        let (value, excluded) = match outcome {
            years::Outcome::Excluded(place) => (None, Some(place)),
            years::Outcome::Value(value) => (Some(value), None),
        };
        for period in self.asked.periods.iter().filter(|period| period.1 == year.end) {
            let one = Add {
                of: place,
                period: *period,
                aged_on: year.end,
                numerator: value.unwrap_or(0.0),
                denominator: 1,
                excluded,
                value: value.filter(|_| !is_share),
            };
            let rule = definition.member.as_ref().expect("a rule of members");
            self.add(life, &["all of them", year.organisation(rule)], &one);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
    fn rate(&mut self, (place, definition): (usize, &Definition), life: &Life<'_>) {
        let rate = definition.rate.as_ref().expect("a rate");
        let things = Things::of(rate, life);
        let periods = self.complete_periods();
        let looked_at: BTreeSet<Day> = periods.iter().flat_map(|one| one.0..=one.1).collect();
        let on = |day: Day| (day, (things.on(day), things.under(day)), life.bho(day));
        let mut known: Vec<(Day, (i64, i64), &str)> = looked_at.into_iter().map(on).collect();
        known.retain(|(_, amounts, _)| *amounts != (0, 0));
        for period in periods {
            let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
            for (day, (of, to), bho) in known.iter().copied() {
                if day < period.0 || period.1 < day {
                    continue;
                }
                for group in ["all of them", bho] {
                    let sum = sums.entry(group).or_insert((0, 0));
                    // Members who were served count once, whatever they got.
                    let once = |more: i64, sum: i64, served: bool| {
                        if served { sum.max(i64::from(more > 0)) } else { sum + more }
                    };
                    sum.0 = once(of, sum.0, rate.is_once());
                    let over = rate.over.as_ref().is_some_and(|over| over.is_once());
                    sum.1 = once(to, sum.1, over);
                }
            }
            for (group, of) in things.by_row(period) {
                sums.entry(group).or_insert((0, 0)).0 = of;
            }
            for (group, to) in things.under_by_row(period) {
                sums.entry(group).or_insert((0, 0)).1 = to;
            }
            for (group, (of, to)) in sums {
                // Dollars are counted in cents.
                let parts = if rate.is_money() { 100.0 } else { 1.0 };
                let one = Add {
                    of: place,
                    period,
                    aged_on: period.1,
                    numerator: of as f64 / parts,
                    denominator: to,
                    excluded: None,
                    value: None,
                };
                self.add(life, &[group], &one);
            }
        }
    }

    /// Activities of the community, which are of nobody and of no known organisation.
    #[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
    fn activities(&mut self, definitions: &[&Definition], extract: &Extract) {
        let periods = self.complete_periods();
        for (of, definition) in definitions.iter().enumerate() {
            let Some(rate) = &definition.rate else { continue };
            let over = rate.over.as_ref().and_then(|over| over.activities);
            for (number, row) in extract.rows("community_activities").iter().enumerate() {
                let day = row.day("date").expect("a date");
                let counts =
                    [rate.activities, over].map(|asked| asked.map_or(0, |one| amount(one, row)));
                if counts == [0, 0] {
                    continue;
                }
                for period in periods.iter().filter(|period| period.0 <= day && day <= period.1) {
                    for group in ["all of them", "unknown"] {
                        for (kind, value) in
                            [("all", "all"), ("age_band", "unknown"), ("sex", "unknown")]
                        {
                            let stratum = (kind.to_owned(), value.to_owned());
                            let place = (*period, group.to_owned(), stratum);
                            let cell = self.cells.entry((of, place)).or_default();
                            cell.nobodys.insert(number, (counts[0] as f64, counts[1]));
                        }
                    }
                }
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
    fn mix(&mut self, of: usize, life: &Life<'_>) {
        for period in self.complete_periods() {
            let mut days: BTreeMap<&str, [i64; 7]> = BTreeMap::new();
            for day in period.0..=period.1 {
                let Some(level) = life.level_on(day) else { continue };
                for group in ["all of them", life.bho(day)] {
                    days.entry(group).or_default()[usize::from(level)] += 1;
                }
            }
            for (group, days) in days {
                for (level, count) in days.iter().enumerate() {
                    let stratum = ("level".to_owned(), level.to_string());
                    let place = (period, group.to_owned(), stratum);
                    let cell = self.cells.entry((of, place)).or_default();
                    cell.of.insert(life.id.clone(), (*count as f64, days.iter().sum()));
                }
            }
        }
    }
}
