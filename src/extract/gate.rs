//! The gate against identifiers: an extract with names, numbers or addresses of people in it is
//! refused as a whole, before anything is written. Every distinct value of every column is looked
//! at, the last row's as well; none is ever shown.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::coarsen::takes;
use super::date::{Dates, is_date};
use super::filling::Filling;
use super::heading;
use super::identifier::{Classes, identifier};
use super::manifest;
use super::numbers::Numbers;
use super::person::Names;
use super::plan::Plan;
use super::pool::Pool;
use super::privacy::{Identifier, Privacy, Treatment};
use super::problem::Problem;
use super::rows::{Data, Texts};
use super::source::Reading;
use super::tables::Form;
use crate::terms::{Table, column};

const HELP: &str = "leave the column out of the delivery; if it is none of this, list it under \
                    `ignore`, and it is never read, or under `[privacy] exempt` with the reason";

/// A problem if a column's name announces an identifier that may not come in, and the column of the model
/// that it stands for can hold one. What may come in only coarsened needs a column that can be coarsened.
pub(super) fn suspicious_name(
    privacy: &Privacy,
    column: &str,
    table: Table,
    model: &str,
) -> Option<Problem> {
    let form = table.field(model).map(|field| field.form);
    let may_be = |identifier: &Identifier| form.is_none_or(|form| may_hold(form, *identifier));
    let identifier = heading::announced(column).filter(may_be)?;
    let message = format!("its name says that it holds {}", identifier.words());
    let help = match privacy.treatment(identifier) {
        Treatment::Allow => return None,
        Treatment::Coarsen if takes(table, model, identifier) => return None,
        Treatment::Coarsen if identifier == Identifier::Zip => {
            "map it to `county` or `region` under `columns`, and it is cut to three digits"
                .to_owned()
        }
        Treatment::Coarsen => {
            "map it to `birth_year` under `columns`, and it is cut to the year".to_owned()
        }
        Treatment::Refuse => HELP.to_owned() + decide(identifier),
    };
    Some(Problem::new(identifier.rule(), message, help))
}

/// Whether values of a form can be such an identifier: of a date of care's place, only a date of birth.
fn may_hold(form: Form, identifier: Identifier) -> bool {
    use Identifier::{BirthDate, Coordinates, Phone, RecordNumber, Ssn, Zip};
    match form {
        Form::Flag | Form::Code(..) | Form::Codes(_) | Form::BirthMonth => false,
        Form::Past | Form::Planned | Form::Month | Form::Instant => identifier == BirthDate,
        Form::Whole(..) => matches!(identifier, RecordNumber | Zip),
        Form::Parts(_) | Form::Real => {
            matches!(identifier, Coordinates | Phone | RecordNumber | Ssn | Zip)
        }
        _ => true,
    }
}

/// What the pipeline file could decide.
fn decide(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::Zip => "; or let `[privacy]` cut it to three digits: `coarsen = [\"zip\"]`",
        Identifier::BirthDate => {
            "; or let `[privacy]` cut it to the year: `coarsen = [\"birth_date\"]`"
        }
        _ => "",
    }
}

/// True dates of care, where the policy lets none in.
pub(super) fn true_dates(privacy: &Privacy, plan: &Plan) -> Option<Problem> {
    let mut forms = plan.bindings.iter().map(|binding| binding.field.form);
    let dated = forms.position(|form| is_true_date(privacy, form, plan.delivered.dates))?;
    Some(true_date().file(&plan.delivered.file).column(plan.column_name(dated)))
}

/// True for a date that the policy does not let in.
pub(super) fn is_true_date(privacy: &Privacy, form: Form, dates: manifest::Dates) -> bool {
    matches!(form, Form::Past | Form::Planned | Form::Instant | Form::Month)
        && privacy.treatment(Identifier::Date) == Treatment::Refuse
        && !dates.date_shifted
}

pub(super) fn true_date() -> Problem {
    let message =
        "the policy lets no true dates in, and the sender does not say that these are shifted";
    let help = "shift them with `throughline pseudonymize`, which says so in manifest.csv, or decide in \
                `[privacy]`: `allow = [\"date\"]`";
    Problem::new(Identifier::Date.rule(), message, help)
}

/// What a column's values are searched for, beside what every column is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// A code or short text: dates and names as well.
    Texts,
    /// As above; a place may be a ZIP code, and is called as people are.
    Places,
    /// Values that identify by design: no dates, which they may look like.
    Ids,
    /// Versions, which look like dates and like addresses of computers.
    Versions,
    /// A year or month of birth: full dates.
    Birth,
}

impl Search {
    pub(super) fn of(form: Form, to: &str) -> Option<Self> {
        match form {
            Form::Text if [column::COUNTY, column::REGION].contains(&to) => Some(Self::Places),
            Form::Text if to == column::VERSION => Some(Self::Versions),
            Form::Text | Form::Words | Form::Code(..) | Form::Codes(_) | Form::Diagnosis => {
                Some(Self::Texts)
            }
            Form::BirthYear | Form::BirthMonth => Some(Self::Birth),
            Form::Member | Form::Key | Form::LongText => Some(Self::Ids),
            _ => None,
        }
    }
}

/// What the values of a column have shown so far.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    search: Search,
    found: Option<Identifier>,
    names: Names,
    numbers: Numbers,
    dates: Dates,
}

impl Evidence {
    pub(super) fn of(search: Search) -> Self {
        let (names, numbers) = (Names::default(), Numbers::default());
        Self { search, found: None, names, numbers, dates: Dates::default() }
    }

    pub(super) fn look(&mut self, value: &[u8], privacy: &Privacy) {
        let value = value.trim_ascii();
        if value.is_empty() || self.found.is_some() {
            return;
        }
        let found = match self.search {
            Search::Birth => is_date(value).then_some(Identifier::BirthDate),
            Search::Ids => identifier(value),
            Search::Versions => identifier(value).filter(|found| *found != Identifier::Ip),
            Search::Places if is_zip(value) => Some(Identifier::Zip),
            Search::Texts | Search::Places => seen(value),
        };
        self.found = found.filter(|found| privacy.treatment(*found) != Treatment::Allow);
        self.numbers.look(value);
        if self.search == Search::Texts {
            self.names.look(value);
        }
        if matches!(self.search, Search::Texts | Search::Places | Search::Birth) {
            self.dates.look(value);
        }
    }

    fn and(mut self, other: &Self) -> Self {
        self.found = self.found.or(other.found);
        self.numbers.add(&other.numbers);
        self
    }

    pub(super) fn found(&self) -> Option<Identifier> {
        let people = || self.names.are_people().then_some(Identifier::Name);
        let are_ids = matches!(self.search, Search::Ids | Search::Versions);
        let dates = || self.dates.are().then_some(Identifier::BirthDate);
        self.found.or_else(|| self.numbers.are(are_ids)).or_else(people).or_else(dates)
    }
}

/// The identifier that a value looks like, or a full date.
pub(super) fn seen(value: &[u8]) -> Option<Identifier> {
    identifier(value).or_else(|| is_date(value).then_some(Identifier::BirthDate))
}

/// A five-digit value that is no number of a county: those have the number of a state before an odd
/// number (FIPS 6-4), or one of the independent cities from 510 on.
fn is_zip(value: &[u8]) -> bool {
    if super::privacy::zip3(value).is_none() {
        return false;
    }
    let number = |digits: &[u8]| digits.iter().fold(0, |n, digit| 10 * n + u32::from(digit - b'0'));
    let (state, county) = (number(&value[..2]), number(&value[2..5]));
    let is_county = matches!(state, 1..=56 | 60 | 66 | 69 | 72 | 78)
        && (county % 2 == 1 || (510..=840).contains(&county));
    value.len() > 5 || !is_county
}

/// Bytes of distinct values that a column of codes or ids may have.
const DISTINCT_MAX: usize = 1 << 30;

fn too_many_values() -> Problem {
    let message = "its distinct values take more than a gigabyte: these are no codes or ids";
    Problem::new(
        "too_many_values",
        message,
        "leave the column out of the delivery, or list it under `ignore`",
    )
}

/// Searches the values of every column that was read. `ids` are the members', if they are to be
/// searched with this reading.
pub(super) fn search(reading: &mut Reading, ids: Option<&Pool>, privacy: &Privacy) -> Vec<Problem> {
    let lexicons = std::mem::take(&mut reading.lexicons);
    let plan = &reading.plan;
    let mut problems = Vec::new();
    for (number, lexicon) in lexicons.into_iter().enumerate() {
        let binding = &plan.bindings[number];
        let values = lexicon.into_values();
        let exempt = privacy.exempts(plan.table().name(), plan.column_name(number));
        let search = Search::of(binding.field.form, binding.field.to)
            .filter(|_| !exempt && binding.coarsening.is_none());
        let found = search.and_then(|search| {
            let texts = values.texts().map(str::as_bytes);
            match binding.field.form {
                Form::Member => evidence(search, ids?.texts().map(str::as_bytes), privacy).found(),
                Form::Key | Form::LongText => in_rows(reading, number, privacy),
                Form::BirthYear => old(plan, privacy, values.texts())
                    .or_else(|| evidence(search, texts, privacy).found()),
                _ => evidence(search, texts, privacy).found(),
            }
        });
        let problem = found
            .map(looks_like)
            .or_else(|| (values.bytes_len() > DISTINCT_MAX).then(too_many_values));
        problems
            .extend(problem.map(|problem| {
                problem.file(&plan.delivered.file).column(plan.column_name(number))
            }));
    }
    problems
}

pub(super) fn looks_like(identifier: Identifier) -> Problem {
    let message = match identifier {
        Identifier::BirthDate => {
            "values look like full dates, in a column that is no date of the data model".to_owned()
        }
        other => format!("at least one value looks like {}", other.words()),
    };
    Problem::new(identifier.rule(), message, HELP.to_owned() + decide(identifier))
}

fn evidence<'a>(
    search: Search,
    values: impl Iterator<Item = &'a [u8]>,
    privacy: &Privacy,
) -> Evidence {
    let mut evidence = Evidence::of(search);
    values.for_each(|value| evidence.look(value, privacy));
    evidence
}

/// A year of birth of somebody over 89, where the policy refuses that.
fn old<'a>(
    plan: &Plan,
    privacy: &Privacy,
    years: impl Iterator<Item = &'a str>,
) -> Option<Identifier> {
    if privacy.treatment(Identifier::Age) != Treatment::Refuse {
        return None;
    }
    let cut = plan.delivered.dates.extract_date?.year();
    let is_old = |year: i32| (1..=cut - 90).contains(&year);
    years.filter_map(|year| year.parse().ok()).any(is_old).then_some(Identifier::Age)
}

/// Keys are as many as rows: a column without any mark that identifiers are written with is passed
/// over in one go.
fn in_rows(reading: &Reading, number: usize, privacy: &Privacy) -> Option<Identifier> {
    let slot = reading.plan.slots.iter().position(|slot| slot.filling == Filling::One(number))?;
    let columns: Vec<&Texts> = reading
        .buckets
        .iter()
        .filter_map(|rows| match &rows.columns[slot] {
            Data::Texts(texts) if texts.len() > 0 => Some(texts),
            _ => None,
        })
        .collect();
    let look = |texts: &&Texts| {
        let classes = Classes::of(texts.bytes());
        if classes.are_plain() && !classes.are_digits() {
            return Evidence::of(Search::Ids);
        }
        evidence(Search::Ids, (0..texts.len()).map(|row| texts.get(row)), privacy)
    };
    columns
        .par_iter()
        .map(look)
        .reduce(|| Evidence::of(Search::Ids), |one, other| one.and(&other))
        .found()
}
