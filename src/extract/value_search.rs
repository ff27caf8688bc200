//! The search for identifiers in values that another engine keeps, by the rules of intake: the engine
//! hands over what its columns hold, and nothing of it is kept.

use std::collections::BTreeMap;
use std::slice;

use super::coarsen::Coarsening;
use super::gate::{Evidence, Search, is_true_date, looks_like, suspicious_name, true_date};
use super::header;
use super::manifest::Dates;
use super::privacy::{Identifier, Privacy, Treatment};
use super::problem::Problem;
use super::settings::Source;
use super::tables::Form;
use crate::terms::Day;

/// A search through the columns of one table.
#[derive(Debug)]
pub struct ValueSearch<'a> {
    source: &'a Source,
    privacy: &'a Privacy,
    dates: Dates,
    columns: BTreeMap<String, Column>,
}

/// What is known of a column so far.
#[derive(Debug)]
enum Column {
    /// It is not read, or its values cannot tell of anybody.
    Passed,
    Refused(Problem),
    Searched(Box<Searched>),
}

#[derive(Debug)]
struct Searched {
    evidence: Evidence,
    coarsening: Option<Coarsening>,
    /// Years of birth up to this one are of people of 90 and more.
    oldest: Option<i32>,
    found: Option<Problem>,
}

impl<'a> ValueSearch<'a> {
    /// A search through a table with these settings, of which nothing was seen yet.
    pub fn new(source: &'a Source, privacy: &'a Privacy, dates: Dates) -> Self {
        Self { source, privacy, dates, columns: BTreeMap::new() }
    }

    /// Looks at a value of a column, by the site's name of it.
    pub fn look(&mut self, column: &str, value: &str) {
        if !self.columns.contains_key(column) {
            let state = Column::of(column, self.source, self.privacy, self.dates);
            self.columns.insert(column.to_owned(), state);
        }
        if let Some(Column::Searched(state)) = self.columns.get_mut(column) {
            state.look(value.as_bytes(), self.privacy);
        }
    }

    /// What was found, by column.
    pub fn problems(self) -> Vec<Problem> {
        let problem = |(name, column): (String, Column)| {
            let problem = match column {
                Column::Passed => None,
                Column::Refused(problem) => Some(problem),
                Column::Searched(state) => {
                    state.found.or_else(|| state.evidence.found().map(looks_like))
                }
            };
            let problem = problem?;
            let may_be_shown = header::is_shown(&name, slice::from_ref(self.source));
            Some(if may_be_shown { problem.column(&name) } else { problem })
        };
        self.columns.into_iter().filter_map(problem).collect()
    }
}

impl Column {
    fn of(column: &str, source: &Source, privacy: &Privacy, dates: Dates) -> Self {
        let model = source.columns.get(column).map_or(column, String::as_str);
        let ignored = source.ignores(column);
        if ignored || privacy.exempts(source.table.name(), column) {
            return Self::Passed;
        }
        if let Some(problem) = suspicious_name(privacy, column, source.table, model) {
            return Self::Refused(problem);
        }
        let field = source.table.field(model);
        let Some(field) = field else { return Self::Passed };
        if is_true_date(privacy, field.form, dates) {
            return Self::Refused(true_date());
        }
        let year = dates.extract_date.map(Day::year);
        let ages = privacy.treatment(Identifier::Age) != Treatment::Allow;
        match Search::of(field.form, field.to) {
            None => Self::Passed,
            Some(search) => Self::Searched(Box::new(Searched {
                evidence: Evidence::of(search),
                coarsening: Coarsening::of(privacy, column, field.form, field.to, year),
                oldest: year
                    .filter(|_| ages && field.form == Form::BirthYear)
                    .map(|year| year - 90),
                found: None,
            })),
        }
    }
}

impl Searched {
    fn look(&mut self, value: &[u8], privacy: &Privacy) {
        if self.found.is_some() || value.trim_ascii().is_empty() {
            return;
        }
        let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i32>().ok());
        let is_old =
            number.zip(self.oldest).is_some_and(|(year, oldest)| (1..=oldest).contains(&year));
        self.found = match self.coarsening {
            Some(Coarsening::LeftOut) => Some(coarser("leave it out of the view")),
            Some(Coarsening::Zip) if value.len() == 3 => None,
            Some(Coarsening::Zip) => Some(coarser(
                "select three digits of it, and 000 where 20,000 people or fewer live",
            )),
            _ if is_old => Some(looks_like(Identifier::Age)),
            _ => None,
        };
        if self.coarsening != Some(Coarsening::Zip) {
            self.evidence.look(value, privacy);
        }
    }
}

/// The policy lets a column in with less detail than it has, and who keeps the table has to cut it.
fn coarser(help: &str) -> Problem {
    let message = "the policy lets it in only with less detail than it has";
    Problem::new("not_coarsened", message, help)
}

#[cfg(test)]
mod tests {
    use super::super::privacy::Policy;
    use super::*;
    use crate::terms::Table;

    fn found(policy: Policy, table: Table, values: &[(&str, &str)]) -> Vec<String> {
        let source = Source {
            ignore: vec!["note".to_owned()],
            columns: BTreeMap::from([("zip".to_owned(), "region".to_owned())]),
            ..Source::of(table)
        };
        let privacy = Privacy { policy, ..Privacy::default() };
        let dates = Dates { extract_date: Day::parse("2024-06-30"), ..Dates::default() };
        let mut search = ValueSearch::new(&source, &privacy, dates);
        for (column, value) in values {
            search.look(column, value);
        }
        let told = |problem: &Problem| {
            format!("{} {}", problem.column.clone().unwrap_or_default(), problem.rule)
        };
        search.problems().iter().map(told).collect()
    }

    #[test]
    fn values_are_searched_as_intake_searches_them() {
        let (undecided, strict) = (Policy::Undecided, Policy::SafeHarbor);
        let contacts = [
            ("member_id", "M1"),
            ("agency_id", "jo@example.org"),
            ("team_id", "1984-02-29"),
            ("note", "123-45-6789"),
            ("first_name", "x"),
            ("service_code", "H0004"),
            ("minutes", "45"),
        ];
        let told = [
            "agency_id looks_like_email",
            "first_name looks_like_name",
            "team_id looks_like_birth_date",
        ];
        assert_eq!(found(undecided, Table::Contacts, &contacts), told);
        let members = [("birth_year", "1920"), ("county", "Elm"), ("zip", "802")];
        assert_eq!(found(undecided, Table::Members, &members), ["zip looks_like_zip"]);
        let told = ["birth_year looks_like_age_over_89", "county not_coarsened"];
        assert_eq!(found(strict, Table::Members, &members), told);
        assert_eq!(found(strict, Table::Members, &[("zip", "80203")]), ["zip not_coarsened"]);
        let dates = [("contact_date", "2024-01-05")];
        assert_eq!(found(strict, Table::Contacts, &dates), ["contact_date true_dates"]);
        assert!(found(undecided, Table::Contacts, &dates).is_empty());
    }
}
