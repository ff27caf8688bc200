//! The published numbers as FHIR R4 `MeasureReport` resources, in one bundle.
//!
//! One summary report for each indicator, organisation and period: of each grain the last period up to
//! the reported month. The parts of the population are stratifiers of everyone's report. What is hidden,
//! withheld or not computable has no number but the extension `data-absent-reason`.

use serde_json::{Map, Value, json};

use crate::indicator::{Better, Display, Measure, Shape};
use crate::kernel::Group;
use crate::oversight::{Exact, Published, State};
use crate::terms::Grain;

use super::content::Content;
use super::lookup::{Lookup, is_everyone};
use super::manifest::sha256;
use super::words;

const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
const POPULATION: &str = "http://terminology.hl7.org/CodeSystem/measure-population";
const NOTATION: &str = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation";

/// `measure-report.json`.
pub(super) fn bundle(content: &Content<'_>, lookup: &Lookup<'_>) -> Vec<u8> {
    let mut entries = Vec::new();
    for (place, measure) in content.table.measures().iter().enumerate() {
        for grain in Grain::ALL {
            let of_grain = lookup
                .rows(place)
                .filter(|row| row.period.grain == grain && row.period.end <= content.period.end);
            let Some(period) = of_grain.map(|row| row.period).max() else { continue };
            let rows: Vec<&Published> = lookup
                .rows(place)
                .filter(|row| row.period == period && row.statistic.is_empty())
                .collect();
            let mut groups: Vec<&Group> = rows.iter().map(|row| &row.group).collect();
            groups.sort();
            groups.dedup();
            for group in groups {
                let own: Vec<&Published> =
                    rows.iter().copied().filter(|row| row.group == *group).collect();
                entries.push(report(content, measure, &own));
            }
        }
    }
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let mut bytes = serde_json::to_vec(&bundle).expect("texts and finite numbers serialise");
    bytes.push(b'\n');
    bytes
}

/// One report as an entry of the bundle; the rows are those of one organisation in one period.
fn report(content: &Content<'_>, measure: &Measure, rows: &[&Published]) -> Value {
    let first = rows[0];
    let whole = rows.iter().copied().find(|row| is_everyone(&row.stratum));
    let id = id(&[
        &content.title,
        &content.snapshot.id,
        &words::name(measure),
        &first.period.to_string(),
        &format!("{:?}", first.group),
    ]);
    let mut report = Map::new();
    let mut put = |name: &str, value: Value| report.insert(name.to_owned(), value);
    put("resourceType", json!("MeasureReport"));
    put("id", json!(id));
    put("status", json!(status(whole.unwrap_or(first).state)));
    put("type", json!("summary"));
    put("measure", json!(canonical(content, measure)));
    if let Group::Bho(id) = &first.group {
        let identifier = json!({ "system": "urn:throughline:bho_id", "value": id });
        put("reporter", json!({ "identifier": identifier, "display": id }));
    }
    let (start, end) = (first.period.start.to_string(), first.period.end.to_string());
    put("period", json!({ "start": start, "end": end }));
    if let Some(code) = match measure.better {
        Better::Higher => Some("increase"),
        Better::Lower => Some("decrease"),
        Better::Neutral => None,
    } {
        put("improvementNotation", json!({ "coding": [{ "system": NOTATION, "code": code }] }));
    }
    let mut group = Map::new();
    group.insert("code".to_owned(), json!({ "text": words::title(measure) }));
    if let Some(row) = whole {
        numbers(&mut group, row, measure);
    }
    let stratifiers = stratifiers(rows, measure);
    if !stratifiers.is_empty() {
        group.insert("stratifier".to_owned(), json!(stratifiers));
    }
    put("group", json!([group]));
    json!({ "fullUrl": format!("urn:uuid:{id}"), "resource": report })
}

/// The rule with its version: the hash of the definition.
fn canonical(content: &Content<'_>, measure: &Measure) -> String {
    let definition = format!("{}:{}", measure.base_id, measure.preset);
    let known = content.definitions.iter().find(|(id, _)| *id == definition);
    let version = known.map_or_else(String::new, |(_, hash)| format!("|{hash}"));
    let name: String =
        words::name(measure)
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() || "_.-@:".contains(letter) {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
    format!("urn:throughline:indicator:{name}{version}")
}

fn status(state: State) -> &'static str {
    match state {
        State::Final => "complete",
        State::Preliminary | State::Withheld => "pending",
        State::NotComputable | State::LowQuality => "error",
    }
}

/// Why there is no number, in the words of the code system.
fn absent(row: &Published) -> Value {
    let why = match row.state {
        _ if row.suppressed => "masked",
        State::Withheld => "temp-unknown",
        State::NotComputable | State::LowQuality => "unsupported",
        State::Final | State::Preliminary => "not-applicable",
    };
    because(why)
}

fn because(why: &str) -> Value {
    json!({ "extension": [{ "url": ABSENT, "valueCode": why }] })
}

/// Populations and score of a row.
fn numbers(into: &mut Map<String, Value>, row: &Published, measure: &Measure) {
    let counted =
        matches!(measure.shape, Shape::Share | Shape::MemberShare | Shape::Rate | Shape::Mix);
    let mut populations = vec![population("denominator", row.denominator.and_then(whole), row)];
    if counted && measure.numerator_parts == 1 {
        populations.push(population("numerator", row.numerator.and_then(whole), row));
    }
    if let Some(excluded) = row.excluded {
        let excluded = i32::try_from(excluded).ok();
        populations.push(population("denominator-exclusion", excluded, row));
    }
    into.insert("population".to_owned(), json!(populations));
    into.insert("measureScore".to_owned(), score(row, measure));
}

/// FHIR's integers have 32 bits.
fn whole(number: Exact) -> Option<i32> {
    (number.per_unit == 1).then(|| i32::try_from(number.parts).ok()).flatten()
}

fn population(code: &str, count: Option<i32>, row: &Published) -> Value {
    let code = json!({ "coding": [{ "system": POPULATION, "code": code }] });
    match count {
        Some(count) => json!({ "code": code, "count": count }),
        // A count that is left out beside a value would give others away.
        None if row.value.is_some() => json!({ "code": code, "_count": because("masked") }),
        None => json!({ "code": code, "_count": absent(row) }),
    }
}

fn score(row: &Published, measure: &Measure) -> Value {
    let Some(value) = row.value else { return absent(row) };
    let mut score = Map::new();
    if let Some((low, high)) = row.low.zip(row.high) {
        let range = json!({ "low": { "value": low }, "high": { "value": high } });
        let interval = json!({ "url": "urn:throughline:interval-95", "valueRange": range });
        score.insert("extension".to_owned(), json!([interval]));
    }
    score.insert("value".to_owned(), json!(value));
    if measure.display == Display::Percent || measure.unit.is_empty() {
        score.insert("system".to_owned(), json!("http://unitsofmeasure.org"));
        score.insert("code".to_owned(), json!("1"));
    }
    if !measure.unit.is_empty() {
        score.insert("unit".to_owned(), json!(measure.unit));
    }
    Value::Object(score)
}

/// The parts of the population, by attribute.
fn stratifiers(rows: &[&Published], measure: &Measure) -> Vec<Value> {
    let parts = rows.iter().copied().filter(|row| !is_everyone(&row.stratum));
    let mut kinds: Vec<(&str, Vec<Value>)> = Vec::new();
    for row in parts {
        let mut stratum = Map::new();
        stratum.insert("value".to_owned(), json!({ "text": row.stratum.value }));
        numbers(&mut stratum, row, measure);
        let stratum = Value::Object(stratum);
        match kinds.iter_mut().find(|(kind, _)| *kind == row.stratum.kind) {
            Some((_, strata)) => strata.push(stratum),
            None => kinds.push((&row.stratum.kind, vec![stratum])),
        }
    }
    let stratifier = |(kind, strata): (&str, Vec<Value>)| json!({ "code": [{ "text": kind }], "stratum": strata });
    kinds.into_iter().map(stratifier).collect()
}

/// A UUID made of what it names (version 8, RFC 9562).
fn id(names: &[&str]) -> String {
    let hash = sha256(names.join("\u{1f}").as_bytes());
    format!(
        "{}-{}-8{}-8{}-{}",
        &hash[..8],
        &hash[8..12],
        &hash[12..15],
        &hash[15..18],
        &hash[18..30]
    )
}
