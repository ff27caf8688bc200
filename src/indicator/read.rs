//! An indicator file, read and checked: every problem at once, on the author's own text.

use std::ops::Range;
use std::sync::Arc;

use super::example::{self, Example, Names};
use super::read_rule::{self, ReadRule};
use super::read_shape::{self, shape, unit_of};
use super::rule::{Indicator, Rule};
use super::{
    Better, Evidence, Family, Interval, Measure, Shape, Tables, look_back, sentence, widening,
};
use crate::diagnostic::{Document, Fields, Problem, Problems, Section, Source, Value, suggest};
use crate::terms::Grain;

/// A checked indicator file with one preset: its variants, in order, and its examples.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The file.
    pub source: Arc<Source>,
    /// The id of the file.
    pub id: String,
    /// The preset, `default` if none was chosen.
    pub preset: String,
    /// One indicator per variant.
    pub indicators: Vec<Indicator>,
    /// Its own examples, of this preset.
    pub examples: Vec<Example>,
}

/// The preset that a file has without naming one.
pub const DEFAULT_PRESET: &str = "default";

/// The names of a file's presets, `default` first.
pub fn presets(document: &Document) -> Vec<String> {
    std::iter::once(DEFAULT_PRESET.to_owned()).chain(named(document, "preset")).collect()
}

/// The names of the tables below a key.
fn named(document: &Document, key: &str) -> Vec<String> {
    match document.root.get(key).map(|node| &node.value) {
        Some(Value::Section(section)) => {
            section.entries.iter().map(|(name, _, _)| name.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// Reads and checks one file with one preset.
pub fn read(document: &Document, preset: &str) -> Result<Definition, Problems> {
    let mut problems = Problems::default();
    let source = &document.source;
    let base = document.root.without(&PARTS);
    let base = match preset_of(document, preset, &mut problems) {
        Some(overlay) => base.overlaid(overlay),
        None => base,
    };
    let mut indicators = Vec::new();
    for (suffix, section) in variants(document, &base, source, &mut problems) {
        indicators.extend(indicator(source, &section, &suffix, preset, &mut problems));
    }
    let id =
        indicators.first().map_or(String::new(), |indicator| indicator.measure.base_id.clone());
    let mut whole = Fields::new(source, &document.root, 0..0);
    let names = Names { presets: presets(document), variants: named(document, "variant") };
    let before = problems.len();
    let examples = example::read(&mut whole, &indicators, &names, &mut problems);
    let examples: Vec<Example> =
        examples.into_iter().filter(|example| example.preset == preset).collect();
    let has_none = examples.is_empty() && problems.len() == before;
    if preset == DEFAULT_PRESET && has_none && !indicators.is_empty() {
        let problem = Problem::new(
            source,
            0..0,
            "this indicator has no example",
            "no [[example]] in this file",
        );
        problems.push(
            problem.help("add [[example]] with a name, a timeline and what is expected of it"),
        );
    }
    problems.none_or(Definition {
        source: Arc::clone(source),
        id,
        preset: preset.to_owned(),
        indicators,
        examples,
    })
}

/// Tables of a file that are no part of its rule.
const PARTS: [&str; 4] = ["preset", "variant", "example", "example_instrument"];

/// What a preset lays over the file.
fn preset_of<'a>(
    document: &'a Document,
    preset: &str,
    problems: &mut Problems,
) -> Option<&'a Section> {
    let node = document.root.get("preset")?;
    let own = match &node.value {
        Value::Section(named) => named.get(preset)?,
        _ => node,
    };
    if let Value::Section(overlay) = &own.value {
        return Some(overlay);
    }
    let message = "expected a table";
    problems.push(Problem::new(&document.source, own.span.clone(), message, "write [preset.name]"));
    None
}

/// The file's sections with each variant laid over them; the first has no suffix, unless the file
/// says that only its variants count.
fn variants(
    document: &Document,
    base: &Section,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Vec<(String, Section)> {
    let only = matches!(base.get("only_variants").map(|node| &node.value), Some(Value::Flag(true)));
    let mut found = if only { Vec::new() } else { vec![(String::new(), base.clone())] };
    let Some(node) = document.root.get("variant") else { return found };
    let Value::Section(named) = &node.value else {
        problems.push(Problem::new(
            source,
            node.span.clone(),
            "expected tables",
            "write [variant.name]",
        ));
        return found;
    };
    for (name, span, node) in &named.entries {
        match &node.value {
            Value::Section(overlay) => found.push((format!("@{name}"), base.overlaid(overlay))),
            _ => problems.push(Problem::new(
                source,
                span.clone(),
                "expected a table",
                "write [variant.name]",
            )),
        }
    }
    found
}

fn indicator(
    source: &Arc<Source>,
    section: &Section,
    suffix: &str,
    preset: &str,
    problems: &mut Problems,
) -> Option<Indicator> {
    let before = problems.len();
    let mut fields = Fields::new(source, section, 0..1);
    let (id, id_span) = fields.required_text("id", "the name of the file", problems);
    check_id(source, id, id_span, problems);
    let title = fields.required_text("title", "what a reader calls it", problems).0.to_owned();
    let family = fields.word("family", &Family::NAMES, Family::from_name, problems);
    required(&mut fields, "family", family.is_some(), "one of the families", problems);
    let counts = fields
        .required_text("counts", "what a row of the denominator is, such as `discharge`", problems)
        .0
        .to_owned();
    let better = fields.word("better", &["higher", "lower", "neutral"], better, problems);
    required(&mut fields, "better", better.is_some(), "`higher`, `lower` or `neutral`", problems);
    let evidence = fields.word("evidence", &EVIDENCE, evidence, problems);
    required(
        &mut fields,
        "evidence",
        evidence.is_some(),
        "`verified`, `from memory` or `project-defined`",
        problems,
    );
    let source_text =
        fields.required_text("source", "where the definition comes from", problems).0.to_owned();
    let rationale =
        fields.required_text("rationale", "why anyone should look at it", problems).0.to_owned();
    let objectives = objectives(&mut fields, problems);
    let needs = needs(&mut fields, problems);
    let interval = fields.word("interval", &INTERVALS, interval, problems);
    let grains = grains(&mut fields, problems);
    fields.flag("only_variants", problems);
    let read = rule(&mut fields, problems);
    fields.finish(problems);
    let read = read.filter(|_| problems.len() == before)?;
    let (shape, scale, display, parts) = shape(&read.rule, read.scale);
    let measure = Measure {
        id: format!("{id}{suffix}"),
        base_id: id.to_owned(),
        preset: preset.to_owned(),
        title,
        family: family?,
        counts,
        unit: if read.unit.is_empty() { unit_of(&read.rule) } else { read.unit },
        better: better?,
        objectives,
        source: source_text,
        evidence: evidence?,
        rationale,
        sentence: sentence::of(&read.rule, &read.filters),
        shape,
        scale,
        display,
        interval: interval.unwrap_or_else(|| default_interval(shape, &read.rule)),
        numerator_parts: parts,
        exclusions: reasons(&read.rule),
        ripe_days: ripe_days(&read.rule),
        look_back: look_back::of(&read.rule),
        grains,
        overlapping: matches!(read.rule, Rule::Member(_)),
        has_curve: matches!(&read.rule, Rule::Share(share) if share.curve),
        ceiling: read_shape::ceiling(&read.rule),
        spread: read_shape::spread(&read.rule),
        high_percent: read_shape::high_percent(&read.rule),
        widening: widening::of(&read.rule, &read.filters),
        tables: Tables::default(),
        missing: Vec::new(),
        poor: Vec::new(),
    };
    Some(Indicator { measure, rule: read.rule, filters: read.filters, needs })
}

/// The lengths of the periods that it is reported in; all without a word of the file.
fn grains(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<Grain> {
    if !fields.has("grains") {
        return Grain::ALL.to_vec();
    }
    fields.words("grains", &Grain::ALL.map(Grain::name), Grain::from_name, problems)
}

/// The rule of a file. Without one there is a problem, whatever was wrong with it.
fn rule(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<ReadRule> {
    fields.knows(&["numerator", "exclusion", "value", "curve"]);
    fields.knows(&PARTS);
    let before = problems.len();
    let read = read_rule::rule(fields, problems);
    refuse_interval(fields, read.as_ref().map(|read| &read.rule), problems);
    if read.is_none() && problems.len() == before {
        let problem = fields.problem(0..1, "this file has no complete rule", "in this file");
        problems.push(problem.help("compare it with a file of the same kind"));
    }
    read
}

fn check_id(source: &Arc<Source>, id: &str, span: Range<usize>, problems: &mut Problems) {
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if !id.chars().all(plain) {
        problems.push(Problem::new(
            source,
            span,
            "an id is made of a–z, 0–9 and _",
            "other letters here",
        ));
        return;
    }
    let stem = source.path.rsplit(['/', '\\']).next().and_then(|name| name.strip_suffix(".toml"));
    if stem.is_some_and(|stem| stem != id && !id.is_empty()) {
        let problem = Problem::new(
            source,
            span,
            "the id differs from the name of the file",
            "not the file's name",
        );
        problems.push(problem.help(format!("call the file `{id}.toml`, or change the id")));
    }
}

fn required(
    fields: &mut Fields<'_>,
    key: &'static str,
    there: bool,
    expected: &str,
    problems: &mut Problems,
) {
    if !there && !fields.has(key) {
        let problem = fields.problem(0..1, format!("`{key}` is missing"), "in this file");
        problems.push(problem.help(format!("add `{key} = …`: {expected}")));
    }
}

fn objectives(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<u8> {
    let Some(node) = fields.node("objectives") else {
        required(fields, "objectives", false, "the objectives it informs, 1 to 10", problems);
        return Vec::new();
    };
    let Value::List(items) = &node.value else {
        problems.push(fields.problem(
            node.span.clone(),
            "expected a list of objectives",
            "write [4, 6]",
        ));
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        match item.value {
            Value::Integer(number @ 1..=10) => found.extend(u8::try_from(number)),
            _ => problems.push(fields.problem(
                item.span.clone(),
                "objectives run from 1 to 10",
                "not an objective",
            )),
        }
    }
    found
}

/// The tables of the data model.
pub const TABLES: [&str; 12] = [
    "contacts",
    "members",
    "enrolment",
    "stays",
    "outcomes",
    "referrals",
    "care_plans",
    "events",
    "living",
    "cost",
    "pharmacy",
    "community_activities",
];

/// What else a rule can need: an instrument of a domain in the registry, `instruments.functioning`.
pub const INSTRUMENTS: &str = "instruments";

fn needs(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<String> {
    let mut found = Vec::new();
    for (text, span) in fields.texts("needs", problems) {
        let tables = text.split(" or ").map(|one| one.trim().split('.').next().unwrap_or(one));
        for table in tables.filter(|table| !TABLES.contains(table) && *table != INSTRUMENTS) {
            let problem = fields.problem(
                span.clone(),
                format!("unknown table `{table}`"),
                "not in the data model",
            );
            problems.push(problem.maybe_help(suggest(table, TABLES)));
        }
        found.push(text.to_owned());
    }
    found
}

impl Family {
    /// Every family, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::Continuity,
        Self::Reengagement,
        Self::LeastRestrictive,
        Self::Coordination,
        Self::Access,
        Self::PracticeMix,
        Self::Outcome,
        Self::Population,
        Self::Cost,
    ];
    /// The words that definitions and folders use.
    pub const NAMES: [&'static str; 9] = [
        "continuity",
        "reengagement",
        "least_restrictive",
        "coordination",
        "access",
        "practice_mix",
        "outcome",
        "population",
        "cost",
    ];

    /// The family of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|place| Self::ALL[place])
    }
}

fn better(word: &str) -> Option<Better> {
    match word {
        "higher" => Some(Better::Higher),
        "lower" => Some(Better::Lower),
        "neutral" => Some(Better::Neutral),
        _ => None,
    }
}

const EVIDENCE: [&str; 3] = ["verified", "from memory", "project-defined"];

fn evidence(word: &str) -> Option<Evidence> {
    match word {
        "verified" => Some(Evidence::Verified),
        "from memory" => Some(Evidence::FromMemory),
        "project-defined" => Some(Evidence::ProjectDefined),
        _ => None,
    }
}

const INTERVALS: [&str; 5] = ["wilson", "wilson_cluster", "byar", "mean", "ratio_cluster"];

fn interval(word: &str) -> Option<Interval> {
    match word {
        "wilson" => Some(Interval::Wilson),
        "wilson_cluster" => Some(Interval::WilsonCluster),
        "byar" => Some(Interval::Byar),
        "mean" => Some(Interval::Mean),
        "ratio_cluster" => Some(Interval::RatioCluster),
        _ => None,
    }
}

/// What an interval would be made of is not kept for values that depend on all members at once.
fn refuse_interval(fields: &mut Fields<'_>, rule: Option<&Rule>, problems: &mut Problems) {
    let has_none = rule.is_some_and(Rule::is_of_whole_groups);
    if let Some(node) = fields.node("interval").filter(|_| has_none) {
        let span = node.span.clone();
        let problem = fields.problem(span, "this value has no interval", "nothing is kept for it");
        problems.push(problem.help("leave `interval` out"));
    }
}

fn default_interval(shape: Shape, rule: &Rule) -> Interval {
    match shape {
        _ if rule.is_of_whole_groups() => Interval::None,
        Shape::Share => Interval::WilsonCluster,
        Shape::MemberShare => Interval::Wilson,
        Shape::MemberMean => Interval::Mean,
        Shape::Rate | Shape::Mix | Shape::UnitMean => Interval::RatioCluster,
        Shape::Top { .. } | Shape::Agreement | Shape::Duration => Interval::None,
    }
}

fn reasons(rule: &Rule) -> Vec<String> {
    let exclusions = match rule {
        Rule::Share(share) => &share.exclusions,
        Rule::Member(member) => &member.exclusions,
        Rule::Rate(_) | Rule::LevelMix | Rule::Contacts(_) => return Vec::new(),
    };
    exclusions.iter().map(|exclusion| exclusion.reason.clone()).collect()
}

fn ripe_days(rule: &Rule) -> i32 {
    let Rule::Share(share) = rule else { return 0 };
    let observable = share.exclusions.iter().map(|exclusion| match exclusion.test {
        super::rule::ExclusionTest::NotObservable(days) => days,
        _ => 0,
    });
    observable.max().unwrap_or(0)
}
