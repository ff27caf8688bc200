//! `throughline indicators`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use throughline::chart::Strip;
use throughline::diagnostic::{Document, Source, suggest};
use throughline::indicator::{self, Definition, Evidence, Family, Indicator, TABLES, picture};
use throughline::kernel::Supply;
use throughline::pipeline::{self, Catalogue};
use throughline::report;
use throughline::store::{self, Snapshot};
use throughline::terms::instrument::Instruments;

use super::{Verdict, say};

/// Which indicators are listed or shown, and how.
#[derive(Debug, Args)]
pub(super) struct IndicatorsArguments {
    /// The indicator to show: its rule as a sentence and as a picture, its source and examples
    id: Option<String>,
    /// Only this family
    #[arg(long, value_name = "NAME", value_parser = family)]
    family: Option<Family>,
    /// Only those that inform this objective
    #[arg(long, value_name = "1-10", value_parser = clap::value_parser!(u8).range(1..=10))]
    objective: Option<u8>,
    /// Only those that need this table, such as `stays`
    #[arg(long, value_name = "TABLE", value_parser = table)]
    needs: Option<String>,
    /// Say which of them this store can compute, and what the others lack
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Write them as a page
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    html: Option<PathBuf>,
    /// The registry of instruments, instead of `instruments.toml` beside the folder of indicator files
    #[arg(long, value_name = "FILE")]
    instruments: Option<PathBuf>,
    /// The folder of indicator files
    #[arg(long, value_name = "DIR", default_value = "pipelines/indicators")]
    folder: PathBuf,
}

fn family(text: &str) -> Result<Family, String> {
    Family::from_name(text).ok_or_else(|| {
        suggest(text, Family::NAMES)
            .unwrap_or_else(|| format!("there are {}", Family::NAMES.join(", ")))
    })
}

fn table(text: &str) -> Result<String, String> {
    if TABLES.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(suggest(text, TABLES).unwrap_or_else(|| format!("there are {}", TABLES.join(", "))))
}

/// Lists indicators, shows one, or writes their page.
pub(super) fn indicators(arguments: &IndicatorsArguments) -> anyhow::Result<Verdict> {
    let catalogue = Catalogue::find(std::slice::from_ref(&arguments.folder));
    if catalogue.ids().next().is_none() {
        bail!(
            "{}: no indicator files here; name their folder with --folder",
            arguments.folder.display()
        );
    }
    if let Some(file) = &arguments.html {
        let is_page = |text: String| report::is_reference(&text);
        pipeline::check_file(file, |file| std::fs::read_to_string(file).is_ok_and(is_page))?;
    }
    let supply = arguments.store.as_deref().map(|store| supply(store, arguments)).transpose()?;
    let supply = supply.as_ref();
    match (&arguments.id, &arguments.html) {
        (Some(id), _) => show(&catalogue, id, supply)?,
        (None, Some(file)) => write(arguments, &catalogue, file, supply)?,
        (None, None) => list(arguments, &catalogue, supply)?,
    }
    Ok(Verdict::Fine)
}

fn supply(store: &Path, arguments: &IndicatorsArguments) -> anyhow::Result<Supply> {
    let snapshot = Snapshot::open(store)?;
    let snapshot =
        snapshot.with_context(|| format!("{}: there is no store here", store.display()))?;
    let beside = arguments.folder.join("../instruments.toml");
    let registry = arguments.instruments.clone().or(Some(beside).filter(|file| file.is_file()));
    let known = match registry {
        Some(file) => pipeline::read_registry(&file)??,
        None => Instruments::default(),
    };
    Ok(pipeline::supply(snapshot.manifest(), pipeline::Limits::default(), &known))
}

fn is_wanted(arguments: &IndicatorsArguments, one: &Indicator) -> bool {
    let needs = |table: &String| {
        let needed = one.needs.iter().flat_map(|need| need.split(" or "));
        let mut tables = needed.map(|need| need.trim().split('.').next().unwrap_or(need));
        tables.any(|needed| needed == table) || (one.needs.is_empty() && table == "contacts")
    };
    let measure = &one.measure;
    arguments.family.is_none_or(|family| measure.family == family)
        && arguments.objective.is_none_or(|objective| measure.objectives.contains(&objective))
        && arguments.needs.as_ref().is_none_or(needs)
}

/// Every indicator, by family.
fn list(
    arguments: &IndicatorsArguments,
    catalogue: &Catalogue,
    supply: Option<&Supply>,
) -> anyhow::Result<()> {
    let mut definitions = Vec::new();
    for path in catalogue.paths() {
        definitions.push(pipeline::read_definition(path, indicator::DEFAULT_PRESET)??);
    }
    let all = || definitions.iter().flat_map(|one| &one.indicators);
    let (mut listed, mut computable) = (0, 0);
    for (family, name) in Family::ALL.iter().zip(Family::NAMES) {
        let own = || all().filter(|one| one.measure.family == *family && is_wanted(arguments, one));
        if own().next().is_some() {
            say(name)?;
        }
        for one in own() {
            let why_not = supply.map(|supply| supply.why_not(one));
            listed += 1;
            computable += usize::from(why_not.as_ref().is_some_and(String::is_empty));
            say(&line(one, why_not.as_deref()))?;
        }
    }
    match (listed, supply) {
        (0, _) => say("none is like that"),
        (_, Some(_)) => say(&format!("{computable} of {listed} can be computed with this store")),
        (_, None) => Ok(()),
    }
}

fn line(one: &Indicator, why_not: Option<&str>) -> String {
    let measure = &one.measure;
    let objectives: Vec<String> = measure.objectives.iter().map(u8::to_string).collect();
    let data = match why_not {
        None => needs(one),
        Some("") => "computable".to_owned(),
        Some(why) => format!("not computable: {why}"),
    };
    format!("  {:34} {:60} {:12} {data}", measure.id, measure.title, objectives.join(","))
}

fn needs(one: &Indicator) -> String {
    if one.needs.is_empty() { "contacts".to_owned() } else { one.needs.join(", ") }
}

/// The presets of a file, the default first.
fn with_presets(path: &Path) -> anyhow::Result<Vec<Definition>> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("{shown}: cannot read this file"))?;
    let document = Document::parse(Source::of_bytes(shown, bytes)?)?;
    let presets = indicator::presets(&document);
    Ok(presets.iter().map(|preset| indicator::read(&document, preset)).collect::<Result<_, _>>()?)
}

/// One indicator.
fn show(catalogue: &Catalogue, id: &str, supply: Option<&Supply>) -> anyhow::Result<()> {
    let base = id.split('@').next().unwrap_or(id);
    let path = catalogue.file(base).with_context(|| {
        let help = suggest(base, catalogue.ids())
            .unwrap_or_else(|| "`throughline indicators` lists them".to_owned());
        format!("there is no indicator `{id}`; {help}")
    })?;
    let definitions = with_presets(path)?;
    let all: Vec<&Indicator> = definitions[0].indicators.iter().collect();
    let wanted: Vec<&Indicator> =
        all.iter().copied().filter(|one| id == base || one.measure.id == id).collect();
    if wanted.is_empty() {
        let ids: Vec<String> = all.iter().map(|one| format!("`{}`", one.measure.id)).collect();
        bail!("`{base}` has no variant of this name; there are {}", ids.join(", "));
    }
    for one in &wanted {
        say(&format!("{}: {}", one.measure.id, one.measure.title))?;
        say(&format!("  rule        {}", one.measure.sentence))?;
    }
    let strip = Strip::of_rule(&wanted[0].measure.title, &picture(wanted[0]));
    say("")?;
    for line in strip.text().lines() {
        say(&format!("  {line}"))?;
    }
    say("")?;
    about(wanted[0], supply)?;
    presets(&definitions)?;
    examples(&definitions, &wanted)?;
    say(&format!("  file        {}", path.display()))
}

fn about(one: &Indicator, supply: Option<&Supply>) -> anyhow::Result<()> {
    let measure = &one.measure;
    let evidence = match measure.evidence {
        Evidence::Verified => "verified in a public source",
        Evidence::FromMemory => "from memory: check before claiming conformity",
        Evidence::ProjectDefined => "project-defined",
    };
    let objectives: Vec<String> = measure.objectives.iter().map(u8::to_string).collect();
    say(&format!("  why         {}", measure.rationale))?;
    say(&format!("  source      {} ({evidence})", measure.source))?;
    say(&format!("  objectives  {}", objectives.join(", ")))?;
    if !measure.reported_by().is_empty() {
        say(&format!("  reported by {}", measure.reported_by()))?;
    }
    say(&format!("  needs       {}", needs(one)))?;
    let Some(supply) = supply else { return Ok(()) };
    let says = match supply.why_not(one).as_str() {
        "" => "computable".to_owned(),
        why => format!("not computable: {why}"),
    };
    say(&format!("  this store  {says}"))
}

fn presets(definitions: &[Definition]) -> anyhow::Result<()> {
    let names: Vec<&str> = definitions.iter().map(|one| one.preset.as_str()).collect();
    say(&format!("  presets     {}", names.join(", ")))?;
    for definition in &definitions[1..] {
        for one in definition.indicators.iter().take(1) {
            say(&format!("    {}: {}", definition.preset, one.measure.sentence))?;
        }
    }
    Ok(())
}

fn examples(definitions: &[Definition], wanted: &[&Indicator]) -> anyhow::Result<()> {
    let all = definitions.iter().flat_map(|one| &one.examples);
    let own: Vec<_> = all
        .filter(|example| wanted.iter().any(|one| one.measure.id == example.indicator))
        .collect();
    say(&format!("  examples    {}", own.len()))?;
    for example in own {
        let preset = match example.preset.as_str() {
            indicator::DEFAULT_PRESET => String::new(),
            preset => format!(" (preset {preset})"),
        };
        say(&format!("    {} → {}{preset}", example.name, example.expect.words()))?;
        for line in &example.timeline {
            say(&format!("        {line}"))?;
        }
    }
    Ok(())
}

/// The page.
fn write(
    arguments: &IndicatorsArguments,
    catalogue: &Catalogue,
    file: &Path,
    supply: Option<&Supply>,
) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in catalogue.paths() {
        let definitions = with_presets(path)?;
        if definitions[0].indicators.iter().any(|one| is_wanted(arguments, one)) {
            files.push(definitions);
        }
    }
    let page = report::reference("Indicators", &files, supply);
    store::replace_file(file, page.as_bytes()).context("the page was not written")?;
    say(&format!("{} indicators: {}", files.len(), file.display()))
}
