//! Tallies as an Arrow table that any engine can add up: group by every column but the six sums,
//! and add those as decimals.
//!
//! | column | type | what |
//! |---|---|---|
//! | `what` | text | `task`, `found`, `volume`, `cell`, `excluded`, `value` or `team` |
//! | `measure` | int32 | place of the measure in the plan |
//! | `grain`, `period_start` | text, date | the period |
//! | `group_kind`, `group` | text | `all`, or `bho` and its id |
//! | `stratum_kind`, `stratum` | text | which part of them |
//! | `key` | int64 | of `excluded`, `found` and `volume`: place of the reason, oddity or kind; of `value`: the value |
//! | `plan`, `program`, `part` | text | of `task`: hash of the plan, version of the program, bucket |
//! | `numerator`, `denominator`, `members`, `nn`, `nd`, `dd` | decimal(38, 0) | the sums |
//!
//! A row of `cell` has the sums of a cell; of `excluded` and `value`, the count stands in `members`.
//! A row of `team` says how many `members` of a group see two providers (`stratum_kind` and `stratum` are
//! hashes of their ids) in the window that ends on `period_start`, and in `numerator` what the pair adds to
//! their densities.
//! A row of `volume` says how much an organisation delivers in a month (`numerator`).
//! A row of `found` says how often an oddity of the data was found (`numerator`) and among how many rows
//! or members (`denominator`). A row of `task` says how many tasks counted (`numerator`), how many rows they read
//! (`denominator`) and how many members they saw (`members`).

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, Date32Array, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::pairs::{Pairs, Shared};
use super::teams::fill;
use super::wire_found;
use super::wire_teams::{self, InCounts, Key as TeamKey, OutCount};
use super::wire_volume;
use super::{Cell, Group, Plan, Stratum, Tallies, Tally, Values, Volumes, activities};
use crate::terms::{Day, Grain, Period};
use crate::timeline::{Found, Summary};

/// Digits of a sum.
const DIGITS: u8 = 38;

/// No measure has more reasons for exclusion; a broken table cannot ask for more memory.
const MOST_REASONS: usize = 256;

/// More people than there are.
const PEOPLE_MAX: i64 = 1 << 33;

/// Days from 1900 to 9999, in which periods begin.
const STARTS: std::ops::RangeInclusive<i32> = -25_567..=2_932_896;

const TEXTS: [&str; 9] =
    ["what", "grain", "group_kind", "group", "stratum_kind", "stratum", "plan", "program", "part"];
const SUMS: [&str; 6] = ["numerator", "denominator", "members", "nn", "nd", "dd"];

/// A task that has counted: by which plan and program, and which part of the members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Task {
    /// Hash of the plan.
    pub plan: String,
    /// Version of the program.
    pub program: String,
    /// The bucket, such as `3/16`; nothing where an engine split the members.
    pub part: Option<String>,
}

/// What tasks have seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many tasks.
    pub tasks: i128,
    /// Rows read.
    pub rows: i128,
    /// Members seen, once for each task that saw them.
    pub members: i128,
}

impl Seen {
    /// One task.
    pub fn once(summary: Summary) -> Self {
        Self { tasks: 1, rows: summary.rows.into(), members: summary.members.into() }
    }

    /// Adds what other tasks have seen.
    pub fn add(&mut self, other: Self) {
        // No count of anything comes near to the greatest number of 128 bits.
        self.tasks = self.tasks.saturating_add(other.tasks);
        self.rows = self.rows.saturating_add(other.rows);
        self.members = self.members.saturating_add(other.members);
    }
}

/// Tallies with the tasks that they come from, before a plan says what its measures are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// The tasks.
    pub tasks: BTreeMap<Task, Seen>,
    /// What their rows show about the data.
    pub found: Found,
    /// How much their organisations deliver.
    pub volumes: Volumes,
    /// Their tallies.
    pub cells: BTreeMap<Cell, Tally>,
    /// Which providers see members together.
    pub pairs: Pairs,
}

/// A table that is none of tallies.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// A column is missing or of another type.
    #[error("column `{0}` is missing or of another type")]
    Column(&'static str),
    /// A value is missing, or none that tallies have.
    #[error("row {row}: `{column}` is empty or cannot be")]
    Value {
        /// The row of the table, counted from 0.
        row: usize,
        /// The column.
        column: &'static str,
    },
    /// A measure, period or reason that the plan does not have.
    #[error("a cell is not of this plan")]
    NotOfPlan,
    /// A sum is greater than 38 digits.
    #[error("a sum has more than {DIGITS} digits")]
    TooGreat,
    /// Arrow refuses.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// The columns of the table.
pub fn schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let decimal = DataType::Decimal128(DIGITS, 0);
    let mut fields = vec![
        text("what"),
        Field::new("measure", DataType::Int32, true),
        text("grain"),
        Field::new("period_start", DataType::Date32, true),
    ];
    fields.extend(["group_kind", "group", "stratum_kind", "stratum"].map(text));
    fields.push(Field::new("key", DataType::Int64, true));
    fields.extend(["plan", "program", "part"].map(text));
    fields.extend(SUMS.map(|name| Field::new(name, decimal.clone(), true)));
    Arc::new(Schema::new(fields))
}

/// A row on its way out.
#[derive(Debug, Default)]
pub(super) struct Out<'a> {
    pub(super) texts: [Option<&'a str>; 9],
    pub(super) measure: Option<i32>,
    pub(super) start: Option<i32>,
    pub(super) key: Option<i64>,
    pub(super) sums: [i128; 6],
}

impl Part {
    /// Hands out the table, one batch after the other, so that only one is in memory; a table of nothing
    /// has no batch.
    ///
    /// # Errors
    /// What `write` says, or if a sum is greater than 38 digits.
    pub fn each_batch<E: From<WireError>>(
        &self,
        mut write: impl FnMut(&RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        const BATCH_ROWS: usize = 65_536;
        let names = self.pairs.names();
        let (schema, mut rows) = (schema(), self.rows(&names));
        loop {
            let some: Vec<Out<'_>> = rows.by_ref().take(BATCH_ROWS).collect();
            if some.is_empty() {
                return Ok(());
            }
            write(&batch(&schema, &some)?)?;
        }
    }

    fn rows<'s>(&'s self, names: &'s [String]) -> impl Iterator<Item = Out<'s>> {
        let tasks = self.tasks.iter().map(|(task, seen)| out_task(task, *seen));
        let cells = self.cells.iter().flat_map(|(cell, tally)| out_cell(cell, tally));
        let pairs = self.pairs.out(names).map(|pair| out_pair(&pair));
        let about = wire_found::rows(&self.found).chain(wire_volume::rows(&self.volumes));
        tasks.chain(about).chain(cells).chain(pairs)
    }

    /// Reads tables, whatever the order of their rows; rows of one cell are added.
    ///
    /// # Errors
    /// If a table is none of tallies.
    pub fn from_batches(batches: impl IntoIterator<Item = RecordBatch>) -> Result<Self, WireError> {
        let mut part = Self::default();
        let mut values: BTreeMap<Cell, BTreeMap<i64, i64>> = BTreeMap::new();
        let mut pairs = InCounts::default();
        for batch in batches {
            let table = InTable::of(&batch)?;
            for row in 0..batch.num_rows() {
                if table.text(0, row) == Some("team") {
                    let (key, by) = table.pair(row)?;
                    pairs.push(key, by).ok_or(WireError::NotOfPlan)?;
                } else {
                    part.take(&table, row, &mut values)?;
                }
            }
        }
        part.pairs = pairs.pairs();
        for (cell, values) in values {
            part.cells.entry(cell).or_default().values = values.into_iter().collect::<Values>();
        }
        Ok(part)
    }

    fn take(
        &mut self,
        table: &InTable,
        row: usize,
        values: &mut BTreeMap<Cell, BTreeMap<i64, i64>>,
    ) -> Result<(), WireError> {
        let sums = table.sums(row)?;
        let what = table.text(0, row);
        let counts: &[usize] = match what {
            Some("task" | "found" | "volume") => &[0, 1, 2],
            _ => &[1, 2, 3, 5],
        };
        if let Some(place) = counts.iter().find(|place| sums[**place] < 0) {
            return Err(WireError::Value { row, column: SUMS[*place] });
        }
        if what == Some("task") {
            let task = Task {
                plan: table.needed(6, row)?.to_owned(),
                program: table.needed(7, row)?.to_owned(),
                part: table.text(8, row).map(str::to_owned),
            };
            let seen = Seen { tasks: sums[0], rows: sums[1], members: sums[2] };
            self.tasks.entry(task).or_default().add(seen);
            return Ok(());
        }
        if what == Some("found") {
            let (oddity, times) = wire_found::read(table.key(row), row, sums)?;
            self.found.see(oddity, times);
            return Ok(());
        }
        if what == Some("volume") {
            let about = (table.key(row), table.start(row), table.group(row)?);
            return wire_volume::read(about, row, sums[0], &mut self.volumes);
        }
        let cell = table.cell(row)?;
        let count = i64::try_from(sums[2]).map_err(|_| WireError::TooGreat)?;
        let invalid = |column| WireError::Value { row, column };
        match what {
            Some("cell") => {
                self.cells.entry(cell).or_default().add(sums, count).ok_or(WireError::TooGreat)?;
            }
            Some("excluded") => {
                let reason = table.key(row).and_then(|key| usize::try_from(key).ok());
                let reason = reason.filter(|place| *place < MOST_REASONS).ok_or(invalid("key"))?;
                let excluded = &mut self.cells.entry(cell).or_default().excluded;
                excluded.resize(excluded.len().max(reason + 1), 0);
                excluded[reason] = sum(excluded[reason], count)?;
            }
            Some("value") => {
                let value = table.key(row).ok_or(invalid("key"))?;
                let times = values.entry(cell).or_default().entry(value).or_default();
                *times = sum(*times, count)?;
            }
            _ => return Err(invalid("what")),
        }
        Ok(())
    }

    /// The tallies of a plan.
    ///
    /// # Errors
    /// If a cell is not of the plan.
    pub fn tallies(self, plan: &Plan) -> Result<Tallies, WireError> {
        let measures = plan.measures();
        let mut cells = self.cells;
        for (cell, tally) in &mut cells {
            let measure = measures.get(cell.measure).ok_or(WireError::NotOfPlan)?;
            let reasons = measure.exclusions.len();
            if tally.excluded.len() > reasons || !plan.periods.contains(&cell.period) {
                return Err(WireError::NotOfPlan);
            }
            tally.excluded.resize(reasons, 0);
        }
        let pairs = self.pairs;
        if pairs.counts.iter().any(|count| usize::from(count.measure()) >= measures.len()) {
            return Err(WireError::NotOfPlan);
        }
        fill(plan, (&pairs.sums(plan), &pairs.groups), &mut cells);
        activities::add(plan, &mut cells);
        let (periods, volumes) = (plan.periods.clone(), self.volumes);
        Ok(Tallies { measures, periods, cells, volumes })
    }
}

pub(super) fn sum(own: i64, other: i64) -> Result<i64, WireError> {
    own.checked_add(other).ok_or(WireError::TooGreat)
}

pub(super) fn group_words(group: &Group) -> (&str, &str) {
    match group {
        Group::All => ("all", "all"),
        Group::Bho(id) => ("bho", id.as_str()),
    }
}

fn place_of(measure: usize) -> i32 {
    i32::try_from(measure).expect("fewer than 2³¹ measures")
}

fn out_pair<'a>(pair: &OutCount<'a>) -> Out<'a> {
    let mut row = Out {
        measure: Some(place_of(pair.measure)),
        start: Some(pair.end.0),
        sums: [pair.by.parts.into(), 0, pair.by.members.into(), 0, 0, 0],
        ..Out::default()
    };
    let (group_kind, group) = group_words(pair.group);
    row.texts[0] = Some("team");
    row.texts[2..6].copy_from_slice(&[group_kind, group, pair.pair[0], pair.pair[1]].map(Some));
    row
}

fn out_task(task: &Task, seen: Seen) -> Out<'_> {
    let mut row = Out { sums: [seen.tasks, seen.rows, seen.members, 0, 0, 0], ..Out::default() };
    row.texts[0] = Some("task");
    let about = [Some(task.plan.as_str()), Some(&task.program), task.part.as_deref()];
    row.texts[6..].copy_from_slice(&about);
    row
}

/// The rows of a cell: its sums, what was left out by reason, and its values.
fn out_cell<'a>(cell: &'a Cell, tally: &'a Tally) -> impl Iterator<Item = Out<'a>> {
    let Tally { numerator, denominator, members, nn, nd, dd, .. } = *tally;
    let sums = [numerator, denominator, members.into(), nn, nd, dd];
    let count = |count: i64| [0, 0, count.into(), 0, 0, 0];
    let excluded = (0_i64..).zip(&tally.excluded).filter(|(_, units)| **units != 0);
    let excluded =
        excluded.map(move |(reason, units)| out(cell, "excluded", Some(reason), count(*units)));
    let values = tally.values.counts().iter();
    let values = values.map(move |(value, times)| out(cell, "value", Some(*value), count(*times)));
    std::iter::once(out(cell, "cell", None, sums)).chain(excluded).chain(values)
}

fn out<'a>(cell: &'a Cell, what: &'a str, key: Option<i64>, sums: [i128; 6]) -> Out<'a> {
    let (group_kind, group) = group_words(&cell.group);
    Out {
        texts: [
            Some(what),
            Some(cell.period.grain.name()),
            Some(group_kind),
            Some(group),
            Some(&cell.stratum.kind),
            Some(&cell.stratum.value),
            None,
            None,
            None,
        ],
        measure: Some(place_of(cell.measure)),
        start: Some(cell.period.start.0),
        key,
        sums,
    }
}

fn batch(schema: &SchemaRef, rows: &[Out<'_>]) -> Result<RecordBatch, WireError> {
    let columns = schema.fields().iter().map(|field| -> Result<ArrayRef, WireError> {
        let name = field.name().as_str();
        Ok(match name {
            "measure" => Arc::new(rows.iter().map(|row| row.measure).collect::<Int32Array>()),
            "period_start" => Arc::new(rows.iter().map(|row| row.start).collect::<Date32Array>()),
            "key" => Arc::new(rows.iter().map(|row| row.key).collect::<Int64Array>()),
            _ => column(name, rows)?,
        })
    });
    Ok(RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)?)
}

/// A column of texts or sums.
fn column(name: &str, rows: &[Out<'_>]) -> Result<ArrayRef, WireError> {
    if let Some(place) = TEXTS.iter().position(|text| *text == name) {
        return Ok(Arc::new(rows.iter().map(|row| row.texts[place]).collect::<StringArray>()));
    }
    let place = SUMS.iter().position(|sum| *sum == name).expect("every other column is a sum");
    let sums = Decimal128Array::from_iter_values(rows.iter().map(|row| row.sums[place]));
    let sums = sums.with_precision_and_scale(DIGITS, 0)?;
    sums.validate_decimal_precision(DIGITS).map_err(|_| WireError::TooGreat)?;
    Ok(Arc::new(sums))
}

/// A table on its way in.
struct InTable {
    texts: Vec<StringArray>,
    measure: Int32Array,
    start: Date32Array,
    key: Int64Array,
    sums: Vec<Decimal128Array>,
}

impl InTable {
    fn of(batch: &RecordBatch) -> Result<Self, WireError> {
        let column = |name: &'static str, to: &DataType| {
            let array = batch.column_by_name(name).ok_or(WireError::Column(name))?;
            let scaled = matches!(array.data_type(), DataType::Decimal128(_, scale) if *scale != 0);
            if scaled {
                return Err(WireError::Column(name));
            }
            arrow_cast::cast(array, to).map_err(|_| WireError::Column(name))
        };
        let texts =
            TEXTS.map(|name| column(name, &DataType::Utf8).map(|text| text.as_string().clone()));
        let decimal = DataType::Decimal128(DIGITS, 0);
        let sums = SUMS.map(|name| {
            column(name, &decimal).map(|sums| sums.as_primitive::<Decimal128Type>().clone())
        });
        Ok(Self {
            texts: texts.into_iter().collect::<Result<_, _>>()?,
            measure: column("measure", &DataType::Int32)?.as_primitive::<Int32Type>().clone(),
            start: column("period_start", &DataType::Date32)?.as_primitive::<Date32Type>().clone(),
            key: column("key", &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
            sums: sums.into_iter().collect::<Result<_, _>>()?,
        })
    }

    fn text(&self, place: usize, row: usize) -> Option<&str> {
        self.texts[place].is_valid(row).then(|| self.texts[place].value(row))
    }

    fn needed(&self, place: usize, row: usize) -> Result<&str, WireError> {
        self.text(place, row).ok_or(WireError::Value { row, column: TEXTS[place] })
    }

    fn key(&self, row: usize) -> Option<i64> {
        self.key.is_valid(row).then(|| self.key.value(row))
    }

    /// The six sums; an engine that overflows leaves one empty.
    fn sums(&self, row: usize) -> Result<[i128; 6], WireError> {
        let mut sums = [0; 6];
        for ((sum, column), name) in sums.iter_mut().zip(&self.sums).zip(SUMS) {
            if column.is_null(row) {
                return Err(WireError::Value { row, column: name });
            }
            *sum = column.value(row);
        }
        Ok(sums)
    }

    fn measure(&self, row: usize) -> Result<usize, WireError> {
        let measure = self.measure.is_valid(row).then(|| self.measure.value(row));
        let measure = measure.and_then(|measure| usize::try_from(measure).ok());
        measure.ok_or(WireError::Value { row, column: "measure" })
    }

    fn start(&self, row: usize) -> Option<Day> {
        let start = self.start.is_valid(row).then(|| self.start.value(row));
        start.filter(|start| STARTS.contains(start)).map(Day)
    }

    fn group(&self, row: usize) -> Result<Group, WireError> {
        match self.needed(2, row)? {
            "all" => Ok(Group::All),
            "bho" => Ok(Group::Bho(self.needed(3, row)?.to_owned())),
            _ => Err(WireError::Value { row, column: "group_kind" }),
        }
    }

    fn pair(&self, row: usize) -> Result<(TeamKey, Shared), WireError> {
        let invalid = |column| WireError::Value { row, column };
        let provider =
            |place: usize| wire_teams::read(self.needed(place, row)?).ok_or(invalid(TEXTS[place]));
        let end = self.start(row).ok_or(invalid("period_start"))?;
        let pair = [provider(4)?, provider(5)?];
        let [parts, _, members, ..] = self.sums(row)?;
        let whole = |sum: i128| i64::try_from(sum).map_err(|_| WireError::TooGreat);
        let by = Shared { members: whole(members)?, parts: whole(parts)? };
        if !(1..=PEOPLE_MAX).contains(&by.members) {
            return Err(invalid("members"));
        }
        if by.parts < 0 {
            return Err(invalid("numerator"));
        }
        Ok(((self.measure(row)?, pair, self.group(row)?, end), by))
    }

    fn cell(&self, row: usize) -> Result<Cell, WireError> {
        let invalid = |column| WireError::Value { row, column };
        let grain = self.needed(1, row)?;
        let grain = Grain::from_name(grain);
        let period =
            grain.zip(self.start(row)).map(|(grain, start)| Period::starting(grain, start));
        let stratum = Stratum {
            kind: self.needed(4, row)?.to_owned(),
            value: self.needed(5, row)?.to_owned(),
        };
        Ok(Cell {
            measure: self.measure(row)?,
            period: period.ok_or(invalid("period_start"))?,
            group: self.group(row)?,
            stratum,
        })
    }
}
