//! The report of a study as files: page, tables, workbook and manifest.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};
use serde_json::{Map, Value, json};

use crate::study::{Field, PublishedStudy, Sheet};
use crate::terms::Day;

use super::delimited::Csv;
use super::draft::Draft;
use super::folder::{Error, MANIFEST, draft_of};
use super::{manifest, study_page};
use crate::store::harmless;

/// What the manifest calls the folder.
const KIND: &str = "study";

/// Everything that the report of a study says.
#[derive(Debug)]
pub struct StudyContent<'a> {
    /// What may be shown.
    pub study: &'a PublishedStudy,
    /// Version of the program.
    pub program_version: String,
    /// Data are complete up to this day.
    pub data_through: Day,
    /// The snapshot that was read.
    pub snapshot: String,
    /// Name and SHA-256 of the study file.
    pub definition: (String, String),
    /// SHA-256 of the registry of instruments, if scores were looked at.
    pub instruments_sha256: Option<String>,
    /// Sentences about the data.
    pub notes: Vec<String>,
    /// Further files, by their path in the report.
    pub further_files: Vec<(String, Vec<u8>)>,
}

/// Writes the report of a study beside its folder, if it may be put there.
pub fn draft_study(content: &StudyContent<'_>, folder: &Path) -> Result<Draft, Error> {
    let sheets = content.study.sheets();
    let mut files = vec![("index.html".to_owned(), study_page(content).into_bytes())];
    for sheet in &sheets {
        files.push((format!("tables/{}.csv", sheet.id), csv(sheet)));
    }
    files.push(("workbook.xlsx".to_owned(), workbook(content, &sheets)?));
    files.extend(content.further_files.iter().cloned());
    files.push((MANIFEST.to_owned(), study_manifest(content, &files)));
    draft_of(folder, &json!(KIND), &files)
}

fn csv(sheet: &Sheet) -> Vec<u8> {
    let mut csv = Csv::with_heads(&sheet.heads);
    for row in &sheet.rows {
        let fields: Vec<String> = row
            .iter()
            .map(|field| match field {
                Field::Words(text) => harmless(text),
                Field::Count(n) => n.to_string(),
                Field::Hidden => "hidden".to_owned(),
                other => other.value().map_or_else(String::new, |value| value.to_string()),
            })
            .collect();
        csv.row(&fields);
    }
    csv.text.into_bytes()
}

fn workbook(content: &StudyContent<'_>, sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The library would take the time from the clock.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let about = DocProperties::new()
        .set_title(&content.study.title)
        .set_comment(study_page::publication(content));
    workbook.set_properties(&about.set_creation_datetime(&created));
    let mut names: Vec<String> = Vec::new();
    for sheet in sheets {
        let name = worksheet_name(&sheet.id, &names);
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&name)?;
        names.push(name);
        write_sheet(worksheet, content, sheet)?;
    }
    workbook.save_to_buffer()
}

/// At most 31 letters, and no name twice.
fn worksheet_name(id: &str, taken: &[String]) -> String {
    let short: String = id.chars().take(28).collect();
    let names = std::iter::once(short.clone()).chain((2..).map(|n| format!("{short}_{n}")));
    let mut free = names.filter(|name| !taken.contains(name));
    free.next().expect("one of endlessly many names is free")
}

fn write_sheet(
    worksheet: &mut rust_xlsxwriter::Worksheet,
    content: &StudyContent<'_>,
    sheet: &Sheet,
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    // A quote prefix keeps a text a text, whatever it begins with.
    let text = Format::new().set_quote_prefix();
    let number = |code: &str| Format::new().set_num_format(code);
    worksheet.write_string_with_format(0, 0, &sheet.title, &bold.clone().set_text_wrap())?;
    worksheet.write_string(1, 0, study_page::publication(content))?;
    for (column, head) in (0..).zip(&sheet.heads) {
        worksheet.write_string_with_format(3, column, *head, &bold)?;
        worksheet.set_column_width(column, if column == 0 { 44.0 } else { 18.0 })?;
    }
    worksheet.set_freeze_panes(4, 1)?;
    for (line, row) in (4..).zip(&sheet.rows) {
        for (column, field) in (0..).zip(row) {
            let code = match field {
                Field::Words(words) => {
                    worksheet.write_string_with_format(line, column, words, &text)?;
                    continue;
                }
                Field::Hidden => {
                    worksheet.write_string(line, column, "hidden")?;
                    continue;
                }
                Field::Empty => continue,
                Field::Count(_) => "#,##0",
                Field::Share(_) => "0.0%",
                Field::Chance(_) => "0.0000",
                Field::Dollars(_) => "$#,##0.00",
                Field::Number(_) => "#,##0.000",
            };
            if let Some(value) = field.value() {
                worksheet.write_number_with_format(line, column, value, &number(code))?;
            }
        }
    }
    Ok(())
}

/// What the report was made from, for programs; no time of the clock.
fn study_manifest(content: &StudyContent<'_>, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let outputs: Map<String, Value> = files
        .iter()
        .map(|(path, bytes)| {
            let entry = json!({ "sha256": manifest::sha256(bytes), "bytes": bytes.len() });
            (path.clone(), entry)
        })
        .collect();
    let registry = content.instruments_sha256.iter();
    let own = [(content.definition.0.clone(), content.definition.1.as_str())];
    let registry = registry.map(|sha256| ("instruments".to_owned(), sha256.as_str()));
    let definitions: Map<String, Value> =
        own.into_iter().chain(registry).map(|(name, sha256)| (name, json!(sha256))).collect();
    let found = json!({
        "program": manifest::PROGRAM,
        "kind": KIND,
        "version": content.program_version,
        "title": content.study.title,
        "study": content.study.id,
        "data_through": content.data_through.to_string(),
        "internal": content.study.screen.internal,
        "smallest_shown": content.study.screen.least,
        "snapshot": { "id": content.snapshot },
        "definitions": definitions,
        "files": outputs,
    });
    let mut bytes =
        serde_json::to_vec_pretty(&found).expect("strings and numbers always serialise");
    bytes.push(b'\n');
    bytes
}
