//! `throughline indicators`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use throughline::diagnostic::{Document, Source, suggest};
use throughline::indicator::{self, Definition, Evidence, Family};
use throughline::pipeline::{self, Catalogue};

use super::{Verdict, say};

fn catalogue(folder: &Path) -> anyhow::Result<Catalogue> {
    let catalogue = Catalogue::find(&[PathBuf::from(folder)]);
    if catalogue.ids().next().is_none() {
        bail!("{}: no indicator files here; name their folder with --folder", folder.display());
    }
    Ok(catalogue)
}

/// Lists every indicator, by family.
pub(super) fn list(folder: &Path) -> anyhow::Result<Verdict> {
    let catalogue = catalogue(folder)?;
    let mut definitions = Vec::new();
    for path in catalogue.paths() {
        definitions.push(pipeline::read_definition(path, indicator::DEFAULT_PRESET)??);
    }
    for (family, name) in Family::ALL.iter().zip(Family::NAMES) {
        say(name)?;
        for definition in definitions
            .iter()
            .filter(|one| one.indicators.iter().any(|it| it.measure.family == *family))
        {
            for one in &definition.indicators {
                say(&format!("  {:34} {}", one.measure.id, one.measure.title))?;
            }
        }
    }
    Ok(Verdict::Fine)
}

/// Shows one indicator.
pub(super) fn show(folder: &Path, id: &str) -> anyhow::Result<Verdict> {
    let catalogue = catalogue(folder)?;
    let base = id.split('@').next().unwrap_or(id);
    let path = catalogue.file(base).with_context(|| {
        let help = suggest(base, catalogue.ids())
            .unwrap_or_else(|| "`throughline indicators` lists them".to_owned());
        format!("there is no indicator `{id}`; {help}")
    })?;
    let definition = pipeline::read_definition(path, indicator::DEFAULT_PRESET)??;
    let document = Document::parse(Source {
        path: path.display().to_string(),
        text: std::fs::read_to_string(path)?,
    })?;
    describe(&definition, &indicator::presets(&document), path)?;
    Ok(Verdict::Fine)
}

fn describe(definition: &Definition, presets: &[String], path: &Path) -> anyhow::Result<()> {
    for one in &definition.indicators {
        let measure = &one.measure;
        say(&format!("{}: {}", measure.id, measure.title))?;
        say(&format!("  rule        {}", measure.sentence))?;
        if one.measure.id != definition.indicators[0].measure.id {
            continue;
        }
        let evidence = match measure.evidence {
            Evidence::Verified => "verified in a public source",
            Evidence::FromMemory => "from memory: check before claiming conformity",
            Evidence::ProjectDefined => "project-defined",
        };
        let objectives: Vec<String> = measure.objectives.iter().map(u8::to_string).collect();
        say(&format!("  why         {}", measure.rationale))?;
        say(&format!("  source      {} ({evidence})", measure.source))?;
        say(&format!("  objectives  {}", objectives.join(", ")))?;
        say(&format!(
            "  needs       {}",
            if one.needs.is_empty() { "contacts".to_owned() } else { one.needs.join(", ") }
        ))?;
    }
    say(&format!("  presets     {}", presets.join(", ")))?;
    say(&format!(
        "  examples    {}, run by `throughline check {}`",
        definition.examples.len(),
        path.display()
    ))
}
