//! The workbook: a summary and a sheet for each family.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::chart::{Mark, format};
use crate::indicator::{Display, Measure};
use crate::oversight::{Exact, Published};

use super::content::Content;
use super::delimited::{family_rows, group_field};
use super::lookup::Lookup;
use super::{score_sheet, words};

const HEADS: [(&str, f64); 18] = [
    ("Indicator", 44.0),
    ("Id", 26.0),
    ("Statistic", 12.0),
    ("Period", 20.0),
    ("Organisation", 16.0),
    ("By", 14.0),
    ("Part", 16.0),
    ("Value", 12.0),
    ("Lower 95 %", 12.0),
    ("Upper 95 %", 12.0),
    ("Unit", 24.0),
    ("Numerator", 14.0),
    ("Denominator", 14.0),
    ("Members", 12.0),
    ("State", 34.0),
    ("Signal", 24.0),
    ("Target", 12.0),
    ("Verdict", 18.0),
];

/// The bytes of the workbook.
pub(super) fn workbook(content: &Content<'_>, lookup: &Lookup<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The library would take the time from the clock.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let about =
        DocProperties::new().set_title(&content.title).set_comment(words::publication(content));
    workbook.set_properties(&about.set_creation_datetime(&created));
    let formats = Formats::new();
    let headlines = summary_rows(content, lookup);
    let title = format!("{}, {}", content.title, format::period(content.period));
    write_sheet(workbook.add_worksheet(), "Summary", &title, content, &headlines, &formats)?;
    if let Some(scorecard) = &content.scorecard {
        score_sheet::write(workbook.add_worksheet(), content, scorecard, &formats)?;
    }
    for family in words::FAMILIES {
        let rows = family_rows(content, lookup, family);
        if !rows.is_empty() {
            let name = words::family(family);
            write_sheet(workbook.add_worksheet(), name, name, content, &rows, &formats)?;
        }
    }
    workbook.save_to_buffer()
}

/// The rows of the page's table of indicators; shares by level with every level.
fn summary_rows<'a>(
    content: &Content<'a>,
    lookup: &Lookup<'a>,
) -> Vec<(&'a Measure, &'a Published)> {
    let mut rows = Vec::new();
    for (place, measure) in content.table.measures().iter().enumerate() {
        let Some(headline) = lookup.headline(place, content.period) else { continue };
        let is_led = |row: &&Published| {
            row.period == headline.period
                && row.group == headline.group
                && row.statistic == headline.statistic
                && row.stratum.kind == headline.stratum.kind
        };
        rows.extend(lookup.rows(place).filter(is_led).map(|row| (measure, row)));
    }
    rows
}

/// How cells are written.
pub(super) struct Formats {
    pub(super) title: Format,
    pub(super) head: Format,
    pub(super) text: Format,
    percent: Format,
    index: Format,
    rate: Format,
    dollars: Format,
    pub(super) count: Format,
}

impl Formats {
    fn new() -> Self {
        let number = |code: &str| Format::new().set_num_format(code);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            // A quote prefix keeps a text a text, whatever it begins with.
            text: Format::new().set_quote_prefix(),
            percent: number("0.0%"),
            index: number("0.000"),
            rate: number("#,##0.00"),
            dollars: number("$#,##0.00"),
            count: number("#,##0"),
        }
    }

    pub(super) fn of(&self, display: Display) -> &Format {
        match display {
            Display::Percent => &self.percent,
            Display::Index => &self.index,
            Display::Rate => &self.rate,
            Display::Dollars => &self.dollars,
        }
    }
}

/// Title, publication and note above the heads of a table, which stay in sight and on every printed
/// page; rows begin on the sixth line.
pub(super) fn begin(
    sheet: &mut Worksheet,
    above: [&str; 3],
    heads: &[(&str, f64)],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let [title, publication, note] = above;
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    sheet.write_string(1, 0, publication)?;
    sheet.write_string(2, 0, note)?;
    for (column, (head, width)) in (0..).zip(heads) {
        sheet.write_string_with_format(4, column, *head, &formats.head)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(5, 1)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(4, 4)?;
    Ok(())
}

fn write_sheet(
    sheet: &mut Worksheet,
    name: &str,
    title: &str,
    content: &Content<'_>,
    rows: &[(&Measure, &Published)],
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let note = "An empty number is hidden, withheld or not known (see State); it is never zero.";
    begin(sheet, [title, &words::publication(content), note], &HEADS, formats)?;
    for (line, (measure, row)) in (5..).zip(rows) {
        write_row(sheet, line, measure, row, formats)?;
    }
    if let Some(last) = u32::try_from(rows.len()).ok().filter(|rows| *rows > 0) {
        sheet.autofilter(4, 0, 4 + last, 17)?;
    }
    Ok(())
}

fn write_row(
    sheet: &mut Worksheet,
    line: u32,
    measure: &Measure,
    row: &Published,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let texts = [
        (0, words::title(measure)),
        (1, words::name(measure)),
        (2, row.statistic.trim_start_matches('.').to_owned()),
        (3, row.period.to_string()),
        (4, group_field(&row.group).to_owned()),
        (5, row.stratum.kind.clone()),
        (6, row.stratum.value.clone()),
        (10, measure.unit.clone()),
        (14, words::state(row, measure)),
        (15, words::signal(row, measure).unwrap_or_default()),
        (17, words::verdict(row).to_owned()),
    ];
    for (column, text) in texts {
        if !text.is_empty() {
            sheet.write_string_with_format(line, column, text, &formats.text)?;
        }
    }
    let mark = Mark::of(row);
    let display = words::display(row, measure);
    let values = [
        (7, mark.value()),
        (8, mark.interval().map(|(low, _)| low)),
        (9, mark.interval().map(|(_, high)| high)),
        (16, row.target),
    ];
    for (column, value) in values {
        if let Some(value) = value {
            sheet.write_number_with_format(line, column, value, formats.of(display))?;
        }
    }
    for (column, number) in [(11, row.numerator), (12, row.denominator)] {
        if let Some(number) = number {
            sheet.write_number_with_format(
                line,
                column,
                number.to_f64(),
                exact_format(number, formats),
            )?;
        }
    }
    if let Some(members) = row.members {
        let members = Exact::whole(members.into());
        sheet.write_number_with_format(line, 13, members.to_f64(), &formats.count)?;
    }
    Ok(())
}

pub(super) fn exact_format(number: Exact, formats: &Formats) -> &Format {
    match number.per_unit {
        1 => &formats.count,
        100 => &formats.dollars,
        _ => &formats.index,
    }
}
