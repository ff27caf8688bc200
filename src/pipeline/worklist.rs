//! Members to act on now, from the rules of the indicators themselves.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, DictionaryArray, RecordBatch};

use super::Pipeline;
use super::run::prepare;
use super::worklist_rules::{Record, WorkRule, WorkTest};
use crate::indicator::{SoFar, so_far};
use crate::kernel::{self, Fate, Group, Plan, Unit};
use crate::report::{WorkItem, Worklist};
use crate::store::Snapshot;
use crate::terms::{Day, Grain, Kind, Period, column};
use crate::timeline::{self, Interner, Needs, Reader, Settings, Timeline};

/// The members to act on as of a day (without one, the day on which the last extract was cut): the
/// most urgent first.
///
/// # Errors
/// If the store cannot be read.
pub fn worklist(
    pipeline: &Pipeline,
    rules: &[WorkRule],
    snapshot: &Snapshot,
    as_of: Option<Day>,
) -> anyhow::Result<Worklist> {
    let manifest = snapshot.manifest();
    let prepared = prepare(pipeline, manifest)?;
    let cut =
        manifest.sources.iter().filter_map(|source| Day::parse(source.extract_date.as_deref()?));
    let as_of = as_of.or(cut.max()).unwrap_or(prepared.data_through);
    let complete = prepared.data_through;
    // Who left hospital yesterday is to be seen now, although not every row of yesterday has arrived.
    let settings = Settings { data_through: complete.max(as_of), ..prepared.settings };
    let (mut items, mut not_computable) = (Vec::new(), Vec::new());
    let (seen, organisations) = everyone(snapshot, &settings, as_of)?;
    for rule in rules {
        match &rule.by {
            WorkTest::Overdue { record, days, in_care } => {
                items.extend(overdue(rule, (*record, *days, *in_care), &seen, as_of));
            }
            WorkTest::Units { indicators, keep, until_seen } => {
                let so_far: Vec<_> =
                    indicators.iter().filter_map(|one| so_far(one, as_of.min(complete))).collect();
                let plan = Plan::new(
                    so_far.iter().map(|one| one.indicator.clone()).collect(),
                    months(&so_far, *keep, as_of),
                    Vec::new(),
                    settings.clone(),
                    &prepared.supply,
                );
                for one in plan.indicators.iter().filter(|one| !one.measure.is_computable()) {
                    not_computable.push((one.measure.id.clone(), one.measure.why_not()));
                }
                let units = open_units(&plan, snapshot)?;
                let calls = |unit: &Unit| {
                    let one = &so_far[unit.measure];
                    let Fate::Counted { numerator, .. } = unit.fate else { return None };
                    let last = if one.is_by_silence() { as_of.min(complete) } else { as_of };
                    let day = unit.day.filter(|day| *day <= last)?;
                    let due = day + one.days;
                    let calls = (numerator != 0) == one.met_calls && due + *keep >= as_of;
                    calls.then_some((day, due))
                };
                items.extend(acted(rule, &plan, &units, calls, &seen, (*until_seen, as_of)));
            }
        }
    }
    // The file has the most urgent list first; within a list, what is due first comes first.
    let urgency = |item: &WorkItem| rules.iter().position(|rule| rule.title == item.list);
    items.sort_by(|a, b| {
        let place = |item: &WorkItem| (urgency(item), item.due, item.index);
        (&a.bho, &a.agency, place(a), &a.member).cmp(&(&b.bho, &b.agency, place(b), &b.member))
    });
    Ok(Worklist {
        title: pipeline.title.clone(),
        as_of,
        data_through: complete,
        snapshot: manifest.snapshot.clone(),
        organisations,
        lists: rules.iter().map(|rule| (rule.title.clone(), rule.act.clone())).collect(),
        items,
        not_computable,
    })
}

/// The months of the index days of whatever can still be on a list: those whose window ended so many
/// days ago at most.
fn months(so_far: &[SoFar], keep: i32, as_of: Day) -> Vec<Period> {
    let longest = so_far.iter().map(|one| one.days).max().unwrap_or(0);
    let back = (longest + keep).max(0);
    let first = Period::starting(Grain::Month, as_of - back);
    let month = |n| Period::starting(Grain::Month, first.start.months_later(n));
    (0..=back / 28 + 1).map(month).take_while(|month| month.start <= as_of).collect()
}

fn open_units(plan: &Plan, snapshot: &Snapshot) -> anyhow::Result<Vec<Unit>> {
    let columns = plan.columns();
    let buckets: Vec<u32> = (0..snapshot.buckets()).collect();
    let open = |bucket: &u32| snapshot.batches(*bucket, &columns);
    let keep = |unit: &Unit| unit.group != Group::All;
    Ok(kernel::units(plan, &buckets, open, keep)?)
}

/// Units that call for acting; of several indicators on one index day the one that closes first.
fn acted(
    rule: &WorkRule,
    plan: &Plan,
    units: &[Unit],
    calls: impl Fn(&Unit) -> Option<(Day, Day)>,
    seen: &BTreeMap<String, Seen>,
    (until_seen, as_of): (bool, Day),
) -> Vec<WorkItem> {
    let mut found: BTreeMap<(&str, Day), WorkItem> = BTreeMap::new();
    for unit in units {
        let Some((index, due)) = calls(unit) else { continue };
        let Some(member) = &unit.member else { continue };
        let Some(own) = seen.get(member) else { continue };
        let Some(bho) = own.bho.as_ref().filter(|_| own.is_alive) else { continue };
        if until_seen && own.last_contact.as_ref().is_some_and(|last| last.0 > index) {
            continue;
        }
        let measure = &plan.indicators[unit.measure].measure;
        let item = WorkItem {
            bho: bho.clone(),
            agency: own.agency(),
            member: member.clone(),
            list: rule.title.clone(),
            rule: measure.id.clone(),
            sentence: measure.sentence.clone(),
            what: measure.counts.clone(),
            index,
            due,
            days_left: due - as_of,
            last_contact: own.last_contact.as_ref().map(|last| last.0),
        };
        let key = (member.as_str(), index);
        if found.get(&key).is_none_or(|known| item.due < known.due) {
            found.insert(key, item);
        }
    }
    found.into_values().collect()
}

/// Members in care whose newest record is too old.
fn overdue(
    rule: &WorkRule,
    (record, days, in_care): (Record, i32, i32),
    seen: &BTreeMap<String, Seen>,
    as_of: Day,
) -> Vec<WorkItem> {
    let mut found = Vec::new();
    for (member, own) in seen {
        let newest = match record {
            Record::Plan => own.plan,
            Record::Assessment => own.assessment,
        };
        let (Some(newest), Some(bho), Some(last)) = (newest, &own.bho, &own.last_contact) else {
            continue;
        };
        let due = newest + days;
        if own.is_alive && due < as_of && as_of - last.0 <= in_care {
            found.push(WorkItem {
                bho: bho.clone(),
                agency: own.agency(),
                member: member.clone(),
                list: rule.title.clone(),
                rule: rule.id.clone(),
                sentence: format!(
                    "The newest {} is more than {days} days old, of a member with an attended contact in the last {in_care} days.",
                    record.noun()
                ),
                what: record.noun().to_owned(),
                index: newest,
                due,
                days_left: due - as_of,
                last_contact: Some(last.0),
            });
        }
    }
    found
}

/// What has to be known of a member besides units.
#[derive(Debug, Default)]
struct Seen {
    /// The newest attended contact up to the day, and its agency.
    last_contact: Option<(Day, String)>,
    /// The organisation on the day; nothing of a member who is enrolled nowhere.
    bho: Option<String>,
    /// True on the days before death.
    is_alive: bool,
    /// The newest creation or review of a plan that has not ended.
    plan: Option<Day>,
    assessment: Option<Day>,
}

impl Seen {
    fn agency(&self) -> String {
        let agency = self.last_contact.as_ref().map(|last| last.1.clone());
        agency.filter(|agency| !agency.is_empty()).unwrap_or_else(|| "none".to_owned())
    }
}

/// Looks at every member once, and says which organisations there are. Death and enrolment are those of
/// the timeline, as for indicators.
fn everyone(
    snapshot: &Snapshot,
    settings: &Settings,
    as_of: Day,
) -> anyhow::Result<(BTreeMap<String, Seen>, BTreeSet<String>)> {
    let mut found: BTreeMap<String, Seen> = BTreeMap::new();
    let needs = Needs::default();
    let mut columns = timeline::columns(&needs);
    columns.extend(LOOKED_AT.iter().filter(|name| !columns.contains(name)).collect::<Vec<_>>());
    // Assumed enrolment goes no further than the data.
    let enrolled = if settings.assume_enrolment { as_of.min(settings.data_through) } else { as_of };
    let mut organisations = BTreeSet::new();
    let mut take = |found: &mut BTreeMap<String, Seen>, of: &Timeline, interner: &Interner| {
        organisations.extend(of.enrolled.owned.iter().map(|(_, _, bho)| *bho));
        let own = found.entry(of.member.clone()).or_default();
        own.is_alive = of.is_alive(as_of);
        own.bho = of.enrolled.bho_on(enrolled).map(|bho| interner.text(bho).to_owned());
    };
    let mut reader = Reader::new(&needs, settings);
    for bucket in 0..snapshot.buckets() {
        for batch in snapshot.batches(bucket, &columns)? {
            let batch = batch?;
            reader.read(&batch, &mut |of: &Timeline, interner: &mut Interner| {
                take(&mut found, of, interner);
            })?;
            let rows = Columns::of(&batch)?;
            for row in 0..batch.num_rows() {
                let Some(member) = rows.text(column::MEMBER_ID, row) else { continue };
                if !found.contains_key(member) {
                    found.insert(member.to_owned(), Seen::default());
                }
                let own = found.get_mut(member).expect("it was just put there");
                own.see(&rows, row, as_of);
            }
        }
        reader.finish(&mut |of: &Timeline, interner: &mut Interner| {
            take(&mut found, of, interner);
        });
    }
    let names = organisations.into_iter().map(|bho| reader.interner.text(bho).to_owned());
    Ok((found, names.collect()))
}

const LOOKED_AT: [&str; 8] = [
    column::MEMBER_ID,
    column::KIND,
    column::START_ON,
    column::END_ON,
    column::AGENCY_ID,
    column::STATUS,
    column::CLASS,
    column::REVIEWED_ON,
];

impl Seen {
    fn see(&mut self, rows: &Columns<'_>, row: usize, as_of: Day) {
        let kind = rows.text(column::KIND, row).and_then(Kind::from_name);
        let start = rows.day(column::START_ON, row);
        let end = rows.day(column::END_ON, row);
        let Some(start) = start.filter(|day| *day <= as_of) else { return };
        let text = |name| rows.text(name, row);
        match kind {
            Some(Kind::Contact) if text(column::STATUS).is_none_or(|it| it == "attended") => {
                let agency = text(column::AGENCY_ID).unwrap_or_default().to_owned();
                self.last_contact = Some((start, agency));
            }
            Some(Kind::Plan) if end.is_none_or(|end| end > as_of) => {
                let reviewed = rows.day(column::REVIEWED_ON, row).filter(|day| *day <= as_of);
                self.plan = self.plan.max(Some(start)).max(reviewed);
            }
            Some(Kind::Assessment) if text(column::CLASS).is_none_or(|it| it == "assessment") => {
                self.assessment = self.assessment.max(Some(start));
            }
            _ => {}
        }
    }
}

/// The columns of a batch.
struct Columns<'a> {
    texts: BTreeMap<&'static str, &'a DictionaryArray<Int32Type>>,
    days: BTreeMap<&'static str, &'a arrow_array::Date32Array>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> anyhow::Result<Self> {
        let (mut texts, mut days) = (BTreeMap::new(), BTreeMap::new());
        for name in LOOKED_AT {
            let array = batch.column_by_name(name).context("the store lacks a column")?;
            if let Some(text) = array.as_dictionary_opt::<Int32Type>() {
                texts.insert(name, text);
            } else if let Some(day) = array.as_primitive_opt::<Date32Type>() {
                days.insert(name, day);
            }
        }
        Ok(Self { texts, days })
    }

    fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        let column = *self.texts.get(name)?;
        let key = column.key(row)?;
        Some(column.values().as_string::<i32>().value(key))
    }

    fn day(&self, name: &str, row: usize) -> Option<Day> {
        let column = self.days.get(name)?;
        column.is_valid(row).then(|| Day(column.value(row)))
    }
}
