//! A pipeline file, read and checked together with the indicator files it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalogue::{self, Catalogue};
use super::supply::Limits;
use super::{read_contract, read_privacy, read_source};
use crate::diagnostic::{Document, Fields, Problem, Problems, suggest};
use crate::extract::{Privacy, RefusedMax, Source};
use crate::indicator::{self, Definition};
use crate::kernel::StratumKind;
use crate::oversight::Completion;
use crate::oversight::RuleSet;
use crate::oversight::contract::Contract;
use crate::terms::instrument::Instruments;
use crate::terms::{Day, Grain, Table};

/// What a run does, checked.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The heading of the report.
    pub title: String,
    /// The file, as the user gave it, for the manifest.
    pub path: PathBuf,
    /// SHA-256 of the file.
    pub sha256: String,
    /// At least so many months up to the reported one are shown.
    pub months: i32,
    /// The month (1..=12) that quarters and years are counted from.
    pub year_starts: u32,
    /// Which periods are reported.
    pub grains: Vec<Grain>,
    /// The folder of extracts.
    pub extracts: PathBuf,
    /// Crosswalk files, a later one winning.
    pub crosswalks: Vec<PathBuf>,
    /// How many buckets members are spread over.
    pub buckets: u32,
    /// The day the extracts were cut, if no manifest says so.
    pub as_of: Option<Day>,
    /// What may come in.
    pub privacy: Privacy,
    /// Settings of single sources.
    pub sources: Vec<Source>,
    /// The folder of the store.
    pub store: PathBuf,
    /// The folder that reports are written below.
    pub reports: PathBuf,
    /// Days between a discharge and an admission that still continue a spell.
    pub transfer_gap: i32,
    /// How much of a column may say nothing before what needs it is withheld.
    pub limits: Limits,
    /// Every indicator file of its folders.
    pub catalogue: Catalogue,
    /// The registry of instruments.
    pub instruments: Arc<Instruments>,
    /// SHA-256 of its file; empty without one.
    pub instruments_sha256: String,
    /// Its text.
    pub instruments_text: String,
    /// The indicators, in order.
    pub definitions: Vec<Definition>,
    /// Attributes of the breakdown.
    pub strata: Vec<StratumKind>,
    /// Counts from 1 to one less than this are hidden.
    pub threshold: i64,
    /// Points that control limits rest on.
    pub baseline_points: usize,
    /// Which rules give signals.
    pub rules: RuleSet,
    /// From which shares of their rows on periods are final, and preliminary.
    pub completion: Completion,
    /// The contract of the scorecard, with its targets.
    pub contract: Option<Contract>,
    /// SHA-256 of the contract's file.
    pub contract_sha256: String,
}

/// Reads a pipeline file and everything it names. Paths in it are relative to the file.
pub fn read(path: &Path) -> anyhow::Result<Result<Pipeline, Problems>> {
    let text = catalogue::read_text(path)?;
    let sha256 = catalogue::sha256(text.text.as_bytes());
    Ok(Document::parse(text).and_then(|document| check(&document, path, sha256)))
}

fn check(document: &Document, path: &Path, sha256: String) -> Result<Pipeline, Problems> {
    let mut problems = Problems::default();
    let base = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let mut fields = Fields::new(&document.source, &document.root, 0..1);
    let title =
        fields.required_text("title", "the heading of the report", &mut problems).0.to_owned();
    let store = folder(&mut fields, "store", &base, "../reports/store", &mut problems);
    let reports = folder(&mut fields, "reports", &base, "../reports", &mut problems);
    let (months, year_starts, grains) = periods(&mut fields, &mut problems);
    let mut pipeline = Pipeline {
        title,
        path: path.to_path_buf(),
        sha256,
        months,
        year_starts,
        grains,
        extracts: PathBuf::new(),
        crosswalks: Vec::new(),
        buckets: 16,
        as_of: None,
        privacy: Privacy::default(),
        sources: Vec::new(),
        store,
        reports,
        transfer_gap: 1,
        limits: Limits::default(),
        catalogue: Catalogue::default(),
        instruments: Arc::default(),
        instruments_sha256: String::new(),
        instruments_text: String::new(),
        definitions: Vec::new(),
        strata: Vec::new(),
        threshold: 11,
        baseline_points: 12,
        rules: RuleSet::Nhs,
        completion: Completion::default(),
        contract: None,
        contract_sha256: String::new(),
    };
    extracts(&mut fields, &base, &mut pipeline, &mut problems);
    pipeline.privacy = read_privacy::privacy(&mut fields, &mut problems);
    if let Some(mut rules) = fields.fields("rules", &mut problems) {
        pipeline.transfer_gap = rules.integer_in("transfer_gap", 0, 30, &mut problems).unwrap_or(1);
        let usual = Limits::default();
        let mut most = |key, usual| rules.integer_in(key, 0, 100, &mut problems).unwrap_or(usual);
        let missing = most("missing_max", usual.missing);
        pipeline.limits = Limits { missing, unmapped: most("unmapped_max", usual.unmapped) };
        rules.finish(&mut problems);
    }
    indicators(&mut fields, &base, &mut pipeline, &mut problems);
    publication(&mut fields, &mut pipeline, &mut problems);
    read_contract::of_pipeline(&mut fields, &base, &mut pipeline, &mut problems);
    fields.finish(&mut problems);
    problems.none_or(pipeline)
}

fn folder(
    fields: &mut Fields<'_>,
    key: &'static str,
    base: &Path,
    usual: &str,
    problems: &mut Problems,
) -> PathBuf {
    plain(&base.join(fields.text(key, problems).map_or(usual, |(text, _)| text)))
}

/// The path without steps back, for people to read: `pipelines/../reports` is `reports`.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut kept = PathBuf::new();
    for part in path.components() {
        let can_go_back = kept.file_name().is_some();
        if part == std::path::Component::ParentDir && can_go_back {
            kept.pop();
        } else {
            kept.push(part);
        }
    }
    kept
}

fn periods(fields: &mut Fields<'_>, problems: &mut Problems) -> (i32, u32, Vec<Grain>) {
    let usual = (24, 1, Grain::ALL.to_vec());
    let Some(mut table) = fields.fields("periods", problems) else { return usual };
    let months = table.integer_in("months", 1, 240, problems).unwrap_or(usual.0);
    let year_starts = table.integer_in("year_starts", 1, 12, problems).unwrap_or(1).unsigned_abs();
    let grains = table.words("grains", &Grain::ALL.map(Grain::name), Grain::from_name, problems);
    let grains = if table.has("grains") { grains } else { usual.2 };
    table.finish(problems);
    (months, year_starts, grains)
}

fn extracts(
    fields: &mut Fields<'_>,
    base: &Path,
    pipeline: &mut Pipeline,
    problems: &mut Problems,
) {
    let Some(mut table) = fields.fields("extracts", problems) else {
        problems.push(
            fields
                .problem(0..1, "[extracts] is missing", "in this file")
                .help("say where the extracts are: `folder = \"…\"`"),
        );
        return;
    };
    let (place, _) = table.required_text("folder", "where the extracts are", problems);
    pipeline.extracts = base.join(place);
    for (name, span) in table.texts("crosswalks", problems) {
        let crosswalk = base.join(name);
        if crosswalk.is_file() {
            pipeline.crosswalks.push(crosswalk);
        } else {
            problems.push(table.problem(
                span,
                "there is no such file",
                "looked for it beside this file",
            ));
        }
    }
    pipeline.buckets = table.integer_in("buckets", 1, 4096, problems).map_or(16, i32::unsigned_abs);
    pipeline.as_of = table.day("as_of", problems);
    let refused_max = refused_max(&mut table, problems);
    let mut named = Vec::new();
    for source in Table::ALL {
        if let Some(mut settings) = table.fields(source.name(), problems) {
            named.push(read_source::source(source, &mut settings, problems));
            settings.finish(problems);
        }
    }
    table.finish(problems);
    for source in Table::ALL {
        let mut settings = named
            .iter()
            .find(|one| one.table == source)
            .cloned()
            .unwrap_or_else(|| Source::of(source));
        if settings.refused_max == RefusedMax::default() {
            settings.refused_max = refused_max;
        }
        pipeline.sources.push(settings);
    }
}

/// How many refused rows stop a run.
pub(super) fn refused_max(table: &mut Fields<'_>, problems: &mut Problems) -> RefusedMax {
    let share = table.share("refused_share", problems);
    let rows = table.integer_in("refused_rows", 0, i32::MAX, problems);
    if share.is_none() && rows.is_none() {
        return RefusedMax::default();
    }
    RefusedMax { share, rows: rows.map(|rows| u64::from(rows.unsigned_abs())) }
}

/// Stands for every indicator file there is.
const EVERY: &str = "all";

/// Reads the indicators that are named, and keeps a list of all that there are.
fn indicators(
    fields: &mut Fields<'_>,
    base: &Path,
    pipeline: &mut Pipeline,
    problems: &mut Problems,
) {
    let Some(mut table) = fields.fields("indicators", problems) else {
        problems.push(
            fields
                .problem(0..1, "[indicators] is missing", "in this file")
                .help("name them: `use = [\"fu_hosp_mh_7d\"]`"),
        );
        return;
    };
    let folders: Vec<PathBuf> =
        table.texts("folders", problems).into_iter().map(|(text, _)| base.join(text)).collect();
    let folders = if folders.is_empty() { vec![base.join("indicators")] } else { folders };
    instruments(&mut table, base, pipeline, problems);
    let wanted = table.texts("use", problems);
    let catalogue = Catalogue::find(&folders);
    let every = catalogue.ids().map(str::to_owned).collect::<Vec<_>>();
    if every.is_empty() {
        problems.push(no_files(&table, &folders));
        return;
    }
    let wanted = wanted.into_iter().flat_map(|(text, span)| {
        let names =
            if text == EVERY { every.iter().map(String::as_str).collect() } else { vec![text] };
        names.into_iter().map(move |name| (name, span.clone()))
    });
    let mut named = BTreeSet::new();
    for (text, span) in wanted {
        if !named.insert(text.to_owned()) {
            let message = format!("`{text}` is named twice");
            let problem = table.problem(span, message, "here again");
            problems.push(problem.help(
                "results of one id come from one preset; give another preset a pipeline of its own",
            ));
            continue;
        }
        let (id, preset) = text.split_once(':').unwrap_or((text, crate::indicator::DEFAULT_PRESET));
        let Some(file) = catalogue.file(id) else {
            let problem = table.problem(
                span,
                format!("there is no indicator `{id}`"),
                "not among the indicator files",
            );
            problems.push(problem.maybe_help(suggest(id, catalogue.ids())));
            continue;
        };
        match catalogue::read_definition(file, preset) {
            Ok(Ok(definition)) => pipeline.definitions.push(definition),
            Ok(Err(found)) => problems.extend(found),
            Err(error) => {
                let message = format!("cannot read the file of `{id}`");
                let problem = table.problem(span, message, "named here");
                problems.extend(catalogue::problems_of(error, problem));
            }
        }
    }
    if pipeline.definitions.is_empty() && problems.is_empty() {
        problems.push(
            table
                .problem(table.span(), "no indicator is named", "here")
                .help("`use = [\"fu_hosp_mh_7d\"]`"),
        );
    }
    pipeline.catalogue = catalogue;
    table.finish(problems);
}

fn no_files(table: &Fields<'_>, folders: &[PathBuf]) -> Problem {
    let looked: Vec<String> = folders.iter().map(|one| format!("`{}`", one.display())).collect();
    let message = format!("there is no indicator file in {}", looked.join(" or "));
    let problem = table.problem(table.span(), message, "here");
    problem.help("name the folder: `folders = [\"…/pipelines/indicators\"]`")
}

/// The registry of instruments: the file that is named, or `instruments.toml` beside the pipeline file
/// if there is one.
fn instruments(
    table: &mut Fields<'_>,
    base: &Path,
    pipeline: &mut Pipeline,
    problems: &mut Problems,
) {
    let named = table.text("instruments", problems);
    let file = base.join(named.as_ref().map_or("instruments.toml", |(text, _)| text));
    if named.is_none() && !file.is_file() {
        return;
    }
    let text = match catalogue::read_text(&file) {
        Ok(text) => text,
        Err(error) => {
            let span = named.map_or(table.span(), |(_, span)| span);
            let problem = table.problem(span, "cannot read the registry of instruments", "here");
            let problem = problem.help("`instruments = \"instruments.toml\"`, beside this file");
            return problems.extend(catalogue::problems_of(error, problem));
        }
    };
    pipeline.instruments_sha256 = catalogue::sha256(text.text.as_bytes());
    pipeline.instruments_text.clone_from(&text.text);
    match Document::parse(text).and_then(|document| indicator::read_instruments(&document)) {
        Ok(known) => pipeline.instruments = Arc::new(known),
        Err(found) => problems.extend(found),
    }
}

fn publication(fields: &mut Fields<'_>, pipeline: &mut Pipeline, problems: &mut Problems) {
    if let Some(mut table) = fields.fields("strata", problems) {
        let names = StratumKind::names();
        pipeline.strata = table.words("by", &names, StratumKind::from_name, problems);
        table.finish(problems);
    }
    if let Some(mut table) = fields.fields("suppression", problems) {
        pipeline.threshold = table.integer_in("threshold", 2, 1000, problems).map_or(11, i64::from);
        table.finish(problems);
    }
    if let Some(mut table) = fields.fields("signals", problems) {
        let names = [RuleSet::Nhs.name(), RuleSet::Anhoej.name()];
        pipeline.rules =
            table.word("rules", &names, RuleSet::from_name, problems).unwrap_or(RuleSet::Nhs);
        let baseline = table.integer_in("baseline", 12, 240, problems).unwrap_or(12);
        pipeline.baseline_points = usize::try_from(baseline).unwrap_or(12);
        table.finish(problems);
    }
    completion(fields, pipeline, problems);
}

/// From which shares on a period is final, and preliminary.
fn completion(fields: &mut Fields<'_>, pipeline: &mut Pipeline, problems: &mut Problems) {
    let Some(mut table) = fields.fields("completion", problems) else { return };
    let mut share = |key: &'static str, usual: f64| {
        let found = table.number(key, problems)?;
        if (0.0..=1.0).contains(&found) {
            return Some(found);
        }
        let span = table.node(key).map_or(0..1, |node| node.span.clone());
        let message = format!("`{key}` is no share");
        let problem = table.problem(span, message, "expected a number from 0 to 1");
        problems.push(problem.help(format!("`{key} = {usual}`")));
        None
    };
    let last = share("final", 0.97);
    let first = share("preliminary", 0.9);
    let own = &mut pipeline.completion;
    own.final_from = last.unwrap_or(own.final_from);
    own.preliminary_from = first.unwrap_or(own.preliminary_from.min(own.final_from));
    if own.preliminary_from > own.final_from {
        let message = "`preliminary` is more than `final`";
        problems.push(table.problem(
            table.span(),
            message,
            "a final month is the more complete one",
        ));
    }
    table.finish(problems);
}
