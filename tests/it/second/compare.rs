//! The same extract through the front door and through the second implementation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use throughline::kernel::{Group, Tallies, Tally};
use throughline::pipeline::{self, Folders};

use super::contact::{self, Crosswalk};
use super::definition::{self, Definition};
use super::rows::{self, Day, Extract, Row};
use super::scores::{self, Instrument};
use super::sums::{self, Asked, Place, Sums};
use crate::definitions::{OF_OTHER_SITES, files_of_all_sites};

/// A run: the extract and what is asked of it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) extract: Extract,
    pub(super) months: i32,
    pub(super) year_starts: u32,
    /// The reported month, `YYYY-MM`.
    pub(super) month: String,
    pub(super) transfer_gap: i32,
}

/// A cell in which the two differ: the indicator, and both numbers as text.
#[derive(Debug, Clone)]
pub(super) struct Difference {
    pub(super) indicator: String,
    pub(super) shown: String,
}

/// What came of a comparison.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pub(super) differences: Vec<Difference>,
    /// Cells that were compared.
    pub(super) cells: usize,
    /// Numerator and denominator of each indicator and preset over everyone and all periods.
    pub(super) counted: BTreeMap<String, (f64, f64)>,
}

/// The shipped definitions, and those of a site, as they are read here.
#[derive(Debug)]
pub(super) struct Shipped {
    pub(super) definitions: Vec<Definition>,
    /// Files with parts of the language that are not known here.
    pub(super) unknown: BTreeMap<String, String>,
    crosswalk: Crosswalk,
    instruments: Vec<Instrument>,
    /// Every file that is known, with its presets, as a pipeline names them.
    wanted: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn shipped() -> Shipped {
    let (mut known, mut unknown, mut wanted) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    for path in files_of_all_sites() {
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        let id = path.file_stem().expect("a name").to_string_lossy().into_owned();
        match definition::read(&text) {
            Ok(found) => {
                wanted.extend(found.iter().map(|one| format!("{id}:{}", one.preset)));
                known.extend(found);
            }
            Err(problem) => {
                unknown.insert(id, problem);
            }
        }
    }
    let map = root().join("pipelines/crosswalks/service_map.csv");
    let crosswalk = contact::crosswalk(&std::fs::read_to_string(map).expect("the crosswalk"));
    let wanted = wanted.into_iter().collect();
    let registry = std::fs::read_to_string(root().join("pipelines/instruments.toml"));
    let instruments = scores::registry(&registry.expect("the registry"));
    Shipped { definitions: known, unknown, crosswalk, instruments, wanted }
}

impl Shipped {
    /// Without all indicators but one, as `id:preset` or `id@variant:preset`.
    pub(super) fn only(self, indicator: &str) -> Self {
        let (id, preset) = indicator.split_once(':').expect("an id and a preset");
        let id = id.split('@').next().expect("an id").to_owned();
        self.those(|one| one.id.split('@').next() == Some(&id) && one.preset == preset)
    }

    /// Asked for in the other order.
    pub(super) fn the_last_first(mut self) -> Self {
        self.wanted.reverse();
        self
    }

    /// Only some indicators; the front door computes all variants of their files.
    pub(super) fn those(mut self, wanted: impl Fn(&Definition) -> bool) -> Self {
        self.definitions.retain(wanted);
        let base = |one: &Definition| one.id.split('@').next().expect("an id").to_owned();
        let named = self.definitions.iter().map(|one| format!("{}:{}", base(one), one.preset));
        let named: BTreeSet<String> = named.collect();
        self.wanted = named.into_iter().collect();
        self
    }
}

impl Case {
    fn pipeline(&self, shipped: &Shipped) -> String {
        let at = |path: &str| root().join(path).display().to_string();
        format!(
            "title = \"Second\"\nstore = \"store\"\n[periods]\nmonths = {}\nyear_starts = {}\n\
             grains = [\"month\", \"quarter\", \"year\"]\n[extracts]\nfolder = \"extracts\"\n\
             crosswalks = [\"{}\"]\nbuckets = 3\nrefused_rows = 0\n[rules]\ntransfer_gap = {}\n\
             missing_max = 100\nunmapped_max = 100\n[indicators]\ninstruments = \"{}\"\nfolders = [\"{}\", \"{}\", \"{}\"]\nuse = {:?}\n[strata]\nby = [\"age_band\", \"sex\"]\n",
            self.months,
            self.year_starts,
            at("pipelines/crosswalks/service_map.csv"),
            self.transfer_gap,
            at("pipelines/instruments.toml"),
            at("pipelines/indicators"),
            at(OF_OTHER_SITES[0]),
            at(OF_OTHER_SITES[1]),
            shipped.wanted,
        )
    }

    /// What the front door gives.
    pub(super) fn tallies(&self, shipped: &Shipped) -> Result<Tallies, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let extracts = folder.path().join("extracts");
        std::fs::create_dir(&extracts).expect("a folder");
        for (name, text) in self.extract.files() {
            std::fs::write(extracts.join(name), text).expect("a file");
        }
        let path = folder.path().join("second.toml");
        std::fs::write(&path, self.pipeline(shipped)).expect("a file");
        let pipeline = pipeline::read(&path)
            .map_err(|error| error.to_string())?
            .map_err(|problems| problems.to_string())?;
        let folders = Folders::default();
        let snapshot = pipeline::ingest(&pipeline, &folders, None, &|_| {})
            .map_err(|error| format!("{error:#}"))?;
        for source in &snapshot.manifest().sources {
            let refused: u64 = source.rows_refused.values().sum();
            if refused > 0 {
                return Err(format!("{}: rows refused: {:?}", source.table, source.rows_refused));
            }
        }
        let month = pipeline::month(&self.month);
        let counted = pipeline::count(&pipeline, snapshot, month, &|_| {})
            .map_err(|error| format!("{error:#}"))?;
        Ok(counted.tallies)
    }

    /// What the second implementation gives for the periods of the first.
    fn sums(&self, shipped: &Shipped, tallies: &Tallies) -> BTreeMap<Place, Sums> {
        sums::all(&self.asked(shipped, &periods(tallies)), &self.extract)
    }

    pub(super) fn asked<'a>(&self, shipped: &'a Shipped, periods: &'a [(Day, Day)]) -> Asked<'a> {
        Asked {
            definitions: &shipped.definitions,
            periods,
            crosswalk: &shipped.crosswalk,
            instruments: &shipped.instruments,
            transfer_gap: self.transfer_gap,
        }
    }

    /// How the two differ, one line a cell; empty if they agree. `Err` if the front door is shut.
    pub(super) fn compared(&self, shipped: &Shipped) -> Result<Comparison, String> {
        let tallies = self.tallies(shipped)?;
        let sums = self.sums(shipped, &tallies);
        let through = self.extract.data_through();
        let of_periods = |one: &&Definition| one.index.is_none() && one.contacts.is_none();
        let of_periods: BTreeSet<String> =
            shipped.definitions.iter().filter(of_periods).map(sums::name).collect();
        let silent = self.without_data(&tallies);
        let is_withheld = |place: &Place| {
            silent.contains(&place.0) || place.1.1 > through && of_periods.contains(&place.0)
        };
        Ok(compared(&tallies, sums, is_withheld))
    }

    /// Measures of which the front door names what is missing, if that is missing.
    fn without_data(&self, tallies: &Tallies) -> BTreeSet<String> {
        let lacks = |one: &str| {
            let table = one.split('.').next().unwrap_or(one);
            self.extract.rows(table).is_empty() || !self.extract.delivers(one)
        };
        let silent = tallies.measures.iter().filter(|measure| {
            let each = |need: &String| need.split(" or ").all(|one| lacks(one.trim()));
            !measure.missing.is_empty() && measure.missing.iter().any(each)
        });
        silent.map(|measure| format!("{}:{}", measure.id, measure.preset)).collect()
    }

    /// The differences of some members alone.
    fn of(&self, members: &[&str]) -> Self {
        Self { extract: self.extract.of(members), ..self.clone() }
    }

    /// A smaller case that still differs: one member, and of their rows only those that matter.
    pub(super) fn shrunk(&self, shipped: &Shipped) -> Self {
        let differs =
            |case: &Self| case.compared(shipped).is_ok_and(|found| !found.differences.is_empty());
        let members: Vec<String> = self.extract.members().into_iter().map(str::to_owned).collect();
        let members = fewest(members, |members| {
            differs(&self.of(&members.iter().map(String::as_str).collect::<Vec<_>>()))
        });
        let mut case = self.of(&members.iter().map(String::as_str).collect::<Vec<_>>());
        for table in self.extract.0.keys() {
            let with = |rows: &[Row]| {
                let mut fewer = case.clone();
                fewer.extract.0.get_mut(table).expect("a table").rows = rows.to_vec();
                fewer
            };
            let rows = fewest(case.extract.rows(table).to_vec(), |rows| differs(&with(rows)));
            case = with(&rows);
        }
        case
    }

    /// The case as text.
    pub(super) fn shown(&self) -> String {
        let mut text = format!(
            "month {}, {} months, years from {}, transfer gap {}\n",
            self.month, self.months, self.year_starts, self.transfer_gap
        );
        for (name, table) in self.extract.files() {
            if table.lines().count() > 1 {
                writeln!(text, "{name}\n{table}").expect("a text takes text");
            }
        }
        text
    }
}

pub(super) fn periods(tallies: &Tallies) -> Vec<(Day, Day)> {
    tallies.periods.iter().map(|period| (day(period.start), day(period.end))).collect()
}

pub(super) fn day(day: throughline::terms::Day) -> Day {
    rows::day(&day.to_string()).expect("a day")
}

/// Leaves out as much as it can, in large pieces first, as long as something holds.
fn fewest<T: Clone>(mut all: Vec<T>, holds: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut piece = all.len().div_ceil(2);
    while piece > 0 && !all.is_empty() {
        let mut at = 0;
        while at < all.len() {
            let mut fewer = all.clone();
            fewer.drain(at..(at + piece).min(all.len()));
            if holds(&fewer) { all = fewer } else { at += piece }
        }
        piece /= 2;
    }
    all
}

/// The two side by side. What will not be published is not looked at.
fn compared(
    tallies: &Tallies,
    mut sums: BTreeMap<Place, Sums>,
    is_withheld: impl Fn(&Place) -> bool,
) -> Comparison {
    sums.retain(|_, sums| sums.is_something());
    let mut found = Comparison::default();
    for ((name, ..), sums) in &sums {
        let [numerator, denominator, ..] = sums.total().sums;
        let counted = found.counted.entry(name.clone()).or_default();
        *counted = (counted.0 + numerator, counted.1 + denominator);
    }
    for (cell, tally) in &tallies.cells {
        let measure = &tallies.measures[cell.measure];
        let group = match &cell.group {
            Group::All => "all of them".to_owned(),
            Group::Bho(name) => name.clone(),
        };
        let place: Place = (
            format!("{}:{}", measure.id, measure.preset),
            (day(cell.period.start), day(cell.period.end)),
            group,
            (cell.stratum.kind.clone(), cell.stratum.value.clone()),
        );
        if is_withheld(&place) {
            continue;
        }
        let own = sums.remove(&place).unwrap_or_default();
        found.cells += 1;
        let (theirs, ours) = (of_tally(tally, measure.numerator_parts), own.total());
        if !same(&theirs, &ours) {
            found.differences.push(shown(&place, &theirs, &ours));
        }
    }
    for (place, own) in sums.into_iter().filter(|(place, _)| !is_withheld(place)) {
        found.differences.push(shown(&place, &Total::default(), &own.total()));
    }
    found
}

fn shown(place: &Place, theirs: &Total, ours: &Total) -> Difference {
    let (indicator, (from, to), group, (kind, value)) = place;
    let shown = format!(
        "{indicator} {}..{} {group} {kind}={value}\n  kernel {theirs:?}\n  second {ours:?}",
        rows::date(*from),
        rows::date(*to)
    );
    Difference { indicator: indicator.clone(), shown }
}

/// A cell in numbers: numerator, denominator, members, Σn², Σnd, Σd²; excluded; values.
#[derive(Debug, Default)]
struct Total {
    sums: [f64; 6],
    excluded: BTreeMap<usize, i64>,
    values: Vec<f64>,
}

impl Sums {
    fn is_something(&self) -> bool {
        let total = self.total();
        total.sums.iter().any(|sum| *sum != 0.0) || !total.excluded.is_empty()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
    fn total(&self) -> Total {
        let mut sums = [0.0; 6];
        let people = self.of.values().map(|own| (own, true));
        for ((n, d), is_person) in people.chain(self.nobodys.values().map(|own| (own, false))) {
            let d = *d as f64;
            let member = f64::from(u8::from(is_person && d > 0.0));
            for (sum, more) in sums.iter_mut().zip([*n, d, member, n * n, n * d, d * d]) {
                *sum += more;
            }
        }
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        Total { sums, excluded: self.excluded.clone(), values }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
fn of_tally(tally: &Tally, parts: i64) -> Total {
    let parts = parts as f64;
    let sums = [
        tally.numerator as f64 / parts,
        tally.denominator as f64,
        tally.members as f64,
        tally.nn as f64 / parts / parts,
        tally.nd as f64 / parts,
        tally.dd as f64,
    ];
    let excluded = tally.excluded.iter().copied().enumerate().filter(|(_, n)| *n != 0).collect();
    // Member values are kept in parts; days to the deciding event are whole.
    let repeat = |(value, count): &(i64, i64)| {
        let times = usize::try_from(*count).expect("a count");
        std::iter::repeat_n(*value as f64 / parts, times)
    };
    Total { sums, excluded, values: tally.values.counts().iter().flat_map(repeat).collect() }
}

fn same(a: &Total, b: &Total) -> bool {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    a.excluded == b.excluded
        && a.sums.iter().zip(&b.sums).all(near)
        && a.values.len() == b.values.len()
        && a.values.iter().zip(&b.values).all(near)
}
