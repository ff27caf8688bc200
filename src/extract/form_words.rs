//! What columns hold, in words for whoever maps an extract.

use super::tables::{Field, Form};
use crate::terms::column;

impl Field {
    /// What its values look like, such as `date, at most the extract date`.
    pub fn holds(&self) -> String {
        match self.form {
            Form::Member => "id of the member".to_owned(),
            Form::Key | Form::Text if self.to == column::RECORD_ID => "key of the row".to_owned(),
            Form::Key | Form::LongText => "id".to_owned(),
            Form::Text => "id or label of the site".to_owned(),
            Form::Words => "labels of the site, with `;` between".to_owned(),
            Form::Code(names, _) => format!("one of {}", names.join(", ")),
            Form::Codes(names) => format!("with `;` between: {}", names.join(", ")),
            Form::Diagnosis => "ICD-10-CM code, with or without its dot".to_owned(),
            Form::Instant => "date and time, as 2024-03-07T13:45".to_owned(),
            Form::Past => "date, at most the extract date".to_owned(),
            Form::Planned => "date".to_owned(),
            Form::Month => "month, as 2024-03".to_owned(),
            Form::Whole(least, most) => format!("whole number from {least} to {most}"),
            Form::Parts(1) => "amount in cents".to_owned(),
            Form::Parts(100) => "amount".to_owned(),
            Form::Parts(_) | Form::Real => "number".to_owned(),
            Form::Flag => "true or false".to_owned(),
            Form::BirthYear => "year of birth".to_owned(),
            Form::BirthMonth => "month of birth, 1 to 12".to_owned(),
        }
    }
}
