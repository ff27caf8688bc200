//! Whether as much was delivered as before, and by every organisation: a month that lacks rows looks
//! like a month that lacks care. Source: `dq_completeness_by_month`, rows against their trailing median.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Group, Volume, Volumes};
use crate::terms::Day;
use crate::timeline::Times;

/// A median is taken of at most so many months before, and of no fewer than half of them.
const MONTHS: usize = 12;
/// What is expected, from which on half of it is no chance.
const MANY: f64 = 100.0;
/// What is expected, from which on nothing at all is no chance.
const SOME: f64 = 20.0;

/// Much less than is to be expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thin {
    /// The table.
    pub table: String,
    /// The organisation; nothing if it is so for everyone.
    pub organisation: Option<String>,
    /// The first day of the month; nothing if it is so in every month.
    pub month: Option<Day>,
    /// What there is, of what was to be expected.
    pub times: Times,
}

/// How much there is of something in a month, and for how many days of enrolment (or months).
#[derive(Debug, Clone, Copy)]
struct Month {
    start: Day,
    count: u64,
    days: u64,
}

/// Months of a table with fewer than half the rows that the median of the twelve months before has. Of the
/// months, those up to `until` that the table says something of are given.
pub fn thin_tables<'a>(
    tables: impl IntoIterator<Item = (&'a str, &'a BTreeMap<Day, u64>)>,
    until: Day,
) -> Vec<Thin> {
    let of = |(table, rows): (&str, &BTreeMap<Day, u64>)| {
        let first = *rows.keys().next()?;
        let months = std::iter::successors(Some(first), |start| Some(start.months_later(1)));
        let month = |start| Month { start, count: rows.get(&start).copied().unwrap_or(0), days: 1 };
        let months: Vec<Month> = months.take_while(|start| *start <= until).map(month).collect();
        let thin = |(start, times)| Thin {
            table: table.to_owned(),
            organisation: None,
            month: Some(start),
            times,
        };
        Some(thin_months(&months).map(thin).collect::<Vec<Thin>>())
    };
    tables.into_iter().filter_map(of).flatten().collect()
}

/// Organisations of which a table has nothing at all, where as much as elsewhere would be something; and
/// their months with fewer than half of what the twelve months before would make expect, each for as many
/// days of enrolment. Months that are `known` to lack rows of everyone are not told again.
pub fn thin_organisations(volumes: &Volumes, until: Day, known: &[Thin]) -> Vec<Thin> {
    let groups: BTreeSet<&Group> = volumes.keys().map(|(_, group, _)| group).collect();
    let mut found = Vec::new();
    for what in Volume::ALL.into_iter().filter(|what| *what != Volume::Enrolled) {
        let table = what.table();
        let by_group: Vec<(&Group, Vec<Month>)> =
            groups.iter().map(|group| (*group, months_of(volumes, what, group, until))).collect();
        for (place, (group, months)) in by_group.iter().enumerate() {
            let Group::Bho(id) = group else { continue };
            let thin = |month, times| Thin {
                table: table.to_owned(),
                organisation: Some(id.clone()),
                month,
                times,
            };
            let others = by_group.iter().enumerate().filter(|(other, _)| *other != place);
            let others: Vec<Month> = others.flat_map(|(_, (_, months))| months).copied().collect();
            if let Some(times) = nothing(months, &others) {
                found.push(thin(None, times));
                continue;
            }
            let told =
                |start: Day| known.iter().any(|one| one.table == table && one.month == Some(start));
            let months = thin_months(months).filter(|(start, _)| !told(*start));
            found.extend(months.map(|(start, times)| thin(Some(start), times)));
        }
    }
    found
}

/// What an organisation has of something, for each month in which it has members.
fn months_of(volumes: &Volumes, what: Volume, group: &Group, until: Day) -> Vec<Month> {
    let count = |what, start| {
        let count = volumes.get(&(what, group.clone(), start));
        count.and_then(|count| u64::try_from(*count).ok()).unwrap_or(0)
    };
    let enrolled = volumes.range((Volume::Enrolled, group.clone(), Day(i32::MIN))..);
    let own = enrolled.map(|((own, whose, start), _)| (*own, whose, *start));
    own.take_while(|(own, whose, _)| *own == Volume::Enrolled && *whose == group)
        .filter(|(_, _, start)| *start <= until)
        .map(|(_, _, start)| Month {
            start,
            count: count(what, start),
            days: count(Volume::Enrolled, start),
        })
        .collect()
}

/// What others would make expect, if there is nothing at all.
fn nothing(own: &[Month], others: &[Month]) -> Option<Times> {
    let sum = |months: &[Month], of: fn(&Month) -> u64| months.iter().map(of).sum::<u64>();
    let found = sum(own, |month| month.count);
    let elsewhere = sum(others, |month| month.count);
    let [days, days_elsewhere] = [own, others].map(|months| sum(months, |month| month.days));
    let expected = share(elsewhere, days_elsewhere) * number(days);
    (found == 0 && expected >= SOME).then(|| Times { found, of: rounded(expected) })
}

/// Of the last twelve months, those with less than half of what is to be expected.
fn thin_months(months: &[Month]) -> impl Iterator<Item = (Day, Times)> + '_ {
    let from = months.len().saturating_sub(MONTHS);
    (from..months.len()).filter_map(|place| {
        let before = &months[place.saturating_sub(MONTHS)..place];
        if before.len() * 2 < MONTHS {
            return None;
        }
        let mut rates: Vec<f64> =
            before.iter().map(|month| share(month.count, month.days)).collect();
        rates.sort_by(f64::total_cmp);
        let median = f64::midpoint(rates[(rates.len() - 1) / 2], rates[rates.len() / 2]);
        let month = months[place];
        let expected = median * number(month.days);
        let is_thin = expected >= MANY && number(month.count) * 2.0 < expected;
        is_thin.then(|| (month.start, Times { found: month.count, of: rounded(expected) }))
    })
}

fn share(count: u64, days: u64) -> f64 {
    if days == 0 { 0.0 } else { number(count) / number(days) }
}

#[expect(clippy::cast_precision_loss, reason = "rows and days of a site")]
fn number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of a site")]
fn rounded(expected: f64) -> u64 {
    expected.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(month: i32) -> Day {
        Day::parse("2025-01-01").map_or(Day(0), |first| first.months_later(month))
    }

    fn volumes(contacts: impl Fn(&str, i32) -> i64) -> Volumes {
        let mut volumes = Volumes::new();
        for bho in ["A", "B", "C"] {
            for month in 0..18 {
                let group = Group::Bho(bho.to_owned());
                volumes.insert((Volume::Enrolled, group.clone(), start(month)), 30_000);
                let count = contacts(bho, month);
                if count > 0 {
                    volumes.insert((Volume::Contacts, group, start(month)), count);
                }
            }
        }
        volumes
    }

    fn found(contacts: impl Fn(&str, i32) -> i64) -> Vec<(String, Option<Day>, u64)> {
        let thin = thin_organisations(&volumes(contacts), start(17), &[]);
        let shown = |one: Thin| (one.organisation.unwrap_or_default(), one.month, one.times.found);
        thin.into_iter().map(shown).collect()
    }

    #[test]
    fn a_month_of_one_organisation_that_lacks_rows_is_found() {
        assert!(found(|_, month| 500 + i64::from(month % 5) * 20).is_empty());
        let lacking = |bho: &str, month| if (bho, month) == ("B", 16) { 200 } else { 500 };
        assert_eq!(found(lacking), [("B".to_owned(), Some(start(16)), 200)]);
        // Exactly half is no finding, and neither is what chance can do.
        assert!(found(|bho, month| if (bho, month) == ("B", 16) { 250 } else { 500 }).is_empty());
        assert!(found(|bho, month| if (bho, month) == ("B", 16) { 30 } else { 90 }).is_empty());
    }

    #[test]
    fn an_organisation_without_any_row_is_found_once() {
        assert_eq!(found(|bho, _| if bho == "C" { 0 } else { 40 }), [("C".to_owned(), None, 0)]);
        assert!(found(|bho, _| i64::from(bho != "C")).is_empty(), "18 would be expected");
        assert!(found(|_, _| 0).is_empty(), "nobody delivers it");
    }

    #[test]
    fn months_after_the_report_and_before_a_median_are_not_judged() {
        assert!(
            found(|_, month| if month < 6 { 500 * i64::from(month == 0) } else { 500 }).is_empty()
        );
        let rows: BTreeMap<Day, u64> =
            (0..14).map(|month| (start(month), if month > 12 { 10 } else { 400 })).collect();
        let thin = |until| thin_tables([("stays", &rows)], start(until)).len();
        assert_eq!((thin(12), thin(13)), (0, 1));
        // A month without any row stands in no list of months.
        assert_eq!(thin(14), 2);
    }
}
