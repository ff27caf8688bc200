//! A timeline in words, as rows of the timeline table: `stay 2024-02-01..2024-02-20 dx=F20.9`.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow_schema::{DataType, Field, Schema};

use crate::diagnostic::{Fields, Problems, listed, suggest};
use crate::extract::Form;
use crate::terms::column::{self, ColumnType};
use crate::terms::{Day, Kind, Table};

/// A row: a cell of text per column that it has.
type Cells = Vec<(&'static str, String)>;

/// A line of a timeline, and where it stands.
pub(super) type Line<'a> = (&'a str, Range<usize>);

/// The rows of members, each with its lines, in the order of the timeline table. Without a line of its
/// own a member is an adult enrolled throughout.
pub fn batch(
    members: &[Vec<Line<'_>>],
    fields: &Fields<'_>,
    problems: &mut Problems,
) -> Option<RecordBatch> {
    let before = problems.len();
    // Names in the order of the list, and `M1` where there is but one.
    let digits = members.len().to_string().len();
    let mut rows = Vec::new();
    for (place, lines) in members.iter().enumerate() {
        let name = format!("M{:0digits$}", place + 1);
        rows.extend(rows_of(&name, lines, fields, problems));
    }
    if problems.len() > before { None } else { table(&rows) }
}

/// The rows of one member, in order.
fn rows_of(
    name: &str,
    lines: &[Line<'_>],
    fields: &Fields<'_>,
    problems: &mut Problems,
) -> Vec<Cells> {
    let mut rows: Vec<Cells> = Vec::new();
    for (line, span) in lines {
        match row(line) {
            Ok(cells) => rows.push(cells),
            Err((message, help)) => problems
                .push(fields.problem(span.clone(), message, "in this line").maybe_help(help)),
        }
    }
    let has = |rows: &[Cells], kind: Kind| {
        rows.iter().any(|row| cell(row, column::KIND) == Some(kind.name()))
    };
    if !has(&rows, Kind::Member) {
        rows.push(vec![
            (column::KIND, Kind::Member.name().into()),
            (column::BIRTH_ON, "1980-01-01".into()),
        ]);
    }
    if !has(&rows, Kind::Enrolment) {
        let kind = Kind::Enrolment.name().into();
        rows.push(vec![
            (column::KIND, kind),
            (column::START_ON, "2000-01-01".into()),
            (column::BHO_ID, "B1".into()),
        ]);
    }
    for (number, row) in rows.iter_mut().enumerate() {
        row.push((column::MEMBER_ID, name.to_owned()));
        row.push((column::RECORD_ID, format!("{number:04}")));
    }
    let key = |row: &Cells| {
        let text = |name| cell(row, name).unwrap_or("").to_owned();
        (text(column::START_ON), text(column::KIND), text(column::RECORD_ID))
    };
    rows.sort_by_key(key);
    rows
}

fn cell<'a>(row: &'a Cells, name: &str) -> Option<&'a str> {
    row.iter().rev().find(|(column, _)| *column == name).map(|(_, text)| text.as_str())
}

const WORDS: [&str; 13] = [
    "activity",
    "fill",
    "member",
    "enrolment",
    "contact",
    "stay",
    "ed",
    "assessment",
    "event",
    "plan",
    "cost",
    "referral",
    "living",
];

/// What the words of a line are called in the table.
const COLUMNS: [(&str, &str); 74] = [
    ("drug", column::CLASS),
    ("supply", column::DAYS_SUPPLY),
    ("instrument", column::CODE),
    ("cause", column::CAUSE),
    ("language", column::LANGUAGE),
    ("modifier", column::MODIFIERS),
    ("selfhelp", column::SELFHELP_FREQ),
    ("lead", column::CLINICIAN_ID),
    ("subscale", column::SUBSCALE),
    ("score", column::SCORE),
    ("rater", column::RATER),
    ("practice", column::PRACTICE_LEVEL),
    ("setting", column::SETTING),
    ("rank", column::RESTRICT_RANK),
    ("weight", column::WEIGHT),
    ("reviewed", column::REVIEWED_ON),
    ("agencies", column::AGENCIES),
    ("services", column::SERVICES_PLANNED),
    ("sectors", column::SECTORS_NEEDED),
    ("legal", column::ADMIT_LEGAL),
    ("ready", column::READY_ON),
    ("from", column::START_TS),
    ("to", column::END_TS),
    ("leave", column::LEAVE_DAYS),
    ("sector", column::TO_SECTOR),
    ("requested", column::REQUEST_RECEIVED_ON),
    ("offered", column::FIRST_OFFERED_ON),
    ("urgency", column::URGENCY),
    ("birth", column::BIRTH_ON),
    ("death", column::DEATH_ON),
    ("sex", column::SEX),
    ("smi", column::SMI_SED),
    ("bho", column::BHO_ID),
    ("hospice", column::HOSPICE),
    ("class", column::CLASS),
    ("code", column::CODE),
    ("status", column::STATUS),
    ("place", column::SETTING),
    ("modality", column::MODALITY),
    ("minutes", column::MINUTES),
    ("with", column::PARTICIPANTS),
    ("clinician", column::CLINICIAN_ID),
    ("team", column::TEAM_ID),
    ("agency", column::AGENCY_ID),
    ("level", column::LEVEL),
    ("dx", column::DX1),
    ("dx2", column::DX2),
    ("facility", column::CLASS),
    ("disposition", column::DISPOSITION),
    ("planned", column::PLANNED),
    ("type", column::CLASS),
    ("end_reason", column::END_REASON),
    ("amount_cents", column::AMOUNT_CENTS),
    ("allowed_cents", column::ALLOWED_CENTS),
    ("ed_admitted", column::ED_ADMITTED),
    ("ed_flag", column::ED_FLAG),
    ("outreach_result", column::OUTREACH_RESULT),
    ("no_show_reason", column::NO_SHOW_REASON),
    ("clinician_type", column::CLINICIAN_TYPE),
    ("warm", column::WARM),
    ("attended", column::FIRST_ATTENDED_ON),
    ("reported", column::REPORT_BACK_ON),
    ("living", column::LIVING),
    ("employment", column::EMPLOYMENT),
    ("school", column::SCHOOL),
    ("arrests", column::ARRESTS_30D),
    ("use_days", column::SUBSTANCE_USE_DAYS),
    ("screen", column::SCREEN_RESULT),
    ("reason", column::REASON),
    ("need", column::NEED_TREATMENT),
    ("signed", column::MEMBER_SIGNED),
    ("family", column::FAMILY_INVOLVED),
    ("goals_closed", column::GOALS_CLOSED),
    ("goals_attained", column::GOALS_ATTAINED),
];

fn row(line: &str) -> Result<Cells, (String, Option<String>)> {
    let mut words = line.split_whitespace();
    let word = words.next().unwrap_or("");
    let (kind, defaults): (Kind, &[(&'static str, &str)]) = match word {
        "member" => (Kind::Member, &[]),
        "enrolment" => (Kind::Enrolment, &[(column::BHO_ID, "B1")]),
        "contact" => (Kind::Contact, &[(column::CLASS, "therapy"), (column::STATUS, "attended")]),
        "stay" => (Kind::Stay, &[(column::LEVEL, "6"), (column::DX1, "F20.9")]),
        "ed" => (Kind::Stay, &[(column::CLASS, "ed"), (column::DX1, "F20.9")]),
        "assessment" => (Kind::Assessment, &[]),
        "event" => (Kind::Event, &[]),
        "plan" => (Kind::Plan, &[]),
        "cost" => (Kind::Cost, &[]),
        "referral" => (Kind::Referral, &[]),
        "fill" => (Kind::Pharmacy, &[]),
        "living" => (Kind::Living, &[]),
        _ => {
            return Err((
                format!("unknown kind of row `{word}`"),
                suggest(word, WORDS).or_else(|| Some(format!("one of {}", listed(&WORDS)))),
            ));
        }
    };
    let mut cells: Cells = vec![(column::KIND, kind.name().to_owned())];
    cells.extend(defaults.iter().map(|(name, text)| (*name, (*text).to_owned())));
    for word in words {
        match word.split_once('=') {
            Some((name, text)) => cells.push(named(kind, name, text)?),
            None => dates(word, &mut cells)?,
        }
    }
    if kind != Kind::Member && cell(&cells, column::START_ON).is_none() {
        return Err((
            "this row has no date".to_owned(),
            Some("write `contact 2024-02-27`".to_owned()),
        ));
    }
    Ok(cells)
}

fn named(
    kind: Kind,
    name: &str,
    text: &str,
) -> Result<(&'static str, String), (String, Option<String>)> {
    let known = COLUMNS.iter().find(|(word, _)| *word == name);
    let (_, column) = known.ok_or_else(|| {
        let words = COLUMNS.map(|(word, _)| word);
        let help = suggest(name, words).unwrap_or_else(|| format!("one of {}", listed(&words)));
        (format!("unknown field `{name}`"), Some(help))
    })?;
    let text = match column_type(column) {
        ColumnType::Date if text.len() == 7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    if parse_fails(column_type(column), &text) {
        let help = match column_type(column) {
            ColumnType::Flag => "write yes or no",
            ColumnType::Date => "write a day such as 2024-02-27",
            ColumnType::Int | ColumnType::Long => "write a whole number",
            ColumnType::Float | ColumnType::Text => "write a number",
        };
        return Err((format!("`{name}` has a value of the wrong form"), Some(help.to_owned())));
    }
    let known = codes(kind, column);
    if let Some(code) = text.split(';').find(|code| !known.is_empty() && !known.contains(code)) {
        let help = suggest(code, known.iter().copied());
        let help = help.unwrap_or_else(|| format!("one of {}", listed(known)));
        return Err((format!("unknown {name} `{code}`"), Some(help)));
    }
    Ok((column, text))
}

/// The codes of a column in rows of a kind; none where it has no list of them.
fn codes(kind: Kind, column: &str) -> &'static [&'static str] {
    let table = Table::ALL.into_iter().find(|table| table.kind() == Some(kind));
    let fields = table.map_or(&[][..], Table::fields);
    match fields.iter().find(|field| field.to == column).map(|field| field.form) {
        Some(Form::Code(codes, _) | Form::Codes(codes)) => codes,
        _ => &[],
    }
}

fn dates(word: &str, cells: &mut Cells) -> Result<(), (String, Option<String>)> {
    let (first, last) = word.split_once("..").map_or((word, ""), |(first, last)| (first, last));
    let open = last.is_empty();
    let right = Day::parse(first).is_some() && (open || Day::parse(last).is_some());
    if !right {
        return Err((
            format!("`{word}` is not a date"),
            Some("write 2024-02-27, or 2024-02-01..2024-02-20 for a span".to_owned()),
        ));
    }
    if !open && last < first {
        return Err((
            format!("`{word}` ends before it starts"),
            Some(format!("write the earlier day first: {last}..{first}")),
        ));
    }
    cells.push((column::START_ON, first.to_owned()));
    if !open {
        cells.push((column::END_ON, last.to_owned()));
    }
    Ok(())
}

fn column_type(name: &str) -> ColumnType {
    column::ALL
        .iter()
        .find(|(column, _)| *column == name)
        .map_or(ColumnType::Text, |(_, kind)| *kind)
}

fn parse_fails(kind: ColumnType, text: &str) -> bool {
    match kind {
        ColumnType::Text => false,
        ColumnType::Date => Day::parse(text).is_none(),
        ColumnType::Int | ColumnType::Long => text.parse::<i64>().is_err(),
        ColumnType::Float => text.parse::<f64>().is_err(),
        ColumnType::Flag => !["yes", "no"].contains(&text),
    }
}

fn table(rows: &[Cells]) -> Option<RecordBatch> {
    let mut schema = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (name, kind) in column::ALL {
        let cells: Vec<Option<&str>> = rows.iter().map(|row| cell(row, name)).collect();
        if cells.iter().all(Option::is_none) && *name != column::END_ON {
            continue;
        }
        let numbers = || cells.iter().map(|text| text.and_then(|text| text.parse::<i64>().ok()));
        let (data_type, array): (DataType, ArrayRef) = match kind {
            ColumnType::Text => (DataType::Utf8, Arc::new(StringArray::from(cells))),
            ColumnType::Date => {
                let days = cells.iter().map(|text| text.and_then(Day::parse).map(|day| day.0));
                (DataType::Date32, Arc::new(days.collect::<Date32Array>()))
            }
            ColumnType::Int => {
                let small =
                    numbers().map(|number| number.and_then(|number| i32::try_from(number).ok()));
                (DataType::Int32, Arc::new(small.collect::<Int32Array>()))
            }
            ColumnType::Long => (DataType::Int64, Arc::new(numbers().collect::<Int64Array>())),
            ColumnType::Float => {
                let floats =
                    cells.iter().map(|text| text.and_then(|text| text.parse::<f64>().ok()));
                (DataType::Float64, Arc::new(floats.collect::<Float64Array>()))
            }
            ColumnType::Flag => {
                let flags = cells.iter().map(|text| text.map(|text| text == "yes"));
                (DataType::Boolean, Arc::new(flags.collect::<BooleanArray>()))
            }
        };
        schema.push(Field::new(*name, data_type, true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(schema)), arrays).ok()
}
