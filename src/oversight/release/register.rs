//! What was released when.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::indicator::Measure;
use crate::kernel::{Group, Stratum};
use crate::oversight::{Exact, PublishedTable, Row, State};
use crate::terms::Period;

/// A release: what it was made from. Its cells stand beside it in the register.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Release {
    /// A hash of all that it shows and was made from.
    pub id: String,
    /// The reported month, such as `2026-09`.
    pub month: String,
    /// The snapshot it was counted from.
    pub snapshot: String,
    /// Version of the program.
    pub program_version: String,
    /// Hash of the pipeline file.
    pub pipeline: String,
    /// Hash of each definition, by id and preset.
    pub definitions: BTreeMap<String, String>,
    /// The extracts.
    pub sources: Vec<ReleasedSource>,
    /// SHA-256 of the text that tells what it showed; see [`Register::cells_text`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cells: String,
    /// Why it was withdrawn; nothing while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
    /// Of the last release, until its report is known to be in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
}

/// What tells whether a report came into its place, if its run was stopped. Names are of folders beside
/// the register.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pending {
    /// The folder of the report.
    pub report: String,
    /// The hidden folder it was written into.
    pub draft: String,
    /// SHA-256 of its manifest.
    pub manifest: String,
}

/// An extract of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedSource {
    /// The table it feeds.
    pub table: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// Where a number stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellKey {
    /// Id and preset, such as `fu_hosp_mh_7d:default`.
    pub measure: String,
    /// Suffix of derived rows; empty for the value itself.
    pub statistic: String,
    /// The period.
    pub period: Period,
    /// Whose.
    pub group: Group,
    /// Which part of them.
    pub stratum: Stratum,
}

impl CellKey {
    pub(super) fn of(row: &Row, measures: &[Measure]) -> Self {
        Self {
            measure: name(&measures[row.measure]),
            statistic: row.statistic.to_owned(),
            period: row.period,
            group: row.group.clone(),
            stratum: row.stratum.clone(),
        }
    }
}

/// Id and preset.
pub(super) fn name(measure: &Measure) -> String {
    format!("{}:{}", measure.id, measure.preset)
}

/// What a cell showed; the same number in several releases stands once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleasedCell {
    indicator: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    statistic: String,
    period: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bho: Option<String>,
    stratum: [String; 2],
    /// The releases that showed it so, by their places in the register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) releases: Vec<usize>,
    /// True if a release no longer shows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) gone: bool,
    /// What was shown.
    pub shown: Shown,
}

/// The numbers of a row as they were shown; nothing of them where it was hidden.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Shown {
    /// Parts and parts of one unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) numerator: Option<(String, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) denominator: Option<(String, i64)>,
    /// Of the numerator, what belongs to nobody.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) nobodys: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) excluded: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reasons: Vec<Option<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) members: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exactly")]
    pub(super) value: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exactly")]
    pub(super) low: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exactly")]
    pub(super) high: Option<f64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) interval: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) preliminary: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) suppressed: bool,
    /// Units met by each day of a curve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) curve: Vec<(i32, Option<i64>)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks in this way")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Shown {
    fn of(row: &Row, curve: Vec<(i32, Option<i64>)>) -> Self {
        let exact = |number: Option<Exact>| {
            number.map(|number| (number.parts.to_string(), number.per_unit))
        };
        let is_empty = row.excluded_by_reason.iter().all(Option::is_none);
        Self {
            numerator: exact(row.numerator),
            denominator: exact(row.denominator),
            nobodys: row.nobodys,
            excluded: row.excluded,
            reasons: if is_empty { Vec::new() } else { row.excluded_by_reason.clone() },
            members: row.members,
            value: row.value,
            low: row.low,
            high: row.high,
            interval: row.interval.to_owned(),
            preliminary: row.state == State::Preliminary,
            suppressed: row.suppressed,
            curve,
        }
    }

    /// The value that was shown.
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    pub(super) fn exact(number: Option<&(String, i64)>) -> Option<Exact> {
        let (parts, per_unit) = number?;
        Some(Exact { parts: parts.parse().ok()?, per_unit: *per_unit })
    }

    /// Numerator and denominator that were shown.
    pub fn counts(&self) -> (Option<Exact>, Option<Exact>) {
        (Self::exact(self.numerator.as_ref()), Self::exact(self.denominator.as_ref()))
    }
}

/// Every release, and what each cell showed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Register {
    /// The releases, the first one first.
    pub releases: Vec<Release>,
    cells: BTreeMap<CellKey, Vec<ReleasedCell>>,
}

impl Register {
    /// Places of the releases that stand.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.releases.len()).filter(|place| self.releases[*place].withdrawn.is_none())
    }

    /// What a release showed of every cell that had a row of numbers or a hidden one.
    pub fn cells_of(&self, release: usize) -> impl Iterator<Item = (&CellKey, &Shown)> {
        self.cells.iter().filter_map(move |(key, cells)| {
            let cell = cells.iter().find(|cell| cell.releases.contains(&release))?;
            Some((key, &cell.shown))
        })
    }

    /// Cells of which a standing release showed a value.
    pub(super) fn shown_cells(&self) -> BTreeSet<&CellKey> {
        let standing: BTreeSet<usize> = self.standing().collect();
        let shown = |cell: &&ReleasedCell| {
            cell.shown.value.is_some() && cell.releases.iter().any(|place| standing.contains(place))
        };
        let cells = self.cells.iter().filter(|(_, cells)| cells.iter().any(|cell| shown(&cell)));
        cells.map(|(key, _)| key).collect()
    }

    /// Withdraws every release that stands.
    pub fn withdraw(&mut self, why: &str) {
        for release in self.releases.iter_mut().filter(|release| release.withdrawn.is_none()) {
            release.withdrawn = Some(why.to_owned());
        }
    }

    /// The last release before one that is to be added, or that stands already.
    pub fn last_before(&self, release: &Release, table: &PublishedTable) -> Option<usize> {
        let known = self.standing().next().and_then(|_| {
            let own = id(release, &shown(table));
            self.standing().find(|place| self.releases[*place].id == own)
        });
        known.unwrap_or(self.releases.len()).checked_sub(1)
    }

    /// The first release that showed a cell so.
    pub fn first(&self, key: &CellKey, shown: &Shown) -> Option<&Release> {
        let cell = self.cells.get(key)?.iter().find(|cell| cell.shown == *shown)?;
        self.releases.get(*cell.releases.first()?)
    }

    /// Adds a release and what it shows, and gives the text of it. A release that stands already changes
    /// nothing.
    pub fn add(&mut self, mut release: Release, table: &PublishedTable) -> Option<String> {
        let shown = shown(table);
        release.id = id(&release, &shown);
        let known = self.standing().any(|place| self.releases[place].id == release.id);
        if known {
            return None;
        }
        let place = self.releases.len();
        self.releases.push(release);
        if self.cells.is_empty() {
            let only = |(key, shown): (CellKey, Shown)| {
                let cell = ReleasedCell::new(&key, Some(place), shown);
                (key, vec![cell])
            };
            self.cells = shown.into_iter().map(only).collect();
        } else {
            for (key, shown) in shown {
                self.note(key, shown, place);
            }
        }
        Some(self.seal(place))
    }

    /// The report of the last release, if it may not be in its place.
    pub fn pending(&self) -> Option<&Pending> {
        self.releases.last()?.pending.as_ref()
    }

    /// Notes that the report of the last release comes into its place after this, or has done so.
    pub fn set_pending(&mut self, pending: Option<Pending>) {
        if let Some(last) = self.releases.last_mut() {
            last.pending = pending;
        }
    }

    /// Forgets the last release, which nobody has seen.
    pub fn take_back(&mut self) -> Option<Release> {
        let release = self.releases.pop()?;
        let place = self.releases.len();
        self.cells.retain(|_, cells| {
            cells.retain_mut(|cell| {
                cell.releases.retain(|one| *one != place);
                !cell.releases.is_empty()
            });
            !cells.is_empty()
        });
        Some(release)
    }

    /// Notes that a release showed a cell so.
    pub(super) fn note(&mut self, key: CellKey, shown: Shown, release: usize) {
        let known = self.cells.get_mut(&key);
        let same = |cells: &&mut Vec<ReleasedCell>| cells.iter().position(|one| one.shown == shown);
        match known.map(|cells| (same(&cells), cells)) {
            Some((Some(place), cells)) => cells[place].releases.push(release),
            Some((None, cells)) => cells.push(ReleasedCell::new(&key, Some(release), shown)),
            None => {
                let cell = ReleasedCell::new(&key, Some(release), shown);
                self.cells.insert(key, vec![cell]);
            }
        }
    }
}

fn id(release: &Release, shown: &[(CellKey, Shown)]) -> String {
    let mut hash = Sha256::new();
    let nameless = Release { id: String::new(), cells: String::new(), ..release.clone() };
    hash.update(serde_json::to_vec(&nameless).expect("texts always serialise"));
    let text = |(key, shown): &(CellKey, Shown)| {
        let cell = ReleasedCell::new(key, Some(0), shown.clone());
        serde_json::to_vec(&cell).expect("texts and finite numbers serialise")
    };
    let texts: Vec<Vec<u8>> = shown.par_iter().map(text).collect();
    for text in texts {
        hash.update(text);
    }
    hash.finalize()[..8].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// SHA-256 in hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Everything that a table shows, and which of its rows are hidden.
pub(super) fn shown(table: &PublishedTable) -> Vec<(CellKey, Shown)> {
    let rows = table.rows().iter().filter(|row| row.state.shows_numbers());
    rows.map(|row| {
        let curve = if row.statistic.is_empty() && row.stratum.kind == "all" {
            curve(table, row)
        } else {
            Vec::new()
        };
        (CellKey::of(row, table.measures()), Shown::of(row, curve))
    })
    .collect()
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts of units")]
fn curve(table: &PublishedTable, row: &Row) -> Vec<(i32, Option<i64>)> {
    let is_own = |curve: &&crate::oversight::Curve| {
        (curve.measure, curve.period, &curve.group) == (row.measure, row.period, &row.group)
    };
    let Some(curve) = table.curves().iter().find(is_own) else { return Vec::new() };
    let units = curve.units.unwrap_or(0) as f64;
    let met = |share: f64| (share * units).round() as i64;
    curve.points.iter().map(|point| (point.day, point.share.map(met))).collect()
}

impl ReleasedCell {
    pub(super) fn new(key: &CellKey, release: Option<usize>, shown: Shown) -> Self {
        Self {
            indicator: key.measure.clone(),
            statistic: key.statistic.clone(),
            period: key.period.to_string(),
            bho: match &key.group {
                Group::All => None,
                Group::Bho(id) => Some(id.clone()),
            },
            stratum: [key.stratum.kind.clone(), key.stratum.value.clone()],
            releases: release.into_iter().collect(),
            gone: false,
            shown,
        }
    }

    pub(super) fn key(&self) -> Option<CellKey> {
        let [kind, value] = self.stratum.clone();
        Some(CellKey {
            measure: self.indicator.clone(),
            statistic: self.statistic.clone(),
            period: Period::parse(&self.period)?,
            group: self.bho.clone().map_or(Group::All, Group::Bho),
            stratum: Stratum { kind, value },
        })
    }
}

/// Floats as the shortest texts that are read as the same float again.
mod exactly {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "the signature that serde asks for")]
    pub(super) fn serialize<S: Serializer>(number: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => to.collect_str(number),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
