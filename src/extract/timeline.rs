//! A delivery's rows as the timeline table.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::batches::{Origin, Selection, array, arrays, dictionary};
use super::delivery::Delivery;
use super::order::Address;
use super::rows::{NO_CODE, NO_INT};
use super::tables::Form;
use crate::terms::codes::{ContactStatus, FacilityClass};
use crate::terms::column::{self, ColumnType};
use crate::terms::{Kind, Table};

/// Rows of one batch, and of one row group on disk. Smaller groups make reading slow, greater ones
/// take memory.
const BATCH_ROWS: usize = 122_880;

/// The Arrow type of a text column that repeats.
pub fn text_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// A delivery's rows as Arrow batches.
pub struct Timeline<'a> {
    delivery: &'a Delivery,
    schema: SchemaRef,
    columns: Vec<(&'static str, ColumnType)>,
    /// Texts of each column that holds codes.
    texts: BTreeMap<&'static str, ArrayRef>,
    files: ArrayRef,
    kinds: ArrayRef,
    mapped: Mapped,
}

/// What the crosswalk says, by number of the code or class.
#[derive(Default)]
struct Mapped {
    class: Vec<u32>,
    level: Vec<i32>,
    practice_level: Vec<i32>,
    facility_level: Vec<i32>,
    attended: u32,
}

impl<'a> Timeline<'a> {
    /// Prepares a delivery's rows.
    pub fn of(delivery: &'a mut Delivery) -> Self {
        let mapped = Mapped::of(delivery);
        let delivery = &*delivery;
        let delivered = delivery.delivered_columns();
        let columns: Vec<_> =
            column::ALL.iter().filter(|(name, _)| delivered.contains(name)).copied().collect();
        let seldom: Vec<&str> = seldom_repeating();
        let mut texts = arrays(&delivery.pools);
        texts.retain(|column, _| !seldom.contains(column));
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, kind)| {
                Field::new(
                    *name,
                    data_type(*kind, seldom.contains(name)),
                    *name != column::MEMBER_ID && *name != column::KIND,
                )
            })
            .collect();
        let submissions = delivery.readings.iter().flat_map(|reading| &reading.submissions);
        let files = submissions.map(|one| one.delivered.file.as_str());
        Self {
            delivery,
            schema: Arc::new(Schema::new(fields)),
            columns,
            texts,
            files: Arc::new(StringArray::from_iter_values(files)),
            kinds: Arc::new(StringArray::from_iter_values(Kind::ALL.map(Kind::name))),
            mapped,
        }
    }

    /// The columns that some source delivered, in the order of [`column::ALL`].
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// How many buckets there are.
    pub fn n_buckets(&self) -> u32 {
        self.delivery.n_buckets()
    }

    /// The rows of a bucket in order.
    ///
    /// # Panics
    /// If there is no such bucket.
    pub fn batches(&self, bucket: u32) -> impl Iterator<Item = RecordBatch> {
        let origins = self.origins(bucket);
        let members = self.member_ids(bucket);
        let ends = &self.delivery.buckets[bucket as usize].sorted.ends;
        self.delivery.order(bucket).chunks(BATCH_ROWS).enumerate().map(move |(batch, rows)| {
            let ranks = ranks(ends, batch * BATCH_ROWS, rows.len());
            let selection = Selection::of(rows);
            let columns =
                self.columns.iter().zip(&origins).map(|((name, kind), origins)| match *name {
                    column::MEMBER_ID => {
                        Arc::new(dictionary(ranks.clone(), members.clone())) as ArrayRef
                    }
                    column::KIND => {
                        let keys = rows
                            .iter()
                            .map(|row| i32::try_from(row.kind()).expect("there are eleven kinds"));
                        Arc::new(dictionary(Int32Array::from_iter_values(keys), self.kinds.clone()))
                            as ArrayRef
                    }
                    _ => array(*kind, origins, self.texts_of(name), &selection),
                });
            RecordBatch::try_new(self.schema.clone(), columns.collect())
                .expect("columns are made by their schema")
        })
    }

    fn texts_of(&self, name: &str) -> Option<&ArrayRef> {
        if name == column::SOURCE_FILE { Some(&self.files) } else { self.texts.get(name) }
    }

    fn member_ids(&self, bucket: u32) -> ArrayRef {
        let members = &self.delivery.buckets[bucket as usize].members;
        Arc::new(StringArray::from_iter_values(
            members.iter().map(|member| self.delivery.ids.text(*member)),
        ))
    }

    /// For each column, where each kind's values come from.
    fn origins(&self, bucket: u32) -> Vec<Vec<Origin<'_>>> {
        let by_kind = |name: &'static str| {
            Kind::ALL.iter().map(|kind| self.origin(name, *kind, bucket)).collect()
        };
        self.columns.iter().map(|(name, _)| by_kind(name)).collect()
    }

    fn origin(&self, name: &str, kind: Kind, bucket: u32) -> Origin<'_> {
        let readings = &self.delivery.readings;
        let Some(number) =
            readings.iter().position(|reading| reading.plan.table().kind() == Some(kind))
        else {
            return Origin::Nothing;
        };
        let (reading, rows) = (&readings[number], &readings[number].buckets[bucket as usize]);
        let slot = |name: &str| reading.plan.slot(name).map(|slot| &rows.columns[slot]);
        let mapped = &self.mapped;
        match (reading.plan.table(), name) {
            (_, column::SOURCE_FILE) => {
                let before: usize =
                    readings[..number].iter().map(|one| one.submissions.len()).sum();
                let first = u32::try_from(before).expect("files are counted in u16");
                if rows.files.is_empty() {
                    Origin::Same(first)
                } else {
                    Origin::From(first, &rows.files)
                }
            }
            (_, column::SOURCE_LINE) => Origin::Lines(&rows.lines),
            (Table::Contacts, column::STATUS) => Origin::OrElse(slot(name), mapped.attended),
            (Table::Contacts, column::CLASS | column::LEVEL | column::PRACTICE_LEVEL) => {
                match (slot(column::CODE), name) {
                    (None, _) => slot(name).map_or(Origin::Nothing, Origin::Slot),
                    (Some(code), column::CLASS) => Origin::Mapped(slot(name), code, &mapped.class),
                    (Some(code), column::LEVEL) => {
                        Origin::MappedInt(slot(name), code, &mapped.level)
                    }
                    (Some(code), _) => Origin::MappedInt(None, code, &mapped.practice_level),
                }
            }
            (Table::Stays, column::LEVEL) => match slot(column::CLASS) {
                Some(class) => Origin::MappedInt(slot(name), class, &mapped.facility_level),
                None => slot(name).map_or(Origin::Nothing, Origin::Slot),
            },
            _ => slot(name).map_or(Origin::Nothing, Origin::Slot),
        }
    }

    /// Activities, which have no member, as a table of their own.
    ///
    /// # Panics
    /// Never: columns are made by their schema.
    pub fn activities(&self) -> Option<RecordBatch> {
        let (number, rows) = self.delivery.activities.as_ref()?;
        let reading = &self.delivery.readings[*number];
        let mut fields = Vec::new();
        let mut columns: Vec<ArrayRef> = Vec::new();
        let with = |name: &str| reading.plan.slots.iter().position(|slot| slot.to == name);
        let names = reading.plan.slots.iter().map(|slot| slot.to).chain([column::SOURCE_LINE]);
        // One bucket after the other keeps the rows' own order: it is the order of activities.
        let addresses: Vec<Address> =
            rows.iter().enumerate().map(|(place, _)| Address::plain(place)).collect();
        let gathered = super::rows::gather(&reading.buckets, rows);
        for name in names {
            let (kind, origin) = match with(name) {
                Some(slot) => {
                    (kind_of(reading.plan.slots[slot].form), Origin::Slot(&gathered.columns[slot]))
                }
                None => (ColumnType::Int, Origin::Lines(&gathered.lines)),
            };
            fields.push(Field::new(name, data_type(kind, false), true));
            columns.push(array(kind, &[origin], self.texts.get(name), &Selection::of(&addresses)));
        }
        Some(
            RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
                .expect("columns are made by their schema"),
        )
    }
}

impl Mapped {
    fn of(delivery: &mut Delivery) -> Self {
        let mut map = Self::default();
        let codes: Vec<String> = delivery.pools[column::CODE].texts().map(str::to_owned).collect();
        let services: Vec<_> = codes.iter().map(|code| delivery.map.get(code)).collect();
        if let Some(classes) = delivery.pools.get_mut(column::CLASS) {
            let number = |pool: &mut super::pool::Pool, name: &str| pool.intern(name.as_bytes());
            map.class = services
                .iter()
                .map(|service| {
                    service.map_or(NO_CODE, |service| number(classes, service.class.name()))
                })
                .collect();
            let level = |name: &str| {
                FacilityClass::from_name(name)
                    .and_then(FacilityClass::level)
                    .map_or(NO_INT, i32::from)
            };
            map.facility_level = classes.texts().map(level).collect();
        }
        let level = |level: Option<u8>| level.map_or(NO_INT, i32::from);
        map.level = services
            .iter()
            .map(|service| level(service.and_then(|service| service.level)))
            .collect();
        map.practice_level = services
            .iter()
            .map(|service| level(service.and_then(|service| service.practice_level)))
            .collect();
        if let Some(statuses) = delivery.pools.get_mut(column::STATUS) {
            map.attended = statuses.intern(ContactStatus::Attended.name().as_bytes());
        }
        map
    }
}

/// The rank of the member of each row of a batch.
fn ranks(ends: &[u32], first: usize, rows: usize) -> Int32Array {
    let mut rank = ends.partition_point(|end| *end as usize <= first);
    (first..first + rows)
        .map(|row| {
            while ends[rank] as usize <= row {
                rank += 1;
            }
            i32::try_from(rank).expect("a bucket has fewer than 2^31 members")
        })
        .collect::<Vec<i32>>()
        .into()
}

/// Text columns whose values seldom repeat: stored without a dictionary.
pub fn seldom_repeating() -> Vec<&'static str> {
    let fields = Table::ALL.into_iter().flat_map(Table::fields);
    fields
        .filter(|field| matches!(field.form, Form::Key | Form::LongText | Form::Instant))
        .map(|field| field.to)
        .collect()
}

fn data_type(kind: ColumnType, seldom: bool) -> DataType {
    match kind {
        ColumnType::Text if seldom => DataType::Utf8,
        ColumnType::Text => text_type(),
        ColumnType::Date => DataType::Date32,
        ColumnType::Int => DataType::Int32,
        ColumnType::Long => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Flag => DataType::Boolean,
    }
}

fn kind_of(form: Form) -> ColumnType {
    match form {
        Form::Past | Form::Planned | Form::Month => ColumnType::Date,
        Form::Whole(..) | Form::BirthYear | Form::BirthMonth => ColumnType::Int,
        Form::Parts(_) => ColumnType::Long,
        Form::Real => ColumnType::Float,
        Form::Flag => ColumnType::Flag,
        _ => ColumnType::Text,
    }
}
