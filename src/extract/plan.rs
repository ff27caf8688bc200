//! How one delivered file is read: which of its columns becomes what. Every problem of the header
//! and of the settings is found here, before a row is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use regex::bytes::Regex;

use super::coarsen::Coarsening;
use super::date_pattern::DatePattern;
use super::filling::Filling;
use super::gate;
use super::manifest::Dates;
use super::pieces::{Format, Mark};
use super::privacy::Privacy;
use super::problem::Problem;
use super::rows::NO_LONG;
use super::rule::Rule;
use super::settings::{Range, Source};
use super::submission::{self, Sent};
use super::tables::{Field, Form};
use super::unfit::{self, Setting};
use super::value;
use crate::terms::{Day, Table, column};

/// No id or code is longer; a longer text is free text, which has no place in a de-identified
/// extract.
const TEXT_MAX: usize = 1000;

/// A file, its header and the settings of the table that it feeds.
#[derive(Debug, Clone)]
pub(super) struct Delivered {
    pub(super) source: Source,
    pub(super) dates: Dates,
    /// The file's name in the folder.
    pub(super) file: String,
    pub(super) path: PathBuf,
    /// What it was like before anything of it was read.
    pub(super) mark: Mark,
    pub(super) format: Format,
    pub(super) header: Vec<String>,
    pub(super) sent: Sent,
}

/// How one file is read.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) delivered: Delivered,
    pub(super) bindings: Vec<Binding>,
    pub(super) slots: Vec<Slot>,
}

/// A column of the model and where its values come from.
#[derive(Debug)]
pub(super) struct Binding {
    pub(super) field: &'static Field,
    pub(super) origin: Origin,
    /// The site's values that stand for others.
    pub(super) values: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) pattern: Option<Regex>,
    /// How its dates are written; none if as `YYYY-MM-DD`.
    pub(super) dates: Vec<DatePattern>,
    pub(super) range: Range,
    /// What the policy makes of its values.
    pub(super) coarsening: Option<Coarsening>,
}

impl Binding {
    /// True if each distinct text is judged once; ids that seldom repeat, dates and numbers are
    /// faster to read each time.
    pub(super) fn is_judged_by_text(&self) -> bool {
        match self.field.form {
            Form::Member | Form::Key | Form::LongText => false,
            Form::Past
            | Form::Planned
            | Form::Month
            | Form::Whole(..)
            | Form::Parts(_)
            | Form::Real
            | Form::Instant => !self.values.is_empty() || self.pattern.is_some(),
            _ => true,
        }
    }

    /// The day of a text, no later than `last`.
    #[inline]
    pub(super) fn day(&self, text: &[u8], last: i32) -> Result<i32, Rule> {
        match self.day_as_written(text)? {
            Some(day) => value::in_time(day, last),
            None => value::day(text, last),
        }
    }

    /// As [`Self::day`], the first of its month.
    pub(super) fn month(&self, text: &[u8], last: i32) -> Result<i32, Rule> {
        match self.day_as_written(text)? {
            Some(day) => value::in_time(day, last).map(|day| Day(day).first_of_month().0),
            None => value::month(text, last),
        }
    }

    /// The day of a text, where the site says how it writes dates.
    pub(super) fn day_as_written(&self, text: &[u8]) -> Result<Option<Day>, Rule> {
        if self.dates.is_empty() || text.is_empty() {
            return Ok(None);
        }
        let day = self.dates.iter().find_map(|pattern| pattern.day(text));
        day.map(Some).ok_or(Rule::NotADate)
    }

    /// Whether a text has the form that the site asks for.
    pub(super) fn fits(&self, text: &[u8]) -> Result<(), Rule> {
        if text.len() > TEXT_MAX {
            return Err(Rule::UnexpectedForm);
        }
        match &self.pattern {
            Some(pattern) if !text.is_empty() && !pattern.is_match(text) => {
                Err(Rule::UnexpectedForm)
            }
            _ => Ok(()),
        }
    }

    /// As [`Self::fits`], for ids.
    pub(super) fn fits_id(&self, text: &[u8]) -> Result<(), Rule> {
        if value::is_id(text) { self.fits(text) } else { Err(Rule::UnexpectedForm) }
    }

    /// The number, if the model and the site allow it; "not known" is allowed.
    #[inline]
    pub(super) fn in_range(
        &self,
        number: i64,
        per_unit: i64,
        least: i64,
        most: i64,
    ) -> Result<i64, Rule> {
        let least = self.range.min.map_or(least, |min| min.saturating_mul(per_unit).max(least));
        let most = self.range.max.map_or(most, |max| max.saturating_mul(per_unit).min(most));
        if number == NO_LONG || (least <= number && number <= most) {
            Ok(number)
        } else {
            Err(Rule::OutOfRange)
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "limits are small numbers")]
    pub(super) fn allows_real(&self, number: f64) -> bool {
        number.is_nan()
            || (self.range.min.is_none_or(|min| min as f64 <= number)
                && self.range.max.is_none_or(|max| number <= max as f64))
    }
}

/// Where the values of a column come from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The column of the file at this place.
    Column(usize),
    /// The same value in every row.
    Constant(String),
}

/// A column of rows in memory, and the bindings that fill it.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// The timeline column.
    pub(super) to: &'static str,
    pub(super) form: Form,
    pub(super) filling: Filling,
}

impl Plan {
    /// Binds a header to the model. `elsewhere` are columns that another table reads from the same
    /// file.
    pub(super) fn of(
        delivered: Delivered,
        elsewhere: &BTreeSet<String>,
        privacy: &Privacy,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = settings_problems(&delivered);
        let mut bindings = Vec::new();
        let source = &delivered.source;
        for (position, column) in delivered.header.iter().enumerate() {
            if source.ignores(column) {
                continue;
            }
            let at = |problem: Problem| problem.file(&delivered.file).column(column);
            let model = source.columns.get(column).unwrap_or(column);
            if !privacy.exempts(source.table.name(), column)
                && let Some(problem) = gate::suspicious_name(privacy, column, source.table, model)
            {
                problems.push(at(problem));
                continue;
            }
            match source.table.field(model) {
                Some(field) => {
                    bindings.push(bind(field, Origin::Column(position), source, &mut problems));
                }
                None if elsewhere.contains(column) => {}
                None => problems.push(at(unknown_column(source.table, column))),
            }
        }
        for (model, value) in &source.constants {
            if let Some(field) = source.table.field(model) {
                bindings.push(bind(field, Origin::Constant(value.clone()), source, &mut problems));
            }
        }
        problems.extend(duplicates(&delivered, &bindings));
        problems.extend(missing(&delivered.source, &delivered.file, &delivered.header));
        let slots = slots(&bindings);
        let mut plan = Self { delivered, bindings, slots };
        plan.coarsen(privacy);
        problems.extend(gate::true_dates(privacy, &plan));
        problems.extend(submission::without_key(&plan));
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    fn coarsen(&mut self, privacy: &Privacy) {
        let year = self.delivered.dates.extract_date.map(Day::year);
        for number in 0..self.bindings.len() {
            let (field, column) = (self.bindings[number].field, self.column_name(number));
            let exempt = privacy.exempts(self.table().name(), column);
            let coarsening = Coarsening::of(privacy, column, field.form, field.to, year);
            self.bindings[number].coarsening = coarsening.filter(|_| !exempt);
        }
    }

    pub(super) fn table(&self) -> Table {
        self.delivered.source.table
    }

    /// The binding of a column of the model.
    pub(super) fn binding(&self, model: &str) -> Option<usize> {
        self.bindings.iter().position(|binding| binding.field.name == model)
    }

    /// The slot of a timeline column.
    pub(super) fn slot(&self, to: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.to == to)
    }

    /// Where a binding's column stands in the file; constants stand behind the last.
    pub(super) fn place(&self, binding: usize) -> usize {
        match self.bindings[binding].origin {
            Origin::Column(position) => position,
            Origin::Constant(_) => self.delivered.header.len() + binding,
        }
    }

    /// For each column of the file, its place among those that are read.
    pub(super) fn wanted(&self) -> Vec<Option<usize>> {
        let read = |position| {
            self.bindings.iter().any(|binding| binding.origin == Origin::Column(position))
        };
        let mut places = 0..;
        (0..self.delivered.header.len())
            .map(|position| read(position).then(|| places.next()).flatten())
            .collect()
    }

    /// True if the time of day counts in a column of the file.
    pub(super) fn keeps_time(&self, position: usize) -> bool {
        self.bindings.iter().any(|binding| {
            binding.origin == Origin::Column(position) && binding.field.form == Form::Instant
        })
    }

    /// The site's name of a binding's column, or the model's where the file has none.
    pub(super) fn column_name(&self, binding: usize) -> &str {
        match &self.bindings[binding].origin {
            Origin::Column(position) => &self.delivered.header[*position],
            Origin::Constant(_) => self.bindings[binding].field.name,
        }
    }
}

fn bind(
    field: &'static Field,
    origin: Origin,
    source: &Source,
    problems: &mut Vec<Problem>,
) -> Binding {
    let mut values: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    if field.name == "smi_sed" {
        // TEDS and CoBHA numbers for "unknown" and "not collected".
        values.extend(["7", "8", "-9"].map(|number| (number.into(), Vec::new())));
    }
    if Setting::Values.unfit(field).is_none() {
        let nothing = |text: &String| (value::trimmed(text.as_bytes()).into(), Vec::new());
        values.extend(source.empty.iter().map(nothing));
    }
    let given = source.values.get(field.name).into_iter().flatten();
    values.extend(
        given.map(|(site, model)| {
            (value::trimmed(site.as_bytes()).into(), model.clone().into_bytes())
        }),
    );
    let pattern = source.patterns.get(field.name).and_then(|text| {
        let say = |error: String| {
            let message =
                format!("the pattern of `{}` is not a regular expression: {error}", field.name);
            let help = "correct `patterns` in the pipeline file";
            problems.push(Problem::new("bad_pattern", message, help));
        };
        unfit::pattern(text).map_err(say).ok()
    });
    let range = source.ranges.get(field.name).copied().unwrap_or_default();
    let dates = source.dates.get(field.name).cloned().unwrap_or_default();
    Binding { field, origin, values, pattern, dates, range, coarsening: None }
}

/// Settings that name columns the table does not have, or that cannot apply to them.
fn settings_problems(delivered: &Delivered) -> Vec<Problem> {
    let source = &delivered.source;
    let mut problems = Vec::new();
    let mut say = |setting: Setting, model: &str| {
        let (rule, message, help) = if let Some(field) = source.table.field(model) {
            let Some((message, help)) = setting.unfit(field) else { return };
            ("unfit_setting", message, help.to_owned())
        } else {
            let (setting, table) = (setting.name(), source.table.name());
            let message = format!("`{setting}` names `{model}`, which table {table} does not have");
            ("unknown_column", message, suggestion(source.table, model))
        };
        problems.push(Problem::new(rule, message, help).file(&delivered.file));
    };
    source.columns.values().for_each(|model| say(Setting::Columns, model));
    source.constants.keys().for_each(|model| say(Setting::Constants, model));
    source.values.keys().for_each(|model| say(Setting::Values, model));
    source.patterns.keys().for_each(|model| say(Setting::Patterns, model));
    source.dates.keys().for_each(|model| say(Setting::Dates, model));
    source.ranges.keys().for_each(|model| say(Setting::Ranges, model));
    problems
}

/// Columns that the pipeline file maps and no file of the table has.
pub(super) fn unmet_columns(delivered: &Delivered, all: &[Delivered]) -> Vec<Problem> {
    let source = &delivered.source;
    let files = || all.iter().filter(|one| one.source.table == source.table);
    let is_unmet = |site: &&String| !files().any(|one| one.header.contains(site));
    let problem = |site: &String| {
        let message = "the pipeline file maps this column, and the file does not have it";
        let help =
            did_you_mean(site, delivered.header.iter().map(String::as_str)).unwrap_or_default();
        Problem::new("missing_column", message, help).file(&delivered.file).column(site)
    };
    source.columns.keys().filter(is_unmet).map(problem).collect()
}

fn unknown_column(table: Table, column: &str) -> Problem {
    let message = format!(
        "table {} has no such column, and the pipeline file neither maps nor ignores it",
        table.name()
    );
    Problem::new("unknown_column", message, suggestion(table, column))
}

fn suggestion(table: Table, column: &str) -> String {
    did_you_mean(column, table.fields().iter().map(|field| field.name)).unwrap_or_else(|| {
        "map it under `columns` or list it under `ignore` in the pipeline file".to_owned()
    })
}

/// "did you mean …?", if a name is near.
pub(super) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), known), known))
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| format!("did you mean `{known}`?"))
}

fn duplicates(delivered: &Delivered, bindings: &[Binding]) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for binding in bindings {
        if !seen.insert(binding.field.name) {
            let message = format!("more than one column stands for `{}`", binding.field.name);
            let help = "ignore all but one of them in the pipeline file";
            problems.push(Problem::new("duplicate_column", message, help).file(&delivered.file));
        }
    }
    problems
}

/// Columns that the table needs and the file does not have.
pub(super) fn missing(source: &Source, file: &str, header: &[String]) -> Vec<Problem> {
    let table = source.table;
    let read = header.iter().filter(|column| !source.ignores(column));
    let models: BTreeSet<&str> = read
        .map(|column| source.columns.get(column).unwrap_or(column))
        .chain(source.constants.keys())
        .map(String::as_str)
        .collect();
    let has = |name: &str| models.contains(name);
    let say = |what: String, near: &str| {
        let help = did_you_mean(near, header.iter().map(String::as_str)).map_or_else(
            || {
                "deliver it, or map the site's column to it under `columns` in the pipeline file"
                    .to_owned()
            },
            |hint| format!("{hint} map it under `columns` in the pipeline file"),
        );
        Problem::new("missing_column", format!("table {} needs {what}", table.name()), help)
            .file(file)
    };
    let required = table.fields().iter().filter(|field| field.required && !has(field.name));
    let mut problems: Vec<_> =
        required.map(|field| say(format!("column `{}`", field.name), field.name)).collect();
    let either = table.either();
    if !either.is_empty() && !either.iter().any(|name| has(name)) {
        problems.push(say(format!("column `{}`", either.join("` or `")), either[0]));
    }
    problems
}

fn slots(bindings: &[Binding]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for (number, binding) in bindings.iter().enumerate() {
        let (to, form) = (binding.field.to, binding.field.form);
        if form == Form::Member {
            continue;
        }
        match slots.iter_mut().find(|slot| slot.to == to) {
            Some(slot) => slot.filling = joined(bindings, slot.filling, number),
            None => slots.push(Slot { to, form, filling: first(form, number) }),
        }
    }
    slots.extend(month_end(bindings));
    in_order(&mut slots);
    slots
}

/// What is dated by a month lasts to its end.
fn month_end(bindings: &[Binding]) -> Option<Slot> {
    let of = |form: Form| bindings.iter().position(|binding| binding.field.form == form);
    let month = of(Form::Month)?;
    let is_start = |binding: &Binding| {
        binding.field.to == column::START_ON && binding.field.form != Form::Month
    };
    let day = bindings.iter().position(is_start);
    let filling = Filling::MonthEnd { month, day };
    Some(Slot { to: column::END_ON, form: Form::Planned, filling })
}

/// Rows are compared slot by slot: the order of columns in the file must not show.
pub(super) fn in_order(slots: &mut [Slot]) {
    let place = |to: &str| column::ALL.iter().position(|(name, _)| *name == to);
    slots.sort_by_key(|slot| (place(slot.to).is_none(), place(slot.to), slot.to));
}

fn first(form: Form, number: usize) -> Filling {
    if form == Form::BirthYear { Filling::Birth(number, None) } else { Filling::One(number) }
}

fn joined(bindings: &[Binding], filling: Filling, number: usize) -> Filling {
    let is_year = |number: usize| bindings[number].field.form == Form::BirthYear;
    let is_month =
        |number: usize| matches!(bindings[number].field.form, Form::BirthMonth | Form::Month);
    match filling {
        Filling::One(month) if is_year(number) => Filling::Birth(number, Some(month)),
        Filling::One(month) if is_month(month) => Filling::First(number, month),
        Filling::One(other) => Filling::First(other, number),
        Filling::Birth(year, _) => Filling::Birth(year, Some(number)),
        Filling::First(..) | Filling::MonthEnd { .. } => filling,
    }
}
