//! What other programs read: FHIR R4 `MeasureReport`, and a dictionary of every table.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use throughline::kernel::Group;
use throughline::oversight::State;
use throughline::report;

use super::content::{content, published};
use super::schema::violations;

/// The elements of FHIR R4 (4.0.1) that a bundle of summary reports may have, as its definitions of
/// `Bundle`, `MeasureReport` and the data types say: owner, name, type, least, and whether there may be
/// several. Elements that nothing here writes are left out, so that they would be found.
const ELEMENTS: [(&str, &str, &str, usize, bool); 43] = [
    ("Bundle", "resourceType", "code", 1, false),
    ("Bundle", "type", "code", 1, false),
    ("Bundle", "entry", "Bundle.entry", 0, true),
    ("Bundle.entry", "fullUrl", "uri", 0, false),
    ("Bundle.entry", "resource", "MeasureReport", 0, false),
    ("MeasureReport", "resourceType", "code", 1, false),
    ("MeasureReport", "id", "id", 0, false),
    ("MeasureReport", "status", "code", 1, false),
    ("MeasureReport", "type", "code", 1, false),
    ("MeasureReport", "measure", "canonical", 1, false),
    ("MeasureReport", "reporter", "Reference", 0, false),
    ("MeasureReport", "period", "Period", 1, false),
    ("MeasureReport", "improvementNotation", "CodeableConcept", 0, false),
    ("MeasureReport", "group", "MeasureReport.group", 0, true),
    ("MeasureReport.group", "code", "CodeableConcept", 0, false),
    ("MeasureReport.group", "population", "population", 0, true),
    ("MeasureReport.group", "measureScore", "Quantity", 0, false),
    ("MeasureReport.group", "stratifier", "stratifier", 0, true),
    ("population", "code", "CodeableConcept", 0, false),
    ("population", "count", "integer", 0, false),
    ("population", "_count", "Element", 0, false),
    ("stratifier", "code", "CodeableConcept", 0, true),
    ("stratifier", "stratum", "stratum", 0, true),
    ("stratum", "value", "CodeableConcept", 0, false),
    ("stratum", "population", "population", 0, true),
    ("stratum", "measureScore", "Quantity", 0, false),
    ("Element", "extension", "Extension", 0, true),
    ("Quantity", "extension", "Extension", 0, true),
    ("Quantity", "value", "decimal", 0, false),
    ("Quantity", "unit", "string", 0, false),
    ("Quantity", "system", "uri", 0, false),
    ("Quantity", "code", "code", 0, false),
    ("Extension", "url", "uri", 1, false),
    ("Extension", "valueCode", "code", 0, false),
    ("Extension", "valueRange", "Range", 0, false),
    ("Range", "low", "Quantity", 0, false),
    ("Range", "high", "Quantity", 0, false),
    ("Period", "start", "date", 0, false),
    ("Period", "end", "date", 0, false),
    ("CodeableConcept", "coding", "Coding", 0, true),
    ("CodeableConcept", "text", "string", 0, false),
    ("Coding", "system", "uri", 0, false),
    ("Coding", "code", "code", 0, false),
];

/// Elements of references, and codes that R4 binds as required.
const REFERENCES: [(&str, &str, &str, usize, bool); 4] = [
    ("Reference", "identifier", "Identifier", 0, false),
    ("Reference", "display", "string", 0, false),
    ("Identifier", "system", "uri", 0, false),
    ("Identifier", "value", "string", 0, false),
];
const CODES: [(&str, &str, &[&str]); 5] = [
    ("Bundle", "resourceType", &["Bundle"]),
    ("Bundle", "type", &["collection"]),
    ("MeasureReport", "resourceType", &["MeasureReport"]),
    ("MeasureReport", "status", &["complete", "pending", "error"]),
    ("MeasureReport", "type", &["individual", "subject-list", "summary", "data-collection"]),
];

fn check_element(value: &Value, kind: &str, at: &str) {
    let text = || value.as_str().unwrap_or_else(|| panic!("{at} is a text"));
    match kind {
        "integer" => assert!(value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()), "{at}"),
        "decimal" => assert!(value.is_number(), "{at}"),
        "string" => assert!(!text().trim().is_empty(), "{at}"),
        "uri" | "canonical" | "code" => {
            assert!(!text().is_empty() && !text().contains(char::is_whitespace), "{at}: {value}");
        }
        "id" => {
            let fits = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
            assert!((1..=64).contains(&text().len()) && text().chars().all(fits), "{at}");
        }
        "date" => assert!(throughline::terms::Day::parse(text()).is_some(), "{at}"),
        _ => {
            check_object(
                value.as_object().unwrap_or_else(|| panic!("{at} is an object")),
                kind,
                at,
            );
        }
    }
}

fn check_object(object: &Map<String, Value>, kind: &str, at: &str) {
    let own: Vec<_> =
        ELEMENTS.iter().chain(&REFERENCES).filter(|(owner, ..)| *owner == kind).collect();
    assert!(!own.is_empty() && !object.is_empty(), "{at}: {kind} is known and not empty");
    for name in object.keys() {
        assert!(own.iter().any(|(_, known, ..)| known == name), "{at}: {kind} has no {name}");
    }
    for (_, name, kind_of, least, several) in own {
        let Some(value) = object.get(*name) else {
            assert_eq!(*least, 0, "{at}: {name} is required");
            continue;
        };
        let at = format!("{at}.{name}");
        if *several {
            let list = value.as_array().unwrap_or_else(|| panic!("{at} is a list"));
            assert!(!list.is_empty(), "{at}: FHIR has no empty lists");
            for one in list {
                check_element(one, kind_of, &at);
            }
        } else {
            check_element(value, kind_of, &at);
        }
        let bound = CODES.iter().find(|(owner, known, _)| owner == &kind && known == name);
        if let Some((_, _, codes)) = bound {
            assert!(codes.contains(&value.as_str().unwrap_or_default()), "{at}: {value}");
        }
    }
}

/// The files of the fabricated report.
fn files() -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("report");
    let written = report::write(&content(published()), &place).expect("a report");
    written
        .files
        .iter()
        .map(|file| (file.path.clone(), std::fs::read(place.join(&file.path)).expect("a file")))
        .collect()
}

#[test]
fn measure_reports_are_what_fhir_r4_defines() {
    let bundle: Value =
        serde_json::from_slice(&files()["measure-report.json"]).expect("it is JSON");
    check_element(&bundle, "Bundle", "Bundle");
    let entries = bundle["entry"].as_array().expect("entries");
    let urls: BTreeSet<&str> = entries.iter().filter_map(|one| one["fullUrl"].as_str()).collect();
    assert_eq!(urls.len(), entries.len(), "a full URL is there once");
    assert!(entries.len() > 50, "{}", entries.len());
}

/// The schema that HL7 publishes with FHIR R4; and it finds what is wrong.
#[test]
fn measure_reports_pass_the_schema_of_fhir_r4() {
    let schema: Value =
        serde_json::from_str(include_str!("fhir_r4.schema.json")).expect("a schema");
    let bundle: Value =
        serde_json::from_slice(&files()["measure-report.json"]).expect("it is JSON");
    let found = violations(&schema, &bundle);
    assert!(found.is_empty(), "{} violations, such as {}", found.len(), found[0]);
    let spoilt = |at: &str, value: Option<Value>| {
        let mut bundle = bundle.clone();
        bundle["entry"].as_array_mut().expect("entries").truncate(1);
        let (parent, name) = at.rsplit_once('/').expect("a place");
        let parent = bundle.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
        match value {
            Some(value) => parent.insert(name.to_owned(), value),
            None => parent.remove(name),
        };
        violations(&schema, &bundle)
    };
    let report = "/entry/0/resource";
    for (at, value) in [
        ("measure", None),
        ("period", None),
        ("status", Some(json!("final"))),
        ("type", Some(json!(["summary"]))),
        ("score", Some(json!(0.5))),
        ("measureScore", Some(json!({ "value": 0.5 }))),
        ("id", Some(json!("not an id"))),
        ("period", Some(json!({ "start": "2026-13-01" }))),
        ("group", Some(json!({ "population": [] }))),
        ("group", Some(json!([{ "population": [{ "count": "12" }] }]))),
        ("group", Some(json!([{ "measureScore": { "value": "0.5" } }]))),
        ("resourceType", Some(json!("Measure"))),
    ] {
        let found = spoilt(&format!("{report}/{at}"), value.clone());
        assert!(!found.is_empty(), "{at}: {value:?} is not found");
    }
}

/// Every number stands for a published one, and what is hidden is masked.
#[test]
fn measure_reports_say_what_the_rows_say() {
    let bundle: Value =
        serde_json::from_slice(&files()["measure-report.json"]).expect("it is JSON");
    let table = published();
    let (mut scores, mut masked) = (0, 0);
    for entry in bundle["entry"].as_array().expect("entries") {
        let report = &entry["resource"];
        let whose = report["reporter"]["display"].as_str();
        let title = report["group"][0]["code"]["text"].as_str().expect("a title");
        let measure = table.measures().iter().position(|one| one.title == title);
        let Some(measure) = measure else { continue };
        let group = whose.map_or(Group::All, |id| Group::Bho(id.to_owned()));
        let row = table.rows_of(measure).iter().find(|row| {
            row.statistic.is_empty()
                && row.group == group
                && row.stratum.kind == "all"
                && report["period"]["start"] == row.period.start.to_string()
                && report["period"]["end"] == row.period.end.to_string()
        });
        let Some(row) = row else { continue };
        let score = &report["group"][0]["measureScore"];
        // The test's own reader of JSON may be off by the last bit.
        match (score["value"].as_f64(), row.value) {
            (Some(told), Some(value)) => assert!((told - value).abs() < 1e-12, "{title}"),
            (told, value) => assert_eq!(told, value, "{title}, {whose:?}"),
        }
        let denominator = &report["group"][0]["population"][0];
        let counted = row.denominator.map(|count| count.to_string());
        assert_eq!(denominator["count"].as_i64().map(|count| count.to_string()), counted);
        if row.suppressed && row.state == State::Final {
            assert_eq!(score["extension"][0]["valueCode"], "masked");
            assert_eq!(denominator["_count"]["extension"][0]["valueCode"], "masked");
            masked += 1;
        }
        scores += usize::from(row.value.is_some());
    }
    assert!(scores > 20 && masked > 0, "{scores} scores, {masked} masked");
}

#[test]
fn the_dictionary_has_every_column_of_every_table() {
    let files = files();
    let mut reader = csv::Reader::from_reader(files["dictionary.csv"].as_slice());
    let mut known = BTreeSet::new();
    for line in reader.records() {
        let line = line.expect("a line");
        assert!(["text", "number", "date", "flag"].contains(&&line[2]), "{line:?}");
        assert!(line[3].len() > 5, "{line:?}");
        known.insert((line[0].to_owned(), line[1].to_owned()));
    }
    let tables = files.iter().filter(|(path, _)| path.rsplit('.').next() == Some("csv"));
    let columns: BTreeSet<(String, String)> = tables
        .flat_map(|(path, bytes)| {
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let head = reader.headers().expect("a header").clone();
            head.iter().map(|name| (path.clone(), name.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(known, columns);
}
