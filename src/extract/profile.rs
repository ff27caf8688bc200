//! What is to be said about each source: counts, months, missing values, unmapped codes.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use sha2::{Digest, Sha256};

use super::delivery::{ColumnReport, Delivery, SourceReport, SubmissionReport};
use super::ids::Ids;
use super::institution;
use super::key_column::{KeyColumn, KeyRows};
use super::rows::{Data, NO_CODE, NO_INT, Rows};
use super::rule::Rule;
use super::source::Reading;
use super::submission::{Submission, dates_of};
use super::tables::VOID;
use crate::terms::{Day, Table, column};

/// A report for each reading. `left_out` names duplicates by reading and bucket.
pub(super) fn reports(
    delivery: &Delivery,
    left_out: &[BTreeMap<usize, Vec<u32>>],
) -> Vec<SourceReport> {
    (0..delivery.readings.len()).map(|number| report(delivery, number, &left_out[number])).collect()
}

fn report(
    delivery: &Delivery,
    number: usize,
    left_out: &BTreeMap<usize, Vec<u32>>,
) -> SourceReport {
    let reading = &delivery.readings[number];
    let plan = &reading.plan;
    let mut refused: BTreeMap<Rule, u64> = BTreeMap::new();
    for row in reading.refused.iter().chain(&delivery.duplicates[number]) {
        *refused.entry(row.rule).or_default() += 1;
    }
    let none = Vec::new();
    let counts: Vec<Counts> = reading
        .buckets
        .par_iter()
        .enumerate()
        .map(|(bucket, rows)| {
            Counts::of(delivery, reading, rows, left_out.get(&bucket).unwrap_or(&none))
        })
        .collect();
    let sum = |of: fn(&Counts) -> u64| counts.iter().map(of).sum::<u64>();
    let mut months: BTreeMap<Day, u64> = BTreeMap::new();
    let mut days: BTreeSet<i32> = BTreeSet::new();
    for (day, rows) in counts.iter().flat_map(|counts| &counts.days) {
        *months.entry(Day(*day).first_of_month()).or_default() += rows;
        days.insert(*day);
    }
    // A mark that takes rows back is no content of those that are taken in.
    let content = plan.slots.iter().enumerate().filter(|(_, one)| one.to != VOID);
    let columns = content.map(|(slot, one)| ColumnReport {
        column: one.to,
        missing: counts.iter().map(|counts| counts.missing[slot]).sum(),
    });
    let unmapped: BTreeSet<u32> =
        counts.iter().flat_map(|counts| counts.unmapped_codes.iter().copied()).collect();
    SourceReport {
        table: plan.table(),
        file: reading.files(),
        sha256: sha256_of(&reading.submissions),
        bytes: reading.submissions.iter().map(|one| one.bytes).sum(),
        submissions: submissions(reading),
        dates: dates_of(&reading.submissions),
        read: reading.n_read(),
        accepted: sum(|counts| counts.rows),
        repeated: delivery.repeated[number],
        alike: delivery.alike[number],
        replaced: delivery.replaced[number],
        voided: delivery.voided[number],
        refused,
        columns: columns.collect(),
        months,
        span: days.first().zip(days.last()).map(|(first, last)| (Day(*first), Day(*last))),
        unmapped_rows: sum(|counts| counts.unmapped_rows),
        unmapped_codes: unmapped.len() as u64,
        institution_days: sum(|counts| counts.institution_days),
        key_columns: key_columns(delivery, reading, left_out),
        members: if plan.table().kind().is_some() { sum(|counts| counts.members) } else { 0 },
        codes: frequent_codes(delivery, &counts),
        clinicians: clinicians(delivery, reading, &counts),
    }
}

/// The columns that rules need, where they were delivered.
fn key_columns(
    delivery: &Delivery,
    reading: &Reading,
    left_out: &BTreeMap<usize, Vec<u32>>,
) -> BTreeMap<&'static str, KeyRows> {
    let none = Vec::new();
    let count = |key: &KeyColumn| {
        let counted = reading.buckets.par_iter().enumerate().map(|(bucket, rows)| {
            key.count(delivery, reading, rows, left_out.get(&bucket).unwrap_or(&none))
        });
        counted.reduce(KeyRows::default, |a, b| KeyRows {
            rows: a.rows + b.rows,
            missing: a.missing + b.missing,
        })
    };
    KeyColumn::of(reading.plan.table())
        .map(|(name, key)| (name, count(key)))
        .filter(|(_, counted)| counted.rows > 0)
        .collect()
}

/// The hash of a file, or of the hashes of several.
fn sha256_of(submissions: &[Submission]) -> String {
    match submissions {
        [one] => one.sha256.clone(),
        several => {
            let hashes: Vec<&str> = several.iter().map(|one| one.sha256.as_str()).collect();
            format!("{:x}", Sha256::digest(hashes.join("\n")))
        }
    }
}

fn submissions(reading: &Reading) -> Vec<SubmissionReport> {
    let told = |one: &Submission| one.is_told(reading.submissions.len());
    let report = |one: &Submission| SubmissionReport {
        file: one.delivered.file.clone(),
        sha256: one.sha256.clone(),
        sent: one.delivered.sent.clone(),
        read: one.n_read,
    };
    reading.submissions.iter().filter(|one| told(one)).map(report).collect()
}

/// Codes of one row in two hundred or more, with their rows: those whose absence would show.
fn frequent_codes(delivery: &Delivery, counts: &[Counts]) -> BTreeMap<String, u64> {
    let mut rows: Vec<u64> = Vec::new();
    for (code, n) in counts.iter().flat_map(|counts| counts.codes.iter().enumerate()) {
        if code >= rows.len() {
            rows.resize(code + 1, 0);
        }
        rows[code] += n;
    }
    let all: u64 = rows.iter().sum();
    let text = |code: u32| delivery.pools[column::CODE].text(code).to_owned();
    let frequent = (0_u32..).zip(rows).filter(|(_, rows)| *rows > 0 && rows * 200 >= all);
    frequent.map(|(code, rows)| (text(code), rows)).collect()
}

/// The rows of a bucket that are taken in.
fn taken_in(rows: &Rows, left_out: &[u32]) -> impl Iterator<Item = usize> {
    let mut out = left_out.iter().peekable();
    (0..rows.len()).filter(move |row| out.next_if(|out| **out as usize == *row).is_none())
}

/// The ids of clinicians that rows taken in have, and how many of them are spelled like another.
fn clinicians(delivery: &Delivery, reading: &Reading, counts: &[Counts]) -> Option<Ids> {
    reading.plan.slot(column::CLINICIAN_ID).filter(|_| reading.plan.table() == Table::Contacts)?;
    let pool = &delivery.pools[column::CLINICIAN_ID];
    let is_there = |code: &u32| counts.iter().any(|counts| counts.clinicians[*code as usize]);
    let there = (0..u32::try_from(pool.len()).ok()?).filter(is_there);
    Some(Ids::of(there.map(|code| pool.text(code))))
}

/// Counts of one bucket.
#[derive(Default)]
struct Counts {
    rows: u64,
    /// By slot.
    missing: Vec<u64>,
    /// Rows by day.
    days: BTreeMap<i32, u64>,
    unmapped_rows: u64,
    unmapped_codes: BTreeSet<u32>,
    institution_days: u64,
    /// Distinct members; all of a member's rows are in one bucket.
    members: u64,
    /// Rows by code.
    codes: Vec<u64>,
    /// Which clinicians have contacts.
    clinicians: Vec<bool>,
}

impl Counts {
    fn of(delivery: &Delivery, reading: &Reading, rows: &Rows, left_out: &[u32]) -> Self {
        let plan = &reading.plan;
        let without = |column: &Data| {
            let out = left_out.iter().filter(|row| column.is_null(**row as usize)).count();
            (column.nulls() - out) as u64
        };
        let mut counts = Self {
            rows: (rows.len() - left_out.len()) as u64,
            missing: rows.columns.iter().map(without).collect(),
            ..Self::default()
        };
        if let Some(Data::Ints(starts)) =
            plan.slot(column::START_ON).map(|slot| &rows.columns[slot])
        {
            counts.count_days(starts, left_out);
        }
        counts.count_members(rows, left_out, delivery.ids.len());
        if let Some(codes) = plan.slot(column::CODE).map(|slot| &rows.columns[slot]) {
            counts.codes = vec![0; delivery.pools[column::CODE].len()];
            let taken = taken_in(rows, left_out).map(|row| codes.code(row));
            for code in taken.filter(|code| *code != NO_CODE) {
                counts.codes[code as usize] += 1;
            }
        }
        if plan.table() == Table::Contacts {
            if let Some(ids) = plan.slot(column::CLINICIAN_ID).map(|slot| &rows.columns[slot]) {
                counts.clinicians = vec![false; delivery.pools[column::CLINICIAN_ID].len()];
                let taken = taken_in(rows, left_out).map(|row| ids.code(row));
                for code in taken.filter(|code| *code != NO_CODE) {
                    counts.clinicians[code as usize] = true;
                }
            }
            counts.count_unmapped(delivery, reading, rows, left_out);
            let taken = taken_in(rows, left_out);
            counts.institution_days = institution::days(delivery, reading, rows, taken);
        }
        counts
    }

    fn count_members(&mut self, rows: &Rows, left_out: &[u32], known: usize) {
        let mut seen = vec![0_u64; known.div_ceil(64)];
        for member in taken_in(rows, left_out).map(|row| rows.members[row] as usize) {
            // Tables without members give them all the number 0, which may be nobody's.
            if let Some(word) = seen.get_mut(member / 64) {
                *word |= 1 << (member % 64);
            }
        }
        self.members = seen.iter().map(|word| u64::from(word.count_ones())).sum();
    }

    fn count_days(&mut self, starts: &[i32], left_out: &[u32]) {
        let first = starts.iter().filter(|day| **day != NO_INT).min().copied().unwrap_or(0);
        let last = starts.iter().max().copied().unwrap_or(0).max(first);
        let place = |day: i32| usize::try_from(day - first).expect("first is the smallest");
        let mut days = vec![0_u64; place(last) + 1];
        for day in starts.iter().filter(|day| **day != NO_INT) {
            days[place(*day)] += 1;
        }
        for day in left_out.iter().map(|row| starts[*row as usize]).filter(|day| *day != NO_INT) {
            days[place(day)] -= 1;
        }
        self.days = (first..).zip(days).filter(|(_, rows)| *rows > 0).collect();
    }

    fn count_unmapped(
        &mut self,
        delivery: &Delivery,
        reading: &Reading,
        rows: &Rows,
        left_out: &[u32],
    ) {
        let slot = |name: &str| reading.plan.slot(name).map(|slot| &rows.columns[slot]);
        let Some(codes) = slot(column::CODE) else { return };
        let classes = slot(column::CLASS);
        let mapped: Vec<bool> = delivery.pools[column::CODE]
            .texts()
            .map(|code| delivery.map.get(code).is_some())
            .collect();
        let mut seen = vec![false; mapped.len()];
        for row in taken_in(rows, left_out) {
            let code = codes.code(row);
            let has_class = classes.is_some_and(|classes| !classes.is_null(row));
            if !has_class && code != NO_CODE && !mapped[code as usize] {
                self.unmapped_rows += 1;
                seen[code as usize] = true;
            }
        }
        self.unmapped_codes =
            (0_u32..).zip(seen).filter(|(_, seen)| *seen).map(|(code, _)| code).collect();
    }
}
