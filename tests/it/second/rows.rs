//! Delivered tables as plain rows of text, and the same rows as files.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveDateTime};

/// A civil day, counted from 0001-01-01.
pub(super) type Day = i32;

pub(super) fn day(text: &str) -> Option<Day> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.num_days_from_ce())
}

pub(super) fn date(day: Day) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(day).expect("a day of the calendar")
}

pub(super) fn ymd(year: i32, month: u32, day: u32) -> Day {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar").num_days_from_ce()
}

/// The first of the month `months` after the month of a day.
pub(super) fn month_start(day: Day, months: i32) -> Day {
    let date = date(day);
    let count = date.year() * 12 + i32::try_from(date.month0()).expect("a month") + months;
    let month = u32::try_from(count.rem_euclid(12)).expect("a month") + 1;
    ymd(count.div_euclid(12), month, 1)
}

/// The same day of another month, or the last of it where it is shorter.
pub(super) fn on_month(day: Day, months: i32) -> Day {
    let first = month_start(day, months);
    let last = month_start(day, months + 1) - 1;
    (first + day - month_start(day, 0)).min(last)
}

/// One row: column and text, as delivered. What is not there is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row(BTreeMap<&'static str, Cell>);

/// A text, and the day that it is, if it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    text: String,
    day: Option<Day>,
}

impl Row {
    pub(super) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(super) fn with(mut self, column: &'static str, text: impl std::fmt::Display) -> Self {
        self.set(column, text);
        self
    }

    pub(super) fn set(&mut self, column: &'static str, text: impl std::fmt::Display) {
        let text = text.to_string();
        let day = if text.len() == 10 { day(&text) } else { None };
        self.0.insert(column, Cell { text, day });
    }

    pub(super) fn set_day(&mut self, column: &'static str, day: Day) {
        self.0.insert(column, Cell { text: date(day).to_string(), day: Some(day) });
    }

    pub(super) fn text(&self, column: &str) -> &str {
        self.0.get(column).map_or("", |cell| &cell.text)
    }

    pub(super) fn day(&self, column: &str) -> Option<Day> {
        self.0.get(column)?.day
    }

    /// Seconds since the first of January 1970.
    pub(super) fn instant(&self, column: &str) -> Option<i64> {
        let text = self.text(column);
        let forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
        let found = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        found.map(|instant| instant.and_utc().timestamp())
    }

    /// The words of a list.
    pub(super) fn words(&self, column: &str) -> BTreeSet<&str> {
        self.text(column).split(';').filter(|word| !word.is_empty()).collect()
    }

    pub(super) fn number(&self, column: &str) -> Option<i64> {
        self.text(column).parse().ok()
    }

    /// Dollars, in cents.
    pub(super) fn cents(&self, column: &str) -> Option<i64> {
        self.thousandths(column).map(|thousandths| thousandths / 10)
    }

    /// A number with at most three digits after the point, in thousandths.
    pub(super) fn thousandths(&self, column: &str) -> Option<i64> {
        let number: f64 = self.text(column).parse().ok()?;
        #[expect(clippy::cast_possible_truncation, reason = "numbers of a test are small")]
        let thousandths = (number * 1000.0).round() as i64;
        Some(thousandths)
    }

    /// True or false; nothing if that is not known.
    pub(super) fn flag(&self, column: &str) -> Option<bool> {
        match self.text(column) {
            "" => None,
            text => Some(text == "true"),
        }
    }
}

/// A delivered table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Delivered {
    pub(super) rows: Vec<Row>,
    pub(super) extract_date: Day,
    pub(super) runout_days: i32,
}

/// Everything that was delivered, by the names of the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extract(pub(super) BTreeMap<&'static str, Delivered>);

impl Extract {
    pub(super) fn rows(&self, table: &str) -> &[Row] {
        self.0.get(table).map_or(&[], |table| &table.rows)
    }

    pub(super) fn has(&self, table: &str) -> bool {
        self.0.contains_key(table)
    }

    /// `table`, or `table.column` with at least one value.
    pub(super) fn delivers(&self, need: &str) -> bool {
        match need.split_once('.') {
            None => self.has(need),
            Some((table, column)) => {
                self.rows(table).iter().any(|row| !row.text(column).is_empty())
            }
        }
    }

    /// Data are complete up to this day. For tables that few numbers are made of nothing else waits.
    pub(super) fn data_through(&self) -> Day {
        let by_few = ["cost", "living", "pharmacy", "community_activities"];
        let read = self.0.iter().filter(|(name, _)| !by_few.contains(name));
        let cuts = read.map(|(_, table)| table.extract_date - table.runout_days);
        cuts.min().expect("contacts are always delivered")
    }

    /// Every member that some row names, in order.
    pub(super) fn members(&self) -> BTreeSet<&str> {
        let rows = self.0.values().flat_map(|table| &table.rows);
        rows.map(|row| row.text("member_id")).filter(|member| !member.is_empty()).collect()
    }

    /// The rows of some members.
    pub(super) fn of(&self, members: &[&str]) -> Self {
        let mut part = self.clone();
        for table in part.0.values_mut() {
            let is_of = |member: &str| member.is_empty() || members.contains(&member);
            table.rows.retain(|row| is_of(row.text("member_id")));
        }
        part
    }

    /// The files, with every column that some row has.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let mut manifest = "source,extract_date,runout_days\n".to_owned();
        let mut files = Vec::new();
        for (name, table) in &self.0 {
            manifest += &format!("{name},{},{}\n", date(table.extract_date), table.runout_days);
            let always: &[&str] = match *name {
                "contacts" => {
                    &["contact_id", "member_id", "contact_date", "agency_id", "service_class"]
                }
                "members" => &["member_id", "birth_year"],
                "enrolment" | "living" => &["member_id", "start"],
                "stays" => &["stay_id", "member_id", "admit", "level"],
                "outcomes" => &["member_id", "date", "record_type", "instrument"],
                "care_plans" => &["member_id", "created"],
                "events" => &["member_id", "start", "type"],
                "cost" => &["member_id", "service_date"],
                "pharmacy" => &["member_id", "fill_date"],
                "community_activities" => &["date"],
                _ => &["member_id", "date"],
            };
            let own = table.rows.iter().flat_map(|row| row.0.keys().copied());
            let columns: BTreeSet<&str> = always.iter().copied().chain(own).collect();
            let columns: Vec<&str> = columns.into_iter().collect();
            let mut text = columns.join(",") + "\n";
            for row in &table.rows {
                let cells: Vec<&str> = columns.iter().map(|column| row.text(column)).collect();
                text += &(cells.join(",") + "\n");
            }
            files.push((format!("{name}.csv"), text));
        }
        files.push(("manifest.csv".to_owned(), manifest));
        files
    }
}
