//! `plan.json`: all that counting needs, so that it can be done elsewhere by the same kernel. It
//! holds the texts of the definitions, which are read again by their one reader.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::activities::activities;
use super::period::refuse_too_many;
use super::run::{Question, asked, prepare};
use super::{Pipeline, catalogue};
use crate::diagnostic::{Document, Source};
use crate::indicator::{Activity, read_instruments};
use crate::kernel::{Contract, Covariate, Plan, StratumKind, Supply};
use crate::store::{Manifest, Snapshot, SourceEntry};
use crate::terms::column::{self, ColumnType};
use crate::terms::instrument::Instruments;
use crate::terms::{Day, Grain, Period, Table};
use crate::timeline::Settings;

/// The version of the program and a hash over what it counts with (`src/build.rs`): plans and tallies
/// carry it, and only those of one program go together.
pub const PROGRAM: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("THROUGHLINE_COUNTING"));

/// What is to be counted, with a hash over all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    hash: String,
    plan: Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    program: String,
    /// The reported month.
    month: String,
    periods: Vec<String>,
    strata: Vec<String>,
    data_through: String,
    transfer_gap: i32,
    assume_enrolment: bool,
    derive_stays: bool,
    /// The registry of instruments, as it was written; empty if there is none.
    instruments: String,
    /// Covariates whose joint strata are summed, and in which periods.
    joint: Option<Joint>,
    /// The columns of the stream, in the order that rows are sorted by.
    columns: Vec<Column>,
    /// Activities of the community, which are in no stream of members.
    #[serde(default)]
    activities: Vec<ActivityOf>,
    delivered: BTreeSet<String>,
    #[serde(default)]
    poor: BTreeMap<String, String>,
    definitions: Vec<DefinitionText>,
    manifest: Manifest,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivityOf {
    day: String,
    participants: Option<i64>,
    minutes: Option<i64>,
}

impl From<&Activity> for ActivityOf {
    fn from(Activity { day, participants, minutes }: &Activity) -> Self {
        Self { day: day.to_string(), participants: *participants, minutes: *minutes }
    }
}

impl ActivityOf {
    fn read(&self) -> Option<Activity> {
        let Self { participants, minutes, .. } = *self;
        Some(Activity { day: Day::parse(&self.day)?, participants, minutes })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Joint {
    covariates: Vec<String>,
    grain: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    /// `text`, `date`, `int`, `long`, `float` or `flag`.
    r#type: String,
    /// Whether empty values are sorted `first` or `last`.
    nulls: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DefinitionText {
    id: String,
    preset: String,
    sha256: String,
    text: String,
}

/// Where rows come from, if another engine keeps them: what it has seen of each source.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Columns of the timeline table that have a value in any row.
    pub columns: Vec<String>,
    /// The sources.
    pub sources: Vec<SourceEntry>,
}

impl Sources {
    /// Reads what the engine wrote.
    ///
    /// # Errors
    /// If a table or column is not in the data model.
    pub fn read(text: &[u8]) -> anyhow::Result<Manifest> {
        let read: Self = serde_json::from_slice(text)
            .context("this is not a list of sources as the Spark job writes it")?;
        let known = |name: &String| column::ALL.iter().any(|(column, _)| column == name);
        if let Some(name) = read.columns.iter().find(|name| !known(name)) {
            bail!("`{name}` is no column of the timeline table");
        }
        if let Some(one) = read.sources.iter().find(|one| Table::from_name(&one.table).is_none()) {
            bail!("`{}` is no table of the data model", one.table);
        }
        Ok(Manifest::elsewhere(read.columns, read.sources))
    }
}

/// A plan that is ready to count.
#[derive(Debug)]
pub struct Ready {
    /// What is counted.
    pub plan: Plan,
    /// What the stream has to look like.
    pub contract: Contract,
    /// The hash that tallies carry.
    pub hash: String,
}

impl PlanFile {
    /// What a run of the pipeline would count from a snapshot.
    ///
    /// # Errors
    /// As [`super::count`].
    pub fn new(
        pipeline: &Pipeline,
        snapshot: &Snapshot,
        wanted: Option<Period>,
    ) -> anyhow::Result<Self> {
        Self::of_rows(pipeline, snapshot.manifest(), &activities(snapshot)?, wanted)
    }

    /// What a run of the pipeline would count from rows that another engine keeps. It hands over no
    /// activities of the community, which belong to no member.
    ///
    /// # Errors
    /// As [`super::count`].
    pub fn elsewhere(
        pipeline: &Pipeline,
        manifest: &Manifest,
        wanted: Option<Period>,
    ) -> anyhow::Result<Self> {
        let mut manifest = manifest.clone();
        manifest.sources.retain(|source| source.table != Table::CommunityActivities.name());
        Self::of_rows(pipeline, &manifest, &[], wanted)
    }

    fn of_rows(
        pipeline: &Pipeline,
        manifest: &Manifest,
        activities: &[Activity],
        wanted: Option<Period>,
    ) -> anyhow::Result<Self> {
        let Question { month, indicators, periods, strata, joint } =
            asked(pipeline, manifest, wanted)?;
        let prepared = prepare(pipeline, manifest)?;
        let settings = &prepared.settings;
        let (data_through, transfer_gap) =
            (prepared.data_through.to_string(), settings.transfer_gap);
        let (assume_enrolment, derive_stays) = (settings.assume_enrolment, settings.derive_stays);
        let strata_names: Vec<String> = strata.iter().map(|kind| kind.name().to_owned()).collect();
        let period_names = periods.iter().map(ToString::to_string).collect();
        let names =
            |covariates: &[Covariate]| covariates.iter().map(|one| one.name().to_owned()).collect();
        let joint_names = joint.as_ref().map(|(covariates, grain)| Joint {
            covariates: names(covariates),
            grain: grain.name().to_owned(),
        });
        let plan = Plan::new(indicators, periods, strata, prepared.settings, &prepared.supply);
        let plan = with_joint(plan.by_grains_of_files(), joint.as_ref());
        let contract = contract(&plan, manifest);
        let texts = pipeline.definitions.iter().map(|one| DefinitionText {
            id: one.id.clone(),
            preset: one.preset.clone(),
            sha256: catalogue::sha256(one.source.text.as_bytes()),
            text: one.source.text.clone(),
        });
        let plan = Body {
            program: PROGRAM.to_owned(),
            month: month.to_string(),
            periods: period_names,
            strata: strata_names,
            data_through,
            transfer_gap,
            assume_enrolment,
            derive_stays,
            instruments: pipeline.instruments_text.clone(),
            joint: joint_names,
            columns: contract.columns().iter().map(|one| Column::of(*one)).collect(),
            activities: activities.iter().map(ActivityOf::from).collect(),
            delivered: prepared.supply.delivered,
            poor: prepared.supply.poor,
            definitions: texts.collect(),
            manifest: manifest.clone(),
        };
        Ok(Self { hash: plan.hash(), plan })
    }

    /// Reads a plan, and checks that nothing in it was changed.
    ///
    /// # Errors
    /// If it was, or if another version of the program wrote it.
    pub fn read(text: &[u8]) -> anyhow::Result<Self> {
        let about: serde_json::Value = serde_json::from_slice(text)
            .context("this is not a plan as `throughline plan` writes it")?;
        if let Some(program) = about["plan"]["program"].as_str().filter(|found| *found != PROGRAM) {
            bail!(
                "this plan is of version {program}, this program is {PROGRAM}; write the plan again"
            );
        }
        let read: Self = serde_json::from_value(about)
            .context("this is not a plan as `throughline plan` writes it")?;
        if read.plan.hash() != read.hash {
            bail!(
                "this plan was changed after it was written; change the pipeline, and write it again"
            );
        }
        Ok(read)
    }

    /// The plan as a file.
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("a plan has only texts and numbers") + "\n"
    }

    /// The hash over everything.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The reported month.
    ///
    /// # Errors
    /// If it is no month.
    pub fn month(&self) -> anyhow::Result<Period> {
        Period::parse(&self.plan.month).context("the month of this plan is none")
    }

    /// What the rows come from.
    pub fn manifest(&self) -> &Manifest {
        &self.plan.manifest
    }

    /// Reads the definitions again, and prepares to count.
    ///
    /// # Errors
    /// If this program reads a definition otherwise than the one that wrote it.
    pub fn ready(&self) -> anyhow::Result<Ready> {
        let body = &self.plan;
        let mut indicators = Vec::new();
        for one in &body.definitions {
            let source = Source { path: format!("{}.toml", one.id), text: one.text.clone() };
            indicators.extend(catalogue::definition_of(source, &one.preset)?.indicators);
        }
        let periods: Option<Vec<Period>> =
            body.periods.iter().map(|one| Period::parse(one)).collect();
        let strata: Option<Vec<StratumKind>> =
            body.strata.iter().map(|one| StratumKind::from_name(one)).collect();
        let data_through = Day::parse(&body.data_through);
        let (Some(periods), Some(strata), Some(data_through)) = (periods, strata, data_through)
        else {
            bail!("a period, stratum or date of this plan is none");
        };
        refuse_too_many(&periods)?;
        if !(0..=30).contains(&body.transfer_gap) || !data_through.is_plausible() {
            bail!("a setting of this plan is none that a pipeline file can have");
        }
        let settings = Settings {
            transfer_gap: body.transfer_gap,
            data_through,
            assume_enrolment: body.assume_enrolment,
            derive_stays: body.derive_stays,
            instruments: Arc::new(body.known_instruments()?),
        };
        let supply = Supply { delivered: body.delivered.clone(), poor: body.poor.clone() };
        let plan = Plan::new(indicators, periods, strata, settings, &supply);
        let activities = body.activities.iter().map(ActivityOf::read).collect::<Option<Vec<_>>>();
        let activities = activities.context("a date of this plan is none")?;
        let plan = with_joint(plan.by_grains_of_files(), body.joint()?.as_ref());
        let plan = plan.with_activities(activities);
        let contract = contract(&plan, &body.manifest);
        Ok(Ready { plan, contract, hash: self.hash.clone() })
    }
}

/// The plan, with its joint strata if they are asked for.
pub(super) fn with_joint(plan: Plan, joint: Option<&(Vec<Covariate>, Grain)>) -> Plan {
    match joint {
        Some((covariates, grain)) => plan.jointly(covariates, *grain),
        None => plan,
    }
}

impl Body {
    fn known_instruments(&self) -> anyhow::Result<Instruments> {
        if self.instruments.is_empty() {
            return Ok(Instruments::default());
        }
        let source = Source { path: "instruments.toml".to_owned(), text: self.instruments.clone() };
        let read = Document::parse(source).and_then(|document| read_instruments(&document));
        read.map_err(|problems| anyhow::anyhow!("{problems}"))
    }

    fn joint(&self) -> anyhow::Result<Option<(Vec<Covariate>, Grain)>> {
        let Some(joint) = &self.joint else { return Ok(None) };
        let covariates: Option<Vec<Covariate>> =
            joint.covariates.iter().map(|one| Covariate::from_name(one)).collect();
        let grain = Grain::from_name(&joint.grain);
        let (Some(covariates), Some(grain)) = (covariates, grain) else {
            bail!("a covariate or grain of this plan is none");
        };
        Ok(Some((covariates, grain)))
    }

    fn hash(&self) -> String {
        let text = serde_json::to_vec(self);
        catalogue::sha256(&text.expect("a plan has only texts and numbers"))
    }
}

impl Column {
    fn of((name, kind): (&'static str, ColumnType)) -> Self {
        let r#type = match kind {
            ColumnType::Text => "text",
            ColumnType::Date => "date",
            ColumnType::Int => "int",
            ColumnType::Long => "long",
            ColumnType::Float => "float",
            ColumnType::Flag => "flag",
        };
        let nulls = if Contract::nulls_last(kind) { "last" } else { "first" };
        Self { name: name.to_owned(), r#type: r#type.to_owned(), nulls: nulls.to_owned() }
    }
}

/// The stream has what the plan looks at, as far as it was delivered, and what orders rows that have
/// no key of their own.
fn contract(plan: &Plan, manifest: &Manifest) -> Contract {
    let without_key = |source: &&SourceEntry| {
        source.missing.get(column::RECORD_ID).is_none_or(|missing| *missing != 0)
    };
    let tables = manifest.sources.iter().filter(without_key);
    let tables = tables.filter_map(|source| Table::from_name(&source.table));
    let ordering = tables
        .filter(|table| table.kind().is_some() && *table != Table::Members)
        .flat_map(|table| table.fields().iter().map(|field| field.to));
    let columns: Vec<&str> = plan
        .columns()
        .into_iter()
        .chain(ordering)
        .filter(|name| manifest.has_column(name))
        .collect();
    Contract::new(&columns)
}
