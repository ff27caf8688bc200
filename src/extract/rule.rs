//! The rules that refuse a row, each with its reason and a way out.

/// Declares the rules: variant, name, explanation, way out.
macro_rules! rules {
    ($($variant:ident = $name:literal: $explanation:literal, $way_out:literal;)+) => {
        /// Why a row was refused. The order decides between two faults of one column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $explanation] $variant,)+
        }

        impl Rule {
            /// Every rule, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name written to the refused rows.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What the rule says, in one sentence.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation),+ }
            }

            /// What the sender or the pipeline file can do about it.
            pub fn way_out(self) -> &'static str {
                match self { $(Self::$variant => $way_out),+ }
            }
        }
    };
}

rules! {
    OpenQuote = "open_quote": "A quoted field does not end.",
        "close the quotation mark, or double it where it is part of the text; no field is longer than 1 MB";
    RaggedRow = "ragged_row": "The row has more or fewer fields than the header.",
        "quote fields that contain the delimiter, and deliver every column in every row";
    InvalidUtf8 = "invalid_utf8": "The field is not valid UTF-8.",
        "export the file as UTF-8";
    MissingValue = "missing_value": "A required value is empty.",
        "deliver the value; a row without it cannot be placed in a member's record";
    NotADate = "not_a_date": "The value is not a date of the calendar in the form YYYY-MM-DD.",
        "deliver dates as YYYY-MM-DD, months as YYYY-MM and instants as YYYY-MM-DDTHH:MM, or say under `dates` in the pipeline file how dates are written";
    Before1900 = "before_1900": "The date lies before 1900.",
        "deliver an empty field where a date is not known, not a placeholder";
    AfterExtractDate = "after_extract_date": "The date lies after the day the extract was cut.",
        "correct the date, or the extract date in manifest.csv or the pipeline file";
    NotANumber = "not_a_number": "The value is not a number of the expected form.",
        "deliver plain numbers without units, signs of currency or thousands separators";
    OutOfRange = "out_of_range": "The number lies outside the range that the column allows.",
        "correct the number, or the range in the pipeline file";
    UnknownCode = "unknown_code": "The code is not in the column's code list.",
        "map the code under `values` in the pipeline file, or deliver a code of the list";
    UnexpectedForm = "unexpected_form": "The value does not have the form that the column asks for.",
        "correct the value, or the pattern in the pipeline file";
    UnknownMember = "unknown_member": "The member is in no row of the members extract.",
        "deliver the member, or leave the members extract out to take every member as known";
    EndBeforeStart = "end_before_start": "The end lies before the start.",
        "correct one of the two dates";
    DuplicateRow = "duplicate_row": "The row repeats another row in every column that is read.",
        "deliver each row once; one of the repeats was kept";
    DuplicateKey = "duplicate_key": "Another row has the same key and different content.",
        "deliver each key once; the row whose content comes first in canonical order was kept";
}

impl Rule {
    pub(super) fn from_index(index: u8) -> Self {
        Self::ALL[usize::from(index)]
    }

    pub(super) fn index(self) -> u8 {
        self as u8
    }
}
