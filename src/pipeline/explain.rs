//! How a number came about: its units, what became of each, and the rows that decided.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};

use super::activities::activities;
use super::evidence::{self, MemberRows};
use super::run::{checked_period, coverage_start, prepare};
use super::{Pipeline, completion, period, publish};
use crate::diagnostic::suggest;
use crate::indicator::{Indicator, Measure, Shape};
use crate::kernel::{self, Cell, Fate, Group, Plan, Stratum, StratumKind, Tally, Unit};
use crate::oversight::{self, Row};
use crate::store::Snapshot;
use crate::terms::{Day, Grain, Period};

/// Which number is asked about.
#[derive(Debug, Clone)]
pub struct Question {
    /// The id of an indicator of the pipeline, with its variant.
    pub indicator: String,
    /// The preset, where the pipeline has several.
    pub preset: Option<String>,
    /// Whose number.
    pub group: Group,
    /// Which part of them; everyone in the group without one.
    pub stratum: Option<Stratum>,
    /// The period; the last complete month without one.
    pub period: Option<Period>,
    /// Only this member's units, all of them shown.
    pub member: Option<String>,
    /// How many units of each fate are shown.
    pub sample: usize,
}

/// How a number came about. It names members and hides nothing.
#[derive(Debug)]
pub struct Explained {
    /// The indicator.
    pub indicator: Indicator,
    /// The period.
    pub period: Period,
    /// Data are complete up to this day.
    pub data_through: Day,
    /// The number as an internal report has it; nothing if no unit was found.
    pub row: Option<Row>,
    /// Its tally.
    pub tally: Tally,
    /// Its units, in the order of buckets and members.
    pub units: Vec<Unit>,
    /// Some of them with the rows they rest on.
    pub sample: Vec<Case>,
    /// Everything that is known of the member who was asked for.
    pub member: Option<MemberRows>,
}

/// A unit and the rows it rests on.
#[derive(Debug)]
pub struct Case {
    /// The unit.
    pub unit: Unit,
    /// The rows, in the order of the timeline; none of an activity in the community.
    pub rows: Vec<evidence::Line>,
}

/// Finds the units behind a number.
///
/// # Errors
/// If the question names something that is not there, or the store cannot be read.
pub fn explain(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    question: &Question,
) -> anyhow::Result<Explained> {
    let indicator = find(pipeline, question)?;
    let manifest = snapshot.manifest();
    let prepared = prepare(pipeline, manifest)?;
    let data_through = prepared.data_through;
    let period = match question.period {
        Some(period) => checked_period(period, manifest, data_through)?,
        None => usual_period(pipeline, &indicator.measure, data_through),
    };
    let strata = strata(pipeline, question, &indicator.measure)?;
    let plan =
        Plan::new(vec![indicator], vec![period], strata, prepared.settings, &prepared.supply)
            .with_activities(activities(snapshot)?);
    let indicator = plan.indicators[0].clone();
    if !indicator.measure.is_computable() {
        bail!(
            "`{}` cannot be computed with this store: {}",
            indicator.measure.id,
            indicator.measure.why_not()
        );
    }
    let (units, groups) = units(&plan, snapshot, question)?;
    check_found(question, &groups)?;
    let tallies = kernel::add_up(&plan, &units);
    let mut settings =
        publish::settings(pipeline, manifest, data_through, coverage_start(manifest));
    settings.completion = completion::completion(pipeline, snapshot)?;
    let cell = Cell {
        measure: 0,
        period,
        group: question.group.clone(),
        stratum: question.stratum.clone().unwrap_or_else(Stratum::everyone),
    };
    let table = oversight::tabulate(&tallies, &settings);
    let row = table.rows.into_iter().find(|row| {
        row.statistic.is_empty() && row.group == cell.group && row.stratum == cell.stratum
    });
    let tally = tallies.cells.get(&cell).cloned().unwrap_or_default();
    let (sample, member) = cases(&plan, snapshot, question, &units)?;
    Ok(Explained { indicator, period, data_through, row, tally, units, sample, member })
}

/// The last complete month, or the last longer period where an indicator is not reported by months.
fn usual_period(pipeline: &Pipeline, measure: &Measure, data_through: Day) -> Period {
    let month = period::last_complete_month(data_through);
    if measure.is_reported_by(Grain::Month) {
        return month;
    }
    let reported = period::reported(month, pipeline.months, pipeline.year_starts, &Grain::ALL);
    let own = reported.into_iter().filter(|period| measure.is_reported_by(period.grain));
    own.filter(|period| period.end <= month.end).max_by_key(|period| period.end).unwrap_or(month)
}

/// The indicator a question names.
fn find(pipeline: &Pipeline, question: &Question) -> anyhow::Result<Indicator> {
    let all = || pipeline.definitions.iter().flat_map(|one| &one.indicators);
    let wanted = |one: &&Indicator| one.measure.id == question.indicator;
    let Some(first) = all().find(wanted) else {
        let of_file = all().filter(|one| one.measure.base_id == question.indicator);
        let variants: Vec<String> = of_file.map(|one| format!("`{}`", one.measure.id)).collect();
        let known = all().map(|one| one.measure.id.as_str());
        let statistic = question.indicator.rsplit_once('.').map(|(id, _)| id);
        let of_results = statistic.filter(|id| all().any(|one| one.measure.id == *id));
        let help = if let Some(id) = of_results {
            format!("results has this statistic of `{id}`, which can be explained")
        } else if variants.is_empty() {
            suggest(&question.indicator, known).unwrap_or_else(|| {
                "`throughline indicators` lists all there are, `--pipeline pipelines/everything.toml` has them all".to_owned()
            })
        } else {
            format!("it has the variants {}", variants.join(", "))
        };
        bail!("{}: has no indicator `{}`; {help}", pipeline.path.display(), question.indicator);
    };
    let Some(preset) = &question.preset else { return Ok(first.clone()) };
    let presets: Vec<&str> = all().filter(wanted).map(|one| one.measure.preset.as_str()).collect();
    let found = all().filter(wanted).find(|one| one.measure.preset == *preset);
    found.cloned().with_context(|| {
        format!(
            "{}: computes `{}` with the presets {}, not with `{preset}`",
            pipeline.path.display(),
            question.indicator,
            presets.join(", ")
        )
    })
}

/// The breakdowns of the pipeline, and the one that the question asks for.
fn strata(
    pipeline: &Pipeline,
    question: &Question,
    measure: &Measure,
) -> anyhow::Result<Vec<StratumKind>> {
    let mut strata = pipeline.strata.clone();
    let by_level = measure.shape == Shape::Mix;
    let Some(stratum) = &question.stratum else {
        if by_level {
            bail!(
                "`{}` has a number for each level of care, and none for all of them; name one with `--stratum level=0` to `level=6`",
                measure.id
            );
        }
        return Ok(strata);
    };
    if by_level {
        if stratum.kind != "level" {
            bail!("`{}` is broken down by `level` only", measure.id);
        }
        return Ok(strata);
    }
    let names = StratumKind::names();
    let kind = StratumKind::from_name(&stratum.kind).with_context(|| {
        let help = suggest(&stratum.kind, names.iter().copied())
            .unwrap_or_else(|| format!("there are {}", names.join(", ")));
        format!("unknown breakdown `{}`; {help}", stratum.kind)
    })?;
    if !strata.contains(&kind) {
        strata.push(kind);
    }
    Ok(strata)
}

/// What was found beside the wanted units, for help with a wrong name.
#[derive(Debug, Default)]
struct Found {
    groups: BTreeSet<String>,
    strata: BTreeSet<String>,
}

fn units(
    plan: &Plan,
    snapshot: &Snapshot,
    question: &Question,
) -> anyhow::Result<(Vec<Unit>, Found)> {
    let columns = plan.columns();
    let depends_on_all = plan.indicators.iter().any(|one| one.rule.is_of_whole_groups());
    let buckets: Vec<u32> = match &question.member {
        Some(member) if !depends_on_all => {
            vec![crate::terms::bucket_of(member, snapshot.buckets())]
        }
        _ => (0..snapshot.buckets()).collect(),
    };
    let seen = std::sync::Mutex::new(Found::default());
    let keep = |unit: &Unit| {
        let mut seen = seen.lock().expect("nobody panics while holding it");
        if let Group::Bho(bho) = &unit.group
            && !seen.groups.contains(bho)
        {
            seen.groups.insert(bho.clone());
        }
        if let Some(wanted) = &question.stratum {
            let own = unit.strata.iter().filter(|own| own.kind == wanted.kind);
            for own in own {
                if !seen.strata.contains(&own.value) {
                    seen.strata.insert(own.value.clone());
                }
            }
        }
        unit.group == question.group
            && question.stratum.as_ref().is_none_or(|stratum| unit.strata.contains(stratum))
            && (question.member.is_none() || unit.member == question.member)
    };
    let open = |bucket: &u32| snapshot.batches(*bucket, &columns);
    let units = kernel::units(plan, &buckets, open, keep)?;
    let found = seen.into_inner().expect("nobody panics while holding it");
    Ok((units, found))
}

/// Complains of a group or part that nobody belongs to.
fn check_found(question: &Question, found: &Found) -> anyhow::Result<()> {
    // One member's bucket does not know every group.
    if question.member.is_some() {
        return Ok(());
    }
    let listed = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    if let Group::Bho(bho) = &question.group
        && !found.groups.contains(bho)
    {
        if found.groups.is_empty() {
            bail!("no unit of any organisation was found in this period");
        }
        let help = suggest(bho, found.groups.iter().map(String::as_str))
            .unwrap_or_else(|| format!("there are {}", listed(&found.groups)));
        bail!("no unit of bho `{bho}` was found in this period; {help}");
    }
    if let Some(stratum) = &question.stratum
        && !found.strata.contains(&stratum.value)
    {
        let help = suggest(&stratum.value, found.strata.iter().map(String::as_str))
            .unwrap_or_else(|| format!("there are {}", listed(&found.strata)));
        bail!("no unit with {} `{}` was found in this period; {help}", stratum.kind, stratum.value);
    }
    Ok(())
}

/// The units that are shown, with the rows they rest on.
fn cases(
    plan: &Plan,
    snapshot: &Snapshot,
    question: &Question,
    units: &[Unit],
) -> anyhow::Result<(Vec<Case>, Option<MemberRows>)> {
    let chosen: Vec<&Unit> = match question.member {
        Some(_) => units.iter().collect(),
        None => sample(&first_seen(plan, units), question.sample),
    };
    let mut members: BTreeSet<&str> =
        chosen.iter().filter_map(|unit| unit.member.as_deref()).collect();
    members.extend(question.member.as_deref());
    let mut rows = evidence::member_rows(snapshot, &members, &plan.columns())?;
    let mut cases = Vec::new();
    for unit in chosen {
        let rows = match &unit.member {
            Some(member) => {
                let own = rows.get(member).context("a member of the sample is not in the store")?;
                let kept = kernel::evidence(plan, &own.batch, unit)?;
                evidence::lines(own, &kept, &plan.columns())
            }
            None => Vec::new(),
        };
        cases.push(Case { unit: unit.clone(), rows });
    }
    let member = question.member.as_deref().map(|member| {
        rows.remove(member).context("no member with this id has a row in this store")
    });
    Ok((cases, member.transpose()?))
}

/// Units in the order in which they are shown. Where the members with most are asked for, they come
/// first; of those with the same, in the order of their ids.
fn first_seen<'u>(plan: &Plan, units: &'u [Unit]) -> Vec<&'u Unit> {
    let mut found: Vec<&Unit> = units.iter().collect();
    if let [one] = &plan.indicators[..]
        && matches!(one.measure.shape, Shape::Top { .. })
    {
        let amount = |unit: &Unit| match unit.fate {
            Fate::Counted { numerator, .. } => Reverse(numerator),
            Fate::Excluded(_) => Reverse(0),
        };
        found.sort_by(|a, b| (amount(a), &a.member).cmp(&(amount(b), &b.member)));
    }
    found
}

/// The first units of each fate. Buckets spread members by chance, so the first are any.
fn sample<'u>(units: &[&'u Unit], most: usize) -> Vec<&'u Unit> {
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut chosen: Vec<(usize, &Unit)> = Vec::new();
    for unit in units.iter().copied() {
        let fate = place(&unit.fate);
        let n = taken.entry(fate).or_default();
        if *n < most {
            *n += 1;
            chosen.push((fate, unit));
        }
    }
    chosen.sort_by_key(|(fate, _)| *fate);
    chosen.into_iter().map(|(_, unit)| unit).collect()
}

/// Met first, then not met, then left out by reason.
fn place(fate: &Fate) -> usize {
    match fate {
        Fate::Counted { numerator, .. } if *numerator != 0 => 0,
        Fate::Counted { .. } => 1,
        Fate::Excluded(reason) => 2 + reason,
    }
}
