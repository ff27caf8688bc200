//! From a delivered folder to a delivery: read, check, refuse, sort.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::crosswalk::ServiceMap;
use super::delivery::{Bucket, Delivery, PrivacyReport};
use super::duplicates::{
    Content, Fate, by_bucket, line, refuse_members_taken_back, repeated_keys, repeated_members,
};
use super::folder::{self, Folder};
use super::gate;
use super::limit;
use super::order::{Part, Ranks, START, sort};
use super::pool::Pool;
use super::pools::{Members, Pools};
use super::privacy::Privacy;
use super::problem::{Error, Problem};
use super::profile;
use super::rule::Rule;
use super::settings::{Intake, OnProgress, Phase, Progress, RepeatedKeys};
use super::source::{self, Reading, Refused};
use super::submission;
use crate::terms::{Kind, Table, column};

/// Reads a delivered folder. Nothing is written: a delivery is stored by the store.
///
/// # Errors
/// If the extract as a whole is not fit, or loses more rows than the settings allow.
pub fn read(intake: &Intake, on_progress: OnProgress<'_>) -> Result<Delivery, Error> {
    let Folder { plans, unread, replaced } = folder::plans(intake)?;
    let map = ServiceMap::read(&intake.service_maps)?;
    let buckets = intake.buckets.clamp(1, 4096);
    let members = Members::spread_over(buckets);
    let pools = Pools::new();
    // Only a register of members can say who is unknown: people without enrolment are served too.
    let register =
        plans.iter().map(super::plan::Plan::table).find(|table| *table == Table::Members);
    let mut readings = Vec::new();
    for plan in plans {
        let may_add = register.is_none_or(|register| register == plan.table());
        readings.push(source::read(
            plan,
            &members,
            &pools,
            may_add,
            buckets as usize,
            on_progress,
        )?);
    }
    let known = members.into_known();
    let pools = pools.into_pools();
    let problems = gate_problems(&mut readings, &known.ids, &intake.privacy);
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let mut readings = submission::join(readings)?;
    refuse_members_taken_back(&mut readings);
    let (duplicates, sorted, activities) =
        arrange(&readings, &known.ids, &known.buckets, &pools, buckets, on_progress);
    let mut delivery = Delivery {
        sources: Vec::new(),
        unread_files: unread,
        replaced_files: replaced,
        crosswalks: map.files.clone(),
        fingerprint: String::new(),
        privacy: PrivacyReport::of(&intake.privacy, &readings),
        readings,
        duplicates: duplicates.listed,
        repeated: duplicates.repeated,
        alike: duplicates.alike,
        replaced: duplicates.replaced,
        voided: duplicates.voided,
        ids: known.ids,
        pools,
        map,
        buckets: sorted,
        activities,
    };
    delivery.sources = profile::reports(&delivery, &duplicates.left_out);
    limit::check(&delivery)?;
    delivery.fingerprint = fingerprint(intake, &delivery);
    Ok(delivery)
}

/// All that decides about the stored rows: two deliveries with the same text give the same files.
fn fingerprint(intake: &Intake, delivery: &Delivery) -> String {
    let mut lines = vec![format!("buckets {}", delivery.n_buckets())];
    if intake.privacy != Privacy::default() {
        lines.push(format!("privacy {:?}", intake.privacy));
    }
    lines.extend(
        delivery.crosswalks.iter().map(|(file, sha256)| format!("crosswalk {file} {sha256}")),
    );
    for (reading, report) in delivery.readings.iter().zip(&delivery.sources) {
        let given = intake.sources.iter().find(|source| source.table == report.table);
        for one in &reading.submissions {
            let (file, dates) = (&one.delivered.file, one.delivered.dates);
            lines.push(format!("source {file} {} {dates:?} {given:?}", one.sha256));
            if one.is_told(reading.submissions.len()) {
                lines.push(format!("sent {:?}", one.delivered.sent));
            }
        }
    }
    lines.join("\n")
}

/// What the values of all columns give away about people.
fn gate_problems(readings: &mut [Reading], ids: &Pool, privacy: &Privacy) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut ids_are_searched = false;
    for reading in readings {
        problems.extend(gate::search(reading, (!ids_are_searched).then_some(ids), privacy));
        ids_are_searched = true;
    }
    problems
}

/// Duplicates of all readings.
#[derive(Default)]
struct Duplicates {
    /// As refused rows, by reading.
    listed: Vec<Vec<Refused>>,
    /// By reading and bucket, the numbers of rows left out.
    left_out: Vec<BTreeMap<usize, Vec<u32>>>,
    /// Rows left out and not refused, because the settings allow repeated keys: by reading.
    repeated: Vec<u64>,
    /// Rows that a later submission has too, and rows that were taken back: by reading.
    replaced: Vec<u64>,
    voided: Vec<u64>,
    /// Rows that were kept although another says the same: by reading.
    alike: Vec<u64>,
}

type Activities = Option<(usize, Vec<(usize, u32)>)>;

/// Finds duplicates and brings every bucket into its order.
fn arrange(
    readings: &[Reading],
    ids: &Pool,
    buckets_of_members: &[u32],
    pools: &BTreeMap<&'static str, Pool>,
    buckets: u32,
    on_progress: OnProgress<'_>,
) -> (Duplicates, Vec<Bucket>, Activities) {
    let contents: Vec<Content<'_>> =
        readings.iter().map(|reading| content(reading, ids, pools)).collect();
    let mut duplicates = Duplicates::default();
    for (reading, content) in readings.iter().zip(&contents) {
        let found = match reading.plan.slot(column::RECORD_ID) {
            Some(key) => repeated_keys(reading, key, content),
            None if reading.plan.table() == Table::Members => repeated_members(reading),
            None => Vec::new(),
        };
        let count = |fate: Fate| found.iter().filter(|(_, one)| *one == fate).count() as u64;
        duplicates.replaced.push(count(Fate::Replaced));
        duplicates.voided.push(count(Fate::Voided));
        let mut refused: Vec<_> = found
            .iter()
            .filter_map(|(place, fate)| match fate {
                Fate::Refused(rule) => Some((*place, *rule)),
                Fate::Replaced | Fate::Voided => None,
            })
            .collect();
        let repeated = if may_repeat(reading) { std::mem::take(&mut refused).len() } else { 0 };
        duplicates.repeated.push(repeated as u64);
        duplicates.listed.push(listed(reading, &refused, column::RECORD_ID));
        duplicates.left_out.push(by_bucket(&found));
    }
    let (ranks, rank) = ranks(ids, buckets_of_members, buckets);
    let done = AtomicU64::new(0);
    let sorted: Vec<Bucket> = ranks
        .into_par_iter()
        .enumerate()
        .map(|(bucket, ranks)| {
            let parts: Vec<Option<Part<'_>>> = Kind::ALL
                .iter()
                .map(|kind| part(readings, &contents, &duplicates, *kind, bucket))
                .collect();
            let sorted = sort(&parts, &rank, ranks.members.len());
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            on_progress(Progress {
                phase: Phase::Sorting,
                file: "",
                done,
                total: u64::from(buckets),
            });
            Bucket { members: ranks.members, sorted }
        })
        .collect();
    duplicates.alike = readings.iter().map(|reading| alike(reading, &sorted)).collect();
    for (bucket, one) in sorted.iter().enumerate() {
        for (kind, row, rule) in &one.sorted.repeats {
            let reading = readings
                .iter()
                .position(|reading| reading.plan.table().kind() == Some(Kind::ALL[*kind]));
            let number = reading.expect("a repeated row has a reading");
            let reading = &readings[number];
            if reading.plan.table() == Table::Members && may_repeat(reading) {
                duplicates.repeated[number] += 1;
            } else {
                let found = [((bucket, *row), *rule)];
                duplicates.listed[number].extend(listed(reading, &found, column::MEMBER_ID));
            }
            duplicates.left_out[number].entry(bucket).or_default().push(*row);
        }
    }
    let activities = activities(readings, &contents, &mut duplicates);
    for rows in duplicates.left_out.iter_mut().flat_map(BTreeMap::values_mut) {
        rows.sort_unstable();
    }
    (duplicates, sorted, activities)
}

/// True if the rows of one key beyond the first are counted and not refused.
fn may_repeat(reading: &Reading) -> bool {
    reading.plan.delivered.source.repeated_keys == RepeatedKeys::First
}

fn content<'a>(
    reading: &Reading,
    ids: &'a Pool,
    pools: &'a BTreeMap<&'static str, Pool>,
) -> Content<'a> {
    Content { ids, pools: reading.plan.slots.iter().map(|slot| pools.get(slot.to)).collect() }
}

fn part<'a>(
    readings: &'a [Reading],
    contents: &'a [Content<'a>],
    duplicates: &'a Duplicates,
    kind: Kind,
    bucket: usize,
) -> Option<Part<'a>> {
    let number = readings.iter().position(|reading| reading.plan.table().kind() == Some(kind))?;
    let reading = &readings[number];
    Some(Part {
        table: reading.plan.table(),
        rows: &reading.buckets[bucket],
        left_out: duplicates.left_out[number].get(&bucket).map_or(&[], Vec::as_slice),
        content: &contents[number],
        start: reading.plan.slot(START),
        record: reading.plan.slot(column::RECORD_ID),
    })
}

/// Members of each bucket by id, and each member's place in its bucket.
fn ranks(ids: &Pool, buckets_of_members: &[u32], buckets: u32) -> (Vec<Ranks>, Vec<u32>) {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); buckets as usize];
    for (member, bucket) in (0_u32..).zip(buckets_of_members) {
        members[*bucket as usize].push(member);
    }
    let ranks: Vec<Ranks> =
        members.into_par_iter().map(|members| Ranks::of(members, ids)).collect();
    let mut rank = vec![0; buckets_of_members.len()];
    for bucket in &ranks {
        for (place, member) in (0_u32..).zip(&bucket.members) {
            rank[*member as usize] = place;
        }
    }
    (ranks, rank)
}

/// Duplicates as refused rows, under the column of their key.
fn listed(reading: &Reading, found: &[((usize, u32), Rule)], key: &str) -> Vec<Refused> {
    let has_key = key == column::RECORD_ID || reading.plan.table() == Table::Members;
    let refused = found.iter().map(|((bucket, row), rule)| {
        let (rows, row) = (&reading.buckets[*bucket], *row as usize);
        let file = rows.file(row);
        let submission = &reading.submissions[usize::from(file)];
        let column = submission.place_of(key).filter(|_| has_key);
        Refused { file, line: rows.lines[row], column, rule: *rule }
    });
    refused.collect()
}

/// Rows of a table that were kept although another says the same.
fn alike(reading: &Reading, sorted: &[Bucket]) -> u64 {
    let kind = reading.plan.table().kind();
    let place = Kind::ALL.iter().position(|one| Some(*one) == kind);
    place.map_or(0, |place| sorted.iter().map(|bucket| bucket.sorted.alike[place]).sum())
}

/// Activities in the order of their content. Equal ones are two: they have no key.
fn activities(
    readings: &[Reading],
    contents: &[Content<'_>],
    duplicates: &mut Duplicates,
) -> Activities {
    let number =
        readings.iter().position(|reading| reading.plan.table() == Table::CommunityActivities)?;
    let (reading, content) = (&readings[number], &contents[number]);
    let mut rows: Vec<(usize, u32)> = Vec::new();
    for (bucket, one) in reading.buckets.iter().enumerate() {
        rows.extend((0_u32..).take(one.len()).map(|row| (bucket, row)));
    }
    let at = |(bucket, row): (usize, u32)| (&reading.buckets[bucket], row as usize);
    rows.sort_unstable_by(|a, b| {
        content
            .compare_slots(at(*a), at(*b))
            .then_with(|| line(reading, *a).cmp(&line(reading, *b)))
    });
    let is_alike = |two: &&[(usize, u32)]| content.compare_slots(at(two[0]), at(two[1])).is_eq();
    duplicates.alike[number] = rows.windows(2).filter(is_alike).count() as u64;
    Some((number, rows))
}
