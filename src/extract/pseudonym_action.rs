//! What becomes of each column of an extract for others.

use super::coarsen::Coarsening;
use super::gate::suspicious_name;
use super::privacy::Privacy;
use super::settings::Source;
use super::tables::{Field, Form};
use crate::terms::{Table, column};

/// What becomes of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    LeaveOut,
    Keep,
    /// Kept although it looks like an identifier: the site says that it is none.
    Exempt,
    /// A year or month of birth, and nothing finer.
    Number,
    Member,
    Token(&'static str),
    Date,
    Coarsen(Coarsening),
}

impl Action {
    pub(super) fn of(source: &Source, column: &str, privacy: &Privacy, year: Option<i32>) -> Self {
        if source.ignores(column) {
            return Self::LeaveOut;
        }
        let model = source.columns.get(column).map_or(column, String::as_str);
        let Some(field) = source.table.field(model) else {
            return Self::LeaveOut;
        };
        if privacy.exempts(source.table.name(), column) {
            return Self::Exempt;
        }
        // What intake would refuse by its name is not passed on either.
        if suspicious_name(privacy, column, source.table, model).is_some() {
            return Self::LeaveOut;
        }
        if let Some(coarsening) = Coarsening::of(privacy, column, field.form, field.to, year) {
            return match coarsening {
                Coarsening::LeftOut => Self::LeaveOut,
                other => Self::Coarsen(other),
            };
        }
        Self::of_field(source.table, field)
    }

    fn of_field(table: Table, field: &Field) -> Self {
        match (field.form, field.to) {
            (Form::Member, _) => Self::Member,
            (Form::BirthYear | Form::BirthMonth, _) => Self::Number,
            (_, column::RECORD_ID) => Self::Token(table.name()),
            (_, column::STAY_ID) => Self::Token(Table::Stays.name()),
            (_, column::EPISODE_ID) => Self::Token("episode"),
            (_, column::CLINICIAN_ID) => Self::Token("clinician"),
            (Form::Past | Form::Planned | Form::Instant | Form::Month, _) => Self::Date,
            _ => Self::Keep,
        }
    }

    pub(super) fn words(self, shifts: bool) -> &'static str {
        match self {
            Self::LeaveOut => "left out",
            Self::Member => "token of the member",
            Self::Token("clinician") => "token of the clinician",
            Self::Token(_) => "token of the record",
            Self::Date if shifts => "shifted with the member's other dates",
            Self::Date | Self::Keep | Self::Number => "kept",
            Self::Exempt => "kept unsearched, as the site decided",
            Self::Coarsen(coarsening) => coarsening.words(),
        }
    }
}
