//! The gate against identifiers: an extract with names, numbers or addresses of people in it is
//! refused as a whole, before anything is written.

use super::plan::Filling;
use super::pool::Pool;
use super::problem::Problem;
use super::rows::Data;
use super::source::{Reading, sample};
use super::tables::Form;
use crate::terms::Day;

const HELP: &str = "leave the column out of the delivery; \
                    if it is none of this, list it under `ignore`, and it is never read";

/// A problem if a column's name announces an identifier.
pub(super) fn suspicious_name(column: &str) -> Option<Problem> {
    let words = words(column);
    let has = |word: &str| words.iter().any(|other| other == word);
    let joined = words.concat();
    let whole = |names: &[&str]| names.contains(&joined.as_str());
    let (rule, what) = if has("ssn") || joined.contains("socialsecurity") {
        ("looks_like_ssn", "a social security number")
    } else if has("email") || joined.contains("emailaddr") || whole(&["mail", "emails"]) {
        ("looks_like_email", "an e-mail address")
    } else if ["phone", "telephone", "cellphone", "phonenumber", "fax"].iter().any(|word| has(word))
        || joined.contains("phoneno")
    {
        ("looks_like_phone", "a phone number")
    } else if has("dob")
        || has("birthdate")
        || has("birthday")
        || (has("birth") && (has("date") || has("dt") || has("day") || has("on")))
        || whole(&["dateofbirth"])
    {
        ("looks_like_birth_date", "a full date of birth")
    } else if is_name(&words, &joined) {
        ("looks_like_name", "a person's name")
    } else if ["address", "addr", "street", "address1", "address2", "zip", "zipcode", "postcode"]
        .iter()
        .any(|word| has(word))
    {
        ("looks_like_address", "an address")
    } else {
        return None;
    };
    Some(Problem::new(rule, format!("its name says that it holds {what}"), HELP))
}

fn is_name(words: &[String], joined: &str) -> bool {
    const PEOPLE: [&str; 22] = [
        "first",
        "last",
        "middle",
        "family",
        "given",
        "maiden",
        "full",
        "sur",
        "fore",
        "nick",
        "legal",
        "preferred",
        "member",
        "patient",
        "client",
        "person",
        "clinician",
        "provider",
        "guardian",
        "parent",
        "mother",
        "contact",
    ];
    const WHOLE: [&str; 14] = [
        "name",
        "firstname",
        "lastname",
        "middlename",
        "surname",
        "forename",
        "fname",
        "lname",
        "fullname",
        "givenname",
        "familyname",
        "maidenname",
        "nickname",
        "names",
    ];
    let has_name = words.iter().any(|word| word == "name");
    (has_name && words.iter().any(|word| PEOPLE.contains(&word.as_str())))
        || WHOLE.contains(&joined)
        || words.iter().any(|word| WHOLE[1..].contains(&word.as_str()))
}

/// The words of a column's name: `memberFirst_Name` has three.
fn words(column: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in column.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().expect("starts with one").extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a column's values are searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// A code, id or short text: everything.
    Texts,
    /// Values that identify by design: no dates, which ids may look like.
    Ids,
    /// A year or month of birth: full dates.
    Birth,
}

/// A problem if the values of a column look like identifiers. Looks at values, never shows one.
pub(super) fn suspicious_values<'a>(
    search: Search,
    values: impl Iterator<Item = &'a str>,
) -> Option<Problem> {
    let (mut n, mut dates) = (0_u64, 0_u64);
    for value in values.map(str::trim).filter(|value| !value.is_empty()) {
        n += 1;
        // Most ids and codes end here: whatever is searched for has one of these.
        if !value.bytes().any(|byte| matches!(byte, b'-' | b'.' | b'/' | b' ' | b'@' | b'+' | b'('))
        {
            continue;
        }
        dates += u64::from(is_date(value));
        let found = match search {
            Search::Birth => None,
            Search::Texts | Search::Ids => identifier(value),
        };
        if let Some((rule, what)) = found {
            return Some(Problem::new(rule, format!("at least one value looks like {what}"), HELP));
        }
    }
    let limit = match search {
        Search::Texts => n.div_ceil(10),
        Search::Birth => 1,
        Search::Ids => u64::MAX,
    };
    (dates > 0 && dates >= limit).then(|| {
        let message = "values look like full dates, in a column that is no date of the data model";
        Problem::new("looks_like_birth_date", message, HELP)
    })
}

fn identifier(value: &str) -> Option<(&'static str, &'static str)> {
    let parts = || {
        value
            .split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | ':' | '/'))
    };
    if parts().any(|part| shape(part) == "ddd-dd-dddd") {
        Some(("looks_like_ssn", "a social security number"))
    } else if parts().any(is_email) {
        Some(("looks_like_email", "an e-mail address"))
    } else if is_phone(value) {
        Some(("looks_like_phone", "a phone number"))
    } else {
        None
    }
}

/// Digits as `d`, all else as it is; empty for long values, which have no shape of interest.
fn shape(value: &str) -> String {
    if value.len() > 24 {
        return String::new();
    }
    value.chars().map(|letter| if letter.is_ascii_digit() { 'd' } else { letter }).collect()
}

fn is_email(part: &str) -> bool {
    let Some((name, host)) = part.split_once('@') else { return false };
    let host = host.trim_end_matches(['.', '>', ')']);
    !name.is_empty()
        && host.split('.').count() > 1
        && host.split('.').all(|label| !label.is_empty())
}

fn is_phone(value: &str) -> bool {
    const SHAPES: [&str; 7] = [
        "ddd-ddd-dddd",
        "(ddd) ddd-dddd",
        "(ddd)ddd-dddd",
        "ddd.ddd.dddd",
        "ddd ddd dddd",
        "d-ddd-ddd-dddd",
        "d ddd ddd dddd",
    ];
    let shape = shape(value);
    let bare = shape.strip_prefix("+d ").or_else(|| shape.strip_prefix("+d-")).unwrap_or(&shape);
    SHAPES.contains(&bare) || shape == "+ddddddddddd"
}

fn is_date(value: &str) -> bool {
    let has_date_shape = matches!(
        shape(value).as_str(),
        "dd/dd/dddd"
            | "d/d/dddd"
            | "d/dd/dddd"
            | "dd/d/dddd"
            | "dd.dd.dddd"
            | "dd-dd-dddd"
            | "dddd/dd/dd"
    );
    has_date_shape || value.get(..10).is_some_and(|date| Day::parse(date).is_some())
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
pub(super) fn search(reading: &mut Reading, ids: Option<&Pool>) -> Vec<Problem> {
    let lexicons = std::mem::take(&mut reading.lexicons);
    let mut problems = Vec::new();
    for (number, lexicon) in lexicons.into_iter().enumerate() {
        let plan = &reading.plan;
        let form = plan.bindings[number].field.form;
        let values = lexicon.into_values();
        let slot = plan.slots.iter().position(|slot| slot.filling == Filling::One(number));
        let found = match form {
            Form::Text | Form::Words => suspicious_values(Search::Texts, values.texts()),
            Form::BirthYear | Form::BirthMonth => suspicious_values(Search::Birth, values.texts()),
            Form::Member => ids.and_then(|ids| suspicious_values(Search::Ids, ids.texts())),
            Form::Key | Form::LongText => {
                let texts = reading.buckets.iter().filter_map(|rows| match &rows.columns[slot?] {
                    Data::Texts(texts) => Some(sample(texts)),
                    _ => None,
                });
                suspicious_values(Search::Ids, texts.flatten())
            }
            _ => None,
        };
        let found = found.or_else(|| (values.bytes_len() > DISTINCT_MAX).then(too_many_values));
        problems
            .extend(found.map(|problem| {
                problem.file(&plan.delivered.file).column(plan.column_name(number))
            }));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_that_identify_are_seen() {
        for column in [
            "first_name",
            "LastName",
            "name",
            "patient_name",
            "SSN",
            "member_ssn",
            "email",
            "e-mail address",
            "Phone",
            "home_phone",
            "DOB",
            "birth_date",
            "date_of_birth",
            "dateOfBirth",
            "street_address",
            "zip",
            "surname",
        ] {
            assert!(suspicious_name(column).is_some(), "{column}");
        }
        for table in super::super::tables::Table::ALL {
            for field in table.fields() {
                assert!(suspicious_name(field.name).is_none(), "{}", field.name);
            }
        }
        for column in [
            "facility_name",
            "plan_name",
            "race_ethnicity",
            "county",
            "agency",
            "service_date",
            "enrol_end",
        ] {
            assert!(suspicious_name(column).is_none(), "{column}");
        }
    }

    #[test]
    fn values_that_identify_are_seen() {
        let rule = |search, value: &str| {
            suspicious_values(search, [value].into_iter()).map(|problem| problem.rule)
        };
        assert_eq!(rule(Search::Texts, "123-45-6789"), Some("looks_like_ssn"));
        assert_eq!(rule(Search::Ids, "123-45-6789"), Some("looks_like_ssn"));
        assert_eq!(rule(Search::Texts, "jo@example.org"), Some("looks_like_email"));
        assert_eq!(rule(Search::Texts, "(303) 555-0100"), Some("looks_like_phone"));
        assert_eq!(rule(Search::Texts, "1984-02-29"), Some("looks_like_birth_date"));
        assert_eq!(rule(Search::Birth, "1984-02-29"), Some("looks_like_birth_date"));
        for value in [
            "H0038",
            "F20.0",
            "123456789",
            "3035550100",
            "C0000000001",
            "2+",
            "12-34",
            "A@B",
            "90832-95",
        ] {
            assert_eq!(rule(Search::Texts, value), None, "{value}");
        }
        assert_eq!(rule(Search::Ids, "2024-01-01"), None);
    }
}
