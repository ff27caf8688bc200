//! `throughline explain`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use throughline::chart::{Lane, Look, Strip, format};
use throughline::indicator::{Lasted, Ratings, Shape, picture};
use throughline::kernel::{Fate, Group, Stratum, Unit};
use throughline::oversight::State;
use throughline::pipeline::{self, Case, Explained, Folders, Line, MemberRows, Question};
use throughline::store;
use throughline::terms::{Day, Period};

use super::{Verdict, say};

/// Which number is asked about.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The indicator, such as `fu_hosp_mh_7d` or `upc@team`
    id: String,
    /// Whose number: `all`, or `bho=ID`
    #[arg(long, value_name = "GROUP", value_parser = group, default_value = "all")]
    group: Group,
    /// Which part of them, such as `sex=F`, `age_band=13-17` or `level=5`
    #[arg(long, value_name = "KIND=VALUE", value_parser = stratum)]
    stratum: Option<Stratum>,
    /// The period: 2026-09, 2026-Q3, 2026, or "2025-07 to 2026-06"; without it, the last complete month (or
    /// year, of an indicator that has no months)
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    period: Option<Period>,
    /// Only this member's units, all of them
    #[arg(long, value_name = "ID")]
    member: Option<String>,
    /// How many units of each kind are shown
    #[arg(long, value_name = "N", default_value_t = 2)]
    sample: usize,
    /// Write every unit behind the number to this Parquet file
    #[arg(long, value_name = "FILE")]
    units: Option<PathBuf>,
    /// The preset, where the pipeline computes several
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// The pipeline file, which says how timelines are read
    #[arg(long, value_name = "FILE", default_value = "pipelines/monthly.toml")]
    pipeline: PathBuf,
    /// The folder of the store, instead of the pipeline's
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

fn group(text: &str) -> Result<Group, String> {
    match text.split_once('=') {
        None if text == "all" => Ok(Group::All),
        Some(("bho", id)) if !id.is_empty() => Ok(Group::Bho(id.to_owned())),
        _ => Err("expected `all` or `bho=ID`".to_owned()),
    }
}

fn stratum(text: &str) -> Result<Stratum, String> {
    match text.split_once('=') {
        Some((kind, value)) if !kind.is_empty() && !value.is_empty() => {
            Ok(Stratum { kind: kind.to_owned(), value: value.to_owned() })
        }
        _ => Err("expected an attribute and its value, such as `sex=F`".to_owned()),
    }
}

fn period(text: &str) -> Result<Period, String> {
    pipeline::any_period(text).ok_or_else(|| {
        "expected a month (2026-09), a quarter (2026-Q3), a year (2026), or three or twelve months (2025-07 to 2026-06)".to_owned()
    })
}

/// Explains a number.
pub(super) fn explain(arguments: &ExplainArguments) -> anyhow::Result<Verdict> {
    let pipeline = pipeline::read(&arguments.pipeline)??;
    if let Some(file) = &arguments.units {
        pipeline::check_units_file(file, &pipeline)?;
    }
    let folders = Folders { store: arguments.store.clone(), ..Folders::default() };
    let snapshot = pipeline::snapshot(&pipeline, &folders)?;
    let question = Question {
        indicator: arguments.id.clone(),
        preset: arguments.preset.clone(),
        group: arguments.group.clone(),
        stratum: arguments.stratum.clone(),
        period: arguments.period,
        member: arguments.member.clone(),
        sample: arguments.sample,
    };
    let explained = pipeline::explain(&pipeline, &snapshot, &question)?;
    // Written before anything is said: whoever reads may go away.
    if let Some(file) = &arguments.units {
        let measures = std::slice::from_ref(&explained.indicator.measure);
        let table = pipeline::units_table(&explained.units, measures);
        store::write_table(file, &table).context("the units were not written")?;
    }
    head(&explained, &question, &snapshot.manifest().snapshot)?;
    counts(&explained)?;
    let mut before = None;
    for case in &explained.sample {
        let fate = fate(&explained, &case.unit);
        if question.member.is_none() && before.as_ref() != Some(&fate) {
            say(&format!("\n{fate}, for example"))?;
        }
        show(&explained, case, question.member.is_some().then_some(fate.as_str()))?;
        before = Some(fate);
    }
    if let Some(member) = &explained.member {
        strips(&explained, member)?;
    }
    if let Some(file) = &arguments.units {
        say(&format!("\n{} units: {}", explained.units.len(), file.display()))?;
    }
    Ok(Verdict::Fine)
}

fn head(explained: &Explained, question: &Question, snapshot: &str) -> anyhow::Result<()> {
    let measure = &explained.indicator.measure;
    let preset = match measure.preset.as_str() {
        "default" => String::new(),
        preset => format!(" (preset {preset})"),
    };
    say(&format!("{}{preset}: {}", measure.id, measure.title))?;
    say(&format!("  rule        {}", measure.sentence))?;
    let whose = match &question.group {
        Group::All => "everyone".to_owned(),
        Group::Bho(id) => format!("bho {id}"),
    };
    let part = question
        .stratum
        .as_ref()
        .map_or_else(String::new, |part| format!(", {} {}", part.kind, part.value));
    let one = if question.member.is_some() { ", one member" } else { "" };
    say(&format!("  number      {}, {whose}{part}{one}", explained.period))?;
    say(&format!(
        "  data        snapshot {snapshot}, complete through {}",
        explained.data_through
    ))?;
    say("  INTERNAL    small numbers are not hidden and members are named; not for publication")
}

/// Units considered, left out by reason, counted, met, and the value.
fn counts(explained: &Explained) -> anyhow::Result<()> {
    let (measure, tally) = (&explained.indicator.measure, &explained.tally);
    let ids = explained.units.iter().filter_map(|unit| unit.member.as_deref());
    let members: std::collections::BTreeSet<&str> = ids.collect();
    let activities = explained.units.iter().filter(|unit| unit.member.is_none()).count();
    let beside = match activities {
        0 => String::new(),
        n => format!(" and {} activities in the community", format::count(i128::try_from(n)?)),
    };
    let line = |what: &str, number: &str, more: &str| {
        say(format!("  {what:<22}{number:>14}  {more}").trim_end())
    };
    say("")?;
    line(
        "considered",
        &format::count(i128::try_from(explained.units.len())?),
        &format!("of {} members{beside}", format::count(i128::try_from(members.len())?)),
    )?;
    for (reason, n) in measure.exclusions.iter().zip(&tally.excluded).filter(|(_, n)| **n > 0) {
        line("left out", &format::count(i128::from(*n)), reason)?;
    }
    let exact = |parts, per_unit| format::exact(throughline::oversight::Exact { parts, per_unit });
    let (parts, per_unit) = (measure.numerator_parts, measure.denominator_parts());
    if let Shape::Top { percent } = measure.shape {
        let top = tally.top(percent);
        line("denominator", &exact(top.total, per_unit), "of all who have more than nothing")?;
        let first = format!("of the first {} ({percent} %)", format::count(top.members.into()));
        line("numerator", &exact(top.sum, parts), &first)?;
    } else {
        line("denominator", &exact(tally.denominator, per_unit), &measure.counts)?;
        if !measure.has_no_sum() {
            line("numerator", &exact(tally.numerator, parts), "")?;
        }
    }
    let Some(row) = &explained.row else { return line("value", "–", "nothing was counted") };
    let value = row.value.map_or_else(|| "–".to_owned(), |it| format::value(it, measure.display));
    let state = match (row.state, row.reason.as_str()) {
        (State::Final, "") => String::new(),
        (state, "") => state.name().to_owned(),
        (state, reason) => format!("{}: {reason}", state.name()),
    };
    line("value", &value, format!("{} {state}", measure.unit).trim())
}

/// What became of a unit, in words.
fn fate(explained: &Explained, unit: &Unit) -> String {
    let measure = &explained.indicator.measure;
    match pipeline::reason(unit, measure) {
        Some(reason) => format!("left out: {reason}"),
        None => pipeline::outcome(unit, measure).to_owned(),
    }
}

fn show(explained: &Explained, case: &Case, fate: Option<&str>) -> anyhow::Result<()> {
    let unit = &case.unit;
    let measure = &explained.indicator.measure;
    let Some(member) = &unit.member else {
        let day = unit.day.map_or_else(String::new, |day| format!(" {day}"));
        return say(&format!("\n  activity in the community{day}{}", adds(explained, unit)));
    };
    let index = unit.day.map_or_else(String::new, |day| format!(", {} {day}", measure.counts));
    let fate = fate.map_or_else(String::new, |fate| format!(": {fate}"));
    say(&format!("\n  member {member}{index}{fate}{}", adds(explained, unit)))?;
    for line in &case.rows {
        say(&format!("    {}", row(line, unit)))?;
    }
    if case.rows.is_empty() {
        say("    no single row decides")?;
    }
    Ok(())
}

/// A member's timeline with the windows of the rule, around the first units.
fn strips(explained: &Explained, member: &MemberRows) -> anyhow::Result<()> {
    const MOST: usize = 3;
    let lines = member.lines(&[]);
    let lane = |kind: &str| {
        let lasting = ["enrolment", "stay", "living"].contains(&kind);
        let own = lines.iter().filter(|line| line.kind == kind);
        let spans = own.filter_map(|line| {
            let start = line.start?.0;
            let end = if lasting { line.end.map_or(i32::MAX / 4, |end| end.0) } else { start };
            Some((start, end))
        });
        Lane {
            head: kind.to_owned(),
            text: String::new(),
            look: if lasting { Look::Lasting } else { Look::Days },
            spans: spans.collect(),
        }
    };
    let kinds =
        ["enrolment", "stay", "living", "contact", "event", "assessment", "referral", "plan"];
    let title = &explained.indicator.measure.title;
    let mut days: Vec<Day> =
        explained.units.iter().map(|unit| unit.day.unwrap_or(explained.period.end)).collect();
    days.dedup();
    if days.is_empty() {
        say("\nno unit of this member is part of the number")?;
        days.push(explained.period.end);
    }
    for day in days.into_iter().take(MOST) {
        let events = kinds.iter().map(|kind| lane(kind)).collect();
        let strip = Strip::around(title, &picture(&explained.indicator), day, events);
        say("")?;
        for line in strip.text().lines() {
            say(&format!("  {line}"))?;
        }
    }
    Ok(())
}

/// What a unit adds, where it is not just met or not.
fn adds(explained: &Explained, unit: &Unit) -> String {
    let measure = &explained.indicator.measure;
    let Fate::Counted { numerator, denominator, decided } = unit.fate else {
        return String::new();
    };
    if pipeline::outcome(unit, measure) != "counted" {
        return decided
            .zip(unit.day)
            .filter(|(on, day)| on != day)
            .map_or_else(String::new, |(on, day)| {
                format!(", decided on {on} ({})", from_index(on, day))
            });
    }
    let exact = |parts: i64, per_unit| {
        format::exact(throughline::oversight::Exact { parts: parts.into(), per_unit })
    };
    if measure.shape == Shape::Agreement {
        let ratings = Ratings::of(numerator);
        return format!(", delivered {}, recommended {}", ratings.first, ratings.second);
    }
    if measure.shape == Shape::Duration {
        let lasted = Lasted::of(numerator);
        let state = if lasted.ended { "ended" } else { "goes on" };
        return format!(", {} days, {state}", lasted.days);
    }
    let numerator = exact(numerator, measure.numerator_parts);
    if matches!(measure.shape, Shape::Top { .. }) {
        return format!(", has {numerator}");
    }
    format!(", adds {numerator} over {}", exact(denominator, measure.denominator_parts()))
}

fn from_index(on: Day, index: Day) -> String {
    format!("day {:+}", on - index)
}

/// One row: when, what, and where it came from.
fn row(line: &Line, unit: &Unit) -> String {
    let when = match (line.start, line.end) {
        (Some(start), Some(end)) => format!("{start} to {end}"),
        (Some(start), None) => start.to_string(),
        (None, _) => String::new(),
    };
    let near = match (unit.day, line.start, line.end) {
        (Some(index), _, Some(end)) if end == index => "index".to_owned(),
        (Some(index), Some(start), _) if line.kind != "enrolment" => from_index(start, index),
        _ => String::new(),
    };
    let near = if near == "day +0" { "index".to_owned() } else { near };
    let place = line.line.map_or_else(String::new, |at| format!(" line {at}"));
    format!("{near:>9}  {:<10} {when:<24} {}{place}: {}", line.kind, line.file, line.says)
        .trim_end_matches([':', ' '])
        .to_owned()
}
