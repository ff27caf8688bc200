//! From counted to released: what the register of earlier releases allows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::publish::{definitions, publish, publish_with};
use super::register::{self, Found, Packed};
use super::{Counted, Pipeline};
use crate::kernel::Group;
use crate::oversight::{
    CellKey, Conflict, Leak, Pending, PublishedTable, Register, Release, ReleasedSource, Restated,
    as_released, conflicts, restated, suppress_after,
};
use crate::report::{self, Draft, RestatedNumber, SinceLast, Written};
use crate::store::{Manifest, Snapshot};
use crate::terms::{Grain, Period};

/// What to do where a release could be subtracted from an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Earlier {
    /// Release nothing, and say why.
    #[default]
    Refuse,
    /// Leave the periods concerned as they were released.
    AsReleased,
    /// Withdraw the earlier releases, for a reason that is recorded.
    Restate(String),
}

/// A table that may be released, and the register that will know of it.
#[derive(Debug)]
pub struct Released {
    /// What may be shown.
    pub table: PublishedTable,
    /// What is different from the last release.
    pub since: Option<SinceLast>,
    register: Register,
    /// What the register tells of it, if it is new there.
    text: Option<String>,
    /// The register before, to be put back if the report cannot be written.
    before: Found,
    /// The folder of the report.
    folder: PathBuf,
}

/// A release that could be subtracted from an earlier one.
#[derive(Debug, thiserror::Error)]
#[error("{}", words(conflicts, register, path))]
pub struct Refused {
    /// The cells concerned.
    pub conflicts: Vec<Conflict>,
    register: Register,
    path: PathBuf,
}

/// Hides what must not be shown, given all that was released before into folders beside this one.
///
/// # Errors
/// [`Refused`] if the release could be subtracted from an earlier one, and if the register cannot be
/// read.
pub fn release(
    pipeline: &Pipeline,
    counted: &Counted,
    folder: &Path,
    earlier: &Earlier,
) -> anyhow::Result<Released> {
    let (mut register, before) = register::read(folder)?;
    if let Earlier::Restate(why) = earlier {
        register.withdraw(why);
    }
    let mut table = publish(pipeline, counted, false);
    let mut found = conflicts(&table, &register);
    if found.iter().any(|conflict| conflict.leak == Leak::HiddenNow) {
        table = publish_with(pipeline, counted, |table, settings| {
            suppress_after(table, settings, &register)
        });
        found = conflicts(&table, &register);
    }
    if !found.is_empty() {
        match earlier {
            Earlier::AsReleased => table = as_released(&table, &found, &register),
            Earlier::Refuse | Earlier::Restate(_) => {
                bail!(Refused { conflicts: found, register, path: before.path() });
            }
        }
    }
    let release = about(pipeline, counted);
    let last = register.last_before(&release, &table);
    let since = last.map(|last| since(&table, (&register, last), &release, counted));
    let text = register.add(release, &table);
    Ok(Released { table, since, register, text, before, folder: folder.to_owned() })
}

impl Released {
    /// What the register will tell of this release.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn packed(&self) -> anyhow::Result<Packed> {
        self.before.packed(&self.register, self.text.as_deref())
    }

    /// Writes the register down and puts the report in its place. What might have been seen must be
    /// known: the register comes first, and is marked until the report is there.
    ///
    /// # Errors
    /// If the system refuses; the register is then as it was.
    pub fn put_in_place(&mut self, packed: &Packed, draft: &Draft) -> anyhow::Result<Written> {
        let held = report::uninterrupted();
        if self.text.is_some() {
            let report = self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let manifest = draft.manifest().to_owned();
            self.register.set_pending(Some(Pending { report, draft: draft.name(), manifest }));
        }
        self.record(packed)?;
        let written = draft.put_in_place(&held).or_else(|error| -> anyhow::Result<Written> {
            self.forget()?;
            Err(error.into())
        })?;
        self.before.confirm(&mut self.register)?;
        Ok(written)
    }

    /// Writes the register down, whole or not at all.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn record(&self, packed: &Packed) -> anyhow::Result<()> {
        self.before.replace(&self.register, packed)
    }

    /// Puts the register back, because nothing was released after all.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn forget(&self) -> anyhow::Result<()> {
        self.before.restore(&self.register)
    }
}

fn about(pipeline: &Pipeline, counted: &Counted) -> Release {
    let manifest = counted.snapshot.manifest();
    Release {
        month: counted.month.to_string(),
        snapshot: manifest.snapshot.clone(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        pipeline: pipeline.sha256.clone(),
        definitions: definitions(pipeline).into_iter().collect(),
        sources: manifest
            .sources
            .iter()
            .map(|source| ReleasedSource {
                table: source.table.clone(),
                sha256: source.sha256.clone(),
            })
            .collect(),
        ..Release::default()
    }
}

/// How many lines of conflicts a message has.
const NAMED: usize = 12;

fn words(conflicts: &[Conflict], register: &Register, path: &Path) -> String {
    let mut text = format!(
        "this release could be subtracted from an earlier one; nothing was released (register: {})",
        path.display()
    );
    let mut kinds: BTreeMap<(&str, Leak), Vec<&Conflict>> = BTreeMap::new();
    for conflict in conflicts {
        kinds.entry((&conflict.key.measure, conflict.leak)).or_default().push(conflict);
    }
    let lines = kinds.len();
    for ((measure, leak), conflicts) in kinds.into_iter().take(NAMED) {
        let (first, number) = (conflicts[0], conflicts.len());
        let month = &register.releases[first.release].month;
        let numbers = if number == 1 { "number" } else { "numbers" };
        text += &format!(
            "\n  {measure}: {number} {numbers} {}; first {} (released with {month})",
            leak.words(),
            place(&first.key)
        );
    }
    if lines > NAMED {
        text += &format!("\n  … and {} more", lines - NAMED);
    }
    text + "\nhelp: `--as-released` leaves these periods as they were released, and releases everything else\n\
            help: `--restate \"why\"` withdraws the earlier releases and records why; recall them first, because \
            whoever keeps one can subtract\n\
            help: `--internal` shows everything inside the agency, in a folder of its own; it was written if asked for"
}

/// Where a number stands, in words.
fn place(key: &CellKey) -> String {
    let whose = match &key.group {
        Group::All => "all",
        Group::Bho(id) => id,
    };
    let part = match key.stratum.kind.as_str() {
        "all" => String::new(),
        kind => format!(", {kind} {}", key.stratum.value),
    };
    format!("{}, {whose}{part}", key.period)
}

/// What is different from the last release.
fn since(
    table: &PublishedTable,
    (register, place): (&Register, usize),
    now: &Release,
    counted: &Counted,
) -> SinceLast {
    let last = &register.releases[place];
    // A number that was kept may come from an older release than the last one.
    let mut causes: BTreeMap<&str, Causes<'_>> = BTreeMap::new();
    let numbers = restated(table, register, place).into_iter().map(|one| {
        let first = register.first(&one.key, &one.before).unwrap_or(last);
        let of = || Causes::of(first, now, counted);
        let cause = causes.entry(&first.id).or_insert_with(of).words(&one, table);
        RestatedNumber { restated: one, cause }
    });
    let changed = |id: &&String| last.definitions.get(*id) != now.definitions.get(*id);
    let known = |id: &&String| last.definitions.contains_key(*id);
    SinceLast {
        month: last.month.clone(),
        snapshot: last.snapshot.clone(),
        withdrawn: last.withdrawn.clone(),
        changed_definitions: now
            .definitions
            .keys()
            .filter(known)
            .filter(changed)
            .cloned()
            .collect(),
        added: now.definitions.keys().filter(|id| !known(id)).cloned().collect(),
        removed: last
            .definitions
            .keys()
            .filter(|id| !now.definitions.contains_key(*id))
            .cloned()
            .collect(),
        numbers: numbers.collect(),
    }
}

/// What may have changed a number.
struct Causes<'r> {
    last: &'r Release,
    now: &'r Release,
    old: Option<Manifest>,
    new: &'r Manifest,
}

impl<'r> Causes<'r> {
    fn of(last: &'r Release, now: &'r Release, counted: &'r Counted) -> Self {
        // Snapshots are folders beside each other.
        let old = counted.snapshot.folder().with_file_name(&last.snapshot);
        let old = Snapshot::of(&old).ok().map(|snapshot| snapshot.manifest().clone());
        Self { last, now, old, new: counted.snapshot.manifest() }
    }

    fn words(&self, one: &Restated, table: &PublishedTable) -> String {
        let measure = &table.measures()[one.measure];
        let definition = format!("{}:{}", measure.base_id, measure.preset);
        let mut causes = Vec::new();
        if self.last.definitions.get(&definition) != self.now.definitions.get(&definition) {
            causes.push("definition changed".to_owned());
        }
        if self.last.program_version != self.now.program_version {
            causes.push("another version of the program".to_owned());
        }
        if self.last.snapshot != self.now.snapshot {
            // What decides about a unit may lie after it, and before it.
            let first = one.key.period.start - measure.look_back;
            let window = if measure.overlapping { 11 } else { 0 };
            let from = first.months_later(-window);
            causes.extend(self.rows(from, one.key.period.end + measure.ripe_days));
        }
        if causes.is_empty() && self.last.pipeline != self.now.pipeline {
            causes.push("settings of the pipeline changed".to_owned());
        }
        if causes.is_empty() {
            causes.push("not known".to_owned());
        }
        causes.join("; ")
    }

    /// Late and corrected rows between two days.
    fn rows(&self, from: crate::terms::Day, to: crate::terms::Day) -> Vec<String> {
        let Some(old) = &self.old else {
            return vec!["new data; the earlier snapshot is no longer in the store".to_owned()];
        };
        let in_months = |rows: &BTreeMap<String, u64>| -> u64 {
            let own = rows.iter().filter(|(month, _)| {
                Period::parse(month)
                    .filter(|month| month.grain == Grain::Month)
                    .is_some_and(|month| month.end >= from && month.start <= to)
            });
            own.map(|(_, rows)| rows).sum()
        };
        let (mut late, mut fewer, mut corrected) = (Vec::new(), Vec::new(), Vec::new());
        for source in &self.new.sources {
            let Some(before) = old.source(&source.table) else {
                late.push(source.table.as_str());
                continue;
            };
            let (then, now) = (in_months(&before.rows_by_month), in_months(&source.rows_by_month));
            match now.cmp(&then) {
                std::cmp::Ordering::Greater => late.push(source.table.as_str()),
                std::cmp::Ordering::Less => fewer.push(source.table.as_str()),
                std::cmp::Ordering::Equal if before.sha256 != source.sha256 => {
                    corrected.push(source.table.as_str());
                }
                std::cmp::Ordering::Equal => {}
            }
        }
        let mut causes = Vec::new();
        if !late.is_empty() {
            causes.push(format!("late rows in {}", late.join(", ")));
        }
        if !fewer.is_empty() {
            causes.push(format!("rows withdrawn from {}", fewer.join(", ")));
        }
        if causes.is_empty() && !corrected.is_empty() {
            causes.push(format!("corrections in {}", corrected.join(", ")));
        }
        causes
    }
}
