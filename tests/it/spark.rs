//! What the Spark jobs know of the data model is what the program knows, and they give its bytes.

use expect_test::expect_file;
use serde_json::{Value, json};
use throughline::extract::{Among, Field, Form, KEY_COLUMNS, Rule};
use throughline::terms::codes::FacilityClass;
use throughline::terms::column::{self, ColumnType};
use throughline::terms::{ServiceClass, Table, institution};

fn form(field: &Field) -> Value {
    match field.form {
        Form::Member => json!({"form": "member"}),
        Form::Key => json!({"form": "key"}),
        Form::Text => json!({"form": "text"}),
        Form::LongText => json!({"form": "long_text"}),
        Form::Instant => json!({"form": "instant"}),
        Form::Past => json!({"form": "past"}),
        Form::Planned => json!({"form": "planned"}),
        Form::Month => json!({"form": "month"}),
        Form::Whole(least, most) => json!({"form": "whole", "least": least, "most": most}),
        Form::Parts(parts) => json!({"form": "parts", "parts": parts}),
        Form::Real => json!({"form": "real"}),
        Form::Flag => json!({"form": "flag"}),
        Form::Code(codes, spellings) => {
            json!({"form": "code", "codes": codes, "spellings": spellings})
        }
        Form::Codes(codes) => json!({"form": "codes", "codes": codes}),
        Form::Words => json!({"form": "words"}),
        Form::Diagnosis => json!({"form": "diagnosis"}),
        Form::BirthYear => json!({"form": "birth_year"}),
        Form::BirthMonth => json!({"form": "birth_month"}),
    }
}

fn field(field: &Field) -> String {
    let mut about = form(field);
    about["name"] = json!(field.name);
    about["to"] = json!(field.to);
    about["required"] = json!(field.required);
    format!("    {about}")
}

/// False for what a row says of another one.
fn is_column(name: &str) -> bool {
    column::ALL.iter().any(|(known, _)| *known == name)
}

fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Date => "date",
        ColumnType::Int => "int",
        ColumnType::Long => "long",
        ColumnType::Float => "float",
        ColumnType::Flag => "flag",
    }
}

#[test]
fn the_jobs_know_the_data_model() {
    let columns = column::ALL.iter().map(|(name, kind)| json!([name, type_name(*kind)]));
    let tables = Table::ALL.into_iter().filter_map(|table| Some((table, table.kind()?)));
    let tables: Vec<String> = tables
        .map(|(table, kind)| {
            let kept = table.fields().iter().filter(|one| is_column(one.to));
            let fields: Vec<String> = kept.map(field).collect();
            format!(
                "  {{\"table\": {}, \"kind\": {}, \"either\": {}, \"fields\": [\n{}\n  ]}}",
                json!(table.name()),
                json!(kind.name()),
                json!(table.either()),
                fields.join(",\n")
            )
        })
        .collect();
    let level = |name: &str| FacilityClass::from_name(name).and_then(FacilityClass::level);
    let levels = FacilityClass::NAMES.iter().filter_map(|name| Some((*name, level(name)?)));
    let is_day = |name: &&&str| ServiceClass::from_name(name).is_some_and(ServiceClass::is_24_hour);
    let classes: Vec<&str> = ServiceClass::NAMES.iter().filter(is_day).copied().collect();
    let keys = KEY_COLUMNS.iter().filter_map(|key| {
        let field = key.table.fields().iter().find(|field| field.to == key.column)?;
        let (other, texts) = match key.among {
            Among::All => (None, None),
            Among::Given(other) => (Some(other), None),
            Among::With(other, texts) => (Some(other), Some(texts)),
        };
        Some(format!("  {}", json!([key.table.name(), field.name, key.column, other, texts])))
    });
    let keys: Vec<String> = keys.collect();
    let text = format!(
        "{{\n\"rules\": {},\n\"columns\": {},\n\"facility_levels\": {},\n\"institution\": {},\n\"keys\": [\n{}\n],\n\"tables\": [\n{}\n]\n}}\n",
        json!(Rule::ALL.iter().map(|rule| rule.name()).collect::<Vec<_>>()),
        Value::Array(columns.collect()),
        json!(levels.collect::<std::collections::BTreeMap<_, _>>()),
        json!({"setting": institution::PLACES, "code": institution::CODES, "class": classes}),
        keys.join(",\n"),
        tables.join(",\n")
    );
    expect_file!["../../pipelines/spark/tables.json"].assert_eq(&text);
}
