//! The scorecard in the workbook: one line for each cell of the page.

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::chart::format;
use crate::indicator::Display;
use crate::oversight::Scorecard;

use super::content::Content;
use super::delimited::group_field;
use super::score_files::{self, Record};
use super::workbook::{Formats, begin, exact_format};
use super::{score_words, words};

const HEADS: [(&str, f64); 22] = [
    ("Objective", 10.0),
    ("Wording", 44.0),
    ("Role", 11.0),
    ("Indicator", 44.0),
    ("Id", 26.0),
    ("Organisation", 16.0),
    ("Value", 12.0),
    ("Lower 95 %", 12.0),
    ("Upper 95 %", 12.0),
    ("Unit", 24.0),
    ("Numerator", 14.0),
    ("Denominator", 14.0),
    ("Target is", 11.0),
    ("Target", 12.0),
    ("Verdict", 18.0),
    ("Variation", 34.0),
    ("Assurance", 34.0),
    ("Peers", 22.0),
    ("Why", 40.0),
    ("Observed ÷ expected", 12.0),
    ("Lower 95 % of it", 12.0),
    ("Upper 95 % of it", 12.0),
];

/// Writes the sheet.
pub(super) fn write(
    sheet: &mut Worksheet,
    content: &Content<'_>,
    scorecard: &Scorecard,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("Scorecard")?;
    let title = format!("{}, {}", scorecard.contract.title, format::period(scorecard.period));
    let note = "An empty number is hidden or not known (see Verdict and Why); it is never zero.";
    begin(sheet, [&title, &words::publication(content), note], &HEADS, formats)?;
    let records = score_files::records(content, scorecard);
    for (line, record) in (5..).zip(&records) {
        write_record(sheet, line, record, formats)?;
    }
    if let Some(last) = u32::try_from(records.len()).ok().filter(|rows| *rows > 0) {
        sheet.autofilter(4, 0, 4 + last, 21)?;
    }
    Ok(())
}

fn write_record(
    sheet: &mut Worksheet,
    line: u32,
    record: &Record<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let objective = &record.objective.objective;
    let number = formats.of(record.measure.display);
    sheet.write_number_with_format(line, 0, f64::from(objective.number), &formats.count)?;
    let texts = [
        (1, objective.title.clone()),
        (2, record.role().to_owned()),
        (3, words::title(record.measure)),
        (4, words::name(record.measure)),
        (5, group_field(&record.cell.group).to_owned()),
        (9, record.measure.unit.clone()),
        (12, record.direction().replace('_', " ")),
        (14, score_words::standing(record.cell.standing).to_owned()),
        (15, score_words::variation(record.cell.variation)),
        (16, score_words::assurance(record.cell.assurance).to_owned()),
        (17, score_words::place(record.cell.place).to_owned()),
        (18, record.reason.clone()),
    ];
    for (column, text) in texts {
        if !text.is_empty() {
            sheet.write_string_with_format(line, column, text, &formats.text)?;
        }
    }
    let values = [
        (6, record.value),
        (7, record.interval.map(|(low, _)| low)),
        (8, record.interval.map(|(_, high)| high)),
        (13, record.target()),
    ];
    for (column, value) in values {
        if let Some(value) = value {
            sheet.write_number_with_format(line, column, value, number)?;
        }
    }
    let ratio = [
        (19, record.ratio(|row| row.value)),
        (20, record.ratio(|row| row.low)),
        (21, record.ratio(|row| row.high)),
    ];
    for (column, value) in ratio {
        if let Some(value) = value {
            sheet.write_number_with_format(line, column, value, formats.of(Display::Index))?;
        }
    }
    for (column, exact) in [(10, record.numerator), (11, record.denominator)] {
        if let Some(exact) = exact {
            let format = exact_format(exact, formats);
            sheet.write_number_with_format(line, column, exact.to_f64(), format)?;
        }
    }
    Ok(())
}
