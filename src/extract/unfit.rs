//! Settings that a column of the model cannot have: they would have no effect, or refuse every row.

use regex::bytes::Regex;

use super::tables::{Field, Form};
use super::value;
use crate::terms::Table;

/// A setting of columns of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The site's column that is the model's.
    Columns,
    /// The value of every row.
    Constants,
    /// The model's values for the site's.
    Values,
    /// What values look like.
    Patterns,
    /// How dates are written.
    Dates,
    /// The smallest and the greatest number.
    Ranges,
}

impl Setting {
    /// The name in a pipeline file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Columns => "columns",
            Self::Constants => "constants",
            Self::Values => "values",
            Self::Patterns => "patterns",
            Self::Dates => "dates",
            Self::Ranges => "ranges",
        }
    }

    /// Why it cannot apply to a column, and the way out.
    pub fn unfit(self, field: &Field) -> Option<(String, &'static str)> {
        let is_number = matches!(
            field.form,
            Form::Whole(..) | Form::Parts(_) | Form::Real | Form::BirthYear | Form::BirthMonth
        );
        let is_date =
            matches!(field.form, Form::Past | Form::Planned | Form::Month | Form::BirthYear);
        let repeats = !matches!(field.form, Form::Member | Form::Key | Form::LongText);
        let (why, help) = match self {
            Self::Values if !repeats => {
                ("its values do not repeat", "change the values before delivery")
            }
            Self::Dates if field.form == Form::Instant => {
                ("it holds instants", "deliver instants as YYYY-MM-DDTHH:MM")
            }
            Self::Dates if !is_date => {
                ("its values are no dates", "say what they look like under `patterns`")
            }
            Self::Ranges if !is_number => {
                ("its values are no numbers", "say what they look like under `patterns`")
            }
            _ => return None,
        };
        Some((format!("`{}` cannot apply to `{}`: {why}", self.name(), field.name), help))
    }
}

impl Table {
    /// The column of a name.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }
}

impl Field {
    /// What a value must be, if the column has a list of codes and this is none of them. An empty value is
    /// "not known".
    pub fn refuses(&self, text: &str) -> Option<String> {
        let text = text.as_bytes();
        let (is_known, names) = match self.form {
            Form::Code(names, spellings) => (value::code(text, names, spellings).is_ok(), names),
            Form::Codes(names) => (value::codes(text, names).is_ok(), names),
            Form::Flag => (value::flag(text).is_ok(), &["true", "false"][..]),
            _ => return None,
        };
        (!is_known && !text.is_empty()).then(|| names.join(", "))
    }
}

/// An expression that whole values must match.
///
/// # Errors
/// What is wrong with it.
pub fn pattern(text: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?:{text})$")).map_err(|error| {
        let said = error.to_string();
        let last = said.lines().last().unwrap_or_default();
        last.trim_start_matches("error: ").to_owned()
    })
}
