//! Rates, days by level of care, and exclusions.

use std::collections::{BTreeMap, BTreeSet};

use super::OfMeasures;
use super::axes::{Axes, Timing};
use super::count::{Count, Kept, Rows, layers, sheet};
use super::shares::{Protected, by_place, placed};
use super::space::Space;
use crate::indicator::{Display, Measure, Scale, Shape};
use crate::oversight::{Exact, Row, Table};

/// Parts of a unit are counted here: cents add up.
fn exact(number: Option<Exact>) -> i64 {
    number.map_or(0, |number| i64::try_from(number.parts).unwrap_or(i64::MAX / 16))
}

/// What people gave to a numerator: the rest of it is known outside.
fn of_people(row: &Row) -> i64 {
    exact(row.numerator) - row.nobodys
}

/// The values themselves of a measure.
fn rows_of<'t>(rows: &OfMeasures<'t>, measure: usize) -> Vec<&'t Row> {
    rows.of[measure].iter().filter(|row| row.statistic.is_empty()).copied().collect()
}

/// The sheets of all rates. Person-time is no secret, so that only numerators are kept; rates with
/// one numerator are taken together.
pub(super) fn of_rates<'t>(
    table: &'t Table,
    rows: &OfMeasures<'t>,
    timings: &[Timing],
    threshold: i64,
) -> Vec<Protected<'t>> {
    let rates = (0..table.measures.len()).filter(|at| table.measures[*at].shape == Shape::Rate);
    let mut known: BTreeMap<Timing, Axes<'_>> = BTreeMap::new();
    for measure in rates.clone() {
        // Members who are counted once in each group may be in several.
        let timing = timings[measure];
        known
            .entry(timing)
            .or_insert_with(|| Axes::of(&rows.seen, timing, timing == Timing::Added));
    }
    let rate = |measure: usize| {
        let timing = timings[measure];
        let placed = placed(rows_of(rows, measure).into_iter(), &known[&timing]);
        Rate { about: &table.measures[measure], timing, placed }
    };
    let mut sheets = Sheets { all: Vec::new(), numerators: Vec::new() };
    let alone = sheets.of_families(rates.map(rate).collect(), &known, threshold);
    for rate in alone {
        sheets.add(rate, &known, threshold);
    }
    sheets.all
}

/// The rows of one rate, by place.
struct Rate<'t> {
    about: &'t Measure,
    timing: Timing,
    placed: Rows<'t>,
}

/// Sheets of rates, and which numerators each of them tells.
struct Sheets<'t> {
    all: Vec<Protected<'t>>,
    numerators: Vec<(Timing, Vec<i64>, usize)>,
}

impl<'t> Sheets<'t> {
    /// Sheets of variants that part one whole; gives back the rates which do not.
    fn of_families(
        &mut self,
        rates: Vec<Rate<'t>>,
        known: &BTreeMap<Timing, Axes<'_>>,
        threshold: i64,
    ) -> Vec<Rate<'t>> {
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        for (at, first) in rates.iter().enumerate() {
            let is_sibling =
                |other: &usize| !taken.contains(other) && are_siblings(first, &rates[*other]);
            let siblings = (at + 1..rates.len()).filter(is_sibling);
            let family: Vec<usize> = std::iter::once(at).chain(siblings).collect();
            if family.len() < 2 || taken.contains(&at) {
                continue;
            }
            let own: Vec<&Rows<'t>> = family.iter().map(|at| &rates[*at].placed).collect();
            let Some(sheet) = of_siblings(&own, &known[&first.timing], threshold) else {
                continue;
            };
            for rows in own {
                let numerators = by_place(rows, of_people);
                self.numerators.push((first.timing, numerators, self.all.len()));
            }
            self.all.push(sheet);
            taken.extend(family);
        }
        let all = rates.into_iter().enumerate();
        all.filter(|(at, _)| !taken.contains(at)).map(|(_, rate)| rate).collect()
    }

    /// A rate by itself, or beside one that has its numerators.
    fn add(&mut self, rate: Rate<'t>, known: &BTreeMap<Timing, Axes<'_>>, threshold: i64) {
        let values = by_place(&rate.placed, of_people);
        let mut all = self.numerators.iter();
        let twin = all.find(|(timing, own, _)| *timing == rate.timing && *own == values);
        if let Some((_, _, sheet)) = twin {
            self.all[*sheet].rows[0].push(rate.placed);
            return;
        }
        self.numerators.push((rate.timing, values.clone(), self.all.len()));
        let space = &known[&rate.timing].space;
        self.all.push(of_one(rate, &values, space, threshold));
    }
}

/// The sheet of a rate that is told by itself.
fn of_one<'t>(rate: Rate<'t>, values: &[i64], space: &Space, threshold: i64) -> Protected<'t> {
    let few = |rows: &Vec<&Row>| {
        // Where nobody is enrolled, nobody knows how few the money is of.
        let members = |row: &&Row| row.members.is_some_and(|n| n < threshold);
        let few = |row: &&Row| exact(row.numerator) != 0 && members(row);
        rows.iter().any(|row| row.dominated || few(row))
    };
    let dominated = |rows: &Vec<&Row>| rows.iter().any(|row| row.dominated);
    let kept = match rate.about.numerator_parts {
        1 => vec![Kept::Small, Kept::Sum(rate.placed.iter().map(dominated).collect())],
        _ => vec![Kept::Sum(rate.placed.iter().map(few).collect())],
    };
    let count = |kept| Count { values: values.to_vec(), layers: vec![0], jointly: false, kept };
    let counts: Vec<Count> = kept.into_iter().map(count).collect();
    let moves = [vec![1; counts.len()]];
    let rows = vec![rate.placed];
    let layers = layers(&rows, &counts, space, of_people, threshold);
    let sheet = sheet(space.clone(), layers, &counts, &moves, threshold);
    Protected { sheet, rows: vec![rows] }
}

/// The sheets of days by level of care. Each level is a layer; the days of all levels are the
/// denominator, which every level shows.
pub(super) fn of_levels<'t>(
    table: &'t Table,
    rows: &OfMeasures<'t>,
    timings: &[Timing],
    threshold: i64,
) -> Vec<Protected<'t>> {
    let mixes = (0..table.measures.len()).filter(|at| table.measures[*at].shape == Shape::Mix);
    mixes
        .filter_map(|measure| of_mix(&rows_of(rows, measure), timings[measure], threshold))
        .collect()
}

fn of_mix<'t>(rows: &[&'t Row], timing: Timing, threshold: i64) -> Option<Protected<'t>> {
    let axes = Axes::new(rows.iter().copied(), timing, true);
    let mut names: Vec<&str> = rows.iter().map(|row| row.stratum.value.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let own =
        |name: &&str| placed(rows.iter().copied().filter(|row| row.stratum.value == **name), &axes);
    let levels: Vec<Rows<'t>> = names.iter().map(own).collect();
    let number = levels.len();
    let days: Vec<Vec<i64>> =
        levels.iter().map(|rows| by_place(rows, |row| exact(row.numerator))).collect();
    let counts = counts_of(&days, |level| level);
    let moves = moves_of(number);
    let layers = layers(&levels, &counts, &axes.space, |row| exact(row.numerator), threshold);
    let mut sheet = sheet(axes.space, layers, &counts, &moves, threshold);
    // A level without a row had no day, but says nothing about the others.
    for (direction, by) in moves.iter().enumerate() {
        let seen_in = sheet.directions[direction].seen_in.iter();
        let ruled_out = seen_in.map(|level| by[2 * level] != 0).collect();
        sheet.rule_out(direction, ruled_out);
    }
    let rows = levels.into_iter().map(|rows| vec![rows]).collect();
    (number > 0).then_some(Protected { sheet, rows })
}

/// Each part of a whole, the rest beside it, and the whole, which every part shows. `layer` gives that of a
/// part.
fn counts_of(parts: &[Vec<i64>], layer: impl Fn(usize) -> usize) -> Vec<Count> {
    let places = parts.first().map_or(0, Vec::len);
    let all = |place: usize| parts.iter().map(|own| own[place]).sum::<i64>();
    let count = |values: Vec<i64>, layers: Vec<usize>| Count {
        values,
        layers,
        jointly: false,
        kept: Kept::Small,
    };
    let mut counts = Vec::new();
    for (part, own) in parts.iter().enumerate() {
        let rest = (0..places).map(|place| all(place) - own[place]).collect();
        counts.extend([own.clone(), rest].map(|values| count(values, vec![layer(part)])));
    }
    let mut layers: Vec<usize> = (0..parts.len()).map(layer).collect();
    layers.dedup();
    counts.push(count((0..places).map(all).collect(), layers));
    counts
}

/// One more in a part, which changes the rest of every other one; or one changes its part.
fn moves_of(parts: usize) -> Vec<Vec<i64>> {
    let added = |part: usize| -> Vec<i64> {
        let by_part =
            (0..parts).flat_map(|other| [i64::from(other == part), i64::from(other != part)]);
        by_part.chain([1]).collect()
    };
    let mut moves: Vec<Vec<i64>> = (0..parts).map(added).collect();
    for one in 0..parts {
        for other in one + 1..parts {
            moves.push(added(one).into_iter().zip(added(other)).map(|(a, b)| a - b).collect());
        }
    }
    moves
}

/// Variants of one definition that count parts of the same things: whoever has some of them and the whole
/// can subtract, so that they are hidden together. What is in none of them is one more part.
fn of_siblings<'t>(own: &[&Rows<'t>], axes: &Axes<'_>, threshold: i64) -> Option<Protected<'t>> {
    let rows: Rows<'t> = (0..axes.space.places())
        .map(|place| own.iter().flat_map(|rows| rows[place].clone()).collect())
        .collect();
    let whole = by_place(&rows, |row| exact(row.denominator));
    let mut parts: Vec<Vec<i64>> = own.iter().map(|rows| by_place(rows, of_people)).collect();
    let missing: Vec<i64> = (0..whole.len())
        .map(|place| whole[place] - parts.iter().map(|part| part[place]).sum::<i64>())
        .collect();
    // More than the whole: they are no parts of it.
    if missing.iter().any(|rest| *rest < 0) {
        return None;
    }
    parts.push(missing);
    let (counts, moves) = (counts_of(&parts, |_| 0), moves_of(parts.len()));
    let rows = vec![rows];
    let layers = layers(&rows, &counts, &axes.space, |row| exact(row.denominator), threshold);
    let sheet = sheet(axes.space.clone(), layers, &counts, &moves, threshold);
    Some(Protected { sheet, rows: vec![rows] })
}

/// True if two rates may count parts of the same things: shares of contacts, minutes or days, told by
/// variants of one definition, with the same denominator wherever both have one.
fn are_siblings(one: &Rate<'_>, other: &Rate<'_>) -> bool {
    let counts = |rate: &Rate<'_>| {
        (rate.about.display, rate.about.numerator_parts) == (Display::Percent, 1)
            && rate.about.scale == Scale::Times(1.0)
    };
    let have_one_whole = || {
        one.placed.iter().zip(&other.placed).all(|(one, other)| {
            let both = one.first().zip(other.first());
            both.is_none_or(|(one, other)| one.denominator == other.denominator)
        })
    };
    one.timing == other.timing
        && (&one.about.base_id, &one.about.preset) == (&other.about.base_id, &other.about.preset)
        && counts(one)
        && counts(other)
        && have_one_whole()
}

/// The sheets of excluded units by reason, which are published for everyone only.
pub(super) fn of_exclusions<'t>(
    table: &'t Table,
    rows: &OfMeasures<'t>,
    timings: &[Timing],
    threshold: i64,
) -> Vec<Protected<'t>> {
    let mut sheets: Vec<Protected<'t>> = Vec::new();
    let mut known: Vec<(Timing, Vec<Vec<i64>>)> = Vec::new();
    for (measure, about) in table.measures.iter().enumerate() {
        let headlines = rows_of(rows, measure).into_iter().filter(|row| super::is_headline(row));
        let headlines: Vec<&Row> = headlines.collect();
        let axes = Axes::new(headlines.iter().copied(), timings[measure], true);
        let placed = placed(headlines.into_iter(), &axes);
        let reason = |reason: usize| {
            let of = |row: &Row| row.excluded_by_reason.get(reason).copied().flatten().unwrap_or(0);
            by_place(&placed, of)
        };
        let mut values = vec![by_place(&placed, |row| row.excluded.unwrap_or(0))];
        values.extend((0..about.exclusions.len()).map(reason));
        if about.exclusions.is_empty() || values[0].iter().all(|excluded| *excluded == 0) {
            continue;
        }
        let twin = (timings[measure], values);
        if let Some(twin) = known.iter().position(|one| *one == twin) {
            sheets[twin].rows[0].push(placed);
            continue;
        }
        let count = |values: &Vec<i64>| Count {
            values: values.clone(),
            layers: vec![0],
            jointly: false,
            kept: Kept::Small,
        };
        let counts: Vec<Count> = twin.1.iter().map(count).collect();
        let moves: Vec<Vec<i64>> = (1..counts.len())
            .map(|own| (0..counts.len()).map(|at| i64::from(at == 0 || at == own)).collect())
            .collect();
        let space = Space::new(1, Vec::new(), axes.parents());
        let rows = vec![placed];
        let layers = layers(&rows, &counts, &space, |row| row.excluded.unwrap_or(0), threshold);
        let sheet = sheet(space, layers, &counts, &moves, threshold);
        sheets.push(Protected { sheet, rows: vec![rows] });
        known.push(twin);
    }
    sheets
}
